"""A machine for the tests of identity: an emulator on loopback, a home, and an environment."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.emulator.asking import Clock
from tui.api.credentials import Credentials
from tui.api.transport import HttpTransport
from tui.emulator import server
from tui.emulator.faults import Faults, parse
from tui.emulator.fleet import Fleet
from tui.emulator.handler import Emulator
from tui.identity import chain
from tui.identity.acting import Identity
from tui.identity.asking import Asker
from tui.identity.building import Surroundings
from tui.identity.cache import Cache
from tui.identity.chain import Choice

REGION = "cn-hangzhou"


async def no_sleep(seconds: float) -> None:
    """Let others have their turn and no more."""
    await asyncio.sleep(0)


@dataclass
class World:
    """What is there, and what was asked."""

    said: dict[str, Any]
    """What the emulator says of itself."""
    home: Path
    log: Path
    clock: Clock
    environ: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    opened: list[tuple[Identity, HttpTransport]] = field(default_factory=list)

    @property
    def keys(self) -> dict[str, str]:
        """The lasting pair, as a profile has it."""
        return {name: self.said[name] for name in ("access_key_id", "access_key_secret")}

    @property
    def cache_directory(self) -> Path:
        return self.home / ".cache" / "sendfile-explorer"

    def configure(self, *profiles: dict[str, Any], current: str = "") -> Path:
        """Write the vendor's `config.json`."""
        path = self.home / ".aliyun" / "config.json"
        path.parent.mkdir(exist_ok=True)
        names = [each.get("name", "") for each in profiles]
        document = {"current": current or (names or [""])[0], "profiles": profiles}
        path.write_text(json.dumps(document))
        path.chmod(0o600)
        return path

    def write_ini(self, text: str, name: str = "credentials.ini") -> Path:
        """Write the ini file of the vendor's SDKs."""
        path = self.home / ".alibabacloud" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    def profile(self, kind: str, /, **values: Any) -> dict[str, Any]:
        """Return a profile of a mode that works against the emulator."""
        role = {"ram_role_arn": self.said["role_arn"], "ram_session_name": "test-session"}
        token = self.home / "oidc-token"
        token.write_text("a-good-token")
        needed: dict[str, dict[str, Any]] = {
            "AK": self.keys,
            "StsToken": {
                **{name: self.said["sts"][name] for name in self.keys},
                "sts_token": self.said["sts"]["security_token"],
            },
            "RamRoleArn": {**self.keys, **role},
            "EcsRamRole": {},
            "RamRoleArnWithRoleName": role,
            "ChainableRamRoleArn": {**role, "source_profile": "base"},
            "External": {"process_command": str(self.helper())},
            "CredentialsURI": {"credentials_uri": self.said["credentials_uri"]},
            "OIDC": {
                **role,
                "oidc_provider_arn": self.said["oidc_provider_arn"],
                "oidc_token_file": str(token),
            },
            "CloudSSO": {
                "cloud_sso_sign_in_url": self.said["cloud_sso_sign_in_url"],
                "cloud_sso_account_id": "1000000000000000",
                "cloud_sso_access_config": "ac-operator",
                "access_token": "a-live-access-token",
                "cloud_sso_access_token_expire": int(self.clock.now) + 7200,
            },
            "OAuth": {
                "oauth_site_type": "CN",
                "oauth_access_token": "a-live-access-token",
                "oauth_access_token_expire": int(self.clock.now) + 7200,
            },
        }
        base = {"name": kind.lower(), "mode": kind, "region_id": REGION}
        return {**base, **needed.get(kind, {}), **values}

    def helper(self, text: str | None = None) -> Path:
        """Write a program that prints credentials, or runs the given lines of shell."""
        path = self.home / "helper.sh"
        if text is None:
            text = f"echo '{json.dumps({'mode': 'AK', **self.keys})}'"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o700)
        return path

    def choose(self, profile: str = "") -> Choice:
        """Return who would ask."""
        return chain.choose(Surroundings(self.environ, region=REGION), profile)

    def identity(self, profile: str = "", *, cached: bool = True) -> Identity:
        """Return an identity of this machine, under the emulator's clock."""
        transport = HttpTransport(connect_timeout=5, read_timeout=5)
        asker = Asker(transport, clock=self.clock, sleep=no_sleep)
        cache = Cache(self.cache_directory, self.warnings.append) if cached else None
        identity = Identity(self.choose(profile), asker, cache=cache)
        self.opened.append((identity, transport))
        return identity

    async def credentials(self, profile: str = "", *, cached: bool = True) -> Credentials:
        """Return the credentials that a start of the program would have."""
        return await self.identity(profile, cached=cached).credentials()

    def asked(self, *operations: str) -> list[str]:
        """Return the operations that were asked for, in order: all of them, or these."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        names = [str(json.loads(line)["operation"]) for line in lines]
        return [name for name in names if not operations or name in operations]

    async def close(self) -> None:
        for identity, transport in self.opened:
            await identity.aclose()
            await transport.aclose()


@asynccontextmanager
async def machine(home: Path, *, faults: Iterable[str] = ()) -> AsyncIterator[World]:
    """Serve an emulator under a clock that is turned by hand, and yield the machine around it."""
    clock = Clock()
    emulator = Emulator(Fleet(20, 7, clock=clock), clock=clock)
    log = home / "requests.ndjson"
    lines: asyncio.Queue[str] = asyncio.Queue()
    serving = asyncio.create_task(
        server.serve(
            emulator,
            faults=Faults([parse(spec) for spec in faults]),
            request_log=log,
            announce=lines.put_nowait,
        )
    )
    world = World(json.loads(await lines.get()), home, log, clock)
    world.environ.update(
        {
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "ALIBABA_CLOUD_ENDPOINT": world.said["endpoint"],
            "ALIBABA_CLOUD_STS_ENDPOINT": world.said["sts_endpoint"],
            "ALIBABA_CLOUD_ECS_METADATA_ENDPOINT": world.said["metadata_endpoint"],
        }
    )
    try:
        yield world
    finally:
        await world.close()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def gone(pid: int) -> bool:
    """Wait until a process has ended, whoever reaps it."""
    for _ in range(500):
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1]
        except (ProcessLookupError, FileNotFoundError):
            return True
        if state == "Z":
            return True
        await asyncio.sleep(0.01)
    return False
