"""Contracts: rendered, signed by four people, sealed, verified, renewed and found again, in CPU and beside floors.

The authorities are real and in the same process; their own CPU is taken out and told apart. Nobody is waited for: keys
are at hand, and answers come at once.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Awaitable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from statistics import median
from time import perf_counter, process_time
from typing import TypeVar

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from contracts import libraries
from contracts.archiving import renew
from contracts.authorities import Authorities
from contracts.platform_key import PlatformKey
from contracts.sealing import seal
from contracts.trust import Trust
from contracts.verify import verify_file
from contracts.works import Works
from onjip.bench import found, sale
from onjip.bench.figures import Figure
from onjip.bench.pki import Holder, Pki

T = TypeVar("T")
MANY, CORES, WARM, ROUNDS, MADE = 100, 2, 2, 5, 15
PAGES, SIGNATURES = 4, 5
RSA_BITS, RSA_SIGNS = 2048, 200
KB, MS = 1000, 1000.0


@dataclass
class CountingPki(Pki):
    """``spent``: CPU seconds of the authorities themselves; what they do is not ours to make faster."""

    spent: float = 0.0

    async def timestamp(self, digest: bytes) -> bytes:
        begun = process_time()
        answer = await super().timestamp(digest)
        self.spent += process_time() - begun
        return answer

    async def ocsp(self, certificate: bytes, issuer: bytes) -> bytes:
        begun = process_time()
        answer = await super().ocsp(certificate, issuer)
        self.spent += process_time() - begun
        return answer


@dataclass
class Spent:
    """CPU seconds of one contract by part, without the authorities'. ``signatures``: of each party; ``size``: bytes."""

    render: float = 0.0
    signatures: list[float] = field(default_factory=list)
    seal: float = 0.0
    authorities: float = 0.0
    size: int = 0

    @property
    def whole(self) -> float:
        return self.render + sum(self.signatures) + self.seal


class Office:
    """A deployment with its people; ``bits``: of their RSA keys, P-256 where 0."""

    def __init__(self, bits: int = 0) -> None:
        self.pki = CountingPki()
        platform = self.pki.person("온집", organisation="온집")
        self.people = {name: self.pki.person(name, rsa_bits=bits) for name in sale.NAMES}
        roots = self.pki.root.der[:1]
        self.works = Works(self.pki, platform.pem, platform.der[:2], roots)
        self.authorities = Authorities(self.pki, Trust.from_der(roots))
        self.key = PlatformKey(platform.pem, platform.der[:2])
        libraries.settle()  # as the documents worker does

    async def cpu(self, work: Awaitable[T]) -> tuple[T, float]:
        """The result, and the CPU that was ours."""
        begun, theirs = process_time(), self.pki.spent
        result = await work
        return result, process_time() - begun - (self.pki.spent - theirs)

    async def contract(self, number: int) -> tuple[bytes, Spent]:
        """One sealed contract, on the product's own path; only its verification is left out (it has a figure)."""
        spent, theirs = Spent(), self.pki.spent
        terms = sale.terms(number)
        (pdf, pages), spent.render = await self.cpu(self.works.render(terms))
        if pages != PAGES:
            raise AssertionError(f"{pages} pages")
        for party in terms.parties:
            pdf, cpu = await self._signed(pdf, party.field, self.people[party.name])
            spent.signatures.append(cpu)
        pdf, spent.seal = await self.cpu(seal(pdf, self.key, self.authorities))
        spent.authorities, spent.size = self.pki.spent - theirs, len(pdf)
        return pdf, spent

    async def _signed(self, pdf: bytes, field: str, who: Holder) -> tuple[bytes, float]:
        """Prepared here, signed elsewhere, closed here."""
        prepare = self.works.prepare(pdf, field=field, chain=who.der[:2])
        (opened, prepared), first = await self.cpu(prepare)
        signature = who.sign(base64.b64decode(prepared.signed_attrs))
        signed, second = await self.cpu(self.works.finish(opened, prepared, signature))
        return signed, first + second


def figures(count: int = MANY) -> Iterator[Figure]:
    """All figures; ``count`` contracts for the throughput."""
    pdf, spent, trust = asyncio.run(_some(Office()))
    bound = 2 * _rsa_sign() * MS
    yield from _per_second(count, spent)
    yield Figure(name="render, 4 pages", value=_least(one.render for one in spent) * MS, unit="ms CPU")
    signature = _least(median(one.signatures) for one in spent) * MS
    yield _signature("one visible B-T signature, P-256", signature, bound)
    _, joint, _ = asyncio.run(_some(Office(RSA_BITS)))
    yield _signature("one visible B-T signature, RSA-2048", _least(median(one.signatures) for one in joint) * MS, bound)
    yield Figure(name="seal, evidence, archive time stamp", value=_least(one.seal for one in spent) * MS, unit="ms CPU")
    yield Figure(
        name="whole contract, 5 visible signatures", value=_least(one.whole for one in spent), unit="s CPU",
        aim="≤ 0.5 s", note="render, four parties, seal",
    )  # fmt: skip
    yield Figure(
        name="the same, median of those made", value=median(one.whole for one in spent), unit="s CPU", aim="≤ 0.5 s",
        note="with what else the machine did, and the garbage of the contracts before",
    )  # fmt: skip
    yield Figure(
        name="the authorities for it (time stamps, OCSP)", value=_least(one.authorities for one in spent) * MS,
        unit="ms CPU", note="their own work, not in the figures above",
    )  # fmt: skip
    yield Figure(name="sealed file", value=max(one.size for one in spent) / KB, unit="kB", aim="≤ 260 kB")
    yield Figure(name="verify 5 signatures", value=_verifying(pdf, trust), unit="s CPU", aim="≤ 1.2 s")
    yield from found.looking_up(pdf)
    yield Figure(name="renew the archive time stamp", value=asyncio.run(_renewing()) * MS, unit="ms CPU")


def _signature(name: str, value: float, bound: float) -> Figure:
    return Figure(
        name=name, value=value, unit="ms CPU", bound=bound, bound_name="two raw RSA-2048 signatures", aim="≤ 50×"
    )


async def _some(office: Office) -> tuple[bytes, list[Spent], bytes]:
    """The last of some contracts, what each took once everything was warm, and the trust list."""
    made = [await office.contract(number) for number in range(WARM + MADE)]
    return made[-1][0], [spent for _, spent in made[WARM:]], office.pki.trust_pem


def _least(values: Iterator[float]) -> float:
    """The one that others on the machine disturbed least."""
    return min(values)


def _rsa_sign() -> float:
    """CPU seconds of one raw signature with a key that is loaded already."""
    key, body = rsa.generate_private_key(65537, RSA_BITS), bytes(255)
    rounds = []
    for _ in range(ROUNDS):
        begun = process_time()
        for _ in range(RSA_SIGNS):
            key.sign(body, padding.PKCS1v15(), hashes.SHA256())
        rounds.append((process_time() - begun) / RSA_SIGNS)
    return min(rounds)


def _verifying(pdf: bytes, trust: bytes) -> float:
    rounds = []
    for _ in range(ROUNDS):
        begun = process_time()
        report = verify_file(pdf, trust)
        rounds.append(process_time() - begun)
        if not report.valid or len(report.signers) != SIGNATURES:
            raise AssertionError("the contract is not valid")
    return min(rounds)


async def _renewing() -> float:
    office = Office()
    pdf, _ = await office.contract(0)
    rounds = []
    for _ in range(ROUNDS):
        pdf, cpu = await office.cpu(renew(pdf, office.authorities))
        rounds.append(cpu)
    return min(rounds)


# Many at once

_office: Office | None = None  # of a worker process


def _start() -> None:
    """A worker that lives on: libraries, fonts and templates are loaded once."""
    global _office  # noqa: PLW0603 - one for each worker process
    _office = Office()
    asyncio.run(_office.contract(0))


def _make(number: int) -> int:
    if _office is None:
        raise AssertionError("the worker was not started")
    pdf, _ = asyncio.run(_office.contract(number))
    return len(hashlib.sha256(pdf).digest())


def _per_second(count: int, spent: list[Spent]) -> Iterator[Figure]:
    """``count`` contracts by two processes; the bound is what their CPU would allow if nothing else ran."""
    with ProcessPoolExecutor(CORES, get_context("spawn"), _start) as workers:
        list(workers.map(_make, range(CORES * WARM)))
        begun = perf_counter()
        list(workers.map(_make, range(count)))
        seconds = perf_counter() - begun
    whole = _least(one.whole + one.authorities for one in spent)
    yield Figure(
        name=f"{count} contracts on two cores", value=count / seconds, unit="contracts/s", bound=CORES / whole,
        bound_name="two cores ÷ the CPU of one, authorities included",
        note="4 pages, 5 visible signatures, sealed; not verified",
    )  # fmt: skip
