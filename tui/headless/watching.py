"""What `watch` does: ask after one send until it has finished, and tell each change on a line."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from tui.api.errors import ApiError, InvalidQuery
from tui.api.pager import Pager, PageSource
from tui.headless.listing import DONE, FAILED, FAILURES_FOUND, USAGE, Output
from tui.headless.streams import Narrator
from tui.plain import printable
from tui.records import Invocation, Query

INTERVAL: Final = 5.0
"""Seconds between two questions: the quota is shared with every other tool of the account."""

MOST_MISSES: Final = 3
"""Answers in a row without a send that was there before, after which it is given up."""


@dataclass(frozen=True, slots=True)
class Watching:
    """What to wait for."""

    region: str
    invoke_id: str
    timeout: float | None = None
    """Seconds; None: as long as it takes."""
    interval: float = INTERVAL
    """Seconds between two questions."""


async def run(
    wanted: Watching,
    service: PageSource,
    output: Output,
    narrator: Narrator,
    *,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> int:
    """Write a line for each change until the send has finished, and return the exit code.

    Raises:
        OutputFailed: the reader has gone.
    """
    seen: Invocation | None = None
    try:
        async with asyncio.timeout(wanted.timeout):
            async with contextlib.aclosing(_news(wanted, service, narrator, sleep)) as news:
                async for now in news:
                    lines = "".join(f"{line}\n" for line in changes(seen, now, clock()))
                    seen = now
                    if lines:
                        await output.put(lines)
    except TimeoutError:
        state = f"it is {printable(seen.status)}" if seen else "nothing was heard of it"
        narrator.say(f"It has not finished within {wanted.timeout:g} s: {state}.")
        return FAILED
    except InvalidQuery as error:
        narrator.say(str(error))
        return USAGE
    except ApiError as error:
        narrator.say(str(error))
        return FAILED
    if seen is None:
        narrator.say(
            f"There is no send {printable(wanted.invoke_id)} in {printable(wanted.region)};"
            " the service forgets after a while, and another region has others."
        )
        return FAILED
    if not seen.finished:
        narrator.say(
            f"The service does not list {printable(seen.invoke_id)} any more;"
            f" it was {printable(seen.status)} when last seen."
        )
        return FAILED
    return FAILURES_FOUND if seen.failed or seen.failed_count else DONE


async def _news(
    wanted: Watching,
    service: PageSource,
    narrator: Narrator,
    sleep: Callable[[float], Awaitable[None]],
) -> AsyncGenerator[Invocation, None]:
    """Yield the send at each interval, the last time finished unless it vanishes before that."""
    query = Query(wanted.region, invoke_id=wanted.invoke_id)
    # Where it has never been there, one answer without it is enough.
    misses = MOST_MISSES
    while True:
        try:
            page = await Pager(service, query, size=1).next()
        except ApiError as error:
            if not error.retryable:
                raise
            narrator.say(f"{error.sentence} Asking again in {wanted.interval:g} s.")
        else:
            there = page.invocations if page else ()
            now = next((each for each in there if each.invoke_id == wanted.invoke_id), None)
            if now is not None:
                misses = 0
                yield now
                if now.finished:
                    return
            else:
                misses += 1
                if misses >= MOST_MISSES:
                    return
        await sleep(wanted.interval)


def changes(before: Invocation | None, now: Invocation, moment: float) -> Iterator[str]:
    """Yield a line for the send where it has changed, and one for each instance newly failed."""
    at = f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}"
    if before is None or _figures(before) != _figures(now):
        failed = f", {now.failed_count} failed" if now.failed_count else ""
        yield (
            f"{at} {printable(now.invoke_id)} {printable(now.status)}"
            f" {now.ok_count}/{now.total_count} ok{failed}"
        )
    known = {each.instance_id for each in before.results if each.failed} if before else set()
    for result in now.results:
        if result.failed and result.instance_id not in known:
            code = f" {result.error_code}" if result.error_code else ""
            yield f"{at} {printable(result.instance_id)} {printable(result.status + code)}"


def _figures(invocation: Invocation) -> tuple[object, ...]:
    return (
        invocation.status,
        invocation.ok_count,
        invocation.failed_count,
        invocation.total_count,
    )
