"""Every workflow of the product: what a worker runs, and what a replay of old histories runs."""

from __future__ import annotations

from workflows.switch.license_move import LicenseMove
from workflows.switch.plan_switch import PlanSwitch
from workflows.wait.eligibility_wait import EligibilityWait
from workflows.watch.invoice_watch import InvoiceWatch

WORKFLOWS: tuple[type, ...] = (PlanSwitch, LicenseMove, InvoiceWatch, EligibilityWait)
