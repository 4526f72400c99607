"""Notices over our own interface (docs/api/notices.yaml): to the organization, and to the installation."""

from __future__ import annotations

from typing import Any

from providers.transport.http import ProviderHttp, ProviderRequest, segment


class NoticesClient:
    """Messages behind the notices interface."""

    def __init__(self, http: ProviderHttp) -> None:
        self._http = http

    def send(
        self, organization_id: str, *, kind: str, switch_id: str, subject: str, body: str, key: str
    ) -> str:
        """Send a notice and return its id; the same key sends it once."""
        message = {"kind": kind, "switch_id": switch_id, "subject": subject, "body": body}
        return self._sent(organization_id, "notice", message, key)

    def alarm(
        self,
        contact: str,
        *,
        organization_id: str,
        switch_id: str,
        subject: str,
        body: str,
        key: str,
    ) -> str:
        """Call the installation's contact and return the notice's id; the same key calls once.

        It is a resource of its own: a service that knows none refuses, and tells no customer.
        """
        message = {"to": contact, "switch_id": switch_id, "subject": subject, "body": body}
        return self._sent(organization_id, "alarm", message, key)

    def _sent(self, organization_id: str, noun: str, body: dict[str, Any], key: str) -> str:
        request = ProviderRequest(
            operation=f"send_{noun}",
            method="POST",
            path=f"/customers/{segment(organization_id)}/{noun}s",
            body=body,
            key=key,
            headers={"Idempotency-Key": key},
        )
        return self._http.read(organization_id, request, lambda answer: str(answer["notice_id"]))
