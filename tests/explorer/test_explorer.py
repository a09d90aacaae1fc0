"""The explorer through its keys: what is asked of the service and what the screen says."""

from __future__ import annotations

import asyncio
import json

import pytest
from textual.binding import Binding

from tests.explorer.driver import Driver, Wire, opened
from tui.api.transport import Answer
from tui.emulator.fleet import Fleet
from tui.emulator.handler import Emulator
from tui.records import Query, TagFilter
from tui.screens.explorer import Explorer
from tui.screens.help import key_entries
from tui.screens.keys import EXPLORER_KEYS
from tui.widgets.instance_detail import InstanceDetail
from tui.widgets.invocation_table import InvocationTable
from tui.widgets.lines import LineView

pytestmark = pytest.mark.anyio


def refusal(code: str, status: int = 400, message: str = "No.") -> Answer:
    """Return an error answer of the service."""
    body = {"RequestId": "0A1B-REQUEST", "Code": code, "Message": message, "HostId": "ecs"}
    return Answer(status, "", {"content-type": "application/json"}, json.dumps(body).encode())


async def test_it_opens_on_the_first_page() -> None:
    async with opened() as driver:
        assert driver.explorer.table.line_count() == 50
        assert len(driver.pages_asked) == 1
        assert driver.current_id in driver.screen()
        status = driver.text(driver.explorer.status_bar)
        assert "demo" in status
        assert "cn-hangzhou" in status
        assert "50 loaded, more" in status or "50 of 1,000" in status


async def test_a_status_is_chosen_by_keys_alone_and_is_one_query() -> None:
    async with opened() as driver:
        await driver.press("f", "enter", "down", "enter")
        asked = driver.pages_asked[1:]
        assert sorted(query["InvocationStatus"] for query in asked) == ["Failed", "PartialFailed"]
        table = driver.text(driver.explorer.table)
        assert "✗ Failed" in table
        assert "! PartialFailed" in table
        assert "Success" not in table
        assert driver.explorer.table.has_focus, "applying goes to the rows"
        assert "status=Failed or PartialFailed" in driver.screen()


async def test_typing_a_filter_asks_nothing_until_it_is_applied() -> None:
    async with opened() as driver:
        await driver.press("f", "tab")
        await driver.type("nginx.conf")
        assert len(driver.pages_asked) == 1
        await driver.press("enter")
        assert [query.get("Name") for query in driver.pages_asked] == [None, "nginx.conf"]
        await driver.press("X")
        assert "Name" not in driver.pages_asked[-1]
        assert not driver.explorer.chips.display
        assert "name=nginx.conf" in driver.text(driver.explorer.sidebar), "to be asked again"


async def test_keys_are_text_in_a_field() -> None:
    async with opened() as driver:
        await driver.press("f", "tab")
        await driver.type("q3?r")
        assert driver.app.is_running
        assert driver.explorer.sidebar.fields().inputs["name"].value == "q3?r"


async def test_a_filter_that_the_api_would_refuse_is_explained_and_not_sent() -> None:
    async with opened() as driver:
        await driver.press("f")
        field = driver.explorer.sidebar.fields().inputs["tags"]
        field.focus()
        field.value = "acs:env=1"
        await driver.press("enter")
        assert len(driver.pages_asked) == 1
        words = " ".join(driver.text(driver.explorer.sidebar).split())
        assert "must not start with acs:" in words
        field.value = "'open"
        await driver.press("enter")
        assert "closing" in driver.text(driver.explorer.sidebar)
        assert len(driver.pages_asked) == 1


async def test_escape_leaves_the_filters_as_they_hold() -> None:
    async with opened(query=Query("cn-hangzhou", name="app.env")) as driver:
        await driver.press("f", "tab")
        await driver.type("x")
        await driver.press("escape")
        assert driver.explorer.table.has_focus
        assert driver.explorer.sidebar.fields().inputs["name"].value == "app.env"
        assert len(driver.pages_asked) == 1


async def test_tags_are_sent_with_and_without_a_value() -> None:
    query = Query("cn-hangzhou", tags=(TagFilter("env", "prod"), TagFilter("team")))
    async with opened(query=query) as driver:
        [asked] = driver.pages_asked
        await driver.press("f")
        assert driver.explorer.sidebar.fields().inputs["tags"].value == "env=prod team"
        assert (asked["Tag.1.Key"], asked["Tag.1.Value"]) == ("env", "prod")
        assert (asked["Tag.2.Key"], "Tag.2.Value" in asked) == ("team", False)


async def test_pages_arrive_as_the_cursor_nears_the_end_and_not_before() -> None:
    async with opened() as driver:
        await driver.press(*["down"] * 38)
        assert len(driver.pages_asked) == 1
        await driver.press(*["down"] * 4)
        assert len(driver.pages_asked) == 2
        await driver.press("end", "end", "end")
        assert driver.explorer.table.line_count() >= 200
        assert len(set(driver.ids)) == len(driver.ids)
        assert driver.explorer.table.cursor > 140


async def test_a_tall_screen_is_filled() -> None:
    async with opened(size=(120, 60), page_size=10) as driver:
        assert driver.explorer.table.line_count() >= driver.explorer.table.visible_height


async def test_a_wish_for_more_during_a_load_is_not_forgotten() -> None:
    async with opened(page_size=10, size=(120, 24)) as driver:
        driver.wire.gate = asyncio.Event()
        before = len(driver.pages_asked)
        await driver.pilot.press("m")
        await driver.wait_for(lambda: len(driver.pages_asked) == before + 1)
        await driver.pilot.press("end")
        driver.wire.gate.set()
        driver.wire.gate = None
        await driver.settle()
        table = driver.explorer.table
        assert table.line_count() > table.cursor + 10


async def test_the_end_of_a_walk_is_said() -> None:
    async with opened(fleet=Fleet(73, 7)) as driver:
        await driver.press("end", "end")
        assert "73 in all" in driver.text(driver.explorer.status_bar)
        asked = len(driver.pages_asked)
        await driver.press("m", "end", "down")
        assert len(driver.pages_asked) == asked
        await driver.pilot.pause()
        assert not list(driver.explorer.workers), "nothing goes on by itself"


async def test_nothing_found_is_not_an_empty_void() -> None:
    async with opened(query=Query("cn-hangzhou", name="no-such-file")) as driver:
        assert "0 in all" in driver.text(driver.explorer.status_bar)
        assert "Nothing" in driver.text(driver.explorer.table)
        assert "X" in driver.text(driver.explorer.table)


async def failed_row(driver: Driver) -> None:
    """Put the cursor on the first invocation that failed in part."""
    for _ in range(50):
        row = driver.explorer.table.row
        assert row is not None
        if row.status == "PartialFailed":
            return
        await driver.press("down")


async def test_going_in_and_coming_back_leaves_the_cursor_where_it_was() -> None:
    async with opened() as driver:
        await failed_row(driver)
        before = driver.current_id
        await driver.press("enter")
        assert driver.explorer.detail.has_focus
        text = driver.text(driver.explorer.detail)
        assert before in text
        invocation = driver.explorer.detail.detail.invocation  # type: ignore[union-attr]
        failed = next(result for result in invocation.results if result.failed)
        assert failed.instance_id in text
        assert failed.error_code in text

        await driver.press("enter")
        text = driver.text(driver.explorer.detail)
        assert f"{failed.instance_id} ‹ {before}" in text
        assert failed.error_info in text
        assert "Retry" in text

        await driver.press("escape")
        assert driver.explorer.detail.detail.instance_id == ""  # type: ignore[union-attr]
        await driver.press("escape")
        assert driver.explorer.table.has_focus
        assert driver.current_id == before
        await driver.press("escape", "escape")
        assert driver.app.is_running, "escape never quits"


async def test_the_pane_follows_the_cursor_when_it_rests() -> None:
    async with opened() as driver:
        await driver.press("down")
        assert driver.current_id in driver.text(driver.explorer.detail)


async def test_a_page_that_fails_leaves_the_rows_and_is_asked_for_again_at_the_same_place() -> None:
    async with opened() as driver:
        before = driver.ids
        driver.wire.failures = [refusal("InternalError", 500)] * 4
        await driver.pilot.press("m")
        await driver.wait_for(lambda: driver.explorer.notice.display)
        assert driver.ids == before
        words = " ".join(driver.text(driver.explorer.notice).split())
        assert "0A1B-REQUEST" in words
        failed_token = driver.pages_asked[-1]["NextToken"]
        await driver.wait_for(lambda: "again in" in driver.text(driver.explorer.status_bar))

        await driver.press("m")
        assert driver.pages_asked[-1]["NextToken"] == failed_token
        assert len(driver.ids) == 100
        assert not driver.explorer.notice.display


async def test_a_denial_says_what_is_missing_and_waits_for_nothing() -> None:
    def deny(wire: Wire) -> None:
        wire.failures = [refusal("Forbidden.RAM", 403, "User not authorized")]

    async with opened(prepare=deny) as driver:
        await driver.wait_for(lambda: driver.explorer.notice.display)
        words = " ".join(driver.text(driver.explorer.notice).split())
        assert "ecs:DescribeSendFileResults" in words
        assert len(driver.pages_asked) == 1
        await driver.press("escape")
        assert not driver.explorer.notice.display
        await driver.press("r")
        assert len(driver.ids) == 50


async def test_escape_ends_a_load_and_the_place_is_kept() -> None:
    async with opened() as driver:
        driver.wire.gate = asyncio.Event()
        await driver.pilot.press("m")
        await driver.wait_for(lambda: len(driver.pages_asked) == 2)
        await driver.press("escape")
        assert driver.explorer.table.has_focus
        driver.wire.gate.set()
        driver.wire.gate = None
        await driver.press("m")
        assert driver.pages_asked[-1]["NextToken"] == driver.pages_asked[1]["NextToken"]
        assert len(driver.ids) == len(set(driver.ids)) == 100


async def test_refresh_brings_new_rows_above_and_moves_nothing_on_the_screen() -> None:
    now = 1_790_000_000.0
    clock = [now]
    fleet = Fleet(300, 7, clock=lambda: clock[0], start=now, arrive_per_minute=5.0)
    emulator = Emulator(fleet, clock=lambda: clock[0])
    async with opened(emulator=emulator) as driver:
        await driver.press(*["down"] * 6)
        before, rows = driver.current_id, driver.ids
        height = driver.explorer.table.cursor - driver.explorer.table.scroll_offset.y
        clock[0] += 60
        await driver.press("r")
        new = [invoke_id for invoke_id in driver.ids if invoke_id not in rows]
        assert len(new) == 5
        assert driver.ids == new + rows
        assert driver.current_id == before
        table = driver.explorer.table
        assert table.cursor - table.scroll_offset.y == height
        await driver.press("m")
        assert len(driver.ids) == len(set(driver.ids)) == 105


@pytest.mark.parametrize(
    ("size", "visible"),
    [
        ((200, 60), {"sidebar", "table", "detail"}),
        ((120, 40), {"sidebar", "table", "detail"}),
        ((80, 24), {"table", "detail"}),
        ((59, 40), {"table"}),
        ((120, 19), {"table"}),
        ((40, 10), {"table"}),
        ((39, 10), set()),
        ((80, 9), set()),
    ],
)
async def test_each_size_has_its_layout(size: tuple[int, int], visible: set[str]) -> None:
    async with opened(size=size) as driver:
        explorer = driver.explorer
        shown = {
            name
            for name in ("sidebar", "table", "detail")
            if getattr(explorer, name).region.area and getattr(explorer, name).is_on_screen
        }
        assert shown == visible
        if not visible:
            assert driver.screen().strip() == "Too small: 40x10 at least"


@pytest.mark.parametrize("size", [(59, 40), (120, 19), (40, 10), (80, 24), (200, 60)])
async def test_keys_work_at_once_and_in_every_pane_at_any_size(size: tuple[int, int]) -> None:
    async with opened(size=size) as driver:
        await driver.press("down", "down")
        assert driver.explorer.table.cursor == 2
        await driver.press("enter")
        assert driver.explorer.detail.has_focus
        assert driver.current_id in driver.screen()
        await driver.press("escape")
        assert driver.explorer.table.has_focus
        await driver.press("f")
        assert driver.explorer.sidebar.fields().status.has_focus
        assert "Resource group" in driver.screen() or size[1] < 20
        await driver.press("escape", "down")
        assert driver.explorer.table.cursor == 3


async def test_a_resize_keeps_cursor_and_focus() -> None:
    async with opened() as driver:
        await driver.press(*["down"] * 20, "enter")
        before = driver.current_id
        for size in ((50, 15), (30, 8), (200, 60), (80, 24)):
            await driver.pilot.resize_terminal(*size)
            await driver.settle()
        assert driver.current_id == before
        assert driver.explorer.detail.has_focus
        assert before in driver.text(driver.explorer.detail)


async def test_panes_are_reached_by_number_and_by_tab() -> None:
    async with opened(size=(80, 24)) as driver:
        await driver.press("1")
        assert driver.explorer.sidebar.region.area > 0, "folded filters open"
        await driver.press("escape", "3")
        assert driver.explorer.detail.has_focus
        await driver.press("2")
        assert driver.explorer.table.has_focus
        await driver.press("tab")
        assert driver.explorer.detail.has_focus
        await driver.press("tab")
        assert driver.explorer.sidebar.fields().status.has_focus
        await driver.press("shift+tab")
        assert driver.explorer.detail.has_focus


async def test_every_binding_has_an_id_and_help_names_it() -> None:
    for holder in (Explorer, LineView, InvocationTable, InstanceDetail):
        for binding in holder.BINDINGS:
            assert isinstance(binding, Binding)
            assert binding.id, f"{holder.__name__}: {binding.key}"
    async with opened() as driver:
        explained = {entry.words: entry.group for entry in key_entries(driver.explorer)}
        for key in EXPLORER_KEYS:
            assert explained[key.words] == key.group
        await driver.press("question_mark")
        assert "Page down" in driver.screen()
        await driver.press("escape")
        assert driver.explorer.is_current
        assert driver.explorer.table.has_focus


async def test_times_change_their_zone_on_request_only() -> None:
    async with opened() as driver:
        assert "Created UTC" in driver.screen()
        await driver.press("z")
        assert "Created local" in driver.screen()
        await driver.press("z")
        assert "Created age" in driver.screen()
        assert " ago" in driver.text(driver.explorer.table)


async def test_sideways_scrolling_reaches_the_last_column() -> None:
    async with opened(size=(100, 30)) as driver:
        assert "Tags" not in driver.text(driver.explorer.table)
        await driver.press(*["shift+right"] * 5)
        header = driver.text(driver.explorer.table).split("\n")[0]
        assert "Tags" in header
        await driver.press(*["shift+left"] * 5)
        assert "Tags" not in driver.text(driver.explorer.table).split("\n")[0]


async def test_q_quits() -> None:
    async with opened() as driver:
        await driver.pilot.press("q")
        await driver.wait_for(lambda: not driver.app.is_running)
        assert driver.app.return_code == 0
