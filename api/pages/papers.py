"""The bodies that people sign, in words: every member of the signed JSON becomes a labelled line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from api.pages import words
from api.pages.formats import Lang, day, won
from api.pages.words import Pair

LONG = re.compile(r'"([A-Za-z0-9+/=]{400,})"')  # files inside of a body
HIDDEN = ("reference", "identity_ref", "taxpayer_ref", "buyer_ref", "seller_ref", "principal_ref", "agent_ref")

NAMES: dict[str, Pair] = {
    "contract_sha256": ("계약서 해시값 (SHA-256)", "Digest of the contract (SHA-256)"),
    "contract_kind": ("계약 종류", "Kind of contract"),
    "contract_date": ("계약일", "Date of contract"),
    "contract_amount": ("계약금액", "Contract amount"),
    "contract_copy": ("계약서 사본", "Copy of the contract"),
    "fund_plan": ("자금조달계획서", "Fund plan"),
    "deposit_proof": ("계약금 지급 증빙", "Proof of the deposit"),
    "property": ("부동산", "Property"),
    "price": ("거래금액", "Price"),
    "payments": ("지급", "Payments"),
    "parties": ("당사자", "Parties"),
    "reporters": ("신고인", "Reporters"),
    "changes": ("변경 대상 신고필증", "Certificate that is changed"),
    "report_no": ("신고필증 번호", "Report certificate no."),
    "return_no": ("취득세 신고번호", "Tax return no."),
    "acquired_on": ("취득일", "Acquired on"),
    "base": ("과세표준", "Tax base"),
    "tax_base": ("과세표준", "Tax base"),
    "homes_after": ("취득 후 주택 수", "Homes after this one"),
    "regulated": ("조정대상지역", "Regulated area"),
    "temporary_two_homes": ("일시적 2주택", "Temporary two homes"),
    "acquisition_tax": ("취득세", "Acquisition tax"),
    "education_tax": ("지방교육세", "Local education tax"),
    "rural_tax": ("농어촌특별세", "Rural special tax"),
    "standard_value": ("시가표준액", "Standard value"),
    "standard_value_no": ("시가표준액 확인번호", "Standard value no."),
    "amount": ("금액", "Amount"),
    "region": ("지역 코드", "Region code"),
    "unique_no": ("부동산 고유번호", "Unique number"),
    "cause": ("등기원인", "Cause"),
    "cause_date": ("등기원인일", "Date of the cause"),
    "purpose": ("등기목적", "Purpose"),
    "principal_role": ("위임인", "Principal"),
    "agent_name": ("대리인 (법무사)", "Agent (scrivener)"),
    "agent_number": ("법무사 등록번호", "Scrivener's number"),
    "number": ("번호", "Number"), "numbers": ("번호", "Numbers"),
    "name": ("이름", "Name"),
    "role": ("역할", "Role"),
    "share": ("지분", "Share"),
    "address": ("주소", "Address"),
    "organisation": ("소속", "Organisation"),
    "registration_no": ("등록번호", "Registration no."),
    "kind": ("종류", "Kind"),
    "due_on": ("지급일", "Due on"),
    "lot_address": ("소재지 (지번)", "Lot address"),
    "road_address": ("도로명주소", "Road address"),
    "building": ("건물", "Building"), "dong": ("동", "Building no."), "ho": ("호", "Unit"),
    "structure": ("구조", "Structure"), "use": ("용도", "Use"),
    "exclusive_area": ("전용면적 (m²)", "Exclusive area (m²)"),
    "land_share": ("대지권 비율", "Land share"),
    "official_price": ("공시가격", "Official price"),
    "title_sha256": ("등기기록 해시값", "Digest of the register extract"),
    "ledger_sha256": ("건축물대장 해시값", "Digest of the building ledger"),
    "approved_on": ("사용승인일", "Approved for use on"),
    "violation": ("위반건축물", "Unlawful building works"),
    "dissolved_on": ("해제일", "Dissolved on"),
    "dissolution_sha256": ("합의해제서 해시값", "Digest of the dissolution"),
    "amendment_sha256": ("변경 약정서 해시값", "Digest of the amendment"),
    "amendment_copy": ("변경 약정서 사본", "Copy of the amendment"),
    "dissolution_copy": ("합의해제서 사본", "Copy of the dissolution"),
    "deposit_no": ("예치번호", "Deposit no."),
    "direction": ("지급 방향", "Direction"),
    "tax_payment_no": ("취득세 납부번호", "Tax payment no."),
    "tax_total": ("취득세 등 합계", "Taxes paid"),
    "bond_no": ("국민주택채권 발행번호", "Bond no."),
    "bond_amount": ("국민주택채권 매입금액", "Bond amount"),
    "fee_payment_no": ("등기신청수수료 납부번호", "Fee payment no."),
    "refiles": ("재신청 대상 접수번호", "Filing that this repeats"),
    "channel": ("신청 방법", "Channel"),
    "powers": ("위임하는 일", "Powers"),
    "right_proof": ("등기필정보", "Title password"),
    "part": ("임차할 부분", "Part that is let"),
    "part_area": ("임대 면적 (m²)", "Area let (m²)"),
    "deposit": ("보증금", "Deposit"), "monthly_rent": ("월 차임", "Monthly rent"),
    "starts_on": ("임대차 시작일", "Begins on"), "ends_on": ("임대차 종료일", "Ends on"),
    "renewal": ("신규·갱신", "New or renewed"),
    "former_deposit": ("종전 보증금", "Former deposit"), "former_rent": ("종전 월 차임", "Former rent"),
    "brokers": ("개업공인중개사", "Brokers"),
    "authority": ("대리권의 근거", "Authority of the agent"),
    "serial": ("일련번호", "Serial"),
    "password_no": ("비밀번호 순번", "Password no."),
    "password": ("비밀번호", "Password"),
}  # fmt: skip
ORDER = {name: place for place, name in enumerate(NAMES)}  # canonical JSON is sorted by name, people read by sense
VALUES: dict[str, Pair] = {
    "sale": ("매매", "Sale"), "supply": ("공급", "Supply"), "seller": ("매도인", "Seller"),
    "buyer": ("매수인", "Buyer"), "supplier": ("사업주체", "Supplier"), "broker": ("개업공인중개사", "Broker"),
    "obligee": ("등기권리자", "Obligee"),
    "obligor": ("등기의무자", "Obligor"), "refund": ("매수인에게 반환", "Back to the buyer"),
    "apply": ("등기신청", "apply"), "withdraw": ("취하", "withdraw"),
    "receive_right_proof": ("등기필정보 수령", "receive the title password"), "electronic": ("전자신청", "Electronic"),
    "with_report": ("함께 제출", "With the report"), "apart": ("매수인이 따로 제출", "Filed apart by the buyer"),
    "none": ("해당 없음", "None is owed"),
    "lessor": ("임대인", "Lessor"), "lessee": ("임차인", "Lessee"), "new": ("신규 계약", "New lease"),
    "agreed": ("합의에 의한 재계약", "Agreed renewal"), "demanded": ("갱신요구권 행사", "Renewal on demand"),
    "parent": ("친권자", "Parent"), "guardian": ("후견인", "Guardian"), "attorney": ("위임", "Mandate"),
    **words.PAYMENT,
}  # fmt: skip
WON = {
    "price", "amount", "base", "tax_base", "acquisition_tax", "education_tax", "rural_tax", "standard_value",
    "contract_amount", "official_price", "tax_total", "bond_amount", "deposit", "monthly_rent", "former_deposit",
    "former_rent",
}  # fmt: skip
COVERED = ("password",)
MASK = "●●●●●●"
COVERED_VALUE = re.compile(rf'("(?:{"|".join(COVERED)})": )"[^"]*"')
DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def lines(body: Any, lang: Lang) -> list[tuple[int, str, str]]:
    """Depth, label, value; a label without a value opens a group. Handles of registers are not shown."""
    return list(_lines(body, lang, 0))


def _lines(body: dict[str, Any], lang: Lang, depth: int) -> Iterator[tuple[int, str, str]]:
    for name, value in sorted(body.items(), key=lambda item: ORDER.get(item[0], len(ORDER))):
        if name in HIDDEN or value in (None, "", [], {}):
            continue
        label = NAMES.get(name, (name, name))[lang == "en"]
        if isinstance(value, dict):
            yield depth, label, ""
            yield from _lines(value, lang, depth + 1)
        elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
            for number, one in enumerate(value, 1):
                yield depth, f"{label} {number}", ""
                yield from _lines(one, lang, depth + 1)
        else:
            yield depth, label, _value(name, value, lang)


def _value(name: str, value: Any, lang: Lang) -> str:
    if name in COVERED:
        return MASK
    if isinstance(value, list):
        return ", ".join(_value(name, one, lang) for one in value)
    if isinstance(value, bool):
        return (("아니요", "예"), ("no", "yes"))[lang == "en"][value]
    if isinstance(value, int):
        return won(value, lang) if name in WON else f"{value:,}"
    text = str(value)
    if len(text) > 300 and LONG.fullmatch(f'"{text}"'):
        return _file(text, lang)
    return day(text, lang) if DAY.match(text) else VALUES.get(text, (text, text))[lang == "en"]


def _file(text: str, lang: Lang) -> str:
    size = len(text) * 3 // 4 // 1024
    return f"파일 첨부 (약 {size:,} KB)" if lang == "ko" else f"file attached (about {size:,} KB)"


def shortened(exact: str) -> str:
    """The exact JSON for reading; long files are cut and passwords are covered, which the page says."""
    cut = LONG.sub(lambda found: f'"{found[1][:32]}… ({len(found[1]):,})"', exact)
    return COVERED_VALUE.sub(rf'\1"{MASK}"', cut)
