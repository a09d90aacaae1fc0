"""Mutated answers on a real socket: a page or an error of ours comes of each, and nothing else."""

from __future__ import annotations

import asyncio
import gzip
import json
from random import Random
from typing import Any

import pytest

from tests import hostile
from tests.depth import deep
from tests.unbreakable.service import message
from tests.wire import KEYS, VECTORS, serving
from tui.api.client import Client
from tui.api.credentials import FixedCredentials
from tui.api.endpoints import resolve
from tui.api.errors import ApiError
from tui.api.lenient import MAX_ROWS
from tui.api.pacing import RetryPolicy
from tui.api.transport import HttpTransport
from tui.emulator.fleet import Fleet
from tui.emulator.handler import Emulator
from tui.records import Cursor, Page, Query

pytestmark = pytest.mark.anyio

ANSWERS = deep(20_000, 2_000)

TOGETHER = 8
"""Questions under way at a time."""

SCRAPS = [
    *(piece.encode("utf-8", "surrogatepass") for piece in hostile.PIECES),
    *b'" \\ { } [ ] : , \r\n \0 \xff \xfe\xff 0 -1 1e999 null true NaN'.split(b" "),
    *(b"\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/9.9 999 ", b"Content-Length: 0\r\n"),
    *(b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: gzip\r\n", b"Location: \r\n"),
    *(b"9" * 400, b"[" * 5000, b'{"a":' * 2000, b"\\ud800", b"\\u0000"),
]
"""What is put into an answer, besides bytes by chance."""


def originals() -> list[bytes]:
    """Return a page of the emulator, and every answer that the service is known to give."""
    emulator = Emulator(Fleet(8, 7))
    page = json.dumps(
        {
            "RequestId": "R",
            "NextToken": "T",
            "Invocations": {"Invocation": [emulator.fleet.invocation(n) for n in range(3)]},
        }
    )
    scripted = [
        answer
        for case in json.loads((VECTORS / "answers.json").read_text())
        for answer in case["responses"]
    ]
    return [message(200, page.encode())] * 10 + [
        message(answer["status"], answer["body"].encode(), answer["headers"]) for answer in scripted
    ]


def spoilt(answer: bytes, random: Random) -> bytes:
    """Return an answer with changes anywhere, or in a body whose length is told truly."""
    head, _, body = answer.partition(b"\r\n\r\n")
    if random.random() < 0.3:
        return mutated(answer, random)
    body = mutated(body, random) if random.random() < 0.4 else other_values(body, random)
    headers = [line for line in head.split(b"\r\n") if not line.startswith(b"content-length")]
    if random.random() < 0.2:
        headers, body = [*headers, b"content-encoding: gzip"], gzip.compress(body, 1)
    return b"\r\n".join([*headers, b"content-length: %d" % len(body), b"", body])


def other_values(body: bytes, random: Random) -> bytes:
    """Return JSON in which a few values are others, of any type; anything else is left alone."""

    def changed(value: Any) -> Any:
        if random.random() < 0.06:
            return random.choice(
                [None, True, -1, 1e308, 2**70, [], {}, [[{}]], hostile.text(random)]
            )
        if isinstance(value, dict):
            return {name: changed(inner) for name, inner in value.items()}
        return [changed(inner) for inner in value] if isinstance(value, list) else value

    try:
        return json.dumps(changed(json.loads(body))).encode()
    except ValueError:
        return mutated(body, random)


def mutated(answer: bytes, random: Random) -> bytes:
    """Return bytes with a few changes by chance."""
    content = bytearray(answer)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(content) + 1)
        match random.randrange(6):
            case 0:
                content[at : at + 1] = bytes([random.randrange(256)])
            case 1:
                content[at:at] = random.choice(SCRAPS)
            case 2:
                del content[at : at + random.randint(1, 40)]
            case 3:
                content[at:at] = content[at : at + random.randint(1, 200)] * random.randint(1, 4)
            case 4:
                other = random.randrange(len(content) + 1)
                content[at : at + 20] = content[other : other + 20]
            case _:
                # Within a line of the head, or a value of the body.
                words = content.split(b":")
                words[random.randrange(len(words))] += random.choice(SCRAPS)
                content = bytearray(b":".join(words))
    return bytes(
        content if random.random() < 0.9 else content[: random.randrange(len(content) + 1)]
    )


async def test_of_a_mutated_answer_comes_a_page_or_an_error_of_ours() -> None:
    random, known = Random(7), originals()
    outcomes: dict[type, int] = {}
    unheard: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context))

    async def respond(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(spoilt(random.choice(known), random))
        await writer.drain()
        writer.close()

    async with serving(respond) as url:
        client = Client(
            endpoint=resolve("", endpoint=url),
            credentials=FixedCredentials(KEYS),
            transport=HttpTransport(),
            policy=RetryPolicy(attempts=1, failures=10**9),
        )

        async def ask(times: int) -> None:
            for _ in range(times):
                outcome: Page | ApiError
                try:
                    outcome = await client.page(Query("cn-hangzhou"), Cursor())
                    check(outcome)
                except ApiError as error:
                    outcome = error
                    assert str(error).isprintable() and len(str(error)) < 4_000
                outcomes[type(outcome)] = outcomes.get(type(outcome), 0) + 1

        await asyncio.gather(*(ask(ANSWERS // TOGETHER) for _ in range(TOGETHER)))
        await client.aclose()

    assert sum(outcomes.values()) == ANSWERS
    assert len(outcomes) > 5 and outcomes[Page] > ANSWERS // 20, outcomes
    assert unheard == []


def check(page: Page) -> None:
    """See that what a page has can be kept and sent: no half of a pair, no endless list."""
    assert len(page.invocations) <= MAX_ROWS
    repr(page).encode()
    page.next_token.encode()
    for row in page.invocations:
        json.loads(row.raw)
        "".join((row.invoke_id, row.name, row.content, row.status, row.file_owner)).encode()
