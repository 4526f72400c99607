"""The input of a recorded assessment, as the rules take it: what was decided can be decided again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.eligibility.eligibility_input import AssessmentInput
from domain.kernel.plain_values import from_plain

#: Stands for a name that the customer gave, of which the record keeps only that there is one.
_NAME = "named"


def recorded_input(inputs: Mapping[str, Any]) -> AssessmentInput:
    """Return what an assessment looked at.

    Args:
        inputs: As `AssessmentInput.as_facts` gave them; names of the customer are not among them, and no
            rule looks at one.

    Raises:
        InvalidInput: The record is older than a fact without which nothing can be assessed, or these are no
            facts of an assessment.
    """
    facts = {
        **inputs,
        "profile": {**inputs.get("profile", {}), "display_name": ""},
        "subscriptions": [_subscription(each) for each in inputs.get("subscriptions", ())],
    }
    if "source" in inputs:
        facts["source"] = _subscription(inputs["source"])
    return from_plain(AssessmentInput, facts)


def _subscription(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**facts, "friendly_name": _NAME} if facts.get("is_named") else facts
