"""A migrated database that tests copy: to migrate one for each of them takes four times as long."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg.sql import SQL, Identifier

from ops.stack.postgres_server import EmbeddedPostgres
from projections.running.schema import create
from store.migrate import migrate
from store.roles.role import DatabaseRole
from tests.support.databases.database_roles import note_rights_of_copy, url_as


@dataclass(frozen=True, kw_only=True)
class TemplateDatabase:
    """A database to which nobody is connected."""

    server: EmbeddedPostgres
    name: str

    @classmethod
    def create(cls, server: EmbeddedPostgres) -> TemplateDatabase:
        """Make the database with the program's own commands."""
        name = f"template_{uuid.uuid4().hex}"
        url = server.create_database(name)
        migrate(url)
        create(url)
        url_as(url, *DatabaseRole)
        return cls(server=server, name=name)

    @contextmanager
    def copy(self) -> Iterator[str]:
        """Yield the URL of a copy, and drop it afterwards."""
        name = f"test_{uuid.uuid4().hex}"
        statement = SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
            Identifier(name), Identifier(self.name)
        )
        with psycopg.connect(self.server.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)
            # Rights on tables are copied, and rights on the database are not.
            owner = SQL("GRANT CONNECT, CREATE ON DATABASE {} TO {}")
            connection.execute(owner.format(Identifier(name), Identifier(DatabaseRole.OWNER)))
            withheld = SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC")
            connection.execute(withheld.format(Identifier(name)))
        url = self.server.url(name)
        note_rights_of_copy(url, self.server.url(self.name))
        yield url
        drop_database(self.server, name)


def drop_database(server: EmbeddedPostgres, name: str) -> None:
    """Drop a database, whoever is connected to it."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
