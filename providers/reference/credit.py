"""The credit bureau over our own interface (docs/api/credit.yaml)."""

from __future__ import annotations

from domain.kernel.errors import ProviderRefused
from domain.ports.credit_port import CreditCheckState
from providers.transport.answers import JsonObject, instant
from providers.transport.http import ProviderHttp, ProviderRequest, segment


class CreditBureauClient:
    """The bureau's checks, to be asked when its callback may be lost, and told what an operator decided."""

    def __init__(self, http: ProviderHttp) -> None:
        self._http = http

    def check(self, organization_id: str, check_id: str) -> CreditCheckState:
        """Return a check as it stands."""
        request = ProviderRequest(
            operation="credit_check",
            method="GET",
            path=f"/customers/{segment(organization_id)}/checks/{segment(check_id)}",
            unknown=ProviderRefused,
        )
        return self._http.read(organization_id, request, _state)

    def decide(self, organization_id: str, check_id: str, *, verdict: str, key: str) -> CreditCheckState:
        """Tell the bureau what an operator decided in its place; a decided check is answered as it stands."""
        request = ProviderRequest(
            operation="decide_credit_check",
            method="POST",
            path=f"/customers/{segment(organization_id)}/checks/{segment(check_id)}/decision",
            body={"verdict": verdict},
            key=key,
            headers={"Idempotency-Key": key},
            unknown=ProviderRefused,
        )
        return self._http.read(organization_id, request, _state)


def _state(body: JsonObject) -> CreditCheckState:
    decided = body["decided_at"]
    return CreditCheckState(
        check_id=str(body["check_id"]),
        status=str(body["status"]),
        requested_at=instant(body["requested_at"]),
        decided_at=instant(decided) if decided else None,
    )
