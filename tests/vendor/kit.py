"""The vendor's own client, pointed at a sandbox on a loopback port."""

from __future__ import annotations

from typing import Any

from kiota_abstractions.authentication import AllowedHostsValidator, BaseBearerTokenAuthenticationProvider
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_http.kiota_client_factory import KiotaClientFactory
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.graph_request_adapter import options
from msgraph_core import GraphClientFactory

from tests.support.clouds.sandbox_world import World

#: What the vendor wants for counts and casts of the directory's objects.
EVENTUAL = {"ConsistencyLevel": "eventual"}


class SandboxToken:
    """Stands where the client asks for a token: the sandbox's names its organization."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def get_authorization_token(self, _uri: str, _context: Any = None) -> str:
        """Return the token."""
        return self._token

    def get_allowed_hosts_validator(self) -> Any:
        """Return what says to which hosts the token may go: to every one."""
        return AllowedHostsValidator([])


class Kit:
    """A client for one organization, and what it was made of."""

    def __init__(self, world: World, token: str | None = None) -> None:
        self.world = world
        self.organization_id = str(world.made["organization_id"])
        http = KiotaClientFactory.get_default_client()
        # What the client puts around them does not close them.
        self._transports = [http._transport, *filter(None, http._mounts.values())]
        self.http = GraphClientFactory.create_with_default_middleware(client=http, options=options)
        provider = BaseBearerTokenAuthenticationProvider(SandboxToken(token or world.made["token"]))
        self.adapter = GraphRequestAdapter(provider, self.http)
        self.adapter.base_url = str(world.client.base_url).rstrip("/") + "/v1.0"
        self.client = GraphServiceClient(request_adapter=self.adapter)

    async def close(self) -> None:
        """Close every connection."""
        await self.http.aclose()
        for transport in self._transports:
            await transport.aclose()

    def user_id(self) -> str:
        """Return the id of a user who holds E1."""
        return self.world.user_ids()[0]


def wanted(parameters: Any = None, **headers: str) -> Any:
    """Return the configuration of one request: its query, and headers such as those of `EVENTUAL`."""
    configuration = RequestConfiguration(query_parameters=parameters)
    for name, value in headers.items():
        configuration.headers.add(name, value)
    return configuration
