"""The soak, shortened: what `python -m tests.unbreakable.soak` shows for a whole day."""

from __future__ import annotations

import pytest

from tests.depth import FULL, deep
from tests.unbreakable import soak

pytestmark = pytest.mark.anyio


async def test_queries_regions_and_watching_leave_nothing_behind() -> None:
    looks = deep(soak.SAMPLES, 4)
    samples = await soak.soak(deep(2_000, 40), deep(40, 2), looks=looks)
    factors = soak.growth(samples)

    assert len(samples) == looks
    # A task or a socket for every query or region would be many times as many by the end.
    warm, last = samples[looks // 4], samples[-1]
    assert last.tasks <= warm.tasks + 5
    assert last.descriptors <= warm.descriptors + 3
    assert last.threads <= warm.threads + 1
    if FULL:
        assert factors["megabytes"] <= soak.ALLOWED
