"""A send as the API shows it at a moment: every field, and an empty string where it knows nothing.

The roll-up is the documented one: Pending before Running before the finished statuses.
"""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

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


Course = tuple[float | None, float, Cause | None]
"""What happens on one instance: when the agent begins (None: it never took the file) and when it
ends, in seconds from the creation of the send, and what it fails of."""


def status(send: Send, elapsed: float) -> str:
    """Return the overall status so many seconds after the creation."""
    if elapsed >= SETTLED:
        return send.status
    now = {_state(*course, elapsed) for _, course in _courses(send)}
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
        "InvokeInstances": {"InvokeInstance": _instances(send, created, elapsed, instance_id)},
        "Tags": {
            "Tag": [{"TagKey": key, "TagValue": value} for key, value in labels.tags(campaign)]
        },
    }


@lru_cache(maxsize=4096)
def stamp(moment: int) -> str:
    """Write a time as the API does."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def result_of(send: Send, host: int, *, created: float, now: float) -> dict[str, str]:
    """Return what became of a send on one of its hosts; the instance id is left out."""
    return _result(dict(_courses(send))[host], created, now - created)


def _instances(
    send: Send, created: float, elapsed: float, instance_id: Callable[[int], str]
) -> list[dict[str, str]]:
    """Return the results of a send; many took the same course, which is written down once."""
    written: dict[Course, dict[str, str]] = {}
    shown = []
    for host, course in _courses(send):
        known = written.get(course)
        if known is None:
            known = written[course] = _result(course, created, elapsed)
        shown.append({**known, "InstanceId": instance_id(host)})
    return shown


def _result(course: Course, created: float, elapsed: float) -> dict[str, str]:
    """Return an `InvokeInstance` without its id; what is not known yet is an empty string."""
    begins, ends, cause = course
    state = _state(begins, ends, cause, elapsed)
    begun = begins if state != "Pending" else None
    start = "" if begun is None else stamp(int(created + begun))
    finish = stamp(int(created + ends)) if ends <= elapsed else ""
    failed = cause if finish else None
    creation = stamp(int(created))
    return {
        "CreationTime": creation,
        "StartTime": start,
        "InvocationStatus": state,
        "FinishTime": finish,
        "UpdateTime": finish or start or creation,
        "ErrorInfo": failed.info if failed else "",
        "ErrorCode": failed.code if failed else "",
    }


def _state(begins: float | None, ends: float, cause: Cause | None, elapsed: float) -> str:
    if ends <= elapsed:
        return cause.status if cause else "Success"
    return "Running" if begins is not None and begins <= elapsed else "Pending"


def _courses(send: Send) -> Iterator[tuple[int, Course]]:
    """Yield each host with what happens on it, in the order of the results."""
    campaign, left = send.campaign, send.campaign.left(send.wave)
    pace, salt = _PACES[send.pace], campaign.salt * 40_503 + send.wave * 97
    for place, (rank, host) in enumerate(send.targets()):
        cause = campaign.cause(rank) if rank < left else None
        yield host, pace(send, place, salt + rank * 2_654_435_761 >> 7 & 0xFFFF, cause)


def _usual(send: Send, place: int, chance: int, cause: Cause | None) -> Course:
    if cause and cause.status == "Timeout":
        return (None, TIMEOUT, cause)
    if cause and not cause.reached:
        return (None, 1 + chance % 3, cause)
    begins = chance % 3
    return (begins, begins + 1 + (chance >> 4) % 9, cause)


def _arriving(send: Send, place: int, chance: int, cause: Cause | None) -> Course:
    begins = 2 + chance % 7
    reached = cause is None or cause.reached
    return (begins if reached else None, begins + 5 + (chance >> 4) % 35, cause)


def _underway(send: Send, place: int, chance: int, cause: Cause | None) -> Course:
    begins = 1 + chance % 5
    if cause and not cause.reached:
        return (None, begins, cause)
    if place % 3:
        return (begins, begins + 4 + (chance >> 4) % 25, cause)
    return (begins, send.age + QUIET + place + (chance >> 4) % 20, cause)


def _waiting(send: Send, place: int, chance: int, cause: Cause | None) -> Course:
    begins = send.age + QUIET + 4 + place
    if cause and not cause.reached:
        return (None, begins, cause)
    return (begins, begins + 20 + (chance >> 4) % 40, cause)


_PACES: Final[dict[str, Callable[[Send, int, int, Cause | None], Course]]] = {
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
