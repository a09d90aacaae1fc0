"""The local filter: words as a user types them, read into SQL over what has been loaded.

    nginx               any text of the row has it: ID, name, directory, owner, group,
                        description, status, tags, error codes and instance IDs
    status:failed       the overall status begins with it
    code:Client         a result's error code has it
    host:i-bp1          an instance ID has it
    name: dir: id: owner: group: mode:      that field has it
    tag:env  tag:env=prod                   a tag's key or value has it; or a key and its value
    -status:success  !nginx                 not
    "two words"  name:"two words"           with spaces

Several terms must all hold. The case of ASCII letters does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

_TERM: Final = re.compile(
    r"""(?P<not>[-!])?(?:(?P<field>\w+):)?(?:"(?P<quoted>[^"]*)(?P<closed>")?|(?P<bare>[^\s"]+))"""
)

_ESCAPE: Final = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})

_HAS: Final = r"LIKE ? ESCAPE '\'"

_RESULT: Final = (
    "EXISTS (SELECT 1 FROM result WHERE result.invocation = invocation.id AND {condition})"
)

_ANYWHERE: Final = (
    "invocation.invoke_id",
    "invocation.name",
    "invocation.target_dir",
    "invocation.file_owner",
    "invocation.file_group",
    "invocation.description",
    "invocation.status",
)


@dataclass(frozen=True, slots=True)
class LocalFilter:
    """A condition on the rows that are loaded."""

    where: str = "TRUE"
    parameters: tuple[str, ...] = ()
    problem: str = ""
    """Why the words make no filter, in one sentence; then the condition is not to be used."""


Condition = tuple[str, tuple[str, ...]]


def parse(text: str) -> LocalFilter:
    """Read the words of a local filter; no words let everything through."""
    conditions: list[Condition] = []
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        match = _TERM.match(text, position)
        if match is None or (match["quoted"] is not None and not match["closed"]):
            return LocalFilter(problem="A quote is opened and not closed.")
        position = match.end()
        field = (match["field"] or "").casefold()
        value = match["bare"] if match["quoted"] is None else match["quoted"]
        if field and field not in _FIELDS:
            return LocalFilter(problem=_unknown(field))
        if not value:
            return LocalFilter(problem="A pair of quotes has nothing between them.")
        if not field and match["bare"] and value[:-1].casefold() in _FIELDS and value[-1] == ":":
            return LocalFilter(problem=f"{value} needs something to look for.")
        where, parameters = _FIELDS[field](value) if field else _anywhere(value)
        conditions.append((f"NOT ({where})" if match["not"] else where, parameters))
    if not conditions:
        return LocalFilter()
    return LocalFilter(
        " AND ".join(f"({where})" for where, _ in conditions),
        tuple(parameter for _, parameters in conditions for parameter in parameters),
    )


def _unknown(field: str) -> str:
    near = get_close_matches(field, _FIELDS, 1)
    hint = f"did you mean {near[0]}:?" if near else f"there are {', '.join(_FIELDS)}."
    return f"There is no field {field[:30]!a}; {hint}"


def _pattern(value: str) -> str:
    return f"%{value.translate(_ESCAPE)}%"


def _has(column: str) -> Callable[[str], Condition]:
    return lambda value: (f"{column} {_HAS}", (_pattern(value),))


def _status(value: str) -> Condition:
    return f"invocation.status {_HAS}", (_pattern(value)[1:],)


def _in_result(column: str) -> Callable[[str], Condition]:
    return lambda value: (
        _RESULT.format(condition=f"result.{column} {_HAS}"),
        (_pattern(value),),
    )


def _tag(value: str) -> Condition:
    key, equals, wanted = value.partition("=")
    of_tags = "EXISTS (SELECT 1 FROM json_each(invocation.tags) AS tag WHERE {condition})"
    name, content = "json_extract(tag.value, '$[0]')", "json_extract(tag.value, '$[1]')"
    if equals:
        condition = f"{name} LIKE ? ESCAPE '\\' AND {content} {_HAS}"
        return of_tags.format(condition=condition), (_pattern(key)[1:-1], _pattern(wanted))
    condition = f"{name} {_HAS} OR {content} {_HAS}"
    return of_tags.format(condition=condition), (_pattern(value),) * 2


def _anywhere(value: str) -> Condition:
    pattern = _pattern(value)
    conditions = [f"{column} {_HAS}" for column in _ANYWHERE]
    in_results = f"result.instance_id {_HAS} OR result.error_code {_HAS}"
    conditions.append(_RESULT.format(condition=f"({in_results})"))
    tags, tag_patterns = _tag(value)
    conditions.append(tags)
    return " OR ".join(conditions), (pattern,) * (len(_ANYWHERE) + 2) + tag_patterns


_FIELDS: Final[dict[str, Callable[[str], Condition]]] = {
    "status": _status,
    "code": _in_result("error_code"),
    "host": _in_result("instance_id"),
    "name": _has("invocation.name"),
    "dir": _has("invocation.target_dir"),
    "id": _has("invocation.invoke_id"),
    "owner": _has("invocation.file_owner"),
    "group": _has("invocation.file_group"),
    "mode": _has("invocation.file_mode"),
    "tag": _tag,
}
"""What each field of the filter means."""
