"""What triage finds in an archive that `list` has filled agrees with the vendor's SDK.

The SDK walks the same emulator, and plain loops over what it returned answer the same questions:
campaigns, causes, what is still broken, histories, durations, all to the record.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.archive.samples import archive_at
from tests.depth import deep
from tests.interop import reference
from tests.interop.conftest import driving, serving
from tests.interop.test_vendor_sdks import walk
from tui.archive.asking import find_question
from tui.archive.history import read_history
from tui.archive.store import Archive
from tui.archive.view import View
from tui.records import Query
from tui.screens.evidence import Evidence
from tui.screens.question import Extent
from tui.triage.campaigns import campaigns
from tui.triage.clusters import clusters
from tui.triage.durations import durations
from tui.triage.healing import standings
from tui.triage.sends import Delivery, Sends

pytestmark = pytest.mark.anyio

RECORDS = deep(20_000, 1_000)
"""So many records are walked twice, and compared."""

PATIENCE = 900
"""Seconds after which a walk is given up."""

EVERYTHING = 1_000_000
"""More than anything was sent to one instance."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Serve the records under a clock that hardly moves, so that two walks see the same."""
    words = ("--records", str(RECORDS), "--seed", "11", "--clock-speed", "0.0001")
    with serving(tmp_path, *words) as said:
        yield said


@pytest.fixture
def records(sdk_python: str, served: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the SDK's own loop brings."""
    [outcome] = driving(sdk_python, served, "modern", patience=PATIENCE)(walk(MaxResults=50))
    return [one for page in outcome["pages"] for one in page["Invocations"]["Invocation"]]


async def test_every_answer_agrees_to_the_record(
    home: Path, served: dict[str, Any], records: list[dict[str, Any]]
) -> None:
    assert len({one["InvokeId"] for one in records}) == len(records) == RECORDS
    path = listed(home, served)
    async with archive_at(path, keep=False) as archive:
        [scope] = await archive.run(
            lambda connection: [row[0] for row in connection.execute("SELECT name FROM scope")]
        )
        query = Query(served["region"])
        question = await archive.run(find_question, scope, query)
        assert question is not None
        view = View(archive, scope, question)
        await view.open()
        sends = await Evidence(archive, scope, view, frozenset(), "").sends(Extent.EVERYTHING)
        assert len(sends.sendings) == RECORDS
        check_campaigns(sends, reference.campaigns(records))
        check_causes(sends, reference.clusters(records))
        check_outcomes(sends, reference.standings(records))
        await check_histories(archive, scope, reference.histories(records))


def listed(home: Path, served: dict[str, Any]) -> Path:
    """Walk the emulator as a user would, and return the archive that has all of it."""
    subprocess.run(
        [
            *(sys.executable, "-m", "tui", "list", "--all", "--output", "ids"),
            *("-e", served["endpoint"], "--region", served["region"]),
        ],
        env=os.environ
        | {
            "ALIBABA_CLOUD_ACCESS_KEY_ID": served["access_key_id"],
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": served["access_key_secret"],
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        timeout=PATIENCE,
        check=True,
    )
    return home / ".local" / "state" / "sendfile-explorer" / "archive.sqlite3"


def check_campaigns(sends: Sends, expected: dict[str, dict[str, Any]]) -> None:
    by_id: dict[str, list[Delivery]] = {}
    for each in sends.deliveries:
        by_id.setdefault(each.invoke_id, []).append(each)
    found = {each.invocations[0]: each for each in campaigns(sends.sendings, sends.deliveries)}
    assert set(found) == set(expected)
    for first, push in found.items():
        times = durations([row for send in push.invocations for row in by_id.get(send, [])])
        assert {
            "sends": list(push.invocations),
            "succeeded": set(push.succeeded),
            "failed": set(push.failed),
            "pending": set(push.pending),
            "healed": set(push.healed),
            "duration": push.duration,
            "durations": (times.median, times.p95, times.longest) if times else None,
        } == expected[first]
        assert len(push.hosts) == len(set(push.hosts))
    assert any(len(push.sendings) > 3 for push in found.values())
    assert any(push.healed for push in found.values())
    assert any(push.pending for push in found.values())


def check_causes(sends: Sends, expected: dict[str, dict[str, Any]]) -> None:
    found = {each.code: each for each in clusters(sends.deliveries)}
    assert set(found) == set(expected)
    total = sum(sum(cause["parts"].values()) for cause in expected.values())
    for code, cluster in found.items():
        cause = expected[code]
        assert {part.info: part.count for part in cluster.parts} == cause["parts"]
        assert (cluster.count, cluster.total) == (sum(cause["parts"].values()), total)
        assert set(cluster.instances) == cause["instances"]
        assert set(cluster.invocations) == cause["invocations"]
        assert f"{cluster.first:%Y-%m-%dT%H:%M:%SZ}" == min(cause["ends"])
        assert f"{cluster.last:%Y-%m-%dT%H:%M:%SZ}" == max(cause["ends"])


def check_outcomes(sends: Sends, expected: dict[str, Any]) -> None:
    found = standings(sends.deliveries)
    assert {tuple(each.target) for each in found.broken} == expected["broken"]
    assert {tuple(each.target): each.time_to_heal for each in found.healed} == expected["healed"]
    assert {tuple(each.target) for each in found.never_tried_again} == expected["again"]
    assert {tuple(each.target) for each in found.flapping} == expected["flapping"]
    assert found.targets == expected["targets"]
    assert expected["broken"]
    assert expected["healed"]
    assert expected["flapping"]


async def check_histories(
    archive: Archive, scope: str, expected: dict[str, list[tuple[Any, ...]]]
) -> None:
    for instance_id, rows in expected.items():
        found = await archive.read(read_history, instance_id, scope=scope, limit=EVERYTHING)
        assert [
            (
                each.invocation.invoke_id,
                each.invocation.creation_time,
                f"{each.invocation.target_dir}/{each.invocation.name}",
                each.result.status,
                each.result.error_code,
                each.result.seconds,
            )
            for each in found
        ] == rows, instance_id
