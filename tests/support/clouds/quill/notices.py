"""What Quill's customers and the installation's contact are told."""

from __future__ import annotations

from tests.support.clouds.quill.line import QuillLine, Wish
from tests.support.clouds.quill.state import Customer


class QuillNotices:
    """Messages: for whom, and their subject."""

    def __init__(self, line: QuillLine) -> None:
        self._line = line

    def send(
        self, organization_id: str, *, kind: str, switch_id: str, subject: str, body: str, key: str
    ) -> str:
        """Send a message to the customer."""
        wish = Wish(operation="send_notice", key=key, content=(kind, switch_id, subject, body))
        return self._sent(organization_id, wish, ("", subject))

    def alarm(
        self, contact: str, *, organization_id: str, switch_id: str, subject: str, body: str, key: str
    ) -> str:
        """Send a message to the contact alone."""
        wish = Wish(operation="send_alarm", key=key, content=(contact, switch_id, subject, body))
        return self._sent(organization_id, wish, (contact, subject))

    def _sent(self, organization_id: str, wish: Wish, message: tuple[str, str]) -> str:
        def work(customer: Customer) -> str:
            customer.messages.append(message)
            return self._line.state.new_id("message")

        return self._line.change(organization_id, wish, work)
