"""However the explorer ends, the terminal is whole and the exit status says why."""

from __future__ import annotations

import signal
import stat
from pathlib import Path

import pytest

from .harness import guarded
from .program import SECRET_PARTS

ENDING_SIGNALS = [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT]


@pytest.mark.parametrize("number", ENDING_SIGNALS)
def test_a_signal_ends_it_with_its_number_and_a_whole_terminal(home: Path, number: int) -> None:
    with guarded("idle", home) as terminal:
        terminal.until_seen("program ready")
        assert terminal.modes()[1049], "the explorer is on the alternate screen"
        assert terminal.after() != terminal.before

        terminal.process.send_signal(number)

        assert terminal.wait() == 128 + number
        terminal.assert_whole()
        assert not list(home.glob("state/*")), "a signal is no crash"


def test_a_signal_before_anything_is_drawn_ends_it_at_once(home: Path) -> None:
    with guarded("early", home) as terminal:
        terminal.until_seen("early ready")
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.wait() == 143
        assert b"\x1b" not in terminal.raw


def test_the_status_is_what_the_application_leaves_with(home: Path) -> None:
    with guarded("idle", home) as terminal:
        terminal.until_seen("program ready")
        terminal.send(b"q")
        assert terminal.wait() == 5
        terminal.assert_whole()
        assert terminal.shown_last() == ""


@pytest.mark.parametrize(
    "behaviour", ["handler", "worker", "thread-worker", "compose", "timer", "construct"]
)
def test_an_error_anywhere_is_one_line_and_a_private_report(home: Path, behaviour: str) -> None:
    with guarded(behaviour, home) as terminal:
        if behaviour == "handler":
            terminal.until_seen("program ready")
            terminal.send(b"x")

        assert terminal.wait() == 1
        terminal.assert_whole()
        (report,) = home.glob("state/crash-*.txt")
        said = terminal.shown_last()
        assert said.startswith("The explorer stopped on an error (")
        assert said.endswith(f"The report is in {report}\n")
        assert said.count("\n") == 1

        assert stat.S_IMODE(report.stat().st_mode) == 0o600
        assert stat.S_IMODE(report.parent.stat().st_mode) == 0o700
        text = report.read_text()
        assert "in fail" in text
        assert "DeliberateError: signed with" in text
        assert "Canary" not in text
        assert "Canary" not in terminal.raw.decode()
        assert all(line.isprintable() for line in text.splitlines())
        assert "]0;title" not in said


def test_the_secret_of_the_tests_is_one() -> None:
    assert "".join(SECRET_PARTS) == "LTAI5tCanaryCanary"


def test_a_cancellation_that_leaks_is_no_success(home: Path) -> None:
    with guarded("leak", home) as terminal:
        terminal.until_seen("program ready")
        terminal.send(b"x")
        assert terminal.wait() == 1
        terminal.assert_whole()
        assert terminal.shown_last().startswith("The explorer stopped on an error (unasked end)")


def test_a_system_exit_keeps_its_status(home: Path) -> None:
    with guarded("system-exit", home) as terminal:
        terminal.until_seen("program ready")
        terminal.send(b"x")
        assert terminal.wait() == 4
        terminal.assert_whole()


def test_a_number_that_is_no_key_and_a_size_that_is_none_change_nothing(home: Path) -> None:
    noises = [b"\x1b[1114112u", b"\x1b[9999999999u", b"\x1b[48;9999;9999;1;1t"]
    with guarded("idle", home) as terminal:
        terminal.until_seen("program ready")
        for noise, key in zip(noises, "jkm", strict=True):
            terminal.send(noise + key.encode())
            terminal.until_shown(f"key {key}")
        terminal.send(b"q")
        assert terminal.wait() == 5
        terminal.assert_whole()


@pytest.mark.parametrize("behaviour", ["idle", "nohup", "flood"])
def test_a_line_that_is_gone_ends_it(home: Path, behaviour: str) -> None:
    with guarded(behaviour, home) as terminal:
        terminal.until_seen("program ready")
        terminal.hang_up()
        assert terminal.wait() == 129
        assert not list(home.glob("state/*")), "a line that breaks is no crash"


def test_a_terminal_that_does_not_read_is_not_waited_for(home: Path) -> None:
    with guarded("flood", home) as told, guarded("parting", home) as asked:
        told.until_seen("program ready")
        asked.until_seen("program ready")
        asked.send(b"q")
        told.until_stuck()
        told.process.send_signal(signal.SIGTERM)

        assert told.wait(reading=False) == 143
        assert asked.wait(reading=False) == 5
        for terminal in (told, asked):
            terminal.wait()
            terminal.assert_whole()


def test_bytes_that_are_no_text_do_no_harm(home: Path) -> None:
    noises = [b"\xff", "中文".encode("gbk"), b"\xc3\x28", b"\xed\xa0\x80"]
    with guarded("idle", home) as terminal:
        terminal.until_seen("program ready")
        for noise, key in zip(noises, "jkmn", strict=True):
            terminal.send(noise + key.encode())
            terminal.until_shown(f"key {key}")
        terminal.send(b"q")
        assert terminal.wait() == 5


def test_suspended_the_terminal_is_whole_and_resumed_it_goes_on(home: Path) -> None:
    with guarded("idle", home) as terminal:
        terminal.until_seen("program ready")
        terminal.send(b"z")
        terminal.until_stopped()
        terminal.until(lambda: terminal.modes()[25], "the normal screen")
        terminal.assert_whole()

        terminal.process.send_signal(signal.SIGCONT)
        terminal.until(lambda: terminal.modes()[1049], "the alternate screen again")
        terminal.send(b"k")
        terminal.until_shown("key k")

        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.wait() == 143
        terminal.assert_whole()


def test_a_signal_that_interrupts_another_thread_is_heard(home: Path) -> None:
    """The kernel chooses the thread, and the main one may sleep on with nothing to wake it."""
    with guarded("bystander", home) as terminal:
        terminal.until_seen("program ready")
        terminal.send(b"x")
        terminal.until_stopped()
        terminal.until(lambda: terminal.modes()[25], "the normal screen")

        terminal.process.send_signal(signal.SIGCONT)
        terminal.until(lambda: terminal.modes()[1049], "the alternate screen again")
        terminal.send(b"q")
        assert terminal.wait() == 5
        terminal.assert_whole()


def test_stopped_from_outside_it_begins_again(home: Path) -> None:
    """SIGSTOP leaves no time to give the terminal back, nor does SIGCONT mean that it was."""
    with guarded("idle", home) as terminal:
        terminal.until_seen("program ready")
        terminal.process.send_signal(signal.SIGSTOP)
        terminal.until_stopped()
        terminal.display()
        terminal.screen.reset()
        seen = len(terminal.raw)

        terminal.process.send_signal(signal.SIGCONT)
        terminal.until_shown("program ready")
        assert b"\x1b[?1049h" in terminal.raw[seen:]
        terminal.send(b"t")
        terminal.until_shown("1 thread reads")

        terminal.send(b"q")
        assert terminal.wait() == 5
        terminal.assert_whole()
        assert terminal.kitty_depth() == 0


def test_told_to_end_in_the_background_it_leaves_the_shell_its_terminal(home: Path) -> None:
    """A shell's `kill %1` after ctrl+z sends SIGTERM and SIGCONT to a process behind it."""
    with guarded("idle", home, shell=True) as terminal:
        terminal.until_seen("program ready")
        terminal.send(b"z")
        terminal.until_seen("shell: ended with 143")
        assert terminal.wait() == 0
        terminal.assert_whole()
        assert b"1049h" not in terminal.raw.partition(b"shell: it is stopped")[2]
