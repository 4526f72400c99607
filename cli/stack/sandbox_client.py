"""The command line's side of the sandbox: makes and edits organizations, asks ledger and referee."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from cli.base.client import certificates_for
from cli.base.errors import ApiProblem, ServerUnavailable
from domain.kernel.errors import InvalidInput
from domain.text.plain_text import cleaned_facts

if TYPE_CHECKING:
    import httpx2

TIMEOUT_SECONDS = 120.0
#: A sandbox that was started just now listens within this time.
START_SECONDS = 15.0
LOOK_SECONDS = 0.2
_FAILED_FROM = 400


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeOrganization:
    """What the sandbox made."""

    organization_id: str
    subscription_id: str
    display_name: str
    users: int
    quantity: int


class SandboxClient:
    """Requests to the sandbox's control and billing interfaces.

    Args:
        url: Base URL.
    """

    def __init__(self, url: str) -> None:
        import httpx2  # noqa: PLC0415 - heavy

        self.url = url
        self._http = httpx2.Client(
            base_url=url, timeout=TIMEOUT_SECONDS, trust_env=False, verify=certificates_for(url)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.close()

    def until_started(self) -> None:
        """Wait a little for a sandbox that was started just now."""
        import httpx2  # noqa: PLC0415 - heavy

        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            with suppress(httpx2.ConnectError):
                self._http.get("/")
                return
            time.sleep(LOOK_SECONDS)

    def create_organization(self, facts: dict[str, object]) -> MadeOrganization:
        """Make the organization that a seed and its options describe."""
        made = self._request("POST", "/sandbox/organizations", json=facts)
        from pydantic import TypeAdapter  # noqa: PLC0415 - heavy

        return TypeAdapter(MadeOrganization).validate_python(made)

    def change_settings(self, changes: dict[str, object]) -> None:
        """Change settings of the sandbox, such as what its credit bureau answers."""
        self._request("POST", "/sandbox/settings", json=changes)

    def acknowledge(
        self, organization_id: str, plan_id: str, codes: Iterable[str], *, is_owned: bool = False
    ) -> None:
        """Report to the referee what is confirmed with the next order of a plan, if anything is.

        Args:
            organization_id: Who confirms.
            plan_id: The plan.
            codes: What is confirmed.
            is_owned: The plan is owned already, and no order comes.
        """
        if confirmed := list(codes):
            edit: dict[str, object] = {"kind": "acknowledgment", "plan_id": plan_id, "codes": confirmed}
            edit |= {"is_owned": True} if is_owned else {}
            self._request("POST", _path(organization_id, "edits"), json=edit)

    def plan_ids(self, organization_id: str) -> frozenset[str]:
        """Return the plans of which an organization has licenses, as its directory lists them."""
        token = {"Authorization": f"Bearer sandbox-{organization_id}"}
        pools = self._request("GET", "/v1.0/subscribedSkus", headers=token)["value"]
        return frozenset(each["skuId"] for each in pools)

    def edit(self, organization_id: str, edit: dict[str, object]) -> dict[str, Any]:
        """Change something of an organization as somebody at the cloud's consoles would."""
        return self._request("POST", _path(organization_id, "edits"), json=edit)

    def authority(self) -> dict[str, Any]:
        """Return where the sandbox gives tokens ("" where it gives none), and whom its clients trust."""
        return self._request("GET", "/sandbox/authority")

    def register(
        self, home_id: str, client_id: str, certificate: str, redirects: Sequence[str], person: str
    ) -> None:
        """Register an application by its certificate, and a person of its home who can sign in."""
        application: dict[str, object] = {"tenant_id": home_id, "client_id": client_id}
        application |= {"certificates": [certificate], "redirect_uris": list(redirects)}
        self._request("PUT", "/sandbox/authority/applications", json=application)
        somebody = {"tenant_id": home_id, "principal_name": person}
        self._request("PUT", "/sandbox/authority/people", json=somebody)

    def buy_elsewhere(self, organization: MadeOrganization, plan_id: str) -> str:
        """Let an organization own as many licenses of another plan from another seller.

        Returns:
            The new subscription, by the id that the directory lists.
        """
        organization_id = organization.organization_id
        edit = {
            "kind": "purchase",
            "plan_id": plan_id,
            "quantity": max(organization.quantity, organization.users),
            "is_sold_elsewhere": True,
        }
        self._request("POST", _path(organization_id, "edits"), json=edit)
        rows = self._request(
            "GET",
            "/v1.0/directory/subscriptions",
            headers={"Authorization": f"Bearer sandbox-{organization_id}"},
        )["value"]
        return next(str(row["id"]) for row in rows if str(row["skuId"]).lower() == plan_id.lower())

    def plant_faults(self, organization_id: str, program: dict[str, object]) -> None:
        """Make calls for one organization go wrong by a program."""
        self._request("PUT", _path(organization_id, "faults"), json=program)

    def faults_met(self, organization_id: str) -> dict[str, int]:
        """Return how often each kind of fault has met an organization."""
        met: dict[str, int] = self._request("GET", _path(organization_id, "faults"))["fired"]
        return met

    def referee(self, organization_id: str) -> dict[str, Any]:
        """Return what the journal proves about gaps, money and orders."""
        return self._request("GET", "/sandbox/referee", params={"organization_id": organization_id})

    def charged(self, organization_id: str, switch_id: str) -> int:
        """Return what the ledger says was taken or invoiced for a switch, in minor units."""
        entries = self._request(
            "GET",
            f"/billing/v1/customers/{quote(organization_id, safe='')}/ledger",
            headers={"Authorization": f"Bearer sandbox-{organization_id}"},
        )["entries"]
        # By invoice nothing is taken at once: what is billed is the invoice's amount.
        return sum(
            each["charged_minor_units"] if each["payment_method"] == "card" else each["amount_minor_units"]
            for each in entries
            if each.get("switch_id") == switch_id
        )

    def _request(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        import httpx2  # noqa: PLC0415 - heavy

        try:
            answer = self._http.request(method, path, **options)
        except httpx2.TransportError as error:
            raise ServerUnavailable(
                f"The sandbox at {self.url} does not answer ({type(error).__name__}).",
                remedy="Start it with `planswitch sandbox --tls-port 8544`, or name another one in "
                "PLANSWITCH_CLOUD_URL. If it is the sandbox of a running stack, look into its sandbox.log.",
            ) from error
        if answer.status_code >= _FAILED_FROM:
            raise ApiProblem(_refusal(answer))
        document: dict[str, Any] = answer.json()
        return document


def _path(organization_id: str, part: str) -> str:
    return f"/sandbox/organizations/{quote(organization_id, safe='')}/{part}"


def _refusal(answer: httpx2.Response) -> dict[str, Any]:
    """Return what the sandbox refused as a problem, in its words without their wrapping."""
    try:
        facts = cleaned_facts(answer.json())
    except ValueError:
        facts = None
    why = facts.get("detail") if isinstance(facts, dict) else None
    if why is None:
        return {
            "code": "UNEXPECTED",
            "detail": f"The sandbox failed ({answer.status_code}).",
            "remedy": "Look into sandbox.log of the stack.",
        }
    return {
        "code": InvalidInput.code,
        "detail": f"The sandbox refused: {why}",
        "remedy": "Correct what is asked of it, such as the file that describes the organization.",
    }
