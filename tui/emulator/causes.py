"""Why a file does not arrive: the API's error codes, each with a status and words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, eq=False)
class Cause:
    """A reason for failing on an instance; there is one object of each, so they compare fast."""

    code: str
    status: str
    """The status on the instance."""
    info: str
    """What `ErrorInfo` says."""
    share: float
    """How many of the instances it usually hits, from 0 to 1."""
    left: float
    """How many of those still fail after another try."""
    reached: bool = True
    """Whether the instance's agent took the file at all, so that there is a start time."""
    gone: bool = False
    """Whether the instance does not exist any more, so that no try can help."""


CAUSES: Final = (
    Cause(
        "ClientNotRunning",
        "Aborted",
        "the aliyun service is not running on the instance",
        0.12,
        0.3,
        reached=False,
    ),
    Cause("FileAlreadyExists", "Invalid", "File already exists", 0.55, 0.0),
    Cause(
        "InstanceNotRunning",
        "Aborted",
        "the instance is not running when create task",
        0.1,
        0.5,
        reached=False,
    ),
    Cause("AccountNotExists", "Invalid", "Owner not exists", 0.4, 0.2),
    Cause("DeliveryTimeout", "Timeout", "the command delivery has been timeout", 0.15, 0.1),
    Cause("FileCreateFail", "Failed", "the file creation is failed due to unknown error", 0.2, 0.3),
    Cause(
        "InstanceReleased",
        "Aborted",
        "the specified instance has been released",
        0.05,
        1.0,
        reached=False,
        gone=True,
    ),
    Cause("FileAuthorityInvalid", "Invalid", "Mode is invalid", 1.0, 0.0),
    Cause(
        "ClientNotResponse",
        "Aborted",
        "the aliyun service in the instance does not response",
        0.1,
        0.15,
        reached=False,
    ),
    Cause("UserGroupNotExists", "Invalid", "Group not exists", 0.35, 0.25),
    Cause(
        "ClientNeedUpgrade",
        "Aborted",
        "the aliyun service in the instance need upgrade",
        0.25,
        0.8,
        reached=False,
    ),
    Cause("FilePathInvalid", "Invalid", "File path is invalid", 1.0, 0.1),
    Cause(
        "InstanceNotExists",
        "Aborted",
        "the specified instance does not exists",
        0.05,
        1.0,
        reached=False,
        gone=True,
    ),
    Cause("FileContentInvalid", "Invalid", "the content of file is invalid", 1.0, 0.0),
    Cause(
        "ClientIsUpgrading",
        "Aborted",
        "the aliyun service in the instance is upgrading now",
        0.3,
        0.0,
        reached=False,
    ),
    Cause("FileNameInvalid", "Invalid", "File name is invalid", 1.0, 0.0),
)
"""One cause for each of the API's 16 error codes."""

VARIANTS: Final = {
    "AccountNotExists": Cause(
        "AccountNotExists", "Invalid", "the specified account does not exists", 0.4, 0.2
    ),
    "FileCreateFail": Cause(
        "FileCreateFail", "Error", "the file creation is failed due to unknown error", 0.2, 0.3
    ),
    "FileAuthorityInvalid": Cause(
        "FileAuthorityInvalid", "Invalid", "the authority of file is invalid", 1.0, 0.0
    ),
    "FileContentInvalid": Cause("FileContentInvalid", "Invalid", "File content is empty", 1.0, 0.0),
    "ClientNotResponse": Cause(
        "ClientNotResponse",
        "Error",
        "the aliyun service in the instance does not response",
        0.1,
        0.15,
    ),
}
"""The same code with other words or another status, as the service also answers."""

BY_CODE: Final = {cause.code: cause for cause in CAUSES}
"""The causes by their code."""
