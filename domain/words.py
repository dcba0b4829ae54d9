"""The vocabulary of Onjip: closed sets of words, used the same way in every folder."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

Won = Annotated[int, Field(ge=0, le=10**15, description="Korean won")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256, lower-case hexadecimal")]


class Agency(StrEnum):
    """An outside partner. The value is the member name in signed envelopes and in settings."""

    IDENTITY = "identity"  # identity provider (본인확인)
    APPLYHOME = "applyhome"  # 청약홈, run by the selection operator (한국부동산원)
    LH = "lh"  # LH 청약플러스, a public developer's own receipt
    RESIDENTS = "residents"  # resident and family registers (주민등록, 가족관계등록)
    SAVINGS = "savings"  # subscription-account bank (입주자저축취급기관)
    HOUSES = "houses"  # house-ownership check and building ledger (국토교통부)
    INCOME = "income"  # income certificates (국세청)
    SIGNING = "signing"  # remote signing service
    TRUST = "trust"  # certificate authority, OCSP, CRL and time-stamp authority
    RTMS = "rtms"  # transaction-report system (부동산거래관리시스템)
    WETAX = "wetax"  # local tax (위택스)
    BOND = "bond"  # housing bond (국민주택채권)
    BANK = "bank"  # designated accounts, deposits
    REGISTRY = "registry"  # registry office (등기소)


class Role(StrEnum):
    """What a person may do here. Broker, officer, operator, scrivener come from registers, never from a form."""

    APPLICANT = "applicant"  # everybody who can log in
    BROKER = "broker"  # 개업공인중개사
    OFFICER = "officer"  # supplier officer (사업주체 담당자)
    OPERATOR = "operator"  # selection operator (주택청약업무수행기관)
    SCRIVENER = "scrivener"  # judicial scrivener (법무사)


class HousingKind(StrEnum):
    PUBLIC = "public"  # 국민주택
    PRIVATE = "private"  # 민영주택


class SupplyKind(StrEnum):
    """Supply method (공급유형)."""

    GENERAL = "general"  # 일반공급
    NEWLYWED = "newlywed"  # 신혼부부 특별공급
    FIRST_HOME = "first_home"  # 생애최초 특별공급
    MULTI_CHILD = "multi_child"  # 다자녀가구 특별공급
    ELDERLY_PARENTS = "elderly_parents"  # 노부모 부양자 특별공급
    NEWBORN = "newborn"  # 신생아 특별공급
    YOUTH = "youth"  # 청년 특별공급
    RECOMMENDED = "recommended"  # 기관추천 특별공급
    NEWLYWED_TOWN = "newlywed_town"  # 신혼희망타운


class Outcome(StrEnum):
    YES = "yes"
    NO = "no"
    CANNOT_TELL = "cannot_tell"


class ContractKind(StrEnum):
    SUPPLY = "supply"  # 공급계약
    SALE = "sale"  # 매매
    DISSOLUTION = "dissolution"  # 합의해제
    LEASE = "lease"  # 주택임대차
    AMENDMENT = "amendment"  # 변경계약
    POWER = "power"  # 위임장
    EXPLANATION = "explanation"  # 중개대상물 확인·설명서


class PartyRole(StrEnum):
    BUYER = "buyer"  # 매수인 / 공급받는 자
    SELLER = "seller"  # 매도인
    SUPPLIER = "supplier"  # 사업주체
    SELLER_BROKER = "seller_broker"  # of a lease: the lessor's
    BUYER_BROKER = "buyer_broker"  # of a lease: the lessee's
    LESSOR = "lessor"  # 임대인
    LESSEE = "lessee"  # 임차인
    PRINCIPAL = "principal"  # 위임인
    ATTORNEY = "attorney"  # 수임인
    WITNESS = "witness"  # 입회인


class Power(StrEnum):
    """What a power of attorney (위임장) lets the agent do; nothing else (민법 제118조)."""

    SELL = "sell"  # 매도
    BUY = "buy"  # 매수
    LET = "let"  # 임대
    RENT = "rent"  # 임차
    RECEIVE_MONEY = "receive_money"  # 대금·보증금의 수령
    HAND_OVER = "hand_over"  # 인도와 열쇠·서류의 교부
    REGISTER = "register"  # 등기 신청에 필요한 행위


class Authority(StrEnum):
    """Why somebody may act for a party (대리권의 근거)."""

    PARENT = "parent"  # 친권자 (민법 제911조)
    GUARDIAN = "guardian"  # 후견인 (민법 제938조, 제949조)
    ATTORNEY = "attorney"  # 임의대리인, under a power of attorney (민법 제114조)


class LeaseKind(StrEnum):
    """How a lease came about (표준계약서의 계약의 종류)."""

    NEW = "new"  # 신규 계약
    AGREED = "agreed"  # 합의에 의한 재계약
    DEMANDED = "demanded"  # 갱신요구권 행사에 의한 갱신 (주택임대차보호법 제6조의3)


class SigningMeans(StrEnum):
    """By what a person signs. Keys are the person's own in each of them and never come to us."""

    REMOTE_SERVICE = "remote_service"  # 간편인증·클라우드 인증서: a signing service holds the key for its person
    BROWSER_KEY = "browser_key"  # a key made in this browser, certified after an identity check
    JOINT_CERTIFICATE = "joint_certificate"  # 공동인증서: files that are opened in the browser


class CaseKind(StrEnum):
    SUBSCRIPTION = "A"  # from the notice to the title
    RESALE = "B"  # brokered sale to the title
    LEASE = "C"  # brokered lease, to its report
    POWER = "D"  # a power of attorney


class Step(StrEnum):
    """Steps of a case as its people see them, in the order of ``STEPS``."""

    LOOKED_UP = "looked_up"
    CONSENTED = "consented"
    FACTS_COLLECTED = "facts_collected"
    ASSESSED = "assessed"
    APPLIED = "applied"
    DELIVERED = "delivered"
    CLOSED = "closed"
    DRAWN = "drawn"
    AWARDED = "awarded"
    CHECKED = "checked"
    DRAFTED = "drafted"
    EXPLAINED = "explained"
    INVITED = "invited"
    SIGNED = "signed"
    SEALED = "sealed"
    LEASE_REPORTED = "lease_reported"
    DEPOSIT_PAID = "deposit_paid"
    CONTRACT_SIGNED = "contract_signed"
    REPORTED = "reported"
    STAMP_PAID = "stamp_paid"
    INSTALMENTS_PAID = "instalments_paid"
    PAID = "paid"
    TAXED = "taxed"
    BOND_BOUGHT = "bond_bought"
    PACKET_DELIVERED = "packet_delivered"
    CORRECTION_ORDERED = "correction_ordered"
    CORRECTION_ANSWERED = "correction_answered"
    REGISTERED = "registered"
    # Outside the good path:
    DISMISSED = "dismissed"
    DISSOLVED = "dissolved"


STEPS: dict[CaseKind, tuple[Step, ...]] = {
    CaseKind.SUBSCRIPTION: (
        Step.LOOKED_UP, Step.CONSENTED, Step.FACTS_COLLECTED, Step.ASSESSED, Step.APPLIED, Step.DELIVERED,
        Step.CLOSED, Step.DRAWN, Step.AWARDED, Step.CHECKED, Step.DEPOSIT_PAID, Step.CONTRACT_SIGNED,
        Step.REPORTED, Step.STAMP_PAID, Step.INSTALMENTS_PAID, Step.PAID, Step.TAXED, Step.BOND_BOUGHT,
        Step.PACKET_DELIVERED, Step.CORRECTION_ORDERED, Step.CORRECTION_ANSWERED, Step.REGISTERED,
    ),
    CaseKind.RESALE: (
        Step.DRAFTED, Step.EXPLAINED, Step.INVITED, Step.SIGNED, Step.SEALED, Step.DEPOSIT_PAID, Step.REPORTED,
        Step.STAMP_PAID, Step.PAID, Step.TAXED, Step.BOND_BOUGHT, Step.PACKET_DELIVERED, Step.REGISTERED,
    ),
    CaseKind.LEASE: (
        Step.DRAFTED, Step.EXPLAINED, Step.INVITED, Step.SIGNED, Step.SEALED, Step.LEASE_REPORTED,
    ),
    CaseKind.POWER: (Step.DRAFTED, Step.SIGNED, Step.SEALED),
}  # fmt: skip
