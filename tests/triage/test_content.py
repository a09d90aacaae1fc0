"""What a file's content really is."""

from __future__ import annotations

import base64
from hashlib import sha256

import pytest

from tui.records import Invocation
from tui.triage.content import Fingerprint, decode, fingerprint


def content(text: str, content_type: str = "PlainText") -> Invocation:
    return Invocation("f-1", "Success", content=text, content_type=content_type)


ENCODED = base64.b64encode(b"#!/bin/sh\necho hello\n").decode()


@pytest.mark.parametrize(
    ("sent", "content_type", "data", "encoding"),
    [
        ("listen 80;\n", "PlainText", b"listen 80;\n", "plain text"),
        (ENCODED, "Base64", b"#!/bin/sh\necho hello\n", "Base64"),
        (ENCODED, "PlainText", b"#!/bin/sh\necho hello\n", "Base64, sent as plain text"),
        ("true", "PlainText", b"true", "plain text"),
        ("", "PlainText", b"", "plain text"),
        ("not base64!", "Base64", b"not base64!", "Base64, cannot be decoded: shown as sent"),
        ("naïve", "PlainText", "naïve".encode(), "plain text"),
    ],
)
def test_content_is_decoded_as_it_was_meant(
    sent: str, content_type: str, data: bytes, encoding: str
) -> None:
    decoded = decode(content(sent, content_type))
    assert decoded.data == data
    assert decoded.encoding == encoding
    assert decoded.text == data.decode()
    assert decoded.sha256 == sha256(data).hexdigest()
    assert decoded.raw_sha256 == sha256(sent.encode()).hexdigest()


def test_base64_of_what_is_no_text_is_left_alone_under_plain_text() -> None:
    sent = base64.b64encode(bytes(range(256))).decode()
    assert decode(content(sent)).data == sent.encode()
    binary = decode(content(sent, "Base64"))
    assert binary.data == bytes(range(256))
    assert binary.text is None


def test_a_lone_surrogate_is_hashed_and_not_fatal() -> None:
    decoded = decode(content("a\ud800"))
    assert decoded.text is None
    assert len(decoded.data) == 4


def test_words_over_several_lines_are_not_taken_for_wrapped_base64() -> None:
    assert decode(content("true\ntrue\ntrue\n")).encoding == "plain text"
    wrapped = base64.encodebytes(b"key = value\n" * 20).decode()
    assert decode(content(wrapped)).data == b"key = value\n" * 20


def test_a_fingerprint_is_what_is_left_of_a_content() -> None:
    whole = decode(content(ENCODED, "Base64"))
    assert fingerprint(whole) == Fingerprint(whole.sha256, 21, whole.raw_sha256)
