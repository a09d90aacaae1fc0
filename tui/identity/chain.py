"""Who is asking: the one source that is to be asked, known at once and without asking anybody."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from tui.api.credentials import Credentials
from tui.api.endpoints import Endpoint
from tui.api.errors import CredentialsUnavailable
from tui.identity import building, looking, modes, profiles
from tui.identity.building import Surroundings
from tui.identity.looking import Look
from tui.identity.modes import ProfileSummary
from tui.identity.profiles import Profile
from tui.identity.source import FaultySource, Source, blamed
from tui.late_dataclass import dataclass


@dataclass(frozen=True)
class Choice:
    """Who is to ask, as far as that is known before anybody has been asked."""

    look: Look
    """Where it was found."""
    source: Source
    around: Surroundings
    name: str = ""
    """The profile that somebody has named; empty where the usual order was followed."""

    @property
    def words(self) -> str:
        """What the status line says: `environment`, `profile ops`, …; printable."""
        return self.source.about.words

    @property
    def detail(self) -> str:
        """How it comes by credentials: the mode of a profile and the like; perhaps empty."""
        return self.source.about.detail

    @property
    def key(self) -> str:
        """A hash of whom it stands for, which renewed credentials do not change."""
        return hashed("scope", *self.source.scope)

    @property
    def profile(self) -> Profile | None:
        """The profile that it is, whose region, endpoint, network and timeouts are to be heeded."""
        return self.look.profile

    @property
    def fault(self) -> CredentialsUnavailable | None:
        """What is known to be wrong before anybody is asked."""
        source = self.source
        return blamed(source.about, source.fault) if isinstance(source, FaultySource) else None

    def sts_endpoint(self) -> Endpoint:
        """Return where the Security Token Service is asked.

        Raises:
            tui.api.errors.CredentialsUnavailable: what somebody has named cannot be used.
        """
        return building.sts_endpoint(self.profile, self.around)

    def again(self) -> Source:
        """Look at the same place anew: a file may have newer credentials of the same identity."""
        if self.profile is None:
            return self.source
        for look in looking.named(self.profile.name, self.around):
            found = look.profile
            if look.source is None or (found and found.origin != self.profile.origin):
                continue
            if isinstance(look.source, FaultySource) or look.source.scope == self.source.scope:
                return look.source
            changed = CredentialsUnavailable(
                "It is somebody else now than when this began.", advice="Start again."
            )
            return FaultySource(self.source.about, changed)
        return self.source


def choose(around: Surroundings, profile: str = "") -> Choice:
    """Return who is to ask; what is wrong is its `fault`, or raised when it is asked.

    Args:
        around: the environment, network and region.
        profile: one that somebody has named, which wins over everything; empty for the order of
            the vendor's SDKs.
    """
    looks = looking.named(profile, around) if profile else looking.everywhere(around)
    for look in looks:
        if look.source is not None:
            return Choice(look, look.source, around, profile)
    raise AssertionError("the last place always has something to ask")


def survey(around: Surroundings, profile: str = "") -> tuple[Look, ...]:
    """Return what every place has, those after the one that decides as well."""
    named = looking.named(profile, around) if profile else ()
    return (*named, *looking.everywhere(around))


def summaries(around: Surroundings, now: float) -> tuple[ProfileSummary, ...]:
    """Return the profiles of the vendor's command line as a picker shows them."""
    return modes.summaries(profiles.load(around.environ), now)


def hashed(*parts: str) -> str:
    """Return a hash of texts, in which none can take the place of two others."""
    return _digest(part.encode("utf-8", "surrogatepass") for part in parts)


def cache_key(source: Source) -> str:
    """Return the name under which answers of a source are kept: a hash of all they depend on."""
    return hashed("credentials", *source.determinants())


def caller_key(choice: Choice, credentials: Credentials, at: Endpoint) -> str:
    """Return the name under which is kept who the service says that somebody is.

    A role is the same whatever its credentials; of others their access key says who they are.
    """
    own = "" if choice.source.scope[0] == "role" else credentials.access_key_id
    return hashed("caller", at.url, choice.key, own)


def _digest(parts: Iterable[bytes]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big"))
        whole.update(part)
    return whole.hexdigest()[:40]
