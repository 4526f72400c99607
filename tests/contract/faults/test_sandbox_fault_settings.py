"""Settings that a fault program brings along (docs/reliability.md, fault programs)."""

from __future__ import annotations

from pathlib import Path

from tests.support.clouds.faults import batch
from tests.support.clouds.sandbox_world import E3, open_world


def test_settings_of_a_program_are_for_everybody_and_outlast_it(tmp_path: Path) -> None:
    """A planted program turns the quota on; one of a single organization may bring no settings."""
    settings = {"is_quota_on": True, "quota_writes": 2}
    with open_world(tmp_path) as world:
        world.make()
        alone = f"/sandbox/organizations/{world.made['organization_id']}/faults"
        refused = world.call("PUT", alone, {"settings": settings})
        before = world.get("/sandbox/settings")
        planted = world.call("PUT", "/sandbox/faults", {"settings": settings})
        world.call("DELETE", "/sandbox/faults")
        world.restart()
        after = world.get("/sandbox/settings")
        world.order()
        answers = batch(world, sorted(world.user_ids())[:3])
        moved = world.user_ids(E3)
    (throttled,) = [each["headers"] for each in answers if each["status"] == 429]

    assert (refused.status_code, planted.status_code) == (422, 200)
    assert "a program of one organization has none" in refused.text
    assert after == before | settings
    assert (len(answers), len(moved)) == (3, 2)
    assert int(throttled["Retry-After"]) > 0
    assert throttled["x-ms-throttle-information"] == "WriteLimitExceeded"
