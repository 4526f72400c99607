"""What the document of the API says of its subjects and of the parts of its addresses, in plain English."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from domain.kernel.ids import switch_id_of

#: What the whole API is, for readers of the document.
ABOUT = (
    "Move an organization from one subscription plan to another. An address begins with `/api/v1`; within "
    "version 1 fields and operations are added, and never renamed or removed. A refusal is a problem "
    "document (RFC 9457) with a stable code and a remedy."
)
VERSION = "1"
#: Of the examples: an organization, the request id of its switch, and the switch.
ORGANIZATION, REQUEST_ID = "5fb2c9d0-3c52-4a0c-8e0f-7a4c1f6e2b10", "growth-2027"
SWITCH = switch_id_of(ORGANIZATION, REQUEST_ID)
#: Subject -> what its operations do.
TAGS = {
    "switches": "Quote, start, list and look at switches.",
    "controls": "An operator's commands to a running switch.",
    "recovery": "Workflows that are lost or stuck.",
    "users": "Users of a switch: what became of each, and files that name them.",
    "checkouts": "Drafts of orders.",
    "schedules": "Switches that start later.",
    "credit": "Credit checks: the bureau's answer, and an operator's.",
    "products": "What an organization owns, and acts on it.",
    "catalog": "Plans, their versions, and what a subscription can be switched to.",
    "customers": "The organizations of a profile, with a report of each.",
    "audit": "Why something happened, what other rules would have decided, and the proof.",
    "seals": "The newest seal of the record.",
    "support": "Whom to ask, and the facts that support needs.",
    "cloud": "Whether this installation is let in at its clouds, and sign-ins.",
    "people": "Who may act here, in which role; keys and sessions.",
    "approvals": "Requests that wait for a second person.",
    "access log": "Who signed in, was refused, changed something, or read data of persons.",
    "webhooks": "Where recorded events are sent, and what became of each.",
    "notices": "Mail about switches: what was sent, and who gets it.",
    "changes": "Everything that happens, as it is shown.",
    "exports": "Lists as files.",
    "reports": "The views that dashboards read, and their rows as files.",
    "system": "Signs of life, readiness and lag.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ParameterWords:
    """What a part of an address is."""

    text: str
    example: str | int | None = None


#: Name of a parameter -> what it is, where the route does not say it itself.
PARAMETERS = {
    "account": ParameterWords(text="Name of a person or a service account.", example="local-operator"),
    "after": ParameterWords(text="Where the next page begins: `next` of the page before."),
    "approval": ParameterWords(text="Id of a request for an approval, or its first 8 characters."),
    "assessment": ParameterWords(text="Number of a recorded assessment.", example="17"),
    "before": ParameterWords(text="Only rows with a smaller number: `next` of the page before."),
    "checkout_id": ParameterWords(text="Id of a checkout.", example=SWITCH),
    "delivery_id": ParameterWords(text="Number of a delivery.", example=1),
    "form": ParameterWords(text="Form of the file: csv or jsonl.", example="csv"),
    "format": ParameterWords(text="Form of the file."),
    "key_id": ParameterWords(text="Id of a key: what stands after `psk_`."),
    "last-event-id": ParameterWords(text="Position of the last event that was received."),
    "limit": ParameterWords(text="Rows of one page."),
    "name": ParameterWords(text="Name of a person or a service account.", example="local-operator"),
    "notice_id": ParameterWords(text="Id of a notice."),
    "organization_id": ParameterWords(text="The directory's id of an organization.", example=ORGANIZATION),
    "q": ParameterWords(text="Part of a plan's name, or one of its other names.", example="E3"),
    "quantity": ParameterWords(text="Number of licenses.", example=25),
    "section": ParameterWords(
        text="Part of a checkout: items, term, payment, sold_to, billed_to, domains or acknowledgments."
    ),
    "session_id": ParameterWords(text="Id of a session of a browser."),
    "since": ParameterWords(text="Position of the last event that was received; 0 begins with the first."),
    "state": ParameterWords(text="State of checkouts: open, ordered or abandoned.", example="open"),
    "step": ParameterWords(text="A step of a switch by hand.", example="verify"),
    "subscription_id": ParameterWords(text="The seller's id of a subscription."),
    "switch": ParameterWords(
        text="Id of a switch, or its first 8 characters; where something only reads, also the id of its old "
        "or new subscription or of its organization, or the organization's name.",
        example=SWITCH,
    ),
    "text": ParameterWords(text="Id, part number, name or alias of a plan.", example="E3"),
    "webhook": ParameterWords(text="Id of a webhook, or its first characters."),
    "a": ParameterWords(text="One plan: id, part number, name or alias.", example="E1"),
    "b": ParameterWords(text="The other plan.", example="E3"),
    "total": ParameterWords(text="Count the rows of all pages too."),
    "until": ParameterWords(text="Number of the assessment at which the page ends; 0 is the newest."),
    "user": ParameterWords(text="Key or directory id of a user, or its first 8 characters."),
    "view": ParameterWords(text="Name of a view that dashboards read.", example="switches"),
    "verdict": ParameterWords(text="The answer to the credit check.", example="approve"),
    "version": ParameterWords(text="Name of a version of the catalog."),
    "calendar": ParameterWords(text="Calendar of holidays to decide by.", example="DE-BE"),
    "catalog": ParameterWords(text="Version of the catalog to decide by."),
    "policy": ParameterWords(text="Policy of proration to decide by.", example="per_day"),
    "rules": ParameterWords(text="Rule set to decide by.", example="current"),
}


def add_words(document: dict[str, Any]) -> None:
    """Add to a document what its subjects and parameters are, where the routes do not say it."""
    document["info"] |= {"version": VERSION, "description": ABOUT}
    document["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    for each in _parameters(document):
        words = PARAMETERS.get(each["name"])
        if words is not None:
            each.setdefault("description", words.text)
            if words.example is not None and each["in"] == "path":
                each.setdefault("example", words.example)


def _parameters(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in document["paths"].values():
        for operation in methods.values():
            yield from operation.get("parameters", ())
