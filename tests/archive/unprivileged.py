"""Uses an archive in a home that takes nothing, as a user who may not do everything.

`python -m tests.archive.unprivileged DIRECTORY TROUBLE` prints as JSON what was shown and said.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
from pathlib import Path

from tests.archive.samples import archive_at, fill, invocation, newest_first, opened_view, shown

NOBODY = 65534
"""Who to be instead of root."""


def make_trouble(path: Path, trouble: str) -> None:
    """Let the archive at `path` be in trouble."""
    if trouble == "read-only file":
        path.chmod(0o400)
    elif trouble == "read-only directory":
        path.parent.chmod(0o500)
    elif trouble == "no directory":
        path.unlink()
        path.parent.rmdir()
        path.parent.parent.chmod(0o500)
    else:
        limit = path.stat().st_size + 10_000
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))


async def use(path: Path, trouble: str) -> dict[str, list[str]]:
    """Return what is shown before and after a page comes, and the warnings."""
    await fill(path, 1, 2)
    make_trouble(path, trouble)
    async with archive_at(path) as archive:
        view = await opened_view(archive)
        before = shown(view)
        await view.add([invocation(3, description="d" * 100_000), *newest_first(2)])
        after = shown(view)
        await view.close()
    return {"before": before, "after": after, "warnings": list(archive.warnings)}


def main(home: str, trouble: str) -> None:
    """Give up the rights of root, if there are any, and use the archive."""
    directory = Path(home) / "home"
    directory.mkdir(0o700)
    if os.geteuid() == 0:
        os.chown(home, NOBODY, NOBODY)
        os.chown(directory, NOBODY, NOBODY)
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    print(json.dumps(asyncio.run(use(directory / "state" / "archive.sqlite3", trouble))))


if __name__ == "__main__":
    main(*sys.argv[1:])
