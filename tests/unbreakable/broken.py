"""The explorer's own command with a mistake in it: the first argument says where."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, NoReturn

from textual import work

from tui.__main__ import main
from tui.screens.explorer import Explorer
from tui.widgets.invocation_table import InvocationTable

CANARY = "LTAI5t" + "CanaryCanary"
"""What no report may show; in two pieces, so that a line of source is none either."""


def fail(*_: object) -> NoReturn:
    """Fail with a secret in a variable, another in the message, and a sequence beside it."""
    secret = CANARY
    raise RuntimeError(f"deliberate \x1b]0;title\x07 AccessKeySecret={secret}")


def composed(_: Explorer) -> Iterator[Any]:
    """Fail where the screen is put together."""
    fail()
    yield


@work
async def in_worker(_: Explorer) -> None:
    """Fail in a coroutine of its own."""
    fail()


@work(thread=True)
def in_thread(_: Explorer) -> None:
    """Fail in another thread."""
    fail()


def break_it(where: str) -> None:
    """Put the mistake in its place; the key that meets it is `+`."""
    explorer: Any = Explorer
    table: Any = InvocationTable
    if where == "compose":
        explorer.compose = composed
    elif where == "render":
        table.render_line = fail
    else:
        explorer.action_zoom = {"handler": fail, "worker": in_worker, "thread": in_thread}[where]


if __name__ == "__main__":
    break_it(sys.argv.pop(1))
    sys.exit(main())
