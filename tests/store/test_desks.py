"""How far a case is, as its people see it on their page."""

from __future__ import annotations

import pytest

from domain.words import STEPS, CaseKind, Step
from store.desks import Progress, _progress


@pytest.mark.parametrize("kind", CaseKind)
def test_a_case_begins_goes_on_and_ends(kind: CaseKind) -> None:
    steps = STEPS[kind]
    assert _progress(steps, {None}) == Progress(0, len(steps), steps[0])
    assert _progress(steps, {steps[0]}) == Progress(1, len(steps), steps[1] if len(steps) > 1 else None)
    assert _progress(steps, set(steps)) == Progress(len(steps), len(steps), None)


def test_the_registration_ends_a_case_whatever_was_left_out() -> None:
    steps = STEPS[CaseKind.RESALE]
    assert _progress(steps, {steps[0], Step.REGISTERED}) == Progress(len(steps), len(steps), None)
