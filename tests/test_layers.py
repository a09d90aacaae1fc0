"""Who imports whom: the arrows run one way, in the source and in a running process."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "tui"

VOCABULARY = {"late_dataclass", "masking", "plain", "records"}
"""What everything may import."""


LONGEST = 400
"""Lines of a file."""

WIRING = {"__init__", "__main__", "commands"}
"""The version, the entry, and what puts the parts together and may import everything."""

ARROWS: dict[str, set[str]] = {
    "late_dataclass": set(),
    "masking": set(),
    "plain": set(),
    "records": set(),
    "flags": set(),
    "requests": set(),
    "toml": set(),
    "settings": {"toml"},
    "cli": {"flags", "given", "requests", "settings"},
    "given": {"settings"},
    "resources": set(),
    "themes": set(),
    "saving": {"resources"},
    "keymap": {"application", "screens", "settings", "toml", "widgets"},
    "logs": {"resources", "api.calls", "api.errors"},
    "api": set(),
    "emulator": set(),
    "archive": {"resources"},
    "triage": {"toml"},
    "identity": {"api", "resources"},
    "headless": {"api", "archive", "triage"},
    "terminal": {"resources"},
    "widgets": set(),
    "application": {
        "archive",
        "resources",
        "screens",
        "settings",
        "terminal",
        "themes",
        "widgets",
    },
    "screens": {
        "widgets",
        "archive",
        "triage",
        "resources",
        "saving",
        "api.pager",
        "api.errors",
        "api.calls",
        "api.regions",
        "api.values",
    },
}
"""Package or module -> what of ours it may import besides the vocabulary and itself."""

FOREIGN: dict[str, set[str]] = {
    "httpx": {"api.transport"},
    "pydantic": {"api.lenient", "api.schema"},
    "h11": {"emulator.server"},
    "textual": {"application", "keymap", "screens", "terminal", "themes", "widgets"},
    "rich": {"screens", "terminal", "widgets"},
    "platformdirs": {"resources"},
    "argparse": {"cli"},
    "sqlite3": {"archive"},
    "tomllib": {"toml"},
}
"""Library -> the only modules, or packages, that may import it."""


def modules() -> Iterator[tuple[str, Path]]:
    """Yield each module of ours by its dotted name below `tui`."""
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        yield name.removesuffix(".__init__"), path


def imports(path: Path, module: str) -> Iterator[str]:
    """Yield every dotted name that a module imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            assert node.module is not None
            for alias in node.names:
                dotted = f"{node.module}.{alias.name}"
                yield dotted if is_module(dotted) else node.module


def is_module(dotted: str) -> bool:
    """Say whether a dotted name is a module or package of ours, and not something in one."""
    path = PACKAGE.parent.joinpath(*dotted.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def within(name: str, owners: set[str]) -> bool:
    """Say whether a module is one of the owners or belongs to one."""
    return any(name == owner or name.startswith(f"{owner}.") for owner in owners)


PRODUCT = [(name, path) for name, path in modules() if name.partition(".")[0] not in WIRING]


def test_everything_has_arrows() -> None:
    assert {name.partition(".")[0] for name, _ in PRODUCT} <= set(ARROWS)


@pytest.mark.parametrize(("name", "path"), PRODUCT, ids=[name for name, _ in PRODUCT])
def test_a_module_imports_only_what_its_layer_may(name: str, path: Path) -> None:
    layer = name.partition(".")[0]
    allowed = ARROWS[layer] | VOCABULARY | {layer}
    for imported in imports(path, name):
        if imported.partition(".")[0] != "tui" or imported == "tui":
            continue
        below = imported.removeprefix("tui.")
        assert within(below, allowed), f"{name} imports {imported}"


@pytest.mark.parametrize("library", FOREIGN)
def test_a_library_is_imported_in_one_place(library: str) -> None:
    importers = {
        name
        for name, path in modules()
        if any(each.partition(".")[0] == library for each in imports(path, name))
    }
    assert all(within(name, FOREIGN[library]) for name in importers), importers


def test_no_file_is_longer_than_can_be_read_at_once() -> None:
    root = PACKAGE.parent
    files = [path for name in ("tui", "tests") for path in (root / name).rglob("*.py")]
    long = {path.name for path in files if len(path.read_text("utf-8").splitlines()) > LONGEST}
    assert not long


def test_the_vendors_packages_are_nowhere() -> None:
    for name, path in modules():
        for imported in imports(path, name):
            assert not imported.startswith(("alibabacloud", "aliyun", "Tea")), name


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import tui.records, tui.plain", {"textual", "httpx", "pydantic", "asyncio"}),
        ("import tui.cli, tui.settings", {"textual", "httpx", "pydantic", "asyncio"}),
        ("import tui.api.transport", {"textual", "httpx", "pydantic"}),
        ("import tui.api.pager, tui.api.errors", {"textual", "httpx", "pydantic"}),
        ("import tui.identity.chain", {"textual", "httpx", "pydantic", "tui.api.transport"}),
        ("import tui.headless.listing, tui.headless.output", {"textual", "httpx", "rich"}),
        ("import tui.emulator.handler", {"textual", "httpx", "pydantic", "tui.api"}),
        ("import tui.archive.store", {"textual", "httpx", "pydantic", "tui.api"}),
        ("import tui.terminal.guard, tui.terminal.capabilities", {"textual", "httpx", "pydantic"}),
    ],
)
def test_a_running_process_has_loaded_no_more(statement: str, unwanted: set[str]) -> None:
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & unwanted
