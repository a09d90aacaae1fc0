"""The small widgets and words: cells, times, counts, the status line and a pane of lines."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult

from tui.plain import printable
from tui.records import Query, TagFilter
from tui.widgets.bars import Status, count_words, fitting_hints, query_words, status_line
from tui.widgets.cells import fit, wrapped
from tui.widgets.lines import Line, Span, StaticLines, TonedScreen, line
from tui.widgets.words import TimeStyle, byte_count, duration, moment, plural, status_words


@given(st.text(max_size=40), st.integers(0, 30), st.booleans(), st.booleans())
def test_text_is_fitted_to_the_cell(text: str, width: int, right: bool, middle: bool) -> None:
    assert cell_len(fit(text, width, right=right, middle=middle)) == width


def test_what_is_cut_keeps_what_matters() -> None:
    assert fit("abcdef", 4) == "abc…"
    assert fit("/etc/nginx/conf.d/site.conf", 16, middle=True) == "/etc/…/site.conf"
    assert fit("日本語", 4) == "日… "
    assert fit("7", 3, right=True) == "  7"


@given(st.text(max_size=60), st.integers(2, 30))
def test_wrapped_text_fits_and_loses_nothing_but_space(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert all(cell_len(each) <= width for each in lines)
    assert "".join("".join(lines).split()) == "".join(printable(text).split())


def test_text_is_wrapped_at_spaces_and_keeps_those_within_a_line() -> None:
    assert wrapped("one  two three", 9) == ["one  two", "three"]
    assert wrapped("日本語日本語", 4) == ["日本", "語日", "本語"]
    assert wrapped("well-known i-bp1", 11) == ["well-known", "i-bp1"]
    assert wrapped("", 9) == [""]


def test_hints_are_shown_whole_or_not_at_all_and_help_always() -> None:
    hints = [("enter", "open"), ("f", "filter"), ("?", "help"), ("q", "quit")]
    assert fitting_hints(hints, 80) == hints
    assert fitting_hints(hints, 30) == [("enter", "open"), ("?", "help"), ("q", "quit")]
    assert fitting_hints(hints, 8) == [("?", "help")]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (0, "0s"),
        (59.9, "59s"),
        (60, "1m"),
        (70, "1m 10s"),
        (7260, "2h 1m"),
        (90000, "1d 1h"),
    ],
)
def test_durations_have_two_units(seconds: float | None, words: str) -> None:
    assert duration(seconds) == words


def test_times_are_read_and_what_is_no_time_is_left_alone() -> None:
    now = datetime(2026, 11, 24, 6, tzinfo=UTC)
    text = "2026-11-24T03:04:05Z"
    assert moment(text) == "2026-11-24 03:04:05"
    assert moment(text, TimeStyle.AGE, now=now) == "2h 55m ago"
    assert moment("2026-11-24T06:01:00Z", TimeStyle.AGE, now=now) == "in 1m"
    assert moment("soon") == "soon"
    assert moment("") == ""
    assert [style.next for style in TimeStyle] == [TimeStyle.LOCAL, TimeStyle.AGE, TimeStyle.UTC]


def test_small_words() -> None:
    assert plural(1, "instance") == "1 instance"
    assert plural(1200, "instance") == "1,200 instances"
    assert byte_count(12) == "12 bytes"
    assert byte_count(2048) == "2,048 bytes (2.0 KiB)"
    assert status_words("Napping") == "? Napping"


def test_the_count_claims_only_what_is_known() -> None:
    assert count_words(Status(loaded=350)) == "350 loaded, more"
    assert count_words(Status(loaded=350, total=12480)) == "350 of 12,480"
    assert count_words(Status(loaded=350, total=12)) == "350 loaded, more"
    assert count_words(Status(loaded=350, more=False)) == "350 in all"


def test_the_status_line_fills_its_width() -> None:
    status = Status("demo", region="cn-hangzhou", loaded=50, activity="loading…", position="row 7")
    text = status_line(status, 80).text
    assert len(text) == 80
    assert text.startswith("demo")
    assert text.endswith("loading…  row 7")


def test_filters_are_words() -> None:
    query = Query("r", name="a", statuses=("Failed", "Running"), tags=(TagFilter("k", ""),))
    assert query_words(query) == ["status=Failed or Running", "name=a", "tag=k="]
    assert query_words(Query("r")) == []


class Host(App[None]):
    """Shows one pane of lines."""

    def __init__(self, lines: list[Line]) -> None:
        super().__init__()
        self.pane = StaticLines(lines)

    def get_default_screen(self) -> TonedScreen[None]:
        return TonedScreen()

    def compose(self) -> ComposeResult:
        yield self.pane


def drawn(pane: StaticLines) -> list[str]:
    return [pane.render_line(y).text.rstrip() for y in range(pane.size.height)]


@pytest.mark.anyio
async def test_the_cursor_passes_over_lines_without_a_key() -> None:
    host = Host([line("head"), line("a", key="a"), line(), line("b", key="b"), line("tail")])
    async with host.run_test(size=(20, 4)) as pilot:
        pane = host.pane
        pane.focus()
        pane.set_lines(pane.lines)
        assert pane.picked_key == "a"
        await pilot.press("down")
        assert pane.picked_key == "b"
        await pilot.press("down")
        assert pane.picked_key == "b"
        assert pane.scroll_offset.y == 1, "where the cursor cannot go on, the view does"
        await pilot.press("k")
        assert pane.picked_key == "a"


@pytest.mark.anyio
async def test_a_held_key_on_a_slow_line_scrolls_half_a_pane_at_a_time() -> None:
    class StrainedHost(Host):
        strained = False

        def is_strained(self) -> bool:
            return self.strained

    host = StrainedHost([line(str(number), key=str(number)) for number in range(40)])
    async with host.run_test(size=(20, 10)) as pilot:
        pane = host.pane
        pane.focus()
        pane.set_lines(pane.lines)
        tops = []
        for key, host.strained in (("down", False), ("down", True), ("up", True), ("up", False)):
            for _ in range(15):
                await pilot.press(key)
                assert 0 <= pane.cursor - pane.scroll_offset.y < 10
                tops.append(pane.scroll_offset.y)
        steps = [after - before for before, after in pairwise(tops) if after != before]
        assert steps[:6] == [1] * 6, "a step at a time where the line carries it"
        assert set(steps) == {1, -1, 6, -6}


@pytest.mark.anyio
async def test_foreign_text_is_drawn_as_text() -> None:
    evil = "[/b]\x1b]0;x\x07[@click=app.quit]go[/]\u202e"
    host = Host([line(Span(evil, "failed")), line(evil)])
    async with host.run_test(size=(60, 3)):
        shown = "[/b]␛]0;x␇[@click=app.quit]go[/]‹U+202E›"
        assert drawn(host.pane) == [shown, shown, ""]


@pytest.mark.anyio
async def test_only_lines_that_changed_are_drawn_again() -> None:
    drawn_lines: list[int] = []

    class Pane(StaticLines):
        def line_at(self, index: int) -> Line:
            drawn_lines.append(index)
            return super().line_at(index)

    host = Host([])
    host.pane = Pane([line(f"line {number}") for number in range(4)])
    async with host.run_test(size=(20, 4)) as pilot:
        host.pane.set_lines(host.pane.lines)
        await pilot.pause()
        drawn_lines.clear()
        changed = list(host.pane.lines)
        changed[2] = line("other")
        host.pane.set_lines(changed)
        await pilot.pause()
        assert drawn_lines == [2]
