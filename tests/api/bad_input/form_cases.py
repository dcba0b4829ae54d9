"""Every form of the pages as it is right for somebody, and per field what no form may accept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from domain.time import now, seoul_date
from onjip.demo.notices import CONDITIONS
from tests.api.bad_input.draft_forms import draft, lease, power, wrong_draft, wrong_lease, wrong_power
from tests.api.bad_input.form_values import (
    ANY_DAY,
    ANY_NUMBER,
    CHOICE,
    DAY,
    LONG,
    NUL,
    NUMBER,
    OPTIONAL,
    OTHER,
    TEXT,
    Value,
)
from tests.api.bad_input.webhook_cases import webhook_forms

if TYPE_CHECKING:
    from tests.api.bad_input.conftest import Case, World
    from tests.api.conftest import Browser


@dataclass
class FormCase:
    """One form: who sends it, where, with what; ``wrong``: values that must be refused, by field."""

    case: Case
    path: str
    right: dict[str, Value] = field(default_factory=dict)
    wrong: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)
    keyless: bool = False
    public: bool = False  # for everybody
    status: int = 303  # of the right form

    @property
    def who(self) -> Browser:
        return self.case.who

    def spoiled(self) -> Iterator[tuple[str, dict[str, Value]]]:
        for name, values in self.wrong.items():
            for value in values:
                yield f"{name}={str(value)[:20]!r}", {**self.right, name: value}


def form_cases(world: World) -> dict[str, FormCase]:
    """By the address as the router names it."""
    of, form = world.cases, _at(world)
    notice = of["applications-file"].body["lines"][0]["notice_id"]  # type: ignore[index]
    line, lines = f"{notice}|01|general", ("a|b|c", "lh-nowhere|01|general", f"{notice}|99|general", f"{notice}|01|x")
    reason: tuple[Value, ...] = (*TEXT, "가" * 301)
    here, invited = of["assessments-wish"].path.rpartition("/")[0], of["consents-accept-invitation"]
    return {
        **_acts_without_words(world),
        "/cases": form("cases-open", {"title": "첫 집"}, {"title": (*TEXT, "가" * 101)}),
        "/cases/{case_id}/consents": form(
            "consents-ask", {"members": ["self"], "items": ["household"], "months": "6"},
            {"members": (*CHOICE, ["self", "self"]), "items": (*CHOICE, ["income", "income"]), "months": CHOICE},
        ),
        "/cases/{case_id}/eligibility": form(
            "assessments-wish", {"notice_ids": [notice]},
            {"notice_ids": (*CHOICE, "lh-nowhere", [notice] * 21)}, path=f"{here}/eligibility",
        ),
        "/cases/{case_id}/apply": form(
            "applications-file", {"lines": line}, {"lines": (*CHOICE, *lines, [line, line])}, path=f"{here}/apply",
            status=200,
        ),
        "/signings": form(
            "signing-send", {"contract_ids": of["signing-send"].body["contract_ids"]},  # type: ignore[index]
            {"contract_ids": (*CHOICE, [str(uuid4())] * 2)}, status=200,
        ),
        "/cases/{case_id}/applications": form(
            "applications-file", {"lines": line}, {"lines": (*CHOICE, *lines, [line, line], [line] * 101)}
        ),
        "/check": FormCase(
            _by(of["cases-open"], of["cases-open"].who), "/check", {**_household(), "notice_ids": notice},
            {**_wrong_household(), "notice_ids": ("", "lh-nowhere", [f"lh-{n}" for n in range(7)])}, keyless=True,
            public=True, status=200,
        ),
        "/cases/{case_id}/eligibility/what-if": form(
            "assessments-wish", {"if_account_payments": "24"}, _wrong_change(), path=f"{here}/eligibility/what-if",
            keyless=True, status=200,
        ),
        "/invitations/{token}": FormCase(invited, f"/invitations/{(invited.body or {})['token']}"),
        "/verify": form("verify-ask", {}, {}, files=of["verify-ask"].files, keyless=True, public=True),
        "/logout": FormCase(_by(of["cases-open"], world.stranger), "/logout", keyless=True),
        "/notices": form("notices-publish", _notice(), _wrong_notice()),
        "/notices/{notice_id}/digits": form(
            "draws-type-digits", {"digits": "123456"}, {"digits": (*TEXT, "끝자리", "12 34", "1" * 41)}
        ),
        "/awards/{award_id}/accept": form(
            "draws-accept", {"option_codes": ["A1"]}, {"option_codes": ("!?", LONG, NUL, ["A1"] * 21)}
        ),
        "/awards/{award_id}/explain": form("draws-explain", {"text": "소명"}, {"text": (*TEXT, "가" * 4001)}),
        "/awards/{award_id}/judge": form(
            "draws-judge", {"eligible": "yes", "reason": "소명이 충분함"}, {"eligible": CHOICE, "reason": reason}
        ),
        **_wait_list(world),
        **_endings(world),
        **webhook_forms(form, CHOICE, TEXT),
        "/awards/{award_id}/lapse": form("draws-lapse", {"lapse_reason": "미계약"}, {"lapse_reason": reason}),
        "/contracts": form("contracts-draft", draft(of["contracts-draft"]), wrong_draft()),
        "/leases": form("forms-draft-lease", lease(of["forms-draft-lease"]), wrong_lease()),
        "/powers": form("forms-draft-power", power(of["forms-draft-power"]), wrong_power()),
        "/contracts/{contract_id}/revocation": form(
            "forms-revoke-power", {"revoke_reason": "팔지 않음"}, {"revoke_reason": reason}
        ),
        "/contracts/{contract_id}/decline": form("contracts-decline", {"reason": "가격"}, {"reason": reason}),
        "/contracts/{contract_id}/reopen": form(
            "contracts-reopen", {"reopen_reason": "잔금일"}, {"reopen_reason": reason}
        ),
        "/contracts/{contract_id}/withdraw": form(
            "contracts-withdraw", {"withdraw_reason": "요청"}, {"withdraw_reason": reason}
        ),
        "/contracts/{contract_id}/edit": form(
            "contracts-edit", {"version": "1", **_changeable()}, {"version": (*NUMBER, "0"), **_wrong_changeable()}
        ),
        "/contracts/{contract_id}/amendment": form(
            "forms-amend", {"amend_reason": "이사 일정", **_changeable()},
            {"amend_reason": reason, **_wrong_changeable()},
        ),
        "/contracts/{contract_id}/dissolution": form(
            "contracts-dissolve",
            {"dissolution_reason": "합의", "refund": "0", "forfeited": "0",
             "refund_due_on": (of["contracts-dissolve"].body or {})["refund_due_on"]},
            {"dissolution_reason": reason, "refund": (*NUMBER, "1,000,000,000,001", "500,000,001"),
             "forfeited": (*ANY_NUMBER, "500,000,001"), "refund_due_on": (*DAY, "2020-01-01")},
        ),
        "/transfers/{transfer_id}/right-proof": form(
            "transfers-give-right-proof", {"serial": "ABCD-1234-5678", "password_no": "7", "password": "1234"},
            {"serial": (*TEXT, "!?"), "password_no": (*NUMBER, "0", "51"), "password": (*TEXT, "!?")},
        ),
        "/transfers/{transfer_id}/declaration": form(
            "transfers-declare", {"homes_before": "0", "moving_house": "no", "home_adjusted": ""},
            {"homes_before": (*NUMBER, "1000"), "moving_house": OTHER, "home_adjusted": OTHER},
        ),
        "/transfers/{transfer_id}/fund-plan": form("transfers-choose-fund-plan", {"way": "apart"}, {"way": CHOICE}),
        "/transfers/{transfer_id}/scrivener": form(
            "transfers-choose-scrivener", dict(of["transfers-choose-scrivener"].body or {}),
            {"scrivener_code": (*CHOICE, "ABCD2345", of["contracts-draft"].who.person.code)},
        ),
    }  # fmt: skip


def _at(world: World) -> Any:
    """A form whose address is that of the API's operation."""

    def form(operation: str, right: dict[str, Value], wrong: Mapping[str, tuple[Value, ...]], **more: Any) -> FormCase:
        case = world.cases[operation]
        return FormCase(case, more.pop("path", case.path), right, wrong, **more)

    return form


def _by(case: Case, who: Browser) -> Case:
    return type(case)(case.operation, case.path, who)


def _changeable() -> dict[str, Value]:
    """What an edit or an amendment changes: here days and clauses."""
    today, later = seoul_date(now()), seoul_date(now()) + timedelta(days=60)
    return {
        "price": "500,000,000", "amount_0": "50,000,000", "due_0": today.isoformat(), "amount_1": "450,000,000",
        "due_1": later.isoformat(), "handover_on": later.isoformat(), "special_clauses": "이사를 마친다.",
    }  # fmt: skip


def _wrong_changeable() -> dict[str, tuple[Value, ...]]:
    return {
        "price": (*ANY_NUMBER, "500,000,001"), "amount_0": (*NUMBER, "50,000,001"), "due_0": DAY,
        "amount_1": (*NUMBER, "1,000,000,000,001"), "due_1": ANY_DAY, "handover_on": ANY_DAY,
        "special_clauses": ("가" * 301, NUL),
    }  # fmt: skip


def _acts_without_words(world: World) -> dict[str, FormCase]:
    """One button each."""
    operations = {
        "/consents/{consent_id}": ("consents", "give", "refuse", "withdraw"),
        "/contracts/{contract_id}": ("contracts", "explain", "invite", "sign", "remind"),
        "/notices/{notice_id}": ("draws", "close"), "/awards/{award_id}": ("draws", "redraft"),
        "/approvals/{approval_id}": ("approvals", "approve"),
        "/transfers/{transfer_id}": ("transfers", "refile"),
    }  # fmt: skip
    found = {}
    for place, (tag, *names) in operations.items():
        for name in names:
            case = world.cases[f"{tag}-{name}"]
            found[f"{place}/{name}"] = FormCase(case, case.path)
    return found


def _wait_list(world: World) -> dict[str, FormCase]:
    form, (ticket,) = _at(world), (world.cases["wait-list-enter-tickets"].body or {})["tickets"]
    return {
        "/notices/{notice_id}/reserve": form(
            "wait-list-open-round", {"until": "2030-01-31T18:00"}, {"until": (*DAY, "2030-01-31", "2030-01-31T25:00")}
        ),
        "/notices/{notice_id}/reserve/digits": form(
            "wait-list-type-round-digits", {"digits": "123456"}, {"digits": (*TEXT, "끝자리", "12 34", "1" * 41)}
        ),
        "/notices/{notice_id}/reserve/tickets": form(
            "wait-list-enter-tickets", {"tickets": ticket, "joins": "yes"},
            {"tickets": (*TEXT, "!?", ticket.upper(), "0" * 32, f"{ticket}\n{'0' * 32}"), "joins": CHOICE},
        ),
        "/awards/{award_id}/reserve": form(
            "wait-list-join", {"joins": "yes", "warned": "yes"}, {"joins": CHOICE, "warned": (None, "")}
        ),
        "/awards/{award_id}/contracted": form(
            "wait-list-note-contract", {"on": seoul_date(now()).isoformat()}, {"on": (*DAY, "2020-01-01", "2100-01-01")}
        ),
    }  # fmt: skip


def _endings(world: World) -> dict[str, FormCase]:
    """Of a draw that must not stand as it is."""
    form, entered = _at(world), world.cases["draws-enter-order"]
    public: tuple[Value, ...] = (*TEXT, "가" * 301, "010-1234-5678로 문의", "800101-1234567")
    order: dict[str, Value] = {**entered.fields}
    return {
        "/notices/{notice_id}/draw/order": form(
            "draws-enter-order", order,
            {"authority": CHOICE, "name": TEXT, "number": TEXT, "ordered_on": DAY, "reason": public},
            files=entered.files,
        ),
        "/notices/{notice_id}/draw/order/confirmation": form(
            "draws-confirm-order", {"order_sha256": "a" * 64}, {"order_sha256": (*TEXT, "!?", "A" * 64)}
        ),
        "/notices/{notice_id}/draw/correction": form(
            "draws-type-recorded-digits",
            {"digits": "123456", "recording_sha256": "ab" * 32, "reason": "녹화와 다름"},
            {"digits": (*TEXT, "끝자리", "12 34", "1" * 41), "recording_sha256": (*TEXT, "!?", "ab"), "reason": public},
            path=f"{entered.path.removesuffix('/order')}/correction",
        ),
    }  # fmt: skip


def _household() -> dict[str, Value]:
    """As somebody types it into the preview."""
    return {
        "birth_date": "1989-04-12", "region": "41290", "region_since": "2020-01-01", "head": "yes", "married": "yes",
        "marriage_registered_on": "2021-05-01", "spouse_birth_date": "1990-01-01", "children": "2023-02-02, 2025-05-05",
        "parents": "0", "parents_since": "", "homes": "none", "disposed_on": "2019-05-05", "won_before": "no",
        "account_opened_on": "2015-01-01", "account_payments": "120", "account_amount": "12,000,000",
        "account_deposit": "12,000,000", "spouse_account_opened_on": "2016-01-01", "income_monthly": "3,000,000",
        "spouse_income_monthly": "2,000,000", "property_value": "0", "car_value": "0", "net_assets": "0",
        "tax_years": "6", "working": "yes", "if_account_payments": "", "if_children": "", "if_homes": "",
        "if_account_opened_on": "", "if_income_monthly": "", "if_head": "",
    }  # fmt: skip


def _wrong_household() -> dict[str, tuple[Value, ...]]:
    """Left out is unknown and never wrong; what cannot be is."""
    ahead = (seoul_date(now()) + timedelta(days=1)).isoformat()
    choice, money = ("other", *OPTIONAL), (*ANY_NUMBER, "1,000,000,000,001")
    days = ("region_since", "marriage_registered_on", "account_opened_on", "spouse_account_opened_on", "disposed_on")
    return {
        **{name: (*ANY_DAY, ahead, "1950-01-01") for name in days},
        "birth_date": (*ANY_DAY, ahead, "2024-01-01"), "spouse_birth_date": (*ANY_DAY, ahead, "2022-01-01"),
        "region": (*choice, "00000", "4129", "٤١٢٩٠"), **{name: choice for name in ("head", "working", "won_before")},
        "married": (*choice, "no"), "homes": (*choice, "never", "one"),
        "children": (*OPTIONAL, "둘", "2023-02-30", "1980-01-01", "2099-01-01", ", ".join(["2020-01-01"] * 11)),
        "parents": (*OPTIONAL, "2000-01-01", ahead), "parents_since": (*ANY_DAY, ahead),
        **{name: money for name in ("account_amount", "account_deposit", "income_monthly", "spouse_income_monthly")},
        **{name: money for name in ("property_value", "car_value", "net_assets")},
        "account_payments": (*ANY_NUMBER, "1001"), "tax_years": (*ANY_NUMBER, "81"), **_wrong_change(),
    }  # fmt: skip


def _wrong_change() -> dict[str, tuple[Value, ...]]:
    ahead = (seoul_date(now()) + timedelta(days=1)).isoformat()
    return {"if_account_payments": (*ANY_NUMBER, "1001")} | {
        "if_children": ("둘", LONG, "2023-02-30", "2099-01-01"), "if_homes": ("other", LONG),
        "if_account_opened_on": (*ANY_DAY, ahead), "if_income_monthly": ANY_NUMBER, "if_head": ("other", NUL),
    }  # fmt: skip


def _notice() -> dict[str, Value]:
    today = seoul_date(now())
    return {
        "agency": "lh", "number": uuid4().hex[:12], "name": "온마을 3단지", "housing_kind": "public",
        "supplier": "한국토지주택공사", "supplier_public": "yes", "region": "41290", "region_name": "과천시",
        "address": "과천시 갈현동 1", "opens_on": today.isoformat(), "closes_on": today.isoformat(),
        "announcement_date": today.isoformat(), "contract_from": today.isoformat(),
        "contract_until": today.isoformat(), "move_in": f"{today.year + 2}-06", "model_no_1": "01", "name_1": "84A",
        "exclusive_area_1": "84.97", "price_1": "500,000,000", "general_1": "2",
        "unit_numbers_1": "101-101\r\n101-102", "share_deposit": "10", "due_deposit": today.isoformat(),
        "share_instalment_1": "60", "due_instalment_1": f"{today.year + 1}-06-01", "share_balance": "30",
        "account_bank": "샌드박스은행", "account_number": "100-001-000001", "account_holder": "한국토지주택공사",
        "option_code": "A1", "option_name": "발코니 확장", "option_price": "9,000,000", **CONDITIONS,
    }  # fmt: skip


def _wrong_notice() -> dict[str, tuple[Value, ...]]:
    words = ("name", "region_name", "address", "name_1", "account_bank", "account_holder")
    days = ("opens_on", "closes_on", "announcement_date", "due_deposit", "due_instalment_1")
    return {
        **{name: TEXT for name in words}, **{name: DAY for name in days},
        **{name: (*TEXT, "!?") for name in ("number", "region", "model_no_1", "account_number", "option_code")},
        **{name: CHOICE for name in ("agency", "housing_kind")}, "supplier": TEXT, "approval_no": OPTIONAL,
        "supplier_public": ("no",), "contract_from": ANY_DAY, "contract_until": ANY_DAY,
        "move_in": (*TEXT, "2029-13", "2029/06", "1999-01"), "exclusive_area_1": (*TEXT, "-1", "넓음"),
        "price_1": (*NUMBER, "0", "1,000,000,000,001"), "general_1": (*ANY_NUMBER, "0", "100001"),
        "unit_numbers_1": (*OPTIONAL, "1203", "101-101\r\n101-101", "101-101"), "option_name": OPTIONAL,
        "option_price": (*NUMBER, "0"), "share_deposit": (*NUMBER, "0", "21", "101"),
        "share_instalment_1": (*ANY_NUMBER, "0", "71"), "share_balance": (*NUMBER, "0", "31"),
        "defects": TEXT, "land_area": (*TEXT, "넓음"),
    }  # fmt: skip
