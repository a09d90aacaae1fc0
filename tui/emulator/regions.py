"""The regions of the emulated service: their names, the prefixes of their ids, who answers what."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

HOME: Final = "cn-hangzhou"
"""The region that holds the whole fleet."""

NOT_SUPPORTED: Final = "cn-wuhan-lr"
"""The region that answers `RegionId.ApiNotSupported`: a local region without Cloud Assistant."""

FORBIDDEN: Final = "ap-south-1"
"""The region that answers `Operation.Forbidden`: it has been closed."""

BROKEN: Final = "us-southeast-1"
"""The region that answers `InternalError.Dispatch`."""


@dataclass(frozen=True, slots=True)
class EmulatedRegion:
    """A region as `DescribeRegions` shows it, and what the emulator keeps there."""

    region_id: str
    chinese: str
    english: str
    letters: str = "xx"
    """What ids of invocations begin with after `f-`: `hz` makes `f-hz0…`."""
    instance_letters: str = "xx0"
    """What ids of instances begin with after `i-`: `bp1` makes `i-bp1…`."""
    share: float = 0.0
    """How many records it holds, as a share of the home region's."""
    status: str = "available"

    @property
    def endpoint(self) -> str:
        """The host name that the vendor gives for it."""
        return f"ecs.{self.region_id}.aliyuncs.com"


_ALL: Final = (
    EmulatedRegion("cn-qingdao", "华北1（青岛）", "China (Qingdao)", "qd", "m5e"),
    EmulatedRegion("cn-beijing", "华北2（北京）", "China (Beijing)", "bj", "2ze", 0.25),
    EmulatedRegion("cn-zhangjiakou", "华北3（张家口）", "China (Zhangjiakou)", "zb", "8vb"),
    EmulatedRegion("cn-huhehaote", "华北5（呼和浩特）", "China (Hohhot)", "hp", "hp3"),
    EmulatedRegion("cn-wulanchabu", "华北6（乌兰察布）", "China (Ulanqab)", "wl", "0jl"),
    EmulatedRegion("cn-hangzhou", "华东1（杭州）", "China (Hangzhou)", "hz", "bp1", 1.0),
    EmulatedRegion("cn-shanghai", "华东2（上海）", "China (Shanghai)", "sh", "uf6", 0.4),
    EmulatedRegion("cn-nanjing", "华东5（南京-本地地域）", "China (Nanjing - Local Region)"),
    EmulatedRegion("cn-fuzhou", "华东6（福州-本地地域）", "China (Fuzhou - Local Region)"),
    EmulatedRegion("cn-wuhan-lr", "华中1（武汉-本地地域）", "China (Wuhan - Local Region)"),
    EmulatedRegion("cn-shenzhen", "华南1（深圳）", "China (Shenzhen)", "sz", "wz9", 0.1),
    EmulatedRegion("cn-heyuan", "华南2（河源）", "China (Heyuan)", "hy", "f8z"),
    EmulatedRegion("cn-guangzhou", "华南3（广州）", "China (Guangzhou)", "gz", "7xv"),
    EmulatedRegion("cn-chengdu", "西南1（成都）", "China (Chengdu)", "cd", "2vc"),
    EmulatedRegion("cn-hongkong", "中国香港", "China (Hong Kong)", "hk", "j6c", 0.05),
    EmulatedRegion("ap-northeast-1", "日本（东京）", "Japan (Tokyo)", "jp", "6we"),
    EmulatedRegion("ap-northeast-2", "韩国（首尔）", "South Korea (Seoul)", "kr", "mj7"),
    EmulatedRegion("ap-southeast-1", "新加坡", "Singapore", "sg", "t4n", 0.1),
    EmulatedRegion("ap-southeast-3", "马来西亚（吉隆坡）", "Malaysia (Kuala Lumpur)", "my", "8ps"),
    EmulatedRegion("ap-southeast-5", "印度尼西亚（雅加达）", "Indonesia (Jakarta)", "id", "k1a"),
    EmulatedRegion("ap-southeast-6", "菲律宾（马尼拉）", "Philippines (Manila)", "ph", "5ts"),
    EmulatedRegion("ap-southeast-7", "泰国（曼谷）", "Thailand (Bangkok)", "th", "0jo"),
    EmulatedRegion(
        "ap-south-1", "印度（孟买）关停中", "India (Mumbai)", "in", "a2d", status="soldOut"
    ),
    EmulatedRegion("us-east-1", "美国（弗吉尼亚）", "US (Virginia)", "va", "0xi", 0.02),
    EmulatedRegion("us-west-1", "美国（硅谷）", "US (Silicon Valley)", "sv", "rj9"),
    EmulatedRegion("us-southeast-1", "美国（亚特兰大）", "US (Atlanta)"),
    EmulatedRegion("eu-central-1", "德国（法兰克福）", "Germany (Frankfurt)", "de", "gw8", 0.02),
    EmulatedRegion("eu-west-1", "英国（伦敦）", "UK (London)", "uk", "d7o"),
    EmulatedRegion("me-east-1", "阿联酋（迪拜）", "UAE (Dubai)", "ae", "eb3"),
)

REGIONS: Final = MappingProxyType({region.region_id: region for region in _ALL})
"""Every region that the emulator knows, by its id, in the vendor's order."""
