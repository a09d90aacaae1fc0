"""Files in any state: a sentence or an identity, never another exception, and never a write."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.identity.world import no_sleep
from tui.api.errors import ApiError, NotReached
from tui.identity import chain, ini, modes, profiles
from tui.identity.acting import Identity
from tui.identity.asking import Asker
from tui.identity.building import Surroundings
from tui.identity.cache import Cache
from tui.identity.issue import Issue
from tui.identity.modes import Mode
from tui.identity.profiles import Profile

FULL: Final = os.environ.get("SENDFILE_EXPLORER_TEST_DEPTH") == "full"

depth = settings(
    max_examples=1000 if FULL else 100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

NOW: Final = 1_790_000_000.0

ODD = ["x\x1b[2J", "\ud800", "a\0b", "é", "#%"]
WORDS = st.sampled_from(["", "a", "b", "default", "current", *ODD])
TEXTS = WORDS | st.text(max_size=8)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
)
NAMES = st.sampled_from(list(Profile.__annotations__))
MODES = st.sampled_from([*map(str, Mode), "nonsense", ""])


@st.composite
def entries(draw: st.DrawFn) -> object:
    """Draw an entry of `profiles` that is nearly one."""
    values: dict[str, object] = draw(st.dictionaries(NAMES, ANYTHING, max_size=6))
    values |= {"name": draw(WORDS), "mode": draw(MODES | ANYTHING)}
    for name in ("access_key_id", "access_key_secret", "ram_role_arn", "source_profile"):
        if draw(st.booleans()):
            values[name] = draw(TEXTS)
    # No program is run and no address asked, whatever comes of it.
    return values | {"process_command": draw(st.sampled_from(["", "'", "/nowhere", "a\0b"]))}


DOCUMENTS = ANYTHING | st.fixed_dictionaries(
    {"profiles": st.lists(entries() | ANYTHING, max_size=5) | ANYTHING, "current": WORDS | ANYTHING}
)


@st.composite
def damaged(draw: st.DrawFn, whole: st.SearchStrategy[bytes]) -> bytes:
    """Draw a file as it is, cut off, with a byte changed, or nonsense."""
    content = draw(whole)
    match draw(st.sampled_from(["whole", "whole", "cut", "changed", "nonsense"])):
        case "cut":
            return content[: draw(st.integers(0, len(content)))]
        case "changed" if content:
            at = draw(st.integers(0, len(content) - 1))
            return content[:at] + bytes([draw(st.integers(0, 255))]) + content[at + 1 :]
        case "nonsense":
            return draw(st.binary(max_size=60))
    return content


CONFIGS = damaged(DOCUMENTS.map(lambda each: json.dumps(each).encode("utf-8", "replace")))

LINES = st.sampled_from(
    [
        "[default]",
        "[a]",
        "type = access_key",
        "type = sts",
        "type = ram_role_arn",
        "type = oidc_role_arn",
        "type=rsa_key_pair",
        "access_key_id = LTAI # x",
        "access_key_secret = %(x)s",
        "role_arn = acs:ram::1:role/r",
        "  continued",
        "= x",
        "no value",
        "[",
        "",
        "; comment",
    ]
)
INIS = damaged(
    st.lists(LINES | TEXTS, max_size=10).map(
        lambda lines: "\n".join(lines).encode(errors="replace")
    )
)


class Dead:
    """A transport that reaches nobody."""

    async def exchange(self, *_: object) -> Any:
        raise NotReached("Nobody is there.")

    async def aclose(self) -> None:
        """Do nothing."""


@contextmanager
def fresh(name: str, content: bytes) -> Iterator[tuple[Path, Path]]:
    """Yield a new home with one file in it, and that file."""
    home = Path(tempfile.mkdtemp())
    path = home / name
    path.parent.mkdir(mode=0o700)
    path.write_bytes(content)
    path.chmod(0o600)
    try:
        yield home, path
    finally:
        shutil.rmtree(home)


def is_well_said(fault: ApiError | None) -> bool:
    return fault is None or (bool(str(fault)) and str(fault).isprintable())


async def starts(home: Path, name: str = "", environ: dict[str, str] | None = None) -> None:
    """Start as somebody; whatever comes of it is an identity or a sentence."""
    around = Surroundings({"HOME": str(home), **(environ or {})}, region="cn-hangzhou")
    choice = chain.choose(around, name)
    assert choice.words.isprintable()
    assert len(choice.key) == 40
    assert is_well_said(choice.fault)
    cache = Cache(home / "cache", lambda sentence: None)
    identity = Identity(choice, Asker(Dead(), clock=lambda: NOW, sleep=no_sleep), cache=cache)
    try:
        await identity.credentials()
    except ApiError as error:
        assert is_well_said(error)
    finally:
        await identity.aclose()


pytestmark = pytest.mark.anyio


@depth
@given(content=CONFIGS, name=WORDS)
@example(content=b"[" * 100_000, name="")
@example(content=b'{"profiles": [{"name": 1e999}]}', name="1")
async def test_any_config_json(content: bytes, name: str) -> None:
    with fresh(".aliyun/config.json", content) as (home, path):
        await starts(home, name)
        await starts(home)
        file = profiles.load({"HOME": str(home)})
        assert file.problem.isprintable()
        for summary in modes.summaries(file, NOW):
            assert summary.state.isprintable()
            assert summary.mode.isprintable()
        assert path.read_bytes() == content
        assert sorted(path.parent.iterdir()) == [path]


@depth
@given(content=INIS)
@example(content=b"[a]\nx\n y")
async def test_any_ini_file(content: bytes) -> None:
    with fresh(".alibabacloud/credentials.ini", content) as (home, path):
        await starts(home)
        await starts(home, "a")
        assert ini.load({"HOME": str(home)}).problem.isprintable()
        assert path.read_bytes() == content


@depth
@given(data=st.data())
async def test_any_cache_file(data: st.DataObject) -> None:
    profile = {
        "name": "role",
        "mode": "RamRoleArn",
        "access_key_id": "LTAI",
        "access_key_secret": "secret",
        "ram_role_arn": "acs:ram::1:role/r",
    }
    config = json.dumps({"current": "role", "profiles": [profile]}).encode()
    good = {
        "version": 1,
        "access_key_id": "STS.id",
        "access_key_secret": "secret",
        "token": "token",
        "issued_at": NOW - 100,
        "expires_at": NOW + 3500,
    }
    changes = data.draw(st.dictionaries(st.sampled_from(sorted(good)), ANYTHING, max_size=2))
    document = st.just({**good, **changes}) | ANYTHING
    content = data.draw(damaged(document.map(lambda each: json.dumps(each).encode())))
    with fresh(".aliyun/config.json", config) as (home, path):
        key = chain.cache_key(chain.choose(Surroundings({"HOME": str(home)})).source)
        (home / "cache").mkdir(mode=0o700)
        kept = home / "cache" / f"{key}.credentials"
        kept.write_bytes(content)
        kept.chmod(0o600)
        found = Cache(home / "cache", pytest.fail).credentials(key)
        assert found is None or isinstance(found, Issue)
        assert Cache(home / "cache", pytest.fail).caller(key, NOW) is None
        await starts(home)
        assert path.read_bytes() == config


@depth
@given(
    values=st.dictionaries(
        st.sampled_from(
            [
                "ALIBABA_CLOUD_ACCESS_KEY_ID",
                "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
                "ALIBABA_CLOUD_SECURITY_TOKEN",
                "ALIBABA_CLOUD_PROFILE",
                "ALIBABA_CLOUD_CONFIG_FILE",
                "ALIBABA_CLOUD_CREDENTIALS_FILE",
                "ALIBABA_CLOUD_CREDENTIALS_URI",
                "ALIBABA_CLOUD_ECS_METADATA",
                "ALIBABA_CLOUD_ECS_METADATA_DISABLED",
                "ALIBABA_CLOUD_ECS_METADATA_ENDPOINT",
                "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
                "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
                "ALIBABA_CLOUD_ROLE_ARN",
                "ALIBABA_CLOUD_STS_ENDPOINT",
                "ALIBABA_CLOUD_STS_REGION",
            ]
        ),
        st.sampled_from(
            ["a", "a b", "\x1b[2J", "é", "\udcff", "http://", "https://[", "/dev/zero"]
        ),
    )
)
async def test_any_environment(home: Path, values: dict[str, str]) -> None:
    await starts(home, environ=values)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
async def test_what_is_no_file_is_said_at_once(home: Path, make: Callable[[Path], None]) -> None:
    for name in (".aliyun/config.json", ".alibabacloud/credentials.ini"):
        path = home / name
        path.parent.mkdir()
        make(path)
        fault = chain.choose(Surroundings({"HOME": str(home)})).fault
        assert "it is not a regular file" in str(fault) or "Is a directory" in str(fault)
        shutil.rmtree(path.parent)


async def test_a_file_that_is_too_large_is_said(home: Path) -> None:
    path = home / ".aliyun" / "config.json"
    path.parent.mkdir()
    path.write_bytes(b" " * (1 << 21))
    assert "it is larger than" in str(chain.choose(Surroundings({"HOME": str(home)})).fault)


async def test_a_link_to_the_file_is_followed_as_the_command_line_does(home: Path) -> None:
    path = home / ".aliyun" / "config.json"
    path.parent.mkdir()
    profile = {"name": "a", "access_key_id": "i", "access_key_secret": "s"}
    document = {"current": "a", "profiles": [profile]}
    (home / "elsewhere.json").write_text(json.dumps(document))
    path.symlink_to(home / "elsewhere.json")
    assert chain.choose(Surroundings({"HOME": str(home)})).words == "profile a"
