"""The README and the program agree: what one names the other has.

In the README, whatever stands in a code span or a code block counts. After `sendfile-explorer` or
`sfx` come a command and flags of it; a span that begins with `--` is a flag; the keys of the table
of keys are keys of the keymap; names in capitals are variables; paths are paths of the repository.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui import keymap
from tui.cli import parse
from tui.flags import ALIAS, COMMANDS, EXPLORER, PROGRAM, Command
from tui.requests import ShowHelp
from tui.screens.key_words import SPELLED, key_words
from tui.settings import PREFIX, RULES

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tui").rglob("*.py"))

FOREIGN_FLAGS = {"--no-index", "--find-links", "--wheel-dir", "--dist"}
"""Flags of pip and pytest that stand alone in a sentence."""

KEY_NAMES = {word: name for name, word in SPELLED.items()} | {"F1": "f1"}


def blocks() -> Iterator[str]:
    """Yield the code blocks."""
    yield from re.findall(r"^```\w*\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def spans() -> Iterator[str]:
    """Yield the code spans outside of blocks."""
    prose = re.sub(r"^```.*?^```", "", README, flags=re.DOTALL | re.MULTILINE)
    yield from re.findall(r"`([^`\n]+(?:\n[^`\n]+)?)`", prose)


def calls() -> Iterator[str]:
    """Yield the words after our command, wherever it is called."""
    for code in (*spans(), *(line for block in blocks() for line in block.splitlines())):
        for found in re.finditer(rf"(?:^|[ /])(?:{PROGRAM}|{ALIAS})(?= |$)([^|>#&]*)", code):
            yield found[1].strip()


def known_flags(command: Command) -> set[str]:
    return {name for flag in command.flags for name in (flag.name, flag.short) if name}


def test_each_call_in_the_readme_can_be_made() -> None:
    seen = 0
    for call in calls():
        words = call.split()
        name = words[0] if words and words[0] in COMMANDS else ""
        command = COMMANDS[name] if name else EXPLORER
        flags = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
        assert flags <= known_flags(command), call
        assert name or not words or words[0].startswith("-"), call
        if command.actions:
            assert words[1] in command.actions, call
        seen += 1
    assert seen > 20


def test_each_flag_that_is_named_alone_exists() -> None:
    every = {name for command in (EXPLORER, *COMMANDS.values()) for name in known_flags(command)}
    for span in spans():
        if span.startswith("--"):
            flag = re.split(r"[ =]", span)[0]
            assert flag in every | FOREIGN_FLAGS, span


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_names_each_flag_and_the_explorers_help_each_command(name: str) -> None:
    command = COMMANDS[name] if name else EXPLORER
    request = parse([name, "--help"] if name else ["--help"])
    assert isinstance(request, ShowHelp)
    for flag in known_flags(command):
        assert re.search(rf"(?<!\S){flag}\b", request.text), flag
    if not name:
        for each in COMMANDS:
            assert re.search(rf"^\s+{each}\s", request.text, re.MULTILINE), each
            assert f"{PROGRAM} {each}" in README, each


def test_each_key_in_the_table_of_keys_is_one() -> None:
    table = README[README.index("| key | does |") :].split("\n\n", 1)[0]
    bound = {
        key_words(key.strip())
        for action in keymap.actions().values()
        for key in action.key.split(",")
    }
    shown = {
        key for row in table.splitlines()[2:] for key in re.findall(r"`([^`]+)`", row.split("|")[1])
    }
    assert {key for key in shown if key_words(KEY_NAMES.get(key, key)) not in bound} == set()
    assert {"F", "D", "x", "?"} <= shown


def test_each_variable_exists() -> None:
    for name in set(re.findall(r"`((?:[A-Z]+_)+[A-Z_]+)`", README)):
        if name.startswith(PREFIX) and name != f"{PREFIX}TEST_DEPTH":
            assert name in {rule.variable for rule in RULES}, name
        elif name != f"{PREFIX}TEST_DEPTH":
            assert name in SOURCE, name


def test_each_file_of_the_user_is_one_that_the_program_names() -> None:
    for name in set(re.findall(r"`(?:~/[^`]*/)?([a-z0-9-]+\.(?:toml|sqlite3|ini))`", README)):
        assert name in SOURCE or (ROOT / name).exists(), name


def test_each_path_of_the_repository_is_there() -> None:
    named = {span for span in spans() if re.fullmatch(r"(?:tui|tests|styles|\.ci)/[\w./-]*", span)}
    named |= set(re.findall(r"\]\((screenshots/[^)]+)\)", README))
    assert len(named) > 10
    for path in named:
        assert (ROOT / path).exists(), path
    for module in set(re.findall(r"python -m (tests[\w.]*)", README)):
        base = ROOT / module.replace(".", "/")
        assert base.with_suffix(".py").exists() or (base / "__main__.py").exists(), module
    for line in README[README.index("| to add | touch |") :].split("\n\n")[0].splitlines()[2:]:
        for path in re.findall(r"`([\w/]+\.py)`", line):
            assert (ROOT / "tui" / path).exists(), path


def test_each_picture_is_shown() -> None:
    shown = set(re.findall(r"\]\(screenshots/([^)]+)\)", README))
    assert shown == {path.name for path in (ROOT / "screenshots").iterdir()}


def test_each_setting_is_a_flag_or_named_in_the_readme() -> None:
    settings = {
        flag.setting for command in (EXPLORER, *COMMANDS.values()) for flag in command.flags
    }
    for rule in RULES:
        dotted = rule.name.replace("archive_", "archive.")
        assert rule.name in settings or dotted in README, rule.name


def test_the_filters_are_those_of_the_api() -> None:
    table = README[README.index("| field | flag | parameter") :].split("\n\n", 1)[0]
    for flag in ("--status", "--name", "--invoke-id", "--instance-id", "--resource-group-id"):
        assert f"`{flag}`" in table
