"""The errors that the emulated service answers with: code, HTTP status and message of each."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

DOCUMENTED: Final = MappingProxyType(
    {
        "RegionId.ApiNotSupported": (400, "The api is not supported in this region."),
        "NumberExceed.Tags": (400, "The Tags parameter number is exceed."),
        "MissingParameter.TagKey": (400, "You must specify Tag.N.Key."),
        "Duplicate.TagKey": (400, "The Tag.N.Key contain duplicate key."),
        "InvalidTagKey.Malformed": (400, "The specified Tag.n.Key is not valid."),
        "InvalidTagValue.Malformed": (400, "The specified Tag.n.Value is not valid."),
        "InvalidParam.PageNumber": (400, "The specified parameter is invalid."),
        "InvalidParam.PageSize": (400, "The specified parameter is invalid."),
        "InvalidParameter.NextToken": (400, "The specified parameter NextToken is not valid."),
        "InvalidParameter.MaxResults": (400, "The specified parameter MaxResults is not valid."),
        "Operation.Forbidden": (403, "The operation is not permitted."),
        "InvalidRegionId.NotFound": (
            404,
            "The RegionId provided does not exist in our records.",
        ),
        "InternalError.Dispatch": (500, "An error occurred when you dispatched the request."),
    }
)
"""The error codes of the API's own page, with their HTTP status and message."""

COMMON: Final = MappingProxyType(
    {
        "Forbidden.RAM": (
            403,
            "User not authorized to operate on the specified resource,"
            " or this API doesn't support RAM.",
        ),
        "IncompleteSignature": (
            400,
            "The request signature does not conform to Aliyun standards.",
        ),
        "InstanceIds.ExceedLimit": (403, "The number of instance IDs exceeds the upper limit."),
        "InvalidAccessKeyId.NotFound": (404, "Specified access key is not found."),
        "InvalidAction.NotFound": (
            404,
            "Specified api is not found, please check your url and method.",
        ),
        "InvalidParameter": (400, "The specified parameter is not valid."),
        "InvalidParameter.Format": (400, "This service answers in JSON only: ask for Format=JSON."),
        "InvalidParameter.TagValue": (400, "The specified parameter TagValue is not valid."),
        "InvalidResourceType.NotFound": (
            404,
            "The ResourceType provided does not exist in our records.",
        ),
        "InvalidSecurityToken.Expired": (400, "Specified SecurityToken is expired."),
        "InvalidSecurityToken.Malformed": (400, "Specified SecurityToken is malformed."),
        "InvalidSecurityToken.MismatchWithAccessKey": (
            400,
            "Specified SecurityToken mismatch with the AccessKey.",
        ),
        "InvalidSignatureMethod": (400, "Specified signature method is not valid."),
        "InvalidTimeStamp.Expired": (400, "Specified time stamp or date value is expired."),
        "InvalidTimeStamp.Format": (
            400,
            "Specified time stamp or date value is not well formatted.",
        ),
        "InvalidVersion": (400, "Specified parameter Version is not valid."),
        "MissingParameter": (400, "A mandatory parameter of this action is missing."),
        "MissingParameter.ResourceType": (400, "You must specify ResourceType."),
        "MissingRegionId": (400, "RegionId is mandatory for this action."),
        "MissingSecurityToken": (400, "SecurityToken is mandatory for this action."),
        "NumberExceed.ResourceIds": (400, "The ResourceIds parameter number is exceed."),
        "ServiceUnavailable": (
            503,
            "The request has failed due to a temporary failure of the server.",
        ),
        "SignatureDoesNotMatch": (
            400,
            "Specified signature is not matched with our calculation.",
        ),
        "SignatureNonceUsed": (400, "Specified signature nonce was used already."),
        "Throttling.User": (400, "Request was denied due to user flow control."),
        "UnsupportedHTTPMethod": (400, "This http method is not supported."),
    }
)
"""Error codes that every operation of the vendor shares."""


STS: Final = MappingProxyType(
    {
        "AuthenticationFail.NoPermission": (403, "There is no permission"),
        "AuthenticationFail.OIDCToken.Expired": (401, "This JsonWebToken is expired."),
        "AuthenticationFail.OIDCToken.Invalid": (401, "This JsonWebToken is invalid."),
        "EntityNotExist.Role": (404, "The specified Role not exists ."),
        "InternalError": (
            500,
            "STS Server Internal Error happened, please send the RequestId to us.",
        ),
        "InvalidParameter.DurationSeconds": (
            400,
            "The Min/Max value of DurationSeconds is 15min/12hr.",
        ),
        "InvalidParameter.ExternalId": (400, "The parameter ExternalId is wrongly formed."),
        "InvalidParameter.OIDCProviderArn": (
            400,
            "The parameter OIDCProviderArn is wrongly formed.",
        ),
        "InvalidParameter.PolicyGrammar": (
            400,
            "The parameter Policy has not passed grammar check.",
        ),
        "InvalidParameter.PolicySize": (400, "The size of Policy must be smaller than 2048 bytes."),
        "InvalidParameter.RoleArn": (400, "The parameter RoleArn is wrongly formed."),
        "InvalidParameter.RoleSessionName": (
            400,
            "The parameter RoleSessionName is wrongly formed.",
        ),
        "NoPermission": (
            403,
            "You are not authorized to do this action. You should be authorized by RAM.",
        ),
    }
)
"""The error codes of the Security Token Service."""


class Refusal(Exception):
    """The service's own error, on its way to becoming an answer."""

    def __init__(self, code: str, message: str = "", *, detail: dict[str, str] | None = None):
        status, standard = DOCUMENTED.get(code) or STS.get(code) or COMMON[code]
        self.code = code
        self.status = status
        self.message = message or standard
        self.detail = detail
        """`AccessDeniedDetail` of a refusal by access control, where there is one."""
        super().__init__(f"{code}: {self.message}")
