"""The tables of the archive."""

from __future__ import annotations

from typing import Final

SCHEMA: Final = """
CREATE TABLE question (
    id INTEGER PRIMARY KEY,
    scope TEXT NOT NULL,
    words TEXT NOT NULL,
    UNIQUE (scope, words)
);

CREATE TABLE invocation (
    id INTEGER PRIMARY KEY,
    scope TEXT NOT NULL,
    invoke_id TEXT NOT NULL,
    created REAL NOT NULL,
    creation_time TEXT NOT NULL,
    status TEXT NOT NULL,
    name TEXT NOT NULL,
    target_dir TEXT NOT NULL,
    content_type TEXT NOT NULL,
    description TEXT NOT NULL,
    file_owner TEXT NOT NULL,
    file_group TEXT NOT NULL,
    file_mode TEXT NOT NULL,
    overwrite TEXT NOT NULL,
    vm_count INTEGER NOT NULL,
    ok_count INTEGER NOT NULL,
    failed_count INTEGER NOT NULL,
    total_count INTEGER NOT NULL,
    tags TEXT NOT NULL,
    content BLOB NOT NULL,
    raw BLOB NOT NULL,
    UNIQUE (scope, invoke_id)
);

CREATE INDEX invocation_by_time ON invocation (created);

CREATE TABLE result (
    invocation INTEGER NOT NULL REFERENCES invocation ON DELETE CASCADE,
    instance_id TEXT NOT NULL,
    occurrence INTEGER NOT NULL,
    status TEXT NOT NULL,
    error_code TEXT NOT NULL,
    error_info TEXT NOT NULL,
    creation_time TEXT NOT NULL,
    start_time TEXT NOT NULL,
    finish_time TEXT NOT NULL,
    update_time TEXT NOT NULL,
    PRIMARY KEY (invocation, instance_id, occurrence)
) WITHOUT ROWID;

CREATE INDEX result_by_instance ON result (instance_id);

CREATE TABLE answer (
    question INTEGER NOT NULL REFERENCES question ON DELETE CASCADE,
    invocation INTEGER NOT NULL REFERENCES invocation ON DELETE CASCADE,
    PRIMARY KEY (question, invocation)
) WITHOUT ROWID;
"""
"""`question` is a query under one identity, `answer` which invocations the API gave for it.

`invocation.created` is in seconds since 1970 and minus infinity where the API sent no time;
`tags` is a JSON list of pairs; `content` and `raw` are compressed.
A result's key has an occurrence because nothing forbids the API to name an instance twice.
The index by time tells which answers a page vouches for without a look at all of them; orders and
local filters need none, they sort a million rows in one to two seconds.
"""
