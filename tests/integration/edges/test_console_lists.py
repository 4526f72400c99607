"""Lists over a served console: the command line in a pipe and on a terminal, filters, queries, typed ids."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest

from ops.stack.postgres_server import EmbeddedPostgres
from projections.running.projector import Projector
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.commands.terminal import COLUMNS, Shown, run_on_terminal
from tests.support.consoles.console_world import Ran, run_in_pipes
from tests.support.consoles.served_console import KEY, Answer, ask, served
from tests.support.stories.switch_story import FAILED, SwitchStory

RUNNING, HELD = 24, 2
UNKNOWN = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, kw_only=True)
class Lists:
    """A served console with switches, whose cloud and Temporal are down."""

    port: int
    environment: dict[str, str]
    held: tuple[SwitchStory, ...]

    def run(self, *arguments: str) -> Ran:
        """Run the command line into pipes."""
        return run_in_pipes(arguments, self.environment)

    def show(self, *arguments: str, typed: str | None = None) -> Shown:
        """Run the command line on a terminal."""
        return run_on_terminal(*arguments, environment=self.environment, typed=typed)

    def ask(self, path: str, *, method: str = "GET", key: str = KEY) -> Answer:
        """Ask the console."""
        headers = {"X-API-Key": key, "Content-Type": "application/json"}
        return ask(self.port, method, path, headers=headers, body=b"{}" if method != "GET" else b"")


@pytest.fixture(scope="module", name="lists")
def _lists(postgres_server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lists]:
    """Yield a console with more switches than one page of the command line has."""
    folder = tmp_path_factory.mktemp("lists")
    url = postgres_server.create_database("lists_of_the_tests")
    with served(url, folder) as running:
        with SwitchStore.open(url, FileKeyProvider(folder / "master.key")) as store:
            held = tuple(_held(store, number) for number in range(HELD))
            for number in range(RUNNING):
                SwitchStory(store=store, seconds=1_000 + number).request()
        Projector(url).catch_up()
        environment = {
            **os.environ,
            "PLANSWITCH_API_URL": f"http://127.0.0.1:{running.port}",
            "PLANSWITCH_API_KEY": KEY,
            "PLANSWITCH_DATA_DIR": str(folder),
        }
        environment.pop("COLUMNS", None)
        yield Lists(port=running.port, environment=environment, held=held)


def _held(store: SwitchStore, number: int) -> SwitchStory:
    story = SwitchStory(store=store, seconds=number * 20)
    story.request()
    story.order()
    story.move(failed=FAILED)
    story.hold()
    return story


def test_list_in_a_pipe_is_whole(lists: Lists) -> None:
    """Entry 6: a row is a line with whole ids, plans and reasons; what follows is told, not cut off."""
    listed = lists.run("switch", "list", "--stage", "HELD")

    rows = listed.out.splitlines()
    assert (listed.code, len(rows)) == (0, 1 + HELD), listed
    assert all("Office 365 E1 -> Office 365 E3" in row for row in rows[1:])
    assert all("an operator: repair, then retry" in row for row in rows[1:])
    told = " ".join(rows)
    assert all(story.switch_id in told and story.organization_id in told for story in lists.held)
    assert "…" not in told
    assert f"{HELD} of {HELD} switches that match" in listed.err


def test_list_on_a_terminal_fits_and_cuts_no_id(lists: Lists) -> None:
    """Entry 6: at 80 columns a row goes on below; organization and reason are whole."""
    shown = lists.show("switch", "list", "--stage", "held")

    assert (shown.code, shown.longest_line <= COLUMNS) == (0, True), shown.text
    assert "…" not in shown.text
    for story in lists.held:
        assert story.switch_id[:8] in shown.text
        assert f"organization: {story.organization_id}" in shown.text
    assert "waits for: an operator: repair, then retry" in shown.text


def test_pages_of_the_command_line_follow_each_other(lists: Lists) -> None:
    """Entry 6: each page tells how many there are and the command of the next, which begins behind it."""
    ids: list[str] = []
    arguments = ["switch", "list", "--limit", "10"]
    for _ in range(RUNNING):
        page = lists.run(*arguments)
        ids += [row.split()[0] for row in page.out.splitlines()[1:]]
        assert f"of {RUNNING + HELD} switches; {RUNNING + HELD} running, {HELD} need attention" in page.err
        if "more: planswitch" not in page.err:
            break
        after = " ".join(page.err.split()).partition("--after ")[2].split()[0]
        arguments = ["switch", "list", "--limit", "10", "--after", after]

    assert len(ids) == len(set(ids)) == RUNNING + HELD
    assert set(ids) >= {story.switch_id for story in lists.held}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--stage", "rolled back"], "No switch matches --stage 'rolled back'"),
        (["--organization", UNKNOWN], f"No switch matches --organization {UNKNOWN}"),
        (["--stage", "ended", "--organization", UNKNOWN], f"--stage ended and --organization {UNKNOWN}"),
    ],
)
def test_empty_list_says_which_filter_gave_nothing(lists: Lists, arguments: list[str], words: str) -> None:
    """Entry 6: an empty answer names its filters and how many there are, and never says that none is yet."""
    listed = lists.run("switch", "list", *arguments)

    told = " ".join(listed.err.split())
    assert (listed.code, listed.out) == (0, "")
    assert words in told
    assert f"Without a filter there are {RUNNING + HELD}" in told
    assert "No switch yet" not in told


@pytest.mark.parametrize("stage", ["bogus", "", "held,moving"])
def test_unknown_stage_is_refused_on_every_surface(lists: Lists, stage: str) -> None:
    """Entry 6: command line, API and page refuse an unknown stage with the words there are."""
    listed = lists.run("switch", "list", "--stage", stage)
    answer = lists.ask(f"/api/switches?stage={stage}")

    assert listed.code == 2
    assert all(word in listed.err for word in ("rolled_back", "attention", "waiting_eligible"))
    assert (answer.status, answer.document["code"]) == (422, "INVALID_INPUT")
    assert "rolled_back" in answer.document["detail"]
    if stage:
        page = lists.ask(f"/?stage={stage}")
        assert (page.status, b"rolled_back" in page.body) == (422, True)


def test_help_lists_the_words_of_stages(lists: Lists) -> None:
    """Entry 6: the words that `--stage` takes stand in its help."""
    told = lists.run("switch", "list", "--help").out

    assert all(word in told for word in ("rolled_back", "waiting_eligible", "attention", "price_changed"))


def test_every_address_refuses_unknown_queries(lists: Lists) -> None:
    """Entry 6: no operation of the API ignores a query parameter: 422, with the names that are allowed."""
    document = lists.ask("/api/openapi.json").document
    asked = 0
    for path, methods in document["paths"].items():
        address = path
        while "{" in address:
            before, _, rest = address.partition("{")
            address = before + "aaaaaaaa" + rest.partition("}")[2]
        for method in methods:
            answer = lists.ask(f"{address}?nonsense=1", method=method.upper())
            assert (answer.status, answer.document["code"]) == (422, "INVALID_INPUT"), (method, path)
            assert "'nonsense'" in answer.document["detail"], (method, path)
            asked += 1
    listed = lists.ask("/api/switches?foo=bar").document["detail"]

    assert asked > 40
    assert all(name in listed for name in ("after", "limit", "organization", "stage"))


@pytest.mark.parametrize(
    "path",
    [
        "/api/switches?stage=held&stage=moving",
        "/api/switches?organization=",
        "/api/switches?organization=HELD",
        "/api/checkouts?organization=Fernwick",
        "/?organization=HELD",
        "/?after=zzz",
        "/checkouts?organization=HELD",
        "/api/organizations/x/licenses",
        "/api/switches?after=abc",
        "/api/switches?limit=0",
        "/api/checkouts?state=bogus",
        "/api/checkouts?State=open",
        "/?color=red",
        "/checkouts?color=red",
        "/checkouts?state=bogus",
        f"/switches/{UNKNOWN}?color=red",
    ],
)
def test_queries_that_can_not_be_are_refused(lists: Lists, path: str) -> None:
    """Entry 6: a filter that is twice, empty, out of range or of no such name is refused, on pages too."""
    assert lists.ask(path).status == 422


@pytest.mark.parametrize(
    "spelled", [str, str.upper, lambda text: text[:8], lambda text: f" {text[:13].upper()}"]
)
def test_an_organization_is_taken_in_any_spelling(lists: Lists, spelled: Callable[[str], str]) -> None:
    """Ids: a filter by organization takes capitals and the first 8 characters; it is never empty for them."""
    story = lists.held[0]
    organization = spelled(story.organization_id)
    query = urlencode({"organization": organization})

    listed = lists.run("switch", "list", "--organization", organization)
    answer = lists.ask(f"/api/switches?{query}").document
    page = lists.ask(f"/?{query}")

    assert (listed.code, story.switch_id in listed.out) == (0, True), listed
    assert [row["switch_id"] for row in answer["switches"]] == [story.switch_id]
    assert answer["counts"]["all"] == 1
    assert (page.status, f"organization={story.organization_id}".encode() in page.body) == (200, True)
    assert lists.ask(f"/checkouts?{query}").status == 200


def test_what_is_no_organization_is_refused_with_how_to_find_one(lists: Lists) -> None:
    """A name is no filter: the refusal says where the id stands, on the command line and of the API."""
    for command in (["switch", "list"], ["checkout", "list"]):
        ran = lists.run(*command, "--organization", "Fernwick Energy")
        assert (ran.code, "not its name" in " ".join(ran.err.split())) == (2, True), ran
        assert ran.out == ""
    refused = lists.ask("/api/switches?organization=HELD").document
    assert (refused["field"], "first 8 characters" in refused["detail"]) == ("organization", True)


def test_each_reader_of_a_held_switch_is_told_in_their_words(lists: Lists) -> None:
    """Programs get addresses, a shell its command with the id, a page its buttons, in the whole answer."""
    switch_id = lists.held[0].switch_id
    answer = lists.ask(f"/api/switches/{switch_id}").document
    rows = lists.ask("/api/switches?stage=held").document["switches"]
    shown = " ".join(lists.run("switch", "show", switch_id).out.split())
    page = lists.ask(f"/switches/{UNKNOWN}").body.decode()

    assert f"`POST /api/v1/switches/{switch_id}/retry`" in answer["wait_remedy"]
    assert [row for row in rows if "planswitch" in json.dumps(row)] == []
    assert f"Repair what is told below, then `planswitch switch retry {switch_id[:8]} --reason …`" in shown
    assert 'The <a href="/">list of switches</a> shows' in page
    assert "planswitch switch" not in page


def test_strangers_are_told_of_no_query(lists: Lists) -> None:
    """Who has no key learns nothing of an address but that the key is missing."""
    assert lists.ask("/api/switches?foo=bar", key="wrong").status == 401


@pytest.mark.parametrize("command", ["show", "watch", "commands", "users"])
@pytest.mark.parametrize("typed", ["", "../health", "a/b", "aaaaaaaa?x=1", "..", "aaaaaaaa#x", "%2e%2e"])
def test_what_is_no_id_is_an_error_of_ours(lists: Lists, command: str, typed: str) -> None:
    """Entry 6: whatever is typed for an id ends with a code and what to do, and never with a traceback."""
    ran = lists.run("switch", command, typed)

    assert ran.code in {2, 3}, ran
    assert ran.err.startswith("error ")
    assert "what to do:" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["switch", "pause", "", "--reason", "x"],
        ["switch", "cancel", "a/b", "--reason", "x", "--yes"],
        ["credit", "decline", "../health", "--reason", "x", "--yes"],
        ["checkout", "show", "a/b"],
        ["checkout", "edit", "", "--quantity", "3"],
        ["catalog", "show", ""],
        ["catalog", "show", "../versions"],
        ["audit", "show", ".."],
        ["switch", "amend", "a/b", "--quantity", "3", "--reason", "x"],
        ["switch", "restart", "", "--reason", "x"],
        ["switch", "wait", "look", "a/b"],
        ["switch", "targets", "a/b"],
        ["license", "history", "../x"],
    ],
)
def test_every_command_takes_ids_alone(lists: Lists, arguments: list[str]) -> None:
    """Entry 6: no command leads an id to another address."""
    ran = lists.run(*arguments)

    assert ran.code in {2, 3}, ran
    assert ran.err.startswith("error ")
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "command",
    [
        ["switch", "cancel"],
        ["switch", "rollback"],
        ["credit", "decline"],
        ["credit", "void"],
    ],
)
def test_what_can_not_be_undone_asks(lists: Lists, command: list[str]) -> None:
    """Entry 6: without a terminal `--yes` is needed, on one a no ends it; nothing is sent before."""
    story = lists.held[0]
    arguments = [*command, story.switch_id, "--reason", "typo"]

    piped = lists.run(*arguments)
    declined = lists.show(*arguments, typed="n\n")
    sent = lists.run(*arguments, "--yes")
    row = json.loads(lists.run("switch", "show", story.switch_id, "--json").out)

    assert (piped.code, "--yes" in piped.err) == (2, True), piped
    assert "Nothing was changed" in piped.err
    assert (declined.code, "[y/N]" in declined.text) == (1, True), declined.text
    # Temporal is down, so that what is sent is not taken: the answer proves that it was.
    assert sent.code == 7, sent
    assert row["stage"] == "held"


def test_times_carry_their_date(lists: Lists) -> None:
    """Every instant of `switch show` has a date: nobody guesses the day."""
    shown = lists.run("switch", "show", lists.held[0].switch_id).out

    assert "requested     2026-11-10 09:00:0" in shown or "2026-11-10 09:00:0" in shown
    times = [line for line in shown.splitlines() if " UTC" in line]
    assert times
    assert all("2026-" in line for line in times)
