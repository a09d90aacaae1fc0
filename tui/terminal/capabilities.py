"""Whether the explorer can start here, and the environment it starts in; Textual comes later.

Textual reads its environment while it is imported, so `prepare_environment` runs before that.
"""

from __future__ import annotations

import codecs
import resource
import sys
from collections.abc import Mapping, MutableMapping
from typing import Final, TextIO

from tui.late_dataclass import dataclass

HEADLESS_COMMAND: Final = "sendfile-explorer list"
"""What works without a terminal; `--help` shows its filters and formats."""

UNABLE_TERMINALS: Final = frozenset({"", "dumb", "unknown"})
"""Values of TERM that promise no cursor movement."""

COLOR_SYSTEMS: Final = frozenset({"auto", "standard", "256", "truecolor"})
"""Values of TEXTUAL_COLOR_SYSTEM that Textual accepts; it stops on any other."""

KEPT_VARIABLES: Final = frozenset(
    {
        "TEXTUAL_COLOR_SYSTEM",
        "TEXTUAL_DIM_FACTOR",
        "TEXTUAL_DISABLE_KITTY_KEY",
        "TEXTUAL_FPS",
    }
)
"""Textual's variables that only change how it draws; the others log, import, or press keys."""

TRUECOLOR_TERMINALS: Final = frozenset(
    {"alacritty", "contour", "foot", "foot-extra", "wezterm", "xterm-ghostty", "xterm-kitty"}
)
"""Values of TERM that stand for 24-bit colour where SSH did not pass COLORTERM on."""

SLOW_FRAMES_PER_SECOND: Final = "15"
"""Frames a second on a slow line: what a held key draws in between is thrown away anyway."""


@dataclass(frozen=True)
class Streams:
    """What the three standard streams of a process are connected to."""

    input_is_terminal: bool
    output_is_terminal: bool
    error_is_terminal: bool
    encoding: str
    """The encoding of standard error, which is where Textual draws; empty when it is closed."""


def streams_of_process() -> Streams:
    """Look at the standard streams of this process."""
    return Streams(
        input_is_terminal=_is_terminal(sys.__stdin__),
        output_is_terminal=_is_terminal(sys.__stdout__),
        error_is_terminal=_is_terminal(sys.__stderr__),
        encoding=getattr(sys.__stderr__, "encoding", None) or "",
    )


def refusal(streams: Streams, environ: Mapping[str, str]) -> str:
    """Say in one line why the explorer cannot start and what to use instead; empty when it can."""
    reason = _reason(streams, environ)
    if not reason:
        return ""
    return f"The explorer needs a terminal: {reason}. Without one, use `{HEADLESS_COMMAND}`."


def prepare_environment(environ: MutableMapping[str, str], *, slow: bool = False) -> None:
    """Change `environ` to one in which Textual draws at the terminal's real size and tells nobody.

    `slow` asks for fewer bytes: 256 colours and fewer frames, unless the user chose otherwise.
    """
    for name in [name for name in environ if name.startswith("TEXTUAL")]:
        if name not in KEPT_VARIABLES:
            del environ[name]

    # They would stand above the real size, and resizing would do nothing.
    environ.pop("COLUMNS", None)
    environ.pop("LINES", None)

    # Any in-band resize makes Textual read mouse positions as pixels from then on.
    environ["TEXTUAL_SMOOTH_SCROLL"] = "0"
    environ["TEXTUAL_ANIMATIONS"] = "none"

    # Reporting all keys takes composed (Chinese, Japanese) input away in iTerm2.
    if environ.get("TERM_PROGRAM") == "iTerm.app" or environ.get("LC_TERMINAL") == "iTerm2":
        environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")

    _settle_colours(environ)
    frames = environ.get("TEXTUAL_FPS", "")
    if not (frames.isascii() and frames.isdecimal() and len(frames) <= 3 and int(frames)):
        environ.pop("TEXTUAL_FPS", None)
    if slow:
        environ.setdefault("TEXTUAL_COLOR_SYSTEM", "256")
        environ.setdefault("TEXTUAL_FPS", SLOW_FRAMES_PER_SECOND)


def forbid_core_dumps() -> None:
    """Let no core file hold what this process and its children know."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def erases_in_colour(environ: Mapping[str, str]) -> bool:
    """Tell whether erased cells take the current background; GNU screen's do not by default."""
    return "STY" not in environ


def is_utf8(encoding: str) -> bool:
    """Tell whether `encoding` is some spelling of UTF-8."""
    try:
        return codecs.lookup(encoding).name == "utf-8"
    except LookupError:
        return False


def _reason(streams: Streams, environ: Mapping[str, str]) -> str:
    for connected, name in (
        (streams.input_is_terminal, "input"),
        (streams.output_is_terminal, "output"),
        (streams.error_is_terminal, "error"),
    ):
        if not connected:
            return f"standard {name} is not one"
    term = environ.get("TERM", "")
    if term in UNABLE_TERMINALS:
        return f"TERM is {term!r}" if term else "TERM is not set"
    if not is_utf8(streams.encoding):
        return (
            f"the encoding here is {streams.encoding or 'unknown'} and the screen needs UTF-8 "
            "(try PYTHONUTF8=1)"
        )
    return ""


def _settle_colours(environ: MutableMapping[str, str]) -> None:
    if environ.get("TEXTUAL_COLOR_SYSTEM", "auto") not in COLOR_SYSTEMS:
        del environ["TEXTUAL_COLOR_SYSTEM"]
    term = environ.get("TERM", "")
    if "STY" in environ and term.startswith("screen"):
        # The outer terminal's promise reaches programs inside GNU screen, which cannot keep it.
        environ.pop("COLORTERM", None)
    elif term in TRUECOLOR_TERMINALS or term.endswith("-direct"):
        environ.setdefault("COLORTERM", "truecolor")


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False
