from typing import Literal

ObstacleKind = Literal[
    "by_hand",
    "calls",
    "credit_overdue",
    "drift",
    "group",
    "hold",
    "lost",
    "outside",
    "pause",
    "provisioning",
    "refused_cancellation",
    "step",
    "stuck",
]

OBSTACLE_KIND_VALUES: set[ObstacleKind] = {
    "by_hand",
    "calls",
    "credit_overdue",
    "drift",
    "group",
    "hold",
    "lost",
    "outside",
    "pause",
    "provisioning",
    "refused_cancellation",
    "step",
    "stuck",
}


def check_obstacle_kind(value: str) -> ObstacleKind:
    if value in OBSTACLE_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {OBSTACLE_KIND_VALUES!r}")
