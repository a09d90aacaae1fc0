"""A send as the API shows it at a moment: every field, and an empty string where it knows nothing.

The roll-up is the documented one: Pending before Running before the finished statuses.
"""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from tui.emulator import catalogue, contents, labels
from tui.emulator.campaigns import Campaign, Send
from tui.emulator.causes import Cause

SETTLED: Final = 420.0
"""After so many seconds from its creation every send has finished."""

QUIET: Final = 128.0
"""Seconds after the start in which nothing changes on sends that were going on then."""

TIMEOUT: Final = 60
"""Seconds after which a send that no agent took is given up."""

UNDECODABLE: Final = "ZWNobyBoZWxsbw=*"
"""Content that claims to be Base64 and is not."""

ARRIVING: Final = "arriving"
"""The pace of sends that are made after the start."""


class _Course(NamedTuple):
    """What happens on one instance, in seconds from the creation of the send."""

    begins: float | None
    """None where the agent never took the file."""
    ends: float
    cause: Cause | None


def status(send: Send, elapsed: float) -> str:
    """Return the overall status so many seconds after the creation."""
    if elapsed >= SETTLED:
        return send.status
    now = {_state(course, elapsed) for course in _courses(send)}
    for unfinished in ("Pending", "Running"):
        if unfinished in now:
            return unfinished
    return send.status


def invocation(
    send: Send,
    *,
    invoke_id: str,
    created: float,
    now: float,
    instance_id: Callable[[int], str],
) -> dict[str, object]:
    """Return the record of a send in the API's own field names. Times are unix seconds."""
    campaign = send.campaign
    kind = catalogue.FILES[campaign.kind]
    elapsed = now - created
    content_type, content = _content(send)
    return {
        "CreationTime": stamp(int(created)),
        "InvocationStatus": status(send, elapsed),
        "ContentType": content_type,
        "TargetDir": _target_dir(send),
        "FileOwner": _account(kind.owner, campaign, "AccountNotExists"),
        "Description": labels.description(campaign),
        "VmCount": send.size,
        "FileMode": _mode(send),
        "FileGroup": _account(kind.group, campaign, "UserGroupNotExists"),
        "InvokeId": invoke_id,
        "Name": send.name,
        "Content": content,
        "Overwrite": _overwrite(send),
        "InvokeInstances": {
            "InvokeInstance": [
                _instance(course, created, elapsed, instance_id(campaign.host(rank)))
                for rank, course in zip(send.ranks(), _courses(send), strict=True)
            ]
        },
        "Tags": {
            "Tag": [{"TagKey": key, "TagValue": value} for key, value in labels.tags(campaign)]
        },
    }


@lru_cache(maxsize=4096)
def stamp(moment: int) -> str:
    """Write a time as the API does."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def _instance(
    course: _Course, created: float, elapsed: float, instance_id: str
) -> dict[str, object]:
    state = _state(course, elapsed)
    finished = state not in ("Pending", "Running")
    begins = course.begins if course.begins is not None and state != "Pending" else None
    latest = course.ends if finished else begins or 0
    cause = course.cause if finished else None
    return {
        "CreationTime": stamp(int(created)),
        "StartTime": "" if begins is None else stamp(int(created + begins)),
        "InvocationStatus": state,
        "FinishTime": stamp(int(created + course.ends)) if finished else "",
        "UpdateTime": stamp(int(created + latest)),
        "ErrorInfo": cause.info if cause else "",
        "ErrorCode": cause.code if cause else "",
        "InstanceId": instance_id,
    }


def _state(course: _Course, elapsed: float) -> str:
    if course.ends <= elapsed:
        return course.cause.status if course.cause else "Success"
    return "Running" if course.begins is not None and course.begins <= elapsed else "Pending"


def _courses(send: Send) -> Iterator[_Course]:
    campaign, left = send.campaign, send.campaign.left(send.wave)
    pace = _PACES[send.pace]
    for place, rank in enumerate(send.ranks()):
        cause = campaign.cause(rank) if rank < left else None
        chance = (campaign.salt * 40_503 + rank * 2_654_435_761 + send.wave * 97) >> 7 & 0xFFFF
        yield pace(send, place, chance, cause)


def _usual(send: Send, place: int, chance: int, cause: Cause | None) -> _Course:
    if cause and cause.status == "Timeout":
        return _Course(None, TIMEOUT, cause)
    if cause and not cause.reached:
        return _Course(None, 1 + chance % 3, cause)
    begins = chance % 3
    return _Course(begins, begins + 1 + (chance >> 4) % 9, cause)


def _arriving(send: Send, place: int, chance: int, cause: Cause | None) -> _Course:
    begins = 2 + chance % 7
    reached = cause is None or cause.reached
    return _Course(begins if reached else None, begins + 5 + (chance >> 4) % 35, cause)


def _underway(send: Send, place: int, chance: int, cause: Cause | None) -> _Course:
    begins = 1 + chance % 5
    if cause and not cause.reached:
        return _Course(None, begins, cause)
    if place % 3:
        return _Course(begins, begins + 4 + (chance >> 4) % 25, cause)
    return _Course(begins, send.age + QUIET + place + (chance >> 4) % 20, cause)


def _waiting(send: Send, place: int, chance: int, cause: Cause | None) -> _Course:
    begins = send.age + QUIET + 4 + place
    if cause and not cause.reached:
        return _Course(None, begins, cause)
    return _Course(begins, begins + 20 + (chance >> 4) % 40, cause)


_PACES: Final[dict[str, Callable[[Send, int, int, Cause | None], _Course]]] = {
    "": _usual,
    ARRIVING: _arriving,
    "underway": _underway,
    "waiting": _waiting,
}


def _first_try_of(send: Send, code: str) -> bool:
    """Say whether this is the send that went wrong in this way, and no retry that mends it."""
    campaign = send.campaign
    return bool(campaign.failing) and send.wave == 0 and campaign.primary.code == code


def _target_dir(send: Send) -> str:
    service = catalogue.pools()[send.campaign.pool].service.name
    directory = catalogue.FILES[send.campaign.kind].target_dir.replace("{service}", service)
    if _first_try_of(send, "FilePathInvalid"):
        return f"{directory}/{send.name}"
    return directory


def _mode(send: Send) -> str:
    if _first_try_of(send, "FileAuthorityInvalid"):
        return ("rw-r--r--", "0888", "99999")[send.campaign.salt % 3]
    return catalogue.FILES[send.campaign.kind].mode


def _overwrite(send: Send) -> str:
    if send.campaign.failing and send.campaign.primary.code == "FileAlreadyExists":
        return "true" if send.wave else "false"
    return "true" if catalogue.FILES[send.campaign.kind].overwrite else "false"


def _account(usual: str, campaign: Campaign, code: str) -> str:
    """Return the owner or group: one that can be missing where the send fails of just that."""
    missing = campaign.failing and campaign.primary.code == code
    return "appsvc" if missing and usual == "root" else usual


def _content(send: Send) -> tuple[str, str]:
    """Return content type and content."""
    form = catalogue.FILES[send.campaign.kind].form
    if _first_try_of(send, "FileContentInvalid"):
        empty = "empty" in send.campaign.primary.info
        return ("PlainText", "") if empty else ("Base64", UNDECODABLE)
    body = contents.content(send.campaign)
    if form == "plain":
        return "PlainText", body.decode()
    return "PlainText" if form == "hidden" else "Base64", b64encode(body).decode()
