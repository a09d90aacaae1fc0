"""The local filter: its words, its sentences, and that SQL finds what a plain loop would."""

from __future__ import annotations

import asyncio
import string
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.archive.arrangement import Sort, arrangement
from tui.archive.local_filter import MAX_LENGTH, LocalFilter, parse
from tui.archive.store import Archive
from tui.archive.view import View
from tui.records import InstanceResult, Invocation, Query, Tag

pytestmark = pytest.mark.anyio

NGINX = Invocation(
    "f-nginx",
    "PartialFailed",
    "2026-01-03T00:00:00Z",
    name="Nginx.conf",
    target_dir="/etc/nginx",
    file_owner="Root",
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
    name="app_env",
    target_dir="/Srv/app dir",
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
        ("m=web=e", ["nginx"]),
        ("100%", ["nginx"]),
        ("_env", ["app"]),
        ("%", ["nginx"]),
        ("status:failed", ["keys"]),
        ("status:partial", ["nginx"]),
        ("status:PART", ["nginx"]),
        ("status:fail_d", []),
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
        ("tag:prod", ["nginx"]),
        ("tag:=prod", ["nginx"]),
        ("tag:env=", ["nginx", "app"]),
        ("tag:en=", []),
        ("tag:ENV=Prod", ["nginx"]),
        ('-"app dir"', ["nginx"]),
        ('"status:success"', []),
        ("--srv", ["nginx", "app", "keys"]),
        ("name:.SH", ["keys"]),
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
        ("-nmae:x", "did you mean name:?"),
        ("staus:", "did you mean status:?"),
        ("zzz:x", "there are status, code"),
        ('""', "nothing between"),
        ('name:""', "nothing between"),
        ("name:", "name: needs something"),
        ("name: nginx", "name: needs something"),
        ("-status:", "-status: needs something"),
        ("-", "- needs something"),
        ("nginx !", "! needs something"),
        ("x" * (MAX_LENGTH + 1), "at most 500"),
    ],
)
def test_words_that_make_no_filter_are_explained(text: str, words: str) -> None:
    unusable = parse(text)
    assert words in unusable.problem
    assert unusable == LocalFilter(problem=unusable.problem)
    assert unusable.problem.isprintable()


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
        ("ok", ["nginx", "keys", "app"]),
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


async def test_a_change_of_values_moves_and_hides_no_row_until_the_next_arrangement(
    view: View,
) -> None:
    assert await found(view, "-status:failed", Sort("name")) == ["app", "nginx"]
    await view.update([replace(APP, name="zzz"), replace(NGINX, status="Failed")])
    await view.add([replace(KEYS, invoke_id="f-new", name="B", status="Running")])
    rows = [row for row in view.rows(0, 9) if row]
    assert [row.name for row in rows if row.invoke_id != "f-new"] == ["zzz", "Nginx.conf"]
    assert [row.status for row in rows if row.invoke_id == "f-nginx"] == ["Failed"]
    await view.rearrange()
    assert [row.invoke_id for row in view.rows(0, 9) if row] == ["f-new", "f-app"]
    assert view.hidden == 2


# The same by a plain loop.

FIELDS = ("", "status", "code", "host", "name", "dir", "id", "owner", "group", "mode", "tag")

ASCII_ONLY = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)

Term = tuple[bool, str, str]
"""Whether what follows must not hold; the field, which may be empty; the value."""


def has(text: str, value: str) -> bool:
    if value.isascii():
        return value.translate(ASCII_ONLY) in text.translate(ASCII_ONLY)
    return value.casefold() in text.casefold()


def same(text: str, value: str) -> bool:
    return has(text, value) and len(text.casefold()) == len(value.casefold())


def any_has(texts: Iterable[str], value: str) -> bool:
    return any(has(text, value) for text in texts)


def holds(each: Invocation, field: str, value: str) -> bool:
    hosts = [result.instance_id for result in each.results]
    codes = [result.error_code for result in each.results]
    texts = {
        "name": [each.name],
        "dir": [each.target_dir],
        "id": [each.invoke_id],
        "owner": [each.file_owner],
        "group": [each.file_group],
        "mode": [each.file_mode],
        "host": hosts,
        "code": codes,
        "": [
            *(each.invoke_id, each.name, each.target_dir, each.file_owner, each.file_group),
            *(each.description, each.status, *hosts, *codes),
            *(f"{tag.key}={tag.value}" for tag in each.tags),
        ],
    }
    if field == "status":
        return each.status.lower().startswith(value.lower())
    if field == "tag":
        key, equals, wanted = value.partition("=")
        if not equals:
            return any_has([text for tag in each.tags for text in (tag.key, tag.value)], value)
        return any((not key or same(tag.key, key)) and has(tag.value, wanted) for tag in each.tags)
    return any_has(texts[field], value)


def matching(rows: Sequence[Invocation], terms: Sequence[Term]) -> set[str]:
    return {
        each.invoke_id
        for each in rows
        if all(holds(each, field, value) is not negated for negated, field, value in terms)
    }


def written(terms: Sequence[Term]) -> str:
    return " ".join(
        f"{'-' * negated}{field}{':' * bool(field)}" + (value if '"' in value else f'"{value}"')
        for negated, field, value in terms
    )


words = st.text('aAbB =\u00e9\u00c9\u00dfK\u212a\u017f%_\\"[],:-\t', max_size=4)

rows = st.lists(
    st.builds(
        lambda texts, status, codes, tags: Invocation(
            *(texts[0], status),
            name=texts[1],
            target_dir=texts[2],
            file_owner=texts[3],
            file_group=texts[4],
            file_mode=texts[5],
            description=texts[6],
            tags=tuple(Tag(key, value) for key, value in tags),
            results=tuple(InstanceResult(host, "Failed", code) for host, code in codes),
            raw="{}",
        ),
        st.lists(words, min_size=7, max_size=7),
        st.sampled_from(["Success", "Failed", "PartialFailed", "Running", ""]),
        st.dictionaries(words, words, max_size=2).map(dict.items),
        st.dictionaries(words, words, max_size=2).map(dict.items),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda each: each.invoke_id,
)

values = st.one_of(
    words.filter(lambda value: value.strip() and (value[0] != '"' or '"' not in value)),
    st.sampled_from(["a=b", "=a", "a=", "fail", "part", "Success"]),
).filter(lambda value: '"' not in value or (not set(value) & {" ", "\t", ":", "-"}))

terms = st.lists(
    st.tuples(
        st.booleans(),
        st.sampled_from(FIELDS),
        values,
    ),
    min_size=1,
    max_size=3,
)


async def visible(invocations: Sequence[Invocation], *texts: str) -> list[set[str]]:
    archive = Archive()
    view = View(archive, "me", await archive.question("me", Query("cn-hangzhou")))
    await view.open()
    await view.add(invocations)
    found = []
    for text in texts:
        await view.rearrange(arrangement(None, parse(text)))
        found.append({row.invoke_id for row in view.rows(0, 99) if row})
        assert view.hidden == len(invocations) - len(found[-1])
    await archive.close()
    return found


@settings(deadline=None, max_examples=80)
@given(rows, st.lists(terms, min_size=5, max_size=5))
def test_sql_finds_what_a_loop_finds(
    invocations: list[Invocation], filters: list[list[Term]]
) -> None:
    texts = [written(each) for each in filters]
    assert [parse(text).problem for text in texts] == [""] * len(texts)
    found = asyncio.run(visible(invocations, *texts))
    assert found == [matching(invocations, each) for each in filters]


@settings(deadline=None)
@given(st.lists(st.text(max_size=MAX_LENGTH), max_size=5))
def test_whatever_is_typed_is_a_filter_or_a_problem(texts: list[str]) -> None:
    filters = [parse(text) for text in texts]
    for each in filters:
        assert not each.problem or each.where == "TRUE"
        assert each.where.count("?") == len(each.parameters)
    asyncio.run(visible([NGINX], *texts))


async def test_the_longest_filter_is_not_too_deep_for_sqlite(view: View) -> None:
    assert await found(view, "tag:i=o " * (MAX_LENGTH // 8)) == []
    assert await found(view, "-z " * (MAX_LENGTH // 3)) == ["nginx", "app", "keys"]
    assert await found(view, "i " * (MAX_LENGTH // 2)) == ["nginx", "app", "keys"]
    assert await found(view, "é " * (MAX_LENGTH // 2)) == []
    assert await found(view, "x" * MAX_LENGTH) == []


ODD = replace(
    NGINX,
    invoke_id="f-odd",
    name="Über-Straße",
    target_dir="/opt",
    file_owner="noë",
    tags=(Tag('a"b', "c\\d"), Tag("Größe", "é\t")),
)


@pytest.mark.parametrize(
    "text",
    [
        *("ÜBER", "über", "name:üBEr", "name:straße", "owner:Ë", "tag:GRÖSSE=É", "größe=é"),
        *('tag:a"b', "tag:c\\d", 'a"b=c\\d', 'tag:a"B=\\', 'tag:"\t"'),
    ],
)
async def test_odd_letters_are_found_in_either_case(view: View, text: str) -> None:
    await view.add([ODD])
    assert await found(view, text) == ["odd"]


@pytest.mark.parametrize("text", ["\ud83d", "\0", "ße/opt", "tag:größ=", "name:STRASSE", 'tag:b"c'])
async def test_odd_letters_are_found_nowhere_else(view: View, text: str) -> None:
    await view.add([ODD])
    assert await found(view, text) == []
