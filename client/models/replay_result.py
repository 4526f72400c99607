from typing import Literal

ReplayResult = Literal["altered", "differs", "no_history", "other_values", "replays"]

REPLAY_RESULT_VALUES: set[ReplayResult] = {
    "altered",
    "differs",
    "no_history",
    "other_values",
    "replays",
}


def check_replay_result(value: str) -> ReplayResult:
    if value in REPLAY_RESULT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {REPLAY_RESULT_VALUES!r}")
