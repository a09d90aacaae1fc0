"""The light rows that every question is asked of: sends without content, and what became of them.

They can be made of invocations, or of the columns of a database, where no content has to be read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from typing import Final

from tui.records import InstanceResult, Invocation, instant
from tui.triage.checking import Check, unchecked, watched
from tui.triage.content import decode

DECODED_BETWEEN_CHECKS: Final = 200
"""Invocations between two checks where each has a content to be decoded and hashed."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One invocation without its results and content; empty where nothing is known."""

    invoke_id: str
    creation_time: str = ""
    name: str = ""
    target_dir: str = ""
    content_hash: str = ""
    """SHA-256 of the decoded content, hexadecimal: how it travelled makes no difference."""
    owner: str = ""
    group: str = ""
    mode: str = ""
    overwrite: str = ""
    vm_count: int = 0
    """How many instances it goes to, where the API said so."""

    @property
    def created(self) -> datetime | None:
        """When the task was created."""
        return instant(self.creation_time)

    @property
    def file(self) -> tuple[str, str]:
        """Where the file goes: directory, without a slash at its end, and name."""
        return self.target_dir.rstrip("/") or self.target_dir, self.name


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one send on one instance."""

    sending: Sending
    result: InstanceResult

    @property
    def invoke_id(self) -> str:
        """The ID of the send."""
        return self.sending.invoke_id

    @property
    def instance_id(self) -> str:
        """The ID of the instance."""
        return self.result.instance_id

    @property
    def ended(self) -> datetime | None:
        """When it ended; where the API gave no such time, the last change or the creation."""
        result = self.result
        if not result.finished:
            return None
        return (
            instant(result.finish_time)
            or instant(result.update_time)
            or instant(result.creation_time)
            or self.sending.created
        )

    @property
    def created(self) -> datetime | None:
        """When the task was created."""
        return self.sending.created or instant(self.result.creation_time)

    @property
    def started(self) -> datetime | None:
        """When the agent on the instance began."""
        return instant(self.result.start_time)


@dataclass(frozen=True, slots=True)
class Sends:
    """Sends, each once, and their deliveries; of a send without results there are none."""

    sendings: tuple[Sending, ...]
    deliveries: tuple[Delivery, ...]

    @classmethod
    def of(cls, invocations: Iterable[Invocation], check: Check = unchecked) -> Sends:
        """Take what is needed of `invocations`, in the order of their first appearance.

        One that comes twice, because pages shifted meanwhile, counts as it came last.
        """
        kept: dict[str, tuple[Sending, tuple[InstanceResult, ...]]] = {}
        for invocation in watched(invocations, check, DECODED_BETWEEN_CHECKS):
            identity = invocation.invoke_id or f"nameless {len(kept)}"
            kept[identity] = sending_of(invocation), invocation.results
        return cls(
            tuple(sending for sending, _ in kept.values()),
            tuple(
                Delivery(sending, result)
                for sending, results in watched(kept.values(), check)
                for result in results
            ),
        )


def sending_of(invocation: Invocation, content_hash: str = "") -> Sending:
    """Return an invocation as a light row; a hash that is known spares decoding the content."""
    return Sending(
        invoke_id=invocation.invoke_id,
        creation_time=invocation.creation_time,
        name=invocation.name,
        target_dir=invocation.target_dir,
        content_hash=content_hash or decode(invocation).sha256,
        owner=invocation.file_owner,
        group=invocation.file_group,
        mode=invocation.file_mode,
        overwrite=invocation.overwrite,
        vm_count=invocation.vm_count,
    )


def place_in_time(delivery: Delivery) -> tuple[float, float, bool]:
    """Return the key that brings deliveries to one instance into the order in which they count.

    What ended later counts later, because the end is when the file was there or was not. Of what
    ended in the same second the task created later counts later, and of what was created in the
    same second too a failure does: in doubt a host is broken. So a success without any time comes
    first, where it cancels nothing, and a failure without any time last, where nothing cancels it.
    What goes on comes after everything that has ended, in the order of creation.
    """
    failed = delivery.result.failed
    unknown = inf if failed else -inf
    created = seconds(delivery.created, unknown)
    if not delivery.result.finished:
        return inf, created, False
    return seconds(delivery.ended, unknown), created, failed


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def seconds(moment: datetime | None, unknown: float) -> float:
    """Return a moment in seconds since 1970, or `unknown`."""
    return unknown if moment is None else (moment - _EPOCH).total_seconds()
