"""The vendor's own library gets temporary credentials from the emulator and uses them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from tests.interop.conftest import VENDOR, Outcomes

Get = Callable[..., Outcomes]

ACCOUNT = "1000000000000000"


def call(provider: str, *, prefix: str = "", **arguments: Any) -> dict[str, Any]:
    return {"provider": provider, "prefix": prefix, "arguments": arguments}


@pytest.fixture
def get(sdk_python: str, served: dict[str, Any]) -> Get:
    """Return what has the library get credentials and returns who one is with them."""

    def got(*calls: dict[str, Any]) -> Outcomes:
        done = subprocess.run(
            [sdk_python, "-W", "ignore", str(VENDOR / "credentials.py")],
            input=json.dumps({**served, "calls": calls}),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        outcomes: Outcomes = json.loads(done.stdout)
        assert len(outcomes) == len(calls)
        return outcomes

    return got


def test_every_provider_gets_credentials_that_read_the_records(
    get: Get, served: dict[str, Any]
) -> None:
    key = {name: served[name] for name in ("access_key_id", "access_key_secret")}
    role = {"role_arn": served["role_arn"], "role_session_name": "vendor"}
    oidc = {"oidc_provider_arn": served["oidc_provider_arn"], "token": "of-somebody"}
    sso = {
        "sign_in_url": served["cloud_sso_sign_in_url"],
        "account_id": ACCOUNT,
        "access_config": "ac-ops",
        "access_token": "kept",
        "access_token_expire": 4_000_000_000,
    }
    oauth = {
        "client_id": "cli",
        "sign_in_url": served["oauth_endpoint"],
        "access_token": "kept",
        "access_token_expire": 4_000_000_000,
    }
    outcomes = get(
        call("ram_role_arn", **key, **role, duration_seconds=900, policy='{"Statement":[]}'),
        call("ram_role_arn", **served["sts"], **role),
        call("oidc", **role, **oidc),
        call("ecs_ram_role"),
        call("ecs_ram_role", prefix="/v1-only"),
        call("ecs_ram_role", prefix="/v2-only", role_name="emulator-instance"),
        call("uri", uri=served["credentials_uri"]),
        call("cloud_sso", **sso),
        call("oauth", **oauth),
    )
    assert [outcome.get("error") for outcome in outcomes] == [None] * len(outcomes)
    assert {outcome["records"] for outcome in outcomes} == {5}
    callers = [outcome["caller"] for outcome in outcomes]
    assert {caller["AccountId"] for caller in callers} == {ACCOUNT}
    assert {caller["IdentityType"] for caller in callers} == {"AssumedRoleUser"}
    roles = [caller["Arn"].split("/")[1] for caller in callers]
    assert roles == [
        *["emulator-operator"] * 3,
        *["emulator-instance"] * 3,
        "emulator-uri",
        "AliyunReservedSSO-ac-ops",
        "emulator-oauth",
    ]


def test_every_refusal_is_one_that_the_library_understands(
    get: Get, served: dict[str, Any]
) -> None:
    key = {name: served[name] for name in ("access_key_id", "access_key_secret")}
    denied = {"role_arn": served["denied_role_arn"], "role_session_name": "vendor"}
    role = {**denied, "role_arn": served["role_arn"]}
    oidc = {"oidc_provider_arn": served["oidc_provider_arn"]}
    cases = (
        (call("ram_role_arn", **key, **denied), "NoPermission"),
        (call("ram_role_arn", access_key_id="x", access_key_secret="y", **role), "NotFound"),
        (call("oidc", **role, **oidc, token="an-expired-one"), "OIDCToken.Expired"),
        (call("oidc", **denied, **oidc, token="of-somebody"), "AuthenticationFail.NoPermission"),
        (call("ecs_ram_role", prefix="/roleless"), "HttpCode=404"),
        (call("ecs_ram_role", prefix="/v1-only", disable_imds_v1=True), "HttpCode=404"),
        (call("uri", uri=f"{served['credentials_uri']}/failed"), "Failed"),
        (call("uri", uri=f"{served['credentials_uri']}/incomplete"), "Success"),
        (call("uri", uri=f"{served['credentials_uri']}/forbidden"), "403"),
    )
    outcomes = get(*(made for made, _ in cases))
    for outcome, (made, said) in zip(outcomes, cases, strict=True):
        assert said in outcome.get("error", ""), made
