"""What leaves the explorer as a file: the hand-off, rows, the retry manifest; and what comes in."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual import on, work

from tui import __version__
from tui.plain import printable
from tui.records import Invocation
from tui.resources import reason
from tui.saving import save_new
from tui.screens.post_mortem import PostMortem
from tui.screens.reading import Reading
from tui.widgets.key_menu import Choice, KeyMenu
from tui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from tui.screens.question import Extent
    from tui.triage.stamp import Stamp

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
        from tui.screens import documents

        evidence, reading = self.evidence(), self.loader.reading
        if evidence is None or reading is None:
            return
        self.say(self.keyed("Writing…, {back} stops"))
        extent = evidence.extents[0]
        stamp = self._stamp(reading, extent, await evidence.left_out(extent))
        match form:
            case "md":
                calls = self.loader.calls.log
                text = await documents.hand_off_text(
                    evidence,
                    extent,
                    stamp,
                    request_ids=[call.request_id for call in calls if call.request_id],
                    knowledge=self.loader.session.knowledge,
                )
            case "ids":
                text = await documents.failed_ids_text(evidence, extent)
            case _:
                ids = await evidence.ids(extent)
                contents = form == "contents"
                text = await documents.rows_text(form, stamp, reading, ids, contents=contents)
        await self._save(text, "json" if form == "contents" else form)

    @work(exclusive=True, group="export")
    async def export_retry(self, path: str) -> None:
        """Write the commands that would send a file again; nothing here runs them."""
        from tui.screens import documents

        evidence, this = self.evidence(), await self._row_with_content()
        if evidence is None or this is None:
            return
        try:
            local = await asyncio.to_thread(documents.local_file, path)
            made = await documents.retry_manifest(
                evidence, this, self.query_shown, local, knowledge=self.loader.session.knowledge
            )
        except OSError as error:
            self.say(f"No manifest: {reason(error)}.")
        except documents.Refused as refusal:
            self.say(f"No manifest: {refusal}")
        else:
            if made.instances:
                await self._save(made.script, "sh", f" for {len(made.instances):,} instances")
            else:
                self.say("No manifest: there is no failed instance to which a repeat is safe.")

    @work(exclusive=True, group="export")
    async def compare_file(self, path: str) -> None:
        """Say whether a local file is what the invocation under the cursor sent."""
        from tui.screens import documents

        this = await self._row_with_content()
        if this is None:
            return
        try:
            _, data = await asyncio.to_thread(documents.local_file, path)
        except OSError as error:
            self.say(f"Not compared: {reason(error)}.")
        else:
            self.complain(await documents.verdict(this, data))

    async def _row_with_content(self) -> Invocation | None:
        """Return the send under the cursor; None where its content is not to be had."""
        row = self.table.row
        known = await self.with_content(row.invoke_id) if row else None
        return None if known is None or known.content_missing else known.invocation

    def _stamp(self, reading: Reading, extent: Extent, left_out: int) -> Stamp:
        from tui.screens.question import Extent
        from tui.triage.stamp import Stamp

        remarks = []
        if extent is Extent.MARKED:
            remarks.append("Only rows that were marked.")
        elif self.filter_text:
            remarks.append(f"Only rows that match the local filter {self.filter_text}")
        if left_out:
            there = reading.view.count
            remarks.append(f"Only the first {there - left_out:,} rows of {there:,}.")
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


def _save_somewhere(name: str, data: bytes) -> Path:
    """Write a new file, 0600, into the working directory, or else into the home directory."""
    try:
        return save_new(Path.cwd(), name, data)
    except OSError:
        return save_new(Path.home(), name, data)
