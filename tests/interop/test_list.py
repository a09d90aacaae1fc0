"""`list` and the vendor's SDK ask the same emulator: the same records, to the field."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.interop.conftest import Drive
from tests.interop.test_vendor_sdks import walk

UNFINISHED = {"Pending", "Running"}
"""Statuses under which a record may change between two walks."""


@pytest.mark.parametrize("drive", ["modern"], indirect=True)
@pytest.mark.parametrize("paging", ["token", "number"])
def test_the_same_records_field_for_field(
    drive: Drive, served: dict[str, Any], paging: str
) -> None:
    [outcome] = drive(walk(MaxResults=50))
    expected = {
        record["InvokeId"]: record
        for page in outcome["pages"]
        for record in page["Invocations"]["Invocation"]
    }
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tui", "list", "--all", "--output", "ndjson"),
            *("-e", served["endpoint"], "--region", served["region"], "--paging", paging),
        ],
        env=os.environ
        | {
            "ALIBABA_CLOUD_ACCESS_KEY_ID": served["access_key_id"],
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": served["access_key_secret"],
        },
        capture_output=True,
        text=True,
        check=True,
    )
    listed = [json.loads(line) for line in done.stdout.splitlines()]
    assert [record["InvokeId"] for record in listed] == list(expected)
    for record in listed:
        if record["InvocationStatus"] not in UNFINISHED:
            assert record == expected[record["InvokeId"]]
