"""Compressed bodies: whole or not at all, and never larger than allowed."""

from __future__ import annotations

import gzip
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.api.errors import BadAnswer, Oversized
from tui.api.inflate import MAX_MEMBERS, Body

pytestmark = pytest.mark.anyio


@given(st.binary(max_size=2000), st.integers(1, 400))
def test_chunks_of_any_size_give_the_whole_body(content: bytes, size: int) -> None:
    for encoding, sent in (("gzip", gzip.compress(content)), ("identity", content)):
        body = Body(encoding)
        for start in range(0, len(sent), size):
            body.feed(sent[start : start + size])

        assert body.finish() == content


@given(st.binary(min_size=1, max_size=300), st.data())
def test_no_beginning_of_a_compressed_body_passes_for_the_whole(
    content: bytes, data: st.DataObject
) -> None:
    sent = gzip.compress(content)
    cut = data.draw(st.integers(1, len(sent) - 1))
    body = Body("gzip")

    with pytest.raises(BadAnswer):
        body.feed(sent[:cut])
        body.finish()


def test_the_limit_is_exact() -> None:
    for encoding, just, more in (
        ("", b"x" * 10, b"x" * 11),
        ("gzip", gzip.compress(b""), gzip.compress(b"x" * 41)),
    ):
        limit = 10 if not encoding else 40
        body = Body(encoding, limit)
        body.feed(just)
        body.finish()
        with pytest.raises(Oversized):
            Body(encoding, limit).feed(more)
    body = Body("gzip", 40)
    body.feed(gzip.compress(b"x" * 40))
    assert body.finish() == b"x" * 40


def test_an_excess_is_never_inflated_as_a_whole() -> None:
    bomb = gzip.compress(bytes(20_000_000), 9)
    body = Body("gzip", 100_000)
    tracemalloc.start()
    try:
        with pytest.raises(Oversized):
            body.feed(bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert len(bomb) < 100_000 and peak < 1_000_000


def test_a_body_of_endlessly_many_empty_pieces_is_refused() -> None:
    body = Body("gzip")
    body.feed(gzip.compress(b"") * MAX_MEMBERS)

    with pytest.raises(BadAnswer, match="too many pieces"):
        body.feed(gzip.compress(b""))


def test_an_empty_body_is_empty_whatever_it_is_called() -> None:
    assert Body("gzip").finish() == b""
