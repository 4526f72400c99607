"""Sign-in at a real provider by OpenID Connect: who gets in, with which roles, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from console.access.dependencies import SESSION_COOKIE
from console.app import create_app
from console.pages.people.sign_in_pages import FLOW_COOKIE
from console.server import open_dependencies
from ops.processes.private_files import write_private
from tests.support.access.people import WHY, make_key, with_key
from tests.support.consoles.store_parts import lone_settings
from tests.support.people.provider import Provider, query_of, running_provider

KEY = "a-key-of-the-tests"
ADMIN = with_key(KEY)
PUBLIC = "https://planswitch.example.com"
MAPPING = "ops=operator@contoso; admins=administrator; all=viewer"
PEOPLE: list[dict[str, Any]] = [
    {"sub": "1-ida", "email": "ida@example.com", "groups": ["ops", "others"]},
    {"sub": "2-max", "email": "max@example.com", "groups": "admins"},
    {"sub": "3-una", "email": "una@example.com", "email_verified": False, "groups": ["admins"]},
    {"sub": "4-nil", "email": "nil@example.com"},
    {"sub": "5-ida", "email": "ida@example.com", "groups": ["admins"]},
    {"sub": "6-sys", "email": "temporal", "groups": ["admins"]},
]


@pytest.fixture(name="provider", scope="module")
def _provider() -> Iterator[Provider]:
    """Yield a provider that knows some people."""
    with running_provider(*PEOPLE) as provider:
        yield provider


def _console(database_url: str, folder: Path, provider: Provider, **changes: Any) -> Iterator[TestClient]:
    write_private(folder / "oidc.secret", b"a-secret-at-the-provider")
    settings = lone_settings(
        database_url,
        folder,
        api_key=KEY,
        oidc_client_secret_file=folder / "oidc.secret",
        oidc_issuer=provider.issuer,
        oidc_client_id="planswitch",
        public_url=PUBLIC,
        **changes,
    )
    with (
        open_dependencies(settings) as dependencies,
        TestClient(
            create_app(dependencies),
            base_url=PUBLIC,
            follow_redirects=False,
            raise_server_exceptions=False,
        ) as client,
    ):
        yield client


@pytest.fixture(name="client")
def _client(database_url: str, tmp_path: Path, provider: Provider) -> Iterator[TestClient]:
    """Yield a browser at a console whose provider tells roles."""
    claims = {"oidc_role_claim": "groups", "oidc_role_mapping": MAPPING}
    yield from _console(database_url, tmp_path, provider, **claims)


@pytest.fixture(name="without_claim")
def _without_claim(database_url: str, tmp_path: Path, provider: Provider) -> Iterator[TestClient]:
    """Yield a browser at a console where roles are granted by hand."""
    yield from _console(database_url, tmp_path, provider)


def _begin(client: TestClient, next_path: str = "/") -> str:
    begun = client.get("/sign-in/provider", params={"next": next_path})
    assert begun.status_code == 303, begun.text
    return str(begun.headers["location"])


def _sign_in(client: TestClient, provider: Provider, person: str, next_path: str = "/") -> Any:
    return client.get(provider.code_path(_begin(client, next_path), person))


def _who(client: TestClient) -> Any:
    answer = client.get("/api/v1/account")
    return answer.json() if answer.status_code == 200 else None


def test_a_person_signs_in_with_the_roles_of_the_claim(client: TestClient, provider: Provider) -> None:
    """PKCE, state and nonce go along; the account is the person's, and the cookie is safe (people)."""
    address = _begin(client, "/schedule?organization=x")
    sent = query_of(address)
    answer = client.get(provider.code_path(address, "1-ida"))

    assert {"state", "nonce", "code_challenge"} <= set(sent)
    assert (sent["response_type"], sent["code_challenge_method"]) == ("code", "S256")
    assert sent["redirect_uri"] == f"{PUBLIC}/sign-in/return"
    assert "openid" in sent["scope"].split()
    assert answer.status_code == 200, answer.text
    assert 'content="0;url=/schedule?organization=x"' in answer.text
    cookie = next(each for each in answer.headers.get_list("set-cookie") if each.startswith(SESSION_COOKIE))
    assert {"httponly", "secure", "samesite=strict"} <= {each.strip().lower() for each in cookie.split(";")}
    who = _who(client)
    assert (who["account"]["name"], who["account"]["kind"]) == ("ida@example.com", "person")
    assert (who["account"]["subject"], who["account"]["issuer"]) == ("1-ida", provider.issuer)
    assert [each["text"] for each in who["reach"]] == ["operator@contoso"]


def test_the_claim_wins_at_each_sign_in(client: TestClient, provider: Provider) -> None:
    """What was granted by hand and the claim does not say is withdrawn, and recorded (people)."""
    _sign_in(client, provider, "1-ida")
    body = {"role": "administrator", "reason": WHY}
    client.post("/api/v1/people/ida@example.com/grants", json=body, headers=ADMIN)
    assert client.get("/api/v1/people").status_code == 200

    _sign_in(client, provider, "1-ida")

    assert [each["text"] for each in _who(client)["reach"]] == ["operator@contoso"]
    assert client.get("/api/v1/people").status_code == 403
    changes = client.get("/api/v1/people/ida@example.com", headers=ADMIN).json()["changes"]
    assert [each["change"] for each in changes] == ["claimed", "granted", "opened"]


@pytest.mark.parametrize(
    ("person", "word"),
    [("3-una", "email"), ("4-nil", "has no role"), ("6-sys", "name")],
)
def test_whoever_can_not_be_let_in_gets_no_session(
    client: TestClient, provider: Provider, person: str, word: str
) -> None:
    """An unverified address, no role, or a name of the product's own (people#sign-in-at-a-provider)."""
    answer = _sign_in(client, provider, person)

    assert answer.status_code in {401, 422}
    assert word in answer.text
    assert _who(client) is None


def test_a_name_that_is_taken_is_nobody_elses(client: TestClient, provider: Provider) -> None:
    """Another person with the same address does not become the first one (people)."""
    _sign_in(client, provider, "1-ida")
    client.cookies.clear()

    answer = _sign_in(client, provider, "5-ida")

    assert (answer.status_code, _who(client)) == (409, None)
    account = client.get("/api/v1/people/ida@example.com", headers=ADMIN).json()["account"]
    assert (account["subject"], account["is_administrator"]) == ("1-ida", False)


def test_roles_are_granted_by_hand_where_no_claim_tells_them(
    without_claim: TestClient, provider: Provider
) -> None:
    """The first sign-in opens the account; a grant lets it in; a block refuses it (people)."""
    client, path = without_claim, "/api/v1/people/ida@example.com"
    assert _sign_in(client, provider, "1-ida").status_code == 401
    body = {"role": "viewer", "reason": WHY}
    assert client.post(f"{path}/grants", json=body, headers=ADMIN).status_code == 200

    assert _sign_in(client, provider, "1-ida").status_code == 200
    assert [each["text"] for each in _who(client)["reach"]] == ["viewer"]
    assert client.post(f"{path}/block", json={"reason": WHY}, headers=ADMIN).status_code == 200
    assert _who(client) is None
    assert _sign_in(client, provider, "1-ida").status_code == 401


def test_an_account_is_opened_beforehand_by_subject(without_claim: TestClient, provider: Provider) -> None:
    """Whoever is awaited by `sub` gets the account whatever it is called (people)."""
    body = {
        "name": "nil",
        "subject": "4-nil",
        "grants": [{"role": "auditor"}],
        "reason": WHY,
    }
    assert without_claim.post("/api/v1/people", json=body, headers=ADMIN).status_code == 201
    again = without_claim.post("/api/v1/people", json={**body, "name": "other"}, headers=ADMIN)

    assert again.json()["code"] == "ACCOUNT_EXISTS"
    assert _sign_in(without_claim, provider, "4-nil").status_code == 200
    assert _who(without_claim)["account"]["name"] == "nil"


def test_a_return_counts_once(client: TestClient, provider: Provider) -> None:
    """The same way back signs nobody in a second time, also with the cookie of the first."""
    address = _begin(client)
    flow = client.cookies[FLOW_COOKIE]
    path = provider.code_path(address, "1-ida")
    assert client.get(path).status_code == 200
    client.cookies.clear()

    client.cookies.set(FLOW_COOKIE, flow, path="/sign-in/return")
    replayed = client.get(path)

    assert (replayed.status_code, _who(client)) == (401, None)
    assert "finished before" in replayed.text


def test_nobody_is_signed_in_by_a_foreign_return(client: TestClient, provider: Provider) -> None:
    """A code that somebody else got signs a victim in as nobody: not without, not with another sign-in."""
    stranger = TestClient(client.app, base_url=PUBLIC, follow_redirects=False)
    foreign = provider.code_path(_begin(stranger), "2-max")

    bare = client.get(foreign)
    _begin(client)
    mixed = client.get(foreign)
    forged = client.get(foreign.replace(query_of(foreign)["state"], "x" * 43))

    assert [each.status_code for each in (bare, mixed, forged)] == [401, 401, 401]
    assert _who(client) is None


def test_a_code_of_another_sign_in_is_refused_by_its_nonce_or_verifier(
    client: TestClient, provider: Provider
) -> None:
    """An attacker who slips their code into a victim's way back gets nowhere: the nonce is another one."""
    stranger = TestClient(client.app, base_url=PUBLIC, follow_redirects=False)
    stolen = query_of(provider.code_path(_begin(stranger), "2-max"))["code"]
    own = provider.code_path(_begin(client), "1-ida")

    answer = client.get(own.replace(query_of(own)["code"], stolen))

    assert (answer.status_code, _who(client)) == (401, None)


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?error=access_denied&state=x", "?code=x&state=x&iss=https://evil.example"]
)
def test_a_return_without_its_beginning_is_refused(client: TestClient, query: str) -> None:
    """Nothing that a provider, or anybody, sends signs in a browser that did not begin (people)."""
    assert client.get(f"/sign-in/return{query}").status_code == 401
    _begin(client)
    assert client.get(f"/sign-in/return{query}").status_code == 401
    assert _who(client) is None


@pytest.mark.parametrize(
    "asked", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/sign-in"]
)
def test_the_way_after_the_sign_in_stays_here(client: TestClient, provider: Provider, asked: str) -> None:
    """Whatever page was asked for, another site is none (people#sign-in-at-a-provider)."""
    answer = _sign_in(client, provider, "1-ida", asked)

    assert 'content="0;url=/"' in answer.text
    assert "evil.example" not in answer.text


def test_a_session_that_was_there_before_ends(client: TestClient, provider: Provider) -> None:
    """Nobody can fix a session for somebody else: a sign-in makes a new one and ends the old (people)."""
    client.post("/sign-in", data={"key": KEY})
    before = client.cookies[SESSION_COOKIE]

    _sign_in(client, provider, "1-ida")

    after = client.cookies[SESSION_COOKIE]
    assert after != before
    client.cookies.clear()
    client.cookies.set(SESSION_COOKIE, before)
    assert _who(client) is None
    client.cookies.clear()
    client.cookies.set(SESSION_COOKIE, before)
    answer = _sign_in(client, provider, "1-ida")
    assert before not in " ".join(answer.headers.get_list("set-cookie"))


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_signs_nobody_in(client: TestClient, site: str) -> None:
    """A form or a link of another site does not sign a browser in as somebody else (people#sessions)."""
    headers = {"Sec-Fetch-Site": site}
    code = client.post("/api/sign-in-codes", headers=ADMIN).json()["path"]

    by_key = client.post("/sign-in", data={"key": KEY}, headers=headers)
    by_link = client.get(code, headers=headers)

    assert [each.status_code for each in (by_key, by_link)] == [401, 401]
    assert "set-cookie" not in by_key.headers
    assert "set-cookie" not in by_link.headers
    assert client.get(code).status_code == 303


def test_nobody_gets_the_secret_of_another_person(client: TestClient, provider: Provider) -> None:
    """An administrator makes no key and no link in the name of a person (people#keys)."""
    _sign_in(client, provider, "1-ida")
    body = {"account": "ida@example.com", "label": "x", "reason": WHY}

    refused = client.post("/api/v1/keys", json=body, headers=ADMIN)
    own = {"Sec-Fetch-Site": "same-origin"}
    made = client.post("/api/v1/keys", json={"label": "x", "reason": WHY}, headers=own)
    link = client.post("/api/sign-in-codes", headers=own)

    assert (refused.status_code, refused.json()["code"]) == (403, "FORBIDDEN")
    assert (made.status_code, made.json()["key"]["account"]) == (201, "ida@example.com")
    assert link.status_code == 403
    rotation = f"/api/v1/keys/{made.json()['key']['key_id']}/rotate"
    assert client.post(rotation, json={"reason": WHY}, headers=ADMIN).status_code == 403
    service = {"name": "ci", "kind": "service_account", "reason": WHY}
    assert client.post("/api/v1/people", json=service, headers=ADMIN).status_code == 201
    assert make_key(client, KEY, "ci")
