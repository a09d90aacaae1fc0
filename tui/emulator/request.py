"""What arrives at the emulator and what goes back: HTTP without a connection."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl

from tui.emulator.refusals import Refusal

MAX_PARAMETERS: Final = 400
"""The most parameters that are read of one request; the largest honest one has about 120."""

FORM: Final = "application/x-www-form-urlencoded"
"""The content type of a body that holds parameters."""


@dataclass(frozen=True, slots=True)
class Request:
    """What arrived: `target` is path and query as on the wire."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @property
    def path(self) -> str:
        """What stands before the query, as on the wire."""
        return self.target.partition("?")[0]

    def header(self, name: str) -> str:
        """Return the value of a header by its lower-case name; several are joined by commas."""
        return ",".join(value.strip() for given, value in self.headers if given.lower() == name)

    def pairs(self) -> list[tuple[str, str]]:
        """Return the parameters of query and form as they were given, or refuse them."""
        pairs = self.decoded(self.target.partition("?")[2])
        if self.body and self.header("content-type").lower().startswith(FORM):
            pairs += self.decoded(self.body.decode("latin-1"))
        return pairs

    def decoded(self, query: str) -> list[tuple[str, str]]:
        """Return the parameters of a query; bytes that are not UTF-8 stay what they are."""
        try:
            return parse_qsl(
                query,
                keep_blank_values=True,
                errors="surrogateescape",
                max_num_fields=MAX_PARAMETERS,
            )
        except ValueError as error:
            raise Refusal("InvalidParameter", "The request has too many parameters.") from error


@dataclass(frozen=True, slots=True)
class Response:
    """What goes back: header names in lower case."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


def plain(status: int, content: str, kind: str = "text/plain") -> Response:
    """Return a response with a text of a content type."""
    body = content.encode("utf-8", "replace")
    headers = {"content-type": kind, "content-length": str(len(body))}
    return Response(status, HTTPStatus(status).phrase, headers, body)


def as_json(status: int, body: Mapping[str, object]) -> Response:
    """Return a response with a body in JSON."""
    return plain(status, json.dumps(body), "application/json")
