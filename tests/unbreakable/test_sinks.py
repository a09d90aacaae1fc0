"""Hostile texts on their way out of the commands: into a terminal, a file, a log, a report."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests import hostile
from tests.terminal.harness import Terminal, environment
from tests.unbreakable.hostile_pages import ROWS, Pages, serving

KEYS = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "secret"}

PAGES = 6


def on_a_terminal(home: Path, pages: Pages, *words: str) -> bytes:
    """Return what a command writes where both of its streams are a terminal."""
    argv = [sys.executable, "-W", "error", "-m", "tui", *words]
    argv += ["--region", "cn-hangzhou", "-e", pages.url]
    with Terminal(argv, environ=environment(home, **KEYS), size=(200, 50)) as terminal:
        assert terminal.wait() in (0, 1, 3)
        terminal.assert_whole()
        return bytes(terminal.raw)


@pytest.mark.parametrize("output", ["table", "csv", "json", "ndjson", "ids"])
def test_no_row_and_no_word_of_a_list_is_a_sequence(home: Path, output: str) -> None:
    log = home / "log"
    # Every third answer is a refusal in the service's own words, which are hostile as well.
    with serving(Pages(3, PAGES, refusing=0.3)) as pages:
        words = ["list", "--all", "--output", output, "--log-file", str(log)]
        raw = on_a_terminal(home, pages, *words)

    assert b"\x1b" not in raw and not hostile.foreign(raw)
    assert b"Trying again" in raw
    logged = log.read_text()
    assert "status=200" in logged and not hostile.obeyed(logged, lines=True)


@pytest.mark.parametrize("words", [["watch", "f-1", "--timeout", "0.1"], ["doctor"]], ids=" ".join)
def test_no_word_of_a_command_is_a_sequence(home: Path, words: Sequence[str]) -> None:
    with serving(Pages(3, PAGES, refusing=0.3)) as pages:
        raw = on_a_terminal(home, pages, *words)

    assert raw and b"\x1b" not in raw and not hostile.foreign(raw)


def test_what_goes_into_files_is_exact_or_inert(home: Path) -> None:
    with serving(Pages(3, PAGES)) as pages:
        argv = [sys.executable, "-m", "tui", "list", "--all", "--region", "cn-hangzhou"]
        argv += ["-e", pages.url, "--output"]
        written = {}
        for output in ("ndjson", "csv"):
            with (home / output).open("wb") as file:
                redirect = {"stdout": file.fileno()}
                environ = environment(home, **KEYS)
                with Terminal([*argv, output], environ=environ, redirect=redirect) as terminal:
                    assert terminal.wait() == 0
            written[output] = (home / output).read_bytes()

    lines = written["ndjson"].decode("ascii").splitlines()
    assert len([json.loads(line) for line in lines]) == PAGES * ROWS
    assert all(line.isprintable() for line in lines)
    table = written["csv"].decode()
    assert not hostile.obeyed(table, lines=True)
    for row in csv.reader(io.StringIO(table)):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
