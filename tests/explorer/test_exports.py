"""What leaves the explorer as a file, by keys: hand-off, rows, manifest; and what comes in."""

from __future__ import annotations

import csv
import json
import re
import stat
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import hostile
from tests.explorer.driver import Driver, opened
from tui.emulator.fleet import Fleet
from tui.screens.documents import failed_ids_text
from tui.screens.question import Extent
from tui.triage.content import decode

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a directory that is empty."""
    here = tmp_path / "work"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


async def saved(driver: Driver, directory: Path, *keys: str) -> str:
    """Press keys and return the text of the one file that they have written."""
    before = set(directory.iterdir())
    await driver.press(*keys)
    await driver.settle()
    (path,) = set(directory.iterdir()) - before
    assert "Saved" in driver.text(driver.explorer.hints)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return path.read_text()


async def test_a_hand_off_says_what_is_broken_and_that_it_is_not_all(directory: Path) -> None:
    async with opened() as driver:
        text = await saved(driver, directory, "x", "m")
        assert text.startswith("# Hand-off: ")
        assert "**Incomplete: there may be more than this.**" in text
        for heading in ("## Why it failed", "## Still broken", "## Next steps", "## IDs"):
            assert heading in text
        await driver.press("M")
        assert "**Complete: the service had no more.**" in await saved(driver, directory, "x", "m")


async def test_marked_rows_are_exported_alone_and_without_their_contents(directory: Path) -> None:
    async with opened() as driver:
        await driver.press("space", "space")
        document = json.loads(await saved(driver, directory, "x", "j"))
        assert [row["InvokeId"] for row in document["Rows"]] == sorted(driver.explorer.marks)
        assert "marked" in document["Stamp"]["Remark"]
        assert all("Content" not in row for row in document["Rows"])
        with_contents = json.loads(await saved(driver, directory, "x", "k"))
        assert all(row["Content"] for row in with_contents["Rows"])


async def test_rows_of_a_filtered_view_are_exported_as_lines(directory: Path) -> None:
    async with opened() as driver:
        await driver.press("slash")
        await driver.type("status:failed")
        await driver.press("enter")
        head, *lines = (await saved(driver, directory, "x", "n")).splitlines()
        assert json.loads(head)["Stamp"]["Remark"].endswith("status:failed")
        assert {json.loads(each)["InvocationStatus"] for each in lines} == {"Failed"}
        records = list(csv.DictReader((await saved(driver, directory, "x", "c")).splitlines()))
        assert [each["InvokeId"] for each in records] == [
            json.loads(each)["InvokeId"] for each in lines
        ]
        ids = (await saved(driver, directory, "x", "i")).split()
        assert ids
        assert len(set(ids)) == len(ids)
        assert all(each.startswith("i-") for each in ids)


async def test_an_id_is_a_line_whatever_is_in_it() -> None:
    failed = SimpleNamespace(failed=True)
    ids = [*hostile.PIECES, "i-1", "i-1"]
    deliveries = [SimpleNamespace(instance_id=each, result=failed) for each in ids]

    async def sends(extent: Extent) -> Any:
        return SimpleNamespace(deliveries=deliveries)

    evidence: Any = SimpleNamespace(sends=sends)
    text = await failed_ids_text(evidence, Extent.VIEW)
    assert not hostile.obeyed(text, lines=True)
    assert text.splitlines().count("i-1") == 1
    assert len(text.split("\n")) <= len(ids)


async def to_a_row_that_can_be_retried(driver: Driver) -> bytes:
    """Move to a row whose failures may be sent to again, and return what it sent."""
    await driver.press("M")
    await driver.press("slash")
    await driver.type("code:ClientNotRunning")
    await driver.press("enter")
    reading = driver.explorer.loader.reading
    assert reading is not None
    invocation = await reading.invocation(driver.current_id)
    assert invocation is not None
    return decode(invocation).data


async def test_a_manifest_asks_for_the_file_and_names_hosts_that_are_broken(
    directory: Path,
) -> None:
    async with opened(fleet=Fleet(200, 7)) as driver:
        data = await to_a_row_that_can_be_retried(driver)
        (directory / "sent").write_bytes(data)
        await driver.press("x", "r")
        script = await saved(driver, directory, *"sent", "enter")
        assert "aliyun ecs SendFile" in script
        hosts = re.findall(r"--InstanceId\.\d+ (i-\w+)", script)
        assert hosts
        assert len(hosts) == len(set(hosts))
        subprocess.run(["sh", "-n"], input=script, text=True, check=True)


async def test_no_manifest_is_written_for_another_file(directory: Path) -> None:
    async with opened(fleet=Fleet(200, 7)) as driver:
        data = await to_a_row_that_can_be_retried(driver)
        (directory / "other").write_bytes(data + b"\n# changed\n")
        for name, words in (("other", "It is another file"), ("missing", "No such file")):
            await driver.press("x", "r", *name, "enter")
            await driver.settle()
            assert words in driver.text(driver.explorer.hints)
        assert {each.name for each in directory.iterdir()} == {"other"}


async def test_a_local_file_is_compared_with_what_was_sent(directory: Path) -> None:
    async with opened(fleet=Fleet(200, 7)) as driver:
        data = await to_a_row_that_can_be_retried(driver)
        (directory / "dos").write_bytes(data.replace(b"\n", b"\r\n"))
        await driver.press("I", *"dos", "enter")
        await driver.settle()
        assert "CRLF" in driver.text(driver.explorer.notice)
        await driver.press("escape")
        assert not driver.explorer.notice.display
