"""A secret over a full run of the program in a terminal: found in nothing that it leaves behind."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.canary import assert_silent
from tests.explorer.test_in_a_terminal import emulator, leave
from tests.explorer.window import Window, explorer
from tests.terminal.harness import Terminal, environment

CANARY = "Canary/+=Secret~0123456789"
"""A secret that every way of encoding changes."""

CRASH = """
import sys
from tui.screens.explorer import Explorer

async def fail(screen):
    service = await screen.loader.service()
    identity = service._credentials
    credentials = await identity.credentials()
    secret, token = credentials.access_key_secret, credentials.security_token
    headers = {"x-acs-security-token": token, "Authorization": f"Signature={secret}"}
    raise RuntimeError(f"{credentials!r} {identity!r} {headers}")

Explorer.action_time_style = fail
from tui.__main__ import main
sys.argv[0] = "sendfile-explorer"
sys.exit(main())
"""
"""The program with a fault in it that has secrets in variables and in its words."""


def test_a_secret_is_in_nothing_that_a_full_run_leaves(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    with emulator(home, "--records", "150") as facts:
        keys = {
            "access_key_id": facts["access_key_id"],
            "access_key_secret": facts["access_key_secret"],
            "sts_endpoint": facts["sts_endpoint"],
            "region_id": facts["region"],
        }
        role = {"mode": "RamRoleArn", "ram_role_arn": facts["role_arn"], "ram_session_name": "test"}
        profiles = [
            {"name": "deploy", **keys, **role},
            {"name": "plain", "mode": "AK", **keys, "access_key_secret": CANARY},
        ]
        config = home / ".aliyun" / "config.json"
        config.parent.mkdir()
        config.write_text(json.dumps({"current": "deploy", "profiles": profiles}))
        config.chmod(0o600)
        log = ("--log-file", str(home / "the.log"))
        where = ("-e", facts["endpoint"], *log)

        with explorer(home, (120, 40), *where) as window:
            use_everything(window)
        written = [bytes(window.raw)]
        assert len(list(work.iterdir())) >= 7, "every export has been made"

        argv = [sys.executable, "-c", CRASH, *where]
        with Terminal(argv, environ=environment(home), size=(120, 40)) as terminal:
            terminal.until_shown("of 150")
            terminal.send(b"z")
            assert terminal.wait() != 0
            terminal.until_shown("The report is in")
        written.append(bytes(terminal.raw))

        for words in (
            ["doctor", *where],
            ["doctor", "--json", *where],
            ["config"],
            ["archive", "info"],
            ["archive", "export"],
            *(["list", "--output", form, *where] for form in ("table", "json", "csv", "ids")),
            ["list", "--profile", "plain", *where],
        ):
            done = subprocess.run(
                [sys.executable, "-m", "tui", *words],
                capture_output=True,
                stdin=subprocess.DEVNULL,
                env=environment(home),
                check=False,
            )
            assert b"Traceback" not in done.stderr
            written += [done.stdout, done.stderr]

    (kept,) = home.rglob("*.credentials")
    temporary = json.loads(kept.read_text())
    lasting = [CANARY, facts["access_key_secret"]]
    secrets = [*lasting, temporary["access_key_secret"], temporary["token"]]
    for content in written:
        assert_silent(content, secrets, "what was written")
        for copied in re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", content):
            assert_silent(base64.b64decode(copied), secrets, "what was copied")
    files = [path for path in (*home.rglob("*"), *work.iterdir()) if path.is_file()]
    assert any("crash" in path.name for path in files)
    assert any(path.suffix == ".sqlite3" for path in files)
    for path in files:
        if path != config:
            assert_silent(path.read_bytes(), lasting if path == kept else secrets, str(path))


def use_everything(window: Window) -> None:
    """Do what writes, copies and shows something of who asks."""
    window.shows(r"profile deploy · \d+ role")
    window.shows(r"50 of 150")
    for key in "ifejcp":
        window.press("Y")
        window.shows(r"Copy +i invoke ID")
        window.press(key)
        window.shows(r": sent to the terminal, [\d,]+ bytes|nothing to copy")
        window.press("down", "up")
        window.hides(r": sent to the terminal|nothing to copy")
    for key in "mcjnki":
        window.press("x")
        window.shows(r"Export +m")
        window.press(key)
        window.shows(r"Saved")
        window.press("down", "up")
        window.hides(r"Saved")
    window.press("v")
    window.shows(r'"CreationTime"')
    window.press("S", "enter")
    leave(window, r"bytes saved to")
    window.press("@")
    leave(window, r"API calls")
    window.press("P")
    window.shows(r"plain +AK")
    window.press(*"plain", "enter")
    window.shows(r"profile plain · ")
    window.shows(r"SignatureDoesNotMatch")
    window.press("@")
    leave(window, r"API calls")
    window.press("!")
    window.shows(r"enter goes back")
    window.press("enter")
    window.shows(r"credentials refused")
    window.press("q")
    assert window.wait() == 0
    window.assert_whole()
