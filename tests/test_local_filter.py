"""The local filter: its words, its sentences, and that SQL finds what a plain loop would."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tui.archive.arrangement import Sort, arrangement
from tui.archive.local_filter import LocalFilter, parse
from tui.archive.store import Archive
from tui.archive.view import View
from tui.records import InstanceResult, Invocation, Query, Tag

pytestmark = pytest.mark.anyio

NGINX = Invocation(
    "f-nginx",
    "PartialFailed",
    "2026-01-03T00:00:00Z",
    name="nginx.conf",
    target_dir="/etc/nginx",
    file_owner="root",
    file_group="wheel",
    file_mode="0644",
    description="100% of the front door",
    vm_count=2,
    tags=(Tag("env", "prod"), Tag("team", "web=edge")),
    results=(
        InstanceResult("i-aaa", "Success"),
        InstanceResult("i-bbb", "Failed", "ClientNotRunning"),
    ),
    raw="{}",
)
APP = replace(
    NGINX,
    invoke_id="f-app",
    status="Success",
    creation_time="2026-01-02T00:00:00Z",
    name="App_env",
    target_dir="/srv/app dir",
    file_owner="deploy",
    file_group="deploy",
    file_mode="0600",
    description="",
    tags=(Tag("env", "staging"),),
    results=(InstanceResult("i-ccc", "Success"),),
)
KEYS = replace(
    APP,
    invoke_id="f-keys",
    status="Failed",
    creation_time="2026-01-01T00:00:00Z",
    name="rotate.sh",
    results=(InstanceResult("i-aaa", "Aborted", "InstanceNotRunning"),),
    tags=(),
)


@pytest.fixture
async def view() -> AsyncIterator[View]:
    archive = Archive()
    view = View(archive, "me", await archive.question("me", Query("cn-hangzhou")))
    await view.open()
    await view.add([NGINX, APP, KEYS])
    yield view
    await archive.close()


async def found(view: View, text: str, sort: Sort | None = None) -> list[str]:
    local_filter = parse(text)
    assert local_filter.problem == ""
    await view.rearrange(arrangement(sort, local_filter))
    return [row.invoke_id.removeprefix("f-") for row in view.rows(0, 9) if row]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ["nginx", "app", "keys"]),
        ("nginx", ["nginx"]),
        ("NGINX", ["nginx"]),
        ("srv", ["app", "keys"]),
        ("srv rotate", ["keys"]),
        ("clientnot", ["nginx"]),
        ("i-aaa", ["nginx", "keys"]),
        ("staging", ["app"]),
        ("env=prod", ["nginx"]),
        ("100%", ["nginx"]),
        ("_env", ["app"]),
        ("%", ["nginx"]),
        ("status:failed", ["keys"]),
        ("status:partial", ["nginx"]),
        ("-status:success", ["nginx", "keys"]),
        ("!status:success !keys", ["nginx"]),
        ("code:NotRunning", ["nginx", "keys"]),
        ("code:Client", ["nginx"]),
        ("host:i-bbb", ["nginx"]),
        ("-host:i-aaa", ["app"]),
        ("owner:root", ["nginx"]),
        ("group:deploy", ["app", "keys"]),
        ("mode:06", ["nginx", "app", "keys"]),
        ("mode:0600", ["app", "keys"]),
        ("id:f-k", ["keys"]),
        ('dir:"app dir"', ["app", "keys"]),
        ('"app dir" name:rotate', ["keys"]),
        ("tag:env", ["nginx", "app"]),
        ("tag:env=pro", ["nginx"]),
        ("tag:team=web=edge", ["nginx"]),
        ("tag:nv=prod", []),
        ("-tag:env", ["keys"]),
        ("NAME:app", ["app"]),
        ("'; DROP TABLE invocation; --", []),
    ],
)
async def test_what_each_filter_finds(view: View, text: str, names: list[str]) -> None:
    assert await found(view, text) == names


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('"open', "not closed"),
        ('name:"open', "not closed"),
        ("staus:x", "did you mean status:?"),
        ("zzz:x", "there are status, code"),
        ('""', "nothing between"),
        ("name:", "needs something"),
    ],
)
def test_words_that_make_no_filter_are_explained(text: str, words: str) -> None:
    assert words in parse(text).problem


def test_no_words_are_no_filter() -> None:
    assert parse("   ") == LocalFilter()
    assert not arrangement(None, parse("")).filters
    assert arrangement(None, parse("x")).filters


@pytest.mark.parametrize(
    ("column", "names"),
    [
        ("created", ["keys", "app", "nginx"]),
        ("status", ["keys", "nginx", "app"]),
        ("name", ["app", "nginx", "keys"]),
        ("ok", ["keys", "nginx", "app"]),
        ("id", ["app", "keys", "nginx"]),
        ("dir", ["nginx", "app", "keys"]),
        ("owner", ["app", "keys", "nginx"]),
        ("mode", ["app", "keys", "nginx"]),
        ("tags", ["keys", "nginx", "app"]),
    ],
)
async def test_each_column_sorts(view: View, column: str, names: list[str]) -> None:
    assert await found(view, "", Sort(column)) == names


async def test_the_other_way_round_is_the_other_way_round(view: View) -> None:
    assert await found(view, "", Sort("name", descending=True)) == ["keys", "nginx", "app"]
    assert await found(view, "srv", Sort("owner", descending=True)) == ["app", "keys"]
