"""Which, why, still, what now: the questions of a post-mortem and where their answers lead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from textual import work

from tui.api.errors import ApiError
from tui.records import Invocation
from tui.screens import findings
from tui.screens.arranging import Arranging
from tui.screens.evidence import Evidence, Extent, thought_over
from tui.screens.question import Draw, Question, QuestionScreen
from tui.screens.viewers import Copier
from tui.triage.campaigns import campaigns
from tui.triage.checking import Check
from tui.triage.clusters import clusters
from tui.triage.comparing import compare, previous_of
from tui.triage.content import decode
from tui.triage.healing import standings
from tui.triage.sends import Sends, sending_of
from tui.triage.timeline import timeline

Finder = Callable[[Sends, Check], Draw]
"""Finds an answer in sends and their results; long work asks its check now and then."""


def causes(sends: Sends, check: Check) -> Draw:
    """Why it failed."""
    return partial(findings.cluster_lines, clusters(sends.deliveries, check))


def outcomes(sends: Sends, check: Check) -> Draw:
    """What is still broken."""
    return partial(findings.standing_lines, standings(sends.deliveries, check))


def course(sends: Sends, check: Check) -> Draw:
    """How it went in time."""
    return partial(findings.timeline_of, timeline(sends.deliveries, datetime.now(UTC), check=check))


def pushes(sends: Sends, check: Check) -> Draw:
    """What was pushed, and how each push stands."""
    found = campaigns(sends.sendings, sends.deliveries, check=check)
    return partial(findings.push_lines, found)


class PostMortem(Arranging):
    """Actions that ask about many rows at once."""

    copier: Copier

    def action_causes(self) -> None:
        """Group the failures by their causes."""
        self.put_question("Failures by cause", causes)

    def action_outcomes(self) -> None:
        """Show what is still broken and what has healed."""
        self.put_question("Still broken or healed", outcomes)

    def action_course(self) -> None:
        """Show the results of a push on one time axis."""
        self.put_question("Timeline", course, Extent.PUSH)

    def action_pushes(self) -> None:
        """Group the sends that belong to one push."""
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
        evidence = self.evidence()
        if evidence is None:
            return

        async def ask(extent: Extent) -> Draw:
            sends = await evidence.sends(extent)
            return await thought_over(partial(find, sends))

        await self.show_answer(Question(title, ask, likeliest_first(evidence.extents, first)))

    @work(exclusive=True, group="question")
    async def put_comparison(self) -> None:
        """Find the other send, fetch again what is not kept, and show the differences."""
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
            self.say(
                "No earlier send of this file to the same directory has been seen; M loads on."
            )
            return
        that = await self.with_content(other)
        if that is None:
            self.say(f"{other} is not known any more.")
            return
        before, after = sorted((that, this), key=lambda each: each.creation_time)

        async def ask(extent: Extent) -> Draw:
            found = await thought_over(
                lambda check: compare(
                    before,
                    after,
                    before_content=decode(before),
                    after_content=decode(after),
                )
            )
            return partial(findings.comparison_lines, found)

        await self.show_answer(Question("Compared", ask, (Extent.TWO,)))

    async def _previous(self, evidence: Evidence, this: Invocation | None) -> str:
        if this is None:
            return ""
        sends = await evidence.sends(Extent.EVERYTHING)
        hosts = {result.instance_id for result in this.results}
        sharing = {each.invoke_id for each in sends.deliveries if each.instance_id in hosts}
        sending = sending_of(this)
        found = await thought_over(
            lambda check: (
                previous_of(
                    sends.sendings,
                    sending,
                    wanted=lambda each: each.invoke_id in sharing,
                    check=check,
                )
                or previous_of(sends.sendings, sending, check=check)
            )
        )
        return found.invoke_id if found else ""

    async def with_content(self, invoke_id: str) -> Invocation | None:
        """Return a send with its content, asked for again where it is not kept."""
        reading = self.loader.reading
        if reading is None:
            return None
        found = await reading.invocation(invoke_id)
        if found is not None and not found.content:
            try:
                await reading.refresh_one(await self.loader.service(), invoke_id)
            except ApiError as failure:
                self.say(failure.sentence)
            found = await reading.invocation(invoke_id)
        return found

    async def show_answer(self, question: Question) -> None:
        """Show the answer to a question, and follow the line that is picked in it."""
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
