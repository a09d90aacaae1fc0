"""From the words of the command line to a typed request, or one sentence on what is wrong."""

from __future__ import annotations

import argparse
import textwrap
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final, NoReturn

from tui import flags as words
from tui.flags import (
    ALIAS,
    ARCHIVE_ACTIONS,
    CACHE_ACTIONS,
    COMMANDS,
    EXPLORER,
    OUTPUTS,
    PAGINGS,
    PROGRAM,
    Command,
    Flag,
)
from tui.given import Given, chosen, shown
from tui.given import UsageError as UsageError
from tui.plain import printable
from tui.records import OVERALL_STATUSES, Query, TagFilter
from tui.requests import (
    DEFAULT_LIMIT,
    DEFAULT_RECORDS,
    DEFAULT_SEED,
    Archive,
    Cache,
    Common,
    Demo,
    Doctor,
    Emulate,
    Explore,
    List,
    Request,
    ShowHelp,
    ShowSettings,
    ShowVersion,
    Watch,
)
from tui.settings import nearest


def parse(argv: Sequence[str], *, clock: Callable[[], float] = time.time) -> Request:
    """Return the request that the words make.

    Args:
        argv: the words after the program's name.
        clock: unix seconds, for times such as `2h`.

    Raises:
        UsageError: with one sentence.
    """
    name, rest = _command(argv)
    command = COMMANDS[name] if name else EXPLORER
    parser = _parser(name, command)
    try:
        given = Given(vars(parser.parse_args(rest)))
    except argparse.ArgumentError as error:
        raise UsageError(_trimmed(error)) from None
    if given.switch("help"):
        return ShowHelp(parser.format_help())
    if given.switch("version"):
        return ShowVersion()
    build = _BUILDERS.get(name)
    return build(given, clock) if build else Explore(_common(given), _filters(given))


def _common(given: Given) -> Common:
    if not given.switch("demo"):
        for name in ("records", "seed"):
            if given.text(name):
                raise UsageError(f"--{name} goes with --demo.")
    flags = {
        flag.setting: given.text(flag.destination)
        for flag in _every_flag()
        if flag.setting and given.text(flag.destination)
    }
    return Common(
        flags=flags,
        config=given.path("config"),
        demo=_demo(given) if given.switch("demo") else None,
        offline=given.switch("offline"),
    )


def _demo(given: Given) -> Demo:
    return Demo(
        given.whole("records", DEFAULT_RECORDS, 0, 1_000_000_000),
        given.whole("seed", DEFAULT_SEED, 0, 2**63 - 1),
    )


def _filters(given: Given) -> Query:
    statuses = tuple(chosen("status", text, OVERALL_STATUSES) for text in given.texts("status"))
    query = Query(
        region="",
        invoke_id=given.text("invoke_id"),
        name=given.text("name"),
        instance_id=given.text("instance_id"),
        statuses=tuple(dict.fromkeys(statuses)),
        resource_group_id=given.text("resource_group_id"),
        tags=tuple(TagFilter.parse(text) for text in given.texts("tag")),
    )
    # The region is a setting and comes later; any will do for the other rules.
    if problems := replace(query, region="any").problems():
        raise UsageError(printable(problems[0]))
    return query


def _list(given: Given, clock: Callable[[], float]) -> List:
    for one, other in (("all", "limit"), ("limit", "all")):
        if given.switch(one) and given.switch(other):
            raise UsageError("--all and --limit exclude each other.")
    if given.text("verify") and given.text("output"):
        raise UsageError("--verify has an output of its own: leave --output out.")
    if given.switch("offline") and given.text("next_token"):
        raise UsageError("--next-token goes on with a walk of the service, not with --offline.")
    by_number = given.choice("paging", PAGINGS) == "number"
    if by_number and given.text("next_token"):
        raise UsageError("--next-token goes with --paging token; page numbers have no token.")
    since, until = given.moment("since", clock), given.moment("until", clock)
    if since and until and since > until:
        raise UsageError("--since is later than --until.")
    limit = given.whole("limit", DEFAULT_LIMIT, 1, 10**12)
    return List(
        _common(given),
        _filters(given),
        output=given.choice("output", OUTPUTS),
        limit=None if given.switch("all") else limit,
        since=since,
        until=until,
        error_code=given.text("error_code"),
        exit_code=given.switch("exit_code"),
        by_number=by_number,
        next_token=given.text("next_token"),
        verify=given.path("verify"),
    )


def _archive(given: Given, clock: Callable[[], float]) -> Archive:
    del clock
    action = chosen("ACTION", given.text("action"), ARCHIVE_ACTIONS)
    older_than = given.seconds("older_than")
    if older_than is not None and action != "prune":
        raise UsageError("--older-than goes with archive prune.")
    return Archive(_common(given), action, older_than)


def _watch(given: Given, clock: Callable[[], float]) -> Watch:
    del clock
    timeout = given.number("timeout", 0.0)
    return Watch(_common(given), given.text("invoke_id"), timeout or None)


def _emulate(given: Given, clock: Callable[[], float]) -> Emulate:
    del clock
    demo = _demo(given)
    return Emulate(
        port=given.whole("port", 0, 0, 65_535),
        records=demo.records,
        seed=demo.seed,
        latency=given.number("latency", 0.0) / 1000,
        faults=given.texts("fault"),
        retention_days=given.number("retention", 0.0) if given.text("retention") else None,
        arrive_per_minute=given.number("arrive", 0.0),
        clock_speed=given.number("clock_speed", 1.0),
        request_log=given.path("request_log"),
    )


_BUILDERS: Final[Mapping[str, Callable[[Given, Callable[[], float]], Request]]] = {
    "list": _list,
    "watch": _watch,
    "emulate": _emulate,
    "doctor": lambda given, _: Doctor(_common(given), given.switch("json")),
    "archive": _archive,
    "cache": lambda given, _: Cache(
        _common(given), chosen("ACTION", given.text("action"), CACHE_ACTIONS)
    ),
    "config": lambda given, _: ShowSettings(_common(given)),
}


def _command(argv: Sequence[str]) -> tuple[str, list[str]]:
    """Take the command's word out of the words, wherever it stands among the flags."""
    takes_value = _spellings()
    name, rest, positionals, seen = "", list[str](), list[str](), list[str]()
    waiting = iter(argv)
    for word in waiting:
        if word == "--":
            positionals.extend(waiting)
            break
        if not word.startswith("-") or word == "-":
            if not name and word in COMMANDS and not positionals:
                name = word
            else:
                positionals.append(word)
            continue
        spelling = word.partition("=")[0] if word.startswith("--") else word[:2]
        if spelling not in takes_value:
            asked = next((word for word in argv if word in COMMANDS), "")
            raise UsageError(_unknown(spelling, asked, takes_value))
        seen.append(spelling)
        rest.append(word)
        if takes_value[spelling] and word == spelling:
            rest.extend(value for value in [next(waiting, None)] if value is not None)
    _check(name, positionals, seen)
    return name, [*rest, *(["--", *positionals] if positionals else [])]


def _check(name: str, positionals: Sequence[str], seen: Sequence[str]) -> None:
    """Refuse flags and words that belong to no command or to another one."""
    command = COMMANDS[name] if name else EXPLORER
    if len(positionals) > len(command.words):
        word = positionals[len(command.words)]
        if not name:
            near = f"--{word}" if f"--{word}" in _spellings() else nearest(word, COMMANDS)
            advice = f"; did you mean {near}?" if near else f"; there are {', '.join(COMMANDS)}."
            raise UsageError(f"There is no command {shown(word)}{advice}")
        raise UsageError(
            f"{name} does not take the word {shown(word)}; a value with spaces needs quotes."
        )
    own = {spelling for flag in command.flags for spelling in (flag.name, flag.short)}
    for spelling in seen:
        if spelling not in own:
            owners = [
                word
                for word, other in (*COMMANDS.items(), ("the explorer", EXPLORER))
                if any(spelling in (flag.name, flag.short) for flag in other.flags)
            ]
            listed = " and ".join(filter(None, (", ".join(owners[:-1]), owners[-1])))
            raise UsageError(f"{spelling} is a flag of {listed}, not of {name or 'the explorer'}.")
    if not {"--help", "-h", "--version"} & set(seen) and len(positionals) < len(command.words):
        metavar = command.words[len(positionals)][0]
        choices = f" with one of {', '.join(command.actions)}" if command.actions else ""
        raise UsageError(f"{metavar} is missing: {PROGRAM} {name} {metavar}{choices}.")


def _spellings() -> dict[str, bool]:
    """Return how each flag of any command is written, and whether a value goes with it."""
    return {
        spelling: bool(flag.metavar)
        for flag in _every_flag()
        for spelling in (flag.name, flag.short)
        if spelling
    }


def _every_flag() -> tuple[Flag, ...]:
    commands = (EXPLORER, *COMMANDS.values())
    return tuple(flag for command in commands for flag in command.flags)


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Breaks lines between words alone: a flag or a fault is looked for in one piece."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return textwrap.wrap(text, width, break_on_hyphens=False)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{printable(message)}.")


def _parser(name: str, command: Command) -> argparse.ArgumentParser:
    title = f"{PROGRAM} {name}".strip()
    taken = " ".join(metavar for metavar, _ in command.words)
    parser = _Parser(
        prog=title,
        usage=" ".join(filter(None, (title, "" if name else "[COMMAND]", taken, "[FLAG]..."))),
        description=command.summary,
        epilog=_epilog(name, command),
        formatter_class=lambda prog: _Formatter(prog, max_help_position=30),
        argument_default=argparse.SUPPRESS,
        allow_abbrev=False,
        add_help=False,
        exit_on_error=False,
    )
    for metavar, help_ in command.words:
        parser.add_argument(metavar.lower(), metavar=metavar, help=help_, nargs="?")
    for group, flags in command.groups:
        section = parser.add_argument_group(group)
        for flag in flags:
            _add(section, flag)
    return parser


def _add(section: argparse._ArgumentGroup, flag: Flag) -> None:
    spellings = [flag.short, flag.name] if flag.short else [flag.name]
    if not flag.metavar:
        section.add_argument(
            *spellings,
            action="store_const",
            const=flag.value,
            dest=flag.destination,
            help=flag.help,
        )
        return
    section.add_argument(
        *spellings,
        action="append" if flag.repeat else "store",
        metavar=flag.metavar,
        dest=flag.destination,
        type=_not_empty,
        help=flag.help,
    )


def _not_empty(text: str) -> str:
    """Refuse an empty value: a variable without a value would otherwise filter nothing."""
    if not text.strip():
        raise argparse.ArgumentTypeError("is empty; leave it out instead")
    return text


def _epilog(name: str, command: Command) -> str:
    if name:
        return "\n\n".join(filter(None, (command.epilog, words.EXIT_CODES)))
    listed = "\n".join(f"  {word:<8} {each.summary}" for word, each in COMMANDS.items())
    more = f"{PROGRAM} COMMAND --help has its flags. {ALIAS} is the same program."
    return f"commands:\n{listed}\n{more}\n\n{words.ENVIRONMENT}\n\n{words.EXIT_CODES}"


def _trimmed(error: argparse.ArgumentError) -> str:
    name = (error.argument_name or "").rpartition("/")[2]
    if error.message.startswith("expected"):
        return f"{name} needs a value; one that begins with a dash is written {name}=VALUE."
    if error.message.startswith("ignored explicit"):
        return f"{name} takes no value."
    return f"{name} {printable(error.message)}."


def _unknown(spelling: str, asked: str, known: Mapping[str, bool]) -> str:
    # The flags of the command that was asked for are likelier than those of all others.
    own = [flag.name for flag in (COMMANDS[asked] if asked else EXPLORER).flags]
    near = nearest(spelling, own) or nearest(spelling, known)
    title = f"{PROGRAM} {asked}".strip()
    advice = f"; did you mean {near}?" if near else f"; {title} --help lists them."
    return f"There is no flag {shown(spelling)}{advice}"
