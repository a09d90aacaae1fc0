"""Writes what shells complete, from the words of the commands: `python -m tests.completions`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import shtab

from tui.flags import ALIAS, COMMANDS, EXPLORER, PROGRAM, Command, Flag
from tui.themes import OWN_THEMES

DIRECTORY: Final = Path(__file__).resolve().parent.parent / "tui" / "completions"

FILES: Final = {"bash": PROGRAM, "zsh": f"_{PROGRAM}", "fish": f"{PROGRAM}.fish"}
"""Shell -> the file in which it looks for what a command takes."""

ALIAS_FILES: Final = {
    ALIAS: f'# The same as {PROGRAM}.\n. "${{BASH_SOURCE[0]%/*}}/{PROGRAM}"\n',
    f"{ALIAS}.fish": f"# The same as {PROGRAM}.\ncomplete -c {ALIAS} -w {PROGRAM}\n",
}
"""Files of the shells that look for one by the name that was typed."""


def written() -> dict[str, str]:
    """Return the text of each file, by its name."""
    return {**{FILES[shell]: _for_both_names(shell) for shell in FILES}, **ALIAS_FILES}


def main() -> None:
    """Write every file."""
    for name, text in written().items():
        (DIRECTORY / name).write_text(text, encoding="utf-8")


def _for_both_names(shell: str) -> str:
    text = shtab.complete(_parser(), shell=shell)
    if shell == "bash":
        function = f"_shtab_{PROGRAM.replace('-', '_')}"
        text += f"\ncomplete -o filenames -F {function} {ALIAS}\n"
    elif shell == "zsh":
        text = text.replace(f"#compdef {PROGRAM}", f"#compdef {PROGRAM} {ALIAS}", 1)
    return "".join(f"{line.rstrip()}\n" for line in text.rstrip().splitlines())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(PROGRAM, add_help=False)
    _add(parser, EXPLORER)
    commands = parser.add_subparsers()
    for name, command in COMMANDS.items():
        _add(commands.add_parser(name, help=command.summary, add_help=False), command)
    return parser


def _add(parser: argparse.ArgumentParser, command: Command) -> None:
    for flag in command.flags:
        names = [flag.short, flag.name] if flag.short else [flag.name]
        if not flag.metavar:
            parser.add_argument(*names, help=flag.help, action="store_true")
            continue
        value = parser.add_argument(
            *names, help=flag.help, metavar=flag.metavar, choices=_choices(flag)
        )
        if flag.metavar == "FILE":
            _complete_files(value)
    for metavar, help_ in command.words:
        parser.add_argument(metavar, help=help_, choices=command.actions or None)


def _choices(flag: Flag) -> Iterable[str] | None:
    if flag.name == "--theme":
        return [theme.name for theme in OWN_THEMES]
    return flag.choices or None


def _complete_files(action: Any) -> None:
    action.complete = shtab.FILE


if __name__ == "__main__":
    main()
