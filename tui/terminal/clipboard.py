"""Text on its way to the user's clipboard, over whatever stands between here and there.

No terminal says whether it took the text, so the words that come back never claim that it did.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tui import resources
from tui.plain import printable

LIMIT: Final = 100_000
"""Bytes of text that terminals take in one piece; some drop more, some without end."""

SCREEN_CHUNK: Final = 250
"""Characters in one string that GNU screen passes on; it loses strings of 1,000."""

TMUX_PATIENCE: Final = 2.0
"""Seconds that tmux may take."""

FILE_NAME: Final = "clipboard.txt"
"""The file that holds a text which is too long to send; the next one takes its place."""

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
    if not environ.get("TMUX"):
        return ""
    found = shutil.which("tmux", path=environ.get("PATH", os.defpath))
    return found if found is not None and Path(found).is_absolute() else ""


async def copy(
    text: str,
    *,
    write: Callable[[str], None],
    directory: Path,
    environ: Mapping[str, str] = os.environ,
    patience: float = TMUX_PATIENCE,
) -> str:
    """Send `text` towards the clipboard and say in a few words what was done with it.

    `write` takes a sequence to the terminal. A text of more than `LIMIT` bytes goes to a file of
    mode 0600 in `directory`, which the words name.
    """
    size = len(_bytes(text))
    amount = f"{size:,} byte" if size == 1 else f"{size:,} bytes"
    if size > LIMIT:
        path = directory / FILE_NAME
        try:
            resources.write_private(path, _bytes(text))
        except OSError as error:
            said = f"not copied: {amount} are too many for a clipboard"
            return f"{said} and no file could be written: {resources.reason(error)}"
        return f"too long for a clipboard ({amount}): written to {printable(str(path))}"

    program = tmux(environ)
    if program and await _load(program, text, environ, patience):
        return f"given to tmux, {amount}"
    write(sequence(text, environ))
    return f"sent to the terminal, {amount}"


async def _load(program: str, text: str, environ: Mapping[str, str], patience: float) -> bool:
    """Let tmux keep `text` in a buffer of its own and pass it on to its terminal's clipboard."""
    try:
        process = await asyncio.create_subprocess_exec(
            program,
            "load-buffer",
            "-w",
            "-",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env=dict(environ),
        )
    except OSError:
        return False
    try:
        async with asyncio.timeout(patience):
            await process.communicate(_bytes(text))
    except TimeoutError:
        return False
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return process.returncode == 0


def _bytes(text: str) -> bytes:
    # A lone surrogate, which JSON may hold, has no bytes.
    return text.encode("utf-8", "replace")
