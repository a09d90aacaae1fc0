"""What the explorer says of its own state: one place for the words of every state.

An action in braces stands for its key, which a keymap may have changed; `with_keys` fills it in.
"""

from __future__ import annotations

import math
from collections.abc import Callable
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

LOADING_ALREADY = "Rows are being loaded already; {back} stops that."
"""The answer to a wish for rows while a call is under way, as long as it is."""


ALL_LOADED = "All is loaded; {refresh} asks for what is new."

TWICE = "{interrupt} once more quits."

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


AFTERWARDS: Final = "Then {refresh} asks again; {profile} picks a profile."
"""The keys that help once something has been done about missing credentials."""


def nobody_words(failure: CredentialsUnavailable, keyed: Callable[[str], str]) -> tuple[str, ...]:
    """Return that nobody is known to ask as: where was looked, what each place had, what helps."""
    if not failure.looks:
        return ("There are no credentials to ask with.", "", str(failure), "", keyed(AFTERWARDS))
    return (
        "Nobody is known to ask as.",
        "",
        "These places were looked at:",
        *(f"  {look.place}: {look.outcome}" for look in failure.looks),
        "",
        "What helps:",
        *(f"  {remedy}" for remedy in failure.remedies or (failure.advice,)),
        "",
        keyed(AFTERWARDS),
    )


def clock_words(ahead: float) -> str:
    """Return how wrong this machine's clock is where the service's is `ahead` seconds ahead."""
    return f"clock {duration(abs(ahead))} {'slow' if ahead > 0 else 'fast'}"


def empty_words(
    query: Query,
    keyed: Callable[[str], str],
    *,
    asking: bool,
    ended: bool,
    failure: ApiError | None,
    hidden: int,
    kept: bool = False,
    policy: str = "",
) -> tuple[str, ...]:
    """Return what an empty table says: why it is empty, and the key that helps.

    `keyed` puts keys in the place of actions. Rows that are `kept` come from the archive, and
    nobody has been asked. Who is denied sees the `policy` that would be needed.
    """
    if hidden:
        words = f"The local filter hides all {hidden:,} rows that are loaded."
        return (words, keyed("{back} clears it."))
    match failure:
        case None:
            pass
        case Denied() as denied:
            needed = denied.action or "ecs:DescribeSendFileResults"
            return (
                "This identity may not read the records.",
                f"Somebody has to allow it {needed}; {keyed('then {refresh} asks again.')}",
                keyed("{copy.menu} p copies the policy that grants just what is needed,")
                + keyed(" {profile} changes the profile."),
                *("", *policy.splitlines()) * bool(policy),
            )
        case CredentialsUnavailable() as missing:
            return nobody_words(missing, keyed)
        case Throttled():
            words = "The account's quota for this call is used up for now."
            return (words, keyed("{refresh} asks again now."))
        case NotReached():
            words = "{refresh} tries again now, {region} changes the region."
            return ("The service cannot be reached.", keyed(words))
        case _:
            words = "Nothing could be loaded, for the reason given below."
            return (words, keyed("{refresh} tries again."))
    if not query.region:
        return ("No region is chosen.", keyed("{region} chooses one."))
    if not ended and not asking:
        return ("Nothing is loaded.", keyed("{load.page} loads, {refresh} asks again."))
    if not ended:
        return (f"Asking for the files that were sent in {query.region}…",)
    if kept:
        return (
            f"The archive has nothing {'like that' if query.is_filtered() else 'of that region'}.",
            "Only what was seen before is in it; "
            + keyed("{region} changes the region, {filters.open} the filters."),
        )
    if query.is_filtered():
        words = "{filters.clear} clears them, {filters.open} changes them."
        return ("Nothing that was sent matches the filters.", keyed(words))
    return (
        f"The service has no records of files sent in {query.region}.",
        "It keeps them for a limited time only. "
        + keyed("{refresh} asks again, {region} changes the region."),
    )
