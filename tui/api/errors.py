"""Everything that can go wrong on the wire, as one tree that a reader can act on.

ApiError
├── InvalidQuery             a rule of the API is broken; nothing was sent
├── CredentialsUnavailable   no source knows who asks; nothing was sent
├── EndpointInvalid          nowhere to send it; nothing was sent
├── NotReached               name, connection, TLS, proxy, reset
│   ├── TimedOut
│   └── Paused               too many failures in a row; the next try has a time
├── BadAnswer                truncated, HTML, nonsense
│   ├── Oversized
│   └── Redirected
├── Refused                  the service's own error
│   ├── Throttled
│   ├── ServiceFailed
│   ├── SignatureRejected    wrong secret, unknown or inactive key
│   ├── TokenExpired
│   ├── Denied               carries the RAM action that is needed
│   ├── ClockSkewed
│   ├── CursorRefused
│   ├── RegionRefused
│   └── ParameterRefused
└── RepeatedToken            the walk would go round in a circle
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final, Protocol

from tui.api import envelope
from tui.api.advice import ADVICE as ADVICE
from tui.api.advice import advice_for
from tui.api.pacing import asked_wait, skew
from tui.plain import printable

SENTENCE_LIMIT: Final = 400
"""Characters kept of a sentence, most of which may be the service's own message."""

MESSAGE_LIMIT: Final = 2_000
"""Characters kept of the service's message; some carry the whole string to sign."""


class ApiError(Exception):
    """Something failed between the question and the answer; all its words are printable."""

    usually_retryable: ClassVar[bool] = False

    def __init__(
        self,
        sentence: str,
        *,
        advice: str = "",
        code: str = "",
        status: int | None = None,
        message: str = "",
        request_id: str = "",
        recommendation: str = "",
        retryable: bool | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(sentence)
        self.sentence = printable(sentence, SENTENCE_LIMIT)
        """What failed, in one sentence."""
        self.advice = printable(advice, SENTENCE_LIMIT)
        """What to do next, in one sentence; perhaps empty."""
        self.code = printable(code, 100)
        """The service's error code; empty where it sent none."""
        self.status = status
        """The HTTP status; None where no answer came."""
        self.message = printable(message, MESSAGE_LIMIT)
        """The service's own words."""
        self.request_id = printable(request_id, 100)
        self.recommendation = printable(recommendation, 500)
        """The address of the service's page about this failure; perhaps empty."""
        self.retryable = self.usually_retryable if retryable is None else retryable
        """Whether the same question may succeed later without anyone changing anything."""
        self.retry_after = retry_after
        """Seconds that the service asks to wait; None where it did not say."""

    def __str__(self) -> str:
        asked = f"Request ID {self.request_id}." if self.request_id else ""
        return " ".join(filter(None, (self.sentence, self.wait_words(), asked, self.advice)))

    def wait_words(self) -> str:
        """Return how long the service asks to wait, in one sentence; empty where it is not long."""
        seconds = self.retry_after or 0.0
        return f"It asks to wait {seconds:,.0f} s." if seconds >= 1 else ""


class InvalidQuery(ApiError):
    """The query breaks a rule of the API and was never sent."""


class Looked(Protocol):
    """A place where credentials were looked for; both texts are printable."""

    @property
    def place(self) -> str:
        """Such as `environment`."""

    @property
    def outcome(self) -> str:
        """What is there, or why it does not count."""


class CredentialsUnavailable(ApiError):
    """No source knows who asks."""

    looks: Sequence[Looked] = ()
    """Where was looked, where nothing was found anywhere."""
    remedies: Sequence[str] = ()
    """What helps then, the commonest first."""


class EndpointInvalid(ApiError):
    """The region or the endpoint names no place to send a request to."""


class NotReached(ApiError):
    """No answer came: name, connection, TLS, proxy or a reset."""

    usually_retryable = True


class TimedOut(NotReached):
    """No answer came in time."""


class Paused(NotReached):
    """Nothing was sent, because too many requests in a row have failed; `retry_after` says when."""

    def wait_words(self) -> str:
        """Return nothing: the advice says how long."""
        return ""


class BadAnswer(ApiError):
    """What came is not an answer of the API: truncated, HTML or nonsense."""

    usually_retryable = True


class Oversized(BadAnswer):
    """The answer is larger than anything the API sends."""

    usually_retryable = False


class Redirected(BadAnswer):
    """The endpoint pointed elsewhere; a signed request goes only where the user sent it."""

    usually_retryable = False


class Refused(ApiError):
    """The service answered with an error of its own."""


class Throttled(Refused):
    """The account's quota for this operation in this region is used up for now."""

    usually_retryable = True


class ServiceFailed(Refused):
    """The service failed on its own side."""

    usually_retryable = True


class SignatureRejected(Refused):
    """The secret is wrong, or the key is unknown or inactive."""


class TokenExpired(Refused):
    """The security token is missing, has expired or does not go with the key."""


class Denied(Refused):
    """The identity may not do this."""

    action: str = ""
    """The RAM action that a policy would have to allow, for example ecs:DescribeSendFileResults."""


class ClockSkewed(Refused):
    """This machine's clock and the service's differ by more than the service allows."""

    ahead: float | None = None
    """Seconds by which the service's clock is ahead of the one that dated the request."""

    def made_up_for(self, skew: float) -> ClockSkewed:
        """Return the same with other words, once requests are dated `skew` seconds later."""
        made = ClockSkewed(
            f"This machine's clock is {clock_words(skew)}; requests are dated by the latter.",
            advice="Set this machine's clock.",
            code=self.code,
            status=self.status,
            message=self.message,
            request_id=self.request_id,
        )
        made.ahead = skew
        return made


class CursorRefused(Refused):
    """The token to go on from is stale, or belongs to another walk."""


class RegionRefused(Refused):
    """The region does not exist or does not offer this."""


class ParameterRefused(Refused):
    """A parameter is missing or wrong."""


class RepeatedToken(ApiError):
    """The service gave a token for the next page that this walk has already used."""


_FAMILIES: Final[dict[str, type[Refused]]] = {
    "Throttling": Throttled,
    "ServiceUnavailable": ServiceFailed,
    "InternalError": ServiceFailed,
    "UnknownError": ServiceFailed,
    "SignatureDoesNotMatch": SignatureRejected,
    "IncompleteSignature": SignatureRejected,
    "InvalidAccessKeyId": SignatureRejected,
    "Forbidden.AccessKeyDisabled": SignatureRejected,
    "InvalidSecurityToken": TokenExpired,
    "MissingSecurityToken": TokenExpired,
    "InvalidTimeStamp": ClockSkewed,
    "IllegalTimestamp": ClockSkewed,
    "Forbidden": Denied,
    "NoPermission": Denied,
    "UserVerification": Denied,
    "InvalidParameter.NextToken": CursorRefused,
    "InvalidNextToken": CursorRefused,
    "InvalidRegionId": RegionRefused,
    "RegionId": RegionRefused,
    "Operation.Forbidden": RegionRefused,
    "InvalidApi": Refused,
    "InvalidAction": Refused,
    "InvalidVersion": Refused,
    "NoSuchVersion": Refused,
    "InvalidProtocol": Refused,
    "InvalidSignatureMethod": Refused,
    "SignatureNonceUsed": Refused,
}
"""The class of an error code, or of a family of codes by what stands before the dots."""

_BEGINNINGS: Final[dict[str, type[Refused]]] = {
    "Throttling": Throttled,
    "Missing": ParameterRefused,
    "Invalid": ParameterRefused,
    "NumberExceed": ParameterRefused,
    "Duplicate": ParameterRefused,
}
"""The class of a code that belongs to no family, by how it begins."""


def from_answer(
    *,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    reason: str = "",
    operation: str = "",
    now: float | None = None,
    corrected: float = 0.0,
) -> ApiError:
    """Return the error that an answer means: by its `Code` first, by its HTTP status second.

    Args:
        status: the HTTP status, 200 included: the service has sent errors under it.
        headers: by lower-case name.
        body: complete and inflated.
        reason: the words beside the status.
        operation: what was asked, for the sentence and the RAM action.
        now: what the request's clock says, in unix seconds, where that is known.
        corrected: seconds by which that clock is ahead of this machine's.
    """
    found = envelope.read(body)
    request_id = found.request_id or headers.get("x-acs-request-id", "")
    wait = asked_wait(headers, now)
    if 300 <= status < 400:
        return Redirected(
            f"The endpoint answered {status} and points to “{headers.get('location', '')}”, which"
            " is not followed: a signed request goes only where it was sent.",
            advice="Check the endpoint, and whether a login page or proxy stands in between.",
            status=status,
            request_id=request_id,
        )
    described = _described(headers, body)
    http = f"HTTP {status} {reason}".strip()
    if not found.code and status not in (429, *range(500, 600)):
        return BadAnswer(
            f"The answer is not the API's: {http}, {described}.",
            advice="Check the endpoint, and whether a login page or proxy stands in between.",
            status=status,
            request_id=request_id,
            retryable=status < 400 or status in (408, 425),
            retry_after=wait,
        )
    kind = _kind(found.code, status)
    what = f"{found.code}, HTTP {status}" if found.code else http
    verb = {Throttled: "throttles", ServiceFailed: "failed on"}.get(kind, "refused")
    words = found.message or ("" if found.code else described)
    sentence = f"The service {verb} {operation or 'the request'} ({what}): {words}".rstrip(": .")
    error = kind(
        f"{sentence}.",
        advice=_next_step(kind, found, operation),
        code=found.code,
        status=status,
        message=found.message,
        request_id=request_id,
        recommendation=found.recommendation,
        retryable=True if found.code == "SignatureNonceUsed" else None,
        retry_after=wait,
    )
    if isinstance(error, Denied):
        error.action = printable(_action(found, operation), 200)
    if isinstance(error, ClockSkewed) and now is not None:
        error.ahead = skew(headers, now)
        if error.ahead is not None:
            error.advice = (
                f"Set this machine's clock: it is {clock_words(error.ahead + corrected)}."
            )
    return error


def clock_words(ahead: float) -> str:
    """Say how this machine's clock goes where the service's is `ahead` seconds ahead."""
    way = "behind" if ahead > 0 else "ahead of"
    return f"{abs(ahead):,.0f} s {way} the service's"


def _kind(code: str, status: int) -> type[Refused]:
    family = code
    while family:
        if family in _FAMILIES:
            return _FAMILIES[family]
        family = family.rpartition(".")[0]
    for beginning, kind in _BEGINNINGS.items():
        if code.startswith(beginning):
            return kind
    if status == 429:
        return Throttled
    return ServiceFailed if status >= 500 else Refused


def _action(found: envelope.Envelope, operation: str) -> str:
    return found.action or (f"ecs:{operation}" if operation else "")


def _next_step(kind: type[Refused], found: envelope.Envelope, operation: str) -> str:
    known = advice_for(found.code)
    action = _action(found, operation)
    if known or kind is not Denied or not action:
        return known or advice_for(_USUAL.get(kind, ""))
    if found.denial == "ExplicitDeny":
        return f"A policy ({found.policy or 'of some kind'}) denies {action}; have it changed."
    return f"Have a RAM policy allow {action}."


_USUAL: Final[dict[type[Refused], str]] = {
    Throttled: "Throttling",
    ServiceFailed: "ServiceUnavailable",
    ParameterRefused: "InvalidParameter",
    RegionRefused: "InvalidRegionId.NotFound",
}
"""The code whose advice serves a whole class."""


def _described(headers: Mapping[str, str], body: bytes) -> str:
    """Say of what kind and size a body is, without quoting it."""
    if not body:
        return "empty"
    kind = headers.get("content-type", "").partition(";")[0].strip() or "no content type"
    return f"{kind}, {len(body):,} bytes"
