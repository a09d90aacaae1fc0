"""Addresses that credentials are fetched from: https, or this machine's own."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from tui.api.endpoints import resolve
from tui.api.errors import CredentialsUnavailable, EndpointInvalid
from tui.plain import printable

METADATA_HOST: Final = "100.100.100.200"
"""Where an instance finds services of its own machine, over plain http."""


def checked(url: str, what: str) -> str:
    """Return an address that may be asked for credentials.

    Args:
        url: as somebody has written it.
        what: what it is called, for the sentence.

    Raises:
        CredentialsUnavailable: it is none, or credentials would travel over plain http.
    """
    text = url.strip()
    scheme, separator, rest = text.partition("://")
    if not separator or not text.isascii() or not text.isprintable() or " " in text:
        raise CredentialsUnavailable(f"The {what} is not an address that begins with https://.")
    authority = rest.partition("/")[0].partition("?")[0].partition("#")[0]
    if scheme.lower() == "http" and authority in (METADATA_HOST, f"{METADATA_HOST}:80"):
        return text
    try:
        resolve("", endpoint=f"{scheme}://{authority}")
    except EndpointInvalid as error:
        sentence = error.sentence.replace("The endpoint", f"The {what}", 1)
        raise CredentialsUnavailable(
            sentence, advice="Use https://; plain http is for this machine only."
        ) from None
    return text


def origin(url: str) -> str:
    """Return scheme, host and port of an address, which are nobody's secret."""
    parts = urlsplit(url)
    return printable(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", 100)
