"""Sign-in from the command line over the console to a running authority, and what is shown of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import psycopg
import pytest

from ops.base.settings import Settings, load_settings
from projections.running.schema import create
from store.migrate import migrate
from store.vault.keys import FileKeyProvider
from tests.support.access.authority import Authority, running_authority
from tests.support.access.profile_files import profile_file
from tests.support.clouds.plain_http import WITHOUT_TLS
from tests.support.consoles.console_world import KEY, Ran, run_in_pipes, running_console
from tests.support.worlds.signing import key_file

COLUMNS = 80


@dataclass(kw_only=True)
class _World:
    """A console over the profiles of a file."""

    authority: Authority
    settings: Settings
    http: httpx2.Client
    environment: dict[str, str]

    def run(self, *arguments: str) -> Ran:
        """Run a command."""
        return run_in_pipes(arguments, self.environment)

    def sign_in(self, *arguments: str) -> tuple[int, str, str]:
        """Run a sign-in and be its browser; return exit code, output and what was said before it ended."""
        command = [sys.executable, "-m", "cli.main", "cloud", "sign-in", "one", *arguments]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment
        ) as process:
            assert process.stderr is not None
            said = ""
            try:
                for line in process.stderr:
                    said += line
                    if self._browse(said, is_device="--device-code" in arguments):
                        break
                out, more = process.communicate(timeout=60)
            finally:
                process.kill()
            return process.returncode, out, said + more

    def _browse(self, said: str, *, is_device: bool) -> bool:
        """Do what the command asks for, once it has said it whole."""
        if is_device:
            code = re.search(r"the code ([A-Z0-9]+)\n", said)
            if code is not None:
                self.authority.confirm_device(code[1])
            return code is not None
        address = re.search(r"^(https://\S+)\n", said, re.MULTILINE)
        if address is None:
            return False
        action, fields = self.authority.posted_sign_in(address[1])
        stranger = httpx2.post(action, data={**fields, "state": "another"}, trust_env=False)
        assert stranger.status_code == 400
        assert httpx2.post(action, data=fields, trust_env=False).status_code == 200
        return True


@contextmanager
def _world(authority: Authority, database_url: str, folder: Path, **fields: object) -> Iterator[_World]:
    migrate(database_url)
    create(database_url)
    FileKeyProvider.create(folder / "master.key")
    settings = load_settings(
        data_dir=folder,
        database_url=database_url,
        temporal_address="127.0.0.1:9",
        master_key_file=folder / "master.key",
        api_key=KEY,
        command_key_file=key_file(folder),
        local_actor="olga",
        cloud_file=str(profile_file(authority, folder, **fields)),
    )
    with (
        running_console(settings) as url,
        httpx2.Client(verify=WITHOUT_TLS, base_url=url, headers={"X-API-Key": KEY}, timeout=30) as http,
    ):
        environment = {
            "PATH": "",
            "PLANSWITCH_API_URL": url,
            "PLANSWITCH_API_KEY": KEY,
            "PLANSWITCH_DATA_DIR": str(folder),
            "COLUMNS": str(COLUMNS),
        }
        yield _World(authority=authority, settings=settings, http=http, environment=environment)


@pytest.fixture(name="authority", scope="module")
def _authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """Yield a running authority."""
    with running_authority(Path(tmp_path_factory.mktemp("authority"))) as authority:
        yield authority


def test_a_person_signs_in_by_a_browser_is_shown_and_signs_out(
    authority: Authority, database_url: str, tmp_path: Path
) -> None:
    """The code goes by the command and the console to the token service; no secret leaves the console."""
    authority.register(redirect_uris=["http://localhost"])
    with _world(authority, database_url, tmp_path, grant="application_and_user") as world:
        before = world.run("cloud", "show")
        assert "planswitch cloud sign-in one" in before.out
        assert before.longest_line <= COLUMNS

        code, out, said = world.sign_in()
        assert code == 0, said
        assert "signed in for the seller" in out
        assert "by olga" in out

        shown = json.loads(world.run("cloud", "show", "--json").out)
        (profile,) = shown["profiles"]
        assert (profile["missing"], shown["is_sandbox"]) == ([], False)
        assert [each["audience"] for each in profile["sign_ins"]] == ["seller"]
        assert world.run("cloud", "sign-out", "one", "--json").out.strip() == json.dumps(
            {"profile": "one", "count": 1}, indent=2
        )
        assert json.loads(world.run("cloud", "show", "--json").out)["profiles"][0]["missing"] == ["seller"]


def test_a_public_client_signs_in_by_a_code_for_both_audiences(
    authority: Authority, database_url: str, tmp_path: Path
) -> None:
    """One sign-in gives a refresh token for each audience of people."""
    authority.register(is_public_client=True)
    options = {"certificate_file": None, "is_public_client": True}
    with _world(authority, database_url, tmp_path, **options) as world:
        code, out, said = world.sign_in("--device-code", "--json")

        assert code == 0, said
        assert [each["audience"] for each in json.loads(out)["profile"]["sign_ins"]] == [
            "directory",
            "seller",
        ]
        with psycopg.connect(database_url) as connection:
            rows = connection.execute("SELECT count(*) FROM planswitch.cloud_sign_in").fetchone()
        assert rows == (2,)


def test_a_wrong_sign_in_is_refused_by_its_field(
    authority: Authority, database_url: str, tmp_path: Path
) -> None:
    """Nothing is kept of a flow that was made up, of another address, and of a profile without people."""
    with _world(authority, database_url, tmp_path) as world:
        asked = [
            ("/api/cloud/sign-ins", {"profile": "one", "redirect_uri": "http://localhost:1"}, "profile"),
            ("/api/cloud/sign-ins", {"profile": "two", "redirect_uri": "http://localhost:1"}, "profile"),
            ("/api/cloud/sign-ins", {"profile": "one", "redirect_uri": "https://a.test"}, "redirect_uri"),
            ("/api/cloud/sign-ins/finish", {"flow": "made.up", "state": "s", "code": "c"}, "flow"),
            ("/api/cloud/device-sign-ins", {"profile": "one"}, "profile"),
            ("/api/cloud/device-sign-ins/finish", {"flow": "made.up"}, "flow"),
            ("/api/cloud/sign-outs", {"profile": "two"}, "profile"),
        ]
        for path, body, field in asked:
            answer = world.http.post(path, json=body)
            problem = answer.json()
            assert (answer.status_code, problem["code"]) == (422, "INVALID_INPUT"), (path, problem)
            assert problem["field"] == field, (path, problem)
            assert problem["remedy"], path
        assert world.http.get("/api/cloud").json()["profiles"][0]["sign_ins"] == []


def test_the_readiness_names_the_profiles(authority: Authority, database_url: str, tmp_path: Path) -> None:
    """The vendor is not asked at every look; the part tells which profiles there are."""
    with _world(authority, database_url, tmp_path) as world:
        parts = {each["part"]: each for each in world.http.get("/api/ready").json()["parts"]}

    assert parts["cloud"]["state"] == "ok"
    assert "profiles: one" in parts["cloud"]["detail"]
