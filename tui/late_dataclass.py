"""Dataclasses that are made when the first of them is, as the first frame needs few of them.

To make one takes half a millisecond, to import the modules of the explorer would make a hundred,
and most of them are of no use before a key has been pressed. Where many are kept, or something
asks for the fields of the class, `dataclasses.dataclass` with slots is right.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from threading import RLock
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls: type[T] | None = None, /, **options: bool) -> Any:
        """Return a class that becomes a dataclass with these options when it is first called."""
        return _later(cls, options) if cls is not None else lambda cls: _later(cls, options)


T = TypeVar("T")

_MAKER: Final = "_make_dataclass"
"""The name of what makes a class a dataclass, as long as it is none."""

_LOCK: Final = RLock()


def _later(cls: type[T], options: dict[str, bool]) -> type[T]:
    def make() -> None:
        delattr(cls, "__init__")
        delattr(cls, _MAKER)
        dataclasses.dataclass(**options)(cls)

    def init(self: object, *arguments: Any, **named: Any) -> None:
        with _LOCK:
            # A base first, whose fields come first.
            for each in reversed(cls.__mro__):
                base: Callable[[], None] | None = vars(each).get(_MAKER)
                if base is not None:
                    base()
        type(self).__init__(self, *arguments, **named)

    setattr(cls, _MAKER, staticmethod(make))
    setattr(cls, "__init__", init)  # noqa: B010 (a type checker would forbid it)
    return cls
