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
    numbers = fleet.matching(selection, fleet.numbers(emulator.retention_days))
    if selection.tags:
        numbers = numbers[:TAG_CAP]
    binding = f"DescribeSendFileResults {region} {selection!r}"
    if paging.number is not None:
        first = (paging.number - 1) * paging.size
    elif paging.token:
        try:
            last = emulator.tokens.read(binding, paging.token)
        except TokenInvalid as error:
            raise Refusal("InvalidParameter.NextToken") from error
        first = sum(number <= last for number in numbers)
    else:
        first = 0
    shown = numbers[first : first + paging.size]
    more = first + paging.size < len(numbers)
    by_token = paging.number is None or paging.undecided
    return {
        "PageSize": paging.size,
        "PageNumber": paging.number or 1,
        "TotalCount": len(shown) if paging.number is None else len(numbers),
        "NextToken": emulator.tokens.issue(binding, shown[-1]) if more and by_token else "",
        "Invocations": {"Invocation": [fleet.invocation(number) for number in shown]},
    }


OPERATIONS: Final[Mapping[str, Callable[[Emulator, Mapping[str, str]], dict[str, object]]]] = (
    MappingProxyType({"DescribeSendFileResults": describe_send_file_results})
)
"""What the emulator answers, by the name of the operation."""
