"""The stages that the board shows, and the words by which a list is asked for one of them, or for several."""

from __future__ import annotations

from collections.abc import Mapping

from domain import switch_state as stages
from domain.errors import InvalidInput
from domain.wait_events import NEVER, PRICE_CHANGED, WAITING
from projections.controls import PAUSED

#: Every stage of the board, in the order in which a switch may come to it.
STAGES: tuple[str, ...] = (
    WAITING,
    stages.REQUESTED,
    stages.ORDERED,
    stages.CREDIT_CHECK,
    stages.CREDIT_OVERDUE,
    stages.CREDIT_CLEARED,
    stages.PROVISIONING_OVERDUE,
    stages.READY,
    stages.MOVING,
    stages.HELD,
    PAUSED,
    stages.MOVED,
    stages.ROLLING_BACK,
    stages.STUCK,
    stages.CANCELLING,
    stages.SOURCE_CANCELLED,
    stages.CUT_OVER,
    stages.COMPLETED,
    stages.CANCELLED,
    stages.ROLLED_BACK,
    stages.DECLINED,
    stages.EXPIRED,
    stages.FAILED,
    NEVER,
    PRICE_CHANGED,
)
#: In these a switch waits for an operator, and for nobody else.
ATTENTION_STAGES: tuple[str, ...] = (
    stages.HELD,
    PAUSED,
    stages.STUCK,
    stages.CREDIT_OVERDUE,
    stages.PROVISIONING_OVERDUE,
)
#: Words for several stages at once: what has not ended, what has, and what waits for an operator.
RUNNING, ENDED, ATTENTION = "running", "ended", "attention"
GROUPS: tuple[str, ...] = (RUNNING, ENDED, ATTENTION)
#: How a page shows a stage, where that is not its name with blanks.
PAGE_WORDS: Mapping[str, str] = {
    stages.CREDIT_OVERDUE: "credit check overdue",
    stages.PROVISIONING_OVERDUE: "not ready in its time",
    WAITING: "waits to be eligible",
    NEVER: "never eligible",
}
#: Every word that a filter takes.
STAGE_WORDS: tuple[str, ...] = (*STAGES, *GROUPS)
_AS_SHOWN: Mapping[str, str] = {word.replace(" ", "_"): stage for stage, word in PAGE_WORDS.items()}
#: What the command line prints behind the stage of a switch that missed a promise.
_LATE = "_(late)"


def stage_word(text: str, *, field: str = "stage") -> str:
    """Return the stage, or the group of stages, that a person means: as it is stored, or as it is shown.

    Args:
        text: Such as `rolled_back`, `rolled back`, `HELD` or `attention`.
        field: Name of what was given, for the refusal.

    Raises:
        InvalidInput: No stage is called so.
    """
    told = "_".join(text.casefold().replace("-", " ").replace("_", " ").split()).removesuffix(_LATE)
    word = _AS_SHOWN.get(told, told)
    if word in STAGE_WORDS:
        return word
    raise InvalidInput(
        field=field,
        value=text,
        allowed=f"one of {', '.join(STAGES)}; or, for several at once, {', '.join(GROUPS)}",
        remedy="Give one of these words; blanks and capitals do not matter.",
    )
