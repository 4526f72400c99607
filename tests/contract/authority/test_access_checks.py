"""What `doctor --cloud` names: each fault, planted at an authority over TLS (first-look#check-the-access)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.kernel.errors import ReadOnlyAccess
from ops.readiness.access_checks import AccessReport, access_reports, open_probe
from providers.access.credentials import Credentials
from providers.access.profiles import Audience, CloudProfiles
from providers.access.token_requests import TokenAnswer, TokenRequests
from providers.access.tokens import SignIns
from providers.microsoft.tenancy.access_verdicts import AccessCheck, Verdict
from providers.transport.http import ProviderRequest
from store.vault.secret_files import open_to_others
from tests.support.access.authority import Authority
from tests.support.access.profile_files import profile_file

LOOPBACK = "http://localhost:51234"
BY_PERSON = {"grant": "application_and_user", "directory_grant": "application_and_user"}
NOBODY = "99999999-0000-4000-8000-000000000009"


class _SignedIn:
    """Keeps the refresh tokens of one person in memory."""

    def __init__(self, refresh_tokens: dict[str, str]) -> None:
        self._tokens = refresh_tokens

    def renewed(
        self, profile: str, audience: str, client_id: str, redeem: Callable[[str], tuple[str, TokenAnswer]]
    ) -> TokenAnswer | None:
        """Redeem the one of an audience, and keep the next one."""
        self._tokens[audience], answer = redeem(self._tokens[audience])
        return answer


def _profiles(running: Authority, folder: Path, /, **fields: object) -> CloudProfiles:
    facts: dict[str, object] = {
        "tenant_id": running.tenant_id,
        "client_id": running.client_id,
        "authority": running.url,
        "directory_url": f"{running.url}/v1.0",
        "seller_url": f"{running.url}/v1",
        "ca_file": str(running.ca_file),
        "instance_discovery": False,
        "certificate_file": str(running.certificate.file),
        "access": "write",
    } | fields
    lines = [f"{name} = {json.dumps(value)}" for name, value in facts.items()]
    file = folder / "cloud.toml"
    file.write_text("\n".join(["[profiles.one]", *lines]), encoding="utf-8")
    return CloudProfiles.load(file)


def _signed_in(authority: Authority, folder: Path) -> SignIns:
    """Sign the person in by a browser, for directory and seller."""
    authority.register(redirect_uris=["http://localhost"])
    profile = _profiles(authority, folder, **BY_PERSON).named("one")
    requests = TokenRequests(Credentials(open_to_others))
    tokens = {}
    for audience in (Audience.DIRECTORY, Audience.SELLER):
        flow = requests.begun_sign_in(profile, audience, LOOPBACK)
        _action, fields = authority.posted_sign_in(flow["auth_uri"])
        tokens[audience.value] = requests.finished_sign_in(profile, audience, flow, fields).refresh_token
    return _SignedIn(tokens)


def _report(
    authority: Authority,
    folder: Path,
    organization_id: str,
    sign_ins: SignIns | None = None,
    /,
    **fields: object,
) -> AccessReport:
    (report,) = access_reports(
        _profiles(authority, folder, **fields),
        organization_id,
        is_open_to_others=open_to_others,
        sign_ins=sign_ins,
    )
    return report


def _of(report: AccessReport, *verdicts: Verdict) -> dict[str, AccessCheck]:
    """Return the checks of some verdicts by their code, or their name where they have none."""
    return {each.code or each.name: each for each in report.checks if each.verdict in verdicts}


def _faults(report: AccessReport) -> set[str]:
    return set(_of(report, Verdict.FAULT))


def test_nothing_is_wrong_where_everything_is_granted(
    authority: Authority, organization_id: str, tmp_path: Path
) -> None:
    """An application alone is let in: each feature is granted, and what needs a person says so."""
    authority.cloud.edit(organization_id, kind="relationship")
    report = _report(authority, tmp_path, organization_id)

    assert _faults(report) == set(), report
    assert not report.has_fault
    names = {each.name for each in report.checks if each.verdict is Verdict.OK}
    assert {"may move licenses of users", "calls of the directory", "calls of the seller"} <= names
    assert "second factor at the seller" in _of(report, Verdict.NOT_CHECKED)


def test_a_person_is_let_in_with_a_second_factor(
    authority: Authority, organization_id: str, tmp_path: Path
) -> None:
    """On behalf of a person relationship, second factor and agreement are seen too."""
    authority.cloud.edit(organization_id, kind="relationship")
    authority.cloud.edit(organization_id, kind="agreement")
    sign_ins = _signed_in(authority, tmp_path)
    report = _report(authority, tmp_path, organization_id, sign_ins, **BY_PERSON)

    assert _faults(report) == set(), report
    names = {each.name for each in report.checks if each.verdict is Verdict.OK}
    assert {"delegated administration", "second factor at the seller", "customer agreement"} <= names


@pytest.mark.parametrize(
    ("number", "words", "remedy"),
    [
        ("65001", "has not consented", "adminconsent?client_id="),
        ("50173", "is over or was revoked", "planswitch cloud sign-in one"),
        ("50076", "lacks a second factor", "planswitch cloud sign-in one"),
        ("700027", "is not registered", "certificate_file"),
        ("7000222", "has expired", "Make a new secret"),
        ("90002", "knows no tenant", "Check the id"),
    ],
)
def test_each_number_of_the_vendor_is_named_with_its_repair(
    authority: Authority, organization_id: str, tmp_path: Path, *, number: str, words: str, remedy: str
) -> None:
    """The check of the token has the vendor's code, what it means, and who repairs it how."""
    authority.faults(organization_id, {"fault": "token_refused", "number": number, "hits": [1, 2]})
    report = _report(authority, tmp_path, organization_id)

    check = _of(report, Verdict.FAULT)[f"AADSTS{number}"]
    assert check.name == "token of the directory"
    assert words in check.detail
    assert remedy in check.remedy


def test_an_unknown_tenant_and_an_absent_token_service_are_told_apart(
    authority: Authority, tmp_path: Path
) -> None:
    """A service that knows no tenant says 90002; one that is not there is named with its address."""
    unknown = _report(authority, tmp_path, NOBODY)
    absent = _report(authority, tmp_path, NOBODY, authority="https://127.0.0.1:9")

    assert "AADSTS90002" in _faults(unknown)
    first = absent.checks[0]
    assert (first.verdict, first.name) == (Verdict.FAULT, "token service of the organization")
    assert first.code == "NO_TOKEN_ENDPOINT"
    assert "127.0.0.1:9" in first.detail
    assert "`authority`" in first.remedy


def test_a_service_that_gives_no_tokens_is_named(
    authority: Authority, organization_id: str, tmp_path: Path
) -> None:
    """An address that is no token service is named, with the field to correct."""
    report = _report(authority, tmp_path, organization_id, authority=f"{authority.url}/nothing")

    first = report.checks[0]
    assert (first.verdict, first.code) == (Verdict.FAULT, "NO_TOKEN_ENDPOINT")
    assert first.name == "token service of the organization"
    assert f"{authority.url}/nothing" in first.detail
    assert "`authority`" in first.remedy


def test_a_description_without_tokens_behind_it_is_named(
    authority: Authority, organization_id: str, tmp_path: Path
) -> None:
    """The service describes itself, and its address for tokens fails: the check of the token says so."""
    authority.faults(
        organization_id, {"operation": "token", "fault": "failed", "status": 503, "hits": [1, 2]}
    )
    report = _report(authority, tmp_path, organization_id)

    check = _of(report, Verdict.FAULT)["NO_TOKEN_ENDPOINT"]
    assert check.name == "token of the directory"
    assert "status 503" in check.detail


def test_a_file_of_authorities_that_is_not_there_ends_one_look_and_no_other(
    authority: Authority, organization_id: str, tmp_path: Path
) -> None:
    """What a profile can't begin with is its fault; the next profile is looked at all the same."""
    file = profile_file(authority, tmp_path, "first", ca_file="absent.pem", tenants=[NOBODY])
    profile_file(authority, tmp_path, "second", ca_file="absent.pem")
    profile_file(authority, tmp_path, "third", tenants=[organization_id])
    reports = list(access_reports(CloudProfiles.load(file), "", is_open_to_others=open_to_others))

    assert [each.profile for each in reports] == ["first", "second", "third"]
    for report in reports[:2]:
        (check,) = report.checks
        assert (check.verdict, check.code) == (Verdict.FAULT, "INVALID_INPUT")
        assert "ca_file" in check.detail
    assert len(reports[2].checks) > 1


@pytest.mark.parametrize("spelling", [str.upper, "{{{}}}".format])
def test_an_id_in_another_spelling_is_the_same_organization(
    authority: Authority, organization_id: str, tmp_path: Path, spelling: Callable[[str], str]
) -> None:
    """One token serves both, and the organization that signs in itself is known as itself."""
    report = _report(authority, tmp_path, spelling(organization_id))

    assert report.organization_id == organization_id
    assert _faults(report) == _faults(_report(authority, tmp_path, organization_id))


@pytest.mark.parametrize(
    ("field", "audience", "name"),
    [
        ("directory_audience", "https://graph.windows.net", "token of the directory"),
        ("seller_audience", "https://graph.windows.net", "token of the seller"),
        ("seller_audience", "https://graph.microsoft.com", "token of the seller"),
    ],
)
def test_a_wrong_audience_is_named(
    authority: Authority, organization_id: str, tmp_path: Path, *, field: str, audience: str, name: str
) -> None:
    """The token says for whom it is, and the provider refuses it; the field of the profile is named."""
    report = _report(authority, tmp_path, organization_id, **{field: audience})

    wrong = [each for each in report.checks if each.code == "WRONG_AUDIENCE"]
    assert wrong[0].name == name
    assert all(each.verdict is Verdict.FAULT for each in wrong)
    assert len(wrong) > 1, report.checks
    assert all(field in each.remedy for each in wrong)


def test_a_missing_permission_is_named_with_the_feature_and_the_link(
    authority: Authority, organization_id: str, tmp_path: Path
) -> None:
    """What was granted is compared with the table: the features that lack something, and only those."""
    granted = ["User.Read.All", "Organization.Read.All", "GroupMember.Read.All", "ServiceHealth.Read.All"]
    authority.cloud.edit(organization_id, kind="consent", client_id=authority.client_id, permissions=granted)
    writing = _report(authority, tmp_path, organization_id)
    reading = _report(authority, tmp_path, organization_id, access="read")

    missing = [each for each in writing.checks if each.code == "PERMISSION_MISSING"]
    assert [each.name for each in missing] == [
        "may move licenses of users",
        "may give a usage location to users who have none",
        "may move licenses of groups",
    ]
    assert [each.verdict for each in missing] == [Verdict.FAULT, Verdict.WARNING, Verdict.WARNING]
    moves = [each for each in missing if each.name.startswith("may move")]
    assert all("LicenseAssignment.ReadWrite.All" in each.detail for each in moves)
    assert all(f"{organization_id}/" in each.remedy for each in missing)
    assert all("adminconsent" in each.remedy for each in missing)
    assert "PERMISSION_MISSING" not in _faults(reading)
    assert "may move licenses of users" in _of(reading, Verdict.NOT_CHECKED)


@pytest.mark.parametrize(
    ("edit", "code", "verdict"),
    [
        ({"kind": "no_relationship"}, "RELATIONSHIP_MISSING", Verdict.FAULT),
        ({"kind": "relationship", "status": "terminated"}, "RELATIONSHIP_ENDED", Verdict.FAULT),
        ({"kind": "relationship", "days": 20}, "RELATIONSHIP_ENDING", Verdict.WARNING),
    ],
)
def test_a_relationship_that_is_missing_over_or_ending_is_named(
    authority: Authority,
    organization_id: str,
    tmp_path: Path,
    *,
    edit: dict[str, Any],
    code: str,
    verdict: Verdict,
) -> None:
    """People need it, so that its lack is a fault; an application alone is only warned."""
    days = edit.pop("days", None)
    if days is not None:
        ends_at = datetime.now(UTC) + timedelta(days=days)
        edit["ends_at"] = ends_at.isoformat(timespec="seconds").replace("+00:00", "Z")
    sign_ins = _signed_in(authority, tmp_path)
    authority.cloud.edit(organization_id, **edit)
    by_person = _report(authority, tmp_path, organization_id, sign_ins, grant="application_and_user")
    alone = _report(authority, tmp_path, organization_id)

    assert _of(by_person, verdict)[code].remedy
    assert _of(alone, Verdict.WARNING)[code].name == "delegated administration"


@pytest.mark.parametrize("is_enforced", [True, False])
def test_a_person_without_a_second_factor_is_named(
    authority: Authority, organization_id: str, tmp_path: Path, *, is_enforced: bool
) -> None:
    """Whether the seller refuses it already or only says so (`isMfaCompliant`)."""
    authority.person(has_mfa=False)
    authority.cloud.settings(is_mfa_enforced=is_enforced)
    sign_ins = _signed_in(authority, tmp_path)
    report = _report(authority, tmp_path, organization_id, sign_ins, grant="application_and_user")

    check = _of(report, Verdict.FAULT)["SECOND_FACTOR_MISSING"]
    assert "planswitch cloud sign-in one" in check.remedy


def test_a_missing_customer_agreement_is_named(
    authority: Authority, organization_id: str, tmp_path: Path
) -> None:
    """Without it the seller takes no order (13605)."""
    authority.cloud.edit(organization_id, kind="agreement", is_accepted=False)
    sign_ins = _signed_in(authority, tmp_path)
    report = _report(authority, tmp_path, organization_id, sign_ins, grant="application_and_user")

    assert _of(report, Verdict.FAULT)["AGREEMENT_MISSING"].name == "customer agreement"


def test_the_look_can_change_nothing(authority: Authority, organization_id: str, tmp_path: Path) -> None:
    """A profile that may write gets ways for reading alone: a write through them is not sent."""
    profile = _profiles(authority, tmp_path, access="write").named("one")
    write = ProviderRequest(operation="change_group", method="POST", path="/groups/x/assignLicense", body={})

    with (
        open_probe(profile, organization_id, is_open_to_others=open_to_others) as probe,
        pytest.raises(ReadOnlyAccess),
    ):
        probe.directory.send(organization_id, write)
