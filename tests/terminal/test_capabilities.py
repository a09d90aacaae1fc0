"""The explorer starts where it can draw, and says what to use instead where it cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tui.terminal.capabilities import Streams, prepare_environment, refusal

from .harness import LIMIT, PROGRAM, Terminal, environment

TERMINAL = Streams(
    input_is_terminal=True, output_is_terminal=True, error_is_terminal=True, encoding="utf-8"
)
ABLE = {"TERM": "xterm-256color"}


@pytest.mark.parametrize("encoding", ["utf-8", "UTF8", "utf_8"])
def test_a_terminal_with_utf8_is_enough(encoding: str) -> None:
    assert refusal(replace(TERMINAL, encoding=encoding), ABLE) == ""


@pytest.mark.parametrize(
    ("streams", "environ", "reason"),
    [
        (replace(TERMINAL, input_is_terminal=False), ABLE, "standard input is not one"),
        (replace(TERMINAL, output_is_terminal=False), ABLE, "standard output is not one"),
        (replace(TERMINAL, error_is_terminal=False), ABLE, "standard error is not one"),
        (TERMINAL, {}, "TERM is not set"),
        (TERMINAL, {"TERM": ""}, "TERM is not set"),
        (TERMINAL, {"TERM": "dumb"}, "TERM is 'dumb'"),
        (TERMINAL, {"TERM": "unknown"}, "TERM is 'unknown'"),
        (replace(TERMINAL, encoding="iso8859-1"), ABLE, "the encoding here is iso8859-1"),
        (replace(TERMINAL, encoding="gbk"), ABLE, "the encoding here is gbk"),
        (replace(TERMINAL, encoding=""), ABLE, "the encoding here is unknown"),
    ],
)
def test_what_is_missing_is_named(streams: Streams, environ: dict[str, str], reason: str) -> None:
    said = refusal(streams, environ)
    assert reason in said
    assert "`sendfile-explorer list`" in said
    assert "\n" not in said


@pytest.mark.parametrize("stream", ["stdin", "stdout", "stderr"])
def test_a_stream_that_is_no_terminal_ends_it_with_2(home: Path, stream: str) -> None:
    argv = [sys.executable, str(PROGRAM), "idle", str(home)]
    redirect = {stream: subprocess.DEVNULL}
    with Terminal(argv, environ=environment(home), redirect=redirect) as terminal:
        assert terminal.wait() == 2
        assert b"\x1b" not in terminal.raw


def test_a_closed_stream_ends_it_with_2(home: Path) -> None:
    argv = ["/bin/sh", "-c", f'exec "{sys.executable}" "{PROGRAM}" idle "{home}" <&-']
    with Terminal(argv, environ=environment(home)) as terminal:
        assert terminal.wait() == 2
        assert b"standard input is not one" in terminal.raw


def test_another_encoding_ends_it_with_2(home: Path) -> None:
    argv = [sys.executable, str(PROGRAM), "idle", str(home)]
    environ = environment(home, PYTHONIOENCODING="ascii")
    with Terminal(argv, environ=environ) as terminal:
        assert terminal.wait() == 2
        assert b"PYTHONUTF8=1" in terminal.raw


def test_the_check_comes_before_textual(home: Path) -> None:
    code = (
        "import sys; from tui.terminal import capabilities, lifecycle, guard, crash, clipboard;"
        "print([name for name in sys.modules if name.split('.')[0] in ('textual', 'rich')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(home),
        capture_output=True,
        timeout=LIMIT,
        check=True,
    )
    assert done.stdout == b"[]\n"


def prepared(slow: bool = False, /, **environ: str) -> dict[str, str]:
    prepare_environment(environ, slow=slow)
    return environ


def test_the_size_is_the_terminals_own() -> None:
    assert not {"COLUMNS", "LINES"} & prepared(COLUMNS="10", LINES="5").keys()


def test_nothing_is_logged_imported_or_pressed() -> None:
    environ = prepared(
        TEXTUAL="devtools",
        TEXTUAL_LOG="/somewhere",
        TEXTUAL_DRIVER="evil:Driver",
        TEXTUAL_DEBUG="1",
        TEXTUAL_PRESS="q",
        TEXTUAL_SCREENSHOT="1",
        TEXTUAL_FILTERS="dim",
        TEXTUAL_ALLOW_SIGNALS="1",
        TEXTUAL_SMOOTH_SCROLL="1",
        PATH="/bin",
    )
    assert environ == {"PATH": "/bin", "TEXTUAL_SMOOTH_SCROLL": "0", "TEXTUAL_ANIMATIONS": "none"}


def test_how_it_draws_is_the_users_choice() -> None:
    environ = prepared(True, TEXTUAL_COLOR_SYSTEM="standard", TEXTUAL_FPS="5")
    assert environ["TEXTUAL_COLOR_SYSTEM"] == "standard"
    assert environ["TEXTUAL_FPS"] == "5"


@pytest.mark.parametrize("frames", ["", "0", "-1", "fast", "9" * 400, "²"])
def test_a_number_of_frames_that_cannot_be_is_dropped(frames: str) -> None:
    assert "TEXTUAL_FPS" not in prepared(TEXTUAL_FPS=frames)


def test_a_colour_system_that_does_not_exist_is_dropped() -> None:
    assert "TEXTUAL_COLOR_SYSTEM" not in prepared(TEXTUAL_COLOR_SYSTEM="rainbow")


def test_a_slow_line_gets_fewer_colours_and_frames() -> None:
    environ = prepared(True)
    assert environ["TEXTUAL_COLOR_SYSTEM"] == "256"
    assert environ["TEXTUAL_FPS"] == "15"


@pytest.mark.parametrize("name", [{"TERM_PROGRAM": "iTerm.app"}, {"LC_TERMINAL": "iTerm2"}])
def test_composed_input_works_in_iterm(name: dict[str, str]) -> None:
    assert prepared(**name)["TEXTUAL_DISABLE_KITTY_KEY"] == "1"
    assert prepared(**name, TEXTUAL_DISABLE_KITTY_KEY="0")["TEXTUAL_DISABLE_KITTY_KEY"] == "0"


def test_kitty_keys_stay_elsewhere() -> None:
    assert "TEXTUAL_DISABLE_KITTY_KEY" not in prepared(TERM_PROGRAM="WezTerm")


def test_truecolor_is_known_by_the_terminals_name_where_ssh_does_not_say_it() -> None:
    assert prepared(TERM="alacritty")["COLORTERM"] == "truecolor"
    assert prepared(TERM="xterm-direct")["COLORTERM"] == "truecolor"
    assert "COLORTERM" not in prepared(TERM="xterm-256color")
    assert prepared(TERM="foot", COLORTERM="24bit")["COLORTERM"] == "24bit"


def test_gnu_screen_is_not_sent_what_it_cannot_show() -> None:
    inside = {"TERM": "screen-256color", "STY": "1.pts", "COLORTERM": "truecolor"}
    assert "COLORTERM" not in prepared(**inside)
    assert prepared(TERM="screen-256color", COLORTERM="truecolor")["COLORTERM"] == "truecolor"


def test_core_files_are_forbidden(home: Path) -> None:
    code = (
        "import resource; from tui.terminal.capabilities import forbid_core_dumps;"
        "forbid_core_dumps(); print(resource.getrlimit(resource.RLIMIT_CORE))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(home) | {"PATH": os.defpath},
        capture_output=True,
        timeout=LIMIT,
        check=True,
    )
    assert done.stdout == b"(0, 0)\n"
