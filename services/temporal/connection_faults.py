"""Why Temporal can't be worked with, as errors with a code and a remedy.

The client library tells a failed connection as one text of its transport. What is told apart here was tried
against proxies and servers with each kind of wrong certificate and key.
"""

from __future__ import annotations

import re

from temporalio.service import RPCError, RPCStatusCode

from domain.kernel.errors import PlanSwitchError

#: What the transport says -> how it is told. An alert is what the server answers to a certificate.
_CERTIFICATE_REFUSED = re.compile(
    r"received fatal alert: (CertificateRequired|BadCertificate|UnsupportedCertificate|CertificateRevoked"
    r"|CertificateExpired|CertificateUnknown|UnknownCA|AccessDenied|HandshakeFailure)"
    r"|AlertReceived\(\w+\)"
    # A web server as a proxy takes the connection and answers the first request with a page.
    r"|status: 400 Bad Request"
)
_SERVER_UNTRUSTED = re.compile(r"InvalidCertificate\((\w+)")
_ACCESS_REFUSED = re.compile(r"code: (Unauthenticated|PermissionDenied)|status: 40[13] ")
_OTHER_PROTOCOL = re.compile(
    r"InvalidContentType|H2NotNegotiated|FRAME_SIZE_ERROR|call error after connection.*(ConnectionReset"
    r"|ConnectionAborted|UnexpectedEof|connection closed)"
)
_KEY_DIFFERS = re.compile(r"KeyMismatch|NoCertificatesPresented")
_REFUSALS = frozenset({RPCStatusCode.UNAUTHENTICATED, RPCStatusCode.PERMISSION_DENIED})
_TEXT_MAX = 200


class TemporalUnreachable(PlanSwitchError):
    """Temporal does not answer at its address."""

    code = "SERVER_UNAVAILABLE"


class TemporalCertificateUnusable(PlanSwitchError):
    """A certificate or key of this installation can't be used; Temporal was not asked."""

    code = "TEMPORAL_CERTIFICATE_UNUSABLE"


class TemporalCertificateRefused(PlanSwitchError):
    """Temporal, or the proxy in front of it, does not accept the client certificate."""

    code = "TEMPORAL_CERTIFICATE_REFUSED"


class TemporalServerUntrusted(PlanSwitchError):
    """The certificate of the server is not one that this installation trusts; nothing was sent."""

    code = "TEMPORAL_SERVER_UNTRUSTED"


class TemporalProtocolDiffers(PlanSwitchError):
    """One side speaks TLS and the other does not, or what answers is no front end of Temporal."""

    code = "TEMPORAL_PROTOCOL_DIFFERS"


class TemporalAccessRefused(PlanSwitchError):
    """Temporal does not accept the API key, or lets its holder not use the namespace."""

    code = "TEMPORAL_ACCESS_REFUSED"


class TemporalNamespaceMissing(PlanSwitchError):
    """Temporal answers, and does not have the namespace."""

    code = "TEMPORAL_NAMESPACE_MISSING"


def fault_of_call(error: RPCError) -> PlanSwitchError | None:
    """Return what a failed call says about the access to Temporal; None where it says nothing about it."""
    if error.status in _REFUSALS:
        return access_refused(error.message)
    if error.status is RPCStatusCode.NOT_FOUND:
        return TemporalNamespaceMissing(
            f"Temporal does not have the namespace: {_short(error.message)}.",
            remedy="Correct the namespace (PLANSWITCH_TEMPORAL_NAMESPACE), or have it made: `planswitch "
            "migrate --temporal` prints the command.",
        )
    return None


def fault_of_connection(text: str) -> PlanSwitchError:
    """Return a failed connection as the error that says what to do.

    Args:
        text: What the client library says.
    """
    if _KEY_DIFFERS.search(text):
        return TemporalCertificateUnusable(
            "The client certificate and the client key for Temporal do not belong together, or hold none.",
            remedy="Name a certificate and its own key, and start again.",
        )
    untrusted = _SERVER_UNTRUSTED.search(text)
    if untrusted:
        return _untrusted(untrusted.group(1))
    if _CERTIFICATE_REFUSED.search(text):
        return TemporalCertificateRefused(
            "Temporal, or the proxy in front of it, does not accept the client certificate, or wants one "
            f"and got none ({_alert(text)}).",
            remedy="Set the client certificate and key that were made for this installation "
            "(TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH, or the profile's), and have "
            "the server trust their issuer.",
        )
    if _ACCESS_REFUSED.search(text):
        return access_refused(_message_in(text))
    if _OTHER_PROTOCOL.search(text):
        return TemporalProtocolDiffers(
            "What answers at the address of Temporal does not speak as we do: one side uses TLS and the "
            f"other does not, or it offers no HTTP/2 ({_short(text)}).",
            remedy="Set TEMPORAL_TLS to true or false as the server has it, or the `tls` of the profile, and "
            "check the port. A proxy must offer HTTP/2 (ALPN `h2`). `planswitch doctor` tells which setting "
            "is used.",
        )
    return TemporalUnreachable(
        f"Temporal does not answer ({_short(text)}).",
        remedy="Start it, or correct its address (PLANSWITCH_TEMPORAL_ADDRESS); `planswitch doctor` tells "
        "which setting is used.",
    )


def access_refused(why: str) -> TemporalAccessRefused:
    """Return the refusal of an API key or of its rights.

    Args:
        why: What Temporal said.
    """
    return TemporalAccessRefused(
        f"Temporal does not let this installation in: {_short(why) or 'it does not say why'}.",
        remedy="Set an API key that is valid for the namespace (TEMPORAL_API_KEY, or `api_key` of the "
        "profile), or give its holder the right to the namespace, and start again.",
    )


def _untrusted(why: str) -> TemporalServerUntrusted:
    reasons = {
        "UnknownIssuer": "nobody issued it whom we trust",
        "Expired": "it has expired",
        "ExpiredContext": "it has expired",
        "NotValidYet": "it is not valid yet",
        "NotValidYetContext": "it is not valid yet",
        "NotValidForName": "it is for another name",
        "NotValidForNameContext": "it is for another name",
        "Revoked": "it was revoked",
    }
    return TemporalServerUntrusted(
        f"The certificate of Temporal's server is not trusted: {reasons.get(why, why)}.",
        remedy="Name the issuer's certificate (TEMPORAL_TLS_SERVER_CA_CERT_PATH) and, if the certificate is "
        "for another name than the address, that name (TEMPORAL_TLS_SERVER_NAME); or have the server's "
        "certificate renewed.",
    )


def _alert(text: str) -> str:
    alert = re.search(r"(?:fatal alert: |AlertReceived\()(\w+)", text)
    return alert.group(1) if alert else "400 Bad Request"


def _message_in(text: str) -> str:
    message = re.search(r'message: "([^"]*)"', text)
    return message.group(1) if message else text


def _short(text: str) -> str:
    return " ".join(text.split()).rstrip(".")[:_TEXT_MAX]
