"""The questions of a post-mortem, answered by plain loops over what the vendor's SDK returned.

It shares nothing with the product: it reads the API's own fields, compares its times as text and
knows the rules from the words of the README alone.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import math
import statistics
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

Record = dict[str, Any]
Target = tuple[str, str, str]
"""Instance, directory and name."""

GOING_ON = ("Pending", "Running")
GAP = 30 * 60
"""Seconds between two sends of one push at most."""


def results_of(record: Record) -> list[Record]:
    found: list[Record] = record["InvokeInstances"]["InvokeInstance"]
    return found


def failed(result: Record) -> bool:
    return result["InvocationStatus"] not in (*GOING_ON, "Success")


def between(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


def took(result: Record) -> float | None:
    if result["StartTime"] and result["FinishTime"]:
        return between(result["StartTime"], result["FinishTime"])
    return None


def content_hash(record: Record) -> str:
    """Return the hash of the bytes that arrive on the instances."""
    data = record["Content"].encode()
    if record["ContentType"] == "Base64":
        with contextlib.suppress(binascii.Error):
            data = base64.b64decode(data, validate=True)
    return hashlib.sha256(data).hexdigest()


def campaigns(records: Iterable[Record]) -> dict[str, Record]:
    """Return each push by the ID of its first send."""
    alike: dict[tuple[str, ...], list[Record]] = defaultdict(list)
    for record in records:
        fields = ("Name", "TargetDir", "FileOwner", "FileGroup", "FileMode")
        alike[(content_hash(record), *(record[field] for field in fields))].append(record)
    found = {}
    for sends in alike.values():
        sends.sort(key=lambda record: (record["CreationTime"], record["InvokeId"]))
        push: list[Record] = []
        for record in sends:
            if push and between(push[-1]["CreationTime"], record["CreationTime"]) > GAP:
                found[push[0]["InvokeId"]] = campaign(push)
                push = []
            push.append(record)
        found[push[0]["InvokeId"]] = campaign(push)
    return found


def campaign(push: list[Record]) -> Record:
    """Return where each host of a push stands, and how long it took."""
    by_host: dict[str, list[tuple[str, str, bool]]] = defaultdict(list)
    going, ends, durations = set(), [], []
    for record in push:
        for result in results_of(record):
            host, ended = result["InstanceId"], result["FinishTime"]
            if result["InvocationStatus"] in GOING_ON:
                going.add(host)
                continue
            by_host[host].append((ended, record["CreationTime"], failed(result)))
            ends.append(ended)
            if (seconds := took(result)) is not None:
                durations.append(seconds)
    last = {host: max(rows)[2] for host, rows in by_host.items() if host not in going}
    good = {host for host, broken in last.items() if not broken}
    durations.sort()
    return {
        "sends": [record["InvokeId"] for record in push],
        "succeeded": good,
        "failed": set(last) - good,
        "pending": going,
        "healed": {host for host in good if any(row[2] for row in by_host[host])},
        "duration": None if going or not ends else between(push[0]["CreationTime"], max(ends)),
        "durations": (
            statistics.median(durations),
            durations[math.ceil(len(durations) * 95 / 100) - 1],
            durations[-1],
        )
        if durations
        else None,
    }


def clusters(records: Iterable[Record]) -> dict[str, Record]:
    """Return the failures by their error code."""
    found: dict[str, Record] = {}
    for record in records:
        for result in results_of(record):
            if not failed(result):
                continue
            cluster = found.setdefault(
                result["ErrorCode"],
                {"parts": defaultdict(int), "instances": set(), "invocations": set(), "ends": []},
            )
            cluster["parts"][result["ErrorInfo"]] += 1
            cluster["instances"].add(result["InstanceId"])
            cluster["invocations"].add(record["InvokeId"])
            cluster["ends"].append(result["FinishTime"])
    return found


def standings(records: Iterable[Record]) -> dict[str, Any]:
    """Return what is still broken and what has healed, and after how many seconds."""
    attempts: dict[Target, list[tuple[str, str, bool]]] = defaultdict(list)
    going: set[Target] = set()
    for record in records:
        for result in results_of(record):
            target = (result["InstanceId"], record["TargetDir"], record["Name"])
            if result["InvocationStatus"] in GOING_ON:
                going.add(target)
            else:
                attempts[target].append(
                    (result["FinishTime"], record["CreationTime"], failed(result))
                )
    found: dict[str, Any] = {"broken": set(), "healed": {}, "again": set(), "flapping": set()}
    for target, rows in attempts.items():
        rows.sort()
        spells: list[list[str]] = []
        before_failed, until = False, ""
        for ended, _, broken in rows:
            if broken and not before_failed:
                spells.append([])
            if broken:
                spells[-1].append(ended)
            elif before_failed:
                until = ended
            before_failed = broken
        if not spells:
            continue
        if before_failed:
            found["broken"].add(target)
            if len(spells[-1]) == 1 and target not in going:
                found["again"].add(target)
        else:
            found["healed"][target] = between(spells[-1][0], until)
        if len(spells) > 1:
            found["flapping"].add(target)
    found["targets"] = len(set(attempts) | going)
    return found


def histories(records: Iterable[Record]) -> dict[str, list[tuple[Any, ...]]]:
    """Return what was sent to each instance, in the order of `records`."""
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for record in records:
        for result in results_of(record):
            found[result["InstanceId"]].append(
                (
                    record["InvokeId"],
                    record["CreationTime"],
                    f"{record['TargetDir']}/{record['Name']}",
                    result["InvocationStatus"],
                    result["ErrorCode"],
                    took(result),
                )
            )
    return found
