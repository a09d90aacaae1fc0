"""A file that is only read answers as fast as one that takes what is new, however large it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.archive.make_million import REGION, SCOPE, make
from tui.archive import evidence, history, positions
from tui.archive.arrangement import Sort, arrangement
from tui.archive.asking import find_question
from tui.archive.local_filter import parse
from tui.archive.overlay import covers, fit
from tui.archive.places import connect, in_file, overlaid
from tui.archive.sources import Answers, Fitting
from tui.records import Query

RECORDS = 4_000

EACH = 1_000
"""Steps of SQLite's machine between two looks at them."""

MORE = 25
"""How much more work it may be to look in two places; to look everything up would be thousands."""

QUERY = Query(REGION)

BY_NAME = arrangement(Sort("name"), parse("motd"))


def asked(connection: sqlite3.Connection) -> Answers:
    question = find_question(connection, SCOPE, QUERY)
    assert question is not None
    return Answers(question)


QUESTIONS: dict[str, Callable[[sqlite3.Connection], Any]] = {
    "answers": lambda connection: positions.build(connection, asked(connection), BY_NAME).ids,
    "fitting": lambda connection: positions.build(connection, Fitting(QUERY), BY_NAME).ids,
    "sends": lambda connection: evidence.sent(
        connection, SCOPE, evidence.all_sent(connection, SCOPE)[:RECORDS]
    ),
    "history": lambda connection: history.read_history(connection, "i-bp100000000000000155"),
}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("state") / "archive.sqlite3"
    make(made, RECORDS)
    return made


def worked(
    connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], Any]
) -> tuple[Any, int]:
    """Return what some work finds, and how many steps it took, in thousands."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection.set_progress_handler(count, EACH)
    found = work(connection)
    connection.set_progress_handler(None, 0)
    return found, steps


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("news", [False, True], ids=["nothing new", "something new"])
def test_what_is_on_top_of_a_file_costs_little(path: Path, name: str, news: bool) -> None:
    work = QUESTIONS[name]
    place = in_file(path, "ro")
    with closing(connect(place)) as alone, closing(connect(overlaid(place))) as both:
        if news:
            fit(both, changing=True)
            for table, key in (("invocation", "id"), ("result", "invocation")):
                both.copy_up(table, f"{key} = ?", 4)
        fit(both, changing=False)
        assert covers(both) is news
        expected, least = worked(alone, work)
        found, steps = worked(both, work)
        if name == "sends":
            found, expected = (
                {each[0].invoke_id: each for each in sent} for sent in (found, expected)
            )
        assert found == expected
        assert steps <= MORE * max(least, 1)
