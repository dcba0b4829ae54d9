"""One signature, judged at the moment of its own time stamp with the evidence that the archive stamp covers."""

# mypy: allow-untyped-calls
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import cms as asn1
from pydantic import JsonValue
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate, AdESSubIndic
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator.errors import PathBuildingError, ValidationError

from contracts import algorithms
from contracts.fields import PLATFORM
from contracts.findings import finding
from contracts.means import algorithm_of, means_of
from contracts.policy import DATES_ONLY, StrictChanges, revocations, stored_evidence
from contracts.reading import ContractFile
from contracts.trust import SIGNING, Trust, check_chain, path_to_root, subject
from domain.contracts import ArchiveStamp, Finding, Party
from law.forms.form import role_name

TROUBLES: dict[AdESSubIndic, str] = {
    AdESFailure.REVOKED: "certificate_revoked",
    AdESIndeterminate.REVOKED_NO_POE: "certificate_revoked",
    AdESIndeterminate.REVOKED_CA_NO_POE: "certificate_revoked",
    AdESFailure.NOT_YET_VALID: "certificate_expired",
    AdESIndeterminate.NOT_YET_VALID: "certificate_expired",
    AdESIndeterminate.OUT_OF_BOUNDS_NO_POE: "certificate_expired",
    AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED: "certificate_expired",
    AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND: "certificate_untrusted",
    AdESIndeterminate.CHAIN_CONSTRAINTS_FAILURE: "certificate_invalid",
    AdESIndeterminate.SIG_CONSTRAINTS_FAILURE: "certificate_invalid",
}  # everything else is missing or stale evidence
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Judged:
    """``signed_at``: the trusted time stamp's moment, None when there is none."""

    findings: list[Finding]
    signed_at: datetime | None


def is_archive(one: EmbeddedPdfSignature) -> bool:
    return bool(one.sig_object_type == "/DocTimeStamp")


def stamped_at(token: asn1.SignedData) -> datetime:
    moment: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
    return moment


async def judge(one: EmbeddedPdfSignature, contract: ContractFile, trust: Trust, changes: StrictChanges) -> Judged:
    """A party's or the platform's signature: unchanged since, trusted, not revoked, time-stamped."""
    field = str(one.field_name)
    tokens = list(extract_tst_data_iter(one.signer_info, signed=False))
    if len(tokens) != 1:
        return Judged([finding("timestamp", False, field)], None)
    at = stamped_at(tokens[0])
    context = stored_evidence(trust, contract.reader, at)
    try:
        status = await async_validate_pdf_signature(
            one, context, diff_policy=changes, key_usage_settings=KeyUsageConstraints(key_usage=set(SIGNING))
        )
    finally:
        await context.aclose()
    stamp = status.timestamp_validity
    stamped = stamp is not None and stamp.intact and stamp.valid and stamp.trusted
    findings = [
        finding("additions", _only_permitted(status, field), field),
        _identity(one, contract.party(field), trust),
        finding("intact", status.intact and status.valid, field),
        finding("algorithm", at <= algorithms.signature_end(one.signer_cert, one.md_algorithm), field),
        _trusted(status, field, revoked=one.signer_cert.serial_number in revocations(contract.reader)),
        finding("timestamp", bool(stamped), field),
    ]
    return Judged(findings, at if stamped else None)


async def judge_archive(
    contract: ContractFile, trust: Trust, at: datetime, changes: StrictChanges
) -> tuple[Finding, list[ArchiveStamp]]:
    """The last revision is an archive time stamp over the whole file by a trusted authority.

    Each stamp must still have been believed when the next one covered it, and its key in the right hands; the newest
    one, at the moment ``at``, or at its own where the reader's clock is behind the authority's.
    """
    stamps = [one for one in contract.signatures if is_archive(one)]
    last = contract.signatures[-1]
    name = str(last.field_name)
    if not is_archive(last) or last.evaluate_signature_coverage() is not SignatureCoverageLevel.ENTIRE_FILE:
        return finding("archived", False, name), []
    told = [_told(one, trust) for one in stamps]
    covered = [*(one.at for one in told[1:]), max(at, told[-1].at)]
    sound = [await _stamp_holds(one, contract, trust, changes) for one in stamps]
    in_time = [one.at <= moment <= one.until for one, moment in zip(told, covered, strict=True)]
    lost = revocations(contract.reader)
    safe = [
        moment < lost.get(one.signer_cert.serial_number, NEVER) for one, moment in zip(stamps, covered, strict=True)
    ]
    return finding("archived", all(sound) and all(in_time) and all(safe), name), told


def _told(one: EmbeddedPdfSignature, trust: Trust) -> ArchiveStamp:
    """``until`` is the beginning of time where the authority leads to no root."""
    try:
        path = path_to_root([one.signer_cert, *one.other_embedded_certs], trust)
        until = algorithms.believed_until(path, one.md_algorithm)
    except PathBuildingError:
        until = algorithms.LONG_AGO
    names = subject(one.signer_cert)
    return ArchiveStamp(
        field=str(one.field_name), at=stamped_at(one.signed_data), until=until, authority=names["common_name"]
    )


async def _stamp_holds(one: EmbeddedPdfSignature, contract: ContractFile, trust: Trust, changes: StrictChanges) -> bool:
    """The token's own certificates must do: nothing else vouches for the bytes of the last one."""
    made = stamped_at(one.signed_data)
    context = stored_evidence(trust, contract.reader, made)
    try:
        status = await async_validate_pdf_timestamp(one, context, diff_policy=changes)
        chain = [one.signer_cert, *one.other_embedded_certs]
        await check_chain(chain, trust, at=made, ocsps=(), policy=DATES_ONLY, key_usage=frozenset())
    except (PathBuildingError, ValidationError):
        return False
    finally:
        await context.aclose()
    return bool(status.intact and status.valid and status.trusted)


def in_time(moments: Sequence[datetime], contract: ContractFile) -> Iterator[Finding]:
    """Later signatures have later stamps, and none is newer than the first archive stamp."""
    archives = [stamped_at(one.signed_data) for one in contract.signatures if is_archive(one)]
    line = [*moments, *archives]
    yield finding("order", line == sorted(line))


def summary(one: EmbeddedPdfSignature, contract: ContractFile, signed_at: datetime | None) -> dict[str, JsonValue]:
    """Who signed, as a reader wants to see it. ``signed_at`` is the time stamp's (UTC), never the signer's claim."""
    field = str(one.field_name)
    party = contract.party(field)
    names = subject(one.signer_cert)
    return {
        "field": field,
        "name": party.signer.name if party else names["common_name"],
        "role": party.role.value if party else PLATFORM,
        "role_ko": role_name(party.role, contract.terms.kind) if party else "봉인",
        "signed_at": signed_at.isoformat() if signed_at else None,
        "means": means_of(one.signer_cert) if party else "seal",
        "algorithm": algorithm_of(one.signer_cert, one.md_algorithm),
        "subject": one.signer_cert.subject.human_friendly,
        "serial_number": names["serial_number"],
        "issuer": str(one.signer_cert.issuer.native.get("common_name", "")),
    }


def _only_permitted(status: PdfSignatureStatus, field: str) -> bool:
    """After a signature only forms may be filled; after the seal only evidence may be added."""
    changes = status.diff_result
    limit = ModificationLevel.LTA_UPDATES if field == PLATFORM else ModificationLevel.FORM_FILLING
    return isinstance(changes, DiffResult) and changes.modification_level <= limit and bool(status.docmdp_ok)


def _identity(one: EmbeddedPdfSignature, party: Party | None, trust: Trust) -> Finding:
    if party is not None:
        return finding("signer", subject(one.signer_cert)["common_name"] == party.signer.name, party.field)
    pinned = {pin.sha256 for pin in trust.pins}
    return finding("platform", not pinned or one.signer_cert.sha256 in pinned, str(one.field_name))


def _trusted(status: PdfSignatureStatus, field: str, *, revoked: bool) -> Finding:
    """``revoked``: the answer in the file says so, of whatever time."""
    if status.trusted:
        return finding("evidence", True, field)
    missing, trouble = "certificate_revoked_later" if revoked else "evidence", status.trust_problem_indic
    return finding(TROUBLES.get(trouble, missing) if trouble is not None else missing, False, field)
