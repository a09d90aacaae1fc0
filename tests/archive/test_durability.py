"""Explorers that are killed leave an archive that is whole and has all that they showed."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from tests.archive.samples import QUERY, archive_at
from tests.archive.walker import page_of
from tui.archive.first import first_rows
from tui.archive.walks import read_walks

pytestmark = pytest.mark.anyio

DEEP = os.environ.get("SENDFILE_EXPLORER_TEST_DEPTH") == "full"

ROUNDS = 50 if DEEP else 5
"""Times that two walkers are killed, for each kind of journal."""

MOST_PAGES = 12
"""A walker is killed somewhere within so many pages."""


class Walker:
    """A process that keeps pages, and which pages it has said it has kept."""

    def __init__(self, path: Path, name: str, local: bool) -> None:
        self.name = name
        self.kept: list[int] = []
        self.said = ""
        """What it has complained of."""
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.archive.walker", str(path), name),
                "local" if local else "remote",
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def kill_after(self, pages: int, seconds: float) -> None:
        """Kill it a moment after it has kept so many pages, and hear what else it has said."""
        process = self._process
        assert process.stdout is not None
        assert process.stderr is not None
        with process, process.stdout as out, process.stderr as errors:
            while len(self.kept) < pages and (line := out.readline()):
                self._hear(line)
            threading.Event().wait(seconds)
            process.kill()
            for line in out:
                self._hear(line)
            self.said = errors.read()

    @property
    def killed(self) -> bool:
        """Whether it has not ended by itself before."""
        return self._process.returncode == -signal.SIGKILL

    def _hear(self, line: str) -> None:
        name, number = line.split()
        assert name == self.name
        self.kept.append(int(number))


@pytest.mark.parametrize("local", [True, False], ids=["log", "journal"])
async def test_whatever_was_shown_is_kept(tmp_path: Path, local: bool) -> None:
    path = tmp_path / "state" / "archive.sqlite3"
    chance = random.Random(f"{local} {ROUNDS}")
    kept: dict[str, list[int]] = {}
    for turn in range(ROUNDS):
        pair = [Walker(path, f"{side}{turn}", local) for side in ("a", "b")]
        threads = [
            threading.Thread(
                target=walker.kill_after,
                # Without a page it is killed while it starts, or opens the archive.
                args=(pages, chance.random() / (50 if pages else 3)),
            )
            for walker, pages in zip(
                pair, (chance.randint(1, MOST_PAGES), chance.randint(0, 4)), strict=True
            )
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [(walker.said, walker.killed) for walker in pair] == [("", True)] * 2
        kept |= {walker.name: walker.kept for walker in pair}
        await check(path, local, kept)


async def check(path: Path, local: bool, kept: dict[str, list[int]]) -> None:
    """See that the archive is whole and has every page that a walker has shown."""
    assert any(kept.values())
    expected = {
        each.invoke_id: each
        for name, numbers in kept.items()
        for number in numbers
        for each in page_of(name, number)
        if each.invoke_id != "f-shared"
    }
    # A journal that was left has to be undone first, and looking undoes nothing.
    assert not local or first_rows(path, "me", QUERY, 5).rows
    async with archive_at(path, local=lambda _: local) as archive:
        question = await archive.question("me", QUERY)
        walks = await archive.read(read_walks, question)
        rows = await archive.run(
            lambda connection: connection.execute(
                "SELECT invoke_id, name, ok_count, failed_count FROM invocation JOIN answer"
                " ON answer.invocation = invocation.id WHERE question = ?",
                (question,),
            ).fetchall()
        )
        counted = await archive.run(
            lambda connection: connection.execute(
                "SELECT answers FROM question WHERE id = ?", (question,)
            ).fetchone()
        )
    assert archive.warnings == ()
    found = {row[0]: row[1:] for row in rows}
    assert len(found) == len(rows) == counted[0]
    for invoke_id, invocation in expected.items():
        assert found[invoke_id] == (invocation.name, 1, 1)
    came_to = dict(walk.token.split() for walk in walks)
    for name, numbers in list(kept.items())[-2:]:
        assert not numbers or int(came_to[name]) >= numbers[-1], "the walk is on record as well"
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
