"""Temporary credentials kept between starts: private files, named by a hash, refused if not ours.

A file that cannot be trusted, read or written is one warning and otherwise as good as none. What
has no end in time, or no security token, is never kept.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

from tui import resources
from tui.api.credentials import Credentials
from tui.identity.issue import Issue
from tui.identity.sts import CallerIdentity

VERSION: Final = 1
"""Of the form of the files; another is as good as none."""

MAX_BYTES: Final = 1 << 16
"""The largest file that is read, in bytes."""

CREDENTIALS: Final = "credentials"
CALLER: Final = "caller"
LOCK: Final = "lock"
"""What the names of the files end in."""

KINDS: Final = frozenset({CREDENTIALS, CALLER, LOCK})
"""All of them."""

CALLER_LIFE: Final = 30 * 86_400.0
"""How long it is believed who somebody is, in seconds."""


class Cache:
    """The files of one directory.

    Args:
        directory: where they are; made when something is kept.
        warn: takes the one sentence about what cannot be used.
    """

    def __init__(self, directory: Path, warn: Callable[[str], None]) -> None:
        self._directory = directory
        self._warn = warn
        self._warned = False
        self._trusted = True

    def credentials(self, key: str) -> Issue | None:
        """Return what is kept under a key, perhaps of the past."""
        found = self._read(key, CREDENTIALS)
        texts = [found.get(name) for name in ("access_key_id", "access_key_secret", "token")]
        times = [found.get(name) for name in ("issued_at", "expires_at")]
        if not all(isinstance(each, str) and each for each in texts):
            return None
        if not all(_is_time(each) for each in times):
            return None
        key_id, secret, token = map(str, texts)
        issued, ends = (float(each) for each in times if isinstance(each, int | float))
        credentials = Credentials(key_id, secret, token, expires_at=ends)
        return None if credentials.problem() else Issue(credentials, issued)

    def keep(self, key: str, issue: Issue) -> None:
        """Keep credentials, if they are temporary and say when they end."""
        pair = issue.credentials
        if not pair.security_token or pair.expires_at is None:
            return
        self._write(
            key,
            CREDENTIALS,
            {
                "access_key_id": pair.access_key_id,
                "access_key_secret": pair.access_key_secret,
                "token": pair.security_token,
                "issued_at": issue.issued_at,
                "expires_at": pair.expires_at,
            },
        )

    def caller(self, key: str, now: float) -> CallerIdentity | None:
        """Return who somebody is, if that is known."""
        found = self._read(key, CALLER)
        known_at = found.get("known_at")
        values = [found.get(name) for name in ("account_id", "arn", "kind")]
        if not isinstance(known_at, int | float) or not 0 <= now - known_at < CALLER_LIFE:
            return None
        if not all(isinstance(each, str) for each in values) or not values[0]:
            return None
        return CallerIdentity(*map(str, values))

    def keep_caller(self, key: str, caller: CallerIdentity, now: float) -> None:
        """Keep who somebody is."""
        self._write(key, CALLER, {**asdict(caller), "known_at": now})

    def lock_path(self, key: str) -> Path | None:
        """Return the file that whoever renews a key holds; None where there can be none."""
        try:
            resources.private_directory(self._directory)
        except OSError as error:
            self._complain("written", error)
            return None
        return self._directory / f"{key}.{LOCK}"

    def _read(self, key: str, kind: str) -> Mapping[str, object]:
        path = self._directory / f"{key}.{kind}"
        if not self._trusted:
            return {}
        try:
            _require_ours(self._directory)
            found = json.loads(resources.read_private(path, MAX_BYTES))
        except FileNotFoundError:
            return {}
        except OSError as error:
            # What is written now makes the place private again, which does not vouch for the rest.
            self._trusted = False
            self._complain("used", error)
            return {}
        except (ValueError, RecursionError):
            # Half a file, or another version's; the next write puts it right.
            return {}
        return found if isinstance(found, dict) and found.get("version") == VERSION else {}

    def _write(self, key: str, kind: str, content: Mapping[str, object]) -> None:
        encoded = json.dumps({"version": VERSION, **content}).encode()
        try:
            resources.write_private(self._directory / f"{key}.{kind}", encoded)
        except OSError as error:
            self._complain("written", error)
            return
        with contextlib.suppress(OSError):
            _tidy(self._directory)

    def _complain(self, verb: str, error: OSError) -> None:
        if not self._warned:
            self._warned = True
            self._warn(
                f"The temporary credentials in {self._directory} cannot be {verb}"
                f" ({resources.reason(error)}); going on without them."
            )


def clear(directory: Path) -> int:
    """Remove what is kept in a directory and return how many files were credentials.

    Raises:
        OSError: the directory is not ours, or a file cannot be removed.
    """
    removed = 0
    try:
        _require_ours(directory)
        paths = sorted(directory.iterdir())
    except FileNotFoundError:
        return 0
    for path in paths:
        # What a write that was cut off has left begins with a dot and holds credentials as well.
        if KINDS.isdisjoint(path.name.split(".")):
            continue
        removed += CREDENTIALS in path.name
        path.unlink(missing_ok=True)
    return removed


def _tidy(directory: Path) -> None:
    """Remove what has been of no use for long."""
    oldest = time.time() - CALLER_LIFE
    for path in directory.iterdir():
        if path.suffix.lstrip(".") in KINDS and path.lstat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def _require_ours(directory: Path) -> None:
    """Refuse a directory into which somebody else may put files."""
    status = directory.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise NotADirectoryError(0, "it is not a directory", str(directory))
    if status.st_uid != os.geteuid():
        raise PermissionError(0, "it belongs to another user", str(directory))
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise PermissionError(0, "other users can write to it", str(directory))


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e11
