"""Acts on products carry the signature of who asked for them, as commands to switches do (ADR 19, ADR 27).

The console signs an act as it records it. The worker, which finishes what was left open, checks signature and
approval by its own keys and settings: a row that somebody else wrote is not carried out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from activities.signed_command import SignedCommand
from activities.signing.approvals import Approvals
from activities.signing.signatures import CommandKeys, check, hmac_of, is_equal, sign
from activities.signing.stored_messages import as_stored, from_stored
from domain.approvals.approval_policy import PRODUCT_PREFIX
from domain.kernel.errors import CommandUnsigned
from domain.kernel.money import Money
from domain.organizations.organization import Organization
from domain.products.act_terms import ActTerms
from domain.products.product_acts import ActRequest, ProductActBegun, question_of

#: Keeps the proof of figures from being taken for another.
_FIGURES = b"planswitch figures of an act 1:"
_ENVELOPE, _PROOF = "command", "figures"


def pinned(request: ActRequest, total: Money) -> ActRequest:
    """Return a request that accepts exactly what it costs now: it is what is signed and approved."""
    return replace(request, total_minor_units=total.minor_units, accept=False)


def act_arguments(organization_id: str, request: ActRequest) -> dict[str, object]:
    """Return what the signature of an act covers beside who, why and when; an approval covers the same.

    Args:
        organization_id: Directory id of the organization.
        request: As `pinned` returns it.
    """
    return {"act": as_stored(ActRequest, request), "organization_id": organization_id}


def act_command(request: ActRequest) -> str:
    """Return the name under which an act is signed and approved."""
    return f"{PRODUCT_PREFIX}{request.question.act}"


def signed_act(
    keys: CommandKeys,
    organization_id: str,
    request: ActRequest,
    terms: ActTerms,
    *,
    actor: str,
    at: datetime,
) -> dict[str, object]:
    """Return the proof of an act, as it is recorded with it.

    Args:
        keys: Of this installation.
        organization_id: Directory id of the organization.
        request: What was asked for and accepted.
        terms: Its figures.
        actor: Who asked, as authentication told it.
        at: Now; an aware instant.
    """
    own = pinned(request, terms.total)
    signed = sign(
        keys,
        switch_id=organization_id,
        command=act_command(own),
        actor=actor,
        reason=own.reason,
        request_id=own.question.request_id,
        at=at,
        arguments=act_arguments(organization_id, own),
    )
    return {
        _ENVELOPE: as_stored(SignedCommand, signed),
        _PROOF: _figures_proof(keys.signing, signed, terms.as_facts()),
    }


class ActAdmission:
    """Lets the worker carry out what somebody with a role asked for, and what was approved where it must be.

    Args:
        keys: Of this installation.
        approvals: Finds out what a second person has approved.
    """

    def __init__(self, keys: CommandKeys, approvals: Approvals) -> None:
        self._keys = keys
        self._approvals = approvals

    def require(self, organization: Organization, request_id: str) -> None:
        """Refuse an act that nobody proves to have asked for, or that lacks an approval.

        Args:
            organization: Whose stream it is.
            request_id: Names the act.

        Raises:
            CommandUnsigned: No valid key signed exactly this, in the name of who is recorded.
            ApprovalRequired: It needs the approval of a second person and has none.
        """
        begun = organization.product_acts[request_id]
        organization_id = str(begun.meta["organization_id"])
        terms = ActTerms.of_facts(begun.figures)
        request = _request_of(begun, terms)
        signed = check(
            self._keys,
            _envelope_of(begun),
            switch_id=organization_id,
            command=act_command(request),
            seen_at=begun.timestamp,
            actor=begun.meta["actor"],
            reason=begun.meta["reason"],
            request_id=request_id,
            arguments=act_arguments(organization_id, request),
        )
        key = self._keys.of_id(signed.key_id)
        proof = str(begun.proof.get(_PROOF, ""))
        if key is None or not is_equal(proof, _figures_proof(key, signed, begun.figures)):
            raise CommandUnsigned(
                f"The figures of the command `{signed.command}` are not those that were signed."
            )
        self._approvals.require_act(signed, total=terms.total)


def _request_of(begun: ProductActBegun, terms: ActTerms) -> ActRequest:
    request = ActRequest(
        question=question_of(begun),
        reason=begun.meta["reason"],
        accept_loss=bool(begun.acceptance.get("loss")),
    )
    return pinned(request, terms.total)


def _envelope_of(begun: ProductActBegun) -> SignedCommand | None:
    """Return the envelope of an act; None where none can be read."""
    facts = begun.proof.get(_ENVELOPE)
    try:
        return None if facts is None else from_stored(SignedCommand, facts)
    except ValueError:
        return None


def _figures_proof(key: bytes, signed: SignedCommand, figures: dict[str, object]) -> str:
    return hmac_of(key, _FIGURES, {"signature": signed.signature, "figures": figures})
