"""The five formats of `list`, as text: a head, lines for each page of invocations, a foot."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from tui.plain import printable
from tui.records import InstanceResult, Invocation, instant

GAP: Final = "  "
"""Between the columns of a table."""

SHORTEST: Final = 12
"""The least columns that a shortened name keeps."""

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


class Format(Protocol):
    """One way to write invocations down; every piece of text is made of whole lines."""

    def head(self) -> str:
        """Return what stands before the first row."""
        ...

    def rows(self, invocations: Sequence[Invocation]) -> str:
        """Return the lines of these invocations."""
        ...

    def foot(self) -> str:
        """Return what stands after the last row."""
        ...


class Json:
    """One array of the API's own objects, one invocation a line, in ASCII.

    A comma stands before its row, not behind it, so that every line is whole when it is written.
    """

    def __init__(self) -> None:
        self._comma = ""

    def head(self) -> str:
        """Open the array."""
        return "[\n"

    def rows(self, invocations: Sequence[Invocation]) -> str:
        """Go on with the array."""
        lines = []
        for invocation in invocations:
            lines.append(f"{self._comma}{exact(invocation)}\n")
            self._comma = ","
        return "".join(lines)

    def foot(self) -> str:
        """Close the array."""
        return "]\n"


class NdJson:
    """The API's own objects, one invocation a line, in ASCII."""

    def head(self) -> str:
        """Return nothing."""
        return ""

    def rows(self, invocations: Sequence[Invocation]) -> str:
        """Return one line for each invocation."""
        return "".join(f"{exact(invocation)}\n" for invocation in invocations)

    def foot(self) -> str:
        """Return nothing."""
        return ""


class InstanceIds:
    """The instances of failed results, one a line, once each."""

    def __init__(self, wanted: Callable[[InstanceResult], bool] = lambda _: True) -> None:
        """Take the failed results that are `wanted`."""
        self._wanted = wanted
        self._written: set[str] = set()

    def head(self) -> str:
        """Return nothing."""
        return ""

    def rows(self, invocations: Sequence[Invocation]) -> str:
        """Return the instances that have not been written yet."""
        lines = []
        for invocation in invocations:
            for result in invocation.results:
                instance_id = printable(result.instance_id)
                if not (result.failed and self._wanted(result)) or not instance_id:
                    continue
                if instance_id not in self._written:
                    self._written.add(instance_id)
                    lines.append(f"{instance_id}\n")
        return "".join(lines)

    def foot(self) -> str:
        """Return nothing."""
        return ""


class Csv:
    """A record for each invocation as RFC 4180 has it, safe to open in a spreadsheet."""

    def head(self) -> str:
        """Return the names of the fields: the API's where it has one."""
        return _csv_line([name for name, _ in _CSV_FIELDS])

    def rows(self, invocations: Sequence[Invocation]) -> str:
        """Return one record for each invocation."""
        return "".join(
            _csv_line([inert(read(invocation)) for _, read in _CSV_FIELDS])
            for invocation in invocations
        )

    def foot(self) -> str:
        """Return nothing."""
        return ""


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    read: Callable[[Invocation], str]
    right: bool = False
    optional: bool = False
    elastic: bool = False


class Table:
    """Aligned columns; where the width is limited, the last ones go and then names shorten.

    The widths are those of what has been seen: a later page may widen a column, never narrow one.
    """

    def __init__(self, width: int | None = None) -> None:
        """Fit into `width` columns of a terminal, or take what is needed."""
        self._width = width
        self._widths: list[int] = []

    def head(self) -> str:
        """Return nothing: the titles come with the first rows, which give the widths."""
        return ""

    def rows(self, invocations: Sequence[Invocation]) -> str:
        """Return one line for each invocation, the first time under titles."""
        if not invocations:
            return ""
        first = not self._widths
        cells = [[column.read(each) for column in _COLUMNS] for each in invocations]
        widths = self._widths or [len(column.title) for column in _COLUMNS]
        seen = [max(map(columns_of, column)) for column in zip(*cells, strict=True)]
        self._widths = [max(pair) for pair in zip(widths, seen, strict=True)]
        if first:
            cells.insert(0, [column.title for column in _COLUMNS])
        shown = self._fitted()
        return "".join(self._line(row, shown) for row in cells)

    def foot(self) -> str:
        """Return nothing."""
        return ""

    def _fitted(self) -> list[int]:
        """Return the width of each column; 0 for one that has no room."""
        widths = list(self._widths)
        if self._width is None:
            return widths
        shortest = [
            min(width, SHORTEST) if column.elastic else width
            for column, width in zip(_COLUMNS, widths, strict=True)
        ]
        for index in reversed(range(len(widths))):
            if _COLUMNS[index].optional and _total(shortest) > self._width:
                widths[index] = shortest[index] = 0
        for index, column in reversed(list(enumerate(_COLUMNS))):
            if column.elastic and widths[index]:
                spare = max(_total(widths) - self._width, 0)
                widths[index] = max(widths[index] - spare, shortest[index])
        return widths

    @staticmethod
    def _line(row: Sequence[str], widths: Sequence[int]) -> str:
        cells = []
        for column, text, width in zip(_COLUMNS, row, widths, strict=True):
            if not width:
                continue
            shown = shortened(text, width)
            padding = " " * (width - columns_of(shown))
            cells.append(padding + shown if column.right else shown + padding)
        return GAP.join(cells).rstrip() + "\n"


def format_named(
    name: str,
    *,
    width: int | None = None,
    wanted: Callable[[InstanceResult], bool] = lambda _: True,
) -> Format:
    """Return a new format by its name: json, ndjson, csv, ids or table.

    Args:
        name: one of `cli.OUTPUTS`.
        width: columns of the terminal that a table is to fit into.
        wanted: which failed results `ids` is about.
    """
    if name == "json":
        return Json()
    if name == "ndjson":
        return NdJson()
    if name == "csv":
        return Csv()
    if name == "ids":
        return InstanceIds(wanted)
    return Table(width)


def exact(invocation: Invocation) -> str:
    """Return the API's own object on one line of ASCII without any control character."""
    return ascii_line(invocation.raw)


def ascii_line(raw: str) -> str:
    """Return the API's JSON, which is one line of ASCII, without its one control character."""
    return raw.replace("\x7f", "\\u007f")


def inert(value: str) -> str:
    """Return `value` as one line that a spreadsheet takes for text."""
    shown = printable(value)
    risky = value.startswith(FORMULA_STARTS) or shown.lstrip().startswith(FORMULA_STARTS)
    return f"'{shown}" if risky else shown


def columns_of(text: str) -> int:
    """Return how many columns of a terminal printable `text` takes."""
    if text.isascii():
        return len(text)
    return sum(map(_columns_of_character, text))


def shortened(text: str, width: int) -> str:
    """Return `text` in at most `width` columns, an ellipsis in place of what is left out."""
    if columns_of(text) <= width:
        return text
    kept, taken = [], 0
    for character in text:
        taken += _columns_of_character(character)
        if taken > width - 1:
            break
        kept.append(character)
    return "".join(kept) + "…"


def _columns_of_character(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _total(widths: Sequence[int]) -> int:
    taken = [width for width in widths if width]
    return sum(taken) + len(GAP) * (len(taken) - 1)


def _created(invocation: Invocation) -> str:
    moment = instant(invocation.creation_time)
    if moment is None:
        return printable(invocation.creation_time, 24)
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _tags(invocation: Invocation) -> str:
    return " ".join(f"{tag.key}={tag.value}" for tag in invocation.tags)


def _failed(invocation: Invocation) -> list[InstanceResult]:
    return [result for result in invocation.results if result.failed]


_COLUMNS: Final = (
    _Column("CREATED", _created),
    _Column("STATUS", lambda each: printable(each.status, 24)),
    _Column("NAME", lambda each: printable(each.name), elastic=True),
    _Column("OK/TOTAL", lambda each: f"{each.ok_count}/{each.total_count}", right=True),
    _Column("INVOKE ID", lambda each: printable(each.invoke_id), optional=True),
    _Column("TARGET DIR", lambda each: printable(each.target_dir), optional=True, elastic=True),
    _Column("OWNER", lambda each: printable(each.file_owner, 64), optional=True),
    _Column("MODE", lambda each: printable(each.file_mode, 16), optional=True),
    _Column("TAGS", lambda each: printable(_tags(each)), optional=True, elastic=True),
)

_CSV_FIELDS: Final[tuple[tuple[str, Callable[[Invocation], str]], ...]] = (
    ("InvokeId", lambda each: each.invoke_id),
    ("InvocationStatus", lambda each: each.status),
    ("CreationTime", lambda each: each.creation_time),
    ("Name", lambda each: each.name),
    ("TargetDir", lambda each: each.target_dir),
    ("FileOwner", lambda each: each.file_owner),
    ("FileGroup", lambda each: each.file_group),
    ("FileMode", lambda each: each.file_mode),
    ("Overwrite", lambda each: each.overwrite),
    ("ContentType", lambda each: each.content_type),
    ("Description", lambda each: each.description),
    ("VmCount", lambda each: str(each.vm_count)),
    ("Succeeded", lambda each: str(each.ok_count)),
    ("Failed", lambda each: str(each.failed_count)),
    (
        "ErrorCodes",
        lambda each: " ".join(
            dict.fromkeys(result.error_code for result in _failed(each) if result.error_code)
        ),
    ),
    (
        "FailedInstanceIds",
        lambda each: " ".join(dict.fromkeys(result.instance_id for result in _failed(each))),
    ),
    ("Tags", _tags),
)


def _csv_line(fields: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(fields)
    return line.getvalue()
