"""The parameters of a call: read from query and form, checked by the rules of the API's page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tui.emulator import regions
from tui.emulator.refusals import Refusal

MAX_PAGE_SIZE: Final = 50
"""The most entries on one page, by either method."""

DEFAULT_PAGE_SIZE: Final = 10
"""Entries on a page when the call does not say."""

MAX_TAGS: Final = 20
"""The most tags that one call may name."""

MAX_TAG_KEY: Final = 64
"""The longest tag key of a file-sending task, in characters."""

MAX_TAG_VALUE: Final = 128
"""The longest tag value, in characters."""

STATUSES: Final = frozenset({"Pending", "Running", "Success", "Failed", "PartialFailed"})
"""What `InvocationStatus` may be."""

_TAG: Final = re.compile(r"Tag\.([0-9]{1,9})\.(Key|Value)")
_WHOLE: Final = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class Selection:
    """The filters of a call; an empty string filters nothing."""

    invoke_id: str = ""
    name: str = ""
    instance_id: str = ""
    status: str = ""
    resource_group_id: str = ""
    tags: tuple[tuple[str, str | None], ...] = ()
    """Keys with the value asked for; None asks for the key alone, and all must be there."""

    @property
    def scans(self) -> bool:
        """Whether records have to be looked at one by one to find those that match."""
        return not self.invoke_id and self != Selection()


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page is asked for: by token when `number` is None, else by number."""

    size: int
    token: str = ""
    number: int | None = None
    undecided: bool = False
    """Whether the call names neither method, so that the answer may be followed by either."""


def region(parameters: Mapping[str, str]) -> str:
    """Return the region that a call is for, or raise the refusal that this region answers with."""
    region_id = parameters.get("RegionId", "")
    if not region_id:
        raise Refusal("MissingRegionId")
    if region_id not in regions.REGIONS:
        raise Refusal("InvalidRegionId.NotFound")
    if region_id == regions.NOT_SUPPORTED:
        raise Refusal("RegionId.ApiNotSupported")
    if region_id == regions.FORBIDDEN:
        raise Refusal("Operation.Forbidden")
    if region_id == regions.BROKEN:
        raise Refusal("InternalError.Dispatch")
    return region_id


def selection(parameters: Mapping[str, str]) -> Selection:
    """Return the filters of DescribeSendFileResults, or raise the refusal they deserve."""
    status = parameters.get("InvocationStatus", "")
    if status and status not in STATUSES:
        raise Refusal("InvalidParameter", "The specified parameter InvocationStatus is not valid.")
    return Selection(
        invoke_id=parameters.get("InvokeId", ""),
        name=parameters.get("Name", ""),
        instance_id=parameters.get("InstanceId", ""),
        status=status,
        resource_group_id=parameters.get("ResourceGroupId", ""),
        tags=tags(parameters),
    )


def tags(
    parameters: Mapping[str, str],
    *,
    longest_key: int = MAX_TAG_KEY,
    missing_key: str = "MissingParameter.TagKey",
) -> tuple[tuple[str, str | None], ...]:
    """Return the tag filters of a call, or raise the refusal they deserve."""
    keys: dict[int, str] = {}
    values: dict[int, str] = {}
    for name, value in parameters.items():
        if named := _TAG.fullmatch(name):
            (keys if named[2] == "Key" else values)[int(named[1])] = value
    numbers = sorted(keys.keys() | values.keys())
    if len(numbers) > MAX_TAGS or any(not 1 <= number <= MAX_TAGS for number in numbers):
        raise Refusal("NumberExceed.Tags")
    if any(not keys.get(number) for number in numbers):
        raise Refusal(missing_key)
    if len(set(keys.values())) < len(keys):
        raise Refusal("Duplicate.TagKey")
    for number in numbers:
        key, value = keys[number], values.get(number, "")
        reserved = key.lower().startswith(("acs:", "aliyun"))
        if len(key) > longest_key or reserved or _links(key):
            raise Refusal("InvalidTagKey.Malformed")
        if len(value) > MAX_TAG_VALUE or _links(value):
            raise Refusal("InvalidTagValue.Malformed")
    return tuple((keys[number], values.get(number)) for number in numbers)


def paging(parameters: Mapping[str, str]) -> Paging:
    """Return the page asked for. MaxResults or NextToken void PageNumber and PageSize."""
    token = parameters.get("NextToken", "")
    if token or parameters.get("MaxResults", ""):
        size = _whole(parameters, "MaxResults", DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE)
        if size is None:
            raise Refusal("InvalidParameter.MaxResults")
        return Paging(size, token=token)
    number = _whole(parameters, "PageNumber", 1, None)
    if number is None:
        raise Refusal("InvalidParam.PageNumber")
    size = _whole(parameters, "PageSize", DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE)
    if size is None:
        raise Refusal("InvalidParam.PageSize")
    undecided = not parameters.get("PageNumber") and not parameters.get("PageSize")
    return Paging(size, number=number, undecided=undecided)


def numbered(parameters: Mapping[str, str], name: str) -> list[str]:
    """Return the values of a repeated parameter (`InstanceId.1`, `InstanceId.2`…) in order."""
    wanted = re.compile(re.escape(name) + r"\.([0-9]{1,9})")
    found = {}
    for key, value in parameters.items():
        if named := wanted.fullmatch(key):
            found[int(named[1])] = value
    return [found[number] for number in sorted(found)]


def _whole(
    parameters: Mapping[str, str], name: str, default: int, highest: int | None
) -> int | None:
    """Return a whole number from 1 to `highest`, the default where none is given, else None."""
    text = parameters.get(name, "")
    if not text:
        return default
    if not _WHOLE.fullmatch(text):
        return None
    number = int(text)
    return number if number >= 1 and (highest is None or number <= highest) else None


def _links(text: str) -> bool:
    return "http://" in text or "https://" in text
