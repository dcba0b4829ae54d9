"""Contract drafts from the registers' own words: refused here, before a page exists, when law or sums forbid them.

Nothing is typed twice: the property comes from register and ledger, a supply's sums and conditions from the notice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from pydantic import JsonValue

from domain import ids
from domain.contracts import ContractTerms, Explanation, Instalment, Party, PropertyTerms
from domain.draft_refusals import refuse
from domain.draft_rules import check_owner, check_people, check_registers_agree, check_schedule, check_shares
from domain.facts import BuildingLedger, Title
from domain.notices import Account, HouseType, Notice, Option, Payment, SupplyConditions
from domain.words import ContractKind, PartyRole, Sha256, Won

TEN_THOUSAND = 10_000


def sale_terms(
    contract_id: UUID,
    *,
    title: Title,
    ledger: BuildingLedger,
    official_price: Won | None,
    price: Won,
    payments: Sequence[Instalment],
    parties: Sequence[Party],
    made_on: date,
    handover_on: date,
    explanation: Explanation | None = None,
    account: Account | None = None,
    special_clauses: Sequence[str] = (),
    switches: Sequence[str] = (),
    seller_refs: Sequence[str] = (),
    ledger_sha256: Sha256 | None = None,
    version: int = 1,
    time_shortened: bool = False,
    permit: dict[str, JsonValue] | None = None,
) -> ContractTerms:
    """매매계약: the seller is the owner on the register, and the schedule pays exactly the price.

    ``seller_refs`` are the sellers' identity references; where given, they are compared with the register's.
    ``permit``: what the broker said of a permit zone (토지거래허가구역).
    Raises Invalid with field and article (``domain.draft_rules``).
    """
    check_people(parties, PartyRole.SELLER, PartyRole.BUYER)
    check_owner(parties, title, seller_refs)
    check_shares(parties)
    check_registers_agree(title, ledger)
    check_schedule(payments, price, made_on)
    if handover_on < made_on:
        raise refuse("handover_before_contract")
    return ContractTerms(
        contract_id=contract_id,
        kind=ContractKind.SALE,
        version=version,
        made_on=made_on,
        property=property_of(title, ledger, official_price, ledger_sha256),
        parties=tuple(parties),
        price=price,
        payments=tuple(payments),
        account=account,
        handover_on=handover_on,
        special_clauses=tuple(special_clauses),
        switches=tuple(switches),
        explanation=explanation,
        time_shortened=time_shortened,
        extra={"permit": permit} if permit else {},
    )


def supply_terms(
    contract_id: UUID,
    *,
    notice: Notice,
    unit: str,
    parties: Sequence[Party],
    made_on: date,
    model_no: str | None = None,
    option_codes: Sequence[str] = (),
    conditions: SupplyConditions | None = None,
    special_clauses: Sequence[str] = (),
    version: int = 1,
    time_shortened: bool = False,
) -> ContractTerms:
    """공급계약: price, schedule, account and conditions are the notice's; ``unit`` is e.g. ``101-1203``.

    ``conditions`` replaces the notice's own. The cost of chosen options is due with the balance.
    Raises Invalid with field and article (``domain.draft_rules``).
    """
    check_people(parties, PartyRole.SUPPLIER, PartyRole.BUYER)
    check_shares(parties)
    for party in parties:
        if party.role is PartyRole.SUPPLIER and notice.supplier not in (party.organisation, party.represents):
            raise refuse("supplier_differs")
    said = conditions or notice.conditions
    if said is None:
        raise refuse("conditions_missing")
    house = _house_type(notice, unit, model_no)
    options = [_option(notice, code) for code in option_codes]
    extras = sum(option.price for option in options)
    payments = _not_before(made_on, schedule(contract_id, notice.payments, house.price, extras))
    check_schedule(payments, house.price + extras, made_on)
    return ContractTerms(
        contract_id=contract_id,
        kind=ContractKind.SUPPLY,
        version=version,
        made_on=made_on,
        property=_future_home(notice, house, unit, said),
        parties=tuple(parties),
        price=house.price,
        option_price=extras,
        options=tuple(option.name for option in options),
        payments=payments,
        account=notice.deposit_account,
        special_clauses=tuple(special_clauses),
        notice_id=notice.id,
        unit=unit,
        time_shortened=time_shortened,
        extra={
            "conditions": said.model_dump(mode="json"),
            "move_in": notice.move_in or "",
            "notice_name": notice.name,
            "notice_number": notice.number,
            "notice_date": notice.notice_date.isoformat(),
            "house_type": house.name,
            "approval_no": notice.approval_no or "",
        },
    )


def dissolution_terms(
    contract_id: UUID,
    *,
    original: ContractTerms,
    refund: Won,
    reason: str,
    made_on: date,
    refund_due_on: date,
    forfeited: Won = 0,
    refund_account: Account | None = None,
    special_clauses: Sequence[str] = (),
    version: int = 1,
) -> ContractTerms:
    """합의해제: the parties of ``original`` end it. ``refund`` + ``forfeited`` is what was paid so far, in won."""
    if original.kind not in (ContractKind.SALE, ContractKind.SUPPLY):
        raise refuse("not_dissolvable")
    if refund + forfeited > original.price + original.option_price:
        raise refuse("refund_exceeds_price")
    if not original.made_on <= made_on <= refund_due_on:
        raise refuse("dates_out_of_order")
    memo = payment_reference(contract_id, "refund", 1)
    back = Instalment(kind="refund", number=1, amount=refund, due_on=refund_due_on, reference=memo)
    return ContractTerms(
        contract_id=contract_id,
        kind=ContractKind.DISSOLUTION,
        version=version,
        made_on=made_on,
        property=original.property,
        parties=original.bound(),
        price=original.price,
        option_price=original.option_price,
        payments=(back,) if refund else (),
        account=refund_account,
        special_clauses=tuple(special_clauses),
        notice_id=original.notice_id,
        unit=original.unit,
        supersedes=original.contract_id,
        time_shortened=original.time_shortened,
        extra={**named_original(original, reason), "refund": refund, "forfeited": forfeited},
    )


def named_original(original: ContractTerms, reason: str) -> dict[str, JsonValue]:
    """Which contract another one ends or changes, by its digest, and why."""
    return {
        "original_kind": original.kind.value,
        "original_made_on": original.made_on.isoformat(),
        "original_version": original.version,
        "original_digest": original.digest(),
        "reason": reason,
    }


def property_of(
    title: Title, ledger: BuildingLedger, official_price: Won | None, ledger_sha256: Sha256 | None = None
) -> PropertyTerms:
    """The property as the register (표시, 대지권) and the building ledger (구조, 용도, 도로명) describe it."""
    return PropertyTerms(
        unique_no=title.unique_no,
        region=ledger.region,
        lot_address=title.lot_address,
        road_address=ledger.road_address,
        building=title.building,
        dong=ledger.dong,
        ho=ledger.ho,
        structure=ledger.structure,
        use=ledger.use,
        exclusive_area=title.exclusive_area,
        land_share=title.land_share,
        official_price=official_price,
        title_sha256=title.sha256 or None,
        ledger_sha256=ledger_sha256,
        approved_on=ledger.approved_on,
        violation=ledger.violation,
    )


def rights_of(title: Title) -> tuple[str, ...]:
    """권리관계 for the explanation: every right that still stands, and whether an application is pending."""
    lines = [f"소유자 {title.owner} (부동산고유번호 {title.unique_no})"]
    for right in title.rights:
        if right.cancelled:
            continue
        amount = "" if right.amount is None else f" · 금액 {right.amount:,}원"
        receipt = f"{right.received_on:%Y.%m.%d} 접수 제{right.receipt_no}호"
        lines.append(f"{right.section} {right.rank}번 {right.purpose} · {right.holder}{amount} · {receipt}")
    return (*lines, "등기신청사건 처리 중") if title.pending else tuple(lines)


def schedule(contract_id: UUID, parts: Sequence[Payment], price: Won, with_balance: Won = 0) -> tuple[Instalment, ...]:
    """Sums of the notice's shares, floored to the won; the last part takes the remainder and ``with_balance``."""
    if not parts:
        raise refuse("payments_missing")
    amounts = [price * part.share_bp // TEN_THOUSAND for part in parts[:-1]]
    amounts.append(price - sum(amounts) + with_balance)
    return tuple(
        Instalment(
            kind=part.kind,
            number=part.number,
            amount=amount,
            due_on=part.due_on,
            reference=payment_reference(contract_id, part.kind, part.number),
        )
        for part, amount in zip(parts, amounts, strict=True)
    )


def _not_before(made_on: date, payments: Sequence[Instalment]) -> tuple[Instalment, ...]:
    """Who contracts late (from the wait-list, say) owes at the contract what the notice had due before it."""
    return tuple(
        one if one.due_on is None or one.due_on >= made_on else one.model_copy(update={"due_on": made_on})
        for one in payments
    )


def payment_reference(contract_id: UUID, kind: str, number: int) -> str:
    """The memo by which the bank finds one payment: the same for every version of the contract."""
    return ids.reference(ids.contract_workflow_id(contract_id), f"payment-{kind}-{number}")


def _house_type(notice: Notice, unit: str, model_no: str | None) -> HouseType:
    """The type that lists ``unit``; where the supplier has not named units yet, the type ``model_no``."""
    for house in notice.house_types:
        if unit in house.unit_numbers and model_no in (None, house.model_no):
            return house
        if not house.unit_numbers and model_no == house.model_no:
            return house
    raise refuse("unit_unknown")


def _option(notice: Notice, code: str) -> Option:
    for option in notice.options:
        if option.code == code:
            return option
    raise refuse("option_unknown")


def _future_home(notice: Notice, house: HouseType, unit: str, said: SupplyConditions) -> PropertyTerms:
    dong, _, ho = unit.partition("-")
    return PropertyTerms(
        unique_no=notice.unique_nos.get(unit),
        region=notice.region,
        lot_address=notice.address,
        building=notice.name,
        dong=dong,
        ho=ho,
        use="아파트",
        exclusive_area=house.exclusive_area,
        land_share=said.land_area,
    )
