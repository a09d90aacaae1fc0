"""From a region, or from what the user says instead, to the place a request goes to."""

from __future__ import annotations

from dataclasses import dataclass

from tui.records import Region


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A place to send requests to."""

    url: str
    """`scheme://host[:port]`, nothing after it."""
    host: str
    """What goes into the Host header, which is signed."""
    origin: str
    """How it was found, in words."""


REGIONS: tuple[Region, ...] = ()
"""The regions known without asking."""


def resolve(region: str, *, endpoint: str = "", network: str = "") -> Endpoint:
    """Return the endpoint for `region`, or the one the user names.

    Raises:
        tui.api.errors.EndpointInvalid: the region or the endpoint cannot be one.
    """
    raise NotImplementedError
