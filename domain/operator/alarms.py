"""Alarms: what somebody of the installation must look into.

See waits#who-gets-an-alarm.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.kernel.recorded import stored
from domain.switch.stage import RECORDED
from domain.switch.switch_state import SwitchEvent, SwitchState
from domain.switch.waiting_events import WaitNoted

#: Promises whose breach alarms (waits#who-gets-an-alarm), as PromiseMissed names them.
STILL_SWITCHING = "still_switching"
CREDIT_CHECK = "credit_check"
CREDIT_INVOICE = "credit_invoice"
#: No promise: a step has failed for good, and nothing was taken back (waits#who-gets-an-alarm).
NO_WAY_ON = "no_way_on"


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmWords:
    """An alarm as people read it."""

    what: str
    what_to_do: str


#: Alarm -> its words; every alarm that there is.
ALARMS: dict[str, AlarmWords] = {
    STILL_SWITCHING: AlarmWords(
        what="it still runs although it should have ended long ago",
        what_to_do="`planswitch switch show SWITCH` tells what it waits for, and what can be done.",
    ),
    CREDIT_CHECK: AlarmWords(
        what="the credit check is overdue",
        what_to_do="Give the answer: `planswitch credit approve|decline|extend|void SWITCH --reason …`. "
        "Without one the order is taken back by itself.",
    ),
    CREDIT_INVOICE: AlarmWords(
        what="the invoice with the credit was not delivered on time",
        what_to_do="Ask billing for it; the switch has ended, and looks for it once a week.",
    ),
    NO_WAY_ON: AlarmWords(
        what="it can't go on by itself",
        what_to_do="Mend what `planswitch switch show SWITCH` names, then "
        "`planswitch switch retry SWITCH --reason …`; it is tried again by itself as well.",
    ),
}


@stored("subscription.alarm-raised")
class AlarmRaised(SwitchEvent):
    """The installation's contact was notified, or nobody could be; once for each alarm and number."""

    AFTER = RECORDED
    IS_BESIDE = True

    #: A name of ALARMS.
    alarm: str
    #: 1 for the first call, and so on.
    number: int
    #: Of the notice; "" where none was sent.
    notice_id: str
    #: Why none was sent: NO_CONTACT, SAME_CAUSE, or the code of the refusal; "" where one was.
    code: str

    def tally(self, state: SwitchState) -> None:
        """Note how often was called."""
        state.alarms[self.alarm] = max(self.number, state.alarms.get(self.alarm, 0))
        wait = state.of(WaitNoted)
        if self.alarm == NO_WAY_ON and self.notice_id and wait is not None:
            state.alarmed_causes.add(cause_of(wait))


def cause_of(wait: WaitNoted) -> tuple[str, str]:
    """Return what a step fails for: as long as it is the same, nobody is called for it a second time."""
    return wait.step, wait.code
