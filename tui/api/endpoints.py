"""From a region, or from what the user says instead, to the place a request goes to."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

from tui.api.errors import EndpointInvalid
from tui.api.regions import REGIONS
from tui.late_dataclass import dataclass
from tui.plain import printable

__all__ = ["REGIONS", "Endpoint", "resolve"]

DOMAIN: Final = "aliyuncs.com"
"""Where the service lives: `ecs.{region}.` before it, or `ecs-vpc.{region}.` from inside a VPC."""

EXCEPTIONS: Final = {
    "cn-shanghai-finance-1": f"ecs-cn-hangzhou.{DOMAIN}",
    "cn-shenzhen-finance-1": f"ecs-cn-hangzhou.{DOMAIN}",
    "cn-hangzhou-finance": f"ecs.{DOMAIN}",
    "cn-north-2-gov-1": f"ecs.{DOMAIN}",
    "cn-beijing-gov-1": f"ecs.{DOMAIN}",
}
"""Finance and government regions whose public endpoint does not carry their name."""

NETWORKS: Final = ("", "vpc")
"""From where the service is reached: the internet, or a virtual private cloud."""

_LABEL: Final = r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_HOST_NAME: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
_REGION: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_ADVICE: Final = "Give host[:port] or https://host[:port]; plain http is for this machine only."


@dataclass(frozen=True)
class Endpoint:
    """A place to send requests to."""

    url: str
    """`scheme://host[:port]`, nothing after it."""
    host: str
    """What goes into the Host header, which is signed."""
    origin: str
    """How it was found, in words."""


def resolve(region: str, *, endpoint: str = "", network: str = "") -> Endpoint:
    """Return the endpoint for `region`, or the one the user names.

    Args:
        region: an ID such as cn-hangzhou; may be empty where `endpoint` is given.
        endpoint: `host[:port]` or a URL without path; plain http reaches this machine only.
        network: "vpc" for the address inside a virtual private cloud, else empty.

    Raises:
        tui.api.errors.EndpointInvalid: one of the three cannot be one.
    """
    if region and not _REGION.fullmatch(region):
        raise EndpointInvalid(
            f"{_quoted(region)} is not a region ID.",
            advice="A region ID has lower-case letters, digits and hyphens, such as cn-hangzhou.",
        )
    if network not in NETWORKS:
        raise EndpointInvalid(
            f"{_quoted(network)} is not a network.", advice="The only network to name is vpc."
        )
    if endpoint:
        return _named(endpoint)
    if not region:
        raise EndpointInvalid(
            "No region is given, and no endpoint either.",
            advice="Name a region with --region, for example cn-hangzhou.",
        )
    if network:
        return _secure(f"ecs-{network}.{region}.{DOMAIN}", f"rule for the {network} network")
    if region in EXCEPTIONS:
        return _secure(EXCEPTIONS[region], "table of exceptions")
    return _secure(f"ecs.{region}.{DOMAIN}", "rule for regions")


def _secure(host: str, origin: str) -> Endpoint:
    return Endpoint(f"https://{host}", host, origin)


def _named(text: str) -> Endpoint:
    """Read what the user names; each refusal is one sentence about that text."""

    def refuse(why: str) -> EndpointInvalid:
        # What stands before an @ may be a password.
        shown = "…@" + text.rpartition("@")[2] if "@" in text else text
        return EndpointInvalid(f"The endpoint {_quoted(shown)} {why}.", advice=_ADVICE)

    if not (text.isascii() and text.isprintable()) or " " in text:
        raise refuse("has a space or a character that no host name has")
    scheme, separator, rest = text.rpartition("://")
    scheme = scheme.lower()
    if separator and scheme not in _DEFAULT_PORTS:
        raise refuse("has a scheme other than https or http")
    authority, _, path = rest.partition("/")
    if "@" in authority:
        raise refuse("has a user name in it, which belongs nowhere near a signed request")
    if path or "?" in rest or "#" in rest:
        raise refuse("has more than a host and a port")
    host, port = _host_and_port(authority.lower())
    if not host:
        raise refuse("has no host")
    if port is not None and not (port.isdecimal() and len(port) <= 5 and 0 < int(port) < 65536):
        raise refuse("has a port that is not a number from 1 to 65535")
    literal = host.startswith("[") and host.endswith("]")
    if not (_is_ipv6(host[1:-1]) if literal else _HOST_NAME.fullmatch(host) and len(host) < 254):
        raise refuse("has a host that is neither a host name nor an address")
    loopback = _is_loopback(host)
    scheme = scheme or ("http" if loopback else "https")
    if scheme == "http" and not loopback:
        raise refuse("would carry credentials over plain http")
    if port is not None and int(port) != _DEFAULT_PORTS[scheme]:
        host = f"{host}:{int(port)}"
    return Endpoint(f"{scheme}://{host}", host, "named by the user")


def _host_and_port(authority: str) -> tuple[str, str | None]:
    """Part a host, perhaps an IPv6 address in brackets or bare, from its port."""
    if _is_ipv6(authority):
        return f"[{authority}]", None
    if authority.startswith("["):
        inside, bracket, after = authority[1:].partition("]")
        if not bracket or (after and not after.startswith(":")):
            return authority, None
        return f"[{inside}]", after[1:] if after else None
    host, colon, port = authority.partition(":")
    return host, port if colon else None


def _is_ipv6(text: str) -> bool:
    try:
        # A zone (%eth0) has no place in a Host header.
        return "%" not in text and bool(ipaddress.IPv6Address(text))
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return address in ipaddress.IPv4Network("127.0.0.0/8")
    return address == ipaddress.IPv6Address("::1")


def _quoted(text: str) -> str:
    return f"“{printable(text, 80)}”"
