"""What leaves the explorer as a file: the hand-off, rows, the retry manifest; and what comes in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from textual import on, work

from tui import __version__
from tui.plain import printable
from tui.records import Invocation
from tui.resources import reason
from tui.saving import save_new
from tui.screens.evidence import Evidence, Extent, thought_over
from tui.screens.post_mortem import PostMortem
from tui.screens.reading import Reading
from tui.triage.command_words import cli_for
from tui.triage.content import decode
from tui.triage.export import csv_lines, invocation_rows, json_lines, ndjson_lines
from tui.triage.findings import findings
from tui.triage.handoff import hand_off
from tui.triage.manifest import LocalFile, Manifest, ManifestRefused, Order, manifest
from tui.triage.sends import Delivery, Sends
from tui.triage.stamp import Stamp
from tui.triage.verifying import verify
from tui.widgets.key_menu import Choice, KeyMenu
from tui.widgets.prompt import Prompt

EXPORTS: Final = (
    Choice("m", "hand-off", "md"),
    Choice("c", "CSV", "csv"),
    Choice("j", "JSON", "json"),
    Choice("n", "NDJSON", "ndjson"),
    Choice("k", "JSON with contents", "contents"),
    Choice("i", "failed IDs", "ids"),
    Choice("r", "retry manifest", "sh"),
)
"""What can be exported."""

RETRY_FILE: Final = "the file that was sent"
"""The label of the prompt for the file of a retry manifest."""

VERIFY_FILE: Final = "local file"
"""The label of the prompt for a file to compare."""

MAX_LOCAL_FILE: Final = 1 << 20
"""Bytes of a local file that are read: what is sent has 32 KB at most."""


class Exporting(PostMortem):
    """Actions that write a file, or read one to compare it."""

    def action_export(self) -> None:
        """Offer what can be exported of the marked rows, or else of the view."""
        self.menu.open("export", "Export", EXPORTS)

    def action_verify(self) -> None:
        """Ask for a local file, to say whether it is the one that was sent."""
        if self.table.row is not None:
            self.prompt.open(VERIFY_FILE, self.table.row.name, "a path", select=True)

    @on(KeyMenu.Chosen)
    def export_is_chosen(self, event: KeyMenu.Chosen) -> None:
        """Write the file, after asking for one where that is needed."""
        if event.menu != "export":
            return
        if event.value != "sh":
            self.export(event.value)
        elif self.table.row is not None:
            self.prompt.open(RETRY_FILE, self.table.row.name, "a path", select=True)

    @on(Prompt.Submitted)
    def file_is_given(self, event: Prompt.Submitted) -> None:
        """Do with a local file what it was asked for."""
        if event.asked == RETRY_FILE:
            self.export_retry(event.value)
        elif event.asked == VERIFY_FILE:
            self.compare_file(event.value)

    @work(exclusive=True, group="export")
    async def export(self, form: str) -> None:
        """Write an export into the working directory and say where it is."""
        evidence, reading = self.evidence(), self.loader.reading
        if evidence is None or reading is None:
            return
        self.say("Writing…, esc stops")
        extent = evidence.extents[0]
        stamp = self._stamp(reading, extent)
        if form == "md":
            text = await self._hand_off(evidence, extent, stamp)
        elif form == "ids":
            text = "".join(f"{each}\n" for each in failed_ids(await evidence.sends(extent)))
        else:
            rows = [each async for each in _invocations(reading, await evidence.ids(extent))]
            text = await asyncio.to_thread(_rows_text, form, stamp, rows)
        await self._save(text, "json" if form == "contents" else form)

    @work(exclusive=True, group="export")
    async def export_retry(self, path: str) -> None:
        """Write the commands that would send a file again; nothing here runs them."""
        evidence, this = self.evidence(), await self._row_with_content()
        if evidence is None or this is None:
            return
        try:
            local_path, data = await asyncio.to_thread(_local_file, path)
            made = await self._manifest(evidence, this, local_path, data)
        except OSError as error:
            self.say(f"No manifest: {reason(error)}.")
        except ManifestRefused as refusal:
            self.say(f"No manifest: {refusal}")
        else:
            if made.instances:
                await self._save(made.script, "sh", f" for {len(made.instances):,} instances")
            else:
                self.say("No manifest: there is no failed instance to which a repeat is safe.")

    @work(exclusive=True, group="export")
    async def compare_file(self, path: str) -> None:
        """Say whether a local file is what the invocation under the cursor sent."""
        this = await self._row_with_content()
        if this is None:
            return
        try:
            _, data = await asyncio.to_thread(_local_file, path)
        except OSError as error:
            self.say(f"Not compared: {reason(error)}.")
            return
        verdict = await asyncio.to_thread(verify, data, decode(this))
        self.complain(verdict.sentence)

    async def _row_with_content(self) -> Invocation | None:
        row = self.table.row
        return await self.with_content(row.invoke_id) if row else None

    async def _hand_off(self, evidence: Evidence, extent: Extent, stamp: Stamp) -> str:
        sends = await evidence.sends(extent)
        # What healed a host may be a send that is not among the rows.
        everything = await evidence.sends(Extent.EVERYTHING)
        now = datetime.now(UTC)
        found = await thought_over(
            lambda check: findings(sends, now, history=everything.deliveries, check=check)
        )
        requests = [call.request_id for call in self.loader.calls.log if call.request_id]
        commands = cli_for(stamp.query, everything=stamp.complete)
        return await thought_over(
            lambda check: hand_off(stamp, found, request_ids=requests, commands=commands)
        )

    async def _manifest(
        self, evidence: Evidence, this: Invocation, path: str, data: bytes
    ) -> Manifest:
        content = decode(this)
        local = LocalFile.checked(path, data, content)
        order = replace(
            Order.of(this, self.query_shown.region),
            resource_group_id=self.query_shown.resource_group_id,
        )
        sends = await evidence.sends(Extent.EVERYTHING)
        # The archive tells contents apart by the text that came; the manifest by what arrives.
        deliveries = [
            Delivery(replace(each.sending, content_hash=content.sha256), each.result)
            if each.sending.content_hash == content.raw_sha256
            else each
            for each in sends.deliveries
        ]
        return await thought_over(lambda check: manifest(order, local, deliveries, check=check))

    def _stamp(self, reading: Reading, extent: Extent) -> Stamp:
        remarks = []
        if extent is Extent.MARKED:
            remarks.append("Only rows that were marked.")
        elif self.filter_text:
            remarks.append(f"Only rows that match the local filter {self.filter_text}")
        return Stamp(
            query=self.query_shown,
            identity=self.loader.session.identity,
            fetched_at=reading.fetched_at,
            pages=reading.pages,
            complete=reading.ended and not remarks,
            version=__version__,
            remark=" ".join(remarks),
        )

    async def _save(self, text: str, suffix: str, more: str = "") -> None:
        moment = f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
        name = f"sendfile-{self.query_shown.region}-{moment}.{suffix}"
        try:
            path = await asyncio.to_thread(_save_somewhere, name, text.encode())
        except OSError as error:
            self.say(f"Nothing was saved: {reason(error)}.")
        else:
            self.say(f"Saved{more}: {printable(str(path))}")


def failed_ids(sends: Sends) -> Sequence[str]:
    """Return the IDs of the instances of failed results, each once."""
    return list(dict.fromkeys(each.instance_id for each in sends.deliveries if each.result.failed))


async def _invocations(reading: Reading, invoke_ids: Sequence[str]) -> AsyncIterator[Invocation]:
    for invoke_id in invoke_ids:
        found = await reading.invocation(invoke_id)
        if found is not None:
            yield found


def _rows_text(form: str, stamp: Stamp, invocations: Sequence[Invocation]) -> str:
    rows = invocation_rows(invocations, contents=form == "contents")
    match form:
        case "csv":
            return "".join(csv_lines(stamp, rows))
        case "ndjson":
            return "".join(ndjson_lines(stamp, rows))
        case _:
            return "".join(json_lines(stamp, rows))


def _local_file(typed: str) -> tuple[str, bytes]:
    """Return the absolute path of a file that was typed, and its bytes."""
    path = Path(typed.replace("\0", "")).expanduser().resolve()
    with path.open("rb") as file:
        data = file.read(MAX_LOCAL_FILE + 1)
    if len(data) > MAX_LOCAL_FILE:
        raise OSError(0, "it is far larger than what can be sent", str(path))
    return str(path), data


def _save_somewhere(name: str, data: bytes) -> Path:
    """Write a new file, 0600, into the working directory, or else into the home directory."""
    try:
        return save_new(Path.cwd(), name, data)
    except OSError:
        return save_new(Path.home(), name, data)
