"""What stands in the way, in words of its own: denied, stopped, throttled, failed; and the log."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tests.explorer.driver import Wire, opened
from tests.explorer.test_in_a_terminal import emulator
from tests.explorer.window import explorer
from tui.api.errors import ApiError, Denied, NotReached, Refused, ServiceFailed, Throttled
from tui.screens import states
from tui.widgets.bars import Status, status_line

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
def test_who_is_denied_sees_the_policy_and_copies_it(home: Path, size: tuple[int, int]) -> None:
    with emulator(home, "--records", "20", "--fault", "deny") as facts:
        keys = {
            "ALIBABA_CLOUD_ACCESS_KEY_ID": facts["access_key_id"],
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": facts["access_key_secret"],
        }
        where = ("--region", facts["region"], "-e", facts["endpoint"])
        with explorer(home, size, *where, **keys) as window:
            window.shows(r"denied")
            window.shows(r"This identity may not read")
            window.shows(r'"Action": \[')
            # The request ID that whoever grants it may ask for, whole and in one line.
            window.shows(r"[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}")
            window.press("Y")
            window.shows(r"p RAM policy")
            window.press("p")
            window.shows(r"RAM policy: sent to the terminal, \d+ bytes")
            window.press("@")
            words = " ".join(window.shows(r"API calls[\s\S]*Forbidden\.RAM").split())
            assert "policy allow ecs:DescribeSendFileResults." in words, "nothing is cut"
            window.press("escape")
            window.hides(r"API calls")
            window.press("q")
            assert window.wait() == 0


async def test_what_is_said_of_a_stopped_load_goes_when_the_next_one_begins() -> None:
    def gated(wire: Wire) -> None:
        wire.gate = asyncio.Event()

    async with opened(prepare=gated, settle=False) as driver:
        await driver.wait_for(lambda: driver.pages_asked)
        await driver.pilot.press("escape")
        await driver.wait_for(lambda: states.STOPPED_EMPTY in driver.screen())
        await driver.pilot.press("r")
        await driver.wait_for(lambda: states.STOPPED_EMPTY not in driver.screen())
        assert driver.wire.gate is not None
        driver.wire.gate.set()
        await driver.wait_for(lambda: driver.explorer.loader.count == 50)
        driver.wire.gate = asyncio.Event()
        await driver.pilot.press("m")
        await driver.wait_for(lambda: len(driver.pages_asked) > 1)
        await driver.pilot.press("ctrl+c")
        await driver.wait_for(lambda: states.STOPPED in driver.screen())
        driver.wire.gate.set()


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (Throttled("x"), "throttled"),
        (Denied("x"), "denied"),
        (NotReached("x"), "offline"),
        (ServiceFailed("x"), "failed"),
        (Refused("x"), "refused"),
    ],
)
def test_trouble_has_a_word_of_its_own(failure: ApiError, words: str) -> None:
    assert states.trouble_words(failure) == words


def test_a_narrow_status_line_keeps_the_count_and_what_is_under_way() -> None:
    status = Status(
        identity="environment",
        region="cn-hangzhou",
        loaded=550,
        total=1000,
        activity="walking on, 62 rows/s, 7s left: esc stops",
        position="row 1",
    )
    for width in (60, 80, 120):
        text = status_line(status, width).text
        assert len(text) == width
        assert "550 of 1,000" in text
        assert "walking on, 62 rows/s, 7s left" in text
    assert "esc stops" in status_line(status, 80).text


def test_what_keeps_a_profile_from_working_is_whole_in_a_narrow_picker(home: Path) -> None:
    config = home / ".aliyun" / "config.json"
    config.parent.mkdir()
    key = {"mode": "AK", "access_key_id": "LTAIx", "access_key_secret": "not-a-real-one"}
    profiles = [{"name": "whole", **key}, {"name": "half", "mode": "AK"}]
    config.write_text(json.dumps({"current": "whole", "profiles": profiles}))
    config.chmod(0o600)
    with explorer(home, (60, 20), "--region", "cn-hangzhou", "-e", "127.0.0.1:9") as window:
        window.shows(r"profile whole|offline")
        window.press("P")
        words = " ".join(window.shows(r"half +AK").split())
        assert "access_key_id is empty: needs `aliyun configure --mode AK --profile half`" in words
        window.press("down", "enter")
        window.shows(r"half \(AK\) gives no")
        window.press("q")
        assert window.wait() == 0
        assert b"not-a-real-one" not in window.raw
