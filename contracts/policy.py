"""What a signed contract may still undergo, and what evidence its signatures need."""

# mypy: allow-untyped-calls
from __future__ import annotations

from datetime import datetime
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DSSCompareRule,
    FormUpdatingRule,
    GenericFieldModificationRule,
    ModificationLevel,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
)
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


def strict_changes() -> StandardDiffPolicy:
    """Later revisions may fill signature fields and add evidence, nothing else.

    The library's own policy also lets anybody change title and XMP, and add a visible field to a certified file.
    """
    evidence = ModificationLevel.LTA_UPDATES
    return StandardDiffPolicy(
        global_rules=[
            CatalogModificationRule(),
            DSSCompareRule().as_qualified(evidence),
        ],
        form_rule=FormUpdatingRule(
            field_rules=[
                SigFieldCreationRule(allow_new_visible_after_certify=False),
                SigFieldModificationRule(allow_in_place_appearance_stream_changes=False),
                GenericFieldModificationRule(),
            ]
        ),
    )


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
