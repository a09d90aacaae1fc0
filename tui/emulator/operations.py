"""The operations of the emulated service: parameters in, the body of the answer out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tui.emulator import agents, labels, regions
from tui.emulator import parameters as reading
from tui.emulator.refusals import Refusal
from tui.emulator.tokens import TokenInvalid

if TYPE_CHECKING:
    from tui.emulator.handler import Emulator
    from tui.emulator.matches import Found

TAG_CAP: Final = 1000
"""The most records that a query by tags shows."""

TAGGED_PAGE: Final = 50
"""Records on one page of ListTagResources, which takes no size."""

MAX_RESOURCE_TAG_KEY: Final = 128
"""The longest tag key that ListTagResources takes, in characters."""

MAX_RESOURCE_IDS: Final = 50
"""The most resources that one ListTagResources names."""

MAX_INSTANCE_IDS: Final = 100
"""The most instances that one DescribeCloudAssistantStatus names."""

Parameters = Mapping[str, str]
Operation = Callable[["Emulator", Parameters], dict[str, object]]


def describe_send_file_results(emulator: Emulator, parameters: Parameters) -> dict[str, object]:
    """Answer DescribeSendFileResults.

    A call that names neither paging method is answered so that either may follow.
    """
    region = reading.region(parameters)
    selection = reading.selection(parameters)
    paging = reading.paging(parameters)
    fleet = emulator.fleet_in(region)
    found = fleet.matching(selection, emulator.retention_days)
    shown_at_most = TAG_CAP if selection.tags else None
    binding = _results_binding(region, selection)
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


def describe_regions(emulator: Emulator, parameters: Parameters) -> dict[str, object]:
    """Answer DescribeRegions: Chinese names, English ones for any other language."""
    chinese = parameters.get("AcceptLanguage", "zh-CN") in ("", "zh-CN", "zh-TW")
    return {
        "Regions": {
            "Region": [
                {
                    "RegionId": region.region_id,
                    "LocalName": region.chinese if chinese else region.english,
                    "RegionEndpoint": region.endpoint,
                    "Status": region.status,
                }
                for region in regions.REGIONS.values()
            ]
        }
    }


def list_tag_resources(emulator: Emulator, parameters: Parameters) -> dict[str, object]:
    """Answer ListTagResources for file-sending tasks, without the cap that queries by tags have."""
    region = reading.region(parameters)
    kind = parameters.get("ResourceType", "")
    if not kind:
        raise Refusal("MissingParameter.ResourceType")
    if kind != "invocation":
        raise Refusal("InvalidResourceType.NotFound")
    tags = _resource_tags(parameters)
    ids = reading.numbered(parameters, "ResourceId")
    if len(ids) > MAX_RESOURCE_IDS:
        raise Refusal("NumberExceed.ResourceIds")
    fleet = emulator.fleet_in(region)
    found = fleet.matching(reading.Selection(tags=tags), emulator.retention_days)
    binding = _tagged_binding(region, tags)
    first = _place_after(emulator, found, binding, parameters.get("NextToken", ""))
    if ids:
        named = {fleet.number_of(invoke_id) for invoke_id in ids}
        numbers = [
            number
            for number in sorted(number for number in named if number is not None)
            if number in found.at(found.after(number - 1), 1)
        ]
        more = False
    else:
        looked_at = list(found.at(first, TAGGED_PAGE + 1))
        numbers, more = looked_at[:TAGGED_PAGE], len(looked_at) > TAGGED_PAGE
    return {
        "NextToken": emulator.tokens.issue(binding, numbers[-1]) if more else "",
        "TagResources": {
            "TagResource": [
                {
                    "ResourceId": fleet.invoke_id(number),
                    "ResourceType": "invocation",
                    "TagKey": key,
                    "TagValue": value,
                }
                for number in numbers
                for key, value in labels.tags(fleet.send(number).campaign)
            ]
        },
    }


def describe_cloud_assistant_status(
    emulator: Emulator, parameters: Parameters
) -> dict[str, object]:
    """Answer DescribeCloudAssistantStatus; instances that do not exist are left out."""
    region = reading.region(parameters)
    paging = reading.paging(parameters)
    fleet = emulator.fleet_in(region)
    ids = reading.numbered(parameters, "InstanceId")
    if len(ids) > MAX_INSTANCE_IDS:
        raise Refusal("InstanceIds.ExceedLimit")
    hosts = agents.hosts()
    binding = f"DescribeCloudAssistantStatus {region} {parameters.get('OSType', '')!r}"
    token = ""
    if ids:
        known = (fleet.host_of(instance_id) for instance_id in ids)
        shown = [host for host in known if host is not None and agents.exists(host)]
        total = len(shown)
    elif parameters.get("OSType", agents.SYSTEM) not in ("", agents.SYSTEM):
        shown, total = [], 0
    else:
        first = 0
        if paging.number is not None:
            first = (paging.number - 1) * paging.size
        elif paging.token:
            first = _read(emulator, binding, paging.token)
        shown, total = list(hosts[first : first + paging.size]), len(hosts)
        if paging.number is None and first + paging.size < total:
            token = emulator.tokens.issue(binding, first + paging.size)
    return {
        "PageNumber": paging.number or 1,
        "PageSize": paging.size,
        "TotalCount": total,
        "NextToken": token,
        "InstanceCloudAssistantStatusSet": {
            "InstanceCloudAssistantStatus": [agents.status(fleet, host) for host in shown]
        },
    }


def looking_ahead(
    emulator: Emulator, action: str, parameters: Parameters, records: int
) -> Iterator[None]:
    """Look at the records that a call filters, and yield after each `records` of them."""
    region = reading.region(parameters)
    past: int | None = None
    count: int | None = TAGGED_PAGE + 1
    if action == "ListTagResources":
        selection = reading.Selection(tags=_resource_tags(parameters))
        binding = _tagged_binding(region, selection.tags)
        token = parameters.get("NextToken", "")
    else:
        selection, paging = reading.selection(parameters), reading.paging(parameters)
        binding, token = _results_binding(region, selection), paging.token
        count = paging.size + 1
        if paging.number is not None:
            count = TAG_CAP if selection.tags else None
    if token:
        past = _read(emulator, binding, token)
    found = emulator.fleet_in(region).matching(selection, emulator.retention_days)
    while not found.look(records, past=past, count=count):
        yield


def _results_binding(region: str, selection: reading.Selection) -> str:
    """Return what tokens of DescribeSendFileResults are bound to."""
    return f"DescribeSendFileResults {region} {selection!r}"


def _tagged_binding(region: str, tags: Sequence[tuple[str, str | None]]) -> str:
    """Return what tokens of ListTagResources are bound to."""
    return f"ListTagResources {region} {tags!r}"


def _resource_tags(parameters: Parameters) -> tuple[tuple[str, str | None], ...]:
    """Return the tags that ListTagResources is asked for."""
    return reading.tags(
        parameters, longest_key=MAX_RESOURCE_TAG_KEY, missing_key="InvalidParameter.TagValue"
    )


def _place_after(emulator: Emulator, found: Found, binding: str, token: str) -> int:
    """Return the place to go on from among what was found, or refuse the token."""
    return found.after(_read(emulator, binding, token)) if token else 0


def _read(emulator: Emulator, binding: str, token: str) -> int:
    try:
        return emulator.tokens.read(binding, token)
    except TokenInvalid as error:
        raise Refusal("InvalidParameter.NextToken") from error


OPERATIONS: Final[Mapping[str, Operation]] = MappingProxyType(
    {
        "DescribeCloudAssistantStatus": describe_cloud_assistant_status,
        "DescribeRegions": describe_regions,
        "DescribeSendFileResults": describe_send_file_results,
        "ListTagResources": list_tag_resources,
    }
)
"""What the emulator answers, by the name of the operation."""
