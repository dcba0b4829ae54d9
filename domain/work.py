"""Messages between workflows and activities. Big things travel as digests, secrets not at all."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from domain.filings import Correction, RegistryState
from domain.messages import EditAct, Renewal, SigningPeriods
from domain.model import Model
from domain.words import ContractKind, Step


class Turn(Model):
    """One signature field of one contract. ``round``: how often its person was asked in vain before.

    ``certificate``: SHA-256 of that of the person's own device; empty: the remote signing service is asked.
    """

    contract_id: UUID
    field: str
    round: int = 0
    certificate: str = ""


class TurnOver(Turn):
    """A turn ended without a signature. ``why``: ``ran_out`` of time, ``gave_way`` to others, ``changed`` the means."""

    why: str = "ran_out"


class TurnAsk(Model):
    """Whether the record has this person sign next."""

    contract_id: UUID
    person_id: UUID


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
    certificate: str = ""  # of the person's own device, as in ``Turn``


class Waiting(Model):
    """A request at the signing service that waits for its person."""

    subject: str
    number: str


class SigningOver(Model):
    """Nothing is signed any more under this contract, or of what was voided under this transfer."""

    subject_id: UUID


class Signed(Model):
    """A signature that has come back; base64 (ECDSA: DER). Empty: none has."""

    subject: str
    signature: str


class ContractView(Model):
    """What the contract's procedure needs to know; no personal data."""

    contract_id: UUID
    case_id: UUID
    kind: ContractKind
    turns: tuple[tuple[str, int, UUID], ...]  # field, order, person
    drafter_id: UUID  # who drafted or proposed it, and may withdraw it
    version: int = 1
    brokered: bool = False  # drafted by a broker: edited, explained and only then shown for signing
    editors: tuple[UUID, ...] = ()  # the brokers who make it jointly
    invited: bool = False  # a supply contract needs no invitation: the award is one
    supersedes: UUID | None = None
    periods: SigningPeriods = SigningPeriods()


class SigningTurn(Model):
    """A contract waits until ``until`` for the people of its present order. ``first``: their turn begins."""

    contract_id: UUID
    until: datetime
    first: bool


class Reminder(Model):
    """Whose turn it is, is reminded: for the ``number``-th time in this turn."""

    contract_id: UUID
    fields: tuple[str, ...]
    until: datetime
    number: int
    key: str


class Edit(Model):
    """A broker's edit of a draft. ``key`` is the act's own: carried out again, it is the same edit."""

    contract_id: UUID
    act: EditAct
    key: str


class Reopening(Model):
    """Version ``version`` is taken back before everybody has signed: what was signed of it no longer stands."""

    contract_id: UUID
    version: int
    person_id: UUID
    reason: str


class Printed(Model):
    """A file in the store of documents."""

    sha256: str


class ApprovalsWanted(Model):
    """Open the bodies of one kind for all whose signatures the law names."""

    subject_id: UUID  # contract or transfer
    kind: str
    workflow_id: str


class ApprovalView(Model):
    """``round``: how often its person was asked in vain before."""

    approval_id: UUID
    kind: str
    person_id: UUID
    round: int = 0


class ApprovalAsk(Model):
    """Whether a body of this kind waits for this person in the record."""

    subject_id: UUID
    kind: str
    person_id: UUID


class Unsigned(Model):
    """A request at the signing service ended without a signature; ``why``: declined | signing_expired."""

    approval_id: UUID
    why: str


class Approvals(Model):
    items: tuple[ApprovalView, ...]


class Filing(Model):
    """Carry the signed body (``approval``) of a transfer to its agency as an act of ``kind``.

    ``answer``: under which name the agency's answer is kept, the same for every attempt at this act.
    """

    transfer_id: UUID
    kind: str
    approval: str
    reference: str
    answer: str = ""


class Filed(Model):
    number: str


class Amended(Model):
    """A sealed amendment: which transfer follows it, and whether it is reported (신고규칙 제3조제3항제5호)."""

    transfer_id: UUID | None
    price_changed: bool


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
    outside: bool = False  # of a home with several sellers or buyers only the contract is carried here, to its report
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
    """A permanent no to something, told to the people of the case. ``code``: the reason. ``kind``: what was refused.

    ``role``: whose matter it is (scrivener | obligor | obligee | reporter); empty: of those who signed or pay it.
    """

    case_id: UUID
    kind: str
    code: str
    key: str
    transfer_id: UUID | None = None
    role: str = ""
    ko: str = ""
    en: str = ""
    article: str = ""


class Responsible(Model):
    """Who can mend the cause of a refusal, and say that it is mended."""

    person_ids: tuple[UUID, ...] = ()


class Mended(Model):
    """The cause of the refusal of ``kind`` is mended, or what waited for it has been given up."""

    transfer_id: UUID
    kind: str


class Examined(Model):
    """Codes of the examiner's checks that were not met."""

    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


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
    decisions_only: bool = False


class RegistryNews(Model):
    """Something changed at the registry."""

    receipt_no: str
    state: RegistryState
    corrections: tuple[Correction, ...] = ()
    ground: str | None = None


class ContractDone(Model):
    """``reason``: the words of who declined, or the code of what made the contract impossible.

    ``version``: the draft that is meant, where the state is one of a draft.
    """

    contract_id: UUID
    state: str
    reason: str = ""
    version: int | None = None


class Payouts(Model):
    """How many payouts of held money a dissolution asks for."""

    count: int


class Told(Model):
    """A line of the timeline that is no step of the case; ``word`` names its text."""

    case_id: UUID
    word: str
    key: str
    reference: str = ""


class Undo(Model):
    """One compensation of a dissolved deal; ``kind``: cancellation | refund."""

    transfer_id: UUID
    kind: str
    dissolution_id: UUID
    workflow_id: str


class ArchiveLook(Model):
    """Which sealed files need a new archive time stamp, seen from ``at``; those that follow ``after``."""

    at: datetime
    ahead: timedelta
    after: Renewal | None = None


class ArchiveDue(Model):
    """The soonest first. ``more``: there are others after these."""

    items: tuple[Renewal, ...] = ()
    more: bool = False


class ArchiveDone(Model):
    """What a whole sweep has done, in files."""

    renewed: int
    failed: int


class Nothing(Model):
    """An answer without content."""
