"""The look at an installation's access to one organization: tokens, permissions, relationship, seller.

It reads, and changes nothing: its ways to directory and seller have read access alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.kernel.errors import AccessLost, PermissionMissing, PlanSwitchError, ProviderUnavailable
from providers.access.hosts import CloudName
from providers.access.profiles import Audience, CloudProfile, Grant
from providers.access.token_refusals import consent_url
from providers.microsoft.directory.directory import MicrosoftDirectory
from providers.microsoft.tenancy import access_verdicts as verdicts
from providers.microsoft.tenancy.access_verdicts import AccessCheck, Verdict, not_checked
from providers.microsoft.tenancy.customers import MicrosoftCustomers
from providers.microsoft.tenancy.token_claims import TokenClaims, claims_in
from providers.transport.http import ProviderHttp
from providers.transport.places import TokenSource

_TOKENS = {Audience.DIRECTORY: "token of the directory", Audience.SELLER: "token of the seller"}
_DIRECTORY, _SELLER = "calls of the directory", "calls of the seller"
_RELATIONSHIP, _AGREEMENT = "delegated administration", "customer agreement"


@dataclass(frozen=True, kw_only=True)
class AccessProbe:
    """Everything that is looked at for one organization.

    Args:
        profile: Of the organization.
        organization_id: Directory id of the organization.
        tokens: Tokens of the profile for any tenant.
        directory: The way to the directory, for reading alone.
        seller: The way to the seller, for reading alone.
        described: Asks a tenant's token service to describe itself; raises what it refuses.
        now: Aware instant.
    """

    profile: CloudProfile
    organization_id: str
    tokens: TokenSource
    directory: ProviderHttp
    seller: ProviderHttp
    described: Callable[[str], Any]
    now: datetime
    _claims: dict[tuple[str, Audience], TokenClaims | None] = field(default_factory=dict, repr=False)

    @property
    def is_of_partner(self) -> bool:
        """Return whether a partner signs in here, and not the organization itself."""
        return self.profile.tenant_id != self.organization_id

    @property
    def customers(self) -> MicrosoftCustomers:
        """Return the lists of the partner's customers, and its standing with each."""
        return MicrosoftCustomers(directory=self.directory, seller=self.seller)

    def checks(self) -> Iterator[AccessCheck]:
        """Yield each check once it is done."""
        yield from self._token_services()
        yield from self._directory_checks()
        yield from self._relationship_checks()
        yield from self._seller_checks()

    def _token_services(self) -> Iterator[AccessCheck]:
        tenants = dict.fromkeys((self.organization_id, self.profile.tenant_id))
        for tenant_id in tenants:
            whose = "organization" if tenant_id == self.organization_id else "partner"
            name = f"token service of the {whose}"
            yield self._token_service(name, tenant_id)

    def _token_service(self, name: str, tenant_id: str) -> AccessCheck:
        try:
            document = self.described(tenant_id)
        except (AccessLost, ProviderUnavailable) as error:
            # With a number the service knows itself, and not the tenant.
            is_none = not error.details.get("vendor_code")
            return (
                verdicts.no_token_endpoint(name, self.profile, error)
                if is_none
                else verdicts.failed(name, error)
            )
        except PlanSwitchError as error:
            return verdicts.failed(name, error)
        endpoint = document.get("token_endpoint") if isinstance(document, dict) else None
        return (
            verdicts.ok(name, str(endpoint)) if endpoint else verdicts.no_token_endpoint(name, self.profile)
        )

    def _directory_checks(self) -> Iterator[AccessCheck]:
        token = self._token_check(self.organization_id, Audience.DIRECTORY)
        yield token
        if token.code and token.code != "WRONG_AUDIENCE":
            return
        if not token.code:
            claims = self._claims.get((self.organization_id, Audience.DIRECTORY))
            url = consent_url(self.profile, self.organization_id)
            yield from verdicts.permission_checks(self.profile, claims, consent_url=url)
        yield self._called(_DIRECTORY, Audience.DIRECTORY, self._look_at_plans)

    def _look_at_plans(self) -> AccessCheck:
        plans = MicrosoftDirectory(self.directory).subscribed_plans(self.organization_id)
        return verdicts.ok(_DIRECTORY, f"the directory answers: {len(plans)} plans")

    def _relationship_checks(self) -> Iterator[AccessCheck]:
        if not self.is_of_partner:
            yield not_checked(_RELATIONSHIP, "the organization signs in itself")
            return
        if self.profile.cloud is CloudName.CHINA:
            yield not_checked(_RELATIONSHIP, "the vendor does not offer it in this cloud")
            return
        token = self._token_check(self.profile.tenant_id, Audience.DIRECTORY)
        if token.verdict is Verdict.FAULT:
            yield token
            return
        claims = self._claims.get((self.profile.tenant_id, Audience.DIRECTORY))
        url = consent_url(self.profile, self.profile.tenant_id)
        granted = verdicts.permission_checks(self.profile, claims, consent_url=url, is_of_partner=True)
        yield from granted
        if not any(each.code for each in granted):
            yield self._called(_RELATIONSHIP, Audience.DIRECTORY, self._look_at_relationships)

    def _look_at_relationships(self) -> AccessCheck:
        relationships = self.customers.relationships(self.profile.tenant_id, self.organization_id)
        return verdicts.relationship_check(self.profile, relationships, self.now)

    def _seller_checks(self) -> Iterator[AccessCheck]:
        if not self.is_of_partner and self.profile.grant is Grant.APPLICATION:
            yield not_checked(_SELLER, "the organization signs in itself, and has no seller's access")
            return
        token = self._token_check(self.organization_id, Audience.SELLER)
        yield token
        if token.code and token.code != "WRONG_AUDIENCE":
            return
        yield from self._seller_calls()

    def _seller_calls(self) -> Iterator[AccessCheck]:
        customers = self.customers
        claims = self._claims.get((self.organization_id, Audience.SELLER))
        try:
            sight = customers.seller_sight(self.organization_id)
        except PlanSwitchError as error:
            yield verdicts.refused_call(_SELLER, self.profile, Audience.SELLER, error)
            if claims is not None and claims.is_of_person:
                yield verdicts.second_factor_check(self.profile, claims, has_factor=None)
            return
        yield verdicts.ok(_SELLER, f"the seller answers: {sight.subscriptions} subscriptions")
        yield verdicts.second_factor_check(self.profile, claims, has_factor=sight.has_second_factor)
        if self.profile.cloud is not CloudName.GLOBAL:
            yield not_checked(_AGREEMENT, "the vendor has this agreement in its global cloud alone")
            return
        try:
            yield verdicts.agreement_check(is_accepted=customers.has_agreement(self.organization_id))
        except PermissionMissing as error:
            if str(error.details.get("provider_code")) != verdicts.USER_WANTED:
                yield verdicts.refused_call(_AGREEMENT, self.profile, Audience.SELLER, error)
                return
            yield not_checked(_AGREEMENT, "the seller tells it only on behalf of a person")
        except PlanSwitchError as error:
            yield verdicts.refused_call(_AGREEMENT, self.profile, Audience.SELLER, error)

    def _token_check(self, tenant_id: str, audience: Audience) -> AccessCheck:
        name = _TOKENS[audience]
        if tenant_id != self.organization_id:
            name = f"{name} in the partner's tenant"
        try:
            token = self.tokens.token(tenant_id, audience)
        except ProviderUnavailable as error:
            return verdicts.no_token_endpoint(name, self.profile, error)
        except PlanSwitchError as error:
            return verdicts.failed(name, error)
        claims = self._claims[tenant_id, audience] = claims_in(token)
        return verdicts.token_check(name, self.profile, audience, claims)

    def _called(self, name: str, audience: Audience, call: Callable[[], AccessCheck]) -> AccessCheck:
        try:
            return call()
        except PlanSwitchError as error:
            return verdicts.refused_call(name, self.profile, audience, error)
