"""The stages that the board shows, and the words by which a list is asked for one of them, or for several."""

from __future__ import annotations

from collections.abc import Mapping

from domain.kernel.errors import InvalidInput
from domain.switch.stage import AWAITING_OPERATOR, BOARD, Stage
from domain.switch.stage_words import WORDS

#: Every stage of the board, in the order in which a switch may come to it.
STAGES: tuple[Stage, ...] = BOARD
#: In these a switch waits for an operator, and for nobody else.
ATTENTION_STAGES: tuple[Stage, ...] = tuple(stage for stage in BOARD if stage in AWAITING_OPERATOR)
#: Words for several stages at once: what has not ended, what has, and what waits for an operator.
RUNNING, ENDED, ATTENTION = "running", "ended", "attention"
GROUPS: tuple[str, ...] = (RUNNING, ENDED, ATTENTION)
#: Every word that a filter takes.
STAGE_WORDS: tuple[str, ...] = (*STAGES, *GROUPS)
#: What a page shows of a stage, where that is not its name with blanks -> the stage.
_AS_SHOWN: Mapping[str, str] = {
    words.phrase.replace(" ", "_"): stage for stage, words in WORDS.items() if words.phrase
}
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
    plain = "_".join(text.casefold().replace("-", " ").replace("_", " ").split()).removesuffix(_LATE)
    word = _AS_SHOWN.get(plain, plain)
    if word in STAGE_WORDS:
        return word
    raise InvalidInput(
        field=field,
        value=text,
        allowed=f"one of {', '.join(STAGES)}; or, for several at once, {', '.join(GROUPS)}",
        remedy="Give one of these words; blanks and capitals do not matter.",
    )
