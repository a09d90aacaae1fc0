"""The regions known without asking, by ID, with their English names."""

from __future__ import annotations

from typing import Final

from tui.records import Region

_NAMES: Final = {
    "cn-qingdao": "China (Qingdao)",
    "cn-beijing": "China (Beijing)",
    "cn-zhangjiakou": "China (Zhangjiakou)",
    "cn-huhehaote": "China (Hohhot)",
    "cn-wulanchabu": "China (Ulanqab)",
    "cn-hangzhou": "China (Hangzhou)",
    "cn-shanghai": "China (Shanghai)",
    "cn-nanjing": "China (Nanjing - Local Region)",
    "cn-fuzhou": "China (Fuzhou - Local Region)",
    "cn-wuhan-lr": "China (Wuhan - Local Region)",
    "cn-shenzhen": "China (Shenzhen)",
    "cn-heyuan": "China (Heyuan)",
    "cn-guangzhou": "China (Guangzhou)",
    "cn-chengdu": "China (Chengdu)",
    "cn-hongkong": "China (Hong Kong)",
    "cn-zhengzhou-jva": "China (Zhengzhou, China Unicom)",
    "cn-zhongwei": "China (Zhongwei)",
    "ap-northeast-1": "Japan (Tokyo)",
    "ap-northeast-2": "South Korea (Seoul)",
    "ap-southeast-1": "Singapore",
    "ap-southeast-2": "Australia (Sydney, closed)",
    "ap-southeast-3": "Malaysia (Kuala Lumpur)",
    "ap-southeast-5": "Indonesia (Jakarta)",
    "ap-southeast-6": "Philippines (Manila)",
    "ap-southeast-7": "Thailand (Bangkok)",
    "ap-southeast-8": "Malaysia (Johor)",
    "ap-south-1": "India (Mumbai, closed)",
    "us-west-1": "US (Silicon Valley)",
    "us-east-1": "US (Virginia)",
    "us-southeast-1": "US (Southeast)",
    "na-south-1": "Mexico",
    "eu-central-1": "Germany (Frankfurt)",
    "eu-west-1": "UK (London)",
    "me-east-1": "UAE (Dubai)",
    "me-central-1": "Saudi Arabia (Riyadh)",
    "cn-beijing-finance-1": "China North 2 Finance (Beijing)",
    "cn-shanghai-finance-1": "China East 2 Finance (Shanghai)",
    "cn-shenzhen-finance-1": "China South 1 Finance (Shenzhen)",
    "cn-north-2-gov-1": "China North 2 Government (Beijing)",
    "cn-heyuan-acdr-1": "China (Heyuan ACDR)",
}

REGIONS: Final[tuple[Region, ...]] = tuple(Region(*pair) for pair in _NAMES.items())
"""In the order of the service's own list; a region that is missing here can still be named."""
