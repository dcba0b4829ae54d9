"""Case A: from the first look at six notices to the registered title of a new home.

Applicant 김하늘 and spouse 이서준; a second applicant 박지호 on the wait-list; officers 오지훈 (LH) and 신예린
(과천도시공사), operator 문하린, the city's officer 정소라, judicial scrivener 강도윤, registrar 서하은.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from domain.time import now, seoul_date
from onjip.demo.acts import (
    approve,
    await_step,
    choose_scrivener,
    give_right_proof,
    order_correction,
    pay_due,
    publish,
    register,
)
from onjip.demo.journey import Progress
from onjip.demo.notices import city_notice, lh_notice
from onjip.demo.people import DemoBroken, Person

CASE = "A"
ITEMS = ["address_history", "household", "marriage", "subscription_account", "home_ownership", "past_wins", "income"]
DIGITS = "259017364"  # what the balls of this ceremony show: one of 1-3, then twice four different digits
OBSERVERS = ["과천경찰서 입회 경찰관"]
OPTION = "B01"
ASKED_AT_MOST = 60
TO_JOIN = timedelta(seconds=8)  # the round of the wait-list
ROUND_SOON = timedelta(minutes=2)  # who has to wait longer for it does not see it


@dataclass
class Subscription:
    progress: Progress
    applicant: Person
    spouse: Person
    second: Person
    officer: Person
    city_corporation: Person
    operator: Person
    city: Person
    scrivener: Person
    registrar: Person
    lh_id: str = ""
    city_id: str = ""
    case_id: str = ""
    transfer_id: str = ""
    contract_id: str = ""
    unit: str = ""
    clash: dict[str, Any] = field(default_factory=dict)  # a notice with the announcement date of another

    def say(self, who: Person | str, ko: str, **kind: str) -> None:
        self.progress.line(CASE, who if isinstance(who, str) else who.name, ko, **kind)

    async def run(self) -> None:
        await asyncio.gather(*(one.enter() for one in self._people()))
        await self.publish()
        await asyncio.gather(self.apply(), self.second_applies())
        await self.draw()
        await asyncio.gather(self.home(), self.wait_list())

    async def home(self) -> None:
        """From the award to the title."""
        await self.contract()
        await self.build_and_pay()
        await self.transfer()

    def _people(self) -> tuple[Person, ...]:
        return (
            self.applicant, self.spouse, self.second, self.officer, self.city_corporation, self.operator,
            self.scrivener,
        )  # fmt: skip

    # From the notice to the award

    async def publish(self) -> None:
        today = seoul_date(now())
        same_day_as_another = await self._announcement_of_another()
        stamp = now().strftime("%H%M%S")
        lh, city = await asyncio.gather(
            publish(self.officer, lh_notice(f"00000{stamp}", today)),
            publish(self.city_corporation, city_notice(f"{today.year}{stamp}", today, same_day_as_another)),
        )
        self.lh_id, self.city_id = lh, city
        self.say(
            self.officer, "입주자모집공고 게시 (추첨 난수 약정 포함)", agency="LH", term="주택공급규칙 제20조·제21조"
        )
        self.say(self.city_corporation, "입주자모집공고 게시", agency="청약홈", term="주택공급규칙 제20조②")

    async def _announcement_of_another(self) -> date:
        """The announcement date of a notice that is on the board already: two wishes on one date exclude each other."""

        def find(page: dict[str, Any]) -> dict[str, Any] | None:
            return next((one for one in page["items"] if one["housing_kind"] == "private"), None)

        other = await self.applicant.until("/api/v1/notices?open_only=true", find, "notices of the boards")
        self.clash = other
        return date.fromisoformat(other["announcement_date"])

    async def apply(self) -> None:
        notices = await self._six_notices()
        self.case_id = (await self.applicant.post("/api/v1/cases", {"kind": "A", "title": "내 집 마련 2026"}))["id"]
        self.say(self.applicant, f"공고 {len(notices)}건 조회: 민영·국민, 수도권 안팎, 규제·비규제", agency="청약홈·LH")
        await self.consent()
        await self.assess([one["id"] for one in notices])
        await self.file(notices)

    async def _six_notices(self) -> list[dict[str, Any]]:
        def find(page: dict[str, Any]) -> list[dict[str, Any]] | None:
            found: list[dict[str, Any]] = [one for one in page["items"] if one["open"]]
            return found if len(found) >= 6 else None

        return await self.applicant.until("/api/v1/notices?open_only=true", find, "six open notices")

    async def consent(self) -> None:
        ends = (now() + timedelta(days=180)).isoformat()
        members = [{"relation": "self"}, {"relation": "spouse"}]
        wish = {"members": members, "items": ITEMS, "purpose": "subscription", "ends_at": ends}
        asked = await self.applicant.post(f"/api/v1/cases/{self.case_id}/consents", wish)
        token = asked["invitation"].rpartition("/")[2]
        taken = await self.spouse.post("/api/v1/consents/accept-invitation", {"token": token})
        own = next(one for one in asked["items"] if one["relation"] == "self")
        await asyncio.gather(self.applicant.agree(own["id"]), self.spouse.agree(taken["id"]))
        self.say(self.applicant, "본인 동의 (7개 항목)", agency="본인확인", term="주택법 제55조·제56조의3")
        self.say(self.spouse, "배우자 동의 (각자 로그인)", agency="본인확인", term="주택법 제56조의3②")
        await await_step(self.applicant, self.case_id, "facts_collected")
        self.say("온집", "자격 정보 병렬 수집 완료", agency="주민·가족·은행·주택·소득", term="규칙 제52조의2")

    async def assess(self, notice_ids: list[str]) -> None:
        wanted = ((self.lh_id, "first_home"), (self.city_id, "general"))
        page = await judged(self.applicant, self.case_id, notice_ids, *wanted)
        outcomes = [one["outcome"] for one in page["items"]]
        told = f"✓ {outcomes.count('yes')} · ✗ {outcomes.count('no')} · ? {outcomes.count('cannot_tell')}"
        self.say("온집", f"공고×주택형×공급유형 자격 판정 {len(outcomes)}건: {told}", term="규칙 제27조·제28조·제43조")

    async def file(self, notices: list[dict[str, Any]]) -> None:
        lines = await self._three_lines(notices)
        clash = [*lines, {"notice_id": self.clash["id"], "model_no": "01", "supply_kind": "general"}]
        path = f"/api/v1/cases/{self.case_id}/applications"
        problem = await self.applicant.refused(path, {"lines": clash})
        self.say(
            self.applicant, f"같은 발표일 2건은 접수 전에 거절: {problem['ko']}", term=problem.get("article") or ""
        )
        filed = await self.applicant.post(path, {"lines": lines})
        self.say(self.applicant, f"통합신청 1건 → 3개 공고, 온집 접수번호 {filed['receipt_no']}", term="규칙 제19조")
        await await_step(self.applicant, self.case_id, "delivered")
        done = await self.applicant.get(f"/api/v1/applications/{filed['application_id']}")
        for line in done["lines"]:
            if line["state"] != "filed":
                raise DemoBroken(f"line {line['notice_id']} was refused: {line['refusal']}")
            self.say(
                "기관", f"접수증 {line['receipt_no']}", agency=line["notice_id"].partition("-")[0], term="규칙 제19조⑦"
            )

    async def _three_lines(self, notices: list[dict[str, Any]]) -> list[dict[str, str]]:
        """LH first home, the city's general supply, and one more at another announcement date that is open to us."""
        page = await self.applicant.get(f"/api/v1/cases/{self.case_id}/assessments")
        dates = {one["id"]: one["announcement_date"] for one in notices}
        taken = {dates[self.lh_id], dates[self.city_id]}
        third = next(
            one
            for one in page["items"]
            if one["outcome"] == "yes" and dates[one["notice_id"]] not in taken and one["notice_id"] in dates
        )
        return [
            {"notice_id": self.lh_id, "model_no": "01", "supply_kind": "first_home"},
            {"notice_id": self.city_id, "model_no": "01", "supply_kind": "general"},
            {name: third[name] for name in ("notice_id", "model_no", "supply_kind")},
        ]

    async def second_applies(self) -> None:
        """박지호 applies alone, for general supply at LH."""
        person = self.second
        case = (await person.post("/api/v1/cases", {"kind": "A", "title": "첫 청약"}))["id"]
        wish = {
            "members": [{"relation": "self"}], "items": ITEMS, "purpose": "subscription",
            "ends_at": (now() + timedelta(days=90)).isoformat(),
        }  # fmt: skip
        asked = await person.post(f"/api/v1/cases/{case}/consents", wish)
        await person.agree(asked["items"][0]["id"])
        await await_step(person, case, "facts_collected")
        await judged(person, case, [self.lh_id], (self.lh_id, "general"))
        line = {"notice_id": self.lh_id, "model_no": "01", "supply_kind": "general"}
        await person.post(f"/api/v1/cases/{case}/applications", {"lines": [line]})
        await await_step(person, case, "delivered")
        self.say(person, "일반공급 신청 접수", agency="LH", term="규칙 제27조")

    async def draw(self) -> None:
        await self._close(self.lh_id)
        self.say(
            self.operator,
            "접수 마감: 접수·심사 목록 확정 (머클 루트·시점확인), 난수 공개",
            agency="LH",
            term="규칙 제50조",
        )
        await self.operator.task("digits", subject_id=self.lh_id)
        await self.officer.post(f"/api/v1/notices/{self.lh_id}/digits", {"digits": DIGITS})
        await self.operator.post(f"/api/v1/notices/{self.lh_id}/digits", {"digits": DIGITS, "observers": OBSERVERS})
        self.say(self.operator, "추첨 숫자를 두 사람이 각각 입력 → 선정 → 봉인·공개", term="규칙 제25조②·제50조")
        await await_step(self.applicant, self.case_id, "awarded")
        self.say(self.applicant, "당첨", agency="LH", term="규칙 제57조")
        await self._close(self.city_id)
        self.say(self.operator, "접수 마감 (발표일은 나중)", agency="청약홈", term="규칙 제50조")

    async def _close(self, notice_id: str) -> None:
        await self.operator.task("close", subject_id=notice_id)
        await self.operator.post(f"/api/v1/notices/{notice_id}/close")

    async def wait_list(self) -> None:
        """Two homes that nobody contracted go by lot to those who join the round: 박지호, and one who applied at LH."""
        path = f"/api/v1/notices/{self.lh_id}"
        mine, page = await self._own_award(self.second), await self.officer.get(f"{path}/awards?limit=100")
        general = [one for one in page["items"] if one["supply_kind"] == "general"]
        for lapsed in [one for one in general if one["state"] == "awarded"][:2]:
            await self.officer.post(f"/api/v1/awards/{lapsed['id']}/lapse", {"reason": "계약체결기간에 계약하지 않음"})
        opens = datetime.fromisoformat((await self.officer.get(f"{path}/reserve"))["opens_after"])
        if opens > now() + ROUND_SOON:
            self.say(self.officer, "계약하지 않은 주택 2세대: 계약 기간이 끝나면 예비입주자에게", term="규칙 제26조⑤")
            return
        await asyncio.sleep(max(0.0, (opens - now()).total_seconds()))
        await self.applicant.until("/api/v1/awards", _contracted, "the home's contract")
        await self.officer.post(f"{path}/reserve", {"until": (now() + TO_JOIN).isoformat()})
        await self.second.task("reserve_join", subject_id=mine["id"])
        await self.second.post(f"/api/v1/awards/{mine['id']}/reserve", {"joins": True, "warned": True})
        other = next(one for one in general if one["state"] == "waiting" and one["ticket"] != mine["ticket"])
        await self.officer.post(f"{path}/reserve/tickets", {"tickets": [other["ticket"]], "joins": True})
        self.say(
            self.second, "예비입주자 동·호수 추첨 참가 (당첨자로 본다는 안내 확인)", agency="LH", term="규칙 제2조7바"
        )
        for person in (self.officer, self.operator):
            await person.task("reserve_digits", subject_id=self.lh_id)
            await person.post(f"{path}/reserve/digits", {"digits": DIGITS})
        given = await self.second.until("/api/v1/awards", _allotted, "a home of the wait-list")
        self.say(
            self.second, f"예비입주자 {mine['wait_list_no']}번 → 동·호수 추첨으로 {given['unit']} 배정", agency="LH",
            term="규칙 제26조⑤",
        )  # fmt: skip

    async def _own_award(self, person: Person) -> dict[str, Any]:
        return await person.until("/api/v1/awards", lambda page: next(iter(page["items"]), None), "award")

    # The home

    async def contract(self) -> None:
        await await_step(self.applicant, self.case_id, "checked")
        self.say("온집", "당첨자 자격 다시 확인: 적격", agency="주택소유확인", term="규칙 제52조·제57조⑦")
        award = await self._own_award(self.applicant)
        self.unit = award["unit"]
        await self.applicant.post(f"/api/v1/awards/{award['id']}/accept", {"option_codes": [OPTION]})
        self.contract_id = await self._contract()
        amount = await pay_due(self.applicant, f"/api/v1/contracts/{self.contract_id}", "deposit")
        self.say(self.applicant, f"계약금 {amount:,}원 (공고의 계좌로)", agency="은행", term="규칙 제60조")
        for person in (self.applicant, self.officer):
            await person.task("sign", subject_id=self.contract_id)
            await person.post(f"/api/v1/contracts/{self.contract_id}/sign")
            await person.sign_at_signing_service()
            self.say(person, "공급계약서에 전자서명", agency="서명기관", term="규칙 제59조")
        await await_step(self.applicant, self.case_id, "contract_signed")
        self.say("온집", "봉인 (PAdES B-LTA)", agency="시점확인기관")
        self.transfer_id = await self.applicant.until(
            f"/api/v1/cases/{self.case_id}", lambda page: next(iter(page["transfers"]), None), "transfer opened"
        )
        await approve(self.officer, self.case_id, "report")
        self.say(self.officer, "부동산거래신고 (공공 공급자 단독)", agency="RTMS", term="신고령 제3조②1")

    async def _contract(self) -> str:
        path = f"/api/v1/cases/{self.case_id}"
        return await self.applicant.until(path, lambda page: next(iter(page["contracts"]), None), "contract drafted")

    async def build_and_pay(self) -> None:
        await self.pay("stamp", "전자수입인지 납부", term="인지세법 제8조")
        await self.pay("instalment", "중도금", term="규칙 제60조④")
        await self.complete_the_building()
        await self.pay("balance", "잔금 (사용검사·보존등기 뒤)", term="규칙 제60조④")
        await self.approve(self.applicant, "tax", "취득세 신고서 서명", agency="위택스", term="지방세법 제20조④")
        await self.pay("tax", "취득세 납부", agency="위택스")
        await self.approve(self.applicant, "bond", "국민주택채권 매입 서명", agency="채권", term="주택도시기금법 제8조")
        await self.pay("bond", "채권 매입대금 납부", agency="채권")

    async def complete_the_building(self) -> None:
        """사용검사 by the city's officer, then the supplier's own registration, both at their own sites."""
        number = self.lh_id.partition("-")[2]
        dong, _, ho = self.unit.partition("-")
        await self.city.at("houses", "/people/approvals", {
            "notice": number, "name": "온누리마을", "sigungu": "41290", "bjdong": "10900", "bun": "0701", "ji": "0000",
            "lot_address": "경기도 과천시 주암동 701", "road_address": "경기도 과천시 주암로 70",
            "units": f"{dong}|{ho}|59.84|41.27/38204.5",
        }, done="approved_already")  # fmt: skip
        self.say(self.city, "사용검사 기록", agency="건축물대장", term="주택법 제49조")
        await self.officer.at("registry", "/people/preservations", {"notice_no": number}, done="title_exists")
        self.say(self.officer, "소유권보존등기", agency="등기소", term="부동산등기법 제65조")

    async def transfer(self) -> None:
        unique_no = await self._unique_no()
        await choose_scrivener(self.applicant, self.transfer_id, self.scrivener)
        await give_right_proof(self.officer, self.transfer_id, unique_no)
        await asyncio.gather(
            self.approve(self.officer, "mandate", "위임장 서명", term="등기규칙 제46조①5"),
            self.approve(self.applicant, "mandate", "위임장 서명", term="등기규칙 제46조①5"),
            self.pay("fee", "등기신청수수료 납부", agency="등기소"),
        )
        await self.approve(
            self.scrivener, "application:1", "등기신청서 점검·서명", agency="등기소", term="등기규칙 제43조"
        )
        receipt = await await_step(self.scrivener, self.case_id, "packet_delivered")
        self.say(self.scrivener, f"등기신청 접수 {receipt}", agency="등기소", term="부동산등기법 제6조")
        await order_correction(self.registrar, receipt)
        self.say(
            self.registrar, "보정명령: 선택품목 금액이 거래신고에 빠짐", agency="등기소", term="등기법 제29조 단서"
        )
        await await_step(self.applicant, self.case_id, "correction_ordered")
        await self.approve(
            self.officer,
            f"change_report:{receipt}:0",
            "변경신고 → 신고필증 재발급",
            agency="RTMS",
            term="신고규칙 제3조③",
        )
        await self.approve(self.scrivener, "application:2", "보정서 서명·제출", agency="등기소", term="등기법 제29조")
        await await_step(self.applicant, self.case_id, "correction_answered")
        await register(self.registrar, receipt)
        await await_step(self.applicant, self.case_id, "registered")
        self.say(self.registrar, "심사 후 등기 완료", agency="등기소", term="부동산등기법 제6조②")

    async def _unique_no(self) -> str:
        rights = await self.officer.look("registry", "/people/rights")
        return str(rights["items"][-1]["unique_no"])

    async def pay(self, kind: str, what: str, *, agency: str = "은행", term: str = "") -> None:
        amount = await pay_due(self.applicant, f"/api/v1/transfers/{self.transfer_id}", kind)
        self.say(self.applicant, f"{what} {amount:,}원", agency=agency, term=term)

    async def approve(self, person: Person, kind: str, what: str, *, agency: str = "", term: str = "") -> None:
        await approve(person, self.case_id, kind)
        self.say(person, what, agency=agency, term=term)


async def judged(person: Person, case_id: str, notice_ids: list[str], *wanted: tuple[str, str]) -> dict[str, Any]:
    """Eligibility for these notices. Asked again while a wanted line cannot be told: a register was down just then."""
    path = f"/api/v1/cases/{case_id}/assessments"
    for times in range(1, ASKED_AT_MOST + 1):
        await person.post(path, {"notice_ids": notice_ids})
        await await_step(person, case_id, "assessed", times)
        page = await person.get(path)
        outcomes = {(one["notice_id"], one["supply_kind"]): one["outcome"] for one in page["items"]}
        if all(outcomes.get(line) != "cannot_tell" for line in wanted):
            return page
        await asyncio.sleep(1)
    raise DemoBroken(f"{person.login}: eligibility cannot be told")


def _contracted(page: dict[str, Any]) -> bool | None:
    return any(one["state"] == "contracted" for one in page["items"]) or None


def _allotted(page: dict[str, Any]) -> dict[str, Any] | None:
    return next((one for one in page["items"] if one["state"] != "waiting"), None)
