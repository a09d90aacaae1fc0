"""Looks for secrets where none may be: in clear, in percent form and in Base64."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus


def forms(secret: str) -> Iterator[bytes]:
    """Yield a secret in clear, in percent forms and inside of any Base64."""
    yield secret.encode()
    yield quote(secret, safe="").encode()
    yield quote_plus(secret).encode()
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + secret.encode())
        # The first and last characters depend on what stands around it.
        yield encoded[(shift * 8 + 5) // 6 : len(encoded.rstrip(b"=")) - 1]


def assert_silent(content: bytes, secrets: Iterable[str], where: str) -> None:
    for secret in secrets:
        for form in forms(secret):
            assert form not in content, f"{form!r} is in {where}"
