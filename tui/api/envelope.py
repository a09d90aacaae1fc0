"""What the body of an error answer says, in JSON or in XML."""

from __future__ import annotations

import json
import re
from typing import Final

from tui.api.exact import bounded
from tui.late_dataclass import dataclass

XML_LIMIT: Final = 65_536
"""Bytes of an XML body that are looked at; the vendor's error is a few hundred."""


MAX_CODE: Final = 200
"""Characters kept of an error code; the longest of the vendor's has 60."""

MAX_WORDS: Final = 8_192
"""Characters kept of any other text."""


@dataclass(frozen=True)
class Envelope:
    """The vendor's error envelope; empty strings where it says nothing."""

    code: str = ""
    message: str = ""
    request_id: str = ""
    recommendation: str = ""
    """The address of the vendor's page about this failure."""
    action: str = ""
    """The RAM action that was denied (`AuthAction`)."""
    denial: str = ""
    """Whether a policy denies it or none allows it (`NoPermissionType`)."""
    policy: str = ""
    """The kind of policy that decided (`PolicyType`)."""


def read(body: bytes) -> Envelope:
    """Read an error body; one that is no envelope reads as an empty one."""
    if body.lstrip()[:1] == b"<":
        return _from_xml(body)
    try:
        document = json.loads(bounded(body))
    except (ValueError, RecursionError):
        return Envelope()
    return from_document(document)


def from_document(document: object) -> Envelope:
    """Read an envelope from JSON that has been parsed already."""
    if not isinstance(document, dict):
        return Envelope()
    detail = document.get("AccessDeniedDetail")
    detail = detail if isinstance(detail, dict) else {}
    return Envelope(
        code=_text(document.get("Code"))[:MAX_CODE],
        message=_text(document.get("Message")),
        request_id=_text(document.get("RequestId")),
        recommendation=_text(document.get("Recommend")),
        action=_text(detail.get("AuthAction")),
        denial=_text(detail.get("NoPermissionType")),
        policy=_text(detail.get("PolicyType")),
    )


def _text(value: object) -> str:
    text = value if isinstance(value, str) else str(value) if isinstance(value, int) else ""
    return text[:MAX_WORDS]


def _from_xml(body: bytes) -> Envelope:
    """Read the vendor's XML error by its few tags, so that no entity is ever expanded."""
    text = body[:XML_LIMIT].decode("utf-8", "replace")
    if "<Error>" not in text:
        return Envelope()

    # A table of 2,231 entities comes with it, for an answer that hardly anybody gets.
    import html

    def element(name: str) -> str:
        found = re.search(rf"<{name}>([^<]*)</{name}>", text)
        return html.unescape(found[1])[:MAX_WORDS] if found else ""

    return Envelope(
        code=element("Code")[:MAX_CODE],
        message=element("Message"),
        request_id=element("RequestId"),
        recommendation=element("Recommend"),
    )
