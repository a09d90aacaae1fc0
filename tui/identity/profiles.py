"""Profiles of the vendor's command line: what `config.json` says, as typed values."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, Final

from tui.identity import files
from tui.identity.files import FileUnusable
from tui.late_dataclass import dataclass

LATEST: Final = 253_402_300_799.0
"""The last second that a time is read up to: the year 9999."""


@dataclass(frozen=True)
class Profile:
    """One profile, under the field names of `config.json`; empty and 0 where it says nothing.

    What is secret, or may have a secret in it, never shows in its representation. Times are unix
    seconds, durations seconds.
    """

    name: str
    origin: Path
    """The file that it stands in."""
    mode: str = ""
    """As it is written there; `modes.mode_of` says what it means."""
    access_key_id: str = ""
    access_key_secret: str = field(default="", repr=False)
    sts_token: str = field(default="", repr=False)
    sts_expiration: float = 0
    sts_region: str = ""
    sts_endpoint: str = ""
    ram_role_name: str = ""
    ram_role_arn: str = ""
    ram_session_name: str = ""
    external_id: str = field(default="", repr=False)
    policy: str = ""
    """Narrows what the role may do; in JSON."""
    expired_seconds: float = 0
    """How long a session is to last."""
    source_profile: str = ""
    process_command: str = field(default="", repr=False)
    credentials_uri: str = field(default="", repr=False)
    oidc_provider_arn: str = ""
    oidc_token_file: str = ""
    cloud_sso_sign_in_url: str = ""
    cloud_sso_account_id: str = ""
    cloud_sso_access_config: str = ""
    access_token: str = field(default="", repr=False)
    """Of CloudSSO."""
    cloud_sso_access_token_expire: float = 0
    oauth_site_type: str = ""
    oauth_access_token: str = field(default="", repr=False)
    oauth_access_token_expire: float = 0
    key_pair_name: str = ""
    private_key: str = field(default="", repr=False)
    bearer_token: str = field(default="", repr=False)
    region_id: str = ""
    endpoint: str = ""
    endpoint_type: str = ""
    connect_timeout: float = 0
    read_timeout: float = 0
    retry_timeout: float = 0
    """What `read_timeout` was called before."""


@dataclass(frozen=True)
class ConfigFile:
    """The vendor's `config.json`."""

    path: Path
    present: bool = False
    problem: str = ""
    """Why it cannot be used, as the end of a sentence; empty where it can, or is not there."""
    current: str = ""
    """The profile that holds where none is named."""
    profiles: tuple[Profile, ...] = ()

    def find(self, name: str) -> Profile | None:
        """Return the profile of a name; the first, where several have it."""
        return next((each for each in self.profiles if each.name == name), None)


def load(environ: Mapping[str, str]) -> ConfigFile:
    """Read `config.json`; whatever is wrong with it is said in its `problem`."""
    path = files.config_file(environ)
    try:
        text = files.read(path)
        if text is None:
            return ConfigFile(path)
        document = _document(text)
        found = document.get("profiles")
        if found is None:
            found = []
        if not isinstance(found, list):
            raise FileUnusable("its “profiles” is not a list")
    except FileUnusable as reason:
        return ConfigFile(path, present=True, problem=str(reason))
    profiles = tuple(from_values(each, path) for each in found if isinstance(each, dict))
    return ConfigFile(
        path,
        present=True,
        current=_text(document.get("current")),
        profiles=tuple(each for each in profiles if each.name),
    )


def from_values(values: Mapping[str, object], origin: Path) -> Profile:
    """Return the profile that these values make, under the names of its fields.

    What is of a wrong kind counts as not said.
    """
    readers: dict[str, Callable[[object], object]] = {"str": _text, "float": _number}
    read: dict[str, Any] = {
        name: readers[kind](values.get(name))
        for name, kind in Profile.__annotations__.items()
        if kind in readers
    }
    return Profile(origin=origin, **read)


def _document(text: str) -> Mapping[str, object]:
    if not text.strip():
        raise FileUnusable("it is empty")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise FileUnusable(f"it is not JSON{where}") from None
    if not isinstance(document, dict):
        raise FileUnusable("it is not an object of JSON")
    return document


def _text(value: object) -> str:
    """Read a text; a number stands for its digits."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**20:
        return str(value)
    return ""


def _number(value: object) -> float:
    """Read a number that is not negative, perhaps written as text; 0 for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return 0.0
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return 0.0
    return number if math.isfinite(number) and 0 <= number <= LATEST else 0.0
