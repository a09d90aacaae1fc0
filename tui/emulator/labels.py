"""The small print of a campaign: who sent it, under which ticket, tags and description."""

from __future__ import annotations

from typing import Final

from tui.emulator import catalogue
from tui.emulator.campaigns import Campaign

UNTAGGED: Final = 7
"""Percentage of campaigns that have no tags, as old records have none."""

_TICKET_BASE: Final = 40_000


def sender(campaign: Campaign) -> str:
    """Return who sent the files: somebody of the service's team, or anybody."""
    team = catalogue.pools()[campaign.pool].service.team
    own = [name for name, theirs in catalogue.PEOPLE if theirs == team]
    if own and campaign.salt % 4:
        return own[campaign.salt // 4 % len(own)]
    return catalogue.PEOPLE[campaign.salt // 4 % len(catalogue.PEOPLE)][0]


def ticket(campaign: Campaign) -> str:
    """Return the number of the change that the files were sent for."""
    return f"CHG{_TICKET_BASE + campaign.salt // 16 % 9973:07d}"


def tags(campaign: Campaign) -> tuple[tuple[str, str], ...]:
    """Return keys and values of the tags; `canary` has an empty value."""
    share = campaign.salt % 100
    if share < UNTAGGED:
        return ()
    pool = catalogue.pools()[campaign.pool]
    environment = ("env", pool.environment)
    if share < 30:
        return (environment, ("owner", sender(campaign)))
    common = (environment, ("team", pool.service.team), ("owner", sender(campaign)))
    if share < 75:
        return (*common, ("change", ticket(campaign)))
    if share < 88:
        return (
            *common,
            ("service", pool.service.name),
            ("change", ticket(campaign)),
            ("canary", ""),
        )
    return (*common, ("managed-by", "ansible"), ("service", pool.service.name))


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
