"""The hand-off: a page of Markdown for whoever takes over, and was not there.

It begins with what matters, says where it comes from and whether that is all, and ends with what
to do. Every text of the API passes `markdown`, which leaves it nothing but its letters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from tui.triage.campaigns import Campaign
from tui.triage.clusters import NO_CODE, Cluster
from tui.triage.command_words import CommandWords
from tui.triage.error_knowledge import BUILT_IN, Knowledge
from tui.triage.findings import Findings
from tui.triage.healing import Standing, Standings
from tui.triage.markdown import NOTHING, code, fenced, table, text
from tui.triage.stamp import Stamp
from tui.triage.timeline_text import timeline_lines
from tui.triage.words import counted, folded, moment, share, span

MAX_BROKEN: Final = 2_000
"""Broken hosts that are listed one by one; further ones are counted."""

MAX_LISTED: Final = 200
"""Rows of every other list; further ones are counted."""

MAX_BARS: Final = 30
"""Rows of the timeline."""


def hand_off(
    stamp: Stamp,
    found: Findings,
    *,
    request_ids: Sequence[str] = (),
    commands: CommandWords | None = None,
    knowledge: Knowledge = BUILT_IN,
) -> str:
    """Return the hand-off as Markdown that ends in a line feed.

    Args:
        stamp: where the rows come from.
        found: what there is to say.
        request_ids: of the answers that the rows came in; support asks for them.
        commands: that show the same rows.
        knowledge: what is known of error codes.
    """
    sections = (
        _summary(stamp, found),
        _campaigns(found.campaigns),
        _clusters(found.clusters, knowledge),
        _broken(found.standings),
        _next_steps(stamp, found.standings, knowledge),
        _healed(found.standings),
        _timeline(found),
        _origin(stamp, commands),
        _ids(found, request_ids),
    )
    return "\n\n".join("\n".join(lines) for section in sections if (lines := [*section])) + "\n"


def _summary(stamp: Stamp, found: Findings) -> Iterator[str]:
    yield f"# Hand-off: {_subject(found.campaigns)}"
    yield ""
    yield " ".join(_what_happened(found))
    yield ""
    yield f"**{text(stamp.completeness)}**"


def _subject(campaigns: Sequence[Campaign]) -> str:
    files = dict.fromkeys((campaign.key.target_dir, campaign.key.name) for campaign in campaigns)
    if len(files) != 1:
        return f"{counted(len(files), 'file')} sent by Cloud Assistant"
    ((directory, name),) = files
    return f"{code(name)} to {code(directory)}"


def _what_happened(found: Findings) -> Iterator[str]:
    """Yield the sentences that somebody reads who reads no further."""
    sends, stand = found.sends, found.standings
    hosts = len({each.instance_id for each in sends.deliveries})
    failed = sum(cluster.count for cluster in found.clusters)
    begun = [campaign.started for campaign in found.campaigns if campaign.started]
    since = f", from {moment(min(begun))} on" if begun else ""
    yield (
        f"{counted(len(sends.sendings), 'send')} went to {counted(hosts, 'instance')}{since};"
        f" {failed:,} of {counted(len(sends.deliveries), 'delivery', 'deliveries')} failed."
    )
    if not failed:
        yield "Nothing is broken."
    elif stand.broken:
        never = len(stand.never_tried_again)
        yield (
            f"**{_places(stand.broken)} {_are(stand.broken)} still broken**"
            f" ({never:,} never tried again); {len(stand.healed):,} healed since."
        )
    else:
        yield f"**Nothing is broken any more:** {_places(stand.healed)} healed since."
    if found.clusters:
        largest = found.clusters[0]
        yield (
            f"The most frequent cause is {code(largest.code) if largest.code else NO_CODE}"
            f" ({share(largest.count, largest.total)} of the failures)."
        )
    if stand.flapping:
        places = _places(stand.flapping)
        yield f"{places} {_are(stand.flapping)} flapping: healed, and failed again."
    going_on = sum(not each.result.finished for each in sends.deliveries)
    if going_on:
        overdue = len(found.timeline.overdue)
        yield (
            f"{counted(going_on, 'delivery', 'deliveries')} still going on,"
            f" {overdue:,} of them after the timeout."
        )


def _places(standings: Sequence[Standing]) -> str:
    """Say how many hosts, or how many files on how many hosts where the numbers differ."""
    hosts = counted(len({each.target.instance_id for each in standings}), "host")
    files = len({each.target[1:] for each in standings})
    if files <= 1:
        return hosts
    return f"{counted(len(standings), 'file')} on {hosts}"


def _are(standings: Sequence[Standing]) -> str:
    """Return the verb behind `_places`."""
    hosts = {each.target.instance_id for each in standings}
    files = {each.target[1:] for each in standings}
    number = len(hosts) if len(files) <= 1 else len(standings)
    return "is" if number == 1 else "are"


def _campaigns(campaigns: Sequence[Campaign]) -> Iterator[str]:
    yield "## What was sent"
    yield ""
    titles = ("Started", "File", "Directory", "Sends", "OK / hosts", "Failed", "Pending", "Took")
    yield from table(titles, map(_campaign_row, campaigns[:MAX_LISTED]))
    yield from _more(len(campaigns), MAX_LISTED)
    unseen = sum(campaign.unseen for campaign in campaigns)
    if unseen:
        yield ""
        yield (
            f"{counted(unseen, 'delivery', 'deliveries')} of these sends are not among the rows:"
            " the query did not ask for them, or they were not read."
        )


def _campaign_row(campaign: Campaign) -> tuple[str, ...]:
    return (
        moment(campaign.started),
        code(campaign.key.name),
        code(campaign.key.target_dir),
        f"{len(campaign.sendings):,}",
        f"{len(campaign.succeeded):,} / {len(campaign.hosts):,}",
        f"{len(campaign.failed):,}",
        f"{len(campaign.pending):,}",
        span(campaign.duration),
    )


def _clusters(clusters: Sequence[Cluster], knowledge: Knowledge) -> Iterator[str]:
    if not clusters:
        return
    yield "## Why it failed"
    yield ""
    yield from table(
        ("Error", "Deliveries", "Share", "Hosts", "First", "Last"),
        (
            (
                _code(cluster.code),
                f"{cluster.count:,}",
                share(cluster.count, cluster.total),
                text(folded(cluster.instances, 3)),
                moment(cluster.first),
                moment(cluster.last),
            )
            for cluster in clusters[:MAX_LISTED]
        ),
    )
    yield from _more(len(clusters), MAX_LISTED)
    for cluster in clusters[:MAX_LISTED]:
        known = knowledge.explain(cluster.code)
        yield ""
        yield f"### {_code(cluster.code)}"
        yield ""
        yield f"{text(known.meaning)} At fault: {text(known.layer)}."
        yield ""
        yield f"- What to do: {text(known.remedy)}"
        yield f"- Sending again: {text(known.retry)}"
        yield f"- Has the file changed? {text(known.file_changed)}"
        for part in cluster.parts[:5]:
            yield f"- {counted(part.count, 'time')}: {text(part.text)}"
        yield from _more(len(cluster.parts), 5, "- ")


def _code(error_code: str) -> str:
    return code(error_code) if error_code else NO_CODE


def _broken(stand: Standings) -> Iterator[str]:
    yield "## Still broken"
    yield ""
    if not stand.broken:
        yield "Nothing."
        return
    yield from table(
        ("Instance", "File", "Error", "Broken since", "Failures", "Remark", "Last send"),
        map(_broken_row, stand.broken[:MAX_BROKEN]),
    )
    yield from _more(len(stand.broken), MAX_BROKEN)


def _broken_row(standing: Standing) -> tuple[str, ...]:
    last = standing.last_failure
    remarks = (
        ("being tried again", standing.pending),
        ("never tried again", standing.never_tried_again),
        ("flapping", standing.flapping),
    )
    return (
        code(standing.target.instance_id),
        code(standing.target.name),
        _code(last.result.error_code),
        moment(standing.broken_since),
        f"{standing.failures:,}",
        ", ".join(word for word, holds in remarks if holds) or NOTHING,
        code(last.invoke_id),
    )


def _healed(stand: Standings) -> Iterator[str]:
    if not stand.healed:
        return
    yield "## Healed"
    yield ""
    yield from table(
        ("Instance", "File", "Failed of", "Healed by", "Took", "Failures"),
        map(_healed_row, stand.healed[:MAX_LISTED]),
    )
    yield from _more(len(stand.healed), MAX_LISTED)


def _healed_row(standing: Standing) -> tuple[str, ...]:
    healed_by = standing.healed_by
    return (
        code(standing.target.instance_id),
        code(standing.target.name),
        _code(standing.last_failure.result.error_code),
        code(healed_by.invoke_id) if healed_by else NOTHING,
        span(standing.time_to_heal),
        f"{standing.failures:,}",
    )


def _next_steps(stamp: Stamp, stand: Standings, knowledge: Knowledge) -> Iterator[str]:
    yield "## Next steps"
    yield ""
    steps = list(_steps(stamp, stand, knowledge))
    for number, step in enumerate(steps, 1):
        yield f"{number}. {step}"
    if not steps:
        yield "None: nothing is broken, and nothing is going on."


def _steps(stamp: Stamp, stand: Standings, knowledge: Knowledge) -> Iterator[str]:
    if not stamp.complete:
        yield "Read the rest of the rows: what is said here holds for those that were read."
    if stand.pending or stand.waiting:
        going = len(stand.pending) + len(stand.waiting)
        yield f"Wait for what is going on ({counted(going, 'file')} on instances), and look again."
    by_code: defaultdict[str, list[Standing]] = defaultdict(list)
    for standing in stand.broken:
        by_code[standing.last_failure.result.error_code].append(standing)
    safe = 0
    for error_code, theirs in sorted(by_code.items(), key=lambda each: -len(each[1])):
        known, again = knowledge.explain(error_code), knowledge.again(error_code)
        safe += len(theirs) if again == "safe" else 0
        yield (
            f"{_code(error_code)}, {_places(theirs)}: {text(known.remedy)}"
            f" Sending again: {text(known.retry)}"
        )
    if safe:
        yield (
            f"Then send the file again where that is safe ({safe:,} of {len(stand.broken):,});"
            " the retry manifest has the commands."
        )


def _timeline(found: Findings) -> Iterator[str]:
    yield "## Timeline"
    yield ""
    yield from fenced(timeline_lines(found.timeline, limit=MAX_BARS))


def _origin(stamp: Stamp, commands: CommandWords | None) -> Iterator[str]:
    yield "## Where this comes from"
    yield ""
    yield from table(("Fact", "Value"), ((name, text(value)) for name, value in stamp.facts()))
    lines = [line for line in (commands.ours, *commands.vendors) if line] if commands else []
    if lines:
        yield ""
        yield "The same rows, on a command line:"
        yield ""
        yield from fenced(lines)


def _ids(found: Findings, request_ids: Sequence[str]) -> Iterator[str]:
    yield "## IDs"
    yield ""
    sends = found.sends.sendings
    yield "Invocations: " + _listed([sending.invoke_id for sending in sends])
    yield ""
    yield "Requests: " + _listed(request_ids)


def _listed(ids: Sequence[str]) -> str:
    more = len(ids) - MAX_LISTED
    shown = ", ".join(map(code, ids[:MAX_LISTED])) or NOTHING
    return f"{shown} and {more:,} more" if more > 0 else shown


def _more(count: int, shown: int, lead: str = "") -> Iterator[str]:
    if count > shown:
        if not lead:
            yield ""
        yield f"{lead}and {count - shown:,} more"
