"""What `watch` does: a line for each change, the exit code as the send has ended."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tui.api.errors import Denied, Throttled
from tui.headless.streams import Narrator
from tui.headless.watching import Watching, run
from tui.records import Cursor, InstanceResult, Invocation, Page, Query

pytestmark = pytest.mark.anyio

WANTED = Watching("cn-hangzhou", "f-1")


def send(status: str, *results: str) -> Invocation:
    """Return a send with results on the instances i-0, i-1 … in these statuses."""
    return Invocation(
        "f-1",
        status,
        results=tuple(
            InstanceResult(f"i-{number}", each, "ClientNotRunning" if each == "Failed" else "")
            for number, each in enumerate(results)
        ),
    )


class Service:
    """Gives one answer after the other; the last one again and again."""

    def __init__(self, answers: Sequence[Invocation | Exception | None]) -> None:
        self.answers = list(answers)
        self.asked: list[Query] = []

    async def page(self, query: Query, cursor: Cursor) -> Page:
        self.asked.append(query)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return Page((answer,) if answer else ())


class Output:
    text = ""

    async def put(self, text: str) -> None:
        self.text += text


async def watch(
    *answers: Invocation | Exception | None, wanted: Watching = WANTED
) -> tuple[int, list[str], str, list[float]]:
    """Return the exit code, the lines, what was narrated, and how long was waited each time."""
    output, said, waits = Output(), io.StringIO(), list[float]()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    code = await run(
        wanted, Service(answers), output, Narrator(said), clock=lambda: 0.0, sleep=sleep
    )
    return code, output.text.splitlines(), said.getvalue(), waits


async def test_each_change_is_a_line_and_success_ends_with_0() -> None:
    code, lines, said, waits = await watch(
        send("Pending", "Pending", "Pending"),
        send("Running", "Running", "Pending"),
        send("Running", "Running", "Pending"),
        send("Running", "Success", "Running"),
        send("Success", "Success", "Success"),
    )
    assert code == 0
    assert lines == [
        "1970-01-01T00:00:00Z f-1 Pending 0/2 ok",
        "1970-01-01T00:00:00Z f-1 Running 0/2 ok",
        "1970-01-01T00:00:00Z f-1 Running 1/2 ok",
        "1970-01-01T00:00:00Z f-1 Success 2/2 ok",
    ]
    assert said == ""
    assert waits == [5.0] * 4, "never more often than every five seconds"


async def test_a_failed_instance_is_named_once_and_failure_ends_with_1() -> None:
    code, lines, _, _ = await watch(
        send("Running", "Failed", "Running"), send("PartialFailed", "Failed", "Success")
    )
    assert code == 1
    assert [line.split(" ", 1)[1] for line in lines] == [
        "f-1 Running 0/2 ok, 1 failed",
        "i-0 Failed ClientNotRunning",
        "f-1 PartialFailed 1/2 ok, 1 failed",
    ]


async def test_a_send_that_nobody_knows_ends_with_3() -> None:
    code, lines, said, _ = await watch(None)
    assert (code, lines) == (3, [])
    assert "There is no send f-1 in cn-hangzhou" in said


async def test_a_send_that_vanishes_unfinished_ends_with_3_and_one_that_comes_back_does_not() -> (
    None
):
    running, done = send("Running", "Running"), send("Success", "Success")
    code, lines, said, waits = await watch(running, None)
    assert (code, len(lines), len(waits)) == (3, 1, 3)
    assert said == "The service does not list f-1 any more; it was Running when last seen.\n"
    code, lines, said, _ = await watch(running, None, None, running, None, done)
    assert (code, len(lines), said) == (0, 2, "")


async def test_another_send_is_not_taken_for_the_one_that_is_watched() -> None:
    code, lines, said, _ = await watch(replace(send("Success", "Success"), invoke_id="f-2"))
    assert (code, lines) == (3, [])
    assert "no send f-1" in said


async def test_what_passes_is_waited_for_and_what_does_not_ends_with_3() -> None:
    code, lines, said, _ = await watch(Throttled("Too many calls."), send("Success", "Success"))
    assert code == 0
    assert "Asking again in 5 s" in said
    code, lines, said, _ = await watch(Denied("Not allowed."))
    assert (code, lines) == (3, [])
    assert "Not allowed." in said


async def test_the_time_limit_ends_with_3_and_says_how_far_it_was() -> None:
    wanted = Watching("cn-hangzhou", "f-1", timeout=0.01, interval=0.0)
    output, said = Output(), io.StringIO()
    code = await run(wanted, Service([send("Running", "Running")]), output, Narrator(said))
    assert code == 3
    assert "not finished within 0.01 s: it is Running" in said.getvalue()


async def test_foreign_words_are_only_ever_words() -> None:
    hostile = Invocation("f-1", "\x1b[2J", results=(InstanceResult("i-\x07", "Failed\n", "x\r"),))
    _, lines, _, _ = await watch(hostile)
    assert len(lines) == 2
    assert all(line.isprintable() for line in lines)
