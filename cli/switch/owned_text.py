"""What `switch targets --licenses-only` prints: what could receive the users, and the commands to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.switch.quote_text import common_reasons, to_confirm
from cli.text.output import counted, wrapped
from cli.text.tables import table
from domain.reasons.reasons import LICENSES_ONLY

if TYPE_CHECKING:
    from cli.text import answers

_PREVIEW = "preview.csv"


def owned_targets(answer: answers.catalog.OwnedTargetsAnswer, rule_set: str = "") -> list[str]:
    """Return the owned subscriptions to which licenses alone could move, and how to go on with the first.

    Args:
        answer: Of the API.
        rule_set: As it was asked for; "" is today's.
    """
    lines = wrapped(
        f"{answer.plan}: {counted(answer.users, 'user')}, subscription {answer.subscription_id}", 0
    )
    rows = [
        [each.target_plan, each.free, _possible(each), len(each.services_lost)] for each in answer.targets
    ]
    lines += ["", *table(["TO", "FREE", "POSSIBLE", "LOST"], rows), ""]
    # Two ids do not fit beside a plan's name.
    lines += [f"{each.subscription_id}  {each.target_plan}" for each in answer.targets]
    about = (answer.organization_id, answer.subscription_id)
    return [*lines, *common_reasons(answer.targets, about, LICENSES_ONLY), *_next(answer, rule_set)]


def _possible(target: answers.quotes.OwnedTargetAnswer) -> str:
    if not target.eligible[LICENSES_ONLY]:
        return "no"
    return "to confirm" if target.acknowledgments_missing else "yes"


def _next(answer: answers.catalog.OwnedTargetsAnswer, rule_set: str) -> list[str]:
    """Return the commands for the first plan that is possible, with every id in its place; none without one.

    They are not wrapped: a shell reads each as it stands.
    """
    possible = [each for each in answer.targets if each.eligible[LICENSES_ONLY]]
    if not possible:
        return []
    first = possible[0]
    chosen = [
        f"  --subscription {answer.subscription_id} \\",
        f"  --to-subscription {first.subscription_id}{f' --rule-set {rule_set}' if rule_set else ''}",
    ]
    head = [f"planswitch switch {name} {answer.organization_id} --licenses-only \\" for name in _COMMANDS]
    lines = ["", *wrapped(f"To {first.target_plan}, what each user would get:", 0)]
    lines += [head[0], chosen[0], f"{chosen[1]} --csv {_PREVIEW}"]
    lines += ["", "To see the whole plan, and to start it once you say yes:", head[1], *chosen]
    if len(possible) > 1:
        lines += ["", *wrapped("For another plan put its id behind --to-subscription.", 0)]
    return [*lines, *to_confirm(first)]


#: What is printed for whoever goes on: first a look at each user, then the start, which asks.
_COMMANDS = ("preview", "start")
