"""The service's own check of signed requests: ACS3-HMAC-SHA256 in headers, HMAC-SHA1 in parameters.

Everything is computed from what arrived: the signed headers are those that the request names,
and the query is decoded as a form and encoded anew, because clients differ in how they spell it.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final
from urllib.parse import quote, unquote

from tui.emulator.keys import TEMPORARY, Key, TemporaryKeys
from tui.emulator.refusals import Refusal
from tui.emulator.request import Request

ALGORITHM: Final = "ACS3-HMAC-SHA256"
"""What the header `Authorization` begins with."""

WINDOW: Final = 15 * 60.0
"""How far the time of a request may be from the service's, in seconds."""

MAX_NONCES: Final = 100_000
"""Nonces remembered at most; the oldest make room, so that no flood can fill the memory."""

TIME_FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"
"""How requests and services write a time, in UTC."""

_ALWAYS_SIGNED: Final = ("host", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce")


class Nonces:
    """Which nonces have been used, as long as a request that repeats one could be in time."""

    def __init__(self) -> None:
        self._used: OrderedDict[str, float] = OrderedDict()

    def use(self, nonce: str, now: float) -> bool:
        """Use a nonce at a time in unix seconds. Return False where it has been used before."""
        while self._used and next(iter(self._used.values())) < now - 2 * WINDOW:
            self._used.popitem(last=False)
        if nonce in self._used:
            return False
        self._used[nonce] = now
        if len(self._used) > MAX_NONCES:
            self._used.popitem(last=False)
        return True


class Verifier:
    """Knows the keys and the nonces, and says whose a request is."""

    def __init__(self, keys: Iterable[Key], temporary: TemporaryKeys | None = None) -> None:
        self._keys: Mapping[str, Key] = MappingProxyType({key.access_key_id: key for key in keys})
        self._temporary = temporary
        self._nonces = Nonces()

    def verify(
        self, request: Request, now: float, *, skew: float = 0.0, longest: float | None = None
    ) -> Key:
        """Return the key that signed a request, or raise the refusal it deserves.

        `now` is the service's time in unix seconds, `skew` how many seconds it is ahead of the
        clock that keys were issued by, and `longest` how many seconds temporary ones may live.
        """
        authorization = request.header("authorization")
        if authorization:
            key = self._verify_headers(request, authorization, now)
        else:
            key = self._verify_parameters(request, now)
        ends = key.expires_at(longest)
        if ends is not None and now - skew >= ends:
            raise Refusal("InvalidSecurityToken.Expired")
        return key

    def _verify_headers(self, request: Request, authorization: str, now: float) -> Key:
        fields = _authorization_fields(authorization)
        signed = fields["SignedHeaders"].lower().split(";")
        _require_signed(request, signed)
        key = self._key(fields["Credential"], request.header("x-acs-security-token"))
        _require_in_time(request.header("x-acs-date"), now)
        string_to_sign = acs3_string_to_sign(request, signed)
        _require_equal(
            fields["Signature"],
            _hmac(key.access_key_secret, string_to_sign, "sha256").hex(),
            string_to_sign,
        )
        self._use_nonce(request.header("x-acs-signature-nonce"), key, now)
        return key

    def _verify_parameters(self, request: Request, now: float) -> Key:
        pairs = request.pairs()
        parameters = dict(pairs)
        for name in ("AccessKeyId", "Signature", "Timestamp", "SignatureNonce"):
            if not parameters.get(name):
                raise Refusal("MissingParameter", f"{name} is mandatory for this action.")
        if parameters.get("SignatureMethod", "HMAC-SHA1") != "HMAC-SHA1":
            raise Refusal("InvalidSignatureMethod")
        key = self._key(parameters["AccessKeyId"], parameters.get("SecurityToken", ""))
        _require_in_time(parameters["Timestamp"], now)
        string_to_sign = rpc_string_to_sign(request.method, pairs)
        digest = _hmac(key.access_key_secret + "&", string_to_sign, "sha1")
        _require_equal(parameters["Signature"], b64encode(digest).decode(), string_to_sign)
        self._use_nonce(parameters["SignatureNonce"], key, now)
        return key

    def _key(self, access_key_id: str, token: str) -> Key:
        """Return the key of an id, whose token must be the one given."""
        key = self._keys.get(access_key_id)
        if key is None and not (self._temporary and access_key_id.startswith(TEMPORARY)):
            raise Refusal("InvalidAccessKeyId.NotFound")
        if token:
            key = self._bearer(token)
        if key is None or (key.security_token and not token):
            raise Refusal("MissingSecurityToken")
        if key.access_key_id != access_key_id:
            raise Refusal("InvalidSecurityToken.MismatchWithAccessKey")
        return key

    def _bearer(self, token: str) -> Key:
        """Return the key that a token belongs to."""
        for key in self._keys.values():
            if key.security_token == token:
                return key
        opened = self._temporary.opened(token) if self._temporary else None
        if opened is None:
            raise Refusal("InvalidSecurityToken.Malformed")
        return opened

    def _use_nonce(self, nonce: str, key: Key, now: float) -> None:
        if not self._nonces.use(f"{key.access_key_id} {nonce}", now):
            raise Refusal("SignatureNonceUsed")


def acs3_string_to_sign(request: Request, signed: Sequence[str]) -> str:
    """Return the string to sign of a request that signs these headers (lower-case names)."""
    path, _, query = request.target.partition("?")
    canonical = "\n".join(
        (
            request.method.upper(),
            "/".join(_encoded(unquote(part, errors="surrogateescape")) for part in path.split("/")),
            _canonical_query(request.decoded(query)),
            "".join(f"{name}:{request.header(name)}\n" for name in sorted(signed)),
            ";".join(sorted(signed)),
            hashlib.sha256(request.body).hexdigest(),
        )
    )
    return f"{ALGORITHM}\n{hashlib.sha256(_bytes(canonical)).hexdigest()}"


def rpc_string_to_sign(method: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Return the string to sign of a request with these parameters, of query and form together."""
    query = _canonical_query(pair for pair in pairs if pair[0] != "Signature")
    return f"{method.upper()}&{_encoded('/')}&{_encoded(query)}"


def _canonical_query(pairs: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in sorted(pairs))


def _authorization_fields(authorization: str) -> dict[str, str]:
    """Return Credential, SignedHeaders and Signature of the header, or refuse it."""
    scheme, _, rest = authorization.partition(" ")
    if scheme != ALGORITHM:
        raise Refusal("InvalidSignatureMethod")
    fields = {
        name.strip(): value.strip()
        for name, _, value in (part.partition("=") for part in rest.split(","))
    }
    for name in ("Credential", "SignedHeaders", "Signature"):
        if not fields.get(name):
            raise Refusal(
                "IncompleteSignature",
                f"The request signature does not conform to Aliyun standards: {name} is missing.",
            )
    return fields


def _require_signed(request: Request, signed: Sequence[str]) -> None:
    """Refuse a request that leaves out or does not sign what has to be signed."""
    for name in _ALWAYS_SIGNED:
        if not request.header(name):
            raise Refusal("MissingParameter", f"{name} is mandatory for this action.")
    present = {name.lower() for name, _ in request.headers}
    needed = {name for name in present if name.startswith("x-acs-")} | set(_ALWAYS_SIGNED)
    for name in sorted(needed - set(signed)):
        raise Refusal(
            "IncompleteSignature",
            f"The request signature does not conform to Aliyun standards: {name} is not signed.",
        )


def _require_in_time(text: str, now: float) -> None:
    try:
        moment = datetime.strptime(text, TIME_FORMAT).replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise Refusal("InvalidTimeStamp.Format") from None
    if abs(moment - now) > WINDOW:
        raise Refusal("InvalidTimeStamp.Expired")


def _require_equal(given: str, computed: str, string_to_sign: str) -> None:
    if not hmac.compare_digest(_bytes(given), _bytes(computed)):
        raise Refusal(
            "SignatureDoesNotMatch",
            "Specified signature is not matched with our calculation."
            f" server string to sign is:{string_to_sign}",
        )


def _hmac(secret: str, text: str, digest: str) -> bytes:
    return hmac.digest(secret.encode(), _bytes(text), digest)


def _encoded(text: str) -> str:
    return quote(_bytes(text), safe="~")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
