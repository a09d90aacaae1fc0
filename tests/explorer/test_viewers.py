"""The viewers through their keys: what they show, copy and save, of hostile content too."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from pathlib import Path

import pytest

from tests.explorer.driver import opened
from tests.explorer.viewing import sent, viewing
from tui.records import Invocation
from tui.screens.help import HelpScreen
from tui.screens.viewers import ContentViewer, RawViewer
from tui.widgets.bars import SEPARATOR
from tui.widgets.prompt import Prompt

pytestmark = pytest.mark.anyio

SCRIPT = "#!/bin/sh\nset -eu\n" + "".join(f"server web-{number};\n" for number in range(100))

HOSTILE = (
    "\x1b]52;c;aGk=\x07\x1b[2J\u202etxt [/b] [red]x[/] [@click=app.quit]go[/]\n"
    "second line\x9b31m end\n"
)


# What is shown.


async def test_content_is_shown_with_what_is_known_of_it() -> None:
    invocation = sent(SCRIPT.encode())
    async with viewing(invocation) as reader:
        assert reader.lines[0] == " nginx.conf"
        assert reader.lines[1] == f" {len(SCRIPT):,} bytes · Base64 · UTF-8 text".replace(
            " · ", SEPARATOR.text
        )
        assert reader.lines[2] == f" SHA-256 file {sha256(SCRIPT.encode()).hexdigest()}"
        raw = sha256(invocation.content.encode()).hexdigest()
        assert reader.lines[3] == f" SHA-256 raw {raw}"
        assert reader.lines[4] == "  1 #!/bin/sh"
        assert "control characters" not in reader.text
        assert "esc back" in reader.lines[-1]


async def test_plain_text_has_one_hash_and_its_line_ends_are_named() -> None:
    async with viewing(sent(b"one\r\ntwo", plain=True)) as reader:
        assert "lines end with CRLF" in reader.lines[1]
        assert "some lines" not in reader.lines[1]
        assert "no line end at the end" in reader.lines[1]
        assert reader.text.count("SHA-256") == 1
        assert "␍" not in reader.text


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20), (40, 10), (20, 5), (2, 2)])
async def test_it_fits_into_any_terminal(size: tuple[int, int]) -> None:
    async with viewing(sent(HOSTILE.encode(), name="配置" * 60), size=size) as reader:
        width, height = size
        if width >= 40:
            assert "…" in reader.lines[0]
            assert reader.lines[-1].startswith(" esc back")
            assert "U+001B" in reader.text
            assert "1 ␛]52;c" in reader.text
        if height >= 20:
            digest = sha256(HOSTILE.encode()).hexdigest()
            assert digest in "".join(line.strip() for line in reader.lines)
        await reader.press("t", "slash", "x", "enter", "S", "escape")


async def test_hostile_content_is_named_and_does_nothing() -> None:
    name = "a\x1b]0;title\x07[/b]\u202etxt.conf"
    async with viewing(sent(HOSTILE.encode(), name=name, plain=True)) as reader:
        assert reader.lines[0] == " a␛]0;title␇[/b]‹U+202E›txt.conf"
        assert " It has control characters: U+0007, U+001B, U+009B, U+202E" in reader.lines
        assert "1 ␛]52;c;aGk=␇␛[2J‹U+202E›txt [/b] [red]x[/] [@click=app.quit]go[/]" in reader.lines
        await reader.press("y")
        assert reader.app.copied == [HOSTILE], "exactly what was sent"
        said = " ".join(" ".join(reader.lines[-3:]).split())
        assert f"content: sent to nobody, {len(HOSTILE)} characters" in said
        assert "with control characters: U+0007, U+001B, U+009B, U+202E" in said


async def test_many_control_characters_are_counted() -> None:
    text = "".join(map(chr, range(1, 9)))
    async with viewing(sent(text.encode(), plain=True)) as reader:
        assert "U+0006 and 2 more" in reader.text


async def test_one_line_of_a_megabyte_is_read_to_its_end() -> None:
    async with viewing(sent(b"x" * (1 << 20) + b"end", plain=True)) as reader:
        await reader.press("slash", *"end", "enter")
        assert "1 of 1" in reader.lines[0]
        assert any(line.endswith("xend") for line in reader.lines)
        await reader.press("w", "n")
        assert any(line.endswith("xend") for line in reader.lines)


async def test_bytes_that_are_no_text_are_shown_as_bytes() -> None:
    data = b"\x1f\x8b\x00" + bytes(range(256))
    async with viewing(sent(data)) as reader:
        assert "not UTF-8 text" in reader.lines[1]
        assert reader.lines[4].startswith("00000000  1f 8b 00 00 01")
        await reader.press("slash", *"0x4142", "enter")
        assert "1 of 1" in reader.lines[0]
        await reader.press("t")
        assert "�" in reader.text
        assert "00000000" not in reader.text
        await reader.press("y")
        assert reader.app.copied == [base64.b64encode(data).decode()]
        assert "content in Base64: sent to nobody" in reader.lines[-1]


async def test_text_with_a_nul_is_shown_as_bytes_and_copied_with_a_warning() -> None:
    async with viewing(sent(b"a\x00b\x1b", plain=True)) as reader:
        assert "00000000  61 00 62 1b" in reader.text
        assert " It has control characters: U+0000, U+001B" in reader.lines
        await reader.press("y")
        assert reader.app.copied == ["a\x00b\x1b"]
        assert "characters, with control characters: U+0000, U+001B" in reader.lines[-1]


async def test_text_is_shown_as_bytes_and_back() -> None:
    async with viewing(sent(SCRIPT.encode())) as reader:
        assert "t bytes" in reader.lines[-1]
        await reader.press("t")
        assert "00000000  23 21 2f 62 69 6e 2f 73" in reader.text
        assert "t text" in reader.lines[-1]
        await reader.press("down")
        assert "00000010" in reader.lines[4]
        await reader.press("question_mark")
        assert "Wrap long lines" not in reader.text, "bytes have no lines"
        await reader.press("escape", "t")
        assert reader.lines[4] == "  1 #!/bin/sh"


async def test_no_content_is_said() -> None:
    async with viewing(Invocation("f-1", "Success")) as reader:
        assert reader.lines[0] == " (no name)"
        assert "The API gave no content." in reader.text
        assert "SHA-256" not in reader.text
        await reader.press("y")
        assert "nothing to copy" in reader.lines[-1]
        await reader.press("S")
        assert "nothing to save" in reader.lines[-1]
        await reader.press("t")
        assert "The API gave no content." in reader.text
        assert reader.app.copied == []
    async with viewing(Invocation("f-1", "Success"), raw=True) as reader:
        assert "The API gave no JSON." in reader.text


async def test_json_is_as_the_api_gave_it() -> None:
    raw = r'{"Name":"\u4e2d\u001b","VmCount":2,"Odd":1.50,"Odd":1E400,"Tags":{},"Extra":[]}'
    invocation = Invocation("f-1", "Success", raw=raw)
    async with viewing(invocation, raw=True) as reader:
        assert reader.lines[0] == " f-1"
        assert r'2   "Name": "\u4e2d\u001b",' in reader.lines
        assert '4   "Odd": 1.50,' in reader.lines
        assert '5   "Odd": 1E400,' in reader.lines
        assert '6   "Tags": {},' in reader.lines
        await reader.press("y")
        assert "".join(reader.app.copied[0].split()) == raw
        assert "control" not in reader.lines[-1]
        await reader.press("slash", "中", "enter")
        assert "1 of 1" in reader.lines[0], "it is searched as JSON escapes it"


# Searching.


async def test_a_search_goes_on_while_it_is_typed() -> None:
    async with viewing(sent(SCRIPT.encode())) as reader:
        await reader.press("slash")
        assert reader.lines[-1].startswith(" search")
        top = reader.lines[:-1]
        await reader.type("web-5")
        assert reader.lines[:4] != top[:4]
        assert reader.lines[0].endswith("1 of 11")
        await reader.type("0")
        assert reader.lines[0].endswith("1 of 1")
        assert "server web-50;" in reader.text
        await reader.press("enter")
        assert "esc back" in reader.lines[-1]
        assert reader.lines[0].endswith("1 of 1")
        await reader.press("n")
        assert reader.lines[0].endswith("1 of 1, from the top again")


async def test_a_cancelled_search_goes_back() -> None:
    async with viewing(sent(SCRIPT.encode())) as reader:
        await reader.press("slash", *"set", "enter", "slash")
        await reader.type("web-99")
        assert "server web-99;" in reader.text
        await reader.press("escape")
        assert reader.lines[4] == "  1 #!/bin/sh"
        assert reader.lines[0].endswith("1 of 1")
        await reader.press("slash")
        assert reader.lines[-1] == " search set", "what was searched before"
        await reader.press("x")
        assert reader.lines[-1] == " search x", "typing replaces it"


async def test_keys_are_text_in_the_prompt() -> None:
    async with viewing(sent(SCRIPT.encode())) as reader:
        await reader.press("slash")
        await reader.type("qhynwt?S")
        assert reader.lines[-1] == " search qhynwt?S"
        await reader.press("left", "backspace")
        assert reader.lines[-1] == " search qhynwtS"
        assert reader.app.copied == []


async def test_back_is_one_layer_at_a_time() -> None:
    async with viewing(sent(SCRIPT.encode())) as reader:
        viewer = reader.viewer
        await reader.press("slash", "x", "escape")
        assert reader.app.screen is viewer
        assert not viewer.query_one(Prompt).display
        await reader.press("question_mark")
        assert isinstance(reader.app.screen, HelpScreen)
        assert "Copy all of it, exactly" in reader.text
        assert "Next match" in reader.text
        await reader.press("escape")
        assert reader.app.screen is viewer
        await reader.press("escape")
        assert reader.app.screen is not viewer


async def test_every_usual_key_goes_back() -> None:
    async with viewing(sent(SCRIPT.encode())) as reader:
        for key in ("q", "backspace", "left", "h"):
            await reader.app.push_screen(RawViewer(sent(b""), reader.app.keep))
            await reader.press(key)
            assert isinstance(reader.app.screen, ContentViewer), key


async def test_every_key_has_a_name_and_words() -> None:
    async with viewing(sent(SCRIPT.encode())) as reader:
        for active in reader.app.screen.active_bindings.values():
            binding = active.binding
            if active.node in (reader.viewer, reader.viewer.pane) and binding.id is not None:
                assert binding.id.startswith(("viewer.", "text.", "move."))
                assert binding.description
        named = {active.binding.id for active in reader.app.screen.active_bindings.values()}
        assert {"viewer.back", "viewer.save", "viewer.bytes", "text.wrap", "text.next"} <= named


# The prompt itself.


async def test_going_elsewhere_closes_the_prompt_and_saves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with viewing(sent(SCRIPT.encode())) as reader:
        await reader.press("S")
        assert reader.lines[-1] == " save as nginx.conf"
        await reader.pilot.click("#text")
        await reader.settle()
        assert "esc back" in reader.lines[-1]
        assert not (tmp_path / "nginx.conf").exists()


async def test_a_terminal_that_loses_the_focus_keeps_the_prompt() -> None:
    async with viewing(sent(SCRIPT.encode())) as reader:
        await reader.press("S", "x")
        reader.app.app_focus = False
        await reader.settle()
        assert reader.lines[-1] == " save as nginx.confx"
        reader.app.app_focus = True
        await reader.press("y")
        assert reader.lines[-1] == " save as nginx.confxy"


async def test_opening_the_prompt_moves_nothing() -> None:
    async with viewing(sent(SCRIPT.encode())) as reader:
        before = reader.lines
        await reader.press("slash")
        assert reader.lines[:-1] == before[:-1]


# Saving.


async def test_content_is_saved_as_it_arrives_on_an_instance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = b"\x00\xff\r\n" + bytes(range(256)) * 4
    async with viewing(sent(data, name="../../.ssh/authorized keys\x1b"), size=(200, 30)) as reader:
        await reader.press("S")
        assert reader.lines[-1] == " save as authorized_keys_"
        await reader.press("enter")
        path = tmp_path / "authorized_keys_"
        assert path.read_bytes() == data
        assert reader.lines[-1] == f" {len(data):,} bytes saved to {path}"
        await reader.press("ctrl+s", "enter")
        assert (tmp_path / "authorized_keys_-1").read_bytes() == data
        assert "authorized_keys_-1" in reader.lines[-1]
        await reader.press("down")
        assert "esc back" in reader.lines[-1]


async def test_json_is_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    invocation = sent(b"x")
    async with viewing(invocation, raw=True) as reader:
        await reader.press("S", "enter")
        text = (tmp_path / "f-hz0123456789.json").read_text("ascii")
        assert json.loads(text) == json.loads(invocation.raw)
        assert text.endswith("}\n")


async def test_what_cannot_be_saved_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with viewing(sent(SCRIPT.encode())) as reader:
        await reader.press("S", "ctrl+u")
        await reader.type("missing/x")
        await reader.press("enter")
        assert reader.lines[-1] == " Not saved: No such file or directory."
        await reader.press("S", "ctrl+u", "enter")
        assert reader.lines[-1] == " Not saved: no name was given."
        await reader.press("S", "escape")
        assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []


async def test_what_is_too_long_for_the_line_is_said_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path / "a-rather-long-name-of-a-directory"
    directory.mkdir()
    monkeypatch.chdir(directory)
    async with viewing(sent(SCRIPT.encode()), size=(60, 24)) as reader:
        above = reader.lines[:15]
        await reader.press("S", "enter")
        said = "".join("".join(reader.lines[-6:]).split())
        assert f"bytessavedto{directory}/nginx.conf" in said
        assert reader.lines[:15] == above, "nothing moves"
        await reader.press("down")
        assert "saved to" not in reader.text
        assert "esc back" in reader.lines[-1]


# From the explorer.


async def test_the_explorer_opens_the_raw_json_of_its_row() -> None:
    async with opened() as driver:
        invoke_id = driver.current_id
        await driver.press("v")
        assert isinstance(driver.app.screen, RawViewer)
        assert f'"InvokeId": "{invoke_id}"' in driver.screen()
        await driver.press("w", "n", "escape")
        assert driver.app.screen_stack == [driver.explorer]
        assert driver.current_id == invoke_id
