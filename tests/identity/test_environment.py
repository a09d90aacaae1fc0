"""Credentials from the environment: whole pairs only, and a sentence where there is none."""

from __future__ import annotations

import pytest

from tui.api.credentials import Credentials
from tui.api.errors import CredentialsUnavailable
from tui.identity import environment


def found(**environ: str) -> Credentials | None:
    return environment.pair(environ)


def refusal(**environ: str) -> str:
    with pytest.raises(CredentialsUnavailable) as caught:
        found(**environ)
    return str(caught.value)


@pytest.mark.parametrize("spelling", ["ALIBABA_CLOUD_", "ALIBABACLOUD_", "ALICLOUD_", ""])
def test_every_spelling_is_understood(spelling: str) -> None:
    credentials = found(
        **{
            f"{spelling}ACCESS_KEY_ID": "testid",
            f"{spelling}ACCESS_KEY_SECRET": "testsecret",
            f"{spelling}SECURITY_TOKEN": "testtoken",
        }
    )
    assert credentials == Credentials("testid", "testsecret", "testtoken", source="environment")


def test_a_long_lived_pair_has_no_token() -> None:
    credentials = found(
        ALIBABA_CLOUD_ACCESS_KEY_ID="testid",
        ALIBABA_CLOUD_ACCESS_KEY_SECRET="testsecret\n",
        ALIBABA_CLOUD_SECURITY_TOKEN="",
    )
    assert credentials == Credentials("testid", "testsecret", source="environment")


def test_todays_spelling_wins_and_spellings_do_not_mix() -> None:
    older = {"ALICLOUD_ACCESS_KEY_ID": "old", "ALICLOUD_ACCESS_KEY_SECRET": "oldsecret"}
    credentials = found(
        ALIBABA_CLOUD_ACCESS_KEY_ID="new",
        ALIBABA_CLOUD_ACCESS_KEY_SECRET="newsecret",
        ALICLOUD_SECURITY_TOKEN="oldtoken",
        **older,
    )
    assert credentials == Credentials("new", "newsecret", source="environment")
    sentence = refusal(ALIBABA_CLOUD_ACCESS_KEY_ID="new", **older)
    assert "ALIBABA_CLOUD_ACCESS_KEY_ID, but not ALIBABA_CLOUD_ACCESS_KEY_SECRET" in sentence


def test_half_a_pair_names_the_other_half() -> None:
    sentence = refusal(ALIBABACLOUD_ACCESS_KEY_SECRET="hidden-secret")
    assert "ALIBABACLOUD_ACCESS_KEY_SECRET, but not ALIBABACLOUD_ACCESS_KEY_ID" in sentence
    assert "hidden-secret" not in sentence


def test_nothing_at_all_is_nobody() -> None:
    assert found(PATH="/bin") is None


def test_a_pair_that_no_header_can_carry_is_refused_without_showing_it() -> None:
    sentence = refusal(
        ALIBABA_CLOUD_ACCESS_KEY_ID="testid", ALIBABA_CLOUD_ACCESS_KEY_SECRET="hidden\nsecret"
    )
    assert "hidden" not in sentence
    assert "secret" in sentence
