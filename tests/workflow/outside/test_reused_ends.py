"""Kind: the proof by which the product ends a run is shown by its history, and used again (ADR 19)."""

from __future__ import annotations

from activities.signed_command import SignedCommand
from domain.switch.outside_events import TERMINATE
from services.temporal.command_signer import signed_end
from services.temporal.switch_workflows import end_workflow
from services.temporal.workflow_runs import find_workflow
from tests.support.acts.strangers import acts
from tests.support.worlds.credit import CreditCase
from tests.support.worlds.lost import newest_run, reconcile
from tests.support.worlds.signing import plain_client
from tests.support.worlds.world import OPERATOR, World


async def _proof_in(world: World, workflow_id: str, run_id: str) -> SignedCommand:
    """Return the proof that the history of an ended run shows to anybody."""
    history = await world.client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()
    details = history.events[-1].workflow_execution_terminated_event_attributes.details.payloads
    (proof,) = await world.client.data_converter.decode(details, [SignedCommand])
    assert isinstance(proof, SignedCommand)
    return proof


async def test_the_proof_of_an_end_is_good_for_its_run_alone(world: World, case: CreditCase) -> None:
    """The run that follows is ended with the very same proof, seconds later: that is an outside act."""
    name, keys = case.handle.id, world.toolbox.command_keys
    first = await find_workflow(world.client, name)
    signed = signed_end(keys, case.order.switch_id, run_id=first.run_id, actor=OPERATOR, reason="again")
    await end_workflow(world.client, name, signed, run_id=first.run_id)
    await reconcile(world, case.order)
    after_ours = acts(world, case.order)
    await world.until_stage(newest_run(world, case.order), "credit_check")
    second = await find_workflow(world.client, name)
    proof = await _proof_in(world, name, first.run_id)
    stranger = plain_client(world.client).get_workflow_handle(name)
    await stranger.terminate(proof, reason=proof.reason)
    await reconcile(world, case.order)

    assert after_ours == []
    assert second.run_id not in {first.run_id, ""}
    assert [(each.act, each.acted_run_id) for each in acts(world, case.order)] == [(TERMINATE, second.run_id)]


async def test_an_end_ends_the_run_that_it_was_signed_for(world: World, case: CreditCase) -> None:
    """Where another run has begun meanwhile, that one is left as it is."""
    name, keys = case.handle.id, world.toolbox.command_keys
    found = await find_workflow(world.client, name)
    await case.handle.terminate("lost")
    await reconcile(world, case.order)
    signed = signed_end(keys, case.order.switch_id, run_id=found.run_id, actor=OPERATOR, reason="again")
    await end_workflow(world.client, name, signed, run_id=found.run_id)

    assert (await find_workflow(world.client, name)).is_open
