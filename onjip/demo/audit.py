"""After both cases: whether every act took effect exactly once, in the agencies' books and in ours.

The agencies' books are their own ledgers of what really took effect. What both cases need at each agency is written
down here as numbers; what may repeat is named here, and nothing else may.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain import ids
from domain.filings import DeliveryState
from domain.words import Agency
from mydata_connectors.exchange import Exchange
from onjip.demo.play import Play
from onjip.settings import Settings
from onjip.temporal.client import connect
from onjip.wiring import parts
from store import access_log
from store.db import Database
from store.notices import CUSTODIANS, THRESHOLD
from store.tables.applications import ApplicationLineRow
from store.tables.contracts import ApprovalRow, SignerRow
from store.tables.draws import AwardRow
from store.tables.exchange import DeliveryRow, OutboxRow
from store.tables.notices import NoticeRow

Act = Mapping[str, Any]
Ledgers = Mapping[str, list[Act]]

NOTICES = 2  # that are published and closed here
RELEASE = "share_release"

# A person who got lost on the way back from the identity provider consents again: two consents, both real.
MAY_REPEAT = {(Agency.IDENTITY, "consent")}

# One reference of ours names a filing, and with it what others then do about it, each once.
ABOUT_ONE_FILING = (
    {"tax_return", "payment"}, {"bond_order", "payment"}, {"stamp_order", "payment"}, {"fee_order", "payment"},
    {"filing", "correction", "dismissal", "registration"},
)  # fmt: skip

# What both cases together need, whatever was killed. A: one report, one change of it, one correction, one supplement.
ACTS: dict[str, dict[str, int]] = {
    Agency.RTMS: {"report": 2, "change": 1},
    Agency.WETAX: {"tax_return": 2, "payment": 2},
    Agency.BOND: {"bond_order": 2, "payment": 2},
    # Transfers: deposit, instalment and balance of A, deposit and balance of B. Payments: eight bills (stamp, tax,
    # bond and fee, twice), and the two stamps, which the bank sells itself, once more as settled.
    Agency.BANK: {"transfer": 5, "payment": 10, "stamp_order": 2},
    Agency.REGISTRY: {
        "fee_order": 2, "payment": 2, "filing": 2, "registration": 2, "preservation": 1, "correction": 1,
        "supplement": 1,
    },
    Agency.HOUSES: {"use_approval": 1},
}  # fmt: skip


@dataclass(frozen=True)
class Books:
    """Our own record, as far as it says what must stand in the agencies' ledgers."""

    deliveries: list[DeliveryRow]
    promises: list[OutboxRow]
    lines: list[tuple[ApplicationLineRow, str]]  # with the agency that receives them
    allotted: list[AwardRow]  # homes that went to somebody of the wait-list, in its one round
    signers: list[SignerRow]
    approvals: list[ApprovalRow]
    broken_look: int | None  # entry of the log of looks at personal data from which its chain does not hold

    @property
    def signatures(self) -> list[SignerRow | ApprovalRow]:
        return [*self.signers, *self.approvals]


async def audit(settings: Settings, cases: Play, ledgers: Ledgers) -> list[str]:
    """What is wrong, one sentence each. ``settings``: complete, of the running stack."""
    db = Database.connect(settings.database, parts.sealed_box(settings), pool_size=1)
    try:
        async with db.transaction() as session:
            books = await _books(session)
    finally:
        await db.close()
    return [
        *repeated(ledgers),
        *_other_number(ledgers, books, cases),
        *_unlike_our_books(ledgers, books),
        *_signed_twice(ledgers, books),
        *_left_open(books),
        *([f"the access log is broken at {books.broken_look}"] if books.broken_look is not None else []),
        *await _unbalanced(settings),
        *await _failed(settings),
    ]


async def _books(session: AsyncSession) -> Books:
    lines = select(ApplicationLineRow, NoticeRow.agency).join(
        NoticeRow, col(NoticeRow.id) == ApplicationLineRow.notice_id
    )
    return Books(
        deliveries=list(await session.exec(select(DeliveryRow))),
        promises=list(await session.exec(select(OutboxRow))),
        lines=list(await session.exec(lines)),
        allotted=list(await session.exec(select(AwardRow).where(col(AwardRow.from_wait_list)))),
        signers=list(await session.exec(select(SignerRow))),
        approvals=list(await session.exec(select(ApprovalRow))),
        broken_look=await access_log.first_broken(session),
    )


def repeated(ledgers: Ledgers) -> list[str]:
    """Acts of one kind under one reference that took effect more than once."""
    found = []
    for agency, acts in ledgers.items():
        times = Counter((act["kind"], act["reference"]) for act in acts)
        found += [
            f"{agency}: {kind} {reference} took effect {count} times"
            for (kind, reference), count in times.items()
            if count > 1 and (agency, kind) not in MAY_REPEAT
        ]
        found += [f"{agency}: {words} under one reference" for words in _strange_company(acts)]
    return found


def _strange_company(acts: Iterable[Act]) -> list[str]:
    kinds: dict[str, set[str]] = {}
    for act in acts:
        kinds.setdefault(act["reference"], set()).add(act["kind"])
    strange = [one for one in kinds.values() if len(one) > 1 and not any(one <= known for known in ABOUT_ONE_FILING)]
    return [", ".join(sorted(one)) for one in strange]


def _other_number(ledgers: Ledgers, books: Books, cases: Play) -> list[str]:
    """Kinds of acts that happened more or less often than both cases need."""
    found = []
    for agency, wanted in expected(books).items():
        counted = Counter(act["kind"] for act in ledgers[agency] if act["kind"] != RELEASE)
        for kind in sorted(wanted.keys() | counted.keys()):
            if counted[kind] != wanted.get(kind, 0):
                found.append(f"{agency}: {kind} {counted[kind]} times instead of {wanted.get(kind, 0)}")
    found += _releases(ledgers)
    for notice in (cases.a.lh_id, cases.a.city_id):
        found += _notice_acts(ledgers, ids.draw_workflow_id(notice), drawn=notice == cases.a.lh_id)
    return found


def _releases(ledgers: Ledgers) -> list[str]:
    """Both notices have been closed and opened. Who of the three custodians was down may have been done without."""
    given = {who: sum(act["kind"] == RELEASE for act in ledgers[who]) for who in CUSTODIANS}
    found = [f"{who}: {RELEASE} {times} times for {NOTICES} notices" for who, times in given.items() if times > NOTICES]
    if sum(given.values()) < NOTICES * THRESHOLD:
        found.append(f"{RELEASE} {sum(given.values())} times, at least {NOTICES * THRESHOLD} are needed")
    return found


def expected(books: Books) -> dict[str, dict[str, int]]:
    """Kinds and numbers of acts at each agency that we filed at."""
    received = Counter(agency for _, agency in books.lines)
    signed = [one.person_id for one in books.signatures]
    notices = {agency: {"notice": 1, "close": 1, "application": received[agency]} for agency in ("lh", "applyhome")}
    notices["applyhome"]["winners"] = 1 + bool(books.allotted)  # the draw, and the round of its wait-list
    notices["trust"] = {"certificate": 1 + len(set(signed))}  # the platform's seal, and each signer's
    for custodian in notices.values():
        custodian |= {"share": NOTICES}
    return {
        **ACTS,
        **notices,
        Agency.SIGNING: {"signature": len(signed)},
    }


def _notice_acts(ledgers: Ledgers, workflow: str, *, drawn: bool) -> list[str]:
    """Published and closed once; of the one that was drawn, the list of winners told once."""
    steps = ("publish", "close", "winners") if drawn else ("publish", "close")
    acts = Counter(act["reference"] for agency in ("lh", "applyhome") for act in ledgers[agency])
    times = {step: acts[ids.reference(workflow, step)] for step in steps}
    return [f"{workflow}: {step} took effect {count} times" for step, count in times.items() if count != 1]


def _unlike_our_books(ledgers: Ledgers, books: Books) -> list[str]:
    """Every answer that we keep stands in the agency's ledger under the same number, and every line was received."""
    acts = {(agency, act["reference"], _number(act)) for agency, found in ledgers.items() for act in found}
    answered = [row for row in books.deliveries if row.answer is not None]
    missing = [
        f"{row.agency}: our answer {row.reference} is not in its ledger"
        for row in answered
        if row.answer and (row.agency, row.reference, row.answer["number"]) not in acts
    ]
    twice = [ref for ref, count in Counter(row.reference for row in answered).items() if count > 1]
    unfiled = [f"{agency}: line {line.id} is {line.state}" for line, agency in books.lines if line.state != "filed"]
    return [*missing, *(f"two answers are kept for {ref}" for ref in twice), *unfiled]


def _number(act: Act) -> str:
    """As the agency answers it; of a notice its ledger also says which version."""
    number: str = act["number"]
    return number.rpartition("-")[0] if act["kind"] == "notice" else number


def _signed_twice(ledgers: Ledgers, books: Books) -> list[str]:
    """One signature for each person and document."""
    people = {one.signing_number: one.person_id for one in books.signatures}
    signed = Counter((people.get(act["number"]), act["body_sha256"]) for act in ledgers[Agency.SIGNING])
    return [f"{digest} was signed {count} times by {who}" for (who, digest), count in signed.items() if count > 1]


def _left_open(books: Books) -> list[str]:
    sending = [row for row in books.deliveries if row.state == DeliveryState.SENDING]
    promised = [row for row in books.promises if row.done_at is None]
    unsigned = [row for row in books.signatures if row.state != "signed"]
    return [
        *(f"delivery {row.reference} to {row.agency} has not ended" for row in sending),
        *(f"outbox: {row.kind} {row.workflow_id} has not been kept" for row in promised),
        *(f"a signature of a {row.role} is {row.state}" for row in unsigned),
    ]


async def _unbalanced(settings: Settings) -> list[str]:
    """The bank's books: money neither appeared nor vanished, and nobody owes."""
    outside = parts.partners(settings)
    async with outside.http:
        bank: Exchange = outside.exchange(Agency.BANK)
        said = (await bank.get("/check")).data
    return [] if said == {"sum": 0, "uneven": [], "overdrawn": []} else [f"bank: the books do not balance: {said}"]


async def _failed(settings: Settings) -> list[str]:
    client = await connect(settings)
    query = "ExecutionStatus in ('Failed', 'TimedOut', 'Terminated')"
    return [
        f"workflow {one.id} ended as {one.status and one.status.name}" async for one in client.list_workflows(query)
    ]
