"""What the explorer says of its own state: one place for the words of every state."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Final

from tui.api.errors import (
    ApiError,
    CredentialsUnavailable,
    Denied,
    NotReached,
    Refused,
    ServiceFailed,
    SignatureRejected,
    Throttled,
    TokenExpired,
)
from tui.archive.rows import Known
from tui.records import Query
from tui.screens.reading import Reading
from tui.widgets.words import byte_count, duration

TAG_CAP = "the service shows at most 1,000 under a tag"

LOADING_ALREADY = "Rows are being loaded already; esc stops that."
"""The answer to a wish for rows while a call is under way, as long as it is."""


STOPPED = "Stopped; what was loaded stays."
"""Said of a load that was stopped, until the next one begins."""

STOPPED_EMPTY = "Stopped; nothing has been loaded."


def remark_words(reading: Reading | None, query: Query, *, offline: bool) -> str:
    """Return what the count must be read with: rows of the archive, the cap under a tag."""
    if reading is None:
        return ""
    if reading.kept or (not reading.pages and reading.view.count):
        source = f"{'offline, ' if offline else ''}from the archive"
        if not reading.view.count:
            return source
        seen = reading.known.seen
        at = f"{datetime.fromtimestamp(seen, UTC):%Y-%m-%d %H:%M} UTC" if seen else "before"
        return f"{source}, last seen {at}"
    return TAG_CAP if query.tags else ""


def not_kept_facts(known: Known) -> tuple[tuple[str, str], ...]:
    """Return what is known of a content that is not kept, or nothing where it is at hand."""
    if not known.content_missing:
        return ()
    return (("Size", byte_count(known.content_size)), ("SHA-256", known.content_sha256))


def provenance(known: Known, *, kept: bool) -> tuple[tuple[str, str], ...]:
    """Return when the service last told of a send and, among rows of many, to whom."""
    seen = f"{datetime.fromtimestamp(known.seen, UTC):%Y-%m-%d %H:%M:%S} UTC"
    return (("Seen", seen), *((("Seen as", known.scope),) if kept else ()))


SOON: Final = 600.0
"""Seconds before the end of credentials from which it is said how long they last."""


def ends_words(expires_at: float | None, now: float) -> str:
    """Return how long credentials last, in whole minutes, where that is not long."""
    if expires_at is None or expires_at - now > SOON:
        return ""
    minutes = math.ceil((expires_at - now) / 60)
    return f"credentials end in {minutes} min" if minutes > 0 else "credentials have ended"


def next_look(left: float) -> float:
    """Return after how many seconds `ends_words` changes, `left` seconds before the end."""
    return left - SOON + 1 if left > SOON else left % 60 + 1


def trouble_words(failure: ApiError | None, clock_ahead: float = 0.0) -> str:
    """Return a few words for what stands in the way, or for a clock that has to be set, if any."""
    match failure:
        case None:
            return clock_words(clock_ahead) if clock_ahead else ""
        case Throttled():
            return "throttled"
        case Denied():
            return "denied"
        case CredentialsUnavailable():
            return "no credentials"
        case SignatureRejected() | TokenExpired():
            return "credentials refused"
        case NotReached():
            return "offline"
        case Refused() if not isinstance(failure, ServiceFailed):
            return "refused"
        case _:
            return "failed"


AFTERWARDS: Final = "Then r asks again; P picks a profile."
"""The keys that help once something has been done about missing credentials."""


def nobody_words(failure: CredentialsUnavailable) -> tuple[str, ...]:
    """Return that nobody is known to ask as: where was looked, what each place had, what helps."""
    if not failure.looks:
        return ("There are no credentials to ask with.", "", str(failure), "", AFTERWARDS)
    return (
        "Nobody is known to ask as.",
        "",
        "These places were looked at:",
        *(f"  {look.place}: {look.outcome}" for look in failure.looks),
        "",
        "What helps:",
        *(f"  {remedy}" for remedy in failure.remedies or (failure.advice,)),
        "",
        AFTERWARDS,
    )


def clock_words(ahead: float) -> str:
    """Return how wrong this machine's clock is where the service's is `ahead` seconds ahead."""
    return f"clock {duration(abs(ahead))} {'slow' if ahead > 0 else 'fast'}"


def empty_words(
    query: Query,
    *,
    asking: bool,
    ended: bool,
    failure: ApiError | None,
    hidden: int,
    kept: bool = False,
    policy: str = "",
) -> tuple[str, ...]:
    """Return what an empty table says: why it is empty, and the key that helps.

    Rows that are `kept` come from the archive, and nobody has been asked. Who is denied sees the
    `policy` that would be needed.
    """
    if hidden:
        return (f"The local filter hides all {hidden:,} rows that are loaded.", "esc clears it.")
    match failure:
        case None:
            pass
        case Denied() as denied:
            needed = denied.action or "ecs:DescribeSendFileResults"
            return (
                "This identity may not read the records.",
                f"Somebody has to allow it {needed}; then r asks again.",
                "Y p copies the policy that grants just what is needed, P changes the profile.",
                *("", *policy.splitlines()) * bool(policy),
            )
        case CredentialsUnavailable() as missing:
            return nobody_words(missing)
        case Throttled():
            return ("The account's quota for this call is used up for now.", "r asks again now.")
        case NotReached():
            return ("The service cannot be reached.", "r tries again now, R changes the region.")
        case _:
            return ("Nothing could be loaded, for the reason given below.", "r tries again.")
    if not query.region:
        return ("No region is chosen.", "R chooses one.")
    if not ended and not asking:
        return ("Nothing is loaded.", "m loads, r asks again.")
    if not ended:
        return (f"Asking for the files that were sent in {query.region}…",)
    if kept:
        return (
            f"The archive has nothing {'like that' if query.is_filtered() else 'of that region'}.",
            "Only what was seen before is in it; R changes the region, f the filters.",
        )
    if query.is_filtered():
        return ("Nothing that was sent matches the filters.", "X clears them, f changes them.")
    return (
        f"The service has no records of files sent in {query.region}.",
        "It keeps them for a limited time only. r asks again, R changes the region.",
    )
