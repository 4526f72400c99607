"""Settings that say where PostgreSQL is, as which role, and how long it may take (docs/connections.md)."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.kernel.errors import InvalidInput
from store.core.database_url import require_own_session, with_time_outs
from store.roles.role import DatabaseRole

DATABASE_VARIABLE = "DATABASE_URL"
#: The same database as another role.
DATABASE_ROLE_VARIABLES: Mapping[DatabaseRole, str] = {
    DatabaseRole.OWNER: "DATABASE_OWNER_URL",
    DatabaseRole.PROJECTOR: "DATABASE_PROJECTOR_URL",
    DatabaseRole.READER: "DATABASE_READER_URL",
    DatabaseRole.SEALER: "DATABASE_SEALER_URL",
    DatabaseRole.DASHBOARD: "DATABASE_DASHBOARD_URL",
}
#: A copy of the database for reads.
REPLICA_VARIABLE = "DATABASE_REPLICA_URL"
#: Every variable that holds an address of the database.
DATABASE_VARIABLES = frozenset({DATABASE_VARIABLE, REPLICA_VARIABLE, *DATABASE_ROLE_VARIABLES.values()})
#: Who holds a lock from one transaction to the next.
_HOLDERS_OF_SESSIONS = frozenset({DatabaseRole.OWNER, DatabaseRole.PROJECTOR})
#: Whose statements are short; a migration, a rebuild or a verification may take hours.
_IMPATIENT_ROLES = frozenset({DatabaseRole.PROJECTOR, DatabaseRole.SEALER})


def required_database(url: str) -> str:
    """Return the URL of a database as it is.

    Raises:
        InvalidInput: It is "".
    """
    if not url:
        raise InvalidInput(
            field=DATABASE_VARIABLE,
            value=None,
            allowed="the URL of a PostgreSQL database",
            remedy="Start the embedded stack with `planswitch up`, or set DATABASE_URL.",
        )
    return url


class DatabaseSettings(BaseSettings):
    """The part of the settings of a process that is about its database."""

    model_config = SettingsConfigDict(frozen=True, populate_by_name=True)

    #: PostgreSQL of the event store and the projections (variable DATABASE_URL).
    database_url: SecretStr = Field(default=SecretStr(""), validation_alias=DATABASE_VARIABLE)
    #: The same as the owner of the tables, for `migrate` and `projection rebuild` (variable
    #: DATABASE_OWNER_URL); DATABASE_URL when not set, as with the three below.
    database_owner_url: SecretStr = Field(default=SecretStr(""), validation_alias="DATABASE_OWNER_URL")
    #: The same as the projector (variable DATABASE_PROJECTOR_URL).
    database_projector_url: SecretStr = Field(
        default=SecretStr(""), validation_alias="DATABASE_PROJECTOR_URL"
    )
    #: The same as the reader, for people (variable DATABASE_READER_URL).
    database_reader_url: SecretStr = Field(default=SecretStr(""), validation_alias="DATABASE_READER_URL")
    #: The same as the sealer (variable DATABASE_SEALER_URL).
    database_sealer_url: SecretStr = Field(default=SecretStr(""), validation_alias="DATABASE_SEALER_URL")
    #: The same as the dashboards of others (variable DATABASE_DASHBOARD_URL).
    database_dashboard_url: SecretStr = Field(
        default=SecretStr(""), validation_alias="DATABASE_DASHBOARD_URL"
    )
    #: A replica of the database, which the console reads lists, views and exports from (variable
    #: DATABASE_REPLICA_URL, docs/connections.md#read-replica); "": the database itself.
    database_replica_url: SecretStr = Field(default=SecretStr(""), validation_alias=REPLICA_VARIABLE)
    #: Seconds after which PostgreSQL ends a statement of a process; 0: what the server says.
    database_statement_seconds: float = Field(default=300, ge=0, le=86_400)
    #: Seconds of silence within a transaction after which PostgreSQL ends the session; 0: what the server
    #: says.
    database_idle_seconds: float = Field(default=60, ge=0, le=86_400)

    def required_database_url(self) -> str:
        """Return the database's URL with the time-outs of the settings, password included.

        Raises:
            InvalidInput: No database is set, or the URL is none.
        """
        return self._with_time_outs(required_database(self.database_url.get_secret_value()))

    def required_database_url_of(self, role: DatabaseRole) -> str:
        """Return the database's URL for what only one role may do, password included.

        Args:
            role: One that has a variable of its own; the database of all is taken where it is not set.

        Raises:
            InvalidInput: No database is set, or PgBouncer answers where a session is needed.
        """
        own: SecretStr = getattr(self, DATABASE_ROLE_VARIABLES[role].lower())
        url = own.get_secret_value() or required_database(self.database_url.get_secret_value())
        if role in _HOLDERS_OF_SESSIONS:
            require_own_session(url, DATABASE_ROLE_VARIABLES[role])
        return self._with_time_outs(url) if role in _IMPATIENT_ROLES else url

    def replica_url(self) -> str:
        """Return the URL of the replica that lists are read from; "" where there is none.

        Raises:
            InvalidInput: The URL is none.
        """
        url = self.database_replica_url.get_secret_value()
        return self._with_time_outs(url) if url else ""

    def _with_time_outs(self, url: str) -> str:
        return with_time_outs(
            url,
            statement_seconds=self.database_statement_seconds,
            idle_seconds=self.database_idle_seconds,
        )
