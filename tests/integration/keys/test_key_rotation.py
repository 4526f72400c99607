"""Keys of the installation are made, rolled in steps, and each step is recorded (docs/keys.md)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import dict_row

from domain.kernel.errors import InvalidInput
from domain.kernel.ids import organization_stream_id
from ops.base.settings import Settings, load_settings
from ops.keys.kinds import KeyKind, installation_keys, key_file, second_key_file
from ops.keys.rotation import RotationStep, create_key, rotate_key, rotate_seal_keys
from providers.reference.callback_signatures import require_signed, sign
from store.core.errors import StoreUnavailable, VaultLocked
from store.switch_store import SwitchStore
from store.vault.key_changes import newest_key_changes
from store.vault.keys import FileKeyProvider
from store.vault.vault import is_key_proved
from store.webhooks.endpoints import wrapping_context

_REASON = "a test of the keys"
_ORGANIZATION = "6b17dfc1-0fef-587e-bcdc-ff672d0f1971"
_PEOPLE = [f"user-{number}" for number in range(7)]
_UNREACHABLE = "postgresql://nobody:x@127.0.0.1:9/none"


@pytest.fixture(name="settings")
def _settings(database_url: str, tmp_path: Path) -> Settings:
    """Return the settings of an installation without keys."""
    return load_settings(data_dir=tmp_path, database_url=database_url)


def _rotated(settings: Settings, kind: KeyKind, step: RotationStep) -> dict[str, int]:
    return dict(rotate_key(settings, kind, step=step, reason=_REASON).rewrapped)


def test_a_running_process_takes_a_rotated_master_key_and_nothing_is_lost(
    settings: Settings, database_url: str
) -> None:
    """docs/keys.md#master-key: all wrapped keys are wrapped anew; a store that is open goes on by itself."""
    create_key(settings, KeyKind.MASTER)
    own, second = key_file(settings, KeyKind.MASTER), second_key_file(settings, KeyKind.MASTER)
    first_key = own.read_bytes()
    with SwitchStore.open(database_url, settings.key_provider()) as store:
        keys = store.vault.keys_for(_ORGANIZATION, _PEOPLE)
        store.vault.require_right_key()
        store.notice_addresses.key_of("mail@customer.example")
        _rotated(settings, KeyKind.MASTER, RotationStep.PREPARE)
        assert own.read_bytes() == first_key

        rewrapped = _rotated(settings, KeyKind.MASTER, RotationStep.SWITCH)

        assert rewrapped["organization_key"] == 2
        assert rewrapped["key_check"] == 1
        assert second.read_bytes() == first_key
        assert sorted(store.vault.directory_ids(_ORGANIZATION, keys).values()) == sorted(_PEOPLE)
        assert store.vault.keys_for(_ORGANIZATION, _PEOPLE) == keys
        _rotated(settings, KeyKind.MASTER, RotationStep.FINISH)
        assert not second.exists()
        assert store.vault.keys_for("another-organization", ["somebody"])
    assert own.read_bytes() != first_key
    with SwitchStore.open(database_url, settings.key_provider()) as store:
        assert store.vault.keys_for(_ORGANIZATION, _PEOPLE) == keys
    own.write_bytes(first_key)
    with (
        psycopg.connect(database_url, row_factory=dict_row) as connection,
        pytest.raises(VaultLocked),
    ):
        is_key_proved(connection, FileKeyProvider(own))


def test_what_a_late_process_wrapped_by_the_old_key_is_met_at_the_end(
    settings: Settings, database_url: str, tmp_path: Path
) -> None:
    """docs/keys.md#master-key: a process of another machine may still wrap by the earlier key."""
    create_key(settings, KeyKind.MASTER)
    elsewhere = tmp_path / "elsewhere.key"
    elsewhere.write_bytes(key_file(settings, KeyKind.MASTER).read_bytes())
    elsewhere.chmod(0o600)
    _rotated(settings, KeyKind.MASTER, RotationStep.PREPARE)
    _rotated(settings, KeyKind.MASTER, RotationStep.SWITCH)
    with SwitchStore.open(database_url, FileKeyProvider(elsewhere)) as late:
        keys = late.vault.keys_for(_ORGANIZATION, _PEOPLE)

    assert _rotated(settings, KeyKind.MASTER, RotationStep.FINISH)["organization_key"] == 1

    with SwitchStore.open(database_url, settings.key_provider()) as store:
        assert store.vault.keys_for(_ORGANIZATION, _PEOPLE) == keys


def test_secrets_of_webhooks_are_wrapped_anew_in_their_own_context(
    settings: Settings, database_url: str
) -> None:
    """docs/keys.md#master-key: each row stays bound to its own identity."""
    create_key(settings, KeyKind.MASTER)
    endpoint = "0b5cbd6b-7c0e-4b4e-9b2f-0d1c4f7f2d11"
    context = wrapping_context(endpoint, 4)
    wrapped = settings.key_provider().wrap(b"k" * 32, context)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO planswitch.webhook_secret (endpoint_id, act_id, wrapped_key, key_provider, sealed,"
            " previous_until) VALUES (%s, 4, %s, 'file', '', now())",
            [endpoint, wrapped],
        )
        for step in RotationStep:
            _rotated(settings, KeyKind.MASTER, step)
        row = connection.execute("SELECT wrapped_key FROM planswitch.webhook_secret").fetchone()
    assert row is not None
    assert bytes(row[0]) != wrapped
    assert settings.key_provider().unwrap(bytes(row[0]), context) == b"k" * 32


def test_keys_of_an_organization_are_wrapped_anew_and_never_changed(
    settings: Settings, database_url: str
) -> None:
    """Migration 33: a row is wrapped anew as a whole; half a change, and no change, are refused as before."""
    create_key(settings, KeyKind.MASTER)
    with SwitchStore.open(database_url, settings.key_provider()) as store:
        store.vault.keys_for(_ORGANIZATION, _PEOPLE)
    stream = organization_stream_id(_ORGANIZATION)
    with psycopg.connect(database_url, autocommit=True) as connection:
        for change in (
            "key_provider = 'x'",
            "wrapped_data_key = '\\x00'",
            "organization_key = gen_random_uuid()",
        ):
            statement = f"UPDATE planswitch.organization_key SET {change} WHERE organization_key = %s"  # noqa: S608
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode(), [stream])


@pytest.mark.parametrize("kind", [KeyKind.MASTER, KeyKind.COMMAND, KeyKind.CALLBACK])
def test_a_step_out_of_turn_is_refused_and_changes_nothing(settings: Settings, kind: KeyKind) -> None:
    """docs/keys.md#steps: prepare, switch, finish; each other one names the one that is due."""
    for step in RotationStep:
        with pytest.raises(InvalidInput):
            _rotated(settings, kind, step)
    create_key(settings, kind)
    with pytest.raises(InvalidInput, match="is there"):
        create_key(settings, kind)
    before = key_file(settings, kind).read_bytes()
    for wrong in (RotationStep.SWITCH, RotationStep.FINISH):
        with pytest.raises(InvalidInput, match="prepare"):
            _rotated(settings, kind, wrong)
    _rotated(settings, kind, RotationStep.PREPARE)
    with pytest.raises(InvalidInput, match="switch"):
        _rotated(settings, kind, RotationStep.PREPARE)
    assert key_file(settings, kind).read_bytes() == before
    _rotated(settings, kind, RotationStep.SWITCH)
    assert second_key_file(settings, kind).read_bytes() == before
    _rotated(settings, kind, RotationStep.FINISH)
    assert not second_key_file(settings, kind).exists()
    assert key_file(settings, kind).stat().st_mode & 0o777 == 0o600


def test_every_step_is_recorded_without_the_key(settings: Settings, database_url: str) -> None:
    """docs/keys.md#record: who did what to which key and why; the table takes no change."""
    create_key(settings, KeyKind.COMMAND)
    create_key(settings, KeyKind.SEAL)
    for step in RotationStep:
        _rotated(settings, KeyKind.COMMAND, step)
    ring = rotate_seal_keys(settings, overlap=timedelta(days=30), is_compromised=False, reason=_REASON)
    changes = newest_key_changes(database_url)
    command = changes["command"]
    assert (command.act, command.reason) == ("finished", _REASON)
    assert command.actor.startswith("machine:")
    assert changes["seal"].key_id == ring.pairs[-1].verifier_keys[0].key_id.hex()
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "SELECT act, row(k.*)::text FROM planswitch.key_change k ORDER BY id"
        ).fetchall()
        assert [row[0] for row in rows] == ["prepared", "switched", "finished", "rotated"]
        secret = key_file(settings, KeyKind.COMMAND).read_text(encoding="utf-8")
        assert all(secret not in row[1] for row in rows)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            connection.execute("UPDATE planswitch.key_change SET reason = ''")


def test_a_rotation_that_can_not_be_recorded_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    """docs/keys.md#record: without the database no key is rolled."""
    create_key(settings, KeyKind.COMMAND)
    away = load_settings(data_dir=tmp_path, database_url=_UNREACHABLE)
    with pytest.raises(StoreUnavailable):
        _rotated(away, KeyKind.COMMAND, RotationStep.PREPARE)
    assert not second_key_file(settings, KeyKind.COMMAND).exists()


def test_callbacks_of_both_secrets_are_taken_while_one_is_rolled(settings: Settings, tmp_path: Path) -> None:
    """docs/keys.md#callback-secret: the header has a v1 for each secret, as at Stripe, and one must fit."""
    create_key(settings, KeyKind.CALLBACK)
    settings = load_settings(
        data_dir=tmp_path,
        database_url=settings.database_url,
        credit_secret_file=key_file(settings, KeyKind.CALLBACK),
    )
    (old,) = settings.callback_secrets()
    _rotated(settings, KeyKind.CALLBACK, RotationStep.PREPARE)
    first, new = settings.callback_secrets()
    now, body = datetime.now(tz=UTC), b"{}"
    assert first == old
    header = sign((old, new), body, now)
    assert header.count("v1=") == 2
    for ours in ((old,), (new,), (old, new)):
        require_signed(ours, header, body, now)
    require_signed((old, new), sign(new, body, now), body, now)
    _rotated(settings, KeyKind.CALLBACK, RotationStep.SWITCH)
    assert settings.callback_secrets() == (new, old)


def test_the_list_names_each_key_and_what_to_do(settings: Settings) -> None:
    """docs/keys.md#list-them: an id, where it comes from, and the command that makes a missing one."""
    create_key(settings, KeyKind.MASTER)
    rows = {each.kind: each for each in installation_keys(settings)}
    assert rows[KeyKind.MASTER].state == "usable"
    assert len(rows[KeyKind.MASTER].key_id) == 12
    assert rows[KeyKind.COMMAND].state == "missing"
    assert rows[KeyKind.COMMAND].remedy == "planswitch keys create command"
    key_file(settings, KeyKind.MASTER).chmod(0o644)
    (master,) = (each for each in installation_keys(settings) if each.kind is KeyKind.MASTER)
    assert master.state == "VAULT_LOCKED"
