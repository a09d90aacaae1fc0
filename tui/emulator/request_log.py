"""The log of what the emulator was asked: one line of JSON a request, without secrets."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tui.emulator.faults import Delivery
from tui.emulator.handler import operation_of
from tui.emulator.refusals import Refusal
from tui.emulator.request import Request

PROTOCOL: Final = frozenset(
    {
        "AccessKeyId",
        "Action",
        "Format",
        "OIDCToken",
        "SecurityToken",
        "Signature",
        "SignatureMethod",
        "SignatureNonce",
        "SignatureType",
        "SignatureVersion",
        "Timestamp",
        "Version",
    }
)
"""Parameters that say who asks, not for what; they are left out, secrets among them."""


class RequestLog:
    """Appends to a file that only its owner can read, or writes nothing where there is none."""

    def __init__(self, path: Path | None) -> None:
        self._file = -1
        if path is not None:
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, request: Request, delivery: Delivery, milliseconds: float) -> None:
        """Write one line about a request and its answer."""
        if self._file < 0:
            return
        try:
            given = dict(request.pairs())
        except Refusal:
            given = {}
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "operation": operation_of(request),
            "path": request.path,
            "parameters": {name: given[name] for name in given if name not in PROTOCOL},
            "status": delivery.response.status,
            "ms": round(milliseconds, 1),
            "request_id": delivery.response.headers.get("x-acs-request-id", ""),
            "breakage": delivery.breakage,
        }
        os.write(self._file, json.dumps(line).encode() + b"\n")

    def close(self) -> None:
        """Close the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
