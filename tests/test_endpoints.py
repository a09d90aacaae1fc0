"""Regions and endpoints: where requests go, and what is refused with one sentence."""

from __future__ import annotations

import pytest

from tui.api.endpoints import REGIONS, resolve
from tui.api.errors import EndpointInvalid


@pytest.mark.parametrize(
    ("region", "network", "host"),
    [
        ("cn-hangzhou", "", "ecs.cn-hangzhou.aliyuncs.com"),
        ("ap-southeast-1", "", "ecs.ap-southeast-1.aliyuncs.com"),
        ("cn-hangzhou", "vpc", "ecs-vpc.cn-hangzhou.aliyuncs.com"),
        ("cn-shanghai-finance-1", "", "ecs-cn-hangzhou.aliyuncs.com"),
        ("cn-shanghai-finance-1", "vpc", "ecs-vpc.cn-shanghai-finance-1.aliyuncs.com"),
        ("cn-north-2-gov-1", "", "ecs.aliyuncs.com"),
    ],
)
def test_a_region_has_its_endpoint(region: str, network: str, host: str) -> None:
    endpoint = resolve(region, network=network)

    assert (endpoint.url, endpoint.host) == (f"https://{host}", host)
    assert endpoint.origin


def test_every_built_in_region_is_one() -> None:
    assert len(REGIONS) == 40
    assert len({region.region_id for region in REGIONS}) == 40
    for region in REGIONS:
        assert region.name
        assert resolve(region.region_id).url.startswith("https://ecs")


@pytest.mark.parametrize(
    ("given", "url", "host"),
    [
        ("ecs.example.com", "https://ecs.example.com", "ecs.example.com"),
        ("ECS.Example.COM:8443", "https://ecs.example.com:8443", "ecs.example.com:8443"),
        ("https://ecs.example.com/", "https://ecs.example.com", "ecs.example.com"),
        ("https://ecs.example.com:443", "https://ecs.example.com", "ecs.example.com"),
        ("HTTPS://10.0.0.1:1", "https://10.0.0.1:1", "10.0.0.1:1"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443", "[2001:db8::1]:8443"),
        ("2001:db8::1", "https://[2001:db8::1]", "[2001:db8::1]"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080", "127.0.0.1:8080"),
        ("http://127.9.9.9:1", "http://127.9.9.9:1", "127.9.9.9:1"),
        ("http://localhost:80", "http://localhost", "localhost"),
        ("localhost:0080", "http://localhost", "localhost"),
        ("[::1]:8080", "http://[::1]:8080", "[::1]:8080"),
        ("::1", "http://[::1]", "[::1]"),
        ("https://localhost:1", "https://localhost:1", "localhost:1"),
    ],
)
def test_a_named_endpoint_is_taken(given: str, url: str, host: str) -> None:
    endpoint = resolve("", endpoint=given)

    assert (endpoint.url, endpoint.host) == (url, host)


@pytest.mark.parametrize(
    "given",
    [
        "http://ecs.example.com",
        "http://128.0.0.1",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://0.0.0.0",
        "http://127.1",
        "http://[::ffff:127.0.0.1]",
        "http://2130706433",
        "http://0x7f.0.0.1",
        "http://[::2]:80",
    ],
)
def test_plain_http_is_for_this_machine_only(given: str) -> None:
    with pytest.raises(EndpointInvalid, match="plain http") as caught:
        resolve("cn-hangzhou", endpoint=given)

    assert caught.value.advice


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("https://user:secret@ecs.example.com", "user name"),
        ("user@127.0.0.1:80", "user name"),
        ("https://ecs.example.com/path", "more than a host"),
        ("ecs.example.com/path", "more than a host"),
        ("https://ecs.example.com?x=1", "more than a host"),
        ("https://ecs.example.com#x", "more than a host"),
        ("https://", "no host"),
        ("https://:443", "no host"),
        (":443", "no host"),
        ("https://ecs.example.com:", "port"),
        ("ecs.example.com:0", "port"),
        ("ecs.example.com:65536", "port"),
        ("ecs.example.com:+1", "port"),
        ("ecs.example.com:x", "port"),
        ("ecs.example.com:123456789012", "port"),
        ("[::1]x", "host name"),
        ("[::1", "host name"),
        ("https://[::1]:", "port"),
        ("[fe80::1%25eth0]:80", "host name"),
        ("https://-bad-", "host name"),
        ("https://a..b", "host name"),
        ("https://a\\b", "host name"),
        ("https://" + "a." * 127 + "b", "host name"),
        ("https://exämple.com", "no host name has"),
        ("https://ecs.example.com\r\nX: y", "no host name has"),
        ("127.0.0.1:80 ", "no host name has"),
        ("ftp://ecs.example.com", "scheme"),
        ("://ecs.example.com", "scheme"),
        ("http://x://y", "scheme"),
    ],
)
def test_anything_else_is_refused_in_one_sentence(given: str, why: str) -> None:
    with pytest.raises(EndpointInvalid, match=why) as caught:
        resolve("cn-hangzhou", endpoint=given)

    assert str(caught.value).isprintable()
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "region",
    ["CN-HANGZHOU", "cn hangzhou", "cn-hangzhou.evil.com", "-a", "a-", "x" * 64, "é", "a/b"],
)
@pytest.mark.parametrize("endpoint", ["", "localhost:1"])
def test_a_region_has_only_lower_case_letters_digits_and_hyphens(
    region: str, endpoint: str
) -> None:
    with pytest.raises(EndpointInvalid, match="not a region ID"):
        resolve(region, endpoint=endpoint)


def test_nowhere_to_go_is_an_error() -> None:
    with pytest.raises(EndpointInvalid, match="No region"):
        resolve("")


def test_there_is_one_network_to_name() -> None:
    with pytest.raises(EndpointInvalid, match="network"):
        resolve("cn-hangzhou", network="intranet")
