"""`emulate`: the emulated API on a loopback socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands import process
from tui.emulator import faults, server
from tui.emulator.fleet import Fleet
from tui.emulator.handler import Emulator

if TYPE_CHECKING:
    from tui.requests import Emulate


def run(request: Emulate) -> int:
    """Serve until a signal ends it, and return the exit code."""
    try:
        chosen = faults.Faults([faults.parse(spec) for spec in request.faults], seed=request.seed)
    except ValueError as error:
        return process.complain(str(error))
    fleet = Fleet(
        request.records,
        request.seed,
        arrive_per_minute=request.arrive_per_minute,
        clock_speed=request.clock_speed,
    )
    emulator = Emulator(fleet, retention_days=request.retention_days)
    sink = process.standard_output()

    async def serve() -> int:
        await server.serve(
            emulator,
            port=request.port,
            faults=chosen,
            latency=request.latency,
            request_log=request.request_log,
            announce=lambda line: sink.put_now(f"{line}\n"),
        )
        return 0

    return process.run_guarded(serve)
