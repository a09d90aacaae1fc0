"""What is said of an error that nobody caught: one line on the terminal, the rest in a file.

The file has the traceback without the values of variables, and what looks like a secret in the
messages is masked; all of it is printable.
"""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tui import plain, resources
from tui.late_dataclass import dataclass
from tui.masking import masked

REPORT_LIMIT: Final = 200_000
"""Characters of a report, so that a message which quotes a whole answer does not fill a disk."""

_PLACE: Final = '  File "'
"""How the lines of a traceback begin that name a file; paths are no secrets."""


@dataclass(frozen=True)
class Failure:
    """An error that ends the explorer, in words that may be shown and kept."""

    kind: str
    """The name of the error's class."""

    report: str
    """Several printable lines: the traceback, or what is known instead."""


def of_exception(error: BaseException) -> Failure:
    """Describe `error`, its causes and where they came from, without the values of variables."""
    lines = traceback.TracebackException.from_exception(error, capture_locals=False).format()
    return _failure(type(error).__name__, "".join(lines))


def of_words(kind: str, words: str) -> Failure:
    """Describe an end for which there is no exception at hand."""
    return _failure(kind, words)


def write(failure: Failure, directory: Path, *, clock: Callable[[], float] = time.time) -> Path:
    """Write the report to a file of mode 0600 in `directory`, which is made if need be.

    Raises:
        OSError: the directory or the file cannot be written.
    """
    moment = time.strftime("%Y%m%dT%H%M%S", time.gmtime(clock()))
    path = directory / f"crash-{moment}-{os.getpid()}.txt"
    resources.write_private(path, failure.report.encode("utf-8", "replace"))
    return path


def line(failure: Failure, directory: Path, *, clock: Callable[[], float] = time.time) -> str:
    """Write the report and say in one line what happened and where the report is."""
    said = f"The explorer stopped on an error ({plain.printable(failure.kind, 60)})."
    try:
        path = write(failure, directory, clock=clock)
    except OSError as error:
        place = plain.printable(str(directory))
        return f"{said} No report could be written to {place}: {resources.reason(error)}.\n"
    return f"{said} The report is in {plain.printable(str(path))}\n"


def _failure(kind: str, text: str) -> Failure:
    if len(text) > REPORT_LIMIT:
        text = text[:REPORT_LIMIT] + "\n…"
    lines = plain.paragraph(text).split("\n")
    shown = (words if words.startswith(_PLACE) else masked(words) for words in lines)
    return Failure(kind, "\n".join(shown).rstrip("\n") + "\n")
