"""What a step of the cursor costs on the line: at once, and when the detail pane has followed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.explorer.window import Window
from tests.terminal.harness import environment
from tests.terminal.test_quiet import rest

AT_ONCE = 450
"""Bytes of a step before the detail pane follows."""

SETTLED = 4500
"""Bytes of a step with all that follows it."""

STEPS = 5

PROGRAM = """
import sys
from tui.screens.inspecting import Inspecting
from tui.__main__ import main
Inspecting._rest = float(sys.argv.pop(1))
sys.exit(main())
"""
"""The explorer, whose detail pane follows the cursor after so many seconds."""


@pytest.mark.parametrize(("follows_after", "limit"), [(600.0, AT_ONCE), (0.08, SETTLED)])
def test_a_step_costs_little(home: Path, follows_after: float, limit: int) -> None:
    argv = [sys.executable, "-c", PROGRAM, str(follows_after), "--demo"]
    with Window(argv, environ=environment(home), size=(120, 40)) as window:
        window.shows(r"50 of 1,000")
        window.press("down")
        window.shows(r"row 2\b")
        window.press("escape")
        costs = []
        rest(window)
        for _ in range(STEPS):
            before = len(window.raw)
            window.press("down")
            window.until(lambda: len(window.raw) > before, "a step")  # noqa: B023
            rest(window)
            costs.append(len(window.raw) - before)
        assert max(costs) <= limit, costs
        # The one shows what the other leaves out.
        assert (max(costs) > AT_ONCE) == (limit == SETTLED), costs
