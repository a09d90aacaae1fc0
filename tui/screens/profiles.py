"""The profile picker: who else could ask, and what keeps some of them from it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tui.screens.picker import Option, PickerScreen
from tui.screens.session import Profile

NONE: Final = "No profile is set up here; `aliyun configure` makes one."
"""What is said where there is nothing to pick."""


def profile_picker(profiles: Iterable[Profile], identity: str) -> PickerScreen:
    """Return a picker of profiles; `identity` is what the status line says of the present one."""
    options = [
        Option(
            profile.name,
            profile.name,
            (
                (profile.mode, ""),
                (profile.region or "no region", "dim"),
                (profile.state, "ok" if profile.ready else "warning"),
            ),
        )
        for profile in profiles
    ]
    return PickerScreen(
        options,
        identity.removeprefix("profile "),
        title="Profile",
        nothing="There is no such profile." if options else NONE,
    )
