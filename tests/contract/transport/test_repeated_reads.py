"""Reads of a process that people wait for are sent again at once, and writes never are (ADR 60)."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
import pytest

from domain.kernel.errors import PlanSwitchError, ProviderThrottled, ProviderUnavailable
from domain.ports.cloud import ProviderCall
from providers.factory import cloud_factory
from providers.transport.repeats import FAILED_FAST_SECONDS, PAUSES_SECONDS, repeated
from tests.support.clouds.http_handlers import HandlerLine

ORGANIZATION = "61ab6521-cdbc-490d-82a4-0ada1f0db247"


class _Provider:
    """Raises one error after the other, then answers; its clock passes by what each try takes."""

    def __init__(self, *errors: Exception, try_seconds: float = 0.0) -> None:
        self.errors, self.tries, self.pauses = list(errors), 0, list[float]()
        self._clock, self._try_seconds = 0.0, try_seconds

    def send(self) -> str:
        """Answer, or fail."""
        self.tries += 1
        self._clock += self._try_seconds
        if self.errors:
            raise self.errors.pop(0)
        return "answer"

    def read(self) -> str:
        """Read by the rule under test."""
        return repeated(self.send, sleep=self.pauses.append, now=lambda: self._clock)


def _down() -> ProviderUnavailable:
    return ProviderUnavailable("It is down.", remedy="Wait.")


def _throttled(seconds: float) -> ProviderThrottled:
    return ProviderThrottled("Too much.", retry_after_seconds=seconds)


def test_a_failure_that_passes_is_not_noticed() -> None:
    """Three failures of either kind, then the answer; a pause is as long as the provider asks for."""
    provider = _Provider(_down(), _throttled(1.5), _down())

    assert provider.read() == "answer"
    assert provider.pauses == [PAUSES_SECONDS[0], 1.5, PAUSES_SECONDS[2]]


def test_the_fourth_failure_is_the_answer() -> None:
    """Nobody waits without end."""
    provider = _Provider(*(_down() for _try in range(9)))

    with pytest.raises(ProviderUnavailable):
        provider.read()

    assert provider.tries == 4


@pytest.mark.parametrize(
    ("error", "try_seconds"),
    [(_throttled(30.0), 0.0), (_down(), FAILED_FAST_SECONDS + 1), (PlanSwitchError("No."), 0.0)],
    ids=["a long pause", "a slow failure", "a refusal"],
)
def test_what_would_not_pass_soon_is_the_answer(error: Exception, try_seconds: float) -> None:
    """A long pause, silence, and a refusal are answered at once."""
    provider = _Provider(error, try_seconds=try_seconds)

    with pytest.raises(type(error)):
        provider.read()

    assert provider.tries == 1


def _flaky(sent: list[str]) -> Callable[[httpx2.Request], httpx2.Response]:
    """Return a cloud that fails the first time that each address is called."""

    def handler(request: httpx2.Request) -> httpx2.Response:
        sent.append(request.url.path)
        is_first = sent.count(request.url.path) == 1
        return httpx2.Response(503 if is_first else 404, json={})

    return handler


def test_each_try_of_a_read_is_reported_and_no_write_is_repeated() -> None:
    """The second answer of the cloud, 404, reaches the reader; the write meets the first one, 503."""
    sent, calls = list[str](), list[ProviderCall]()
    build, close = cloud_factory("http://cloud.test", line=HandlerLine(_flaky(sent)), repeats_reads=True)
    cloud = build(calls.append)

    with pytest.raises(PlanSwitchError) as read:
        cloud.seller.order(ORGANIZATION, "O1")
    with pytest.raises(ProviderUnavailable):
        cloud.billing.resume(ORGANIZATION, "S1", key="k1")
    close()

    assert not isinstance(read.value, ProviderUnavailable)
    assert [each.status for each in calls] == [503, 404, 503]
    assert len(sent) == len(calls)
