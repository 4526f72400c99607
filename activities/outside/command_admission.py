"""Commands that come over Temporal: looked at before they have any effect (ADR 19)."""

from __future__ import annotations

from temporalio import activity

from activities.base.attempt import Steps, application_error, step_of
from activities.base.outside_acts import recorded_wait
from activities.signing.approvals import Approvals
from activities.signing.proof_contract import ADMIT, AdmitInput, AdmitResult
from activities.signing.signatures import check, seal
from domain.kernel.errors import CommandStale, PlanSwitchError
from domain.switch.events import CreditCheckApproved, CreditCheckDeclined, CreditCheckExtended
from domain.switch.switch_state import SwitchState


class CommandActivities(Steps):
    """The step that lets a command in."""

    @activity.defn(name=ADMIT.name, no_thread_cancel_exception=True)
    def admit(self, step_input: AdmitInput) -> AdmitResult:
        """Seal a command that somebody with the key gave in time; one that is recorded is told as repeated.

        The record is asked only where a command comes late, so that one is taken while the store is away.
        """
        try:
            self._check(step_input)
        except PlanSwitchError as error:
            if isinstance(error, CommandStale) and self._is_recorded(step_input):
                return AdmitResult(signed=step_input.signed, is_repeated=True, saved=())
            raise application_error(error) from error
        info = activity.info()
        sealed = seal(
            self._toolbox.command_keys,
            step_input.signed,
            at=info.scheduled_time,
            run_id=info.workflow_run_id or "",
        )
        return AdmitResult(signed=sealed, saved=())

    def _check(self, step_input: AdmitInput) -> None:
        """Refuse what was not signed for now; histories show seals, so none counts here."""
        signed = check(
            self._toolbox.command_keys,
            step_input.signed,
            switch_id=step_input.order.switch_id,
            command=step_input.command,
            seen_at=activity.info().scheduled_time,
        )
        if step_input.run_began_at is not None and signed.signed_at < step_input.run_began_at:
            raise CommandStale(
                f"The command `{signed.command}` was signed before this run of the switch began: "
                "it does not count."
            )
        box = self._toolbox
        # Also where no step records it later: nothing begins before a second person has approved it.
        Approvals(box.approvals, box.store, box.command_keys).require(
            signed, step_input.order, users=0, total=None
        )

    def _is_recorded(self, step_input: AdmitInput) -> bool:
        with step_of(self._toolbox, step_input) as step:
            recorded, wait = step.recorded(), recorded_wait(step)
            known = recorded_requests(recorded[1]) if recorded is not None else set()
            known |= set(wait.changes) if wait is not None else set()
            return step_input.signed.request_id in known


def recorded_requests(state: SwitchState) -> set[str]:
    """Return the request ids of the commands that the record has."""
    decided = state.of(CreditCheckApproved) or state.of(CreditCheckDeclined)
    extended = state.of(CreditCheckExtended)
    known = {*state.commands, *state.amendments}
    known |= {decided.decision_id} if decided else set()
    return known | ({extended.request_id} if extended else set())
