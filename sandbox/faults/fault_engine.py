"""Runs fault programs: counts the hits of every point, and says what goes wrong at this one.

A point is a rule, an organization, and for the items of a batch a user. Whether hit n of a point goes wrong
is decided by seed, rule, point and n, so no other organization, user, thread or moment shifts it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sandbox.faults.fault_calls import CALLBACK, CHANGE_LICENSES, Call
from sandbox.faults.fault_program import FaultProgram
from sandbox.faults.fault_rules import (
    CallbackDuplicated,
    CallbackFault,
    CallbackLate,
    FaultRule,
    ItemFault,
    Paging,
    RequestFault,
    SellerError,
    draw,
)
from sandbox.kernel.model import Json

Rule = TypeVar("Rule", bound=FaultRule)
Rule_co = TypeVar("Rule_co", bound=FaultRule, covariant=True)
Error = TypeVar("Error", bound=SellerError)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fired(Generic[Rule_co]):
    """A rule at the hit at which it goes wrong."""

    rule: Rule_co
    seed: int
    point: str
    hit: int

    def draw(self, what: str) -> float:
        """Return a number from 0 to below 1 for a choice of this fault."""
        return draw(self.seed, self.rule.name, self.point, self.hit, what)


@dataclass(kw_only=True, slots=True)
class RunningProgram:
    """A program with the hits so far; kept in memory only, a restarted sandbox counts anew."""

    program: FaultProgram
    hits: Counter[tuple[str, str]] = field(default_factory=Counter)
    times: Counter[tuple[str, str]] = field(default_factory=Counter)
    #: Organization -> fault -> how often.
    fired: dict[str, Counter[str]] = field(default_factory=dict)

    def at(self, rule: Rule, organization_id: str, user_id: str = "") -> Fired[Rule] | None:
        """Count one hit of a rule and return the fault of it, or None."""
        point = f"{organization_id}/{user_id}" if user_id else organization_id
        key = (rule.name, point)
        self.hits[key] += 1
        hit = self.hits[key]
        if not rule.fires(self.program.seed, point, hit) or (rule.count and self.times[key] >= rule.count):
            return None
        self.times[key] += 1
        self.fired.setdefault(organization_id, Counter())[rule.fault] += 1
        return Fired(rule=rule, seed=self.program.seed, point=point, hit=hit)


class FaultEngine:
    """The programs that are in force: one for everybody, and one for each organization that has its own."""

    def __init__(self) -> None:
        self._general: RunningProgram | None = None
        self._own: dict[str, RunningProgram] = {}
        #: Authorization header that is taken no more -> whose call it came with, whether it is challenged.
        self._revoked: dict[str, tuple[str, bool]] = {}
        #: Organization -> seconds until its next orders are visible, and until they are set up.
        self._delays: dict[str, tuple[float, float]] = {}
        #: Organization and kind -> the error of its next cart or checkout.
        self._seller_errors: dict[tuple[str, type[SellerError]], SellerError] = {}

    @property
    def is_idle(self) -> bool:
        """Return whether nothing goes wrong."""
        return self._general is None and not self._own

    def install(self, program: FaultProgram | None, organization_id: str = "") -> None:
        """Put a program in force, with all hits at zero; None ends the one that is.

        Args:
            program: What is to go wrong.
            organization_id: For this one alone, which the general program then leaves alone; "" for all.
        """
        running = RunningProgram(program=program) if program is not None else None
        if not organization_id:
            self._general = running
            self._revoked.clear()
            self._delays.clear()
            return
        self._delays.pop(organization_id, None)
        self._revoked = {
            header: each for header, each in self._revoked.items() if each[0] != organization_id.lower()
        }
        if running is None:
            self._own.pop(organization_id, None)
        else:
            self._own[organization_id] = running

    def revoke(self, authorization: str, organization_id: str, *, is_challenged: bool = False) -> None:
        """Take the token of an authorization header no more; the client is to renew it.

        Args:
            authorization: The header.
            organization_id: Whose call it came with; the end of its program gives the token back.
            is_challenged: The refusal asks for other claims, as continuous access evaluation does.
        """
        self._revoked[authorization] = (organization_id, is_challenged)

    def is_revoked(self, authorization: str) -> bool:
        """Return whether a token has expired before its time."""
        return authorization in self._revoked

    def is_challenged(self, authorization: str) -> bool:
        """Return whether a token is refused with a challenge."""
        return self._revoked.get(authorization, ("", False))[1]

    def _running(self, organization_id: str) -> RunningProgram | None:
        return self._own.get(organization_id, self._general)

    def on_request(self, call: Call) -> Sequence[Fired[RequestFault]]:
        """Count a request at every rule that it meets, and return what goes wrong with it."""
        return self._met(call, RequestFault)

    def page_size(self, call: Call) -> int:
        """Return how many entries a page of a list has at most by the rules in force, 0 for no such limit."""
        running = self._running(call.organization_id)
        rules = running.program.rules if running else ()
        sizes = (rule.page_size for rule in rules if isinstance(rule, Paging) and rule.meets(call))
        return min(sizes, default=0)

    def on_item(self, organization_id: str, operation: str, user_id: str) -> Fired[ItemFault] | None:
        """Count an item of a batch, and return what goes wrong with it."""
        path = f"/users/{user_id}"
        method = "POST" if operation == CHANGE_LICENSES else "GET"
        call = Call(organization_id=organization_id, method=method, path=path, operation=operation)
        return next(iter(self._met(call, ItemFault, user_id.lower())), None)

    def on_callback(self, organization_id: str) -> tuple[float, int]:
        """Count a callback, and return how many seconds it is late and how often it comes again."""
        call = Call(organization_id=organization_id, method="", path="", operation=CALLBACK)
        late, again = 0.0, 0
        for fired in self._met(call, CallbackFault):
            late += fired.rule.seconds if isinstance(fired.rule, CallbackLate) else 0
            again += fired.rule.times if isinstance(fired.rule, CallbackDuplicated) else 0
        return late, again

    def _met(self, call: Call, kind: type[Rule], user_id: str = "") -> list[Fired[Rule]]:
        """Count a call at every rule of a kind that it meets, and return those that go wrong."""
        running = self._running(call.organization_id)
        if running is None:
            return []
        hits = [
            running.at(rule, call.organization_id, user_id)
            for rule in running.program.rules
            if isinstance(rule, kind) and rule.meets(call)
        ]
        return [fired for fired in hits if fired is not None]

    def slow_down(self, organization_id: str, seconds: float, setup_seconds: float) -> None:
        """Make the orders of an organization take so long from now on."""
        self._delays[organization_id] = (seconds, setup_seconds)

    def delays(self, organization_id: str) -> tuple[float, float] | None:
        """Return how long orders of an organization take by a fault, None when by the settings."""
        return self._delays.get(organization_id)

    def plant_error(self, organization_id: str, error: SellerError) -> None:
        """Give the next cart or checkout of an organization an error in its success."""
        self._seller_errors[organization_id, type(error)] = error

    def take_error(self, organization_id: str, kind: type[Error]) -> Error | None:
        """Return the error of this cart or checkout, None where it goes well; the next one has it no more."""
        error = self._seller_errors.pop((organization_id, kind), None)
        return error if isinstance(error, kind) else None

    def view(self, organization_id: str = "") -> Json:
        """Return the program in force and how often each fault of it has come."""
        running = self._running(organization_id) if organization_id else self._general
        counted = [running] if organization_id else [self._general, *self._own.values()]
        fired: Counter[str] = Counter()
        for each in filter(None, counted):
            for owner, counter in each.fired.items():
                if organization_id in ("", owner):
                    fired += counter
        program = running.program.document if running else None
        return {"program": program, "fired": dict(sorted(fired.items()))}
