"""What a signature of a contract is good for later: with the registry's electronic filing, with the report.

부동산등기규칙 제67조제4항 (the applicants' and the authors' of each document); 부동산 거래신고 등에 관한 법률 시행령
제19조의5제2항. Checked 2026-11-23. The contract itself is valid with any of them (전자서명법 제3조제2항).
"""

from __future__ import annotations

from datetime import date

from domain.decisions import Decision
from domain.model import Model
from domain.words import ContractKind, Outcome, SigningMeans
from law.parameters import Row
from law.rulebook import Rulebook
from law.rules import Case, Fact, Lacking, Trigger, decide, rule

signing_means = Fact[SigningMeans](
    "signing_means", "서명 수단", "by what the contract is signed", kind=SigningMeans
)  # fmt: skip
UNKNOWN = "unknown"
TO_THE_TITLE = (ContractKind.SALE, ContractKind.SUPPLY)
# What it means for the deal: where it is not taken, or nobody can tell, the way on paper.
ON_PAPER_KO = (
    "계약서를 출력해 매도인의 인감증명과 함께 등기소에 방문신청합니다"
    "(부동산등기법 제24조제1항제1호, 부동산등기규칙 제60조)."
)
ON_PAPER_EN = "file on paper at the registry, with the seller's seal certificate (부동산등기법 제24조제1항제1호)."
BY_HAND_KO = "신고서에 서명해 시·군·구청에 직접 냅니다(부동산 거래신고 등에 관한 법률 시행규칙 제2조제1항)."
BY_HAND_EN = "sign the report on paper and hand it in at the city office."
WORDS = {
    ("registry_takes_signature", Outcome.YES): (
        "등기를 전자신청할 때 쓸 수 있는 서명입니다.", "The registry takes this signature with an electronic filing.",
    ),
    ("registry_takes_signature", Outcome.NO): (
        f"등기를 전자신청할 때 쓸 수 없는 서명입니다. {ON_PAPER_KO}",
        f"The registry does not take this signature with an electronic filing: {ON_PAPER_EN}",
    ),
    ("registry_takes_signature", Outcome.CANNOT_TELL): (
        f"등기를 전자신청할 때 쓸 수 있는지 확인하지 못했습니다. 받지 않으면 {ON_PAPER_KO}",
        f"Whether the registry takes this signature could not be confirmed. If not: {ON_PAPER_EN}",
    ),
    ("report_takes_signature", Outcome.YES): (
        "부동산거래신고에 쓸 수 있는 서명입니다.", "The transaction report takes this signature.",
    ),
    ("report_takes_signature", Outcome.NO): (
        f"부동산거래신고에 쓸 수 없는 서명입니다. {BY_HAND_KO}",
        f"The transaction report does not take this signature: {BY_HAND_EN}",
    ),
    ("report_takes_signature", Outcome.CANNOT_TELL): (
        f"부동산거래신고에 쓸 수 있는지 확인하지 못했습니다. 받지 않으면 {BY_HAND_KO}",
        f"Whether the transaction report takes this signature could not be confirmed. If not: {BY_HAND_EN}",
    ),
}  # fmt: skip


class Use(Model):
    """What a signature is good for at one office, and what it means for the deal in a person's words."""

    decision: Decision
    ko: str
    en: str


@rule(
    "registry_takes_signature", signing_means, ko="등기 전자신청에 쓸 수 있는 서명인지",
    en="The registry takes the signature with an electronic filing", article="부동산등기규칙 제67조제4항",
    trigger=Trigger.FILING,
)  # fmt: skip
def registry_takes_signature(case: Case) -> bool:
    """Where it does not, the parties file on paper at the counter (부동산등기법 제24조제1항제1호)."""
    row = case.row("registry_signatures")
    case.test(
        "signature.registry_list", row, lambda: _taken(case, row),
        ko="법원행정처장이 지정·공고한 실지명의 인증서에 따른 전자서명인지",
        en="It is by a real-name certificate that the court has published",
    )  # fmt: skip
    return case.verdict()


@rule(
    "report_takes_signature", signing_means, ko="부동산거래신고에 쓸 수 있는 서명인지",
    en="The transaction report takes the signature", article="부동산 거래신고 등에 관한 법률 시행령 제19조의5제2항",
    trigger=Trigger.FILING,
)  # fmt: skip
def report_takes_signature(case: Case) -> bool:
    row = case.row("report_signatures")
    case.test(
        "signature.real_name", row, lambda: _taken(case, row),
        ko="서명자의 실지명의를 확인할 수 있는 인증서에 따른 전자서명인지",
        en="It is by a certificate that tells the signer's real name",
    )  # fmt: skip
    return case.verdict()


def uses(book: Rulebook, means: SigningMeans, kind: ContractKind, on: date) -> tuple[Use, ...]:
    """For what a signature by ``means`` can be used later, as the law stands on the day it is given.

    Nothing for contracts that lead neither to a report of a sale nor to the title.
    """
    found: list[Use] = []
    if kind not in TO_THE_TITLE:
        return ()
    for asked in (registry_takes_signature, report_takes_signature):
        decision = decide(asked, Case(on, book, {signing_means.name: means}))
        ko, en = WORDS[asked.name, decision.outcome]
        found.append(Use(decision=decision, ko=ko, en=en))
    return tuple(found)


def _taken(case: Case, row: Row) -> bool:
    said: str = row.value[case[signing_means]]
    if said == UNKNOWN:
        raise Lacking(
            f"law:{row.family}", ko="이 수단을 받는지 확인하지 못했습니다. 내기 전에 접수 기관에 확인하십시오.",
            en="Whether this means is taken could not be confirmed. Ask the office before filing.",
        )  # fmt: skip
    return said == "accepted"
