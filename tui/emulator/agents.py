"""The Cloud Assistant Agents on the emulated hosts, as the last sends to them found them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from tui.emulator import catalogue, results
from tui.emulator.history import BLOCK

if TYPE_CHECKING:
    from tui.emulator.fleet import Fleet

SYSTEM: Final = "Linux"
"""The operating system of every host."""

OLD_VERSION: Final = "2.2.3.309"
"""The version of an agent that needs to be upgraded."""

VERSION: Final = "2.2.3.398"
"""The version of all others."""

SILENT: Final = frozenset({"ClientNotRunning", "ClientNotResponse", "InstanceNotRunning"})
"""Errors after which an agent does not show itself."""


@cache
def hosts() -> tuple[int, ...]:
    """Return the numbers of all hosts that exist."""
    return tuple(
        number for pool in catalogue.pools() for number in range(pool.first, pool.first + pool.size)
    )


def exists(host: int) -> bool:
    """Say whether a host exists still, and is not one that was released."""
    index = catalogue.pool_of(host)
    if index is None:
        return False
    pool = catalogue.pools()[index]
    return host < pool.first + pool.size


def status(fleet: Fleet, host: int) -> dict[str, object]:
    """Return an `InstanceCloudAssistantStatus`, from the newest sends to the host."""
    now = fleet.now()
    last_invoked, code, active = "", "", 0
    for number in range(min(BLOCK, fleet.records)):
        send = fleet.send(number)
        if not send.has(host):
            continue
        created = fleet.created(number)
        record = results.result_of(send, host, created=created, now=now)
        last_invoked = results.stamp(int(created))
        code, active = record["ErrorCode"], int(not record["FinishTime"])
        break
    silent = code in SILENT
    heartbeat = now - (7200 + host * 37 % 80_000 if silent else host * 7 % 60)
    return {
        "InstanceId": fleet.instance_id(host),
        "CloudAssistantStatus": "false" if silent else "true",
        "CloudAssistantVersion": OLD_VERSION if code == "ClientNeedUpgrade" else VERSION,
        "LastHeartbeatTime": results.stamp(int(heartbeat)),
        "LastInvokedTime": last_invoked,
        "ActiveTaskCount": active,
        "InvocationCount": 3 + host * 53 % 400,
        "OSType": SYSTEM,
        "SupportSessionManager": True,
    }
