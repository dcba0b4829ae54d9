"""What a signed contract may still undergo, and what evidence its signatures need."""

# mypy: allow-untyped-calls
from __future__ import annotations

from datetime import datetime
from typing import Any

from asn1crypto.ocsp import OCSPResponse
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DiffResult,
    DSSCompareRule,
    FormUpdatingRule,
    GenericFieldModificationRule,
    ModificationLevel,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    SuspiciousModification,
)
from pyhanko.sign.fields import FieldMDPSpec, MDPPerm
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.policy_decl import (
    NO_REVOCATION,
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)

from contracts.trust import Trust

# A signer's certificate must be answered for; an authority's when it says where to ask.
CHECKED = RevocationCheckingPolicy(
    ee_certificate_rule=RevocationCheckingRule.CRL_OR_OCSP_REQUIRED,
    intermediate_ca_cert_rule=RevocationCheckingRule.CHECK_IF_DECLARED,
)
SIGNER_POLICY = CertRevTrustPolicy(CHECKED, retroactive_revinfo=True)  # answers fetched for this very question
DATES_ONLY = CertRevTrustPolicy(NO_REVOCATION)


class StrictChanges(StandardDiffPolicy):
    """Later revisions of one file may fill signature fields and add evidence, nothing else.

    The library's own policy also lets anybody change title and XMP, and add a visible field to a certified file. And it
    compares every later revision with each signed one; here each is compared with the one before it, once for all
    signatures: what was permitted at every step was permitted altogether, and decades of renewals stay quick to judge.
    """

    def __init__(self) -> None:
        super().__init__(
            global_rules=[
                CatalogModificationRule(),
                DSSCompareRule().as_qualified(ModificationLevel.LTA_UPDATES),
            ],
            form_rule=FormUpdatingRule(
                field_rules=[
                    SigFieldCreationRule(allow_new_visible_after_certify=False),
                    SigFieldModificationRule(allow_in_place_appearance_stream_changes=False),
                    GenericFieldModificationRule(),
                ]
            ),
        )
        self._steps: dict[int, DiffResult | SuspiciousModification] = {}

    def review_file(
        self,
        reader: PdfFileReader,
        base_revision: int | HistoricalResolver,
        field_mdp_spec: FieldMDPSpec | None = None,
        doc_mdp: MDPPerm | None = None,
    ) -> DiffResult | SuspiciousModification:
        """All steps since ``base_revision``, as in a certified document whatever ``doc_mdp`` says."""
        base = base_revision if isinstance(base_revision, int) else base_revision.revision
        level: ModificationLevel = ModificationLevel.NONE
        filled: set[str] = set()
        for revision in range(base + 1, reader.total_revisions):
            step = self._step(reader, revision)
            if isinstance(step, SuspiciousModification):
                return step
            level, filled = max(level, step.modification_level), filled | step.changed_form_fields
        if field_mdp_spec is not None and any(field_mdp_spec.is_locked(name) for name in filled):
            return SuspiciousModification("a locked field was filled")
        return DiffResult(level, filled)

    def _step(self, reader: PdfFileReader, revision: int) -> DiffResult | SuspiciousModification:
        if revision not in self._steps:
            old, new = (reader.get_historical_resolver(number) for number in (revision - 1, revision))
            try:
                self._steps[revision] = self.apply(old, new, doc_mdp=MDPPerm.FILL_FORMS)
            except SuspiciousModification as found:
                self._steps[revision] = found
        return self._steps[revision]


# The key was given up, not lost: what it signed before stands.
GIVEN_UP = frozenset(("superseded", "cessation_of_operation", "affiliation_changed"))


def revocations(reader: PdfFileReader) -> dict[int, datetime]:
    """When certificates were revoked because their key may be in wrong hands, by serial number, as the answers that
    are stored in the file say."""
    found: dict[int, datetime] = {}
    try:
        answers = DocumentSecurityStore.read_dss(reader).ocsps
    except NoDSSFoundError:
        return found
    for place in answers:
        response = OCSPResponse.load(place.get_object().data)
        for single in response.response_data["responses"]:
            status = single["cert_status"]
            if status.name == "revoked" and status.native["revocation_reason"] not in GIVEN_UP:
                found[single["cert_id"]["serial_number"].native] = status.native["revocation_time"]
    return found


def stored_evidence(trust: Trust, reader: PdfFileReader, at: datetime) -> ValidationContext:
    """Judge a certificate at the moment ``at`` with the certificates and answers stored in the file, offline.

    The answers were fetched after the moment that they are used for, and lie under the archive time stamp.
    """
    options: dict[str, Any] = {
        "trust_roots": list(trust.roots),
        "moment": at,
        "best_signature_time": at,
        "allow_fetching": False,
        "revinfo_policy": SIGNER_POLICY,
    }
    try:
        return DocumentSecurityStore.read_dss(reader).as_validation_context(options)
    except NoDSSFoundError:
        return ValidationContext(**options, ocsps=[], crls=[])
