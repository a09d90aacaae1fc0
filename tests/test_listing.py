"""What `list` does: which rows, how far it walks, what it says, and how it ends."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tui.api.calls import Call
from tui.api.errors import CursorRefused, InvalidQuery, Throttled
from tui.headless.listing import Listing, Waits, run
from tui.headless.output import format_named
from tui.headless.streams import Narrator, OutputFailed
from tui.records import Cursor, InstanceResult, Invocation, Page, Query

NEWEST = datetime(2026, 11, 20, 12, tzinfo=UTC)
QUERY = Query("cn-hangzhou")
GIVE_UP = 30.0
"""Seconds after which a process that has not done what it should is a failure."""


def sent(number: int) -> Invocation:
    """Return the invocation that was created `number` hours before the newest."""
    failed = number % 2 == 1
    code = "ClientNotRunning" if number % 4 == 1 else "FileCreateFail"
    return Invocation(
        invoke_id=f"f-{number}",
        status="Failed" if failed else "Success",
        creation_time=f"{NEWEST - timedelta(hours=number):%Y-%m-%dT%H:%M:%SZ}",
        results=(
            InstanceResult(f"i-{number}", "Failed", code)
            if failed
            else InstanceResult(f"i-{number}", "Success"),
        ),
        raw=json.dumps({"InvokeId": f"f-{number}"}),
    )


class Service:
    """Pages of a fixed history; what goes wrong is told by page."""

    def __init__(
        self,
        records: int,
        *,
        faults: dict[int, BaseException | asyncio.Event | Callable[[], object]] | None = None,
    ) -> None:
        self.records = [sent(number) for number in range(records)]
        self.faults = faults or {}
        self.asked: list[Cursor] = []
        self.abandoned = 0
        """Pages that were being waited for when nobody wanted them any more."""

    async def page(self, query: Query, cursor: Cursor) -> Page:
        self.asked.append(cursor)
        chosen = [
            record
            for record in self.records
            if not query.statuses or record.status in query.statuses
        ]
        if cursor.number is not None:
            start = (cursor.number - 1) * cursor.size
        else:
            start = int(cursor.token or "0")
        fault = self.faults.get(start // cursor.size + 1)
        if isinstance(fault, asyncio.Event):
            try:
                await fault.wait()
            except asyncio.CancelledError:
                self.abandoned += 1
                raise
        if isinstance(fault, BaseException):
            raise fault
        if fault is not None and not isinstance(fault, asyncio.Event):
            fault()
            await asyncio.sleep(0)
        stop = start + cursor.size
        return Page(
            tuple(chosen[start:stop]),
            str(stop) if stop < len(chosen) and cursor.number is None else "",
            len(chosen) if cursor.number is not None else None,
        )


class Paper:
    """Where the rows go."""

    def __init__(self, error: OutputFailed | None = None) -> None:
        self.pieces: list[str] = []
        self._error = error

    async def put(self, text: str) -> None:
        if self._error is not None and self.pieces:
            raise self._error
        self.pieces.append(text)

    @property
    def lines(self) -> list[str]:
        return "".join(self.pieces).splitlines()


async def listed(
    service: Service, listing: Listing, output: str = "ndjson", paper: Paper | None = None
) -> tuple[int, list[str], str]:
    """Return the exit code, the rows and what was narrated."""
    paper = paper or Paper()
    said = io.StringIO()
    form = format_named(output, wanted=listing.wants_result)
    code = await run(listing, service, form, paper, Narrator(said))
    return code, paper.lines, said.getvalue()


def rows(*numbers: int) -> list[str]:
    return [sent(number).raw for number in numbers]


pytestmark = pytest.mark.anyio


async def test_everything_is_walked_and_said_to_be_complete() -> None:
    code, lines, said = await listed(Service(7), Listing(QUERY, page_size=3))
    assert (code, lines) == (0, rows(*range(7)))
    assert said == "7 invocations listed, complete.\n"


async def test_a_limit_ends_the_walk_within_a_page() -> None:
    service = Service(9)
    code, lines, said = await listed(service, Listing(QUERY, limit=4, page_size=3))
    assert (code, lines) == (0, rows(0, 1, 2, 3))
    assert len(service.asked) == 2
    assert said == "4 invocations listed; more follow: --all, or a higher --limit.\n"


async def test_a_limit_at_the_end_of_a_page_gives_the_token() -> None:
    code, lines, said = await listed(Service(9), Listing(QUERY, limit=6, page_size=3))
    assert (code, len(lines)) == (0, 6)
    assert said == "6 invocations listed; more may follow: --all, or --next-token 6.\n"


async def test_a_limit_that_is_all_there_is_is_complete() -> None:
    _, _, said = await listed(Service(6), Listing(QUERY, limit=6, page_size=3))
    assert said == "6 invocations listed, complete.\n"


async def test_since_ends_the_walk_at_the_first_older_one() -> None:
    service = Service(40)
    since = NEWEST - timedelta(hours=4)
    code, lines, said = await listed(service, Listing(QUERY, since=since, page_size=3))
    assert (code, lines) == (0, rows(0, 1, 2, 3, 4))
    assert len(service.asked) == 2
    assert said == "5 invocations listed of 6 read, complete.\n"


async def test_until_leaves_out_what_is_newer() -> None:
    until = NEWEST - timedelta(hours=4)
    since = NEWEST - timedelta(hours=6)
    _, lines, _ = await listed(Service(40), Listing(QUERY, since=since, until=until, page_size=3))
    assert lines == rows(4, 5, 6)


async def test_an_unreadable_time_is_listed() -> None:
    service = Service(3)
    service.records[1] = replace(service.records[1], creation_time="")
    since = NEWEST - timedelta(hours=1)
    _, lines, _ = await listed(service, Listing(QUERY, since=since))
    assert lines == rows(0, 1)


async def test_an_error_code_selects_invocations_and_instances() -> None:
    listing = Listing(QUERY, error_code="ClientNotRunning", page_size=3)
    _, lines, said = await listed(Service(10), listing)
    assert lines == rows(1, 5, 9)
    assert said == "3 invocations listed of 10 read, complete.\n"
    service = Service(10)
    mixed = InstanceResult("i-other", "Failed", "FileCreateFail")
    service.records[1] = replace(service.records[1], results=(*service.records[1].results, mixed))
    assert (await listed(service, listing, "ids"))[1] == ["i-1", "i-5", "i-9"]


async def test_failures_count_only_when_asked() -> None:
    assert (await listed(Service(2), Listing(QUERY)))[0] == 0
    assert (await listed(Service(2), Listing(QUERY, exit_code=True)))[0] == 1
    assert (await listed(Service(1), Listing(QUERY, exit_code=True)))[0] == 0
    assert (await listed(Service(2), Listing(QUERY, exit_code=True, limit=1)))[0] == 0


async def test_statuses_are_merged_in_time_order() -> None:
    query = replace(QUERY, statuses=("Failed", "Success"))
    _, lines, _ = await listed(Service(9), Listing(query, page_size=2))
    assert lines == rows(*range(9))


async def test_a_failed_walk_prints_what_it_has_and_where_to_go_on() -> None:
    fault = Throttled("The quota is used up.", request_id="R-1", advice="Wait a minute.")
    service = Service(9, faults={3: fault})
    code, lines, said = await listed(service, Listing(QUERY, page_size=3, exit_code=True))
    assert (code, lines) == (3, rows(*range(6)))
    assert said == (
        "The quota is used up. Request ID R-1. Wait a minute.\n"
        "The list is incomplete after 6 invocations: go on with --next-token 6.\n"
    )
    again = Listing(QUERY, page_size=3, token="6")
    assert (await listed(Service(9), again))[1] == rows(6, 7, 8)


async def test_a_failed_walk_closes_its_array() -> None:
    service = Service(9, faults={2: Throttled("No.")})
    _, lines, _ = await listed(service, Listing(QUERY, page_size=3), "json")
    assert json.loads("\n".join(lines)) == [{"InvokeId": f"f-{number}"} for number in range(3)]


async def test_a_walk_that_never_began_says_so() -> None:
    code, lines, said = await listed(Service(9, faults={1: Throttled("No.")}), Listing(QUERY))
    assert (code, lines) == (3, [])
    assert said == "No.\nThe list is incomplete: nothing was read.\n"


async def test_a_walk_of_empty_pages_says_where_to_go_on() -> None:
    class Sparse(Service):
        async def page(self, query: Query, cursor: Cursor) -> Page:
            return replace(await super().page(query, cursor), invocations=())

    code, lines, said = await listed(Sparse(900), Listing(QUERY, page_size=3))
    assert (code, lines) == (3, [])
    assert said.endswith("incomplete after 0 invocations: go on with --next-token 150.\n")


async def test_a_refused_token_is_not_offered_again() -> None:
    service = Service(9, faults={1: CursorRefused("Stale.")})
    code, _, said = await listed(service, Listing(QUERY, token="0"))
    assert code == 3
    assert "begin again without --next-token" in said


async def test_what_was_never_sent_is_a_usage_error() -> None:
    assert (await listed(Service(9, faults={1: InvalidQuery("No.")}), Listing(QUERY)))[0] == 2
    code, lines, said = await listed(Service(9), Listing(QUERY, token="merged.x"))
    assert (code, lines, said.count("\n")) == (2, [], 1)


async def test_page_numbers_walk_everything_in_order() -> None:
    service = Service(9)
    code, lines, said = await listed(service, Listing(QUERY, page_size=2, by_number=True))
    assert (code, lines) == (0, rows(*range(9)))
    assert {cursor.number for cursor in service.asked} == {1, 2, 3, 4, 5}
    assert "complete" in said


async def test_page_numbers_stop_early_and_leave_nothing_running() -> None:
    service = Service(100, faults={4: asyncio.Event()})
    before = asyncio.all_tasks()
    listing = Listing(QUERY, page_size=2, by_number=True, limit=4)
    _, lines, said = await listed(service, listing)
    assert lines == rows(0, 1, 2, 3)
    assert said == "4 invocations listed; more may follow: --all.\n"
    assert asyncio.all_tasks() == before
    assert service.abandoned == 1


async def test_page_numbers_that_fail_leave_no_token() -> None:
    service = Service(9, faults={3: Throttled("No.")})
    code, _, said = await listed(service, Listing(QUERY, page_size=2, by_number=True))
    assert code == 3
    assert "page numbers leave no way to go on" in said


@pytest.mark.parametrize("by_number", [False, True])
async def test_a_cancelled_walk_closes_its_array_and_says_where_it_was(by_number: bool) -> None:
    paper, said = Paper(), io.StringIO()
    tasks: list[asyncio.Task[int]] = []
    service = Service(9, faults={3: lambda: tasks[0].cancel()})
    listing = Listing(QUERY, page_size=2, by_number=by_number)
    work = run(listing, service, format_named("json"), paper, Narrator(said))
    tasks.append(asyncio.ensure_future(work))
    with pytest.raises(asyncio.CancelledError):
        await tasks[0]
    numbers = len(json.loads("\n".join(paper.lines)))
    assert numbers % 2 == 0
    assert "Stopped by a signal.\n" in said.getvalue()
    if not by_number:
        assert said.getvalue().endswith("after 4 invocations: go on with --next-token 4.\n")


async def test_output_that_fails_ends_the_walk() -> None:
    service = Service(9)
    paper = Paper(OutputFailed(BrokenPipeError()))
    with pytest.raises(OutputFailed) as caught:
        await listed(service, Listing(QUERY, page_size=3), "json", paper)
    assert (str(caught.value), caught.value.exit_code) == ("", 141)
    assert len(service.asked) == 1
    full = OutputFailed(OSError(28, "No space left on device"))
    assert str(full) == "The output cannot be written: No space left on device."
    assert full.exit_code == 3


async def test_a_wait_is_explained() -> None:
    said = io.StringIO()
    call = Call("DescribeSendFileResults", (), 0.0)
    Waits(Narrator(said)).call_waiting(call, 1.25, Throttled("The quota is used up."))
    Waits(Narrator(said)).call_waiting(call, 0.01, Throttled("The quota is used up."))
    assert said.getvalue() == (
        "The quota is used up. Trying again in 1.2 s.\nThe quota is used up. Trying again now.\n"
    )
