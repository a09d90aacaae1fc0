"""What every source of credentials has, and how what it brings is read and blamed."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol

from tui.api.credentials import Credentials
from tui.api.errors import ApiError, BadAnswer, CredentialsUnavailable
from tui.api.pacing import skew
from tui.late_dataclass import dataclass
from tui.plain import printable

if TYPE_CHECKING:
    from tui.api.transport import Answer
    from tui.identity.asking import Asker

PATIENCE: Final = 30.0
"""Seconds that a source may take, unless it says otherwise; other processes wait as long."""


AGREEMENT: Final = 2.0
"""Seconds by which two clocks may differ and still be taken for the same: dates have no parts."""


@dataclass(frozen=True)
class About:
    """What a person wants to know of a source; every word is printable."""

    words: str
    """For the status line: `environment`, `profile ops`, …"""
    detail: str = ""
    """How it works, for a sentence: the mode of a profile and the like."""
    remedy: str = ""
    """What to do when it gives nothing, as a sentence."""

    @property
    def title(self) -> str:
        """The words with the detail, as the beginning of a sentence."""
        whole = f"{self.words} ({self.detail})" if self.detail else self.words
        return whole[:1].upper() + whole[1:]


class Source(Protocol):
    """Something that credentials come from."""

    @property
    def about(self) -> About:
        """What to tell of it."""

    @property
    def kept(self) -> bool:
        """Whether temporary answers are kept on disk."""

    @property
    def patience(self) -> float:
        """Seconds that an answer may take."""

    @property
    def scope(self) -> tuple[str, ...]:
        """Whom it stands for: what stays the same when its credentials are renewed."""

    def determinants(self) -> tuple[str, ...]:
        """Return everything that an answer depends on, secrets included: only to be hashed."""

    async def fetch(self, asker: Asker) -> Credentials:
        """Bring credentials that are valid now.

        Raises:
            tui.api.errors.ApiError: there are none, and why.
        """
        ...


@dataclass(frozen=True)
class FixedSource:
    """A pair that stands somewhere as it is, perhaps with the time when it ends."""

    about: About
    credentials: Credentials
    scope: tuple[str, ...]
    kept: bool = False
    patience: float = PATIENCE

    def determinants(self) -> tuple[str, ...]:
        """Return the pair."""
        pair = self.credentials
        return ("fixed", pair.access_key_id, pair.access_key_secret, pair.security_token)

    async def fetch(self, asker: Asker) -> Credentials:
        """Return the pair, unless its time is over."""
        ends = self.credentials.expires_at
        if ends is not None and ends <= asker.clock():
            raise CredentialsUnavailable(f"They have ended at {moment_words(ends)}.")
        return usable(self.credentials)


@dataclass(frozen=True)
class FaultySource:
    """A place where something stands that cannot be used."""

    about: About
    fault: CredentialsUnavailable
    scope: tuple[str, ...] = ("nobody",)
    kept: bool = False
    patience: float = PATIENCE

    def determinants(self) -> tuple[str, ...]:
        """Return nothing: no answer comes of it."""
        return ("nobody",)

    async def fetch(self, asker: Asker) -> Credentials:
        """Raise the fault."""
        raise self.fault


class Blamed(CredentialsUnavailable):
    """A fault that names the source which it is the fault of."""


def blamed(about: About, error: ApiError) -> CredentialsUnavailable:
    """Return the fault of a source in its name; one that has a name keeps it."""
    if isinstance(error, Blamed):
        return error
    return Blamed(
        f"{about.title} gives no credentials: {error.sentence}",
        advice=error.advice or about.remedy,
        code=error.code,
        status=error.status,
        message=error.message,
        request_id=error.request_id,
        recommendation=error.recommendation,
        retryable=error.retryable,
        retry_after=error.retry_after,
    )


def document(answer: Answer) -> Mapping[str, object]:
    """Read the JSON object of an answer.

    Raises:
        BadAnswer: it is none.
    """
    try:
        read = json.loads(answer.body)
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        kind = printable(answer.headers.get("content-type", "").partition(";")[0], 60)
        raise BadAnswer(
            f"What came is not JSON ({kind or 'no content type'}, {len(answer.body):,} bytes).",
            status=answer.status,
        )
    return read


def triple(
    found: object, *, now: float, ahead: float = 0.0, names: tuple[str, str, str, str] | None = None
) -> Credentials:
    """Read temporary credentials under the service's names, or under others.

    Args:
        found: the object of JSON that has them.
        now: what our clock says, in unix seconds.
        ahead: seconds by which the clock that wrote their end is ahead of ours.
        names: of ID, secret, token and end.

    Raises:
        CredentialsUnavailable: a part is missing, cannot be one, or their time is over.
    """
    of_id, of_secret, of_token, of_end = names or (
        "AccessKeyId",
        "AccessKeySecret",
        "SecurityToken",
        "Expiration",
    )
    if not isinstance(found, Mapping):
        raise CredentialsUnavailable("The answer has no credentials in it.")
    values = [found.get(name) for name in (of_id, of_secret, of_token)]
    texts = [value.strip() if isinstance(value, str) else "" for value in values]
    ends = moment(found.get(of_end))
    if found.get(of_end) and ends is None:
        raise CredentialsUnavailable(f"The answer's {of_end} is not a time.")
    key_id, secret, token = texts
    expires_at = None if ends is None else ends - ahead
    credentials = Credentials(key_id, secret, token, expires_at=expires_at)
    for name, text in zip((of_id, of_secret), texts, strict=False):
        if not text:
            raise CredentialsUnavailable(f"The answer has no {name}.")
    if credentials.expires_at is not None and credentials.expires_at <= now:
        raise CredentialsUnavailable(
            f"What it gave has ended already, at {moment_words(credentials.expires_at)}."
        )
    return usable(credentials)


def usable(credentials: Credentials) -> Credentials:
    """Return credentials that can be sent.

    Raises:
        CredentialsUnavailable: no header can carry them; the sentence shows none of them.
    """
    if problem := credentials.problem():
        raise CredentialsUnavailable(problem)
    return credentials


def named(credentials: Credentials, about: About) -> Credentials:
    """Return credentials that say where they came from."""
    return replace(credentials, source=about.words)


def clock_ahead(answer: Answer, now: float) -> float:
    """Return by how many seconds the clock behind an answer is ahead, 0 where it does not say."""
    ahead = skew(answer.headers, now) or 0.0
    return ahead if abs(ahead) > AGREEMENT else 0.0


def moment(value: object) -> float | None:
    """Read a time, in ISO 8601 or in unix seconds; None where it is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if math.isfinite(value) and 0 < value < 1e11 else None
    if not isinstance(value, str) or not value.strip():
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text) if len(text) <= 11 and int(text) else None
    try:
        read = datetime.fromisoformat(text)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def moment_words(seconds: float) -> str:
    """Return unix seconds as a person reads them."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return "an impossible time"
