"""Which, why, still, what now: the questions of a post-mortem and where their answers lead.

What finds the answers is imported with the first question, because the first frame needs nothing
of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import work

from tui.archive.rows import Known
from tui.screens.arranging import Arranging
from tui.screens.thinking import thought_over

if TYPE_CHECKING:
    from tui.screens.evidence import Evidence
    from tui.screens.question import Draw, Extent, Question
    from tui.screens.questions import Finder
    from tui.screens.viewers import Copier


class PostMortem(Arranging):
    """Actions that ask about many rows at once."""

    copier: Copier

    def action_causes(self) -> None:
        """Group the failures by their causes."""
        from tui.screens.questions import causes

        self.put_question("Failures by cause", partial(causes, self.loader.session.knowledge))

    def action_outcomes(self) -> None:
        """Show what is still broken and what has healed."""
        from tui.screens.questions import outcomes

        self.put_question("Still broken or healed", outcomes)

    def action_course(self) -> None:
        """Show the results of a push on one time axis."""
        from tui.screens.question import Extent
        from tui.screens.questions import course

        self.put_question("Timeline", course, Extent.PUSH)

    def action_pushes(self) -> None:
        """Group the sends that belong to one push."""
        from tui.screens.questions import pushes

        self.put_question("Pushes", pushes)

    def action_compare(self) -> None:
        """Compare the row with the marked one, or with the previous send of the same file."""
        self.put_comparison()

    def evidence(self) -> Evidence | None:
        """Return what can be asked about now; nothing before a query is open."""
        reading = self.loader.reading
        if reading is None:
            return None
        here = self.table.row.invoke_id if self.table.row else ""
        return reading.evidence(frozenset(self.marks), here)

    @work(exclusive=True, group="question")
    async def put_question(self, title: str, find: Finder, first: Extent | None = None) -> None:
        """Show the answer, and follow the line that is picked in it."""
        from tui.screens.question import Question
        from tui.screens.questions import Prefaced

        evidence = self.evidence()
        if evidence is None:
            return

        async def ask(extent: Extent) -> Draw:
            sends = await evidence.sends(extent)
            left_out = await evidence.left_out(extent)
            draw = await thought_over(partial(find, sends))
            return Prefaced(draw, left_out, len(sends.sendings)) if left_out else draw

        await self.show_answer(Question(title, ask, likeliest_first(evidence.extents, first)))

    @work(exclusive=True, group="question")
    async def put_comparison(self) -> None:
        """Find the other send, fetch again what is not kept, and show the differences."""
        from tui.screens.question import Extent, Question
        from tui.screens.questions import difference

        evidence = self.evidence()
        if evidence is None or not evidence.here:
            return
        others = evidence.marks - {evidence.here}
        if len(others) > 1:
            self.say("Mark one other row to compare with, or none for the previous send.")
            return
        this = await self.with_content(evidence.here)
        other = next(iter(others), "") or await self._previous(evidence, this)
        if this is None or not other:
            words = "No earlier send of this file to the same directory has been seen; "
            self.say(words + self.keyed("{load.all} loads on."))
            return
        that = await self.with_content(other)
        if that is None:
            self.say(f"{other} is not known any more.")
            return
        before, after = sorted((that, this), key=lambda each: each.invocation.creation_time)

        async def ask(extent: Extent) -> Draw:
            return await thought_over(lambda check: difference(before, after))

        await self.show_answer(Question("Compared", ask, (Extent.TWO,)))

    async def _previous(self, evidence: Evidence, this: Known | None) -> str:
        from tui.screens.questions import previous_send

        if this is None:
            return ""
        sends = await evidence.same_name()
        return await thought_over(partial(previous_send, this.invocation, sends))

    async def show_answer(self, question: Question) -> None:
        """Show the answer to a question, and follow the line that is picked in it."""
        from tui.screens.question import QuestionScreen

        picked = await self.app.push_screen_wait(QuestionScreen(question, self.copier))
        kind, _, name = picked.partition(" ")
        quoted = name.replace('"', " ")
        match kind:
            case "code":
                self.filter_rows(f'code:"{quoted}"')
            case "host":
                self.filter_rows(f'host:"{quoted}"')
            case "row":
                await self.go_to_row(name)
            case "push":
                self.marks.clear()
                self.marks |= set(name.split())
                self.remark()
                await self.go_to_row(name.split()[0])
        if kind:
            self.go_to("invocations")

    async def go_to_row(self, invoke_id: str) -> None:
        """Put the cursor on a send, where it is among the rows."""
        reading = self.loader.reading
        position = await reading.view.position_of(invoke_id) if reading else None
        if position is None:
            self.say(f"{invoke_id} is not among the rows of this query.")
        else:
            await self.show_row(position)


def likeliest_first(extents: Sequence[Extent], first: Extent | None) -> Sequence[Extent]:
    """Return what can be asked about with one of them at the front, where it is there."""
    if first is None or first not in extents:
        return extents
    return (first, *(each for each in extents if each is not first))
