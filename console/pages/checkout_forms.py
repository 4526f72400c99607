"""Forms of a checkout's page: what was posted, and what of it is a change.

A form carries, beside each field, the value that was shown (`was.FIELD`). Only what differs is sent on, so
that nobody takes back what they did not touch, and the same form sent twice is the same change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qs

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError

from console.words.problems import refused_body
from domain.kernel.errors import InvalidInput
from domain.ports.seller_port import BILLED_TO, PARTY_FIELDS, SOLD_TO
from domain.quote.quote_input import FORFEITURE
from domain.requests.checkout import ACKNOWLEDGMENTS, DOMAINS, ITEMS, PAYMENT, TERM
from domain.text.plain_text import require_plain_text

FORM_FIELDS_MAX = 500
SHOWN = "was."
CONFIRMED = "confirmed"
#: Term and billing cycle in one choice, since not every pair is sold.
SOLD_AS = "sold_as"
#: More digits than any number of ours has.
_WHOLE_NUMBER = re.compile(r"[0-9]{1,30}")
Fields = Mapping[str, list[str]]
Body = TypeVar("Body", bound=BaseModel)

#: Section -> fields that hold one text each.
_TEXTS: Mapping[str, tuple[str, ...]] = {
    SOLD_TO: PARTY_FIELDS,
    BILLED_TO: PARTY_FIELDS,
    PAYMENT: ("payment_method",),
    ITEMS: ("target_plan", "quantity", "service_settings"),
    TERM: (SOLD_AS, "auto_renew"),
}


async def posted_fields(request: Request) -> dict[str, list[str]]:
    """Return the fields of a posted form; blank ones are there, boxes that are not checked are not.

    Raises:
        InvalidInput: The form has more fields than any of ours.
        UnacceptableText: A field has a control character.
    """
    text = (await request.body()).decode("utf-8", errors="replace")
    try:
        fields = parse_qs(text, keep_blank_values=True, max_num_fields=FORM_FIELDS_MAX)
    except ValueError as error:
        raise InvalidInput(
            field="form", value="too many fields", allowed=f"at most {FORM_FIELDS_MAX} fields"
        ) from error
    # Browsers end the lines of a text in their own way.
    plain = {name: [each.replace("\r\n", "\n") for each in values] for name, values in fields.items()}
    require_plain_text({name: values[0] if len(values) == 1 else values for name, values in plain.items()})
    return plain


Posted = Annotated[dict[str, list[str]], Depends(posted_fields)]


def text_of(posted: Fields, name: str) -> str:
    """Return the value of a field of one text, without blanks around it; "" when it is not there."""
    return posted.get(name, [""])[0].strip()


def kept_texts(posted: Fields | None) -> dict[str, str]:
    """Return the first value of each field, for the form to be shown again."""
    return {name: values[0] for name, values in (posted or {}).items() if values}


def number_of(posted: Fields, name: str) -> int:
    """Return the value of a field that holds a whole number; how large it may be, the body says.

    Raises:
        InvalidInput: It holds something else.
    """
    text = text_of(posted, name)
    if not _WHOLE_NUMBER.fullmatch(text):
        raise InvalidInput(field=name, value=text or None, allowed="a whole number")
    return int(text)


def body_of(model: type[Body], **values: Any) -> Body:
    """Return the body that the API takes, from values of a form.

    Raises:
        InvalidInput: The API would not take it either.
    """
    try:
        return model(**values)
    except ValidationError as error:
        raise refused_body(error.errors()[0], model) from error


def changes_of(section: str, posted: Fields) -> dict[str, Any]:
    """Return the fields of a section that are not as they were shown, as the API takes them.

    Raises:
        InvalidInput: A field that holds a number holds something else.
    """
    changed = {
        name: text_of(posted, name)
        for name in _TEXTS.get(section, ())
        if name in posted and text_of(posted, name) != text_of(posted, f"{SHOWN}{name}")
    }
    if "quantity" in changed:
        return {**changed, "quantity": number_of(posted, "quantity")}
    if SOLD_AS in changed:
        term, _, cycle = changed.pop(SOLD_AS).partition(" ")
        return {"term": term, "billing_cycle": cycle, **changed}
    return changed or _confirmed(section, posted)


def _confirmed(section: str, posted: Fields) -> dict[str, Any]:
    checked, shown = posted.get(CONFIRMED, []), posted.get(f"{SHOWN}{CONFIRMED}", [])
    if section not in {DOMAINS, ACKNOWLEDGMENTS} or set(checked) == set(shown):
        return {}
    if section == DOMAINS:
        return {CONFIRMED: checked}
    is_accepted, was_accepted = FORFEITURE in checked, FORFEITURE in shown
    others = [each for each in checked if each != FORFEITURE]
    changes: dict[str, Any] = {}
    if set(others) != set(shown) - {FORFEITURE}:
        changes[CONFIRMED] = others
    if is_accepted != was_accepted:
        changes["accept_forfeiture"] = is_accepted
    return changes
