"""The Security Token Service: who may assume what, what comes of it, and who somebody is then."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.emulator.asking import HOME, ROLE_ARN, START, Asker, asker, code_of, timestamp
from tests.emulator.asking import rpc_request as signed_in_parameters
from tui.emulator.request import Request

ACCOUNT = "1000000000000000"
PROVIDER_ARN = f"acs:ram::{ACCOUNT}:oidc-provider/emulator"


def role(name: str, account: str = ACCOUNT) -> str:
    return f"acs:ram::{account}:role/{name}"


def unsigned(parameters: dict[str, str], **common: str) -> Request:
    given = {"Action": "AssumeRoleWithOIDC", "Version": "2015-04-01", "Format": "JSON"} | common
    return Request("GET", f"/?{urlencode(given | parameters)}", (("host", "sts.example.com"),))


def oidc(asking: Asker, **changed: str) -> dict[str, Any]:
    parameters = {
        "OIDCProviderArn": PROVIDER_ARN,
        "OIDCToken": "a-token-of-somebody",
        "RoleArn": ROLE_ARN,
        "RoleSessionName": "tests",
    } | changed
    given = {name: value for name, value in parameters.items() if value}
    response = asking.emulator.answer(unsigned(given))
    body: dict[str, Any] = json.loads(response.body)
    return {"status": response.status, **body}


def web_token(**claims: Any) -> str:
    parts = ({"alg": "RS256"}, claims)
    encoded = [urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, "c2lnbmF0dXJl"])


def test_an_assumed_role_reads_the_records() -> None:
    asking = asker(20)
    answer = asking.ask("AssumeRole", RoleArn=ROLE_ARN, RoleSessionName="alice")
    assert set(answer) == {"RequestId", "AssumedRoleUser", "Credentials"}
    user = answer["AssumedRoleUser"]
    assert user["Arn"] == f"acs:ram::{ACCOUNT}:role/emulator-operator/alice"
    assert user["AssumedRoleId"].endswith(":alice")
    triple = answer["Credentials"]
    assert set(triple) == {"AccessKeyId", "AccessKeySecret", "SecurityToken", "Expiration"}
    assert triple["AccessKeyId"].startswith("STS.")
    assert triple["SecurityToken"].startswith("CAIS")
    assert triple["Expiration"] == timestamp(START + 3600)
    assert asking.holding(triple).invoke_ids() == asking.invoke_ids()


def test_a_call_signed_in_its_parameters_is_the_same() -> None:
    asking = asker(1)
    parameters = {
        "AccessKeyId": asking.emulator.access_key_id,
        "Action": "AssumeRole",
        "DurationSeconds": "900",
        "Format": "JSON",
        "RoleArn": ROLE_ARN,
        "RoleSessionName": "alice",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "once",
        "SignatureVersion": "1.0",
        "Timestamp": timestamp(START),
        "Version": "2015-04-01",
    }
    secret = asking.emulator.access_key_secret
    response = asking.emulator.answer(signed_in_parameters(secret, parameters))
    triple = json.loads(response.body)["Credentials"]
    assert triple["Expiration"] == timestamp(START + 900)
    caller = asking.holding(triple)
    parameters |= {
        "AccessKeyId": triple["AccessKeyId"],
        "Action": "GetCallerIdentity",
        "SecurityToken": triple["SecurityToken"],
    }
    response = asking.emulator.answer(signed_in_parameters(caller.key[1], parameters))
    assert json.loads(response.body)["IdentityType"] == "AssumedRoleUser"


def test_no_two_triples_are_alike() -> None:
    asking = asker(1)
    keys = [asking.assumed().key for _ in range(50)]
    for position in range(3):
        assert len({key[position] for key in keys}) == 50


def test_a_role_is_assumed_from_a_role() -> None:
    second = asker(1).assumed().assumed(role("second"), RoleSessionName="chained")
    assert second.ask("GetCallerIdentity")["Arn"].endswith("assumed-role/second/chained")


def test_everybody_is_told_who_they_are() -> None:
    asking = asker(1)
    user = asking.ask("GetCallerIdentity")
    assert user.pop("RequestId")
    assert user == {
        "IdentityType": "RAMUser",
        "AccountId": ACCOUNT,
        "PrincipalId": "200000000000000000",
        "UserId": "200000000000000000",
        "Arn": f"acs:ram::{ACCOUNT}:user/emulator-example",
    }
    session = asking.assumed(role("ops", "77"), RoleSessionName="bob@x").ask("GetCallerIdentity")
    assert session["IdentityType"] == "AssumedRoleUser"
    assert session["AccountId"] == "77"
    assert session["Arn"] == "acs:ram::77:assumed-role/ops/bob@x"
    assert session["PrincipalId"] == f"{session['RoleId']}:bob@x"
    assert len(session["RoleId"]) == 18 and session["RoleId"].isdigit()
    assert "UserId" not in session


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("emulator-denied", "403 NoPermission"),
        ("gone-missing", "404 EntityNotExist.Role"),
        ("external-ops", "403 NoPermission"),
        ("busy", "400 Throttling.User"),
        ("broken", "500 InternalError"),
    ],
)
def test_a_word_in_the_name_of_a_role_makes_it_special(name: str, answer: str) -> None:
    session = {"RoleArn": role(name), "RoleSessionName": "tests"}
    assert asker(1).refusal("AssumeRole", **session) == answer


def test_an_external_id_opens_what_asks_for_one() -> None:
    asker(1).assumed(role("external-ops"), ExternalId="known/to=both").ask()


def test_a_powerless_role_is_known_and_may_do_nothing() -> None:
    powerless = asker(1).assumed(role("powerless"))
    assert powerless.ask("GetCallerIdentity")["AccountId"] == ACCOUNT
    answer = powerless.response({"RegionId": HOME})
    assert code_of(answer) == "403 Forbidden.RAM"
    detail = json.loads(answer.body)["AccessDeniedDetail"]
    assert detail["AuthPrincipalType"] == "AssumedRoleUser"
    assert detail["AuthPrincipalDisplayName"] == "powerless:tests"


POLICY = '{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ({"DurationSeconds": "900"}, ""),
        ({"DurationSeconds": "43200"}, ""),
        ({"DurationSeconds": "899"}, "400 InvalidParameter.DurationSeconds"),
        ({"DurationSeconds": "43201"}, "400 InvalidParameter.DurationSeconds"),
        ({"DurationSeconds": "an hour"}, "400 InvalidParameter.DurationSeconds"),
        ({"RoleArn": ""}, "400 MissingParameter"),
        ({"RoleArn": f"acs:ram::{ACCOUNT}:user/ops"}, "400 InvalidParameter.RoleArn"),
        ({"RoleArn": role("path/to/ops")}, ""),
        ({"RoleArn": role("a" * 65)}, "400 InvalidParameter.RoleArn"),
        ({"RoleSessionName": ""}, "400 MissingParameter"),
        ({"RoleSessionName": "x"}, "400 InvalidParameter.RoleSessionName"),
        ({"RoleSessionName": "x" * 64}, ""),
        ({"RoleSessionName": "x" * 65}, "400 InvalidParameter.RoleSessionName"),
        ({"RoleSessionName": "a b"}, "400 InvalidParameter.RoleSessionName"),
        ({"ExternalId": "x"}, "400 InvalidParameter.ExternalId"),
        ({"ExternalId": "two words"}, "400 InvalidParameter.ExternalId"),
        ({"Policy": POLICY}, ""),
        ({"Policy": "{"}, "400 InvalidParameter.PolicyGrammar"),
        ({"Policy": "{}"}, "400 InvalidParameter.PolicyGrammar"),
        ({"Policy": "[" * 2048}, "400 InvalidParameter.PolicyGrammar"),
        ({"Policy": POLICY + " " * 2048}, "400 InvalidParameter.PolicySize"),
    ],
)
def test_each_parameter_has_its_rules(changed: dict[str, str], answer: str) -> None:
    parameters = {"RoleArn": ROLE_ARN, "RoleSessionName": "tests"} | changed
    asking = asker(1)
    signed = asking.response(parameters, "AssumeRole")
    assert code_of(signed) == (answer or "200")
    if "ExternalId" not in changed:
        answered = oidc(asking, **parameters)
        assert f"{answered['status']} {answered.get('Code', '')}".strip() == (answer or "200")


def test_what_is_refused_is_in_the_envelope_of_the_service() -> None:
    asking = asker(1)
    response = asking.response(
        {"RoleArn": role("denied"), "RoleSessionName": "tests"}, "AssumeRole"
    )
    body = json.loads(response.body)
    assert set(body) == {"RequestId", "HostId", "Code", "Message", "Recommend"}
    assert "product=Sts" in body["Recommend"]
    assert body["RequestId"] == response.headers["x-acs-request-id"]


def test_the_version_is_that_of_the_service_that_is_called() -> None:
    asking = asker(1)
    for action, version in (
        ("GetCallerIdentity", "2014-05-26"),
        ("DescribeRegions", "2015-04-01"),
    ):
        request = asking.request({}, action, x_acs_version=version)
        assert code_of(asking.emulator.answer(request)) == "400 InvalidVersion"


def test_nobody_is_told_anything_without_a_signature() -> None:
    request = unsigned({}, Action="GetCallerIdentity")
    assert code_of(asker(1).emulator.answer(request)) == "400 MissingParameter"


def test_a_token_of_a_provider_is_as_good_as_a_signature() -> None:
    asking = asker(20)
    token = web_token(
        iss="https://oidc.example.com/c1", sub="system:pod", aud="sts.aliyuncs.com", exp=START + 1
    )
    answer = oidc(asking, OIDCToken=token, DurationSeconds="1200")
    assert answer["status"] == 200
    assert answer["OIDCTokenInfo"] == {
        "Subject": "system:pod",
        "Issuer": "https://oidc.example.com/c1",
        "ClientIds": "sts.aliyuncs.com",
        "VerificationInfo": "Success",
    }
    assert answer["AssumedRoleUser"]["Arn"] == f"{ROLE_ARN}/tests"
    assert answer["Credentials"]["Expiration"] == timestamp(START + 1200)
    assert asking.holding(answer["Credentials"]).invoke_ids() == asking.invoke_ids()
    assert oidc(asking)["status"] == 200, "a token that cannot be read is believed"


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ({"OIDCToken": web_token(exp=START)}, "401 AuthenticationFail.OIDCToken.Expired"),
        ({"OIDCToken": "an-expired-one"}, "401 AuthenticationFail.OIDCToken.Expired"),
        ({"OIDCToken": "an-invalid-one"}, "401 AuthenticationFail.OIDCToken.Invalid"),
        ({"OIDCToken": "abc"}, "401 AuthenticationFail.OIDCToken.Invalid"),
        ({"OIDCToken": "a" * 20_001}, "401 AuthenticationFail.OIDCToken.Invalid"),
        ({"OIDCToken": "with space"}, "401 AuthenticationFail.OIDCToken.Invalid"),
        ({"OIDCToken": ""}, "400 MissingParameter"),
        ({"OIDCProviderArn": ""}, "400 MissingParameter"),
        ({"OIDCProviderArn": ROLE_ARN}, "400 InvalidParameter.OIDCProviderArn"),
        ({"OIDCProviderArn": f"{PROVIDER_ARN}-missing"}, "403 AuthenticationFail.NoPermission"),
        ({"RoleArn": role("emulator-denied")}, "403 AuthenticationFail.NoPermission"),
        ({"RoleArn": role("missing")}, "404 EntityNotExist.Role"),
    ],
)
def test_a_bad_token_a_stranger_and_a_denied_role_are_refused(
    changed: dict[str, str], answer: str
) -> None:
    refused = oidc(asker(1), **changed)
    assert f"{refused['status']} {refused['Code']}" == answer


@pytest.mark.parametrize("middle", ["", "e30", "W10", "!", "é", "x", "W1tb" * 4000])
def test_a_token_in_three_parts_may_be_anything(middle: str) -> None:
    assert oidc(asker(1), OIDCToken=f"head.{middle}.tail")["status"] == 200
