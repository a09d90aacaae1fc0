"""Campaigns: the sends of one push are one row, with every host as it stands now."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any

import pytest

from tests.triage.rows import documents, invocations, result, sending, sends
from tui.records import Invocation
from tui.triage.campaigns import GAP, Campaign, CampaignKey, campaigns, campaigns_of, pushes
from tui.triage.content import decode
from tui.triage.sends import Delivery


def only(*found: Campaign) -> Campaign:
    (campaign,) = found
    return campaign


def test_a_push_in_three_sends_is_one_campaign_with_every_host_once() -> None:
    pushed = [sending(f"f-{number}", 3 * number, vm_count=2) for number in range(3)]
    deliveries = [
        Delivery(sent, result(f"i-{number}{host}", "Success", 10 + number))
        for number, sent in enumerate(pushed)
        for host in "ab"
    ]
    campaign = only(*campaigns(reversed(pushed), reversed(deliveries)))
    assert campaign.invocations == ("f-0", "f-1", "f-2")
    assert set(campaign.succeeded) == {"i-0a", "i-0b", "i-1a", "i-1b", "i-2a", "i-2b"}
    assert (campaign.failed, campaign.pending, campaign.healed) == ((), (), ())
    assert campaign.success_share == 1.0
    assert campaign.unseen == 0
    assert campaign.duration == 12.0


def test_a_retry_within_the_gap_says_what_has_become_of_the_host_by_now() -> None:
    first, retry = sending("f-1", 0, overwrite="false"), sending("f-2", 600, overwrite="true")
    deliveries = [
        Delivery(first, result("i-a", "Success", 5)),
        Delivery(first, result("i-b", "Failed", 6, code="FileAlreadyExists")),
        Delivery(first, result("i-c", "Timeout", 60, code="DeliveryTimeout")),
        Delivery(retry, result("i-b", "Success", 605)),
        Delivery(retry, result("i-c", "Timeout", 660, code="DeliveryTimeout")),
    ]
    campaign = only(*campaigns([first, retry], deliveries))
    assert campaign.succeeded == ("i-a", "i-b")
    assert campaign.failed == ("i-c",)
    assert campaign.healed == ("i-b",)
    assert campaign.hosts == ("i-a", "i-b", "i-c")
    assert campaign.duration == 660.0


@pytest.mark.parametrize(
    "other",
    [
        {"name": "other.conf"},
        {"target_dir": "/etc/other"},
        {"content_hash": "beef"},
        {"owner": "ops"},
        {"group": "ops"},
        {"mode": "0600"},
    ],
)
def test_what_is_sent_otherwise_is_another_campaign(other: dict[str, str]) -> None:
    assert len(campaigns([sending("f-1"), sending("f-2", 1, **other)], [])) == 2


def test_a_slash_at_the_end_of_the_directory_makes_no_difference() -> None:
    assert len(pushes([sending("f-1"), sending("f-2", 1, target_dir="/etc/app/")])) == 1
    assert CampaignKey.of(sending(target_dir="/")).target_dir == "/"


def test_the_gap_is_between_neighbours_and_divides_where_it_is_exceeded() -> None:
    gap = round(GAP.total_seconds())
    near = [sending("f-1", 0), sending("f-2", gap), sending("f-3", 2 * gap)]
    assert len(pushes(near)) == 1
    assert [len(push) for push in pushes([*near, sending("f-4", 3 * gap + 1)])] == [3, 1]
    assert len(pushes(near, gap=timedelta(seconds=gap - 1))) == 3


def test_sends_without_a_time_are_a_campaign_of_their_own() -> None:
    mixed = [sending("f-1", None), sending("f-2"), sending("f-3", None)]
    dated, undated = campaigns(mixed, [])
    assert dated.invocations == ("f-2",)
    assert undated.invocations == ("f-1", "f-3")
    assert undated.started is None
    assert undated.duration is None


def test_what_goes_on_is_pending_and_has_no_end() -> None:
    first, retry = sending("f-1", 0, vm_count=3), sending("f-2", 60, vm_count=1)
    deliveries = [
        Delivery(first, result("i-a", "Failed", 5)),
        Delivery(first, result("i-b", "Success", 5)),
        Delivery(retry, result("i-a", "Running", began=61)),
    ]
    campaign = only(*campaigns([first, retry], deliveries))
    assert campaign.pending == ("i-a",)
    assert campaign.failed == ()
    assert campaign.success_share == 0.5
    assert campaign.finished is None
    assert campaign.unseen == 1


def test_a_send_without_results_has_no_share() -> None:
    campaign = only(*campaigns([sending(vm_count=4)], []))
    assert campaign.success_share is None
    assert campaign.unseen == 4


def test_an_invocation_that_comes_twice_counts_as_it_came_last() -> None:
    early = Invocation("f-1", "Running", results=(result("i-a", "Running"),))
    late = replace(early, status="Success", results=(result("i-a", "Success", 3),))
    campaign = only(*campaigns_of([early, late]))
    assert campaign.invocations == ("f-1",)
    assert campaign.succeeded == ("i-a",)


def test_the_work_can_be_given_up() -> None:
    class GivenUp(Exception):
        pass

    def check() -> None:
        raise GivenUp

    with pytest.raises(GivenUp):
        campaigns_of(invocations()[:5], check=check)


def read(text: str) -> datetime:
    return datetime.fromisoformat(text)


def reference() -> dict[str, tuple[set[str], set[str], set[str], set[str]]]:
    """Find the campaigns by plain loops: their sends, and hosts by outcome, under the first ID."""
    by_key: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for one in documents():
        hashed = sha256(
            decode(Invocation("", "", content_type=one["ContentType"], content=one["Content"])).data
        ).hexdigest()
        fields = ("Name", "TargetDir", "FileOwner", "FileGroup", "FileMode")
        by_key[(hashed, *(one[field] for field in fields))].append(one)
    found = {}
    for alike in by_key.values():
        alike.sort(key=lambda one: (one["CreationTime"], one["InvokeId"]))
        groups: list[list[dict[str, Any]]] = []
        for one in alike:
            late = (
                groups
                and (
                    read(one["CreationTime"]) - read(groups[-1][-1]["CreationTime"])
                ).total_seconds()
                > 30 * 60
            )
            if not groups or late:
                groups.append([])
            groups[-1].append(one)
        for group in groups:
            last: dict[str, tuple[str, str, bool]] = {}
            status: dict[str, str] = {}
            for one in group:
                for each in one["InvokeInstances"]["InvokeInstance"]:
                    host, state = each["InstanceId"], each["InvocationStatus"]
                    end = each["FinishTime"] or "9999"
                    when = (end, one["CreationTime"], state not in ("Success",))
                    if host not in last or when > last[host]:
                        last[host], status[host] = when, state
            going = {host for host, state in status.items() if state in ("Pending", "Running")}
            good = {host for host, state in status.items() if state == "Success"}
            found[group[0]["InvokeId"]] = (
                {one["InvokeId"] for one in group},
                good,
                set(status) - good - going,
                going,
            )
    return found


def test_a_separate_computation_over_the_fleet_agrees() -> None:
    given = list(invocations())
    Random(5).shuffle(given)
    found = campaigns_of(given)
    expected = reference()
    assert len(found) == len(expected)
    for campaign in found:
        sends, good, bad, going = expected[campaign.invocations[0]]
        assert set(campaign.invocations) == sends
        assert set(campaign.succeeded) == good
        assert set(campaign.failed) == bad
        assert set(campaign.pending) == going
        assert len(campaign.hosts) == len(good | bad | going)
    assert any(len(campaign.sendings) > 3 for campaign in found)
    assert any(campaign.healed for campaign in found)
    begun = [campaign.started for campaign in found if campaign.started]
    assert begun == sorted(begun, reverse=True)


def test_light_rows_give_the_same_campaigns_as_invocations() -> None:
    known = sends()
    assert campaigns(known.sendings, known.deliveries) == campaigns_of(invocations())
