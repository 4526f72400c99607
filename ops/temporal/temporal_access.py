"""Where Temporal is and how it lets us in: our settings, and those that all of its clients read.

Temporal's own settings are the variables `TEMPORAL_*` and the profiles of `temporal.toml`. A setting of ours
goes before them (docs/temporal.md). The embedded stack reads none of them: nobody's own profile is met.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.envconfig import ClientConfigProfile, ClientConfigTLS, DataSource
from temporalio.runtime import Runtime
from temporalio.service import RPCError, RPCStatusCode, TLSConfig

from domain.kernel.errors import InvalidInput
from domain.kernel.shown_values import Words
from ops.base.payloads import data_converter
from ops.base.settings import ENVIRONMENT_PREFIX, Settings
from ops.telemetry.tracing import tracing_interceptors
from ops.temporal.temporal_certificates import usable_tls
from services.temporal.connection_faults import TemporalUnreachable, fault_of_call, fault_of_connection
from services.temporal.raw_calls import read_raw

FILE_VARIABLE = "TEMPORAL_CONFIG_FILE"
PROFILE_VARIABLE = "TEMPORAL_PROFILE"
#: A server that takes the connection and says nothing is told after this.
CONNECT_SECONDS_MAX = 10.0
_CALL_TIMEOUT = timedelta(seconds=5)
_DEFAULT_PROFILE = "default"
_DEFAULT = "by default"
_STACK = "the running stack"
_FOLLOWS = "follows from the others"
#: Of one machine: what is sent to it leaves it nowhere.
_LOOPBACK = ("127.0.0.1:", "localhost:", "[::1]:")


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """One setting, and where it comes from; a secret is only said to be set."""

    name: str
    value: str
    #: The variable, the profile with its file, or that nothing set it.
    origin: str
    #: What else set it, and lost.
    passed_over: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the line for people."""
        lost = f", before {', '.join(self.passed_over)}" if self.passed_over else ""
        return f"{self.name} {self.value} ({self.origin}{lost})"


@dataclass(frozen=True, kw_only=True, slots=True)
class TemporalAccess:
    """Where Temporal is, and how it lets us in."""

    address: str
    namespace: str
    tls: TLSConfig | bool = field(default=False, repr=False)
    api_key: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    chosen: tuple[Chosen, ...] = ()

    async def client(
        self, *, lazy: bool = True, identity: str | None = None, runtime: Runtime | None = None
    ) -> Client:
        """Return a client with the converter of all messages; a lazy one connects with its first call.

        Raises:
            RuntimeError: One that is not lazy could not connect.
        """
        return await Client.connect(
            self.address,
            namespace=self.namespace,
            data_converter=data_converter,
            tls=self.tls,
            api_key=self.api_key,
            rpc_metadata=self.headers,
            identity=identity,
            runtime=runtime,
            interceptors=tracing_interceptors(),
            lazy=lazy,
        )

    async def connected(self, *, identity: str | None = None, runtime: Runtime | None = None) -> Client:
        """Return a client that has reached Temporal and may use the namespace.

        Args:
            identity: As whom Temporal lists the client; process and machine when None.
            runtime: Of the library; its own when None.

        Raises:
            TemporalUnreachable: It does not answer.
            TemporalServerUntrusted, TemporalCertificateRefused, TemporalCertificateUnusable,
            TemporalProtocolDiffers, TemporalAccessRefused, TemporalNamespaceMissing: As they say.
        """
        try:
            async with asyncio.timeout(CONNECT_SECONDS_MAX):
                client = await self.client(lazy=False, identity=identity, runtime=runtime)
                await _require_namespace(client)
                return client
        except TimeoutError as error:
            raise fault_of_connection(f"no answer within {CONNECT_SECONDS_MAX:.0f} seconds") from error
        except RuntimeError as error:
            # The library raises this bare when a connection fails.
            raise fault_of_connection(str(error)) from error
        except RPCError as error:
            text = f"{error.status.name}: {error.message}"
            raise fault_of_call(error) or TemporalUnreachable(
                f"Temporal does not answer ({text})."
            ) from error


async def _require_namespace(client: Client) -> None:
    request = DescribeNamespaceRequest(namespace=client.namespace)
    try:
        await read_raw(client.workflow_service.describe_namespace, request, rpc_timeout=_CALL_TIMEOUT)
    except RPCError as error:
        if error.status is not RPCStatusCode.UNIMPLEMENTED:
            raise


def temporal_access(settings: Settings, environment: Mapping[str, str] | None = None) -> TemporalAccess:
    """Return where Temporal is and how it lets us in, by all settings together.

    Args:
        settings: Ours; they go before those of Temporal.
        environment: Variables of this process; the real ones when None.

    Raises:
        InvalidInput: The profile or the file can't be used, or a key would be sent in clear.
        TemporalCertificateUnusable: A certificate or a key can't be used.
    """
    variables = os.environ if environment is None else environment
    profile = _profile(variables) if settings.temporal_envconfig else ClientConfigProfile()
    own = _own(settings, variables)
    address = own.get("address", (profile.address or settings.temporal_address, ""))[0]
    tls = _tls(profile)
    if profile.api_key and tls is False and not address.startswith(_LOOPBACK):
        raise InvalidInput(
            field="TEMPORAL_TLS",
            value=False,
            allowed="true where an API key is set: without TLS everybody on the way reads the key",
        )
    return TemporalAccess(
        address=address,
        namespace=own.get("namespace", (profile.namespace or settings.temporal_namespace, ""))[0],
        tls=tls,
        api_key=profile.api_key,
        headers=profile.grpc_meta,
        chosen=_chosen(settings, variables, own, profile),
    )


def _own(settings: Settings, variables: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return what our own settings say, each with its variable; what nobody set is left out."""
    own = {}
    for name in ("address", "namespace"):
        field_name, variable = f"temporal_{name}", f"{ENVIRONMENT_PREFIX}TEMPORAL_{name.upper()}"
        value = getattr(settings, field_name)
        if field_name in settings.model_fields_set and value:
            own[name] = (value, variable if variables.get(variable) else _STACK)
    return own


def _tls(profile: ClientConfigProfile) -> TLSConfig | bool:
    tls = profile.tls
    if tls is None:
        # As all of Temporal's clients have it: a key is never sent in clear unless somebody says so.
        return profile.api_key is not None
    return False if tls.disabled else usable_tls(tls, now=datetime.now(tz=UTC))


def _profile(variables: Mapping[str, str], *, with_variables: bool = True) -> ClientConfigProfile:
    """Return what Temporal's own settings say.

    Raises:
        InvalidInput: The named file or profile is not there, or can't be read.
    """
    file = variables.get(FILE_VARIABLE, "")
    if file and not Path(file).is_file():
        raise InvalidInput(
            field=FILE_VARIABLE, value=file, allowed="the path of a file that this account may read"
        )
    name = variables.get(PROFILE_VARIABLE) or None
    kept = (FILE_VARIABLE, PROFILE_VARIABLE, "HOME", "XDG_CONFIG_HOME")
    read = variables if with_variables else {each: variables[each] for each in kept if each in variables}
    try:
        # A misspelled key would leave the connection in clear without a word.
        return ClientConfigProfile.load(profile=name, override_env_vars=dict(read), config_file_strict=True)
    except (RuntimeError, ValueError) as error:
        # The library raises its own kind of this, with what is wrong where.
        # It quotes the line of the file, which may hold a key.
        text = " ".join(" ".join(line for line in str(error).splitlines() if "|" not in line).split())
        raise InvalidInput(
            field=f"{PROFILE_VARIABLE} {name}" if name else FILE_VARIABLE,
            value=Words(f"not usable ({text})"),
            allowed="a profile of temporal.toml, with keys that Temporal's clients know",
            remedy=f"Correct {file or 'temporal.toml in the folder of your settings'}, or the variables"
            " TEMPORAL_* of this process, and start again.",
        ) from error


def _chosen(
    settings: Settings,
    variables: Mapping[str, str],
    own: Mapping[str, tuple[str, str]],
    profile: ClientConfigProfile,
) -> tuple[Chosen, ...]:
    """Return each setting that is used, with who set it."""
    is_read = settings.temporal_envconfig
    of_file = _profile(variables, with_variables=False) if is_read else ClientConfigProfile()
    name = variables.get(PROFILE_VARIABLE) or _DEFAULT_PROFILE
    file = f"profile {name} of {variables.get(FILE_VARIABLE) or 'temporal.toml'}"
    usual = {"address": settings.temporal_address, "namespace": settings.temporal_namespace, "TLS": "off"}
    chosen = []
    for what, value_of, ends in _SETTINGS:
        value = own[what][0] if what in own else value_of(profile) or usual.get(what)
        if value is None:
            continue
        set_by = [f"TEMPORAL_{each}" for each in ends if is_read and variables.get(f"TEMPORAL_{each}")]
        origins = [own[what][1]] if what in own else []
        origins += [*set_by, *([file] if value_of(of_file) is not None else [])]
        first, *others = origins or [_FOLLOWS if value_of(profile) else _DEFAULT]
        chosen.append(Chosen(name=what, value=value, origin=first, passed_over=tuple(others)))
    return tuple(chosen)


def _tls_word(profile: ClientConfigProfile) -> str | None:
    if profile.tls is None:
        return None if profile.api_key is None else "on"
    return "off" if profile.tls.disabled else "on"


def _server_name(profile: ClientConfigProfile) -> str | None:
    return None if profile.tls is None else profile.tls.server_name


def _of_tls(
    read: Callable[[ClientConfigTLS], DataSource | None],
) -> Callable[[ClientConfigProfile], str | None]:
    """Return how a setting of TLS is told: by its file, or that it is set."""

    def shown(profile: ClientConfigProfile) -> str | None:
        value = None if profile.tls is None else read(profile.tls)
        if value is None or isinstance(value, Path):
            return None if value is None else str(value)
        return "set"

    return shown


_Read: TypeAlias = Callable[[ClientConfigProfile], str | None]
#: Each setting: its name, how people read it, and the ends of its variables.
_SETTINGS: tuple[tuple[str, _Read, tuple[str, ...]], ...] = (
    ("address", lambda profile: profile.address, ("ADDRESS",)),
    ("namespace", lambda profile: profile.namespace, ("NAMESPACE",)),
    ("TLS", _tls_word, ("TLS",)),
    ("server name", _server_name, ("TLS_SERVER_NAME",)),
    (
        "issuer of the server",
        _of_tls(lambda tls: tls.server_root_ca_cert),
        ("TLS_SERVER_CA_CERT_PATH", "TLS_SERVER_CA_CERT_DATA"),
    ),
    (
        "client certificate",
        _of_tls(lambda tls: tls.client_cert),
        ("TLS_CLIENT_CERT_PATH", "TLS_CLIENT_CERT_DATA"),
    ),
    (
        "client key",
        _of_tls(lambda tls: tls.client_private_key),
        ("TLS_CLIENT_KEY_PATH", "TLS_CLIENT_KEY_DATA"),
    ),
    ("API key", lambda profile: None if profile.api_key is None else "set", ("API_KEY",)),
)
