"""A console over a whole world: its server in a thread, a projector, a worker, and ways to ask them."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import uuid5

import httpx2
import uvicorn
from temporalio.client import Client

from console.app import create_app
from console.server import open_dependencies, server_config
from domain.kernel.ids import NAMESPACE
from ops.base.settings import Settings, load_settings
from projections.running.projector import Projector
from projections.running.schema import create
from store.migrate import migrate
from store.roles.role import DatabaseRole
from tests.support.clouds.cloud_server import SandboxCloud
from tests.support.clouds.plain_http import WITHOUT_TLS
from tests.support.commands.command_server import command_server
from tests.support.commands.terminal import Shown, run_on_terminal
from tests.support.databases.database_roles import url_as
from tests.support.worlds.signing import key_file
from tests.support.worlds.world import World, open_world

KEY = "a-key-of-the-tests"
CREDIT_SECRET = b"a-secret-of-the-tests"
SUPPORT = "switch desk, extension 4"
START_SECONDS = 60.0
#: Looks at the board, ten a second, before a switch counts as lost.
LOOKS_MAX = 1_200
LOOK_SECONDS = 0.1
PAUSE_SECONDS_MAX = 0.4
#: The CLI must fit a terminal of this width.
COLUMNS = 80


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def longest_line(self) -> int:
        """Return the length of the longest line that people read."""
        return max((len(line) for line in (self.out + self.err).splitlines()), default=0)


@dataclass(kw_only=True)
class ConsoleWorld:
    """A running console and everything behind it."""

    url: str
    world: World
    http: httpx2.Client
    settings: Settings

    async def organization(self, **options: Any) -> dict[str, Any]:
        """Make an organization on E1.

        Each test has organizations of its own: all of a run share one Temporal server, which starts no switch
        of an organization a second time by the same request id.
        """
        own = uuid5(NAMESPACE, f"{os.environ['PYTEST_CURRENT_TEST'].split()[0]}:{options.get('seed', 1)}")
        options.setdefault("organization_id", str(own))
        return await asyncio.to_thread(self.world.sandbox.organization, **options)

    async def get(self, path: str, **query: Any) -> httpx2.Response:
        """Ask the API."""
        return await asyncio.to_thread(self.http.get, path, params=query or None)

    async def post(self, path: str, body: dict[str, Any]) -> httpx2.Response:
        """Send something to the API."""
        return await asyncio.to_thread(self.http.post, path, json=body)

    async def ended(self, switch_id: str) -> dict[str, Any]:
        """Return the row of a switch once it has ended."""
        return await self._row(switch_id, lambda row: bool(row.get("outcome")), "ended")

    async def until(self, switch_id: str, stage: str) -> None:
        """Wait until the board shows a switch in a stage."""
        await self._row(switch_id, lambda row: row.get("stage") == stage, f"came to {stage}")

    async def _row(
        self, switch_id: str, is_so: Callable[[dict[str, Any]], bool], what: str
    ) -> dict[str, Any]:
        end, pause_seconds = time.monotonic() + LOOKS_MAX * LOOK_SECONDS, LOOK_SECONDS / 2
        while time.monotonic() < end:
            row: dict[str, Any] = (await self.get(f"/api/switches/{switch_id}")).json()
            if is_so(row):
                return row
            # Each look costs the processor that the switch needs.
            await asyncio.sleep(pause_seconds)
            pause_seconds = min(1.2 * pause_seconds, PAUSE_SECONDS_MAX)
        raise AssertionError(f"switch {switch_id} never {what}: {row}")

    async def run(self, *arguments: str, **variables: str) -> Ran:
        """Run the command line as a process against this console, into pipes."""
        return await run_command(*arguments, environment=self.environment(**variables))

    async def run_on_terminal(self, *arguments: str, typed: str | None = None) -> Shown:
        """Run the command line on a terminal of 80 columns; `typed` is what the person answers."""
        environment = self.environment()
        return await asyncio.to_thread(
            run_on_terminal, *arguments, environment=environment, typed=typed, columns=COLUMNS
        )

    def environment(self, **variables: str) -> dict[str, str]:
        """Return the variables that lead a command to this console."""
        return {
            **os.environ,
            "PLANSWITCH_API_URL": self.url,
            "PLANSWITCH_API_KEY": KEY,
            "PLANSWITCH_DATA_DIR": str(self.settings.data_dir),
            "DATABASE_URL": self.settings.required_database_url(),
            "DATABASE_OWNER_URL": self.settings.required_database_url_of(DatabaseRole.OWNER),
            "PLANSWITCH_TEMPORAL_ADDRESS": self.settings.temporal_address,
            "PLANSWITCH_CLOUD_URL": self.settings.cloud_url,
            "COLUMNS": str(COLUMNS),
            **variables,
        }


async def run_command(*arguments: str, environment: dict[str, str]) -> Ran:
    """Run `planswitch` in a process of its own, without a terminal."""
    return await asyncio.to_thread(run_in_pipes, arguments, environment)


def run_in_pipes(arguments: Sequence[str], environment: Mapping[str, str]) -> Ran:
    """Run `planswitch` in a process of its own and return what it printed, once it has ended."""
    with TemporaryFile() as out, TemporaryFile() as err, Path(os.devnull).open() as nothing:
        streams = (nothing.fileno(), out.fileno(), err.fileno())
        code = command_server().run(arguments, environment, streams)
        return Ran(code=code, out=_text_of(out), err=_text_of(err))


def _text_of(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


def start_body(organization: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return what is asked of the API to switch an organization to E3."""
    return {
        "organization_id": organization["organization_id"],
        "target_plan": "E3",
        "accept": True,
        "reason": "growth",
        **changes,
    }


@asynccontextmanager
async def open_console_world(
    client: Client, database_url: str, sandbox: SandboxCloud, folder: Path, **options: Any
) -> AsyncIterator[ConsoleWorld]:
    """Open a world with worker, projector and console; `options` are those of `open_world`."""
    # Both schemas are there before the world gives their rights.
    await asyncio.to_thread(migrate, database_url)
    await asyncio.to_thread(create, database_url)
    async with open_world(client, database_url, sandbox, folder, **options) as world:
        console_url, projector_url = await asyncio.to_thread(
            url_as, database_url, DatabaseRole.WORKER, DatabaseRole.PROJECTOR
        )
        settings = load_settings(
            data_dir=folder,
            database_url=console_url,
            database_owner_url=database_url,
            cloud_url=sandbox.url,
            temporal_address=client.service_client.config.target_host,
            task_queue=world.task_queue,
            master_key_file=folder / "master.key",
            api_key=KEY,
            credit_secret_file=_secret_file(folder),
            command_key_file=key_file(folder),
            local_actor="olga",
            support_contact=SUPPORT,
        )
        with (
            _projector(projector_url),
            running_console(settings) as url,
            httpx2.Client(verify=WITHOUT_TLS, base_url=url, headers={"X-API-Key": KEY}, timeout=30) as http,
        ):
            yield ConsoleWorld(url=url, world=world, http=http, settings=settings)


def _secret_file(folder: Path) -> Path:
    path = folder / "credit.secret"
    path.write_bytes(CREDIT_SECRET)
    path.chmod(0o600)
    return path


@contextmanager
def _projector(database_url: str) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=Projector(database_url).run, args=(stop,), name="projector")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def running_console(settings: Settings) -> Iterator[str]:
    """Serve a console in a thread, and yield its address."""
    with open_dependencies(settings) as dependencies:
        app = create_app(dependencies)
        server = uvicorn.Server(server_config(app, settings.model_copy(update={"api_port": 0})))
        thread = threading.Thread(target=server.run, name="console")
        thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(START_SECONDS)
