"""The soak, shortened: what `python -m tests.unbreakable.soak` shows for a whole day."""

from __future__ import annotations

import pytest

from tests.depth import FULL, deep
from tests.unbreakable import soak

pytestmark = pytest.mark.anyio


async def test_queries_regions_and_watching_leave_nothing_behind() -> None:
    samples = await soak.soak(deep(2_000, 40), deep(40, 2))
    factors = soak.growth(samples)

    assert len(samples) == soak.SAMPLES
    # A task or a socket for every query or region would be many times as many by the end.
    assert samples[-1].tasks <= samples[10].tasks + 5
    assert samples[-1].descriptors <= samples[10].descriptors + 3
    assert samples[-1].threads <= samples[10].threads + 1
    if FULL:
        assert factors["megabytes"] <= soak.ALLOWED
