"""The operations of the emulated service: parameters in, the body of the answer out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tui.emulator import parameters as reading
from tui.emulator.refusals import Refusal
from tui.emulator.tokens import TokenInvalid

if TYPE_CHECKING:
    from tui.emulator.handler import Emulator
    from tui.emulator.matches import Found

TAG_CAP: Final = 1000
"""The most records that a query by tags shows."""


def describe_send_file_results(
    emulator: Emulator, parameters: Mapping[str, str]
) -> dict[str, object]:
    """Answer DescribeSendFileResults."""
    region = reading.region(parameters)
    selection = reading.selection(parameters)
    paging = reading.paging(parameters)
    fleet = emulator.fleet_in(region)
    found = fleet.matching(selection, emulator.retention_days)
    shown_at_most = TAG_CAP if selection.tags else None
    binding = f"DescribeSendFileResults {region} {selection!r}"
    if paging.number is not None:
        first = (paging.number - 1) * paging.size
    else:
        first = _place_after(emulator, found, binding, paging.token)
    wanted = paging.size + 1
    if shown_at_most is not None:
        wanted = max(0, min(wanted, shown_at_most - first))
    numbers = found.at(first, wanted)
    shown, more = numbers[: paging.size], len(numbers) > paging.size
    by_token = paging.number is None or paging.undecided
    total = len(shown)
    if paging.number is not None:
        total = found.total() if shown_at_most is None else len(found.at(0, shown_at_most))
    return {
        "PageSize": paging.size,
        "PageNumber": paging.number or 1,
        "TotalCount": total,
        "NextToken": emulator.tokens.issue(binding, shown[-1]) if more and by_token else "",
        "Invocations": {"Invocation": [fleet.invocation(number) for number in shown]},
    }


def _place_after(emulator: Emulator, found: Found, binding: str, token: str) -> int:
    """Return the place to go on from among what was found, or refuse the token."""
    if not token:
        return 0
    try:
        return found.after(emulator.tokens.read(binding, token))
    except TokenInvalid as error:
        raise Refusal("InvalidParameter.NextToken") from error


OPERATIONS: Final[Mapping[str, Callable[[Emulator, Mapping[str, str]], dict[str, object]]]] = (
    MappingProxyType({"DescribeSendFileResults": describe_send_file_results})
)
"""What the emulator answers, by the name of the operation."""
