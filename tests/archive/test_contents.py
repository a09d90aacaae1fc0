"""Contents of files: in the file only where that is wanted, in this session for a while."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.archive.samples import archive_at, invocation, opened_view, view_at, with_content
from tui.archive.contents import Contents
from tui.archive.originals import compress, decompress, without_content

pytestmark = pytest.mark.anyio

SECRET = "password=correct horse battery staple"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "archive.sqlite3"


def everything_on_disk(path: Path) -> bytes:
    return b"".join(each.read_bytes() for each in path.parent.iterdir())


@pytest.mark.parametrize("contents", [False, True])
async def test_a_content_is_kept_only_where_that_is_wanted(path: Path, contents: bool) -> None:
    sent = with_content(1, SECRET)
    async with archive_at(path, contents=contents) as archive:
        view = await opened_view(archive)
        await view.add([sent])
        assert await archive.invocation("me", "f-1") == sent, "in this session it is there"
        await view.close()
    async with archive_at(path, contents=contents) as archive:
        known = await archive.known("me", "f-1")
        assert known is not None
        assert known.content_size == len(SECRET)
        assert known.content_sha256 == hashlib.sha256(SECRET.encode()).hexdigest()
        assert known.content_missing is not contents
        assert known.invocation.content == (SECRET if contents else "")
        assert json.loads(known.invocation.raw).get("Content") == (SECRET if contents else None)
        assert json.loads(known.invocation.raw)["Name"] == "file-1"


async def test_nothing_of_a_content_is_in_the_file(path: Path) -> None:
    # Bytes that do not compress, so that they could be found.
    content = "".join(f"{number * 7919 % 9973:04}" for number in range(200))
    sent = with_content(1, content)
    async with view_at(path) as view:
        await view.add([sent])
        assert content[:40].encode() not in everything_on_disk(path)
    async with archive_at(path) as archive:
        rows = await archive.run(
            lambda connection: connection.execute("SELECT raw, content FROM original").fetchall()
        )
    [(raw, kept)] = rows
    assert kept is None
    assert content[:10] not in decompress(raw)


async def test_contents_that_are_not_wanted_any_more_go(path: Path) -> None:
    async with view_at(path, contents=True) as view:
        await view.add([with_content(number, SECRET) for number in range(3)])
    async with archive_at(path) as archive:
        known = await archive.known("me", "f-1")
        assert known is not None
        assert not known.content_missing, "it goes when the archive is closed"
    async with archive_at(path) as archive:
        known = await archive.known("me", "f-1")
        assert known is not None
        assert known.content_missing
        assert "Content" not in known.invocation.raw


async def test_an_answer_without_content_takes_none_away(path: Path) -> None:
    async with archive_at(path, contents=True) as archive:
        view = await opened_view(archive)
        await view.add([with_content(1, SECRET)])
        await view.add([invocation(1)])
        known = await archive.known("me", "f-1")
        assert known is not None
        assert known.invocation.content == SECRET
        assert known.content_size == len(SECRET)
        await view.close()


async def test_an_invocation_without_content_misses_none(path: Path) -> None:
    async with archive_at(path) as archive:
        view = await opened_view(archive)
        await view.add([invocation(1)])
        known = await archive.known("me", "f-1")
        assert known is not None
        assert (known.content_size, known.content_sha256, known.content_missing) == (0, "", False)
        assert await archive.known("me", "f-2") is None
        await view.close()


def test_as_much_is_remembered_as_there_is_room_for() -> None:
    contents = Contents(1_000)
    sent = [with_content(number, str(number) * 200) for number in range(9)]
    contents.remember(sent)
    bare = [invocation(number) for number in range(9)]
    remembered = [each.invoke_id for each in map(contents.fill, bare) if each.content]
    assert remembered == ["f-7", "f-8"]
    contents.remember([with_content(7, "again")])
    contents.remember([with_content(9, "9" * 200)])
    assert contents.fill(bare[7]).content == "again", "what was seen again stays longer"
    contents.remember([with_content(1, "x" * 2_000)])
    assert not any(contents.fill(each).content for each in bare)


json_texts = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("Content"), inner),
    max_leaves=8,
)


def pruned(value: object) -> object:
    """Return a JSON value without any `Content`, by a plain walk."""
    if isinstance(value, dict):
        return {key: pruned(each) for key, each in value.items() if key != "Content"}
    return [pruned(each) for each in value] if isinstance(value, list) else value


@given(json_texts, st.sampled_from([(",", ":"), (", ", ": ")]))
def test_json_without_content_is_json_without_content(
    value: object, separators: tuple[str, str]
) -> None:
    raw = json.dumps({"A": 1, "Content": value, "B": value}, separators=separators)
    assert json.loads(without_content(raw)) == pruned(json.loads(raw))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ('{"Content":"a","B":1}', '{"B":1}'),
        ('{"A":1,"Content":"a"}', '{"A":1}'),
        ('{"A": 1, "Content": "a\\"b", "B": 2}', '{"A": 1, "B": 2}'),
        ('{"Content":"a"}', "{}"),
        ('{"A":"\\"Content\\":1","B":1.50}', '{"A":"\\"Content\\":1","B":1.50}'),
        ('{"ContentType":"PlainText"}', '{"ContentType":"PlainText"}'),
        ('{"A":1,"Content":"cut off', '{"A":1,'),
        ("", ""),
    ],
)
def test_the_rest_of_the_json_stays_as_it_is(raw: str, expected: str) -> None:
    assert without_content(raw) == expected


@given(st.text(st.characters()))
def test_what_is_compressed_comes_back(text: str) -> None:
    assert decompress(compress(text)) == text


@given(st.binary())
def test_damaged_bytes_are_an_empty_text_or_some(data: bytes) -> None:
    assert isinstance(decompress(data), str)
