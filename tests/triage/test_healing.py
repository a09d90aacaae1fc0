"""Still broken or healed: a later success cancels an earlier failure, and in doubt it does not."""

from __future__ import annotations

from collections import defaultdict
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triage.rows import delivery, documents, sends
from tui.triage.healing import Standing, Standings, Target, standings
from tui.triage.sends import Delivery


def one(*deliveries: Delivery) -> Standing:
    found = standings(deliveries)
    (standing,) = (*found.broken, *found.healed)
    return standing


def test_a_later_success_cancels_the_failures_before_it() -> None:
    standing = one(
        delivery("i-a", "Failed", 10),
        delivery("i-a", "Timeout", 160, created=100),
        delivery("i-a", "Success", 205, created=200),
    )
    assert standing.healed
    assert not standing.broken
    assert standing.time_to_heal == 195
    assert standing.failures == 2
    assert standing.healed_by is standing.attempts[2]
    assert not standing.flapping
    assert not standing.never_tried_again


def test_a_success_before_the_failure_cancels_nothing() -> None:
    standing = one(delivery("i-a", "Success", 10), delivery("i-a", "Failed", 105, created=100))
    assert standing.broken
    assert standing.never_tried_again
    assert not standing.flapping
    assert standing.healed_by is None
    assert standing.time_to_heal is None


@pytest.mark.parametrize(
    "other", [{"name": "other.conf"}, {"target_dir": "/etc/other"}, {"host": "i-b"}]
)
def test_a_success_of_another_file_or_host_cancels_nothing(other: dict[str, str]) -> None:
    host = other.pop("host", "i-a")
    found = standings(
        [delivery("i-a", "Failed", 10), delivery(host, "Success", 105, created=100, **other)]
    )
    assert [each.target for each in found.broken] == [Target("i-a", "/etc/app", "app.conf")]
    assert found.fine == 1


def test_other_content_owner_or_a_slash_at_the_end_is_the_same_file_all_the_same() -> None:
    found = standings(
        [
            delivery("i-a", "Failed", 10),
            delivery("i-a", "Success", 105, created=100, content_hash="b", target_dir="/etc/app/"),
        ]
    )
    assert len(found.healed) == 1


def test_a_host_that_fails_after_it_has_healed_is_flapping() -> None:
    rows = [
        delivery("i-a", outcome, 10 + 100 * number, created=100 * number)
        for number, outcome in enumerate(["Failed", "Success", "Success", "Failed", "Failed"])
    ]
    broken = one(*rows)
    assert broken.flapping
    assert broken.broken
    assert not broken.never_tried_again
    assert broken.broken_since == rows[3].ended
    assert broken.last_failure is rows[4]
    healed = one(*rows, delivery("i-a", "Success", 530, created=500))
    assert healed.flapping
    assert healed.healed
    assert healed.time_to_heal == 220


def test_what_goes_on_decides_nothing_yet() -> None:
    found = standings(
        [
            delivery("i-a", "Failed", 10),
            delivery("i-a", "Pending", created=100),
            delivery("i-b", "Running", created=100),
            delivery("i-c", "Success", 5),
        ]
    )
    (standing,) = found.broken
    assert standing.pending
    assert not standing.never_tried_again
    assert found.pending == (standing,)
    assert [target.instance_id for target in found.waiting] == ["i-b"]
    assert (found.fine, found.targets) == (1, 3)


def test_the_end_counts_before_the_creation() -> None:
    slow_success = delivery("i-a", "Success", 90, created=0)
    assert one(slow_success, delivery("i-a", "Failed", 20, created=10)).healed
    assert one(delivery("i-a", "Timeout", 60), delivery("i-a", "Success", 15, created=10)).broken


def test_of_what_ended_together_the_later_created_counts_later() -> None:
    assert one(
        delivery("i-a", "Failed", 20, created=0), delivery("i-a", "Success", 20, created=5)
    ).healed
    assert one(
        delivery("i-a", "Failed", 20, created=5), delivery("i-a", "Success", 20, created=0)
    ).broken


@pytest.mark.parametrize("order", [1, -1])
def test_in_doubt_a_host_is_broken(order: int) -> None:
    together = [delivery("i-a", "Failed", 20), delivery("i-a", "Success", 20)][::order]
    assert one(*together).broken
    undated_success = [delivery("i-a", "Failed", 20), delivery("i-a", "Success", created=None)]
    assert one(*undated_success[::order]).broken
    undated_failure = [delivery("i-a", "Failed", created=None), delivery("i-a", "Success", 20)]
    assert one(*undated_failure[::order]).broken


def test_what_broke_or_healed_last_stands_first() -> None:
    rows = [delivery(f"i-{number}", "Failed", number) for number in range(4)]
    rows += [delivery(f"i-{number}", "Success", 50 - number, created=20) for number in (0, 1)]
    found = standings(rows)
    assert [each.target.instance_id for each in found.broken] == ["i-3", "i-2"]
    assert [each.target.instance_id for each in found.healed] == ["i-0", "i-1"]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["i-a", "i-b"]),
        st.sampled_from(["Success", "Failed", "Aborted", "Running", "Odd"]),
        st.one_of(st.none(), st.integers(0, 6)),
        st.one_of(st.none(), st.integers(0, 6)),
    ),
    max_size=12,
)


def replayed(rows: list[Delivery]) -> tuple[set[str], set[str]]:
    """Replay what has ended second by second: successes first, so that a failure has the word."""
    broken: set[str] = set()
    healed: set[str] = set()
    ended = [row for row in rows if row.result.finished]

    def when(row: Delivery) -> tuple[float, float, bool]:
        never = float("inf") if row.result.failed else float("-inf")
        created = row.created.timestamp() if row.created else never
        end = row.ended.timestamp() if row.ended else never
        return end, created, row.result.status != "Success"

    for row in sorted(ended, key=when):
        host = row.instance_id
        if row.result.status != "Success":
            broken.add(host)
            healed.discard(host)
        elif host in broken:
            broken.remove(host)
            healed.add(host)
    return broken, healed


@given(STEPS, st.randoms(use_true_random=False))
def test_any_history_is_replayed_whatever_the_order_of_its_rows(
    drawn: list[tuple[str, str, int | None, int | None]], random: Random
) -> None:
    rows = [
        delivery(host, outcome, ended if outcome != "Running" else None, created=created)
        for host, outcome, created, ended in drawn
    ]
    found = standings(rows)
    broken, healed = replayed(rows)
    assert {each.target.instance_id for each in found.broken} == broken
    assert {each.target.instance_id for each in found.healed} == healed
    assert found.targets == len({row.instance_id for row in rows})
    for each in (*found.broken, *found.healed):
        assert each.broken == (each.healed_by is None)
        assert not (each.never_tried_again and (each.pending or each.healed))
        assert each.time_to_heal is None or each.time_to_heal >= 0
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert facts(standings(shuffled)) == facts(found)


def facts(found: Standings) -> object:
    """Return what does not depend on which of two equal attempts stands first."""
    return (
        [(each.target, each.broken_since, each.time_to_heal) for each in found.broken],
        [(each.target, each.broken_since, each.time_to_heal) for each in found.healed],
        found.fine,
        found.waiting,
    )


@given(STEPS)
def test_a_success_at_the_very_end_heals_everything(
    drawn: list[tuple[str, str, int | None, int | None]],
) -> None:
    rows = [
        delivery(host, outcome, ended if outcome != "Running" else None, created=created or 0)
        for host, outcome, created, ended in drawn
    ]
    rows += [delivery(host, "Success", 600, created=500) for host in ("i-a", "i-b")]
    assert standings(rows).broken == ()


def test_a_separate_computation_over_the_fleet_agrees() -> None:
    history: dict[tuple[str, str, str], list[tuple[str, str, bool]]] = defaultdict(list)
    going: set[tuple[str, str, str]] = set()
    for document in documents():
        for each in document["InvokeInstances"]["InvokeInstance"]:
            key = each["InstanceId"], document["TargetDir"], document["Name"]
            if not each["FinishTime"]:
                going.add(key)
                continue
            failed = each["InvocationStatus"] != "Success"
            history[key].append((each["FinishTime"], document["CreationTime"], failed))
    broken: set[tuple[str, str, str]] = set()
    healed, again, flapping = set(broken), set(broken), set(broken)
    for key, attempts in history.items():
        outcomes = [failed for _, _, failed in sorted(attempts)]
        if not any(outcomes):
            continue
        (broken if outcomes[-1] else healed).add(key)
        if outcomes[-1] and key not in going and (len(outcomes) == 1 or not outcomes[-2]):
            again.add(key)
        text = "".join("x" if failed else "." for failed in outcomes)
        if any(part for part in text.strip(".").split("x") if part):
            flapping.add(key)
    found = standings(sends().deliveries)
    assert {tuple(each.target) for each in found.broken} == broken
    assert {tuple(each.target) for each in found.healed} == healed
    assert {tuple(each.target) for each in found.never_tried_again} == again
    assert {tuple(each.target) for each in found.flapping} == flapping
    assert found.targets == len(set(history) | going)
    assert broken
    assert healed
    assert flapping
