"""Is this my file? Byte for byte, encoded, or the same but for what editors do."""

from __future__ import annotations

import base64
import codecs
from base64 import b64encode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triage.rows import controls, invocations
from tui.records import FileContent, Invocation
from tui.triage.content import Fingerprint, decode, fingerprint
from tui.triage.conversions import MAX_CONVERTED
from tui.triage.verifying import verify

TEXT = "listen 80;\nname ü;\n维护\n"


def sent(data: bytes, content_type: str = "Base64") -> FileContent:
    text = b64encode(data).decode() if content_type == "Base64" else data.decode()
    return decode(Invocation("f", "Success", content_type=content_type, content=text))


def test_the_very_bytes_are_the_file_and_it_is_said_how_they_travelled() -> None:
    encoded = verify(TEXT.encode(), sent(TEXT.encode()))
    assert (encoded.match, encoded.same) == ("decoded", True)
    assert "once the Base64 that was sent is decoded" in encoded.sentence
    assert sha256(TEXT.encode()).hexdigest() in encoded.sentence
    plain = verify(TEXT.encode(), sent(TEXT.encode(), "PlainText"))
    assert (plain.match, plain.same) == ("decoded", True)
    assert "byte for byte" in plain.sentence


def test_the_encoded_text_itself_is_told_from_the_file() -> None:
    found = verify(b64encode(TEXT.encode()), sent(TEXT.encode()))
    assert (found.match, found.same) == ("raw", True)
    assert "not yet decoded" in found.sentence


def test_of_a_kept_hash_the_same_can_be_said() -> None:
    kept = fingerprint(sent(TEXT.encode()))
    assert verify(TEXT.encode(), kept).match == "decoded"
    assert verify(b64encode(TEXT.encode()), kept).match == "raw"
    bare = Fingerprint(kept.sha256)
    assert verify(TEXT.encode(), bare).match == "decoded"
    assert verify(TEXT.replace("\n", "\r\n").encode(), bare).differences == (CRLF_HERE,)


CRLF_HERE = "line ends: CRLF in the local file, LF in what was sent"
NO_END_HERE = "line ends at the very end: none in the local file, one in what was sent"
BOM_HERE = "byte order mark (BOM): only in the local file"


def of(name: str, other: str = "UTF-8") -> str:
    return f"encoding: {name} in the local file, {other} in what was sent"


@pytest.mark.parametrize("kept", [False, True], ids=["content", "hash"])
@pytest.mark.parametrize(
    ("local", "arrived", "differences"),
    [
        (TEXT.replace("\n", "\r\n").encode(), TEXT.encode(), {CRLF_HERE}),
        (
            TEXT.encode(),
            TEXT.replace("\n", "\r\n").encode(),
            {"line ends: LF in the local file, CRLF in what was sent"},
        ),
        (
            b"a\r\nb\nc\n",
            b"a\nb\nc\n",
            {"line ends: CRLF and LF mixed in the local file, LF in what was sent"},
        ),
        (codecs.BOM_UTF8 + TEXT.encode(), TEXT.encode(), {BOM_HERE}),
        (
            TEXT.encode(),
            codecs.BOM_UTF8 + TEXT.encode(),
            {"byte order mark (BOM): only in what was sent"},
        ),
        (TEXT.rstrip().encode(), TEXT.encode(), {NO_END_HERE}),
        (
            TEXT.encode(),
            TEXT.rstrip().encode(),
            {"line ends at the very end: one in the local file, none in what was sent"},
        ),
        (
            (TEXT + "\n\n").encode(),
            TEXT.encode(),
            {"line ends at the very end: 3 in the local file, one in what was sent"},
        ),
        (TEXT.encode("utf-16"), TEXT.encode(), {of("UTF-16LE"), BOM_HERE}),
        (TEXT.encode("utf-16-be"), TEXT.encode(), {of("UTF-16BE")}),
        (TEXT.encode("gbk", "ignore"), TEXT.replace("ü", "ü").encode("utf-8"), {of("GBK")}),
        ("name é;\n".encode("latin-1"), "name é;\n".encode(), {of("Latin-1")}),
        ("name é;\n".encode(), "name é;\n".encode("latin-1"), {of("UTF-8", "Latin-1")}),
        ("维护\n".encode(), "维护\n".encode("gbk"), {of("UTF-8", "GBK")}),
        (
            codecs.BOM_UTF8 + TEXT.replace("\n", "\r\n").rstrip().encode(),
            TEXT.encode(),
            {BOM_HERE, CRLF_HERE, NO_END_HERE},
        ),
        (
            codecs.BOM_UTF16_LE + TEXT.replace("\n", "\r\n").encode("utf-16-le"),
            TEXT.encode(),
            {of("UTF-16LE"), BOM_HERE, CRLF_HERE},
        ),
        (
            b64encode(bytes(range(256))) + b"\n",
            bytes(range(256)),
            {"the local file is the Base64 text of what was sent"},
        ),
        (
            bytes(range(256)),
            base64.encodebytes(bytes(range(256))),
            {"what was sent is the Base64 text of the local file"},
        ),
        (b"\xff\xfe\x00\r\n\x81\x01", b"\xff\xfe\x00\n\x81\x01", {CRLF_HERE}),
    ],
)
def test_usual_differences_are_named(
    local: bytes, arrived: bytes, differences: set[str], kept: bool
) -> None:
    content = sent(arrived)
    found = verify(local, fingerprint(content) if kept else content)
    assert found.match == "converted"
    assert not found.same
    assert set(found.differences) == differences
    assert all(phrase in found.sentence for phrase in differences)


def test_another_file_is_another_file_and_it_is_said_where_it_begins_to_differ() -> None:
    found = verify(b"one\ntwo\n", sent(b"one\ntoo!\n"))
    assert (found.match, found.same) == ("different", False)
    assert found.sentence == (
        "It is another file: 8 bytes here, 9 bytes sent;"
        " the first difference is at byte 6, in line 2."
    )
    hashed = verify(b"one\n", Fingerprint("0" * 64))
    assert hashed.sentence == "It is another file: 4 bytes here."


def test_of_nothing_nothing_is_said() -> None:
    found = verify(b"one", None)
    assert (found.match, found.same) == ("unknown", False)
    assert "Neither the content nor its hash is known" in found.sentence


def test_a_large_file_is_not_converted() -> None:
    large = b"a\r\n" * (MAX_CONVERTED // 3 + 1)
    assert verify(large, Fingerprint(sha256(large.replace(b"\r", b"")).hexdigest())).match == (
        "different"
    )


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_two_files_are_the_same_exactly_where_their_bytes_are(one: bytes, other: bytes) -> None:
    assert verify(one, sent(one)).match == "decoded"
    found = verify(one, sent(other))
    assert (found.match == "decoded") == (one == other)
    assert not controls(found.sentence, "")


@given(st.text(max_size=60), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), st.booleans())
def test_converted_text_is_recognised(text: str, codec: str, windows: bool) -> None:
    clean = text.encode("utf-8", "ignore").decode().replace("\r", "")
    local = (clean.replace("\n", "\r\n") if windows else clean).encode(codec)
    found = verify(local, fingerprint(sent(clean.encode())))
    assert found.match in ("decoded", "converted")


def test_every_kind_of_content_of_the_fleet_is_recognised() -> None:
    seen = set()
    for invocation in invocations()[:300]:
        content = decode(invocation)
        seen.add(content.encoding)
        assert verify(content.data, content).match == "decoded"
        changed = verify(content.data + b"\n", fingerprint(content))
        assert changed.match == "converted"
    assert len(seen) >= 3
