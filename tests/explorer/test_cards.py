"""Every error code and status as the screen shows it: its card, or an honest fallback."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.explorer.driver import Wire, opened
from tui.api.transport import Answer
from tui.records import INSTANCE_STATUSES
from tui.triage.error_knowledge import KNOWLEDGE, explain

pytestmark = pytest.mark.anyio

CODES = (*(known.code for known in KNOWLEDGE), "SomethingNew", "")
STATUSES = (*INSTANCE_STATUSES, "Sleeping", "")

CASES = (
    *(("Failed", code) for code in CODES),
    *((status, "AccountNotExists" if status == "Failed" else "") for status in STATUSES),
)
"""A status and a code for each row, in its order."""


def row(number: int, status: str, code: str) -> dict[str, Any]:
    """Return an invocation with one result, as the API gives it."""
    created = f"2026-11-20T10:{59 - number:02}:00Z"
    result = {
        "InstanceId": f"i-{number:04}",
        "InvocationStatus": status,
        "ErrorCode": code,
        "ErrorInfo": "as the agent said it" if code else "",
        "CreationTime": created,
        "StartTime": created,
        "FinishTime": "",
        "UpdateTime": created,
    }
    return {
        "InvokeId": f"f-{number:04}",
        "Name": "app.env",
        "CreationTime": created,
        "InvocationStatus": "Failed",
        "VmCount": 1,
        "InvokeInstances": {"InvokeInstance": [result]},
    }


async def test_every_code_and_status_has_its_card_or_an_honest_fallback() -> None:
    rows = [row(number, *case) for number, case in enumerate(CASES)]
    body = {
        "RequestId": "R-1",
        "TotalCount": len(rows),
        "PageNumber": 1,
        "PageSize": 50,
        "Invocations": {"Invocation": rows},
    }
    answer = Answer(200, "OK", {"content-type": "application/json"}, json.dumps(body).encode())

    def prepare(wire: Wire) -> None:
        wire.failures += [answer, answer]

    async with opened(size=(100, 80), prepare=prepare) as driver:
        pane = driver.explorer.detail
        for number, (status, code) in enumerate(CASES):
            await driver.wait_for(lambda: f"i-{number:04} " in driver.text(pane))  # noqa: B023
            shown = " ".join(driver.text(pane).split())
            glyph, word = shown.split(f"i-{number:04} ")[1].split()[:2]
            assert glyph in "✓✗▸⋯?", shown
            assert word == (status or "(none)")
            if status in ("Sleeping", ""):
                assert glyph == "?"

            known = explain(code)
            if number < len(CODES) or code:
                for part in (code, known.meaning, known.layer, known.retry, known.remedy):
                    assert " ".join(part.split()) in shown, part
                assert f"File changed {known.file_changed}" in shown
            if status in ("Success", "Running", "Pending"):
                assert "File changed" not in shown, "no card where nothing has failed"
            if code == "SomethingNew":
                assert "This code is not in the API's documents." in shown
            if status == "Failed" and not code:
                assert "The API gave no error code." in shown
            await driver.pilot.press("down")
