"""The commands that show the same rows: ours, and the vendor's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tui.records import MAX_PAGE_SIZE, Query
from tui.triage.quoting import Unquotable, command


@dataclass(frozen=True, slots=True)
class CommandWords:
    """Commands for a shell, one a line; a query that no command can say has none."""

    ours: str
    """`sendfile-explorer list …`."""
    vendors: tuple[str, ...]
    """`aliyun ecs DescribeSendFileResults …`, one for each status that the query merges; each
    shows the first page."""
    problem: str = ""
    """Why there is none; a printable sentence."""


def cli_for(
    query: Query,
    *,
    profile: str = "",
    endpoint: str = "",
    everything: bool = False,
    output: str = "",
) -> CommandWords:
    """Return the commands that answer `query`.

    Args:
        query: what the rows are the answer to.
        profile: of the vendor's command line, which ours reads as well; empty: the default.
        endpoint: where to ask; empty: by the region.
        everything: whether to read on to the last page.
        output: a format of `list`; empty: the default.
    """
    common = [pair for pair in (("--profile", profile), ("--endpoint", endpoint)) if pair[1]]
    reading = [("--output", output)] if output else []
    try:
        ours = command(
            ("sendfile-explorer", "list", *(("--all",) if everything else ())),
            (*common, *_ours(query), *reading),
        )
        vendors = tuple(
            command(("aliyun", "ecs", "DescribeSendFileResults"), (*common, *_vendors(each)))
            for each in query.walks()
        )
    except Unquotable as refusal:
        return CommandWords("", (), str(refusal))
    if any("=" in tag.key for tag in query.tags):
        return CommandWords("", vendors, "A tag key with an equals sign cannot be given to list.")
    return CommandWords(ours, vendors)


def for_invocation(
    region: str, invoke_id: str, *, profile: str = "", endpoint: str = ""
) -> CommandWords:
    """Return the commands that show one invocation."""
    return cli_for(Query(region, invoke_id=invoke_id), profile=profile, endpoint=endpoint)


def _ours(query: Query) -> Iterator[tuple[str, str]]:
    yield "--region", query.region
    for name, value in (
        ("--invoke-id", query.invoke_id),
        ("--name", query.name),
        ("--instance-id", query.instance_id),
        ("--resource-group-id", query.resource_group_id),
    ):
        if value:
            yield name, value
    for status in query.statuses:
        yield "--status", status
    for tag in query.tags:
        yield "--tag", str(tag)


def _vendors(query: Query) -> Iterator[tuple[str, str]]:
    """Yield the parameters of a query of one status at most."""
    yield "--RegionId", query.region
    for name, value in (
        ("--InvokeId", query.invoke_id),
        ("--Name", query.name),
        ("--InstanceId", query.instance_id),
        ("--ResourceGroupId", query.resource_group_id),
        ("--InvocationStatus", "".join(query.statuses)),
    ):
        if value:
            yield name, value
    for number, tag in enumerate(query.tags, 1):
        yield f"--Tag.{number}.Key", tag.key
        if tag.value is not None:
            yield f"--Tag.{number}.Value", tag.value
    if not query.invoke_id:
        yield "--MaxResults", str(MAX_PAGE_SIZE)
