"""The records of one region: what was sent to its fleet, each a function of seed and number."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from tui.emulator import regions
from tui.emulator.identifiers import Identifiers
from tui.emulator.parameters import Selection

SPAN: Final = 35 * 86_400
"""How far the oldest record lies behind the newest, in seconds: five weeks."""

_OFFSET: Final = 1 << 40
"""Added to a record's number to make it positive, for its id."""


class Fleet:
    """Records by number: 0 is the newest at the start, -1 the first that arrives after it."""

    def __init__(
        self,
        records: int = 1000,
        seed: int = 7,
        *,
        clock: Callable[[], float] = time.time,
        start: float | None = None,
        arrive_per_minute: float = 0.0,
        clock_speed: float = 1.0,
        region: str = regions.HOME,
    ) -> None:
        facts = regions.REGIONS[region]
        self.records = records
        self.seed = seed
        self.region = region
        self.arrive_per_minute = arrive_per_minute
        self.clock_speed = clock_speed
        self._clock = clock
        self.start = clock() if start is None else start
        self._invocations = Identifiers(f"f-{facts.letters}0", 14, f"invocation {region} {seed}")

    def in_region(self, region: str) -> Fleet:
        """Return the fleet of another region under the same clock: smaller, with other records."""
        return Fleet(
            round(self.records * regions.REGIONS[region].share),
            self.seed,
            clock=self._clock,
            start=self.start,
            arrive_per_minute=self.arrive_per_minute * regions.REGIONS[region].share,
            clock_speed=self.clock_speed,
            region=region,
        )

    def now(self) -> float:
        """Return the emulator's time in unix seconds: it starts at `start` and runs at its speed."""
        return self.start + (self._clock() - self.start) * self.clock_speed

    def numbers(self, retention_days: float | None = None) -> range:
        """Return the numbers of the records that can be seen now, newest first."""
        return range(0, self.records)

    def number_of(self, invoke_id: str) -> int | None:
        """Return the number of the record with this id, seen or not, or None where none has it."""
        number = self._invocations.number(invoke_id)
        return None if number is None else number - _OFFSET

    def matching(self, selection: Selection, numbers: range) -> list[int]:
        """Return the numbers of the records that pass the filters, newest first."""
        return list(numbers)

    def invocation(self, number: int) -> dict[str, object]:
        """Return a record in the API's own field names, as it stands by the emulator's clock."""
        created = self.start - number * SPAN / max(self.records, 1)
        text = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(created))
        status = "Success" if number % 5 else "Failed"
        return {
            "CreationTime": text,
            "InvocationStatus": status,
            "ContentType": "PlainText",
            "TargetDir": "/etc/nginx",
            "FileOwner": "root",
            "Description": "Push the proxy's configuration",
            "VmCount": 3,
            "FileMode": "0644",
            "FileGroup": "root",
            "InvokeId": self._invocations.of(number + _OFFSET),
            "Name": "nginx.conf",
            "Content": "worker_processes auto;\n",
            "Overwrite": "true",
            "InvokeInstances": {
                "InvokeInstance": [
                    {
                        "CreationTime": text,
                        "StartTime": text,
                        "InvocationStatus": status,
                        "FinishTime": text,
                        "UpdateTime": text,
                        "ErrorInfo": ""
                        if status == "Success"
                        else "the aliyun service is not running on the instance",
                        "ErrorCode": "" if status == "Success" else "ClientNotRunning",
                        "InstanceId": f"i-bp1example{host:08d}",
                    }
                    for host in range(3)
                ]
            },
            "Tags": {"Tag": [{"TagKey": "env", "TagValue": "prod"}]},
        }
