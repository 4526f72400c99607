"""One connection to Quill: announces, carries out and reports each call; some answers are lost by plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

from domain.kernel.errors import (
    NotReadyYet,
    PlanSwitchError,
    ProviderRefused,
    ProviderThrottled,
    ProviderUnavailable,
    UnknownGroup,
    UnknownOrganization,
    UnknownSubscription,
)
from domain.ports.cloud import CallAnnouncer, CallObserver, ProviderCall
from tests.support.clouds.quill.state import Customer, QuillRefusal, QuillState

Answer = TypeVar("Answer")
#: What may become of a call, by plan.
LOST_ANSWER, UNAVAILABLE, THROTTLED = "lost_answer", "unavailable", "throttled"
WAIT_SECONDS = 0.2
_OK, _MISSING, _REFUSED, _THROTTLED, _UNAVAILABLE = 200, 404, 422, 429, 503
#: Quill's word -> what it means; any other is a refusal.
_MISSING_ERRORS: dict[str, type[PlanSwitchError]] = {
    "customer_missing": UnknownOrganization,
    "contract_missing": UnknownSubscription,
    "team_missing": UnknownGroup,
}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A change that somebody wants once."""

    operation: str
    key: str
    #: What is wanted; the same key with another content is refused.
    content: object


@dataclass(kw_only=True)
class QuillLine:
    """Calls of one kind, such as those about people."""

    state: QuillState
    provider: str
    observer: CallObserver
    announce: CallAnnouncer

    def call(self, operation: str, customer_id: str, work: Callable[[Customer], Answer]) -> Answer:
        """Look at a customer, or change it by a call for which only the state counts."""
        return self._call(operation, "", customer_id, work)

    def change(self, customer_id: str, wish: Wish, work: Callable[[Customer], Answer]) -> Answer:
        """Change a customer once for each key."""

        def once(customer: Customer) -> Answer:
            name = (wish.operation, wish.key)
            if name not in customer.answers:
                customer.answers[name] = (wish.content, work(customer))
            content, answer = customer.answers[name]
            if content != wish.content:
                raise QuillRefusal("key_used_before")
            result: Answer = answer
            return result

        return self._call(wish.operation, wish.key, customer_id, once)

    def _call(self, operation: str, key: str, customer_id: str, work: Callable[[Customer], Answer]) -> Answer:
        self.announce(operation)
        started_at = self.state.now()
        with self.state.lock:
            fault = self.state.take_fault(operation)
            if fault == THROTTLED:
                self._report(operation, key, started_at, status=_THROTTLED, code="slow_down")
                raise ProviderThrottled("Quill is busy.", retry_after_seconds=WAIT_SECONDS)
            if fault == UNAVAILABLE:
                self._report(operation, key, started_at, status=_UNAVAILABLE, code="closed")
                raise self._unavailable(operation)
            try:
                answer = work(self.state.customer(customer_id))
            except QuillRefusal as refusal:
                status = _MISSING if refusal.is_missing else _REFUSED
                self._report(operation, key, started_at, status=status, code=refusal.reason)
                raise self._error(operation, refusal, status) from refusal
        if fault == LOST_ANSWER:
            self._report(operation, key, started_at, status=0, code="")
            raise self._unavailable(operation)
        self._report(operation, key, started_at, status=_OK, code="")
        return answer

    def _unavailable(self, operation: str) -> ProviderUnavailable:
        return ProviderUnavailable("Quill gave no answer.", provider=self.provider, operation=operation)

    def _error(self, operation: str, refusal: QuillRefusal, status: int) -> PlanSwitchError:
        if refusal.reason == "order_missing":
            return NotReadyYet("Quill does not list the order yet.", retry_after_seconds=WAIT_SECONDS)
        kind = _MISSING_ERRORS.get(refusal.reason, ProviderRefused)
        return kind(
            f"Quill: {refusal.text}",
            provider=self.provider,
            operation=operation,
            provider_code=refusal.reason,
            provider_text=refusal.text,
            status=status,
        )

    def _report(self, operation: str, key: str, started_at: datetime, *, status: int, code: str) -> None:
        took = self.state.now() - started_at
        self.observer(
            ProviderCall(
                provider=self.provider,
                operation=operation,
                key=key,
                request_digest=sha256(f"{operation}:{key}".encode()).hexdigest(),
                status=status,
                code=code,
                text="",
                started_at=started_at,
                duration_ms=int(took.total_seconds() * 1_000),
            )
        )
