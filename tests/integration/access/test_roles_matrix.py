"""Every route with every role, and with none: what docs/roles.md says, and no leak (roles#scope)."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

import httpx2
import pytest
from starlette.routing import Route

from console.access.page_roles import ROUTE_ROLES
from console.app import ROUTERS
from domain.people.principal import Grant
from domain.people.roles import Role
from ops.stack.postgres_server import EmbeddedPostgres
from tests.support.access.credentials import (
    REFUSED,
    by_key,
    by_session,
    new_account,
    new_key,
    new_session,
)
from tests.support.access.documented_roles import INCLUDES, DocumentedRow, documented
from tests.support.access.role_world import KEY, Belongings, RoleWorld, role_world

#: An organization, a switch, a draft that nobody has.
NOBODY = str(UUID(int=7))
NOTHING = Belongings(
    organization_id=NOBODY,
    switch_id=NOBODY,
    subscription_id="SUB-1",
    reason="none",
    checkout_id=NOBODY,
    assessment="999999",
    position=999_999,
)
ROUTES = {**documented("API"), **documented("Pages")}
SIGN_IN, FORBIDDEN, MISSING = "sign in", "forbidden", "missing"
#: No answer is an error of the server, but where it asks Temporal or a cloud, which are down here.
BROKEN, OUTSIDE_IS_DOWN = 500, 503
#: A stream has no end; that of a switch is asked for by itself.
STREAM = "GET /api/switches/{switch}/events"
STREAMS = {STREAM, "GET /api/changes"}
#: Over which a route is judged where it names one organization.
NAMED = {"switch", "checkout", "assessment", "path", "body", "query"}
REQUEST_ID = "request-of-the-matrix"
#: A page has no such command: whoever may command is told so, and nothing asks Temporal.
NO_COMMAND = "juggle"
#: Routes that ask Temporal, which is away here and takes long to say so -> the role that asks them.
SLOW = {
    "GET /switches/{switch}": "viewer",
    "GET /api/switches/{switch}/workflow": "viewer",
}
#: Row -> path of its route.
PATHS = {
    f"{method} {route.path}".replace("/api/v1/", "/api/"): route.path
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, Route)
    for method in route.methods or ()
}


@pytest.fixture(scope="module", name="world")
def _world(
    postgres_server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RoleWorld]:
    """Yield a console with the things of two organizations."""
    url = postgres_server.create_database("roles_of_the_matrix")
    with role_world(url, tmp_path_factory.mktemp("matrix")) as world:
        yield world


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request for a route."""

    method: str
    path: str
    body: bytes
    content_type: str

    def send(self, world: RoleWorld, headers: dict[str, str]) -> httpx2.Response:
        """Return the answer."""
        sent = {"Content-Type": self.content_type, "X-Request-ID": REQUEST_ID, **headers}
        return world.client.request(self.method, self.path, content=self.body, headers=sent)


def asked(row: DocumentedRow, things: Belongings, *, command: str = NO_COMMAND) -> Asked:
    """Return a request for a route about the things of an organization; no body of it is complete."""
    method, template = row.name.partition(" ")[0], PATHS[row.name]
    parts = {
        "switch": things.switch_id,
        "checkout_id": things.checkout_id,
        "organization_id": things.organization_id,
        "assessment": things.assessment,
        "subscription_id": things.subscription_id,
        "position": str(things.position),
        "command": command,
        "verdict": "approve",
        "step": "verify",
        "section": "payment",
        "section:section": "payment",
        "form": "csv" if ".{form}" in template else "undo",
        "user": "u1@example.com",
        "version": "current",
        "text": "E3",
        "name:path": "0/000",
        # Nobody has one of these.
        **dict.fromkeys(("approval", "webhook"), NOBODY),
        "notice_id": NOBODY,
        "session_id": "no-such-session",
        "key_id": "0" * 10,
        "name": "nobody@example.com",
        "delivery_id": "999999",
        "decision": "approve",
        "view": "switches",
    }
    path = re.sub(r"\{([^}]+)\}", lambda match: parts[match[1]], template)
    fields = {}
    if row.over in {"body", "query"}:
        name = "organization" if path.startswith("/licenses-only") else "organization_id"
        fields = {name: things.organization_id}
    if row.over == "query":
        return Asked(method=method, path=f"{path}?{urlencode(fields)}", body=b"", content_type="text/csv")
    if method == "GET":
        return Asked(method=method, path=path, body=b"", content_type="")
    if path.startswith("/api/"):
        body = json.dumps(fields).encode()
        return Asked(method=method, path=path, body=body, content_type="application/json")
    form = urlencode(fields).encode()
    return Asked(method=method, path=path, body=form, content_type="application/x-www-form-urlencoded")


def verdict(answer: httpx2.Response) -> str:
    """Return what an answer says of the caller."""
    location = answer.headers.get("location", "")
    # Whoever ends their own sessions is led to the sign-in, and not because they are refused.
    is_end = location == "/sign-in" and answer.url.path in {"/sign-out", "/account/sessions"}
    is_sign_in = location.startswith("/sign-in") and not is_end
    if answer.status_code == 401 or is_sign_in:
        return SIGN_IN
    return {403: FORBIDDEN, 404: MISSING}.get(answer.status_code, "let in")


def test_every_route_has_a_row_in_the_document() -> None:
    """The tables of docs/roles.md are whole: they name every route of the console and no other."""
    assert set(ROUTES) == set(PATHS)


def test_a_route_without_a_row_is_refused(world: RoleWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even an administrator gets in where nobody has decided who may (roles#scope)."""
    administrator = world.caller(Role.ADMINISTRATOR)
    assert world.client.get("/api/support", headers=administrator).status_code == 200
    monkeypatch.delitem(ROUTE_ROLES, "GET /api/support")

    refused = world.client.get("/api/support", headers=administrator)
    assert (refused.status_code, refused.json()["code"]) == (403, "FORBIDDEN")


def test_pages_show_what_the_caller_may_do(world: RoleWorld) -> None:
    """A viewer gets no form that changes something and no single user; an operator gets both."""
    path = f"/schedule?organization={world.own.organization_id}"
    viewer, operator = world.caller(Role.VIEWER), world.caller(Role.OPERATOR)
    for_viewer = [world.client.get(each, headers=viewer).text for each in ("/", "/checkouts", path)]
    for_operator = [world.client.get(each, headers=operator).text for each in ("/checkouts", path)]
    auditor = world.client.get("/", headers=world.caller(Role.AUDITOR)).text

    forms = [re.findall(r'<form method="post" action="([^"]+)"', text) for text in for_viewer]
    assert forms == [["/sign-out"]] * 3
    assert all(text.count('<form method="post"') > 1 for text in for_operator)
    assert "/access-log" not in for_viewer[0]
    assert 'href="/access-log"' in auditor


def test_the_page_of_a_switch_has_forms_for_who_may_command(world: RoleWorld) -> None:
    """Commands are an operator's; a viewer sees where the switch stands (docs/roles.md#scope)."""
    path = f"/switches/{world.own.switch_id}"
    viewer = world.client.get(path, headers=world.caller(Role.VIEWER, world.own.organization_id))
    operator = world.client.get(path, headers=world.caller(Role.OPERATOR, world.own.organization_id))
    forms = re.findall(r'<form method="post" action="([^"]+)"', operator.text)

    assert (viewer.status_code, operator.status_code) == (200, 200)
    assert any(each.startswith(f"{path}/") for each in forms)
    assert re.findall(r'<form method="post" action="([^"]+)"', viewer.text) == ["/sign-out"]
    assert "Where it stands" in viewer.text


def test_strangers_are_let_in_where_the_table_says_so(world: RoleWorld) -> None:
    """Without a credential every route asks for one, but the open ones (roles#scope)."""
    answers = {name: asked(row, world.own).send(world, {}) for name, row in ROUTES.items()}

    let_in = {name for name, answer in answers.items() if verdict(answer) != SIGN_IN}
    # The form without a key is answered as one with a wrong key; without a provider its pages lead there.
    asking = {"POST /sign-in", "GET /sign-in/provider", "GET /sign-in/return"}
    assert let_in == {name for name, row in ROUTES.items() if row.over == "open"} - asking
    assert not [name for name in set(ROUTES) - let_in if world.own.reason in answers[name].text]


def _is_slow(name: str, role: str) -> bool:
    """Return whether a route waits for Temporal, which is away here, and another role asks it already."""
    return name in SLOW and role != SLOW[name]


@pytest.mark.parametrize("role", INCLUDES)
def test_a_role_over_all_organizations(world: RoleWorld, role: str) -> None:
    """Whoever holds a role over all organizations is let in exactly where docs/roles.md says so."""
    wrong, failed = {}, {}
    for name, row in ROUTES.items():
        is_allowed = row.over in {"open", "signed in"} or row.suffices(role)
        if name in STREAMS or (is_allowed and _is_slow(name, role)):
            continue
        answer = asked(row, world.own).send(world, world.caller(Role(role)))
        told = verdict(answer)
        if answer.status_code >= BROKEN and answer.status_code != OUTSIDE_IS_DOWN:
            failed[name] = answer.text
        is_refused = told in ({FORBIDDEN} if row.over == "open" else {FORBIDDEN, SIGN_IN})
        if is_refused is is_allowed or (not is_allowed and told != FORBIDDEN):
            wrong[name] = told

    assert (wrong, failed) == ({}, {})


@pytest.mark.parametrize("role", INCLUDES)
def test_a_role_over_one_organization(world: RoleWorld, role: str) -> None:
    """A role over one organization opens that one's things, and what is judged over some (roles#scope)."""
    wrong, leaks = {}, {}
    for name, row in ROUTES.items():
        is_allowed = row.over == "signed in" or (row.over != "all" and row.suffices(role))
        if name in STREAMS or row.over == "open" or (is_allowed and _is_slow(name, role)):
            continue
        answer = asked(row, world.own).send(world, world.caller(Role(role), world.own.organization_id))
        told = verdict(answer)
        if (told in {SIGN_IN, FORBIDDEN}) is is_allowed or (not is_allowed and told != FORBIDDEN):
            wrong[name] = told
        if any(each in answer.text for each in world.other.names()):
            leaks[name] = answer.text

    assert (wrong, leaks) == ({}, {})


@pytest.mark.parametrize("role", INCLUDES)
def test_another_organizations_thing_is_as_one_that_does_not_exist(world: RoleWorld, role: str) -> None:
    """Status and text are those of an unknown one: no answer tells that it exists (roles#scope)."""
    headers = world.caller(Role(role), world.own.organization_id)
    wrong, leaks = {}, {}
    for name, row in ROUTES.items():
        if row.over not in NAMED:
            continue
        about_other = asked(row, world.other).send(world, headers)
        about_nothing = asked(row, NOTHING).send(world, headers)
        is_refused = verdict(about_other) == FORBIDDEN
        if is_refused is row.suffices(role) or about_other.is_success:
            wrong[name] = about_other.status_code
        other, nothing = _without(about_other.text, world.other), _without(about_nothing.text, NOTHING)
        if (about_other.status_code, other) != (about_nothing.status_code, nothing):
            leaks[name] = (about_other.status_code, other, about_nothing.status_code, nothing)

    assert (wrong, leaks) == ({}, {})


def _without(text: str, things: Belongings) -> str:
    """Return an answer without the ids that the question named."""
    for each in (*things.names(), things.assessment, str(things.position)):
        text = text.replace(each, "ID").replace(each[:8], "ID")
    return re.sub(r"ID[0-9a-f-]*", "ID", text)


def test_who_sees_an_organization_and_may_not_act_there_is_told_so(world: RoleWorld) -> None:
    """An operator of one who is a viewer of another gets 403 for what only operators may (roles#scope)."""
    headers = world.principal(
        Grant(role=Role.OPERATOR, organizations=frozenset({world.own.organization_id})),
        Grant(role=Role.VIEWER, organizations=frozenset({world.other.organization_id})),
    )
    wrong = {}
    for name, row in ROUTES.items():
        if row.over not in NAMED or row.suffices("viewer"):
            continue
        told = verdict(asked(row, world.other).send(world, headers))
        if told != FORBIDDEN:
            wrong[name] = told

    assert wrong == {}


def test_a_command_of_a_page_has_a_row_of_its_own(world: RoleWorld) -> None:
    """To start a workflow again is an administrator's, by the page as by the API (docs/roles.md#pages)."""
    row = ROUTES["POST /switches/{switch}/{command}"]
    restart = asked(row, world.own, command="restart")

    assert not row.suffices("operator", "restart")
    assert verdict(restart.send(world, world.caller(Role.OPERATOR))) == FORBIDDEN
    # Somebody who may is told that there is no such switch.
    assert (
        verdict(asked(row, NOTHING, command="restart").send(world, world.caller(Role.ADMINISTRATOR)))
        == MISSING
    )


def test_a_live_stream_is_judged_as_its_switch(world: RoleWorld) -> None:
    """The stream of another organization's switch is missing, and nobody without a role gets one."""
    row = ROUTES[STREAM]
    viewer = world.caller(Role.VIEWER, world.own.organization_id)

    assert asked(row, world.other).send(world, viewer).status_code == 404
    assert asked(row, NOTHING).send(world, viewer).status_code == 404
    assert asked(row, world.own).send(world, world.caller(None)).status_code == 403


def test_a_live_stream_ends_with_its_session(world: RoleWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who signed out, or lost the role, gets no further change (roles#scope)."""
    monkeypatch.setattr("console.api.routes_switches.HEARTBEAT_SECONDS", 0.1)
    session = new_session(world.console)
    headers = by_session(session)
    with ThreadPoolExecutor(1) as reader:
        streamed = reader.submit(asked(ROUTES[STREAM], world.own).send, world, headers)
        time.sleep(1)
        is_open = not streamed.done()
        world.console.sessions.end_token(session, reason="a reason of the tests")
        answer = streamed.result(timeout=30)

    assert (answer.status_code, is_open) == (200, True)
    assert answer.text.count("event: switch") == 1


def test_who_holds_no_role_sees_documents_alone(world: RoleWorld) -> None:
    """A person without grants is signed in, and every route that needs a role refuses (roles#scope)."""
    nobody = world.caller(None)
    let_in = {
        name
        for name, row in ROUTES.items()
        if row.over != "open" and verdict(asked(row, world.own).send(world, nobody)) != FORBIDDEN
    }

    assert let_in == {name for name, row in ROUTES.items() if row.over == "signed in"}


def test_lists_counts_and_searches_hold_the_callers_alone(world: RoleWorld) -> None:
    """Rows, totals, candidates and searches know no other organization (roles#scope)."""
    viewer = world.caller(Role.VIEWER, world.own.organization_id)

    def get(path: str) -> httpx2.Response:
        return world.client.get(path, headers=viewer)

    switches, drafts = get("/api/switches").json(), get("/api/checkouts").json()
    everybodys = world.client.get("/api/switches", headers=world.caller(Role.VIEWER)).json()
    assert [each["switch_id"] for each in switches["switches"]] == [world.own.switch_id]
    assert (switches["total"], switches["all"], switches["counts"]["all"]) == (1, 1, 1)
    assert (everybodys["total"], everybodys["all"]) == (2, 2)
    assert (drafts["total"], drafts["all"]) == (1, 1)
    # Both have a subscription of this name: for this caller it names one switch.
    assert get(f"/api/switches/{world.own.subscription_id}").json()["switch_id"] == world.own.switch_id
    found = get(f"/api/switches?find={world.other.switch_id}").json()
    assert (found["switches"], found["total"]) == ([], 0)
    assert get(f"/api/switches?after={world.other.switch_id}").status_code == 404
    assert get(f"/api/switches/{world.other.switch_id[:8]}").status_code == 404
    assert [each["organization_id"] for each in get("/api/customers").json()["customers"]] == [
        world.own.organization_id
    ]


def test_a_start_for_another_organization_is_refused(world: RoleWorld) -> None:
    """A body may name no organization over which the caller is no operator, in any field (roles#scope)."""
    operator = world.caller(Role.OPERATOR, world.own.organization_id)
    start = {"organization_id": world.other.organization_id, "target_plan": "E3"}
    refused = world.client.post("/api/switches", json=start, headers=operator)
    hidden = world.client.post(
        "/licenses-only",
        data={"organization_id": world.own.organization_id, "organization": world.other.organization_id},
        headers=operator,
    )

    assert (refused.status_code, refused.json()["code"]) == (404, "UNKNOWN_ORGANIZATION")
    assert hidden.status_code == 404


def test_a_file_for_another_organization_is_refused(world: RoleWorld) -> None:
    """A form with a file names its organization inside of the file's form: the use case refuses it."""
    operator = world.caller(Role.OPERATOR, world.own.organization_id)
    answer = world.client.post(
        "/licenses-only/users",
        data={"organization": world.other.organization_id},
        files={"file": ("users.csv", b"user,action\nu1,move\n", "text/csv")},
        headers=operator,
    )

    assert answer.status_code == 404
    assert world.other.reason not in answer.text


@pytest.mark.parametrize("credential", REFUSED)
def test_a_credential_that_ended_opens_nothing(world: RoleWorld, credential: str) -> None:
    """Every route that is not open asks for another credential, and tells nothing (docs/roles.md#scope)."""
    headers = REFUSED[credential](world.console)
    let_in = set()
    for name, row in ROUTES.items():
        world.forget_wrong_tries()
        if row.over != "open" and verdict(asked(row, world.own).send(world, headers)) != SIGN_IN:
            let_in.add(name)

    assert let_in == set()


def test_valid_credentials_are_let_in(world: RoleWorld) -> None:
    """The credentials above are refused for what they are: a good session and good keys are let in."""
    account = new_account(world.console, Grant(role=Role.ADMINISTRATOR))
    headers = [
        by_session(new_session(world.console)),
        {"X-API-Key": KEY},
        by_key(new_key(world.console, account)),
    ]

    assert [world.client.get("/api/switches", headers=each).status_code for each in headers] == [200] * 3


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_a_narrower_key_opens_no_more_than_its_scope(world: RoleWorld, role: Role) -> None:
    """A key for one role over one organization is judged by that, although its account administrates."""
    account = new_account(world.console, Grant(role=Role.ADMINISTRATOR))
    scope = (Grant(role=role, organizations=frozenset({world.own.organization_id})),)
    headers = by_key(new_key(world.console, account, scope=scope))
    wrong, leaks = {}, {}
    for name, row in ROUTES.items():
        is_allowed = row.over != "all" and row.suffices(role)
        # Whoever is signed in may end the key that this test goes on with.
        if name in STREAMS or row.over in {"open", "signed in"} or (is_allowed and name in SLOW):
            continue
        answer = asked(row, world.own).send(world, headers)
        if (verdict(answer) in {SIGN_IN, FORBIDDEN}) is is_allowed:
            wrong[name] = answer.status_code
        if any(each in answer.text for each in world.other.names()):
            leaks[name] = answer.text

    assert (wrong, leaks) == ({}, {})
