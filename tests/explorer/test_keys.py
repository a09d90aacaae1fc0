"""The keys of the map: local filter, order, marks, failures, copies, screens on top."""

from __future__ import annotations

import re

import pytest

from tests.explorer.driver import Driver, opened
from tests.explorer.test_explorer import refusal
from tui.keymap import actions, as_toml
from tui.records import Query
from tui.screens.call_log import CallLogScreen
from tui.screens.keys import EXPLORER_KEYS
from tui.screens.regions import RegionScreen
from tui.screens.viewers import ContentViewer, RawViewer

pytestmark = pytest.mark.anyio


def rows(driver: Driver) -> list[str]:
    """Return the rows of the table on the screen, without its titles."""
    return [row for row in driver.text(driver.explorer.table).split("\n")[1:] if row.strip()]


async def test_a_local_filter_narrows_what_is_loaded_and_asks_nothing() -> None:
    async with opened() as driver:
        asked = len(driver.wire.asked)
        await driver.press("slash")
        await driver.type("status:failed")
        await driver.press("enter")
        assert rows(driver)
        assert all("✗ Failed" in row for row in rows(driver))
        assert len(driver.wire.asked) == asked
        status = driver.text(driver.explorer.status_bar)
        assert re.search(r"50 (loaded|of).*\d+ hidden", status)
        assert driver.explorer.table.has_focus
        await driver.press("escape")
        assert driver.explorer.table.line_count() == 50
        assert "hidden" not in driver.text(driver.explorer.status_bar)


async def test_a_filter_keeps_the_row_under_the_cursor_where_it_can() -> None:
    async with opened() as driver:
        while (row := driver.explorer.table.row) is None or row.status != "Failed":
            await driver.press("down")
        before = driver.current_id
        await driver.press("slash")
        await driver.type("status:failed")
        assert driver.current_id == before
        await driver.press("escape")
        assert driver.explorer.table.line_count() == 50, "escape takes the filter back"
        assert driver.current_id == before


async def test_escape_takes_the_latest_thing_back_first() -> None:
    async with opened() as driver:
        await driver.press("slash")
        await driver.type("status:partial")
        await driver.press("enter", "enter", "enter")
        driver.wire.failures = [refusal("InternalError", 500)] * 4
        await driver.pilot.press("m")
        await driver.wait_for(lambda: driver.explorer.loader.retry_in)
        steps = []
        for _ in range(6):
            await driver.press("escape")
            detail = driver.explorer.detail.detail
            assert detail is not None
            steps.append(
                (
                    bool(driver.explorer.loader.retry_in),
                    driver.explorer.notice.display,
                    bool(driver.explorer.filter_text),
                    bool(detail.instance_id),
                    driver.explorer.pane,
                )
            )
        assert steps == [
            (False, True, True, True, "instances"),
            (False, False, True, True, "instances"),
            (False, False, False, True, "instances"),
            (False, False, False, False, "instances"),
            (False, False, False, False, "invocations"),
            (False, False, False, False, "invocations"),
        ]


async def test_a_filter_that_hides_everything_says_so() -> None:
    async with opened() as driver:
        await driver.press("slash")
        await driver.type("no-such-thing-anywhere")
        await driver.press("enter")
        assert "hides all 50 rows" in driver.text(driver.explorer.table)
        asked = len(driver.pages_asked)
        await driver.press("down", "end")
        assert len(driver.pages_asked) == asked, "pages for which nothing would show are not loaded"
        await driver.press("m")
        assert len(driver.pages_asked) == asked + 1


async def test_a_filter_that_makes_no_sense_is_explained() -> None:
    async with opened() as driver:
        await driver.press("slash")
        await driver.type("staus:failed")
        assert "did you mean status:?" in driver.text(driver.explorer.notice)
        assert driver.explorer.table.line_count() == 50
        await driver.press("escape")
        assert not driver.explorer.notice.display


async def test_sorting_by_menu_reverse_and_neighbour() -> None:
    async with opened() as driver:
        before = driver.current_id
        await driver.press("s")
        assert "Sort by" in driver.text(driver.explorer.menu)
        await driver.press("n")
        names = [row.name.casefold() for row in driver.explorer.loader.reading.view.rows(0, 50)]  # type: ignore[union-attr]
        assert names == sorted(names)
        assert driver.current_id == before
        assert "Name ▲" in driver.screen()
        await driver.press("S")
        assert "Name ▼" in driver.screen()
        await driver.press("less_than_sign")
        assert "Status ▲" in driver.screen()
        await driver.press("s", "escape")
        assert driver.explorer.table.has_focus


async def test_marks_are_kept_through_sorting_and_cleared_on_request() -> None:
    async with opened() as driver:
        await driver.press("space", "space", "down", "down", "V")
        assert "5 marked" in driver.text(driver.explorer.status_bar)
        marked = set(driver.explorer.marks)
        await driver.press("s", "n")
        assert driver.explorer.marks == marked
        assert sum(row.startswith("*") for row in rows(driver)) <= 5
        await driver.press("u")
        assert "marked" not in driver.text(driver.explorer.status_bar)


async def test_e_goes_from_failure_to_failure_and_loads_on() -> None:
    async with opened(page_size=10, size=(120, 20)) as driver:
        seen = []
        for _ in range(12):
            await driver.press("e")
            row = driver.explorer.table.row
            assert row is not None
            assert row.failed_count > 0
            seen.append(driver.explorer.table.cursor)
        assert seen == sorted(set(seen))
        await driver.press("E")
        assert driver.explorer.table.cursor == seen[-2]
        assert len(driver.pages_asked) > 1


async def test_e_says_when_there_is_none() -> None:
    async with opened(query=Query("cn-hangzhou", statuses=("Success",)), page_size=50) as driver:
        await driver.press("e")
        await driver.wait_for(lambda: "No failed row below" in driver.text(driver.explorer.hints))


async def test_walking_on_ends_at_the_end() -> None:
    async with opened() as driver:
        before = driver.current_id
        await driver.press("M")
        assert "1,000 in all" in driver.text(driver.explorer.status_bar)
        assert len(driver.pages_asked) == 20
        assert driver.current_id == before, "nothing moves that the user did not move"


async def test_the_total_comes_by_itself_and_is_only_claimed_when_known() -> None:
    async with opened() as driver:
        await driver.wait_for(lambda: "50 of 1,000" in driver.text(driver.explorer.status_bar))
        [asked] = [call for call in driver.wire.asked if call.get("PageSize") == "1"]
        assert "NextToken" not in asked


async def test_the_log_names_calls_and_no_secret() -> None:
    async with opened() as driver:
        await driver.press("at")
        assert isinstance(driver.app.screen, CallLogScreen)
        text = driver.screen()
        assert "DescribeSendFileResults" in text
        assert "MaxResults=50" in text
        assert " ms" in text
        assert "Signature" not in text
        assert all(call.request_id in text for call in driver.explorer.loader.calls.log)
        await driver.press("escape")
        assert driver.explorer.is_current


async def test_another_region_is_picked_by_typing() -> None:
    async with opened() as driver:
        await driver.press("R")
        assert isinstance(driver.app.screen, RegionScreen)
        await driver.type("singapore")
        await driver.press("enter")
        assert "ap-southeast-1" in driver.text(driver.explorer.status_bar)
        assert driver.pages_asked[-1]["RegionId"] == "ap-southeast-1"
        await driver.press("R", "escape")
        assert driver.explorer.is_current


async def test_without_a_region_the_picker_is_the_first_screen() -> None:
    async with opened(query=Query("")) as driver:
        assert isinstance(driver.app.screen, RegionScreen)
        assert driver.pages_asked == []
        await driver.type("cn-hangz")
        await driver.press("enter")
        assert driver.pages_asked[-1]["RegionId"] == "cn-hangzhou"
        assert "50 " in driver.text(driver.explorer.status_bar)


async def test_raw_json_and_content_open_over_everything_and_close() -> None:
    async with opened() as driver:
        await driver.press("v")
        assert isinstance(driver.app.screen, RawViewer)
        assert '"InvokeId"' in driver.screen()
        await driver.press("escape", "enter", "end")
        driver.explorer.detail.move_cursor(10_000)
        await driver.press("enter")
        assert isinstance(driver.app.screen, ContentViewer)
        await driver.press("escape")
        assert driver.explorer.is_current


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the texts that were sent towards the clipboard."""
    texts: list[str] = []

    async def copy(app: object, text: str) -> str:
        texts.append(text)
        return f"sent to the terminal, {len(text)} bytes"

    monkeypatch.setattr("tui.application.ExplorerApp.copy", copy)
    return texts


async def test_ids_are_copied_and_the_words_do_not_overclaim(copied: list[str]) -> None:
    async with opened() as driver:
        await driver.press("y")
        assert copied == [driver.current_id]
        assert "sent to the terminal" in driver.text(driver.explorer.hints)
        await driver.press("e", "enter", "y")
        assert copied[-1].startswith("i-")


async def test_the_copy_menu_has_what_an_operator_pastes(copied: list[str]) -> None:
    async with opened() as driver:
        await driver.press("e")
        row = driver.explorer.table.row
        assert row is not None
        await driver.press("Y", "f")
        assert len(copied[-1].split("\n")) == row.failed_count
        await driver.press("Y", "c")
        assert copied[-1] == (
            f"aliyun ecs DescribeSendFileResults --RegionId cn-hangzhou --InvokeId {row.invoke_id}"
        )
        await driver.press("Y", "j")
        assert f'"InvokeId": "{row.invoke_id}"' in copied[-1]
        await driver.press("space", "Y", "m")
        assert copied[-1] == row.invoke_id


async def test_an_agents_failure_is_followed_to_the_agent() -> None:
    async with opened(fleet=None) as driver:
        await driver.press("slash")
        await driver.type("code:ClientNotR")
        await driver.press("enter", "enter", "enter")
        await driver.wait_for(lambda: "Agent now" in driver.text(driver.explorer.detail))
        [asked] = [
            call for call in driver.wire.asked if call["Action"] == "DescribeCloudAssistantStatus"
        ]
        assert asked["InstanceId.1"] in driver.text(driver.explorer.detail)


async def test_ctrl_c_stops_a_load_and_quits_on_the_second_press_only() -> None:
    async with opened() as driver:
        driver.wire.failures = [refusal("InternalError", 500)] * 4
        await driver.pilot.press("m")
        await driver.wait_for(lambda: driver.explorer.notice.display)
        await driver.press("ctrl+c")
        assert driver.explorer.loader.retry_in == 0
        await driver.press("ctrl+c")
        assert "once more quits" in driver.text(driver.explorer.hints)
        assert driver.app.is_running
        await driver.pilot.press("ctrl+c")
        await driver.wait_for(lambda: not driver.app.is_running)


async def test_every_action_is_in_the_palette_and_in_the_keymap() -> None:
    async with opened() as driver:
        commands = {
            command.title: command.help
            for command in driver.app.get_system_commands(driver.explorer)
        }
        for key in EXPLORER_KEYS:
            assert key.id in commands[key.words]
            assert f'"{key.id}" = "{key.keys}"' in as_toml()
            assert actions()[key.id].key == key.keys
        await driver.press("colon")
        await driver.type("walk on")
        assert "Walk on to the end" in driver.screen()
        await driver.press("escape")


async def test_a_key_can_be_changed_by_its_name() -> None:
    async with opened(keymap={"refresh": "f5"}) as driver:
        asked = len(driver.pages_asked)
        await driver.press("r")
        assert len(driver.pages_asked) == asked
        await driver.press("f5")
        assert len(driver.pages_asked) > asked


async def test_zoom_and_fold_give_room_and_give_it_back() -> None:
    async with opened() as driver:
        width = driver.explorer.table.region.width
        await driver.press("b")
        assert driver.explorer.table.region.width == 120
        await driver.press("b")
        assert driver.explorer.table.region.width == width
        await driver.press("plus")
        assert driver.explorer.table.region.area > 120 * 30
        assert driver.explorer.detail.region.area == 0
        await driver.press("plus")
        assert driver.explorer.detail.region.area > 0


async def test_marks_are_drawn() -> None:
    async with opened() as driver:
        await driver.press("space", "down", "V")
        assert [row.lstrip()[:1] == "*" for row in rows(driver)[:4]] == [True, True, True, False]
        await driver.press("u")
        assert not any(row.lstrip().startswith("*") for row in rows(driver))


async def test_keys_struck_while_a_query_opens_end_nothing() -> None:
    async with opened() as driver:
        await driver.press("f", "enter", "down", "enter")
        for key in ("m", "r", "e", "M"):
            await driver.pilot.press("X", key, "f", "enter", "down", "enter", key)
        await driver.settle()
        assert driver.app.is_running
        assert len(set(driver.ids)) == len(driver.ids)


async def test_refresh_asks_again_where_nothing_was_found() -> None:
    async with opened(query=Query("cn-hangzhou", name="no-such-file")) as driver:
        asked = len(driver.pages_asked)
        await driver.press("r")
        assert len(driver.pages_asked) == asked + 1


async def test_a_menu_is_whole_at_80_columns() -> None:
    async with opened(size=(80, 24)) as driver:
        await driver.press("s")
        assert all(words in driver.screen() for words in ("c created", "m mode", "t tags"))
        await driver.press("escape", "Y")
        assert all(words in driver.screen() for words in ("i invoke ID", "c command"))


async def test_b_opens_filters_that_are_folded_away() -> None:
    async with opened(size=(80, 24)) as driver:
        await driver.press("b")
        assert driver.explorer.sidebar.fields().status.has_focus
        await driver.press("b")
        assert driver.explorer.table.has_focus
        assert not driver.explorer.sidebar.is_on_screen


async def test_what_is_not_asked_is_not_said_to_be() -> None:
    async with opened(query=Query("")) as driver:
        await driver.press("escape")
        assert "R chooses one" in driver.text(driver.explorer.table)


async def test_ctrl_c_quits_from_a_viewer_on_the_second_press() -> None:
    async with opened() as driver:
        await driver.press("v", "ctrl+c")
        assert "once more quits" in driver.screen()
        await driver.pilot.press("ctrl+c")
        await driver.wait_for(lambda: not driver.app.is_running)
