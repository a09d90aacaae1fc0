"""The program only reads: no operation that changes anything is named where requests are made."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import tui
from tests import read_only
from tui.emulator.fleet import Fleet
from tui.emulator.handler import Emulator
from tui.emulator.request import Request

ROOT = Path(tui.__file__).parent

WIRE = ("api", "identity")
"""The packages that make requests."""

VERBS = (
    "Accept Activate Add Allocate Apply Assign Associate Attach Authorize Bind Cancel Clone Close"
    " Convert Copy Create Deactivate Delete Deploy Deregister Detach Disable Disassociate Enable"
    " End Export Import Install Invoke Join Leave Modify Move Open Purchase Put Reactivate Reboot"
    " Redeploy Register Release Remove Renew Replace Reset Resize Revoke Run Send Set Start Stop"
    " Tag Terminate Unassign Unassociate Unbind Untag Update Upgrade Write"
)
"""How the names of the service's operations begin that change something."""

FIELDS = {
    "AcceptLanguage",
    "InvokeId",
    "InvokeInstance",
    "TagKey",
    "TagResource",
    "TagResources",
}
"""Names of parameters and of members of answers that begin in the same way."""

OPERATIONS = {
    "DescribeSendFileResults",
    "DescribeRegions",
    "DescribeCloudAssistantStatus",
    "ListTagResources",
    "AssumeRole",
    "AssumeRoleWithOIDC",
    "GetCallerIdentity",
}
"""All that is ever asked for."""


def constants() -> Iterator[str]:
    """Yield each text in the code of the wire, documentation and all."""
    for package in WIRE:
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def test_no_operation_that_changes_anything_is_named() -> None:
    name = re.compile(rf"\b(?:{VERBS.replace(' ', '|')})[A-Z]\w+\b")
    assert {found for text in constants() for found in name.findall(text)} == FIELDS


def test_the_operations_that_are_asked_for_are_known_and_only_read() -> None:
    asked = set()
    for package in WIRE:
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and node.args:
                    called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                    first = node.args[0]
                    if called in ("call", "ask", "asked") and isinstance(first, ast.Constant):
                        asked.add(first.value)
    assert asked <= OPERATIONS and "DescribeSendFileResults" in asked
    assert not read_only.changing(OPERATIONS)


def test_what_the_emulator_is_asked_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_only, "asked", set())
    Emulator(Fleet(3, 7)).answer(Request("POST", "/?Action=DeleteInstance"))
    assert read_only.changing(read_only.asked) == {"DeleteInstance"}
