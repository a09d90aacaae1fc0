"""The small print of a campaign: who sent it, under which ticket, tags and description."""

from __future__ import annotations

from functools import cache
from typing import Final

from tui.emulator import catalogue
from tui.emulator.campaigns import Campaign

UNTAGGED: Final = 7
"""Percentage of campaigns that have no tags, as old records have none."""

_KEYS: Final = (
    (UNTAGGED, ()),
    (30, ("env", "owner")),
    (75, ("env", "team", "owner", "change")),
    (88, ("env", "team", "owner", "service", "change", "canary")),
    (100, ("env", "team", "owner", "managed-by", "service")),
)
"""Up to which percentage of campaigns has which keys."""

_TICKET_BASE: Final = 40_000


def sender(campaign: Campaign) -> str:
    """Return who sent the files: somebody of the service's team, or anybody."""
    team = catalogue.pools()[campaign.pool].service.team
    own = _members(team)
    if own and campaign.salt % 4:
        return own[campaign.salt // 4 % len(own)]
    return catalogue.PEOPLE[campaign.salt // 4 % len(catalogue.PEOPLE)][0]


@cache
def _members(team: str) -> tuple[str, ...]:
    return tuple(name for name, theirs in catalogue.PEOPLE if theirs == team)


def ticket(campaign: Campaign) -> str:
    """Return the number of the change that the files were sent for."""
    return f"CHG{_TICKET_BASE + campaign.salt // 16 % 9973:07d}"


def tags(campaign: Campaign) -> tuple[tuple[str, str], ...]:
    """Return keys and values of the tags."""
    return tuple((key, tag_value(campaign, key)) for key in tag_keys(campaign))


def tag_keys(campaign: Campaign) -> tuple[str, ...]:
    """Return the keys of the tags, without the trouble of finding their values."""
    share = campaign.salt % 100
    return next(keys for end, keys in _KEYS if share < end)


def tag_value(campaign: Campaign, key: str) -> str:
    """Return the value that the tag of a key has, if there is one; `canary` has an empty one."""
    pool = catalogue.pools()[campaign.pool]
    if key == "env":
        return pool.environment
    if key == "team":
        return pool.service.team
    if key == "service":
        return pool.service.name
    if key == "owner":
        return sender(campaign)
    if key == "change":
        return ticket(campaign)
    return "ansible" if key == "managed-by" else ""


def description(campaign: Campaign) -> str:
    """Return what the sender wrote about it, which may be nothing."""
    words = catalogue.FILES[campaign.kind].description.replace(
        "{service}", catalogue.pools()[campaign.pool].service.name
    )
    if words and UNTAGGED <= campaign.salt % 100 < 60:
        return f"{words} ({ticket(campaign)})"
    return words


def resource_group(campaign: Campaign) -> str:
    """Return the resource group that the files were sent in, or an empty string."""
    return catalogue.pools()[campaign.pool].service.resource_group
