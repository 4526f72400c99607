"""What `planswitch doctor` looks at: each part by itself, so that one that is down hides no other."""

from __future__ import annotations

import platform
import shutil
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from domain.errors import PlanSwitchError

if TYPE_CHECKING:
    from ops.settings import Settings

OK = "ok"
DOWN = "down"
WARNING = "warning"
_CONNECT_SECONDS = 3.0
_DISK_BYTES_MIN = 1_000_000_000
_LAG_MAX = 1_000
_UP = "Start the stack with `planswitch up`."


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
        return Check(part=part, state=DOWN, detail=str(error), remedy=_UP)


def _python(_settings: Settings) -> Check:
    return Check(part="python", state=OK, detail=platform.python_version())


def _disk(settings: Settings) -> Check:
    folder = next(each for each in (settings.data_dir, *settings.data_dir.parents) if each.exists())
    free = shutil.disk_usage(folder).free
    is_enough = free >= _DISK_BYTES_MIN
    return Check(
        part="disk",
        state=OK if is_enough else WARNING,
        detail=f"{free / 1e9:.1f} GB free at {folder}",
        remedy="" if is_enough else "Make room: a database that can't write stops every switch.",
    )


def _store(settings: Settings) -> Check:
    from store.migrate import check_schema  # noqa: PLC0415 - heavy

    check_schema(settings.required_database_url())
    return Check(part="event store", state=OK, detail="PostgreSQL answers, the schema fits")


def _read_models(settings: Settings) -> Check:
    from projections.status import status  # noqa: PLC0415 - heavy

    (found,) = status(settings.required_database_url())
    detail = f"{found.lag} events behind, {found.dead_letters} dead letters"
    if found.is_degraded:
        remedy = "Events are missing in the lists: update, then `planswitch projection rebuild`."
        return Check(part="read models", state=WARNING, detail=detail, remedy=remedy)
    if found.lag > _LAG_MAX:
        remedy = "Is the projector running? `planswitch project`"
        return Check(part="read models", state=WARNING, detail=detail, remedy=remedy)
    return Check(part="read models", state=OK, detail=detail)


def _temporal(settings: Settings) -> Check:
    host, _, port = settings.temporal_address.rpartition(":")
    _connect(host, int(port))
    return Check(part="temporal", state=OK, detail=f"{settings.temporal_address} takes connections")


def _cloud(settings: Settings) -> Check:
    address = urlsplit(settings.cloud_url)
    _connect(address.hostname or "", address.port or (443 if address.scheme == "https" else 80))
    return Check(part="cloud", state=OK, detail=f"{settings.cloud_url} takes connections")


def _console(settings: Settings) -> Check:
    from cli.client import ConsoleClient  # noqa: PLC0415 - heavy

    with ConsoleClient(settings.api_url, settings.operator_key()) as console:
        console.get("/api/projections")
    return Check(part="console", state=OK, detail=f"{settings.api_url} answers, the key is right")


def _connect(host: str, port: int) -> None:
    socket.create_connection((host, port), timeout=_CONNECT_SECONDS).close()
