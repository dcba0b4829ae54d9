"""What the codes of ``domain`` are called on pages: Korean, English. A code without words is a fault of ours."""

from __future__ import annotations

from activities.means import MEANS_WORDS
from api.pages import words_of_webhooks
from api.pages.words_of_draws import AUTHORITY, EXCLUSION, OWN_FACT, RECORD
from api.pages.words_of_powers import POWER

Pair = tuple[str, str]

# Of a file that is verified: nothing in it tells more, and our own.
OTHER_MEANS: dict[str, Pair] = {"certificate": ("인증서", "A certificate"), "seal": ("온집의 봉인", "Onjip's seal")}

AGENCY: dict[str, Pair] = {
    "identity": ("본인확인기관", "Identity provider"),
    "applyhome": ("청약홈 (한국부동산원)", "Applyhome (REB)"),
    "lh": ("LH 청약플러스", "LH"),
    "residents": ("주민등록·가족관계등록", "Resident and family registers"),
    "savings": ("청약통장 은행", "Subscription-account bank"),
    "houses": ("국토교통부 주택소유확인", "House-ownership register"),
    "income": ("국세청", "National Tax Service"),
    "signing": ("전자서명 서비스", "Signing service"),
    "trust": ("인증·시점확인기관", "Certificate and time-stamp authority"),
    "rtms": ("부동산거래관리시스템", "Transaction-report system (RTMS)"),
    "wetax": ("위택스", "Wetax"),
    "bond": ("국민주택채권", "Housing bond"),
    "bank": ("은행", "Bank"),
    "registry": ("등기소", "Registry office"),
    "onjip": ("온집", "Onjip"),
}

ITEM: dict[str, Pair] = {
    "address_history": ("주소 이력 (주민등록 초본)", "Address history"),
    "household": ("세대원 (주민등록 등본)", "Household members"),
    "marriage": ("혼인 관계", "Marriage"),
    "subscription_account": ("청약통장 가입·납입 내역", "Subscription account"),
    "home_ownership": ("주택 소유 현황", "Homes owned"),
    "past_wins": ("과거 당첨 이력", "Past wins"),
    "income": ("소득과 자산", "Income and assets"),
}

ITEM_WHY: dict[str, Pair] = {
    "address_history": ("해당 지역 거주기간을 확인합니다.", "To see how long you have lived in the area."),
    "household": ("무주택 세대인지, 부양가족이 몇 명인지 확인합니다.", "To see who belongs to your household."),
    "marriage": ("신혼부부·생애최초 요건을 확인합니다.", "For newlywed and first-home supply."),
    "subscription_account": ("순위와 납입 횟수를 확인합니다.", "For rank and recognised payments."),
    "home_ownership": ("세대의 무주택 여부를 확인합니다.", "To see that the household owns no home."),
    "past_wins": ("재당첨 제한을 확인합니다.", "To see whether an earlier win bars you."),
    "income": ("소득과 자산 기준이 있는 공급을 확인합니다.", "For supply kinds with ceilings of income and assets."),
}

PURPOSE: dict[str, Pair] = {
    "subscription": ("청약 자격 확인과 신청", "Checking eligibility and applying"),
    "winner_check": ("당첨자 자격 확인", "Check of winners"),
}

HOUSING: dict[str, Pair] = {"public": ("국민주택", "Public"), "private": ("민영주택", "Private")}

SUPPLY: dict[str, Pair] = {
    "general": ("일반공급", "General"),
    "newlywed": ("신혼부부 특별공급", "Newlyweds (special)"),
    "first_home": ("생애최초 특별공급", "First home (special)"),
    "multi_child": ("다자녀가구 특별공급", "Several children (special)"),
    "elderly_parents": ("노부모 부양자 특별공급", "Elderly parents (special)"),
    "newborn": ("신생아 특별공급", "Newborn child (special)"),
    "youth": ("청년 특별공급", "Young people (special)"),
    "recommended": ("기관추천 특별공급", "Recommended by an institution (special)"),
    "newlywed_town": ("신혼희망타운", "Newlywed town (special)"),
}

OUTCOME: dict[str, Pair] = {
    "yes": ("신청 가능", "Eligible"),
    "no": ("신청 불가", "Not eligible"),
    "cannot_tell": ("확인 필요", "Cannot tell yet"),
}

PAYMENT: dict[str, Pair] = {
    "deposit": ("계약금", "Deposit"),
    "instalment": ("중도금", "Instalment"),
    "balance": ("잔금", "Balance"),
    "stamp": ("인지세", "Stamp duty"),
    "tax": ("취득세", "Acquisition tax"),
    "bond": ("국민주택채권", "Housing bond"),
    "fee": ("등기신청수수료", "Registration fee"),
}

CASE_KIND: dict[str, Pair] = {
    "A": ("청약", "Subscription"), "B": ("매매", "Sale"), "C": ("임대차", "Lease"), "D": ("위임", "Power of attorney"),
}  # fmt: skip

CONTRACT: dict[str, Pair] = {
    "supply": ("공급계약", "Supply contract"),
    "sale": ("매매계약", "Sale contract"),
    "dissolution": ("합의해제", "Dissolution"),
    "lease": ("임대차계약", "Lease"),
    "amendment": ("변경 약정", "Amendment"),
    "power": ("위임장", "Power of attorney"),
    "explanation": ("확인·설명서", "Explanation"),
}

PARTY: dict[str, Pair] = {
    "buyer": ("매수인", "Buyer"),
    "seller": ("매도인", "Seller"),
    "supplier": ("사업주체", "Supplier"),
    "lessor": ("임대인", "Lessor"),
    "lessee": ("임차인", "Lessee"),
    "principal": ("위임인", "Principal"),
    "attorney": ("수임인", "Attorney"),
    "witness": ("입회인", "Witness"),
    "seller_broker": ("개업공인중개사 (매도·임대측)", "Seller's or lessor's broker"),
    "buyer_broker": ("개업공인중개사 (매수·임차측)", "Buyer's or lessee's broker"),
    "drafter": ("계약서 작성 중개사", "Drafting broker"),
    "broker": ("개업공인중개사", "Broker"),
    "scrivener": ("법무사", "Judicial scrivener"),
    "applicant": ("신청자", "Applicant"),
    "spouse": ("배우자", "Spouse"),
    "self": ("본인", "Myself"),
    "officer": ("사업주체 담당자", "Supplier's officer"),
    "operator": ("청약업무수행기관 담당자", "Selection operator"),
    "registrar": ("등기관", "Registrar"),
    "platform": ("봉인", "Seal"),
    "reporter": ("거래신고인", "Reporter"),
    "obligor": ("등기의무자", "Obligor"),
    "obligee": ("등기권리자", "Obligee"),
    "city_officer": ("지방자치단체 담당자", "City officer"),
}

APPROVAL: dict[str, Pair] = {
    "report": ("부동산거래신고서", "Transaction report"),
    "change_report": ("부동산거래 변경신고서", "Change report"),
    "tax": ("취득세 신고서", "Acquisition-tax return"),
    "bond": ("국민주택채권 매입신청서", "Housing-bond order"),
    "mandate": ("등기신청 위임장", "Mandate to the scrivener"),
    "application": ("소유권이전등기 신청서", "Application for registration"),
    "undo": ("해제에 따른 서류", "Paper of the dissolution"),
    "release": ("예치금 지급 동의서", "Consent to release the deposit"),
    "lease_report": ("주택 임대차 계약 신고서", "Report of the lease"),
}

DOCUMENT: dict[str, Pair] = {
    "application": ("소유권이전등기 신청서", "Application"),
    "mandate": ("위임장", "Mandates"),
    "contract": ("계약서", "Contract"),
    "report_certificate": ("부동산거래계약 신고필증", "Report certificate"),
    "stamp_receipt": ("전자수입인지", "Stamp duty receipt"),
    "tax_receipt": ("취득세 영수필확인서", "Tax receipt"),
    "bond_receipt": ("국민주택채권 매입증명", "Bond receipt"),
    "fee_receipt": ("등기신청수수료 영수증", "Fee receipt"),
    "balance_proof": ("잔금 지급 증빙", "Proof of the balance"),
}

STEP: dict[str, Pair] = {
    "looked_up": ("공고 확인", "Notices looked up"),
    "consented": ("동의", "Consent"),
    "facts_collected": ("자료 수집", "Facts collected"),
    "assessed": ("자격 판정", "Eligibility judged"),
    "applied": ("통합신청", "Application"),
    "delivered": ("기관 접수", "Filed at the agencies"),
    "closed": ("접수 마감", "Receipt closed"),
    "drawn": ("추첨", "Draw"),
    "awarded": ("당첨", "Home won"),
    "checked": ("당첨자 자격 확인", "Winner checked"),
    "drafted": ("계약서 초안", "Draft"),
    "explained": ("확인·설명", "Explained"),
    "invited": ("당사자 초대", "Parties invited"),
    "signed": ("서명", "Signed"),
    "sealed": ("봉인", "Sealed"),
    "lease_reported": ("임대차 신고·확정일자", "Lease reported, fixed date"),
    "deposit_paid": ("계약금", "Deposit paid"),
    "contract_signed": ("공급계약 체결", "Supply contract signed"),
    "reported": ("부동산거래신고", "Transaction reported"),
    "stamp_paid": ("인지세", "Stamp duty paid"),
    "instalments_paid": ("중도금", "Instalments paid"),
    "paid": ("잔금", "Balance paid"),
    "taxed": ("취득세", "Acquisition tax paid"),
    "bond_bought": ("국민주택채권", "Housing bond bought"),
    "packet_delivered": ("등기신청 접수", "Filed at the registry"),
    "correction_ordered": ("보정 명령", "Correction ordered"),
    "correction_answered": ("보정 완료", "Correction answered"),
    "registered": ("소유권이전등기", "Title registered"),
    "dismissed": ("각하", "Dismissed"),
    "dissolved": ("합의해제", "Dissolved"),
}

# Under which legal term a step is done: what to look up, never a rule of ours.
STEP_LAW: dict[str, str] = {
    "looked_up": "주택공급에 관한 규칙 제21조",
    "consented": "개인정보 보호법 제15조, 제22조",
    "facts_collected": "전자정부법 제43조의2",
    "assessed": "주택공급에 관한 규칙 제27조, 제28조",
    "applied": "주택공급에 관한 규칙 제23조",
    "delivered": "주택공급에 관한 규칙 제23조",
    "closed": "주택공급에 관한 규칙 제50조",
    "drawn": "주택공급에 관한 규칙 제27조, 제28조",
    "awarded": "주택공급에 관한 규칙 제25조",
    "checked": "주택공급에 관한 규칙 제52조, 제57조",
    "explained": "공인중개사법 제25조",
    "drafted": "공인중개사법 제26조",
    "signed": "전자서명법 제3조",
    "sealed": "전자문서 및 전자거래 기본법 제5조",
    "lease_reported": "부동산 거래신고 등에 관한 법률 제6조의2, 제6조의5",
    "contract_signed": "주택공급에 관한 규칙 제59조",
    "reported": "부동산 거래신고 등에 관한 법률 제3조",
    "stamp_paid": "인지세법 제8조",
    "instalments_paid": "주택공급에 관한 규칙 제60조",
    "taxed": "지방세법 제20조",
    "bond_bought": "주택도시기금법 제8조",
    "packet_delivered": "부동산등기법 제24조",
    "correction_ordered": "부동산등기법 제29조",
    "registered": "부동산등기법 제6조",
    "dismissed": "부동산등기법 제29조",
}

# What a state is called, and the tone that its badge has.
STATE: dict[str, dict[str, tuple[str, str, str]]] = {
    **words_of_webhooks.STATES,
    "notice": {
        "publishing": ("기관에 게시 중", "Being published", "information"),
        "open": ("접수 중", "Open", "success"),
        "coming": ("접수 예정", "Opens soon", "information"),
        "ended": ("접수 마감", "Receipt ended", "gray"),
        "closed": ("접수 마감", "Closed", "gray"),
        "drawn": ("추첨 완료", "Drawn", "information"),
        "announced": ("당첨자 발표", "Announced", "primary"),
        "refused": ("기관이 거절", "Refused", "danger"),
        "void": ("추첨 무효", "Draw void", "danger"),
        "annulled": ("추첨 취소", "Draw annulled", "danger"),
    },
    "consent": {
        "requested": ("답변 대기", "Waiting for an answer", "warning"),
        "given": ("동의함", "Given", "success"),
        "refused": ("거부함", "Refused", "gray"),
        "withdrawn": ("철회함", "Withdrawn", "gray"),
        "expired": ("기간 만료", "Expired", "gray"),
        "terminated": ("종료", "Ended", "gray"),
        "invalidated": ("무효", "Void", "danger"),
        "reaffirmed": ("재확인", "Reaffirmed", "success"),
    },
    "line": {
        "accepted": ("기관에 전달 중", "On its way", "warning"),
        "filed": ("접수 완료", "Filed", "success"),
        "refused": ("기관이 거절", "Refused", "danger"),
    },
    "award": {
        "waiting": ("예비입주자", "On the wait-list", "information"),
        "awarded": ("당첨", "Won", "primary"),
        "checked": ("자격 확인", "Checked", "success"),
        "ineligible": ("부적격", "Not eligible", "danger"),
        "contracted": ("계약", "Contracted", "success"),
        "lapsed": ("포기·소멸", "Lapsed", "gray"),
        "annulled": ("추첨 취소·정정으로 끝남", "Ended with the draw", "danger"),
    },
    "round": {
        "none": ("열기 전", "Not open yet", "gray"),
        "open": ("참가 신청 중", "People join", "success"),
        "closing": ("명단 확정 중", "List being fixed", "warning"),
        "fixed": ("추첨 대기", "Before the balls", "warning"),
        "done": ("완료", "Done", "primary"),
        "annulled": ("추첨과 함께 취소", "Annulled with the draw", "danger"),
    },
    "contract": {
        "drafting": ("작성 중", "Being drafted", "warning"),
        "refused": ("작성 불가", "Not drafted", "danger"),
        "draft": ("초안", "Draft", "information"),
        "explained": ("설명 완료", "Explained", "information"),
        "invited": ("서명 요청", "Invited", "warning"),
        "signing": ("서명 중", "Being signed", "warning"),
        "sealed": ("체결·봉인", "Sealed", "success"),
        "declined": ("서명 거절", "Declined", "danger"),
        "expired": ("기간 만료", "Expired", "gray"),
        "withdrawn": ("철회", "Withdrawn", "gray"),
        "annulled": ("추첨 취소로 끝남", "Ended with the draw", "gray"),
        "dissolved": ("해제", "Dissolved", "gray"),
    },
    "signer": {
        "waiting": ("대기", "Waiting", "gray"),
        "asked": ("서명 중", "Signing", "warning"),
        "signed": ("서명 완료", "Signed", "success"),
        "declined": ("거절", "Declined", "danger"),
    },
    "approval": {
        "open": ("확인 필요", "Yours to check", "warning"),
        "asked": ("서명 서비스에서 승인 대기", "At the signing service", "warning"),
        "signed": ("서명 완료", "Signed", "success"),
        "declined": ("거절", "Declined", "danger"),
        "void": ("효력 없음", "Void", "gray"),
    },
    "lease_report": {
        "preparing": ("준비 중", "Being prepared", "information"),
        "open": ("승인 필요", "To be approved", "warning"),
        "exempt": ("신고 대상 아님", "Not to be reported", "gray"),
        "filed": ("접수", "Filed", "information"),
        "certified": ("신고·확정일자 완료", "Reported, date fixed", "success"),
    },
    "transfer": {
        "open": ("준비 중", "Being prepared", "information"),
        "filed": ("등기소 심사 중", "At the registry", "warning"),
        "correction": ("보정 명령", "Correction ordered", "danger"),
        "dismissed": ("각하", "Dismissed", "danger"),
        "registered": ("등기 완료", "Registered", "success"),
        "dissolving": ("해제 진행 중", "Being dissolved", "warning"),
        "withdrawn": ("취하", "Withdrawn", "danger"),
        "dissolved": ("해제", "Dissolved", "gray"),
        "outside": ("거래신고까지 진행", "Carried to its report", "information"),
    },
    "filing": {
        "received": ("접수", "Received", "information"),
        "examining": ("조사 중", "Being examined", "warning"),
        "correction": ("보정 명령", "Correction ordered", "danger"),
        "registered": ("등기 완료", "Registered", "success"),
        "dismissed": ("각하", "Dismissed", "danger"),
        "withdrawn": ("취하", "Withdrawn", "gray"),
    },
    "draw": {
        "committed": ("난수 서약 공개", "Nonce committed", "information"),
        "closed": ("명단 확정", "List closed", "information"),
        "screened": ("난수 공개 대기", "Waiting for the nonce", "information"),
        "revealed": ("추첨 숫자 대기", "Waiting for the digits", "warning"),
        "beacon": ("공개 난수 대기", "Waiting for the random value", "information"),
        "selected": ("선정 완료", "Selected", "success"),
        "published": ("기록 공개", "Record published", "success"),
        "void": ("무효", "Void", "danger"),
        "annulled": ("취소", "Annulled", "danger"),
    },
    "transcript": {
        "in_force": ("효력 있음", "In force", "success"),
        "superseded": ("정정되어 효력 없음", "Superseded", "gray"),
        "annulled": ("취소되어 효력 없음", "Annulled", "danger"),
    },
    "step": {"done": ("완료", "Done", "success"), "open": ("예정", "To come", "gray")},
    "look": {
        "looked": ("조회함", "Looked", "information"),
        "dropped": ("동의가 끝나 버림", "Dropped: consent ended", "gray"),
        "agency_down": ("기관 무응답", "Agency did not answer", "warning"),
        "agency_refused": ("기관이 거절", "Agency refused", "danger"),
        "consent_needed": ("동의가 없어 거절", "Refused: no consent", "danger"),
    },
}

FUND_ITEM: dict[str, Pair] = {
    "deposits": ("금융기관 예금액", "Deposits"),
    "securities": ("주식·채권·가상자산 매각대금", "Securities sold"),
    "gift_or_inheritance": ("증여·상속", "Gift or inheritance"),
    "cash": ("현금 등 그 밖의 자금", "Cash and other money of one's own"),
    "property_sold": ("부동산 처분대금 등", "Property sold"),
    "loan": ("금융기관 대출액", "Loan of a bank"),
    "lease_deposit": ("승계하는 임대보증금", "Lease deposit taken over"),
    "other_loan": ("회사지원금·사채 등 그 밖의 차입금", "Other loans"),
}
FUND_PLAN: dict[str, Pair] = {
    "yes": ("매수인은 자금조달계획서를 내야 합니다.", "The buyer owes a fund plan."),
    "no": ("자금조달계획서를 낼 의무가 없습니다.", "No fund plan is owed."),
    "cannot_tell": (
        "자금조달계획서를 내야 하는지 아직 알 수 없습니다. 토지이용계획에서 토지거래허가구역인지 확인하십시오.",
        "Whether a fund plan is owed cannot be told yet: look up in the land-use plan whether it is a permit zone.",
    ),
}
FUND_EVIDENCE: dict[str, Pair] = {
    "yes": ("증빙자료도 함께 냅니다.", "With evidence of each item."),
    "no": ("증빙자료는 내지 않습니다.", "No evidence is asked for."),
    "cannot_tell": ("토지거래허가구역이면 증빙자료도 냅니다.", "In a permit zone with evidence, too."),
}
PAPER_FROM: dict[str, Pair] = {
    "parties": ("당사자", "Parties"), "both parties": ("양 당사자", "Both parties"), "seller": ("매도인", "Seller"),
    "buyer": ("매수인", "Buyer"), "supplier": ("사업주체", "Supplier"), "applicants": ("신청인", "Applicants"),
    "reporting office": ("신고관청", "Reporting office"), "permit office": ("허가관청", "Permit office"),
    "township office": ("읍·면사무소 등", "Township office"), "trustee": ("수탁자", "Trustee"),
    "city": ("시·군·구", "City"), "bank": ("은행", "Bank"), "registry": ("등기소", "Registry"),
    "registry or bank": ("등기소·은행", "Registry or bank"), "scrivener": ("법무사", "Scrivener"),
    "registrar or scrivener": ("등기관·법무사", "Registrar or scrivener"),
}  # fmt: skip
PAPER_STATE: dict[str, Pair] = {
    "at_hand": ("갖춤", "At hand"),
    "missing": ("없음", "Missing"),
    "looked_up": ("등기관이 조회", "Looked up by the registrar"),
    "beside": ("법무사가 붙임", "Added by the scrivener"),
}


TABLES: dict[str, dict[str, Pair]] = {
    "agency": AGENCY, "item": ITEM, "item_why": ITEM_WHY, "purpose": PURPOSE, "housing": HOUSING, "supply": SUPPLY,
    "outcome": OUTCOME, "payment": PAYMENT, "case_kind": CASE_KIND, "contract": CONTRACT, "party": PARTY,
    "approval": APPROVAL, "step": STEP, "means": {**MEANS_WORDS, **OTHER_MEANS},
    "document": DOCUMENT, "exclusion": EXCLUSION, "own_fact": OWN_FACT,
    "fund_item": FUND_ITEM, "fund_plan": FUND_PLAN, "fund_evidence": FUND_EVIDENCE,
    "authority": AUTHORITY, "record": RECORD, "power": POWER,
    "paper_from": PAPER_FROM, "paper_state": PAPER_STATE, **words_of_webhooks.WORDS,
}  # fmt: skip


def pair(table: str, code: str) -> Pair:
    """The words of a code; a partner's code that we do not know is shown as it is."""
    return TABLES[table].get(code.split(":", maxsplit=1)[0], (code, code))


def state(table: str, code: str) -> tuple[str, str, str]:
    """Korean, English and tone of a state."""
    return STATE[table].get(code, (code, code, "gray"))
