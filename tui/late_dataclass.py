"""Dataclasses that are made when the first of them is, as the first frame needs few of them.

To make a frozen one takes half a millisecond, and to import the explorer's modules would make a
hundred, most of them of no use before a key has been pressed. Those that are used at once share
what the standard library writes anew for each, which is four fifths of that time. Where many are
kept, or something asks for the fields of the class, `dataclasses.dataclass` with slots is right.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from threading import RLock
from typing import TYPE_CHECKING, Any, Final, TypeVar

T = TypeVar("T")

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls: type[T] | None = None, /, *, frozen: bool = False) -> Any:
        """Return a class that becomes a dataclass when it is first called."""
        return _later(cls, frozen) if cls is not None else lambda cls: _later(cls, frozen)


_MAKER: Final = "_make_dataclass"
"""The name of what makes a class a dataclass, as long as it is none."""

_LOCK: Final = RLock()


def _later(cls: type[T], frozen: bool) -> type[T]:
    def make() -> None:
        dataclasses.dataclass(init=False, eq=False, repr=False)(cls)
        for name, method in (_FROZEN if frozen else _CHANGING).items():
            if name not in vars(cls):
                setattr(cls, name, method)
        # Last and at once: until then another thread that wants one waits in the first initializer.
        setattr(cls, "__init__", _initializer(cls))  # noqa: B010 (a type checker would forbid it)
        delattr(cls, _MAKER)

    def init(self: object, *arguments: Any, **named: Any) -> None:
        with _LOCK:
            # A base first, whose fields come first.
            for each in reversed(cls.__mro__):
                base: Callable[[], None] | None = vars(each).get(_MAKER)
                if base is not None:
                    base()
        cls.__init__(self, *arguments, **named)

    setattr(cls, _MAKER, staticmethod(make))
    setattr(cls, "__init__", init)  # noqa: B010 (a type checker would forbid it)
    return cls


def _initializer(cls: type[Any]) -> Any:
    fields = [
        (each.name, object, dataclasses.field(default=each.default))
        if each.default_factory is dataclasses.MISSING
        else (each.name, object, dataclasses.field(default_factory=each.default_factory))
        for each in dataclasses.fields(cls)
    ]
    # The initializer of a class that has more to do ends with a call of that.
    more = {"__post_init__": None} if hasattr(cls, "__post_init__") else {}
    made = dataclasses.make_dataclass(cls.__name__, fields, eq=False, repr=False, namespace=more)
    return vars(made)["__init__"]


def _values(self: Any) -> tuple[object, ...]:
    return tuple(getattr(self, each.name) for each in dataclasses.fields(self) if each.compare)


def _repr(self: Any) -> str:
    # A field that is not to be shown may be a secret.
    shown = (
        f"{each.name}={getattr(self, each.name)!r}"
        for each in dataclasses.fields(self)
        if each.repr
    )
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _eq(self: object, other: object) -> bool:
    return _values(self) == _values(other) if type(other) is type(self) else NotImplemented


def _hash(self: object) -> int:
    return hash(_values(self))


def _set_once(self: Any, name: str, value: object) -> None:
    # The initializer is the first to set a field, and nobody is the second.
    if name in vars(self) or name not in self.__dataclass_fields__:
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
    object.__setattr__(self, name, value)


def _keep(self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


_CHANGING: Final[dict[str, Any]] = {"__repr__": _repr, "__eq__": _eq, "__hash__": None}
_FROZEN: Final = {**_CHANGING, "__hash__": _hash, "__setattr__": _set_once, "__delattr__": _keep}
