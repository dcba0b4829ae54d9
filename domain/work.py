"""Messages between workflows and activities. Big things travel as digests, secrets not at all."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.filings import Correction, RegistryState
from domain.model import Model
from domain.words import ContractKind, Step


class Turn(Model):
    """One signature field of one contract."""

    contract_id: UUID
    field: str


class Asked(Model):
    """What the signing service is to be asked, by digest; ``subject``: ``field:<contract>:<field>`` or
    ``approval:<id>``."""

    subject: str
    person_id: UUID
    reference: str
    title: str
    sum_won: int
    document_sha256: str
    signed_attrs: str


class Waiting(Model):
    """A request at the signing service that waits for its person."""

    subject: str
    number: str


class Signed(Model):
    """A signature that has come back; base64 DER."""

    subject: str
    signature: str


class ContractView(Model):
    """What the contract's procedure needs to know; no personal data."""

    contract_id: UUID
    case_id: UUID
    kind: ContractKind
    turns: tuple[tuple[str, int, UUID], ...]  # field, order, person
    broker_id: UUID | None = None
    invited: bool = False  # a supply contract needs no invitation: the award is one
    supersedes: UUID | None = None


class ApprovalsWanted(Model):
    """Open the bodies of one kind for all whose signatures the law names."""

    subject_id: UUID  # contract or transfer
    kind: str
    workflow_id: str


class ApprovalView(Model):
    approval_id: UUID
    kind: str
    person_id: UUID


class Approvals(Model):
    items: tuple[ApprovalView, ...]


class Filing(Model):
    """Carry the signed body (``approval``) of a transfer to its agency as an act of ``kind``."""

    transfer_id: UUID
    kind: str
    approval: str
    reference: str


class Filed(Model):
    number: str


class DueWanted(Model):
    """Make a due (deposit, instalment, balance, stamp, tax, bond, fee) of a transfer or contract."""

    subject_id: UUID
    kind: str
    number: int = 1


class DueRef(Model):
    due_id: UUID


class Paid(Model):
    at: datetime
    reference: str


class TransferView(Model):
    transfer_id: UUID
    case_id: UUID
    contract_id: UUID
    contract_kind: ContractKind
    instalments: tuple[int, ...] = ()
    new_building: bool = False  # the supplier's own registration must exist first
    correction_expected_role: str = ""


class PacketWanted(Model):
    """Build the packet for the application signed under ``approval``."""

    transfer_id: UUID
    approval: str


class StepDone(Model):
    """A step of the case is done; ``key`` keeps it once in the timeline."""

    case_id: UUID
    step: Step
    reference: str
    key: str
    agency: str | None = None


class Refusal(Model):
    """An agency's permanent no to one act, told to the people of the case. ``code``: the agency's reason."""

    case_id: UUID
    kind: str
    code: str
    key: str


class Possible(Model):
    """Whether something can be done, and if not why (for the timeline)."""

    yes: bool
    ko: str = ""
    en: str = ""


class RegistryAsk(Model):
    transfer_id: UUID
    receipt_no: str
    seen: RegistryState = RegistryState.RECEIVED
    corrections_seen: int = 0


class RegistryNews(Model):
    """Something changed at the registry."""

    receipt_no: str
    state: RegistryState
    corrections: tuple[Correction, ...] = ()
    ground: str | None = None


class Note(Model):
    """One line for the timeline."""

    case_id: UUID
    key: str
    step: str | None = None
    agency: str | None = None
    reference: str = ""
    ko: str
    en: str


class ContractDone(Model):
    contract_id: UUID
    state: str


class Undo(Model):
    """One compensation of a dissolved deal; ``kind``: release | cancellation | refund."""

    transfer_id: UUID
    kind: str
    dissolution_id: UUID
    workflow_id: str


class Nothing(Model):
    """An answer without content."""
