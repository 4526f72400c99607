"""The vendor's words for what its authority refuses: an OAuth error and a number (AADSTS)."""

from __future__ import annotations

from dataclasses import dataclass

_BAD_REQUEST, _UNAUTHORIZED = 400, 401


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """How a number is answered."""

    error: str
    text: str
    status: int = _BAD_REQUEST
    #: What kind of sign-in helps, in the vendor's word.
    suberror: str = ""


_NOT_THERE = (
    "This can happen if the application has not been installed by the administrator of the tenant or "
    "consented to by any user in the tenant. You may have sent your authentication request to the wrong "
    "tenant."
)
#: Number -> its words; names in braces are filled in.
WORDS: dict[str, Words] = {
    "50011": Words(
        error="invalid_request",
        text="The redirect URI '{redirect_uri}' specified in the request does not match the redirect URIs "
        "configured for the application '{client_id}'.",
    ),
    "50020": Words(
        error="invalid_grant",
        text="User account '{user}' from identity provider does not exist in tenant '{tenant}' and cannot "
        "access the application '{client_id}' in that tenant.",
    ),
    "50034": Words(
        error="invalid_grant", text="The user account {user} does not exist in the {tenant} directory."
    ),
    "50076": Words(
        error="interaction_required",
        text="Due to a configuration change made by your administrator, or because you moved to a new "
        "location, you must use multi-factor authentication to access '{resource}'.",
        suberror="basic_action",
    ),
    "50173": Words(
        error="invalid_grant",
        text="The provided grant has expired due to it being revoked, a fresh auth token is needed. The user "
        "might have changed or reset their password. The grant was issued on '{issued_at}' and the "
        "TokensValidFrom date (before which tokens are not valid) for this user is '{valid_from}'.",
        suberror="bad_token",
    ),
    "501481": Words(
        error="invalid_grant",
        text="The Code_Verifier does not match the code_challenge supplied in the authorization request.",
    ),
    "500011": Words(
        error="invalid_resource",
        text="The resource principal named {resource} was not found in the tenant named {tenant}. "
        + _NOT_THERE,
    ),
    "53003": Words(
        error="interaction_required",
        text="Access has been blocked by Conditional Access policies. The access policy does not allow token "
        "issuance.",
        suberror="message_only",
    ),
    "54005": Words(
        error="invalid_grant",
        text="OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an "
        "existing refresh token.",
    ),
    "65001": Words(
        error="invalid_grant",
        text="The user or administrator has not consented to use the application with ID '{client_id}' named "
        "'{name}'. Send an interactive authorization request for this user and resource.",
        suberror="consent_required",
    ),
    "70000": Words(error="invalid_grant", text="The provided value for the input parameter is not valid."),
    "70003": Words(
        error="unsupported_grant_type", text="The app requested an unsupported grant type '{grant}'."
    ),
    "70008": Words(
        error="invalid_grant",
        text="The provided authorization code or refresh token has expired due to inactivity. Send a new "
        "interactive authorization request for this user and resource.",
        suberror="token_expired",
    ),
    "70011": Words(
        error="invalid_scope", text="The provided request must include a 'scope' input parameter."
    ),
    "70016": Words(
        error="authorization_pending",
        text="OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
    ),
    "70020": Words(
        error="expired_token", text="The provided value for the input parameter 'device_code' is expired."
    ),
    "90002": Words(
        error="invalid_request",
        text="Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing "
        "into the correct cloud. Check with your subscription administrator, this may happen if there are no "
        "active subscriptions for the tenant.",
    ),
    "700016": Words(
        error="unauthorized_client",
        text="Application with identifier '{client_id}' was not found in the directory '{tenant}'. "
        + _NOT_THERE,
    ),
    "700023": Words(
        error="invalid_client",
        text="Client assertion audience claim does not match Realm issuer.",
        status=_UNAUTHORIZED,
    ),
    "700024": Words(
        error="invalid_client",
        text="Client assertion is not within its valid time range.",
        status=_UNAUTHORIZED,
    ),
    "700027": Words(
        error="invalid_client",
        text="The certificate with identifier used to sign the client assertion is not registered on "
        "application. [Reason - {reason}, Thumbprint of key used by client: '{thumbprint}', "
        "Configured keys of app Id '{client_id}'.]",
        status=_UNAUTHORIZED,
    ),
    "700082": Words(
        error="invalid_grant",
        text="The refresh token has expired due to inactivity. The token was issued on {issued_at} and was "
        "inactive for {days}.00:00:00.",
        suberror="token_expired",
    ),
    "7000112": Words(error="unauthorized_client", text="Application '{client_id}'({name}) is disabled."),
    "7000215": Words(
        error="invalid_client",
        text="Invalid client secret provided. Ensure the secret being sent in the request is the client "
        "secret value, not the client secret ID, for a secret added to app '{client_id}'.",
        status=_UNAUTHORIZED,
    ),
    "7000216": Words(
        error="invalid_client",
        text="'client_assertion', 'client_secret' or 'request' is required for the '{grant}' grant type.",
        status=_UNAUTHORIZED,
    ),
    "7000222": Words(
        error="invalid_client",
        text="The provided client secret keys for app '{client_id}' are expired. Visit the Azure portal to "
        "create new keys for your app, or consider using certificate credentials for added security.",
        status=_UNAUTHORIZED,
    ),
    "900144": Words(
        error="invalid_request",
        text="The request body must contain the following parameter: '{parameter}'.",
    ),
    "9002313": Words(error="invalid_request", text="Invalid request. Request is malformed or invalid."),
    "1002012": Words(
        error="invalid_scope",
        text="The provided value for scope {scope} is not valid. Client credential flows must have a scope "
        "value with /.default suffixed to the resource identifier (application ID URI).",
    ),
}
