"""Where styles and user files live, and how to write them so that nobody else can read them.

Directories are 0700 and files 0600 whatever the umask; a write is whole or has not happened; a
symbolic link, a FIFO or somebody else's file in our place is refused. Every failure is an
`OSError`, which callers make one warning of: an unwritable home is never fatal.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import IO, Final

from tui.plain import printable

APPLICATION: Final = "sendfile-explorer"
"""The name of the user directories, and of the distribution."""

CONFIG_FILE: Final = "config.toml"
"""The settings, in the configuration directory."""

KEYMAP_FILE: Final = "keymap.toml"
"""The keys of the actions, in the same place."""

MAX_PRIVATE_BYTES: Final = 16 << 20
"""The largest private file that is read back, in bytes."""

_PRIVATE_FILE: Final = 0o600
_PRIVATE_DIRECTORY: Final = 0o700
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def styles_directory() -> Path:
    """Return the directory of the style sheets, absolute: in the package or beside it."""
    package = Path(__file__).resolve().parent
    installed = package / "styles"
    return installed if installed.is_dir() else package.parent / "styles"


def config_directory() -> Path:
    """Return the directory of `config.toml` and `keymap.toml`; it need not exist."""
    import platformdirs

    return platformdirs.user_config_path(APPLICATION, appauthor=False)


def state_directory() -> Path:
    """Return the directory of the archive and of crash reports; it need not exist."""
    import platformdirs

    return platformdirs.user_state_path(APPLICATION, appauthor=False)


def cache_directory() -> Path:
    """Return the directory of temporary credentials; it need not exist."""
    import platformdirs

    return platformdirs.user_cache_path(APPLICATION, appauthor=False)


def private_directory(path: Path) -> None:
    """Make a directory that only its owner can enter, and what is missing above it.

    Raises:
        OSError: it cannot be made, is a symbolic link or no directory, or belongs to another user.
    """
    os.close(_open_directory(path))


def write_private(path: Path, content: bytes) -> None:
    """Put `content` in place of a file, 0600 in a 0700 directory, whole or not at all.

    Raises:
        OSError: the directory is not ours, the disk is full and the like; the old file stands.
    """
    directory = _open_directory(path.parent)
    temporary = f".{path.name}.{os.urandom(8).hex()}"
    try:
        descriptor = os.open(
            temporary,
            os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC,
            _PRIVATE_FILE,
            dir_fd=directory,
        )
        try:
            with os.fdopen(descriptor, "wb") as file:
                os.fchmod(descriptor, _PRIVATE_FILE)
                file.write(content)
                file.flush()
                os.fsync(descriptor)
            os.replace(temporary, path.name, src_dir_fd=directory, dst_dir_fd=directory)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary, dir_fd=directory)
            raise
        # The new name has to survive a power cut as well; not every file system can do that.
        with contextlib.suppress(OSError):
            os.fsync(directory)
    finally:
        os.close(directory)


def read_private(path: Path, limit: int = MAX_PRIVATE_BYTES) -> bytes:
    """Read a file that `write_private` has written, at most `limit` bytes long.

    Raises:
        OSError: it is missing, or a symbolic link, a FIFO, somebody else's, open to others or
            larger than `limit`; `strerror` says which.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(path, flags)
    with os.fdopen(descriptor, "rb") as file:
        status = _own_file(descriptor, path)
        if status.st_mode & _OTHERS:
            raise PermissionError(0, "other users can read or write it", str(path))
        content = file.read(limit + 1)
    if len(content) > limit:
        raise OSError(0, f"it is larger than {limit} bytes", str(path))
    return content


def exists(path: Path) -> bool:
    """Say whether there is something at `path`, as far as that can be seen."""
    try:
        return path.exists()
    except OSError:
        return False


def open_log(path: Path) -> IO[str]:
    """Open a log file to append to, 0600; its directory is the user's affair and has to exist.

    Raises:
        OSError: it cannot be opened, or is a symbolic link, a FIFO or somebody else's.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(path, flags, _PRIVATE_FILE)
    try:
        _own_file(descriptor, path)
        os.fchmod(descriptor, _PRIVATE_FILE)
    except BaseException:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace")


def reason(error: OSError) -> str:
    """Say in printable words why a file could not be used, without its name."""
    return printable(error.strerror or str(error) or type(error).__name__)


def _open_directory(path: Path) -> int:
    """Return a descriptor of the private directory at `path`, made where it is missing."""
    missing = [path, *path.parents]
    while missing and missing[-1].exists():
        missing.pop()
    for directory in reversed(missing):
        with contextlib.suppress(FileExistsError):
            directory.mkdir(mode=_PRIVATE_DIRECTORY)
            # A umask may have taken even the owner's own rights away.
            directory.chmod(_PRIVATE_DIRECTORY)
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags)
    try:
        status = os.fstat(descriptor)
        if status.st_uid != os.geteuid():
            raise PermissionError(0, "it belongs to another user", str(path))
        if status.st_mode & _OTHERS:
            os.fchmod(descriptor, _PRIVATE_DIRECTORY)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _own_file(descriptor: int, path: Path) -> os.stat_result:
    """Return the status of a regular file of the current user."""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(0, "it is not a regular file", str(path))
    if status.st_uid != os.geteuid():
        raise PermissionError(0, "it belongs to another user", str(path))
    return status
