"""The answers of a post-mortem as lines: pure functions from what triage found to what is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from rich.cells import cell_len

from tui.records import Explanation
from tui.triage.campaigns import Campaign
from tui.triage.clusters import Cluster
from tui.triage.comparing import Comparison
from tui.triage.healing import Standing, Standings
from tui.triage.sends import Delivery
from tui.triage.timeline import Row, Timeline
from tui.triage.timeline_text import row_line, rows_shown, timeline_lines
from tui.triage.words import counted, folded, moment, share, span
from tui.widgets.cells import fit, wrapped
from tui.widgets.lines import Line, Span, Tone, line

MOST_LINES: Final = 2_000
"""Hosts that one list shows; the export has them all."""

COUNT_WIDTH: Final = 7
"""Cells for a count."""

HOST_WIDTH: Final = 24
"""Cells for an instance ID; a longer one takes what it needs."""

CODE_WIDTH: Final = 24
"""Cells for an error code."""

WORDS_WIDTH: Final = 50
"""Cells that the words about a file on a host are left, where there is room for its path."""

INSIDE: Final = " " * 4
"""Before what a push unfolds into."""

BEGAN_WIDTH: Final = 21
"""Cells for when a push began."""

FOLD_WIDTH: Final = 2
"""Cells for the sign before it."""

PUSH_NUMBERS: Final = (
    ("Hosts", 7),
    ("OK", 8),
    ("Failed", 8),
    ("Pending", 9),
    ("Sends", 7),
    ("Took", 13),
)
"""What is counted of a push, and the cells for it."""

LEAST_WANTED: Final = ("Sends", "Pending", "Took", "OK")
"""What is left out first where there is no room for a path beside it."""

LEAST_WORDS: Final = 24
"""Cells without which nothing is said of a host but its code and path."""

LEAST_PATH: Final = 20
"""Cells for a path where the screen is narrow."""

MOST_PATH: Final = 60
"""Cells for a path where it is wide."""

DIFF_TONES: Final[dict[str, Tone]] = {"+": "ok", "-": "failed", "@": "dim"}
"""What a line of a difference begins with, and its tone."""

BESIDE_BARS: Final = 68
"""Cells that the words beside a bar of the timeline need."""


def left_out_line(left_out: int, read: int) -> Line:
    """Return that there are more sends than one question reads, and what brings the others."""
    return line(
        Span(f"Only the first {counted(read, 'send')} of {read + left_out:,}", "warning"),
        Span(": a filter (f or /) narrows what is asked about.", "dim"),
    )


def cluster_lines(
    found: Sequence[Cluster], width: int, *, explain: Callable[[str], Explanation]
) -> Iterator[Line]:
    """Yield a block for each cause of failures; its lines pick the rows that it concerns."""
    if not found:
        yield line(Span("No failures.", "ok"))
        return
    hosts = {host for each in found for host in each.instances}
    yield line(
        Span(counted(found[0].total, "failure"), "failed"),
        f" on {counted(len(hosts), 'instance')}, {counted(len(found), 'cause')}",
    )
    for cluster in found:
        known = explain(cluster.code)
        yield line()
        yield line(
            Span(fit(f"{cluster.count:,}", COUNT_WIDTH, right=True), "failed"),
            Span(f"  {cluster.title}", "strong"),
            Span(f"  {share(cluster.count, cluster.total)} of them", "dim"),
            key=f"code {cluster.code}" if cluster.code else f"row {cluster.invocations[0]}",
        )
        for sentence in (known.meaning, f"{known.retry} {known.remedy}".strip()):
            yield from _indented(sentence, width)
        yield from _indented(_period(cluster), width)
        if len(cluster.parts) == 1:
            yield from _indented(f"Said: {cluster.text}", width)
        for part in cluster.parts if len(cluster.parts) > 1 else ():
            yield line(
                Span(fit(f"{part.count:,}", COUNT_WIDTH, right=True)),
                f"  {part.text}",
                key=f"row {part.invocations[0]}",
            )
        hosts_here = counted(len(cluster.instances), "instance")
        yield from _indented(f"{hosts_here}: {folded(cluster.instances)}", width)


def _period(cluster: Cluster) -> str:
    if cluster.first == cluster.last:
        return moment(cluster.first)
    return f"{moment(cluster.first)} to {moment(cluster.last)}"


def _indented(text: str, width: int) -> Iterator[Line]:
    indent = " " * (COUNT_WIDTH + 2)
    for part in wrapped(text, max(width - len(indent), 20)):
        yield line(Span(indent + part, "dim"))


def standing_lines(found: Standings, width: int) -> Iterator[Line]:
    """Yield who is still broken, then who has healed; a line picks the sends to its host."""
    numbers: tuple[tuple[int, str, Tone], ...] = (
        (len(found.broken), "still broken", "failed"),
        (len(found.never_tried_again), "never tried again", "warning"),
        (len(found.pending), "being tried again", "running"),
        (len(found.flapping), "flapping", "warning"),
        (len(found.healed), "healed", "ok"),
        (found.fine, "never failed", "dim"),
    )
    told = [Span(f"{number:,} {words}   ", tone) for number, words, tone in numbers if number]
    yield from _flowing(told, width)
    yield line(Span("Counted by file and instance: a later success cancels a failure.", "dim"))
    for title, those, words in (
        ("Still broken", found.broken, _broken_words),
        ("Healed", found.healed, _healed_words),
    ):
        if not those:
            continue
        yield line()
        yield line(Span(title, "title"))
        for standing in those[:MOST_LINES]:
            yield _standing_line(standing, words(standing), width)
        if len(those) > MOST_LINES:
            yield line(Span(f"and {len(those) - MOST_LINES:,} more: the export has all", "dim"))


def _flowing(spans: Iterable[Span], width: int) -> Iterator[Line]:
    """Put spans beside each other as long as they fit."""
    row: list[Span] = []
    for span_ in spans:
        if row and sum(cell_len(each.text) for each in (*row, span_)) > width:
            yield line(*row)
            row = []
        row.append(span_)
    if row:
        yield line(*row)


def _standing_line(standing: Standing, words: str, width: int) -> Line:
    target = standing.target
    path = f"{target.target_dir.rstrip('/')}/{target.name}"
    host = fit(target.instance_id, max(HOST_WIDTH, len(target.instance_id) + 1))
    code = standing.last_failure.result.error_code or standing.last_failure.result.status
    room = width - HOST_WIDTH - CODE_WIDTH
    if room < LEAST_PATH + LEAST_WORDS:
        words = ""
    else:
        room = max(min(room - WORDS_WIDTH, MOST_PATH), LEAST_PATH)
    return line(
        Span(host, "strong"),
        Span(fit(code, CODE_WIDTH), "failed" if standing.broken else "ok"),
        Span(fit(path, room, middle=True)),
        Span(f"  {words}", "dim"),
        key=f"host {target.instance_id}",
    )


def _broken_words(standing: Standing) -> str:
    times = counted(standing.failures, "failure")
    more = "being tried again" if standing.pending else ""
    if standing.never_tried_again:
        more = "never tried again"
    flapping = "flapping" if standing.flapping else ""
    since = f"since {moment(standing.broken_since)}"
    return ", ".join(word for word in (times, since, more, flapping) if word)


def _healed_words(standing: Standing) -> str:
    after = standing.time_to_heal
    words = "healed" if after is None else f"healed after {span(after)}"
    return f"{words}, flapping" if standing.flapping else words


@dataclass(slots=True)
class Pushes:
    """The answer to what was pushed: a line for each push, which unfolds into its sends."""

    found: Sequence[Campaign]
    """Newest first."""
    deliveries: Mapping[str, Sequence[Delivery]]
    """By the invoke ID of the send."""
    unfolded: set[str] = field(default_factory=set)
    """Keys of the lines that are unfolded."""

    def fold(self, key: str) -> bool:
        """Unfold a line or fold it again; return whether it is one that can be."""
        if not key.startswith("fold "):
            return False
        self.unfolded.symmetric_difference_update({key})
        return True

    def __call__(self, width: int) -> Iterator[Line]:
        """Yield the lines for a width."""
        if not self.found:
            yield line(Span("Nothing has been sent.", "dim"))
            return
        shown, room = _push_columns(width - FOLD_WIDTH - BEGAN_WIDTH)
        titles = "".join(fit(title, cells, right=True) for title, cells in shown)
        began = fit(" " * FOLD_WIDTH + "Began UTC", FOLD_WIDTH + BEGAN_WIDTH)
        yield line(Span(f"{began}{fit('File', room)}{titles}", "title"))
        for push in self.found:
            key = f"fold {push.invocations[0]}"
            path = f"{push.key.target_dir.rstrip('/')}/{push.key.name}"
            numbers = _push_numbers(push)
            yield line(
                Span("▾ " if key in self.unfolded else "▸ ", "accent"),
                Span(fit(moment(push.started).removesuffix(" UTC"), BEGAN_WIDTH)),
                Span(fit(path, room, middle=True), "strong"),
                *(
                    Span(fit(numbers[title].text, cells, right=True), numbers[title].tone)
                    for title, cells in shown
                ),
                key=key,
            )
            if key in self.unfolded:
                yield from self._inside(push, width)

    def _inside(self, push: Campaign, width: int) -> Iterator[Line]:
        """Yield the sends of a push, then the hosts that it has not reached."""
        sends = counted(len(push.sendings), "send")
        yield line(
            Span(f"{INSIDE}mark {sends} and go there", "accent"),
            key=f"push {' '.join(push.invocations)}",
        )
        for sending in push.sendings:
            theirs = self.deliveries.get(sending.invoke_id, ())
            good = sum(each.result.finished and not each.result.failed for each in theirs)
            total = max(len(theirs), sending.vm_count)
            tone: Tone = "ok" if good == total else "pending"
            if any(each.result.failed for each in theirs):
                tone = "failed"
            words = f"{good}/{total} delivered"
            yield line(
                Span(f"{INSIDE}{fit(moment(sending.created), 25)}", "dim"),
                Span(fit(sending.invoke_id, HOST_WIDTH)),
                Span(f"  {words}", tone),
                key=f"row {sending.invoke_id}",
            )
        last = {
            each.instance_id: each.result.error_code or each.result.status
            for sending in push.sendings
            for each in self.deliveries.get(sending.invoke_id, ())
            if each.result.failed
        }
        for host in push.failed[:MOST_LINES]:
            yield line(
                Span(f"{INSIDE}{fit('still failed', 25)}", "failed"),
                Span(fit(host, max(HOST_WIDTH, len(host)))),
                Span(f"  {last.get(host, '')}", "failed"),
                key=f"host {host}",
            )
        if len(push.failed) > MOST_LINES:
            yield line(Span(f"{INSIDE}and {len(push.failed) - MOST_LINES:,} more", "dim"))
        for words, hosts in (("pending", push.pending), ("failed, then healed", push.healed)):
            if hosts:
                here = counted(len(hosts), "instance")
                text = f"{fit(words, 25)}{here}: {folded(hosts)}"
                for part in wrapped(text, max(width - len(INSIDE), 20)):
                    yield line(Span(INSIDE + part, "dim"))


def _push_columns(width: int) -> tuple[Sequence[tuple[str, int]], int]:
    """Return which numbers there is room for, and the cells for the path beside them."""
    shown = list(PUSH_NUMBERS)
    for name in LEAST_WANTED:
        if width - sum(cells for _, cells in shown) < LEAST_PATH:
            shown = [column for column in shown if column[0] != name]
    room = width - sum(cells for _, cells in shown)
    return shown, max(min(room, MOST_PATH), LEAST_PATH)


def _push_numbers(push: Campaign) -> dict[str, Span]:
    tone: Tone = "failed" if push.failed else "ok"
    return {
        "Hosts": Span(f"{len(push.hosts):,}"),
        "OK": Span(share(len(push.succeeded), len(push.hosts)), tone),
        "Failed": Span(f"{len(push.failed):,}", tone if push.failed else "dim"),
        "Pending": Span(f"{len(push.pending):,}", "" if push.pending else "dim"),
        "Sends": Span(f"{len(push.sendings):,}"),
        "Took": Span(span(push.duration)),
    }


def timeline_of(found: Timeline, width: int) -> Iterator[Line]:
    """Yield the results on one time axis; a line picks the sends to its host."""
    bar = max(min(width - BESIDE_BARS, 80), 10)
    rows: dict[str, Row] = {row_line(found, row, bar): row for row in rows_shown(found, MOST_LINES)}
    for text in timeline_lines(found, bar, MOST_LINES):
        row = rows.get(text)
        if row is None:
            yield from map(line, wrapped(text, max(width, 20)))
        else:
            shown = row_line(found, row, bar, width)
            yield line(Span(shown, _tone(row)), key=f"host {row.delivery.instance_id}")


def _tone(row: Row) -> Tone:
    result = row.delivery.result
    if not result.finished:
        return "running"
    if result.failed:
        return "failed"
    return "warning" if row.straggler else ""


def comparison_lines(found: Comparison, width: int) -> Iterator[Line]:
    """Yield what two sends of a file differ in; a line of a host picks the sends to it."""
    yield line(Span(f"{found.before}  →  {found.after}", "strong"))
    yield line()
    yield line(Span("Parameters", "title"))
    if not found.parameters:
        yield line(Span("the same", "dim"))
    for change in found.parameters:
        yield line(
            Span(fit(change.parameter, CODE_WIDTH), "dim"),
            Span(change.before or "-"),
            "  →  ",
            Span(change.after or "-", "strong"),
        )
    yield from _outcome_lines(found, width)
    yield line()
    yield line(Span("Content", "title"))
    for part in wrapped(found.content.sentence, max(width, 20)):
        yield line(part)
    for text in found.content.lines:
        yield line(Span(text, DIFF_TONES.get(text[:1], "")))
    if found.content.left_out:
        yield line(Span(f"and {counted(found.content.left_out, 'more line')}", "dim"))


def _outcome_lines(found: Comparison, width: int) -> Iterator[Line]:
    yield line()
    yield line(Span("Instances", "title"))
    groups: tuple[tuple[str, tuple[str, ...], Tone], ...] = (
        ("newly failing", found.newly_failing, "failed"),
        ("same error", found.same_error, "failed"),
        ("another error", found.different_error, "failed"),
        ("fixed", found.fixed, "ok"),
        ("undecided", found.undecided, "running"),
        ("added", found.added, ""),
        ("added, failing", found.added_failing, "failed"),
        ("not sent to any more", found.removed, "dim"),
    )
    for words, hosts, tone in groups:
        if hosts:
            yield line(
                Span(fit(f"{len(hosts):,}", COUNT_WIDTH, right=True), tone),
                Span(f"  {words}", "strong"),
                key=f"host {hosts[0]}",
            )
            yield from _indented(folded(hosts), width)
    if not any(hosts for _, hosts, _ in groups):
        yield line(Span("the same, with the same outcome", "dim"))
