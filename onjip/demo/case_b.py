"""Case B: a brokered resale, from the register's draft to the registered title.

Seller 최민준, buyer 윤서아, brokers 정다온 (the seller's, who drafts) and 한가람 (the buyer's), judicial scrivener
강도윤, registrar 서하은.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from domain.time import now, seoul_date
from onjip.demo.acts import approve, await_step, choose_scrivener, give_right_proof, pay_due, register
from onjip.demo.journey import Progress
from onjip.demo.people import Person

UNIQUE_NO = "1143-2019-004521"
PRICE = 487_000_000
DEPOSIT = 48_700_000
CASE = "B"
# What only the broker can say (중개대상물 확인·설명서, 공인중개사법 시행령 제21조); the rest comes from the registers.
STATEMENTS = {
    "orientation": "아파트, 남동향 (거실 기준)", "seismic": "적용", "rental_registered": "해당 없음",
    "renewal_claimed": "해당 없음 (임차인 없음)",
    "land_use": "제2종일반주거지역, 건폐율 60 % 이하, 용적률 200 % 이하",
    "roads": "8m 도로에 접함", "transport": "지하철역 걸어서 9분, 버스 정류장 3분", "parking": "세대당 1.2대",
    "schools": "초등학교 6분, 중학교 10분", "management": "경비실 있음, 위탁관리", "disliked": "없음",
    "unregistered_rights": "없음 (매도인 확인)", "utilities": "수도·전기·가스 정상",
    "fire_safety": "단독경보형감지기 있음",
    "heating": "도시가스 개별난방, 정상", "elevator": "있음, 양호", "drainage": "정상", "fittings": "해당 없음",
    "leaks": "누수 없음 (매도인 진술, 현장 확인)", "walls": "보통", "sunlight": "풍부함", "noise": "보통",
    "shown_by": "개업공인중개사",
}  # fmt: skip


@dataclass
class Resale:
    """The people of the case, and how far it is."""

    progress: Progress
    broker: Person
    other_broker: Person
    seller: Person
    buyer: Person
    scrivener: Person
    registrar: Person
    case_id: str = ""
    contract_id: str = ""
    transfer_id: str = ""

    def say(self, who: Person | str, ko: str, **kind: str) -> None:
        self.progress.line(CASE, who if isinstance(who, str) else who.name, ko, **kind)

    async def run(self) -> None:
        await asyncio.gather(*(one.enter() for one in self._people()))
        await self.draft()
        await self.sign()
        await self.deposit_and_report()
        await self.pay_and_tax()
        await self.transfer()

    def _people(self) -> tuple[Person, ...]:
        return (self.broker, self.other_broker, self.seller, self.buyer, self.scrivener)

    async def draft(self) -> None:
        today = seoul_date(now())
        drafted = await self.broker.post("/api/v1/contracts", {
            "unique_no": UNIQUE_NO,
            "price": PRICE,
            "payments": [
                {"kind": "deposit", "number": 1, "amount": DEPOSIT, "due_on": today.isoformat()},
                {"kind": "balance", "number": 1, "amount": PRICE - DEPOSIT,
                 "due_on": (today + timedelta(days=30)).isoformat()},
            ],
            "seller_code": self.seller.me["code"],
            "buyer_code": self.buyer.me["code"],
            "other_broker_code": self.other_broker.me["code"],
            "special_clauses": ["매도인은 잔금일까지 등기기록의 권리관계를 현재 상태로 유지한다."],
            "switches": ["mortgage_cleared", "taxes_shown"],
            "statements": STATEMENTS,
            "permit": {"zone": False},  # 토지이용계획: outside any permit zone
        })  # fmt: skip
        self.case_id, self.contract_id = drafted["case_id"], drafted["contract_id"]
        self.say(
            self.broker,
            "등기기록·건축물대장으로 계약서 초안을 요청",
            agency="등기소·건축HUB",
            term="공인중개사법 제25조",
        )
        await self._contract_state(self.broker, "draft")
        await self.broker.post(f"/api/v1/contracts/{self.contract_id}/explain")
        self.say(self.broker, "중개대상물 확인·설명서 교부", term="공인중개사법 제25조③")
        await self.broker.post(f"/api/v1/contracts/{self.contract_id}/invite")
        self.say(self.broker, "당사자 초대: 문서 확정", term="공인중개사법 제26조")

    async def sign(self) -> None:
        for person in (self.seller, self.buyer, self.broker, self.other_broker):
            await person.task("sign", subject_id=self.contract_id)
            await person.post(f"/api/v1/contracts/{self.contract_id}/sign")
            await person.sign_at_signing_service()
            self.say(person, "계약서에 전자서명", agency="서명기관", term="전자서명법 제3조")
        await self._contract_state(self.broker, "sealed")
        self.say("온집", "봉인: 모든 증거와 보관 시점확인 (PAdES B-LTA)", agency="시점확인기관")

    async def deposit_and_report(self) -> None:
        self.transfer_id = await self._transfer()
        await self.pay("deposit", "계약금 예치", term="공인중개사법 제31조")
        for person in (self.broker, self.other_broker):
            await self.approve(person, "report", "부동산거래신고 공동 서명", agency="RTMS", term="신고법 제3조③")

    async def pay_and_tax(self) -> None:
        await self.pay("stamp", "전자수입인지 납부", term="인지세법 제8조")
        await self.pay("balance", "잔금 지급", term="민법 제568조②")
        await self.buyer.post(f"/api/v1/transfers/{self.transfer_id}/declaration", {"homes_before": 0})
        await self.approve(self.buyer, "tax", "취득세 신고서 서명", agency="위택스", term="지방세법 제20조④")
        await self.pay("tax", "취득세 납부", agency="위택스", term="지방세법 제20조")
        await self.approve(self.buyer, "bond", "국민주택채권 매입 서명", agency="채권", term="주택도시기금법 제8조")
        await self.pay("bond", "채권 매입대금 납부", agency="채권")

    async def transfer(self) -> None:
        await choose_scrivener(self.buyer, self.transfer_id, self.scrivener)
        self.say(self.buyer, f"법무사 {self.scrivener.name} 선임", term="부동산등기법 제24조")
        await give_right_proof(self.seller, self.transfer_id, UNIQUE_NO)
        self.say(self.seller, "등기필정보 전달 (봉인 보관)", term="부동산등기법 제50조②")
        await asyncio.gather(
            self.approve(self.seller, "mandate", "위임장 서명", term="등기규칙 제46조①5"),
            self.approve(self.buyer, "mandate", "위임장 서명", term="등기규칙 제46조①5"),
            self.pay("fee", "등기신청수수료 납부", agency="등기소"),
        )
        await self.approve(
            self.scrivener, "application:1", "등기신청서 점검·서명", agency="등기소", term="등기규칙 제43조"
        )
        receipt = await await_step(self.scrivener, self.case_id, "packet_delivered")
        self.say(self.scrivener, f"등기신청 접수 {receipt}", agency="등기소", term="부동산등기법 제6조")
        await register(self.registrar, receipt)
        await await_step(self.buyer, self.case_id, "registered")
        self.say(self.registrar, "심사 후 등기 완료", agency="등기소", term="부동산등기법 제6조②")

    # Small words

    async def pay(self, kind: str, what: str, *, agency: str = "은행", term: str = "") -> None:
        amount = await pay_due(self.buyer, f"/api/v1/transfers/{self.transfer_id}", kind)
        self.say(self.buyer, f"{what} {amount:,}원", agency=agency, term=term)

    async def approve(self, person: Person, kind: str, what: str, *, agency: str = "", term: str = "") -> None:
        await approve(person, self.case_id, kind)
        self.say(person, what, agency=agency, term=term)

    async def _contract_state(self, person: Person, state: str) -> dict[str, Any]:
        path = f"/api/v1/contracts/{self.contract_id}"
        return await person.until(path, lambda page: page if page["state"] == state else None, f"contract {state}")

    async def _transfer(self) -> str:
        path = f"/api/v1/cases/{self.case_id}"
        return await self.buyer.until(path, lambda page: next(iter(page["transfers"]), None), "transfer opened")
