"""The commands as processes: exit codes, the doctor's report, and no secret in anything."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.canary import assert_silent
from tests.identity.program import GIVE_UP, ROOT, Machine, emulated


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """Serve an emulator for all tests of this module."""
    with emulated(tmp_path_factory.mktemp("emulator")) as there:
        yield there


@pytest.fixture
def machine(running: Machine, home: Path) -> Machine:
    """Give the test a home of its own."""
    return Machine(running.said, home, running.log)


def test_a_secret_is_in_nothing_but_its_own_files(machine: Machine) -> None:
    helper = machine.home / "helper.sh"
    helper.write_text(f"#!/bin/sh\necho '{json.dumps(machine.said['sts'])}' >&2; exit 1\n")
    helper.chmod(0o700)
    canary = "Canary/+=Secret~0123456789"
    config = machine.configure(
        role={"mode": "RamRoleArn", "ram_role_arn": machine.said["role_arn"]},
        wrong={"mode": "RamRoleArn", "ram_role_arn": "x", "access_key_secret": canary},
        key={"mode": "AK", "access_key_secret": canary},
        token={"mode": "StsToken", "access_key_secret": canary, "sts_token": f"{canary}Token"},
        helper={"mode": "External", "process_command": str(helper)},
        sso={
            "mode": "CloudSSO",
            "access_token": f"{canary}SSO",
            "cloud_sso_access_token_expire": 4_000_000_000,
            "cloud_sso_sign_in_url": machine.said["cloud_sso_sign_in_url"],
        },
    )
    before = config.read_bytes()
    log = machine.home / "the.log"
    runs = [
        machine.run(*command, "--profile", profile, "--log-file", str(log))
        for command, profile in (
            (("list", "--limit", "2", "--output", "ndjson"), "role"),
            (("doctor",), "role"),
            (("doctor", "--json"), "wrong"),
            (("list",), "key"),
            (("doctor",), "token"),
            (("list",), "sso"),
            (("list",), "helper"),
            (("doctor", "--json"), "helper"),
        )
    ]
    assert [each.returncode for each in runs] == [0, 0, 3, 3, 3, 3, 3, 3]
    assert all("Traceback" not in each.stderr for each in runs)
    cache = machine.home / ".cache" / "sendfile-explorer"
    kept = list(cache.glob("*.credentials"))
    assert len(kept) == 1
    temporary = json.loads(kept[0].read_text())
    lasting = [canary, machine.said["access_key_secret"]]
    spoken = [machine.said["sts"][name] for name in ("access_key_secret", "security_token")]
    secrets = [*lasting, temporary["access_key_secret"], temporary["token"], *spoken]
    for run in runs:
        assert_silent(run.stdout.encode() + run.stderr.encode(), secrets, str(run.args))
    for path in filter(Path.is_file, machine.home.rglob("*")):
        if path in (config, helper):
            continue
        own = lasting if path in kept else secrets
        assert_silent(path.read_bytes(), own, str(path))
    assert log.stat().st_size > 0
    assert config.read_bytes() == before


def test_the_second_start_of_a_role_asks_the_token_service_nothing(machine: Machine) -> None:
    machine.configure(role={"mode": "RamRoleArn", "ram_role_arn": machine.said["role_arn"]})
    asked = machine.asked("AssumeRole"), machine.asked("GetCallerIdentity")
    first = machine.run("doctor", "--json")
    assert machine.asked("AssumeRole") == asked[0] + 1
    second = machine.run("doctor", "--json")
    assert (first.returncode, second.returncode) == (0, 0)
    assert machine.asked("AssumeRole") == asked[0] + 1
    assert machine.asked("GetCallerIdentity") == asked[1] + 1
    reports = json.loads(first.stdout), json.loads(second.stdout)
    assert reports[0]["credentials"]["arn"] == reports[1]["credentials"]["arn"] != ""
    cleared = machine.run("cache", "clear")
    assert (cleared.returncode, cleared.stdout.split()[0]) == (0, "1")
    assert machine.run("list", "--limit", "1").returncode == 0
    assert machine.asked("AssumeRole") == asked[0] + 2


def test_the_report_says_what_was_found_and_why(machine: Machine) -> None:
    machine.configure(ops={"mode": "AK"})
    done = machine.run("doctor", "--json", "--region", "cn-beijing")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["good"]
    assert report["credentials"]["source"] == "profile ops"
    assert report["credentials"]["account_id"] == "1000000000000000"
    assert [each["place"] for each in report["credentials"]["places"] if each["wins"]] == [
        "~/.aliyun/config.json"
    ]
    assert report["endpoint"]["region"] == "cn-beijing"
    assert report["endpoint"]["resolved_by"] == "ALIBABA_CLOUD_ENDPOINT"
    assert abs(report["clock_skew"]) < 60
    assert report["signed_call"]["ok"]
    assert not report["terminal"]["able"]
    assert done.stdout.isascii()


def test_a_role_that_is_denied_is_said_with_what_would_help(machine: Machine) -> None:
    machine.configure(out={"mode": "RamRoleArn", "ram_role_arn": machine.said["denied_role_arn"]})
    done = machine.run("doctor")
    assert done.returncode == 3
    assert "Profile out (RamRoleArn) gives no credentials: " in done.stdout
    assert "sts:AssumeRole" in done.stdout
    assert "Not good: " in done.stdout


def test_nobody_is_exit_3_and_says_where_was_looked(machine: Machine) -> None:
    disabled = {"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}
    for words in (["list"], ["doctor"]):
        done = machine.run(*words, "--region", "cn-hangzhou", **disabled)
        assert done.returncode == 3
        assert "No credentials were found" in done.stdout + done.stderr
        assert "~/.aliyun/config.json" in done.stdout + done.stderr


def test_no_region_is_exit_2(machine: Machine) -> None:
    machine.configure(ops={"mode": "AK", "region_id": ""})
    done = machine.run("doctor")
    assert done.returncode == 2
    assert "No region is given" in done.stdout
    assert "1000000000000000" in done.stdout, "who asks is found out all the same"
    machine.configure(ops={"mode": "External", "region_id": "", "process_command": "/nowhere/at"})
    done = machine.run("doctor")
    assert done.returncode == 2
    assert "at cannot be run: No such file or directory" in done.stdout


def test_neither_command_loads_the_screen(machine: Machine) -> None:
    machine.configure(role={"mode": "RamRoleArn", "ram_role_arn": machine.said["role_arn"]})
    code = (
        "import sys\n"
        "from tui.__main__ import main\n"
        "code = main()\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)\n"
        "sys.exit(code)\n"
    )
    for words in (["doctor"], ["list", "--limit", "1"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *words],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=machine.environment(),
            timeout=GIVE_UP,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert not set(done.stderr.splitlines()[-1].split()) & {"textual", "rich"}


@pytest.mark.parametrize("script", ["cat > /dev/null; sleep 600", "trap '' INT TERM; sleep 600"])
def test_a_signal_is_answered_while_a_program_sleeps(machine: Machine, script: str) -> None:
    started = machine.home / "started"
    helper = machine.home / "helper.sh"
    helper.write_text(f"#!/bin/sh\necho $$ > {started}.tmp; mv {started}.tmp {started}\n{script}\n")
    helper.chmod(0o700)
    machine.configure(ops={"mode": "External", "process_command": str(helper)})
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "list"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=machine.environment(),
    )
    while not started.exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=GIVE_UP)
    assert process.returncode == 130
    assert b"Traceback" not in said
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)
