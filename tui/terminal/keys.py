"""Keys take effect in the order in which they were struck, also when a line delivers them at once.

Textual hands a key to the focused widget and the next one after it, while an action that is bound
to the first still makes its way up to the application: of `/abc` in one packet, `abc` would go to
where the focus was. Here a key waits until the one before it, or the click, has done what it does.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Final, TypeVar

from rich.console import RenderableType
from textual.app import App
from textual.dom import DOMNode
from textual.errors import NoWidget
from textual.events import Event, Key, MouseDown, MouseUp, Paste
from textual.message_pump import MessagePump

PATIENCE: Final = 0.5
"""Seconds that a key waits for the one before it, whose widget may be busy or gone.

So long waits the end, at most, for what is being opened: widgets that are half there end badly.
"""

HELD_PATIENCE: Final = 3.0
"""Seconds that keys wait for what is being opened, as long as that says that it is."""

ReturnType = TypeVar("ReturnType")


class OrderedKeysApp(App[ReturnType]):
    """An App in which one key, one paste or one click is dealt with at a time."""

    def __init__(self, **arguments: object) -> None:
        self._struck: deque[Event] = deque()
        """Keys and clicks that wait, the next one first."""
        self._turn = 0
        """The number of the key that is being dealt with."""
        self._alarm: asyncio.TimerHandle | None = None
        """Set while a key is being dealt with."""
        self._opening: set[object] = set()
        """What is being opened, for which the next key is."""
        self._has_passed = True
        """Whether the key that is being dealt with has gone all its way."""
        self._has_opened = False
        """Whether something has been opened since, whose focus is yet to be had."""
        self._end: Callable[[], None] | None = None
        """Ends the application, which has been asked for while something was being opened."""
        super().__init__(**arguments)  # type: ignore[arg-type]

    async def on_event(self, event: Event) -> None:
        """Take keys and clicks in their turn and everything else as it comes."""
        if not isinstance(event, Key | Paste | MouseDown | MouseUp) or event.is_forwarded:
            await super().on_event(event)
        elif self._alarm is not None:
            self._struck.append(event)
        else:
            await self._deal_with(event)

    @contextmanager
    def keys_held(self) -> Iterator[None]:
        """Let keys wait: what is struck next is for what is being opened here."""
        opened = object()
        self._opening.add(opened)
        self._set_alarm(HELD_PATIENCE)
        try:
            yield
        finally:
            self._opening.discard(opened)
            if self._end is not None and not self._opening:
                self._end()
            self._has_opened = True
            if self._has_passed:
                self.call_later(self._passed, self._turn)

    def exit(
        self,
        result: ReturnType | None = None,
        return_code: int = 0,
        message: RenderableType | None = None,
    ) -> None:
        """End the application, as soon as nothing is being opened."""
        end = partial(super().exit, result, return_code, message)
        if self._opening:
            self._end = end
            asyncio.get_running_loop().call_later(PATIENCE, end)
        else:
            end()

    async def _deal_with(self, event: Event) -> None:
        self._turn += 1
        turn = self._turn
        self._has_passed = False
        self._set_alarm(PATIENCE)
        start = self._receiver(event)
        await super().on_event(event)
        self._follow(start, turn, 1)

    def _receiver(self, event: Event) -> MessagePump:
        """Return what an event is for, whose queue it will be in."""
        if isinstance(event, MouseDown | MouseUp):
            with suppress(NoWidget):
                return self.get_widget_at(event.x, event.y)[0]
        return self.focused or self.screen

    def _set_alarm(self, patience: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        loop = asyncio.get_running_loop()
        self._alarm = loop.call_later(patience, self.call_later, self._next, self._turn)

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
            self.call_later(self._passed, turn)

    def _again(self, turn: int, rounds: int) -> None:
        self._follow(self.focused or self.screen, turn, rounds)

    async def _passed(self, turn: int) -> None:
        if turn != self._turn:
            return
        self._has_passed = True
        if self._opening:
            return
        if self._has_opened:
            self._has_opened = False
            self._again(turn, 0)
        else:
            await self._next(turn)

    async def _next(self, turn: int) -> None:
        if turn != self._turn or self._alarm is None:
            return
        self._alarm.cancel()
        self._alarm = None
        # Where this is the alarm's doing, nothing of what is still being opened is waited for.
        self._opening.clear()
        if self._struck:
            await self._deal_with(self._struck.popleft())
