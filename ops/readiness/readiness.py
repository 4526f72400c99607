"""One look at every part on which the console depends, as `doctor`, readiness, metrics and page tell it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from temporalio.client import Client

from activities.signing.signatures import key_id
from domain.kernel.errors import PlanSwitchError
from ops.base.settings import Settings
from ops.readiness.history_checks import look_at_archive
from ops.readiness.part_state import (
    CLOUD,
    COMMAND_KEY,
    EVENT_STORE,
    HISTORIES,
    TEMPORAL,
    PartState,
    Readiness,
    down,
    ok,
    unknown,
)
from ops.readiness.store_checks import StoreSeen, look_at_store, without_store
from ops.readiness.temporal_checks import (
    TemporalSeen,
    command_key_state,
    look_at_temporal,
    unknown_workers,
    worker_state,
)
from providers.access.profiles import CloudProfiles
from services.temporal.worker_watch import queue_state
from store.core.errors import StoreUnavailable
from store.health.heartbeats import WORKER
from store.vault.keys import KeyProvider

#: Each part answers within this, or counts as down.
LOOK_SECONDS_MAX = 3.0
CLOUD_UNAVAILABLE = "PROVIDER_UNAVAILABLE"
_CLOUD_SECONDS_MAX = 2.5
#: A look this young answers the next question as well: pages, probes and metrics ask often.
FRESH_SECONDS = 1.5
_CLOUD_REMEDY = (
    "Start it with `planswitch up`, or check the address in PLANSWITCH_CLOUD_URL; a process that accepts "
    "connections and answers nothing is stopped or overloaded."
)


class ReadinessWatch:
    """Looks when somebody asks, and never twice at once.

    Args:
        look: Looks at every part.
    """

    def __init__(self, look: Callable[[], Awaitable[Readiness]]) -> None:
        self._look = look
        self._lock = asyncio.Lock()
        self._readiness: Readiness | None = None
        self._seen_at = 0.0

    async def now(self) -> Readiness:
        """Return how every part is, FRESH_SECONDS ago at most."""
        async with self._lock:
            if self._readiness is None or time.monotonic() - self._seen_at > FRESH_SECONDS:
                self._readiness = await self._look()
                self._seen_at = time.monotonic()
            return self._readiness


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """Where the parts are."""

    #: "" where none is set.
    database_url: str
    #: Returns who opens what the master key has wrapped.
    key_provider: Callable[[], KeyProvider]
    task_queue: str
    cloud_url: str
    #: Name of the workers' deployment; "" where they have no versions.
    deployment: str = ""
    #: Of real clouds; None: the sandbox.
    profiles: CloudProfiles | None = None
    #: Why the profiles can't be used; None where they can.
    profiles_fault: PlanSwitchError | None = None
    #: Id of the key that signs commands here; "" where it can't be read.
    command_key: str = ""


def places_of(settings: Settings) -> Places:
    """Return where the parts of an installation are."""
    profiles, fault = _profiles(settings)
    return Places(
        profiles=profiles,
        profiles_fault=fault,
        database_url=settings.database_url.get_secret_value(),
        key_provider=settings.key_provider,
        task_queue=settings.task_queue,
        cloud_url=settings.cloud_url,
        deployment=settings.deployment,
        command_key=_command_key(settings),
    )


def _profiles(settings: Settings) -> tuple[CloudProfiles | None, PlanSwitchError | None]:
    try:
        return settings.cloud_profiles(), None
    except PlanSwitchError as error:
        return None, error


def _command_key(settings: Settings) -> str:
    try:
        return key_id(settings.command_keys().signing)
    except PlanSwitchError:
        # Nothing starts without it, and what starts says why.
        return ""


async def look(places: Places, connect: Callable[[], Awaitable[Client]]) -> Readiness:
    """Look at every part at once; one that is silent delays no other for more than LOOK_SECONDS_MAX.

    Args:
        places: Where the parts are.
        connect: Returns the client of Temporal.
    """
    store, temporal, cloud = await asyncio.gather(
        _store(places),
        look_at_temporal(connect, places.task_queue, places.deployment),
        _cloud(places),
    )
    parts = [
        *store.parts,
        temporal.temporal,
        temporal.search_attributes,
        *_workers(places.task_queue, temporal, store),
        *([temporal.deployment] if temporal.deployment else []),
        _command_key_state(places.command_key, store),
        await _histories(places.database_url, temporal),
        cloud,
    ]
    return Readiness(looked_at=datetime.now(tz=UTC), parts=tuple(parts))


async def _histories(database_url: str, temporal: TemporalSeen) -> PartState:
    if temporal.temporal.is_missing:
        return unknown(HISTORIES, TEMPORAL)
    looking = asyncio.to_thread(look_at_archive, database_url, temporal.expiring)
    try:
        return await asyncio.wait_for(looking, LOOK_SECONDS_MAX)
    except TimeoutError:
        return unknown(HISTORIES, EVENT_STORE)


def _workers(task_queue: str, temporal: TemporalSeen, store: StoreSeen) -> list[PartState]:
    if not temporal.pollers:
        return unknown_workers(task_queue)
    return [
        worker_state(
            queue_state(queue, pollers, store.beats, store.workers, beside=temporal.beside.get(queue, ()))
        )
        for queue, pollers in temporal.pollers.items()
    ]


def _command_key_state(command_key: str, store: StoreSeen) -> PartState:
    if store.workers is None:
        return unknown(COMMAND_KEY, EVENT_STORE)
    living = {each.instance for each in store.beats if each.part == WORKER and not each.is_silent}
    keys = {instance: ids for instance, ids in store.workers.keys.items() if instance in living and ids}
    return command_key_state(command_key, keys)


async def _store(places: Places) -> StoreSeen:
    look = asyncio.to_thread(look_at_store, places.database_url, places.key_provider)
    try:
        return await asyncio.wait_for(look, LOOK_SECONDS_MAX)
    except TimeoutError:
        silent = f"no answer within {LOOK_SECONDS_MAX:.0f} seconds"
        remedy = "PostgreSQL is stopped or overloaded: look at its process and its log, and start it again."
        return without_store(StoreUnavailable(silent, remedy=remedy))


async def _cloud(places: Places) -> PartState:
    if places.profiles_fault is not None:
        fault = places.profiles_fault
        return down(
            CLOUD, fault.code, "the file of profiles can't be used", fault.remedy, cause=fault.message
        )
    if places.profiles is not None:
        # Not asked at every look: the vendor counts calls, and a step tells at once when it is not let in.
        names = ", ".join(places.profiles.names)
        return ok(CLOUD, f"profiles: {names}; `planswitch cloud show` tells who is signed in")
    try:
        await asyncio.wait_for(asyncio.to_thread(_greet, places.cloud_url), LOOK_SECONDS_MAX)
    except (OSError, HTTPException, ValueError) as error:
        cause = f"{type(error).__name__}: {error}"
        if isinstance(error, TimeoutError):
            cause = f"no answer within {_CLOUD_SECONDS_MAX} seconds"
        return down(CLOUD, CLOUD_UNAVAILABLE, "the cloud does not answer", _CLOUD_REMEDY, cause=cause)
    return ok(CLOUD, "the cloud answers")


def _greet(cloud_url: str) -> None:
    """Return when the cloud has answered, whatever it says.

    Raises:
        OSError: It does not answer.
        HTTPException: It does not speak HTTP.
    """
    address = urlsplit(cloud_url)
    kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
    connection = kind(address.hostname or "", address.port, timeout=_CLOUD_SECONDS_MAX)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    finally:
        connection.close()
