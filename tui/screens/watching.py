"""Watching: what is unfinished is asked for again and again, until it has finished."""

from __future__ import annotations

import asyncio
from typing import Final

from textual import work

from tui.api.errors import ApiError
from tui.screens.reading import Reading
from tui.screens.stage import Stage

INTERVAL: Final = 5.0
"""Seconds from the end of a round of questions to the next one, at least."""

BETWEEN_CALLS: Final = 0.6
"""Seconds between two questions of a round: the quota is shared with all tools of the account."""

MOST_WATCHED: Final = 50
"""Sends that are watched at once: the newest of the unfinished ones."""


class Watching(Stage):
    """Refreshes rows in place while their sends go on."""

    def action_watch(self) -> None:
        """Begin to watch, or stop."""
        if self.is_working("watch"):
            self.workers.cancel_group(self, "watch")
            self.say("No longer watching.")
        else:
            self.watch_sends()

    @work(exclusive=True, group="watch")
    async def watch_sends(self) -> None:
        """Ask again for each send that goes on, until none does."""
        reading = self.loader.reading
        if reading is None:
            return
        try:
            ended = 0
            while waiting := await reading.unfinished(MOST_WATCHED):
                self.loader.watched = len(waiting)
                self.say_status()
                forgotten = await self._ask_for(reading, waiting)
                ended += 1
                if forgotten == len(waiting):
                    break
                await asyncio.sleep(INTERVAL)
            self.say("All has finished; W watches again." if ended else "All has finished already.")
        except ApiError as failure:
            self.say(f"No longer watching: {failure.sentence}")
        finally:
            self.loader.watched = 0
            self.say_status()

    async def _ask_for(self, reading: Reading, invoke_ids: list[str]) -> int:
        """Ask for sends one after the other; return how many the service knows no more."""
        forgotten = 0
        for invoke_id in invoke_ids:
            try:
                known = await reading.refresh_one(await self.loader.service(), invoke_id)
            except ApiError as failure:
                if not failure.retryable:
                    raise
            else:
                forgotten += not known
            await asyncio.sleep(BETWEEN_CALLS)
        return forgotten
