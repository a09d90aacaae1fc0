"""What a viewer shows, copies and saves of an invocation; pure of any screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tui.plain import has_controls
from tui.records import FileContent, Invocation
from tui.saving import safe_name
from tui.screens.json_text import indented
from tui.widgets.text_pane import line_end_of

NAMED: Final = 6
"""Control characters that are named one by one."""


@dataclass(frozen=True, slots=True)
class Viewed:
    """A text with everything around it."""

    name: str
    facts: tuple[str, ...]
    text: str
    copied: str
    """What is copied, exactly."""
    copied_as: str
    """What to call it."""
    data: bytes
    """What is saved."""
    file_name: str
    """A safe name to save it under."""
    nothing: str
    """What to say where there is no text."""
    controls: str = ""
    """The control characters in what is shown and copied, in words."""


def viewed_content(invocation: Invocation, content: FileContent) -> Viewed:
    """Return the content of the file that an invocation sent."""
    text = content.text
    copied = invocation.content if text is None else text
    decoded = text is not None or content.data == copied.encode("utf-8", "surrogatepass")
    return Viewed(
        name=invocation.name or "(no name)",
        facts=tuple(_content_facts(invocation, content)),
        text=content.data.decode("utf-8", "replace") if text is None else text,
        copied=copied,
        copied_as="content" if decoded else "content in Base64",
        data=content.data,
        file_name=safe_name(invocation.name),
        nothing="The API gave no content.",
        controls=control_words(copied),
    )


def viewed_raw(invocation: Invocation) -> Viewed:
    """Return the API's own JSON of an invocation."""
    text = indented(invocation.raw)
    data = f"{text}\n".encode("utf-8", "backslashreplace") if text else b""
    return Viewed(
        name=invocation.invoke_id,
        facts=("JSON as the API gave it, indented",) if text else (),
        text=text,
        copied=text,
        copied_as="JSON",
        data=data,
        file_name=safe_name(f"{invocation.invoke_id}.json"),
        nothing="The API gave no JSON.",
    )


def control_words(text: str) -> str:
    """Name the control characters in a text: `U+001B, U+0007 and 3 more`."""
    # Each character once: a megabyte has few different ones.
    named = has_controls("".join(sorted(set(text))))
    words = ", ".join(named[:NAMED])
    return f"{words} and {len(named) - NAMED} more" if len(named) > NAMED else words


def _content_facts(invocation: Invocation, content: FileContent) -> Iterator[str]:
    if not invocation.content:
        return
    size = len(content.data)
    yield f"{size:,} byte" if size == 1 else f"{size:,} bytes"
    yield content.encoding
    yield from ("not UTF-8 text",) if content.text is None else _text_facts(content.text)
    if content.sha256 == content.raw_sha256:
        yield f"SHA-256 {content.sha256}"
    else:
        yield f"SHA-256 file {content.sha256}"
        yield f"SHA-256 raw {content.raw_sha256}"


def _text_facts(text: str) -> Sequence[str]:
    facts = ["UTF-8 text"]
    if line_end_of(text) == "\r\n":
        facts.append("lines end with CRLF")
    elif "\r\n" in text:
        facts.append("some lines end with CRLF")
    if text and not text.endswith("\n"):
        facts.append("no line end at the end")
    return facts
