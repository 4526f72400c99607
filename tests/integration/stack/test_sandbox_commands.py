"""`planswitch sandbox edit` and `connect`, as a person uses them (sandbox#start-it, sandbox#grants)."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from typer.testing import CliRunner

from cli.main import app
from providers.access.profiles import CloudProfiles
from tests.support.access.assertions import aadsts, ask, assertion, with_assertion
from tests.support.access.authority import (
    DIRECTORY_SCOPE,
    Authority,
    ClientCertificate,
    running_authority,
)
from tests.support.clouds.cloud_server import SOURCE_PLAN, TARGET_PLAN, running_sandbox

NOBODY = "99999999-0000-4000-8000-000000000009"


@pytest.fixture(name="authority", scope="module")
def _authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """Yield a running authority."""
    with running_authority(Path(tmp_path_factory.mktemp("authority"))) as authority:
        yield authority


def run(*words: str) -> tuple[int, str]:
    """Run `planswitch sandbox …`; return its exit code and what it printed."""
    ran = CliRunner().invoke(app, ["sandbox", *words], env={"COLUMNS": "80"})
    return ran.exit_code, ran.output


def test_organization_owns_both_plans_once(authority: Authority) -> None:
    """`sandbox organization` makes one with licenses of both plans; a second run changes nothing."""
    words = ("organization", "--users=4", "--plan=E1", "--also=E3", "--seed=77")
    code, printed = run(*words, f"--url={authority.cloud.url}", "--json")
    assert code == 0, printed
    journal = authority.cloud.journal.read_bytes()
    again = run(*words, f"--url={authority.cloud.url}")
    token = {"Authorization": f"Bearer sandbox-{json.loads(printed)['organization_id']}"}
    pools = authority.cloud.control.get("/v1.0/subscribedSkus", headers=token).json()["value"]
    licenses = {each["skuId"]: each["prepaidUnits"]["enabled"] for each in pools}

    assert again[0] == 0
    assert (licenses[SOURCE_PLAN] >= 4, licenses[TARGET_PLAN]) == (True, 4)
    assert authority.cloud.journal.read_bytes() == journal


def test_edit_changes_what_an_organization_grants(authority: Authority) -> None:
    """`sandbox edit` takes texts and JSON as values, and its effect is there with the next call."""
    organization_id = authority.cloud.organization(users=2)["organization_id"]
    client, url = f"client_id={authority.client_id}", f"--url={authority.cloud.url}"
    code, printed = run("edit", organization_id, "consent", client, "state=missing", url)
    refused = with_assertion(authority, organization_id)
    again, document = run(
        "edit", organization_id, "consent", client, 'permissions=["User.Read.All"]', url, "--json"
    )

    assert (code, again) == (0, 0), printed
    assert "consent" in printed
    assert json.loads(document)["kind"] == "consent"
    assert aadsts(refused) == (400, 65001)
    assert with_assertion(authority, organization_id).status_code == 200


def test_wrong_edit_is_named_and_changes_nothing(authority: Authority) -> None:
    """A kind or a value that is none is refused with what is allowed, and nothing is changed."""
    organization_id = authority.cloud.organization(seed=2, users=2)["organization_id"]
    url, before = f"--url={authority.cloud.url}", authority.cloud.journal.read_bytes()
    refused = (
        run("edit", organization_id, "agreements", url),
        run("edit", organization_id, "relationship", "status=over", url),
        run("edit", organization_id, "agreement", "is_accepted", url),
    )

    assert [code for code, _ in refused] == [2, 2, 2]
    for allowed, (_, printed) in zip(("agreement", "terminated", "FIELD=VALUE"), refused, strict=True):
        assert allowed in printed
    assert authority.cloud.journal.read_bytes() == before


def test_connect_writes_a_profile_that_signs_in(authority: Authority, tmp_path: Path) -> None:
    """The certificate beside the profile gets a token; files are private, and no run overwrites them."""
    organization_id = authority.cloud.organization(seed=3, users=2)["organization_id"]
    words = ("connect", str(tmp_path / "c"), "--organization", organization_id, "--billing")
    code, printed = run(*words, f"--url={authority.cloud.url}", "--json")
    assert code == 0, printed
    made = json.loads(printed)
    profile = tomllib.loads(Path(made["cloud_file"]).read_text())["profiles"]["sandbox"]
    answer = ask(authority, organization_id, **_proof(authority, organization_id, profile, tmp_path / "c"))
    second = run(*words, f"--url={authority.cloud.url}")

    assert answer.status_code == 200, answer.text
    assert (profile["access"], profile["tenants"]) == ("read", [organization_id])
    for name in ("billing", "credit", "notices"):
        assert profile[f"{name}_url"] == f"{authority.cloud.url}/{name}/v1"
    answered = httpx2.get(
        f"{profile['billing_url']}/customers/{organization_id}",
        headers={"X-API-Key": "sandbox"},
        trust_env=False,
    )
    assert answered.status_code != 404
    assert {oct(file.stat().st_mode & 0o777) for file in (tmp_path / "c").iterdir()} == {"0o600"}
    assert second[0] == 2
    assert "cloud.toml" in second[1]


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("connect", "{folder}", "--organization", ""), "--organization"),
        (("connect", "{folder}", "--organization", "contoso.com"), "--organization"),
        (("connect", "{folder}", "--name", ""), "--name"),
        (("connect", "{folder}", "--name=-x"), "--name"),
        (("connect", "{folder}", f"--name={'n' * 64}"), "--name"),
        (("connect", ""), "path"),
        (("edit", "", "consent"), "organization is"),
        (("edit", "contoso.com", "consent"), "organization is"),
        (("edit", NOBODY, ""), "kind"),
        (("edit", NOBODY, "consent", ""), "changes"),
        (("edit", NOBODY, "consent", "=x"), "changes"),
        (("organization", "--plan", ""), "plan"),
        (("organization", "--also", ""), "plan"),
    ],
)
def test_a_value_that_is_empty_or_none_is_refused_before_anything_happens(
    authority: Authority, tmp_path: Path, words: tuple[str, ...], field: str
) -> None:
    """A variable that nobody has set changes nothing: neither the sandbox nor a file."""
    before, folder = authority.cloud.journal.read_bytes(), tmp_path / "c"
    filled = [each.format(folder=folder) for each in words]
    code, printed = run(*filled, f"--url={authority.cloud.url}")

    assert code in {2, 3}, printed
    assert field in printed
    assert "what to do" in printed
    assert authority.cloud.journal.read_bytes() == before
    assert not folder.exists()


@pytest.mark.parametrize(
    "words", [("--state-dir", ""), ("--host", " "), ("--faults", ""), ("organization", "--url", "")]
)
def test_an_option_without_a_value_starts_nothing(words: tuple[str, ...]) -> None:
    """An empty value is not the usual one in disguise."""
    code, printed = run(*words)

    assert code == 2
    assert "allowed: a" in printed


def test_connect_names_each_organization_once_in_one_spelling(authority: Authority, tmp_path: Path) -> None:
    """The file that it writes is one that a process starts with; files that are there stay."""
    organization_id = authority.cloud.organization(seed=3, users=2)["organization_id"]
    named = (organization_id, organization_id.upper(), f"{{{organization_id}}}")
    options = [word for each in named for word in ("--organization", each)]
    code, printed = run("connect", str(tmp_path / "c"), *options, f"--url={authority.cloud.url}", "--json")
    assert code == 0, printed
    profiles = CloudProfiles.load(Path(json.loads(printed)["cloud_file"]))
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "sandbox.pem").write_text("mine")
    other, refused = run("connect", str(tmp_path / "d"), f"--url={authority.cloud.url}")

    assert profiles.named("sandbox").tenants == (organization_id,)
    assert other == 2
    assert "sandbox.pem" in refused
    assert [each.name for each in (tmp_path / "d").iterdir()] == ["sandbox.pem"]


def test_connect_needs_an_authority(tmp_path: Path) -> None:
    """A sandbox without --tls-port gives no tokens: the command says how to start it, and writes nothing."""
    with running_sandbox(tmp_path / "sandbox") as cloud:
        code, printed = run("connect", str(tmp_path / "c"), f"--url={cloud.url}")

    assert code == 2
    assert "--tls-port" in printed
    assert not (tmp_path / "c").exists()


def _proof(
    authority: Authority, organization_id: str, profile: dict[str, Any], folder: Path
) -> dict[str, str]:
    """Return a call for a token by the certificate that a profile names."""
    file = folder / profile["certificate_file"]
    text = file.read_text()
    certificate, _, key = text.partition("-----BEGIN PRIVATE KEY-----")
    held = ClientCertificate(file=file, certificate=certificate, key=f"-----BEGIN PRIVATE KEY-----{key}")
    audience = f"{authority.url}/{organization_id}/oauth2/v2.0/token"
    return {
        "grant_type": "client_credentials",
        "scope": DIRECTORY_SCOPE,
        "client_id": profile["client_id"],
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion(held, profile["client_id"], audience),
    }
