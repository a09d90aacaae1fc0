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

from typing import ClassVar

from tui.api.advice import ADVICE, advice_for
from tui.plain import printable

__all__ = [
    "ADVICE",
    "ApiError",
    "BadAnswer",
    "ClockSkewed",
    "CredentialsUnavailable",
    "CursorRefused",
    "Denied",
    "EndpointInvalid",
    "InvalidQuery",
    "NotReached",
    "Oversized",
    "ParameterRefused",
    "Paused",
    "Redirected",
    "Refused",
    "RegionRefused",
    "RepeatedToken",
    "ServiceFailed",
    "SignatureRejected",
    "Throttled",
    "TimedOut",
    "TokenExpired",
    "advice_for",
]

SENTENCE_LIMIT = 400
"""Characters kept of a sentence, most of which may be the service's own message."""

MESSAGE_LIMIT = 2_000
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
        return " ".join(filter(None, (self.sentence, asked, self.advice)))


class InvalidQuery(ApiError):
    """The query breaks a rule of the API and was never sent."""


class CredentialsUnavailable(ApiError):
    """No source knows who asks."""


class EndpointInvalid(ApiError):
    """The region or the endpoint names no place to send a request to."""


class NotReached(ApiError):
    """No answer came: name, connection, TLS, proxy or a reset."""

    usually_retryable = True


class TimedOut(NotReached):
    """No answer came in time."""


class Paused(NotReached):
    """Nothing was sent, because too many requests in a row have failed; `retry_after` says when."""


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


class CursorRefused(Refused):
    """The token to go on from is stale, or belongs to another walk."""


class RegionRefused(Refused):
    """The region does not exist or does not offer this."""


class ParameterRefused(Refused):
    """A parameter is missing or wrong."""


class RepeatedToken(ApiError):
    """The service gave a token for the next page that this walk has already used."""
