"""Which build of the workers gets new work, and what is pinned to builds without a worker.

docs/temporal.md#versions-of-workers says what versions are. `doctor` and readiness tell of them where
PLANSWITCH_DEPLOYMENT names the deployment.
"""

from __future__ import annotations

from collections.abc import Sequence

from temporalio.client import Client

from ops.readiness.part_state import DEPLOYMENT, PartState, down, ok, warning
from services.temporal.deployments import Deployment, UnknownBuild, VersionStatus, WorkerVersion

#: New work goes to a build of which no worker runs.
CURRENT_BUILD_ABSENT = "CURRENT_BUILD_ABSENT"
#: Workers have versions, and none of them gets work.
NO_CURRENT_BUILD = "NO_CURRENT_BUILD"
#: Passes over licenses are pinned to builds of which no worker runs.
PINNED_BUILD_ABSENT = "PINNED_BUILD_ABSENT"
_START = (
    "Start a worker of {build}, or give new work to a build that runs: `planswitch deployment list`, then "
    "`planswitch deployment set-current BUILD`."
)
_SET_CURRENT = "Run `planswitch deployment list`, then `planswitch deployment set-current BUILD`."
_MOVE = "Start a worker of that build, or run `planswitch deployment move BUILD`: what is pinned goes on."


async def look_at_deployment(client: Client, name: str, task_queue: str) -> PartState | None:
    """Look at the builds of a deployment; None where workers have no versions.

    Args:
        client: Connected to Temporal.
        name: Of the deployment; "" where none is set.
        task_queue: Queue of the workflows.
    """
    if not name:
        return None
    try:
        return deployment_state(name, await Deployment(client, name, task_queue).versions())
    except UnknownBuild as error:
        return down(DEPLOYMENT, error.code, f"Temporal knows no deployment {name}", error.remedy)


def deployment_state(name: str, versions: Sequence[WorkerVersion]) -> PartState:
    """Judge a deployment by its builds.

    Args:
        name: Of the deployment.
        versions: All that Temporal knows.
    """
    current = next((each for each in versions if each.status is VersionStatus.CURRENT), None)
    abandoned = [each for each in versions if each.is_abandoned]
    figures = {
        "pollers": float(current.workers if current else 0),
        "pinned_without_worker": float(sum(each.pinned for each in abandoned)),
    }
    if current is None:
        detail = f"no build of {name} is current: its workers get no work"
        return down(DEPLOYMENT, NO_CURRENT_BUILD, detail, _SET_CURRENT, figures=figures)
    if not current.workers:
        build = current.build_id
        detail = f"new work goes to {build}, and no worker of that build asks for any"
        remedy = _START.format(build=build)
        return down(DEPLOYMENT, CURRENT_BUILD_ABSENT, detail, remedy, figures=figures)
    if abandoned:
        builds = ", ".join(each.build_id for each in abandoned)
        detail = f"passes are pinned to {builds}, and no worker of that build asks for work"
        return warning(DEPLOYMENT, PINNED_BUILD_ABSENT, detail, _MOVE, figures=figures)
    return ok(DEPLOYMENT, f"new work goes to {current.build_id}, and its workers ask for it", figures)
