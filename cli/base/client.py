"""The command line's side of the HTTP API: its addresses, where the console is, the key, and lost answers."""

from __future__ import annotations

import os
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, wait
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol, Self, TypeVar
from urllib.parse import quote, urlsplit
from uuid import uuid4

from cli.base.errors import AnswerLost, ApiProblem, ServerUnavailable
from cli.text.output import note
from domain.kernel.errors import InvalidInput, PlanSwitchError
from domain.ports.spans import span, trace_headers
from domain.text.plain_text import cleaned_facts

if TYPE_CHECKING:
    import httpx2
    from pydantic import JsonValue

    from client.client import Request
    from ops.base.settings import Settings

#: While an answer is awaited the console is asked this often whether it is there.
WATCH_SECONDS = 1.0
#: It says that it is there at once, whatever else it does.
SIGN_SECONDS_MAX = 2.0
#: A restart takes less; after so much silence nobody waits any longer.
SILENCE_SECONDS_MAX = 5.0
#: After this wait the command says which part is missing behind the console.
TELL_SECONDS = 4.0
#: A client, or a server, would take these for a step to another folder, whatever their spelling.
_STEPS = frozenset({".", ".."})
_SEPARATORS = "/\\"
Answer = TypeVar("Answer")
#: A body that is sent.
Fields = Mapping[str, object]
#: A part of a query; None is left out.
Query = str | int | bool | None
#: A start waits for the worker to record the request.
TIMEOUT_SECONDS = 60.0
#: The bundle of a large switch takes some minutes before its first byte comes.
DOWNLOAD_SECONDS = 900.0
CONNECT_TIMEOUT_SECONDS = 3.0
#: By this the console knows that a person at a shell reads its answers (console/words/readers.py).
AGENT = "planswitch-cli"
_FAILED_FROM = 400
_SIGN_OF_LIFE = "/api/v1/health"
#: A look at a part that is silent takes three seconds.
_READINESS_SECONDS_MAX = 5.0
_MISSING = frozenset({"down", "unknown"})
_START_REMEDY = (
    "Start it with `planswitch up`, or `planswitch serve` where each process runs by itself; or name another "
    "one in PLANSWITCH_API_URL."
)
_SILENT_REMEDY = (
    "The command may have been carried out. The console is stopped or overloaded, or was ended meanwhile: "
    "`planswitch doctor` says which; then send the command again."
)
_UNCERTAIN_FROM = 500
#: Where a data folder keeps the key of its console.
_KEY_OF_FOLDER = Path("keys/api.key")
_OWN_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})
_KEYLESS = "UNAUTHORIZED"
_KEY_REMEDY = (
    "Set in this terminal what the first one has: `export PLANSWITCH_API_URL=ADDRESS` and `export "
    "PLANSWITCH_API_KEY_FILE=FILE`, the file with your key; `export PLANSWITCH_DATA_DIR=FOLDER` finds both "
    "where an embedded stack runs."
)
#: Codes that say themselves what was sent and how to send it again.
_CERTAIN = frozenset({"TEMPORAL_ABSENT", "WORKER_ABSENT"})


def certificates_for(url: str) -> ssl.SSLContext | bool:
    """Return what a client verifies an address with.

    Reading the machine's certificates takes 30 ms, which no command needs for an address without TLS.
    """
    return not url.startswith("http:") or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def console_client() -> ConsoleClient:
    """Return a client of the console that the environment or the running stack names."""
    from ops.base.settings import load_settings  # noqa: PLC0415 - heavy
    from ops.telemetry.tracing import start_tracing  # noqa: PLC0415 - beside the settings

    settings = load_settings()
    start_tracing(settings, "cli")
    return ConsoleClient(settings.api_url, settings.operator_key() or _key_of_folder(settings))


def _key_of_folder(settings: Settings) -> str | None:
    """Return the key that the data folder keeps, for a console on this machine; None where it keeps none.

    A second terminal lacks what the first one has exported. The key goes to no other machine.
    """
    file = settings.data_dir / _KEY_OF_FOLDER
    if urlsplit(settings.api_url).hostname not in _OWN_HOSTS or not os.access(file, os.R_OK):
        return None
    from store.vault.secret_files import read_secret  # noqa: PLC0415 - heavy

    return read_secret(file, name="the operator's API key")


def client_of_stack(url: str, api_key_file: str) -> ConsoleClient:
    """Return a client of a stack that this process runs."""
    from store.vault.secret_files import read_secret  # noqa: PLC0415 - heavy

    return ConsoleClient(url, read_secret(Path(api_key_file), name="the operator's API key"))


class ConsoleClient:
    """Requests to the console; a refusal is an ApiProblem, no answer is ServerUnavailable.

    Args:
        url: Base URL.
        key: The operator's API key, or None.
        timeout_seconds: How long an answer may take.
    """

    def __init__(self, url: str, key: str | None, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        import httpx2  # noqa: PLC0415 - heavy

        self.url = url
        self._has_key = key is not None
        self._errors: tuple[type[Exception], ...] = (httpx2.TransportError,)
        self._unasked = (httpx2.ConnectError, httpx2.ConnectTimeout)
        self._http: httpx2.Client = httpx2.Client(
            base_url=url,
            headers={"User-Agent": AGENT} | ({"X-API-Key": key} if key else {}),
            timeout=httpx2.Timeout(timeout_seconds, connect=CONNECT_TIMEOUT_SECONDS),
            trust_env=False,
            verify=certificates_for(url),
            event_hooks={"request": [_with_trace]},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.close()

    def ask(self, kind: type[Answer], request: Request) -> Answer:
        """Return the answer to a request of the generated client as its model.

        Args:
            kind: Model of the answer.
            request: Made by a function of `client.api`; one with a file may take minutes.
        """
        return self._request(
            kind,
            request.method,
            path_of(request),
            query=request.params,
            body=request.body,
            content=request.content,
            headers=request.headers,
            timeout_seconds=None if request.content is None else DOWNLOAD_SECONDS,
        )

    def post(self, kind: type[Answer], path: str, body: Fields) -> Answer:
        """Return the answer of a POST to an address that the document does not have, as its model."""
        return self._request(kind, "POST", path, body=body)

    def download(self, request: Request, file: IO[bytes]) -> None:
        """Write the answer to a request into a file, part by part."""
        import httpx2  # noqa: PLC0415 - heavy

        patience = httpx2.Timeout(DOWNLOAD_SECONDS, connect=CONNECT_TIMEOUT_SECONDS)
        built = self._http.build_request(
            request.method, path_of(request), params=dict(request.params), timeout=patience
        )

        def ask() -> httpx2.Response:
            return self._http.send(built, stream=True)

        answer = self._answer(ask)
        try:
            if answer.status_code >= _FAILED_FROM:
                answer.read()
                raise self._problem(answer)
            for part in answer.iter_bytes():
                file.write(part)
        except self._errors as error:
            raise self._unanswered(error) from error
        finally:
            answer.close()

    def missing_parts(self) -> list[str]:
        """Return what readiness says of each part that is missing; nothing where nobody answers."""
        try:
            readiness = self._http.get("/api/v1/ready", timeout=_READINESS_SECONDS_MAX).json()
        except self._errors:
            return []
        except ValueError:
            # An older console, or a proxy before it, says nothing of the parts.
            return []
        parts = readiness.get("parts", []) if isinstance(readiness, dict) else []
        return [f"{each['part']}: {each['detail']}" for each in parts if each["state"] in _MISSING]

    def tell_missing(self) -> None:
        """Note which parts are missing."""
        for each in self.missing_parts():
            note(f"not ready: {each}")

    def _problem(self, answer: httpx2.Response) -> ApiProblem:
        """Return a refusal; who has no key is told how a command finds one."""
        document = _document(answer)
        if not self._has_key and document.get("code") == _KEYLESS:
            document = {**document, "remedy": _KEY_REMEDY}
        return ApiProblem(document)

    def _is_there(self) -> bool:
        try:
            self._http.get(_SIGN_OF_LIFE, timeout=SIGN_SECONDS_MAX)
        except self._errors:
            return False
        return True

    def _unanswered(self, error: Exception) -> ServerUnavailable:
        what = f"The console at {self.url} does not answer ({type(error).__name__})."
        if isinstance(error, self._unasked):
            return ServerUnavailable(what, remedy=_START_REMEDY)
        return AnswerLost(what, remedy=_SILENT_REMEDY)

    def _request(
        self,
        kind: type[Answer],
        method: str,
        path: str,
        *,
        query: Mapping[str, Query] | None = None,
        body: Fields | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_seconds: float | None = None,
    ) -> Answer:
        import httpx2  # noqa: PLC0415 - heavy

        params = {name: value for name, value in (query or {}).items() if value is not None}
        patience = self._http.timeout
        if timeout_seconds is not None:
            patience = httpx2.Timeout(timeout_seconds, connect=CONNECT_TIMEOUT_SECONDS)

        def ask() -> httpx2.Response:
            return self._http.request(
                method,
                path,
                params=params,
                json=body,
                content=content,
                headers=dict(headers or {}),
                timeout=patience,
            )

        answer = self._answer(ask)
        if answer.status_code >= _FAILED_FROM:
            raise self._problem(answer)
        # What is printed is read by people, and obeyed by terminals.
        return _read(kind, cleaned_facts(answer.json()))

    def _answer(self, ask: Callable[[], httpx2.Response]) -> httpx2.Response:
        def traced() -> httpx2.Response:
            with span("request of the command line"):
                return ask()

        try:
            return watched(traced, self._is_there, self.tell_missing)
        except ConsoleSilent as error:
            raise AnswerLost(
                f"The console at {self.url} takes connections and has given no sign of life for "
                f"{SILENCE_SECONDS_MAX:.0f} seconds.",
                remedy=_SILENT_REMEDY,
            ) from error
        except self._errors as error:
            raise self._unanswered(error) from error


def _with_trace(request: httpx2.Request) -> None:
    """Let the console go on with the trace of this command."""
    request.headers.update(trace_headers())


def _read(kind: type[Answer], document: JsonValue) -> Answer:
    """Return an answer as its model; fields that only a newer console knows are left out."""
    from pydantic import TypeAdapter  # noqa: PLC0415 - heavy

    return TypeAdapter(kind).validate_python(document, extra="ignore")


def _document(answer: httpx2.Response) -> dict[str, JsonValue]:
    try:
        document = cleaned_facts(answer.json())
    except ValueError:
        document = None
    if isinstance(document, dict):
        return document
    return {"code": "UNEXPECTED", "detail": f"The console answered {answer.status_code} without a reason."}


class Operation(Protocol):
    """A function of the generated client that makes the request of a command from its body."""

    def __call__(self, *, body: Fields) -> Request:
        """Return the request."""


def send(
    kind: type[Answer],
    console: ConsoleClient,
    operation: Operation,
    body: Fields,
    *,
    request_id: str | None,
) -> Answer:
    """Send a command, and return its answer; where that is lost, note the id that repeats the command.

    Args:
        kind: Model of the answer.
        console: Where to.
        operation: Makes the request.
        body: What is sent, without its request id.
        request_id: Names the command; None makes a new one.

    Raises:
        ApiProblem: The console refused.
        ServerUnavailable: The console does not answer; AnswerLost where it may have been asked.
    """
    own_id = str(uuid4()) if request_id is None else request_id
    try:
        whole = {**body, "request_id": own_id}
        return console.ask(kind, operation(body=whole))
    except PlanSwitchError as error:
        if _is_uncertain(error):
            note("It may have been taken. To send the same command again, add")
            note(f"  --request-id {own_id}")
        raise


def _is_uncertain(error: PlanSwitchError) -> bool:
    """Return whether a command that failed so may act all the same."""
    if isinstance(error, ApiProblem):
        is_certain = error.problem_code in _CERTAIN
        return not is_certain and error.handling.http_status >= _UNCERTAIN_FROM
    return isinstance(error, AnswerLost)


def path_of(request: Request) -> str:
    """Return the path of a request, with what a person typed in it escaped.

    Raises:
        InvalidInput: A part is empty, or is no id but a path.
    """
    path = request.path
    for name, part in request.path_parameters.items():
        path = path.replace(f"{{{name}}}", _escaped(part))
    return path


def _escaped(part: str) -> str:
    text = part.strip()
    if not text or text in _STEPS or any(sign in text for sign in _SEPARATORS):
        raise InvalidInput(
            field="the id",
            value=part,
            allowed="an id or a name without slashes, not empty",
            remedy="`planswitch switch list` shows the ids of switches and organizations, `planswitch "
            "checkout list` those of drafts, `planswitch catalog list` the plans.",
        )
    return quote(text, safe="")


def watched(
    request: Callable[[], Answer], is_there: Callable[[], bool], tell_missing: Callable[[], None]
) -> Answer:
    """Return what a request returns, unless the console falls silent meanwhile.

    Args:
        request: Asks the console; by itself it ends after as long as the longest work takes.
        is_there: Asks for a sign of life; returns within SIGN_SECONDS_MAX.
        tell_missing: Tells which part is missing; called once, when the answer takes long.

    Raises:
        ConsoleSilent: It gave no sign of life for SILENCE_SECONDS_MAX.
    """
    pending = _pending(request)
    began_at = heard_at = time.monotonic()
    is_told = False
    while wait([pending], timeout=WATCH_SECONDS).not_done:
        if is_there():
            heard_at = time.monotonic()
            if not is_told and heard_at - began_at >= TELL_SECONDS:
                is_told = True
                tell_missing()
        elif time.monotonic() - heard_at >= SILENCE_SECONDS_MAX:
            raise ConsoleSilent
    return pending.result()


def _pending(request: Callable[[], Answer]) -> Future[Answer]:
    """Begin a request in a thread of its own, which ends with the process."""
    pending: Future[Answer] = Future()

    def run() -> None:
        try:
            pending.set_result(request())
        except BaseException as error:  # noqa: BLE001 - it is raised where the answer is awaited
            pending.set_exception(error)

    threading.Thread(target=run, name="console-request", daemon=True).start()
    return pending


def in_turn(requests: Iterable[Callable[[], Answer]], *, at_once: int) -> Iterator[Answer]:
    """Yield what requests return, in their order, with several of them under way at the same time.

    Args:
        requests: Each asks the console.
        at_once: How many are under way, or have an answer that nobody has taken yet.
    """
    waiting: deque[Future[Answer]] = deque()
    for request in requests:
        waiting.append(_pending(request))
        if len(waiting) >= at_once:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


class ConsoleSilent(Exception):
    """The console gave no sign of life for too long."""
