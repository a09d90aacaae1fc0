"""The services that are told by their paths, and need no signature, behind one face."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from tui.emulator import credentials_uri, metadata, sign_in
from tui.emulator.request import Request, Response

if TYPE_CHECKING:
    from tui.emulator.handler import Conditions, Emulator


class Door(Protocol):
    """A module that answers what is asked on its paths."""

    def serves(self, path: str) -> bool:
        """Say whether a path is one of its own."""

    def operation(self, path: str) -> str:
        """Return what a path is for, as the log of requests names it."""

    def answer(self, emulator: Emulator, request: Request, conditions: Conditions) -> Response:
        """Answer one request."""


DOORS: Final[tuple[Door, ...]] = (metadata, credentials_uri, sign_in)
"""All of them."""


def door(path: str) -> Door | None:
    """Return the one that serves a path, or None: an operation is called there, or nothing is."""
    return next((each for each in DOORS if each.serves(path)), None)
