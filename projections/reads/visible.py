"""What a reader may see of the boards: the rows of all organizations, or of some.

Every query of a board reads one of these in place of the view, so that none can forget it.
"""

from __future__ import annotations

from projections.running.schema import SCHEMA

#: The parameter of every query below: organizations in lower case; NULL for all of them.
VISIBLE = "visible"


def _of_organizations(view: str) -> str:
    return (
        f"(SELECT * FROM {SCHEMA}.{view} WHERE %({VISIBLE})s::text[] IS NULL"  # noqa: S608  # constants
        f" OR lower(organization_id) = ANY(%({VISIBLE})s::text[])) AS {view}"
    )


#: Switches that the reader may see.
SWITCH_BOARD = _of_organizations("switch_board")
#: Drafts of orders that the reader may see.
CHECKOUT_BOARD = _of_organizations("checkout_board")
#: Holds for events of a switch that the reader may see.
IS_OF_VISIBLE_SWITCH = (
    f"(%({VISIBLE})s::text[] IS NULL OR switch_id IN (SELECT switch_id FROM {SWITCH_BOARD}))"  # noqa: S608
)
