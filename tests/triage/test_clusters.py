"""Failure clusters: by code, then by what the texts have in common."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triage.rows import (
    HOSTILE,
    controls,
    delivery,
    documents,
    hostile_deliveries,
    sends,
)
from tui.triage.clusters import NO_CODE, NO_INFO, clusters
from tui.triage.masks import MAX_MASKED, masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the specified instance does not exists", "the specified instance does not exists"),
        ("the specified instance has been released.", "the specified instance has been released"),
        ("instance i-bp67acfmxazb4ph1 is gone", "instance ‹id› is gone"),
        ("instance i-uf614fhehhz**** is gone", "instance ‹id› is gone"),
        ("task f-hz0jdfwd9f on vpc-bp1opxu1zk", "task ‹id› on ‹id›"),
        ("iZbp1abc234defZ does not answer", "‹id› does not answer"),
        ("request 473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E failed", "request ‹id› failed"),
        ("open /etc/nginx/nginx.conf: no space", "open ‹path›: no space"),
        ("open '/opt/my app/x.conf': errno 28", "open ‹path›: errno ‹n›"),
        (r"C:\Windows\Temp\x.txt is read-only", "‹path› is read-only"),
        ("10.0.3.4:8080 and 192.168.0.0/16 refuse", "‹ip› and ‹ip› refuse"),
        ("[fe80::1] or 2001:db8::42 refuse", "‹ip› or ‹ip› refuse"),
        ("web-01.prod.example.com or db.internal", "‹host› or ‹host›"),
        ("web-edge-017 is not ready", "web-edge-‹n› is not ready"),
        ("at 2024-01-02T03:04:05Z, then 12:30:45.5", "at ‹time›, then ‹time›"),
        ("at 2024-01-02 03:04:05.123 +0800", "at ‹time›"),
        ("address 0xdeadBEEF, sum 9f86d081884c7d65", "address ‹hex›, sum ‹hex›"),
        ("https://ecs.aliyuncs.com/x?y=1 refused", "‹url› refused"),
        ("after 60.5 seconds, 3 times", "after ‹n› seconds, ‹n› times"),
        ("std::string", "std::string"),
        ("well-known re-installed read/write", "well-known re-installed read/write"),
        ("  two\n\twords  ", "two words"),
        ("", ""),
    ],
)
def test_what_differs_from_host_to_host_is_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


@given(st.text())
def test_any_text_can_be_masked_and_stays_short(text: str) -> None:
    shown = masked(text)
    assert len(shown) <= MAX_MASKED
    assert not any(character.isdecimal() for character in shown)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_numbers_make_no_difference(one: int, other: int) -> None:
    assert masked(f"errno {one} on web-{one}") == masked(f"errno {other} on web-{other}")


def test_failures_are_counted_by_code_and_then_by_text() -> None:
    found = clusters(
        [
            delivery("i-a", "Failed", 10, code="FileCreateFail", info="open /a: errno 28"),
            delivery(
                "i-b", "Failed", 30, created=1, code="FileCreateFail", info="open /b: errno 5"
            ),
            delivery("i-b", "Failed", 20, created=2, code="FileCreateFail", info="unknown"),
            delivery("i-c", "Aborted", 40, code="ClientNotRunning", info="not running"),
            delivery("i-d", "Success", 5, code="InstanceNotExists"),
            delivery("i-e", "Running"),
        ]
    )
    file, client = found
    assert (file.code, file.count, file.total, file.share) == ("FileCreateFail", 3, 4, 0.75)
    assert file.instances == ("i-a", "i-b")
    assert file.invocations == ("f-0", "f-1", "f-2")
    assert file.first is not None
    assert file.last is not None
    assert (file.last - file.first).total_seconds() == 20
    assert [(part.info, part.count) for part in file.parts] == [
        ("open ‹path›: errno ‹n›", 2),
        ("unknown", 1),
    ]
    assert file.info == "open ‹path›: errno ‹n›"
    assert (client.title, client.share) == ("ClientNotRunning", 0.25)


def test_what_has_no_code_or_text_has_an_honest_name() -> None:
    (found,) = clusters([delivery("i-a", "Melted", 1)])
    assert found.code == ""
    assert (found.title, found.text) == (NO_CODE, NO_INFO)


def test_equally_large_clusters_stand_in_alphabetical_order() -> None:
    codes = ["B", "C", "A"]
    found = clusters([delivery("i-a", "Failed", 1, code=code) for code in codes])
    assert [cluster.code for cluster in found] == ["A", "B", "C"]


def test_nothing_failed_makes_no_cluster() -> None:
    assert clusters([delivery("i-a"), delivery("i-b", "Pending")]) == ()


def test_titles_and_texts_of_hostile_failures_are_harmless() -> None:
    for cluster in clusters(hostile_deliveries()):
        for part in (cluster, *cluster.parts):
            assert not controls(part.title + part.text, "")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Success", "Failed", "Running", "Odd"]),
            st.sampled_from(["", "A", "B"]),
            st.sampled_from(["", "errno 1", "errno 2", "gone", *HOSTILE]),
            st.integers(0, 3),
        )
    )
)
def test_every_failure_is_in_one_cluster_and_one_part(
    drawn: list[tuple[str, str, str, int]],
) -> None:
    rows = [
        delivery(f"i-{host}", outcome, host, code=code, info=info)
        for outcome, code, info, host in drawn
    ]
    found = clusters(rows)
    failed = [row for row in rows if row.result.failed]
    assert sum(cluster.count for cluster in found) == len(failed)
    for cluster in found:
        assert cluster.count == sum(part.count for part in cluster.parts)
        assert cluster.count == sum(row.result.error_code == cluster.code for row in failed)
        assert set(cluster.instances) == {
            instance for part in cluster.parts for instance in part.instances
        }
        assert cluster.total == len(failed)
    assert [c.count for c in found] == sorted((c.count for c in found), reverse=True)
    assert clusters(reversed(rows)) == clusters(reversed(rows))


def test_a_separate_computation_over_the_fleet_agrees() -> None:
    counts: Counter[tuple[str, str]] = Counter()
    hosts: defaultdict[str, set[str]] = defaultdict(set)
    times: defaultdict[str, list[str]] = defaultdict(list)
    for one in documents():
        for each in one["InvokeInstances"]["InvokeInstance"]:
            if each["InvocationStatus"] in ("Success", "Pending", "Running"):
                continue
            counts[each["ErrorCode"], each["ErrorInfo"]] += 1
            hosts[each["ErrorCode"]].add(each["InstanceId"])
            times[each["ErrorCode"]].append(each["FinishTime"])
    found = clusters(sends().deliveries)
    assert {
        (cluster.code, part.info): part.count for cluster in found for part in cluster.parts
    } == counts
    for cluster in found:
        assert set(cluster.instances) == hosts[cluster.code]
        assert f"{cluster.first:%Y-%m-%dT%H:%M:%SZ}" == min(times[cluster.code])
        assert f"{cluster.last:%Y-%m-%dT%H:%M:%SZ}" == max(times[cluster.code])
    assert len(found) == 16
