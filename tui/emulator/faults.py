"""Faults on purpose: what goes wrong with an answer, decided by a seeded chance."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault: how often, from 0 to 1, and its own number (milliseconds or seconds)."""

    kind: str
    chance: float = 1.0
    amount: float = 0.0


class Faults:
    """Decides, request by request, what goes wrong."""

    def __init__(self, faults: Sequence[Fault] = (), *, seed: int = 7) -> None:
        self.faults = tuple(faults)
        self._random = Random(seed)
