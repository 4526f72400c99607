"""A refusal's text is kept without people and secrets, with every plan and service (cli#support)."""

from __future__ import annotations

import pytest

from domain.catalog.catalog import load_catalog
from providers.transport.redacted_text import TEXT_MAX_LENGTH, named_text, redacted_text

PLAN = "11111111-1111-4111-8111-111111111111"
OTHER_PLAN = "22222222-2222-4222-8222-222222222222"
PERSON = "161ab652-cdbc-490d-82a4-0ada1f0db247"
E3 = "6fd2c87f-b296-42f0-b197-1e91e994b900"

#: What a provider said -> what is kept of it.
TEXTS = {
    f"License assignment failed because service plan {PLAN} is not part of SKU {E3}.": None,
    f"service plans {PLAN} and {OTHER_PLAN} are mutually exclusive for user {PERSON}": (
        f"service plans {PLAN} and {OTHER_PLAN} are mutually exclusive for user [id]"
    ),
    f"service plan(s) {PLAN}, {OTHER_PLAN}": None,
    f"License {PLAN} cannot be assigned to a user.": None,
    f"{E3} is not offered": None,
    f"Resource '{PERSON}' does not exist.": "Resource '[id]' does not exist.",
    f"user {PERSON}, {PLAN}": "user [id], [id]",
    "Invalid value specified for property 'usageLocation' of resource 'User'.": None,
    'The proxy address "SMTP:a@b.example" is used by "Jan Jansen".': (
        'The proxy address "SMTP:[address]" is used by "[name]".'
    ),
    '"jan jansen"@contoso.example has it': "[address] has it",
    "jan%40contoso.com, jan_contoso.com#EXT#@fab.onmicrosoft.com": "[address], [address]",
    "CONTOSO\\jjansen of contoso.onmicrosoft.com": "[account] of [domain]",
    "User 'jjansen' is unknown": "User '[name]' is unknown",
    "The mailbox of Jan van der Berg is full": "The mailbox of [name] is full",
    "displayName: Jan Jansen, upn=jan": "displayName: [name], upn=[name]",
    "the user License Type is bad": None,
    "Not available in the customer's market. It isn't the user's fault.": None,
    "Bearer eyJhbGciOi.eyJzdWIi.sigsig": "Bearer [secret]",
    "Lifetime validation failed, the token is expired.": "Lifetime validation failed, the token is expired.",
    "The access token is not valid for this audience.": "The access token is not valid for this audience.",
    "The password is hunter2": "The password is [secret]",
    "client_secret: 'hunter2' and token=abc": "client_secret: [secret] and token=[secret]",
    "key dGhpc0lzQVNlY3JldEtleTEyMzQ1Njc4OTBhYmNkZWY= refused": "key [secret] refused",
    "see https://aka.ms/abc, not https://x-my.sharepoint.com/personal/jan_c": (
        "see https://aka.ms/abc, not [link]"
    ),
    "call +31 6 1234 5678": "call [number]",
    f"Der Benutzer „Jürgen Müller“ (jürgen@fernwick.example) hat Dienstplan {PLAN} nicht": (
        f"Der Benutzer „[name]“ ([address]) hat Dienstplan {PLAN} nicht"
    ),
    f"使用者 jan@contoso.com 沒有授權 方案 {PLAN}": f"使用者 [address] 沒有授權 方案 {PLAN}",
    "ユーザー「山田太郎」にはライセンスがありません": "ユーザー「[name]」にはライセンスがありません",
    "\uff4a\uff41\uff4e\uff20contoso.com": "[address]",
    "red\x1b[31m \u202eback\x00 half \ud83d": "red [31m  back  half  ",
    "": None,
}


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_kept_without_people_and_secrets(text: str) -> None:
    """People, addresses, object ids and secrets go in any language; plans, services and reasons stay."""
    kept = redacted_text(text)

    assert kept == (text if TEXTS[text] is None else TEXTS[text])
    assert redacted_text(kept) == kept


def test_the_user_that_a_text_is_about_is_hidden_even_where_a_plan_would_stand() -> None:
    """The id that was asked about is the person's, whatever the words around it."""
    assert redacted_text(f"License {PERSON.upper()}", hidden=PERSON) == "License [id]"


def test_a_text_has_an_end() -> None:
    """Whatever is said, at most so much is kept, and no half address at the cut."""
    assert len(redacted_text("x " * 10_000)) == TEXT_MAX_LENGTH
    assert "contoso" not in redacted_text("word " * 400 + "someone.with.a.name@contoso.com" * 10)


def test_plans_and_services_are_named_from_the_catalog() -> None:
    """An id that the catalog knows is told by name, beside the id; another stays as it is."""
    assert named_text(f"SKU {E3}, plan {PLAN}", load_catalog()) == f"SKU Office 365 E3 ({E3}), plan {PLAN}"
