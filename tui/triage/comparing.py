"""This send against another one: what was sent otherwise, where to, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import inf
from typing import Final

from tui.records import InstanceResult, Invocation
from tui.triage.checking import Check, unchecked, watched
from tui.triage.content_diff import Content, ContentDiff, content_diff
from tui.triage.sends import Sending, seconds


@dataclass(frozen=True, slots=True)
class Change:
    """A parameter that differs."""

    parameter: str
    """By the name that the API gives it."""
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between an earlier send and a later one; hosts in the order of the later."""

    before: str
    """The invocation ID of the earlier one."""
    after: str
    parameters: tuple[Change, ...]
    content: ContentDiff
    added: tuple[str, ...]
    """Instances that only the later one went to."""
    removed: tuple[str, ...]
    """Instances that only the earlier one went to."""
    newly_failing: tuple[str, ...]
    """Of the instances in both: fails now and did not before."""
    fixed: tuple[str, ...]
    """Of the instances in both: failed before and has succeeded now."""
    same_error: tuple[str, ...]
    """Of the instances in both: fails as it did before, by code, or by status where no code is
    given."""
    different_error: tuple[str, ...]
    """Of the instances in both: failed before and fails now, of something else."""
    undecided: tuple[str, ...]
    """Of the instances in both: still going on now."""
    added_failing: tuple[str, ...]
    """Those of `added` that fail."""


def compare(
    before: Invocation,
    after: Invocation,
    *,
    before_content: Content | None,
    after_content: Content | None,
) -> Comparison:
    """Compare two sends.

    The contents are given apart, because one that is not kept is known by its fingerprint alone;
    None stands for one of which nothing is known.
    """
    old, new = _results(before), _results(after)
    outcomes: dict[str, list[str]] = {outcome: [] for outcome in _OUTCOMES}
    for host, result in new.items():
        outcomes[_outcome(old.get(host), result)].append(host)
    added = tuple(host for host in new if host not in old)
    return Comparison(
        before=before.invoke_id,
        after=after.invoke_id,
        parameters=tuple(_changes(before, after)),
        content=content_diff(before_content, after_content),
        added=added,
        removed=tuple(host for host in old if host not in new),
        newly_failing=tuple(outcomes["newly failing"]),
        fixed=tuple(outcomes["fixed"]),
        same_error=tuple(outcomes["same error"]),
        different_error=tuple(outcomes["different error"]),
        undecided=tuple(outcomes["undecided"]),
        added_failing=tuple(host for host in added if new[host].failed),
    )


def previous_of(
    sendings: Iterable[Sending],
    this: Sending,
    *,
    wanted: Callable[[Sending], bool] = lambda _: True,
    check: Check = unchecked,
) -> Sending | None:
    """Return the last send of the same name to the same directory created before `this`.

    Of two created in the same second the smaller invocation ID is the earlier. A send without a
    creation time is nobody's previous one.

    Args:
        sendings: in any order; `this` may be among them.
        this: the send whose predecessor is looked for.
        wanted: which of them count, for example those that share an instance with `this`: the
            sends of one campaign follow each other within seconds and share none.
        check: raises to give up.
    """
    file, limit = this.file, _age(this)
    found: Sending | None = None
    for sending in watched(sendings, check):
        if sending.created is None or sending.file != file or not wanted(sending):
            continue
        if _age(sending) < limit and (found is None or _age(sending) > _age(found)):
            found = sending
    return found


_OUTCOMES: Final = (
    "added",
    "newly failing",
    "fixed",
    "same error",
    "different error",
    "undecided",
    "fine",
)


def _outcome(old: InstanceResult | None, new: InstanceResult) -> str:
    if old is None:
        return "added"
    if not new.finished:
        return "undecided"
    if not new.failed:
        return "fixed" if old.failed else "fine"
    if not old.failed:
        return "newly failing"
    return "same error" if _error(old) == _error(new) else "different error"


def _error(result: InstanceResult) -> tuple[str, str]:
    return result.error_code, "" if result.error_code else result.status


def _results(invocation: Invocation) -> dict[str, InstanceResult]:
    """Return what became of each instance; of one that is named twice the last result."""
    return {result.instance_id: result for result in invocation.results}


def _age(sending: Sending) -> tuple[float, str]:
    return seconds(sending.created, -inf), sending.invoke_id


_PARAMETERS: Final[tuple[tuple[str, Callable[[Invocation], str]], ...]] = (
    ("Name", lambda each: each.name),
    ("TargetDir", lambda each: each.target_dir),
    ("FileOwner", lambda each: each.file_owner),
    ("FileGroup", lambda each: each.file_group),
    ("FileMode", lambda each: each.file_mode),
    ("Overwrite", lambda each: each.overwrite),
    ("ContentType", lambda each: each.content_type),
    ("Description", lambda each: each.description),
    ("Tags", lambda each: " ".join(sorted(f"{tag.key}={tag.value}" for tag in each.tags))),
    ("VmCount", lambda each: str(each.vm_count)),
)


def _changes(before: Invocation, after: Invocation) -> Iterable[Change]:
    for parameter, read in _PARAMETERS:
        old, new = read(before), read(after)
        if old != new:
            yield Change(parameter, old, new)
