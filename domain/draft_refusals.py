"""What a contract draft is refused for: one sentence for each rule, with its article and what to do."""

from __future__ import annotations

from typing import NamedTuple

from domain.errors import Invalid


class Refusal(NamedTuple):
    field: str
    article: str
    ko: str
    en: str


# Articles checked against the texts in force on 2026-01-01.
REFUSALS = {
    "party_missing": Refusal(
        "parties", "민법 제563조", "계약 당사자가 빠졌습니다.", "A party to the contract is missing."
    ),
    "order_ambiguous": Refusal(
        "parties.order", "공인중개사법 제26조제2항", "당사자의 서명 순서가 겹치거나 없습니다.",
        "Two parties share one signature field, or an order is missing. Give each an order of its own.",
    ),
    "broker_is_party": Refusal(
        "parties", "공인중개사법 제33조제1항제6호", "개업공인중개사는 중개의뢰인과 직접 거래할 수 없습니다.",
        "A broker may not deal with the own client.",
    ),
    "broker_unregistered": Refusal(
        "parties.registration_no", "공인중개사법 제9조", "개업공인중개사의 등록번호가 없습니다.",
        "The broker's registration number is missing.",
    ),
    "shares_not_whole": Refusal(
        "parties.share", "민법 제262조", "지분의 합이 1이 되어야 합니다.", "The shares do not add up to 1."
    ),
    "person_named_twice": Refusal(
        "parties", "민법 제563조", "같은 사람을 두 번 적었습니다. 한 사람은 한 번만 적어 주십시오.",
        "One person is named twice. Name everybody once.",
    ),
    "owner_missing": Refusal(
        "parties.seller", "민법 제264조, 제265조",
        "등기기록의 공유자 가운데 빠진 사람이 있습니다. 모두 당사자로 적어 주십시오.",
        "Not all co-owners of the register are there. Name every one of them.",
    ),
    "share_differs": Refusal(
        "parties.share", "부동산등기법 제48조제4항, 민법 제262조",
        "당사자의 지분이 등기기록의 지분과 다릅니다. 등기사항증명서를 확인해 주십시오.",
        "The shares are not those of the register. Check the register extract.",
    ),
    "witness_is_party": Refusal(
        "parties.witness", "공인중개사법 시행령 제22조제1항제9호",
        "입회인은 당사자, 대리인, 개업공인중개사가 아닌 사람이어야 합니다. 다른 사람을 적어 주십시오.",
        "A witness is neither a party nor an agent nor a broker. Name somebody else.",
    ),
    "witness_not_last": Refusal(
        "parties.order", "공인중개사법 제26조제2항", "입회인은 당사자와 개업공인중개사가 서명한 뒤에 서명합니다.",
        "A witness signs after the parties and the brokers.",
    ),
    "seller_not_owner": Refusal(
        "parties.seller", "부동산등기법 제29조제7호",
        "매도인이 등기기록의 소유자와 다릅니다. 등기사항증명서를 확인해 주십시오.",
        "The seller is not the owner on the register. Check the register extract.",
    ),
    "registers_disagree": Refusal(
        "property.exclusive_area", "부동산등기법 제29조제11호",
        "등기기록과 건축물대장의 전유면적이 다릅니다. 먼저 표시를 바로잡아 주십시오.",
        "Register and building ledger disagree on the area. Correct the description first.",
    ),
    "payments_missing": Refusal(
        "payments", "주택공급에 관한 규칙 제59조제3항제4호", "납부 금액과 시기가 공고에 없습니다.",
        "The notice has no payment schedule.",
    ),
    "parts_out_of_order": Refusal(
        "payments", "주택공급에 관한 규칙 제60조제1항",
        "입주금은 계약금 1회, 중도금(1회부터 차례로), 잔금 1회의 순서로 적어 주십시오.",
        "Name one deposit, then the instalments numbered from 1, then one balance.",
    ),
    "days_out_of_order": Refusal(
        "payments", "주택공급에 관한 규칙 제60조제4항", "입주금의 납부일이 계약금, 중도금, 잔금의 순서가 아닙니다.",
        "The days of payment are not in the order of the payments.",
    ),
    "due_day_missing": Refusal(
        "payments.due_on", "주택공급에 관한 규칙 제59조제3항제4호",
        "계약금과 중도금에는 납부일이 있어야 합니다. 날짜를 적어 주십시오.",
        "The deposit and every instalment need a day on which they are due. Name it.",
    ),
    "move_in_missing": Refusal(
        "move_in", "주택공급에 관한 규칙 제59조제3항제1호", "입주예정월이 없습니다. 입주할 달을 적어 주십시오.",
        "The notice does not say when people can move in. Name the month.",
    ),
    "move_in_past": Refusal(
        "move_in", "주택공급에 관한 규칙 제21조제3항제26호", "입주예정월이 공고일보다 앞섭니다. 다시 적어 주십시오.",
        "The month of moving in is before the notice. Correct it.",
    ),
    "homes_missing": Refusal(
        "house_types", "주택공급에 관한 규칙 제21조제3항제3호", "공급할 주택이 한 세대도 없습니다.",
        "The notice offers no home at all.",
    ),
    "payments_do_not_sum": Refusal(
        "payments", "공인중개사법 시행령 제22조제1항제4호", "지급액의 합이 거래금액과 다릅니다.",
        "The payments do not add up to the price.",
    ),
    "payments_out_of_order": Refusal(
        "payments", "공인중개사법 시행령 제22조제1항제4호", "계약금으로 시작하여 잔금으로 끝나야 합니다.",
        "The schedule must start with the deposit and end with the balance.",
    ),
    "dates_out_of_order": Refusal(
        "payments.due_on", "공인중개사법 시행령 제22조제1항제4호", "지급일과 계약일의 순서를 확인해 주십시오.",
        "The due dates are out of order, or before the contract.",
    ),
    "handover_before_contract": Refusal(
        "handover_on", "공인중개사법 시행령 제22조제1항제5호", "인도일은 계약일보다 앞설 수 없습니다.",
        "Handover cannot precede the contract.",
    ),
    "supplier_differs": Refusal(
        "parties.supplier", "주택공급에 관한 규칙 제59조제1항", "공고의 사업주체와 계약의 사업주체가 다릅니다.",
        "The supplier is not the one of the notice.",
    ),
    "unit_unknown": Refusal(
        "unit", "주택공급에 관한 규칙 제59조제3항제3호", "공고에 없는 동·호입니다.", "The notice has no such unit."
    ),
    "option_unknown": Refusal(
        "options", "주택공급에 관한 규칙 제21조제3항제14호", "공고에 없는 선택품목입니다.",
        "The notice offers no such option.",
    ),
    "conditions_missing": Refusal(
        "conditions", "주택공급에 관한 규칙 제59조제3항",
        "공급계약에 담을 조건이 공고에 없습니다. 없는 것은 '해당 없음'이라고 적어 주십시오.",
        "The notice lacks conditions of the supply contract. Say 'none' for what there is none of.",
    ),
    "not_dissolvable": Refusal(
        "supersedes", "민법 제543조", "해제계약은 다시 해제할 수 없습니다.", "A dissolution cannot be dissolved."
    ),
    "refund_exceeds_price": Refusal(
        "refund", "민법 제548조제1항", "돌려줄 금액이 계약 금액보다 큽니다.", "The refund exceeds the price."
    ),
    "same_person_twice": Refusal(
        "parties", "민법 제563조", "같은 사람이 계약의 양쪽에 설 수 없습니다. 당사자를 확인해 주십시오.",
        "One person cannot stand on both sides. Check the parties.",
    ),
    "broker_suspended": Refusal(
        "parties.registration_no", "공인중개사법 제39조제1항",
        "개업공인중개사의 등록이 지금 유효하지 않습니다(업무정지·휴업·폐업). 등록관청에서 확인해 주십시오.",
        "The broker's registration is not active now (suspended or closed). Ask the registering office.",
    ),
    "minor_without_agent": Refusal(
        "parties.agent", "민법 제5조제1항, 제911조",
        "미성년자는 법정대리인이 대리하거나 동의해야 합니다. 법정대리인을 적어 주십시오.",
        "A minor needs a legal representative. Name the representative.",
    ),
    "agent_of_both": Refusal(
        "parties.agent", "민법 제124조",
        "대리인은 상대방이 되거나 양쪽을 함께 대리할 수 없습니다. 다른 대리인을 정해 주십시오.",
        "An agent can neither be the other party nor act for both sides. Name another one.",
    ),
    "agent_for_nobody": Refusal(
        "parties.agent", "민법 제114조",
        "대리인이 누구를 대리하는지 확인해 주십시오. 당사자 한 사람에 대리인은 한 사람입니다.",
        "Say for which party the agent acts. Each party has one agent at most.",
    ),
    "power_missing": Refusal(
        "parties.agent.power", "민법 제114조, 제130조",
        "대리권을 확인할 위임장이 없습니다. 봉인된 위임장을 지정해 주십시오.",
        "No power of attorney shows the agent's authority. Name a sealed one.",
    ),
    "power_does_not_cover": Refusal(
        "parties.agent.power", "민법 제118조, 제130조",
        "위임장이 이 거래를 위임하지 않았습니다. 당사자·부동산·위임한 일을 확인해 주십시오.",
        "The power of attorney does not cover this contract. Check its people, property and acts.",
    ),
    "power_expired": Refusal(
        "parties.agent.power", "민법 제128조", "위임장의 기간이 끝났습니다. 새 위임장을 만들어 주십시오.",
        "The power of attorney has ended. Make a new one.",
    ),
    "power_empty": Refusal(
        "power.powers", "민법 제118조", "위임하는 일이 없습니다. 하나 이상 골라 주십시오.",
        "The power of attorney gives no power. Choose at least one.",
    ),
    "lessor_not_owner": Refusal(
        "parties.lessor", "주택임대차보호법 제3조, 민법 제619조",
        "임대인이 등기기록의 소유자와 다릅니다. 등기사항증명서를 확인해 주십시오.",
        "The lessor is not the owner on the register. Check the register extract.",
    ),
    "principal_not_owner": Refusal(
        "parties.principal", "민법 제114조, 부동산등기법 제29조제7호",
        "매도·임대를 위임하는 사람이 등기기록의 소유자와 다릅니다. 등기사항증명서를 확인해 주십시오.",
        "Who gives the power to sell or let is not the owner on the register. Check the register extract.",
    ),
    "term_out_of_order": Refusal(
        "lease.ends_on", "주택임대차보호법 제4조",
        "임대차기간의 처음과 끝을 확인해 주십시오. 시작일은 계약일보다 앞설 수 없습니다.",
        "Check the first and last day of the lease. It cannot start before the contract.",
    ),
    "rent_day_missing": Refusal(
        "lease.rent_day", "민법 제633조", "차임이 있으면 매월 지급할 날(1~31일)을 적어 주십시오.",
        "Where there is rent, name the day of the month on which it is due.",
    ),
    "former_lease_missing": Refusal(
        "lease.former", "주택임대차보호법 제6조의3제3항", "갱신하는 계약에는 갱신 전 기간과 금액을 적어 주십시오.",
        "A renewal names the term and the money of the lease before it.",
    ),
    "rent_raised_too_much": Refusal(
        "lease.monthly_rent", "주택임대차보호법 제6조의3제3항, 제7조제2항",
        "갱신요구로 갱신하는 계약은 보증금과 차임을 20분의 1보다 많이 올릴 수 없습니다.",
        "A renewal on demand cannot raise deposit or rent by more than one twentieth.",
    ),
    "not_amendable": Refusal(
        "supersedes", "민법 제105조", "서명이 끝난 매매·공급·임대차 계약만 변경할 수 있습니다.",
        "Only a signed sale, supply or lease contract can be amended.",
    ),
    "nothing_changed": Refusal(
        "changes", "민법 제105조", "바뀌는 내용이 없습니다. 바꿀 것을 적어 주십시오.",
        "Nothing changes. Say what is to change.",
    ),
    "switch_unknown": Refusal(
        "switches", "공인중개사법 시행령 제22조제1항제9호",
        "이 계약에 쓸 수 없는 특약 항목입니다. 목록에서 골라 주십시오.",
        "There is no such special clause for this contract. Choose from the list.",
    ),
    "switches_conflict": Refusal(
        "switches", "공인중개사법 시행령 제22조제1항제9호",
        "서로 어긋나거나 겹치는 특약을 함께 골랐습니다. 하나만 남겨 주십시오.",
        "These special clauses contradict or repeat each other. Keep one of them.",
    ),
    "explanation_incomplete": Refusal(
        "statements", "공인중개사법 시행령 제21조제1항·제3항",
        "확인·설명서에 적지 않은 항목이 있습니다. 없으면 '해당 없음'이라고 적어 주십시오.",
        "The explanation leaves out an item of the form. Where there is nothing, say so.",
    ),
}  # fmt: skip


def refuse(code: str, field: str = "", *, named: tuple[str, str] = ("", "")) -> Invalid:
    """``field``: the very place, where the rule is about one of several; ``named``: which, in Korean and English."""
    rule = REFUSALS[code]
    ko, en = (f"{text} ({name})" if name else text for text, name in zip((rule.ko, rule.en), named, strict=True))
    return Invalid(code, field=field or rule.field, article=rule.article, ko=ko, en=en)
