"""Several profiles at once: each organization's calls go to the cloud of its profile, with its tokens."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from domain.kernel.errors import AccessLost, PartyMissing, PlanSwitchError, ReadOnlyAccess
from domain.kernel.money import Money
from domain.ports.cloud import Cloud, ProviderCall
from domain.ports.seller_port import OrderLine
from providers.access.profiles import Audience, CloudProfiles
from providers.profile_cloud import profile_factory
from tests.support.clouds.http_handlers import HandlerLine

PARTNER = "11111111-1111-4111-8111-111111111111"
CLIENT = "22222222-2222-4222-8222-222222222222"
CONTOSO = "33333333-3333-4333-8333-333333333333"
FABRIKAM = "44444444-4444-4444-8444-444444444444"
STRANGER = "55555555-5555-4555-8555-555555555555"
ONE = Money(minor_units=1, currency="EUR")
FILE = f"""
[profiles.one]
tenant_id = "{PARTNER}"
client_id = "{CLIENT}"
certificate_file = "one.pem"
tenants = ["{CONTOSO}"]

[profiles.two]
cloud = "china"
tenant_id = "{PARTNER}"
client_id = "{CLIENT}"
secret_file = "two.secret"
tenants = ["{FABRIKAM}"]
notices_url = "https://notices.test/v1"
interfaces_token_file = "notices.token"
"""


class _NamedTokens:
    """Tokens that tell for whom they are; those for `lost` end for good."""

    def __init__(self, lost: str = "") -> None:
        self._lost = lost

    def token(self, organization_id: str, audience: Audience) -> str:
        """Return a token."""
        return f"{organization_id}:{audience}"

    def renewed(self, organization_id: str, audience: Audience, *, refused: str, claims: str = "") -> str:
        """Return a token that tells what it was renewed by."""
        if organization_id == self._lost:
            raise AccessLost("No token.", action="sign in", remedy="Sign in.", vendor_code="AADSTS50173")
        return f"{refused}+{claims}"


class _Seen:
    """Answers every call, and keeps where it went with which token."""

    def __init__(self, status: int = 200) -> None:
        self.calls: list[tuple[str, str]] = []
        self._status = status

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Answer an empty list, or the status of the test."""
        self.calls.append((str(request.url.host), request.headers["authorization"]))
        return httpx2.Response(self._status, json={"value": [], "items": [], "totalCount": 0})


def _cloud(
    folder: Path, seen: _Seen, tokens: _NamedTokens | None = None, *, text: str = FILE
) -> tuple[Cloud, list[ProviderCall]]:
    file = folder / "cloud.toml"
    file.write_text(text, encoding="utf-8")
    calls: list[ProviderCall] = []
    profiles = CloudProfiles.load(file)
    build, _close = profile_factory(profiles, tokens or _NamedTokens(), line=HandlerLine(seen))
    return build(calls.append), calls


def test_each_organization_is_asked_about_at_its_own_cloud(tmp_path: Path) -> None:
    """One set of ports serves all profiles; a token goes to the host of its own audience alone."""
    seen = _Seen()
    cloud, _calls = _cloud(tmp_path, seen)

    cloud.directory.subscribed_plans(CONTOSO)
    cloud.seller.subscriptions(CONTOSO)
    cloud.directory.subscribed_plans(FABRIKAM)

    assert seen.calls == [
        ("graph.microsoft.com", f"Bearer {CONTOSO}:directory"),
        ("api.partnercenter.microsoft.com", f"Bearer {CONTOSO}:seller"),
        ("microsoftgraph.chinacloudapi.cn", f"Bearer {FABRIKAM}:directory"),
    ]


def test_an_organization_of_no_profile_is_asked_about_nowhere(tmp_path: Path) -> None:
    """Nothing is sent for an organization that nobody is let in for."""
    seen = _Seen()
    cloud, calls = _cloud(tmp_path, seen)

    with pytest.raises(AccessLost, match=STRANGER):
        cloud.directory.subscribed_plans(STRANGER)

    assert (seen.calls, calls) == ([], [])


@pytest.mark.parametrize("party", ["billing", "credit", "notices"])
def test_what_a_profile_does_not_have_is_refused_by_its_name(tmp_path: Path, party: str) -> None:
    """Billing, credit bureau and notices are optional; what needs one says which is missing."""
    seen = _Seen()
    cloud, _calls = _cloud(tmp_path, seen)
    ask: dict[str, Callable[[], object]] = {
        "billing": lambda: cloud.billing.profile(CONTOSO),
        "credit": lambda: cloud.credit.decide(CONTOSO, "c", verdict="approved", key="k"),
        "notices": lambda: cloud.notices.send(
            CONTOSO, kind="k", switch_id="s", subject="a", body="b", key="k"
        ),
    }

    with pytest.raises(PartyMissing) as caught:
        ask[party]()

    assert seen.calls == []
    assert (caught.value.code, caught.value.handling.is_retryable) == ("PARTY_MISSING", False)
    assert f"The profile one has no {party}" in caught.value.message
    assert f"{party}_url" in caught.value.remedy


def test_a_token_that_is_refused_is_renewed_once_and_then_access_is_lost(tmp_path: Path) -> None:
    """Two refusals in a row are waited for by name: retryable, and no organization is blamed."""
    seen = _Seen(status=401)
    cloud, calls = _cloud(tmp_path, seen)

    with pytest.raises(AccessLost) as caught:
        cloud.directory.subscribed_plans(CONTOSO)

    assert [token for _host, token in seen.calls] == [
        f"Bearer {CONTOSO}:directory",
        f"Bearer {CONTOSO}:directory+",
    ]
    assert [call.status for call in calls] == [401, 401]
    assert (caught.value.code, caught.value.handling.is_retryable) == ("ACCESS_LOST", True)


def test_a_token_that_can_not_be_renewed_is_told_by_who_must_act(tmp_path: Path) -> None:
    """What the token service says comes first: it names the cause, and the refused call does not."""
    cloud, calls = _cloud(tmp_path, _Seen(status=401), _NamedTokens(lost=CONTOSO))

    with pytest.raises(AccessLost) as caught:
        cloud.directory.subscribed_plans(CONTOSO)

    assert caught.value.vendor_code == "AADSTS50173"
    assert len(calls) == 1


@pytest.mark.parametrize(
    "operation", ["change_group", "reprocess_user", "create_cart", "send_notice", "invoice"]
)
def test_a_profile_that_does_not_say_so_may_only_read(tmp_path: Path, operation: str) -> None:
    """Directory, seller and our own interfaces alike; another profile that may write is not held back."""
    seen = _Seen()
    text = FILE.replace('cloud = "china"', 'access = "write"')
    own = "".join(f'{each}_url = "https://{each}.test/v1"\n' for each in ("billing", "notices"))
    text = text.replace('"one.pem"\n', f'"one.pem"\n{own}interfaces_token_file = "own.token"\n')
    cloud, calls = _cloud(tmp_path, seen, text=text)
    line = OrderLine(plan_id=CONTOSO, quantity=1, term="P1M", billing_cycle="monthly", currency="EUR")
    acts: dict[str, Callable[[str], object]] = {
        "change_group": lambda own_id: cloud.groups.change(own_id, CONTOSO, remove_plan_id=CONTOSO),
        "reprocess_user": lambda own_id: cloud.groups.reprocess(own_id, CONTOSO),
        "create_cart": lambda own_id: cloud.seller.place_order(own_id, line, cart_key="a", checkout_key="b"),
        "send_notice": lambda own_id: cloud.notices.send(
            own_id, kind="k", switch_id="s", subject="a", body="b", key="k"
        ),
        "invoice": lambda own_id: cloud.billing.invoice(
            own_id, switch_id="s", lines=[], tax=ONE, total=ONE, payment_method="card", key="k"
        ),
    }

    with pytest.raises(ReadOnlyAccess):
        acts[operation](CONTOSO)
    assert (seen.calls, calls) == ([], [])

    if operation != "invoice":
        # What the empty answer means to the adapter is another matter.
        with suppress(PlanSwitchError):
            acts[operation](FABRIKAM)
        assert [each.operation for each in calls][:1] == [operation]
