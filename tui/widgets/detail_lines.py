"""The words of the detail pane: pure functions from an invocation to lines of a given width."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Final

from tui.late_dataclass import dataclass
from tui.plain import has_controls, paragraph, printable
from tui.records import Explanation, FileContent, InstanceResult, Invocation
from tui.widgets.cells import fit, wrapped
from tui.widgets.lines import Line, Span, line
from tui.widgets.words import (
    TimeStyle,
    byte_count,
    delivered,
    duration,
    moment,
    plural,
    status_tone,
    status_words,
)

INSTANCE_ID_WIDTH: Final = 22
"""Cells for an instance ID; a longer one takes what it needs, for IDs are never shortened."""

LABEL_WIDTH: Final = 13
"""Cells for the name of a fact."""

PREVIEW_LINES: Final = 200
"""Lines of the content in the pane."""

PREVIEW_CHARACTERS: Final = 16_384
"""Characters of the content in the pane, which may all be on one line."""

HEX_BYTES: Final = 8
"""Bytes on a line of the hexadecimal view."""

NO_CODE: Final = "(no error code)"
"""The heading of the card of failures for which the API gives none."""

CONTENT_KEY: Final = "content"
"""The key of the line that opens the content."""


@dataclass(frozen=True)
class Detail:
    """What the pane shows: an invocation and what is known besides."""

    invocation: Invocation
    content: FileContent
    explanations: Mapping[str, Explanation] = field(default_factory=dict)
    """What is known about each error code that occurs in the results."""
    instance_id: str = ""
    """The instance that is looked at alone, or an empty string."""
    agent: tuple[tuple[str, str], ...] = ()
    """What is known of the agent on that instance now: names and values."""
    time_style: TimeStyle = TimeStyle.UTC
    not_kept: tuple[tuple[str, str], ...] = ()
    """What is known of a content that is not kept itself: names and values."""
    provenance: tuple[tuple[str, str], ...] = ()
    """When the facts were seen, and by whom where that is not who asks: names and values."""
    now: datetime | None = None


def title(detail: Detail) -> Line:
    """Return the pane's title: what is looked at."""
    invocation = detail.invocation
    if detail.instance_id:
        return line(Span(f"{detail.instance_id} ‹ {invocation.invoke_id}", "title"))
    return line(Span(f"{invocation.invoke_id}  {invocation.name}", "title"))


def detail_lines(detail: Detail, width: int) -> list[Line]:
    """Return the lines of the pane: the results first, then why, then all that is known."""
    if detail.instance_id:
        return list(_instance(detail, width))
    return list(_invocation(detail, width))


def brief_lines(detail: Detail, width: int) -> list[Line]:
    """Return the few lines that say how an invocation went, for a line that carries little."""
    failed = [result for result in detail.invocation.results if result.failed]
    counts = Counter(result.error_code or result.status for result in failed)
    causes = ", ".join(f"{code} {count:,}" for code, count in counts.most_common())
    return [
        _verdict(detail, width),
        *([line(part) for part in _wrap(causes, width)] if causes else []),
        line(Span("The rest comes when this is opened.", "dim")),
    ]


def _invocation(detail: Detail, width: int) -> Iterator[Line]:
    invocation = detail.invocation
    yield _verdict(detail, width)
    failed = [result for result in invocation.results if result.failed]
    unfinished = [result for result in invocation.results if not result.finished]
    succeeded = [result for result in invocation.results if result.status == "Success"]
    for results in (failed, unfinished):
        for result in results:
            yield _result(result, width)
    for code in dict.fromkeys(result.error_code for result in failed):
        count = sum(result.error_code == code for result in failed)
        yield line()
        yield from _card(detail.explanations[code], width, plural(count, "instance"))
    if succeeded:
        yield line()
        yield _heading(f"{plural(len(succeeded), 'instance')} done")
        for result in succeeded:
            yield _result(result, width)
    missing = invocation.total_count - len(invocation.results)
    if missing > 0:
        yield line(Span(f"{plural(missing, 'instance')} without a result in this answer", "dim"))
    yield line()
    yield from _facts(detail, width)
    yield line()
    yield from _content(detail, width)


def _instance(detail: Detail, width: int) -> Iterator[Line]:
    invocation = detail.invocation
    for result in invocation.results:
        if result.instance_id != detail.instance_id:
            continue
        yield line(
            Span(status_words(result.status), status_tone(result.status)),
            Span(f"   {result.error_info or result.error_code}", "strong"),
        )
        yield line()
        if result.failed:
            yield from _card(detail.explanations[result.error_code], width)
            yield from _table(detail.agent, width)
            yield line()
        style, now = detail.time_style, detail.now
        yield from _table(
            [
                ("Instance", result.instance_id),
                ("Status", result.status),
                ("Error code", result.error_code or "none"),
                ("Error info", result.error_info or "none"),
                ("Created", moment(result.creation_time, style, now=now)),
                ("Started", moment(result.start_time, style, now=now) or "not yet"),
                ("Finished", moment(result.finish_time, style, now=now) or "not yet"),
                ("Updated", moment(result.update_time, style, now=now)),
                ("Times are", style.value),
                ("Duration", duration(result.seconds) or "not known"),
                ("File", f"{invocation.target_dir.rstrip('/')}/{invocation.name}"),
            ],
            width,
        )
        yield line()


def _verdict(detail: Detail, width: int) -> Line:
    invocation = detail.invocation
    words = f"   {delivered(invocation)} delivered"
    if invocation.failed_count:
        words += f", {invocation.failed_count} failed"
    created = moment(invocation.creation_time, detail.time_style, now=detail.now)
    zone = "" if detail.time_style is TimeStyle.AGE else f" {detail.time_style.value}"
    status, when = status_words(invocation.status), f"   {created}{zone}"
    spans = [Span(status, status_tone(invocation.status)), Span(words, "strong")]
    if len(status) + len(words) + len(when) <= width:
        spans.append(Span(when, "dim"))
    return Line(tuple(spans))


def _result(result: InstanceResult, width: int) -> Line:
    """Return a line of the results table: the ID whole, the rest as the width allows."""
    identity = printable(result.instance_id)
    status = fit(status_words(result.status), 10)
    spans = [
        Span(fit(identity, max(INSTANCE_ID_WIDTH, len(identity)))),
        Span(f" {status}", status_tone(result.status)),
        Span(f" {result.error_code}", "strong"),
    ]
    used = sum(len(span.text) for span in spans)
    took = duration(result.seconds)
    if took and used + len(took) + 2 <= width:
        spans.append(Span(f"  {took}", "dim"))
        used += len(took) + 2
    if result.error_info and used + 12 <= width:
        spans.append(Span(f"  {result.error_info}", "dim"))
    return Line(tuple(spans), key=result.instance_id)


def _card(explanation: Explanation, width: int, count: str = "") -> Iterator[Line]:
    heading = (explanation.code or NO_CODE) + (f"  {count}" if count else "")
    yield line(Span(heading, "failed"))
    yield from (line(Span(part, "strong")) for part in _wrap(explanation.meaning, width))
    yield from _table(
        [
            ("Layer", explanation.layer),
            ("Retry", explanation.retry),
            ("Do", explanation.remedy),
            ("File changed", explanation.file_changed),
        ],
        width,
    )


def _facts(detail: Detail, width: int) -> Iterator[Line]:
    invocation = detail.invocation
    tags = ", ".join(f"{tag.key}={tag.value}" for tag in invocation.tags)
    created = moment(invocation.creation_time, detail.time_style, now=detail.now)
    yield _heading("Facts")
    yield from _table(
        [
            ("Invoke ID", invocation.invoke_id),
            ("Name", invocation.name),
            ("Target dir", invocation.target_dir),
            ("Description", invocation.description),
            ("Created", f"{created} {detail.time_style.value}".removesuffix(" age")),
            ("Status", invocation.status),
            ("Instances", str(invocation.vm_count)),
            ("Owner", invocation.file_owner),
            ("Group", invocation.file_group),
            ("Mode", invocation.file_mode),
            ("Overwrite", invocation.overwrite),
            ("Content type", invocation.content_type),
            ("Tags", tags),
            *detail.provenance,
        ],
        width,
    )


def _content(detail: Detail, width: int) -> Iterator[Line]:
    content = detail.content
    yield _heading("Content", key=CONTENT_KEY)
    if detail.not_kept:
        yield from _table(detail.not_kept, width)
        yield line(Span("It is not kept here; to open this line asks the service for it.", "dim"))
        return
    if not content.data:
        yield line(Span("The API gave no content.", "dim"))
        return
    controls = has_controls(content.text or "")
    yield from _table(
        [
            ("Encoding", content.encoding),
            ("Size", byte_count(len(content.data))),
            ("SHA-256", content.sha256),
            ("as sent", content.raw_sha256 if content.raw_sha256 != content.sha256 else ""),
            ("Controls", ", ".join(controls[:8]) + (" …" if len(controls) > 8 else "")),
        ],
        width,
        empty=False,
    )
    yield line()
    if content.text is None:
        yield from _hexadecimal(content.data[: PREVIEW_LINES * HEX_BYTES])
    else:
        beginning = content.text[:PREVIEW_CHARACTERS]
        lines = beginning.split("\n", PREVIEW_LINES)
        yield from (line(text) for text in paragraph("\n".join(lines[:PREVIEW_LINES])).split("\n"))
        if len(lines) > PREVIEW_LINES or len(beginning) < len(content.text):
            yield line(Span("… the rest is in the content viewer", "dim"))


def _hexadecimal(data: bytes) -> Iterator[Line]:
    for offset in range(0, len(data), HEX_BYTES):
        part = data[offset : offset + HEX_BYTES]
        shown = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in part)
        yield line(Span(f"{offset:06x}  ", "dim"), f"{part.hex(' '):<{HEX_BYTES * 3}} {shown}")


def _heading(text: str, key: str = "") -> Line:
    return line(Span(text, "accent"), key=key)


def _table(facts: Iterable[tuple[str, str]], width: int, *, empty: bool = True) -> Iterator[Line]:
    for name, value in facts:
        if not value and not empty:
            continue
        for number, part in enumerate(_wrap(value or "-", width - LABEL_WIDTH)):
            label = fit(name if number == 0 else "", LABEL_WIDTH)
            yield line(Span(label, "dim"), Span(part))


def _wrap(text: str, width: int) -> Sequence[str]:
    return wrapped(text, max(width, 10))
