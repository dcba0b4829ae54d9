"""Every id is made here. None of them holds personal data (they appear in logs, URLs and workflow ids)."""

from __future__ import annotations

import base64
import hashlib
import secrets
from uuid import UUID, uuid4

BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_id() -> UUID:
    return uuid4()


def new_token() -> str:
    """256 bits, URL-safe: session and invitation tokens (only their hashes are stored)."""
    return secrets.token_urlsafe(32)


def new_person_code() -> str:
    """A party code: 40 random bits in letters and digits that are not mistaken for one another."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(8))


def new_verify_code() -> str:
    """What a contract's QR code carries: 130 random bits, 26 letters of base32."""
    return "".join(secrets.choice(BASE32) for _ in range(26))


def new_webhook_key() -> str:
    """256 random bits with which messages to an office's address are signed, written as Standard Webhooks does."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def notice_id(agency: str, number: str) -> str:
    """Stable id of a notice: the agency's word and its own number, e.g. ``applyhome-2026000275``."""
    return f"{agency}-{number}"


def consent_workflow_id(consent_id: UUID) -> str:
    return f"consent-{consent_id}"


def assess_workflow_id(run: str) -> str:
    return f"assess-{run}"


def verify_workflow_id(verification_id: UUID) -> str:
    return f"verify-{verification_id}"


def application_workflow_id(application_id: UUID) -> str:
    return f"application-{application_id}"


def draw_workflow_id(notice: str) -> str:
    return f"draw-{notice}"


def award_workflow_id(award_id: UUID) -> str:
    return f"award-{award_id}"


def reserve_workflow_id(notice: str) -> str:
    return f"reserve-{notice}"


def winner_workflow_id(award_id: UUID) -> str:
    return f"winner-{award_id}"


def draft_workflow_id(contract_id: UUID) -> str:
    return f"draft-{contract_id}"


def preview_workflow_id(contract_id: UUID, terms_sha256: str, paper: str) -> str:
    return f"preview-{paper}-{contract_id}-{terms_sha256[:16]}"


def contract_workflow_id(contract_id: UUID) -> str:
    return f"contract-{contract_id}"


def webhook_workflow_id(delivery_id: UUID, round_: int) -> str:
    return f"webhook-{delivery_id}-{round_}"


def transfer_workflow_id(transfer_id: UUID) -> str:
    return f"transfer-{transfer_id}"


def lease_report_workflow_id(contract_id: UUID) -> str:
    return f"lease-report-{contract_id}"


def update_id(person: UUID, route: str, key: str, body_sha256: str) -> str:
    """Workflow-update id of one act of one person: another body or route is another update."""
    return hashlib.sha256(f"{person}|{route}|{key}|{body_sha256}".encode()).hexdigest()


def reference(workflow_id: str, step: str) -> str:
    """Our own reference of one filing at an agency: the same for every attempt and every reset."""
    return f"ONJIP-{hashlib.sha256(f'{workflow_id}|{step}'.encode()).hexdigest()[:24].upper()}"
