"""Refresh tokens at rest: sealed, one row for each profile and audience, used by one at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from store.core.errors import VaultLocked
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from store.vault.sign_ins import SignInStore
from tests.support.consoles.store_parts import open_store

PROFILE, SELLER, CLIENT = "contoso", "seller", "client-1"


@pytest.fixture(name="store")
def _store(database_url: str, tmp_path: Path) -> Iterator[SwitchStore]:
    """Yield a store on a migrated database."""
    with open_store(database_url, tmp_path) as store:
        yield store


def _held(sign_ins: SignInStore, audience: str = SELLER, client: str = CLIENT) -> str | None:
    return sign_ins.renewed(PROFILE, audience, client, lambda token: (token, token))


def test_a_token_comes_back_and_is_nowhere_in_the_database(store: SwitchStore, database_url: str) -> None:
    """Whoever reads the table reads no token; who signed in and when is told without it."""
    sign_ins = store.cloud_sign_ins
    sign_ins.keep_sign_in(PROFILE, SELLER, CLIENT, "refresh-token-1", actor="olga")

    assert _held(sign_ins) == "refresh-token-1"
    with psycopg.connect(database_url) as connection:
        (row,) = connection.execute("SELECT t::text FROM planswitch.cloud_sign_in AS t").fetchall()
        sealed = connection.execute("SELECT sealed || wrapped_key FROM planswitch.cloud_sign_in").fetchone()
    assert sealed is not None
    assert b"refresh-token-1" not in bytes(sealed[0])
    assert "refresh-token-1" not in row[0]
    (kept,) = sign_ins.sign_ins()
    assert (kept.profile, kept.audience, kept.signed_in_by) == (PROFILE, SELLER, "olga")


def test_each_profile_and_audience_has_one_row(store: SwitchStore) -> None:
    """A new sign-in takes the place of the last one; other audiences and applications have none of it."""
    sign_ins = store.cloud_sign_ins
    sign_ins.keep_sign_in(PROFILE, SELLER, CLIENT, "first", actor="olga")
    sign_ins.keep_sign_in(PROFILE, SELLER, CLIENT, "second", actor="ida")

    assert _held(sign_ins) == "second"
    assert _held(sign_ins, audience="directory") is None
    assert _held(sign_ins, client="another") is None
    assert len(sign_ins.sign_ins()) == 1
    assert sign_ins.forget_sign_ins(PROFILE) == 1
    assert _held(sign_ins) is None


def test_the_token_that_follows_is_kept_and_a_failed_use_keeps_the_old_one(store: SwitchStore) -> None:
    """A token service that gives no answer costs no sign-in."""
    sign_ins = store.cloud_sign_ins
    sign_ins.keep_sign_in(PROFILE, SELLER, CLIENT, "first", actor="olga")

    def fail(_token: str) -> tuple[str, str]:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        sign_ins.renewed(PROFILE, SELLER, CLIENT, fail)
    assert sign_ins.renewed(PROFILE, SELLER, CLIENT, lambda token: ("second", f"by {token}")) == "by first"
    assert _held(sign_ins) == "second"


def test_two_processes_use_the_token_one_after_the_other(
    store: SwitchStore, database_url: str, tmp_path: Path
) -> None:
    """The second gets what the first was given: a token that was followed is never redeemed again."""
    with SwitchStore.open(database_url, FileKeyProvider(tmp_path / "master.key")) as other:
        _require_turns(store.cloud_sign_ins, other.cloud_sign_ins)


def _require_turns(sign_ins: SignInStore, others: SignInStore) -> None:
    """Let two redeem at once, each over connections of its own, and require that they take turns."""
    sign_ins.keep_sign_in(PROFILE, SELLER, CLIENT, "0", actor="olga")
    redeemed: list[str] = []
    is_first_held, go_on = threading.Event(), threading.Event()

    def redeem(token: str) -> tuple[str, str]:
        redeemed.append(token)
        is_first_held.set()
        go_on.wait(10)
        return str(int(token) + 1), token

    threads = [
        threading.Thread(target=each.renewed, args=(PROFILE, SELLER, CLIENT, redeem))
        for each in (sign_ins, others)
    ]
    threads[0].start()
    assert is_first_held.wait(10)
    threads[1].start()
    go_on.set()
    for thread in threads:
        thread.join(10)

    assert redeemed == ["0", "1"]
    assert _held(sign_ins) == "2"


def test_another_master_key_opens_nothing(store: SwitchStore, tmp_path: Path) -> None:
    """A stolen table is of no use without the key."""
    store.cloud_sign_ins.keep_sign_in(PROFILE, SELLER, CLIENT, "first", actor="olga")
    stranger = SignInStore(store.application, FileKeyProvider.create(tmp_path / "another.key"))

    with pytest.raises(VaultLocked):
        _held(stranger)


def test_a_row_does_not_open_in_the_place_of_another(store: SwitchStore, database_url: str) -> None:
    """Whoever may write the table can't make the seller's token one of the directory."""
    store.cloud_sign_ins.keep_sign_in(PROFILE, SELLER, CLIENT, "first", actor="olga")
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE planswitch.cloud_sign_in SET audience = 'directory'")

    with pytest.raises(VaultLocked):
        _held(store.cloud_sign_ins, audience="directory")
