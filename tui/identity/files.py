"""The files of the vendor's tools: where they are, and reading them without ever writing one."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tui.plain import printable

MAX_BYTES: Final = 1 << 20
"""The largest file that is read, in bytes; a configuration has some kilobytes."""


class FileUnusable(ValueError):
    """A file is there and cannot be used; `str()` is the reason, as the end of a sentence."""


def home(environ: Mapping[str, str]) -> Path:
    """Return the home directory, as the vendor's tools find it."""
    said = environ.get("HOME", "")
    if said:
        return Path(said)
    try:
        return Path.home()
    except RuntimeError:
        return Path("/")


def config_file(environ: Mapping[str, str]) -> Path:
    """Return where the vendor's command line keeps its profiles."""
    said = environ.get("ALIBABA_CLOUD_CONFIG_FILE", "")
    return Path(said) if said else home(environ) / ".aliyun" / "config.json"


def credentials_files(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Return where the vendor's SDKs keep theirs: some in the first place, some in the second."""
    said = environ.get("ALIBABA_CLOUD_CREDENTIALS_FILE", "")
    if said:
        return (Path(said),)
    directory = home(environ) / ".alibabacloud"
    return (directory / "credentials.ini", directory / "credentials")


def shown(path: Path, environ: Mapping[str, str]) -> str:
    """Return a path as a person would write it."""
    try:
        below = path.relative_to(home(environ))
    except ValueError:
        return printable(str(path), 200)
    return printable(f"~/{below}", 200)


def read(path: Path) -> str | None:
    """Return the text of a file; None where there is none.

    Raises:
        FileUnusable: it is there and cannot be read, is no regular file, too large or not UTF-8.
    """
    try:
        # A FIFO in its place must not hold anybody up.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise FileUnusable("it is not a regular file")
            content = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise FileUnusable(printable(error.strerror or type(error).__name__, 100)) from None
    except ValueError as error:
        # A NUL in its name, which no system call takes; or a reason of our own.
        raise FileUnusable(printable(str(error), 100)) from None
    if len(content) > MAX_BYTES:
        raise FileUnusable(f"it is larger than {MAX_BYTES} bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileUnusable("it is not UTF-8") from None
