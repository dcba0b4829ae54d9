"""The offline verifier: a file and a trust list in, every reason for and against out. What costs too much is
stopped from outside (``contracts.bounded``)."""

# mypy: allow-untyped-calls
from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import datetime

from pyhanko.pdf_utils.generic import Reference
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, read_certification_data
from pyhanko.sign.validation.status import SignatureCoverageLevel

from contracts import libraries
from contracts.attachments import to_xml
from contracts.changes import changes
from contracts.der import is_canonical
from contracts.fields import PLATFORM
from contracts.findings import finding, report
from contracts.policy import StrictChanges
from contracts.reading import ARCHIVE, ContractFile, NotAContract, read
from contracts.signatures import in_time, is_archive, judge, judge_archive, summary
from contracts.trust import NoTrust, Trust
from domain.contracts import Finding, VerifyReport
from domain.model import canonical_json
from domain.time import now

log = logging.getLogger(__name__)


def verify_file(
    pdf: bytes, trust_pem: bytes, *, expected_parties_from_embedded: bool = True, at: datetime | None = None
) -> VerifyReport:
    """Verify a contract with nothing but the file and a PEM list of roots.

    ``expected_parties_from_embedded``: also demand exactly the signatures of the embedded parties, in their order,
    and the platform's seal; without it, what is there is judged. ``at``: the day of judging, now by default.
    """
    try:
        trust = Trust.from_pem(trust_pem)
    except NoTrust:
        return report([finding("trust", False)])
    return verify_with(pdf, trust, complete=expected_parties_from_embedded, at=at)


def verify_with(pdf: bytes, trust: Trust, *, complete: bool = True, at: datetime | None = None) -> VerifyReport:
    """``verify_file`` with a loaded trust list. Half a second of CPU. Raises MemoryError, and nothing else."""
    libraries.prepare()
    try:
        return libraries.run(_verify(pdf, read(pdf), trust, complete=complete, at=at or now()))
    except NotAContract as error:
        return report([finding(str(error), False)])
    except MemoryError:
        raise
    except Exception as error:  # hostile bytes reach deep into the libraries; whatever they raise is a no
        log.info("verification stopped on malformed input: %s", type(error).__name__)
        return report([finding("readable", False)])


async def _verify(pdf: bytes, contract: ContractFile, trust: Trust, *, complete: bool, at: datetime) -> VerifyReport:
    findings = [finding("readable", True), *_terms(contract)]
    if complete:
        findings += _parties(contract)
    terms = json.loads(contract.raw_terms)
    for one in contract.signatures:
        findings.append(finding("intact", _intact(one) and is_canonical(one, pdf), str(one.field_name)))
        if not findings[-1].ok:
            break
    if not all(entry.ok for entry in findings):
        return report(findings, terms=terms)  # the rest would only repeat, slowly, what is already lost
    policy = StrictChanges()
    archived, stamps = await judge_archive(contract, trust, at, policy)
    judged = [(one, await judge(one, contract, trust, policy)) for one in contract.signatures if not is_archive(one)]
    findings += [*_bounds(contract), archived, *(entry for _, verdict in judged for entry in verdict.findings)]
    findings += in_time([verdict.signed_at for _, verdict in judged if verdict.signed_at], contract)
    findings += _what_changed(contract, findings)
    signers = [summary(one, contract, verdict.signed_at) for one, verdict in judged]
    return report(findings, signers, stamps, terms)


def _what_changed(contract: ContractFile, findings: list[Finding]) -> Iterator[Finding]:
    """Where something was added that is not permitted: what it did, since the last signature that can tell."""
    betrayed = {entry.subject for entry in findings if entry.code == "additions" and not entry.ok}
    last = contract.reader.total_revisions - 1
    able = [one for one in contract.signatures if one.field_name in betrayed or is_archive(one)]
    since = [one.signed_revision for one in able if one.signed_revision < last]
    if betrayed and since:
        yield from changes(contract.reader, max(since))


def _terms(contract: ContractFile) -> Iterator[Finding]:
    values = json.loads(contract.raw_terms)
    yield finding("terms", canonical_json(values) == contract.raw_terms, contract.terms.digest())
    yield finding("terms_agree", to_xml(values) == contract.raw_xml)


def _parties(contract: ContractFile) -> Iterator[Finding]:
    """Fields and their fillers are exactly those that the embedded terms name, and look as their signers left them."""
    parties = [party.field for party in contract.terms.parties]
    archives = [name for name in contract.signed if name.startswith(ARCHIVE)]
    ours = sorted(contract.fields) == sorted([*parties, PLATFORM, *archives])
    yield finding("fields", ours and "/NeedAppearances" not in contract.reader.root["/AcroForm"])
    yield finding("complete", sorted(contract.signed) == sorted([*parties, PLATFORM, *archives]) and bool(archives))
    yield finding("order", _in_order(contract, archives))


def _in_order(contract: ContractFile, archives: list[str]) -> bool:
    orders = {party.field: party.order for party in contract.terms.parties}
    known = [orders[name] for name in contract.signed if name in orders]
    tail = contract.signed[len(known) :]
    return known == sorted(known) and tail == [PLATFORM, *(f"{ARCHIVE}{n}" for n in range(1, len(archives) + 1))]


def _intact(one: EmbeddedPdfSignature) -> bool:
    """Nothing but its own place is left out of what the signature covers, and the digest is the signed one."""
    if one.evaluate_signature_coverage() < SignatureCoverageLevel.ENTIRE_REVISION:
        return False
    digest = one.compute_digest("sha256")
    if is_archive(one):
        info = one.signed_data["encap_content_info"]["content"].parsed
        return bool(info["message_imprint"]["hashed_message"].native == digest)
    return any(
        attribute["type"].native == "message_digest" and attribute["values"][0].native == digest
        for attribute in one.signer_info["signed_attrs"]
    )


def _bounds(contract: ContractFile) -> Iterator[Finding]:
    """The two walls: the first signature certifies (only form filling after it), the seal forbids even that."""
    first = contract.signatures[0]
    data = read_certification_data(contract.reader)
    author: Reference | None = None if data is None else data.author_sig.container_ref
    certified = data is not None and data.permission is MDPPerm.FILL_FORMS
    yield finding("certified", certified and author == first.sig_object.container_ref, str(first.field_name))
    for one in contract.signatures:
        if one.field_name == PLATFORM:
            everything = one.fieldmdp is not None and one.fieldmdp.action.value == "/All"
            yield finding("locked", everything and one.docmdp_level is MDPPerm.NO_CHANGES, PLATFORM)
