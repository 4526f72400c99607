"""A switch is found by any id that belongs to it, on a real PostgreSQL; nothing of several is guessed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from domain.kernel.errors import AmbiguousSwitch, InvalidInput, UnknownSwitch
from domain.kernel.ids import checkout_id_of, checkout_stream_id
from projections.reads.organization_names import NameMatches
from projections.reads.queries import ReadModels
from projections.reads.switch_search import CANDIDATES_MAX, beginnings
from projections.running.projector import Projector
from projections.running.schema import create
from store.migrate import migrate
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.stories.checkout_stories import started
from tests.support.stories.switch_story import SwitchStory

OLD = "SUB-1"
NAME = "Fernwick Energy"


class _Names:
    """Names of organizations that a test gives."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.is_complete = True

    def names_of(self, organization_ids: Iterable[str]) -> Mapping[str, str]:
        """Return the names that there are."""
        return {each: self.texts[each] for each in organization_ids if each in self.texts}

    def ids_named(self, name: str, organization_ids: Sequence[str]) -> NameMatches:
        """Return which of them have the name."""
        ids = (each for each in organization_ids if self.texts.get(each, "").lower() == name.lower())
        return NameMatches(organization_ids=tuple(ids), is_complete=self.is_complete)


@pytest.fixture(name="store")
def _store(database_url: str, tmp_path: Path) -> Iterator[SwitchStore]:
    """Yield a store with tables for events and read models."""
    migrate(database_url)
    create(database_url)
    with SwitchStore.open(database_url, FileKeyProvider.create(tmp_path / "master.key")) as store:
        yield store


@pytest.fixture(name="names")
def _names() -> _Names:
    """Return names, none at first."""
    return _Names()


@pytest.fixture(name="reads")
def _reads(store: SwitchStore, database_url: str, names: _Names) -> Iterator[ReadModels]:
    """Yield the read models."""
    with ReadModels(database_url, names=names) as reads:
        yield reads


def _ended(store: SwitchStore, seconds: int) -> SwitchStory:
    """Return a switch that has completed."""
    story = SwitchStory(store=store, seconds=seconds)
    story.tell()
    return story


def _requested(store: SwitchStore, seconds: int) -> SwitchStory:
    story = SwitchStory(store=store, seconds=seconds)
    story.request()
    return story


def test_each_id_of_a_switch_finds_it(
    store: SwitchStore, reads: ReadModels, names: _Names, database_url: str
) -> None:
    """Status is readable from the old subscription, the new one, the switch, and its organization."""
    story = _ended(store, 1)
    other = _requested(store, 500)
    Projector(database_url).catch_up()
    names.texts = {story.organization_id: NAME, other.organization_id: "Another"}

    target = reads.switch(story.switch_id).target_subscription_id
    owner = story.organization_id

    assert target
    assert reads.switch(other.switch_id).target_subscription_id == ""
    for text in (
        story.switch_id,
        target,
        target.lower(),
        owner,
        owner.upper(),
        owner[:8],
        f" {NAME.upper()}",
    ):
        assert reads.switch(text).switch_id == story.switch_id, text


def test_ids_that_begin_alike_are_told() -> None:
    """Whoever typed too little sees what to choose from; of very many the first (cli#names-of-a-switch)."""
    many = [f"id-{number}" for number in range(CANDIDATES_MAX + 1)]

    assert beginnings(["id-1", "id-2"]) == "more characters: several ids begin so: id-1, id-2"
    assert beginnings(many).endswith(f"id-{CANDIDATES_MAX - 1} and more")


def test_what_names_several_lists_them_and_is_never_guessed(
    store: SwitchStore, reads: ReadModels, names: _Names, database_url: str
) -> None:
    """A text of several switches is refused with id, organization, plans and stage of each, live or ended."""
    stories = [_ended(store, 1), _requested(store, 500)]
    Projector(database_url).catch_up()
    names.texts = {story.organization_id: NAME for story in stories}

    for text in (OLD, OLD.lower(), NAME):
        with pytest.raises(AmbiguousSwitch) as refused:
            reads.switch(text)
        message = refused.value.message
        begin = {line[2:10] for line in message.splitlines()[1:]}
        assert begin == {story.switch_id[:8] for story in stories}
        assert set(refused.value.details["candidates"]) == {story.switch_id for story in stories}
        assert all(story.switch_id[:8] in message for story in stories)
        assert all(word in message for word in (NAME, "Office 365 E1 -> Office 365 E3", "requested"))
        assert (refused.value.handling.http_status, refused.value.handling.exit_code) == (422, 2)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("00000000", UnknownSwitch),
        ("00000000-0000-0000-0000-000000000000", UnknownSwitch),
        ("Nobody in particular", UnknownSwitch),
        ("abc", InvalidInput),
        ("", InvalidInput),
        ("%", InvalidInput),
    ],
)
def test_what_names_none_is_refused_as_ever(
    store: SwitchStore, reads: ReadModels, database_url: str, text: str, error: type[Exception]
) -> None:
    """What names no switch is unknown; what is too short to be the beginning of an id is a wrong input."""
    _requested(store, 1)
    Projector(database_url).catch_up()

    with pytest.raises(error):
        reads.switch(text)


def test_lists_filter_by_whatever_belongs_to_a_switch(
    store: SwitchStore, reads: ReadModels, names: _Names, database_url: str
) -> None:
    """A list takes a subscription, a name or any id, counts what matches, and keeps its paging."""
    stories = [_ended(store, 1), *(_requested(store, 500 + number) for number in range(3))]
    Projector(database_url).catch_up()
    names.texts = {stories[0].organization_id: NAME}
    target = reads.switch(stories[0].switch_id).target_subscription_id

    first = reads.switches(subscription=OLD, limit=3)
    second = reads.switches(subscription=OLD, limit=3, after=first.next_id)

    assert (first.total, len(first.rows), len(second.rows)) == (len(stories), 3, 1)
    for asked in ({"organization_id": NAME}, {"find": NAME}, {"find": target}, {"subscription": target}):
        page = reads.switches(**asked)  # type: ignore[arg-type]
        assert [row.switch_id for row in page.rows] == [stories[0].switch_id], asked
        assert sum(each.switches for each in reads.stage_counts(**asked)) == 1  # type: ignore[arg-type, misc]
    assert reads.switches(find=stories[1].switch_id[:8]).total == 1
    assert reads.switches(find="nothing of this").total == 0
    for empty in ({"find": " "}, {"subscription": ""}):
        with pytest.raises(InvalidInput):
            reads.switches(**empty)  # type: ignore[arg-type]


def test_a_name_of_two_organizations_is_no_filter(
    store: SwitchStore, reads: ReadModels, names: _Names, database_url: str
) -> None:
    """A name that two organizations have is refused with the ids of both."""
    stories = [_requested(store, 1), _requested(store, 500)]
    Projector(database_url).catch_up()
    names.texts = {story.organization_id: NAME for story in stories}

    with pytest.raises(InvalidInput) as refused:
        reads.switches(organization_id=NAME)

    assert all(story.organization_id in refused.value.message for story in stories)


def test_a_command_takes_no_name_and_no_other_beginning(
    store: SwitchStore, reads: ReadModels, names: _Names, database_url: str
) -> None:
    """What changes a switch names it by a whole id, or by the beginning of its own; all else only reads."""
    story = _ended(store, 1)
    Projector(database_url).catch_up()
    names.texts = {story.organization_id: NAME}
    row = reads.switch(story.switch_id)
    target = row.target_subscription_id

    for text in (row.switch_id, row.switch_id.upper(), f" {row.switch_id[:8]} ", target, OLD.lower()):
        assert reads.switch_to_change(text).switch_id == row.switch_id, text
    assert reads.switch_to_change(row.organization_id.upper()).switch_id == row.switch_id
    for text in (NAME, row.organization_id[:8]):
        assert reads.switch(text).switch_id == row.switch_id, text
        with pytest.raises(UnknownSwitch) as refused:
            reads.switch_to_change(text)
        assert "whole id" in refused.value.remedy
    for text in ("", "abc"):
        with pytest.raises(InvalidInput):
            reads.switch_to_change(text)


def test_a_command_refuses_a_whole_id_of_several(
    store: SwitchStore, reads: ReadModels, database_url: str
) -> None:
    """A whole subscription of several switches is refused with all of them, as for reads."""
    stories = [_ended(store, 1), _requested(store, 500)]
    Projector(database_url).catch_up()

    with pytest.raises(AmbiguousSwitch) as refused:
        reads.switch_to_change(OLD)

    assert set(refused.value.details["candidates"]) == {story.switch_id for story in stories}


def test_a_whole_id_that_nobody_has_is_not_the_beginning_of_another(
    store: SwitchStore, reads: ReadModels, database_url: str
) -> None:
    """contoso-1 does not mean contoso-10 for a command: ids of other forms have no beginnings."""
    story = SwitchStory(store=store, seconds=1, organization_id="contoso-10")
    story.request()
    Projector(database_url).catch_up()

    assert reads.switch_to_change("Contoso-10").switch_id == story.switch_id
    with pytest.raises(UnknownSwitch):
        reads.switch_to_change("contoso-1")


def test_names_that_are_not_known_are_said(
    store: SwitchStore, reads: ReadModels, names: _Names, database_url: str
) -> None:
    """A name that finds nothing while not every name is known says so, and asks for an id."""
    story = _requested(store, 1)
    Projector(database_url).catch_up()
    names.is_complete = False

    with pytest.raises(UnknownSwitch) as unknown:
        reads.switch(NAME)
    with pytest.raises(InvalidInput) as refused:
        reads.switches(organization_id=NAME)

    assert "not every organization's name is known now" in unknown.value.message
    assert unknown.value.remedy.startswith("Give an id")
    assert "not every organization's name is known now" in refused.value.message
    assert reads.switch(story.switch_id).switch_id == story.switch_id


def test_an_owner_of_a_draft_shares_a_name(
    store: SwitchStore, reads: ReadModels, names: _Names, database_url: str
) -> None:
    """A name of one organization with a switch and of one with a draft alone is no filter."""
    story = _requested(store, 1)
    checkout_id = checkout_id_of("contoso", "draft-1")
    draft = started(originator_id=checkout_stream_id(checkout_id), organization_id="contoso")
    store.append_checkout(draft)
    Projector(database_url).catch_up()
    names.texts = {story.organization_id: NAME, "contoso": NAME}

    with pytest.raises(InvalidInput) as refused:
        reads.checkouts(organization_id=NAME)
    names.texts[story.organization_id] = "Another"

    assert all(each in refused.value.message for each in (story.organization_id, "contoso"))
    assert [row.organization_id for row in reads.checkouts(organization_id=NAME).rows] == ["contoso"]
