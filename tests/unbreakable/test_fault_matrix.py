"""Each fault of the matrix: no row is lost, one sentence says what happens, and the rest comes.

The table is printed at the end of a run; `python -m tests.unbreakable.matrix` prints it, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.unbreakable import matrix
from tests.unbreakable.faults import ASKED, FAULTS, NEVERTHELESS, Fault
from tests.unbreakable.runs import Outcome, explored, listed
from tests.unbreakable.ways import WAYS, Way, gone

pytestmark = pytest.mark.anyio

_met: dict[str, Outcome] = {}
_gone: dict[str, tuple[Outcome, Outcome]] = {}
"""What the runs of this process have shown: one explorer meets several faults."""

Property = Callable[[str, object], None]


async def met_by_the_explorer(fault: Fault) -> Outcome:
    if fault.name not in _met:
        (group,) = (group for group in matrix.groups() if fault in group)
        _met.update(await explored(group))
    return _met[fault.name]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_a_fault_loses_nothing_is_said_and_passes(
    fault: Fault, record_property: Property
) -> None:
    command, explorer = await listed(fault), await met_by_the_explorer(fault)
    record_property(matrix.PROPERTY, matrix.row(fault.name, explorer, command))

    assert command.kept and explorer.kept
    assert command.recovery == (fault.listed or fault.recovery)
    assert explorer.recovery == fault.recovery
    assert bool(command.said) is bool(fault.says) and re.search(fault.says, command.said)
    if explorer.recovery == NEVERTHELESS:
        assert bool(explorer.said) is bool(fault.shows) and re.search(fault.shows, explorer.said)
    else:
        assert re.search(fault.says, explorer.said)
    assert command.said.isprintable() and explorer.said.isprintable()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
async def test_a_way_leads_there_or_is_said_to_be_wrong(
    way: Way, record_property: Property
) -> None:
    if not _gone:
        _gone.update(await gone())
    command, explorer = _gone[way.name]
    record_property(matrix.PROPERTY, matrix.row(way.name, explorer, command))

    assert command.recovery == explorer.recovery == (ASKED if way.says else NEVERTHELESS)
    assert explorer.kept
    for outcome in (command, explorer):
        assert bool(outcome.said) is bool(way.says) and re.search(way.says, outcome.said)
