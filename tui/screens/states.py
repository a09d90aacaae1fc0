"""What the explorer says of its own state: one place for the words of every state."""

from __future__ import annotations

from tui.api.errors import (
    ApiError,
    CredentialsUnavailable,
    Denied,
    NotReached,
    Refused,
    SignatureRejected,
    Throttled,
    TokenExpired,
)
from tui.records import Query

TAG_CAP = "the service shows at most 1,000 under a tag"

LOADING_ALREADY = "Rows are being loaded already; esc stops that."
"""The answer to a wish for rows while a call is under way, as long as it is."""


def trouble_words(failure: ApiError | None) -> str:
    """Return one or two words for what stands in the way, or nothing."""
    match failure:
        case None:
            return ""
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
        case Refused():
            return "refused"
        case _:
            return "failed"


def empty_words(
    query: Query, *, asking: bool, ended: bool, failure: ApiError | None, hidden: int
) -> tuple[str, ...]:
    """Return what an empty table says: why it is empty, and the key that helps."""
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
            )
        case CredentialsUnavailable():
            return (
                "Nobody is known to ask as.",
                "Set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET.",
            )
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
    if query.is_filtered():
        return ("Nothing that was sent matches the filters.", "X clears them, f changes them.")
    return (
        f"The service has no records of files sent in {query.region}.",
        "It keeps them for a limited time only. r asks again, R changes the region.",
    )
