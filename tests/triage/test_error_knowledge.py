"""What is known about the error codes of results."""

from __future__ import annotations

import pytest

from tui.triage.additions import MAX_FILE, with_additions
from tui.triage.error_knowledge import BUILT_IN, KNOWLEDGE, explain

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


def test_every_documented_code_says_what_becomes_of_a_repetition() -> None:
    again = {code: BUILT_IN.again(code) for code in DOCUMENTED}
    assert {code for code, word in again.items() if word == "pointless"} == {
        "InstanceNotExists",
        "InstanceReleased",
    }
    assert {code for code, word in again.items() if word == "changed"} == {
        *("FileContentInvalid", "FileNameInvalid"),
        *("FilePathInvalid", "FileAuthorityInvalid"),
    }
    assert {code for code, word in again.items() if word == "overwrite"} == {"FileAlreadyExists"}
    assert sum(word == "safe" for word in again.values()) == 9
    assert BUILT_IN.again("SomethingNew") == BUILT_IN.again("") == "unknown"


def test_what_the_words_say_of_a_retry_fits_what_is_done() -> None:
    for code in DOCUMENTED:
        pointless = explain(code).retry.startswith("Pointless")
        assert pointless == (BUILT_IN.again(code) == "pointless" or code == "FileNameInvalid")


def test_no_code_is_not_called_an_undocumented_one() -> None:
    assert explain("").meaning == "The API gave no error code."


ADDED = """
[ClientNotRunning]
remedy = "Tell the\\nhost team.\\u001b[31m"

[ProxyRefused]
meaning = "Our proxy refused it."
again = "safe"
"""


def test_a_user_adds_codes_and_changes_what_is_said_of_others() -> None:
    added = with_additions(ADDED)
    assert added.problems == ()
    known = added.knowledge.explain("ClientNotRunning")
    assert known.remedy == "Tell the host team.␛[31m"
    assert known.meaning == explain("ClientNotRunning").meaning
    assert added.knowledge.explain("ProxyRefused").meaning == "Our proxy refused it."
    assert added.knowledge.explain("ProxyRefused").remedy == "Not known."
    assert added.knowledge.again("ProxyRefused") == "safe"
    assert added.knowledge.again("ClientNotRunning") == "safe"
    assert explain("ClientNotRunning").remedy != known.remedy, "what is built in stays"
    assert len(added.knowledge.explanations) == len(DOCUMENTED) + 1


def test_additions_can_be_added_to() -> None:
    first = with_additions(ADDED).knowledge
    second = with_additions('[ProxyRefused]\nagain = "pointless"', first).knowledge
    assert second.again("ProxyRefused") == "pointless"
    assert second.explain("ProxyRefused").meaning == "Our proxy refused it."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[", "The error texts are not TOML: "),
        ("x = " + "[" * 10_000, "The error texts are not TOML"),
        ("#" * (MAX_FILE + 1), "The error texts have more than 262,144 characters."),
        ("New = 3", "New is left out: a table [New] is expected, not a single value."),
        ('[New]\nremedy = "x"', "New is left out: a code that is not documented needs a meaning."),
        ("[New]\nmeaning = 3", "New is left out: meaning must be a text."),
        ('[New]\nmeaning = " "', "New is left out: meaning must be a text."),
        ('[FileNameInvalid]\nagain = "yes"', "again must be one of safe, overwrite, changed,"),
        ("[FileNameInvalid]\nagain = [1]", "again must be one of safe, overwrite, changed,"),
        ('[FileNameInvalid]\n"a\\u001b" = ""', "FileNameInvalid is left out: a␛ is not one of"),
        ('["a\\u001b[2J"]\nmeaning = "x"', "Error code a␛[2J is left out: it is no error code."),
        ('[""]\nmeaning = "x"', "Error code (empty) is left out: it is no error code."),
    ],
)
def test_what_cannot_be_used_is_left_out_with_a_sentence(text: str, sentence: str) -> None:
    added = with_additions(text)
    (problem,) = added.problems
    assert sentence in problem
    assert problem.endswith(".")
    assert problem.isprintable()
    assert dict(added.knowledge.explanations) == dict(BUILT_IN.explanations)


def test_one_bad_table_does_not_spoil_the_others() -> None:
    added = with_additions(f'{ADDED}\n[Bad]\ncolour = "red"\nmeaning = "x"\n')
    assert len(added.problems) == 1
    assert added.knowledge.again("ProxyRefused") == "safe"
    assert added.knowledge.explain("Bad").meaning == explain("Bad").meaning
