"""Completions: those that are shipped fit the commands, and work in the shells themselves."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.completions import DIRECTORY, written
from tests.terminal.harness import Terminal, environment

QUESTIONS = [
    ("sendfile-explorer --sta", {"--status"}),
    ("sendfile-explorer archive ", {"info", "export", "prune"}),
    ("sendfile-explorer list --output n", {"ndjson"}),
    ("sfx list --status Part", {"PartialFailed"}),
    ("sfx --theme high", {"high-contrast"}),
]
"""What is typed, and what has to be offered."""


def test_what_is_shipped_is_what_would_be_written_now() -> None:
    there = {path.name: path.read_text(encoding="utf-8") for path in DIRECTORY.iterdir()}
    assert there == written(), "python -m tests.completions writes them anew"


def answer(*command: str) -> set[str]:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(("typed", "offered"), QUESTIONS)
def test_bash_offers_it(typed: str, offered: set[str]) -> None:
    words = typed.split(" ")
    script = (
        f'. {DIRECTORY / words[0]}; COMP_LINE=$1; COMP_POINT=${{#1}}; shift; COMP_WORDS=("$@");'
        " COMP_CWORD=$(($# - 1)); _shtab_sendfile_explorer;"
        ' printf "%s\\n" "${COMPREPLY[@]}"'
    )
    assert offered <= answer("bash", "--norc", "-c", script, "bash", typed, *words)


@pytest.mark.parametrize(("typed", "offered"), QUESTIONS)
def test_fish_offers_it(typed: str, offered: set[str]) -> None:
    files = f"source {DIRECTORY}/sendfile-explorer.fish; source {DIRECTORY}/sfx.fish"
    assert offered <= answer("fish", "--no-config", "-c", f"{files}; complete -C '{typed}'")


@pytest.mark.parametrize(("typed", "offered"), QUESTIONS)
def test_zsh_offers_it(typed: str, offered: set[str], home: Path) -> None:
    start = f"PS1='ready> '; fpath=({DIRECTORY} $fpath); autoload -Uz compinit; compinit -u -D\r"
    with Terminal(["zsh", "-f", "-i"], environ=environment(home), size=(120, 40)) as terminal:
        terminal.send(start.encode() + b"clear\r")
        terminal.until_shown("ready>")
        terminal.until_gone("compinit")
        terminal.send(typed.encode() + b"\t\t")
        for word in offered:
            terminal.until_shown(word)
