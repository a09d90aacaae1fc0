"""Finding out: hints that fit what has happened, help that can be searched, words explained."""

from __future__ import annotations

import dataclasses
import itertools
import json

import pytest

from tests.explorer.driver import Wire, opened
from tui.api.transport import Answer
from tui.screens.hints import MOST, Situation, hints
from tui.screens.key_words import key_words, keyed
from tui.screens.keys import EXPLORER_KEYS
from tui.triage.terms import TERMS

pytestmark = pytest.mark.anyio

PARAMETERS = """
RegionId ResourceGroupId InvokeId Name InstanceId PageNumber MaxResults NextToken Tags RequestId
TotalCount CreationTime ContentType TargetDir FileOwner Description VmCount FileMode FileGroup
Content Overwrite StartTime FinishTime UpdateTime ErrorInfo ErrorCode
"""
"""Words of the API's own page, but for statuses and what only says how many rows a page has."""

STATUSES = {
    "Status": ("Pending", "Running", "Success", "Failed", "PartialFailed"),
    "Result": ("Invalid", "Aborted", "Failed", "Error", "Timeout"),
}


def denied(wire: Wire) -> None:
    body = {"RequestId": "0A1B", "Code": "Forbidden.RAM", "Message": "No.", "HostId": "ecs"}
    answer = Answer(403, "", {"content-type": "application/json"}, json.dumps(body).encode())
    wire.failures.append(answer)


def test_there_are_never_more_than_eight_hints_and_always_help() -> None:
    known = {key.id for key in EXPLORER_KEYS} | {"open", "filters.leave"}
    some = Situation(pane="filters")
    flags = [each.name for each in dataclasses.fields(some) if each.name != "pane"]
    for pane in ("filters", "invocations", "instances"):
        for values in itertools.product((False, True), repeat=len(flags)):
            chosen = hints(Situation(pane=pane, **dict(zip(flags, values, strict=True))))
            names = [name for name, _ in chosen]
            assert 3 <= len(chosen) <= MOST
            assert len(set(names)) == len(names)
            assert "help" in names
            assert {name for name in names if name != "enter"} <= known


def test_keys_are_said_as_they_are_typed() -> None:
    assert [*map(key_words, ("escape", "question_mark", "ctrl+r", "shift+left", "plus", "x"))] == [
        *("esc", "?", "ctrl+r", "shift+←", "+", "x")
    ]
    assert keyed([("refresh", "ask"), ("↑ ↓", "move")], {"refresh": ["f5", "r"]}) == [
        *(("f5", "ask"), ("↑ ↓", "move"))
    ]


def test_each_word_of_the_api_is_explained_once() -> None:
    names = [term.name for term in TERMS]
    assert len(set(names)) == len(names)
    assert set(names) >= set(PARAMETERS.split())
    assert {f"{kind} {each}" for kind, all_ in STATUSES.items() for each in all_} <= set(names)
    assert all(term.meaning.endswith((".", "…")) and len(term.meaning) < 90 for term in TERMS)


async def test_hints_follow_what_has_happened() -> None:
    async with opened(size=(120, 40), keymap={"mark.clear": "f4"}) as driver:

        def said() -> str:
            return driver.text(driver.explorer.hints)

        assert "e next failed" in said()
        await driver.press("space")
        assert "x export marked" in said()
        assert "f4 unmark" in said()
        await driver.press("f4")
        assert "unmark" not in said()
        await driver.press("slash", *"nginx", "enter")
        assert "esc show all" in said()
        await driver.press("escape", "enter")
        assert "t timeline" in said()
        await driver.press("enter")
        assert "i its history" in said()
        await driver.press("f")
        assert "enter apply" in said()


async def test_a_refusal_brings_the_keys_that_help() -> None:
    async with opened(prepare=denied) as driver:
        said = driver.text(driver.explorer.hints)
        for hint in ("r ask again", "Y copy policy", "P profile", "? help"):
            assert hint in said


async def test_help_is_searched_by_key_word_and_code() -> None:
    async with opened(size=(80, 24)) as driver:
        await driver.press("question_mark")
        assert "In this pane" in driver.screen()
        assert "↓  j" in driver.screen()
        await driver.press("slash", *"filemode", "enter")
        assert "Permissions in octal" in driver.screen()
        assert "Page down" not in driver.screen()
        await driver.press("escape")
        assert "Page down" in driver.screen()
        await driver.press("slash", *"ClientNeedUpgrade")
        assert "1.0.2.569" in driver.screen()
        await driver.press("enter", "escape", "slash", *"no such thing")
        assert "Nothing has that" in driver.screen()
        await driver.press("escape", "escape")
        assert driver.explorer.is_current


async def test_help_is_that_of_the_pane_and_of_the_keys_as_they_are() -> None:
    async with opened(size=(80, 50), keymap={"refresh": "f5"}) as driver:
        await driver.press("question_mark", "slash", *"refresh")
        assert "f5" in driver.screen()
        assert "ctrl+r" not in driver.screen()
        await driver.press("escape")
        assert "Columns right" in driver.screen()
        await driver.press("escape", "3", "question_mark")
        assert "Columns right" not in driver.screen()
