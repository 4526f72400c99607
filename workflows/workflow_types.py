"""Every workflow of the product: what a worker runs, and what a replay of old histories runs."""

from __future__ import annotations

from collections.abc import Mapping

from temporalio.common import VersioningBehavior

from workflows.switch.license_move import LicenseMove
from workflows.switch.plan_switch import PlanSwitch
from workflows.wait.eligibility_wait import EligibilityWait
from workflows.watch.invoice_watch import InvoiceWatch

#: Workflow -> with which build it goes on, where workers have versions (ADR 53). It is no part of the
#: definitions: Temporal refuses it from workers without a version.
BEHAVIORS: Mapping[type, VersioningBehavior] = {
    PlanSwitch: VersioningBehavior.AUTO_UPGRADE,
    LicenseMove: VersioningBehavior.PINNED,
    InvoiceWatch: VersioningBehavior.AUTO_UPGRADE,
    EligibilityWait: VersioningBehavior.AUTO_UPGRADE,
}
WORKFLOWS: tuple[type, ...] = tuple(BEHAVIORS)
