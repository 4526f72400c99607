"""Ids: streams and switches have UUIDv5 of business keys, so that a repeated request meets the same stream.

Organizations have the id that the directory gives them.
"""

from __future__ import annotations

import re
from uuid import UUID, uuid5

from domain.kernel.errors import InvalidInput

#: Namespace of every id of this product; never change it, stored streams depend on it.
NAMESPACE = UUID("6f0c7d0e-5a34-5a0e-9f5e-8d3f4a1b2c70")
#: How to find the id where a name was given.
FIND_ID = (
    "Give the organization's directory id, not its name: `planswitch switch show SWITCH` names it for a"
    " switch, and the directory shows it among the organization's properties."
)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


def organization_stream_id(organization_id: str) -> UUID:
    """Return the stream id of the organization with directory id `organization_id`."""
    return uuid5(NAMESPACE, f"organization:{organization_id}")


def subscription_stream_id(organization_id: str, subscription_id: str) -> UUID:
    """Return the stream id of a subscription that the seller named before we saw it."""
    return uuid5(NAMESPACE, f"subscription:{organization_id}:{subscription_id}")


def replacement_stream_id(switch_id: str) -> UUID:
    """Return the stream id of the subscription that a switch orders, before the seller names it."""
    return uuid5(NAMESPACE, f"replacement:{switch_id}")


def subscription_name_stream_id(organization_id: str, subscription_id: str) -> UUID:
    """Return the id of the one-event stream that maps a seller's name to the stream we opened."""
    return uuid5(NAMESPACE, f"subscription-name:{organization_id}:{subscription_id}")


def license_move_stream_id(switch_id: str, pass_name: str) -> UUID:
    """Return the id of the batch log of one pass (`move`, `retry-1`, `stragglers-1` ...)."""
    return uuid5(NAMESPACE, f"license-move:{switch_id}:{pass_name}")


def assessment_stream_id(assessment_key: str) -> UUID:
    """Return the id of the stream that records one assessment (preview or refusal)."""
    return uuid5(NAMESPACE, f"assessment:{assessment_key}")


def eligibility_wait_stream_id(switch_id: str) -> UUID:
    """Return the id of the stream of a request that waits until its switch may be."""
    return uuid5(NAMESPACE, f"eligibility-wait:{switch_id}")


def checkout_id_of(organization_id: str, request_id: str) -> str:
    """Return the id of the checkout that `request_id` of an organization asks for."""
    return str(uuid5(NAMESPACE, f"checkout:{organization_id}:{request_id}"))


def checkout_stream_id(checkout_id: str) -> UUID:
    """Return the id of the log of one checkout."""
    return uuid5(NAMESPACE, f"checkout-log:{checkout_id}")


def product_act_id_of(organization_id: str, request_id: str) -> str:
    """Return the id of the act on a product that `request_id` of an organization asks for."""
    return str(uuid5(NAMESPACE, f"product-act:{organization_id}:{request_id}"))


def approval_id_of(subject_id: str, command: str, request_id: str) -> str:
    """Return the id of the request for an approval of one command.

    Args:
        subject_id: The switch that is commanded; the organization for an act on a product.
        command: Name of the command.
        request_id: Names the command.
    """
    return str(uuid5(NAMESPACE, f"approval:{subject_id}:{command}:{request_id}"))


def approval_stream_id(approval_id: str) -> UUID:
    """Return the id of the log of one request for an approval."""
    return uuid5(NAMESPACE, f"approval-log:{approval_id}")


def switch_id_of(organization_id: str, request_id: str) -> str:
    """Return the id of the switch that `request_id` of an organization asks for."""
    return str(uuid5(NAMESPACE, f"switch:{organization_id}:{request_id}"))


def workflow_id_of(organization_id: str, request_id: str) -> str:
    """Return the Temporal workflow id: one request is one workflow, once and for ever."""
    return f"switch:{organization_id}:{request_id}"


def wait_workflow_id_of(organization_id: str, request_id: str) -> str:
    """Return the Temporal workflow id of the wait of a request, beside that of its switch."""
    return f"wait:{organization_id}:{request_id}"


def is_workflow_of(workflow_id: str, switch_id: str, *, waits: bool = False) -> bool:
    """Return whether a workflow is the one that carries out a switch, or lets its request wait.

    Args:
        workflow_id: The workflow.
        switch_id: The switch.
        waits: Whether the one that waits is asked for.
    """
    kind = "wait:" if waits else "switch:"
    return workflow_id.startswith(kind) and switch_id_of_workflow(workflow_id) == switch_id


def switch_id_of_workflow(workflow_id: str) -> str:
    """Return the id of the switch that a workflow carries out, or waits for."""
    return str(uuid5(NAMESPACE, f"switch:{workflow_id.partition(':')[2]}"))


def idempotency_key(switch_id: str, step: str, refused_keys: int) -> str:
    """Return the key of a provider call: a call whose answer was lost repeats its key.

    Args:
        switch_id: The switch on whose behalf the call is made.
        step: Name of the call inside the switch, such as `checkout`.
        refused_keys: How many keys of this call were refused before.
    """
    return str(uuid5(NAMESPACE, f"call:{switch_id}:{step}:{refused_keys}"))


def attempt_id_of_key(key: str, answered: int) -> str:
    """Return the id of one attempt under an idempotency key: unchanged until it is answered, then a new one.

    Args:
        key: The idempotency key.
        answered: Attempts under this key that were answered with anything but a success; the record counts
            them up to the first success, whose id stays, so that it can be asked for again.
    """
    return str(uuid5(NAMESPACE, f"attempt:{key}:{answered}")) if answered else key


def require_organization_id(text: str, *, field: str = "organization_id") -> str:
    """Return a text that may be the id of an organization.

    Raises:
        InvalidInput: It has blanks or other characters that no id has, such as a name.
    """
    if not _ID.fullmatch(text):
        allowed = (
            "a directory id, such as 6d3f0c1e-6b4f-5a0e-9b57-0a5d6f0b1c2d: letters, digits, dots, dashes and"
            " underscores, at most 128"
        )
        raise InvalidInput(field=field, value=text, allowed=allowed, remedy=FIND_ID)
    return text


def is_whole_id(text: str) -> bool:
    """Return whether a text has the form that the directory gives its ids (RFC 9562)."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def directory_id_of(text: str) -> str | None:
    """Return an id that the directory has given in its one spelling; None of a text that is none.

    People copy it in capitals, with blanks around it or in braces: it is the same id (RFC 9562).
    """
    bare = text.strip()
    if bare.startswith("{") and bare.endswith("}"):
        bare = bare[1:-1]
    return bare.lower() if is_whole_id(bare) else None


def require_directory_id(text: str, *, field: str = "organization_id") -> str:
    """Return an id that the directory has given, in its one spelling.

    Raises:
        InvalidInput: It is none, such as a name or a domain.
    """
    known = directory_id_of(text)
    if known is None:
        allowed = "a directory id, such as 6d3f0c1e-6b4f-5a0e-9b57-0a5d6f0b1c2d"
        raise InvalidInput(field=field, value=text, allowed=allowed, remedy=FIND_ID)
    return known


def canonical_id(text: str) -> str:
    """Return an id of directory or seller in the one spelling in which it is recorded.

    Ids are alike in any case (RFC 9562): one in capitals must name the same organization, switch and request.
    A text of another form stays as it is.
    """
    bare = text.strip()
    return bare.lower() if is_whole_id(bare) else text
