"""Text on its way to the user's clipboard, over whatever stands between here and there.

No terminal says whether it took the text, so the words that come back never claim that it did.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from tui import resources
from tui.plain import printable

LIMIT: Final = 100_000
"""Bytes of text that terminals take in one piece; some drop more, some without end."""

TMUX_LIMIT: Final = 700_000
"""Bytes of text that tmux passes on; it drops 800,000."""

SCREEN_CHUNK: Final = 250
"""Characters in one string that GNU screen passes on; it loses strings of 1,000."""

PATIENCE: Final = 2.0
"""Seconds that a program which takes the text may take."""

FILE_NAME: Final = "clipboard.txt"
"""The file for a text that goes no other way; the next one takes its place."""

DEAF_TERMINALS: Final = frozenset({"ansi", "linux", "vt100", "vt102", "vt220", "vt320"})
"""Values of TERM whose terminals have no clipboard to write to."""

TOOLS: Final = (
    ("WAYLAND_DISPLAY", ("wl-copy",)),
    ("DISPLAY", ("xclip", "-selection", "clipboard")),
    ("DISPLAY", ("xsel", "--clipboard", "--input")),
    ("", ("pbcopy",)),
)
"""Commands that put their input on the clipboard of the desktop that a variable speaks of."""

_STRING_START: Final = "\x1bP"
_STRING_END: Final = "\x1b\\"


def sequence(text: str, environ: Mapping[str, str]) -> str:
    """Return what makes a terminal (OSC 52) put `text` on the clipboard, in screen's wrapping."""
    encoded = base64.b64encode(_bytes(text)).decode("ascii")
    whole = f"\x1b]52;c;{encoded}\x07"
    if "STY" not in environ or "TMUX" in environ:
        return whole
    chunks = (whole[at : at + SCREEN_CHUNK] for at in range(0, len(whole), SCREEN_CHUNK))
    return "".join(f"{_STRING_START}{chunk}{_STRING_END}" for chunk in chunks)


def tmux(environ: Mapping[str, str]) -> str:
    """Return the absolute path of tmux when it stands in between, else an empty string."""
    return _program("tmux", environ) if environ.get("TMUX") else ""


def tools(environ: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """Yield the commands of this desktop that take a text, each with its absolute path."""
    if any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_TTY")):
        # The clipboard here is not the one in front of the user.
        return
    for variable, (name, *words) in TOOLS:
        path = _program(name, environ)
        if path and (not variable or environ.get(variable)):
            yield (path, *words)


def takes_sequences(environ: Mapping[str, str]) -> bool:
    """Tell whether the terminal may do what `sequence` asks; some are known never to."""
    if any(environ.get(name) for name in ("TMUX", "STY")):
        return True
    is_deaf = environ.get("TERM_PROGRAM") == "Apple_Terminal" or bool(environ.get("VTE_VERSION"))
    return not is_deaf and environ.get("TERM", "") not in DEAF_TERMINALS


async def copy(
    text: str,
    *,
    write: Callable[[str], None],
    directory: Path,
    environ: Mapping[str, str] = os.environ,
    patience: float = PATIENCE,
) -> str:
    """Send `text` towards the clipboard and say in a few words what was done with it.

    It goes to tmux, else in a sequence to the terminal, else to a tool of the desktop, else to a
    file of mode 0600 in `directory`, which the words name. `write` takes a sequence to the
    terminal.
    """
    data = _bytes(text)
    size = len(data)
    amount = f"{size:,} byte" if size == 1 else f"{size:,} bytes"
    program = tmux(environ)
    if program and size <= TMUX_LIMIT:
        loaded = (program, "load-buffer", "-w", "-")
        if await _given(loaded, data, environ, patience):
            return f"given to tmux, {amount}"
    if size <= LIMIT and takes_sequences(environ):
        write(sequence(text, environ))
        return f"sent to the terminal, {amount}"
    for tool in tools(environ):
        if await _given(tool, data, environ, patience):
            return f"given to {Path(tool[0]).name}, {amount}"
    return _written(data, amount, directory / FILE_NAME)


def _written(data: bytes, amount: str, path: Path) -> str:
    """Put the text into a file and say so, and why."""
    is_long = len(data) > LIMIT
    reason = f"too long for a clipboard ({amount})" if is_long else "no clipboard here"
    try:
        resources.write_private(path, data)
    except OSError as error:
        why = f"{amount} are too many for a clipboard" if is_long else "there is no clipboard here"
        return f"not copied: {why} and no file could be written: {resources.reason(error)}"
    return f"{reason}: written to {printable(str(path))}"


async def _given(
    command: tuple[str, ...], data: bytes, environ: Mapping[str, str], patience: float
) -> bool:
    """Let a program take the text on its standard input; return whether it did."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env=dict(environ),
        )
    except OSError:
        return False
    try:
        async with asyncio.timeout(patience):
            await process.communicate(data)
    except TimeoutError:
        return False
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return process.returncode == 0


def _program(name: str, environ: Mapping[str, str]) -> str:
    found = shutil.which(name, path=environ.get("PATH", os.defpath))
    return found if found is not None and Path(found).is_absolute() else ""


def _bytes(text: str) -> bytes:
    # A lone surrogate, which JSON may hold, has no bytes.
    return text.encode("utf-8", "replace")
