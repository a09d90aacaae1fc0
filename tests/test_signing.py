"""Signing: the vendor's captured and published requests are reproduced, and nothing else is."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire import KEYS, VECTORS
from tui.api import signing
from tui.api.credentials import Credentials

CAPTURED: list[dict[str, Any]] = json.loads((VECTORS / "acs3-captured.json").read_text())
PUBLISHED: list[dict[str, Any]] = json.loads((VECTORS / "acs3-published.json").read_text())


def canonical(vector: dict[str, Any], **changes: Any) -> str:
    parts = {
        "method": vector["method"],
        "path": "/",
        "query": [tuple(pair) for pair in vector["query_pairs"]],
        "headers": vector["signed_headers"],
        "body": vector["body"].encode(),
        **changes,
    }
    return signing.canonical_request(**parts)


@pytest.mark.parametrize("vector", CAPTURED, ids=lambda vector: vector["name"])
def test_a_captured_request_is_reproduced(vector: dict[str, Any]) -> None:
    request = canonical(vector)
    to_sign = signing.string_to_sign(request)

    assert request == vector["canonical_request"]
    assert to_sign == vector["string_to_sign"]
    assert signing.signature(vector["access_key_secret"], to_sign) == vector["signature"]


@pytest.mark.parametrize("vector", CAPTURED, ids=lambda vector: vector["name"])
def test_the_order_of_the_pairs_does_not_matter(vector: dict[str, Any]) -> None:
    backwards = [tuple(pair) for pair in reversed(vector["query_pairs"])]

    assert canonical(vector, query=backwards) == vector["canonical_request"]


@pytest.mark.parametrize("vector", CAPTURED, ids=lambda vector: vector["name"])
def test_any_one_changed_byte_gives_another_signature(vector: dict[str, Any]) -> None:
    def sign(secret: str = vector["access_key_secret"], **changes: Any) -> str:
        return signing.signature(secret, signing.string_to_sign(canonical(vector, **changes)))

    pairs = [tuple(pair) for pair in vector["query_pairs"]]
    changed = [
        *(
            sign(query=[*pairs[:n], (name, value + "x"), *pairs[n + 1 :]])
            for n, (name, value) in enumerate(pairs)
        ),
        *(
            sign(headers={**vector["signed_headers"], name: value + "x"})
            for name, value in vector["signed_headers"].items()
        ),
        sign(secret=vector["access_key_secret"] + "x"),
        sign(method="GET"),
        sign(path="/x"),
        sign(body=vector["body"].encode() + b"x"),
    ]

    assert vector["signature"] not in changed
    assert len(set(changed)) == len(changed)


@pytest.mark.parametrize("vector", PUBLISHED, ids=lambda vector: vector["date"])
def test_the_published_example_is_signed_as_published(vector: dict[str, Any]) -> None:
    lines = vector["canonical_request"].split("\n")
    headers = signing.signed_headers(
        action="RunInstances",
        version="2014-05-26",
        host="ecs.cn-shanghai.aliyuncs.com",
        query=parse_qsl(lines[2]),
        credentials=Credentials(vector["access_key_id"], vector["access_key_secret"]),
        date=vector["date"],
        nonce=vector["nonce"],
    )

    assert signing.string_to_sign(vector["canonical_request"]) == vector["string_to_sign"]
    assert dict(headers)["authorization"] == (
        f"ACS3-HMAC-SHA256 Credential={vector['access_key_id']},"
        f"SignedHeaders={lines[-2]},Signature={vector['signature']}"
    )


def signed(credentials: Credentials = KEYS, nonce: str = "n") -> dict[str, str]:
    return dict(
        signing.signed_headers(
            action="DescribeRegions",
            version="2014-05-26",
            host="ecs.cn-hangzhou.aliyuncs.com",
            query=[("AcceptLanguage", "en-US")],
            credentials=credentials,
            date="2026-11-24T19:32:33Z",
            nonce=nonce,
        )
    )


def test_only_the_host_and_the_services_own_headers_are_signed() -> None:
    headers = signed()
    names = headers["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")

    assert set(names) == set(headers) - {"authorization"}
    assert all(name == "host" or name.startswith("x-acs-") for name in names)
    assert "x-acs-security-token" not in headers


def test_a_security_token_travels_signed() -> None:
    headers = signed(Credentials("testid", "testsecret", "teststoken/+=AB=="))

    assert headers["x-acs-security-token"] == "teststoken/+=AB=="
    assert headers["x-acs-accesskey-id"] == "testid"
    assert "x-acs-accesskey-id;" in headers["authorization"]
    assert ";x-acs-security-token;" in headers["authorization"]


def test_the_secret_is_in_no_header_and_no_representation() -> None:
    credentials = Credentials("testid", "very-secret", "very-token")

    assert "very-secret" not in repr(signed(credentials))
    assert "very-" not in repr(credentials)


def test_another_nonce_gives_another_signature() -> None:
    assert signed(nonce="a")["authorization"] != signed(nonce="b")["authorization"]


def test_header_values_are_stripped_before_they_are_signed() -> None:
    padded = signing.canonical_request("POST", "/", [], {"host": "  h\t"}, b"")

    assert padded == signing.canonical_request("POST", "/", [], {"host": "h"}, b"")


def test_an_empty_path_is_the_root() -> None:
    empty = signing.canonical_request("POST", "", [], {"host": "h"}, b"")

    assert empty == signing.canonical_request("POST", "/", [], {"host": "h"}, b"")


def test_a_time_is_written_in_utc_to_the_second() -> None:
    assert signing.timestamp(1_574_000_000.999) == "2019-11-17T14:13:20Z"


TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
UNRESERVED = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~%=&")


@given(st.lists(st.tuples(TEXT, TEXT), max_size=8))
def test_a_canonical_query_decodes_to_what_was_asked(pairs: list[tuple[str, str]]) -> None:
    query = signing.canonical_query(pairs)

    assert set(query) <= UNRESERVED
    decoded = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(pairs))
    assert sorted(pairs) == decoded


@given(st.lists(st.tuples(TEXT, TEXT), max_size=8), st.randoms())
def test_a_canonical_query_has_one_form(pairs: list[tuple[str, str]], random: Any) -> None:
    shuffled = random.sample(pairs, len(pairs))

    assert signing.canonical_query(shuffled) == signing.canonical_query(pairs)


def test_characters_that_libraries_disagree_about_are_escaped() -> None:
    assert signing.canonical_query([("k", " *+/!'()~")]) == "k=%20%2A%2B%2F%21%27%28%29~"
    assert signing.canonical_query([("Name", ""), ("é", "中")]) == "Name=&%C3%A9=%E4%B8%AD"


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        signing.canonical_query([("Name", "\ud800")])
