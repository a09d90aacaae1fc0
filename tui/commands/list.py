"""`list`: rows of a query on standard output, narration on standard error."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from tui import resources
from tui.api.errors import ApiError, EndpointInvalid
from tui.commands import connecting, keeping, process
from tui.headless import listing, output, streams
from tui.plain import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.archive.store import Archive
    from tui.headless.output import Format
    from tui.headless.streams import Narrator
    from tui.headless.verifying import Verdicts
    from tui.requests import List

NO_CONTENTS = (
    "--verify needs the contents of files, which the archive does not keep; ask without"
    " --offline, or set archive_contents = true for what is seen from now on."
)
"""What is said where there is nothing to compare with."""


def run(request: List) -> int:
    """Walk the query and return the exit code."""
    settings = process.load_settings(request.common)
    narrator = process.narrator()
    narrator.say_all(settings.warnings)
    process.start_log(settings, narrator)
    offline = request.common.offline
    if offline and request.common.demo is not None:
        return process.complain("Nothing of a demo is kept: leave --demo or --offline out.")
    if offline and not settings.archive:
        return process.complain("--offline answers from the archive, and --no-archive has none.")
    if offline and request.verify is not None and not settings.archive_contents:
        return process.complain(NO_CONTENTS)
    target = connecting.target(request.common, settings)
    if target.fault is not None and not (offline and not connecting.own_profile(settings)):
        return process.complain(str(target.fault), process.FAILED)
    if not target.region:
        return process.complain(process.NO_REGION)
    wanted = _wanted(request, target)
    verdicts: Verdicts | None = None
    if request.verify is not None:
        from tui.headless import verifying

        try:
            verdicts = verifying.Verdicts(verifying.read_file(request.verify))
        except OSError as error:
            shown = printable(str(request.verify))
            return process.complain(f"The file {shown} cannot be read: {resources.reason(error)}.")
    form: Format = verdicts or output.format_named(
        request.output, width=streams.width(os.environ), wanted=wanted.wants_result
    )
    walk = _from_archive if offline else _from_service
    code = walk(wanted, target, form, narrator)
    return listing.FAILURES_FOUND if code == 0 and verdicts and not verdicts.all_same else code


def _wanted(request: List, target: connecting.Target) -> listing.Listing:
    return listing.Listing(
        replace(request.filters, region=target.region),
        limit=request.limit,
        since=request.since,
        until=request.until,
        error_code=request.error_code,
        exit_code=request.exit_code,
        page_size=target.settings.page_size,
        by_number=request.by_number,
        token=request.next_token,
    )


def _from_service(
    wanted: listing.Listing, target: connecting.Target, form: Format, narrator: Narrator
) -> int:
    sink = process.standard_output()

    async def walk() -> int:
        try:
            waits = listing.Waits(narrator)
            client = connecting.connect(target, observer=waits, warn=narrator.say).client
        except EndpointInvalid as error:
            return process.complain(str(error))
        except ApiError as error:
            return process.complain(str(error), process.FAILED)
        archive = None
        try:
            if target.choice is None or not target.settings.archive:
                return await listing.run(wanted, client, form, sink, narrator, count=client.total)
            archive = keeping.open_archive(target.settings, memory=False, warn=narrator.say)
            kept = _recording(archive, target.choice.key, wanted, narrator)
            return await listing.run(
                wanted, client, form, sink, narrator, around=kept, count=client.total
            )
        finally:
            await client.aclose()
            if archive is not None:
                await archive.close()

    return process.run_guarded(walk, sink)


def _recording(
    archive: Archive, scope: str, wanted: listing.Listing, narrator: Narrator
) -> Callable[[listing.Walk], listing.Walk]:
    from tui.headless.recording import Recorded

    return lambda walk: Recorded(
        walk, archive, scope, wanted.query, narrator, from_top=not wanted.token
    )


def _from_archive(
    wanted: listing.Listing, target: connecting.Target, form: Format, narrator: Narrator
) -> int:
    from tui.archive.sources import Fitting
    from tui.headless import offline

    sink = process.standard_output()

    async def walk() -> int:
        archive = keeping.open_archive(
            target.settings, memory=False, read_only=True, warn=narrator.say
        )
        try:
            source = Fitting(wanted.query, target.known_scope)
            return await offline.run(wanted, archive, source, form, sink, narrator)
        finally:
            await archive.close()

    return process.run_guarded(walk, sink)
