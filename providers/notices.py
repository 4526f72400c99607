"""Notices over our own interface (docs/api/notices.yaml): messages to the organization."""

from __future__ import annotations

from providers.answers import understood
from providers.http import ProviderHttp, ProviderRequest, segment


class NoticesClient:
    """Messages to the organization behind the notices interface."""

    def __init__(self, http: ProviderHttp) -> None:
        self._http = http

    def send(
        self, organization_id: str, *, kind: str, switch_id: str, subject: str, body: str, key: str
    ) -> str:
        """Send a notice and return its id; the same key sends it once."""
        request = ProviderRequest(
            operation="send_notice",
            method="POST",
            path=f"/customers/{segment(organization_id)}/notices",
            body={"kind": kind, "switch_id": switch_id, "subject": subject, "body": body},
            key=key,
            headers={"Idempotency-Key": key},
        )
        answer = self._http.send(organization_id, request).body
        with understood(self._http.provider, request.operation):
            return str(answer["notice_id"])
