"""The roles of the database, one for each kind of process."""

from __future__ import annotations

from enum import StrEnum


class DatabaseRole(StrEnum):
    """A role, by its name in PostgreSQL; roles belong to the whole server, not to one database."""

    #: Has every table: for `migrate`, `projection rebuild`, `backup`, and what erases people.
    OWNER = "planswitch_owner"
    #: Worker and console.
    WORKER = "planswitch_worker"
    PROJECTOR = "planswitch_projector"
    #: People and dashboards; the record without the vault.
    READER = "planswitch_reader"
    SEALER = "planswitch_sealer"
    #: Dashboards of others: the views of docs/views.md, and nothing else.
    DASHBOARD = "planswitch_dashboard"


#: Roles that get rights one by one.
LIMITED_ROLES = tuple(role for role in DatabaseRole if role is not DatabaseRole.OWNER)
#: Those of them as which our own processes and people work.
PROCESS_ROLES = tuple(role for role in LIMITED_ROLES if role is not DatabaseRole.DASHBOARD)
