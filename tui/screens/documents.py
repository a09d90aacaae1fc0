"""The files that leave the explorer: what is in them, made of what the archive and triage have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from tui.plain import printable
from tui.records import Invocation, Query
from tui.screens.evidence import Evidence
from tui.screens.question import Extent
from tui.screens.reading import Reading
from tui.screens.thinking import thought_over
from tui.triage.checking import Check
from tui.triage.command_words import cli_for
from tui.triage.content import decode
from tui.triage.error_knowledge import Knowledge
from tui.triage.export import csv_lines, invocation_rows, json_lines, ndjson_lines
from tui.triage.findings import findings
from tui.triage.handoff import hand_off
from tui.triage.manifest import LocalFile, Manifest, ManifestRefused, Order, manifest
from tui.triage.sends import Delivery, Sends
from tui.triage.stamp import Stamp
from tui.triage.verifying import verify

MAX_LOCAL_FILE: Final = 1 << 20
"""Bytes of a local file that are read: what is sent has 32 KB at most."""

Refused = ManifestRefused
"""Why there is no manifest."""


async def hand_off_text(
    evidence: Evidence,
    extent: Extent,
    stamp: Stamp,
    *,
    request_ids: Sequence[str],
    knowledge: Knowledge,
) -> str:
    """Return the hand-off in Markdown."""
    sends = await evidence.sends(extent)
    # What healed a host may be a send that is not among the rows.
    everything = await evidence.sends(Extent.EVERYTHING)
    now = datetime.now(UTC)

    def write(check: Check) -> str:
        found = findings(sends, now, history=everything.deliveries, check=check)
        commands = cli_for(stamp.query, everything=stamp.complete)
        return hand_off(
            stamp, found, request_ids=request_ids, commands=commands, knowledge=knowledge
        )

    return await thought_over(write)


async def failed_ids_text(evidence: Evidence, extent: Extent) -> str:
    """Return the IDs of the instances of failed results, each once on a line of its own."""
    sends = await evidence.sends(extent)
    failed = (printable(each.instance_id) for each in sends.deliveries if each.result.failed)
    return "".join(f"{instance_id}\n" for instance_id in dict.fromkeys(failed) if instance_id)


async def rows_text(
    form: str, stamp: Stamp, reading: Reading, invoke_ids: Sequence[str], *, contents: bool
) -> str:
    """Return rows as `csv`, `json` or `ndjson`, without contents unless they are asked for."""
    found = [await reading.invocation(invoke_id) for invoke_id in invoke_ids]
    invocations = [each for each in found if each is not None]
    write = {"csv": csv_lines, "ndjson": ndjson_lines}.get(form, json_lines)
    return await thought_over(
        lambda check: "".join(write(stamp, invocation_rows(invocations, contents=contents)))
    )


async def retry_manifest(
    evidence: Evidence,
    this: Invocation,
    query: Query,
    local: tuple[str, bytes],
    *,
    knowledge: Knowledge,
) -> Manifest:
    """Return the commands that send a local file again to those whom it failed to reach.

    Raises:
        Refused: it is not the file that was sent, or cannot be sent.
    """
    content = decode(this)
    file = LocalFile.checked(*local, content)
    order = replace(Order.of(this, query.region), resource_group_id=query.resource_group_id)
    sends = await evidence.same_name()
    deliveries = _by_what_arrives(sends, content.raw_sha256, content.sha256)
    return await thought_over(
        lambda check: manifest(order, file, deliveries, knowledge=knowledge, check=check)
    )


def _by_what_arrives(sends: Sends, raw_sha256: str, sha256: str) -> list[Delivery]:
    """Return deliveries by the hash of what arrives; the archive has that of what was sent."""
    return [
        Delivery(replace(each.sending, content_hash=sha256), each.result)
        if each.sending.content_hash == raw_sha256
        else each
        for each in sends.deliveries
    ]


async def verdict(this: Invocation, local: bytes) -> str:
    """Return a sentence on whether a local file is the one that was sent."""
    return (await thought_over(partial(_verified, this, local))).strip()


def _verified(this: Invocation, local: bytes, check: Check) -> str:
    return verify(local, decode(this)).sentence


def local_file(typed: str) -> tuple[str, bytes]:
    """Return the absolute path of a file that was typed, and its bytes.

    Raises:
        OSError: it cannot be read, or is far larger than what can be sent.
    """
    path = Path(typed.replace("\0", "")).expanduser().resolve()
    with path.open("rb") as file:
        data = file.read(MAX_LOCAL_FILE + 1)
    if len(data) > MAX_LOCAL_FILE:
        raise OSError(0, "it is far larger than what can be sent", str(path))
    return str(path), data
