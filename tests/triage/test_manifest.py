"""The retry manifest, run with a stand-in for `aliyun` that writes down what it is told."""

from __future__ import annotations

import subprocess
from base64 import b64decode, b64encode
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.triage.rows import HOSTILE, controls, delivery, documents, invocations, sends
from tui.records import FileContent, Invocation, Tag
from tui.triage.additions import with_additions
from tui.triage.campaigns import campaigns_of
from tui.triage.content import Fingerprint, decode, fingerprint
from tui.triage.manifest import LocalFile, Manifest, ManifestRefused, Order, manifest
from tui.triage.retrying import GOES_ON, NO_INSTANCE, OTHER_CONTENT, OTHER_FILE
from tui.triage.sends import Delivery

DATA = b"listen 80;\n\xff\x00binary\r\n"

ORDER = Order(
    region="cn-hangzhou",
    name="app.conf",
    target_dir="/etc/app",
    owner="ops",
    group="staff",
    mode="0640",
    overwrite=True,
    description="Edge proxy (CHG1)",
    tags=(Tag("env", "prod"), Tag("acs:tag:createdby", "sub:1"), Tag("canary", "")),
    resource_group_id="rg-1",
    timeout=90,
    profile="ops",
)


@dataclass
class Bench:
    """A directory with a local file and a stand-in for `aliyun` first on the path."""

    directory: Path
    shell: str = "sh"

    def local(self, name: str = "app.conf", data: bytes = DATA) -> LocalFile:
        path = self.directory / name
        path.write_bytes(data)
        return LocalFile.checked(str(path), data, fingerprint(sent(data)))

    def run(self, made: Manifest) -> tuple[int, list[list[str]]]:
        """Run the script; return its exit status and the arguments of each call of `aliyun`."""
        tools, calls = self.directory / "tools", self.directory / "calls"
        tools.mkdir(exist_ok=True)
        calls.mkdir(exist_ok=True)
        standin = tools / "aliyun"
        standin.write_text(
            "#!/bin/sh\n"
            f"n=$(ls '{calls}' | wc -l)\n"
            f"printf '%s\\0' \"$@\" > '{calls}'/$(printf '%04d' $n)\n"
        )
        standin.chmod(0o755)
        script = self.directory / "retry.sh"
        script.write_text(made.script)
        done = subprocess.run(
            [self.shell, str(script)],
            capture_output=True,
            check=False,
            env={"PATH": f"{tools}:/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        )
        return done.returncode, [
            each.read_bytes().decode().split("\0")[:-1] for each in sorted(calls.iterdir())
        ]


@pytest.fixture(params=["sh", "bash"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    return Bench(tmp_path, request.param)


def sent(data: bytes) -> FileContent:
    encoded = b64encode(data).decode()
    return decode(Invocation("f", "Failed", content_type="Base64", content=encoded))


def options(call: list[str]) -> dict[str, str]:
    """Read `--name value` and `--name=value`."""
    found, words = {}, iter(call[2:])
    for word in words:
        assert word.startswith("--"), word
        name, equals, value = word.partition("=")
        found[name] = value if equals else next(words)
    return found


def hosts(calls: list[list[str]]) -> list[str]:
    return [
        value
        for call in calls
        for name, value in options(call).items()
        if name.startswith("--InstanceId.")
    ]


def failures(count: int, code: str = "ClientNotRunning") -> list[Delivery]:
    return [
        delivery(f"i-{number:04d}", "Aborted", 5, code=code, content_hash="")
        for number in range(count)
    ]


def test_the_commands_name_the_hosts_the_file_and_every_parameter(bench: Bench) -> None:
    made = manifest(ORDER, bench.local(), failures(120))
    status, calls = bench.run(made)
    assert status == 0
    assert [len(hosts([call])) for call in calls] == [50, 50, 20]
    assert hosts(calls) == [f"i-{number:04d}" for number in range(120)]
    for call in calls:
        assert call[:2] == ["ecs", "SendFile"]
        told = options(call)
        assert b64decode(told.pop("--Content"), validate=True) == DATA
        assert {key: value for key, value in told.items() if "InstanceId" not in key} == {
            "--profile": "ops",
            "--RegionId": "cn-hangzhou",
            "--Name": "app.conf",
            "--TargetDir": "/etc/app",
            "--FileOwner": "ops",
            "--FileGroup": "staff",
            "--FileMode": "0640",
            "--Description": "Edge proxy (CHG1)",
            "--ResourceGroupId": "rg-1",
            "--Overwrite": "true",
            "--Timeout": "90",
            "--ContentType": "Base64",
            "--Tag.1.Key": "env",
            "--Tag.1.Value": "prod",
            "--Tag.2.Key": "canary",
            "--Tag.2.Value": "",
        }
    assert made.id_list == "".join(f"i-{number:04d}\n" for number in range(120))


def test_nothing_is_sent_once_the_file_has_changed_or_is_gone(bench: Bench) -> None:
    local = bench.local()
    made = manifest(ORDER, local, failures(3))
    Path(local.path).write_bytes(DATA + b"x")
    assert bench.run(made) == (1, [])
    Path(local.path).unlink()
    assert bench.run(made) == (1, [])


def test_the_script_stops_at_the_first_command_that_fails(bench: Bench) -> None:
    made = manifest(ORDER, bench.local(), failures(120))
    failing = replace(made, script=made.script.replace("aliyun ecs", "aliyun ecs && false #"))
    status, calls = bench.run(failing)
    assert status != 0
    assert len(calls) == 1


def test_hostile_names_and_paths_stay_single_arguments(bench: Bench) -> None:
    taken = refused = 0
    for number, text in enumerate(HOSTILE):
        order = replace(
            ORDER,
            name=text,
            target_dir=f"/{text}x",
            description=f"{text}.",
            tags=(Tag("k", f"{text}v"),),
            owner=f"a{text}a",
        )
        rows = [
            delivery(
                f"i-{number}",
                "Failed",
                1,
                code="FileCreateFail",
                info=text,
                content_hash="",
                name=text,
                target_dir=order.target_dir,
            ),
        ]
        try:
            made = manifest(order, bench.local(f"{number}'$(x) \"\x1b.conf"), rows)
        except ManifestRefused as refusal:
            assert not controls(str(refusal), "")
            refused += 1
            continue
        taken += 1
        assert not controls(made.script)
        status, calls = bench.run(made)
        assert status == 0
        told = options(calls[-1])
        assert told["--Name"] == text
        assert told["--TargetDir"] == f"/{text}x"
        assert told["--Description"] == f"{text}."
        assert told["--Tag.1.Value"] == f"{text}v"
        assert told["--FileOwner"] == f"a{text}a"
        assert hosts(calls[-1:]) == [f"i-{number}"]
        assert b64decode(told["--Content"]) == DATA
    assert taken >= len(HOSTILE) - 3
    assert taken + refused == len(HOSTILE)


def test_no_foreign_text_leaves_its_comment(bench: Bench) -> None:
    rows = [
        delivery(f"i-{number}", "Failed", 1, code=f"X{text}", info=text)
        for number, text in enumerate(HOSTILE)
    ]
    made = manifest(replace(ORDER, resource_group_id=""), bench.local(), rows)
    assert made.instances == ()
    assert all(line.startswith("#") for line in made.script.splitlines())
    assert not controls(made.script)
    assert bench.run(made) == (0, [])


@pytest.fixture
def local(tmp_path: Path) -> LocalFile:
    return Bench(tmp_path).local()


def test_only_what_can_succeed_is_sent_again(local: LocalFile) -> None:
    rows = [
        delivery("i-safe", "Aborted", 5, code="ClientNotRunning"),
        delivery("i-exists", "Invalid", 5, code="FileAlreadyExists"),
        delivery("i-gone", "Aborted", 5, code="InstanceReleased"),
        delivery("i-mode", "Invalid", 5, code="FileAuthorityInvalid"),
        delivery("i-odd", "Failed", 5, code="Unheard"),
        delivery("i-none", "Failed", 5),
        delivery("i-good", "Success", 5),
        delivery("i-healed", "Failed", 5, code="FileCreateFail"),
        delivery("i-healed", "Success", 50, created=40),
        delivery("i-again", "Failed", 5, code="InstanceReleased"),
        delivery("i-again", "Failed", 50, created=40, code="ClientNotResponse"),
        delivery("i-going", "Failed", 5, code="FileCreateFail"),
        delivery("i-going", "Running", created=40),
        delivery("i-other", "Failed", 5, code="FileCreateFail", name="other.conf"),
        delivery("i-old", "Failed", 5, code="FileCreateFail", content_hash="0ld"),
        delivery("i bad", "Failed", 5, code="FileCreateFail"),
        delivery("", "Failed", 5, code="FileCreateFail"),
    ]
    rows = [
        replace(row, sending=replace(row.sending, content_hash=""))
        if row.sending.content_hash == "c0ffee"
        else row
        for row in rows
    ]
    made = manifest(ORDER, local, rows)
    assert made.instances == ("i-safe", "i-exists", "i-again")
    left_out = {
        instance: group.reason for group in made.retry.left_out for instance in group.instances
    }
    assert left_out["i-gone"] == "The instance is gone."
    assert left_out["i-mode"] == "The same request fails again."
    assert left_out["i-odd"] == left_out["i-none"] == "Nobody can say whether it is safe."
    assert left_out["i-going"] == GOES_ON
    assert left_out["i-other"] == OTHER_FILE
    assert left_out["i-old"] == OTHER_CONTENT
    assert left_out["i bad"] == left_out[""] == NO_INSTANCE
    assert len(left_out) == 9
    for instance in left_out:
        assert instance in made.script
    careful = manifest(replace(ORDER, overwrite=False), local, rows)
    assert careful.instances == ("i-safe", "i-again")
    assert "Overwrite=false" in careful.script
    assert "Overwrite=true replaces" in made.script
    known = with_additions('[Unheard]\nmeaning = "x"\nagain = "safe"').knowledge
    assert "i-odd" in manifest(ORDER, local, rows, knowledge=known).instances


def test_another_file_an_encoding_of_it_or_nothing_to_compare_with_is_refused() -> None:
    content = decode(Invocation("f", "Failed", content_type="Base64", content="bGlzdGVu"))
    assert LocalFile.checked("x", b"listen", content).size == 6
    for data, kept, words in (
        (b"other", content, "another file"),
        (b"listen\n", content, "but for this"),
        (b"bGlzdGVu", content, "not yet decoded"),
        (b"listen", None, "Neither the content nor its hash is known"),
        (b"listen", Fingerprint("0" * 64), "another file"),
    ):
        with pytest.raises(ManifestRefused, match=words):
            LocalFile.checked("x", data, kept)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (LocalFile("/x", "0" * 64, 0), "empty"),
        (LocalFile("/x", "0" * 64, 24_577), "32,772 characters in Base64"),
        (LocalFile("/x\0", "0" * 64, 5), "The path of the file has a NUL"),
    ],
)
def test_what_the_service_would_refuse_is_refused_here(file: LocalFile, words: str) -> None:
    with pytest.raises(ManifestRefused, match=words):
        manifest(ORDER, file, failures(1))


def test_a_campaign_of_the_fleet_is_sent_again_to_just_its_broken_hosts(bench: Bench) -> None:
    by_id = {each.invoke_id: each for each in invocations()}
    raw = {each["InvokeId"]: each for each in documents()}
    tried = 0
    for campaign in campaigns_of(invocations()):
        codes = {
            each["InstanceId"]: each["ErrorCode"]
            for invoke_id in campaign.invocations
            for each in raw[invoke_id]["InvokeInstances"]["InvokeInstance"]
        }
        broken = {host for host in campaign.failed if codes[host] in RETRIED}
        if not broken or len(campaign.failed) < 4:
            continue
        tried += 1
        invocation = by_id[campaign.invocations[-1]]
        content = decode(invocation)
        path = bench.directory / "file"
        path.write_bytes(content.data)
        local = LocalFile.checked(str(path), content.data, content)
        rows = [each for each in sends().deliveries if each.invoke_id in campaign.invocations]
        made = manifest(Order.of(invocation, "cn-hangzhou"), local, rows)
        _, before = bench.run(replace(made, script="true\n"))
        status, calls = bench.run(made)
        assert status == 0
        calls = calls[len(before) :]
        assert set(hosts(calls)) == broken
        assert b64decode(options(calls[0])["--Content"]) == content.data
        if tried == 6:
            break
    assert tried == 6


RETRIED = {
    *("ClientNotRunning", "ClientNotResponse", "ClientIsUpgrading", "ClientNeedUpgrade"),
    *("InstanceNotRunning", "DeliveryTimeout", "FileCreateFail"),
    *("AccountNotExists", "UserGroupNotExists"),
}
