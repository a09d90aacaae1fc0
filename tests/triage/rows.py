"""Rows for the tests of triage: written by hand, made of an emulated fleet, or hostile."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from tests.emulator.asking import fleet
from tui.emulator.hostile import PAYLOADS
from tui.records import InstanceResult, Invocation, Tag
from tui.triage.sends import Delivery, Sending, Sends

FULL: Final = os.environ.get("SENDFILE_EXPLORER_TEST_DEPTH") == "full"
"""Whether the tests go to their full depth."""

RECORDS: Final = 20_000 if FULL else 3_000
"""How many emulated records are asked about."""

SEED: Final = 11

HOSTILE: Final = (*PAYLOADS, "`code`", "a|b|c", "![x](https://example.com/x.png)", "\n# heading\n")
"""What every text output has to make harmless."""


def at(seconds: int) -> str:
    """Return a time so many seconds after eight o'clock, as the API writes it."""
    hours, rest = divmod(seconds, 3600)
    return f"2026-11-20T{8 + hours:02d}:{rest // 60:02d}:{rest % 60:02d}Z"


def result(
    host: str,
    outcome: str = "Success",
    ended: int | None = None,
    *,
    code: str = "",
    info: str = "",
    began: int | None = None,
) -> InstanceResult:
    """Return a result; `outcome` is its status."""
    return InstanceResult(
        host,
        outcome,
        code,
        info,
        start_time="" if began is None else at(began),
        finish_time="" if ended is None else at(ended),
    )


def sending(invoke_id: str = "f-1", created: int | None = 0, **facts: Any) -> Sending:
    """Return a send of a file that is the same wherever nothing else is said."""
    usual = {"name": "app.conf", "target_dir": "/etc/app", "content_hash": "c0ffee"}
    time = "" if created is None else at(created)
    return Sending(invoke_id, time, **{**usual, **facts})


def delivery(
    host: str,
    outcome: str = "Success",
    ended: int | None = None,
    *,
    created: int | None = 0,
    invoke_id: str = "",
    code: str = "",
    info: str = "",
    **facts: Any,
) -> Delivery:
    """Return what became of a send of its own on one instance."""
    sent = sending(invoke_id or f"f-{created}", created, **facts)
    return Delivery(sent, result(host, outcome, ended, code=code, info=info))


@cache
def documents(records: int = RECORDS, seed: int = SEED) -> tuple[dict[str, Any], ...]:
    """Return emulated records as the API gives them, newest first."""
    known = fleet(records, seed)
    return tuple(known.invocation(number) for number in range(records))


@cache
def invocations(records: int = RECORDS, seed: int = SEED) -> tuple[Invocation, ...]:
    """Return the same records as invocations."""
    return tuple(map(invocation_of, documents(records, seed)))


@cache
def sends() -> Sends:
    """Return the same records as light rows."""
    return Sends.of(invocations())


def invocation_of(document: dict[str, Any]) -> Invocation:
    """Read the API's own object, which is known to be whole."""
    return Invocation(
        invoke_id=document["InvokeId"],
        status=document["InvocationStatus"],
        creation_time=document["CreationTime"],
        name=document["Name"],
        target_dir=document["TargetDir"],
        content_type=document["ContentType"],
        content=document["Content"],
        description=document["Description"],
        file_owner=document["FileOwner"],
        file_group=document["FileGroup"],
        file_mode=document["FileMode"],
        overwrite=document["Overwrite"],
        vm_count=document["VmCount"],
        results=tuple(
            InstanceResult(
                one["InstanceId"],
                one["InvocationStatus"],
                one["ErrorCode"],
                one["ErrorInfo"],
                one["CreationTime"],
                one["StartTime"],
                one["FinishTime"],
                one["UpdateTime"],
            )
            for one in document["InvokeInstances"]["InvokeInstance"]
        ),
        tags=tuple(Tag(one["TagKey"], one["TagValue"]) for one in document["Tags"]["Tag"]),
    )


def hostile_delivery(payload: str, number: int) -> Delivery:
    """Return a failure of which every text is hostile, times among them."""
    sent = Sending(
        f"f-{number}{payload}",
        at(number),
        f"{payload}app{payload}",
        f"{payload}/etc/app",
        payload,
        payload,
        payload,
        payload,
        payload,
        1,
    )
    return Delivery(
        sent,
        InstanceResult(
            f"i-{number}{payload}",
            "Failed" if number % 3 else payload,
            f"{payload}FileCreateFail" if number % 2 else "FileCreateFail",
            payload,
            finish_time=payload if number % 4 else at(number + 5),
        ),
    )


def hostile_deliveries() -> tuple[Delivery, ...]:
    """Return a failure for each hostile text."""
    return tuple(hostile_delivery(payload, number) for number, payload in enumerate(HOSTILE))


def controls(text: str, allowed: str = "\n") -> set[str]:
    """Return the characters of `text` that a terminal would act on or nobody would see."""
    return {
        character
        for character in text
        if character not in allowed
        and not (character.isprintable() or character in "\u3000\u00a0\ufffd")
    }


def ids(deliveries: Iterable[Delivery]) -> list[str]:
    """Return the instances of deliveries."""
    return [each.instance_id for each in deliveries]
