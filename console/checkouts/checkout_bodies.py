"""Bodies of the requests that start, edit and order a checkout."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import uuid4

from pydantic import Field

from console.edge.plain_bodies import Body, Id, OptionalId, OptionalReason, Text
from console.switches.bodies import QUANTITY_MAX
from domain.periods.proration import PER_DAY

#: Fields that one edit changes at most; no section has more.
CHANGES_MAX = 20
#: More changes of one draft than anybody makes; a larger number is no revision.
REVISION_MAX = 1_000_000

Revision = Annotated[int, Field(ge=1, le=REVISION_MAX)]


class CheckoutBody(Body):
    """What to draft an order of; every other section begins with what is usual."""

    organization_id: Id
    #: The seller's id; null is the organization's only active plan.
    source_subscription_id: Id | None = None
    #: Id, part number, name or alias of a plan of the catalog.
    target_plan: Text
    #: Licenses to order; null orders as many as the source has.
    quantity: Annotated[int, Field(ge=1, le=QUANTITY_MAX)] | None = None
    #: card or invoice; null is how the organization pays now.
    payment_method: Text | None = None
    rule_set: Text = "current"
    policy: Text = PER_DAY
    #: The same id is one checkout, however often it is sent.
    request_id: Text = Field(default_factory=lambda: str(uuid4()))
    reason: OptionalReason = ""


class CheckoutEditBody(Body):
    """A change of one section; no changes quote anew what is there."""

    #: Revision that the change was decided on.
    revision: Revision
    #: Field -> new value; the fields of each section stand in docs/rules.md.
    changes: Annotated[dict[str, Any], Field(max_length=CHANGES_MAX)] = Field(default_factory=dict)
    request_id: Text = Field(default_factory=lambda: str(uuid4()))
    reason: OptionalReason = ""


class CheckoutOrderBody(Body):
    """The order of what is shown."""

    #: Revision that was looked at.
    revision: Revision
    #: User of the directory on whose behalf it is ordered; his role is read there. "" takes `caller_role`.
    caller: OptionalId = ""
    caller_role: Text = "global_admin"
    reason: OptionalReason = ""


class CheckoutAbandonBody(Body):
    """Why a draft will not be ordered."""

    reason: OptionalReason = ""
