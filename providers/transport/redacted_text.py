"""What may be kept of a text that somebody else wrote: plans and services by id, no people and no secrets.

A refusal quotes what it is about in any language: addresses, sign-in names, object ids, names, links.
What is known to name a plan or a service stays, because the person who mends it needs to see which.
"""

from __future__ import annotations

import re
from functools import cache
from unicodedata import normalize

from domain.catalog.catalog import Catalog, load_catalog

#: Longest text that is kept.
TEXT_MAX_LENGTH = 500
#: Longest text that is looked through; the time to do so grows with its square.
_READ_LENGTH = 2_000

_GUID = re.compile(r"(?<![0-9a-zA-Z])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![0-9a-zA-Z])")
#: Words after which an id names a plan, a service or a license, in the languages of the vendor's answers.
_PLAN_WORDS = re.compile(
    r"(?:plan|plans|plan\(s\)|planes|plano|piano|skus?|skuid|skupartnumber|licen[sc]es?"
    r"|licencias?|licenza|licenze"
    r"|lizenz(?:en)?|licentie|products?|produkt|produit|producto|offers?|services?|servicio"
    r"|dienst|方案|计划|許可證|许可证|プラン|ライセンス|サービス)"
    r"(?:\s*ids?)?\s*[:=]?\s*['\"“”\u2018\u2019«»(\[{]*$",
    re.IGNORECASE,
)
#: What stands between two ids of one list.
_LISTED = re.compile(
    r"['\"“”\u2018\u2019«»)\]}]*\s*(?:,|;|/|and|or|und|oder|et|ou|y|o|e|en)\s*"
    r"['\"“”\u2018\u2019«»(\[{]*",
    re.IGNORECASE,
)

#: Quoted local parts, and everything with an at sign; proxy addresses keep their kind (`SMTP:`).
_QUOTED_ADDRESS = re.compile(r"\"[^\"\s@]+(?: [^\"\s@]+){0,3}\"@[^\s@<>'\"();,]+")
_ADDRESS = re.compile(
    r"[^\s@<>'\"“”\u2018\u2019«»();,:=\[\]]+(?:@"
    r"|%40)[^\s@<>'\"“”\u2018\u2019«»();,\[\]]*[^\s@<>'\"“”\u2018\u2019«»();,.\[\]]"
)
_GUEST = re.compile(r"[^\s'\"<>();,:]+#EXT#[^\s'\"<>();,]*", re.IGNORECASE)
_X500 = re.compile(r"(?:x500|x400|eum|legacyexchangedn)\s*[:=]\s*[^'\",;]+|/o=[^'\",;]+", re.IGNORECASE)
_ACCOUNT = re.compile(r"(?<![\w\\])[A-Za-z][\w.-]*\\[\w.$-]+")
_LINK = re.compile(r"\b(?:https?|ftp|ldaps?)://[^\s'\"<>]*[^\s'\"<>.,;)]", re.IGNORECASE)
#: Links into the vendor's documentation help and name nobody.
_DOCS = re.compile(
    r"https?://(?:aka\.ms|(?:learn|docs|go|support)\.microsoft\.com)/[^\s'\"<>?#]*(?<![.,;)])", re.IGNORECASE
)
_DOMAIN = re.compile(
    r"\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+"
    r"(?:com|net|org|info|biz|example|test|local|eu|de|nl|fr|uk|es|it|pl|at|ch|be|dk|se|no|fi"
    r"|ie|pt|cz|us|ca|au|jp)\b",
    re.IGNORECASE,
)
_VENDOR_DOMAINS = re.compile(
    r"(?:^|\.)(?:microsoft|office|office365|microsoftonline|live|windows)\.(?:com|net)$", re.IGNORECASE
)
_PHONE = re.compile(r"\+\d[\d ()./-]{6,}\d")

_BEARER = re.compile(r"\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
_JWT = re.compile(r"\beyJ[\w-]+(?:\.[\w-]+){1,2}")
#: Words that say how a secret is; what follows `is` otherwise may be the secret itself.
_STATE = (
    r"not|no|already|too|now|expired|invalid|valid|missing|required|revoked|malformed|wrong|incorrect|unknown"
    r"|empty|null|rejected|refused|disabled|denied|blocked|unsupported|unavailable"
)
_SECRET = re.compile(
    r"\b((?:client[_ -]?)?secret|password|passwd|pwd|token|access[_ -]?token|refresh[_ -]?token"
    r"|assertion|api[_ -]?key|apikey|signature|sig|sharedaccesskey|connectionstring|kennwort"
    r"|passwort|contraseña|mot de passe)"
    r"(['\"]?\s*(?:[:=]|is(?!\s+(?:" + _STATE + r")\b)|lautet)\s*)['\"]?[^\s'\",;&]+['\"]?",
    re.IGNORECASE,
)
#: A run that no word and no part number is: letters of both cases and digits, or hexadecimal digits.
_RUN = re.compile(
    r"(?<![\w/+=-])(?=[\w/+=-]*\d)(?:[0-9a-f]{32,}|(?=[\w/+=-]*[a-z])(?=[\w/+=-]*[A-Z])[\w/+=-]{32,})"
)

#: Who a quoted or capitalized name after this word is: a person or an organization.
_PERSON = (
    r"(?:users?|members?|owners?|manager|contact|recipient|mailbox|account|customer|tenant"
    r"|organi[sz]ation|company"
    r"|principal|group|object|resource|benutzer(?:in)?|mitglied|konto|kunde|utilisateur|usuario"
    r"|utente|gebruiker"
    r"|u[zż]ytkownik|person|employee)"
)
_NAME_FIELD = re.compile(
    r"\b(display ?name|given ?name|surname|first ?name|last ?name|full ?name|mail ?nickname|nickname"
    r"|alias|upn|user ?principal ?name|sign-?in ?name|anzeigename|nom d'affichage|nombre)(['\"]?\s*[:=]\s*)"
    r"(?:'[^']*'|\"[^\"]*\"|[^,;.\n]+)",
    re.IGNORECASE,
)
_NAME_AFTER_PERSON = re.compile(
    rf"\b((?i:{_PERSON}))((?:\s+(?:of|named|called|with the name))?\s*[:=]?\s*)"
    r"([^\W\d_a-z][\w'\u2019-]+(?:\s+(?:van|von|de|der|den|del|la|le|di|da|bin"
    r"|al)\b)*(?:\s+[^\W\d_a-z][\w'\u2019-]+){1,3})"
)
#: Words that are written with a capital in texts and are no names.
_NO_NAMES = frozenset(
    {
        *("Account", "Active", "Azure", "Directory", "Exchange", "Graph", "Group", "Id", "License"),
        *("Licenses", "Location", "Mailbox", "Microsoft", "Name", "Object", "Office", "Online", "Plan"),
        *("Principal", "Type", "Property", "Resource", "Service", "SharePoint", "SKU", "Status"),
        *("Subscription", "Teams", "Usage", "Agreement", "Center", "User", "Device", "Contact"),
        *("Partner", "Tenant", "Policy", "Administrator", "Windows", "Entra", "Cloud"),
    }
)
#: An apostrophe within a word opens and closes nothing.
_QUOTES = re.compile(
    r"((?<!\w)['\"“„\u2018«]|[「『])"
    r"([^'\"“”„\u2018\u2019«»「」『』]{1,120})"
    r"(['\"”“\u2019»](?!\w)|[」』])"
)
_MARK = re.compile(r"\[(?:address|account|domain|id|link|name|number|secret)\]")
_PERSON_BEFORE = re.compile(
    rf"\b{_PERSON}(?:\s+(?:named|called|with|id|name|the|der|die|das))*\s*[:=]?\s*$", re.IGNORECASE
)
#: A word of a schema or of a rule: one word of ASCII letters, as programs write it.
_SCHEMA_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:[._][A-Za-z0-9_]+)*")


def redacted_text(text: str, *, hidden: str = "") -> str:
    """Return a text without people, secrets and control characters, at most TEXT_MAX_LENGTH characters.

    Args:
        text: What somebody else said, in any language; what was redacted before stays as it is.
        hidden: One more word to hide, such as the id of the user that the text is about.
    """
    if not text:
        return ""
    if len(text) > _READ_LENGTH:  # without the last word, which may be half an address
        text = text[:_READ_LENGTH].rpartition(" ")[0]
    clean = _printable(text)
    if hidden:
        clean = re.sub(re.escape(hidden), "[id]", clean, flags=re.IGNORECASE)
    clean = _without_secrets(clean)
    clean = _without_people(clean)
    return _without_ids(clean)[:TEXT_MAX_LENGTH]


def named_text(text: str, catalog: Catalog) -> str:
    """Return a redacted text with the names of plans and services beside the ids that the catalog knows."""

    def named(match: re.Match[str]) -> str:
        name = catalog.name_of(match.group())
        return f"{name} ({match.group()})" if name else match.group()

    return _GUID.sub(named, text)


def _printable(text: str) -> str:
    """Return text that a terminal does not obey and PostgreSQL takes, with wide signs in their usual form."""
    same = "".join(normalize("NFKC", each) if "\uff00" <= each <= "\uffef" else each for each in text)
    return "".join(each if each.isprintable() else " " for each in same)


def _without_secrets(text: str) -> str:
    text = _BEARER.sub(r"\1 [secret]", text)
    text = _JWT.sub("[secret]", text)
    text = _SECRET.sub(_hidden_value, text)
    return _RUN.sub("[secret]", text)


def _hidden_value(match: re.Match[str]) -> str:
    return f"{match.group(1)}{match.group(2)}[secret]"


def _without_people(text: str) -> str:
    text = _LINK.sub(lambda match: match.group() if _DOCS.fullmatch(match.group()) else "[link]", text)
    text = _QUOTED_ADDRESS.sub("[address]", text)
    text = _ADDRESS.sub("[address]", text)
    text = _GUEST.sub("[address]", text)
    text = _X500.sub("[address]", text)
    text = _ACCOUNT.sub("[account]", text)
    text = _NAME_FIELD.sub(r"\1\2[name]", text)
    text = _NAME_AFTER_PERSON.sub(_hidden_name, text)
    text = _QUOTES.sub(lambda match: _quoted(match, text), text)
    text = _DOMAIN.sub(_hidden_domain, text)
    return _PHONE.sub("[number]", text)


def _hidden_name(match: re.Match[str]) -> str:
    words = match.group(3).split()
    if _NO_NAMES & set(words) or match.group(3) in _catalog_names():
        return match.group()
    return f"{match.group(1)}{match.group(2)}[name]"


def _quoted(match: re.Match[str], text: str) -> str:
    """Return what stands in quotes: a name after a person's word, and several words, are hidden."""
    inside = match.group(2)
    is_marked = _MARK.search(inside) is not None
    if (
        is_marked
        or inside.strip() in _NO_NAMES
        or _GUID.fullmatch(inside.strip())
        or inside.strip().lower() in _catalog_names()
    ):
        return match.group()
    is_person = _PERSON_BEFORE.search(text[: match.start()]) is not None
    if not is_person and _SCHEMA_WORD.fullmatch(inside.strip()):
        return match.group()
    return f"{match.group(1)}[name]{match.group(3)}"


def _hidden_domain(match: re.Match[str]) -> str:
    is_vendors = _VENDOR_DOMAINS.search(match.group()) is not None and ".onmicrosoft." not in match.group()
    return match.group() if is_vendors or match.group().lower() == "aka.ms" else "[domain]"


def _without_ids(text: str) -> str:
    """Hide the ids that are not known to name a plan or a service."""
    parts: list[str] = []
    end, is_kept = 0, False
    for match in _GUID.finditer(text):
        between = text[end : match.start()]
        is_kept = (
            load_catalog().name_of(match.group()) != ""
            or _PLAN_WORDS.search(text[: match.start()]) is not None
            or (is_kept and _LISTED.fullmatch(between) is not None)
        )
        parts += [between, match.group() if is_kept else "[id]"]
        end = match.end()
    return "".join([*parts, text[end:]])


@cache
def _catalog_names() -> frozenset[str]:
    """Return every name of the catalog's plans and services, in lower case."""
    catalog = load_catalog()
    plans = {word for plan in catalog.plans for word in (plan.name, plan.product_code, *plan.aliases)}
    services = {
        word
        for plan in catalog.plans
        for each in plan.service_plans
        for word in (each.name, each.friendly_name)
    }
    return frozenset(word.lower() for word in plans | services)
