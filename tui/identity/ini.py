"""The ini file of the vendor's SDKs: its sections as profiles."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tui.identity import files, profiles
from tui.identity.files import FileUnusable
from tui.identity.profiles import ConfigFile, Profile

DEFAULT_SECTION: Final = "default"
"""The section that holds where none is named."""

MODES: Final[Mapping[str, str]] = {
    "access_key": "AK",
    "sts": "StsToken",
    "ram_role_arn": "RamRoleArn",
    "oidc_role_arn": "OIDC",
    "ecs_ram_role": "EcsRamRole",
    "rsa_key_pair": "RsaKeyPair",
    "credentials_uri": "CredentialsURI",
    "bearer": "BearerToken",
}
"""The types of a section by the modes of the command line that they are."""

NAMES: Final[Mapping[str, str]] = {
    "security_token": "sts_token",
    "role_arn": "ram_role_arn",
    "role_session_name": "ram_session_name",
    "role_name": "ram_role_name",
    "oidc_token_file_path": "oidc_token_file",
    "duration_seconds": "expired_seconds",
    "session_expiration": "expired_seconds",
    "sts_region_id": "sts_region",
    "public_key_id": "key_pair_name",
    "private_key_file": "private_key",
}
"""Names of values that the command line calls otherwise."""


def load(environ: Mapping[str, str]) -> ConfigFile:
    """Read the file of the SDKs: the first of its places where one is."""
    paths = files.credentials_files(environ)
    for path in paths:
        try:
            text = files.read(path)
            if text is not None:
                return ConfigFile(
                    path, present=True, current=DEFAULT_SECTION, profiles=_sections(text, path)
                )
        except FileUnusable as reason:
            return ConfigFile(path, present=True, problem=str(reason))
    return ConfigFile(paths[0])


def _sections(text: str, path: Path) -> tuple[Profile, ...]:
    import configparser

    # No section is special and nothing is put in place of a %: a secret may have one.
    parser = configparser.RawConfigParser(
        default_section="", strict=False, empty_lines_in_values=False
    )
    try:
        parser.read_string(text)
    except configparser.Error as error:
        line = getattr(error, "lineno", None) or next(
            (number for number, _ in getattr(error, "errors", ())), None
        )
        where = f" (line {line})" if line else ""
        raise FileUnusable(f"it is not an ini file{where}") from None
    return tuple(_profile(name, parser[name], path) for name in parser.sections() if name)


def _profile(name: str, section: Mapping[str, str | None], path: Path) -> Profile:
    values = {NAMES.get(key, key): value or "" for key, value in section.items()}
    # The SDKs cut a value at a #, and with them everybody who has written the file.
    values = {key: value.partition("#")[0] for key, value in values.items()}
    kind = values.pop("type", "").strip()
    named = {"name": name, "mode": MODES.get(kind.lower(), kind)}
    return profiles.from_values({**values, **named}, path)
