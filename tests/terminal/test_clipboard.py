"""Text goes towards the clipboard by the way that stands open, and nothing more is claimed."""

from __future__ import annotations

import base64
import re
import stat
from pathlib import Path

import pytest

from tui.terminal import clipboard

pytestmark = pytest.mark.anyio

TEXT = "i-bp1abc 中文\n"


def decoded(sequence: str) -> str:
    found = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", sequence)
    assert found is not None
    return base64.b64decode(found[1]).decode()


def test_a_terminal_gets_one_sequence() -> None:
    assert decoded(clipboard.sequence(TEXT, {})) == TEXT


def test_gnu_screen_gets_strings_that_it_passes_on() -> None:
    wrapped = clipboard.sequence(TEXT * 500, {"STY": "1.pts"})
    chunks = re.findall(r"\x1bP([^\x1b]*(?:\x1b\][^\x1b]*)?)\x1b\\", wrapped)
    assert "".join(f"\x1bP{chunk}\x1b\\" for chunk in chunks) == wrapped
    assert max(map(len, chunks)) <= 250
    assert decoded("".join(chunks)) == TEXT * 500


def test_tmux_inside_screen_is_spoken_to_as_tmux() -> None:
    assert decoded(clipboard.sequence(TEXT, {"STY": "1.pts", "TMUX": "/tmp/t,1,0"})) == TEXT


async def test_what_was_sent_is_said_in_bytes(tmp_path: Path) -> None:
    sent: list[str] = []
    said = await clipboard.copy(TEXT, write=sent.append, directory=tmp_path, environ={})
    assert said == "sent to the terminal, 16 bytes"
    assert [decoded(sequence) for sequence in sent] == [TEXT]


async def test_a_lone_surrogate_does_no_harm(tmp_path: Path) -> None:
    sent: list[str] = []
    said = await clipboard.copy("\ud800", write=sent.append, directory=tmp_path, environ={})
    assert said == "sent to the terminal, 1 byte"
    assert decoded(sent[0]) == "?"


async def test_a_long_text_goes_to_a_private_file(tmp_path: Path) -> None:
    sent: list[str] = []
    text = "x" * (clipboard.LIMIT + 1)
    for _ in range(2):
        said = await clipboard.copy(
            text, write=sent.append, directory=tmp_path / "state", environ={}
        )
    path = tmp_path / "state" / clipboard.FILE_NAME
    assert said == f"too long for a clipboard (100,001 bytes): written to {path}"
    assert path.read_text() == text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sent == []


async def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = await clipboard.copy(
        "x" * (clipboard.LIMIT + 1),
        write=lambda _: None,
        directory=tmp_path / "file",
        environ={},
    )
    assert said.startswith("not copied: 100,001 bytes are too many for a clipboard and no file")


def program(directory: Path, script: str, name: str = "tmux") -> dict[str, str]:
    directory.mkdir(exist_ok=True)
    path = directory / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return {"TMUX": "/tmp/t,1,0", "PATH": str(directory)}


async def test_tmux_is_given_the_text_on_its_input(tmp_path: Path) -> None:
    sent: list[str] = []
    kept = tmp_path / "kept"
    environ = program(tmp_path / "bin", f'echo "$@" > "{kept}"; /bin/cat >> "{kept}"')
    said = await clipboard.copy(TEXT, write=sent.append, directory=tmp_path, environ=environ)
    assert said == "given to tmux, 16 bytes"
    assert kept.read_text() == f"load-buffer -w -\n{TEXT}"
    assert sent == []


@pytest.mark.parametrize("script", ["exit 1", "exec /bin/sleep 1000", "exec nothing-of-the-kind"])
async def test_a_tmux_that_fails_or_hangs_leaves_it_to_the_terminal(
    tmp_path: Path, script: str
) -> None:
    sent: list[str] = []
    environ = program(tmp_path / "bin", script)
    said = await clipboard.copy(
        TEXT, write=sent.append, directory=tmp_path, environ=environ, patience=0.2
    )
    assert said == "sent to the terminal, 16 bytes"
    assert decoded(sent[0]) == TEXT


def test_a_tmux_of_the_working_directory_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = program(tmp_path / "bin", "exit 0")
    monkeypatch.chdir(tmp_path)
    assert clipboard.tmux(environ) == str(tmp_path / "bin" / "tmux")
    assert clipboard.tmux({**environ, "PATH": "bin"}) == ""
    assert clipboard.tmux({"PATH": environ["PATH"]}) == ""


async def test_tmux_takes_what_is_too_long_for_a_terminal(tmp_path: Path) -> None:
    environ = program(tmp_path / "bin", "/bin/cat > /dev/null")
    for length, words in (
        (clipboard.TMUX_LIMIT, "given to tmux, 700,000 bytes"),
        (clipboard.TMUX_LIMIT + 1, "too long for a clipboard (700,001 bytes): written to "),
    ):
        said = await clipboard.copy(
            "x" * length, write=lambda _: None, directory=tmp_path, environ=environ
        )
        assert said.startswith(words)


DEAF = [{"TERM": "linux"}, {"TERM_PROGRAM": "Apple_Terminal"}, {"VTE_VERSION": "7200"}]


@pytest.mark.parametrize("deaf", DEAF)
async def test_a_terminal_that_never_listens_is_not_spoken_to(
    tmp_path: Path, deaf: dict[str, str]
) -> None:
    sent: list[str] = []
    environ = {"PATH": str(tmp_path), **deaf}
    said = await clipboard.copy(TEXT, write=sent.append, directory=tmp_path, environ=environ)
    path = tmp_path / clipboard.FILE_NAME
    assert said == f"no clipboard here: written to {path}"
    assert path.read_text() == TEXT
    assert sent == []

    inside = {**environ, "STY": "1.pts"}
    said = await clipboard.copy(TEXT, write=sent.append, directory=tmp_path, environ=inside)
    assert said == "sent to the terminal, 16 bytes", "screen may be attached elsewhere"


@pytest.mark.parametrize(
    ("name", "variable", "words"),
    [
        ("wl-copy", "WAYLAND_DISPLAY", ""),
        ("xclip", "DISPLAY", "-selection clipboard"),
        ("xsel", "DISPLAY", "--clipboard --input"),
        ("pbcopy", "", ""),
    ],
)
async def test_a_tool_of_the_desktop_is_given_what_the_terminal_is_not(
    tmp_path: Path, name: str, variable: str, words: str
) -> None:
    kept = tmp_path / "kept"
    environ = program(tmp_path / "bin", f'echo "$@" > "{kept}"; /bin/cat >> "{kept}"', name)
    desktop = {"PATH": environ["PATH"], "TERM": "linux", **({variable: ":0"} if variable else {})}
    said = await clipboard.copy(TEXT, write=lambda _: None, directory=tmp_path, environ=desktop)
    assert said == f"given to {name}, 16 bytes"
    assert kept.read_text() == f"{words}\n{TEXT}"

    if variable:
        assert list(clipboard.tools({"PATH": environ["PATH"]})) == [], "there is no desktop"
    far = {**desktop, "SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}
    assert list(clipboard.tools(far)) == [], "it is the desktop of somebody else"


async def test_a_tool_that_fails_leaves_it_to_the_next_one(tmp_path: Path) -> None:
    program(tmp_path / "bin", "exit 1", "wl-copy")
    environ = program(tmp_path / "bin", "/bin/cat > /dev/null", "xclip")
    desktop = {"PATH": environ["PATH"], "TERM": "linux", "WAYLAND_DISPLAY": "w", "DISPLAY": ":0"}
    said = await clipboard.copy(TEXT, write=lambda _: None, directory=tmp_path, environ=desktop)
    assert said == "given to xclip, 16 bytes"


async def test_a_file_that_cannot_be_written_where_there_is_no_clipboard_is_said(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("")
    said = await clipboard.copy(
        TEXT, write=lambda _: None, directory=tmp_path / "file", environ={"TERM": "linux"}
    )
    assert said.startswith("not copied: there is no clipboard here and no file could be written: ")
