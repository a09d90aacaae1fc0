"""What of Textual's private parts the terminal package leans on, and whether it is still there."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any


def missing() -> tuple[str, ...]:
    """Name the private hooks that this Textual does not have; empty with the one tested."""
    return tuple(_missing())


def _missing() -> Iterator[str]:
    from textual.app import App
    from textual.drivers import linux_driver

    from tui.terminal.application import GuardedApp

    if not callable(getattr(linux_driver, "getincrementaldecoder", None)):
        yield "textual.drivers.linux_driver.getincrementaldecoder"
    source = _source(linux_driver.LinuxDriver.run_input_thread)
    if 'getincrementaldecoder("utf-8")().decode' not in source:
        yield "LinuxDriver.run_input_thread: its decoder"

    for name in ("_fatal_error", "_close_messages_no_wait", "_handle_exception"):
        if not callable(getattr(App, name, None)):
            yield f"App.{name}"
    handler = _source(App._handle_exception)
    for words in ("self._exception = error", "self._fatal_error()", "self._return_code = 1"):
        if words not in handler:
            yield f"App._handle_exception: {words}"
    if "def _fatal_error" not in _source(GuardedApp):
        yield "GuardedApp._fatal_error"


def _source(part: type[Any] | Callable[..., Any]) -> str:
    try:
        return inspect.getsource(part)
    except (OSError, TypeError):
        return ""
