"""The region picker: the built-in list at once, and what the service names when it answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator

from textual import work

from tui.api.errors import ApiError
from tui.records import Region
from tui.screens.picker import Option, PickerScreen


class RegionScreen(PickerScreen):
    """Pick a region, or type a whole region ID."""

    def __init__(
        self,
        known: Iterable[Region],
        current: str,
        ask: Callable[[], Awaitable[Iterable[Region]]],
    ) -> None:
        self._regions = {region.region_id: region for region in known}
        self._ask = ask
        super().__init__(
            self._offers(),
            current,
            title="Region",
            invitation="type to narrow, or a whole region ID",
            nothing="No region has that in its name.",
            free=True,
        )

    def on_mount(self) -> None:
        self.ask_service()

    @work(exclusive=True, group="regions")
    async def ask_service(self) -> None:
        """Add what the service names to the list; without an answer the list stays as it is."""
        try:
            regions = await self._ask()
        except ApiError:
            return
        for region in regions:
            known = self._regions.get(region.region_id)
            name = region.name or (known.name if known else "")
            self._regions[region.region_id] = Region(region.region_id, name, region.endpoint)
        self.offer(self._offers())

    def _offers(self) -> Iterator[Option]:
        for region in sorted(self._regions.values(), key=lambda region: region.region_id):
            yield Option(region.region_id, region.region_id, ((region.name, "dim"),))
