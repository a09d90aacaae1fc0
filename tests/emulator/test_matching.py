"""Which records a selection finds: what a look at every record would find, and fast."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from tests.emulator.asking import START, Clock, fleet
from tui.emulator import catalogue
from tui.emulator.parameters import Selection


def results(record: dict[str, Any]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = record["InvokeInstances"]["InvokeInstance"]
    return found


SELECTIONS = (
    Selection(name="nginx.conf"),
    Selection(status="PartialFailed"),
    Selection(status="Pending"),
    Selection(resource_group_id=catalogue.RESOURCE_GROUPS[0]),
    Selection(resource_group_id="rg-nobody"),
    Selection(tags=(("env", None),)),
    Selection(tags=(("env", "prod"), ("canary", ""))),
    Selection(tags=(("env", ""),)),
    Selection(tags=(("change", None), ("team", "payments"))),
    Selection(name="app.env", status="Success", tags=(("env", "dev"),)),
    Selection(instance_id="i-bp1nobody"),
    Selection(name="nginx.conf", invoke_id="f-hz0nobody"),
)


def passes(record: dict[str, Any], selection: Selection) -> bool:
    """Say by the record alone whether it passes; resource groups are not in it."""
    tags = {tag["TagKey"]: tag["TagValue"] for tag in record["Tags"]["Tag"]}
    return (
        selection.name in ("", record["Name"])
        and selection.status in ("", record["InvocationStatus"])
        and selection.invoke_id in ("", record["InvokeId"])
        and all(key in tags and value in (None, tags[key]) for key, value in selection.tags)
        and (
            not selection.instance_id
            or any(selection.instance_id == one["InstanceId"] for one in results(record))
        )
    )


@pytest.mark.parametrize("arrive", [0.0, 60.0])
def test_a_filter_finds_what_a_look_at_every_record_finds(arrive: float) -> None:
    clock = Clock()
    known = fleet(700, clock=clock, arrive_per_minute=arrive)
    groups = [pool.service.resource_group for pool in catalogue.pools()]
    for seconds in (0, 90, 2500):
        clock.now = START + seconds
        everything = [(number, known.invocation(number)) for number in known.numbers()]
        for selection in SELECTIONS:
            expected = [
                number
                for number, record in everything
                if passes(record, selection)
                and selection.resource_group_id in ("", groups[known.send(number).campaign.pool])
            ]
            found = known.matching(selection)
            assert list(found.at(0, len(everything))) == expected, selection
            assert found.total() == len(expected)
            assert list(found.at(3, 4)) == expected[3:7]


def test_every_host_is_found_by_its_id_in_all_it_took_part_in() -> None:
    known = fleet(400)
    sent = defaultdict(list)
    for number in range(400):
        for result in results(known.invocation(number)):
            sent[result["InstanceId"]].append(number)
    assert len(sent) > 1000
    busiest = sorted(sent, key=lambda instance: len(sent[instance]))[-60:]
    for instance in busiest:
        found = known.matching(Selection(instance_id=instance))
        assert list(found.at(0, 1000)) == sent[instance]


def test_a_place_after_a_record_holds_without_looking_twice() -> None:
    known = fleet(2000)
    found = known.matching(Selection(name="nginx.conf"))
    numbers = list(found.at(0, 2000))
    for place, number in enumerate(numbers):
        assert found.after(number) == place + 1
        assert found.after(number - 1) in (place, place + 1)
    again = known.matching(Selection(name="nginx.conf"))
    assert again.after(numbers[-1]) == len(numbers)
    assert again.after(10**6) == len(numbers)


def test_retention_limits_what_a_filter_finds() -> None:
    known = fleet(1000)
    everything = known.matching(Selection(name="nginx.conf")).at(0, 1000)
    recent = known.matching(Selection(name="nginx.conf"), 7)
    assert 0 < recent.total() < len(everything)
    assert list(recent.at(0, 1000)) == list(everything[: recent.total()])


def test_findings_are_kept_while_records_arrive() -> None:
    clock = Clock()
    known = fleet(500, clock=clock, arrive_per_minute=300.0)
    selection = Selection(name="nginx.conf")
    for _ in range(4):
        clock.now += 500
        expected = [n for n in known.numbers() if known.send(n).name == "nginx.conf"]
        found = known.matching(selection)
        assert list(found.at(0, 100_000)) == expected
        assert found.total() == len(expected)
