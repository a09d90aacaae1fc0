"""The wheel: built from the source distribution, installed elsewhere, started from elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

from tui import __version__

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = ("sendfile-explorer", "sfx")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build both distributions; the wheel is made from what is in the other one."""
    directory = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(directory), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return directory


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    return next(built.glob("*.whl"))


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel alone into a new environment that borrows the dependencies of ours."""
    directory = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(directory)
    python = directory / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    done = subprocess.run(
        [*pip, "--no-deps", "--no-index", str(wheel)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    where = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    # A line in a .pth file adds a directory without what .pth files in there add.
    site = sysconfig.get_path("purelib")
    Path(where.stdout.strip(), "dependencies.pth").write_text(f"{site}\n")
    return directory


def run(environment: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run something of the environment in an empty directory, with a bare environment."""
    elsewhere = environment.parent / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    return subprocess.run(
        [str(environment / "bin" / words[0]), *words[1:]],
        cwd=elsewhere,
        env={"HOME": str(elsewhere), "PATH": os.defpath},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_the_wheel_has_the_package_with_its_styles_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    information = f"sendfile_explorer-{__version__}.dist-info/"
    shared = f"sendfile_explorer-{__version__}.data/data/share/"
    assert {name.partition("/")[0] for name in names} == {
        *("tui", information.rstrip("/"), shared.partition("/")[0])
    }
    assert {name.removeprefix(shared) for name in names if ".data/" in name} == {
        "bash-completion/completions/sendfile-explorer",
        "bash-completion/completions/sfx",
        "zsh/site-functions/_sendfile-explorer",
        "fish/vendor_completions.d/sendfile-explorer.fish",
        "fish/vendor_completions.d/sfx.fish",
    }
    in_checkout = {path.name for path in (ROOT / "styles").glob("*.tcss")}
    assert {Path(name).name for name in names if name.endswith(".tcss")} == in_checkout
    assert all(name.startswith("tui/styles/") for name in names if name.endswith(".tcss"))
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "tui").rglob("*.py")}
    assert {name for name in names if name.endswith(".py")} == modules
    assert f"{information}licenses/LICENSE" in names
    assert not [name for name in names if name.endswith((".pyc", ".toml", ".svg"))]


def test_the_wheel_says_what_it_is_and_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        name = f"sendfile_explorer-{__version__}.dist-info/METADATA"
        metadata = message_from_bytes(archive.read(name))
    assert (metadata["Name"], metadata["Version"]) == ("sendfile-explorer", __version__)
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Requires-Python"] == ">=3.11"
    needed = [text for text in metadata.get_all("Requires-Dist", []) if "extra ==" not in text]
    names = {text.split("<")[0].split(">")[0].strip() for text in needed}
    assert names == {"textual", "httpx", "pydantic", "platformdirs"}
    assert metadata.get_all("Provides-Extra") == ["dev", "socks"]


def test_the_source_distribution_has_what_the_wheel_is_made_of(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "LICENSE", "README.md", "tui/__main__.py"} <= names
    assert not [name for name in names if name.startswith((".ci", ".git/", ".venv"))]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_says_its_version_from_anywhere(environment: Path, command: str) -> None:
    done = run(environment, command, "--version")
    assert (done.stdout, done.returncode) == (f"sendfile-explorer {__version__}\n", 0)


def test_the_module_is_the_same_command(environment: Path) -> None:
    done = run(environment, "python", "-m", "tui", "--version")
    assert done.stdout == f"sendfile-explorer {__version__}\n"


def test_the_installed_one_lists_the_demo(environment: Path) -> None:
    done = run(environment, "sendfile-explorer", "list", "--demo", "--limit", "3")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 4
    assert done.stdout.startswith("CREATED")


def test_the_installed_one_has_its_own_styles(environment: Path) -> None:
    code = "import tui.resources as r; print(r.styles_directory()); import tui.application"
    done = run(environment, "python", "-W", "error", "-c", code)
    assert done.returncode == 0, done.stderr
    styles = Path(done.stdout.strip())
    assert styles.is_relative_to(environment)
    assert list(styles.glob("*.tcss"))


def test_the_installed_one_needs_a_terminal_to_explore(environment: Path) -> None:
    done = run(environment, "sfx", "--demo")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "sendfile-explorer list" in done.stderr


def test_every_dependency_is_pinned_for_the_checks() -> None:
    lines = (ROOT / ".ci" / "constraints.txt").read_text().splitlines()
    pins = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    names = {name.lower().replace("_", "-") for name in pins}
    for needed in ("textual", "httpx", "h11", "pydantic", "platformdirs", "pytest", "ruff", "mypy"):
        assert needed in names
