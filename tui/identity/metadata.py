"""The role of the ECS instance that this runs on, from the metadata service of the machine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from tui.api.credentials import Credentials
from tui.api.errors import ApiError, CredentialsUnavailable, NotReached
from tui.identity.addresses import checked
from tui.identity.source import PATIENCE, About, clock_ahead, document, triple
from tui.identity.switches import is_on

if TYPE_CHECKING:
    from tui.api.transport import Answer
    from tui.identity.asking import Asker

SERVICE: Final = "http://100.100.100.200"
"""The service as every instance finds it; no proxy stands in between."""

SERVICE_VARIABLE: Final = "ALIBABA_CLOUD_ECS_METADATA_ENDPOINT"
"""Names another service; plain http for this machine only."""

BUDGET: Final = 1.0
"""Seconds for all that is asked: the service is in the machine itself, or nowhere."""

TOKEN_LIFE: Final = 21_600
"""How long the token of version 2 is to last, in seconds: the most that is given."""

_TOKEN_PATH: Final = "/latest/api/token"  # noqa: S105 - a path
_ROLES_PATH: Final = "/latest/meta-data/ram/security-credentials/"
_ROLE: Final = re.compile(r"[\w.-]{1,64}", re.ASCII)
_WHOLE_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,2000}")


class NoRole(CredentialsUnavailable):
    """The service is not there, or the instance has no role: nothing is set up that could fail."""


@dataclass(frozen=True, slots=True)
class InstanceRole:
    """The role of this instance: version 2 of the service, and version 1 where that is all."""

    about: About
    role_name: str = ""
    """Empty: whichever the instance has."""
    service: str = SERVICE
    v1: bool = True
    """Whether version 1 may be used."""
    kept: bool = False
    patience: float = PATIENCE

    @property
    def scope(self) -> tuple[str, ...]:
        """The role of this machine, whatever its name."""
        return ("instance", self.role_name)

    def determinants(self) -> tuple[str, ...]:
        """Return the role and where it is asked for."""
        return ("instance", self.service, self.role_name)

    async def fetch(self, asker: Asker) -> Credentials:
        """Ask for the role's credentials."""
        service = checked(self.service, "metadata endpoint")
        conversation = _Conversation(asker, service, asker.clock() + BUDGET)
        await conversation.begin(v1=self.v1)
        role = self.role_name or await conversation.role()
        answer = await conversation.get(_ROLES_PATH + quote(role, safe=""))
        if answer.status == 404:
            raise NoRole(f"This instance does not have the RAM role {role}.")
        if answer.status != 200:
            raise CredentialsUnavailable(
                f"The metadata service answers HTTP {answer.status} for the role {role}."
            )
        found = document(answer)
        if found.get("Code") != "Success":
            raise CredentialsUnavailable(
                f"The metadata service gives nothing for the role {role}: {found.get('Code')}."
            )
        now = asker.clock()
        return triple(found, now=now, ahead=clock_ahead(answer, now))


class _Conversation:
    """A few questions to the service that have one end in time."""

    def __init__(self, asker: Asker, service: str, ends: float) -> None:
        self._asker = asker
        self._service = service
        self._ends = ends
        self._headers: tuple[tuple[str, str], ...] = ()

    async def begin(self, *, v1: bool) -> None:
        """Ask for a token of version 2; without one go on by version 1, where that may be."""
        wanted = ("x-aliyun-ecs-metadata-token-ttl-seconds", str(TOKEN_LIFE))
        answer = await self._ask("PUT", _TOKEN_PATH, (wanted,))
        token = answer.body.decode("ascii", "replace").strip()
        if answer.status == 200 and _WHOLE_TOKEN.fullmatch(token):
            self._headers = (("x-aliyun-ecs-metadata-token", token),)
        elif not v1:
            raise CredentialsUnavailable(
                f"The metadata service gives no token (HTTP {answer.status}), and version 1"
                " may not be used here.",
                advice="Unset ALIBABA_CLOUD_IMDSV1_DISABLED, or have version 2 enabled.",
            )

    async def role(self) -> str:
        """Ask which role the instance has."""
        answer = await self.get(_ROLES_PATH)
        lines = answer.body[:200].decode("ascii", "replace").split()
        if answer.status == 404 or (answer.status == 200 and not lines):
            raise NoRole("This instance has no RAM role.")
        if answer.status != 200 or not _ROLE.fullmatch(lines[0]):
            raise CredentialsUnavailable(
                f"The metadata service answers HTTP {answer.status} and no role's name."
            )
        return lines[0]

    async def get(self, path: str) -> Answer:
        """Ask for something."""
        return await self._ask("GET", path, self._headers)

    async def _ask(self, method: str, path: str, headers: tuple[tuple[str, str], ...]) -> Answer:
        left = self._ends - self._asker.clock()
        try:
            if left <= 0:
                raise NotReached("There is no time left.")
            return await self._asker.fetch(method, self._service + path, headers, within=left)
        except NotReached as error:
            raise NoRole(
                f"The metadata service does not answer within {BUDGET:g} s; this may be no ECS"
                " instance.",
            ) from error
        except ApiError as error:
            raise NoRole(f"What answers is no metadata service: {error.sentence}") from error


def disabled(environ: Mapping[str, str]) -> bool:
    """Say whether the service is not to be asked unless a profile says so."""
    return is_on(environ, "ALIBABA_CLOUD_ECS_METADATA_DISABLED")


def v1_allowed(environ: Mapping[str, str]) -> bool:
    """Say whether version 1 of the service may be used."""
    return not is_on(environ, "ALIBABA_CLOUD_IMDSV1_DISABLED", "ALIBABA_CLOUD_IMDS_V1_DISABLED")


def service(environ: Mapping[str, str]) -> str:
    """Return where the service is: elsewhere than usual only where a test has it."""
    return environ.get(SERVICE_VARIABLE, "").strip().rstrip("/") or SERVICE
