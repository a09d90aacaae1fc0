"""What hands out credentials without a signature: instance metadata, a URI, single sign-on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.asking import HOME, START, Asker, Clock, asker, timestamp
from tui.emulator.request import Response

ROLES = "/latest/meta-data/ram/security-credentials/"
TTL = "X-aliyun-ecs-metadata-token-ttl-seconds"
TOKEN = "X-aliyun-ecs-metadata-token"
KEPT = {"Authorization": "Bearer kept"}
TRIPLE = {"AccessKeyId", "AccessKeySecret", "SecurityToken", "Expiration"}


def metadata_token(asking: Asker, seconds: str = "21600", prefix: str = "") -> Response:
    return asking.fetch(f"{prefix}/latest/api/token", "PUT", {TTL: seconds})


def body(response: Response) -> dict[str, Any]:
    assert response.headers["content-type"] == "application/json"
    assert response.headers["content-length"] == str(len(response.body))
    read: dict[str, Any] = json.loads(response.body)
    return read


def reads_the_records(asking: Asker, triple: dict[str, str], role: str) -> None:
    holder = asking.holding(triple)
    assert holder.invoke_ids() == asking.invoke_ids()
    assert f":assumed-role/{role}/" in holder.ask("GetCallerIdentity")["Arn"]


@pytest.mark.parametrize("prefix", ["", "/v2-only"])
def test_an_instance_is_asked_with_a_token(prefix: str) -> None:
    asking = asker(5)
    given = metadata_token(asking, prefix=prefix)
    assert given.status == 200
    token = {TOKEN: given.body.decode()}
    role = asking.fetch(prefix + ROLES, headers=token).body.decode()
    assert role == "emulator-instance"
    triple = body(asking.fetch(f"{prefix}{ROLES}{role}", headers=token))
    assert set(triple) == {*TRIPLE, "Code"}
    assert (triple["Code"], triple["Expiration"]) == ("Success", timestamp(START + 6 * 3600))
    reads_the_records(asking, triple, role)
    assert asking.fetch(f"{prefix}/latest/meta-data/region-id", headers=token).body == HOME.encode()


@pytest.mark.parametrize("prefix", ["", "/v1-only"])
def test_an_instance_is_asked_without_a_token(prefix: str) -> None:
    asking = asker(5)
    role = asking.fetch(prefix + ROLES).body.decode()
    reads_the_records(asking, body(asking.fetch(f"{prefix}{ROLES}{role}")), role)
    assert asking.fetch(f"{prefix}/latest/meta-data/owner-account-id").body == b"1000000000000000"


def test_an_old_instance_has_no_tokens_and_a_hardened_one_wants_them() -> None:
    asking = asker(1)
    assert metadata_token(asking, prefix="/v1-only").status == 404
    for path in (ROLES, f"{ROLES}emulator-instance", "/latest/meta-data/region-id"):
        assert asking.fetch(f"/v2-only{path}").status == 403


def test_an_instance_without_a_role_says_so() -> None:
    asking = asker(1)
    for path in (ROLES, f"{ROLES}emulator-instance"):
        assert asking.fetch(f"/roleless{path}").status == 404
    assert asking.fetch("/roleless/latest/meta-data/region-id").status == 200


@pytest.mark.parametrize(
    ("path", "method", "headers", "status"),
    [
        ("/latest/api/token", "PUT", {}, 400),
        ("/latest/api/token", "PUT", {TTL: "0"}, 400),
        ("/latest/api/token", "PUT", {TTL: "21601"}, 400),
        ("/latest/api/token", "PUT", {TTL: "soon"}, 400),
        ("/latest/api/token", "GET", {TTL: "60"}, 405),
        (ROLES, "POST", {}, 405),
        (ROLES, "GET", {TOKEN: "made-up"}, 401),
        (f"{ROLES}another-role", "GET", {}, 404),
        ("/latest/meta-data/nothing", "GET", {}, 404),
    ],
)
def test_what_an_instance_does_not_take(
    path: str, method: str, headers: dict[str, str], status: int
) -> None:
    assert asker(1).fetch(path, method, headers).status == status


def test_a_metadata_token_ends() -> None:
    clock = Clock()
    asking = asker(1, clock=clock)
    token = {TOKEN: metadata_token(asking, "60").body.decode()}
    clock.now += 59
    assert asking.fetch(ROLES, headers=token).status == 200
    clock.now += 1
    assert asking.fetch(ROLES, headers=token).status == 401


def test_the_uri_gives_a_triple() -> None:
    asking = asker(5)
    triple = body(asking.fetch("/credentials"))
    assert set(triple) == {*TRIPLE, "Code"}
    assert (triple["Code"], triple["Expiration"]) == ("Success", timestamp(START + 3600))
    reads_the_records(asking, triple, "emulator-uri")


def test_the_uri_fails_in_every_way_that_a_reader_must_bear() -> None:
    asking = asker(1)
    expired = body(asking.fetch("/credentials/expired"))
    assert expired["Expiration"] == timestamp(START)
    assert asking.holding(expired).refusal() == "400 InvalidSecurityToken.Expired"
    assert "AccessKeySecret" not in body(asking.fetch("/credentials/incomplete"))
    assert body(asking.fetch("/credentials/failed"))["Code"] == "Failed"
    nonsense = asking.fetch("/credentials/nonsense")
    assert (nonsense.status, nonsense.headers["content-type"]) == (200, "text/html")
    assert asking.fetch("/credentials/forbidden").status == 403
    assert asking.fetch("/credentials/elsewhere").status == 404
    assert asking.fetch("/credentials", "POST").status == 405


def cloud_sso(asking: Asker, token: str, **wanted: Any) -> Response:
    content = json.dumps(wanted).encode()
    return asking.fetch("/cloud-credentials", "POST", {"Authorization": token}, content)


def test_signing_on_once_gives_triples() -> None:
    asking = asker(5)
    wanted = {"AccountId": "77", "AccessConfigurationId": "ac-ops"}
    answer = body(cloud_sso(asking, "Bearer kept", **wanted))
    assert set(answer["CloudCredential"]) == TRIPLE
    reads_the_records(asking, answer["CloudCredential"], "AliyunReservedSSO-ac-ops")
    exchanged = asking.fetch("/v1/exchange", "POST", KEPT)
    reads_the_records(asking, body(exchanged), "emulator-oauth")


@pytest.mark.parametrize("token", ["", "Bearer ", "Basic kept", "Bearer expired", "Bearer invalid"])
def test_a_bad_access_token_gives_nothing(token: str) -> None:
    asking = asker(1)
    assert cloud_sso(asking, token, AccountId="77", AccessConfigurationId="ac").status == 401
    assert asking.fetch("/v1/exchange", "POST", {"Authorization": token}).status == 401


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b"\xff", b"[" * 10_000, b'{"AccountId": 7, "AccessConfigurationId": "a"}'],
)
def test_a_body_that_asks_for_nothing_is_refused(content: bytes) -> None:
    answer = asker(1).fetch("/cloud-credentials", "POST", KEPT, content)
    assert answer.status == 400


def test_an_access_configuration_may_be_denied_and_no_token_is_renewed() -> None:
    asking = asker(1)
    wanted = {"AccountId": "77", "AccessConfigurationId": "ac-denied"}
    assert cloud_sso(asking, "Bearer kept", **wanted).status == 403
    assert asking.fetch("/cloud-credentials").status == 405
    assert asking.fetch("/v1/token", "POST", KEPT).status == 404
