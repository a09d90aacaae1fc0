"""`list`: rows of a query on standard output, narration on standard error."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.api.errors import ApiError, EndpointInvalid
from tui.commands import connecting, process
from tui.headless import listing, output, streams

if TYPE_CHECKING:
    from tui.requests import List


def run(request: List) -> int:
    """Walk the query and return the exit code."""
    settings = process.load_settings(request.common)
    narrator = process.narrator()
    narrator.say_all(settings.warnings)
    process.start_log(settings, narrator)
    if sentence := connecting.obstacle(request.common, settings):
        return process.complain(sentence)
    target = connecting.target(request.common, settings)
    if target.fault is not None:
        return process.complain(str(target.fault), process.FAILED)
    if not target.region:
        return process.complain(process.NO_REGION)
    wanted = listing.Listing(
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
    form = output.format_named(
        request.output, width=streams.width(os.environ), wanted=wanted.wants_result
    )
    sink = process.standard_output()

    async def walk() -> int:
        try:
            waits = listing.Waits(narrator)
            client = connecting.connect(target, observer=waits, warn=narrator.say).client
        except EndpointInvalid as error:
            return process.complain(str(error))
        except ApiError as error:
            return process.complain(str(error), process.FAILED)
        try:
            return await listing.run(wanted, client, form, sink, narrator)
        finally:
            await client.aclose()

    return process.run_guarded(walk, sink)
