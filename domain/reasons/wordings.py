"""Other words for a reason where those of its row would be wrong, each under a name that the record keeps."""

from __future__ import annotations

from dataclasses import dataclass

#: Of NO_PATH: the plan is held already; or no plan at all is offered.
SAME_PLAN = "same_plan"
NOTHING_OFFERED = "nothing_offered"
NO_TARGET = "no_target"
#: Of SWITCH_IN_PROGRESS: the switch is ours, and its end is promised.
END_PROMISED = "end_promised"
#: Of SWITCH_IN_PROGRESS and CREDIT_CHECK_PENDING: nobody can promise an end.
END_UNKNOWN = "end_unknown"
#: Of SWITCH_IN_PROGRESS: no switch runs, but an act on a product, or one that is held up.
ACT_OPEN = "act_open"
ACT_HELD = "act_held"
#: Of CREDIT_CHECK_PENDING: how long it takes is known.
WITHIN = "within"
#: Of CREDIT_CHECK_PENDING: it is of a product that somebody has bought, and of no switch.
PURCHASE = "purchase"
#: Of any code: the seller refuses, in words of its own; behind it the name of the remedy, if it has another.
SELLER_WORDS = "seller_words"
#: Of SUBSCRIPTION_NOT_ACTIVE: it is being set up, stopped by the seller, or no more.
PENDING = "pending"
STOPPED = "stopped"
ENDED = "ended"
#: The running switch holds for it: its own locks refuse every act on products.
HELD = "held"
#: The running switch waits for it before its first move, and looks again by itself.
RUNNING = "running"
#: It stops a step of a switch by hand, which stays where it is: the operator starts the step again.
BY_HAND = "by_hand"
#: It stops an amendment: the order itself is placed, and another one is not asked for.
AMENDED = "amended"
#: It stops a switch of licenses only: both plans are owned, whoever sold them.
OWNED = "owned"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """What stands in place of a row's words; `{name}` is filled from the evidence."""

    remedy: str
    #: "" keeps the row's.
    message: str = ""


#: Ways out that several rows have. An option is one of the same request, asked again.
MANUALLY = "Switch manually (`--mode manual`)"
IT_STARTS = "a request that waits (`--wait-eligible --until DATE`) starts by itself"
TARGETS = "`planswitch switch targets ORGANIZATION --subscription SUBSCRIPTION`"
_AFTER_A_HOLD = (
    "then `planswitch switch retry SWITCH --reason …`; or return everybody: `planswitch switch rollback "
    "SWITCH --reason …`."
)
_THE_STEP_AGAIN = (
    "then start the step again; or take the switch back: `planswitch switch cancel SWITCH --reason …`."
)
_REACTIVATE_OR_PAY = (
    "Reactivate it (`planswitch product reactivate ORGANIZATION SUBSCRIPTION --reason …`), or pay what is "
    "due if the seller has stopped it (`planswitch product pay ORGANIZATION --reason …`)"
)
UNLICENSE = "`planswitch license remove ORGANIZATION USER PLAN --reason …`"
_NO_OFFER = (
    "There is no plan to choose from: stay on {source}, move the users to another plan by a manual switch "
    "after a backup (`--mode manual`), or call support."
)

#: Code and name of the wording -> its words.
WORDINGS: dict[tuple[str, str], Wording] = {
    ("NO_PATH", SAME_PLAN): Wording(remedy=f"Choose another plan: {TARGETS} lists what is offered."),
    ("NO_PATH", NOTHING_OFFERED): Wording(remedy=_NO_OFFER),
    ("NO_PATH", NO_TARGET): Wording(
        message="No plan is offered for {source} under rule set {rule_set}: {why}.", remedy=_NO_OFFER
    ),
    ("SWITCH_IN_PROGRESS", END_PROMISED): Wording(
        remedy="Wait until it is done: `planswitch switch show {switch_id}` tells where it stands; "
        f"{IT_STARTS}."
    ),
    ("SWITCH_IN_PROGRESS", END_UNKNOWN): Wording(
        message="Switch {switch_id} runs in the organization since {since}; its end is unknown: it waits for "
        "{waits_for}.",
        remedy="Wait until it is done: `planswitch switch show {switch_id}` tells what it waits for, since "
        f"when, and what can be done; {IT_STARTS}.",
    ),
    ("SWITCH_IN_PROGRESS", ACT_OPEN): Wording(
        message="An act on a product of the organization is not finished since {since}: {act}.",
        remedy="Wait until it is done: `planswitch product list ORGANIZATION` tells what it waits for; "
        f"{IT_STARTS}.",
    ),
    ("SWITCH_IN_PROGRESS", ACT_HELD): Wording(
        message="An act on a product of the organization is held up since {since} ({held_code}): {act}.",
        remedy="Mend what holds it up: `planswitch product list ORGANIZATION` tells it in the provider's "
        f"words. Then it is finished by itself; {IT_STARTS}.",
    ),
    ("CREDIT_CHECK_PENDING", END_UNKNOWN): Wording(
        message="A credit check is pending in the organization since {since}, of switch {switch_id}; its end "
        "is unknown: it waits for {waits_for}.",
        remedy="Wait for its answer: `planswitch switch show {switch_id}` tells what can be done.",
    ),
    ("CREDIT_CHECK_PENDING", WITHIN): Wording(
        remedy="Wait for its answer, up to {wait}: `planswitch switch show {switch_id}` tells what can be "
        "done."
    ),
    ("CREDIT_CHECK_PENDING", PURCHASE): Wording(
        message="A credit check is pending in the organization since {since}, of a product that was bought.",
        remedy="Wait for its answer, up to {wait}: `planswitch product list ORGANIZATION` tells how far it "
        "is.",
    ),
    ("SUBSCRIPTION_NOT_ACTIVE", PENDING): Wording(
        remedy=f"Wait until the seller has set it up; {IT_STARTS}. If it stays so, call support."
    ),
    ("SUBSCRIPTION_NOT_ACTIVE", STOPPED): Wording(
        remedy="Mend the cause for which the seller stopped it, such as an unpaid bill "
        "(`planswitch product pay ORGANIZATION --reason …`), then look again."
    ),
    ("SUBSCRIPTION_NOT_ACTIVE", ENDED): Wording(
        remedy="It can't be made active again: name another subscription (`planswitch product list "
        "ORGANIZATION`), or buy the new plan: `planswitch product buy ORGANIZATION PLAN "
        "--quantity N --reason …`."
    ),
    ("SUBSCRIPTION_NOT_ACTIVE", HELD): Wording(remedy=f"{_REACTIVATE_OR_PAY}, {_AFTER_A_HOLD}"),
    ("SUBSCRIPTION_NOT_ACTIVE", BY_HAND): Wording(remedy=f"{_REACTIVATE_OR_PAY}, {_THE_STEP_AGAIN}"),
    ("WRONG_ROLE", BY_HAND): Wording(
        remedy="Have a global admin give one of these roles to who asked for the switch: in the directory's "
        f"own pages, under roles; {_THE_STEP_AGAIN}"
    ),
    ("SERVICE_NOT_PROVISIONED", RUNNING): Wording(remedy="Wait a few hours. If it stays so, call support."),
    ("SERVICE_UNHEALTHY", RUNNING): Wording(
        remedy="See service health (`planswitch product list ORGANIZATION`) and wait a few hours. If it "
        "stays so, call support."
    ),
    ("MULTIPLE_SUBSCRIPTIONS_SAME_PRODUCT", HELD): Wording(
        remedy=f"End the others in the pages of the seller that sold them, {_AFTER_A_HOLD}"
    ),
    ("SOURCE_NOT_CANCELLABLE", HELD): Wording(
        remedy=f"Wait for its renewal, when the seller takes cancellations again, {_AFTER_A_HOLD}"
    ),
    ("TOO_FEW_LICENSES", BY_HAND): Wording(
        remedy="Order {users} licenses or more (`planswitch switch amend SWITCH --quantity {users} --reason "
        "…`), " + _THE_STEP_AGAIN
    ),
    ("TOO_FEW_LICENSES", AMENDED): Wording(
        remedy="Amend to {users} licenses or more: `planswitch switch amend SWITCH --quantity {users} "
        "--reason …`."
    ),
    ("TOO_FEW_LICENSES", OWNED): Wording(
        message="Free licenses of {target}, over all its sellers: {quantity}; needed by {users} users.",
        remedy="Buy more of them at their seller, or take {target} from users who do without; or move fewer "
        "users: `--users FILE`, `--users-of-group GROUP`. Then look again.",
    ),
    ("TARGET_LACKS_DATA_SERVICES", OWNED): Wording(
        remedy="Make a backup first, then confirm that it is done: `--acknowledge backup_done`.",
    ),
    ("SUBSCRIPTION_NOT_ACTIVE", OWNED): Wording(
        message="Subscription {subscription_id} is {status}, not active.",
        remedy="Have its seller make it active again, or name another subscription; then look again.",
    ),
    ("DIFFERENT_ORGANIZATION", OWNED): Wording(
        message="The directory of the organization does not list subscription {subscription_id}.",
        remedy="Name one that it lists: `planswitch switch targets ORGANIZATION --licenses-only`.",
    ),
    ("LICENSE_REMOVAL_IN_SWITCH", AMENDED): Wording(
        remedy="Amend to {purchased} licenses or more (`planswitch switch amend SWITCH --quantity "
        "{purchased} --reason …`). Once the switch has completed, remove those that are too many from the "
        "new subscription: `planswitch product resize ORGANIZATION NEW N --reason …`."
    ),
    ("TARGET_USER_CAP", AMENDED): Wording(
        remedy="Amend to at most {cap} licenses: `planswitch switch amend SWITCH --quantity {cap} --reason "
        "…`."
    ),
    ("INVOICE_BELOW_MINIMUM", AMENDED): Wording(
        remedy="Amend to more licenses: the switch is paid as it was ordered."
    ),
}
