"""Kill -9 of a whole worker at each point around a send: only what lost its answer comes twice.

See notices#delivery and webhooks#sending. `./run chaos tests/chaos/test_killed_senders.py` runs these alone.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator

import pytest

from ops.stack.postgres_binaries import temporary_data_folder
from services.notices.sender import ANSWER, DERIVE
from services.notices.sender import POINTS as NOTICE_POINTS
from services.webhooks.sender import CLAIMED, FANNED_OUT, RECORDED, SENT
from tests.support.chaos.gates import VARIABLE, Gates
from tests.support.chaos.sending import SendingStack, sending_stack
from tests.support.chaos.stack import CLEAN

WEBHOOK_POINTS = (FANNED_OUT, CLAIMED, SENT, RECORDED)
#: Points of the log, which belong to no organization.
OF_THE_LOG = {DERIVE, FANNED_OUT}
USERS = 25
GATE_SECONDS = 120.0
#: Kinds that a switch by invoice causes, whose check is approved: three mails and their order.
KINDS = {"credit_check_required", "decided", "completion"}


@pytest.fixture(name="sending", scope="module")
def _sending() -> Iterator[tuple[SendingStack, Gates]]:
    """Yield one stack for all points, whose worker knows the gates."""
    folder = temporary_data_folder("planswitch-senders-")
    gates = Gates(folder / "points")
    with sending_stack(folder, **{VARIABLE: str(gates.folder)}) as sending:
        sending.running.settings(credit_verdict="approve")
        yield sending, gates
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("number", "point"), [*enumerate((*NOTICE_POINTS, *WEBHOOK_POINTS))])
def test_a_worker_that_is_killed_around_a_send_sends_once(
    sending: tuple[SendingStack, Gates], number: int, point: str
) -> None:
    """Everything arrives; what arrived before the kill without a recorded answer once more, no other."""
    stack, gates = sending
    running = stack.running
    organization_id = running.organization(seed=40 + number, users=USERS)
    gate = "" if point in OF_THE_LOG else organization_id
    gates.close(gate, point)
    switch_id = running.start_switch(organization_id, payment_method="invoice")
    assert gates.missing([(gate, point)], seconds=GATE_SECONDS) == []
    if point == DERIVE:
        # The round stands before it has looked at the log: the whole switch is recorded meanwhile.
        running.wait_for(switch_id, "completed")

    killed = running.kill("worker")
    arrived, recorded = stack.arrived(organization_id), stack.recorded(organization_id)
    gates.open(gate, point)
    running.wait_for(switch_id, "completed", seconds=240)
    stack.until(lambda: stack.is_settled(organization_id), f"something still waits after {point}")

    lost, final = arrived.but(recorded), stack.arrived(organization_id)
    assert running.process_id("worker") != killed
    assert {each["kind"] for each in stack.notices(organization_id)} == KINDS
    assert final.mails == Counter(stack.recorded(organization_id).mails) + lost.mails
    assert final.webhooks == Counter(stack.recorded(organization_id).webhooks) + lost.webhooks
    assert len(lost.mails) <= 1
    assert point != ANSWER or len(lost.mails) == 1
    assert point != SENT or lost.webhooks
    assert point != RECORDED or recorded.webhooks
    assert Counter(stack.verified) == stack.receiver.counts()
    assert running.referee(organization_id) == CLEAN
