"""Kind of fault: an input that nobody thought of: requests drawn from the document of the API, and bent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx2
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.consoles.console_world import ConsoleWorld
from tests.support.consoles.wrong_inputs import FOREIGN, OWN_FORM, PROBLEM

#: Requests drawn for each operation.
EXAMPLES = 12
#: A stream stays open; readiness takes nothing, and answers 503 where a part of a whole stack is missing.
LEFT_OUT = {"/api/v1/switches/{switch}/events", "/api/v1/changes", "/api/v1/ready"}
FAILED = 500
REFUSED = 400
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
#: In an address a slash or dots lead elsewhere, which is another request.
SEGMENTS = st.text(min_size=1, max_size=40).filter(lambda text: text.strip("./") != "" and "/" not in text)
QUICK = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[*HealthCheck],
)


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference of the document leads to."""
    if "$ref" not in schema:
        return schema
    name = schema["$ref"].rpartition("/")[2]
    found: dict[str, Any] = document["components"]["schemas"][name]
    return found


def fitting(document: dict[str, Any], schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return values that a schema allows, as far as its types and bounds tell."""
    schema = resolved(document, schema)
    if "anyOf" in schema:
        return st.one_of([fitting(document, each) for each in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema.get("type") == "array":
        return st.lists(fitting(document, schema["items"]), max_size=3)
    if schema.get("type") == "object" and schema.get("properties"):
        return whole(document, schema)
    low, high = schema.get("minimum"), schema.get("maximum")
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "string": st.text(min_size=schema.get("minLength", 0), max_size=min(schema.get("maxLength", 60), 60)),
        "integer": st.integers(low, high),
        "number": st.floats(low, high, allow_nan=False),
        "boolean": st.booleans(),
        "null": st.none(),
    }
    return kinds.get(schema.get("type", ""), JSON)


def whole(document: dict[str, Any], schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return objects of a schema, of which single fields are missing, of another type, or nobody's."""
    fields = {name: fitting(document, each) | JSON for name, each in schema["properties"].items()}
    needed = {name: fields[name] for name in schema.get("required", ())}
    others = {name: each for name, each in fields.items() if name not in needed}
    return st.fixed_dictionaries(needed, optional={**others, "nobody's": JSON}) | JSON


def requests_of(
    document: dict[str, Any], path: str, operation: dict[str, Any]
) -> st.SearchStrategy[dict[str, Any]]:
    """Return requests of an operation: address, query, and body if it takes one."""
    places: dict[str, dict[str, st.SearchStrategy[Any]]] = {"path": {}, "query": {}, "header": {}}
    for each in operation.get("parameters", ()):
        value = SEGMENTS if each["in"] == "path" else fitting(document, each["schema"]) | st.text(max_size=30)
        places[each["in"]][each["name"]] = value
    content = operation.get("requestBody", {}).get("content", {})
    body = st.none()
    if "application/json" in content:
        body = fitting(document, content["application/json"]["schema"])
    return st.fixed_dictionaries(
        {
            "path": st.fixed_dictionaries(places["path"]),
            "query": st.fixed_dictionaries({}, optional=places["query"]),
            "body": body,
        }
    )


def faults_of(operation: dict[str, Any], answer: httpx2.Response, drawn: dict[str, Any]) -> list[str]:
    """Return what is wrong with an answer; nothing where the document and our own form hold."""
    status, told = answer.status_code, f"{drawn}: {answer.status_code} {answer.text[:300]}"
    faults = [f"a failure, {told}"] * (status >= FAILED)
    faults += [f"not documented, {told}"] * (str(status) not in operation["responses"])
    if status < REFUSED or answer.headers["content-type"] != PROBLEM:
        return faults + [f"no problem, {told}"] * (status >= REFUSED)
    problem = answer.json()
    faults += [f"no own form, {told}"] * (set(problem) - {"field"} != OWN_FORM or not problem["remedy"])
    words = problem["remedy"].replace(problem.get("field") or "\0", "")
    return faults + [f"foreign words, {told}"] * bool(FOREIGN.search(words))


def tried(console: ConsoleWorld, document: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Send what is drawn for each operation, and yield what is wrong with its answers."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if path not in LEFT_OUT:
                yield f"{method} {path}", _tried(console, document, method, path, operation)


def _tried(
    console: ConsoleWorld, document: dict[str, Any], method: str, path: str, operation: dict[str, Any]
) -> list[str]:
    faults: list[str] = []

    @QUICK
    @given(drawn=requests_of(document, path, operation))
    def send(drawn: dict[str, Any]) -> None:
        address = path
        for name, value in drawn["path"].items():
            address = address.replace(f"{{{name}}}", quote(value, safe=""))
        query = {name: value for name, value in drawn["query"].items() if value is not None}
        sent = {} if drawn["body"] is None else {"json": drawn["body"]}
        answer = console.http.request(method, address, params=query, **sent)
        faults.extend(faults_of(operation, answer, drawn))

    send()
    return faults


async def test_nothing_that_is_drawn_from_the_document_fails_the_console(console: ConsoleWorld) -> None:
    """No 5xx, no status that is not documented, each refusal in our own form (security-findings A.3)."""
    document = (await console.get("/api/v1/openapi.json")).json()

    found = await asyncio.to_thread(
        lambda: {each: faults for each, faults in tried(console, document) if faults}
    )

    assert not found, "\n".join(f"{each}: {faults[:3]}" for each, faults in found.items())
