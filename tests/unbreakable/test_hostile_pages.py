"""Pages of hostile texts in the real program: nothing of them is ever a command to the terminal."""

from __future__ import annotations

import json
import sys
from itertools import count
from pathlib import Path

import pytest

from tests import hostile
from tests.depth import FULL, deep
from tests.explorer.window import Window
from tests.terminal.harness import environment
from tests.unbreakable.hostile_pages import Pages, serving

HEART = Path(__file__).with_name("heart.py")

PAGES = deep(10_000, 1_000)

BURST = deep(400, 250)
"""Pages between two rounds of keys."""

FROZEN = 0.5
"""Seconds for which nothing may keep the screen from answering."""

ROUND = (
    ("end", "up", "up"),
    ("home", "down", "down", "shift+right"),
    ("enter",),
    ("enter",),
    ("escape",),
    ("escape",),
    ("v",),
    ("escape",),
    ("pagedown", "pagedown", "space", "y"),
    ("Y",),
    ("n",),
    ("escape",),
    ("@",),
    ("end",),
    ("escape",),
    ("z", "s", "n"),
    ("/", "e", "enter"),
    ("escape",),
    ("s", "c", "S", "shift+left"),
    ("F",),
    ("escape",),
    ("d",),
    ("escape",),
    ("i",),
    ("escape",),
    ("t",),
    ("escape",),
)
"""Keys that go everywhere; what follows an escape at once would be taken for one key with it."""


@pytest.mark.parametrize("driver", ["--no-line-driver", ""] if FULL else [""])
def test_hostile_pages_are_text_and_freeze_nothing(home: Path, driver: str) -> None:
    pulse = home / "pulse"
    keys = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "secret"}
    with serving(Pages(7, PAGES)) as pages:
        argv = [sys.executable, "-W", "error", str(HEART), str(pulse), "--region", "cn-hangzhou"]
        argv += ["-e", pages.url, *([driver] if driver else [])]
        # A key that meets a viewer late may save a page: at home, and not among the sources.
        at_home = ["sh", "-c", 'cd "$HOME" && exec "$0" "$@"', *argv]
        with Window(at_home, environ=environment(home, **keys), size=(160, 50)) as window:
            window.patience = deep(600, 60)
            window.until(lambda: pages.served > 0, "a page")
            while pages.served < PAGES:
                walk_to(window, pages, min(pages.served + BURST, PAGES))
                for keys_at_once in ROUND:
                    window.press(*keys_at_once)
                    for _ in range(4):
                        window.read(0.02)
            window.press("ctrl+q")
            assert window.wait() == 0, window.shown_last()
            window.assert_whole()
            assert not list(home.rglob("crash-*"))
            assert hostile.foreign(bytes(window.raw)) == set()
    busy = json.loads(pulse.read_text())
    print(f"{pages.served:,} pages, {len(window.raw):,} bytes, busy at most {busy:.2f} s")
    assert busy < FROZEN


def walk_to(window: Window, pages: Pages, page: int) -> None:
    """Walk on, and look at the rows as they come, until so many pages have been served."""
    looks = count()

    def walked() -> bool:
        if next(looks) % 100 == 0:
            # Whatever is still open is closed; a walk that this stops begins again.
            for _ in range(3):
                window.press("escape")
                window.read(0.15)
            window.press("M")
        window.press("end")
        window.read(0.02)
        return pages.served >= page

    window.until(walked, f"page {page:,}")
    if page < pages.last:
        window.press("escape")
        window.read(0.1)


@pytest.mark.parametrize("sequence", hostile.SEQUENCES)
def test_a_sequence_that_gets_through_is_seen(sequence: str) -> None:
    assert hostile.foreign(f"a row\x1b[K{sequence}\x1b[7Ma row".encode())
