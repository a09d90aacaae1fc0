"""What to do about each error code of the service: data, looked up by `advice_for`."""

from __future__ import annotations

from typing import Final

ADVICE: Final[dict[str, str]] = {
    # The API's own page.
    "RegionId.ApiNotSupported": "Choose another region: this one does not offer the operation.",
    "NumberExceed.Tags": "Filter by 20 tags at most.",
    "MissingParameter.TagKey": "Give each tag filter a key.",
    "Duplicate.TagKey": "Name each tag key once.",
    "InvalidTagKey.Malformed": (
        "Use a tag key of 1 to 64 characters without http://, not beginning with acs: or aliyun."
    ),
    "InvalidTagValue.Malformed": "Use a tag value of at most 128 characters, without http://.",
    "InvalidParam.PageNumber": "Ask for a page number from 1 on.",
    "InvalidParam.PageSize": "Ask for 1 to 50 entries a page.",
    "InvalidParameter.NextToken": "Start the walk again from its first page.",
    "InvalidParameter.MaxResults": "Ask for 1 to 50 entries a page.",
    "Operation.Forbidden": "Check that the region and the account may use Cloud Assistant.",
    "InvalidRegionId.NotFound": "Check the region's ID, for example cn-hangzhou.",
    "InternalError.Dispatch": "Try again in a moment.",
    # Flow control.
    "Throttling": (
        "Wait a minute: everything that uses this account in this region shares one quota."
    ),
    # The service's own faults.
    "ServiceUnavailable": "Try again in a moment.",
    "InternalError": "Try again in a moment.",
    "UnknownError": "Try again in a moment.",
    # Signatures and clocks.
    "SignatureNonceUsed": "Try again; something between here and the service repeats requests.",
    "InvalidTimeStamp": "Set this machine's clock; the service allows 15 minutes.",
    "IllegalTimestamp": "Set this machine's clock; the service allows 15 minutes.",
    "InvalidAccessKeyId.Inactive": "Have the access key enabled, or use another.",
    "InvalidAccessKeyId": "Check the access key ID; it may belong to another site or be deleted.",
    "Forbidden.AccessKeyDisabled": "Have the access key enabled, or use another.",
    "SignatureDoesNotMatch": "Check the access key secret: it does not go with this access key ID.",
    "IncompleteSignature": "Check the access key ID and its secret for missing characters.",
    "InvalidSecurityToken.Expired": "Fetch new temporary credentials, for example by logging in.",
    "InvalidSecurityToken.Malformed": "Check the security token for missing characters.",
    "InvalidSecurityToken.MismatchWithAccessKey": (
        "Use an access key and a security token that were issued together."
    ),
    "InvalidSecurityToken": "Fetch new temporary credentials, for example by logging in.",
    "MissingSecurityToken": "This access key is temporary: give the security token issued with it.",
    # Permissions.
    "Forbidden.RiskControl": "Ask the account's owner: the service has restricted the account.",
    "UserVerification": "Ask the account's owner: the account has not been verified.",
    # Requests that could never work here.
    "InvalidApi.NotFound": "Check the endpoint: it does not know this operation.",
    "InvalidAction.NotFound": "Check the endpoint: it does not know this operation.",
    "InvalidVersion": "Check the endpoint: it does not know this version of the API.",
    "NoSuchVersion": "Check the endpoint: it does not know this version of the API.",
    "InvalidProtocol.NeedSsl": "Use an https endpoint.",
    "UnsupportedHTTPMethod": "Check the endpoint: it is not the API's.",
    "InvalidSignatureMethod": "Check the endpoint: it does not know this way of signing.",
    "MissingParameter": "Give the parameter that the message names.",
    "InvalidParameter": "Correct the parameter that the message names.",
}
"""The next step for an error code, or for a family of codes by what stands before the dots."""


def advice_for(code: str) -> str:
    """Return the advice for `code`, or for the nearest family that it belongs to, or nothing."""
    while code:
        if code in ADVICE:
            return ADVICE[code]
        code = code.rpartition(".")[0]
    return ""
