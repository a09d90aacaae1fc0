"""`watch`: wait until one send has finished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.api.errors import ApiError, EndpointInvalid
from tui.commands import connecting, process
from tui.headless import listing, watching

if TYPE_CHECKING:
    from tui.requests import Watch


def run(request: Watch) -> int:
    """Watch the send and return the exit code."""
    settings = process.load_settings(request.common)
    narrator = process.narrator()
    narrator.say_all(settings.warnings)
    process.start_log(settings, narrator)
    if request.common.offline:
        return process.complain("Nothing can be watched with --offline.")
    target = connecting.target(request.common, settings)
    if target.fault is not None:
        return process.complain(str(target.fault), process.FAILED)
    if not target.region:
        return process.complain(process.NO_REGION)
    wanted = watching.Watching(target.region, request.invoke_id, request.timeout)
    sink = process.standard_output()

    async def watch() -> int:
        try:
            waits = listing.Waits(narrator)
            client = connecting.connect(target, observer=waits, warn=narrator.say).client
        except EndpointInvalid as error:
            return process.complain(str(error))
        except ApiError as error:
            return process.complain(str(error), process.FAILED)
        try:
            return await watching.run(wanted, client, sink, narrator)
        finally:
            await client.aclose()

    return process.run_guarded(watch, sink)
