"""The credentials URI: an address that answers with a temporary triple to whoever asks.

`GET http://127.0.0.1:PORT/credentials`, and for tests of what can go wrong:

| path | answers |
|---|---|
| `/credentials` | a triple that lives an hour |
| `/credentials/expired` | one that has expired |
| `/credentials/incomplete` | one without its secret |
| `/credentials/failed` | `{"Code": "Failed", …}` |
| `/credentials/nonsense` | a page in HTML, HTTP 200 |
| `/credentials/forbidden` | HTTP 403 |
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.emulator.keys import ACCOUNT_ID, Session
from tui.emulator.request import Request, Response, as_json, plain

if TYPE_CHECKING:
    from tui.emulator.handler import Conditions, Emulator

PATH: Final = "/credentials"
"""Where it is."""

SESSION: Final = Session(ACCOUNT_ID, "emulator-uri", "credentials-uri")
"""Whose triples it gives out."""

LIFE: Final = 3600
"""How long they live, in seconds."""


def serves(path: str) -> bool:
    """Say whether a path is the credentials URI or one of its failing variants."""
    return path == PATH or path.startswith(f"{PATH}/")


def operation(path: str) -> str:
    """Return what a path is for, as the log of requests names it."""
    return "GetCredentialsURI"


def answer(emulator: Emulator, request: Request, conditions: Conditions) -> Response:
    """Answer one request."""
    if request.method != "GET":
        return plain(405, "Method Not Allowed\n")
    variant = request.path.removeprefix(PATH).strip("/")
    if variant == "forbidden":
        return as_json(403, {"Code": "Forbidden", "Message": "Nobody may have these credentials."})
    if variant == "failed":
        return as_json(200, {"Code": "Failed", "Message": "The credentials cannot be had."})
    if variant == "nonsense":
        return plain(200, "<html><body>Please sign in.</body></html>\n", "text/html")
    if variant not in ("", "expired", "incomplete"):
        return as_json(404, {"Code": "NotFound", "Message": "There is nothing here."})
    body = {
        "Code": "Success",
        **emulator.issue(SESSION, LIFE, conditions, age=LIFE if variant == "expired" else 0),
    }
    if variant == "incomplete":
        del body["AccessKeySecret"]
    return as_json(200, body)
