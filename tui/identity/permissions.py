"""The RAM policy that grants what is needed here and nothing else, ready to copy."""

from __future__ import annotations

import json
from typing import Final

NEEDED: Final = ("ecs:DescribeSendFileResults",)
"""What nothing works without."""

OPTIONAL: Final = (
    "ecs:DescribeCloudAssistantStatus",
    "ecs:DescribeRegions",
    "ecs:ListTagResources",
)
"""What is used where it is granted: agents behind a failure, the regions, many tagged sends."""


def policy(*, optional: bool = False) -> str:
    """Return the policy as JSON for the console's editor, on several lines."""
    statement = {
        "Effect": "Allow",
        "Action": [*NEEDED, *(OPTIONAL if optional else ())],
        "Resource": "*",
    }
    return json.dumps({"Version": "1", "Statement": [statement]}, indent=2) + "\n"
