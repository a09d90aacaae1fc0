"""What the emulator is asked in the whole run of the tests: nothing that changes anything.

Each process of the tests notes the operations; the one that began them all looks at the notes of
the others when everything has ended, and fails the run where one does not only read.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

from tui.emulator.doors import door
from tui.emulator.handler import CALM, Conditions, Emulator, operation_of
from tui.emulator.request import Request, Response

READING: Final = ("Describe", "List")
"""How the operations of the service begin that only read."""

STS: Final = frozenset({"AssumeRole", "AssumeRoleWithOIDC", "GetCallerIdentity"})
"""Operations of the service for credentials, which change nothing either."""

OTHERS_ASK: Final = ("tests/emulator/", "tests/interop/")
"""Tests that ask wrongly on purpose, or through programs of somebody else."""

asked: set[str] = set()
"""Operations that the emulator was asked for in this process, and in those it has read logs of."""


def note_everything() -> None:
    """Note from now on what any emulator in this process is asked for."""
    answer = Emulator.answer

    def noted(self: Emulator, request: Request, conditions: Conditions = CALM) -> Response:
        # A path of the metadata service and its like is no operation of the service.
        test = os.environ.get("PYTEST_CURRENT_TEST", "")
        if not test.startswith(OTHERS_ASK) and door(request.path) is None:
            asked.add(operation_of(request))
        return answer(self, request, conditions)

    changed: Any = Emulator
    changed.answer = noted


def note_log(log: Path) -> None:
    """Note what an emulator in another process was asked for, from the log that it kept."""
    for line in log.read_text().splitlines():
        entry = json.loads(line)
        if door(entry["path"]) is None:
            asked.add(entry["operation"])


def changing(operations: set[str]) -> set[str]:
    """Return those that do not only read."""
    return {name for name in operations if not (name.startswith(READING) or name in STS)}
