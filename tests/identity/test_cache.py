"""Temporary credentials between starts: private, ours, and never a reason to fail."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tests.identity.world import World
from tui.api.credentials import Credentials
from tui.identity.cache import Cache, clear
from tui.identity.issue import Issue
from tui.identity.sts import CallerIdentity

pytestmark = pytest.mark.anyio

NOW = 1_790_000_000.0
PAIR = Credentials("STS.id", "temporary-secret", "token", expires_at=NOW + 3600)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def files(world: World, kind: str = "credentials") -> list[Path]:
    return sorted(world.cache_directory.glob(f"*.{kind}"))


@pytest.mark.parametrize("mode_name", ["RamRoleArn", "OIDC", "CredentialsURI", "CloudSSO"])
async def test_the_second_start_asks_nobody(world: World, mode_name: str) -> None:
    world.configure(world.profile(mode_name))
    first = await world.credentials()
    asked = world.asked()
    assert len(asked) == 1
    second = world.identity()
    assert await second.credentials() == first
    assert world.asked() == asked
    assert await second.caller() is not None
    third = world.identity()
    assert await third.caller() is not None
    assert world.asked() == [*asked, "GetCallerIdentity"]


async def test_files_are_private_and_hold_nothing_that_lasts(world: World) -> None:
    os.umask(0)
    world.configure(world.profile("RamRoleArn"))
    await world.identity().caller()
    assert mode(world.cache_directory) == 0o700
    kept = list(world.cache_directory.iterdir())
    assert {each.suffix for each in kept} == {".credentials", ".caller", ".lock"}
    for path in kept:
        assert mode(path) == 0o600
        assert world.said["access_key_secret"].encode() not in path.read_bytes()
        assert world.said["access_key_id"].encode() not in path.read_bytes()


@pytest.mark.parametrize("mode_name", ["AK", "StsToken", "External", "EcsRamRole"])
async def test_what_lasts_or_has_no_end_is_not_kept(world: World, mode_name: str) -> None:
    world.configure(world.profile(mode_name))
    await world.credentials()
    assert files(world) == []


async def test_without_a_cache_nothing_is_written(world: World) -> None:
    world.configure(world.profile("RamRoleArn"))
    for _ in range(2):
        await world.identity(cached=False).caller()
    assert not world.cache_directory.exists()
    assert world.asked("AssumeRole") == ["AssumeRole"] * 2


@pytest.mark.parametrize(
    "change",
    [
        {"access_key_secret": "another"},
        {"access_key_id": "another"},
        {"ram_role_arn": "acs:ram::1000000000000000:role/another"},
        {"ram_session_name": "another"},
        {"expired_seconds": 900},
        {"external_id": "another"},
        {"policy": '{"Statement": []}'},
        {"sts_token": "another"},
    ],
)
async def test_whatever_an_answer_depends_on_is_in_its_key(
    world: World, change: dict[str, str]
) -> None:
    from tui.identity.chain import cache_key

    world.configure(world.profile("RamRoleArn"))
    key = cache_key(world.choose().source)
    world.configure(world.profile("RamRoleArn", **change))
    assert cache_key(world.choose().source) != key


async def test_the_token_file_is_in_the_key(world: World) -> None:
    world.configure(world.profile("OIDC"))
    await world.credentials()
    (world.home / "oidc-token").write_text("somebody-else")
    await world.credentials()
    assert world.asked() == ["AssumeRoleWithOIDC"] * 2


async def planted(world: World) -> Path:
    """Start once, and return the file that is kept."""
    world.configure(world.profile("RamRoleArn"))
    await world.credentials()
    (path,) = files(world)
    return path


async def refused(world: World, part: str) -> None:
    """Start again, and see the kept file refused, with one warning."""
    asked = len(world.asked("AssumeRole"))
    identity = world.identity()
    await identity.credentials()
    await identity.caller()
    assert len(world.asked("AssumeRole")) == asked + 1
    assert len(world.warnings) == 1, world.warnings
    assert part in world.warnings[0]


@pytest.mark.parametrize("bits", [0o640, 0o604, 0o660])
async def test_a_file_open_to_others_is_refused(world: World, bits: int) -> None:
    path = await planted(world)
    path.chmod(bits)
    await refused(world, "other users can read or write it")


async def test_a_symbolic_link_is_refused_and_not_followed(world: World) -> None:
    path = await planted(world)
    target = world.home / "elsewhere"
    path.rename(target)
    path.symlink_to(target)
    before = target.read_bytes()
    await refused(world, "cannot be used")
    assert target.read_bytes() == before


async def test_a_file_of_somebody_else_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await planted(world)
    monkeypatch.setattr(os, "geteuid", lambda: 12_345)
    await refused(world, "it belongs to another user")


async def test_a_fifo_holds_nobody_up(world: World) -> None:
    path = await planted(world)
    path.unlink()
    os.mkfifo(path, 0o600)
    await refused(world, "it is not a regular file")


async def test_a_directory_that_others_can_write_to_is_refused(world: World) -> None:
    await planted(world)
    world.cache_directory.chmod(0o777)
    await refused(world, "other users can write to it")


async def test_a_linked_directory_is_refused(world: World) -> None:
    await planted(world)
    elsewhere = world.home / "elsewhere"
    world.cache_directory.rename(elsewhere)
    world.cache_directory.symlink_to(elsewhere)
    await refused(world, "cannot be used")


async def test_a_place_that_cannot_be_written_is_one_warning(world: World) -> None:
    world.cache_directory.parent.write_text("a file in the way")
    world.configure(world.profile("RamRoleArn"))
    await world.identity().caller()
    assert len(world.warnings) == 1


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": 2}', b"\xff" * 10])
async def test_a_damaged_file_is_as_good_as_none(world: World, content: bytes) -> None:
    path = await planted(world)
    path.write_bytes(content)
    await world.credentials()
    assert len(world.asked("AssumeRole")) == 2
    await world.credentials()
    assert len(world.asked("AssumeRole")) == 2, "the damage has been put right"
    assert world.warnings == []


async def test_clear_removes_what_is_ours_and_nothing_else(world: World) -> None:
    path = await planted(world)
    half = path.with_name(f".{path.name}.0123456789abcdef")
    half.write_bytes(b"x")
    other = path.with_name("somebody-elses.txt")
    other.write_text("x")
    assert clear(world.cache_directory) == 2
    assert list(world.cache_directory.iterdir()) == [other]
    assert clear(world.home / "nowhere") == 0


async def test_who_somebody_is_is_forgotten_after_a_month(home: Path) -> None:
    cache = Cache(home / "cache", pytest.fail)
    caller = CallerIdentity("1", "acs:ram::1:user/me", "RAMUser")
    cache.keep_caller("key", caller, NOW)
    assert cache.caller("key", NOW + 86_400) == caller
    assert cache.caller("key", NOW + 31 * 86_400) is None
    assert cache.caller("key", NOW - 1) is None
    assert cache.caller("other", NOW) is None


async def test_old_files_are_tidied_away(home: Path) -> None:
    cache = Cache(home / "cache", pytest.fail)
    cache.keep("old", Issue(PAIR, NOW))
    os.utime(home / "cache" / "old.credentials", (1, 1))
    cache.keep("new", Issue(PAIR, NOW))
    assert [each.name for each in (home / "cache").iterdir()] == ["new.credentials"]


@pytest.mark.parametrize(
    "pair",
    [
        Credentials("LTAI-id", "secret", expires_at=NOW + 60),
        Credentials("STS.id", "secret", "token"),
    ],
)
async def test_a_lasting_pair_is_never_kept(home: Path, pair: Credentials) -> None:
    cache = Cache(home / "cache", pytest.fail)
    cache.keep("key", Issue(pair, NOW))
    assert not (home / "cache").exists()
