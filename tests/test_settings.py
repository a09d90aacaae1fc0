"""Settings: who wins, where a value came from, and what is refused."""

from __future__ import annotations

import os
import tomllib
from dataclasses import fields, replace
from pathlib import Path

import pytest

from tui.settings import RULES, Settings, SettingsError, as_toml, load


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "config.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refusal(path: Path | None = None, **environ: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load(path, environ, {})
    sentence = str(caught.value)
    assert sentence.isprintable()
    assert sentence.endswith(".")
    return sentence


def test_every_setting_has_a_rule_and_a_default() -> None:
    settings = load(None, {}, {})
    assert settings == Settings()
    names = [each.name for each in fields(settings) if each.name not in ("origins", "warnings")]
    assert [rule.name for rule in RULES] == names
    assert settings.origins == dict.fromkeys(names, "default")


def test_a_flag_beats_our_variable_beats_the_vendors_beats_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, 'region = "cn-file"')
    ours = {"SENDFILE_EXPLORER_REGION": "cn-ours"}
    vendors = {"ALIBABA_CLOUD_REGION_ID": "cn-vendor", "REGION": "cn-old"}
    flag = {"region": "cn-flag"}

    def chosen(environ: dict[str, str], flags: dict[str, str]) -> tuple[str, str]:
        settings = load(path, environ, flags)
        return settings.region, settings.origins["region"]

    assert chosen({**ours, **vendors}, flag) == ("cn-flag", "flag")
    assert chosen({**ours, **vendors}, {}) == ("cn-ours", "SENDFILE_EXPLORER_REGION")
    assert chosen(vendors, {}) == ("cn-vendor", "ALIBABA_CLOUD_REGION_ID")
    assert chosen({}, {}) == ("cn-file", str(path))


def test_an_empty_variable_is_not_set() -> None:
    environ = {"SENDFILE_EXPLORER_REGION": "", "ALICLOUD_REGION_ID": "cn-x"}
    assert load(None, environ, {}).region == "cn-x"


def test_a_file_may_set_everything(tmp_path: Path) -> None:
    settings = load(
        written(
            tmp_path,
            'profile = "ops"\nregion = "cn-x"\nendpoint = "localhost:1"\nnetwork = "VPC"\n'
            "connect_timeout = 1\nread_timeout = 2.5\npage_size = 7\narchive = false\n"
            "archive_contents = true\narchive_days = 30\narchive_megabytes = 0\n"
            'cache = false\nlog_file = "log"\nmouse = false\nslow = true\ntheme = "nord"\n'
            "line_driver = false\n",
        ),
        {},
        {},
    )
    assert settings == Settings(
        profile="ops",
        region="cn-x",
        endpoint="localhost:1",
        network="vpc",
        connect_timeout=1.0,
        read_timeout=2.5,
        page_size=7,
        archive=False,
        archive_contents=True,
        archive_days=30,
        archive_megabytes=0,
        cache=False,
        log_file="log",
        mouse=False,
        slow=True,
        theme="nord",
        line_driver=False,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("archive = false", Settings(archive=False)),
        ("archive.contents = true", Settings(archive_contents=True)),
        (
            "[archive]\nenabled = false\ncontents = true\ndays = 30\nmegabytes = 0",
            Settings(archive=False, archive_contents=True, archive_days=30, archive_megabytes=0),
        ),
    ],
)
def test_the_archive_is_set_by_a_word_or_a_table(
    tmp_path: Path, text: str, expected: Settings
) -> None:
    path = written(tmp_path, text)
    settings = load(path, {"SENDFILE_EXPLORER_ARCHIVE_DAYS": "7"}, {})
    assert settings == replace(expected, archive_days=7)
    assert load(path, {}, {}) == expected


@pytest.mark.parametrize("word", ["0", "false", "No", "OFF"])
def test_a_variable_switches_off(word: str) -> None:
    assert load(None, {"SENDFILE_EXPLORER_MOUSE": word}, {}).mouse is False


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PAGE_SIZE", "0"),
        ("PAGE_SIZE", "51"),
        ("PAGE_SIZE", "ten"),
        ("CONNECT_TIMEOUT", "0"),
        ("CONNECT_TIMEOUT", "nan"),
        ("READ_TIMEOUT", "inf"),
        ("MOUSE", "perhaps"),
        ("NETWORK", "classic"),
        ("ARCHIVE_CONTENTS", "some"),
        ("ARCHIVE_DAYS", "-1"),
        ("ARCHIVE_DAYS", "1.5"),
        ("ARCHIVE_MEGABYTES", "2 GB"),
        ("REGION", "cn\x1b[2J"),
    ],
)
def test_a_wrong_variable_is_named_with_its_value(name: str, text: str) -> None:
    sentence = refusal(None, **{f"SENDFILE_EXPLORER_{name}": text})
    assert sentence.startswith(f"SENDFILE_EXPLORER_{name} is ")
    assert "expected" in sentence


def test_a_wrong_flag_is_named_as_a_flag() -> None:
    with pytest.raises(SettingsError, match=r"^--page-size is '51': a whole number from 1 to 50"):
        load(None, {}, {"page_size": "51"})


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('regoin = "cn-x"', "'regoin' in {path} is no setting; the nearest is region."),
        ("zzzzzz = 1", "'zzzzzz' in {path} is no setting."),
        ("[region]\nid = 1", "region in {path} is"),
        ("mouse = 1", "mouse in {path} is '1': true or false is expected."),
        ("page_size = true", "page_size in {path} is 'True'"),
        ("region = 7", "a string in quotes is expected"),
        ("region = ", "{path} is not TOML"),
        (
            "[archive]\ndyas = 1",
            "'dyas' in [archive] in {path} is no setting; the nearest is days.",
        ),
        ("archive.days = true", "archive_days in {path} is 'True': a whole number from 0"),
        ("archive_days = 1\narchive.days = 1", "{path} sets archive_days and archive.days"),
        (b"region = '\xff'", "it is not UTF-8"),
        ('"a\\u001b[2Jb" = 1', "␛[2J"),
    ],
)
def test_a_bad_file_is_one_sentence(tmp_path: Path, text: str | bytes, part: str) -> None:
    path = written(tmp_path, text)
    assert part.format(path=path) in refusal(path)


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    assert load(written(tmp_path, b"\xef\xbb\xbfslow = true"), {}, {}).slow


def test_a_missing_file_matters_only_when_it_was_named(tmp_path: Path) -> None:
    missing = tmp_path / "none" / "config.toml"
    assert load(None, {}, {}, default_path=missing) == Settings()
    assert "does not exist" in refusal(missing)
    (tmp_path / "none").write_text("")
    assert load(None, {}, {}, default_path=missing) == Settings()


def test_the_default_file_is_read_and_a_named_one_replaces_it(tmp_path: Path) -> None:
    default = written(tmp_path, "slow = true")
    named = tmp_path / "other.toml"
    named.write_text("page_size = 3")
    assert load(None, {}, {}, default_path=default).slow
    settings = load(named, {}, {}, default_path=default)
    assert (settings.slow, settings.page_size) == (False, 3)


def test_a_fifo_or_a_huge_file_is_refused_at_once(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    assert "not a regular file" in refusal(fifo)
    assert "larger than" in refusal(written(tmp_path, b"#" * (1 << 21)))


def test_a_number_without_end_is_one_sentence(tmp_path: Path) -> None:
    sentence = refusal(written(tmp_path, b"theme = 0x" + b"f" * 5000))
    assert sentence.startswith("theme in ") and len(sentence) < 300


def test_the_null_device_is_an_empty_file() -> None:
    assert load(Path(os.devnull), {}, {}) == Settings()


def test_a_default_file_that_may_not_be_read_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "slow = true")

    def denied(*_: object) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "open", denied)
    settings = load(None, {}, {}, default_path=path)
    assert settings == Settings()
    assert settings.warnings == (
        f"The configuration file {path} cannot be read: Permission denied.",
    )
    assert "cannot be read: Permission denied." in refusal(path)


def test_a_misspelled_variable_is_a_warning() -> None:
    settings = load(None, {"SENDFILE_EXPLORER_REGOIN": "x", "SENDFILE_EXPLORER_QQQQQQQ": "x"}, {})
    assert settings.warnings == (
        "SENDFILE_EXPLORER_REGOIN is no setting; the nearest is SENDFILE_EXPLORER_REGION.",
    )


def test_the_settings_are_written_as_a_file_that_says_where_each_came_from(
    tmp_path: Path,
) -> None:
    settings = load(None, {"REGION": "cn-x"}, {"log_file": 'a"b\\c', "page_size": "9"})
    text = as_toml(settings)
    lines = dict(line.split("  # ") for line in text.splitlines())
    assert {line.split(" = ")[0]: origin for line, origin in lines.items()} == {**settings.origins}
    assert load(written(tmp_path, text), {}, {}) == settings
    assert tomllib.loads(text)["log_file"] == 'a"b\\c'
