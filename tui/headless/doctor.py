"""What `doctor` has found, as a report for a person or for a program; nothing in it is secret."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Final

from tui.plain import printable

SHOWN_OF_KEY: Final = 4
"""Characters shown from each end of an access key ID, enough to know it again."""

SHORTEST_KEY: Final = 16
"""Access key IDs with fewer characters are not shown at all: real ones have more."""

LABEL_WIDTH: Final = 12
"""Columns of what stands before a value."""

AGREEMENT: Final = 2.0
"""Seconds by which clocks may differ without a word about it: dates have no parts of seconds."""

NOTHING: Final = "-"
"""What is written where there is nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place where credentials were looked for."""

    place: str
    outcome: str
    wins: bool = False


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks."""

    source: str
    detail: str = ""
    why: str = ""
    """Why this one and no other."""
    access_key_id: str = ""
    """Shortened."""
    temporary: bool = False
    expires_at: str | None = None
    """In UTC; None where it is not known, or never."""
    seconds_left: int | None = None
    account_id: str = ""
    arn: str = ""
    problem: str = ""
    """Why there are no credentials; empty where there are."""
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Where the questions go."""

    region: str
    region_from: str
    url: str = ""
    resolved_by: str = ""
    sts_url: str = ""
    proxy: bool = False
    """Whether the environment sends them through a proxy."""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """One signed call."""

    operation: str
    made: bool = False
    """Whether there was anything to make it with."""
    unwanted: bool = False
    """Whether nobody wanted it made."""
    ok: bool = False
    milliseconds: int | None = None
    status: int | None = None
    request_id: str = ""
    code: str = ""
    problem: str = ""
    policy: str = ""
    """The RAM policy that is missing, where that is what it is."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """What the screen would be drawn on."""

    able: bool
    problem: str = ""
    term: str = ""
    colours: str = ""
    columns: int | None = None
    rows: int | None = None
    encoding: str = ""
    multiplexer: str = ""
    remote: bool = False
    """Whether it is reached over SSH."""
    clipboard: str = ""
    """How a text gets there."""


@dataclass(frozen=True, slots=True)
class Report:
    """All of it."""

    version: str
    python: str
    credentials: Asking
    endpoint: Asked
    clock_skew: float | None
    """Seconds by which the service's clock is ahead of ours; None where it did not say."""
    signed_call: Trial
    terminal: Terminal
    files: dict[str, str] = field(default_factory=dict)
    """What is kept or read, and where."""
    warnings: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Whether records can be read, as far as that was tried."""
        tried = self.signed_call.ok or self.signed_call.unwanted
        return tried and not self.credentials.problem and not self.endpoint.problem


def shortened(access_key_id: str) -> str:
    """Return enough of an access key ID to know it again."""
    if len(access_key_id) < SHORTEST_KEY:
        return "…"
    return printable(f"{access_key_id[:SHOWN_OF_KEY]}…{access_key_id[-SHOWN_OF_KEY:]}")


def as_json(report: Report) -> str:
    """Return the report as one JSON object, in ASCII."""
    return json.dumps({"good": report.good, **asdict(report)}, indent=2) + "\n"


def as_text(report: Report) -> str:
    """Return the report for a person."""
    sections = (
        ("credentials", _asking(report.credentials)),
        ("service", _asked(report)),
        ("signed call", _trial(report.signed_call)),
        ("terminal", _terminal(report.terminal)),
        ("files", report.files.items()),
    )
    lines = [f"sendfile-explorer {report.version}, Python {report.python}"]
    for title, rows in sections:
        lines += ["", title]
        lines += [
            f"  {label:<{LABEL_WIDTH}} {printable(value) or NOTHING}" for label, value in rows
        ]
    lines += ["", *(printable(warning) for warning in report.warnings)] if report.warnings else []
    verdict = "All good." if report.good else f"Not good: {_why(report)}"
    lines += ["", verdict]
    # Text of several lines, to be copied as it is.
    lines += ["", report.signed_call.policy.rstrip()] if report.signed_call.policy else []
    return "\n".join(lines) + "\n"


def _asking(asking: Asking) -> Iterator[tuple[str, str]]:
    detail = f" ({asking.detail})" if asking.detail else ""
    yield "asks as", f"{asking.source}{detail}: {asking.why}"
    if asking.problem:
        yield "problem", asking.problem
    elif asking.access_key_id:
        kind = "temporary" if asking.temporary else "lasting"
        yield "access key", f"{asking.access_key_id} ({kind})"
    if asking.expires_at is not None:
        yield "until", f"{asking.expires_at} (in {asking.seconds_left} s)"
    if asking.account_id:
        yield "account", f"{asking.account_id}, {asking.arn}"
    for number, place in enumerate(asking.places):
        mark = "*" if place.wins else " "
        yield "" if number else "looked at", f"{mark} {place.place}: {place.outcome}"


def _asked(report: Report) -> Iterator[tuple[str, str]]:
    asked = report.endpoint
    yield "region", f"{asked.region or NOTHING} ({asked.region_from})"
    if asked.problem:
        yield "problem", asked.problem
    else:
        proxy = ", by way of a proxy" if asked.proxy else ""
        yield "endpoint", f"{asked.url} ({asked.resolved_by}{proxy})"
    yield "STS", asked.sts_url
    yield "clock", _clock(report.clock_skew)


def _clock(skew: float | None) -> str:
    if skew is None:
        return "not known"
    if abs(skew) < AGREEMENT:
        return "agrees with the service's"
    way = "behind" if skew > 0 else "ahead of"
    return f"{abs(skew):,.0f} s {way} the service's"


def _trial(trial: Trial) -> Iterator[tuple[str, str]]:
    if not trial.made:
        yield trial.operation, f"not made: {trial.problem}"
        return
    words = f"answered in {trial.milliseconds} ms" if trial.ok else f"failed: {trial.problem}"
    yield trial.operation, words
    if trial.request_id:
        yield "request ID", trial.request_id


def _terminal(terminal: Terminal) -> Iterator[tuple[str, str]]:
    yield "explorer", "can be opened" if terminal.able else f"cannot: {terminal.problem}"
    size = f"{terminal.columns}x{terminal.rows}" if terminal.columns else "size not known"
    remote = ", over SSH" if terminal.remote else ""
    around = f", in {terminal.multiplexer}" if terminal.multiplexer else ""
    yield "terminal", f"{terminal.term or 'TERM is not set'}, {size}{around}{remote}"
    yield "colours", terminal.colours
    yield "encoding", terminal.encoding
    yield "clipboard", terminal.clipboard


def _why(report: Report) -> str:
    return printable(
        report.credentials.problem or report.endpoint.problem or report.signed_call.problem
    )
