"""Saving: names that cannot do harm, and files that are never written over."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui import saving
from tui.saving import MAX_BYTES, safe_name, save_as, save_new


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("nginx.conf", "nginx.conf"),
        ("部署 脚本.sh", "部署_脚本.sh"),
        ("../../.ssh/authorized_keys", "authorized_keys"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/etc/passwd", "passwd"),
        ("conf.d/", "conf.d"),
        ("-rf", "rf"),
        ("--output=x", "output=x"),
        (".bashrc", "bashrc"),
        ("...", "unnamed"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("a\nb\x1b]0;t\x07c", "a_b__0_t_c"),
        ("invoice\u202efdp.exe", "invoice_fdp.exe"),
        ("report.", "report"),
        ("~root", "root"),
        ("$(reboot);`x`|y", "reboot___x__y"),
        ("\ud800x", "x"),
        ("a\0b", "a_b"),
    ],
)
def test_a_name_is_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text(max_size=400))
def test_any_name_is_made_safe(name: str) -> None:
    safe = safe_name(name)
    assert safe[0].isalnum()
    assert all(each.isalnum() or each in "._-+=@," for each in safe)
    assert len(safe.encode()) <= MAX_BYTES
    assert not safe.endswith(".")
    assert safe_name(safe) == safe


def test_a_long_name_keeps_its_ending() -> None:
    assert safe_name("文" * 300 + ".tar.gz").endswith("文.gz")
    assert len(safe_name("a." + "b" * 300)) == MAX_BYTES


def test_a_file_is_written_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = save_new(tmp_path, "a.conf", b"x\0y\r\n")
    finally:
        os.umask(before)
    assert path == tmp_path / "a.conf"
    assert path.read_bytes() == b"x\0y\r\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_there_is_never_written_over(tmp_path: Path) -> None:
    paths = [save_new(tmp_path, "a.tar.gz", data) for data in (b"1", b"2", b"3")]
    assert [path.name for path in paths] == ["a.tar.gz", "a.tar-1.gz", "a.tar-2.gz"]
    assert [path.read_bytes() for path in paths] == [b"1", b"2", b"3"]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    (tmp_path / "a").symlink_to(target)
    assert save_new(tmp_path, "a", b"x") == tmp_path / "a-1"
    assert not target.exists()


def test_a_name_cannot_leave_the_directory(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    assert save_new(inside, "../../escaped", b"x") == inside / "escaped"
    assert not (tmp_path / "escaped").exists()


def test_a_directory_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        save_new(tmp_path / "missing", "a", b"x")


def test_giving_up_on_numbers_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "MAX_TRIES", 2)
    for _ in range(2):
        save_new(tmp_path, "a", b"")
    with pytest.raises(FileExistsError, match="too many"):
        save_new(tmp_path, "a", b"")


def test_half_a_file_does_not_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, mode: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fchmod", full)
    with pytest.raises(OSError, match="No space"):
        save_new(tmp_path, "a", b"x")
    assert not (tmp_path / "a").exists()


def test_a_user_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work, other = tmp_path / "work", tmp_path / "other"
    work.mkdir()
    other.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("HOME", str(other))
    assert save_as("b", "a", b"") == work / "b"
    assert save_as(f"{other}/c d", "a", b"") == other / "c_d"
    assert save_as("~/", "a", b"") == other / "a"
    assert save_as("../other/e\0f", "a", b"").resolve() == other / "ef"


@pytest.mark.parametrize("typed", ["", "  ", "~nobody-has-this-name/x", "missing/x"])
def test_nowhere_is_an_error(typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OSError, match=r"name|home|No such"):
        save_as(typed, "a", b"")
