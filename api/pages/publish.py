"""An officer's form for a new notice: defaults that fit the law, and the law's own words where they do not."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from api.access import Officer
from api.notice_terms import NoticeTerms
from api.offers import limits
from api.pages.forms import Form, Posted, Refused, carry_out, read
from api.pages.view import Reader, View
from api.routes import notices
from domain.time import SEOUL, now, seoul_date
from domain.words import Role, SupplyKind
from law.calendar import add_months
from law.notices import first_receipt_day, receipt_hours

router = APIRouter(include_in_schema=False)
HOUSES = (1, 2)
CONDITIONS = (
    "resale_limit", "guarantee", "late_fee", "delay_damages", "defects", "cancellation", "loan", "surface_right",
    "bond",
)  # fmt: skip
AREAS = ("residential_common_area", "other_common_area", "land_area")
INSTALMENTS = 6
DATED = ("deposit", *(f"instalment_{number}" for number in range(1, INSTALMENTS + 1)))
PARTS = (*DATED, "balance")
# What the form begins with: a usual sale from plan, within the limits of 주택공급에 관한 규칙 제60조②.
USUAL_SHARES = {"deposit": 10, "balance": 30, **{f"instalment_{number}": 15 for number in range(1, 5)}}
MONTHS_BETWEEN = 6
BEACON_TIME = time(14)  # the digits are typed in the morning of that day, or before


@router.get("/notices/new")
async def new(view: Reader, person: Officer) -> Response:
    return _form(view, person.organisations(Role.OFFICER))


def _form(view: View, suppliers: set[str], refused: Refused | None = None, form: Posted | None = None) -> Response:
    today = seoul_date(now())
    return view.page(
        "notice_new.html", status=refused.status if refused else 200, refused=refused,
        posted=form.values if form else {}, suppliers=sorted(suppliers), houses=HOUSES, conditions=CONDITIONS,
        areas=AREAS, kinds=list(SupplyKind), number=f"{now().astimezone(SEOUL):%Y%m%d%H%M}", parts=PARTS,
        shares=USUAL_SHARES, limits=limits(today, view.services.rulebook), source=view.services.beacon,
        **_usual_days(view, today),
    )  # fmt: skip


def _usual_days(view: View, today: date) -> dict[str, Any]:
    """The earliest lawful days, then payments at even distances until people move in."""
    opens = first_receipt_day(today, today, view.services.rulebook)
    contract = opens + timedelta(days=24)
    days: dict[str, date] = {
        "opens_on": opens, "closes_on": opens + timedelta(days=2), "announcement_date": opens + timedelta(days=9),
        "contract_from": contract, "contract_until": contract + timedelta(days=2), "due_deposit": contract,
    }  # fmt: skip
    days["beacon_at"] = datetime.combine(days["announcement_date"], BEACON_TIME)
    instalments = len(USUAL_SHARES) - 2
    for number in range(1, instalments + 1):
        days[f"due_instalment_{number}"] = add_months(contract, number * MONTHS_BETWEEN)
    move_in = add_months(contract, (instalments + 1) * MONTHS_BETWEEN)
    return {"days": {name: on.isoformat()[:16] for name, on in days.items()}, "move_in": f"{move_in:%Y-%m}"}


@router.post("/notices")
async def publish(view: Reader, person: Officer, form: Form) -> Response:
    async def work() -> Response:
        made = read(await notices.publish(_terms(view, form), person, form.key, view.services))
        return view.back(f"/notices/{made['id']}", "published")

    async def again(refused: Refused) -> Response:
        return _form(view, person.organisations(Role.OFFICER), refused, form)

    return await carry_out(view, form, work, again, {**INPUTS, **_payment_inputs(form)})


# Place in the body → name of the input. Fields that are called alike need no line.
INPUTS = {
    "receipt_opens_at": "opens_on", "receipt_closes_at": "closes_on", "": "share_deposit", "payments": "share_deposit",
    "deposit_account.bank": "account_bank", "deposit_account.number": "account_number",
    "deposit_account.holder": "account_holder", "options.0.code": "option_code", "options.0.name": "option_name",
    "options.0.price": "option_price", "house_types": "model_no_1", "unit_numbers": "unit_numbers_1",
    "beacon.source": "beacon_at", "beacon.round": "beacon_at",
    **{
        f"house_types.{number - 1}.{name}": f"{name}_{number}"
        for number in HOUSES for name in ("model_no", "name", "exclusive_area", "price", "units", "unit_numbers")
    },
    **{f"conditions.{name}": name for name in (*CONDITIONS, *AREAS)},
}  # fmt: skip


def _terms(view: View, form: Posted) -> NoticeTerms:
    plain = (
        "agency", "number", "name", "housing_kind", "supplier", "approval_no", "region", "region_name", "address",
        "announcement_date", "contract_from", "contract_until",
    )  # fmt: skip
    months = form.text("move_in")
    return NoticeTerms.model_validate({
        **{name: form.text(name) for name in plain},
        "supplier_public": form.text("supplier_public") == "yes", "capital_area": form.ticked("capital_area"),
        "regulated": form.ticked("regulated"), "price_capped": form.ticked("price_capped"),
        "notice_date": seoul_date(now()).isoformat(), "move_in": months.replace("-", "") if months else None,
        **_receipt(view, form), "house_types": _houses(form), "payments": _payments(form), "options": _options(form),
        "deposit_account": {part: form.text(f"account_{part}") for part in ("bank", "number", "holder")},
        "conditions": {name: form.text(name) or "" for name in (*CONDITIONS, *AREAS)},
        "beacon": _beacon(view, form),
    })  # fmt: skip


def _beacon(view: View, form: Posted) -> dict[str, Any] | None:
    """The first round at the chosen time or after it."""
    source, text = view.services.beacon, form.text("beacon_at")
    if source is None or not form.ticked("beacon"):
        return None
    try:
        moment = datetime.strptime(text or "", "%Y-%m-%dT%H:%M").replace(tzinfo=SEOUL)
    except ValueError:
        return {"source": source.name, "round": text}
    return {"source": source.name, "round": source.round_at(moment)}


def _receipt(view: View, form: Posted) -> dict[str, str | None]:
    """Usual hours on the chosen days."""
    found: dict[str, str | None] = {}
    for name, place, end in (("opens_on", "receipt_opens_at", 0), ("closes_on", "receipt_closes_at", 1)):
        day = _day(form.text(name))
        found[place] = receipt_hours(day, view.services.rulebook)[end].isoformat() if day else form.text(name)
    return found


def _day(text: str | None) -> date | None:
    try:
        return datetime.strptime(text or "", "%Y-%m-%d").replace(tzinfo=SEOUL).date()
    except ValueError:
        return None


def _houses(form: Posted) -> list[dict[str, Any]]:
    """House types whose name or price was filled in."""
    found = []
    for number in HOUSES:
        if number == 1 or form.text(f"name_{number}") or form.text(f"price_{number}"):
            units = {str(kind): form.number(f"{kind}_{number}") or 0 for kind in SupplyKind}
            found.append({
                "model_no": form.text(f"model_no_{number}"), "name": form.text(f"name_{number}"),
                "exclusive_area": form.text(f"exclusive_area_{number}"), "price": form.number(f"price_{number}"),
                "units": units, "unit_numbers": form.lines(f"unit_numbers_{number}"),
            })  # fmt: skip
    return found


def _rows(form: Posted) -> list[str]:
    """Deposit and balance are always there; an instalment where a share was filled in."""
    return [part for part in PARTS if part in ("deposit", "balance") or form.number(f"share_{part}") not in (None, 0)]


def _payments(form: Posted) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for part in _rows(form):
        share, kind = form.number(f"share_{part}"), part.partition("_")[0]
        found.append({
            "kind": kind, "number": 1 + sum(one["kind"] == kind for one in found),
            "share_bp": share * 100 if isinstance(share, int) else share, "due_on": form.text(f"due_{part}"),
        })  # fmt: skip
    return found


def _payment_inputs(form: Posted) -> dict[str, str]:
    """Place in the body → name of the input, for the rows that were filled in."""
    found = {}
    for place, part in enumerate(_rows(form)):
        found[f"payments.{place}.share_bp"] = f"share_{part}"
        found[f"payments.{place}.due_on"] = f"due_{part}"
    return found


def _options(form: Posted) -> list[dict[str, Any]]:
    if form.text("option_name") is None:
        return []
    return [{"code": form.text("option_code"), "name": form.text("option_name"), "price": form.number("option_price")}]
