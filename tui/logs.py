"""The log file: what was asked and what went wrong, on lines without secrets or controls."""

from __future__ import annotations

import contextlib
import logging
import re
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from tui import resources
from tui.plain import paragraph, printable

if TYPE_CHECKING:
    from tui.api.calls import Call, Observer
    from tui.api.errors import ApiError

MASK: Final = "***"
"""What stands in place of a secret."""

SHORTEST_SECRET: Final = 6
"""Known secrets with fewer characters are not looked for: they would mask ordinary words."""

NOISY: Final = ("httpx", "httpcore", "asyncio")
"""Loggers of libraries that tell addresses and more at lower levels than WARNING."""

_SECRETS: Final = (
    (re.compile(r"\b(LTAI|STS\.)[A-Za-z0-9]+"), rf"\1{MASK}"),
    (
        re.compile(r"(?i)((?:x-acs-)?security-?_?token[\"']?\s*[:=]\s*[\"']?)[^\s\"',&;]+"),
        rf"\1{MASK}",
    ),
    (re.compile(r"(?i)(\b(?:Signature|Credential)=)[^\s\"',&;]+"), rf"\1{MASK}"),
    (
        re.compile(r"(?i)((?:secret|password)\w{0,40}[\"']?\s*[:=]\s*[\"']?)[^\s\"',&;]+"),
        rf"\1{MASK}",
    ),
    (re.compile(r"(//[^/\s:@]*:)[^/\s@]+(?=@)"), rf"\1{MASK}"),
)


def redact(text: str, known: Iterable[str] = ()) -> str:
    """Return `text` with everything that looks like a secret masked, and every known one."""
    for secret in sorted(known, key=len, reverse=True):
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, MASK)
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


class PlainFormatter(logging.Formatter):
    """Time in UTC, level, logger and words; what is foreign is printable and secrets are masked."""

    converter = staticmethod(time.gmtime)

    def __init__(self, known: Iterable[str] = ()) -> None:
        """Mask the `known` secrets besides what looks like one."""
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
        self._known = tuple(known)

    def format(self, record: logging.LogRecord) -> str:
        """Return the record on one line, and a traceback on those after it."""
        # Nothing cached in the record is used: another formatter may have put raw text there.
        record.message = record.getMessage()
        record.asctime = self.formatTime(record, self.datefmt)
        text = printable(self.formatMessage(record))
        if record.exc_info:
            text = f"{text}\n{paragraph(self.formatException(record.exc_info))}"
        return redact(text, self._known)


class _PrivateFile(logging.StreamHandler[IO[str]]):
    """A handler that owns its file; what cannot be written is told once, when all is over."""

    def __init__(self, path: Path) -> None:
        super().__init__(resources.open_log(path))
        self._name = printable(str(path))
        self._failure: OSError | None = None

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            self._failure = self._failure or error

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        error = sys.exc_info()[1]
        if isinstance(error, OSError):
            self._failure = self._failure or error
        else:
            super().handleError(record)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.stream.close()
        if self._failure is not None and sys.stderr is not None:
            reason = resources.reason(self._failure)
            words = f"The log file {self._name} lacks what could not be written: {reason}."
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write(f"{words}\n")
            self._failure = None
        super().close()


def start(path: Path, *, known_secrets: Iterable[str] = ()) -> None:
    """Send what the program logs to a private file, appending.

    Raises:
        OSError: the file cannot be opened.
    """
    handler = _PrivateFile(path)
    handler.setFormatter(PlainFormatter(known_secrets))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


def silence() -> None:
    """Keep libraries from writing warnings to stderr, where rows or a screen may be."""
    logging.getLogger().addHandler(logging.NullHandler())


class CallLog:
    """An observer of calls that logs each one, and tells another observer besides."""

    def __init__(self, then: Observer | None = None) -> None:
        self._then = then
        self._logger = logging.getLogger("tui.calls")

    def call_started(self, call: Call) -> None:
        """Log nothing: the end of the call has all of it."""
        if self._then is not None:
            self._then.call_started(call)

    def call_waiting(self, call: Call, seconds: float, fault: ApiError) -> None:
        """Log why the next attempt waits."""
        self._logger.warning("%s waits %.2f s: %s", call.operation, seconds, fault)
        if self._then is not None:
            self._then.call_waiting(call, seconds, fault)

    def call_ended(self, call: Call) -> None:
        """Log what was asked and what came of it."""
        self._logger.info(
            "%s %s status=%s attempts=%d ms=%.0f request=%s %s",
            call.operation,
            " ".join(f"{name}={value}" for name, value in call.parameters),
            call.status,
            call.attempts,
            call.milliseconds or 0.0,
            call.request_id,
            call.error or "ok",
        )
        if self._then is not None:
            self._then.call_ended(call)
