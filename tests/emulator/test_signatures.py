"""Both signature schemes, held against captured and published requests; every way to be refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.asking import START, Clock, asker, code_of, rpc_request, timestamp
from tui.emulator import signatures
from tui.emulator.keys import Key
from tui.emulator.refusals import Refusal
from tui.emulator.request import Request
from tui.emulator.signatures import Nonces, Verifier

VECTORS = Path(__file__).parents[1] / "vectors"


def vectors(*files: str) -> list[Any]:
    return [
        pytest.param(vector, id=vector.get("name", file))
        for file in files
        for vector in json.loads((VECTORS / file).read_text())
    ]


def acs3_request(vector: dict[str, Any]) -> Request:
    """Return the request of a vector; the published ones give its canonical form only."""
    if "wire_target" in vector:
        headers = {**vector["signed_headers"], "authorization": vector["authorization"]}
        return Request(vector["method"], vector["wire_target"], tuple(headers.items()))
    method, path, query, *lines = vector["canonical_request"].split("\n")
    headers = dict(line.split(":", 1) for line in lines[: lines.index("")])
    headers["authorization"] = (
        f"ACS3-HMAC-SHA256 Credential={vector['access_key_id']},"
        f"SignedHeaders={lines[-2]},Signature={vector['signature']}"
    )
    return Request(method, f"{path}?{query}", tuple(headers.items()))


def verifier(vector: dict[str, Any]) -> Verifier:
    return Verifier(
        [
            Key(
                vector["access_key_id"],
                vector["access_key_secret"],
                vector.get("security_token") or "",
            )
        ]
    )


def seconds(text: str) -> float:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()


def refusal(known: Verifier, request: Request, now: float) -> str:
    with pytest.raises(Refusal) as caught:
        known.verify(request, now)
    return caught.value.code


@pytest.mark.parametrize("vector", vectors("acs3-captured.json", "acs3-published.json"))
def test_a_request_signed_in_its_headers_verifies(vector: dict[str, Any]) -> None:
    request = acs3_request(vector)
    key = verifier(vector).verify(request, seconds(request.header("x-acs-date")))
    assert key.access_key_id == vector["access_key_id"]


@pytest.mark.parametrize("vector", vectors("acs3-captured.json", "acs3-published.json"))
def test_one_byte_changed_anywhere_is_refused(vector: dict[str, Any]) -> None:
    request = acs3_request(vector)
    now = seconds(request.header("x-acs-date"))

    def changed(**parts: Any) -> str:
        parts = {"target": request.target, "body": b"", "headers": request.headers} | parts
        known = verifier(vector)
        return refusal(known, Request(request.method, **parts), now)

    assert changed(target=request.target + "a") == "SignatureDoesNotMatch"
    assert changed(target="/?x" + request.target[3:]) == "SignatureDoesNotMatch"
    assert changed(body=b" ") == "SignatureDoesNotMatch"
    for place, (name, value) in enumerate(request.headers):
        wrong = value[:-1] + ("0" if value[-1] != "0" else "1")
        headers = [*request.headers]
        headers[place] = (name, wrong)
        assert changed(headers=tuple(headers)).startswith(
            ("SignatureDoesNotMatch", "InvalidTimeStamp.Format", "InvalidSecurityToken")
        ), name


@pytest.mark.parametrize("vector", vectors("rpc-captured.json", "rpc-published.json"))
def test_a_request_signed_in_its_parameters_verifies_and_no_other(vector: dict[str, Any]) -> None:
    if "params" in vector:
        request = rpc_request(vector["access_key_secret"], vector["params"])
        assert dict(request.pairs())["Signature"] == vector["signature"]
    else:
        request = Request(vector["method"], vector["wire_target"])
    assert (
        signatures.rpc_string_to_sign(request.method, request.pairs()) == vector["string_to_sign"]
    )
    now = seconds(dict(request.pairs())["Timestamp"])
    assert verifier(vector).verify(request, now).access_key_id == vector["access_key_id"]
    longer = Request(request.method, request.target + "&Name=a")
    other = Request("PUT", request.target)
    for wrong in (longer, other):
        assert refusal(verifier(vector), wrong, now) == "SignatureDoesNotMatch"


def rpc_parameters(**more: str) -> dict[str, str]:
    return {
        "AccessKeyId": "id",
        "Action": "DescribeRegions",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "1",
        "SignatureVersion": "1.0",
        "Timestamp": timestamp(START),
        "Version": "2014-05-26",
        **more,
    }


@pytest.mark.parametrize("form", [False, True])
def test_parameters_in_a_form_are_signed_like_those_in_the_query(form: bool) -> None:
    request = rpc_request("secret", rpc_parameters(Name="a b*~+/"), method="POST", form=form)
    known = Verifier([Key("id", "secret")])
    assert known.verify(request, START).access_key_id == "id"
    assert refusal(known, request, START) == "SignatureNonceUsed"


def test_the_string_that_the_server_signs_ends_the_message() -> None:
    request = rpc_request("wrong", rpc_parameters())
    with pytest.raises(Refusal) as caught:
        Verifier([Key("id", "secret")]).verify(request, START)
    expected = signatures.rpc_string_to_sign("GET", request.pairs())
    assert caught.value.message.endswith(f"server string to sign is:{expected}")


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ("AccessKeyId", "MissingParameter"),
        ("Timestamp", "MissingParameter"),
        ("SignatureNonce", "MissingParameter"),
    ],
)
def test_a_parameter_of_the_signature_must_not_miss(missing: str, code: str) -> None:
    parameters = rpc_parameters()
    del parameters[missing]
    assert refusal(Verifier([Key("id", "s")]), rpc_request("s", parameters), START) == code


def test_another_method_of_signing_is_refused() -> None:
    request = rpc_request("s", rpc_parameters(SignatureMethod="HMAC-SHA256"))
    assert refusal(Verifier([Key("id", "s")]), request, START) == "InvalidSignatureMethod"
    other = Request("POST", "/", (("authorization", "ACS3-HMAC-SM3 Credential=id"),))
    assert refusal(Verifier([Key("id", "s")]), other, START) == "InvalidSignatureMethod"


@pytest.mark.parametrize("late", [-901, 901, 86_400])
def test_a_request_outside_the_quarter_of_an_hour_is_refused(late: float) -> None:
    known = Verifier([Key("id", "s")])
    request = rpc_request("s", rpc_parameters())
    assert refusal(known, request, START + late) == "InvalidTimeStamp.Expired"


@pytest.mark.parametrize("late", [-900, 0, 900])
def test_a_request_within_the_quarter_of_an_hour_passes(late: float) -> None:
    Verifier([Key("id", "s")]).verify(rpc_request("s", rpc_parameters()), START + late)


def test_a_time_in_another_form_is_refused() -> None:
    request = rpc_request("s", rpc_parameters(Timestamp="2026-09-21 10:13:20"))
    assert refusal(Verifier([Key("id", "s")]), request, START) == "InvalidTimeStamp.Format"


def test_what_is_not_signed_or_not_there_is_named() -> None:
    asking = asker(1)
    request = asking.request({"RegionId": "cn-hangzhou"})
    unsigned = Request(
        request.method, request.target, (*request.headers, ("x-acs-security-token", "t"))
    )
    answer = asking.emulator.answer(unsigned)
    assert code_of(answer) == "400 IncompleteSignature"
    assert b"x-acs-security-token is not signed" in answer.body
    headers = tuple(pair for pair in request.headers if pair[0] != "x-acs-signature-nonce")
    answer = asking.emulator.answer(Request(request.method, request.target, headers))
    assert code_of(answer) == "400 MissingParameter"
    torn = tuple(
        (name, value.split(",")[0] if name == "authorization" else value)
        for name, value in request.headers
    )
    answer = asking.emulator.answer(Request(request.method, request.target, torn))
    assert code_of(answer) == "400 IncompleteSignature"
    bare = tuple(pair for pair in request.headers if pair[0] != "authorization")
    answer = asking.emulator.answer(Request(request.method, request.target, bare))
    assert code_of(answer) == "400 MissingParameter"


def test_a_nonce_is_good_once() -> None:
    asking = asker(1)
    request = asking.request({"RegionId": "cn-hangzhou"})
    assert asking.emulator.answer(request).status == 200
    assert code_of(asking.emulator.answer(request)) == "400 SignatureNonceUsed"


def test_a_request_with_a_wrong_signature_uses_up_no_nonce() -> None:
    asking = asker(1)
    good = asking.request({"RegionId": "cn-hangzhou"})
    assert code_of(asking.emulator.answer(Request("GET", good.target, good.headers))) == (
        "400 SignatureDoesNotMatch"
    )
    assert asking.emulator.answer(good).status == 200


def test_a_flood_of_nonces_is_forgotten_from_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signatures, "MAX_NONCES", 10)
    nonces = Nonces()
    assert all(nonces.use(str(number), 0.0) for number in range(12))
    assert nonces.use("0", 0.0)
    assert not nonces.use("11", 0.0)


def test_a_nonce_is_forgotten_when_its_request_is_too_old_anyway() -> None:
    nonces = Nonces()
    assert nonces.use("a", 0.0)
    assert not nonces.use("a", 1799.0)
    assert nonces.use("a", 1801.0)


def test_an_unknown_key_and_a_wrong_secret_are_told_apart() -> None:
    asking = asker(1)
    asking.key = ("LTAI5tNobody", "secret", "")
    assert asking.refusal() == "404 InvalidAccessKeyId.NotFound"
    asking.key = (asking.emulator.access_key_id, "secret", "")
    assert asking.refusal() == "400 SignatureDoesNotMatch"


def test_temporary_credentials_need_their_own_token() -> None:
    asking = asker(1)
    sts, own = asking.emulator.sts, asking.key
    asking.key = (sts.access_key_id, sts.access_key_secret, sts.security_token)
    assert asking.ask()["PageNumber"] == 1
    asking.key = (sts.access_key_id, sts.access_key_secret, "")
    assert asking.refusal() == "400 MissingSecurityToken"
    asking.key = (sts.access_key_id, sts.access_key_secret, "CAISbroken")
    assert asking.refusal() == "400 InvalidSecurityToken.Malformed"
    asking.key = (own[0], own[1], sts.security_token)
    assert asking.refusal() == "400 InvalidSecurityToken.MismatchWithAccessKey"


def test_temporary_credentials_expire() -> None:
    clock = Clock()
    asking = asker(1, clock=clock)
    sts = asking.emulator.sts
    asking.key = (sts.access_key_id, sts.access_key_secret, sts.security_token)
    clock.now += 12 * 3600 - 1
    asking.ask()
    clock.now += 1
    assert asking.refusal() == "400 InvalidSecurityToken.Expired"


def test_no_secret_is_in_a_repr() -> None:
    asking = asker(1)
    for secret in (asking.emulator.sts.access_key_secret, asking.emulator.sts.security_token):
        assert secret not in repr(asking.emulator.sts)
