"""Who asks, as its user sees it: profiles, accounts, expiry, and where nobody is known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.explorer.test_in_a_terminal import emulator
from tests.explorer.window import explorer
from tui.screens import states


def configured(home: Path, facts: Mapping[str, str]) -> None:
    """Write the vendor's file with a key, a role and one that cannot work."""
    key = {
        "access_key_id": facts["access_key_id"],
        "access_key_secret": facts["access_key_secret"],
        "region_id": facts["region"],
        "sts_endpoint": facts["sts_endpoint"],
    }
    profiles = [
        {"name": "plain", "mode": "AK", **key},
        {
            "name": "deploy",
            "mode": "RamRoleArn",
            "ram_role_arn": facts["role_arn"],
            "ram_session_name": "test",
            **key,
        },
        {
            "name": "refused",
            "mode": "RamRoleArn",
            "ram_role_arn": facts["denied_role_arn"],
            "ram_session_name": "test",
            **key,
        },
    ]
    directory = home / ".aliyun"
    directory.mkdir()
    path = directory / "config.json"
    path.write_text(json.dumps({"current": "plain", "profiles": profiles}))
    path.chmod(0o600)


def test_profiles_are_switched_while_running_and_the_account_is_told(home: Path) -> None:
    with emulator(home, "--records", "300") as facts:
        configured(home, facts)
        where = ("-e", facts["endpoint"], "--profile", "deploy")
        sts = {"ALIBABA_CLOUD_STS_ENDPOINT": facts["sts_endpoint"]}
        with explorer(home, (140, 40), *where, **sts) as window:
            window.shows(r"50 (loaded|of)")
            window.shows(r"profile deploy · \d{16} role ")
            window.press("P")
            screen = window.shows(r"plain +AK")
            assert "* deploy" in screen
            window.press(*"plain", "enter")
            window.shows(r"profile plain · ")
            window.shows(r"50 (loaded|of)")
            window.press("P")
            window.shows(r"refused +RamRoleArn")
            window.press(*"refused", "enter")
            window.shows(r"profile refused · ")
            window.shows(r"NoPermission")
            window.press("q")
            assert window.wait() == 0
            assert facts["access_key_secret"].encode() not in window.raw
            window.assert_whole()


@pytest.mark.parametrize("size", [(120, 40), (60, 20)])
def test_where_nobody_is_known_one_screen_says_where_was_looked_and_what_helps(
    home: Path, size: tuple[int, int]
) -> None:
    variables = {"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}
    with explorer(home, size, "--region", "cn-hangzhou", **variables) as window:
        window.shows(r"Nobody is known to ask as")
        words = " ".join(window.shows(r"Then r asks again").split())
        for part in (
            "environment: ALIBABA_CLOUD_ACCESS_KEY_ID is not set",
            "~/.aliyun/config.json: it does not exist",
            "~/.alibabacloud/credentials.ini: it does not exist",
            "ECS metadata: the environment disables it",
            "Run `aliyun configure`",
            "Set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET",
            "attach a RAM role",
        ):
            assert part in words
        window.press("P")
        window.shows(r"No profile is set up here")
        window.press("escape")
        window.shows(r"Nobody is known to ask as")
        window.press("q")
        assert window.wait() == 0
        window.assert_whole()


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (None, ""),
        (3600.0, ""),
        (601.0, ""),
        (600.0, "credentials end in 10 min"),
        (61.0, "credentials end in 2 min"),
        (1.0, "credentials end in 1 min"),
        (0.0, "credentials have ended"),
    ],
)
def test_the_last_ten_minutes_are_counted_down(left: float | None, words: str) -> None:
    now = 1_790_000_000.0
    assert states.ends_words(None if left is None else now + left, now) == words


@pytest.mark.parametrize("left", [3600.0, 601.0, 600.0, 599.5, 61.0, 30.0])
def test_it_is_looked_again_when_the_words_are_others(left: float) -> None:
    now = 1_790_000_000.0
    steps = 0
    while left > 0:
        before = states.ends_words(now + left, now)
        left -= states.next_look(left)
        steps += 1
        assert states.ends_words(now + left, now) != before or before.endswith("10 min")
    assert steps <= 12, "not more often than once a minute"
