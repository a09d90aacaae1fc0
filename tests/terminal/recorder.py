"""A frame that writes down what it is given and what it makes of it.

The record has one JSON array a line: what Textual wrote, the terminal's size, what was sent, and
whether something is held back.
"""

from __future__ import annotations

import json
from pathlib import Path

from tui.terminal.frame import Frame


class RecordingFrame(Frame):
    """The frame as it is, with a record in the file that `record` names."""

    record = Path()
    size = (80, 24)

    def write(self, data: str, columns: int, rows: int, *, hold: bool = False) -> str:
        self.size = columns, rows
        return self.noted(data, super().write(data, columns, rows, hold=hold))

    def release(self) -> str:
        return self.noted("", super().release())

    def noted(self, data: str, sent: str) -> str:
        with self.record.open("a") as record:
            record.write(json.dumps([data, self.size, sent, self.is_held]) + "\n")
        return sent
