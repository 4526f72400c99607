"""The process of the sealer: it seals as long as there is something new, and says that it lives.

One process at a time writes into a folder; another one stands by. While the record is not that of the folder,
nothing is sealed and the signs of life say why.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import structlog

from audit.seals.errors import SealDiverged, SealFolderUnusable
from audit.seals.folder import SealFolder
from audit.seals.keys import KeyFile
from audit.seals.places import SealPlaces
from audit.seals.sealer import Seal, Sealer
from domain.kernel.errors import ConcurrentWrite, PlanSwitchError
from store.core.application import SwitchApplication
from store.core.errors import SchemaOutdated, StoreUnavailable
from store.health.heartbeats import BEAT_SECONDS, SEALER, HeartbeatStore
from store.health.process_health import SEALS, ProcessHealth
from store.record.seals import SealStore

#: The sealer looks for new records this often when the last seal is old enough.
POLL_SECONDS = 1.0
_log = structlog.get_logger()


class _Record(SealStore, HeartbeatStore):
    """What a sealer needs of the store."""


class SealingProcess:
    """Seals until it is stopped.

    Args:
        places: Where it works.
        health: Told of each round, for probes.
    """

    def __init__(self, places: SealPlaces, health: ProcessHealth | None = None) -> None:
        self._places = places
        self._health = health or ProcessHealth()
        self._folder = SealFolder(places.folder)
        self._keys = KeyFile(places.key_file)
        self._failure = ""
        self._has_diverged = False

    def run(self, stop: threading.Event, *, on_ready: Callable[[], None] = lambda: None) -> None:
        """Work until `stop` is set; a database that is down is tried again and again.

        Args:
            stop: Ends the work after the seal at hand.
            on_ready: Called when this process or another one has the folder.
        """
        with SwitchApplication(self._places.database_url, pool_size=1) as application:
            record, before = _Record(application), ""
            while not stop.is_set():
                with self._folder.locked() as is_ours:
                    on_ready()
                    self._health.works()
                    self._health.go_round()
                    state = "sealer_active" if is_ours else "sealer_stands_by"
                    if state != before:
                        _log.info(state, folder=str(self._places.folder))
                    before = state
                    if is_ours:
                        self._work(record, stop)
                stop.wait(POLL_SECONDS)

    def _work(self, record: _Record, stop: threading.Event) -> None:
        """Seal until the end, or until record and folder part: then somebody else may need the folder."""
        with suppress(StoreUnavailable, SchemaOutdated):
            record.forget_ended(SEALER)
        sealer = Sealer(record, self._folder, self._keys)
        due_at = time.monotonic()
        while not stop.is_set():
            seal = self._round(record, sealer) if time.monotonic() >= due_at else None
            self._say_alive(record)
            if self._has_diverged:
                return
            if seal is not None and not seal.is_full:
                due_at = time.monotonic() + self._places.seal_seconds
            if seal is None or not seal.is_full:
                stop.wait(POLL_SECONDS)

    def _round(self, record: _Record, sealer: Sealer) -> Seal | None:
        """Seal what is new; what keeps it from that is told once, and tried again."""
        began, now = time.monotonic(), datetime.now(tz=UTC)
        self._has_diverged = False
        try:
            self._make_first_keys(record, now)
            seal = sealer.seal_once(now)
        except ConcurrentWrite:
            _log.info("sealed_elsewhere")
            return None
        except PlanSwitchError as error:
            self._has_diverged = isinstance(error, SealDiverged)
            self._tell(error)
            return None
        except OSError as error:
            self._tell(SealFolderUnusable(self._places.folder, error))
            return None
        self._failure = ""
        self._health.works(SEALS)
        if seal is not None:
            _log.info(
                "sealed",
                tree_size=seal.checkpoint.size,
                events=seal.events,
                calls=seal.calls,
                duration_ms=round(1000 * (time.monotonic() - began)),
            )
        return seal

    def _make_first_keys(self, record: _Record, now: datetime) -> None:
        """Make keys for a new log; keys that are lost while there are seals are never replaced in silence."""
        if self._keys.path.exists() or record.newest_seal() is not None or self._folder.note() is not None:
            return
        if self._keys.make(now):
            _log.info("seal_keys_made", file=str(self._keys.path), log=self._keys().origin)

    def _tell(self, error: PlanSwitchError) -> None:
        failure = f"{error.code}: {error.message} {error.remedy}".strip()
        if failure != self._failure:
            _log.error("not_sealed", code=error.code, message=error.message, remedy=error.remedy)
        self._failure = failure
        self._health.fails(SEALS, error)

    def _say_alive(self, record: _Record) -> None:
        """Write the sign of life; a database that can't take it is the failure that was told."""
        self._health.go_round()
        with suppress(StoreUnavailable, SchemaOutdated):
            record.beat(SEALER, every_seconds=BEAT_SECONDS, failure=self._failure)
