"""Wrong inputs, how each is sent, and what every answer to one must be."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import Any

import httpx2
import psycopg

from providers.reference.callback_signatures import HEADER, sign
from tests.support.consoles.console_world import CREDIT_SECRET, ConsoleWorld, Ran, start_body

OWN_FORM = {"type", "title", "status", "detail", "code", "remedy", "reasons", "request_id"}
PROBLEM = "application/problem+json"
INVALID = "INVALID_INPUT"
#: Words of a validator, a parser or a template, which are nobody's words to a person.
FOREIGN = re.compile(
    r"Input should be|Field required|should have at|valid (dictionary|integer|string|boolean)|JSON decode"
    r"|datetime\.|\bis b'|\bNone\b|\bTrue\b|\bFalse\b|\binf\b|is \{\}|Traceback|RecursionError|as used with"
    r"|'not given'|'given twice'|Give \S+ as |Input |Errno"
)
#: An address of the API is for programs, a command for people at a shell.
FOR_PROGRAMS = re.compile(r"/api/|\b(GET|POST|PATCH) /")
FOR_SHELLS = re.compile(r"`planswitch (?!up|serve|worker|migrate|project)")
#: Topics of what a switch or the system itself goes on with, whoever asks what.
BY_ITSELF = "%promise%"
#: Topic of a look at a question, which is recorded by design (switch#assessment).
LOOKED_AT = "assessment.assessed"


@dataclass(frozen=True, kw_only=True)
class WrongInput:
    """One wrong input: where it is sent, what is sent, and what must be answered."""

    #: Method and address, or the words of a command line.
    place: str
    #: Object for JSON, text or bytes as they are, or None.
    sent: Any = None
    #: HTTP status, or exit code.
    ends: int = 422
    code: str = INVALID
    #: Field, option or argument that the answer names.
    field: str = ""
    #: What the message or the remedy says.
    words: Sequence[str] = ()
    media_type: str = "application/json"

    def __str__(self) -> str:
        """Return what a failed test shows of it."""
        return f"{self.place} {str(self.sent)[:120]}"


def wrong(
    place: str,
    sent: Any = None,
    field: str = "",
    *words: str,
    ends: int = 422,
    code: str = INVALID,
    media_type: str = "application/json",
) -> WrongInput:
    """Return a row of a table."""
    return WrongInput(
        place=place, sent=sent, ends=ends, code=code, field=field, words=words, media_type=media_type
    )


@dataclass(frozen=True, kw_only=True)
class Targets:
    """What the inputs are about: names in braces in the tables."""

    names: Mapping[str, str]

    def filled(self, value: Any) -> Any:
        """Return a text, or an object with texts, with its names filled in."""
        if isinstance(value, str):
            for name, each in self.names.items():
                value = value.replace(f"{{{name}}}", each)
            return value
        if isinstance(value, dict):
            return {key: self.filled(each) for key, each in value.items()}
        return value


async def targets(console: ConsoleWorld) -> Targets:
    """Make an organization that is left alone, one whose switch completed, and one whose switch is held."""
    idle = await console.organization(seed=11, users=12)
    done = await console.organization(seed=12, users=12)
    stuck = await console.organization(seed=13, users=12, missing_usage_location=2)
    ended = (await console.post("/api/switches", start_body(done))).json()["switch_id"]
    held = (await console.post("/api/switches", start_body(stuck))).json()["switch_id"]
    draft = {"organization_id": idle["organization_id"], "target_plan": "E3"}
    checkout = (await console.post("/api/checkouts", draft)).json()["checkout_id"]
    await console.ended(ended)
    await console.until(held, "held")
    unresolved = (await console.get(f"/api/switches/{held}/unresolved")).json()["users"]
    names = {
        "idle": idle["organization_id"],
        "done": done["organization_id"],
        "stuck": stuck["organization_id"],
        "ended": ended,
        "held": held,
        "checkout": checkout,
        "user": unresolved[0]["directory_id"],
    }
    return Targets(names=names)


def recorded(console: ConsoleWorld, made: Targets) -> dict[str, int]:
    """Return how many events of each kind the store has, but for what is recorded by design.

    Of the switch that completed nothing is counted: its invoice is watched for, whatever is asked.
    """
    with psycopg.connect(console.world.database_url) as connection:
        rows = connection.execute(
            "SELECT topic, count(*) FROM planswitch.switch_events"
            " WHERE topic NOT LIKE %s AND topic <> %s AND convert_from(state, 'UTF8') NOT LIKE %s"
            " GROUP BY topic",
            [BY_ITSELF, LOOKED_AT, f"%{made.names['done']}%"],
        ).fetchall()
    return {str(topic): int(count) for topic, count in rows}


async def answered(
    console: ConsoleWorld, each: WrongInput, made: Targets, *, is_signed: bool = False
) -> httpx2.Response:
    """Send a wrong input to the API or to a page, signed as by the bureau or not, and return the answer."""
    method, _, path = made.filled(each.place).partition(" ")
    headers = {"Content-Type": each.media_type, "Sec-Fetch-Site": "same-origin"}
    sent = made.filled(each.sent)
    content = sent if isinstance(sent, str | bytes) else json.dumps(sent)
    if sent is None:
        content, headers = b"", {}
    if is_signed:
        body = content.encode() if isinstance(content, str) else content
        headers[HEADER] = sign(CREDIT_SECRET, body, datetime.now(tz=UTC))
    return await asyncio.to_thread(console.http.request, method, path, content=content, headers=headers)


def problem_faults(each: WrongInput, answer: httpx2.Response) -> list[str]:
    """Return what is wrong with an answer of the API; nothing where it is as it must be."""
    if answer.headers.get("content-type") != PROBLEM:
        return [f"{each}: {answer.status_code} {answer.text[:200]}"]
    told = answer.json()
    text = f"{told['detail']} {told['remedy']}"
    faults = _faults(each, text, (answer.status_code, told["code"], told.get("field", "")))
    faults += [f"{each}: no own form: {sorted(told)}"] * (set(told) - {"field"} != OWN_FORM)
    faults += [f"{each}: a command for a program: {text}"] * bool(FOR_SHELLS.search(text))
    return faults + [f"{each}: says nothing of what to do"] * (not told["remedy"])


def page_faults(each: WrongInput, answer: httpx2.Response) -> list[str]:
    """Return what is wrong with a page that is answered; nothing where it is as it must be."""
    text = unescape(re.sub(r"<[^>]+>", " ", answer.text))
    text = re.sub(r"\s+", " ", text)
    is_told = each.code in answer.text and (not each.field or each.field in text)
    faults = [f"{each}: {answer.status_code}, {text[:300]}"] * (
        answer.status_code != each.ends or not is_told
    )
    about = next((part for part in re.split(r"(?=[A-Z_]{8,} ?:)", text) if part.startswith(each.code)), text)
    faults += [f"{each}: does not say {word!r}: {about[:300]}" for word in each.words if word not in text]
    return faults + [f"{each}: foreign words: {about[:300]}"] * bool(FOREIGN.search(about[:400]))


def command_faults(each: WrongInput, ran: Ran) -> list[str]:
    """Return what is wrong with how a command ended; nothing where it is as it must be."""
    text = re.sub(r"\s+", " ", ran.err)
    found = re.search(r"error ([A-Z_]+)", text)
    code = found[1] if found else ""
    about = text[found.start() :] if found else text
    faults = _faults(each, about, (ran.code, code, each.field if each.field in about else ""))
    faults += [f"{each}: printed {ran.out[:100]!r}"] * bool(ran.out)
    faults += [f"{each}: an address for a person: {about}"] * bool(FOR_PROGRAMS.search(about))
    faults += [f"{each}: {ran.longest_line} columns"] * (ran.longest_line > 80)
    return faults + [f"{each}: says nothing of what to do: {about}"] * ("what to do:" not in about)


def _faults(each: WrongInput, text: str, came: tuple[int, str, str]) -> list[str]:
    wanted = (each.ends, each.code, each.field)
    faults = [f"{each}: {came}, not {wanted}: {text}"] if came != wanted else []
    faults += [f"{each}: does not say {word!r}: {text}" for word in each.words if word not in text]
    return faults + [f"{each}: foreign words: {text}"] * bool(FOREIGN.search(text))
