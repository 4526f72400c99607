"""The vendor's own client, signed in at the sandbox's authority by the vendor's own library."""

from __future__ import annotations

import ssl
from typing import Any

import httpx
from azure.identity.aio import CertificateCredential
from kiota_authentication_azure.azure_identity_authentication_provider import (
    AzureIdentityAuthenticationProvider,
)
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.graph_request_adapter import options
from msgraph_core import GraphClientFactory

from tests.support.access.authority import DIRECTORY_SCOPE, Authority


class SignedKit:
    """A client for one organization, with a certificate, over TLS by the sandbox's own authority."""

    def __init__(self, authority: Authority, made: dict[str, Any]) -> None:
        self.authority = authority
        self.made = made
        self.organization_id = str(made["organization_id"])
        self._credential = CertificateCredential(
            self.organization_id,
            authority.client_id,
            certificate_path=str(authority.certificate.file),
            authority=authority.url,
            disable_instance_discovery=True,
            connection_verify=str(authority.ca_file),
        )
        provider = AzureIdentityAuthenticationProvider(
            self._credential, scopes=[DIRECTORY_SCOPE], allowed_hosts=["127.0.0.1"]
        )
        trust = ssl.create_default_context(cafile=str(authority.ca_file))
        self._plain = httpx.AsyncClient(verify=trust, trust_env=False)
        # What the client puts around it does not close it.
        self._transport = self._plain._transport
        self.http = GraphClientFactory.create_with_default_middleware(client=self._plain, options=options)
        self.adapter = GraphRequestAdapter(provider, self.http)
        self.adapter.base_url = f"{authority.url}/v1.0"
        self.client = GraphServiceClient(request_adapter=self.adapter)

    async def close(self) -> None:
        """Close every connection."""
        await self.http.aclose()
        await self._transport.aclose()
        await self._credential.close()
