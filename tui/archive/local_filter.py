"""The local filter: words as a user types them, read into SQL over what has been loaded.

    nginx               any text of the row has it: invoke ID, name, directory, owner, group,
                        description, status, a tag (as key=value), an error code, an instance ID
    status:part         the overall status begins with it; status:failed is Failed alone
    code:Client         a result's error code has it
    host:i-bp1          an instance ID has it
    name: dir: id: owner: group: mode:      that field has it
    tag:env             a tag's key or value has it
    tag:env=prod        the value of the tag env has it; without a key, of any tag
    -status:success  !nginx                 not
    "two words"  name:"two words"           with spaces; quotes also make any sign plain text

Several terms must all hold. Case does not matter: in a word of ASCII characters SQLite compares
them and takes only ASCII letters for the same in either case; any other word is casefolded.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Final

from tui.late_dataclass import dataclass

MAX_LENGTH: Final = 500
"""The most characters of a filter: SQLite bounds the depth of a condition (1,000 operators)."""

SEPARATOR: Final = "\0"
"""Between texts that are searched together; in what is looked for it cannot be."""

_TERM: Final = re.compile(
    r"""(?P<sign>[-!]?)(?:(?P<field>\w+):)?
    (?:"(?P<quoted>[^"]*)(?P<closing>"?)|(?P<bare>[^\s"]\S*)|)""",
    re.VERBOSE,
)

_ESCAPE: Final = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})

_IN_RESULT: Final = (
    "EXISTS (SELECT 1 FROM result WHERE result.invocation = invocation.id AND ({condition}))"
)

_IN_TAG: Final = (
    "invocation.tags <> '[]' AND ({hint})"
    " AND EXISTS (SELECT 1 FROM json_each(invocation.tags) AS tag WHERE {condition})"
)
"""The hint is a cheap look at the text of all tags: few rows have their tags taken apart."""

_KEY: Final = "json_extract(tag.value, '$[0]')"

_VALUE: Final = "json_extract(tag.value, '$[1]')"

_ANYWHERE: Final = (
    "invocation.invoke_id",
    "invocation.name",
    "invocation.target_dir",
    "invocation.file_owner",
    "invocation.file_group",
    "invocation.description",
    "invocation.status",
)


@dataclass(frozen=True)
class LocalFilter:
    """A condition on the rows that are loaded."""

    where: str = "TRUE"
    parameters: tuple[str, ...] = ()
    """Values for the question marks of `where`."""
    problem: str = ""
    """Why the words make no filter, in one sentence; then everything passes."""


Condition = tuple[str, tuple[str, ...]]


def prepare(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that conditions call."""
    connection.create_function("casefold", 1, str.casefold, deterministic=True)
    connection.create_function("has_text", -1, _has_text, deterministic=True)


def _has_text(wanted: str, *texts: str) -> bool:
    return wanted in SEPARATOR.join(texts).casefold()


def parse(text: str) -> LocalFilter:
    """Read the words of a local filter; no words let everything through."""
    if len(text) > MAX_LENGTH:
        return LocalFilter(problem=f"A filter has at most {MAX_LENGTH} characters.")
    conditions: list[Condition] = []
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        term = _TERM.match(text, position)
        assert term is not None, "the pattern matches anything, and any sign but a space is a part"
        if problem := _problem(term):
            return LocalFilter(problem=problem)
        position = term.end()
        # SQLite takes no half of a surrogate pair, and a text as far as its first NUL.
        value = (term["quoted"] or term["bare"]).encode("utf-8", "replace").decode()
        value = value.replace(SEPARATOR, "?")
        field = (term["field"] or "").casefold()
        where, parameters = _FIELDS[field](value) if field else _anywhere(value)
        conditions.append((f"NOT ({where})" if term["sign"] else where, parameters))
    if not conditions:
        return LocalFilter()
    return LocalFilter(
        " AND ".join(f"({where})" for where, _ in conditions),
        tuple(parameter for _, parameters in conditions for parameter in parameters),
    )


def _problem(term: re.Match[str]) -> str:
    """Return the sentence for a term that means nothing, or nothing."""
    field = (term["field"] or "").casefold()
    if field and field not in _FIELDS:
        return _unknown(field)
    if term["quoted"] is not None and not term["closing"]:
        return "A quote is opened and not closed."
    if term["quoted"] == "":
        return "A pair of quotes has nothing between them."
    if not term["quoted"] and not term["bare"]:
        return f"{term[0]} needs something to look for."
    return ""


def _unknown(field: str) -> str:
    what = f"There is no field {field[:30]!a}"
    near = get_close_matches(field, _FIELDS, 1)
    if near:
        return f"{what}; did you mean {near[0]}:?"
    return f"{what}; there are {', '.join(_FIELDS)}, and quotes make a word of it."


def _pattern(value: str) -> str:
    return f"%{value.translate(_ESCAPE)}%"


def _has(value: str, *columns: str) -> Condition:
    if not value.isascii():
        return f"has_text(?, {', '.join(columns)})", (value.casefold(),)
    where = " OR ".join(rf"{column} LIKE ? ESCAPE '\'" for column in columns)
    return where, (_pattern(value),) * len(columns)


def _is(value: str, column: str) -> Condition:
    if not value.isascii():
        return f"casefold({column}) = ?", (value.casefold(),)
    return rf"{column} LIKE ? ESCAPE '\'", (value.translate(_ESCAPE),)


def _field(column: str) -> Callable[[str], Condition]:
    return lambda value: _has(value, column)


def _status(value: str) -> Condition:
    return r"invocation.status LIKE ? ESCAPE '\'", (_pattern(value)[1:],)


def _result(*columns: str) -> Callable[[str], Condition]:
    def condition(value: str) -> Condition:
        where, parameters = _has(value, *columns)
        return _IN_RESULT.format(condition=where), parameters

    return condition


def _tag(value: str) -> Condition:
    key, equals, wanted = value.partition("=")
    if not equals:
        return _tagged((value,), _has(value, _KEY, _VALUE))
    of_value, parameters = _has(wanted, _VALUE)
    if not key:
        return _tagged((wanted,), (of_value, parameters))
    of_key, key_parameters = _is(key, _KEY)
    return _tagged((key, wanted), (f"{of_key} AND {of_value}", key_parameters + parameters))


def _tag_as_shown(value: str) -> Condition:
    return _tagged(value.split("="), _has(value, f"({_KEY} || '=' || {_VALUE})"))


def _tagged(parts: Iterable[str], of_tag: Condition) -> Condition:
    where, parameters = of_tag
    hints = [_has_in_json(part) for part in parts]
    return (
        _IN_TAG.format(hint=" AND ".join(hint for hint, _ in hints), condition=where),
        tuple(value for _, values in hints for value in values) + parameters,
    )


def _has_in_json(value: str) -> Condition:
    escaped = json.dumps(value, ensure_ascii=False)[1:-1]
    if value.isascii():
        return _has(escaped, "invocation.tags")
    return "has_text(?, invocation.tags)", (escaped.casefold(),)


def _anywhere(value: str) -> Condition:
    places = (
        _has(value, *_ANYWHERE),
        _tag_as_shown(value),
        _result("result.instance_id", "result.error_code")(value),
    )
    where = " OR ".join(f"({condition})" for condition, _ in places)
    return where, tuple(parameter for _, parameters in places for parameter in parameters)


_FIELDS: Final[dict[str, Callable[[str], Condition]]] = {
    "status": _status,
    "code": _result("result.error_code"),
    "host": _result("result.instance_id"),
    "name": _field("invocation.name"),
    "dir": _field("invocation.target_dir"),
    "id": _field("invocation.invoke_id"),
    "owner": _field("invocation.file_owner"),
    "group": _field("invocation.file_group"),
    "mode": _field("invocation.file_mode"),
    "tag": _tag,
}
"""What each field of the filter means."""
