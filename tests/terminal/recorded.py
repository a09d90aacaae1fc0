"""The explorer's command with a record of its driver's writes, in the file named first."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.terminal.recorder import RecordingFrame
from tui.terminal import flow, frame


def main() -> int:
    """Open the explorer with the words that follow."""
    RecordingFrame.record = Path(sys.argv.pop(1))
    # No line is slow here: what is advised then would be on one of two compared screens.
    flow.SLOW_ROUND_TRIP, flow.SLOW_RATE = float("inf"), 1e-9  # type: ignore[misc]
    # Before the driver looks for it, and that before anything imports Textual.
    frame.Frame = RecordingFrame  # type: ignore[misc]
    from tui.__main__ import main as explore

    return explore()


if __name__ == "__main__":
    sys.exit(main())
