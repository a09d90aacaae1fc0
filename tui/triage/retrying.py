"""Who can be sent the same file again: the failures sorted by what a repetition would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from tui.records import InstanceResult
from tui.triage.checking import Check, unchecked, watched
from tui.triage.error_knowledge import BUILT_IN, Again, Knowledge
from tui.triage.sends import Delivery, place_in_time

GOES_ON: Final = "A send to it is still going on."
NO_INSTANCE: Final = "This is no ID of an instance."
OTHER_FILE: Final = "Another file was sent to it."
OTHER_CONTENT: Final = "The file was sent to it with other content."

BY_CODE: Final[Mapping[Again, str]] = MappingProxyType(
    {
        "overwrite": "A file is there already; only Overwrite=true replaces it.",
        "changed": "The same request fails again.",
        "pointless": "The instance is gone.",
        "unknown": "Nobody can say whether it is safe.",
    }
)
"""Why the error code speaks against sending the file again."""


@dataclass(frozen=True, slots=True)
class Group:
    """Instances with the same error."""

    code: str
    """As the API gave it; empty where it gave none."""
    instances: tuple[str, ...]
    reason: str = ""
    """Why the file is not sent to them again; empty where it is."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Whom to send to again and whom not, by error; each instance in one group."""

    again: tuple[Group, ...]
    left_out: tuple[Group, ...]

    @property
    def instances(self) -> tuple[str, ...]:
        """Whom to send to."""
        return tuple(instance for group in self.again for instance in group.instances)


def retry(
    deliveries: Iterable[Delivery],
    *,
    file: tuple[str, str],
    content_hash: str,
    overwrite: bool,
    knowledge: Knowledge = BUILT_IN,
    check: Check = unchecked,
) -> Retry:
    """Sort the instances on which the file has failed and not arrived since.

    Args:
        deliveries: successes and what goes on as well, in any order. Of each instance the one
            that counts last decides, see `sends.place_in_time`; where it has succeeded nothing is
            left to do.
        file: directory and name, as `Sending.file` has them.
        content_hash: of what would be sent, as `Sending.content_hash` has it.
        overwrite: whether a file that is there may be replaced.
        knowledge: what is known of error codes.
        check: raises to give up.
    """
    last: dict[tuple[str, bool], Delivery] = {}
    for delivery in watched(deliveries, check):
        # A send of another file says nothing about this one, and the other way round.
        key = delivery.instance_id, delivery.sending.file == file
        known = last.get(key)
        if known is None or place_in_time(known) <= place_in_time(delivery):
            last[key] = delivery
    groups: dict[tuple[str, str], dict[str, None]] = {}
    for (instance, right_file), delivery in watched(last.items(), check):
        result = delivery.result
        if result.status == "Success" or (not right_file and (instance, True) in last):
            continue
        reason = _reason(delivery, right_file, content_hash, overwrite, knowledge)
        code = result.error_code if result.finished else ""
        groups.setdefault((reason, code), {})[instance] = None
    sorted_groups = tuple(
        Group(code, tuple(instances), reason) for (reason, code), instances in groups.items()
    )
    return Retry(
        tuple(group for group in sorted_groups if not group.reason),
        tuple(group for group in sorted_groups if group.reason),
    )


def _reason(
    delivery: Delivery,
    right_file: bool,
    content_hash: str,
    overwrite: bool,
    knowledge: Knowledge,
) -> str:
    """Return why an instance is left out; empty where the file can be sent to it again."""
    if not is_instance_id(delivery.instance_id):
        return NO_INSTANCE
    if not right_file:
        return OTHER_FILE
    if delivery.sending.content_hash not in ("", content_hash):
        return OTHER_CONTENT
    return _repetition(delivery.result, overwrite, knowledge)


def _repetition(result: InstanceResult, overwrite: bool, knowledge: Knowledge) -> str:
    if not result.finished:
        return GOES_ON
    again = knowledge.again(result.error_code)
    if again == "safe" or (again == "overwrite" and overwrite):
        return ""
    return BY_CODE[again]


def is_instance_id(text: str) -> bool:
    """Say whether a text can be the ID of an instance: visible ASCII without white space.

    One that is none would make the service refuse the fifty that it is sent with.
    """
    return text.isascii() and text.isprintable() and bool(text) and " " not in text
