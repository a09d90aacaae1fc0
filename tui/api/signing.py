"""ACS3-HMAC-SHA256: canonical request, string to sign, signature; pure, clock and nonce passed in.

Only the host and the `x-acs-*` headers are signed, so that a proxy may rewrite the others. The
canonical query is also the one that goes on the wire, character for character.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from tui.api.credentials import Credentials

ALGORITHM: Final = "ACS3-HMAC-SHA256"
"""The name of the scheme, in the string to sign and in the Authorization header."""


def canonical_query(query: Iterable[tuple[str, str]]) -> str:
    """Return decoded pairs, in any order, as the sorted and percent-encoded query string.

    Raises:
        UnicodeEncodeError: a lone surrogate is in a pair, which no UTF-8 can carry.
    """
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in sorted(query))


def canonical_request(
    method: str,
    path: str,
    query: Iterable[tuple[str, str]],
    headers: Mapping[str, str],
    body: bytes,
) -> str:
    """Return the request in the one form that both sides hash.

    Args:
        method: in upper case, as sent.
        path: as it is on the wire.
        query: decoded pairs, in any order.
        headers: those to sign, by lower-case name.
        body: as sent.
    """
    names = sorted(headers)
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    parts = (
        method,
        path or "/",
        canonical_query(query),
        lines,
        ";".join(names),
        hashlib.sha256(body).hexdigest(),
    )
    return "\n".join(parts)


def string_to_sign(canonical_request: str) -> str:
    """Return what is signed: the name of the scheme and the hash of the canonical request."""
    return f"{ALGORITHM}\n{hashlib.sha256(canonical_request.encode()).hexdigest()}"


def signature(secret: str, string_to_sign: str) -> str:
    """Return the signature in hexadecimal; the key is the plain secret."""
    return hmac.new(secret.encode(), string_to_sign.encode(), hashlib.sha256).hexdigest()


def signed_headers(
    *,
    action: str,
    version: str,
    host: str,
    query: Iterable[tuple[str, str]],
    credentials: Credentials,
    date: str,
    nonce: str,
    method: str = "POST",
    path: str = "/",
    body: bytes = b"",
) -> tuple[tuple[str, str], ...]:
    """Return the headers of a signed request: all that are signed, then Authorization.

    Args:
        action: the operation, for example DescribeRegions.
        version: of the API, for example 2014-05-26.
        host: the Host header as it will be sent.
        query: decoded pairs, in any order.
        credentials: whose signature it is.
        date: as `timestamp` writes it.
        nonce: a text never used before.
        method: in upper case.
        path: as it will be sent.
        body: as it will be sent.
    """
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
        "x-acs-date": date,
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    if credentials.security_token:
        headers["x-acs-accesskey-id"] = credentials.access_key_id
        headers["x-acs-security-token"] = credentials.security_token
    to_sign = string_to_sign(canonical_request(method, path, query, headers, body))
    authorization = (
        f"{ALGORITHM} Credential={credentials.access_key_id},"
        f"SignedHeaders={';'.join(sorted(headers))},"
        f"Signature={signature(credentials.access_key_secret, to_sign)}"
    )
    return (*headers.items(), ("authorization", authorization))


def timestamp(seconds: float) -> str:
    """Return unix seconds as the service writes a time: `2026-11-24T19:32:33Z`."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _encoded(text: str) -> str:
    return quote(text, safe="~")
