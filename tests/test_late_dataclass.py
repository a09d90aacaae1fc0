"""A class that becomes a dataclass late is the same dataclass as one that is made at once."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import threading
from dataclasses import field, replace

import pytest

from tui.late_dataclass import dataclass


@dataclass(frozen=True)
class Place:
    """A base, whose fields come first."""

    name: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Street(Place):
    """A class of it, with a default that is made for each."""

    houses: list[int] = field(default_factory=list)
    length: float = 0.0


@dataclass(frozen=True)
class Purse:
    """One that does not show what is in it, and whose origin makes no difference."""

    name: str
    secret: str = field(default="", repr=False)
    origin: str = field(default="", compare=False)


@dataclass
class Counter:
    """One that can be changed, and has more to do once it is there."""

    count: int = 0

    def __post_init__(self) -> None:
        self.before = self.count


def test_a_late_dataclass_is_a_dataclass() -> None:
    street = Street("Long Lane", houses=[1, 2])
    assert street == Street("Long Lane", (), [1, 2], 0.0)
    assert replace(street, length=2.0).length == 2.0
    assert [each.name for each in dataclasses.fields(street)] == [
        *("name", "words", "houses", "length")
    ]
    assert repr(Place("x")) == "Place(name='x', words=())"
    assert hash(Place("x")) == hash(Place("x"))
    assert Street("a").houses is not Street("b").houses
    with pytest.raises(dataclasses.FrozenInstanceError):
        street.name = "Short Lane"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        street.other = 1  # type: ignore[attr-defined]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del street.name
    assert street.name == "Long Lane"
    assert Place("x") != Street("x")
    assert Counter(1) == Counter(1)
    assert Counter(1).before == 1
    assert repr(Purse("a", "s3cret", "here")) == "Purse(name='a', origin='here')"
    assert Purse("a", "s", "here") == Purse("a", "s", "there") != Purse("a", "t", "here")
    assert hash(Purse("a", "s", "here")) == hash(Purse("a", "s", "there"))
    with pytest.raises(TypeError, match="unhashable"):
        hash(Counter(1))
    with pytest.raises(TypeError, match="name"):
        Street()  # type: ignore[call-arg]
    match Counter(3):
        case Counter(count):
            assert count == 3


def test_one_that_several_threads_want_first_is_made_once() -> None:
    for _ in range(50):

        @dataclass(frozen=True)
        class Fresh:
            value: int

        gate = threading.Barrier(4)
        made: list[Fresh] = []

        def make(fresh: type[Fresh] = Fresh, gate: threading.Barrier = gate) -> None:
            gate.wait()
            made.append(fresh(1))  # noqa: B023 (it is joined within the round)

        threads = [threading.Thread(target=make) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert made == [Fresh(1)] * 4


def test_importing_the_explorer_makes_few() -> None:
    count = (
        "import dataclasses\n"
        "made, make = [], dataclasses._process_class\n"
        "def counted(cls, *rest):\n"
        "    made.append(cls.__module__)\n"
        "    return make(cls, *rest)\n"
        "dataclasses._process_class = counted\n"
        "import tui.commands.dispatch, tui.commands.explore, tui.application\n"
        "print(sum(each.startswith('tui.') for each in made))\n"
    )
    said = subprocess.run([sys.executable, "-c", count], capture_output=True, text=True, check=True)
    assert int(said.stdout) <= 40, "those of modules that the first frame imports are made late"
