"""Support as a remedy (cli#support): the contact, and one document with the redacted facts of a case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field, model_validator

from audit.cases.redaction import without_addresses
from audit.cases.support_case import case_of_question, case_of_switch
from audit.users.user_outcomes import unresolved_users
from console.access.dependencies import Actor, Console, ConsoleDependencies
from console.edge.plain_bodies import Body, Id, Text
from console.models.system import SupportBundle, SupportContact
from console.switches.bodies import QuoteBody
from domain.kernel.errors import InvalidInput, NotEligible, PlanSwitchError
from domain.kernel.limits import LICENSES_MAX
from domain.ports.cloud import (
    AnsweredAttempts,
    CallAnnouncer,
    CallObserver,
    Cloud,
    ProviderCall,
    none_answered,
    unannounced,
)
from domain.requests.terms import Mode, PaymentMethod
from projections.reads.shown_rows import instant_text
from services.assessment.asking import ask, record
from services.base.switch_rows import readable_source

router = APIRouter(prefix="/api/v1/support", tags=["support"])

FORMAT = "planswitch-support-bundle"
FORMAT_VERSION = 1
PACKAGE = "planswitch"


class BundleBody(Body):
    """The case: a switch, or the question whether an organization may switch to a plan."""

    #: Id of a switch, or the beginning of it.
    switch: Text | None = None
    organization_id: Id | None = None
    target_plan: Text | None = None
    source_subscription_id: Id | None = None
    #: null is how the organization pays.
    payment_method: PaymentMethod | None = None
    rule_set: Text = "current"
    mode: Mode = "automatic"
    target_subscription_id: Id | None = None
    quantity: Annotated[int, Field(ge=1, le=LICENSES_MAX)] | None = None

    @model_validator(mode="after")
    def _is_one_case(self) -> BundleBody:
        is_question = self.organization_id is not None and self.target_plan is not None
        if (self.switch is not None) == is_question:
            raise InvalidInput(
                field="switch",
                value=self.switch,
                allowed="a switch, or organization_id and target_plan in its place",
                remedy="Name a switch, or an organization and a target plan, and not both.",
            )
        return self


@router.get("")
def show_contact(_actor: Actor, console: Console) -> SupportContact:
    """Show the support contact of this installation; "" if there is none."""
    return SupportContact(contact=console.support_contact)


@router.post("/bundles")
def make_bundle(body: BundleBody, actor: Actor, console: Console) -> SupportBundle:
    """Return the redacted facts of a case in one document; an assessment that it needs is recorded."""
    return bundle(console, body, actor=actor)


def bundle(console: ConsoleDependencies, body: BundleBody, *, actor: str) -> SupportBundle:
    """Return the document that support gets; it holds nobody's data and no secret.

    Raises:
        UnknownSwitch: There is no such switch.
        UnknownPlan: No plan is called so.
    """
    if body.switch is not None:
        row = console.reads.switch(body.switch)
        source = readable_source(console, row)
        is_begun = source is not None and row.switch_id in source.switches
        case = case_of_switch(
            console.store,
            row,
            console.reads.streams_of(row.switch_id),
            users=unresolved_users(console.store, source, row.switch_id) if source and is_begun else (),
        )
    else:
        case = _assessed_case(console, body, actor)
    return SupportBundle(
        format=FORMAT,
        format_version=FORMAT_VERSION,
        made_at=instant_text(datetime.now(tz=UTC)),
        product_version=version(PACKAGE),
        contact=console.support_contact,
        catalog_versions=tuple(sorted({each["inputs"]["catalog_version"] for each in case["assessments"]})),
        rule_sets=tuple(sorted({each["inputs"]["rule_set"] for each in case["assessments"]})),
        case=without_addresses(case),
    )


def _assessed_case(console: ConsoleDependencies, body: BundleBody, actor: str) -> dict[str, Any]:
    """Ask the rules as `switch quote` does, and tell what was asked, answered and called."""
    calls: list[ProviderCall] = []
    watched = replace(console, cloud_factory=_watching(console, calls))
    question = QuoteBody(**body.model_dump(exclude={"switch"})).question()
    assessment = quote = None
    failure = ""
    try:
        answer = ask(watched, question, actor=actor)
        record(console, answer, reason="support bundle", accepted=False)
        assessment, quote = answer.prepared.assessment.as_facts(), answer.prepared.quote.as_facts()
    except NotEligible as error:
        assessment, failure = error.details["assessment"].as_facts(), error.code
    except InvalidInput:
        raise
    except PlanSwitchError as error:
        # A cloud that does not answer is a case as well; a question that can't be asked is none.
        if not calls:
            raise
        failure = error.code
    return case_of_question(
        console.store,
        question.terms.organization_id,
        assessment=assessment,
        quote=quote,
        calls=calls,
        failure=failure,
    )


def _watching(console: ConsoleDependencies, calls: list[ProviderCall]) -> Any:
    def build(
        observer: CallObserver,
        announce: CallAnnouncer = unannounced,
        answered: AnsweredAttempts = none_answered,
    ) -> Cloud:
        def observe(call: ProviderCall) -> None:
            calls.append(call)
            observer(call)

        return console.cloud_factory(observe, announce, answered)

    return build
