"""What is known about the error codes of results."""

from __future__ import annotations

from tui.triage.error_knowledge import KNOWLEDGE, explain

DOCUMENTED = {
    "InstanceNotExists",
    "InstanceReleased",
    "InstanceNotRunning",
    "AccountNotExists",
    "ClientNotRunning",
    "ClientNotResponse",
    "ClientIsUpgrading",
    "ClientNeedUpgrade",
    "DeliveryTimeout",
    "FileCreateFail",
    "FileAlreadyExists",
    "FileContentInvalid",
    "FileNameInvalid",
    "FilePathInvalid",
    "FileAuthorityInvalid",
    "UserGroupNotExists",
}
"""The codes of the API's page, `ErrorCode` of `InvokeInstance`."""


def test_every_documented_code_is_explained_and_none_besides() -> None:
    assert {explanation.code for explanation in KNOWLEDGE} == DOCUMENTED
    assert len(KNOWLEDGE) == len(DOCUMENTED)
    for explanation in KNOWLEDGE:
        for words in (
            explanation.meaning,
            explanation.layer,
            explanation.retry,
            explanation.remedy,
            explanation.file_changed,
        ):
            assert len(words) > 3


def test_an_unknown_code_is_said_to_be_unknown() -> None:
    explanation = explain("SomethingNew")
    assert explanation.code == "SomethingNew"
    assert "not in the API's documents" in explanation.meaning
