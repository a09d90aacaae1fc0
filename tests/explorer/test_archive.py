"""What was seen is there again: warm starts, no network, nobody to ask as, recents, saved views."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from pathlib import Path

import pytest

from tests.explorer.driver import opened
from tests.explorer.test_in_a_terminal import emulator
from tests.explorer.window import explorer
from tui.archive.store import Archive
from tui.emulator.fleet import Fleet
from tui.emulator.handler import Emulator
from tui.records import Query
from tui.screens import remembering
from tui.screens.viewers import ContentViewer

pytestmark = pytest.mark.anyio


def fleet(clock: list[float]) -> Emulator:
    made = Fleet(300, 7, clock=lambda: clock[0], start=clock[0], arrive_per_minute=5.0)
    return Emulator(made, clock=lambda: clock[0])


async def test_a_second_start_goes_on_where_the_first_one_stopped(tmp_path: Path) -> None:
    clock, path = [time.time()], tmp_path / "archive.sqlite3"
    emulated = fleet(clock)
    async with opened(emulator=emulated, archive=Archive(path)) as driver:
        await driver.press("m", "m")
        assert driver.explorer.table.line_count() == 150
    clock[0] += 60
    async with opened(emulator=emulated, archive=Archive(path)) as driver:
        assert len(driver.pages_asked) == 1, "the newest page, which meets what is known"
        assert driver.explorer.table.line_count() == 155
        await driver.press("m")
        assert driver.explorer.table.line_count() == 205, "the page after those of before"
        await driver.press("M")
        assert driver.explorer.table.line_count() == 305
        assert "305 in all" in driver.text(driver.explorer.status_bar)
        asked = len(driver.pages_asked)
    async with opened(emulator=emulated, archive=Archive(path)) as driver:
        assert "305 in all" in driver.text(driver.explorer.status_bar)
        assert len(driver.pages_asked) == 1 < asked


async def test_offline_nothing_is_asked_and_the_age_is_said(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite3"
    async with opened(fleet=Fleet(120, 7), archive=Archive(path)) as driver:
        await driver.press("M")
        wanted = driver.current_id
    archive = Archive(path, keep=False)
    async with opened(fleet=Fleet(120, 7), archive=archive, offline=True) as driver:
        assert driver.wire.asked == []
        assert driver.explorer.table.line_count() == 120
        assert driver.current_id == wanted
        status = driver.text(driver.explorer.status_bar)
        assert "offline, from the archive, last seen 2" in status
        await driver.press("s", "n", "slash", *"status:failed", "enter", "enter")
        assert driver.explorer.table.line_count() < 120
        assert "delivered" in driver.text(driver.explorer.detail)
        await driver.press("escape", "r")
        assert "Offline: the service is not asked" in driver.text(driver.explorer.hints)
        assert driver.wire.asked == []


async def test_a_content_that_is_not_kept_is_known_by_its_hash_and_asked_for(
    tmp_path: Path,
) -> None:
    path = tmp_path / "archive.sqlite3"
    async with opened(fleet=Fleet(60, 7), archive=Archive(path)) as driver:
        await driver.press("M")
    async with opened(
        fleet=Fleet(60, 7), archive=Archive(path, keep=False), offline=True
    ) as driver:
        await driver.press("enter", "G")
        detail = driver.text(driver.explorer.detail)
        assert "It is not kept here" in detail
        assert "bytes" in detail
        driver.explorer.show_content()
        await driver.settle()
        assert "offline nobody is asked" in driver.text(driver.explorer.hints)
    async with opened(fleet=Fleet(60, 7), archive=Archive(path)) as driver:
        await driver.press("end")
        await driver.settle()
        driver.explorer.show_content()
        await driver.settle()
        assert isinstance(driver.app.screen, ContentViewer)
        assert driver.wire.asked[-1].get("InvokeId")


async def test_another_query_shows_what_the_archive_has_while_nobody_answers(
    tmp_path: Path,
) -> None:
    path = tmp_path / "archive.sqlite3"
    async with opened(fleet=Fleet(120, 7), archive=Archive(path)) as driver:
        await driver.press("M")
    query = Query("cn-hangzhou", statuses=("Failed",))
    passed = 0.0
    async with opened(
        fleet=Fleet(120, 7),
        archive=Archive(path),
        query=query,
        prepare=lambda wire: wire.failures.extend([ConnectionRefusedError()] * 20),
        settle=False,
        clock=lambda: time.time() + passed,
    ) as driver:
        await driver.wait_for(lambda: driver.explorer.table.line_count())
        await driver.settle()
        rows = driver.text(driver.explorer.table)
        assert "✗ Failed" in rows
        assert "Success" not in rows
        assert "from the archive, last seen" in driver.text(driver.explorer.status_bar)
        assert "delivered" in driver.text(driver.explorer.detail)
        driver.wire.failures.clear()
        # So many failures hold requests back for a while, by chance for a longer one.
        passed = 60.0
        await driver.press("r")
        assert "from the archive" not in driver.text(driver.explorer.status_bar)
        assert driver.pages_asked[-1].get("InvocationStatus") == "Failed"


async def test_queries_of_before_are_listed_and_asked_again(tmp_path: Path) -> None:
    async with opened(fleet=Fleet(120, 7)) as driver:
        await driver.press("f", "tab", *"nginx.conf", "enter")
        assert driver.explorer.query_shown.name == "nginx.conf"
        sidebar = driver.explorer.sidebar
        assert "everything" in "\n".join(each.text for each in sidebar.recent.lines)
        await driver.press("minus")
        assert driver.explorer.query_shown == Query("cn-hangzhou")
        sidebar.recent.focus()
        await driver.press("enter")
        assert driver.explorer.query_shown.name == "nginx.conf"
        assert driver.explorer.table.has_focus


async def test_a_saved_view_brings_back_query_filter_order_and_cursor() -> None:
    async with opened(fleet=Fleet(120, 7)) as driver:
        await driver.press("slash", *"status:partial", "enter", "s", "n", "down", "down")
        wanted = driver.current_id
        await driver.press("B", *"broken ones".replace(" ", "_"), "enter")
        assert "Saved as broken_ones" in driver.text(driver.explorer.hints)
        await driver.press("escape", "s", "c", "S", "home")
        await driver.press("apostrophe")
        await driver.press("enter")
        await driver.settle()
        assert driver.explorer.filter_text == "status:partial"
        assert "Name ▲" in driver.text(driver.explorer.table)
        assert driver.current_id == wanted


async def test_everything_sent_to_one_instance_is_listed_and_leads_to_its_sends() -> None:
    async with opened(fleet=Fleet(300, 7)) as driver:
        await driver.press("M")
        await driver.press("down", "down", "enter", "i")
        await driver.settle()
        screen = driver.screen()
        assert "Sent to i-bp" in screen
        assert driver.wire.asked[-1].get("InstanceId")
        await driver.press("enter")
        await driver.settle()
        assert driver.explorer.table.has_focus


async def test_a_history_reads_on_to_the_first_send_and_says_where_it_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(remembering, "HISTORY_SIZE", 1)
    async with opened(fleet=Fleet(300, 7), size=(120, 50)) as driver:
        await driver.press("down", "down", "enter", "i")
        await driver.settle()
        asked = [each for each in driver.pages_asked if each.get("InstanceId")]
        instance_id = asked[0]["InstanceId"]
        assert len(asked) == len(re.findall(r"^ *20\d\d-", driver.screen(), re.M)) > 2
        assert "not asked for" not in driver.screen()
        await driver.press("escape")
        monkeypatch.setattr(remembering, "HISTORY_PAGES", 2)
        await driver.press("i")
        await driver.settle()
        assert f"f with Instance ID {instance_id} does" in driver.screen()


def test_what_was_seen_is_there_at_once_and_without_a_network(home: Path) -> None:
    with emulator(home, "--records", "120") as facts:
        keys = {
            "ALIBABA_CLOUD_ACCESS_KEY_ID": facts["access_key_id"],
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": facts["access_key_secret"],
        }
        where = ("--region", facts["region"], "-e", facts["endpoint"])
        with explorer(home, (120, 40), *where, **keys) as window:
            window.shows(r"50 of 120")
            window.press("M")
            window.shows("120 in all")
            window.press("q")
            assert window.wait() == 0
    with explorer(home, (120, 40), *where, **keys) as window:
        window.shows(r"from the archive, last seen 2")
        window.shows(r"refuses connections")
        assert window.count() == 120
        window.press("e", "enter")
        window.shows(r"esc back")
        window.press("q")
        assert window.wait() == 0
    nobody = {"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}
    with explorer(home, (120, 40), "--region", facts["region"], **nobody) as window:
        window.shows(r"120 in all · from the archive")
        window.shows(r"No credentials were found")
        window.shows(r"delivered")
        window.press("q")
        assert window.wait() == 0
        window.assert_whole()


async def test_rows_that_take_long_to_find_their_places_say_so_and_can_be_stopped() -> None:
    async with opened(fleet=Fleet(120, 7)) as driver:
        reading = driver.explorer.loader.reading
        assert reading is not None
        gate = threading.Event()
        # The thread that arranges is held up as a million rows would hold it up.
        held = asyncio.ensure_future(reading.view._archive.run(lambda _: gate.wait(30)))
        await driver.pilot.press("s", "n")
        status = driver.explorer.status_bar
        await driver.wait_for(lambda: "arranging the rows: esc stops" in driver.text(status))
        await driver.pilot.press("down")
        await driver.wait_for(lambda: driver.explorer.table.cursor == 1)
        await driver.pilot.press("escape")
        await driver.wait_for(lambda: "Stopped" in driver.text(driver.explorer.hints))
        assert "▲" not in driver.text(driver.explorer.table)
        gate.set()
        await held
        await driver.settle()
        assert driver.explorer.sort is None
        assert "arranging" not in driver.text(status)
        await driver.press("s", "n")
        assert "Name ▲" in driver.text(driver.explorer.table)
