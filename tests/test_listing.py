"""What `list` does: which rows, how far it walks, what it says, and how it ends."""

from __future__ import annotations

import asyncio
import fcntl
import io
import json
import mmap
import os
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import pytest

from tui.api.calls import Call
from tui.api.errors import ApiError, CursorRefused, InvalidQuery, Throttled
from tui.headless import signals
from tui.headless.listing import Listing, Waits, run
from tui.headless.output import format_named
from tui.headless.streams import Narrator, OutputFailed, Sink
from tui.records import Cursor, InstanceResult, Invocation, Page, Query

NEWEST = datetime(2026, 11, 20, 12, tzinfo=UTC)
QUERY = Query("cn-hangzhou")
GIVE_UP = 30.0
"""Seconds after which a process that has not done what it should is a failure."""


def sent(number: int) -> Invocation:
    """Return the invocation that was created `number` hours before the newest."""
    failed = number % 2 == 1
    code = "ClientNotRunning" if number % 4 == 1 else "FileCreateFail"
    return Invocation(
        invoke_id=f"f-{number}",
        status="Failed" if failed else "Success",
        creation_time=f"{NEWEST - timedelta(hours=number):%Y-%m-%dT%H:%M:%SZ}",
        results=(
            InstanceResult(f"i-{number}", "Failed", code)
            if failed
            else InstanceResult(f"i-{number}", "Success"),
        ),
        raw=json.dumps({"InvokeId": f"f-{number}"}),
    )


class Service:
    """Pages of a fixed history; what goes wrong is told by page."""

    def __init__(
        self, records: int, *, faults: dict[int, BaseException | Callable[[], object]] | None = None
    ) -> None:
        self.records = [sent(number) for number in range(records)]
        self.faults = faults or {}
        self.asked: list[Cursor] = []

    async def page(self, query: Query, cursor: Cursor) -> Page:
        self.asked.append(cursor)
        chosen = [
            record
            for record in self.records
            if not query.statuses or record.status in query.statuses
        ]
        if cursor.number is not None:
            start = (cursor.number - 1) * cursor.size
        else:
            start = int(cursor.token or "0")
        fault = self.faults.get(start // cursor.size + 1)
        if isinstance(fault, BaseException):
            raise fault
        if fault is not None:
            fault()
            await asyncio.sleep(0)
        stop = start + cursor.size
        return Page(
            tuple(chosen[start:stop]),
            str(stop) if stop < len(chosen) and cursor.number is None else "",
            len(chosen) if cursor.number is not None else None,
        )


class Paper:
    """Where the rows go."""

    def __init__(self, error: OutputFailed | None = None) -> None:
        self.pieces: list[str] = []
        self._error = error

    async def put(self, text: str) -> None:
        if self._error is not None and self.pieces:
            raise self._error
        self.pieces.append(text)

    @property
    def lines(self) -> list[str]:
        return "".join(self.pieces).splitlines()


async def listed(
    service: Service, listing: Listing, output: str = "ndjson", paper: Paper | None = None
) -> tuple[int, list[str], str]:
    """Return the exit code, the rows and what was narrated."""
    paper = paper or Paper()
    said = io.StringIO()
    form = format_named(output, wanted=listing.wants_result)
    code = await run(listing, service, form, paper, Narrator(said))
    return code, paper.lines, said.getvalue()


def rows(*numbers: int) -> list[str]:
    return [sent(number).raw for number in numbers]


pytestmark = pytest.mark.anyio


async def test_everything_is_walked_and_said_to_be_complete() -> None:
    code, lines, said = await listed(Service(7), Listing(QUERY, page_size=3))
    assert (code, lines) == (0, rows(*range(7)))
    assert said == "7 invocations listed, complete.\n"


async def test_a_limit_ends_the_walk_within_a_page() -> None:
    service = Service(9)
    code, lines, said = await listed(service, Listing(QUERY, limit=4, page_size=3))
    assert (code, lines) == (0, rows(0, 1, 2, 3))
    assert len(service.asked) == 2
    assert said == "4 invocations listed; more follow: --all, or a higher --limit.\n"


async def test_a_limit_at_the_end_of_a_page_gives_the_token() -> None:
    code, lines, said = await listed(Service(9), Listing(QUERY, limit=6, page_size=3))
    assert (code, len(lines)) == (0, 6)
    assert said == "6 invocations listed; more may follow: --all, or --next-token 6.\n"


async def test_a_limit_that_is_all_there_is_is_complete() -> None:
    _, _, said = await listed(Service(6), Listing(QUERY, limit=6, page_size=3))
    assert said == "6 invocations listed, complete.\n"


async def test_since_ends_the_walk_at_the_first_older_one() -> None:
    service = Service(40)
    since = NEWEST - timedelta(hours=4)
    code, lines, said = await listed(service, Listing(QUERY, since=since, page_size=3))
    assert (code, lines) == (0, rows(0, 1, 2, 3, 4))
    assert len(service.asked) == 2
    assert said == "5 invocations listed of 6 read, complete.\n"


async def test_until_leaves_out_what_is_newer() -> None:
    until = NEWEST - timedelta(hours=4)
    since = NEWEST - timedelta(hours=6)
    _, lines, _ = await listed(Service(40), Listing(QUERY, since=since, until=until, page_size=3))
    assert lines == rows(4, 5, 6)


async def test_an_unreadable_time_is_listed() -> None:
    service = Service(3)
    service.records[1] = replace(service.records[1], creation_time="")
    since = NEWEST - timedelta(hours=1)
    _, lines, _ = await listed(service, Listing(QUERY, since=since))
    assert lines == rows(0, 1)


async def test_an_error_code_selects_invocations_and_instances() -> None:
    listing = Listing(QUERY, error_code="ClientNotRunning", page_size=3)
    _, lines, said = await listed(Service(10), listing)
    assert lines == rows(1, 5, 9)
    assert said == "3 invocations listed of 10 read, complete.\n"
    service = Service(10)
    mixed = InstanceResult("i-other", "Failed", "FileCreateFail")
    service.records[1] = replace(service.records[1], results=(*service.records[1].results, mixed))
    assert (await listed(service, listing, "ids"))[1] == ["i-1", "i-5", "i-9"]


async def test_failures_count_only_when_asked() -> None:
    assert (await listed(Service(2), Listing(QUERY)))[0] == 0
    assert (await listed(Service(2), Listing(QUERY, exit_code=True)))[0] == 1
    assert (await listed(Service(1), Listing(QUERY, exit_code=True)))[0] == 0
    assert (await listed(Service(2), Listing(QUERY, exit_code=True, limit=1)))[0] == 0


async def test_statuses_are_merged_in_time_order() -> None:
    query = replace(QUERY, statuses=("Failed", "Success"))
    _, lines, _ = await listed(Service(9), Listing(query, page_size=2))
    assert lines == rows(*range(9))


async def test_a_failed_walk_prints_what_it_has_and_where_to_go_on() -> None:
    fault = Throttled("The quota is used up.", request_id="R-1", advice="Wait a minute.")
    service = Service(9, faults={3: fault})
    code, lines, said = await listed(service, Listing(QUERY, page_size=3, exit_code=True))
    assert (code, lines) == (3, rows(*range(6)))
    assert said == (
        "The quota is used up. Request ID R-1. Wait a minute.\n"
        "The list is incomplete after 6 invocations: go on with --next-token 6.\n"
    )
    again = Listing(QUERY, page_size=3, token="6")
    assert (await listed(Service(9), again))[1] == rows(6, 7, 8)


async def test_a_failed_walk_closes_its_array() -> None:
    service = Service(9, faults={2: Throttled("No.")})
    _, lines, _ = await listed(service, Listing(QUERY, page_size=3), "json")
    assert json.loads("\n".join(lines)) == [{"InvokeId": f"f-{number}"} for number in range(3)]


async def test_a_walk_that_never_began_says_so() -> None:
    code, lines, said = await listed(Service(9, faults={1: Throttled("No.")}), Listing(QUERY))
    assert (code, lines) == (3, [])
    assert said == "No.\nThe list is incomplete: nothing was read.\n"


async def test_a_refused_token_is_not_offered_again() -> None:
    service = Service(9, faults={1: CursorRefused("Stale.")})
    code, _, said = await listed(service, Listing(QUERY, token="0"))
    assert code == 3
    assert "begin again without --next-token" in said


async def test_what_was_never_sent_is_a_usage_error() -> None:
    assert (await listed(Service(9, faults={1: InvalidQuery("No.")}), Listing(QUERY)))[0] == 2
    code, lines, said = await listed(Service(9), Listing(QUERY, token="merged.x"))
    assert (code, lines, said.count("\n")) == (2, [], 1)


async def test_page_numbers_walk_everything_in_order() -> None:
    service = Service(9)
    code, lines, said = await listed(service, Listing(QUERY, page_size=2, by_number=True))
    assert (code, lines) == (0, rows(*range(9)))
    assert {cursor.number for cursor in service.asked} == {1, 2, 3, 4, 5}
    assert "complete" in said


async def test_page_numbers_stop_early_and_leave_nothing_running() -> None:
    service = Service(100)
    before = asyncio.all_tasks()
    listing = Listing(QUERY, page_size=2, by_number=True, limit=4)
    _, lines, said = await listed(service, listing)
    assert lines == rows(0, 1, 2, 3)
    assert said == "4 invocations listed; more may follow: --all.\n"
    assert asyncio.all_tasks() == before


async def test_page_numbers_that_fail_leave_no_token() -> None:
    service = Service(9, faults={3: Throttled("No.")})
    code, _, said = await listed(service, Listing(QUERY, page_size=2, by_number=True))
    assert code == 3
    assert "page numbers leave no way to go on" in said


@pytest.mark.parametrize("by_number", [False, True])
async def test_a_cancelled_walk_closes_its_array_and_says_where_it_was(by_number: bool) -> None:
    paper, said = Paper(), io.StringIO()
    tasks: list[asyncio.Task[int]] = []
    service = Service(9, faults={3: lambda: tasks[0].cancel()})
    listing = Listing(QUERY, page_size=2, by_number=by_number)
    work = run(listing, service, format_named("json"), paper, Narrator(said))
    tasks.append(asyncio.ensure_future(work))
    with pytest.raises(asyncio.CancelledError):
        await tasks[0]
    numbers = len(json.loads("\n".join(paper.lines)))
    assert numbers % 2 == 0
    assert "Stopped by a signal.\n" in said.getvalue()
    if not by_number:
        assert said.getvalue().endswith("after 4 invocations: go on with --next-token 4.\n")


async def test_output_that_fails_ends_the_walk() -> None:
    service = Service(9)
    paper = Paper(OutputFailed(BrokenPipeError()))
    with pytest.raises(OutputFailed) as caught:
        await listed(service, Listing(QUERY, page_size=3), "json", paper)
    assert (str(caught.value), caught.value.exit_code) == ("", 141)
    assert len(service.asked) == 1
    full = OutputFailed(OSError(28, "No space left on device"))
    assert str(full) == "The output cannot be written: No space left on device."
    assert full.exit_code == 3


async def test_a_wait_is_explained() -> None:
    said = io.StringIO()
    call = Call("DescribeSendFileResults", (), 0.0)
    Waits(Narrator(said)).call_waiting(call, 1.25, Throttled("The quota is used up."))
    assert said.getvalue() == "The quota is used up. Trying again in 1.2 s.\n"


async def test_progress_passes_by_and_nothing_of_it_stays() -> None:
    said = io.StringIO()
    narrator = Narrator(said, progress=True)
    narrator.pass_by("350 read")
    narrator.pass_by("7")
    narrator.say("done\x1b[2J")
    screen = [" "] * 20
    column = 0
    for character in said.getvalue().rstrip("\n"):
        if character == "\r":
            column = 0
        else:
            screen[column] = character
            column += 1
    assert "".join(screen).rstrip() == "done␛[2J"


async def test_a_sink_writes_all_of_it_in_pieces() -> None:
    pieces: list[bytes] = []

    def three_bytes(_: int, data: memoryview) -> int:
        pieces.append(bytes(data[:3]))
        return min(3, len(data))

    await Sink(write=three_bytes).put("ab中\udcff\n")
    assert b"".join(pieces) == b"ab\xe4\xb8\xad\\udcff\n"


async def test_a_cancelled_write_finishes_its_lines_first() -> None:
    read, write = os.pipe()
    pieces: list[bytes] = []
    loop = asyncio.get_running_loop()
    begun = asyncio.Event()

    def held_up(_: int, data: memoryview) -> int:
        loop.call_soon_threadsafe(begun.set)
        os.read(read, 1)
        pieces.append(bytes(data))
        return len(data)

    writing = asyncio.ensure_future(Sink(write=held_up).put("whole line\n"))
    await begun.wait()
    writing.cancel()
    await asyncio.sleep(0)
    assert not writing.done()
    os.write(write, b"x")
    with pytest.raises(asyncio.CancelledError):
        await writing
    os.close(read)
    os.close(write)
    assert pieces == [b"whole line\n"]


def lines_of(words: Sequence[str], **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tui", "list", *words],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=GIVE_UP,
        check=False,
        env={**os.environ, **{str(name): str(value) for name, value in options.items()}},
    )


def test_the_demo_lists_without_textual() -> None:
    code = (
        "import sys\n"
        "from tui.__main__ import main\n"
        "code = main()\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "list", "--demo", "--limit", "3", "--output", "ndjson"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(done.stdout.splitlines()) == 3
    imported = set(done.stderr.splitlines()[-1].split())
    assert not imported & {"textual", "rich", "httpx"}


def test_the_demo_is_the_same_for_the_same_seed() -> None:
    words = ["--demo", "--records", "20", "--all", "--output", "ids", "--seed"]
    one, two, other = lines_of([*words, "3"]), lines_of([*words, "3"]), lines_of([*words, "4"])
    assert one.returncode == 0
    assert one.stdout == two.stdout != other.stdout


def test_a_demo_filters_like_the_service() -> None:
    words = ["--demo", "--status", "Failed", "--status", "PartialFailed", "--output", "ndjson"]
    done = lines_of([*words, "--exit-code", "--limit", "5", "--page-size", "2"])
    assert done.returncode == 1
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == 5
    assert {each["InvocationStatus"] for each in found} <= {"Failed", "PartialFailed"}
    times = [each["CreationTime"] for each in found]
    assert times == sorted(times, reverse=True)


def test_no_region_is_a_usage_error() -> None:
    done = lines_of([])
    assert (done.returncode, done.stdout) == (2, "")
    assert "No region is given" in done.stderr


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--region", "cn-hangzhou"], "ALIBABA_CLOUD_ACCESS_KEY_ID"),
        (["--region", "cn-hangzhou", "-e", "127.0.0.1:9"], "127.0.0.1:9"),
        (["--region", "cn-hangzhou", "-e", "nowhere.invalid"], "nowhere.invalid"),
    ],
)
def test_what_cannot_be_reached_is_exit_3(words: list[str], part: str) -> None:
    keys = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "shh-secret"}
    done = lines_of(words, **(keys if "-e" in words else {}))
    assert done.returncode == 3
    assert part in done.stderr
    assert "Traceback" not in done.stderr
    assert "shh-secret" not in done.stderr


@pytest.mark.parametrize("endpoint", ["http://example.com", "ftp://x", "a b", "localhost:99999"])
def test_a_bad_endpoint_is_a_usage_error(endpoint: str) -> None:
    done = lines_of(["--region", "cn-hangzhou", "--endpoint", endpoint])
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1


def test_profiles_are_not_silently_ignored() -> None:
    done = lines_of(["--region", "cn-hangzhou", "--profile", "ops"])
    assert done.returncode == 2
    assert "Profiles are not part of this version yet" in done.stderr


def test_a_full_disk_is_one_sentence() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tui", "list", "--demo", "--records", "5"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=GIVE_UP,
            check=False,
        )
    assert done.returncode == 3
    assert done.stderr.splitlines()[-1].endswith("No space left on device.")
    assert "Traceback" not in done.stderr


def test_a_closed_stdout_is_said() -> None:
    command = f"{sys.executable} -m tui list --demo --records 5 >&-"
    done = subprocess.run(
        ["/bin/sh", "-c", command], stderr=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == 3
    assert "Standard output is closed." in done.stderr


class Endless:
    """A `list` of a large demo whose output nobody reads further than asked."""

    def __init__(self, *words: str) -> None:
        self._words = ("--records", "1000000", *words)

    def __enter__(self) -> subprocess.Popen[bytes]:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tui", "list", "--demo", "--all", *self._words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        return self.process

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()


def endless(*words: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
    return Endless(*words)


def test_a_reader_who_leaves_ends_it_quietly() -> None:
    with endless("--output", "ndjson") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"{")
        process.stdout.close()
        assert process.wait(GIVE_UP) == 141
        assert process.stderr.read() == b""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_ends_it_at_a_whole_line_with_its_number(number: signal.Signals) -> None:
    with endless("--output", "json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        begun = process.stdout.readline() + process.stdout.readline()
        process.send_signal(number)
        rest, said = process.stdout.read(), process.stderr.read()
        assert process.wait(GIVE_UP) == 128 + number
    json.loads(begun + rest)
    assert b"Stopped by a signal." in said
    assert b"--next-token" in said
    assert b"Traceback" not in said


def test_a_signal_ends_it_though_nobody_reads() -> None:
    with endless("--output", "json") as process:
        assert process.stdout is not None
        capacity = fcntl.fcntl(process.stdout, fcntl.F_GETPIPE_SZ)
        while unread(process.stdout) < capacity - 2 * mmap.PAGESIZE:
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(GIVE_UP) == 143


def unread(pipe: IO[bytes]) -> int:
    """Return how many bytes wait in a pipe."""
    count = bytearray(4)
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return int.from_bytes(count, sys.byteorder)


def test_the_grace_after_a_signal_ends() -> None:
    left: list[int] = []

    async def stubborn() -> int:
        freed = asyncio.Event()
        endings.append(freed)
        os.kill(os.getpid(), signal.SIGTERM)
        try:
            await asyncio.sleep(GIVE_UP)
        except asyncio.CancelledError:
            await freed.wait()
        return 0

    def leave(code: int) -> None:
        left.append(code)
        endings[0].set()

    endings: list[asyncio.Event] = []
    assert signals.run(stubborn, grace=0.001, leave=leave) == 143
    assert left == [143]


def test_a_second_signal_ends_at_once() -> None:
    left: list[int] = []

    async def stubborn() -> int:
        os.kill(os.getpid(), signal.SIGHUP)
        try:
            await asyncio.sleep(GIVE_UP)
        except asyncio.CancelledError:
            os.kill(os.getpid(), signal.SIGINT)
            while not left:
                await asyncio.sleep(0)
        return 0

    assert signals.run(stubborn, grace=GIVE_UP, leave=left.append) == 129
    assert left == [129]


def test_a_signal_that_the_parent_ignores_stays_ignored() -> None:
    command = (
        f"trap '' HUP; exec {sys.executable} -m tui list --demo --records 1000000 --all"
        " --output ndjson"
    )
    with subprocess.Popen(
        ["/bin/sh", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGHUP)
        for _ in range(1000):
            assert process.stdout.readline().endswith(b"}\n")
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        process.stdout.close()
        assert process.wait(GIVE_UP) in (143, 141)


def test_the_log_file_tells_of_calls_without_secrets(tmp_path: Path) -> None:
    log = tmp_path / "log"
    done = lines_of(["--demo", "--limit", "2", "--log-file", str(log)])
    assert done.returncode == 0
    text = log.read_text()
    assert "DescribeSendFileResults" in text
    assert "Secret" not in text
    assert "LTAI5" not in text


def test_a_log_file_that_cannot_be_written_is_one_warning(tmp_path: Path) -> None:
    done = lines_of(["--demo", "--limit", "2", "--log-file", str(tmp_path / "none" / "log")])
    assert done.returncode == 0
    assert "is not written: No such file or directory." in done.stderr


def test_the_clock_of_the_demo_is_todays() -> None:
    done = lines_of(["--demo", "--since", "10d", "--limit", "1", "--output", "ndjson"])
    created = datetime.fromisoformat(json.loads(done.stdout)["CreationTime"])
    assert abs(created.timestamp() - time.time()) < 10 * 86_400


def test_an_unforeseen_error_is_one_line_and_exit_3() -> None:
    code = (
        "import sys, tui.cli\n"
        "def broken(words):\n"
        "    raise KeyError('\\x1b[2J')\n"
        "tui.cli.parse = broken\n"
        "from tui.__main__ import main\n"
        "sys.exit(main(['list']))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "KeyError" in done.stderr
    assert "\x1b" not in done.stderr


def test_every_failure_of_the_wire_is_an_api_error() -> None:
    assert issubclass(CursorRefused, ApiError)
