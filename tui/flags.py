"""The words of the command line as data: every command and flag, with what help says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tui.late_dataclass import dataclass
from tui.records import OVERALL_STATUSES

PROGRAM: Final = "sendfile-explorer"
"""The command's name in usage lines and sentences."""

ALIAS: Final = "sfx"
"""The same command, shorter."""

OUTPUTS: Final = ("table", "json", "ndjson", "csv", "ids")
"""The formats of `list`."""

PAGINGS: Final = ("token", "number")
"""How `list` asks for the next page."""

ARCHIVE_ACTIONS: Final = ("info", "export", "prune")
CACHE_ACTIONS: Final = ("clear",)


@dataclass(frozen=True)
class Flag:
    """One flag; its value stays text until the request is built."""

    name: str
    """With its dashes; the destination is the name without them, underscored."""
    help: str
    metavar: str = ""
    """Empty for a switch."""
    short: str = ""
    repeat: bool = False
    setting: str = ""
    """The setting that this flag sets, where it sets one."""
    value: str = "true"
    """What a switch sets."""
    choices: tuple[str, ...] = ()
    """What it can be, where that is a closed set."""

    @property
    def destination(self) -> str:
        """The attribute under which the value is found."""
        return self.name.lstrip("-").replace("-", "_")


@dataclass(frozen=True)
class Command:
    """One command: its flags in titled groups, and the words that it takes besides."""

    summary: str
    groups: tuple[tuple[str, tuple[Flag, ...]], ...]
    words: tuple[tuple[str, str], ...] = ()
    """Metavar and help of each positional word, all of them required."""
    actions: tuple[str, ...] = ()
    """What the only word can be, where that is a closed set."""
    epilog: str = ""

    @property
    def flags(self) -> tuple[Flag, ...]:
        """Every flag of the command."""
        return tuple(flag for _, flags in self.groups for flag in flags)


def _setting(
    name: str,
    help_: str,
    metavar: str = "",
    short: str = "",
    value: str = "",
    choices: tuple[str, ...] = (),
) -> Flag:
    setting = name.removeprefix("--no-").lstrip("-").replace("-", "_")
    return Flag(
        name, help_, metavar, short, setting=setting, value=value or "true", choices=choices
    )


ALWAYS: Final = (
    Flag("--help", "Show this help.", short="-h"),
    Flag("--version", "Show the version."),
)
"""Flags of every command."""

CONNECTION: Final = (
    _setting("--profile", "Profile of the vendor's command line to act as.", "NAME", "-p"),
    _setting("--region", "Region to ask, for example cn-hangzhou.", "ID"),
    _setting("--endpoint", "host[:port] or URL; plain http for loopback only.", "HOST", "-e"),
    _setting(
        "--network", "vpc: the endpoints inside the vendor's network.", "vpc", choices=("vpc",)
    ),
    _setting("--connect-timeout", "Limit for connecting (default 5).", "SECONDS"),
    _setting("--read-timeout", "Limit for each answer (default 10).", "SECONDS"),
)
"""Where to ask, and as whom."""

KEEPING: Final = (
    Flag("--config", "Settings file to read instead of the user's own.", "FILE"),
    _setting("--no-archive", "Keep nothing of what has been seen.", value="false"),
    Flag("--offline", "Answer from the archive alone."),
    _setting("--no-cache", "Keep no temporary credentials.", value="false"),
    _setting("--log-file", "Append a log without secrets to a file (0600).", "FILE"),
)
"""What is read from disk and kept there."""

DEMO: Final = (
    Flag("--demo", "Ask the embedded emulator: no account, no network, nothing kept."),
    Flag("--records", "With --demo: how many records exist (default 1000).", "N"),
    Flag("--seed", "With --demo: which records they are (default 7).", "N"),
)
"""The embedded emulator in place of the service."""

TERMINAL: Final = (
    _setting("--no-mouse", "Leave the mouse to the terminal.", value="false"),
    _setting("--slow", "Draw as little as a slow line needs."),
    _setting(
        "--theme",
        "sendfile-dark, sendfile-light, high-contrast, ansi, or one of Textual's.",
        "NAME",
    ),
    _setting("--no-line-driver", "Write whole regions, not just changed cells.", value="false"),
)
"""How the explorer draws."""

FILTERS: Final = (
    Flag("--invoke-id", "One file-sending task.", "ID"),
    Flag("--name", "Exact name of the file.", "NAME"),
    Flag("--instance-id", "Sent to this instance.", "ID"),
    Flag(
        "--status",
        "Pending, Running, Success, Failed or PartialFailed; repeat to merge.",
        "STATUS",
        repeat=True,
        choices=OVERALL_STATUSES,
    ),
    Flag("--resource-group-id", "Sent in this resource group.", "ID"),
    Flag("--tag", "Has this tag; repeat for several.", "KEY[=VALUE]", repeat=True),
)
"""The server's own filters."""

PAGE_SIZE: Final = _setting("--page-size", "Records asked for at once, 1 to 50 (default 50).", "N")
"""Of the explorer and of `list`."""

LISTING: Final = (
    Flag("--output", "table (default), json, ndjson, csv or ids.", "FORMAT", choices=OUTPUTS),
    Flag("--limit", "Stop after so many invocations (default 50).", "N"),
    Flag("--all", "Read on to the last page."),
    Flag("--since", "Not before: an ISO time (UTC unless it says otherwise), or 2h, 3d.", "TIME"),
    Flag("--until", "Not after: the same.", "TIME"),
    Flag("--error-code", "Has a result with this error code.", "CODE"),
    Flag("--exit-code", "Exit with 1 when a listed invocation has failed."),
    PAGE_SIZE,
    Flag(
        "--paging",
        "token (default), or number: concurrent, for services that serve it.",
        "HOW",
        choices=PAGINGS,
    ),
    Flag("--next-token", "Go on from where an earlier walk stopped.", "TOKEN"),
    Flag("--verify", "Compare a local file with what was sent; exit 1 if any differs.", "FILE"),
)
"""What `list` takes besides."""

EMULATOR: Final = (
    Flag("--port", "Port on 127.0.0.1 (default 0: any that is free).", "PORT"),
    Flag("--records", "How many records exist (default 1000).", "N"),
    Flag("--seed", "Which records they are (default 7).", "N"),
    Flag("--latency", "Delay of each answer.", "MS"),
    Flag(
        "--fault",
        "throttle=0.1, http500=0.05, html502=0.02, reset=0.02, truncate=0.01, slow=0.1:2000,"
        " skew=1200, expire-token=30, deny or hostile; repeat for several.",
        "SPEC",
        repeat=True,
    ),
    Flag("--retention", "Forget records that are older.", "DAYS"),
    Flag("--arrive", "New records as time passes (default 0).", "PER_MINUTE"),
    Flag("--clock-speed", "How fast the emulator's clock runs (default 1).", "X"),
    Flag("--request-log", "Append one JSON line for each request to a file.", "FILE"),
)
"""What `emulate` takes."""

_COMMON: Final = (
    ("connection", CONNECTION),
    ("demo", DEMO),
    ("files", KEEPING),
)

EXIT_CODES: Final = """\
exit codes:
  0    done and all good
  1    done, failures found (watch, list --exit-code, list --verify)
  2    the command line, a setting or the terminal is at fault
  3    the service, the network, the credentials or the output failed
  128+n  ended by signal n"""
"""The closing words of help."""

ENVIRONMENT: Final = """\
environment:
  SENDFILE_EXPLORER_<SETTING>  any setting that the config command lists
  HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE, SSL_CERT_DIR, NO_COLOR
and the vendor's own, each after ALIBABA_CLOUD_:
  ACCESS_KEY_ID, ACCESS_KEY_SECRET, SECURITY_TOKEN  who is asking
  PROFILE, CONFIG_FILE, CREDENTIALS_FILE            which profile, of which file
  CLI_PROFILE_DISABLED, IGNORE_PROFILE              ask as no profile
  REGION_ID, ENDPOINT, ENDPOINT_TYPE                where to ask
  ROLE_ARN, ROLE_SESSION_NAME, EXTERNAL_ID,
  OIDC_PROVIDER_ARN, OIDC_TOKEN_FILE                which role to take
  STS_ENDPOINT, STS_REGION, VPC_ENDPOINT_ENABLED    where to ask for it
  CREDENTIALS_URI, DISABLE_EXTERNAL_PROCESS         who else may say who asks
  ECS_METADATA, ECS_METADATA_ENDPOINT, ECS_METADATA_DISABLED,
  IMDSV1_DISABLED, IMDS_V1_DISABLED                 the role of the ECS instance"""
"""The variables that count."""

EXPLORER: Final = Command(
    "Explore what became of the files that Cloud Assistant sent to ECS instances.",
    (
        *_COMMON,
        ("filters", FILTERS),
        ("terminal", (*TERMINAL, PAGE_SIZE)),
        ("more", ALWAYS),
    ),
)
"""The call without a command."""

COMMANDS: Final[Mapping[str, Command]] = {
    "list": Command(
        "Print invocations, newest first: rows on stdout, narration on stderr.",
        (("listing", LISTING), ("filters", FILTERS), *_COMMON, ("more", ALWAYS)),
        epilog="JSON and NDJSON are the service's own objects, one a line, in ASCII. The format\n"
        "ids prints the instance of each failed result, once each.\n"
        "What is listed is kept in the archive; --offline lists what that has.",
    ),
    "watch": Command(
        "Wait until a send has finished; one line for each change.",
        (
            ("watching", (Flag("--timeout", "Give up after so long.", "SECONDS"),)),
            *_COMMON,
            ("more", ALWAYS),
        ),
        (("INVOKE_ID", "The file-sending task."),),
    ),
    "emulate": Command(
        "Serve the emulated API on 127.0.0.1 until SIGINT or SIGTERM.",
        (("emulator", EMULATOR), ("more", ALWAYS)),
        epilog="One JSON line on stdout says when and where connections are accepted.",
    ),
    "doctor": Command(
        "Say what works here: terminal, credentials, endpoint, clock.",
        (("report", (Flag("--json", "Report as JSON."),)), *_COMMON, ("more", ALWAYS)),
    ),
    "archive": Command(
        "Say what is kept (info), write it out (export) or remove it (prune).",
        (
            ("pruning", (Flag("--older-than", "Remove what is older, as 30d.", "AGE"),)),
            ("files", KEEPING),
            ("more", ALWAYS),
        ),
        (("ACTION", "info, export or prune."),),
        ARCHIVE_ACTIONS,
        epilog="info counts. export writes NDJSON with the service's own names, less Content\n"
        "where that is not kept. prune removes what is beyond archive_days and\n"
        "archive_megabytes.",
    ),
    "cache": Command(
        "Forget temporary credentials (clear).",
        (("files", KEEPING), ("more", ALWAYS)),
        (("ACTION", "clear."),),
        CACHE_ACTIONS,
    ),
    "config": Command(
        "Print every setting, its value and where that came from, as TOML.",
        (*_COMMON, ("terminal", (*TERMINAL, PAGE_SIZE)), ("more", ALWAYS)),
    ),
}
"""Every command by its word."""
