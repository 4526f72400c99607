"""Erasure of people on the machine, with the rights of the database's owner (docs/security.md#erasure)."""

from __future__ import annotations

from dataclasses import dataclass

from domain.kernel.errors import InvalidInput
from domain.kernel.ids import canonical_id
from ops.base.recovery import machine_actor
from ops.base.settings import Settings
from store.roles.role import DatabaseRole
from store.switch_store import SwitchStore
from store.vault.erasures import Erasure


@dataclass(frozen=True, kw_only=True)
class ErasureReport:
    """What was erased."""

    organization_id: str
    #: Users to whom nothing leads back any more.
    people: int
    #: Mail addresses that got notices of the organization, and no others.
    addresses: int
    #: Actor of the record.
    recorded_by: str


def erase_organization(settings: Settings, organization_id: str, *, reason: str) -> ErasureReport:
    """Delete all that leads to people of an organization; it is recorded.

    Args:
        settings: Name the database with the rights of its owner, and the master key.
        organization_id: Directory id of the organization.
        reason: Why.

    Raises:
        InvalidInput: Nothing of it is kept, or no owner's database is set.
        RuleViolated: A switch of the organization is open.
        DatabaseRightMissing: The role of the database is another one.
        StoreUnavailable, SchemaOutdated: The database does not answer, or is of another version.
    """
    organization, by = canonical_id(organization_id), machine_actor()
    with _opened(settings) as store:
        erased = store.erase_organization(organization, actor=by, reason=reason)
    allowed = "an organization of which people or mail addresses are kept; of this one nothing is"
    return _report(erased, organization, by, field="ORGANIZATION", value=organization_id, allowed=allowed)


def erase_person(settings: Settings, organization_id: str, user: str, *, reason: str) -> ErasureReport:
    """Delete what leads to one person; it is recorded without them.

    Args:
        settings: Name the database with the rights of its owner, and the master key.
        organization_id: Directory id of the organization.
        user: Directory id of the person.
        reason: Why.

    Raises:
        InvalidInput: Nothing of them is kept, or no owner's database is set.
        RuleViolated: A switch of the organization is open.
        DatabaseRightMissing: The role of the database is another one.
        StoreUnavailable, SchemaOutdated: The database does not answer, or is of another version.
    """
    organization, by = canonical_id(organization_id), machine_actor()
    with _opened(settings) as store:
        erased = store.erase_person(organization, canonical_id(user), actor=by, reason=reason)
    allowed = "the directory id of somebody whom the record knows; of this one nothing is kept"
    return _report(erased, organization, by, field="USER", value=user, allowed=allowed)


def _opened(settings: Settings) -> SwitchStore:
    url = settings.required_database_url_of(DatabaseRole.OWNER)
    return SwitchStore.open(url, settings.key_provider(), pool_size=1)


def _report(
    erased: Erasure, organization: str, by: str, *, field: str, value: str, allowed: str
) -> ErasureReport:
    if not erased.people and not erased.addresses:
        raise InvalidInput(field=field, value=value, allowed=allowed)
    return ErasureReport(
        organization_id=organization, people=erased.people, addresses=erased.addresses, recorded_by=by
    )
