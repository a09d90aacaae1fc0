"""The first five minutes of somebody who presses only keys that the screen names just then."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.explorer.window import Window
from tests.terminal.harness import environment

SPELLED = {"esc": "escape"}
"""What the screen says for a key -> what the window calls it."""


def follow(window: Window, words: str) -> None:
    """Press the key that stands before `words` on the screen, and no other."""
    pattern = re.compile(rf"(?<!\S)(\S{{1,6}}) {words}(?!\S)")
    keys: list[str] = []

    def stands_still() -> bool:
        """Tell whether the same key has been there twice: a screen is drawn in pieces."""
        found = pattern.search(window.text())
        keys.append(found[1] if found else "")
        window.read(0.2)
        return keys[-1] != "" and keys[-2:] == [keys[-1]] * 2

    window.until(stands_still, f"a key for {words}")
    window.press(SPELLED.get(keys[-1], keys[-1]))


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=str)
def test_a_newcomer_finds_filters_explains_copies_exports_and_leaves(
    home: Path, tmp_path: Path, size: tuple[int, int]
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    command = ["sh", "-c", f'cd "$0" && exec "{sys.executable}" -m tui --demo', str(work)]
    with Window(command, environ=environment(home), size=size) as window:
        window.shows("These lines go once you open a row")
        follow(window, "filter")
        window.shows("Name")
        follow(window, "next field")
        window.shows("enter apply")
        window.send(b"nginx.conf")
        window.shows("nginx.conf")
        follow(window, "apply")
        window.shows(r"name=nginx.conf +X clears")

        follow(window, "next failed")
        follow(window, "open")
        window.shows("esc back")
        window.hides("These lines go")
        follow(window, "open")
        window.shows("i its history")
        code = re.search(
            r"\b((?:Client|File|Instance|Account|UserGroup|Delivery)\w+)", window.text()
        )
        assert code is not None, "the instance that failed comes first, with its code"

        follow(window, "help")
        window.shows("Words of the API|In this pane")
        follow(window, "search")
        window.send(code[1].encode())
        window.shows(rf"Error codes\n\s*{code[1]} ")
        follow(window, "back")
        window.hides(rf"Error codes\n\s*{code[1]} ")
        follow(window, "back")

        follow(window, "copy ID")
        window.shows("instance ID: sent to the terminal")
        window.press("up")
        follow(window, "export")
        follow(window, "hand-off")
        window.shows("Saved: /")
        (path,) = work.iterdir()
        assert "nginx.conf" in path.read_text()

        window.press("up")
        follow(window, "back")
        window.shows("enter open")
        follow(window, "back")
        follow(window, "quit")
        assert window.wait() == 0
        window.assert_whole()
