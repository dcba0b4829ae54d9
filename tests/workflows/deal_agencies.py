"""Stand-ins at the ports of a deal: what agencies, bank and signing service answer, and what took effect there.

Documents and signatures are stand-ins here too, because these tests are about procedures; the real ones are walked
through in ``tests/e2e`` and ``tests/contracts``.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from domain.contracts import ArchiveStamp, ContractTerms, Prepared, VerifyReport
from domain.errors import Invalid, OnjipError, UnknownThing
from domain.facts import BuildingLedger, Title
from domain.filings import Answer, Bill, Correction, Deposit, Outgoing, RegistryState, RegistryStatus, StandardValue
from domain.model import canonical_json
from domain.ports import SigningRequest, SigningState
from domain.time import now, seoul_date
from domain.words import Agency

BILLS = ("returns", "orders", "stamps", "fees")
LOOK_S = 0.02


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass
class Works:
    """Documents as marked bytes. ``missing``: a content that the law wants and the terms do not have.

    ``unsealable``: the verifier does not find the sealed file valid.
    """

    missing: str = ""
    rendered: int = 0
    unsealable: bool = False

    async def render(self, terms: ContractTerms) -> tuple[bytes, int]:
        if self.missing:
            raise Invalid("contract_content_missing", field=self.missing, article="공인중개사법 시행령 제22조제1항")
        self.rendered += 1
        return f"%PDF {terms.digest()}".encode(), 1

    async def prepare(self, pdf: bytes, *, field: str, chain: Sequence[bytes]) -> tuple[bytes, Prepared]:
        data = pdf + f" {field}".encode()
        prepared = Prepared(
            field=field, base_sha256=sha(pdf), prepared_sha256=sha(data), document_digest=sha(data + b"digest"),
            signed_attrs=base64.b64encode(data).decode(), state={}, certificate="",
        )  # fmt: skip
        return data, prepared

    async def finish(self, prepared_pdf: bytes, prepared: Prepared, signature: bytes) -> bytes:
        return prepared_pdf + signature

    async def seal(self, pdf: bytes) -> tuple[bytes, VerifyReport]:
        if self.unsealable:
            raise Invalid("seal_invalid")
        return pdf + b" sealed", VerifyReport(valid=True, findings=(), stamps=(self._stamp(),))

    def _stamp(self) -> ArchiveStamp:
        return ArchiveStamp(field="archive", at=now(), until=now() + timedelta(days=365), authority="TSA")

    async def signed_attributes(self, body: bytes, chain: Sequence[bytes]) -> tuple[str, str]:
        return sha(body), base64.b64encode(sha(body).encode()).decode()

    async def detached_cms(self, body: bytes, chain: Sequence[bytes], signed_attrs: str, signature: bytes) -> str:
        return base64.b64encode(sha(body).encode() + signature).decode()

    async def packet(self, files: dict[str, bytes], manifest: dict[str, object]) -> bytes:
        return canonical_json({"manifest": manifest, "files": {name: data.decode() for name, data in files.items()}})


@dataclass
class SigningDesk:
    """``willing``: its people approve at once. Otherwise a request waits until ``decide``.

    ``shut``: what arrives becomes a request only when it is set. ``slow``: what its people decide is told only when
    the request is called back.
    """

    willing: bool = True
    shut: asyncio.Event | None = None
    slow: bool = False
    arrived: int = 0
    asked: dict[str, SigningRequest] = field(default_factory=dict)  # by number
    states: dict[str, str] = field(default_factory=dict)

    async def certificate(self, identity_ref: str) -> list[bytes]:
        return [identity_ref.encode()]

    async def request(self, request: SigningRequest) -> SigningState:
        self.arrived += 1
        if self.shut is not None:
            await self.shut.wait()
        number = next((one for one, asked in self.asked.items() if asked.reference == request.reference), None)
        if number is None:
            number = f"S-{len(self.asked) + 1}"
            self.asked[number] = request
            self.states[number] = "approved" if self.willing else "waiting"
        return await self.state(number)

    async def state(self, number: str) -> SigningState:
        return SigningState(number=number, state="waiting") if self.slow else self._decided(number)

    def _decided(self, number: str) -> SigningState:
        state = self.states[number]
        signature = base64.b64encode(f"[{number}]".encode()).decode() if state == "approved" else None
        return SigningState(number=number, state=state, signature=signature)

    async def cancel(self, number: str) -> SigningState:
        if self.states[number] == "waiting":
            self.states[number] = "cancelled"
        return self._decided(number)

    async def decide(self, state: str) -> str:
        """What waits, or comes next, ends so; its number."""
        async with asyncio.timeout(10):
            while not (waiting := [number for number, is_ in self.states.items() if is_ == "waiting"]):  # noqa: ASYNC110
                await asyncio.sleep(LOOK_S)
        self.states[waiting[0]] = state
        return waiting[0]


@dataclass
class Counter:
    """An agency's counter. ``acts`` really took effect; ``refusals``: one for each next message to a service."""

    agency: Agency
    outside: Outside
    knows_keys: bool = True
    acts: list[tuple[str, str]] = field(default_factory=list)  # service, reference
    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)  # what was signed, by reference
    answers: dict[str, Answer] = field(default_factory=dict)
    refusals: dict[str, list[OnjipError]] = field(default_factory=dict)
    shut: asyncio.Event | None = None  # what arrives is acted on only when it is set
    arrived: int = 0

    async def send(self, outgoing: Outgoing, *, msg_id: str, expires_at: datetime) -> Answer:
        self.arrived += 1
        if self.shut is not None:
            await self.shut.wait()
        if self.refusals.get(outgoing.service):
            raise self.refusals[outgoing.service].pop(0)
        number = f"{self.agency}-{uuid4().hex[:8]}"
        self.acts.append((outgoing.service, outgoing.reference))
        body = json.loads(str(outgoing.body["body"]))
        self.bodies[outgoing.reference] = body
        said = self.outside.took_effect(outgoing.service, number, body)
        self.answers[outgoing.reference] = Answer(agency=self.agency, number=number, at=now(), body=said)
        return self.answers[outgoing.reference]

    async def find(self, service: str, reference: str) -> Answer | None:
        return self.answers.get(reference)

    def references(self, service: str) -> list[str]:
        """Of the acts of one service (or its last word), in their order."""
        return [reference for found, reference in self.acts if found == service or found.endswith(f"/{service}")]

    def body(self, service: str, which: int = -1) -> dict[str, Any]:
        return self.bodies[self.references(service)[which]]


@dataclass
class Outside:
    """Everything beyond the ports. ``pays``: bills are paid as soon as they exist."""

    register: Title
    pays: bool = True
    value: int = 312_000_000
    paid_in: dict[str, list[Deposit]] = field(default_factory=dict)  # by memo
    statuses: dict[str, RegistryStatus] = field(default_factory=dict)  # by receipt number
    bills: dict[str, Bill] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.counters = {agency: Counter(agency, self) for agency in Agency}

    def __getitem__(self, agency: Agency) -> Counter:
        return self.counters[agency]

    def took_effect(self, service: str, number: str, body: dict[str, Any]) -> dict[str, Any]:
        said: dict[str, Any] = {"number": number, "price": body.get("price", 0)}
        if service in BILLS:
            amount = int(body.get("amount", body.get("acquisition_tax", 10_000)))
            said |= {"payment_no": f"P-{number}", "amount": amount}
            self.bills[number] = Bill(number=number, payment_no=f"P-{number}", amount=amount)
        if service == "applications":
            self.decide(number, RegistryState.RECEIVED)
        if service.endswith("/supplement"):
            receipt = service.split("/")[1]
            answered = tuple(
                one.model_copy(update={"answered_at": now()}) for one in self.statuses[receipt].corrections
            )
            self.decide(receipt, RegistryState.EXAMINING, corrections=answered)
        if service.endswith("/withdrawal"):
            self.decide(service.split("/")[1], RegistryState.WITHDRAWN)
        return said

    # The registrar

    def decide(self, receipt_no: str, state: RegistryState, **more: Any) -> None:
        self.statuses[receipt_no] = RegistryStatus(receipt_no=receipt_no, state=state, at=now(), **more)

    def order(self, receipt_no: str, code: str, by: str) -> None:
        """One more correction."""
        wanted = Correction(code=code, field=code, answerable_by=by, due_at=now(), ko="보정", en="correct")
        self.decide(receipt_no, RegistryState.CORRECTION, corrections=(*self.statuses[receipt_no].corrections, wanted))

    async def received(self, number: int = 1) -> str:
        """The receipt number of the n-th filing at the registry, once it is there."""
        async with asyncio.timeout(15):
            while len(self.statuses) < number:  # noqa: ASYNC110
                await asyncio.sleep(LOOK_S)
        return list(self.statuses)[number - 1]

    # Ports: bank, tax office, bonds, registry, books

    def pay_in(self, memo: str, amount: int) -> None:
        paid = self.paid_in.setdefault(memo, [])
        number = f"D-{memo}-{len(paid)}"
        paid.append(Deposit(number=number, account="301-7700-9001-11", amount=amount, at=now(), memo=memo))

    async def deposits(self, account: str, memo: str) -> list[Deposit]:
        return self.paid_in.get(memo, [])

    async def bill(self, number: str) -> Bill:
        bill = self.bills[number]
        if self.pays and not bill.paid:
            proof = {"tax_payment_no": f"T{number}", "bond_no": f"B{number}"}
            bill = bill.model_copy(update={"paid": True, "paid_at": now(), "proof": proof})
            self.bills[number] = bill
        return bill

    async def standard_value(self, unique_no: str) -> StandardValue:
        return StandardValue(number="SV-1", unique_no=unique_no, value=self.value, as_of=seoul_date(now()))

    async def status(self, receipt_no: str) -> RegistryStatus:
        return self.statuses[receipt_no]

    async def title(self, unique_no: str) -> Title:
        return self.register

    async def building(self, unique_no: str) -> tuple[BuildingLedger, str]:
        raise UnknownThing

    async def official_price(self, unique_no: str) -> int | None:
        return None

    async def find_unit(self, notice_no: str, unit: str) -> str | None:
        return None
