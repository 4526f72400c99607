"""The sandbox as authority: a running one, an application that is registered there, and its certificate."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.support.clouds.cloud_server import SandboxCloud, running_sandbox

#: The partner's own tenant, an application there, and somebody who signs in.
PARTNER = "aaaaaaaa-0000-4000-8000-000000000001"
CLIENT = "cccccccc-0000-4000-8000-000000000001"
PERSON = "ada@partner.example"
DIRECTORY_SCOPE = "https://graph.microsoft.com/.default"
SELLER_SCOPE = "https://api.partnercenter.microsoft.com/.default"
VALID_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class ClientCertificate:
    """A certificate of an application with its private key, in one file."""

    file: Path
    #: The certificate alone, as it is registered.
    certificate: str
    #: The private key alone.
    key: str


@dataclass(kw_only=True)
class Authority:
    """A running authority, with an application of the partner."""

    #: Address over TLS: authority, directory and seller.
    url: str
    ca_file: Path
    tenant_id: str
    client_id: str
    certificate: ClientCertificate
    cloud: SandboxCloud
    #: A browser that trusts it.
    browser: httpx2.Client

    def register(self, **application: Any) -> None:
        """Register the application anew: other certificates, secrets, permissions or redirects."""
        home = {"client_id": self.client_id, "tenant_id": self.tenant_id}
        self.put("applications", home | {"certificates": [self.certificate.certificate]} | application)

    def person(self, **facts: Any) -> None:
        """Register somebody who can sign in, such as without a second factor (`has_mfa=False`)."""
        self.put("people", {"principal_name": PERSON, "tenant_id": self.tenant_id} | facts)

    def revoke(self, tenant_id: str) -> None:
        """End every session of a tenant."""
        answer = self.cloud.control.post("/sandbox/authority/revocations", json={"tenant_id": tenant_id})
        answer.raise_for_status()

    def put(self, kind: str, document: dict[str, Any]) -> None:
        """Register something through the control API."""
        self.cloud.control.put(f"/sandbox/authority/{kind}", json=document).raise_for_status()

    def faults(self, organization_id: str, *rules: dict[str, Any]) -> None:
        """Make calls about one organization go wrong."""
        path = f"/sandbox/organizations/{organization_id}/faults"
        self.cloud.control.put(path, json={"rules": list(rules)}).raise_for_status()

    def sign_in(self, authorize_url: str, person: str = PERSON) -> str:
        """Sign in on the page that an application opens; return the address that it leads back to."""
        shown = self.browser.get(authorize_url)
        assert shown.status_code == 200, shown.text
        fields = dict(parse_qsl(urlsplit(authorize_url).query)) | {"person": person}
        answer = self.browser.post(authorize_url, data=fields)
        assert answer.status_code == 302, answer.text
        return str(answer.headers["location"])

    def posted_sign_in(self, authorize_url: str, person: str = PERSON) -> tuple[str, dict[str, str]]:
        """Sign in on a page that answers by a form; return where the form goes, and its fields."""
        shown = self.browser.get(authorize_url)
        assert shown.status_code == 200, shown.text
        fields = dict(parse_qsl(urlsplit(authorize_url).query)) | {"person": person}
        answer = self.browser.post(authorize_url, data=fields)
        assert answer.status_code == 200, answer.text
        action = re.search(r'<form[^>]*action="([^"]*)"', answer.text)
        assert action is not None, answer.text
        hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.text)
        return unescape(action[1]), {name: unescape(value) for name, value in hidden}

    def confirm_device(self, user_code: str, person: str = PERSON) -> None:
        """Confirm the code of a device."""
        fields = {"user_code": user_code, "person": person}
        answer = self.browser.post("/common/oauth2/deviceauth", data=fields)
        assert answer.status_code == 200, answer.text


def client_certificate(
    folder: Path, name: str = "client", *, valid_days: int = VALID_DAYS
) -> ClientCertificate:
    """Make a certificate of an application.

    Args:
        folder: Takes its file.
        name: Of the file.
        valid_days: How long it holds from today on; 0 makes one that is over.
    """
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=valid_days))
        .sign(key, SHA256())
    )
    text = certificate.public_bytes(Encoding.PEM).decode()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    file = folder / f"{name}.pem"
    file.write_text(text + private)
    file.chmod(0o600)
    return ClientCertificate(file=file, certificate=text, key=private)


@contextmanager
def running_authority(folder: Path, **options: Any) -> Iterator[Authority]:
    """Run a sandbox with its authority, an application and a person, until the block ends.

    Args:
        folder: Takes the sandbox's data in a folder `sandbox`, and the application's certificate.
        options: Of `running_sandbox`.
    """
    certificate = client_certificate(folder)
    with running_sandbox(folder / "sandbox", tls_port=0, **options) as cloud:
        overview = cloud.control.get("/sandbox/authority").raise_for_status().json()
        trust = ssl.create_default_context(cafile=overview["ca_file"])
        with httpx2.Client(base_url=overview["url"], verify=trust) as browser:
            authority = Authority(
                url=overview["url"],
                ca_file=Path(overview["ca_file"]),
                tenant_id=PARTNER,
                client_id=CLIENT,
                certificate=certificate,
                cloud=cloud,
                browser=browser,
            )
            authority.register()
            authority.person()
            yield authority
