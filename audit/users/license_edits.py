"""Licenses that were given or taken by hand through us: by whom, why, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.catalog.catalog import Catalog, UnknownPlan
from domain.licenses.license_failures import VendorWords
from domain.organizations.organization import Organization
from store.switch_store import SwitchStore

DONE = "done"
REFUSED = "refused"
#: The directory was asked, and its answer is not recorded: it may be done or not.
UNANSWERED = "unanswered"


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldEdit:
    """One edit by hand, as people read it."""

    request_id: str
    at: datetime
    actor: str
    reason: str
    user_key: str
    #: "" where the user was erased.
    directory_id: str
    plan_id: str
    plan: str
    #: assign or remove.
    action: str
    #: Whether it was accepted that the user is left without what the license gave.
    is_loss_accepted: bool
    #: done, refused or unanswered.
    outcome: str
    #: Code of rules#license-failures for why it was refused, and the vendor's word for that; or "".
    error: str
    vendor_code: str


def license_edits(store: SwitchStore, catalog: Catalog, organization_id: str) -> tuple[ToldEdit, ...]:
    """Return every edit by hand in an organization, the newest first, with the catalog's names of plans."""
    organization = store.organization(organization_id)
    if organization is None:
        return ()
    keys = [UUID(begun.user_key) for begun in organization.license_edits.values()]
    people = store.vault.directory_ids(organization_id, list(dict.fromkeys(keys)))
    edits = [
        _edit(organization, catalog, people, store.words, request_id)
        for request_id in organization.license_edits
    ]
    return tuple(reversed(edits))


def _edit(
    organization: Organization,
    catalog: Catalog,
    people: dict[UUID, str],
    words: VendorWords,
    request_id: str,
) -> ToldEdit:
    begun = organization.license_edits[request_id]
    error = organization.license_edit_errors.get(request_id)
    code = words.code_of(error or "")
    return ToldEdit(
        request_id=request_id,
        at=begun.timestamp,
        actor=begun.meta["actor"],
        reason=begun.meta["reason"],
        user_key=begun.user_key,
        directory_id=people.get(UUID(begun.user_key), ""),
        plan_id=begun.plan_id,
        plan=_name(catalog, begun.plan_id),
        action="assign" if begun.is_assigned else "remove",
        is_loss_accepted=begun.is_loss_accepted,
        outcome=UNANSWERED if error is None else REFUSED if error else DONE,
        error=code,
        vendor_code=words.word_of(code),
    )


def _name(catalog: Catalog, plan_id: str) -> str:
    try:
        return catalog.plan(plan_id).name
    except UnknownPlan:
        return plan_id
