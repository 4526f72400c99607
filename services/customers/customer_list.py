"""Which organizations a report is about, and who says so (first-look#which-organizations)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.kernel.errors import (
    InstallationTrouble,
    PartyMissing,
    ProviderRefused,
    UnknownOrganization,
)
from domain.ports.cloud import Cloud
from domain.ports.customer_port import Customer
from services.base.scopes import Scope, scope_of
from services.base.tools import Tools, installation_cloud


class CustomerSource(StrEnum):
    """Who says which organizations there are."""

    PROFILE = "profile"
    DIRECTORY = "directory"
    SELLER = "seller"
    #: Neither lists anybody: the organization signs in itself.
    OWN = "own"
    RECORD = "record"


#: Source -> words that follow "The organizations are".
SOURCE_WORDS = {
    CustomerSource.PROFILE: "those that the profile names",
    CustomerSource.DIRECTORY: "those that the partner may administer, by its directory",
    CustomerSource.SELLER: "the customers of the seller",
    CustomerSource.OWN: "the one that signs in, as neither directory nor seller lists a customer",
    CustomerSource.RECORD: "those of this installation's record",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerList:
    """The organizations of a profile."""

    #: Name of the profile; "" where the installation has none.
    profile: str
    source: CustomerSource
    customers: tuple[Customer, ...]
    #: Why a source that comes first was passed over, in words.
    passed_over: tuple[str, ...] = ()


def customer_list(tools: Tools, profile: str) -> CustomerList:
    """Return the organizations of a profile: those it names, else the directory's, else the seller's.

    Where nobody lists one, it is the organization that signs in. Those that the caller may not see are left
    out.

    Args:
        tools: What use cases work with.
        profile: Name of a profile; "" takes the only one.

    Raises:
        InvalidInput: There is no such profile.
    """
    listed = _listed(tools, scope_of(tools.scopes, profile))
    visible = tuple(each for each in listed.customers if tools.reads.sees(each.organization_id))
    return replace(listed, customers=visible)


def _listed(tools: Tools, scope: Scope | None) -> CustomerList:
    if scope is None:
        return _recorded(tools)
    if scope.organizations:
        named = tuple(Customer(organization_id=each) for each in scope.organizations)
        return CustomerList(profile=scope.name, source=CustomerSource.PROFILE, customers=named)
    return _listed_elsewhere(tools, scope)


def _recorded(tools: Tools) -> CustomerList:
    known = tuple(Customer(organization_id=each) for each in sorted(tools.reads.organizations()))
    return CustomerList(profile="", source=CustomerSource.RECORD, customers=known)


def _listed_elsewhere(tools: Tools, scope: Scope) -> CustomerList:
    """Ask the directory, and the seller where the directory lists nobody or does not let us see them."""
    passed_over: list[str] = []
    with installation_cloud(tools, scope.partner_id) as cloud:
        for source, ask in _sources(cloud):
            try:
                customers = ask(scope.partner_id)
            except (InstallationTrouble, PartyMissing, ProviderRefused, UnknownOrganization) as error:
                passed_over.append(f"the {source}: {error.code}: {error.message}")
                continue
            if customers:
                return CustomerList(
                    profile=scope.name,
                    source=source,
                    customers=tuple(sorted(customers, key=_place)),
                    passed_over=tuple(passed_over),
                )
            passed_over.append(f"the {source} lists nobody")
    return CustomerList(
        profile=scope.name,
        source=CustomerSource.OWN,
        customers=(Customer(organization_id=scope.partner_id),),
        passed_over=tuple(passed_over),
    )


def _place(customer: Customer) -> tuple[str, str]:
    return customer.name.casefold(), customer.organization_id


def _sources(cloud: Cloud) -> tuple[tuple[CustomerSource, Callable[[str], tuple[Customer, ...]]], ...]:
    return (
        (CustomerSource.DIRECTORY, cloud.customers.administered),
        (CustomerSource.SELLER, cloud.customers.sold_to),
    )
