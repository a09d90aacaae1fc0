"""The explorer's stage: its panes, which of them is in front, and the lines around them."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Container
from textual.widget import Widget

from tui.api.errors import ApiError, CredentialsUnavailable, Denied
from tui.archive.rows import Known
from tui.archive.store import Archive
from tui.records import Query
from tui.screens import states
from tui.screens.fitting import FittingScreen
from tui.screens.hints import Situation, hints
from tui.screens.key_words import keyed, keys_of, with_keys
from tui.screens.loader import Loader
from tui.screens.session import Session
from tui.widgets.bars import ChipLine, HintLine, Notice, Status, StatusLine
from tui.widgets.filter_sidebar import FilterGlance, FilterSidebar
from tui.widgets.instance_detail import InstanceDetail
from tui.widgets.invocation_table import InvocationTable
from tui.widgets.key_menu import KeyMenu
from tui.widgets.prompt import Prompt
from tui.widgets.welcome import Welcome

if TYPE_CHECKING:
    from tui.widgets.filter_fields import FilterFields

PANES: Final = ("filters", "invocations", "instances")
"""The panes in the order of their keys."""


class Stage(FittingScreen[None]):
    """Panes, focus and status; what is done with them is in the classes that build on it."""

    # The rows get the focus, and not first something else that is laid out in another way.
    AUTO_FOCUS = ""

    def __init__(self, session: Session, archive: Archive, query: Query) -> None:
        super().__init__(classes="-in-invocations")
        self.query_shown = query
        self.archive = archive
        self.table = InvocationTable()
        self.detail = InstanceDetail()
        self.sidebar = FilterSidebar(query)
        self.status_bar = StatusLine()
        self.chips = ChipLine()
        self.notice = Notice()
        self.hints = HintLine()
        self.welcome = Welcome()
        self.prompt = Prompt()
        self.menu = KeyMenu()
        self.loader = Loader(
            session,
            archive,
            rows_changed=self.rows_changed,
            changed=self.say_status,
            unreachable=self.answer_is_missing,
            keyed=self.keyed,
        )
        self.marks: set[str] = set()
        """Invoke IDs of the marked rows."""
        self.table.marks = self.marks
        self.pane = "invocations"
        """The pane that has the focus."""
        self._stay: str | None = None
        self._dismissed: object = None
        self._complaint = ""
        self._hinted: Situation | None = None
        """What the keys were chosen for that are shown now."""
        self._fields_made: ExitStack | None = None
        """Closed when the fields of the filters are there."""
        self._keys: dict[str, list[str]] = {}
        self._advice = ""
        self._hid_filters = False
        """Whether drawing less has hidden the filters, and not the user."""

    def compose(self) -> ComposeResult:
        yield self.status_bar
        with Container(id="panes"):
            yield self.sidebar
            with Container(id="results"):
                yield self.table
                yield self.detail
        yield self.welcome
        yield self.hints

    async def mount_hidden(self) -> None:
        """Have what comes up only now and then at hand as well."""
        await super().mount_hidden()
        if self.is_attached:
            await self.mount(self.chips, after=self.status_bar)
            await self.mount(self.notice, self.menu, self.prompt)

    def answer_is_missing(self) -> None:
        """Do what helps where nobody answers."""

    # Panes.

    def go_to(self, name: str) -> None:
        """Give the focus to a pane, showing it where it is folded away."""
        self._enter(name)
        if name == "filters":
            target: Widget = self._fields().status
        else:
            target = self.table if name == "invocations" else self.detail
        # At once, though a pane that is folded away is there only once the style sheets have been
        # applied: the next key may have been struck already.
        self.set_focus(target, scroll_visible=False)
        if name == "filters":
            self.sidebar.scroll_home(animate=False)

    @on(FilterGlance.FieldWanted)
    def go_to_field(self, event: FilterGlance.FieldWanted) -> None:
        """Go to a field of the filters that was only shown until now."""
        if self.is_attached:
            self.set_focus(self._fields().order[event.place])

    def _fields(self) -> FilterFields:
        """Return the fields; where they are made only now, keys and the end wait for them."""
        fields = self.sidebar.fields()
        if self._fields_made is None:
            self._fields_made = ExitStack()
            self._fields_made.enter_context(self.opening())
            self._await_fields()
        return fields

    @work(group="fields")
    async def _await_fields(self) -> None:
        if self._fields_made is not None and self.sidebar.fields_mount is not None:
            with self._fields_made:
                await self.sidebar.fields_mount

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Know the pane that has the focus, however it came to have it."""
        if event.widget in (self.prompt, self.menu) or self.prompt in event.widget.ancestors:
            return
        if event.widget is self.table:
            self._enter("invocations")
        else:
            self._enter("instances" if event.widget is self.detail else "filters")

    def on_screen_resume(self) -> None:
        """Show the keys again after another screen has been on top."""
        self.show_hints()

    def _enter(self, name: str) -> None:
        if name != "invocations":
            self.welcome.dismiss()
        if self.pane != name or not self.hints.sentence:
            # Coming back to the same pane, as from a prompt, leaves what was said of it.
            self.pane = name
            self.show_hints()
        # One change of classes: each has the style sheets applied to everything on the screen.
        self.update_classes({f"-in-{pane}": pane == name for pane in PANES})

    # Where the reader is.

    def stay_here(self) -> None:
        """Let nothing be loaded by itself until the cursor is on another row."""
        self._stay = self.place

    def stay_no_longer(self) -> None:
        """Let pages come by themselves again: the reader wants to go on."""
        self._stay = None

    def is_staying(self) -> bool:
        """Say whether the cursor is where it was when `stay_here` was called."""
        return self._stay == self.place

    @property
    def place(self) -> str:
        """The invoke ID under the cursor, or nothing where there are no rows."""
        return self.table.row.invoke_id if self.table.row else ""

    def is_working(self, group: str) -> bool:
        """Say whether a worker of a group is under way."""
        return any(worker.group == group and not worker.is_finished for worker in self.workers)

    async def with_content(self, invoke_id: str) -> Known | None:
        """Return a send, its content asked for again where that is not kept.

        Where nobody gives it, `content_missing` of what is returned says so, and so is said why.
        """
        reading = self.loader.reading
        known = await reading.known_of(invoke_id) if reading else None
        if reading is None or known is None or not known.content_missing:
            return known
        if self.loader.session.offline:
            self.say("The content is not kept, and offline nobody is asked for it.")
            return known
        try:
            await reading.refresh_one(await self.loader.service(), invoke_id)
        except ApiError as failure:
            self.say(f"The content is not kept: {failure.sentence}")
        return await reading.known_of(invoke_id)

    # Saying.

    def show_hints(self) -> None:
        """Show the keys that help in the pane that has the focus, as things are now."""
        self._hinted = self._situation()
        self.hints.show(keyed(hints(self._hinted), self._known_keys))

    def greet(self) -> None:
        """Show somebody who is here for the first time what can be done."""
        self.welcome.greet(self._known_keys)

    def keyed(self, words: str) -> str:
        """Return words of ours with the key of each `{action}` in its place."""
        return with_keys(words, self._known_keys)

    @property
    def _known_keys(self) -> dict[str, list[str]]:
        self._keys = self._keys or keys_of(self)
        return self._keys

    def _situation(self) -> Situation:
        loader, reading = self.loader, self.loader.reading
        return Situation(
            pane=self.pane,
            rows=bool(loader.count),
            region=bool(self.query_shown.region),
            walking=loader.walking,
            asking=loader.asking and not loader.count,
            failed=loader.failure is not None,
            denied=isinstance(loader.failure, Denied),
            hidden=bool(reading and reading.view.hidden),
            filtered=self.query_shown.is_filtered(),
            marked=bool(self.marks),
            instance=bool(self.detail.detail and self.detail.detail.instance_id),
        )

    def say(self, sentence: str) -> None:
        """Say what was done, in place of the hints, until the next move."""
        self.hints.say(sentence)

    def complain(self, sentence: str) -> None:
        """Say what is wrong with what the user has typed; an empty sentence takes it back."""
        self._complaint = sentence
        self._show_notice()

    def advise(self, words: str) -> None:
        """Say in the status line what would help; empty words take it back."""
        self._advice = words
        self.say_status()

    def draw_less(self, less: bool) -> None:
        """Draw what a slow line carries in time, or everything again."""
        self.table.draw_less(less)
        # Rows from edge to edge are what a terminal scrolls by itself; filters that the user has
        # hidden stay hidden afterwards.
        if less:
            self._hid_filters = not self.has_class("-hide-filters")
        if self._hid_filters:
            self.set_class(less, "-hide-filters")
        self.advise("")

    def dismiss_notice(self) -> bool:
        """Take the notice away; return whether there was one."""
        shown = self.notice.display
        self._dismissed, self._complaint = self.loader.failure, ""
        self._show_notice()
        return shown

    def _show_notice(self) -> None:
        failure = self.loader.failure
        if failure is None or failure is self._dismissed or self._table_says_it:
            self.notice.show(self._complaint)
        else:
            self.notice.show(self._complaint or str(failure))

    @property
    def _table_says_it(self) -> bool:
        """Whether nobody is known to ask as, which the empty table explains at length."""
        nobody = isinstance(self.loader.failure, CredentialsUnavailable)
        return nobody and not self.loader.count

    def rows_changed(self, shift: int) -> None:
        """Draw the rows that the view has now, which moved by `shift` under the cursor."""
        self.table.rows_changed(shift)
        self.say_status()

    def say_status(self) -> None:
        """Bring the lines around the panes up to date."""
        if not self.is_attached:
            return
        loader, reading = self.loader, self.loader.reading
        failure = loader.failure
        hidden = reading.view.hidden if reading else 0
        self._show_notice()
        alone = isinstance(failure, CredentialsUnavailable | Denied) and not loader.count
        self.set_class(alone, "-table-alone")
        said = self.hints.sentence
        over = said in (states.STOPPED, states.STOPPED_EMPTY) and loader.asking
        over = over or (not loader.asking and said == self.keyed(states.LOADING_ALREADY))
        if over or not (self.hints.sentence or self._hinted == self._situation()):
            self.show_hints()
        self.table.explain_emptiness(
            *states.empty_words(
                self.query_shown,
                self.keyed,
                asking=loader.asking or reading is None,
                kept=bool(reading and reading.kept),
                ended=loader.ended,
                failure=failure,
                hidden=hidden,
                policy=loader.session.policy,
            )
        )
        self.status_bar.show(
            Status(
                identity=loader.session.identity,
                account=loader.account,
                ends=states.ends_words(loader.session.expires_at(), time.time()),
                region=self.query_shown.region,
                loaded=loader.count,
                more=not loader.ended or (reading is not None and reading.view.finding),
                total=reading.total if reading else None,
                hidden=hidden,
                marked=len(self.marks),
                remark=states.remark_words(
                    reading, self.query_shown, offline=loader.session.offline
                ),
                advice=self._advice,
                activity=loader.activity,
                trouble=states.trouble_words(failure, loader.calls.clock_ahead),
                position=f"row {self.table.cursor + 1:,}" if self.table.row else "",
            )
        )
