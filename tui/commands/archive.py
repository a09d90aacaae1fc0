"""`archive`: say what is kept, write it out, or let go of what is beyond the bounds."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.archive.keeping import read_info
from tui.commands import keeping, process
from tui.headless import archive as work
from tui.plain import printable
from tui.triage.words import counted

if TYPE_CHECKING:
    from tui.archive.places import Place
    from tui.archive.store import Archive as Kept
    from tui.headless.streams import Narrator, Sink
    from tui.requests import Archive
    from tui.settings import Settings


def run(request: Archive) -> int:
    """Do what is asked of the archive's file and return the exit code."""
    settings = process.load_settings(request.common)
    narrator = process.narrator()
    narrator.say_all(settings.warnings)
    process.start_log(settings, narrator)
    sink = process.standard_output()

    async def act() -> int:
        path = keeping.archive_path()
        if not path.exists():
            narrator.say(f"Nothing is kept yet: there is no {printable(str(path))}.")
            return 0
        archive = keeping.open_archive(
            settings, memory=False, read_only=request.action != "prune", warn=narrator.say
        )
        try:
            place = await archive.read(lambda connection: connection.place)
            if place.path is None:
                return process.complain("There is nothing else to look at.", process.FAILED)
            return await _act(request, settings, archive, place, sink, narrator)
        finally:
            await archive.close()

    return process.run_guarded(act, sink)


async def _act(
    request: Archive,
    settings: Settings,
    archive: Kept,
    place: Place,
    sink: Sink,
    narrator: Narrator,
) -> int:
    if request.action == "info":
        await sink.put(work.info_text(await archive.run(read_info)))
    elif request.action == "export":
        count = await work.export(archive, sink, narrator)
        narrator.say(f"{counted(count, 'invocation')} exported.")
    elif place.overlay:
        return process.complain("Nothing can be removed from the archive.", process.FAILED)
    else:
        bounds = keeping.bounds(settings)
        age = math.inf if request.older_than is None else request.older_than
        bounds = replace(bounds, max_age=min(bounds.max_age, age))
        count = await work.prune(archive, bounds, narrator)
        await sink.put(f"{counted(count, 'invocation')} removed.\n")
    return 0
