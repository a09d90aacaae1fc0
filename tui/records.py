"""The vocabulary of the product: queries, invocations, results and pages, as frozen values.

Nothing here touches a network, a disk or a screen, and nothing of ours is imported but
the decorator. The field names follow the API's own page (`DescribeSendFileResults`), in Python's
spelling.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from tui.late_dataclass import dataclass

OVERALL_STATUSES: Final = ("Pending", "Running", "Success", "Failed", "PartialFailed")
"""The values that the API takes for `InvocationStatus`, and the overall status of an invocation."""

INSTANCE_STATUSES: Final = (
    "Pending",
    "Running",
    "Success",
    "Failed",
    "Invalid",
    "Aborted",
    "Error",
    "Timeout",
)
"""The documented statuses of a result on one instance."""

UNFINISHED: Final = frozenset({"Pending", "Running"})
"""Statuses, overall and on an instance, that may still change."""

MAX_PAGE_SIZE: Final = 50
"""The most entries the API puts on one page (`MaxResults` and `PageSize`: 1 to 50)."""

MAX_TAGS: Final = 20
"""The most tags that one query may name (`Tag.N`: N is 1 to 20)."""

MAX_TAG_KEY: Final = 64
"""The longest tag key, in characters."""

MAX_TAG_VALUE: Final = 128
"""The longest tag value, in characters."""


@dataclass(frozen=True)
class Tag:
    """A tag on an invocation."""

    key: str
    value: str


@dataclass(frozen=True)
class TagFilter:
    """A tag that a query asks for: by its key alone, or with a value (which may be empty)."""

    key: str
    value: str | None = None

    def __str__(self) -> str:
        return self.key if self.value is None else f"{self.key}={self.value}"

    @classmethod
    def parse(cls, text: str) -> TagFilter:
        """Read `KEY` or `KEY=VALUE`; the first equals sign divides."""
        key, equals, value = text.partition("=")
        return cls(key, value if equals else None)


@dataclass(frozen=True)
class Query:
    """A set of server-side filters in one region; an empty string filters nothing."""

    region: str
    invoke_id: str = ""
    name: str = ""
    instance_id: str = ""
    statuses: tuple[str, ...] = ()
    """Overall statuses; the API takes one, so several mean several walks merged in time order."""
    resource_group_id: str = ""
    tags: tuple[TagFilter, ...] = ()

    def walks(self) -> tuple[Query, ...]:
        """Return the queries of at most one status each that this one consists of."""
        if len(self.statuses) <= 1:
            return (self,)
        return tuple(replace(self, statuses=(status,)) for status in self.statuses)

    def is_filtered(self) -> bool:
        """Say whether anything but the region narrows the answer."""
        return self != Query(self.region)

    def problems(self) -> tuple[str, ...]:
        """Return one sentence for each rule of the API's page that this query breaks."""
        return tuple(self._problems())

    def _problems(self) -> Iterator[str]:
        if not self.region:
            yield "A region is required, for example cn-hangzhou."
        for status in self.statuses:
            if status not in OVERALL_STATUSES:
                yield f"Status {status!a} is not one of {', '.join(OVERALL_STATUSES)}."
        if len(set(self.statuses)) < len(self.statuses):
            yield "A status is given twice."
        if len(self.tags) > MAX_TAGS:
            yield f"{len(self.tags)} tags are given; the API takes at most {MAX_TAGS}."
        keys = [tag.key for tag in self.tags]
        for key in dict.fromkeys(keys):
            if keys.count(key) > 1:
                yield f"Tag key {key!a} is given twice; tag keys must be unique."
        for tag in self.tags:
            yield from _tag_problems(tag)


def _tag_problems(tag: TagFilter) -> Iterator[str]:
    if not tag.key:
        yield "A tag needs a key."
    if len(tag.key) > MAX_TAG_KEY:
        yield (
            f"Tag key {tag.key[:20]!a}… has {len(tag.key)} characters;"
            f" at most {MAX_TAG_KEY} are allowed."
        )
    if tag.key.lower().startswith(("acs:", "aliyun")):
        yield f"Tag key {tag.key!a} must not start with acs: or aliyun."
    value = tag.value or ""
    if len(value) > MAX_TAG_VALUE:
        yield (
            f"The value of tag {tag.key!a} has {len(value)} characters;"
            f" at most {MAX_TAG_VALUE} are allowed."
        )
    for what, text in (("key", tag.key), ("value", value)):
        if "http://" in text or "https://" in text:
            yield f"The {what} of tag {tag.key!a} must not contain http:// or https://."


def page_size_problem(size: int) -> str | None:
    """Return the sentence for a page size outside the API's range, or None."""
    if 1 <= size <= MAX_PAGE_SIZE:
        return None
    return f"The page size must be from 1 to {MAX_PAGE_SIZE}, not {size}."


@dataclasses.dataclass(frozen=True, slots=True)
class InstanceResult:
    """What became of one invocation on one instance (`InvokeInstance`); times are as sent."""

    instance_id: str
    status: str
    error_code: str = ""
    """Empty where the API sent nothing, an empty string or the word Null."""
    error_info: str = ""
    creation_time: str = ""
    start_time: str = ""
    finish_time: str = ""
    update_time: str = ""

    @property
    def finished(self) -> bool:
        """Whether the status can no longer change."""
        return self.status not in UNFINISHED

    @property
    def failed(self) -> bool:
        """Whether the file did not arrive; a status that nobody has documented counts as failed."""
        return self.finished and self.status != "Success"

    @property
    def seconds(self) -> float | None:
        """The time from start to finish in seconds, where both are known and in order."""
        start, finish = instant(self.start_time), instant(self.finish_time)
        if start is None or finish is None or finish < start:
            return None
        return (finish - start).total_seconds()


@dataclasses.dataclass(frozen=True, slots=True)
class Invocation:
    """One file-sending task with its results: every documented field, and the answer as sent."""

    invoke_id: str
    status: str
    creation_time: str = ""
    name: str = ""
    target_dir: str = ""
    content_type: str = ""
    content: str = ""
    """As sent: Base64 under `Base64`, and sometimes under `PlainText` too."""
    description: str = ""
    file_owner: str = ""
    file_group: str = ""
    file_mode: str = ""
    overwrite: str = ""
    vm_count: int = 0
    results: tuple[InstanceResult, ...] = ()
    tags: tuple[Tag, ...] = ()
    raw: str = ""
    """The API's own JSON object with every field, ASCII only, on one line."""

    @property
    def ok_count(self) -> int:
        """How many of the results are Success."""
        return sum(result.status == "Success" for result in self.results)

    @property
    def failed_count(self) -> int:
        """How many of the results have failed."""
        return sum(result.failed for result in self.results)

    @property
    def total_count(self) -> int:
        """How many instances the file was sent to: `VmCount`, or the results when it is less."""
        return max(self.vm_count, len(self.results))

    @property
    def finished(self) -> bool:
        """Whether the overall status can no longer change."""
        return self.status not in UNFINISHED

    @property
    def failed(self) -> bool:
        """Whether the file did not arrive everywhere."""
        return self.finished and self.status != "Success"

    @property
    def summary(self) -> InvocationSummary:
        """What a table row shows of this invocation."""
        return InvocationSummary(
            invoke_id=self.invoke_id,
            status=self.status,
            creation_time=self.creation_time,
            name=self.name,
            ok_count=self.ok_count,
            failed_count=self.failed_count,
            total_count=self.total_count,
            target_dir=self.target_dir,
            file_owner=self.file_owner,
            file_group=self.file_group,
            file_mode=self.file_mode,
            tags=self.tags,
        )


@dataclasses.dataclass(frozen=True, slots=True)
class InvocationSummary:
    """What a table row shows: an invocation without its results and content."""

    invoke_id: str
    status: str
    creation_time: str
    name: str
    ok_count: int
    failed_count: int
    total_count: int
    target_dir: str
    file_owner: str
    file_group: str
    file_mode: str
    tags: tuple[Tag, ...]


@dataclass(frozen=True)
class Explanation:
    """What is known about an error code of a result, for the person who has to act on it."""

    code: str
    meaning: str
    layer: str
    """Where the fault lies: the request, the instance, the agent on it, or the service."""
    retry: str
    """Whether sending the file again is safe and can succeed."""
    remedy: str
    """What to do."""
    file_changed: str
    """Whether the file on the instance may have changed all the same."""


@dataclass(frozen=True)
class FileContent:
    """The content of a file that was sent, decoded."""

    data: bytes
    """The bytes as they arrive on the instance."""
    encoding: str
    """How the API gave them, in words."""
    raw_sha256: str
    """Of the text that the API gave, in UTF-8; hexadecimal."""
    sha256: str
    """Of `data`; hexadecimal."""
    text: str | None
    """`data` as UTF-8 text, or None where it is none."""


@dataclass(frozen=True)
class Cursor:
    """Where the next page of a walk begins: a token (empty: the first page) or a page number."""

    token: str = ""
    number: int | None = None
    """1-based; given, the page is asked for by `PageNumber` and the token is not sent."""
    size: int = MAX_PAGE_SIZE


@dataclass(frozen=True)
class Page:
    """One answer of the API."""

    invocations: tuple[Invocation, ...]
    next_token: str = ""
    """Empty on the last page and under page numbers."""
    total_count: int | None = None
    """Under page numbers only; under tokens the API's figure means nothing and is dropped."""
    request_id: str = ""


@dataclass(frozen=True)
class Region:
    """A region as `DescribeRegions` names it, or as the built-in list does."""

    region_id: str
    name: str = ""
    endpoint: str = ""


@lru_cache(maxsize=4096)
def instant(text: str) -> datetime | None:
    """Read a time as the API writes it (`2019-12-20T06:15:54Z`); None where it is none."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None
