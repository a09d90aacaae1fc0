"""Whom to trust at the other end of a TLS connection."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping

from tui.api.errors import NotReached


def context(environ: Mapping[str, str] = os.environ) -> ssl.SSLContext:
    """Return a context that verifies the other side and keeps no log of keys.

    The certificates are those of `SSL_CERT_FILE` and `SSL_CERT_DIR` where one is set, else the
    collection that comes with the HTTP library.

    Raises:
        tui.api.errors.NotReached: the certificates cannot be read.
    """
    file, directory = environ.get("SSL_CERT_FILE"), environ.get("SSL_CERT_DIR")
    # Made by hand, because the standard helper writes session keys to SSLKEYLOGFILE.
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if not file and not directory:
        import certifi

        made.load_verify_locations(cafile=certifi.where())
        return made
    try:
        made.load_verify_locations(cafile=file or None, capath=directory or None)
    except (OSError, ValueError) as error:
        name, value = ("SSL_CERT_FILE", file) if file else ("SSL_CERT_DIR", directory)
        why = "holds no certificates" if isinstance(error, ssl.SSLError) else "cannot be read"
        raise NotReached(
            f"{name} names {value}, which {why}.",
            advice=f"Correct {name}, or unset it to trust the usual authorities.",
            retryable=False,
        ) from None
    return made
