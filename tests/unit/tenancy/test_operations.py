"""What reads, what writes, and what is refused before it is sent (vendor#read-only-access)."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import providers
from activities.base.wait_notes import awaited_of
from domain.kernel.awaited import Party
from domain.kernel.errors import InstallationTrouble, ReadOnlyAccess
from domain.operator.step_words import CALL_WORDS
from domain.ports.cloud import ProviderCall
from domain.ports.seller_port import BILLED_TO, SOLD_TO
from providers.access.profiles import Access, Audience
from providers.transport.http import ProviderHttp, ProviderRequest
from providers.transport.line import Answer
from providers.transport.operations import OPERATIONS, needed_access
from providers.transport.places import Place
from tests.support.adapters.sent_operations import Adapters, Unfollowed
from tools.tidy_sources import PACKAGES, ROOT

_ROOT = Path(providers.__file__).parent
#: What activities and services give the adapters.
_GIVEN = {"role": frozenset({SOLD_TO, BILLED_TO})}
_ORGANIZATION = "6b0f3a7c-58c9-4f0e-9d3a-0c6f3f6f2a11"
_READ_ITEM = {"id": "1", "method": "GET", "url": "/users/1"}
_WRITE_ITEM = {"id": "2", "method": "POST", "url": "/users/1/assignLicense", "body": {}}


#: Modules by which a program opens connections, or lets another program do so.
_NETWORKS = frozenset(
    {"aiohttp", "asyncio.open_connection", "ftplib", "http.client", "httpcore", "httpx", "httpx2", "msal"}
    | {"requests", "smtplib", "socket", "urllib.request", "urllib3", "webbrowser", "websockets"}
)
#: File of the product -> those that it imports.
_REACHING = {
    # The console, by the command line.
    "cli/base/client.py": {"httpx2"},
    # The sandbox's control interface, which no provider has.
    "cli/stack/sandbox_client.py": {"httpx2"},
    # Whether a process or a port of this machine is there.
    "ops/processes/processes.py": {"http.client", "socket"},
    # The figures of the Temporal SDK, which it tells on loopback.
    "ops/telemetry/sdk_runtime.py": {"http.client"},
    # Whether the sandbox answers at all: a GET of its root, where there are no profiles.
    "ops/readiness/readiness.py": {"http.client"},
    # The name of this machine.
    "store/health/heartbeats.py": {"socket"},
    # Sign-in: it words requests for tokens, and sends them to the token service alone.
    "providers/access/token_requests.py": {"msal"},
    "providers/access/token_service.py": {"httpx2"},
    "providers/access/trust.py": {"httpx2"},
    # Which proxy of the machine a connection takes; it opens none.
    "providers/access/proxies.py": {"urllib.request", "urllib3"},
    # Who signs in here: the provider of sign-ins of the installation, and no cloud.
    "providers/identity/openid_provider.py": {"requests"},
    # What goes out by itself: notices to the mail server, webhooks to their endpoints.
    "providers/mail/smtp.py": {"smtplib"},
    "providers/webhooks/posting.py": {"http.client", "socket", "urllib3"},
    # The transport.
    "providers/transport/line.py": {"http.client", "urllib3"},
    "providers/transport/whole_heads.py": {"http.client", "urllib3"},
}


def _sent(*folders: Path) -> frozenset[str]:
    return Adapters.below(iter(folders), _GIVEN).operations()


class _NoLine:
    """A network on which nothing may be sent."""

    def __init__(self) -> None:
        self.requests = 0

    def request(self, method: str, url: str, *, content: bytes, headers: Mapping[str, str]) -> Answer:
        """Count what comes."""
        self.requests += 1
        return Answer(status=200, headers={}, content=b"{}")

    def close(self) -> None:
        """Close nothing."""


class _CountedTokens:
    """Tokens that count how often one was asked for."""

    def __init__(self) -> None:
        self.tokens = 0

    def token(self, organization_id: str, audience: Audience) -> str:
        """Return a token."""
        self.tokens += 1
        return f"token-{organization_id}-{audience}"

    def renewed(self, organization_id: str, audience: Audience, *, refused: str, claims: str = "") -> str:
        """Return another token."""
        return self.token(organization_id, audience) + refused + claims


def _imports(file: Path) -> frozenset[str]:
    """Return the top names of what a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names |= {f"{node.module}.{each.name}" for each in node.names}
    return frozenset(known for known in _NETWORKS for name in names if f"{name}.".startswith(f"{known}."))


def _product_files() -> Iterator[tuple[str, Path]]:
    """Yield name and path of each file that an installation runs; the sandbox is no part of it."""
    folders = [ROOT / package for package in PACKAGES if package != "sandbox"]
    files = [ROOT / "worker.py", *(file for folder in folders for file in sorted(folder.rglob("*.py")))]
    yield from ((file.relative_to(ROOT).as_posix(), file) for file in files)


def test_nothing_but_the_transport_reaches_a_provider() -> None:
    """A way around it would know no read access: each file that can open a connection has its reason."""
    reaching = {name: imports for name, file in _product_files() if (imports := _imports(file))}

    assert reaching == _REACHING


def test_only_adapters_make_requests() -> None:
    """What sends a request is where the names of all operations are read from, and nowhere else."""
    made = {name.rpartition("/")[0] for name, file in _product_files() if _makes_requests(file)}

    assert made
    assert all(each.startswith(("providers/microsoft", "providers/reference")) for each in made), made


def _makes_requests(file: Path) -> bool:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return any(
        isinstance(node, ast.Call) and ast.unparse(node.func).endswith(ProviderRequest.__name__)
        for node in ast.walk(tree)
    )


def test_the_table_has_exactly_what_the_adapters_send() -> None:
    """Every operation in their code is declared, and none is declared that nobody sends."""
    assert _sent(_ROOT / "microsoft", _ROOT / "reference") == set(OPERATIONS)


def test_every_call_that_the_adapters_send_has_words() -> None:
    """People read of a call by what it asks; none has words that nobody sends (waits#where-it-is-shown)."""
    assert _sent(_ROOT / "microsoft", _ROOT / "reference") == set(CALL_WORDS)


@pytest.mark.parametrize(
    ("code", "operations"),
    [
        ('ProviderRequest(operation="burn", method="POST", path="/")', {"burn"}),
        ('name = "burn"\nProviderRequest(operation=name, method="POST", path="/")', {"burn"}),
        (
            'def ask(verb):\n    ProviderRequest(operation=f"{verb}_all")\nask("burn")\nask("keep")',
            {"burn_all", "keep_all"},
        ),
        (
            'def ask(each):\n    ProviderRequest(operation=each.operation)\nask(Change(operation="burn"))',
            {"burn"},
        ),
        ('ProviderRequest(operation="burn" if hot else "cool")', {"burn", "cool"}),
    ],
)
def test_a_new_operation_is_noticed_however_it_is_named(
    code: str, operations: set[str], tmp_path: Path
) -> None:
    """A constant, a name, a part of a name and a field of a change are followed: the table lacks them."""
    (tmp_path / "adapter.py").write_text(code, encoding="utf-8")

    assert _sent(tmp_path) == operations
    assert not operations & set(OPERATIONS)


@pytest.mark.parametrize(
    "code",
    [
        "ProviderRequest(operation=words[0])",
        "def ask(verb):\n    ProviderRequest(operation=verb)",
        "ProviderRequest(operation=made_up())",
    ],
)
def test_a_name_that_can_not_be_read_is_an_error(code: str, tmp_path: Path) -> None:
    """Nothing is passed over: a name from elsewhere fails the check and is not taken as none."""
    (tmp_path / "adapter.py").write_text(code, encoding="utf-8")

    with pytest.raises(Unfollowed):
        _sent(tmp_path)


@pytest.mark.parametrize(
    ("operation", "method", "path", "body", "needed"),
    [
        ("users_page", "GET", "/users", None, Access.READ),
        ("burn", "GET", "/users", None, Access.WRITE),
        ("users_page", "POST", "/users", None, Access.WRITE),
        # A read by POST, such as `getByIds` or an export, passes only once this table says so by its address.
        ("users", "POST", "/directoryObjects/getByIds", {"ids": ["1"]}, Access.WRITE),
        ("users", "POST", "/$batch/", {"requests": [_READ_ITEM]}, Access.WRITE),
        ("users_page", "delete", "/users", None, Access.WRITE),
        ("change_licenses", "GET", "/users", None, Access.WRITE),
        ("users", "POST", "/$batch", {"requests": [_READ_ITEM]}, Access.READ),
        ("users", "POST", "/$batch", {"requests": [_READ_ITEM, _WRITE_ITEM]}, Access.WRITE),
        ("users", "POST", "/$batch", {"requests": [{"id": "1", "url": "/users/1"}]}, Access.WRITE),
        ("users", "POST", "/$batch", {"requests": []}, Access.WRITE),
        ("users", "POST", "/$batch", {"requests": ["GET"]}, Access.WRITE),
        ("users", "POST", "/$batch", None, Access.WRITE),
        ("change_licenses", "POST", "/$batch", {"requests": [_READ_ITEM]}, Access.WRITE),
    ],
)
def test_a_read_is_declared_and_travels_as_one(
    operation: str, method: str, path: str, body: Any, needed: Access
) -> None:
    """What is undeclared, goes by another method, or is a batch with such an item, is a write."""
    assert needed_access(operation, method=method, path=path, body=body) is needed


@pytest.mark.parametrize("operation", [each for each, access in OPERATIONS.items() if access is Access.WRITE])
def test_a_write_is_refused_before_a_token_is_asked_for(operation: str) -> None:
    """Under read access neither token nor network is touched, nothing is recorded, and the remedy is told."""
    line, tokens = _NoLine(), _CountedTokens()
    calls: list[ProviderCall] = []
    announced: list[str] = []
    http = ProviderHttp(
        provider="directory",
        place_of=lambda _: Place(
            base_url="http://127.0.0.1:9",
            audience=Audience.DIRECTORY,
            tokens=tokens,
            line=line,
            access=Access.READ,
        ),
        observer=calls.append,
        announce=announced.append,
    )

    with pytest.raises(ReadOnlyAccess) as refused:
        http.send(_ORGANIZATION, ProviderRequest(operation=operation, method="POST", path="/x", body={}))

    assert (line.requests, tokens.tokens, calls, announced) == (0, 0, [], [])
    assert refused.value.code == "READ_ONLY_ACCESS"
    assert isinstance(refused.value, InstallationTrouble)
    assert refused.value.handling.is_retryable
    assert 'access = "write"' in refused.value.remedy
    awaited = awaited_of(refused.value, None)
    assert awaited.party is Party.OPERATOR
    assert awaited.words() == ("an operator to let this installation change something at the directory")
