"""Files of the user: private whatever the umask, whole whatever happens, never followed away."""

from __future__ import annotations

import logging
import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui import logs, resources


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o777], ids=lambda mask: f"umask {mask:03o}")
def any_umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_styles_are_found() -> None:
    assert resources.styles_directory().is_absolute()
    assert list(resources.styles_directory().glob("*.tcss"))


def test_user_directories_honour_xdg(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert resources.config_directory() == home / ".config" / "sendfile-explorer"
    assert resources.state_directory() == home / ".local" / "state" / "sendfile-explorer"
    assert resources.cache_directory() == home / ".cache" / "sendfile-explorer"
    monkeypatch.setenv("XDG_CONFIG_HOME", "/elsewhere/config")
    monkeypatch.setenv("XDG_STATE_HOME", "/elsewhere/state")
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere/cache")
    assert resources.config_directory() == Path("/elsewhere/config/sendfile-explorer")
    assert resources.state_directory() == Path("/elsewhere/state/sendfile-explorer")
    assert resources.cache_directory() == Path("/elsewhere/cache/sendfile-explorer")
    assert list(home.iterdir()) == []


@pytest.mark.usefixtures("any_umask")
def test_a_private_file_is_private_whatever_the_umask(home: Path) -> None:
    path = home / "a" / "b" / "file"
    resources.write_private(path, b"one")
    resources.write_private(path, b"two")
    assert resources.read_private(path) == b"two"
    assert mode(path) == 0o600
    assert mode(home / "a") == mode(home / "a" / "b") == 0o700
    assert [child.name for child in path.parent.iterdir()] == ["file"]


def test_an_open_directory_of_ours_is_closed(home: Path) -> None:
    directory = home / "open"
    directory.mkdir()
    directory.chmod(0o755)
    resources.private_directory(directory)
    assert mode(directory) == 0o700


def test_a_link_in_place_of_a_file_is_replaced_not_followed(home: Path) -> None:
    victim = home / "victim"
    victim.write_bytes(b"precious")
    directory = home / "ours"
    resources.private_directory(directory)
    (directory / "file").symlink_to(victim)
    resources.write_private(directory / "file", b"new")
    assert victim.read_bytes() == b"precious"
    assert not (directory / "file").is_symlink()
    assert resources.read_private(directory / "file") == b"new"


def test_a_link_in_place_of_a_directory_is_refused(home: Path) -> None:
    (home / "real").mkdir()
    (home / "link").symlink_to(home / "real")
    with pytest.raises(OSError):
        resources.write_private(home / "link" / "file", b"")
    assert list((home / "real").iterdir()) == []


def test_what_is_read_back_has_to_be_private_and_ours(home: Path) -> None:
    path = home / "ours" / "file"
    resources.write_private(path, b"12345")
    with pytest.raises(OSError, match="larger than 4 bytes"):
        resources.read_private(path, limit=4)
    path.chmod(0o640)
    with pytest.raises(PermissionError, match="other users"):
        resources.read_private(path)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        resources.read_private(path)
    os.mkfifo(path, 0o600)
    with pytest.raises(OSError, match="not a regular file"):
        resources.read_private(path)
    path.unlink()
    path.symlink_to(home / "elsewhere")
    with pytest.raises(OSError):
        resources.read_private(path)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = home / "ours" / "file"
    resources.write_private(path, b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        resources.write_private(path, b"new")
    assert path.read_bytes() == b"old"
    assert [child.name for child in path.parent.iterdir()] == ["file"]


def test_a_home_that_is_a_file_is_an_oserror_with_a_reason(home: Path) -> None:
    (home / "blocked").write_text("")
    with pytest.raises(OSError) as caught:
        resources.write_private(home / "blocked" / "ours" / "file", b"")
    assert resources.reason(caught.value) in ("Not a directory", "File exists")


def test_readers_never_see_half_a_file(home: Path) -> None:
    path = home / "ours" / "file"
    contents = [bytes([letter]) * 100_000 for letter in b"abcd"]
    resources.write_private(path, contents[0])
    seen = set()

    def write(content: bytes) -> None:
        for _ in range(10):
            resources.write_private(path, content)

    writers = [threading.Thread(target=write, args=[content]) for content in contents]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        seen.add(resources.read_private(path))
    assert seen <= set(contents)
    assert [child.name for child in path.parent.iterdir()] == ["file"]


@pytest.mark.usefixtures("any_umask")
def test_a_log_is_private_and_appended_to(home: Path) -> None:
    path = home / "log"
    for line in ("one\n", "two\n"):
        with resources.open_log(path) as log:
            log.write(line)
    assert path.read_text() == "one\ntwo\n"
    assert mode(path) == 0o600


def test_a_log_is_not_written_through_a_link_or_to_a_fifo(home: Path) -> None:
    (home / "link").symlink_to(home / "victim")
    with pytest.raises(OSError):
        resources.open_log(home / "link")
    os.mkfifo(home / "fifo")
    with pytest.raises(OSError):
        resources.open_log(home / "fifo")
    assert not (home / "victim").exists()


@pytest.mark.parametrize(
    "text",
    [
        "key LTAI5tSecretSecret0000 used",
        "id STS.NSecretSecret000 used",
        "Authorization: ACS3-HMAC-SHA256 Credential=Secret,SignedHeaders=host,Signature=Secret",
        "x-acs-security-token: CAISSecret+/==",
        '"SecurityToken": "CAISSecret+/=="',
        "access_key_secret=SecretSecret",
        '{"AccessKeySecret":"SecretSecret"}',
        "proxy https://user:Secret@proxy:8080/",
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str) -> None:
    masked = logs.redact(text)
    assert "Secret" not in masked.replace("AccessKeySecret", "").replace("SecurityToken", "")
    assert logs.MASK in masked
    assert logs.redact(masked) == masked


def test_known_secrets_are_masked_and_ordinary_words_are_not() -> None:
    assert logs.redact("a hunter2hunter2 b", ["hunter2hunter2", "b"]) == "a *** b"
    harmless = "DescribeSendFileResults RegionId=cn-hangzhou NextToken=AAAA signature ok"
    assert logs.redact(harmless) == harmless


def test_the_log_has_one_printable_line_for_a_record(home: Path) -> None:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        logs.start(home / "log", known_secrets=["topsecretvalue"])
        logging.getLogger("tui").info("a\x1b]0;x\x07 %s\nb", "topsecretvalue")
        logging.getLogger("httpx").info("GET https://example.com/?Signature=x")
        try:
            raise ValueError("with \x1b[2J and topsecretvalue")
        except ValueError:
            logging.getLogger("tui").exception("failed")
    finally:
        for handler in set(root.handlers) - set(before):
            root.removeHandler(handler)
            handler.close()
        root.setLevel(level)
    text = (home / "log").read_text()
    assert text.splitlines()[0].endswith("INFO tui a␛]0;x␇ ***␊b")
    assert "example.com" not in text
    assert "ValueError: with ␛[2J and ***" in text
    assert "topsecretvalue" not in text
