"""Looking closer: the detail pane, viewers, the call log, copies and plain dumps.

What is shown on a screen of its own is imported with it, because the first frame needs none of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from typing import TYPE_CHECKING, Final

from textual import on, work

from tui.api.errors import ApiError
from tui.archive.rows import Known
from tui.plain import has_controls, printable
from tui.records import Invocation
from tui.screens import states
from tui.screens.stage import Stage
from tui.triage.content import decode
from tui.widgets.detail_lines import Detail
from tui.widgets.instance_detail import InstanceDetail
from tui.widgets.invocation_table import InvocationTable
from tui.widgets.key_menu import Choice, KeyMenu
from tui.widgets.words import moment

if TYPE_CHECKING:
    from tui.screens.viewers import Copier

REST: Final = 0.08
"""Seconds that the cursor must rest before the detail pane follows it."""

SLOW_REST: Final = 1.0
"""The same where less is to be drawn."""

LINE: Final = 4096
"""Bytes that a terminal keeps of a line."""

COPIES: Final = (
    Choice("i", "invoke ID", "id"),
    Choice("f", "failed instance IDs", "failed"),
    Choice("m", "marked invoke IDs", "marked"),
    Choice("e", "error text", "error"),
    Choice("j", "JSON", "json"),
    Choice("c", "command", "command"),
    Choice("p", "RAM policy", "policy"),
)
"""What can be copied of the row under the cursor."""


class Inspecting(Stage):
    """Actions that show more of what is under the cursor."""

    copier: Copier
    _instance_id = ""
    _row_before = ""
    _agent: tuple[tuple[str, str], ...] = ()
    _rest = REST

    @property
    def picked_instance(self) -> str:
        """The instance that is looked at alone, or the one under the detail pane's cursor."""
        return self._instance_id or self.detail.picked_instance

    def draw_less(self, less: bool) -> None:
        """Let the detail pane follow later as well."""
        self._rest = SLOW_REST if less else REST
        self.detail.draw_less(less)
        super().draw_less(less)

    # The detail pane.

    @on(InvocationTable.Moved)
    def cursor_is_elsewhere(self, event: InvocationTable.Moved) -> None:
        """Let the detail pane follow."""
        if event.row is None and self.table.line_count():
            # The row under the cursor is on its way, or far from what is looked at now.
            return
        if event.row is None or event.row.invoke_id != self._row_before:
            self._row_before = event.row.invoke_id if event.row else ""
            self.show_hints()
        self.follow_cursor(self._rest)

    @work(exclusive=True, group="detail")
    async def follow_cursor(self, rest: float) -> None:
        """Show the invocation under the cursor once the cursor rests."""
        await asyncio.sleep(rest)
        await self._look()

    @work(exclusive=True, group="detail")
    async def look_now(self) -> None:
        """Show the invocation under the cursor, for which the next key is."""
        with self.opening():
            await self._look()

    async def _look(self) -> None:
        reading, row = self.loader.reading, self.table.row
        known = await reading.known_of(row.invoke_id) if reading and row else None
        shown = self.detail.detail
        if reading is None or known is None:
            self.detail.show(None)
        else:
            invocation = known.invocation
            if shown is None or shown.invocation.invoke_id != invocation.invoke_id:
                self._leave_instance()
            codes = {result.error_code for result in invocation.results}
            self.detail.show(
                Detail(
                    invocation,
                    decode(invocation),
                    {code: self.loader.session.knowledge.explain(code) for code in codes},
                    self._instance_id,
                    self._agent,
                    self.table.time_style,
                    not_kept=states.not_kept_facts(known),
                    provenance=states.provenance(known, kept=reading.kept),
                )
            )
        self.say_status()

    async def _invocation(self) -> Invocation | None:
        reading, row = self.loader.reading, self.table.row
        return await reading.invocation(row.invoke_id) if reading and row else None

    @on(InvocationTable.Picked)
    def invocation_is_picked(self) -> None:
        """Go into the invocation under the cursor."""
        self.look_now()
        self.go_to("instances")

    @on(InstanceDetail.InstancePicked)
    def instance_is_picked(self, event: InstanceDetail.InstancePicked) -> None:
        """Go into one instance."""
        self._leave_instance()
        self._instance_id = event.instance_id
        self.look_now()
        shown = self.detail.detail
        results = shown.invocation.results if shown else ()
        if any(
            result.error_code.startswith("Client")
            for result in results
            if result.instance_id == event.instance_id
        ):
            self.ask_agent(event.instance_id)

    @on(InstanceDetail.ContentPicked)
    def content_is_picked(self) -> None:
        """Show the content of the file."""
        self.show_content()

    def leave_instance(self) -> bool:
        """Go back from one instance to its invocation; return whether there was one."""
        if not self._instance_id:
            return False
        self._leave_instance()
        self.look_now()
        return True

    def _leave_instance(self) -> None:
        self.workers.cancel_group(self, "agent")
        self._instance_id, self._agent = "", ()

    @work(exclusive=True, group="agent")
    async def ask_agent(self, instance_id: str) -> None:
        """Ask how the agent on an instance is now: what an agent's failure leads to."""
        self._agent = (("Agent now", "asking…"),)
        try:
            service = await self.loader.service()
            found = await service.assistant_status(self.query_shown.region, [instance_id])
        except ApiError as failure:
            self._agent = (("Agent now", f"not known: {failure.sentence}"),)
        else:
            self._agent = (("Agent now", "the service knows none on this instance"),)
            style = self.table.time_style
            for status in found:
                self._agent = (
                    ("Agent now", "running" if status.running else "not running"),
                    ("version", status.version),
                    ("last heard", moment(status.last_heartbeat_time, style)),
                    ("last task", moment(status.last_invoked_time, style)),
                    ("system", status.os_type),
                )
        self.look_now()

    # Viewers.

    @work(exclusive=True, group="viewer")
    async def show_content(self) -> None:
        """Show the content of the file that the invocation under the cursor sent."""
        reading, row = self.loader.reading, self.table.row
        if reading is None or row is None:
            return
        with self.opening():
            known = await reading.known_of(row.invoke_id)
            if self._view_content(known):
                return
        self._view_content(await self.with_content(row.invoke_id))

    def _view_content(self, known: Known | None) -> bool:
        """Show the content where it is at hand; return whether it is."""
        from tui.screens.viewers import ContentViewer

        if known is None or known.content_missing:
            return False
        invocation = known.invocation
        self.app.push_screen(ContentViewer(invocation, decode(invocation), self.copier))
        return True

    @work(exclusive=True, group="viewer")
    async def action_raw(self) -> None:
        """Show the API's own JSON of the invocation under the cursor."""
        from tui.screens.viewers import RawViewer

        with self.opening():
            invocation = await self._invocation()
            if invocation is not None:
                self.app.push_screen(RawViewer(invocation, self.copier))

    def action_calls(self) -> None:
        """Show what was asked of the service."""
        from tui.screens.call_log import CallLogScreen

        self.app.push_screen(CallLogScreen(self.loader.calls))

    def action_help(self) -> None:
        """Explain the keys."""
        from tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self))

    def action_time_style(self) -> None:
        """Show times in the next style."""
        self.table.set_time_style(self.table.time_style.next)
        self.look_now()

    # Copies.

    def action_copy_id(self) -> None:
        """Copy the ID of what the focused pane has under its cursor."""
        if self.pane == "instances" and (instance_id := self.picked_instance):
            self.copy(instance_id, "instance ID")
            return
        if (row := self.table.row) is not None:
            self.copy(row.invoke_id, "invoke ID")

    def action_copy_menu(self) -> None:
        """Offer what else can be copied."""
        self.menu.open("copy", "Copy", COPIES)

    @on(KeyMenu.Chosen)
    def copy_is_chosen(self, event: KeyMenu.Chosen) -> None:
        """Copy what was chosen."""
        if event.menu == "copy":
            self.copy_part(event.value)

    @work(exclusive=True, group="copy")
    async def copy_part(self, part: str) -> None:
        """Copy a part of the invocation under the cursor."""
        invocation = await self._invocation()
        if part == "policy":
            self.copy(self.loader.session.policy, "RAM policy", exact=True)
        elif part == "marked":
            self.copy("\n".join(sorted(self.marks)), f"{len(self.marks)} invoke IDs")
        elif invocation is not None:
            text, what = copied_part(invocation, part, self.query_shown.region)
            self.copy(text, what, exact=part == "json")

    @work(exclusive=True, group="clipboard")
    async def copy(self, text: str, what: str, *, exact: bool = False) -> None:
        """Copy a text, sanitised unless it must be exact, and say what was done."""
        if not text:
            self.say("There is nothing to copy.")
            return
        safe = text if exact else "\n".join(map(printable, text.split("\n")))
        done = await self.copier(safe)
        controls = has_controls(text) if exact else ()
        warning = f", with control characters: {', '.join(controls)}" if controls else ""
        self.say(f"{what}: {done}{warning}")

    # Plain text.

    def action_dump(self) -> None:
        """Write the pane in front as plain text to the normal screen, until enter is pressed."""
        # A second one would end the first, which would not take the terminal again.
        if not self.is_working("dump"):
            self.dump()

    @work(group="dump")
    async def dump(self) -> None:
        """Give the terminal back with the pane in front on it, and take it again after enter."""
        pane = self.detail if self.pane == "instances" else self.table
        text = "\n".join(pane.plain_lines())
        read = asyncio.Event()
        # Stopped and continued meanwhile, the terminal shows something else.
        self.app.app_resume_signal.subscribe(self, lambda _: read.set(), immediate=True)
        with self.app.suspend():
            sys.stdout.write(f"{text}\n\nenter goes back to the explorer ")
            sys.stdout.flush()
            await line_typed(sys.stdin.fileno(), read)
        self.app.app_resume_signal.unsubscribe(self)
        self.refresh()


async def line_typed(terminal: int, or_else: asyncio.Event) -> None:
    """Wait for a line on a terminal, its end, or something else; no thread reads on after it."""
    loop = asyncio.get_running_loop()

    def take() -> None:
        with contextlib.suppress(OSError):
            os.read(terminal, LINE)
        or_else.set()

    loop.add_reader(terminal, take)
    try:
        await or_else.wait()
    finally:
        loop.remove_reader(terminal)


def copied_part(invocation: Invocation, part: str, region: str) -> tuple[str, str]:
    """Return the text of a part of an invocation, and what to call it."""
    import shlex

    from tui.screens.json_text import indented

    failed = [result for result in invocation.results if result.failed]
    match part:
        case "failed":
            return "\n".join(result.instance_id for result in failed), f"{len(failed)} instance IDs"
        case "error":
            texts = (
                f"{result.instance_id} {result.status} {result.error_code} {result.error_info}"
                for result in failed
            )
            return "\n".join(texts), "error text"
        case "json":
            return indented(invocation.raw), "JSON"
        case "command":
            words = ("aliyun", "ecs", "DescribeSendFileResults", "--RegionId", region)
            return shlex.join((*words, "--InvokeId", invocation.invoke_id)), "command"
        case _:
            return invocation.invoke_id, "invoke ID"
