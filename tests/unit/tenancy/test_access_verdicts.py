"""The verdicts on an installation's access at their edges (first-look#check-the-access)."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.stack.cloud_checks import access_lines
from domain.kernel.errors import ProviderRefused
from ops.readiness.access_checks import AccessReport
from providers.access.hosts import CloudName
from providers.access.profiles import Access, Audience, CloudProfile, CloudProfiles, Grant
from providers.microsoft.tenancy import access_verdicts as verdicts
from providers.microsoft.tenancy.access_verdicts import AccessCheck, Verdict
from providers.microsoft.tenancy.customers import Relationship
from providers.microsoft.tenancy.permissions import FEATURES
from providers.microsoft.tenancy.token_claims import claims_in
from providers.microsoft.tenancy.vendor_calls import CALLS, Party

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
CUSTOMER = "33333333-3333-4333-8333-333333333333"
PROFILE = """
[profiles.one]
tenant_id = "11111111-1111-4111-8111-111111111111"
client_id = "22222222-2222-4222-8222-222222222222"
certificate_file = "one.pem"
access = "write"
"""


@pytest.fixture(name="profile")
def _profile(tmp_path: Path) -> CloudProfile:
    """Return a profile of an application alone that may write."""
    file = tmp_path / "cloud.toml"
    file.write_text(PROFILE, encoding="utf-8")
    return CloudProfiles.load(file).named("one")


def _token(**claims: Any) -> str:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{body}.c2ln"


def _related(status: str = "active", *, days: float | None = 365) -> Relationship:
    ends_at = None if days is None else NOW + timedelta(days=days)
    return Relationship(customer_id=CUSTOMER, name="all", status=status, ends_at=ends_at)


@pytest.mark.parametrize(
    ("relationships", "verdict", "code"),
    [
        ([_related(days=30)], Verdict.OK, ""),
        ([_related(days=29.9)], Verdict.WARNING, "RELATIONSHIP_ENDING"),
        ([_related("expiring", days=5)], Verdict.WARNING, "RELATIONSHIP_ENDING"),
        ([_related(days=5), _related(days=300)], Verdict.OK, ""),
        ([_related(days=5), _related(days=None)], Verdict.OK, ""),
        ([_related(days=0)], Verdict.FAULT, "RELATIONSHIP_ENDED"),
        ([_related("terminated")], Verdict.FAULT, "RELATIONSHIP_ENDED"),
        ([_related("approvalPending", days=None)], Verdict.FAULT, "RELATIONSHIP_ENDED"),
        ([], Verdict.FAULT, "RELATIONSHIP_MISSING"),
    ],
)
def test_the_longest_relationship_in_force_counts(
    profile: CloudProfile, relationships: list[Relationship], verdict: Verdict, code: str
) -> None:
    """Thirty days before its end is soon enough; what ended, was ended or never began lets nobody in."""
    by_person = replace(profile, directory_grant=Grant.APPLICATION_AND_USER)
    check = verdicts.relationship_check(by_person, relationships, NOW)

    assert (check.verdict, check.code) == (verdict, code)
    assert bool(check.remedy) is bool(code)


@pytest.mark.parametrize(
    ("audience", "claim", "verdict"),
    [
        (Audience.DIRECTORY, "https://graph.microsoft.com", Verdict.OK),
        (Audience.DIRECTORY, "https://graph.microsoft.com/", Verdict.OK),
        (Audience.DIRECTORY, "00000003-0000-0000-c000-000000000000", Verdict.OK),
        (Audience.DIRECTORY, "https://graph.windows.net", Verdict.FAULT),
        (Audience.SELLER, "https://graph.microsoft.com", Verdict.FAULT),
        (Audience.SELLER, "https://api.partnercenter.microsoft.com", Verdict.OK),
    ],
)
def test_a_token_is_for_its_own_audience(
    profile: CloudProfile, audience: Audience, claim: str, verdict: Verdict
) -> None:
    """By address, with or without its slash, or by the vendor's id; the retired directory is none."""
    check = verdicts.token_check("token", profile, audience, claims_in(_token(aud=claim)))

    assert check.verdict is verdict


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("https://dod-graph.microsoft.us", Verdict.OK),
        ("https://graph.microsoft.us", Verdict.OK),
        ("https://graph.microsoft.com", Verdict.FAULT),
    ],
)
def test_another_directory_of_the_same_cloud_has_its_own_tokens(
    profile: CloudProfile, claim: str, verdict: Verdict
) -> None:
    """A government's cloud has a directory for its military: who names its address may name its audience."""
    military = replace(
        profile,
        cloud=CloudName.US_GOVERNMENT,
        directory_url="https://dod-graph.microsoft.us/v1.0",
        directory_audience="https://dod-graph.microsoft.us",
    )
    check = verdicts.token_check("token", military, Audience.DIRECTORY, claims_in(_token(aud=claim)))

    assert check.verdict is verdict
    assert verdict is Verdict.OK or "https://dod-graph.microsoft.us" in check.remedy


@pytest.mark.parametrize("token", ["sandbox-1", "a.b", "a.!!!.c", f"a.{'x' * 9}.c", _token()[:-1] + "\x00"])
def test_a_token_that_tells_nothing_is_not_judged(profile: CloudProfile, token: str) -> None:
    """The sandbox's own tokens, and broken ones, say nothing: no check claims that they do."""
    claims = claims_in(token)
    checks = verdicts.permission_checks(profile, claims, consent_url="https://x.example")

    if claims is None:
        assert {each.verdict for each in checks} == {Verdict.NOT_CHECKED}
    else:
        assert claims.permissions == frozenset()


def _lacking(profile: CloudProfile, *granted: str, is_of_partner: bool = False) -> list[AccessCheck]:
    claims = claims_in(_token(aud="https://graph.microsoft.com", roles=list(granted)))
    checks = verdicts.permission_checks(
        profile, claims, consent_url="https://consent.example", is_of_partner=is_of_partner
    )
    return [each for each in checks if each.code == "PERMISSION_MISSING"]


def test_every_permission_of_every_call_counts_by_itself(profile: CloudProfile) -> None:
    """Any one of a call's permissions is enough; without one of them its features are named with the link."""
    directory = [each for each in FEATURES if each.party is Party.DIRECTORY and not each.is_of_partner]
    everything = {name for each in CALLS.values() for name in each.permissions}

    assert _lacking(profile, *everything) == []
    assert len(_lacking(profile)) == len(directory)
    assert all("https://consent.example" in each.remedy for each in _lacking(profile))
    for feature in directory:
        for operation in feature.operations:
            without = everything - set(CALLS[operation].permissions)
            assert f"may {feature.name}" in {each.name for each in _lacking(profile, *without)}


def test_what_needs_write_access_is_no_fault_where_only_reading_is_wanted(profile: CloudProfile) -> None:
    """A first look needs the reading permissions alone."""
    reading = {"User.Read.All", "Organization.Read.All", "GroupMember.Read.All", "ServiceHealth.Read.All"}

    assert _lacking(replace(profile, access=Access.READ), *reading) == []
    writing = [each for each in FEATURES if each.party is Party.DIRECTORY and each.access is Access.WRITE]
    assert [each.name for each in _lacking(profile, *reading)] == [f"may {each.name}" for each in writing]
    assert "move licenses of users" in {each.name for each in writing}


#: What a switch of everybody needs, whose licenses no group gives and who all have a usage location.
PLAIN = (
    *("Organization.Read.All", "LicenseAssignment.Read.All", "User.Read.All", "GroupMember.Read.All"),
    *("ServiceHealth.Read.All", "LicenseAssignment.ReadWrite.All"),
)


def test_a_feature_that_nobody_has_to_use_is_warned_of(profile: CloudProfile) -> None:
    """It says what does not work without it, and is no fault; what every switch needs is one."""
    optional = {each.name: each.verdict for each in _lacking(profile, *PLAIN)}
    partner = _lacking(profile, *PLAIN, is_of_partner=True)

    assert optional == {
        "may give a usage location to users who have none": Verdict.WARNING,
        "may move licenses of groups": Verdict.WARNING,
    }
    assert [each.verdict for each in partner] == [Verdict.WARNING]
    for each in (*_lacking(profile, *PLAIN), *partner):
        feature = next(one for one in FEATURES if f"may {one.name}" == each.name)
        assert each.detail.endswith(f". {feature.without}")
        assert each.remedy.startswith("Nothing, if you do not use it.")
    for lacking in PLAIN:
        told = _lacking(profile, *(each for each in PLAIN if each != lacking))
        needed = [each for each in told if each.verdict is Verdict.FAULT]
        # The permission to change licenses lets them be read as well.
        assert bool(needed) is (lacking != "LicenseAssignment.Read.All"), lacking


def test_only_a_fault_ends_the_look_with_its_exit_code(profile: CloudProfile) -> None:
    """Features that nobody uses leave the installation in order (first-look#check-the-access)."""
    warned = AccessReport(
        profile="one", organization_id=CUSTOMER, chosen="", checks=tuple(_lacking(profile, *PLAIN))
    )
    faulty = replace(warned, checks=tuple(_lacking(profile, *PLAIN[:-1])))

    assert not warned.has_fault
    assert faulty.has_fault
    assert "warning" in "\n".join(access_lines(warned))


def test_a_seller_that_wants_a_person_is_no_fault_of_an_application_alone(profile: CloudProfile) -> None:
    """Licenses alone move without the seller; whoever signed in a person wants to order."""
    text = "This resource doesn't support application-only authentication."
    error = ProviderRefused(f"The seller said: {text}", provider_code="900329", provider_text=text)
    alone = verdicts.refused_call("calls", profile, Audience.SELLER, error)
    by_person = replace(profile, grant=Grant.APPLICATION_AND_USER)

    assert (alone.verdict, alone.code) == (Verdict.WARNING, "900329")
    assert "nothing can be ordered" in alone.detail
    assert "planswitch cloud sign-in one" in alone.remedy
    assert verdicts.refused_call("calls", by_person, Audience.SELLER, error).verdict is Verdict.FAULT


@pytest.mark.parametrize(
    ("code", "text", "meaning"),
    [
        ("900420", "The token is wrong.", "WRONG_AUDIENCE"),
        (
            "InvalidAuthenticationToken",
            "Access token validation failure. Invalid audience.",
            "WRONG_AUDIENCE",
        ),
        ("900421", "No.", "SECOND_FACTOR_MISSING"),
        ("Unauthorized", "The token has no claim of multifactor authentication.", "SECOND_FACTOR_MISSING"),
        ("900308", "Insufficient privileges to complete the operation.", "900308"),
        ("4711", "The moon is wrong.", "4711"),
    ],
)
def test_a_refused_call_says_what_is_wrong_with_the_access(
    profile: CloudProfile, code: str, text: str, meaning: str
) -> None:
    """The provider's code or words are understood where they speak of the access, and kept where not."""
    error = ProviderRefused(f"The seller said: {text}", provider_code=code, provider_text=text)
    check = verdicts.refused_call("calls", profile, Audience.SELLER, error)

    assert (check.verdict, check.code) == (Verdict.FAULT, meaning)
    assert text in check.detail or meaning == "SECOND_FACTOR_MISSING"


@pytest.mark.parametrize(
    ("claims", "told", "verdict"),
    [
        ({"scp": "user_impersonation", "amr": ["pwd", "mfa"]}, None, Verdict.OK),
        ({"scp": "user_impersonation", "amr": ["pwd"]}, None, Verdict.FAULT),
        ({"scp": "user_impersonation", "amr": ["pwd", "mfa"]}, False, Verdict.FAULT),
        ({"scp": "user_impersonation", "amr": ["pwd"]}, True, Verdict.OK),
        ({"roles": ["user_impersonation"]}, None, Verdict.NOT_CHECKED),
    ],
)
def test_the_seller_knows_best_whether_it_has_seen_a_second_factor(
    profile: CloudProfile, *, claims: dict[str, Any], told: bool | None, verdict: Verdict
) -> None:
    """What it says goes before what the token says; an application alone needs none."""
    check = verdicts.second_factor_check(profile, claims_in(_token(**claims)), has_factor=told)

    assert check.verdict is verdict
