"""What Temporal's lists show of a workflow from its start on; whoever starts it knows it already.

The workflow sets the others by itself (`workflows/base/visibility.py`). This one is not in its input, and
setting it at the start costs no event of its history.
"""

from __future__ import annotations

from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

SOURCE_PLAN = SearchAttributeKey.for_keyword("SwitchSourcePlan")


def start_attributes(source_plan_id: str) -> TypedSearchAttributes:
    """Return the search attributes with which the workflow of a switch, or of its wait, is started.

    Args:
        source_plan_id: Plan that the organization leaves; "" sets nothing.
    """
    if not source_plan_id:
        return TypedSearchAttributes.empty
    return TypedSearchAttributes([SearchAttributePair(SOURCE_PLAN, source_plan_id)])
