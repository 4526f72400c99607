"""A licensing conflict is cleared in two ways: buy what is missing, or take licenses from users.

See products#a-licensing-conflict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid5

from activities.assessment.circumstances import seen_organization
from activities.operator.manual_licenses import LicenseRequest, edit_license
from domain.kernel.errors import InvalidInput, PlanSwitchError, RuleViolated
from domain.kernel.ids import NAMESPACE
from domain.ports.product_port import ProductAct
from domain.products.product_acts import ActQuestion
from domain.products.product_status import LicenseFigures, license_figures
from services.base.scopes import require_write_access
from services.base.tools import Tools, recorded_cloud

#: Users whom one request takes a license from.
USERS_MAX = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Unassigned:
    """What became of one user."""

    user: str
    is_done: bool
    #: "" where the license was taken.
    code: str = ""
    message: str = ""
    remedy: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnedLicenses:
    """Licenses of one subscription, and of its whole plan."""

    plan_id: str
    quantity: int
    figures: LicenseFigures


def licenses_of(tools: Tools, organization_id: str, subscription_id: str) -> OwnedLicenses:
    """Return the licenses of a subscription and of its plan, as they are now.

    Raises:
        UnknownSubscription: The organization has none of that id.
    """
    with recorded_cloud(tools, organization_id) as cloud:
        own = cloud.seller.subscription(organization_id, subscription_id)
        pools = cloud.directory.subscribed_plans(organization_id)
    return OwnedLicenses(
        plan_id=own.plan_id, quantity=own.quantity, figures=license_figures(pools, own.plan_id)
    )


def purchase_question(
    tools: Tools, organization_id: str, subscription_id: str, request_id: str
) -> ActQuestion:
    """Return the act that buys what is missing; a request that was made before is that of then.

    Raises:
        RuleViolated: Nothing is missing.
    """
    organization = tools.store.organization(organization_id)
    begun = organization.product_acts.get(request_id) if organization else None
    quantity = begun.question["quantity"] if begun else 0
    if begun is None:
        owned = licenses_of(tools, organization_id, subscription_id)
        if not owned.figures.in_conflict:
            raise RuleViolated("No license is missing.", remedy="There is nothing to reconcile.")
        quantity = owned.quantity + owned.figures.in_conflict
    return ActQuestion(
        act=ProductAct.RESIZE,
        request_id=request_id,
        subscription_id=subscription_id,
        quantity=quantity,
    )


def unassign(
    tools: Tools,
    organization_id: str,
    subscription_id: str,
    users: Sequence[str],
    request: UnassignRequest,
) -> tuple[Unassigned, ...]:
    """Take a license of the subscription's plan from users; each is an edit by hand of its own.

    One whom the directory or a rule refuses does not stop the others.

    Raises:
        InvalidInput: Nobody was named, or too many were.
        UnknownSubscription: The organization has none of that id.
        AdministrationIsLocked: A switch moves licenses.
        ReadOnlyAccess: This installation may only read there.
    """
    require_write_access(tools.scopes, organization_id)
    if not 1 <= len(users) <= USERS_MAX:
        raise InvalidInput(field="users", value=len(users) or None, allowed=f"1 to {USERS_MAX} users")
    organization = seen_organization(tools.store, organization_id, now=datetime.now(tz=UTC))
    if organization is not None:
        organization.require_administration_free()
    plan_id = licenses_of(tools, organization_id, subscription_id).plan_id
    return tuple(_unassigned(tools, organization_id, plan_id, user, request) for user in dict.fromkeys(users))


@dataclass(frozen=True, kw_only=True, slots=True)
class UnassignRequest:
    """Who takes licenses, and why."""

    actor: str
    reason: str
    request_id: str
    #: Users may be left without a license that keeps the same data services.
    accept_loss: bool = False


def _unassigned(
    tools: Tools, organization_id: str, plan_id: str, user: str, request: UnassignRequest
) -> Unassigned:
    edit = LicenseRequest(
        organization_id=organization_id,
        user=user,
        plan_id=plan_id,
        is_assigned=False,
        is_loss_accepted=request.accept_loss,
        actor=request.actor,
        reason=request.reason,
        request_id=str(uuid5(NAMESPACE, f"unassign:{request.request_id}:{user.lower()}")),
    )
    try:
        edit_license(tools.store, tools.cloud_factory, tools.catalog, edit)
    except PlanSwitchError as error:
        if error.handling.is_retryable:
            raise
        return Unassigned(
            user=user, is_done=False, code=error.code, message=error.message, remedy=error.remedy
        )
    return Unassigned(user=user, is_done=True)
