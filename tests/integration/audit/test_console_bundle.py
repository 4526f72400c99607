"""`audit export` of a switch that ran: sealed by the sealer, checked, with nobody's data in it (ADR 36)."""

from __future__ import annotations

import asyncio
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from audit.bundle.verification import verify_bundle
from audit.seals.folder import SealFolder
from audit.seals.keys import KeyFile
from tests.integration.audit.test_bundle import second
from tests.integration.operators.test_console_support import REASON, personal_words
from tests.support.bundles import members_of
from tests.support.consoles.console_world import COLUMNS, ConsoleWorld, start_body
from tests.support.sealing import sealer_of

#: No other test starts a switch of the same organization by it: all of them share one Temporal server.
REQUEST = "request-of-the-bundle"


def seal(console: ConsoleWorld) -> None:
    """Seal what is new, as the sealer's process does."""
    keys, now = KeyFile(console.settings.seal_key_path()), datetime.now(tz=UTC)
    keys.make(now)
    owner_url = console.settings.database_owner_url.get_secret_value()
    with sealer_of(owner_url, SealFolder(console.settings.seals_path()), keys) as sealer:
        assert sealer.seal_once(now) is not None


async def test_a_switch_that_ran_leaves_with_its_proof(console: ConsoleWorld, tmp_path: Path) -> None:
    """Command and API give the same bundle; both verifiers believe it; it names operators and no user."""
    organization = await console.organization(users=25)
    words = personal_words(console, organization["organization_id"]) - {"olga", REASON, REQUEST}
    body = start_body(organization, reason=REASON, request_id=REQUEST)
    started = await console.post("/api/switches", body)
    switch_id = started.json()["switch_id"]
    await console.ended(switch_id)
    path = tmp_path / "switch.zip"

    early = await console.run("audit", "export", switch_id, "-o", str(path))
    await asyncio.to_thread(seal, console)
    ran = await console.run("audit", "export", switch_id[:8], "-o", str(path))
    again = await console.run("audit", "export", switch_id, "-o", str(path))
    told = await console.run("audit", "export", switch_id, "-o", str(tmp_path / "b.zip"), "--json")
    answer = await console.get(f"/api/switches/{switch_id}/bundle")
    report, other = verify_bundle(path), second(path)
    # Neither a stack nor a database is where the auditor is.
    elsewhere = {"PLANSWITCH_DATA_DIR": str(tmp_path / "nowhere"), "DATABASE_URL": ""}
    checked = await console.run("audit", "verify", str(path), PLANSWITCH_API_URL="", **elsewhere)
    witnessed = await console.run("audit", "verify", str(path), "--require-witness", **elsewhere)

    assert (early.code, "NOT_SEALED_YET" in early.err) == (5, True)
    assert ran.code == 0, ran.out + ran.err
    assert again.code == 2
    assert ran.out.startswith("HOLDS, UNANCHORED\nCompleted: ")
    assert max(len(line) for line in ran.out.splitlines()) <= COLUMNS
    assert path.stat().st_mode & 0o077 == 0
    assert (checked.code, checked.out, witnessed.code) == (0, ran.out, 20)
    assert answer.headers["content-type"] == "application/zip"
    assert answer.content == path.read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert json.loads(told.out)["figures"]["users.moved"] == "25"
    assert report.users == 25
    assert len(report.amounts) >= 9
    assert (other.returncode, other.stdout.splitlines()[-1]) == (0, "HOLDS"), other.stdout
    members = members_of(path)
    content = b"\n".join(members.values()).decode(errors="replace")
    assert sorted(word for word in words if word in content) == []
    assert "olga" in content
    histories = json.loads(members["temporal/histories.json"])["histories"]
    assert {each["source"] for each in histories} == {"Temporal"}
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
