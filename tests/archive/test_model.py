"""A model of a view, kept in lists: whatever is done to both, they show the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.archive.samples import invocation
from tui.archive.arrangement import Sort, arrangement
from tui.archive.local_filter import parse
from tui.archive.store import Archive
from tui.archive.view import View
from tui.records import InstanceResult, Invocation, Query, Tag

SEVERITY = ["Failed", "PartialFailed", "Running", "Pending", "Odd", "Success"]

KEYS: dict[str, Callable[[Invocation], Any]] = {
    "created": lambda each: each.creation_time,
    "status": lambda each: SEVERITY.index(each.status),
    "name": lambda each: lower(each.name),
    "ok": lambda each: (-each.failed_count / max(each.total_count, 1), -each.failed_count),
    "id": lambda each: lower(each.invoke_id),
    "dir": lambda each: lower(each.target_dir),
    "owner": lambda each: (lower(each.file_owner), lower(each.file_group)),
    "mode": lambda each: each.file_mode,
    "tags": lambda each: [(lower(tag.key), lower(tag.value)) for tag in each.tags],
}

FILTERS: dict[str, Callable[[Invocation], bool]] = {
    "": lambda each: True,
    "status:failed": lambda each: each.status == "Failed",
    "-name:b": lambda each: "b" not in each.name.lower(),
    "host:i-1": lambda each: any(result.instance_id == "i-1" for result in each.results),
    "nothing": lambda each: False,
}


def lower(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


class Model:
    """What a view should show, kept in lists."""

    def __init__(self) -> None:
        self.known: dict[str, Invocation] = {}
        self.answers: set[str] = set()
        self.shown: list[str] = []
        self.sort: Sort | None = None
        self.filter = ""
        self.in_order = True

    def visible(self, invoke_id: str) -> bool:
        return FILTERS[self.filter](self.known[invoke_id])

    def ordered(self, ids: Sequence[str]) -> list[str]:
        seen = list(self.known)
        ids = sorted(ids, key=seen.index)
        ids.sort(key=lambda each: self.known[each].creation_time, reverse=True)
        if self.sort is not None:
            key = KEYS[self.sort.column]
            ids.sort(key=lambda each: key(self.known[each]), reverse=self.sort.descending)
        return ids

    def learn(self, invocations: Sequence[Invocation]) -> None:
        for each in invocations:
            self.in_order &= self.known.get(each.invoke_id, each) == each
            self.known[each.invoke_id] = each

    def check_added(self, invocations: Sequence[Invocation], now: list[str]) -> None:
        """Take the rows shown after a page has been added, if they may be shown."""
        self.learn(invocations)
        new = {each.invoke_id for each in invocations} - self.answers
        self.answers |= new
        assert [each for each in now if each not in new] == self.shown, "no other row moves"
        assert {each for each in now if each in new} == {each for each in new if self.visible(each)}
        assert len(now) == len(set(now))
        if self.in_order:
            assert now == self.ordered(now)
        self.shown = now

    def rearrange(self, cursor: int) -> int:
        """Arrange anew and return where the cursor belongs."""
        before = self.shown
        self.shown = self.ordered([each for each in self.answers if self.visible(each)])
        self.in_order = True
        left = [place for place, each in enumerate(before) if each in self.shown]
        if not left:
            return 0
        nearest = min(left, key=lambda place: (abs(place - cursor), -place))
        return self.shown.index(before[nearest])


some_invocations = st.lists(
    st.builds(
        lambda number, name, status, directory, failed: invocation(
            number,
            creation_time=f"2026-01-01T00:00:{number // 3:02}Z",
            name=name,
            status=status,
            target_dir=directory,
            file_owner=name,
            file_group=directory,
            file_mode=f"0{failed}00",
            tags=(Tag("env", name),) if failed % 2 else (),
            results=tuple(
                InstanceResult(f"i-{host}", "Failed" if host < failed else "Success")
                for host in range(1 + number % 3)
            ),
        ),
        st.integers(0, 25),
        st.sampled_from(["a", "A", "b", "C", "Bé", "é", ""]),
        st.sampled_from(SEVERITY),
        st.sampled_from(["/etc", "/Etc", "/srv"]),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda each: each.invoke_id,
)

steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), some_invocations),
        st.tuples(st.just("update"), some_invocations),
        st.tuples(
            st.just("rearrange"),
            st.sampled_from(
                [None, *(Sort(column, down) for column in KEYS for down in (False, True))]
            ),
            st.sampled_from(["", "", "", *FILTERS]),
        ),
        st.tuples(st.just("move"), st.integers(0, 25)),
        st.tuples(st.just("ready"), st.integers(0, 25)),
    ),
    max_size=25,
)


@pytest.mark.parametrize("few", [1, 1000])
@settings(deadline=None, max_examples=60)
@given(steps=steps)
def test_a_view_does_what_lists_do(few: int, steps: list[tuple[Any, ...]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for number in ("positions.NEAR", "positions.SLICE", "positions.FEW"):
            patch.setattr(f"tui.archive.{number}", few)
        patch.setattr("tui.archive.arranging.MARGIN", 4)
        asyncio.run(play(steps))


async def play(steps: list[tuple[Any, ...]]) -> None:
    archive, model = Archive(), Model()
    view = View(archive, "me", await archive.question("me", Query("cn-hangzhou")))
    await view.open()
    for step, *details in steps:
        cursor, was = view.cursor, model.shown
        if step == "add":
            await view.add(details[0])
            model.check_added(details[0], await view.invoke_ids(0, 100))
            if was:
                assert model.shown[view.cursor] == was[cursor]
        elif step == "update":
            model.learn(details[0])
            await view.update(details[0])
        elif step == "rearrange":
            model.sort, model.filter = details
            place = model.rearrange(cursor)
            await view.rearrange(arrangement(model.sort, parse(model.filter)))
            if was:
                assert view.cursor == place
        elif step == "move":
            view.cursor = min(details[0], max(view.count - 1, 0))
        else:
            await view.ready(details[0], details[0] + 3)
            assert view.holds(details[0], details[0] + 3)
        assert await view.invoke_ids(0, 100) == model.shown
        assert view.count == len(model.shown)
        assert view.hidden == len(model.answers) - view.count
        assert 0 <= view.cursor <= max(view.count - 1, 0)
        for invoke_id, row in zip(model.shown, view.rows(0, 100), strict=True):
            assert row in (None, model.known[invoke_id].summary)
    await archive.close()
