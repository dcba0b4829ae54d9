"""The officer's form for a notice: as it stands it can be contracted; what a contract would lack is marked at once."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from domain.contracts import Party
from domain.drafts import supply_terms
from domain.time import SEOUL
from domain.words import PartyRole
from law.forms import contents
from law.forms.ready import ready
from store.notices import terms_of
from store.tables.notices import NoticeRow

# Helper modules stand beside the tests; ``importlib`` mode puts no folder on the path by itself.
sys.path.insert(0, str(Path(__file__).parent))
from page_reader import get, read, send

if TYPE_CHECKING:
    from tests.api.conftest import Browser, Site

CITY = "과천도시공사"


async def filled(officer: Browser) -> dict[str, object]:
    """What the browser would send once name, house type and account are typed; everything else as it is proposed."""
    page = read(await get(officer, "/notices/new"))
    proposed = next(form for form in page.forms if form.action == "/notices").fields
    return {
        **proposed, "number": uuid4().hex[:12], "name": "새봄마을", "supplier": CITY, "supplier_public": "yes",
        "housing_kind": "public", "agency": "applyhome", "name_1": "59A", "exclusive_area_1": "59.98",
        "price_1": "500,000,000", "general_1": "1", "unit_numbers_1": "101-1203", "account_number": "123-45-6789",
    }  # fmt: skip


async def test_what_the_form_proposes_can_be_contracted(site: Site) -> None:
    """Found before anybody pays a deposit, not after."""
    officer = await site.browser("신예린", ("officer", CITY))
    form = await filled(officer)
    reply = await send(officer, "/notices", form)
    assert reply.status_code == 303, read(reply).text
    (row,) = await site.rows(NoticeRow, number=form["number"])
    notice = terms_of(row)
    assert [(part.kind, part.number) for part in notice.payments] == [
        ("deposit", 1), *(("instalment", number) for number in range(1, 5)), ("balance", 1),
    ]  # fmt: skip
    parties = (
        Party(person_id=uuid4(), role=PartyRole.BUYER, order=1, name="김하늘", address="과천시 1"),
        Party(person_id=uuid4(), role=PartyRole.SUPPLIER, order=2, name="신예린", organisation=CITY),
    )
    made_on = notice.contract_from
    assert made_on is not None
    contents.check(ready(supply_terms(uuid4(), notice=notice, unit="101-1203", parties=parties, made_on=made_on)))


LACKS: dict[str, tuple[dict[str, str], str, str]] = {
    "no month of moving in": ({"move_in": ""}, "move_in", "입주예정월이 없습니다"),
    "a month that is none": ({"move_in": "2029-13"}, "move_in", "형식이 올바르지 않습니다"),
    "a deposit without its day": ({"due_deposit": ""}, "due_deposit", "납부일이 있어야 합니다"),
    "an instalment without its day": ({"due_instalment_3": ""}, "due_instalment_3", "납부일이 있어야 합니다"),
    "a later instalment moved up": (
        {"share_instalment_1": "", "share_instalment_2": "30", "due_instalment_2": ""}, "due_instalment_2",
        "납부일이 있어야 합니다",
    ),
    "an instalment before the deposit": (
        {"due_instalment_1": "2020-01-01"}, "due_instalment_1", "순서가 아닙니다",
    ),
    "no share of the deposit": ({"share_deposit": ""}, "share_deposit", "숫자로 입력"),
    "shares that are too little": ({"share_balance": "29"}, "share_deposit", "합이 100%여야"),
    "too large a deposit": ({"share_deposit": "25", "share_balance": "15"}, "share_deposit", "20%까지"),
    "too large instalments": ({"share_instalment_1": "30", "share_balance": "15"}, "share_instalment_1", "70%까지"),
    "a condition left empty": ({"defects": ""}, "defects", "해당 없음"),
}  # fmt: skip


@pytest.mark.parametrize(("changed", "field", "said"), LACKS.values(), ids=LACKS)
async def test_what_a_contract_would_lack_is_marked_at_its_field(
    site: Site, changed: dict[str, str], field: str, said: str
) -> None:
    officer = await site.browser("신예린", ("officer", CITY))
    form = await filled(officer)
    before = await site.fingerprint()
    reply = await send(officer, "/notices", {**form, **changed})
    page = read(reply)
    assert reply.status_code == 422
    assert f"#{field}" in page.links
    assert f'id="{field}-fault"' in reply.text
    assert said in page.text
    assert await site.fingerprint() == before


async def test_the_form_names_the_limits_in_force_and_asks_for_what_is_needed(site: Site) -> None:
    officer = await site.browser("신예린", ("officer", CITY))
    reply = await get(officer, "/notices/new")
    page = read(reply)
    assert "계약금은 주택가격의 20%까지, 중도금은 모두 합쳐 60%까지" in page.text
    assert "주택공급에 관한 규칙 제60조제2항" in page.text
    fields = next(form for form in page.forms if form.action == "/notices").fields
    assert datetime.strptime(fields["move_in"], "%Y-%m").replace(tzinfo=SEOUL)
    days = [date.fromisoformat(fields[name]) for name in ("contract_from", "due_deposit", "due_instalment_1")]
    assert days == sorted(days)
    for name in ("move_in", "due_deposit", "share_deposit", "share_balance", "defects"):
        tag = reply.text[: reply.text.index(f'name="{name}"')].rpartition("<")[2]
        rest = reply.text[reply.text.index(f'name="{name}"') :].partition(">")[0]
        assert " required" in tag + rest, name
