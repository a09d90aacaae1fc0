"""Brings together what one account has seen under several names."""

from __future__ import annotations

from typing import Final

from tui.archive.asking import canonical, scope_number
from tui.archive.places import Connection
from tui.archive.rows import RESULT_FIELDS

NOT_ASKED: Final = "{}"
"""The words of a question that is answered elsewhere; views may still be open on it."""


def adopt(connection: Connection, name: str, stands_for: str) -> bool:
    """Let a scope's name stand for another one from now on: a key's hash, say, for its account.

    What was seen under either is then one, and may be asked for by either name. Return whether
    rows had to be united for that: a view that is open on the old name goes on with what it has,
    and has to be opened anew to show the rest. A file that cannot be written stays as it is.
    """
    if connection.into != "main":
        return False
    name, stands_for = canonical(connection, name), canonical(connection, stands_for)
    if name == stands_for:
        return False
    connection.execute("INSERT OR REPLACE INTO alias VALUES (?, ?)", (name, stands_for))
    connection.execute(
        "UPDATE alias SET stands_for = ? WHERE stands_for = ?",
        (stands_for, name),
    )
    moved = False
    for number, region in connection.execute(
        "SELECT id, region FROM scope WHERE name = ?", (name,)
    ).fetchall():
        moved |= _move_scope(connection, number, stands_for, region)
    return moved


def _move_scope(connection: Connection, number: int, name: str, region: str) -> bool:
    taken = connection.execute(
        "SELECT 1 FROM scope WHERE name = ? AND region = ?", (name, region)
    ).fetchone()
    if not taken:
        connection.execute("UPDATE scope SET name = ? WHERE id = ?", (name, number))
        return False
    target = scope_number(connection, name, region)
    _unite_invocations(connection, number, target)
    _unite_questions(connection, number, target)
    return True


def _unite_invocations(connection: Connection, old: int, new: int) -> None:
    """Move invocations; of one that both have seen the later state stays, with all results."""
    twins = connection.execute(
        "SELECT ours.id, theirs.id, ours.seen > theirs.seen"
        " FROM invocation AS ours JOIN invocation AS theirs"
        " ON theirs.scope = ? AND theirs.invoke_id = ours.invoke_id WHERE ours.scope = ?",
        (new, old),
    ).fetchall()
    for ours, theirs, later in twins:
        kept, gone = (ours, theirs) if later else (theirs, ours)
        columns = ", ".join(("occurrence", *RESULT_FIELDS))
        connection.execute(
            f"INSERT OR IGNORE INTO result (invocation, {columns})"
            f" SELECT ?, {columns} FROM result WHERE invocation = ?",
            (kept, gone),
        )
        connection.execute(
            "UPDATE OR REPLACE answer SET invocation = :kept WHERE invocation = :gone"
            " AND created = (SELECT created FROM invocation WHERE id = :gone)"
            " AND question IN (SELECT id FROM question)",
            {"kept": kept, "gone": gone},
        )
        for table, column in (
            ("result", "invocation"),
            ("original", "invocation"),
            ("invocation", "id"),
        ):
            connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (gone,))
        connection.execute(
            "UPDATE invocation SET (ok_count, failed_count, total_count) = ("
            " SELECT count(*) FILTER (WHERE status = 'Success'),"
            " count(*) FILTER (WHERE status NOT IN ('Success', 'Pending', 'Running')),"
            " max(count(*), vm_count) FROM result WHERE invocation = :id) WHERE id = :id",
            {"id": kept},
        )
    connection.execute("UPDATE invocation SET scope = ? WHERE scope = ?", (new, old))


def _unite_questions(connection: Connection, old: int, new: int) -> None:
    """Move questions; the answers to one that both have asked are answers of both."""
    for question, words, used in connection.execute(
        "SELECT id, words, used FROM question WHERE scope = ?", (old,)
    ).fetchall():
        twin = connection.execute(
            "SELECT id FROM question WHERE scope = ? AND words = ? ORDER BY id LIMIT 1",
            (new, words),
        ).fetchone()
        if twin is not None:
            values = {"twin": twin[0], "question": question, "used": used}
            connection.execute(
                "INSERT OR IGNORE INTO answer"
                " SELECT :twin, created, invocation FROM answer WHERE question = :question",
                values,
            )
            connection.execute(
                "UPDATE question SET answers = (SELECT count(*) FROM answer"
                " WHERE question = :twin), used = max(coalesce(used, :used), coalesce(:used, used))"
                " WHERE id = :twin",
                values,
            )
            connection.execute(
                "UPDATE walk SET question = :twin WHERE question = :question", values
            )
        connection.execute(
            "UPDATE question SET scope = ?, words = ?, used = ? WHERE id = ?",
            (new, words, used, question) if twin is None else (new, NOT_ASKED, None, question),
        )
