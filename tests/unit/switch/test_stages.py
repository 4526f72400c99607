"""One list of stages: every surface knows each of them, and says the same of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.switch.switch_text import stage_text
from console.pages.pages import MARKS, mark_of
from domain.stored_events import EVENT_MODULES
from domain.switch.stage import BOARD, BOARD_ONLY, RECORDED, RECORDED_AS, UNRECORDED, Stage
from domain.switch.stage_words import UNKNOWN, WORDS, words_of
from domain.switch.switch_state import SwitchEvent
from projections.board.stages import STAGES, stage_word
from tests.support.consoles.shown_switches import shown_switch
from tools.tidy_sources import PACKAGES, ROOT

#: Folders that show or compare stages; the emulator has words of its own.
READERS = tuple(each for each in PACKAGES if each not in {"tests", "tools", "providers", "bench"})
#: As they stand in databases, histories and answers: a stage that is renamed here is another one there.
STORED = (
    "waiting_eligible started requested ordering ordered credit_check credit_overdue credit_cleared "
    "provisioning provisioning_overdue ready moving verifying held paused moved rolling_back ending stuck "
    "cancelling source_cancelled cutting_over cut_over completed cancelled rolled_back declined expired "
    "failed refused never price_changed"
)


def test_a_stage_keeps_the_word_under_which_it_is_stored() -> None:
    """No stage is renamed, and a new one is told here."""
    assert list(Stage) == STORED.split()


def test_every_stage_belongs_to_one_surface_that_knows_it() -> None:
    """A stage is recorded, added by the board, or a finer word of the workflow: nothing beside that."""
    led_to = {
        each.STAGE
        for module in EVENT_MODULES
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, SwitchEvent) and each.STAGE is not None
    }

    assert led_to | {Stage.REQUESTED} == RECORDED
    assert set(BOARD) == RECORDED | BOARD_ONLY == set(STAGES)
    assert set(BOARD) | set(RECORDED_AS) | UNRECORDED == set(Stage)
    assert set(RECORDED_AS.values()) <= RECORDED
    assert not set(RECORDED_AS) & set(BOARD)


def test_no_stage_is_without_words_and_mark() -> None:
    """Kind: a table of stages that lacks some; the pages and the command line draw from one table."""
    assert set(WORDS) == set(BOARD) | UNRECORDED
    assert list(MARKS) == list(BOARD)
    for stage in Stage:
        assert words_of(stage) is WORDS[stage.recorded]


@pytest.mark.parametrize("stage", Stage)
def test_page_and_command_line_mark_a_stage_alike(stage: Stage) -> None:
    """Kind: two tables of marks that drift; the same icon, and the list's filter takes the page's word."""
    meaning, icon, phrase = mark_of(stage)
    line = stage_text(shown_switch(stage=stage.value))

    assert line.split()[0] == icon
    assert meaning == words_of(stage).meaning
    if stage in BOARD:
        assert stage_word(phrase) == stage_word(stage) == stage


def test_a_stage_of_a_newer_program_goes_on_by_itself() -> None:
    """What this program does not know is shown by its name, as one that gets on."""
    assert words_of("to_be_invented") is UNKNOWN
    assert mark_of("to_be_invented") == ("busy", "▶", "to be invented")


def test_no_module_spells_a_stage_by_itself() -> None:
    """Kind: words of one's own for stages; whoever compares or names one takes it from the list."""
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for folder in READERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line in spelled(path)
    ]

    assert found == []


@pytest.mark.parametrize(
    "text",
    ['row["stage"] == "held"', 'state.stage in {"held"}', 'f(stage="held")', '_enter("held", "nobody")'],
)
def test_a_stage_that_is_spelled_is_found(tmp_path: Path, text: str) -> None:
    """A look that finds nothing proves nothing: each way to spell a stage is found."""
    path = tmp_path / "spelled.py"
    path.write_text(f"{text}\n")

    assert list(spelled(path)) == [1]


def spelled(path: Path) -> Iterator[int]:
    """Yield the lines on which a stage is compared, handed over or entered as a string."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for place in places_of(node):
            if any(is_word(leaf) for leaf in ast.walk(place)):
                yield place.lineno


def places_of(node: ast.AST) -> list[ast.expr]:
    """Return the parts of a node in which a stage stands."""
    if isinstance(node, ast.Compare) and is_stage(node.left):
        return node.comparators
    if not isinstance(node, ast.Call):
        return []
    is_shown = ast.unparse(node.func).split(".")[-1] in {"_enter", "show_stage"}
    return [each.value for each in node.keywords if each.arg == "stage"] + node.args[: int(is_shown)]


def is_stage(node: ast.expr) -> bool:
    """Tell whether an expression is somebody's stage."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and node.slice.value == "stage"
    return isinstance(node, ast.Attribute) and node.attr in {"stage", "_stage"}


def is_word(node: ast.AST) -> bool:
    """Tell whether a node is the word of a stage."""
    return isinstance(node, ast.Constant) and node.value in set(Stage)
