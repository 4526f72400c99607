"""Which switches a text names: by id, by the old or the new subscription, or by the organization.

A whole id, a subscription or an organization is meant before anything that only begins so. A text that names
several switches is refused with all of them: nobody guesses, least of all for a command that changes one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from domain.event_table.event_declaration import plan_name
from domain.kernel.errors import AmbiguousSwitch
from domain.kernel.ids import canonical_id
from domain.kernel.shown_values import shown_value
from projections.reads.list_filters import OF_SWITCHES, SwitchFilters, condition_of
from projections.reads.shown_rows import SwitchRow
from projections.reads.visible import CHECKOUT_BOARD, SWITCH_BOARD

#: Shortest beginning of an id that names a switch, a checkout, a subscription or an organization.
PREFIX_MIN = 8
#: Switches that a refusal lists.
CANDIDATES_MAX = 20
#: Characters of an id that are enough to name it again.
_SHORT = 8


#: What to do where a command takes a text for no switch.
COMMAND_IDS = (
    "A command takes the id of a switch or its first 8 characters, or the whole id of a subscription or of an"
    " organization. `planswitch switch show SWITCH` finds the id by a name; nothing was changed."
)
#: Why a name may have found nothing.
NAMES_LACK = "not every organization's name is known now, so that a name may find nothing"
#: What a text may be while not all names are known.
ID_ALONE = f"an id or its first {PREFIX_MIN} characters, as {NAMES_LACK}"
GIVE_ID = "Give an id: `planswitch switch list` shows those of switches and organizations."


class SwitchChoice(SwitchFilters, total=False):
    """Which switches a list is about, as somebody typed it; None, and what is missing, filters nothing."""

    #: Id, beginning or name.
    organization_id: str | None
    #: The old or the new one: id or beginning.
    subscription: str | None
    #: Whatever names a switch.
    find: str | None


def _begins(column: str, parameter: str) -> str:
    """Return the condition that a column is a text, or begins with one that is long enough."""
    return f"""
  (lower({column}) = %({parameter})s
   OR (length(%({parameter})s) >= {PREFIX_MIN} AND starts_with(lower({column}), %({parameter})s)))"""


def _of_subscription(parameter: str) -> str:
    return (
        f"({_begins('source_subscription_id', parameter)} OR {_begins('target_subscription_id', parameter)})"
    )


_ANY = f"""
  ({_begins("switch_id::text", "find")} OR {_of_subscription("find")} OR {_begins("organization_id", "find")}
   OR organization_id = ANY(%(named)s::text[]))"""
#: The part of the switches that a reader asks for; every parameter may be NULL.
SCOPE = f"""
  (%(organization_id)s::text IS NULL OR organization_id = %(organization_id)s)
  AND (%(subscription)s::text IS NULL OR {_of_subscription("subscription")})
  AND (%(find)s::text IS NULL OR {_ANY})
  AND {condition_of(OF_SWITCHES)}
"""
#: Whatever is exactly so, by indexes.
EXACT = f"""
SELECT * FROM {SWITCH_BOARD}
WHERE switch_id = %(switch_id)s::uuid OR lower(source_subscription_id) = %(find)s
   OR lower(target_subscription_id) = %(find)s OR lower(organization_id) = %(find)s
ORDER BY (switch_id = %(switch_id)s::uuid) IS TRUE DESC, first_requested_at DESC, switch_id DESC
LIMIT {CANDIDATES_MAX + 1}
"""  # noqa: S608  # constants
#: Whatever begins so, or belongs to an organization of that name.
MATCHES = f"""
SELECT * FROM {SWITCH_BOARD} WHERE {_ANY}
ORDER BY first_requested_at DESC, switch_id DESC LIMIT {CANDIDATES_MAX + 1}
"""  # noqa: S608  # constants
#: Every organization that has a switch or a draft: a name that two of them have is never guessed.
OWNERS = f"""
SELECT organization_id FROM {SWITCH_BOARD}
UNION SELECT organization_id FROM {CHECKOUT_BOARD} ORDER BY organization_id
"""  # noqa: S608  # constants


def scope(
    *, organization_id: str | None, subscription: str | None, find: str | None, named: Sequence[str]
) -> dict[str, str | list[str] | None]:
    """Return the parameters of SCOPE.

    Args:
        organization_id: Whole id of an organization, as it is recorded.
        subscription: Id of the old or the new subscription, or its beginning, in lower case.
        find: Any of the ids in lower case, its beginning, or a name.
        named: Organizations that have this name.
    """
    return {
        "organization_id": organization_id,
        "subscription": subscription,
        "find": find,
        "named": list(named),
    }


def only_switch(rows: Sequence[SwitchRow], text: str, names: Mapping[str, str]) -> SwitchRow | None:
    """Return the one switch of the rows, or None where there is none.

    Args:
        rows: Up to CANDIDATES_MAX + 1 switches that match; the one whose whole id the text is comes first.
        text: What was given.
        names: Organization -> its name, where it is known.

    Raises:
        AmbiguousSwitch: They are several.
    """
    if len(rows) < 2 or rows[0].switch_id == canonical_id(text):  # noqa: PLR2004 - several
        return next(iter(rows), None)
    shown = rows[:CANDIDATES_MAX]
    candidates = [candidate(row, names.get(row.organization_id, "")) for row in shown]
    # A line for each, so that an id stands where it is looked for.
    lines = [*candidates, *(["and more"] if len(rows) > len(shown) else [])]
    raise AmbiguousSwitch(
        "\n- ".join([f"{shown_value(text)} names several switches:", *lines]),
        remedy="Give the id of the one that you mean; nothing was changed.",
        candidates=[row.switch_id for row in shown],
    )


def beginnings(ids: Iterable[str]) -> str:
    """Return what is allowed in place of a text with which the ids of several begin.

    Args:
        ids: They, whole; of more than CANDIDATES_MAX the first are told.
    """
    known = list(ids)
    more = " and more" if len(known) > CANDIDATES_MAX else ""
    return f"more characters: several ids begin so: {', '.join(known[:CANDIDATES_MAX])}{more}"


def candidate(row: SwitchRow, organization_name: str) -> str:
    """Return a switch in one line: the beginning of its id, organization, plans and stage."""
    organization = organization_name or row.organization_id
    plans = f"{plan_name(row.source_plan_id)} -> {plan_name(row.target_plan_id)}"
    return f"{row.switch_id[:_SHORT]} ({organization}, {plans}, {row.stage.replace('_', ' ')})"
