"""What the authority refuses, and how it says so."""

from __future__ import annotations

from uuid import uuid4

from sandbox.cloud.answers import Refusal
from sandbox.cloud.state import Sandbox
from sandbox.identity.refusal_words import WORDS
from sandbox.kernel.clock import iso
from sandbox.kernel.model import Json


class _Facts(dict[str, str]):
    """What fills a text in; what nobody knows is left open."""

    def __missing__(self, name: str) -> str:
        return ""


class AuthorityRefusal(Refusal):
    """A refusal of the authority."""

    def __init__(self, number: str, **facts: str) -> None:
        words = WORDS[number]
        super().__init__(words.status, number, words.text.format_map(_Facts(facts)))


def refusal_body(sandbox: Sandbox, refusal: Refusal) -> Json:
    """Return the body of a refusal, with the ids that the vendor's support asks for."""
    words, at = WORDS[refusal.code], iso(sandbox.now())
    stamp = f"{at[:10]} {at[11:19]}Z"
    trace, correlation = str(uuid4()), str(uuid4())
    ids = f"Trace ID: {trace} Correlation ID: {correlation} Timestamp: {stamp}"
    body: Json = {
        "error": words.error,
        "error_description": f"AADSTS{refusal.code}: {refusal.text} {ids}",
        "error_codes": [int(refusal.code)],
        "timestamp": stamp,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"https://login.microsoftonline.com/error?code={refusal.code}",
    }
    return body | ({"suberror": words.suberror} if words.suberror else {})
