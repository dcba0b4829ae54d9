"""The verifier's sentences: one code, one thing that holds or does not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pydantic import JsonValue

from domain.contracts import ArchiveStamp, Finding, VerifyReport


class Sentence(NamedTuple):
    ko: str
    en: str
    ko_bad: str
    en_bad: str


# What somebody did after the last signature that can tell (``contracts.changes``).
CHANGES: dict[str, tuple[str, str]] = {
    "changed_pages": ("서명한 뒤 쪽이 더해지거나 빠졌습니다.", "Pages were added or removed after signing."),
    "changed_page": ("서명한 뒤 이 쪽의 내용이 바뀌었습니다.", "What this page shows was changed after signing."),
    "changed_notes": ("서명한 뒤 이 쪽에 메모가 붙었습니다.", "Notes were put on this page after signing."),
    "changed_signature": ("서명한 뒤 이 서명란이 바뀌었습니다.", "This signature field was changed after signing."),
    "changed_attachment": ("서명한 뒤 이 첨부가 바뀌었습니다.", "This attachment was changed after signing."),
    "changed_title": ("서명한 뒤 제목이나 정보가 바뀌었습니다.", "Title or metadata were changed after signing."),
    "changed_actions": ("저절로 실행되는 동작이 더해졌습니다.", "Something that runs by itself was added."),
    "changed_evidence": ("나중에 확인할 증거가 빠졌습니다.", "Evidence was taken out after signing."),
    "changed_other": ("서명한 뒤 파일의 짜임이 바뀌었습니다.", "The structure of the file was changed."),
}

SENTENCES: dict[str, Sentence] = {
    "trust": Sentence(
        "신뢰 목록을 읽었습니다.", "The trust list was read.",
        "신뢰 목록에 인증기관의 인증서가 없습니다.", "The trust list holds no certificate authority.",
    ),
    "too_large": Sentence(
        "크기가 알맞습니다.", "The size is acceptable.",
        "파일이 너무 커서 확인하지 않았습니다.", "The file is too large to be verified.",
    ),
    "readable": Sentence(
        "올바른 형식의 파일입니다.", "The file is well formed.",
        "읽을 수 없거나 고의로 망가뜨린 파일입니다.", "The file cannot be read, or was broken on purpose.",
    ),
    "too_costly": Sentence(
        "정해진 시간과 메모리 안에서 확인했습니다.", "It was examined within the limits of time and memory.",
        "확인하는 데 시간이나 메모리가 너무 많이 들어 멈추었습니다.",
        "Examining it takes too much time or memory; it was stopped.",
    ),
    "original": Sentence(
        "계약서 원본 파일입니다.", "This is the original file.",
        "계약서 원본 파일이 아닙니다. 인쇄하거나 다시 저장한 사본에는 서명이 남지 않으니 원본 파일을 받으십시오.",
        "This is not the original file. A printed or re-saved copy holds no signature: ask for the original.",
    ),
    "terms": Sentence(
        "기계가 읽는 계약 내용이 들어 있습니다.", "The machine-readable contract is inside.",
        "기계가 읽는 계약 내용이 없거나 바뀌었습니다.", "The machine-readable contract is missing or altered.",
    ),
    "terms_agree": Sentence(
        "JSON과 XML의 계약 내용이 같습니다.", "JSON and XML say the same.",
        "JSON과 XML의 계약 내용이 다릅니다.", "JSON and XML disagree.",
    ),
    "fields": Sentence(
        "서명란이 계약의 당사자와 일치합니다.", "The signature fields are those of the parties.",
        "서명란이 계약의 당사자와 다릅니다.", "The signature fields are not those of the parties.",
    ),
    "complete": Sentence(
        "모든 당사자와 온집이 서명했습니다.", "Every party and the platform have signed.",
        "서명하지 않은 당사자가 있거나 봉인되지 않았습니다.", "A signature or the seal is missing.",
    ),
    "order": Sentence(
        "정한 순서대로 서명했습니다.", "The signatures are in the agreed order.",
        "서명 순서가 정한 것과 다릅니다.", "The signatures are not in the agreed order.",
    ),
    "intact": Sentence(
        "서명한 뒤 바뀐 곳이 없습니다.", "What was signed is unchanged.",
        "서명한 내용이 바뀌었습니다.", "What was signed has been changed.",
    ),
    "additions": Sentence(
        "나중에 더해진 것은 허용된 서명과 증거뿐입니다.", "Only permitted signatures and evidence were added later.",
        "서명한 뒤 허용되지 않은 내용이 더해졌습니다.", "Something that is not permitted was added after signing.",
    ),
    **{code: Sentence("그대로입니다.", "Unchanged.", *bad) for code, bad in CHANGES.items()},
    "certified": Sentence(
        "첫 서명이 문서를 인증했습니다.", "The first signature certifies the document.",
        "첫 서명이 문서를 인증하지 않았습니다.", "The first signature does not certify the document.",
    ),
    "locked": Sentence(
        "봉인이 문서를 잠갔습니다.", "The seal locks the document.",
        "봉인이 문서를 잠그지 않았습니다.", "The seal does not lock the document.",
    ),
    "signer": Sentence(
        "신뢰하는 기관의 인증서로 서명했고 이름이 당사자와 같습니다.",
        "A trusted authority vouches for the signer, who is the party named.",
        "서명한 인증서의 이름이 당사자와 다릅니다.", "The certificate names somebody else than the party.",
    ),
    "platform": Sentence(
        "온집의 인증서로 봉인했습니다.", "The platform's certificate sealed it.",
        "봉인한 인증서가 온집의 것이 아닙니다.", "The seal is not made with the platform's certificate.",
    ),
    "certificate_revoked": Sentence(
        "폐지되지 않은 인증서입니다.", "The certificate was not revoked.",
        "폐지된 인증서로 서명했습니다.", "The certificate was revoked.",
    ),
    "certificate_revoked_later": Sentence(
        "서명한 뒤에도 폐지되지 않은 인증서입니다.", "The certificate was not revoked later.",
        "서명한 뒤 폐지된 인증서라서 서명할 때 유효했다는 증거가 없습니다.",
        "The certificate was revoked after signing; nothing proves that it was good at the time.",
    ),
    "certificate_expired": Sentence(
        "유효기간 안의 인증서입니다.", "The certificate was valid.",
        "유효기간 밖의 인증서로 서명했습니다.", "The certificate was not valid at the time.",
    ),
    "certificate_untrusted": Sentence(
        "신뢰하는 기관의 인증서입니다.", "A trusted authority issued the certificate.",
        "신뢰하지 않는 기관의 인증서입니다.", "No trusted authority stands behind the certificate.",
    ),
    "certificate_invalid": Sentence(
        "서명에 쓸 수 있는 인증서입니다.", "The certificate may sign.",
        "서명에 쓸 수 없는 인증서입니다.", "The certificate may not sign documents.",
    ),
    "algorithm": Sentence(
        "서명할 때 믿을 수 있던 암호 방식입니다.", "The algorithm was strong enough when it was used.",
        "서명할 때 이미 믿을 수 없던 암호 방식입니다.", "The algorithm was too weak already when it was used.",
    ),
    "timestamp": Sentence(
        "신뢰하는 시점확인이 붙어 있습니다.", "A trusted time stamp tells when it was signed.",
        "믿을 수 있는 시점확인이 없습니다.", "There is no trustworthy time stamp.",
    ),
    "archived": Sentence(
        "보관용 시점확인이 파일 전체를 덮습니다.", "An archive time stamp covers the whole file.",
        "보관용 시점확인이 파일 전체를 덮지 않거나, 제때 새로 받지 않았습니다.",
        "No archive time stamp covers the whole file, or it was not renewed in time.",
    ),
    "evidence": Sentence(
        "오래 뒤에도 확인할 수 있는 증거가 들어 있습니다.", "The evidence for later years is inside.",
        "나중에 확인하는 데 필요한 증거가 모자랍니다.", "Evidence for a later verification is missing.",
    ),
    "manifest": Sentence(
        "목록을 읽었습니다.", "The manifest was read.",
        "목록이 없거나 읽을 수 없습니다.", "The manifest is missing or unreadable.",
    ),
    "manifest_signature": Sentence(
        "온집이 목록에 서명했습니다.", "The platform signed the manifest.",
        "목록의 서명이 맞지 않습니다.", "The signature of the manifest does not hold.",
    ),
    "file": Sentence(
        "목록의 지문과 같습니다.", "It has the digest of the manifest.",
        "목록의 지문과 다릅니다.", "It does not have the digest of the manifest.",
    ),
    "file_missing": Sentence(
        "들어 있습니다.", "It is there.", "목록에 있는 파일이 없습니다.", "A file of the manifest is missing.",
    ),
    "file_extra": Sentence(
        "목록에 있습니다.", "It is in the manifest.", "목록에 없는 파일입니다.", "A file is not in the manifest.",
    ),
    "path_unsafe": Sentence(
        "안전한 이름입니다.", "The name is safe.",
        "위험한 경로나 겹치는 이름입니다.", "A path is unsafe or stands twice.",
    ),
}  # fmt: skip


def finding(code: str, ok: bool, subject: str = "") -> Finding:
    sentence = SENTENCES[code]
    ko, en = (sentence.ko, sentence.en) if ok else (sentence.ko_bad, sentence.en_bad)
    return Finding(code=code, ok=ok, subject=subject, ko=ko, en=en)


def report(
    findings: Iterable[Finding],
    signers: Iterable[dict[str, JsonValue]] = (),
    stamps: Iterable[ArchiveStamp] = (),
    terms: JsonValue = None,
) -> VerifyReport:
    """Valid when something was checked and nothing failed."""
    listed = tuple(findings)
    valid = bool(listed) and all(entry.ok for entry in listed)
    return VerifyReport(valid=valid, findings=listed, signers=tuple(signers), stamps=tuple(stamps), terms=terms)
