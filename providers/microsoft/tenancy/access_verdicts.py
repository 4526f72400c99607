"""The verdicts on an installation's access, from what was found out: no look at anything here.

Each names what is wrong and who repairs it how (first-look#check-the-access).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from domain.kernel.errors import PlanSwitchError
from providers.access.hosts import HOSTS
from providers.access.profiles import Access, Audience, CloudProfile, Grant
from providers.access.proxies import is_loopback
from providers.microsoft.tenancy.customers import Relationship
from providers.microsoft.tenancy.permissions import FEATURES, Feature
from providers.microsoft.tenancy.token_claims import TokenClaims
from providers.microsoft.tenancy.vendor_calls import Party

#: A relationship that ends sooner is renewed now: an administrator of the customer has to agree.
ENDING_DAYS = 30
#: Ids under which the vendor names its directory and its seller as audiences too.
AUDIENCE_IDS = {
    Audience.DIRECTORY: "00000003-0000-0000-c000-000000000000",
    Audience.SELLER: "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd",
}
_PLACES = {Audience.DIRECTORY: "directory", Audience.SELLER: "seller"}
#: Words by which a provider says that a token is for somebody else, and the seller's number of it.
_WRONG_AUDIENCE_WORDS, _WRONG_AUDIENCE_CODE = "audience", "900420"
#: The seller's numbers: it wants a person beside the application; that person lacks rights; no second factor.
USER_WANTED, _RIGHTS_MISSING, _FACTOR_MISSING = "900329", "900308", "900421"
_FACTOR_WORDS = ("multifactor", "multi-factor", "mfa")


class Verdict(StrEnum):
    """What a check comes to."""

    OK = "ok"
    #: It works now; somebody should act soon, or for one feature.
    WARNING = "warning"
    FAULT = "fault"
    #: It could not be looked at, or does not concern this installation.
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessCheck:
    """One thing that was looked at."""

    name: str
    verdict: Verdict
    #: What is so, in a sentence.
    detail: str
    #: Who repairs it how; "" where there is nothing to do.
    remedy: str = ""
    #: Stable code of what is wrong, or the vendor's own; "" where nothing is.
    code: str = ""


def ok(name: str, detail: str) -> AccessCheck:
    """Return that something is as it has to be."""
    return AccessCheck(name=name, verdict=Verdict.OK, detail=detail)


def not_checked(name: str, detail: str) -> AccessCheck:
    """Return that something was not looked at, and why."""
    return AccessCheck(name=name, verdict=Verdict.NOT_CHECKED, detail=detail)


def fault(name: str, code: str, detail: str, remedy: str) -> AccessCheck:
    """Return that something is wrong."""
    return AccessCheck(name=name, verdict=Verdict.FAULT, detail=detail, remedy=remedy, code=code)


def warning(name: str, code: str, detail: str, remedy: str) -> AccessCheck:
    """Return that something works now, but not for long, or not for one feature."""
    return AccessCheck(name=name, verdict=Verdict.WARNING, detail=detail, remedy=remedy, code=code)


def no_token_endpoint(name: str, profile: CloudProfile, error: PlanSwitchError | None = None) -> AccessCheck:
    """Return that nobody gives tokens at the address that a profile names.

    Args:
        name: Of the check.
        profile: Names the address.
        error: Why there is no description; None: there is one, and it names no address for tokens.
    """
    detail = f"{profile.authority} describes itself without an address for tokens"
    remedy = f"Check `authority` and `cloud` of the profile {profile.name}."
    if error is not None:
        detail, remedy = error.message, error.remedy
    return fault(name, "NO_TOKEN_ENDPOINT", detail, remedy)


def failed(name: str, error: PlanSwitchError) -> AccessCheck:
    """Return what an error says, under the vendor's own code where it has one."""
    vendor_code = str(error.details.get("vendor_code") or error.details.get("provider_code") or "")
    return fault(name, vendor_code or error.code, error.message, error.remedy)


def token_check(
    name: str, profile: CloudProfile, audience: Audience, claims: TokenClaims | None
) -> AccessCheck:
    """Return whether a token is for the right place.

    Args:
        name: Of the check.
        profile: Whose token.
        audience: For whom it was asked.
        claims: What it says; None: nothing.
    """
    if claims is None:
        return not_checked(name, "the token does not say for whom it is")
    if claims.audience not in {*_own_audiences(profile, audience), AUDIENCE_IDS[audience]}:
        return wrong_audience(name, profile, audience, f"the token is for {claims.audience}")
    on_behalf = "a person and the application" if claims.is_of_person else "the application alone"
    return ok(name, f"a token on behalf of {on_behalf}, for {claims.audience}")


def wrong_audience(name: str, profile: CloudProfile, audience: Audience, detail: str) -> AccessCheck:
    """Return that tokens are asked for somebody else."""
    own, place = " or ".join(_own_audiences(profile, audience)), _PLACES[audience]
    return fault(
        name,
        "WRONG_AUDIENCE",
        f"{detail}; the {place} of the cloud {profile.cloud} takes tokens for {own}",
        f"Take {place}_audience out of the profile {profile.name}, or set it to {own}; check `cloud` too.",
    )


def _own_audiences(profile: CloudProfile, audience: Audience) -> tuple[str, ...]:
    """Return for whom tokens may be: the place of the cloud, and another place that the profile names.

    The vendor has clouds with two directories, such as that of a government and that of its military.
    """
    hosts, is_directory = HOSTS[profile.cloud], audience is Audience.DIRECTORY
    of_cloud = hosts.directory_audience if is_directory else hosts.seller_audience
    host = urlsplit(profile.url_of(audience)).hostname or ""
    return tuple(dict.fromkeys((of_cloud, *(() if is_loopback(host) else (f"https://{host}",)))))


def permission_checks(
    profile: CloudProfile,
    claims: TokenClaims | None,
    *,
    consent_url: str,
    is_of_partner: bool = False,
) -> list[AccessCheck]:
    """Return one check for each feature at the directory, by the table of docs/permissions.md.

    Args:
        profile: Says whether anything is to be changed.
        claims: What a token of the directory says; None: nothing.
        consent_url: Page on which an administrator of the tenant consents.
        is_of_partner: The token is of the partner's own tenant.
    """
    features = [
        each for each in FEATURES if each.party is Party.DIRECTORY and each.is_of_partner is is_of_partner
    ]
    if claims is None:
        detail = "the token does not say what it allows"
        return [not_checked(f"may {each.name}", detail) for each in features]
    return [_feature_check(profile, each, claims.permissions, consent_url) for each in features]


def _feature_check(
    profile: CloudProfile, feature: Feature, granted: Collection[str], consent_url: str
) -> AccessCheck:
    name = f"may {feature.name}"
    lacking = feature.lacking(granted)
    if not lacking:
        return ok(name, "granted")
    wanted = ", ".join(dict.fromkeys(each[0] for each in lacking))
    if feature.access is Access.WRITE and profile.access is Access.READ:
        return not_checked(name, f"not granted ({wanted}), and not needed: the profile may only read")
    remedy = (
        f"Add {wanted} to the permissions of the application {profile.client_id}; then an administrator "
        f"consents at {consent_url}"
    )
    if not feature.without:
        return fault(name, "PERMISSION_MISSING", f"not granted: {wanted}", remedy)
    # Nobody has to use it: a plain switch works without.
    return warning(
        name,
        "PERMISSION_MISSING",
        f"not granted: {wanted}. {feature.without}",
        f"Nothing, if you do not use it. Else: {remedy}",
    )


def relationship_check(
    profile: CloudProfile, relationships: Sequence[Relationship], now: datetime
) -> AccessCheck:
    """Return whether a partner's people may act for a customer, and how long.

    Args:
        profile: On whose behalf tokens are.
        relationships: The partner's with the customer, those that have ended too.
        now: Aware instant.
    """
    name = "delegated administration"
    active = [each for each in relationships if each.is_active(now)]
    if active:
        return _lasting(name, active, now)
    # An application alone needs none; the seller and people do.
    needs_one = Grant.APPLICATION_AND_USER in {profile.grant, profile.directory_grant}
    ended = max((each.ends_at for each in relationships if each.ends_at), default=None)
    if not relationships:
        code, detail = "RELATIONSHIP_MISSING", "there is no relationship with the customer"
    else:
        words = ", ".join(sorted({f"{each.name or 'one'} is {each.status}" for each in relationships}))
        since = f"; the last one ended on {ended:%Y-%m-%d}" if ended and ended <= now else ""
        code, detail = "RELATIONSHIP_ENDED", f"no relationship is in force: {words}{since}"
    return AccessCheck(
        name=name,
        verdict=Verdict.FAULT if needs_one else Verdict.WARNING,
        code=code,
        detail=detail if needs_one else f"{detail}; an application alone needs none",
        remedy="Request a relationship with the role License Administrator in the partner's administration "
        "pages; an administrator of the organization accepts it.",
    )


def _lasting(name: str, active: Sequence[Relationship], now: datetime) -> AccessCheck:
    ends = [each.ends_at for each in active]
    last = None if None in ends else max(each for each in ends if each is not None)
    if last is None or last - now >= timedelta(days=ENDING_DAYS):
        until = f"until {last:%Y-%m-%d}" if last else "without an end"
        return ok(name, f"a relationship is in force {until}")
    return warning(
        name,
        "RELATIONSHIP_ENDING",
        f"the relationship ends on {last:%Y-%m-%d}, in less than {ENDING_DAYS} days",
        "Extend it, or request a new one, in the partner's administration pages; an administrator of "
        "the organization accepts a new one.",
    )


def refused_call(name: str, profile: CloudProfile, audience: Audience, error: PlanSwitchError) -> AccessCheck:
    """Return what the refusal of a call says of our access.

    Args:
        name: Of the check.
        profile: Whose call.
        audience: Who refused.
        error: The refusal.
    """
    code = str(error.details.get("provider_code") or "")
    text = f"{error.details.get('provider_text') or ''} {error.message}".lower()
    if code == _WRONG_AUDIENCE_CODE or _WRONG_AUDIENCE_WORDS in text:
        return wrong_audience(name, profile, audience, error.message)
    if code == _FACTOR_MISSING or any(each in text for each in _FACTOR_WORDS):
        return no_second_factor(name, profile)
    if code == USER_WANTED and profile.grant is Grant.APPLICATION:
        # Who moves licenses alone never asks the seller.
        return warning(
            name,
            code,
            f"{error.message} Without a person nothing can be ordered; licenses alone can be moved.",
            "Nothing, if you order nothing. Else set `grant` of the profile to application_and_user, and run "
            f"`planswitch cloud sign-in {profile.name}`.",
        )
    if code == _RIGHTS_MISSING:
        return fault(
            name,
            code,
            error.message,
            "Check the relationship of delegated administration, and that who signed in is in the group of "
            "admin agents.",
        )
    return failed(name, error)


def second_factor_check(
    profile: CloudProfile, claims: TokenClaims | None, *, has_factor: bool | None
) -> AccessCheck:
    """Return whether the seller's caller has proved who they are by a second factor.

    Args:
        profile: Whose token.
        claims: What the seller's token says; None: nothing.
        has_factor: What the seller says; None: nothing.
    """
    name = "second factor at the seller"
    is_of_person = claims.is_of_person if claims else profile.grant is Grant.APPLICATION_AND_USER
    if not is_of_person:
        return not_checked(name, "an application alone needs none")
    verdict = has_factor if has_factor is not None else claims and claims.has_second_factor
    if verdict is None:
        return not_checked(name, "neither the seller nor the token says it")
    return ok(name, "the seller has seen one") if verdict else no_second_factor(name, profile)


def no_second_factor(name: str, profile: CloudProfile) -> AccessCheck:
    """Return that who signed in has no second factor."""
    return fault(
        name,
        "SECOND_FACTOR_MISSING",
        "who signed in for the seller did so without a second factor, which the seller demands",
        f"Run `planswitch cloud sign-in {profile.name}` and confirm with a second factor.",
    )


def agreement_check(*, is_accepted: bool) -> AccessCheck:
    """Return whether the customer has accepted the agreement that each order needs."""
    name = "customer agreement"
    if is_accepted:
        return ok(name, "the customer has accepted it")
    return fault(
        name,
        "AGREEMENT_MISSING",
        "the seller knows of no agreement that the customer has accepted; it takes no order without (13605)",
        "Let the customer accept the Microsoft Customer Agreement in its administration pages, or confirm "
        "at the seller that it has.",
    )
