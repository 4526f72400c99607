"""Answers as a client of ours reads them: the models say what the console sent, to the letter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from audit.asof.differences import Differences
from audit.asof.states import SwitchAt
from audit.asof.users import UsersAt
from audit.autopsy.explanation import Explanation
from audit.story.show import SwitchAudit
from cli.text.output import as_facts
from console.app import create_app
from console.models.catalog import Comparison, PlanDetail, PlansAnswer, VersionsAnswer
from console.models.checkouts import CheckoutList
from console.models.cloud import CloudOverview
from console.models.customers import CustomersAnswer
from console.models.switches import (
    CommandsOfSwitch,
    DriftOfSwitch,
    LicenseEdits,
    RefusalsOfSwitch,
    ShownSwitch,
    SwitchList,
    Timeline,
    UnresolvedOfSwitch,
    UsersOfSwitch,
)
from console.models.system import Projections, SupportContact
from console.server import open_dependencies
from projections.running.projector import Projector
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.consoles.store_parts import lone_settings
from tests.support.stories.switch_story import SwitchStory

KEY = "a-key-of-the-tests"
#: Path -> its model; the switch of the story is `{switch}`, its organization `{organization}`.
ANSWERS: dict[str, type[object]] = {
    "/api/switches": SwitchList,
    "/api/switches/{switch}": ShownSwitch,
    "/api/switches/{switch}/timeline": Timeline,
    "/api/switches/{switch}/audit": SwitchAudit,
    "/api/switches/{switch}/state?at_version=9": SwitchAt,
    "/api/switches/{switch}/state/users?at_version=9": UsersAt,
    "/api/switches/{switch}/state/differences?from_moment=version:1&to_moment=version:12": Differences,
    "/api/switches/{switch}/state/differences/users?from_moment=version:1&to_moment=version:12": UsersAt,
    "/api/switches/{switch}/explanation": Explanation,
    "/api/switches/{switch}/users": UsersOfSwitch,
    "/api/switches/{switch}/refusals": RefusalsOfSwitch,
    "/api/switches/{switch}/drift": DriftOfSwitch,
    "/api/switches/{switch}/unresolved": UnresolvedOfSwitch,
    "/api/switches/{switch}/commands": CommandsOfSwitch,
    "/api/organizations/{organization}/licenses": LicenseEdits,
    "/api/checkouts": CheckoutList,
    "/api/customers": CustomersAnswer,
    "/api/projections": Projections,
    "/api/cloud": CloudOverview,
    "/api/support": SupportContact,
    "/api/catalog/versions": VersionsAnswer,
    "/api/catalog/plans": PlansAnswer,
    "/api/catalog/plans/E3": PlanDetail,
    "/api/catalog/compare?a=E1&b=E3": Comparison,
}
#: What an event recorded keeps the spelling of the record.
AS_RECORDED = {"facts", "summary"}


@pytest.fixture(name="client")
def _client(database_url: str, tmp_path: Path) -> Iterator[TestClient]:
    """Yield a client of a console whose cloud and Temporal are down."""
    settings = lone_settings(database_url, tmp_path, api_key=KEY)
    with open_dependencies(settings) as dependencies, TestClient(create_app(dependencies)) as client:
        client.headers["X-API-Key"] = KEY
        yield client


def _texts(facts: object) -> Iterator[str]:
    """Yield every text of an answer but for what an event recorded."""
    if isinstance(facts, dict):
        for name, each in facts.items():
            yield from () if name in AS_RECORDED else _texts(each)
    elif isinstance(facts, list):
        for each in facts:
            yield from _texts(each)
    elif isinstance(facts, str):
        yield facts


def test_each_answer_is_read_back_whole_and_spells_instants_alike(
    client: TestClient, database_url: str, tmp_path: Path
) -> None:
    """`--json` prints what the API sent, field by field; every instant is in UTC with a `Z`."""
    with SwitchStore.open(database_url, FileKeyProvider(tmp_path / "master.key")) as store:
        story = SwitchStory(store=store)
        story.tell()
    Projector(database_url).catch_up()
    instants = 0
    for path, kind in ANSWERS.items():
        whole = path.format(switch=story.switch_id, organization=story.organization_id)
        sent = client.get(whole).json()
        read = TypeAdapter(kind).validate_python(sent, extra="ignore")

        assert as_facts(read) == sent, path
        assert [text for text in _texts(sent) if text.endswith("+00:00")] == [], path
        instants += sum(text[10:11] == "T" and text.endswith("Z") for text in _texts(sent))
    assert instants > 50
