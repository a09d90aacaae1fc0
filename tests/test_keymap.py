"""The keymap file: names and keys that exist, and no key for two actions at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tui.keymap import actions, as_toml, load
from tui.settings import SettingsError


def read(tmp_path: Path, text: str) -> dict[str, str]:
    path = tmp_path / "keymap.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_the_defaults_are_a_keymap_that_changes_nothing(tmp_path: Path) -> None:
    keymap = read(tmp_path, as_toml())
    assert keymap == {name: action.key for name, action in actions().items()}
    assert len(keymap) > 40


def test_a_file_that_is_not_there_changes_nothing(tmp_path: Path) -> None:
    assert load(tmp_path / "keymap.toml") == {}


def test_names_may_be_written_as_tables(tmp_path: Path) -> None:
    assert read(tmp_path, '[load]\npage = "f6"\n') == {"load.page": "f6"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('"refesh" = "f5"', "did you mean refresh?"),
        ('"zzzz" = "f5"', "the config command lists them"),
        ('"refresh" = ""', "needs its keys as a string"),
        ('"refresh" = 5', "needs its keys as a string"),
        ('"refresh" = "hyperspace"', "'hyperspace' is not the name of a key"),
        ('"refresh" = "shoft+a"', "is not the name of a key"),
        ('"refresh" = "m"', "m is given to both"),
        ("refresh = ", "is not TOML"),
        ('"\x1b]0;x" = "f5"', "is not TOML"),
        ('"\\u001b]0;x" = "f5"', "there is no action"),
    ],
)
def test_what_cannot_be_is_one_sentence(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        read(tmp_path, text)
    assert words in str(refusal.value)
    assert str(refusal.value).isprintable()


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with pytest.raises(SettingsError, match="cannot be read: it is not a regular file"):
        load(fifo)


def test_a_home_that_is_no_directory_has_no_keymap() -> None:
    assert load(Path(os.devnull) / "keymap.toml") == {}


def test_two_actions_may_change_places(tmp_path: Path) -> None:
    assert len(read(tmp_path, '"refresh" = "m"\n"load.page" = "r"\n')) == 2


def run_config(tmp_path: Path, keymap: str) -> subprocess.CompletedProcess[str]:
    """Run `config` where the keymap says this."""
    directory = tmp_path / "sendfile-explorer"
    directory.mkdir()
    (directory / "keymap.toml").write_text(keymap, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "tui", "config"],
        env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_config_shows_the_keys_as_they_are_now(tmp_path: Path) -> None:
    done = run_config(tmp_path, '"refresh" = "f5"\n')
    assert '# "refresh" = "f5"  # Refresh (default r,ctrl+r)\n' in done.stdout
    assert '# "quit" = "q"  # Leave the explorer\n' in done.stdout
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('"refesh" = "f5"', "did you mean refresh?"),
        ('"refresh" = "x"', "x is given to both refresh and export."),
    ],
)
def test_config_says_why_a_keymap_cannot_be_used(tmp_path: Path, text: str, words: str) -> None:
    done = run_config(tmp_path, text)
    assert (done.stdout, done.returncode) == ("", 2)
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
