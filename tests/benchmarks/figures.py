"""What was measured, what it should be, and both as a table and as JSON."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, and the most or the least that it may be."""

    what: str
    """What was measured, in words."""
    value: float
    unit: str
    most: float | None = None
    least: float | None = None
    note: str = ""
    """What it was compared with, or how often it was measured."""

    @property
    def is_met(self) -> bool:
        """Whether the number keeps to its budget; True where it has none."""
        is_low = self.most is None or self.value <= self.most
        return is_low and (self.least is None or self.value >= self.least)

    @property
    def budget(self) -> str:
        """The budget in words, empty where there is none."""
        if self.most is not None:
            return f"≤ {number(self.most)}"
        return f"≥ {number(self.least)}" if self.least is not None else ""


def number(value: float) -> str:
    """Write a number with as many digits as anybody wants to read."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.2f}"


def table(figures: Iterable[Figure]) -> str:
    """Return the figures as lines for a terminal."""
    heads = ("what", "measured", "unit", "budget", "", "note")
    rows = [
        (
            figure.what,
            number(figure.value),
            figure.unit,
            figure.budget,
            ("ok" if figure.is_met else "OVER") if figure.budget else "",
            figure.note,
        )
        for figure in figures
    ]
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    lines = []
    for row in (heads, *rows):
        cells = [
            word.rjust(width) if column == 1 else word.ljust(width)
            for column, (word, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def machine() -> dict[str, object]:
    """Say on what the figures were taken."""
    return {
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "system": f"{platform.system()} {platform.release()}",
        "processor": processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "textual": version("textual"),
        "load": round(os.getloadavg()[0], 2),
    }


def processor() -> str:
    """Return the name of the processor, empty where the system does not say."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def write(path: Path, figures: Sequence[Figure], about: dict[str, object]) -> None:
    """Write the figures and what they were taken on as JSON."""
    document = {
        "machine": about,
        "figures": [asdict(figure) | {"met": figure.is_met} for figure in figures],
    }
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
