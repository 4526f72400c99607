"""What directory and seller let a token do, and what an organization has granted (sandbox#grants)."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from tests.support.access.assertions import (
    aadsts,
    application_token,
    bearer,
    person_tokens,
    refreshed,
    with_assertion,
)
from tests.support.access.authority import DIRECTORY_SCOPE, PARTNER, SELLER_SCOPE, Authority
from tests.support.clouds.cloud_server import SOURCE_PLAN
from tests.support.clouds.sandbox_world import directory_contract

OTHER_PARTNER = "bbbbbbbb-0000-4000-8000-000000000002"


def get(authority: Authority, path: str, token: str, **headers: str) -> httpx2.Response:
    """Read a path with a token."""
    return authority.browser.get(path, headers=bearer(token) | headers)


def refusal(answer: httpx2.Response) -> tuple[int, Any]:
    """Return status and code of a refusal of the directory or the seller."""
    body = answer.json()
    return answer.status_code, body["error"]["code"] if "error" in body else body["code"]


def test_token_is_for_one_service(authority: Authority, organization_id: str) -> None:
    """The directory refuses the seller's token, the seller the directory's and a retired one (900420)."""
    directory = application_token(authority, organization_id)
    seller = application_token(authority, PARTNER, SELLER_SCOPE)
    retired = application_token(authority, PARTNER, "https://graph.windows.net/.default")
    subscriptions = f"/v1/customers/{organization_id}/subscriptions"

    assert refusal(get(authority, "/v1.0/users", seller)) == (401, "InvalidAuthenticationToken")
    assert refusal(get(authority, subscriptions, directory)) == (401, 900420)
    assert refusal(get(authority, subscriptions, retired)) == (401, 900420)
    assert get(authority, subscriptions, seller).status_code == 200


def test_token_is_of_one_tenant(authority: Authority, organization_id: str) -> None:
    """A token of one organization shows that one, and a changed token nothing."""
    token = application_token(authority, organization_id)
    shown = get(authority, "/v1.0/organization", token).json()["value"]

    assert [each["id"] for each in shown] == [organization_id]
    assert refusal(get(authority, "/v1.0/users", token[:-6] + "AAAAAA"))[0] == 401


def test_permission_that_is_missing_is_named_by_a_403(authority: Authority, organization_id: str) -> None:
    """Each call wants its permission, in a batch too; one that was not granted is refused for that item."""
    authority.register(permissions=["User.Read.All"])
    token = application_token(authority, organization_id)
    user = get(authority, "/v1.0/users", token).json()["value"][0]["id"]
    change = {"addLicenses": [], "removeLicenses": [SOURCE_PLAN]}
    write = {"id": "1", "method": "POST", "url": f"/users/{user}/assignLicense", "body": change}
    write["headers"] = {"Content-Type": "application/json"}
    reads = [{"id": "2", "method": "GET", "url": f"/users/{user}"}]
    reads.append({"id": "3", "method": "GET", "url": "/subscribedSkus"})
    body = {"requests": [write, *reads]}
    answers = authority.browser.post("/v1.0/$batch", json=body, headers=bearer(token)).json()["responses"]

    assert {each["id"]: each["status"] for each in answers} == {"1": 403, "2": 200, "3": 403}
    assert refusal(get(authority, "/v1.0/subscribedSkus", token)) == (403, "Authorization_RequestDenied")


@pytest.mark.parametrize(("state", "number"), [("missing", 65001), ("absent", 700016)])
def test_consent_is_withdrawn_and_given(
    authority: Authority, organization_id: str, state: str, number: int
) -> None:
    """Without consent there is no token; it is given on the page of consent, and the next call gets one."""
    edit = {"kind": "consent", "client_id": authority.client_id}
    authority.cloud.edit(organization_id, **edit, state=state)
    refused = with_assertion(authority, organization_id)
    page = f"/{organization_id}/v2.0/adminconsent?client_id={authority.client_id}"
    shown = authority.browser.get(page)
    authority.browser.post(page, data={"client_id": authority.client_id}).raise_for_status()

    assert aadsts(refused) == (400, number)
    assert "LicenseAssignment.ReadWrite.All" in shown.text
    assert with_assertion(authority, organization_id).status_code == 200
    authority.cloud.edit(organization_id, **edit, permissions=["ServiceHealth.Read.All"])
    token = application_token(authority, organization_id)
    assert refusal(get(authority, "/v1.0/users", token))[0] == 403


def test_relationship_lets_a_person_in_until_it_ends(authority: Authority, organization_id: str) -> None:
    """A declared relationship opens directory and seller to the partner's people, and its end closes them."""
    tokens = person_tokens(authority, SELLER_SCOPE)
    subscriptions = f"/v1/customers/{organization_id}/subscriptions"
    authority.cloud.edit(organization_id, kind="relationship")
    there = refreshed(authority, tokens["refresh_token"], organization_id, DIRECTORY_SCOPE).json()
    before = get(authority, "/v1.0/users", there["access_token"])
    authority.cloud.edit(organization_id, kind="relationship", status="terminated")

    assert before.status_code == 200
    assert refusal(get(authority, "/v1.0/users", there["access_token"]))[0] == 403
    assert refusal(get(authority, subscriptions, tokens["access_token"])) == (403, 900308)
    ended = refreshed(authority, tokens["refresh_token"], organization_id, DIRECTORY_SCOPE)
    assert aadsts(ended) == (400, 50020)
    authority.cloud.edit(organization_id, kind="relationship")
    assert get(authority, subscriptions, tokens["access_token"]).status_code == 200


def test_role_of_the_relationship_counts(authority: Authority, organization_id: str) -> None:
    """A person whose relationship gives no role for licenses may read and not assign."""
    authority.cloud.edit(organization_id, kind="relationship", roles=["Billing Administrator"])
    refresh = person_tokens(authority, SELLER_SCOPE)["refresh_token"]
    token = refreshed(authority, refresh, organization_id, DIRECTORY_SCOPE).json()["access_token"]
    user = get(authority, "/v1.0/users", token).json()["value"][0]["id"]
    change = {"addLicenses": [], "removeLicenses": [SOURCE_PLAN]}
    path = f"/v1.0/users/{user}/assignLicense"

    assert refusal(authority.browser.post(path, json=change, headers=bearer(token)))[0] == 403
    authority.cloud.edit(organization_id, kind="relationship", roles=["License Administrator"])
    assert authority.browser.post(path, json=change, headers=bearer(token)).status_code == 200


def test_relationships_are_shown_in_the_partners_directory(
    authority: Authority, organization_id: str
) -> None:
    """The lists fit the vendor's contract; a relationship past its end is shown as expired."""
    authority.cloud.edit(organization_id, kind="relationship")
    authority.cloud.edit(organization_id, kind="relationship", name="Old", ends_at="2026-01-01T00:00:00Z")
    token = application_token(authority, PARTNER)
    contract = directory_contract("graph_slice_more")
    shown = {}
    for name in ("delegatedAdminRelationships", "delegatedAdminCustomers"):
        answer = get(authority, f"/v1.0/tenantRelationships/{name}", token)
        contract.check(answer, f"/v1.0/tenantRelationships/{name}")
        shown[name] = answer.json()["value"]
    mine = [
        one for one in shown["delegatedAdminRelationships"] if one["customer"]["tenantId"] == organization_id
    ]

    assert {one["displayName"]: one["status"] for one in mine} == {
        "Administration": "active",
        "Old": "expired",
    }
    assert organization_id in {one["tenantId"] for one in shown["delegatedAdminCustomers"]}
    authority.register(permissions=["User.Read.All"])
    poor = application_token(authority, PARTNER)
    path = "/v1.0/tenantRelationships/delegatedAdminRelationships"
    assert refusal(get(authority, path, poor))[0] == 403


def test_customers_come_in_pages(authority: Authority, organization_id: str) -> None:
    """The seller's list is followed by continuation tokens to every customer of the partner, once each."""
    other = authority.cloud.organization(seed=9_001, users=1)["organization_id"]
    foreign = authority.cloud.organization(seed=9_002, users=1)["organization_id"]
    authority.cloud.edit(foreign, kind="partner", partner_tenant_id=OTHER_PARTNER)
    token = application_token(authority, PARTNER, SELLER_SCOPE)
    customers: list[str] = []
    headers: dict[str, str] = {}
    uri = "/customers?size=1"
    while uri:
        page = get(authority, f"/v1{uri}", token, **headers).json()
        customers += [each["id"] for each in page["items"]]
        following = page["links"].get("next")
        uri = following["uri"] if following else ""
        headers = {each["key"]: each["value"] for each in following["headers"]} if following else {}

    assert len(customers) == len(set(customers)) == page["totalCount"]
    assert {organization_id, other} <= set(customers)
    assert foreign not in customers
    assert refusal(get(authority, f"/v1/customers/{foreign}/subscriptions", token)) == (404, 60003)
    assert get(authority, f"/v1/customers/{other}", token).json()["companyProfile"]["tenantId"] == other


def test_agreement_is_wanted_before_an_order(authority: Authority, organization_id: str) -> None:
    """A checkout without the customer's agreement is 13605; once it is confirmed the order is placed."""
    authority.cloud.edit(organization_id, kind="agreement", is_accepted=False)
    header = bearer(person_tokens(authority, SELLER_SCOPE)["access_token"])
    base = f"/v1/customers/{organization_id}"
    line = {"CatalogItemId": f"{SOURCE_PLAN}:0001:EUR", "Quantity": 5, "TermDuration": "P1M"}
    body = {"PaymentMethod": "card", "LineItems": [line | {"BillingCycle": "Monthly"}]}
    cart = authority.browser.post(f"{base}/carts", json=body, headers=header).json()["id"]
    agreements = f"{base}/agreements?agreementType=MicrosoftCustomerAgreement"
    contact = {"firstName": "Bo", "lastName": "Dahl", "email": "bo@customer.example"}
    agreed = {"primaryContact": contact, "type": "MicrosoftCustomerAgreement"}
    agreed |= {"dateAgreed": "2026-11-01T00:00:00Z"}

    assert authority.browser.get(agreements, headers=header).json()["totalCount"] == 0
    refused = authority.browser.post(f"{base}/carts/{cart}/checkout", headers=header)
    assert refusal(refused) == (403, 13605)
    confirmed = authority.browser.post(f"{base}/agreements", json=agreed, headers=header)
    twice = authority.browser.post(f"{base}/agreements", json=agreed, headers=header)
    assert (confirmed.status_code, refusal(twice)) == (201, (400, 600061))
    assert authority.browser.get(agreements, headers=header).json()["totalCount"] == 1
    assert authority.browser.post(f"{base}/carts/{cart}/checkout", headers=header).status_code == 201


def test_setting_wants_a_person_at_the_seller(authority: Authority, organization_id: str) -> None:
    """Documents contradict each other on applications alone: a setting refuses them (900329)."""
    token = application_token(authority, PARTNER, SELLER_SCOPE)
    authority.cloud.settings(is_user_wanted_by_seller=True)
    path = f"/v1/customers/{organization_id}/subscriptions"

    assert refusal(get(authority, path, token)) == (403, 900329)
    person = person_tokens(authority, SELLER_SCOPE)["access_token"]
    assert get(authority, path, person).status_code == 200
