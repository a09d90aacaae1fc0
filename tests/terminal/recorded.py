"""The explorer's command with a record of its driver's writes, in the file named first."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.terminal.recorder import RecordingFrame
from tui.terminal import frame


def main() -> int:
    """Open the explorer with the words that follow."""
    RecordingFrame.record = Path(sys.argv.pop(1))
    # Before the driver looks for it, and that before anything imports Textual.
    frame.Frame = RecordingFrame  # type: ignore[misc]
    from tui.__main__ import main as explore

    return explore()


if __name__ == "__main__":
    sys.exit(main())
