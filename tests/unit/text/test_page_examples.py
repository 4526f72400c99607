"""Pages with commands are compared word by word, but for what differs from run to run."""

from __future__ import annotations

import pytest

from tests.support.commands.page_examples import Example, PageRun, examples_of

PAGE = """\
# A page

## Start

```sh
export A=1
planswitch switch start \\
  --to E5
```

```text
switch 11111111-2222-4333-8444-555555555555
quote 2026-11-30  1,234.50 EUR at 10:15:00
…
next: planswitch switch watch 11111111
```

## Look

```json
{"not": "a command"}
```

```sh
planswitch switch show 11111111-2222-4333-8444-555555555555
```
"""
PRINTED = """\
switch aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee
quote 2027-01-02  7.05 EUR
  at 23:59:59
whatever
else
next: planswitch switch watch aaaaaaaa
"""


def test_commands_are_read_with_their_section_and_output() -> None:
    """Several commands of a block come one after the other; the output belongs to the last one."""
    export, start, show = examples_of(PAGE)

    assert (export.section, export.command, export.printed) == ("Start", "export A=1", "")
    assert start.command.split() == ["planswitch", "switch", "start", "--to", "E5"]
    assert start.printed.startswith("switch 1111")
    assert (show.section, show.printed) == ("Look", "")


def test_ids_dates_and_amounts_may_differ_and_ids_stay_the_same() -> None:
    """An id of the page stands for one id of the run, also in later commands and by its beginning."""
    _, start, show = examples_of(PAGE)
    run = PageRun()

    run.compare(start, PRINTED)

    assert run.command(show) == "planswitch switch show aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("a\n…\nb", "a\nb"),
        ("a\n…\nb", "a\nx\ny\nb"),
        ("…\nb", "b"),
        ("…\nb", "x\nb"),
        ("a\n…", "a"),
        ("a\n…", "a\nx"),
    ],
)
def test_lines_that_are_left_out_may_be_none(shown: str, printed: str) -> None:
    """At the beginning, between two lines, and at the end."""
    PageRun().compare(Example(section="", command="", printed=shown), printed)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("EUR", "USD"), ("next", "then"), ("watch aaaaaaaa", "watch bbbbbbbb"), ("quote", ""), ("7.05", "7")],
)
def test_any_other_word_is_a_difference(right: str, wrong: str) -> None:
    """Also an id that stood for another one before."""
    _, start, _ = examples_of(PAGE)

    with pytest.raises(AssertionError, match="on the page"):
        PageRun().compare(start, PRINTED.replace(right, wrong))


def test_an_id_that_is_known_must_come_again() -> None:
    """What a later command prints is about the same switch."""
    run = PageRun()
    begin, whole = (
        Example(section="", command="", printed=each)
        for each in ("11111111", "11111111-2222-4333-8444-555555555555")
    )

    run.compare(begin, "aaaaaaaa")
    run.compare(whole, "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee")
    with pytest.raises(AssertionError):
        run.compare(whole, "aaaaaaaa-bbbb-4ccc-8ddd-000000000000")
    with pytest.raises(AssertionError):
        run.compare(begin, "bbbbbbbb")
