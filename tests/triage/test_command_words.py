"""The commands that show the same rows say the whole query, and nothing but it."""

from __future__ import annotations

import shlex

import pytest

from tests.triage.rows import HOSTILE, controls
from tui.cli import parse
from tui.records import Query, TagFilter
from tui.requests import List
from tui.triage.command_words import cli_for, for_invocation

FULL = Query(
    "cn-hangzhou",
    name="my app.conf",
    instance_id="i-1",
    statuses=("Failed", "PartialFailed"),
    resource_group_id="rg-1",
    tags=(TagFilter("env", "prod"), TagFilter("canary", ""), TagFilter("owner")),
)


def test_the_vendors_command_is_said_once_for_each_status() -> None:
    words = cli_for(FULL, profile="ops")
    assert words.vendors == tuple(
        "aliyun ecs DescribeSendFileResults --profile ops --RegionId cn-hangzhou"
        " --Name 'my app.conf' --InstanceId i-1 --ResourceGroupId rg-1"
        f" --InvocationStatus {status} --Tag.1.Key env --Tag.1.Value prod --Tag.2.Key canary"
        " --Tag.2.Value '' --Tag.3.Key owner --MaxResults 50"
        for status in FULL.statuses
    )


def test_one_invocation_needs_no_page_size() -> None:
    words = for_invocation("cn-hangzhou", "f-1")
    assert words.vendors == (
        "aliyun ecs DescribeSendFileResults --RegionId cn-hangzhou --InvokeId f-1",
    )
    assert words.ours == "sendfile-explorer list --region cn-hangzhou --invoke-id f-1"


@pytest.mark.parametrize(
    "query",
    [
        FULL,
        Query("cn-hangzhou"),
        Query("cn-hangzhou", name="-rf"),
        Query("cn-hangzhou", invoke_id="f-1", tags=(TagFilter("-k", "a=b"),)),
        Query("cn-hangzhou", name='a\'b "c" $(x) ; |'),
    ],
)
def test_our_own_command_line_reads_the_same_query(query: Query) -> None:
    words = cli_for(query, everything=True, output="ndjson")
    program, *rest = shlex.split(words.ours)
    assert program == "sendfile-explorer"
    request = parse(rest)
    assert isinstance(request, List)
    assert request.limit is None
    assert request.output == "ndjson"
    assert request.common.flags["region"] == query.region
    asked = Query(
        query.region,
        request.filters.invoke_id,
        request.filters.name,
        request.filters.instance_id,
        request.filters.statuses,
        request.filters.resource_group_id,
        request.filters.tags,
    )
    assert asked == query


def test_what_no_command_can_say_is_said_in_a_sentence() -> None:
    refused = cli_for(Query("cn-hangzhou", name="a\0"))
    assert (refused.ours, refused.vendors) == ("", ())
    assert refused.problem == "The value of --name has a NUL, which no argument can have: a␀."
    odd = cli_for(Query("cn-hangzhou", tags=(TagFilter("a=b", "c"),)))
    assert odd.ours == ""
    assert "--Tag.1.Key a=b" in odd.vendors[0]
    assert odd.problem


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_queries_make_harmless_lines(text: str) -> None:
    words = cli_for(Query(text, text, text, text, (text,), text, (TagFilter(text, text),)))
    for line in (words.ours, *words.vendors, words.problem):
        assert not controls(line, "")
