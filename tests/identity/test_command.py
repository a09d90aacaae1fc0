"""Programs that know credentials: no terminal, no input, an end in time, nothing left behind."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.identity.world import gone
from tui.api.errors import CredentialsUnavailable
from tui.identity import command
from tui.identity.asking import Asker
from tui.identity.external import External
from tui.identity.source import About

pytestmark = pytest.mark.anyio

LONG = 60.0
"""Seconds that no test takes."""


class Nowhere:
    """A transport that nobody uses."""

    async def exchange(self, *_: object) -> None:
        raise AssertionError("nothing is sent")

    async def aclose(self) -> None:
        """Do nothing."""


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


async def fetched(*words: str, limit: float = LONG) -> str:
    """Run a program as a source, and return the sentence that comes of it."""
    import shlex

    source = External(About("profile x", "External"), shlex.join(words), ("x",), limit)
    with pytest.raises(CredentialsUnavailable) as caught:
        await source.fetch(Asker(Nowhere()))  # type: ignore[arg-type]
    return str(caught.value)


async def test_output_and_errors_are_taken_apart() -> None:
    ran = await command.run(["sh", "-c", "echo out; echo err >&2; exit 3"], LONG)
    assert (ran.code, ran.output, ran.errors) == (3, b"out\n", b"err\n")


async def test_there_is_nothing_to_read_and_no_terminal() -> None:
    code = (
        "import os, sys\n"
        "print(repr(sys.stdin.read()), os.getsid(0) == os.getpid())\n"
        "try: open('/dev/tty')\n"
        "except OSError as error: print('no tty')\n"
    )
    ran = await command.run(python(code), LONG)
    assert ran.output.decode().split("\n") == ["'' True", "no tty", ""]


async def test_the_input_of_this_program_is_not_its_own() -> None:
    reading, writing = os.pipe()
    saved = os.dup(0)
    os.dup2(reading, 0)
    try:
        ran = await command.run(["cat"], 5.0)
    finally:
        os.dup2(saved, 0)
        for descriptor in (saved, reading, writing):
            os.close(descriptor)
    assert ran.output == b""


async def test_no_shell_is_in_between() -> None:
    ran = await command.run(["echo", "$HOME", "`id`", "; exit"], LONG)
    assert ran.output == b"$HOME `id` ; exit\n"


async def test_much_is_bounded_and_what_came_last_is_kept_of_errors() -> None:
    code = "import sys; print('a' * 10**6); sys.stderr.write('b' * 10**6 + 'end')"
    ran = await command.run(python(code), LONG)
    assert ran.too_long
    assert len(ran.output) == command.MAX_OUTPUT
    assert ran.errors.endswith(b"bend")
    assert len(ran.errors) == command.MAX_OUTPUT


async def test_what_takes_too_long_is_ended_with_all_it_has_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    script = f"sleep 600 & echo $! >> {pids}; echo $$ >> {pids}; wait"
    with pytest.raises(TimeoutError):
        await command.run(["sh", "-c", script], 0.5)
    for pid in map(int, pids.read_text().split()):
        assert await gone(pid)


async def test_giving_up_ends_it_at_once(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    script = f"sleep 600 & echo $! >> {pids}; echo $$ >> {pids}; trap '' INT TERM; wait; wait"
    task = asyncio.create_task(command.run(["sh", "-c", script], LONG))
    while len(pids.read_text().split() if pids.exists() else []) < 2:
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    for pid in map(int, pids.read_text().split()):
        assert await gone(pid)


async def test_a_child_that_lives_on_holds_nobody_up(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    script = f"echo done; sleep 600 & echo $! > {pid}"
    async with asyncio.timeout(LONG):
        ran = await command.run(["sh", "-c", script], LONG)
    assert ran.output == b"done\n"
    os.kill(int(pid.read_text()), 9)


async def test_no_descriptor_is_left_behind() -> None:
    open_now = Path("/proc/self/fd")
    before = len(list(open_now.iterdir()))
    for _ in range(3):
        await command.run(["true"], LONG)
        with pytest.raises(FileNotFoundError):
            await command.run(["/nowhere/at/all"], LONG)
    assert len(list(open_now.iterdir())) <= before + 1


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["sh", "-c", "echo 'please log in' >&2; exit 4"], "exit code 4), and said: please log in"),
        (["sh", "-c", "kill -9 $$"], "(signal 9)"),
        (["sh", "-c", "printf '\\033[2J\\007' >&2; exit 1"], "␛[2J␇"),
        (["sh", "-c", "head -c 100000 /dev/zero"], "too much"),
        (["echo", "[1]"], "something else than an object"),
        (["echo", '{"mode": "RamRoleArn"}'], "the mode RamRoleArn"),
        (["echo", '{"access_key_id": "a", "access_key_secret": 5}'], "no access_key_secret"),
        (
            ["echo", '{"mode":"StsToken","access_key_id":"a","access_key_secret":"hush-hush"}'],
            "sts_token",
        ),
        (
            [
                "echo",
                '{"access_key_id":"a","access_key_secret":"hush-hush","expiration":"2001-01-01T00:00:00Z"}',
            ],
            "ended already",
        ),
        (["/etc/passwd"], "passwd cannot be run: Permission denied"),
        (["a\0b"], "cannot be run"),
    ],
)
async def test_every_failure_is_a_sentence(words: list[str], part: str) -> None:
    sentence = await fetched(*words)
    assert part in sentence
    assert sentence.isprintable()
    assert "hush-hush" not in sentence


async def test_a_program_that_repeats_its_secret_is_not_repeated() -> None:
    script = (
        'echo \'{"access_key_id": "LTAIid", "access_key_secret": "very-secret"}\';'
        " echo 'using very-secret' >&2; exit 1"
    )
    sentence = await fetched("sh", "-c", script)
    assert "very-secret" not in sentence
    assert "using ‹masked›" in sentence


async def test_a_program_that_fails_with_its_secret_on_its_lips_is_not_repeated() -> None:
    script = 'echo "trace: ALIYUN_SECRET=hush-hush-1 token AbCdEf0123456789AbCdEf01" >&2; exit 1'
    sentence = await fetched("sh", "-c", script)
    assert "hush" not in sentence
    assert "AbCdEf" not in sentence
    assert "trace: ALIYUN_SECRET=" in sentence


async def test_sixty_seconds_are_the_limit() -> None:
    assert External(About("x"), "true", ("x",)).limit == 60
    assert "has not ended within 0.2 s" in await fetched("sleep", "600", limit=0.2)
