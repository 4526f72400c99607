"""Which cloud a process works with: those of its profiles, or the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from domain.ports.cloud import CloudFactory
from ops.base.settings import Settings
from providers.access.cloud_access import CloudAccess, cloud_access
from providers.factory import cloud_factory
from providers.profile_cloud import profile_factory
from providers.transport.http import REQUEST_TIMEOUT_SECONDS
from store.switch_store import SwitchStore
from store.vault.secret_files import open_to_others


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenCloud:
    """The outside of one process."""

    factory: CloudFactory
    #: None: the sandbox, where everybody is let in.
    access: CloudAccess | None


@contextmanager
def open_cloud(
    settings: Settings,
    store: SwitchStore,
    *,
    request_timeout_seconds: float = REQUEST_TIMEOUT_SECONDS,
    repeats_reads: bool = False,
) -> Iterator[OpenCloud]:
    """Open the clouds of the profiles, or else that of the sandbox, until the block ends.

    Args:
        settings: Name the file of profiles, or the sandbox's address.
        store: Has the refresh tokens of people who signed in.
        request_timeout_seconds: Longest silence of a provider within one call.
        repeats_reads: Whether a read that fails is sent again at once: where people wait for the answer.

    Raises:
        InvalidInput: A profile or an address can't be used.
    """
    profiles = settings.cloud_profiles()
    close: Callable[[], None]
    if profiles is None:
        factory, close = cloud_factory(
            settings.cloud_url,
            request_timeout_seconds=request_timeout_seconds,
            repeats_reads=repeats_reads,
        )
        access = None
    else:
        access = cloud_access(profiles, is_open_to_others=open_to_others, sign_ins=store.cloud_sign_ins)
        factory, close = profile_factory(
            profiles,
            access.tokens,
            request_timeout_seconds=request_timeout_seconds,
            repeats_reads=repeats_reads,
        )
    try:
        yield OpenCloud(factory=factory, access=access)
    finally:
        close()
