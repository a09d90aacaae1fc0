"""What is known about every error code of a result: meaning, layer, retry, remedy and traces.

The codes are those of the API's own page. What may have changed on the instance follows from what
the agent does: it writes the file first and sets owner, group and mode afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, get_args

from tui.late_dataclass import dataclass
from tui.records import Explanation

Again = Literal["safe", "overwrite", "changed", "pointless", "unknown"]
"""What becomes of the very same send when it is repeated.

`safe`: it does no harm, and succeeds once the cause is gone from the instance. `overwrite`: it
succeeds only where it may replace the file that is there. `changed`: it fails again, another
request is needed. `pointless`: the instance is gone. `unknown`: nobody can say.
"""

AGAIN: Final[tuple[str, ...]] = get_args(Again)
"""The words for it."""

_UNTOUCHED: Final = "No. The agent never received the file."
_REFUSED: Final = "No. The agent refuses the file before it writes anything."
_WRITTEN: Final = (
    "Yes, possibly. Owner, group and mode are set after the file is written, so the new content"
    " can be there, owned by root."
)

KNOWLEDGE: Final[tuple[Explanation, ...]] = (
    Explanation(
        "InstanceNotExists",
        "The instance does not exist or has been released.",
        "request: the list of targets",
        "Pointless with this instance ID.",
        "Take the instance off the list; look for the one that replaced it.",
        _UNTOUCHED,
    ),
    Explanation(
        "InstanceReleased",
        "The instance was released while the file was being sent.",
        "instance",
        "Pointless: the instance is gone.",
        "Take the instance off the list; send to the one that replaced it.",
        "It no longer matters: the disk went with the instance, unless it was kept.",
    ),
    Explanation(
        "InstanceNotRunning",
        "The instance was not running when the task was created.",
        "instance",
        "Safe once the instance runs.",
        "Start the instance, wait until its agent reports in, then send again.",
        _UNTOUCHED,
    ),
    Explanation(
        "AccountNotExists",
        "The account that should own the file does not exist on the instance.",
        "request: owner",
        "Safe after the account exists or another owner is given.",
        "Create the account on the instance, or send again with an owner that is there.",
        _WRITTEN,
    ),
    Explanation(
        "ClientNotRunning",
        "The Cloud Assistant Agent is not running on the instance.",
        "agent",
        "Safe once the agent runs.",
        "Start it on the instance (systemctl start aliyun.service) or install it, then send again.",
        _UNTOUCHED,
    ),
    Explanation(
        "ClientNotResponse",
        "The Cloud Assistant Agent does not answer.",
        "agent or its network",
        "Safe; it succeeds once the agent answers.",
        "Check load, disk space and the route to the service's internal endpoints; restart the"
        " agent.",
        "Unlikely, but not excluded: the task may have reached the agent before it fell silent.",
    ),
    Explanation(
        "ClientIsUpgrading",
        "The Cloud Assistant Agent is being upgraded.",
        "agent",
        "Safe: wait a minute or two.",
        "Send again when the upgrade is over.",
        _UNTOUCHED,
    ),
    Explanation(
        "ClientNeedUpgrade",
        "The Cloud Assistant Agent is too old to receive files.",
        "agent",
        "Safe after the upgrade.",
        "Upgrade the agent: Linux needs a version above 1.0.2.569, Windows one above 1.0.0.149.",
        _UNTOUCHED,
    ),
    Explanation(
        "DeliveryTimeout",
        "The task did not reach the instance, or did not end there, in time.",
        "agent or its network",
        "Safe if the file may be overwritten: the first attempt may have arrived late.",
        "Check that the instance is reachable and not overloaded; give a longer timeout.",
        "Possibly: a late delivery can still have been carried out.",
    ),
    Explanation(
        "FileCreateFail",
        "The file could not be created on the instance.",
        "instance: file system",
        "Safe after the cause is removed.",
        "Check disk space, inodes, read-only mounts and file attributes in the target directory;"
        " a failed change of owner or mode is reported like this too.",
        "Yes, possibly: in part, or whole with the wrong owner or mode.",
    ),
    Explanation(
        "FileAlreadyExists",
        "A file with the same name is in the target directory, and overwriting was not asked for.",
        "request: overwrite",
        "Safe with Overwrite=true, which replaces the file that is there.",
        "Compare the file that is there first; then send again with Overwrite=true.",
        "No. The old file is still there.",
    ),
    Explanation(
        "FileContentInvalid",
        "The content is empty, cannot be decoded or does not match its signature.",
        "request: content",
        "Safe with content that is right.",
        "Check ContentType against the content (Base64 or not), the 32 KB limit, and that it is"
        " not empty.",
        _REFUSED,
    ),
    Explanation(
        "FileNameInvalid",
        "The file name is not valid on the instance.",
        "request: name",
        "Pointless with this name.",
        "Give a plain file name, without directories and within 255 bytes.",
        _REFUSED,
    ),
    Explanation(
        "FilePathInvalid",
        "The target directory is not valid on the instance.",
        "request: target directory",
        "Safe with another directory.",
        "Give an absolute path; where a file already has the directory's name, move that file.",
        _REFUSED,
    ),
    Explanation(
        "FileAuthorityInvalid",
        "The permissions that the file should have are not valid.",
        "request: mode",
        "Safe with another mode.",
        "Give three or four octal digits, such as 0644.",
        _REFUSED,
    ),
    Explanation(
        "UserGroupNotExists",
        "The group that should own the file does not exist on the instance.",
        "request: group",
        "Safe after the group exists or another group is given.",
        "Create the group on the instance, or send again with a group that is there.",
        _WRITTEN,
    ),
)

_AGAIN: Final[Mapping[str, Again]] = MappingProxyType(
    {
        "InstanceNotExists": "pointless",
        "InstanceReleased": "pointless",
        "InstanceNotRunning": "safe",
        "AccountNotExists": "safe",
        "ClientNotRunning": "safe",
        "ClientNotResponse": "safe",
        "ClientIsUpgrading": "safe",
        "ClientNeedUpgrade": "safe",
        "DeliveryTimeout": "safe",
        "FileCreateFail": "safe",
        "FileAlreadyExists": "overwrite",
        "FileContentInvalid": "changed",
        "FileNameInvalid": "changed",
        "FilePathInvalid": "changed",
        "FileAuthorityInvalid": "changed",
        "UserGroupNotExists": "safe",
    }
)


@dataclass(frozen=True)
class Knowledge:
    """What is known about codes: the documented ones, and those that a user has added."""

    explanations: Mapping[str, Explanation]
    repeating: Mapping[str, Again]

    def explain(self, code: str) -> Explanation:
        """Return what is known about an error code; of an unknown one, that it is not known."""
        return self.explanations.get(code) or Explanation(
            code,
            "This code is not in the API's documents." if code else "The API gave no error code.",
            "not known",
            "Not known; sending a file again is safe where it may be overwritten.",
            "Read the error text, and look the code up in the documents of DescribeSendFileResults."
            if code
            else "Read the status and the error text, and look at the file on the instance.",
            "Not known; look at the file on the instance.",
        )

    def again(self, code: str) -> Again:
        """Return what becomes of the same send when it is repeated after this error."""
        return self.repeating.get(code, "unknown")


BUILT_IN: Final = Knowledge(
    MappingProxyType({explanation.code: explanation for explanation in KNOWLEDGE}), _AGAIN
)
"""What is known of the documented codes."""


def explain(code: str) -> Explanation:
    """Return what is built in about an error code; of an unknown one, that it is not known."""
    return BUILT_IN.explain(code)
