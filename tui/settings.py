"""What a user may set, and where each value came from: flag, environment, file or default.

A flag beats `SENDFILE_EXPLORER_<SETTING>`, that beats the vendor's own variables, those beat
`config.toml`, and the default is last. Validation is short and our own, so that reading the
settings costs no library.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, Final

from tui import toml
from tui.late_dataclass import dataclass
from tui.plain import printable
from tui.records import page_size_problem

PREFIX: Final = "SENDFILE_EXPLORER_"
"""Before the name of a setting, in upper case: the environment variable that sets it."""

MAX_CONFIG_BYTES: Final = 1 << 20
"""The largest `config.toml` that is read, in bytes; a log given by mistake is larger."""

MAX_SECONDS: Final = 3600.0
"""The longest timeout that is taken, in seconds."""

MAX_DAYS: Final = 36_500
"""The longest time that is taken for keeping, in days; 0 is the way to say for ever."""

MAX_MEGABYTES: Final = 1_000_000_000
"""The largest size that is taken for the archive's file; 0 is the way to say any."""

ARCHIVE_TABLE: Final = {
    "enabled": "archive",
    "contents": "archive_contents",
    "days": "archive_days",
    "megabytes": "archive_megabytes",
}
"""Key in the table `[archive]` of `config.toml` -> the setting that it is another name of."""

_SHOWN: Final = 60
"""How many characters of a wrong value an error sentence repeats."""


class SettingsError(ValueError):
    """A setting that cannot be used; `str()` of it is one printable sentence."""


@dataclass(frozen=True)
class Settings:
    """Every setting with its value; the field names are the names in `config.toml`."""

    profile: str = ""
    """A profile of the vendor's command line; empty: the default order of sources."""
    region: str = ""
    endpoint: str = ""
    """`host[:port]` or a URL, checked where it is resolved; empty: by the region."""
    network: str = ""
    """`vpc` for the endpoints inside the vendor's network, or empty."""
    connect_timeout: float = 5.0
    """Seconds."""
    read_timeout: float = 10.0
    """Seconds."""
    page_size: int = 50
    archive: bool = True
    """Whether what has been seen is kept."""
    archive_contents: bool = False
    """Whether the contents of files are kept, too."""
    archive_days: int = 400
    """How old what is kept may become; 0: no limit."""
    archive_megabytes: int = 2000
    """How large the archive's file may become, in millions of bytes; 0: no limit."""
    cache: bool = True
    """Whether temporary credentials are kept."""
    log_file: str = ""
    mouse: bool = True
    slow: bool = False
    """Whether to draw as little as a slow line needs."""
    theme: str = ""
    line_driver: bool = True
    """Whether only the cells that changed are written."""
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Name of a setting -> where its value came from, in words for the `config` command."""
    warnings: tuple[str, ...] = field(default=(), compare=False)
    """Sentences about what was found and left alone."""


@dataclass(frozen=True)
class Rule:
    """What one setting takes, and the vendor's variables that set it besides ours."""

    name: str
    read: Callable[[object], object]
    """Turn text or a TOML value into the setting's; ValueError says what it should be."""
    variables: tuple[str, ...] = ()

    @property
    def variable(self) -> str:
        """Our own environment variable for this setting."""
        return PREFIX + self.name.upper()


def read_text(value: object) -> str:
    """Read one line of text."""
    if not isinstance(value, str):
        raise ValueError("a string in quotes is expected")
    if not value.isprintable():
        raise ValueError("a line without control characters is expected")
    return value.strip()


def read_seconds(value: object) -> float:
    """Read a number of seconds above 0."""
    try:
        seconds = float(value) if isinstance(value, (int, float, str)) else math.nan
    except (ValueError, OverflowError):
        seconds = math.nan
    if isinstance(value, bool) or not 0 < seconds <= MAX_SECONDS:
        raise ValueError(f"a number of seconds above 0 and up to {MAX_SECONDS:.0f} is expected")
    return seconds


def read_page_size(value: object) -> int:
    """Read a page size within the API's range."""
    size = _whole(value)
    if size is None or page_size_problem(size):
        raise ValueError("a whole number from 1 to 50 is expected")
    return size


def read_days(value: object) -> int:
    """Read a number of days, 0 for no limit."""
    return _limit(value, MAX_DAYS)


def read_megabytes(value: object) -> int:
    """Read a size in millions of bytes, 0 for no limit."""
    return _limit(value, MAX_MEGABYTES)


def _limit(value: object, most: int) -> int:
    limit = _whole(value)
    if limit is None or not 0 <= limit <= most:
        raise ValueError(f"a whole number from 0 (no limit) to {most} is expected")
    return limit


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    try:
        return int(value)
    except ValueError:
        return None


def read_switch(value: object) -> bool:
    """Read yes or no in one of the usual spellings."""
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else ""
    if word in ("1", "true", "yes", "on"):
        return True
    if word in ("0", "false", "no", "off"):
        return False
    raise ValueError("true or false is expected")


def read_network(value: object) -> str:
    """Read the network whose endpoints are meant."""
    network = read_text(value).lower()
    if network not in ("", "vpc"):
        raise ValueError("vpc is expected, or nothing")
    return network


RULES: Final = (
    Rule(
        "profile",
        read_text,
        ("ALIBABA_CLOUD_PROFILE", "ALIBABACLOUD_PROFILE", "ALICLOUD_PROFILE"),
    ),
    Rule(
        "region",
        read_text,
        (
            "ALIBABA_CLOUD_REGION_ID",
            "ALIBABACLOUD_REGION_ID",
            "ALICLOUD_REGION_ID",
            "REGION_ID",
            "REGION",
        ),
    ),
    Rule("endpoint", read_text, ("ALIBABA_CLOUD_ENDPOINT",)),
    Rule("network", read_network, ("ALIBABA_CLOUD_ENDPOINT_TYPE",)),
    Rule("connect_timeout", read_seconds),
    Rule("read_timeout", read_seconds),
    Rule("page_size", read_page_size),
    Rule("archive", read_switch),
    Rule("archive_contents", read_switch),
    Rule("archive_days", read_days),
    Rule("archive_megabytes", read_megabytes),
    Rule("cache", read_switch),
    Rule("log_file", read_text),
    Rule("mouse", read_switch),
    Rule("slow", read_switch),
    Rule("theme", read_text),
    Rule("line_driver", read_switch),
)
"""Every setting, in the order of the `config` command."""


def load(
    config_path: Path | None,
    environ: Mapping[str, str],
    flags: Mapping[str, str],
    *,
    default_path: Path | None = None,
) -> Settings:
    """Merge every source into the settings.

    Args:
        config_path: a file that the user named: it has to exist.
        environ: the environment; an empty variable counts as not set.
        flags: name of a setting -> text from the command line.
        default_path: the file that is read when none was named and it exists.

    Raises:
        SettingsError: a file or value that cannot be used, in one sentence.
    """
    path = config_path if config_path is not None else default_path
    warnings: list[str] = []
    table = {} if path is None else _read_file(path, config_path is not None, warnings)
    warnings.extend(_strays(environ))
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for rule in RULES:
        origins[rule.name] = "default"
        for origin, value in _sources(rule, path, table, environ, flags):
            values[rule.name] = _read(rule, origin, value)
            origins[rule.name] = origin
            break
    return Settings(**values, origins=origins, warnings=tuple(warnings))


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that is most like `word`, or an empty string."""
    import difflib

    matches = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return matches[0] if matches else ""


def as_toml(settings: Settings) -> str:
    """Return the settings as lines of TOML, the origin of each in a comment."""
    lines = [(f"{rule.name} = {_toml(getattr(settings, rule.name))}", rule) for rule in RULES]
    width = max(len(line) for line, _ in lines)
    return "".join(
        f"{line:<{width}}  # {printable(settings.origins.get(rule.name, 'default'))}\n"
        for line, rule in lines
    )


def _sources(
    rule: Rule,
    path: Path | None,
    table: Mapping[str, object],
    environ: Mapping[str, str],
    flags: Mapping[str, str],
) -> Iterable[tuple[str, object]]:
    if rule.name in flags:
        yield "flag", flags[rule.name]
    for variable in (rule.variable, *rule.variables):
        if environ.get(variable):
            yield variable, environ[variable]
    if rule.name in table:
        yield printable(str(path)), table[rule.name]


def _read(rule: Rule, origin: str, value: object) -> object:
    try:
        return rule.read(value)
    except ValueError as error:
        where = f"--{rule.name.replace('_', '-')}" if origin == "flag" else origin
        if origin not in ("flag", rule.variable, *rule.variables):
            where = f"{rule.name} in {origin}"
        shown = printable(_words(value), _SHOWN)
        raise SettingsError(f"{where} is {shown!r}: {error}.") from None


def _words(value: object) -> str:
    try:
        return str(value)
    except ValueError:
        # A number of very many digits, which Python writes in base 16 only.
        return hex(value) if isinstance(value, int) else "too large"


def _read_file(path: Path, required: bool, warnings: list[str]) -> Mapping[str, object]:
    """Read the file; only a home that is somebody else's is left alone, with a warning."""
    name = printable(str(path))
    try:
        content = toml.content_of(path, MAX_CONFIG_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        if not required:
            return {}
        raise SettingsError(f"The configuration file {name} does not exist.") from None
    except OSError as error:
        reason = printable(error.strerror or str(error))
        sentence = f"The configuration file {name} cannot be read: {reason}."
        if isinstance(error, PermissionError) and not required:
            warnings.append(sentence)
            return {}
        raise SettingsError(sentence) from None
    try:
        table = toml.read(content)
    except toml.NotTomlError as error:
        raise SettingsError(
            f"The configuration file {name} is not TOML: {printable(str(error))}."
        ) from None
    _check_keys(table, [rule.name for rule in RULES], name)
    return _flattened(table, name)


def _check_keys(table: Mapping[str, object], known: Iterable[str], name: str) -> None:
    known = list(known)
    for key in table:
        if key not in known:
            near = nearest(key, known)
            advice = f"; the nearest is {near}" if near else ""
            raise SettingsError(f"{printable(key, _SHOWN)!r} in {name} is no setting{advice}.")


def _flattened(table: Mapping[str, object], name: str) -> Mapping[str, object]:
    """Return the table with what `[archive]` says under the names of the settings."""
    nested = table.get("archive")
    if not isinstance(nested, dict):
        return table
    _check_keys(nested, ARCHIVE_TABLE, f"[archive] in {name}")
    flat = {key: value for key, value in table.items() if key != "archive"}
    for key, value in nested.items():
        setting = ARCHIVE_TABLE[key]
        if setting in flat:
            raise SettingsError(f"{name} sets {setting} and archive.{key}, which are the same.")
        flat[setting] = value
    return flat


def _strays(environ: Mapping[str, str]) -> Iterable[str]:
    """Name the variables that look like a misspelled setting."""
    known = [rule.variable for rule in RULES]
    for variable in environ:
        if variable.startswith(PREFIX) and variable not in known:
            near = nearest(variable.removeprefix(PREFIX), [rule.name.upper() for rule in RULES])
            if near:
                yield f"{printable(variable, _SHOWN)} is no setting; the nearest is {PREFIX}{near}."


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = printable(value).replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return str(value)
