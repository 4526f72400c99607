"""Old and new workers beside each other (docs/temporal.md#versions-of-workers)."""

from __future__ import annotations

import asyncio
import json

from activities.contract import LICENSES_QUEUE_SUFFIX
from ops.readiness.part_state import DEPLOYMENT
from services.temporal.worker_watch import WorkerWatch, absent_text
from tests.support.licenses.moving import assert_all_on_target
from tests.support.versions.two_builds import NEW, OLD, is_open, pinned_move, two_builds
from tests.support.worlds.world import CLEAN, World, until

#: A pinned pass whose worker is gone goes on nowhere; so long is looked.
STANDS_SECONDS = 0.5
_WORKERS = ("worker QUEUE", f"worker QUEUE{LICENSES_QUEUE_SUFFIX}")


async def test_a_pass_stays_on_the_old_build_and_its_switch_goes_to_the_new_one(world: World) -> None:
    """ADR 53: `LicenseMove` is pinned, `PlanSwitch` goes on with the current version."""
    async with two_builds(world) as builds:
        await builds.start(OLD)
        await builds.make_current(OLD)
        order, handle, before = await pinned_move(builds, OLD)
        await builds.start(NEW)
        current = await builds.command("set-current", NEW, "--yes")
        waits = await builds.command("drain", OLD)

        builds.world.block()
        result = await builds.world.result(handle)
        drained = await builds.command("drain", OLD, "--wait")

        assert (current.code, waits.code, drained.code) == (0, 10, 0), (current, waits, drained)
        assert "1 passes are pinned" in waits.err
        assert await builds.builds_of(before.workflow_id) == [OLD]
        assert await builds.builds_of(handle.id) == [OLD, NEW]
        assert result.outcome == "completed"
        assert_all_on_target(world, order)
        assert builds.world.failings(order) == CLEAN


async def test_a_pass_of_a_dead_build_is_moved_by_command(world: World) -> None:
    """docs/temporal.md, pinned work of a dead version: it stands still until `deployment move`."""
    async with two_builds(world) as builds:
        await builds.start(OLD)
        await builds.make_current(OLD)
        order, handle, stuck = await pinned_move(builds, OLD)
        await builds.stop(OLD)
        await builds.start(NEW)
        await builds.make_current(NEW)
        builds.world.block()
        await asyncio.sleep(STANDS_SECONDS)
        stood = await is_open(world, stuck.workflow_id)

        refused = await builds.command("move", OLD)
        moved = await builds.command("move", OLD, "--yes", "--json")
        result = await builds.world.result(handle)

        assert stood
        assert (refused.code, "add --yes" in refused.err) == (2, True), refused
        assert json.loads(moved.out) == {"from": OLD, "to": NEW, "moved": [stuck.workflow_id]}
        assert await builds.builds_of(stuck.workflow_id) == [OLD, NEW]
        assert result.outcome == "completed"
        assert_all_on_target(world, order)
        assert builds.world.failings(order) == CLEAN


async def test_workers_of_a_build_that_gets_no_work_count_for_nothing(world: World) -> None:
    """docs/cli.md#signs-of-life: Temporal lists them all the same; a start is not sent to them."""
    async with two_builds(world) as builds:
        queue, watch = builds.world.task_queue, WorkerWatch(world.store)
        await builds.start(NEW)
        before, absent = await builds.readiness(), await watch.absent_queues(world.client, queue)
        await builds.make_current(NEW)
        # Temporal tells its queues of it one after the other.
        await until(builds.is_ready, "the queues never knew which build is current")
        present = await watch.absent_queues(world.client, queue)

        assert before == {DEPLOYMENT: "NO_CURRENT_BUILD", **dict.fromkeys(_WORKERS, "WORKER_OUTDATED")}
        assert absent_text(absent).endswith("are of a build that gets no new work.")
        assert present == ()
