from typing import Literal

ScheduleAnswerStartsBy = Literal["day", "eligibility", "instant", "quiet_hours"]

SCHEDULE_ANSWER_STARTS_BY_VALUES: set[ScheduleAnswerStartsBy] = {
    "day",
    "eligibility",
    "instant",
    "quiet_hours",
}


def check_schedule_answer_starts_by(value: str) -> ScheduleAnswerStartsBy:
    if value in SCHEDULE_ANSWER_STARTS_BY_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SCHEDULE_ANSWER_STARTS_BY_VALUES!r}")
