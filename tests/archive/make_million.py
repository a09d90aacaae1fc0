"""Makes a large archive for measurements: `python -m tests.archive.make_million PATH [RECORDS]`.

The rows look like those of a fleet: pushes of five sends, one to three instances each, one in ten
failed. They are the answers to the query without filters of one scope, read from top to end. They
are put in by themselves and not page by page, which takes a million of them a minute or two.
"""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Final

from tui.archive import asking, walks
from tui.archive.opening import Opener
from tui.archive.originals import compress
from tui.archive.places import Connection, connect
from tui.records import Query

RECORDS: Final = 1_000_000
SCOPE: Final = "benchmark"
REGION: Final = "cn-hangzhou"

NEWEST: Final = 1_790_000_000
"""When the newest record was created, in unix seconds."""

SECONDS_APART: Final = 7

AT_ONCE: Final = 20_000
"""Records of one transaction."""

NAMES: Final = ("nginx.conf", "app.env", "rotate.sh", "hosts", "cafe.yaml", "limits.conf", "motd")

OWNERS: Final = ("root", "deploy", "www-data")

INVOCATION: Final = (
    "INSERT INTO invocation (id, scope, invoke_id, created, seen, creation_time, status, name,"
    " target_dir, content_type, description, file_owner, file_group, file_mode, overwrite,"
    " vm_count, ok_count, failed_count, total_count, tags, content_size, content_hash)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'PlainText', ?, ?, ?, '0644', 'true', ?, ?, ?, ?, ?, 0,"
    " x'')"
)

Rows = tuple[list[tuple[object, ...]], list[tuple[object, ...]], list[tuple[object, ...]]]
"""Of the tables invocation, result and original."""


def fill(connection: Connection, records: int, scope: str, region: str) -> None:
    """Put records into an empty archive."""
    connection.execute("BEGIN IMMEDIATE")
    question = asking.ask(connection, scope, Query(region))
    number = asking.scope_number(connection, scope, region)
    connection.execute("UPDATE question SET answers = ? WHERE id = ?", (records, question))
    step = walks.Step(walks.new_walk(), ended=True)
    times = [NEWEST, NEWEST - SECONDS_APART * max(records - 1, 0)]
    walks.advance(connection, question, step, NEWEST, times, records)
    connection.execute("COMMIT")
    for start in range(0, records, AT_ONCE):
        invocations, results, originals = rows(number, range(start, min(start + AT_ONCE, records)))
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(INVOCATION, invocations)
        connection.executemany("INSERT INTO result VALUES (?, ?, 0, ?, ?, '', ?, ?, ?, ?)", results)
        connection.executemany("INSERT INTO original VALUES (?, ?, NULL)", originals)
        connection.executemany(
            "INSERT INTO answer VALUES (?, ?, ?)",
            ((question, row[3], row[0]) for row in invocations),
        )
        connection.execute("COMMIT")


def rows(scope: int, numbers: range) -> Rows:
    """Return the rows of records; number 0 is the newest."""
    invocations: list[tuple[object, ...]] = []
    results: list[tuple[object, ...]] = []
    originals: list[tuple[object, ...]] = []
    for number in numbers:
        created = NEWEST - number * SECONDS_APART
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(created))
        push = number // 5
        failed, hosts = int(number % 10 == 3), 1 + number % 3
        status = ("Failed" if hosts == 1 else "PartialFailed") if failed else "Success"
        name, directory = f"{push % 997}-{NAMES[push % 7]}", f"/srv/app{push % 40}/etc"
        owner, environment = OWNERS[push % 3], "prod" if push % 4 else "staging"
        invoke_id, description = f"f-hz0{number:014}", f"release {push // 10}"
        parts = []
        for host in range(hosts):
            code = "ClientNotRunning" if failed and not host else ""
            became = "Failed" if code else "Success"
            instance = f"i-bp1{(number * 31 + host) % 20_000:017}"
            results.append((number + 1, instance, became, code, *(moment,) * 4))
            parts.append(
                f'{{"CreationTime":"{moment}","ErrorCode":"{code}","ErrorInfo":"","FinishTime":'
                f'"{moment}","InstanceId":"{instance}","InvocationStatus":"{became}",'
                f'"StartTime":"{moment}","UpdateTime":"{moment}"}}'
            )
        raw = (
            f'{{"ContentType":"PlainText","CreationTime":"{moment}","Description":"{description}",'
            f'"FileGroup":"{owner}","FileMode":"0644","FileOwner":"{owner}","InvocationStatus":'
            f'"{status}","InvokeId":"{invoke_id}","InvokeInstances":{{"InvokeInstance":'
            f'[{",".join(parts)}]}},"Name":"{name}","Overwrite":"true","Tags":{{"Tag":[{{"TagKey":'
            f'"env","TagValue":"{environment}"}}]}},"TargetDir":"{directory}","VmCount":{hosts}}}'
        )
        originals.append((number + 1, compress(raw)))
        invocations.append(
            (
                *(number + 1, scope, invoke_id, float(created), float(NEWEST), moment, status),
                *(name, directory, description, owner, owner),
                *(hosts, hosts - failed, failed, hosts, f'[["env", "{environment}"]]'),
            )
        )
    return invocations, results, originals


def make(path: Path, records: int, scope: str = SCOPE, region: str = REGION) -> None:
    """Make an archive at a path where there is none yet."""
    opened = Opener(path).open()
    if opened.warning:
        raise SystemExit(opened.warning)
    with closing(connect(opened.place)) as connection:
        # Whoever is stopped begins anew, so nothing has to be waited for.
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -200000")
        fill(connection, records, scope, region)


def main(arguments: list[str]) -> None:
    """Make an archive and say how long that took."""
    parser = argparse.ArgumentParser(prog="python -m tests.archive.make_million")
    parser.add_argument("path", type=Path)
    parser.add_argument("records", type=int, nargs="?", default=RECORDS)
    parser.add_argument("--scope", default=SCOPE, help="the identity that has seen them")
    parser.add_argument("--region", default=REGION)
    given = parser.parse_args(arguments)
    began = time.monotonic()
    make(given.path, given.records, given.scope, given.region)
    size = given.path.stat().st_size
    print(f"{given.records:,} records, {size:,} bytes, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
