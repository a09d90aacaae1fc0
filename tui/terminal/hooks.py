"""What of Textual's private parts the terminal package leans on, and whether it is still there."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any, Final

DRIVER_METHODS: Final = (
    "_disable_mouse_support",
    "_enable_mouse_support",
    "_get_terminal_size",
    "_request_terminal_sync_mode_support",
    "_sigcont_application",
    "_sigtstp_application",
    "process_message",
    "resume_application_mode",
    "start_application_mode",
    "stop_application_mode",
    "suspend_application_mode",
    "write",
)
"""Methods of Textual's driver that ours calls or takes the place of."""

DRIVER_ATTRIBUTES: Final = (
    "_auto_restart",
    "_in_band_window_resize",
    "_loop",
    "_mouse",
    "_writer_thread",
)
"""Attributes of Textual's driver that ours reads."""


def forget_closed_screens() -> None:
    """Let go of what widgets that are gone have drawn.

    Textual remembers a pair of colours for each of the latest 1,024 widgets, and with it, by the
    key of that memory, all lines that the widget had on the screen.
    """
    from textual._styles_cache import StylesCache

    clear = getattr(StylesCache.get_inner_outer, "cache_clear", None)
    if clear is not None:
        clear()


def missing() -> tuple[str, ...]:
    """Name the private hooks that this Textual does not have; empty with the one tested."""
    return tuple(_missing())


def _missing() -> Iterator[str]:
    from textual._styles_cache import StylesCache
    from textual._xterm_parser import XTermParser
    from textual.app import App
    from textual.drivers import linux_driver

    from tui.terminal.application import GuardedApp

    if not callable(getattr(linux_driver, "getincrementaldecoder", None)):
        yield "textual.drivers.linux_driver.getincrementaldecoder"
    source = _source(linux_driver.LinuxDriver.run_input_thread)
    if 'getincrementaldecoder("utf-8")().decode' not in source:
        yield "LinuxDriver.run_input_thread: its decoder"
    if "XTermParser(" not in source or not hasattr(XTermParser, "_sequence_to_key_events"):
        yield "LinuxDriver.run_input_thread: its parser"

    if not hasattr(StylesCache.get_inner_outer, "cache_clear"):
        yield "StylesCache.get_inner_outer: what it remembers"
    for name in ("_fatal_error", "_close_messages_no_wait", "_handle_exception"):
        if not callable(getattr(App, name, None)):
            yield f"App.{name}"
    handler = _source(App._handle_exception)
    for words in ("self._exception = error", "self._fatal_error()", "self._return_code = 1"):
        if words not in handler:
            yield f"App._handle_exception: {words}"
    if "def _fatal_error" not in _source(GuardedApp):
        yield "GuardedApp._fatal_error"


def missing_of_driver() -> tuple[str, ...]:
    """Name the private parts of Textual's driver that ours needs and this Textual does not have."""
    from textual.driver import Driver
    from textual.drivers.linux_driver import LinuxDriver

    missing = [name for name in DRIVER_METHODS if not callable(getattr(LinuxDriver, name, None))]
    # The names in compiled code, because this is asked at each start and sources are slow.
    makers = (Driver.__init__, LinuxDriver.__init__)
    named = {name for maker in makers for name in maker.__code__.co_names}
    missing += [name for name in DRIVER_ATTRIBUTES if name not in named]
    return tuple(f"LinuxDriver.{name}" for name in missing)


def _source(part: type[Any] | Callable[..., Any]) -> str:
    try:
        return inspect.getsource(part)
    except (OSError, TypeError):
        return ""
