"""Every command with every role, and with no valid key, at a real console (roles#commands)."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
import uvicorn
from psycopg.sql import SQL, Identifier
from typer.testing import CliRunner

from cli.base.command_roles import COMMAND_ROLES
from cli.main import app
from console.access.route_roles import Over
from domain.kernel.errors import handling_of
from domain.people.principal import Grant
from domain.people.roles import INCLUDED, Role
from ops.stack.postgres_server import EmbeddedPostgres
from tests.support.access.credentials import REFUSED, new_account, new_key
from tests.support.access.role_world import RoleWorld, role_world

NOBODY = str(UUID(int=7))
_START_SECONDS = 10.0
#: Command -> its words after the name; {switch} and the like are filled in.
_SWITCH = "{switch}"
_WHY = "--reason because"
_WORDS: Mapping[str, str] = {
    **dict.fromkeys(
        ("switch commands", "switch next", "switch show", "switch users", "schedule show", "audit show"),
        _SWITCH,
    ),
    **dict.fromkeys(("audit explain", "audit plan"), _SWITCH),
    **dict.fromkeys(
        ("switch pause", "switch resume", "switch retry", "switch wait look", "switch read-notice"),
        f"{_SWITCH} {_WHY}",
    ),
    **dict.fromkeys(
        ("switch cancel", "switch rollback", "switch restart", "credit decline", "credit void"),
        f"{_SWITCH} {_WHY} --yes",
    ),
    **dict.fromkeys(("schedule undo", "schedule decline", "schedule accept"), f"{_SWITCH} {_WHY} --yes"),
    **dict.fromkeys(("credit approve", "credit extend"), f"{_SWITCH} {_WHY}"),
    "switch watch": f"{_SWITCH} --json",
    "switch skip": f"{_SWITCH} u1@example.com {_WHY} --yes",
    "switch amend": f"{_SWITCH} --quantity 9 {_WHY} --accept-quote {'0' * 64}",
    "switch step": f"{_SWITCH} verify {_WHY}",
    "switch back": f"{_SWITCH} {_WHY} --yes",
    "schedule change": f"{_SWITCH} --on 2030-01-05 {_WHY} --yes",
    "switch preview": "{organization} --to E3 --subscription SUB-1 --csv {folder}/users.csv",
    "switch targets": "{organization} --subscription SUB-1",
    "switch quote": "{organization} --to E3 --subscription SUB-1",
    "switch start": f"{{organization}} --to E3 --subscription SUB-1 --quote {'0' * 64} {_WHY}",
    "license assign": f"{{organization}} u1@example.com E3 {_WHY}",
    "license remove": f"{{organization}} u1@example.com E3 {_WHY} --yes",
    "license history": "{organization}",
    "checkout start": "{organization} --to E3 --subscription SUB-1",
    "checkout show": "{checkout}",
    "checkout edit": "{checkout} --quantity 9 --revision 1",
    "checkout order": f"{{checkout}} --revision 1 {_WHY}",
    "checkout abandon": f"{{checkout}} {_WHY} --yes",
    "approval show": NOBODY,
    **dict.fromkeys(("approval approve", "approval refuse"), f"{NOBODY} {_WHY} --yes --digest {'0' * 64}"),
    "product list": "{organization}",
    "product show": "{organization} SUB-1",
    "product resize": f"{{organization}} SUB-1 9 {_WHY} --yes",
    "product buy": f"{{organization}} E3 --quantity 2 {_WHY} --yes",
    "product cancel": f"{{organization}} SUB-1 {_WHY} --yes",
    "product reactivate": f"{{organization}} SUB-1 {_WHY} --yes",
    "product pay": f"{{organization}} {_WHY} --yes",
    "product reconcile": f"{{organization}} SUB-1 --buy {_WHY} --yes",
    "report view": "switches",
    "catalog import": "{folder}/catalog.csv",
    "catalog import-prices": f"{{folder}}/catalog.csv {_WHY} --yes",
    "catalog show": "E3",
    "catalog compare": "E1 E3",
    "audit at": _SWITCH,
    "audit diff": f"{_SWITCH} --from 2026-11-10 --to 2026-11-11",
    "audit assessments": "{organization}",
    "audit assessment": "{assessment}",
    "audit whatif": _SWITCH,
    "audit replay": _SWITCH,
    "audit export": f"{_SWITCH} -o {{folder}}/bundle.zip",
    "notice show": NOBODY,
    "notice resend": f"{NOBODY} {_WHY}",
    "notice test": "olga@example.com",
    "notice recipients add": f"olga@example.com {_WHY}",
    "notice recipients remove": f"{NOBODY} {_WHY}",
    "support bundle": "--switch {switch}",
    **dict.fromkeys(("cloud sign-in", "cloud sign-out"), "none"),
    "people show": "nobody",
    "people add": f"nobody-{{nonce}} {_WHY}",
    **dict.fromkeys(("people grant", "people withdraw"), f"nobody viewer {_WHY}"),
    **dict.fromkeys(("people block", "people unblock", "people sign-out"), f"nobody {_WHY}"),
    "keys make": f"--label tests {_WHY}",
    **dict.fromkeys(("keys rotate", "keys revoke"), f"{'0' * 10} {_WHY}"),
    "webhook create": f"https://hooks.example.com/{{nonce}} {_WHY}",
    **dict.fromkeys(("webhook show", "webhook deliveries", "webhook test"), NOBODY),
    **dict.fromkeys(
        ("webhook change", "webhook enable", "webhook disable", "webhook secret", "webhook replay"),
        f"{NOBODY} {_WHY}",
    ),
    "webhook remove": f"{NOBODY} {_WHY} --yes",
}
#: Commands of the API; those of the machine ask no console.
COMMANDS = sorted(command for command, row in COMMAND_ROLES.items() if not row.is_open)
#: What is written by every request, and by who asks the outside.
_UNCOUNTED = ("access_log", "api_key_use", "provider_call", "heartbeat", "idempotency_key")
UNAUTHORIZED, FORBIDDEN = "UNAUTHORIZED", "FORBIDDEN"
#: Command -> exit code and code by which it may end too where the role is too small: it first reads what the
#: role may see, and stops there. Here no step is next, the cloud and Temporal are down, and every user can be
#: moved. The route that acts is judged by itself (test_roles_matrix.py).
_LOOKS_FIRST: Mapping[str, tuple[int, str]] = {
    "switch next": (0, ""),
    "switch skip": (2, "INVALID_INPUT"),
    "switch restart": (7, "SERVER_UNAVAILABLE"),
    "checkout abandon": (7, "PROVIDER_UNAVAILABLE"),
}
_CODE = re.compile(r"^error ([A-Z_]+):", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Served:
    """A console behind a real address, and what its database holds."""

    world: RoleWorld
    url: str
    database_url: str
    folder: Path

    def run(self, command: str, key: str, *, is_about_nothing: bool = False) -> tuple[int, str, str]:
        """Run a command with a key; return its exit code, the code of its error, and all that it wrote."""
        own = self.world.own
        things = {
            "switch": NOBODY if is_about_nothing else own.switch_id,
            "organization": NOBODY if is_about_nothing else own.organization_id,
            "checkout": NOBODY if is_about_nothing else own.checkout_id,
            "assessment": "999999" if is_about_nothing else own.assessment,
            "folder": str(self.folder),
            "nonce": str(time.monotonic_ns()),
        }
        words = [*command.split(), *_WORDS.get(command, "").format(**things).split()]
        environment = {
            "PLANSWITCH_API_URL": self.url,
            "PLANSWITCH_API_KEY": key,
            "PLANSWITCH_DATA_DIR": str(self.folder / "none"),
            "COLUMNS": "200",
        }
        result = CliRunner().invoke(app, words, env=environment)
        code = _CODE.search(result.stderr)
        return result.exit_code, code[1] if code else "", result.output + result.stderr

    def key(self, role: Role, *organizations: str) -> str:
        """Return the key of a new account with a role over some organizations; none named: over all."""
        grant = Grant(role=role, organizations=frozenset(organizations) or None)
        return new_key(self.world.console, new_account(self.world.console, grant)).text

    def counts(self) -> dict[str, int]:
        """Return how many rows each table has."""
        with psycopg.connect(self.database_url) as connection:
            names = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'planswitch' AND tablename <> ALL(%s)",
                [list(_UNCOUNTED)],
            ).fetchall()
            counted = SQL("SELECT count(*) FROM planswitch.{}")
            rows = {
                name: connection.execute(counted.format(Identifier(name))).fetchone() for (name,) in names
            }
            return {name: row[0] for name, row in rows.items() if row}


@pytest.fixture(scope="module", name="served")
def _served(postgres_server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Yield a console that all tests of the module ask."""
    url, folder = postgres_server.create_database("commands_of_the_matrix"), tmp_path_factory.mktemp("matrix")
    (folder / "catalog.csv").write_text("none\n", encoding="utf-8")
    with role_world(url, folder) as world:
        server = uvicorn.Server(uvicorn.Config(world.client.app, port=0, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, name="matrix-console")
        thread.start()
        deadline = time.monotonic() + _START_SECONDS
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        try:
            port = server.servers[0].sockets[0].getsockname()[1]
            yield Served(world=world, url=f"http://127.0.0.1:{port}", database_url=url, folder=folder)
        finally:
            server.should_exit = True
            thread.join(_START_SECONDS)


def suffices(command: str, role: Role) -> bool:
    """Return whether a role is enough for a command, as its help says."""
    row = COMMAND_ROLES[command]
    return row.over is Over.SIGNED_IN or any(each in INCLUDED[role] for each in row.roles)


def refused_wrongly(served: Served, commands: list[str], key: str, wanted: str) -> dict[str, str]:
    """Return the commands that a key does not end as it should: by a code with its exit code."""
    wrong = {}
    for command in commands:
        served.world.forget_wrong_tries()
        exit_code, code, text = served.run(command, key)
        ends = {(handling_of(wanted).exit_code, wanted)}
        if wanted == FORBIDDEN and command in _LOOKS_FIRST:
            ends.add(_LOOKS_FIRST[command])
        if (exit_code, code) not in ends:
            wrong[command] = f"{exit_code} {code} {text[-300:]}"
    return wrong


def let_in_wrongly(served: Served, commands: list[str], key: str) -> dict[str, str]:
    """Return the commands that refuse a key which is enough; they are about things that nobody has."""
    wrong = {}
    for command in commands:
        exit_code, code, text = served.run(command, key, is_about_nothing=True)
        if code in {UNAUTHORIZED, FORBIDDEN} or "Traceback" in text:
            wrong[command] = f"{exit_code} {code} {text[-300:]}"
    return wrong


def test_every_command_has_words_here() -> None:
    """The words above name no command that there is not."""
    assert set(_WORDS) <= set(COMMANDS)


def test_without_a_valid_key_no_command_does_anything(served: Served) -> None:
    """No key of an account: each command ends as UNAUTHORIZED with its exit code, and nothing is changed."""
    before = served.counts()
    wrong = refused_wrongly(served, COMMANDS, "no-key-of-anybody-0123456789abcdef", UNAUTHORIZED)

    assert (wrong, served.counts()) == ({}, before)


@pytest.mark.long
@pytest.mark.parametrize("role", list(Role))
def test_a_role_runs_its_commands_and_no_other(served: Served, role: Role) -> None:
    """What a role is not enough for ends as FORBIDDEN and changes nothing; everything else lets it in."""
    key = served.key(role)
    refused = [command for command in COMMANDS if not suffices(command, role)]
    before = served.counts()
    wrong = refused_wrongly(served, refused, key, FORBIDDEN)
    assert not wrong, "\n".join(f"{command}: {end}" for command, end in wrong.items())
    assert served.counts() == before
    assert let_in_wrongly(served, [each for each in COMMANDS if suffices(each, role)], key) == {}


@pytest.mark.long
@pytest.mark.parametrize("credential", ["expired key", "revoked key", "key of a blocked account"])
def test_a_key_that_ended_runs_no_command(served: Served, credential: str) -> None:
    """An administrator's key that has expired, was revoked, or is of a blocked account opens nothing."""
    key = REFUSED[credential](served.world.console)["X-API-Key"]
    before = served.counts()
    wrong = refused_wrongly(served, COMMANDS, key, UNAUTHORIZED)

    assert (wrong, served.counts()) == ({}, before)


@pytest.mark.long
@pytest.mark.parametrize("role", [Role.OPERATOR, Role.APPROVER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_a_role_over_another_organization_sees_and_changes_nothing(served: Served, role: Role) -> None:
    """Whoever may act over another organization gets nothing of this one told, and changes nothing."""
    key = served.key(role, served.world.other.organization_id)
    own = served.world.own
    leaks = {}
    # Who signs in, makes keys of the own account: that is about no organization.
    about = [each for each in COMMANDS if COMMAND_ROLES[each].over not in {Over.SIGNED_IN, Over.SOME}]
    before = served.counts()
    for command in about:
        exit_code, _, text = served.run(command, key)
        if exit_code == 0 or own.reason in text:
            leaks[command] = f"{exit_code} {text[-300:]}"

    assert (leaks, served.counts()) == ({}, before)
