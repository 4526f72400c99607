"""What Temporal's own lists show of a switch; people read the projections."""

from __future__ import annotations

from temporalio import workflow
from temporalio.common import SearchAttributeKey

from activities.contract import SwitchOrder
from domain.switch.stage import Stage

ORGANIZATION = SearchAttributeKey.for_keyword("SwitchOrganization")
STAGE = SearchAttributeKey.for_keyword("SwitchStage")
TARGET_PLAN = SearchAttributeKey.for_keyword("SwitchTargetPlan")
WAITS_FOR = SearchAttributeKey.for_keyword("SwitchWaitsFor")


def show_order(order: SwitchOrder) -> None:
    """Make the switch searchable by organization and target plan."""
    workflow.upsert_search_attributes(
        [
            ORGANIZATION.value_set(order.organization_id),
            TARGET_PLAN.value_set(order.target_plan_id),
            STAGE.value_set(Stage.REQUESTED),
            WAITS_FOR.value_set("nobody"),
        ]
    )


def show_stage(stage: Stage, waits_for: str, details: str) -> None:
    """Show where the switch stands and what it waits for."""
    workflow.upsert_search_attributes([STAGE.value_set(stage), WAITS_FOR.value_set(waits_for)])
    workflow.set_current_details(details)
