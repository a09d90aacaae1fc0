"""How far a list is, for whoever looks on: rows read, how fast, how long still."""

from __future__ import annotations

import asyncio
import io

import pytest

from tests.test_listing import Paper, Service
from tui.api.errors import NotReached
from tui.headless import listing, output
from tui.headless.progress import Progress
from tui.headless.streams import Narrator
from tui.records import Query

pytestmark = pytest.mark.anyio


async def twelve_hundred() -> int:
    return 1_200


async def nobody() -> int:
    raise NotReached("Nobody answers.")


async def test_the_words_say_how_fast_and_how_long_still() -> None:
    clock = [0.0]
    progress = Progress(lambda: clock[0])
    assert progress.words(50, 20) == "50 read, 20 listed"
    clock[0] = 2.0
    assert progress.words(300, 20) == "300 read, 20 listed, 150 a second"
    progress.ask(twelve_hundred)
    await asyncio.sleep(0.01)
    assert progress.words(300, 20) == "300 of 1,200 read, 20 listed, 150 a second, 6 s left"
    assert progress.words(1_300, 20) == "1,300 read, 20 listed, 650 a second"
    await progress.aclose()


async def test_without_an_answer_nobody_claims_to_know() -> None:
    progress = Progress(lambda: 9.0)
    progress.ask(nobody)
    await asyncio.sleep(0.01)
    assert progress.words(7, 7) == "7 read, 7 listed"
    await progress.aclose()


@pytest.mark.parametrize(
    ("looks_on", "limit", "asked"), [(True, None, 1), (False, None, 0), (True, 5, 0)]
)
async def test_the_total_is_asked_for_where_it_helps(
    looks_on: bool, limit: int | None, asked: int
) -> None:
    questions: list[Query] = []

    async def count(query: Query) -> int:
        questions.append(query)
        return 120

    query = Query("cn-hangzhou")
    said = io.StringIO()
    code = await listing.run(
        listing.Listing(query, limit=limit),
        Service(120, faults=dict.fromkeys((1, 2, 3), lambda: None)),
        output.format_named("ids", width=None, wanted=lambda result: True),
        Paper(),
        Narrator(said, progress=looks_on),
        count=count,
    )
    assert code == 0
    assert questions == [query] * asked
    assert ("of 120 read" in said.getvalue()) is bool(asked)
