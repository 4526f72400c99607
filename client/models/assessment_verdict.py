from typing import Literal

AssessmentVerdict = Literal["accepted", "blocked", "possible", "refused"]

ASSESSMENT_VERDICT_VALUES: set[AssessmentVerdict] = {
    "accepted",
    "blocked",
    "possible",
    "refused",
}


def check_assessment_verdict(value: str) -> AssessmentVerdict:
    if value in ASSESSMENT_VERDICT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ASSESSMENT_VERDICT_VALUES!r}")
