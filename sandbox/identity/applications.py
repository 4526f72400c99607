"""Applications that are registered, people of their tenants, and when sessions were revoked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated
from uuid import NAMESPACE_URL, UUID, uuid5

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from pydantic import AfterValidator, Field

from sandbox.identity.compact_tokens import to_base64
from sandbox.identity.permissions import EVERY_PERMISSION
from sandbox.kernel.bodies import Body, Instant, Text
from sandbox.kernel.journal import Record

CERTIFICATES_MAX = 10


def _guid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise ValueError("a GUID such as 11111111-2222-3333-4444-555555555555") from None


def _rsa_certificate(text: str) -> str:
    try:
        key = x509.load_pem_x509_certificate(text.encode()).public_key()
    except ValueError:
        key = None
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("a certificate of an RSA key in the form PEM")  # noqa: TRY004 - pydantic reads it
    return text


def _permissions(names: tuple[str, ...]) -> tuple[str, ...]:
    if unknown := sorted(set(names) - EVERY_PERMISSION):
        raise ValueError(f"permissions of the directory, not {unknown[0]}")
    return tuple(sorted(set(names)))


Guid = Annotated[str, AfterValidator(_guid)]
Permissions = Annotated[tuple[str, ...], AfterValidator(_permissions), Field(strict=False)]


class Secret(Body):
    """A secret of an application; only its digest is kept."""

    digest: Text
    ends_at: Instant


class Application(Body):
    """An application that is registered in its home tenant."""

    client_id: Guid
    display_name: Text = "Planswitch"
    #: Home: the partner's tenant, or that of the organization itself.
    tenant_id: Guid
    certificates: Annotated[
        tuple[Annotated[str, AfterValidator(_rsa_certificate)], ...],
        Field(strict=False, max_length=CERTIFICATES_MAX),
    ] = ()
    secrets: Annotated[tuple[Secret, ...], Field(strict=False, max_length=CERTIFICATES_MAX)] = ()
    #: What it asks for at the directory, as an application and for a user.
    permissions: Permissions = tuple(sorted(EVERY_PERMISSION))
    redirect_uris: Annotated[tuple[Text, ...], Field(strict=False)] = ("http://localhost",)
    #: It has no credential of its own, and may sign in by a device code.
    is_public_client: bool = False

    def certificate_of(self, thumbprint: str) -> x509.Certificate | None:
        """Return the certificate of a thumbprint, by SHA-256 or SHA-1; None where none has it."""
        for text in self.certificates:
            certificate = x509.load_pem_x509_certificate(text.encode())
            prints = {to_base64(certificate.fingerprint(kind)) for kind in (SHA256(), SHA1())}  # noqa: S303
            if thumbprint.rstrip("=") in prints:
                return certificate
        return None

    @property
    def is_confidential(self) -> bool:
        """Return whether it has to prove who it is."""
        return not self.is_public_client


class Person(Body):
    """Somebody of a partner's tenant who can sign in."""

    principal_name: Text
    tenant_id: Guid
    #: They sign in with a second factor.
    has_mfa: bool = True
    #: Their tenant gives them no token without one.
    is_mfa_required: bool = False

    @property
    def object_id(self) -> str:
        """Return the id of the person in the directory."""
        return str(uuid5(NAMESPACE_URL, f"{self.tenant_id}:{self.principal_name.lower()}"))


@dataclass(kw_only=True, slots=True)
class Identities:
    """Everybody whom the authority knows."""

    applications: dict[str, Application] = field(default_factory=dict)
    #: Principal name in small letters -> person.
    people: dict[str, Person] = field(default_factory=dict)
    #: Tenant -> instant before which every token of it was revoked.
    revoked_at: dict[str, str] = field(default_factory=dict)

    def is_home(self, tenant_id: str) -> bool:
        """Return whether a tenant is the home of an application."""
        return any(each.tenant_id == tenant_id for each in self.applications.values())

    def person_of(self, object_id: str) -> Person | None:
        """Return the person of an id."""
        return next((each for each in self.people.values() if each.object_id == object_id), None)


def secret_digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _fold_application(identities: Identities, record: Record) -> None:
    application = Application.model_validate(record["application"])
    identities.applications[application.client_id] = application


def _fold_person(identities: Identities, record: Record) -> None:
    person = Person.model_validate(record["person"])
    identities.people[person.principal_name.lower()] = person


def _fold_revocation(identities: Identities, record: Record) -> None:
    identities.revoked_at[record["tenant_id"]] = record["at"]


#: Type of a journal record -> what it changes.
IDENTITY_RECORDS: dict[str, Callable[[Identities, Record], None]] = {
    "application": _fold_application,
    "person": _fold_person,
    "sessions_revoked": _fold_revocation,
}
