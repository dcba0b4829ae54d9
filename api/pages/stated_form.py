"""A household as it is typed into a form: read strictly, and refused by the field that has to be corrected."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import FormData

from api.pages.forms import WHOLE, Fault, Refused, refused_body
from api.stated import Household
from api.stated_faults import faults
from law.rulebook import Rulebook

IF = "if_"  # before the fields of a what-if
MOST_FIELDS = 100
NUMBERS = {
    "account_payments", "account_amount", "account_deposit", "income_monthly", "spouse_income_monthly",
    "property_value", "car_value", "net_assets", "tax_years",
}  # fmt: skip
FLAGS = {"head", "married", "won_before", "working"}
LISTS = {"children", "parents"}
PARTED = re.compile(r"[\s,·;/]+")
NOBODY = ("0", "없음", "none")

# What each field is called, for the list of what has to be corrected.
LABELS: dict[str, tuple[str, str]] = {
    "notice_ids": ("공고", "Notices"),
    "birth_date": ("생년월일", "Date of birth"),
    "region": ("사는 곳", "Where I live"),
    "region_since": ("그곳에 살기 시작한 날", "Living there since"),
    "head": ("세대주", "Head of the household"),
    "married": ("혼인", "Married"),
    "marriage_registered_on": ("혼인신고일", "Marriage registered on"),
    "children": ("자녀 생년월일", "Children's dates of birth"),
    "parents": ("부모 생년월일", "Parents' dates of birth"),
    "parents_since": ("부모와 함께 산 날부터", "Together with the parents since"),
    "homes": ("세대가 가진 집", "Homes of the household"),
    "disposed_on": ("마지막 집을 처분한 날", "Last home given up on"),
    "won_before": ("당첨된 적", "Won before"),
    "account_opened_on": ("청약통장 가입일", "Account opened on"),
    "account_payments": ("납입 인정 회차", "Recognised payments"),
    "account_amount": ("납입 인정 금액", "Recognised savings"),
    "account_deposit": ("예치금", "Money on the account"),
    "spouse_birth_date": ("배우자 생년월일", "Spouse's date of birth"),
    "spouse_account_opened_on": ("배우자 통장 가입일", "Spouse's account opened on"),
    "income_monthly": ("내 월평균소득", "My average monthly income"),
    "spouse_income_monthly": ("배우자 월평균소득", "Spouse's average monthly income"),
    "property_value": ("부동산가액", "Real estate"),
    "car_value": ("자동차가액", "Car"),
    "net_assets": ("순자산", "Net assets"),
    "tax_years": ("소득세를 낸 햇수", "Years of income tax paid"),
    "working": ("근로자 또는 자영업자", "Employed or self-employed"),
}


async def stated_form(request: Request) -> FormData:
    """Nothing of it is kept, so it needs no key: sent twice, it is answered twice."""
    return await request.form(max_files=0, max_fields=MOST_FIELDS)


def texts(form: FormData) -> dict[str, str]:
    return {name: value for name, value in form.items() if isinstance(value, str)}


def labels(lang: str) -> dict[str, str]:
    """Of every field, those of a what-if too."""
    spoken = {name: found[0 if lang == "ko" else 1] for name, found in LABELS.items()}
    what_if = "만약에: " if lang == "ko" else "What if: "
    return {**spoken, **{f"{IF}{name}": f"{what_if}{word}" for name, word in spoken.items()}}


def read_household(posted: Mapping[str, str], prefix: str = "") -> Household:
    """What was filled in. ValidationError names the fields."""
    filled: dict[str, Any] = {}
    for name in Household.model_fields:
        typed = posted.get(f"{prefix}{name}", "").strip()
        if typed:
            filled[name] = _value(name, typed)
    return Household.model_validate(filled)


def read_both(posted: Mapping[str, str]) -> tuple[Household, Household] | Refused:
    """The household and the changes of a what-if, or what is wrong with the form of either."""
    read: list[Household] = []
    wrong: list[Fault] = []
    for prefix in ("", IF):
        try:
            read.append(read_household(posted, prefix))
        except ValidationError as error:
            found = refused_body(error, {}).faults
            wrong += [Fault(f"{prefix}{one.field}", one.ko, one.en) for one in found]
    return Refused(422, tuple(wrong)) if wrong else (read[0], read[1])


def impossible(household: Household, changed: Household | None, today: date, book: Rulebook) -> Refused | None:
    """What cannot be true: of the household as it is, and of what the changes would make of it."""
    wrong = [Fault(*one) for one in faults(household, today, book)]
    if changed is not None and not wrong:
        told = changed.over(household)
        wrong = [_of_change(Fault(*one), changed) for one in faults(told, today, book)]
    return Refused(422, tuple(wrong)) if wrong else None


def _of_change(fault: Fault, changed: Household) -> Fault:
    """At the field of the what-if that brought it in."""
    name = fault.field if fault.field in changed.model_fields_set else next(iter(sorted(changed.model_fields_set)))
    return Fault(f"{IF}{name}", fault.ko, fault.en)


def _value(name: str, typed: str) -> Any:
    if name in FLAGS:
        return {"yes": True, "no": False}.get(typed, typed)
    if name in NUMBERS:
        return int(typed.replace(",", "")) if WHOLE.match(typed) else typed
    if name in LISTS:
        return () if typed in NOBODY else tuple(part for part in PARTED.split(typed) if part)
    return typed


def chosen(form: FormData, name: str) -> Sequence[str]:
    return [value for value in form.getlist(name) if isinstance(value, str)]
