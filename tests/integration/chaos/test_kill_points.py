"""The kill matrix in short: switches stopped at named points, and a part killed -9 right there."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.matrix import Matrix
from tests.support.chaos.gates import VARIABLE, Gates
from tests.support.chaos.scenarios import SCENARIOS
from tests.support.chaos.stack import running_stack

CARD = SCENARIOS[0]
#: Part -> points at which it must do no harm: an answer that is lost, a commit that is not told.
KILLS = {
    "PostgreSQL": (
        "purchase.order_replacement:save",
        "license_reassignment.move_slice:saved:group",
        "billing_cutover.cut_over_billing:save",
    ),
    "worker": (
        "purchase.order_replacement:called:checkout",
        "license_reassignment.move_slice:called:change_licenses",
        "cancellation.cancel_source:called:cancel_subscription",
        "billing_cutover.cut_over_billing:saved",
    ),
}


def test_a_kill_at_a_named_point_harms_nobody(reachable_folder: Path) -> None:
    """Killed between call and record, every switch completes: one order, one cancellation (rules 4, 7)."""
    gates = Gates(reachable_folder / "points")
    with running_stack(reachable_folder / "stack", **{VARIABLE: str(gates.folder)}) as running:
        matrix = Matrix(running, gates)
        cells = [cell for part, points in KILLS.items() for cell in matrix.run(CARD, part, points)]

    assert [cell for cell in cells if cell.problem or not cell.is_reached] == []
    assert len(cells) == 7
