"""Keys take effect in the order in which they were struck, also when a line delivers them at once.

Textual hands a key to the focused widget and the next one after it, while an action that is bound
to the first still makes its way up to the application: of `/abc` in one packet, `abc` would go to
where the focus was. Here a key waits until the one before it has done what it does.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final, TypeVar

from textual.app import App
from textual.dom import DOMNode
from textual.events import Event, Key, Paste
from textual.message_pump import MessagePump

PATIENCE: Final = 0.5
"""Seconds that a key waits for the one before it, whose widget may be busy or gone."""

ReturnType = TypeVar("ReturnType")


class OrderedKeysApp(App[ReturnType]):
    """An App in which one key, or one paste, is dealt with at a time."""

    def __init__(self, **arguments: object) -> None:
        self._struck: deque[Event] = deque()
        """Keys that wait, the next one first."""
        self._turn = 0
        """The number of the key that is being dealt with."""
        self._alarm: asyncio.TimerHandle | None = None
        """Set while a key is being dealt with."""
        super().__init__(**arguments)  # type: ignore[arg-type]

    async def on_event(self, event: Event) -> None:
        """Take keys in their turn and everything else as it comes."""
        if not isinstance(event, Key | Paste) or event.is_forwarded:
            await super().on_event(event)
        elif self._alarm is not None:
            self._struck.append(event)
        else:
            await self._deal_with(event)

    async def _deal_with(self, event: Event) -> None:
        self._turn += 1
        turn = self._turn
        loop = asyncio.get_running_loop()
        self._alarm = loop.call_later(PATIENCE, self.call_later, self._next, turn)
        start = self.focused or self.screen
        await super().on_event(event)
        self._follow(start, turn, 1)

    def _follow(self, node: MessagePump | None, turn: int, rounds: int) -> None:
        """Go the way of the key, one queue behind the other, up to the application's.

        In the second round the screen that the key may have opened has its focus, and what the
        key asked the application to do later has been done.
        """
        while isinstance(node, DOMNode) and node is not self:
            if node.call_later(self._follow, node._parent, turn, rounds):
                return
            node = node._parent
        if rounds:
            self.call_later(self._again, turn, rounds - 1)
        else:
            self.call_later(self._next, turn)

    def _again(self, turn: int, rounds: int) -> None:
        self._follow(self.screen, turn, rounds)

    async def _next(self, turn: int) -> None:
        if turn != self._turn or self._alarm is None:
            return
        self._alarm.cancel()
        self._alarm = None
        if self._struck:
            await self._deal_with(self._struck.popleft())
