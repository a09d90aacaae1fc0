"""The whole story by keys alone, in a terminal: from the opening screen to a hand-off on disk."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

from tests.explorer.window import Window
from tests.terminal.harness import environment


def test_which_why_still_and_what_now_in_twelve_keys(home: Path) -> None:
    work = home / "work"
    work.mkdir()
    settings = home / ".config" / "sendfile-explorer"
    settings.mkdir(parents=True)
    (settings / "errors.toml").write_text(
        '[UserGroupNotExists]\nremedy = "Tell the people of the group."\n'
    )
    command = ["sh", "-c", f'cd "$0" && exec "{sys.executable}" -m tui --demo', str(work)]
    with Window(command, environ=environment(home), size=(120, 40)) as window:
        window.shows(r"50 of 1,000")
        keys = ["M"]
        window.press("M")
        window.shows(r"1,000 in all")

        keys += ["F"]
        window.press("F")
        window.shows(r"1,\d+ failures on \d+ instances, \d+ causes")
        window.shows(r"Tell the people of the group")
        keys += ["escape"]
        window.press("escape")
        window.shows(r"f filter")

        keys += ["D"]
        window.press("D")
        window.shows(r"\d+ still broken")
        keys += ["enter"]
        window.press("enter")
        window.shows(r"hidden")
        window.shows(r"f filter")

        keys += ["x", "m"]
        window.press("x")
        window.shows(r"m hand-off")
        window.press("m")
        window.shows(r"Saved: /")
        assert len(keys) <= 12

        (path,) = work.iterdir()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        text = path.read_text()
        assert text.startswith("# Hand-off: ")
        for heading in ("## Why it failed", "## Still broken", "## Next steps", "## Timeline"):
            assert heading in text
        assert "host:" in text, "that a local filter narrowed it is said"
        window.press("q")
        assert window.wait() == 0
        window.assert_whole()
