"""Bodies of the requests that start, edit and order a checkout."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import uuid4

from pydantic import Field

from console.edge.plain_bodies import Body, Id, OptionalId, OptionalReason, Text
from console.switches.bodies import QUANTITY_MAX
from domain.periods.proration import PER_DAY
from domain.requests.checkout import DraftChange, NewDraft, Placing

#: Fields that one edit changes at most; no section has more.
CHANGES_MAX = 20
#: More changes of one draft than anybody makes; a larger number is no revision.
REVISION_MAX = 1_000_000

Revision = Annotated[int, Field(ge=1, le=REVISION_MAX)]


class CheckoutBody(Body, NewDraft):  # type: ignore[misc] # a `Body` is frozen by its config
    """What to draft an order of; every other section begins with what is usual."""

    organization_id: Id
    source_subscription_id: Id | None = None
    target_plan: Text
    quantity: Annotated[int, Field(ge=1, le=QUANTITY_MAX)] | None = None
    rule_set: Text = "current"
    policy: Text = PER_DAY
    request_id: Text = Field(default_factory=lambda: str(uuid4()))
    reason: OptionalReason = ""


class CheckoutEditBody(Body, DraftChange):  # type: ignore[misc] # as above
    """A change of one section; no changes quote anew what is there."""

    revision: Revision
    changes: Annotated[dict[str, Any], Field(max_length=CHANGES_MAX)] = Field(default_factory=dict)
    request_id: Text = Field(default_factory=lambda: str(uuid4()))
    reason: OptionalReason = ""


class CheckoutOrderBody(Body, Placing):  # type: ignore[misc] # as above
    """The order of what is shown."""

    revision: Revision
    caller: OptionalId = ""
    caller_role: Text = "global_admin"
    reason: OptionalReason = ""


class CheckoutAbandonBody(Body):
    """Why a draft will not be ordered."""

    reason: OptionalReason = ""
