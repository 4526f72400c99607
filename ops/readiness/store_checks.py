"""What the event store tells of the parts: itself, the projector, the reconciler and the master key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psycopg

from audit.seals.errors import SealDiverged, SealFolderUnusable, SealKeyForeign, SealKeyUnusable
from domain.kernel.errors import PlanSwitchError, RecordInconsistent
from domain.operator.workflow_trouble import WorkflowTrouble
from ops.base.database_settings import required_database
from ops.readiness.part_state import (
    EVENT_STORE,
    MASTER_KEY,
    NOTICES,
    PROJECTOR,
    RECONCILER,
    SEALER,
    WEBHOOKS,
    WORKFLOWS,
    PartState,
    down,
    ok,
    unknown,
    warning,
)
from ops.readiness.sender_checks import look_at_senders
from projections.reads.record_gaps import record_gaps
from projections.running.schema import Connection, connected
from projections.running.status import (
    BEHIND,
    BEHIND_SECONDS_MAX,
    LOST_SECONDS,
    SILENT,
    ProjectionStatus,
    status_on,
)
from projections.running.tables import REMEDY
from store.core.errors import (
    DatabaseRightMissing,
    SchemaOutdated,
    StoreUnavailable,
    VaultLocked,
    unavailable,
)
from store.health import heartbeats as signs
from store.health.heartbeats import Heartbeat, heartbeats
from store.health.known_workers import KnownWorkers, known_workers
from store.health.troubles import troubles
from store.migrate import check_schema
from store.record.seals import unsealed_seconds
from store.vault.keys import KeyProvider
from store.vault.vault import is_key_proved

PROJECTOR_SILENT = "PROJECTOR_SILENT"
PROJECTOR_BEHIND = "PROJECTOR_BEHIND"
#: The console goes on, so it is no more than a warning; `doctor` takes it for what somebody must mend.
PROJECTION_DEGRADED = "PROJECTION_DEGRADED"
RECONCILER_SILENT = "RECONCILER_SILENT"
#: The console goes on; `doctor` takes it for what somebody must mend.
WORKFLOWS_IN_TROUBLE = "WORKFLOWS_IN_TROUBLE"
WORKFLOWS_UNSEEN = "WORKFLOWS_UNSEEN"
#: What workers found is no news after this.
WORKFLOWS_SEEN_SECONDS = 60.0
_IN_TROUBLE = (
    "`planswitch switch list` marks each with its code, and `planswitch switch show SWITCH` tells what to do."
)
_RECORD_GAP = (
    "Where a record lacks an event (RECORD_INCONSISTENT), `planswitch audit show SWITCH` shows what it has: "
    "report it with `planswitch support bundle --switch SWITCH`, and once it is whole, "
    "`planswitch switch retry SWITCH --reason TEXT`."
)
_UNSEEN = "Workers look every 10 seconds while Temporal answers: their log tells why they did not."
#: None was ever started here, as after an upgrade.
SEALER_ABSENT = "SEALER_ABSENT"
SEALER_SILENT = "SEALER_SILENT"
SEALS_BEHIND = "SEALS_BEHIND"
#: The console goes on; `doctor` takes them for what somebody must mend.
SEALING_FAILURES = frozenset(
    {
        SEALER_SILENT,
        *(each.code for each in (SealDiverged, SealKeyForeign, SealKeyUnusable, SealFolderUnusable)),
    }
)
#: A sealer says once a second that it lives, but not while it seals a long history.
SEALER_SILENT_SECONDS = 30.0
#: While there is work an event is sealed at least so soon.
UNSEALED_SECONDS_MAX = 60.0
_START_SEALER = "Start it with `planswitch sealer`; its log tells why it ended (sealer.log below `up`)."
_SEALER_REMEDY = "docs/audit.md#seals says what the code asks for; `planswitch doctor` shows the cause."
_RESTORE_REMEDY = (
    "If an older database was restored, and there is no newer one, declare the restore: "
    "`planswitch seal new-origin` (docs/backup.md#declare-the-restore). Otherwise find out who changed the "
    "record or the seals (docs/audit.md#seals)."
)
_SEALS_BEHIND = "Wait while a long history is sealed. If the age only grows, the sealer's log tells why."
#: How late a round of the reconciler may be.
RECONCILER_LATE_SECONDS = 60.0
_WITHOUT = {
    StoreUnavailable.code: "PostgreSQL does not answer",
    SchemaOutdated.code: "its schema does not fit",
    DatabaseRightMissing.code: "this process lacks a right in it",
}
#: Troubles that are told one by one.
_TOLD_MAX = 3
#: Parts of which the event store alone tells.
_IN_STORE = (PROJECTOR, RECONCILER, SEALER, WORKFLOWS, NOTICES, WEBHOOKS, MASTER_KEY)
_KEY_REMEDY = "Run `planswitch doctor` on the console's machine: it names the file and what is wrong with it."
_START_PROJECTOR = "Start it with `planswitch project`; its log tells why it ended (project.log below `up`)."


@dataclass(frozen=True, kw_only=True, slots=True)
class StoreSeen:
    """What the event store tells."""

    parts: tuple[PartState, ...]
    beats: tuple[Heartbeat, ...] = ()
    #: None where the event store can't be read.
    workers: KnownWorkers | None = None


def look_at_store(database_url: str, key_provider: Callable[[], KeyProvider]) -> StoreSeen:
    """Look at the event store, and at what it knows of the other parts.

    Args:
        database_url: PostgreSQL of event store and read models; "" where none is set.
        key_provider: Returns who opens what the master key has wrapped.
    """
    try:
        check_schema(required_database(database_url))
        with connected(database_url) as connection:
            beats = heartbeats(connection)
            parts = (
                ok(EVENT_STORE, "PostgreSQL answers, the schema fits"),
                _projector(connection),
                _reconciler(beats),
                sealer_state(beats, unsealed_seconds(connection)),
                workflows_state((*record_gaps(connection), *troubles(connection)), beats),
                *look_at_senders(connection),
                _master_key(connection, key_provider),
            )
            return StoreSeen(parts=parts, beats=beats, workers=known_workers(connection))
    except PlanSwitchError as error:
        return without_store(error)
    except psycopg.Error as error:
        # Whatever it is, the parts behind it can't be told.
        return without_store(unavailable(error))


def without_store(error: PlanSwitchError) -> StoreSeen:
    """Return what can be told where the event store can't be read."""
    detail = _WITHOUT.get(error.code, "its address is not given, or can't be used")
    store = down(EVENT_STORE, error.code, detail, error.remedy, cause=error.message)
    others = [unknown(part, "the event store") for part in _IN_STORE]
    return StoreSeen(parts=(store, *others))


def _projector(connection: Connection) -> PartState:
    try:
        (status,) = status_on(connection)
    except SchemaOutdated as error:
        return down(PROJECTOR, error.code, error.message, error.remedy)
    return projector_state(status)


def projector_state(status: ProjectionStatus) -> PartState:
    """Judge a projector by its last round and by how old what it shows is."""
    silence = -1.0 if status.silence_seconds is None else status.silence_seconds
    figures = {
        "lag_events": float(status.lag),
        "dead_letters": float(status.dead_letters),
        "behind_seconds": status.behind_seconds,
        "silence_seconds": silence,
    }
    behind, aside = _counted(status.lag, "event"), _counted(status.dead_letters, "stream")
    counts = f"{behind} behind, {aside} put aside{_newest(status)}"
    age = f"what is shown is {status.shown_age_seconds:.0f} s old"
    if status.state == SILENT:
        detail = f"no sign of life, {age}; {counts}" if silence >= 0 else f"it has never worked; {counts}"
        return down(PROJECTOR, PROJECTOR_SILENT, detail, _START_PROJECTOR, figures=figures)
    if status.state == BEHIND:
        return _behind(status, f"{age}; {counts}", figures)
    if status.is_degraded:
        return warning(PROJECTOR, PROJECTION_DEGRADED, counts, REMEDY, figures=figures)
    return ok(PROJECTOR, f"what is shown is at most {BEHIND_SECONDS_MAX:.0f} s old; {counts}", figures)


def _counted(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count:,} {noun}s"


def _newest(status: ProjectionStatus) -> str:
    """Tell which stream was put aside last."""
    if not status.incomplete:
        return ""
    newest = status.incomplete[0]
    return f" (stream {newest.stream_id} is incomplete since version {newest.since_version})"


def _behind(status: ProjectionStatus, detail: str, figures: dict[str, float]) -> PartState:
    remedy = "It is catching up: wait. If the age only grows, its log says which event it can't fold."
    judge = down if status.behind_seconds > LOST_SECONDS else warning
    return judge(PROJECTOR, PROJECTOR_BEHIND, detail, remedy, figures=figures)


def _reconciler(beats: Sequence[Heartbeat]) -> PartState:
    workers = {each.instance for each in beats if each.part == signs.WORKER and not each.is_silent}
    rounds = [each for each in beats if each.part == signs.RECONCILER and each.instance in workers]
    return reconciler_state(rounds)


def reconciler_state(rounds: Sequence[Heartbeat]) -> PartState:
    """Judge the reconciler by the last rounds of the workers that live, the newest first."""
    remedy = "It works inside each worker: `planswitch worker` starts one, its log tells why a round failed."
    if not rounds:
        return down(RECONCILER, RECONCILER_SILENT, "no living worker has reconciled yet", remedy)
    newest = rounds[0]
    detail, figures = f"last round {newest.age_seconds:.0f} s ago", {"silence_seconds": newest.age_seconds}
    if newest.age_seconds > newest.every_seconds + RECONCILER_LATE_SECONDS:
        return down(RECONCILER, RECONCILER_SILENT, detail, remedy, cause=newest.failure, figures=figures)
    if newest.failure:
        again = f"{detail}; it has failed since then and is tried again within seconds"
        return warning(RECONCILER, "RECONCILER_FAILED", again, remedy, cause=newest.failure, figures=figures)
    return ok(RECONCILER, detail, figures)


def sealer_state(beats: Sequence[Heartbeat], unsealed: float) -> PartState:
    """Judge the sealer by its last round and by how old the oldest event is that no seal covers.

    Switches go on without seals, so nothing here is more than a warning; `doctor` takes it for what somebody
    must mend.

    Args:
        beats: Signs of life.
        unsealed: Seconds since the oldest event was recorded that no seal covers; 0: there is none.
    """
    rounds = [each for each in beats if each.part == signs.SEALER]
    age_seconds = min((each.age_seconds for each in rounds), default=-1.0)
    figures = {"silence_seconds": age_seconds, "unsealed_seconds": unsealed}
    waiting = f"an event waits for its seal since {unsealed:.0f} s" if unsealed else "every event is sealed"
    if rounds and rounds[0].failure:
        code, _, cause = rounds[0].failure.partition(": ")
        backlog = waiting if unsealed else "no event waits for a seal"
        remedy = _RESTORE_REMEDY if code == SealDiverged.code else _SEALER_REMEDY
        return warning(SEALER, code, f"it has stopped; {backlog}", remedy, cause=cause, figures=figures)
    if not rounds:
        return warning(
            SEALER, SEALER_ABSENT, f"it has never worked; {waiting}", _START_SEALER, figures=figures
        )
    if age_seconds > SEALER_SILENT_SECONDS:
        age = f"no sign of life for {age_seconds:.0f} s"
        return warning(SEALER, SEALER_SILENT, f"{age}; {waiting}", _START_SEALER, figures=figures)
    if unsealed > UNSEALED_SECONDS_MAX:
        return warning(SEALER, SEALS_BEHIND, waiting, _SEALS_BEHIND, figures=figures)
    return ok(SEALER, waiting, figures)


def workflows_state(troubles: Sequence[WorkflowTrouble], beats: Sequence[Heartbeat]) -> PartState:
    """Judge the workflows by what is wrong with them, and by how old the workers' last round is.

    Args:
        troubles: What is wrong: switches whose record lacks an event, and what the round found.
        beats: Signs of life.
    """
    rounds = [each for each in beats if each.part == signs.TROUBLES]
    age_seconds = min((each.age_seconds for each in rounds), default=-1.0)
    figures = {"troubles": float(len(troubles)), "silence_seconds": age_seconds}
    age = f"looked {age_seconds:.0f} s ago" if rounds else "no worker has looked yet"
    if troubles:
        codes = Counter(each.code for each in troubles)
        counts = ", ".join(f"{count} {code}" for code, count in sorted(codes.items()))
        cause = " ".join(f"{each.switch_id[:8]}: {each.message}" for each in troubles[:_TOLD_MAX])
        detail = f"{counts}; {age}"
        remedy = f"{_IN_TROUBLE} {_RECORD_GAP}" if RecordInconsistent.code in codes else _IN_TROUBLE
        return warning(WORKFLOWS, WORKFLOWS_IN_TROUBLE, detail, remedy, cause=cause, figures=figures)
    if not 0 <= age_seconds <= WORKFLOWS_SEEN_SECONDS:
        return warning(WORKFLOWS, WORKFLOWS_UNSEEN, age, _UNSEEN, figures=figures)
    return ok(WORKFLOWS, f"all go on; {age}", figures)


def _master_key(connection: Connection, key_provider: Callable[[], KeyProvider]) -> PartState:
    try:
        is_proved = is_key_proved(connection, key_provider())
    except VaultLocked as error:
        detail = "the master key is missing, open to others, or not the one of this database"
        return _key_down(error, detail)
    except PlanSwitchError as error:
        return _key_down(error, "the master key can't be used")
    return ok(MASTER_KEY, "it opens what is sealed" if is_proved else "nothing is sealed by it yet")


def _key_down(error: PlanSwitchError, detail: str) -> PartState:
    """Return the state without where the key lies: strangers read it too, and `doctor` tells the cause."""
    cause = f"{error.message} {error.remedy}".strip()
    return down(MASTER_KEY, error.code, detail, _KEY_REMEDY, cause=cause)
