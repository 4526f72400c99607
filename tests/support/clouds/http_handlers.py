"""A line whose answers a test makes: a function from a request to an answer, both of httpx2."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import httpx2

from providers.transport.line import Answer, NoAnswer

Handler = Callable[[httpx2.Request], httpx2.Response]


class HandlerLine:
    """Answers in place of the network.

    Args:
        handler: Makes the answer, or raises what stands in for no answer.
    """

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    def request(self, method: str, url: str, *, content: bytes, headers: Mapping[str, str]) -> Answer:
        """Return the handler's answer to one request.

        Raises:
            NoAnswer: The handler raised an error of a request without an answer.
        """
        try:
            response = self._handler(httpx2.Request(method, url, content=content, headers=dict(headers)))
            return Answer(status=response.status_code, headers=response.headers, content=response.read())
        except httpx2.RequestError as error:
            raise NoAnswer(type(error).__name__) from error

    def close(self) -> None:
        """Do nothing: there are no connections."""
