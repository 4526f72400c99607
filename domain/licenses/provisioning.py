"""What of a plan must be set up before licenses move, and when the wait for it ends.

See rules#waiting-for-the-new-subscription.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.catalog.plans import name_service
from domain.ports.directory_port import ServiceState, ServiceStatus

#: How long is waited for an order that the seller gives no window for, and once an operator waits on.
DAYS_WITHOUT_WINDOW = 14
#: How long an operator has to answer before the order is voided.
ANSWER_TIME = timedelta(hours=24)
#: The order is voided so long before its window closes, since that takes a call or two.
VOID_MARGIN = timedelta(minutes=30)


def is_set_up(service: ServiceStatus) -> bool:
    """Return whether nothing waits for a service: it is set up, or holds no data and is not activated."""
    return service.state is ServiceState.SET_UP or is_not_activated(service)


def is_not_activated(service: ServiceStatus) -> bool:
    """Return whether a service that holds no data of users is there and not activated.

    See rules#services_not_activated.
    """
    is_pending = service.state is ServiceState.NOT_ACTIVATED
    return is_pending and not name_service(service.name).is_data_service


@dataclass(frozen=True, kw_only=True, slots=True)
class ProvisioningEnd:
    """When a wait for provisioning asks the operator, and when it ends."""

    #: The operator is asked.
    asks_at: datetime
    #: Without an answer the order is voided; None: an operator has answered, and is asked again.
    voids_at: datetime | None


def provisioning_end(
    *,
    ordered_at: datetime,
    voidable_until: datetime | None,
    begun_at: datetime,
    waited_on_at: datetime | None = None,
) -> ProvisioningEnd:
    """Return when the wait for a new subscription ends (rules#waiting-for-the-new-subscription).

    Where nearly nothing is left of the window when the wait begins, such as after a long credit check, the
    order is not voidable for nothing any more; then it ends like one without a window.

    Args:
        ordered_at: When the order was placed.
        voidable_until: Until when the seller takes the order back for nothing; None where it does not say.
        begun_at: When the wait began.
        waited_on_at: When an operator said to wait on, if one did.
    """
    without_window = timedelta(days=DAYS_WITHOUT_WINDOW)
    if waited_on_at is not None:
        return ProvisioningEnd(asks_at=waited_on_at + without_window, voids_at=None)
    end = voidable_until or ordered_at + without_window
    if end - begun_at <= 2 * VOID_MARGIN:
        end = begun_at + without_window
    return ProvisioningEnd(asks_at=end - min(ANSWER_TIME, (end - begun_at) / 2), voids_at=end - VOID_MARGIN)
