"""What the command line may ask for: one frozen value for each command."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from tui.late_dataclass import dataclass
from tui.records import Query

DEFAULT_LIMIT: Final = 50
"""Invocations that `list` prints unless told otherwise: one page."""

DEFAULT_RECORDS: Final = 1000
"""Records of the emulator."""

DEFAULT_SEED: Final = 7
"""Seed of the emulator's records."""


@dataclass(frozen=True)
class Demo:
    """The embedded emulator that answers in place of the service."""

    records: int = DEFAULT_RECORDS
    seed: int = DEFAULT_SEED


@dataclass(frozen=True)
class Common:
    """What every asking command may be told."""

    flags: Mapping[str, str]
    """Name of a setting -> text, as `settings.load` takes it."""
    config: Path | None = None
    demo: Demo | None = None
    offline: bool = False


@dataclass(frozen=True)
class Explore:
    """Open the explorer."""

    common: Common
    filters: Query
    """Without a region: that is a setting."""


@dataclass(frozen=True)
class List:
    """Print invocations."""

    common: Common
    filters: Query
    """Without a region: that is a setting."""
    output: str = "table"
    limit: int | None = DEFAULT_LIMIT
    """None: all of them."""
    since: datetime | None = None
    until: datetime | None = None
    error_code: str = ""
    exit_code: bool = False
    by_number: bool = False
    """Whether pages are asked for by number, several at once."""
    next_token: str = ""
    verify: Path | None = None
    """A local file that each send is compared with."""


@dataclass(frozen=True)
class Watch:
    """Wait until a send has finished."""

    common: Common
    invoke_id: str
    timeout: float | None = None
    """Seconds."""


@dataclass(frozen=True)
class Emulate:
    """Serve the emulated API."""

    port: int = 0
    records: int = DEFAULT_RECORDS
    seed: int = DEFAULT_SEED
    latency: float = 0.0
    """Seconds."""
    faults: tuple[str, ...] = ()
    retention_days: float | None = None
    arrive_per_minute: float = 0.0
    clock_speed: float = 1.0
    request_log: Path | None = None


@dataclass(frozen=True)
class Doctor:
    """Say what works here."""

    common: Common
    as_json: bool = False


@dataclass(frozen=True)
class Archive:
    """Look after what is kept."""

    common: Common
    action: str
    older_than: float | None = None
    """Seconds; what is older goes, whatever the settings would keep."""


@dataclass(frozen=True)
class Cache:
    """Look after temporary credentials."""

    common: Common
    action: str


@dataclass(frozen=True)
class ShowSettings:
    """Print every setting."""

    common: Common


@dataclass(frozen=True)
class ShowHelp:
    """Print help."""

    text: str


@dataclass(frozen=True)
class ShowVersion:
    """Print the version."""


Request = (
    Explore
    | List
    | Watch
    | Emulate
    | Doctor
    | Archive
    | Cache
    | ShowSettings
    | ShowHelp
    | ShowVersion
)
"""What the command line may ask for."""
