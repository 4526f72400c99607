"""The whole product on one machine and in one folder: its parts, their order, settings and keys."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from ops.base.code_place import CODE_FOLDER, installed_name
from ops.base.database_settings import DATABASE_ROLE_VARIABLES, DATABASE_VARIABLE
from ops.base.settings import (
    CLOUD_FILE_NAME,
    ENVIRONMENT_PREFIX,
    load_settings,
)
from ops.processes.errors import PortInUse
from ops.processes.private_files import make_private_folder, write_private
from ops.processes.processes import (
    LOOPBACK,
    ManagedProcess,
    Service,
    Task,
    free_ports,
    is_answering,
    is_port_open,
    own_account,
)
from ops.stack.accounts import check_is_ours, close_to_others, give_folder
from ops.stack.postgres_binaries import open_for_traversal, server_account
from ops.stack.postgres_server import EmbeddedPostgres
from ops.stack.supervisor import Stack, StackState
from ops.stack.temporal_server import NAMESPACE as EMBEDDED_NAMESPACE
from ops.stack.temporal_server import EmbeddedTemporal
from ops.telemetry.probe_server import PROBE_PORTS
from providers.access.profiles import CloudProfiles
from store.roles.role import DatabaseRole
from store.vault.keys import FileKeyProvider
from store.vault.secret_files import read_secret

MASTER_KEY_BYTES = 32
_API_KEY_BYTES = 32
KEYS_FOLDER = "keys"
COMMAND_KEY = "command.key"
#: Valid beside it while it is rolled.
SECOND_COMMAND_KEY = "command.second.key"
DATABASE_NAME = "planswitch"
#: Where the console takes the credit bureau's callbacks.
CALLBACK_PATH = "/api/callbacks/credit"
#: Usual ports of the Temporal server and of its page.
_TEMPORAL, _TEMPORAL_PAGE = 7233, 8233
_QUOTAS = ("DIRECTORY_WRITES_MAX", "DIRECTORY_ORGANIZATION_WRITES_MAX")
_FOREIGN_PREFIXES = ("PG", "POSTGRES_", "TEMPORAL_", "DATABASE_")
#: Part -> the role it works as. `migrate` makes the roles, as a superuser; no other part needs a database.
_ROLES = {
    "worker": DatabaseRole.WORKER,
    "serve": DatabaseRole.WORKER,
    "project": DatabaseRole.PROJECTOR,
    "sealer": DatabaseRole.SEALER,
}
_MIGRATE = "migrate"
#: Address of the probes of a command, in the state of a stack: this and its name.
PROBES = "probes_"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ports:
    """TCP ports of the embedded stack, all on the loopback address."""

    postgres: int = 8532
    console: int = 8533
    sandbox: int = 8534
    temporal: int = _TEMPORAL
    #: Web page of the Temporal server; None runs without it, and without its HTTP.
    temporal_ui: int | None = None
    #: Command -> where it answers probes and Prometheus.
    probes: Mapping[str, int] = field(default_factory=lambda: dict(PROBE_PORTS))

    @classmethod
    def free(cls) -> Ports:
        """Return ports that were free a moment ago, without the Temporal page."""
        postgres, console, sandbox, temporal, *others = free_ports(4 + len(PROBE_PORTS))
        probes = dict(zip(PROBE_PORTS, others, strict=True))
        return cls(postgres=postgres, console=console, sandbox=sandbox, temporal=temporal, probes=probes)

    def with_temporal_page(self) -> Ports:
        """Return these ports with one for the page of the Temporal server."""
        is_usual = self.temporal == _TEMPORAL
        return replace(self, temporal_ui=_TEMPORAL_PAGE if is_usual else free_ports(1)[0])

    def named(self) -> dict[str, int]:
        """Return the ports that are used, by the name of the part."""
        known = {
            "PostgreSQL": self.postgres,
            "console": self.console,
            "sandbox": self.sandbox,
            "Temporal": self.temporal,
            "Temporal page": self.temporal_ui,
            **{f"probes of {command}": port for command, port in self.probes.items()},
        }
        return {name: port for name, port in known.items() if port is not None}


def embedded_stack(data_dir: Path, ports: Ports | None = None, *, profiles: Sequence[str] = ()) -> Stack:
    """Return the stack of a folder, ready to be started from the main thread.

    Args:
        data_dir: Holds everything: both databases, the sandbox's journal, keys, logs.
        ports: Where the parts listen; the defaults when None.
        profiles: Names of profiles of real clouds, in place of a sandbox (access#profiles).

    Raises:
        PortInUse: Another program listens on one of the ports.
        FolderUnusable: PostgreSQL's account cannot reach the folder.
        SecretUnusable: A key of the folder or of the environment can't be used.
        VaultLocked: Others may read the master key.
        InvalidInput: There is no such profile, or it can't be used.
    """
    return _Builder(data_dir.absolute(), ports or Ports(), tuple(profiles)).stack()


class _Builder:
    """Puts the parts of one folder together."""

    def __init__(self, data_dir: Path, ports: Ports, profiles: tuple[str, ...]) -> None:
        self._data_dir = data_dir
        self._ports = ports
        self._cloud = _real_cloud(data_dir, profiles) if profiles else _sandbox_cloud(ports)
        self._has_sandbox = not profiles
        self._logs = data_dir / "logs"
        self._run = data_dir / "run"
        self._postgres = EmbeddedPostgres(
            data_dir / "postgres",
            ports.postgres,
            database=DATABASE_NAME,
            roles=tuple(DatabaseRole),
            log_file=self._logs / "postgres.log",
        )
        self._temporal = EmbeddedTemporal(
            data_dir / "temporal",
            ports.temporal,
            ui_port=ports.temporal_ui,
            log_file=self._logs / "temporal.log",
        )

    def stack(self) -> Stack:
        """Check the folder and the ports and return the stack."""
        _check_ports(self._ports, has_sandbox=self._has_sandbox)
        # The console takes a key of our own environment before that of the folder.
        load_settings(data_dir=self._data_dir).operator_key()
        self._close_folder()
        check_keys(self._data_dir)
        return Stack(data_dir=self._data_dir, stages=self._stages(), describe=self._describe)

    def _close_folder(self) -> None:
        """Close the folder to other accounts, also one that a version of before left open."""
        account = server_account()
        if account is None:
            check_is_ours(self._data_dir)
            open_for_traversal(self._data_dir, account)
            close_to_others(self._data_dir)
        else:
            # An account that had the folder before could have left links for root in it.
            give_folder(self._data_dir, own_account())
            open_for_traversal(self._data_dir, account)

    def _stages(self) -> list[list[ManagedProcess]]:
        """Return the parts in the order of their start; what does not need each other starts together."""
        return [
            # PostgreSQL last: making its cluster takes a second in which the others come up.
            [*self._sandbox(), self._temporal, self._postgres],
            [self._command(Task, _MIGRATE, {})],
            [
                self._service("worker"),
                self._service("project"),
                self._service("sealer"),
                self._service("serve", port=self._ports.console, path="/api/v1/health"),
            ],
        ]

    def _sandbox(self) -> list[ManagedProcess]:
        return [self._service("sandbox", port=self._ports.sandbox)] if self._has_sandbox else []

    def _service(self, command: str, *, port: int | None = None, path: str = "/health") -> Service:
        """Return a lasting command of this product; one without a port touches its ready file."""
        ready_file = self._run / f"{command}.ready" if port is None else None
        extra = {} if ready_file is None else {f"{ENVIRONMENT_PREFIX}READY_FILE": str(ready_file)}
        if command in self._ports.probes:
            extra[f"{ENVIRONMENT_PREFIX}PROBE_HOST"] = LOOPBACK
            extra[f"{ENVIRONMENT_PREFIX}PROBE_PORT"] = str(self._ports.probes[command])
        probe = None if port is None else partial(is_answering, port, path)
        return self._command(Service, command, extra, probe=probe, ready_file=ready_file)

    def _command(
        self, kind: type[Service], command: str, extra: Mapping[str, str], **options: Any
    ) -> Service:
        """Return a command of this product as a process of a kind; `options` are those of the kind."""
        return kind(
            name=command,
            command=[sys.executable, "-m", installed_name("cli.main"), command],
            environment={**self._environment(command), **extra},
            log_file=self._logs / f"{command}.log",
            folder=CODE_FOLDER,
            **options,
        )

    def _environment(self, command: str) -> dict[str, str]:
        """Return a child's environment: ours without foreign database settings, plus the stack's."""
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN_PREFIXES)
        }
        own = {
            f"{ENVIRONMENT_PREFIX}KEEP_ACCOUNT": "true",
            # There is one worker: who else could be waited for?
            f"{ENVIRONMENT_PREFIX}DEPLOYMENT_BECOMES_CURRENT": "true",
            "PYTHONUNBUFFERED": "1",
        }
        return {
            **inherited,
            **self._joining_environment(),
            **own,
            DATABASE_VARIABLE: self._database_of(command),
        }

    def _database_of(self, command: str) -> str:
        """Return the database as a part sees it; "" where it needs none."""
        if command == _MIGRATE:
            return self._postgres.url(DATABASE_NAME)
        role = _ROLES.get(command)
        return "" if role is None else self._postgres.url_of(role, DATABASE_NAME)

    def _databases(self) -> dict[str, str]:
        """Return the variables by which others find the database: as a worker, and as each other role."""
        others = {
            variable: self._postgres.url_of(role, DATABASE_NAME)
            for role, variable in DATABASE_ROLE_VARIABLES.items()
        }
        return {DATABASE_VARIABLE: self._postgres.url_of(DatabaseRole.WORKER, DATABASE_NAME), **others}

    def _joining_environment(self) -> dict[str, str]:
        """Return the variables that make a process join this stack, but for its database."""
        ports = self._ports
        own = {
            "TEMPORAL_ADDRESS": self._temporal.address,
            "TEMPORAL_NAMESPACE": EMBEDDED_NAMESPACE,
            # Nobody's own profile leads its parts elsewhere, or into TLS.
            "TEMPORAL_ENVCONFIG": "false",
            **self._cloud,
            "API_URL": _url(ports.console),
            "API_HOST": LOOPBACK,
            "API_PORT": str(ports.console),
            "API_KEY_FILE": str(api_key_file(self._data_dir)),
            "MASTER_KEY_FILE": str(master_key_file(self._data_dir)),
            "COMMAND_KEY_FILE": str(command_key_file(self._data_dir)),
            "CREDIT_SECRET_FILE": str(credit_secret_file(self._data_dir)),
            "CREDIT_CALLBACK_URL": f"{_url(ports.console)}{CALLBACK_PATH}",
            "DATA_DIR": str(self._data_dir),
            "LOG_JSON": "true",
        }
        return {f"{ENVIRONMENT_PREFIX}{name}": value for name, value in own.items()}

    def _describe(self, stack: Stack) -> StackState:
        """Return where the stack runs."""
        urls = {
            "console": _url(self._ports.console),
            **({"sandbox": _url(self._ports.sandbox)} if self._has_sandbox else {}),
            "temporal": self._temporal.address,
        }
        if self._ports.temporal_ui is not None:
            urls["temporal_page"] = _url(self._ports.temporal_ui)
        urls |= {f"{PROBES}{command}": _url(port) for command, port in self._ports.probes.items()}
        return StackState(
            process_id=os.getpid(),
            urls=urls,
            api_key_file=str(api_key_file(self._data_dir)),
            children=stack.children(),
            environment={**self._databases(), **self._joining_environment()},
        )


def _sandbox_cloud(ports: Ports) -> dict[str, str]:
    """Return the settings of a stack with a sandbox: no file of profiles leads its parts elsewhere."""
    return {
        "CLOUD_URL": _url(ports.sandbox),
        "CLOUD_FILE": "",
        "CLOUD_PROFILE": "",
        # The sandbox has no quota of its own accord; whoever turns it on sets the same one here.
        **{name: os.environ.get(f"{ENVIRONMENT_PREFIX}{name}", "0") for name in _QUOTAS},
    }


def _real_cloud(data_dir: Path, profiles: tuple[str, ...]) -> dict[str, str]:
    """Return the settings of a stack on real clouds.

    Raises:
        InvalidInput: There is no such profile, or it can't be used.
    """
    named = os.environ.get(f"{ENVIRONMENT_PREFIX}CLOUD_FILE") or data_dir / CLOUD_FILE_NAME
    file = Path(named).expanduser().absolute()
    CloudProfiles.load(file).only(profiles)
    return {"CLOUD_FILE": str(file), "CLOUD_PROFILE": ",".join(profiles)}


def _url(port: int) -> str:
    """Return the base URL of a local port."""
    return f"http://{LOOPBACK}:{port}"


def _check_ports(ports: Ports, *, has_sandbox: bool) -> None:
    """Refuse early and by name when another program has a port."""
    for name, port in ports.named().items():
        if (has_sandbox or name != "sandbox") and is_port_open(port):
            raise PortInUse(
                f"Port {port} of the {name} is in use by another program.",
                remedy="Stop that program, or choose other ports (`planswitch up --free-ports`).",
                port=port,
                name=name,
            )


def master_key_file(data_dir: Path) -> Path:
    """Return the file with the 32 random bytes that wrap the data keys; make it on first use."""
    return _kept(data_dir, "master.key", secrets.token_bytes(MASTER_KEY_BYTES))


def api_key_file(data_dir: Path) -> Path:
    """Return the file with the local operator's API key; make it on first use."""
    return _kept(data_dir, "api.key", secrets.token_urlsafe(_API_KEY_BYTES).encode())


def credit_secret_file(data_dir: Path) -> Path:
    """Return the file with the secret that signs the credit bureau's callbacks; make it on first use."""
    return _kept(data_dir, "credit.secret", secrets.token_urlsafe(_API_KEY_BYTES).encode())


def command_key_file(data_dir: Path) -> Path:
    """Return the file with the key that signs what goes over Temporal; make it on first use."""
    return _kept(data_dir, COMMAND_KEY, secrets.token_urlsafe(_API_KEY_BYTES).encode())


def make_command_key(path: Path) -> bool:
    """Make the command key of processes that are started by themselves, and tell whether there was none."""
    if path.exists():
        return False
    make_private_folder(path.parent)
    write_private(path, secrets.token_urlsafe(_API_KEY_BYTES).encode())
    return True


def check_keys(data_dir: Path) -> None:
    """Make the keys that are missing, and refuse ones that a part could not work with, before any is started.

    Raises:
        SecretUnusable: A secret is too short, or others may read it.
        VaultLocked: Others may read the master key.
        InvalidInput: The master key is none.
    """
    read_secret(api_key_file(data_dir), name="the operator's API key")
    read_secret(credit_secret_file(data_dir), name="the secret of the credit bureau's callbacks")
    read_secret(command_key_file(data_dir), name="the key that signs commands")
    second = data_dir / KEYS_FOLDER / SECOND_COMMAND_KEY
    if second.exists():
        read_secret(second, name="the second key that signs commands")
    FileKeyProvider(master_key_file(data_dir))


def _kept(data_dir: Path, name: str, fresh: bytes) -> Path:
    """Return the key file, written with fresh bytes only when there is none: a lost key is lost data."""
    folder = data_dir / KEYS_FOLDER
    make_private_folder(folder)
    path = folder / name
    if not path.exists():
        temporary = folder / f"{name}.new"
        write_private(temporary, fresh)
        temporary.rename(path)
    return path
