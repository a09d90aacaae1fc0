"""The machine that the tests of identity run on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.identity.world import World, machine


@pytest.fixture
async def world(home: Path) -> AsyncIterator[World]:
    """Serve an emulator on loopback, with an empty home around it."""
    async with machine(home) as there:
        yield there
