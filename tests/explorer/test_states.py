"""Every state has words and a key of its own, whole at every size, and boxes never overlap."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import NamedTuple

import pytest
from textual.geometry import Region

from tests.explorer.driver import Driver, Wire, opened
from tui.api.errors import NotReached
from tui.api.transport import Answer
from tui.records import Query

pytestmark = pytest.mark.anyio

SIZES = [(200, 60), (120, 40), (80, 24), (60, 20), (59, 19)]
REQUEST = "0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9"


def refusals(code: str, status: int, message: str) -> Callable[[Wire], None]:
    """Let every call be refused."""
    body = {"RequestId": REQUEST, "Code": code, "Message": message, "HostId": "ecs"}
    answer = Answer(status, "", {"content-type": "application/json"}, json.dumps(body).encode())
    return lambda wire: wire.failures.extend([answer] * 50)


def unreachable(wire: Wire) -> None:
    wire.failures.extend([NotReached("The service cannot be reached: no route to host.")] * 50)


def silent(wire: Wire) -> None:
    wire.gate = asyncio.Event()


class State(NamedTuple):
    """What has happened, and what has to stand on the screen whole."""

    words: tuple[str, ...]
    prepare: Callable[[Wire], None] = lambda wire: None
    keys: tuple[str, ...] = ()
    name: str = ""
    offline: bool = False


STATES = {
    "loading": State(("Asking for the files that were sent", "esc stop"), silent),
    "partial": State(("0 of 1,000", "enter open", "? help")),
    "all": State(("1,000 in all",), keys=("M",)),
    "denied": State(
        (
            "This identity may not read the records.",
            "ecs:DescribeSendFileResults",
            REQUEST,
            "r ask again",
        ),
        refusals("Forbidden.RAM", 403, "User not authorized to operate on the resource."),
    ),
    "throttled": State(
        ("throttled", "The account's quota for this call", REQUEST, "r retry now"),
        refusals("Throttling.User", 400, "Request was denied due to user flow control."),
    ),
    "unreachable": State(("The service cannot be reached", "r retry now"), unreachable),
    "refused": State(
        ("credentials refused", REQUEST, "r retry now"),
        refusals("InvalidAccessKeyId.NotFound", 404, "Specified access key is not found."),
    ),
    "nothing": State(
        ("Nothing that was sent matches the filters.", "X clear filters"), name="no-such-file"
    ),
    "hidden": State(
        ("The local filter hides all", "0 hidden", "esc show all"),
        keys=("slash", "z", "z", "z", "z", "enter"),
    ),
    "offline": State(("offline", "The archive has nothing of that region."), offline=True),
}


def unwrapped(driver: Driver) -> str:
    """Return the words of the screen, a sentence over several lines on one."""
    lines = driver.screen().split("\n")
    return " ".join(word for line in lines for word in line.split())


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
async def test_a_state_says_what_is_and_which_key_helps(
    state: State, size: tuple[int, int]
) -> None:
    query = Query("cn-hangzhou", name=state.name)
    async with opened(
        size=size, prepare=state.prepare, query=query, offline=state.offline, settle=False
    ) as driver:
        if state.keys:
            await driver.settle()
            await driver.press(*state.keys)
        await driver.wait_for(lambda: state.words[-1] in unwrapped(driver))
        await driver.wait_for(lambda: all(words in unwrapped(driver) for words in state.words))
        screen = driver.screen().split("\n")
        assert len(screen) == size[1]
        assert driver.app.screen is driver.explorer, "a state is a line, never a box"
        assert_nothing_overlaps(driver)


OTHER_KEYS = {
    "back": "f7",
    "copy.menu": "f11",
    "filters.clear": "f8",
    "filters.open": "f9",
    "profile": "f10",
    "refresh": "f5",
    "region": "f6",
}

SAID = {
    "loading": "f7 stop",
    "all": "All is loaded; f5 asks for what is new.",
    "denied": "then f5 asks again. f11 p copies the policy that grants just what is needed, f10",
    "throttled": "f5 asks again now.",
    "unreachable": "f5 tries again now, f6 changes the region.",
    "nothing": "f8 clears them, f9 changes them.",
    "hidden": "f7 clears it.",
    "offline": "f6 changes the region, f9 the filters.",
}
"""What is said of a state to somebody with other keys."""


@pytest.mark.parametrize("name", SAID)
async def test_what_is_said_names_the_keys_of_the_keymap(name: str) -> None:
    state = STATES[name]
    query = Query("cn-hangzhou", name=state.name)
    async with opened(
        prepare=state.prepare,
        query=query,
        offline=state.offline,
        settle=False,
        keymap=OTHER_KEYS,
    ) as driver:
        if state.keys:
            await driver.settle()
            await driver.press(*state.keys)
        if name == "all":
            await driver.press("M")
        await driver.wait_for(lambda: SAID[name] in unwrapped(driver))


def assert_nothing_overlaps(driver: Driver) -> None:
    """Compare the places of the panes and of the lines around them."""
    explorer = driver.explorer
    parts = (
        explorer.status_bar,
        explorer.chips,
        explorer.sidebar,
        explorer.table,
        explorer.detail,
        explorer.welcome,
        explorer.hints,
    )
    regions = [part.region for part in parts if part.display and part.is_on_screen]
    screen = Region(0, 0, *driver.app.size)
    for number, region in enumerate(regions):
        assert screen.contains_region(region)
        for other in regions[number + 1 :]:
            assert not region.overlaps(other)
