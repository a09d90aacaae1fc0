"""Credentials in time: renewed once for all before they end, never used after it, never in vain."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path

import pytest

from tests.identity.world import World, gone, machine
from tui.api.client import Client
from tui.api.endpoints import resolve
from tui.api.errors import CredentialsUnavailable
from tui.api.transport import HttpTransport
from tui.identity.acting import Identity
from tui.records import Cursor, Query

pytestmark = pytest.mark.anyio

WAITERS = 20

GIVE_UP = 60.0
"""Seconds after which a process that has not done what it should is a failure."""

ROOT = Path(__file__).parents[2]


async def settled() -> None:
    """Let what is under way in the background come to its end."""
    me = asyncio.current_task()
    while others := [
        task
        for task in asyncio.all_tasks()
        if task is not me and "Renewing" in repr(task.get_coro())
    ]:
        await asyncio.wait(others)


async def together(identity: Identity) -> set[str]:
    """Have many wait at once, and return which tokens they got."""
    found = await asyncio.gather(*(identity.credentials() for _ in range(WAITERS)))
    return {each.security_token for each in found}


@pytest.mark.parametrize("cached", [True, False])
async def test_many_who_wait_ask_once(world: World, cached: bool) -> None:
    world.configure(world.profile("RamRoleArn"))
    identity = world.identity(cached=cached)
    for expiry in range(1, 4):
        assert len(await together(identity)) == 1
        assert world.asked() == ["AssumeRole"] * expiry
        world.clock.now += 3601


@pytest.mark.parametrize(("life", "due"), [(3600, 3300), (1000, 800)])
async def test_what_is_due_is_renewed_in_the_background(home: Path, life: int, due: int) -> None:
    async with machine(home, faults=[f"expire-token={life}"]) as world:
        world.configure(world.profile("RamRoleArn"))
        identity = world.identity()
        first = await identity.credentials()
        world.clock.now += due - 1
        assert await identity.credentials() == first
        await settled()
        assert world.asked() == ["AssumeRole"]
        world.clock.now += 1
        assert await together(identity) == {first.security_token}, "nobody waits for it"
        await settled()
        assert world.asked() == ["AssumeRole"] * 2
        assert await together(identity) != {first.security_token}
        assert identity.expires_at == world.clock.now + life


async def test_what_is_in_use_is_renewed_though_nobody_asks_just_then(home: Path) -> None:
    async with machine(home, faults=["expire-token=2"]) as world:
        world.configure(world.profile("RamRoleArn"))
        identity = world.identity()
        await identity.credentials()
        ends = identity.expires_at
        assert ends == world.clock.now + 2
        await asyncio.sleep(0.01)
        world.clock.now += 1.7
        async with asyncio.timeout(GIVE_UP):
            while identity.expires_at == ends:
                await asyncio.sleep(0.01)
        assert world.asked() == ["AssumeRole"] * 2

        # Nobody has used the second pair: it ends, and the next one is asked for when needed.
        world.clock.now += 3
        await asyncio.sleep(2.0)
        await settled()
        assert world.asked() == ["AssumeRole"] * 2
        assert identity.expires_at is None, "nothing is said to end that anybody can renew"
        await identity.credentials()
        assert world.asked() == ["AssumeRole"] * 3
        await identity.aclose()


async def test_what_nobody_can_renew_is_said_to_end_and_to_have_ended(world: World) -> None:
    ends = world.clock.now + 60
    world.configure(world.profile("StsToken", sts_expiration=ends))
    identity = world.identity()
    await identity.credentials()
    world.clock.now += 61
    assert identity.expires_at == ends


async def test_an_old_pair_lives_on_while_renewing_fails_and_not_beyond(world: World) -> None:
    world.configure(world.profile("RamRoleArn"))
    identity = world.identity()
    first = await identity.credentials()
    world.configure(world.profile("RamRoleArn", access_key_secret="wrong"))
    world.clock.now += 3400
    for _ in range(3):
        assert await identity.credentials() == first
        await settled()
    assert len(world.asked()) == 2, "a failure is not repeated at once"
    world.clock.now += 200
    with pytest.raises(CredentialsUnavailable, match="SignatureDoesNotMatch"):
        await identity.credentials()
    world.configure(world.profile("RamRoleArn"))
    assert await identity.credentials() != first


async def test_a_kept_pair_that_is_due_serves_where_nothing_newer_can_be_had(home: Path) -> None:
    async with machine(home) as world:
        world.configure(world.profile("CredentialsURI"))
        first = await world.credentials()
    world.clock.now += 3400
    identity = world.identity()
    assert await identity.credentials() == first
    world.clock.now += 201
    with pytest.raises(CredentialsUnavailable, match="refuses connections"):
        await identity.credentials()
    await world.close()


async def test_a_refused_pair_is_replaced_once(world: World) -> None:
    world.configure(world.profile("RamRoleArn"))
    identity = world.identity()
    stale = await identity.credentials()
    found = await asyncio.gather(*(identity.refreshed(stale) for _ in range(WAITERS)))
    assert len({each.security_token for each in found}) == 1
    assert stale not in found
    assert world.asked() == ["AssumeRole"] * 2
    assert await identity.refreshed(stale) == found[0]
    other = world.identity()
    assert await other.credentials() == found[0], "the others have it as well"
    assert world.asked() == ["AssumeRole"] * 2


async def test_a_pair_that_nothing_renews_says_so(world: World) -> None:
    world.configure(world.profile("StsToken"))
    identity = world.identity()
    stale = await identity.credentials()
    with pytest.raises(CredentialsUnavailable) as caught:
        await identity.refreshed(stale)
    assert "no newer credentials" in str(caught.value)
    assert "aliyun configure --mode StsToken --profile ststoken" in str(caught.value)


async def test_a_token_that_was_renewed_in_the_file_is_taken(world: World) -> None:
    old = world.profile("StsToken", sts_token="old", name="mfa")
    world.configure(old)
    identity = world.identity()
    stale = await identity.credentials()
    world.configure(world.profile("StsToken", name="mfa"))
    found = await identity.refreshed(stale)
    assert found.security_token == world.said["sts"]["security_token"]


async def test_a_profile_that_is_somebody_else_by_now_is_not_taken(world: World) -> None:
    world.configure(world.profile("RamRoleArn", name="ops"))
    identity = world.identity()
    await identity.credentials()
    other = "acs:ram::1000000000000000:role/another"
    world.configure(world.profile("RamRoleArn", name="ops", ram_role_arn=other))
    world.clock.now += 3601
    with pytest.raises(CredentialsUnavailable, match="somebody else"):
        await identity.credentials()


@pytest.mark.parametrize("skew", [-1200, 1200, 30])
async def test_a_clock_that_is_wrong_does_not_end_credentials(home: Path, skew: int) -> None:
    async with machine(home, faults=[f"skew={skew}"]) as world:
        world.configure(world.profile("RamRoleArn", expired_seconds=900))
        identity = world.identity()
        await identity.credentials()
        assert identity.expires_at is not None
        assert abs(identity.expires_at - world.clock.now - 900) <= 2


async def test_pages_go_on_over_many_expiries(home: Path) -> None:
    async with machine(home, faults=["expire-token=5"]) as world:
        world.configure(world.profile("RamRoleArn"))
        transport = HttpTransport()
        client = Client(
            endpoint=resolve("cn-hangzhou", endpoint=world.said["endpoint"]),
            credentials=world.identity(),
            transport=transport,
            clock=world.clock,
        )
        try:
            for _ in range(6):
                pages = (client.page(Query("cn-hangzhou"), Cursor(size=5)) for _ in range(8))
                assert {len(page.invocations) for page in await asyncio.gather(*pages)} == {5}
                world.clock.now += 5.5
        finally:
            await client.aclose()
        assert world.asked("AssumeRole") == ["AssumeRole"] * 6
        assert world.asked("DescribeSendFileResults") == ["DescribeSendFileResults"] * 48


async def test_giving_up_ends_the_search_and_the_next_one_begins_anew(world: World) -> None:
    started = world.home / "started"
    world.configure(world.profile("External"))
    world.helper(f"echo $$ > {started}.new; mv {started}.new {started}; exec sleep 600")
    identity = world.identity()
    waiting = [asyncio.create_task(identity.credentials()) for _ in range(2)]
    while not started.exists():
        await asyncio.sleep(0.01)
    waiting[0].cancel()
    await asyncio.gather(waiting[0], return_exceptions=True)
    pid = int(started.read_text())
    done, _ = await asyncio.wait(waiting[1:], timeout=0.2)
    assert not done, "one still waits"
    waiting[1].cancel()
    await asyncio.gather(waiting[1], return_exceptions=True)
    assert await gone(pid)
    world.helper()
    assert (await identity.credentials()).access_key_id == world.said["access_key_id"]


CHILD = """
import asyncio, json, os, sys
from tui.commands import connecting
from tui.requests import Common
from tui.settings import load

async def main():
    settings = load(None, os.environ, {"region": "cn-hangzhou"})
    connection = connecting.connect(connecting.target(Common({}), settings))
    print("ready", flush=True)
    sys.stdin.readline()
    found = await asyncio.gather(*(connection.identity.credentials() for _ in range(10)))
    await connection.client.aclose()
    print(json.dumps(sorted({each.security_token for each in found})), flush=True)

asyncio.run(main())
"""


async def test_two_processes_ask_once(home: Path) -> None:
    """Start two processes, have both wait for the same role at once, and count."""
    async with machine(home) as world:
        world.clock.now = time.time()
        world.configure(world.profile("RamRoleArn"))
        children = [
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                CHILD,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                cwd=ROOT,
                env={**os.environ, **world.environ},
            )
            for _ in range(2)
        ]
        async with asyncio.timeout(GIVE_UP):
            for child in children:
                assert child.stdout is not None
                assert await child.stdout.readline() == b"ready\n"
            ended = await asyncio.gather(*(child.communicate(b"go\n") for child in children))
        tokens = [json.loads(output) for output, _ in ended]
        assert len(tokens[0]) == 1
        assert tokens[0] == tokens[1]
        assert world.asked() == ["AssumeRole"]
