"""Kind: a result that names no stage; the workflow's task must not fail for it, or the switch never ends."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import Any

import pytest

from tests.support.worlds.replaying import HISTORIES, history_of, read, replayer

PATHS = {path.stem: path for path in HISTORIES}
UNKNOWN = "to_be_invented"


def without_stages(document: dict[str, Any]) -> int:
    """Let every end and wait of a history name a stage that nobody knows; return how many there are."""
    changed = 0
    for event in document["events"]:
        done = event.get("activityTaskCompletedEventAttributes")
        if done is None or "result" not in done:
            continue
        (payload,) = done["result"]["payloads"]
        facts = json.loads(b64decode(payload["data"]))
        for place, name in ((facts, "outcome"), (facts.get("wait") or {}, "stage")):
            if name in place:
                place[name] = UNKNOWN
                changed += 1
        payload["data"] = b64encode(json.dumps(facts).encode()).decode()
    return changed


@pytest.mark.parametrize(("name", "stages"), [("provisioning-expired", 2), ("rolled-back", 1)])
async def test_a_result_that_names_no_stage_fails_no_task(name: str, stages: int) -> None:
    """The workflow shows what it had asked for, and issues the same commands."""
    document = read(PATHS[name])

    assert without_stages(document) == stages

    replayed = await replayer().replay_workflow(history_of(document))

    assert replayed.replay_failure is None
