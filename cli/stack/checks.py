"""What `planswitch doctor` looks at: each part by itself, so that none hides or delays another."""

from __future__ import annotations

import asyncio
import os
import platform
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from temporalio.client import Client

from cli.base.client import ConsoleClient
from cli.base.errors import ApiProblem
from cli.text import answers
from cli.text.output import wrapped
from client.api import system as system_api
from domain.kernel.errors import PlanSwitchError
from ops.base.settings import Settings
from ops.readiness.connection_checks import CONNECTION, look_at_connection, look_at_replica
from ops.readiness.history_checks import HISTORIES_EXPIRE
from ops.readiness.part_state import DOWN, OK, UNKNOWN, WARNING, PartState
from ops.readiness.readiness import look, places_of
from ops.readiness.sender_checks import SENDING_FAILURES
from ops.readiness.store_checks import PROJECTION_DEGRADED, SEALING_FAILURES, WORKFLOWS_IN_TROUBLE
from ops.readiness.temporal_checks import WORKER_UNKNOWN
from ops.temporal.temporal_access import temporal_access
from store.core.database_url import data_folder

_MEGABYTE = 1_000_000
_GIGABYTE = 1_000_000_000
_ALIVE_SECONDS = 3.0
#: The console waits for its database, which may be what is silent.
_CONSOLE_SECONDS = 4.0
_UNAUTHORIZED = "UNAUTHORIZED"
#: The console goes on without a stream, a workflow, seals, histories or mail; somebody must mend them.
_TO_BE_MENDED = frozenset(
    {
        PROJECTION_DEGRADED,
        WORKFLOWS_IN_TROUBLE,
        WORKER_UNKNOWN,
        HISTORIES_EXPIRE,
        *SEALING_FAILURES,
        *SENDING_FAILURES,
    }
)
_EMBEDDED_CLUSTER = Path("postgres", "cluster")
_UP = "Start the stack with `planswitch up`."
_GAP = "  "


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One part and how it is."""

    part: str
    #: ok, warning, down or unknown.
    state: str
    detail: str
    #: What to do; "" when nothing is to be done.
    remedy: str = ""
    #: Stable code of what is wrong; "" when nothing is.
    code: str = ""

    @property
    def is_missing(self) -> bool:
        """Return whether nobody can count on the part."""
        return self.state in {DOWN, UNKNOWN}


def all_checks(settings: Settings) -> list[Check]:
    """Look at every part, at all of them at once.

    Args:
        settings: Where the parts are.
    """
    looks: dict[str, Callable[[Settings], Check]] = {
        "python": lambda _: Check(part="python", state=OK, detail=platform.python_version()),
        "disk": lambda settings: _room("disk", settings.data_dir, settings),
        "database disk": _database_disk,
        CONNECTION: lambda settings: check_of(look_at_connection(settings)),
        "console": _console,
        "temporal settings": _temporal_settings,
    }
    with ThreadPoolExecutor(len(looks) + 1, thread_name_prefix="doctor") as threads:
        own = [threads.submit(_safely, part, look, settings) for part, look in looks.items()]
        parts = threads.submit(_parts, settings)
        replica = look_at_replica(settings)
        beside = () if replica is None else (check_of(replica),)
        return [*(each.result() for each in own), *beside, *parts.result()]


def _safely(part: str, look: Callable[[Settings], Check], settings: Settings) -> Check:
    try:
        return look(settings)
    except PlanSwitchError as error:
        return _down(part, error)
    except OSError as error:
        return Check(part=part, state=DOWN, detail=str(error), remedy=_UP)


def _down(part: str, error: PlanSwitchError) -> Check:
    code = error.problem_code if isinstance(error, ApiProblem) else error.code
    return Check(
        part=part, state=DOWN, detail=f"{code}: {error.message}", remedy=error.remedy or _UP, code=code
    )


def _database_disk(settings: Settings) -> Check:
    embedded = settings.data_dir / _EMBEDDED_CLUSTER
    # The embedded one is looked at while PostgreSQL is down as well: a full disk stops it.
    folder = embedded if embedded.exists() else data_folder(settings.required_database_url())
    if folder is None:
        detail = "the folder of PostgreSQL is not on this machine, or not known: look there"
        return Check(part="database disk", state=OK, detail=detail)
    return _room("database disk", folder, settings)


def _room(part: str, folder: Path, settings: Settings) -> Check:
    """Look at the room for the files of a part: down below one threshold, a warning below another."""
    space = disk_space(folder)
    if space.is_below(settings.disk_free_bytes_min):
        remedy = (
            f"Make room at {space.folder} now: a database that can't write stops every switch."
            " You may delete old backups and files in logs/, but never files of the databases."
            f" {settings.disk_free_bytes_min:,} bytes must be free (PLANSWITCH_DISK_FREE_BYTES_MIN)."
        )
        return Check(part=part, state=DOWN, detail=str(space), remedy=remedy)
    if space.is_below(settings.disk_free_bytes_warning):
        remedy = (
            f"Make room at {space.folder} soon: less than PLANSWITCH_DISK_FREE_BYTES_WARNING"
            f" ({settings.disk_free_bytes_warning:,}) is free."
        )
        return Check(part=part, state=WARNING, detail=str(space), remedy=remedy)
    return Check(part=part, state=OK, detail=str(space))


def _console(settings: Settings) -> Check:
    """Look whether the console answers, and then whether it knows our key: its own database may be silent."""
    key = settings.operator_key()
    with ConsoleClient(settings.api_url, key, timeout_seconds=_ALIVE_SECONDS) as console:
        console.ask(answers.system.Health, system_api.show_health.request())
    try:
        with ConsoleClient(settings.api_url, key, timeout_seconds=_CONSOLE_SECONDS) as console:
            console.ask(answers.system.Projections, system_api.list_projections.request())
    except PlanSwitchError as error:
        if isinstance(error, ApiProblem) and error.problem_code == _UNAUTHORIZED:
            raise
        detail = f"{settings.api_url} answers, and says: {error.message}"
        return Check(part="console", state=WARNING, detail=detail, remedy=error.remedy)
    return Check(part="console", state=OK, detail=f"{settings.api_url} answers, the key is right")


def _temporal_settings(settings: Settings) -> Check:
    """Tell which setting of Temporal is used where several set it; never a secret."""
    chosen = "; ".join(str(each) for each in temporal_access(settings).chosen)
    return Check(part="temporal settings", state=OK, detail=chosen)


def _parts(settings: Settings) -> list[Check]:
    """Look at what the console depends on, by its own look (`GET /api/v1/ready`)."""

    async def connect() -> Client:
        return await temporal_access(settings).client()

    return [check_of(each) for each in asyncio.run(look(places_of(settings), connect)).parts]


def check_of(each: PartState) -> Check:
    """Return doctor's check of a part that the console checks as well."""
    details: Sequence[str] = [each.detail, each.cause] if each.cause else [each.detail]
    prefix = f"{each.code}: " if each.code and each.is_missing else ""
    state = DOWN if each.code in _TO_BE_MENDED else each.state
    return Check(
        part=each.part, state=state, detail=prefix + "; ".join(details), remedy=each.remedy, code=each.code
    )


def check_lines(checks: Sequence[Check]) -> list[str]:
    """Return the lines of all checks; a text that is too long for its row goes on below."""
    parts = max(len("PART"), *(len(each.part) for each in checks))
    states = max(len("STATE"), *(len(each.state) for each in checks))
    indent = parts + states + 2 * len(_GAP)
    lines = [f"{'PART'.ljust(parts)}{_GAP}{'STATE'.ljust(states)}{_GAP}WHAT"]
    for each in checks:
        first = f"{each.part.ljust(parts)}{_GAP}{each.state.ljust(states)}{_GAP}"
        lines += wrapped(each.detail, indent, first)
    for each in checks:
        if each.remedy:
            lines += wrapped(f"what to do: {each.part}: {each.remedy}", 0)
    return lines


@dataclass(frozen=True, kw_only=True, slots=True)
class DiskSpace:
    """The file system below a folder, for programs without a reserve of their own."""

    folder: Path
    free_bytes: int
    total_bytes: int
    #: Files that can still be made; None where the file system does not count them.
    free_files: int | None
    is_read_only: bool

    def __str__(self) -> str:
        """Return the figures for people."""
        room = f"{_size(self.free_bytes)} of {_size(self.total_bytes)} free at {self.folder}"
        if self.is_read_only:
            return f"{room}, which is read-only"
        return f"{room}, and no file can be made" if self.free_files == 0 else room

    def is_below(self, bytes_min: int) -> bool:
        """Return whether less than this can be written, for whatever cause."""
        return self.is_read_only or self.free_files == 0 or self.free_bytes < bytes_min


def disk_space(folder: Path) -> DiskSpace:
    """Return the room where a folder is, or will be once it is made.

    Raises:
        OSError: It can't be looked at.
    """
    there = next(each for each in (folder, *folder.parents) if each.exists())
    sizes = os.statvfs(there)
    return DiskSpace(
        folder=there,
        free_bytes=sizes.f_bavail * sizes.f_frsize,
        total_bytes=sizes.f_blocks * sizes.f_frsize,
        free_files=sizes.f_favail if sizes.f_files else None,
        is_read_only=bool(sizes.f_flag & os.ST_RDONLY),
    )


def _size(count: int) -> str:
    if count < _GIGABYTE:
        return f"{count / _MEGABYTE:,.0f} MB"
    return f"{count / _GIGABYTE:,.1f} GB"
