"""What people read about each stage: what it waits for, what can be done, and its mark."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.switch.stage import Stage, known_stage


class Meaning(StrEnum):
    """What a stage means to a reader of a list; pages give each meaning a color."""

    GOOD = "good"
    BUSY = "busy"
    WAIT = "wait"
    BAD = "bad"
    PLAIN = "plain"


@dataclass(frozen=True, kw_only=True, slots=True)
class StageWords:
    """One stage as people read it."""

    #: Who or what the switch waits for; "" where it has ended.
    waits_for: str = ""
    #: What an operator can do about that; "" where it has ended.
    remedy: str = ""
    meaning: Meaning = Meaning.BUSY
    #: Stands beside the word: no color tells anything alone.
    icon: str = "▶"
    #: The stage in words; "" where that is its name with blanks.
    phrase: str = ""


_BY_ITSELF = "Nothing: the switch goes on by itself."
_CREDIT = "Wait, or give the answer: `planswitch credit approve|decline|extend|void SWITCH --reason …`."
#: What can be done while the switch is paused, whatever else is asked meanwhile.
RESUME = "`planswitch switch resume SWITCH --reason …`; `planswitch switch rollback` leads back."
#: What a stage is like that this program does not know: one of a newer program.
UNKNOWN = StageWords()


def _busy(waits_for: str, *, remedy: str = _BY_ITSELF, icon: str = "▶") -> StageWords:
    """Return the words of a stage in which the switch gets on."""
    return StageWords(waits_for=waits_for, remedy=remedy, icon=icon)


def _waiting(waits_for: str, remedy: str, *, icon: str = "‖", phrase: str = "") -> StageWords:
    """Return the words of a stage in which the switch waits for people."""
    return StageWords(waits_for=waits_for, remedy=remedy, meaning=Meaning.WAIT, icon=icon, phrase=phrase)


def _ended(meaning: Meaning, icon: str, *, phrase: str = "") -> StageWords:
    """Return the words of a stage in which nothing more happens."""
    return StageWords(meaning=meaning, icon=icon, phrase=phrase)


#: Stage -> its words; a finer word of the workflow has those of its recorded stage.
WORDS: dict[Stage, StageWords] = {
    Stage.WAITING_ELIGIBLE: _waiting(
        "its reasons to clear",
        "It looks again by itself, after four hours at the latest unless a reason names an instant; "
        "`planswitch switch wait look SWITCH` looks at once.",
        icon="⧖",
        phrase="waits to be eligible",
    ),
    Stage.REQUESTED: _busy("the seller to take the order"),
    Stage.ORDERED: _busy("the seller to say whether a credit check is needed"),
    Stage.CREDIT_CHECK: _waiting("the credit check", _CREDIT, icon="⧖"),
    Stage.CREDIT_OVERDUE: _waiting(
        "an operator: the credit check is overdue",
        f"{_CREDIT} Without an answer the order is taken back by itself.",
        phrase="credit check overdue",
    ),
    Stage.CREDIT_CLEARED: _busy(
        "the seller to set up the new subscription",
        remedy="Nothing: the switch asks again by itself; `planswitch switch cancel` takes it back.",
    ),
    Stage.PROVISIONING_OVERDUE: _waiting(
        "an operator: the new subscription is not ready in its time",
        "Ask the seller, or set the services up. `planswitch switch retry SWITCH --reason …` keeps "
        "waiting; `planswitch switch cancel` voids the order. Without an answer it is voided by itself.",
        phrase="not ready in its time",
    ),
    Stage.READY: _busy("the roster to be frozen"),
    Stage.MOVING: _busy("the directory to move licenses"),
    Stage.HELD: _waiting(
        "an operator: repair, then retry",
        "Repair what `planswitch switch show` names, then `planswitch switch retry SWITCH --reason …`.",
        icon="■",
    ),
    Stage.PAUSED: _waiting("an operator to resume it", RESUME),
    Stage.MOVED: _busy("the seller to cancel the old subscription"),
    Stage.ROLLING_BACK: _busy("the directory to return licenses", icon="↩"),
    Stage.STUCK: _waiting("an operator: it can't be taken back yet; it is tried again", _BY_ITSELF),
    Stage.CANCELLING: _busy("the seller to answer the cancellation of the old subscription"),
    Stage.SOURCE_CANCELLED: _busy("billing to cut over"),
    Stage.CUT_OVER: _busy("the completion notice"),
    Stage.COMPLETED: _ended(Meaning.GOOD, "✔"),
    Stage.CANCELLED: _ended(Meaning.PLAIN, "⊘"),
    Stage.ROLLED_BACK: _ended(Meaning.PLAIN, "↩"),
    Stage.DECLINED: _ended(Meaning.PLAIN, "⊘"),
    Stage.EXPIRED: _ended(Meaning.PLAIN, "⊘"),
    Stage.FAILED: _ended(Meaning.BAD, "✖"),
    Stage.REFUSED: _ended(Meaning.PLAIN, "⊘"),
    Stage.NEVER: _ended(Meaning.BAD, "✖", phrase="never eligible"),
    Stage.PRICE_CHANGED: _ended(Meaning.PLAIN, "⊘"),
}


def words_of(stage: str) -> StageWords:
    """Return what people read of a stage; one of a newer program goes on by itself."""
    known = known_stage(stage)
    return WORDS[known.recorded] if known else UNKNOWN


#: Stage -> what a switch of licenses only waits for in it, where every other switch asks seller or billing.
OWNED = {
    Stage.REQUESTED: "the directory to show the new plan ready",
    Stage.MOVED: "the last look at the old plan",
}


def waits_for(stage: str, *, licenses_only: bool = False) -> str:
    """Return what a switch in this stage waits for; "" when it has ended.

    Args:
        stage: As it is stored or shown.
        licenses_only: Both plans are owned.
    """
    known = known_stage(stage) if licenses_only else None
    own = OWNED.get(known.recorded) if known else None
    return own or words_of(stage).waits_for


def remedy_of(stage: str) -> str:
    """Return what can be done about what a stage waits for; "" for one that has ended."""
    return words_of(stage).remedy


def phrase_of(stage: str) -> str:
    """Return a stage in words."""
    return words_of(stage).phrase or stage.replace("_", " ")
