"""What `planswitch doctor` looks at: each part by itself, so that one that is down hides no other."""

from __future__ import annotations

import platform
import socket
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from domain.errors import PlanSwitchError

if TYPE_CHECKING:
    from ops.settings import Settings

OK = "ok"
DOWN = "down"
WARNING = "warning"
_ANSWER_SECONDS = 3.0
#: How a server of HTTP/2, as Temporal is, is greeted: it greets back with its settings.
_HTTP2_GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
_HTTP2_TYPE_AT, _HTTP2_SETTINGS = 3, 4
#: The console waits for its database, which may be what is silent.
_CONSOLE_SECONDS = 8.0
_LAG_MAX = 1_000
_EMBEDDED_CLUSTER = Path("postgres", "cluster")
_UP = "Start the stack with `planswitch up`."
_SILENT = "Its process is stopped or overloaded: look at it and its log, and start it again."


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One part and how it is."""

    part: str
    #: ok, warning or down.
    state: str
    detail: str
    #: What to do; "" when nothing is to be done.
    remedy: str = ""


def all_checks(settings: Settings) -> list[Check]:
    """Look at every part.

    Args:
        settings: Where the parts are.
    """
    looks: dict[str, Callable[[Settings], Check]] = {
        "python": _python,
        "disk": _disk,
        "database disk": _database_disk,
        "event store": _store,
        "read models": _read_models,
        "temporal": _temporal,
        "cloud": _cloud,
        "console": _console,
    }
    return [_safely(part, look, settings) for part, look in looks.items()]


def _safely(part: str, look: Callable[[Settings], Check], settings: Settings) -> Check:
    try:
        return look(settings)
    except PlanSwitchError as error:
        return Check(part=part, state=DOWN, detail=f"{error.code}: {error.message}", remedy=error.remedy)
    except OSError as error:
        if isinstance(error, TimeoutError):
            detail = f"no answer within {_ANSWER_SECONDS:.0f} seconds"
            return Check(part=part, state=DOWN, detail=detail, remedy=_SILENT)
        return Check(part=part, state=DOWN, detail=str(error), remedy=_UP)


def _python(_settings: Settings) -> Check:
    return Check(part="python", state=OK, detail=platform.python_version())


def _disk(settings: Settings) -> Check:
    return _room("disk", settings.data_dir, settings)


def _database_disk(settings: Settings) -> Check:
    from store.data_folder import data_folder  # noqa: PLC0415 - heavy

    embedded = settings.data_dir / _EMBEDDED_CLUSTER
    # The embedded one is looked at while PostgreSQL is down as well: a full disk stops it.
    folder = embedded if embedded.exists() else data_folder(settings.required_database_url())
    if folder is None:
        detail = "the folder of PostgreSQL is not on this machine, or not told: look there"
        return Check(part="database disk", state=OK, detail=detail)
    return _room("database disk", folder, settings)


def _room(part: str, folder: Path, settings: Settings) -> Check:
    """Look at the room for the files of a part: down below one threshold, a warning below another."""
    from ops.disk import disk_space  # noqa: PLC0415 - few commands need it

    space = disk_space(folder)
    if space.is_below(settings.disk_free_bytes_min):
        remedy = (
            f"Make room at {space.folder} now: a database that can't write stops every switch."
            " Old backups and files in logs/ may go, files of the databases never."
            f" PLANSWITCH_DISK_FREE_BYTES_MIN ({settings.disk_free_bytes_min:,}) is what must be free."
        )
        return Check(part=part, state=DOWN, detail=str(space), remedy=remedy)
    if space.is_below(settings.disk_free_bytes_warning):
        remedy = (
            f"Make room at {space.folder} soon: less than PLANSWITCH_DISK_FREE_BYTES_WARNING"
            f" ({settings.disk_free_bytes_warning:,}) is free."
        )
        return Check(part=part, state=WARNING, detail=str(space), remedy=remedy)
    return Check(part=part, state=OK, detail=str(space))


def _store(settings: Settings) -> Check:
    from store.migrate import check_schema  # noqa: PLC0415 - heavy

    check_schema(settings.required_database_url())
    return Check(part="event store", state=OK, detail="PostgreSQL answers, the schema fits")


def _read_models(settings: Settings) -> Check:
    from projections.put_aside import REMEDY  # noqa: PLC0415 - heavy
    from projections.status import status  # noqa: PLC0415 - heavy

    (found,) = status(settings.required_database_url())
    detail = f"{found.lag} events behind, {found.dead_letters} streams put aside"
    if found.is_degraded:
        newest = found.incomplete[0] if found.incomplete else None
        where = (
            f" Stream {newest.stream_id} is incomplete since version {newest.since_version}."
            if newest
            else ""
        )
        return Check(part="read models", state=DOWN, detail=detail, remedy=f"{REMEDY}{where}")
    if found.lag > _LAG_MAX:
        remedy = "Is the projector running? `planswitch project`"
        return Check(part="read models", state=WARNING, detail=detail, remedy=remedy)
    return Check(part="read models", state=OK, detail=detail)


def _temporal(settings: Settings) -> Check:
    host, _, port = settings.temporal_address.rpartition(":")
    # A stopped process still takes connections: only an answer counts.
    with socket.create_connection((host, int(port)), timeout=_ANSWER_SECONDS) as connection:
        connection.sendall(_HTTP2_GREETING)
        greeting = connection.recv(len(_HTTP2_GREETING))
    if greeting[_HTTP2_TYPE_AT : _HTTP2_TYPE_AT + 1] != bytes([_HTTP2_SETTINGS]):
        raise OSError(f"{settings.temporal_address} answers, but not as Temporal does")
    return Check(part="temporal", state=OK, detail=f"{settings.temporal_address} answers")


def _cloud(settings: Settings) -> Check:
    address = urlsplit(settings.cloud_url)
    kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
    connection = kind(address.hostname or "", address.port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except HTTPException as error:
        raise OSError(f"{settings.cloud_url} does not speak HTTP ({type(error).__name__})") from error
    finally:
        connection.close()
    return Check(part="cloud", state=OK, detail=f"{settings.cloud_url} answers")


def _console(settings: Settings) -> Check:
    from cli.client import ConsoleClient  # noqa: PLC0415 - heavy

    key = settings.operator_key()
    with ConsoleClient(settings.api_url, key, timeout_seconds=_CONSOLE_SECONDS) as console:
        console.get("/api/projections")
    return Check(part="console", state=OK, detail=f"{settings.api_url} answers, the key is right")
