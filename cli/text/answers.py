"""The models of the API's answers by subject, each loaded when a command reads one: the help needs none."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from ops.base.code_place import installed_name

if TYPE_CHECKING:
    from audit.users import user_outcomes
    from console.approvals import models as approvals
    from console.models import (
        access_log,
        assessments,
        catalog,
        checkouts,
        cloud,
        customers,
        people,
        products,
        quotes,
        schedules,
        seals,
        switches,
        system,
    )
    from console.notices import models as notices
    from console.reports import models as reports
    from console.webhooks import models as webhooks
    from services import answers as commands
    from services.assessment import user_files

__all__ = [
    "access_log",
    "approvals",
    "assessments",
    "catalog",
    "checkouts",
    "cloud",
    "commands",
    "customers",
    "notices",
    "people",
    "products",
    "quotes",
    "reports",
    "schedules",
    "seals",
    "switches",
    "system",
    "user_files",
    "user_outcomes",
    "webhooks",
]
#: Subjects whose answers are the use case's own.
_ELSEWHERE = {
    "commands": installed_name("services.answers"),
    "user_files": installed_name("services.assessment.user_files"),
    "user_outcomes": installed_name("audit.users.user_outcomes"),
    **{
        room: installed_name(f"console.{room}.models")
        for room in ("approvals", "notices", "reports", "webhooks")
    },
}


def __getattr__(name: str) -> ModuleType:
    """Load the models of a subject."""
    if name not in __all__:
        raise AttributeError(name)
    return import_module(_ELSEWHERE.get(name) or f"{installed_name('console.models')}.{name}")
