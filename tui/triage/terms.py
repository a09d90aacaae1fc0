"""What the words of the API mean, for somebody who meets them at night; error codes are elsewhere.

The facts are those of the API's own page, but for what its documents disagree about: how long
records are kept, and what a total means under tokens.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Term(NamedTuple):
    """A word of the API or of this program, and what it means."""

    name: str
    meaning: str


TERMS: Final = (
    Term("Invocation", "One file-sending task: one file, sent to up to 50 instances at once."),
    Term("Result", "What became of an invocation on one instance; the API says InvokeInstance."),
    Term("Push", "Our word for the sends of one file that belong together, with their retries."),
    Term("Page", "One answer of the service: up to 50 invocations, the newest first."),
    Term("Walk", "One reading of a query's pages from the first to the last."),
    Term("Status Pending", "Verifying or sending has not begun on at least one instance."),
    Term("Status Running", "Being sent to at least one instance, and pending on none."),
    Term("Status Success", "The file is on every instance."),
    Term("Status Failed", "It is on none: each instance ended in something else than Success."),
    Term("Status PartialFailed", "It is on some of the instances; the others failed."),
    Term("Result Invalid", "The agent refused the file: name, path, mode, owner or content."),
    Term("Result Aborted", "It was never sent: instance or agent were not ready for it."),
    Term("Result Failed", "The agent tried and could not create the file."),
    Term("Result Error", "Something broke while the task went on."),
    Term("Result Timeout", "The task did not end within its time limit."),
    Term("OK/total", "Instances that have the file, of those it was sent to."),
    Term("InvokeId", "Names an invocation: f-… The search by it is the quickest there is."),
    Term("InstanceId", "Names an instance: i-…"),
    Term("Name", "The file's name on the instance; the service's filter wants all of it."),
    Term("TargetDir", "The directory on the instance; it is made where it does not exist."),
    Term("Description", "What the sender wrote beside the send."),
    Term("Content", "The file itself, up to 32 KB in Base64. The API may give it encoded or not."),
    Term("ContentType", "PlainText, or Base64 for bytes. Base64 is found under PlainText as well."),
    Term("FileOwner", "The account that owns the file; set after writing, ignored on Windows."),
    Term("FileGroup", "The group of the file; set after writing, ignored on Windows."),
    Term("FileMode", "Permissions in octal, 0644 unless said; set after writing."),
    Term("Overwrite", "Whether a file of that name is replaced; if not, it is an error."),
    Term("Timeout", "Seconds that a send may take, 60 unless said; the API does not return it."),
    Term("VmCount", "To how many instances it was sent."),
    Term("Tags", "Key and value on the invocation. Under one, at most 1,000 are shown."),
    Term("ResourceGroupId", "Finds only what was sent with that resource group: rg-…"),
    Term("RegionId", "Where it was sent. Each region has its own records and its own quota."),
    Term(
        "ErrorCode", "Why a result failed, in one word; the cards explain each. Empty on success."
    ),
    Term("ErrorInfo", "The same in a sentence, which changes between versions of the agent."),
    Term("CreationTime", "When the send was asked for, in UTC; shown as local time or age too."),
    Term("StartTime", "When it began on the instance; empty until then."),
    Term("FinishTime", "When it ended on the instance; empty until then."),
    Term("UpdateTime", "When the service last heard of it."),
    Term("TotalCount", "How many there are in all; it means nothing while paging by token."),
    Term("NextToken", "Where the next page begins; an answer without one is the last page."),
    Term("MaxResults", "Rows of a page by token, 1 to 50."),
    Term("PageNumber", "Paging by number, with PageSize; to be given up by the service."),
    Term("RequestId", "Names one call. Support asks for it, and messages here show it."),
    Term("Agent", "The Cloud Assistant Agent, a program on each instance that writes the file."),
    Term("Retention", "The service forgets: documents say after a day, 30 days or six weeks."),
    Term("Archive", "What this program has seen and keeps, so that it is here afterwards."),
)
"""In the order in which they make sense of each other."""
