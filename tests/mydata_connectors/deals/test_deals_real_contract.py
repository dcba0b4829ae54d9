"""What our documents worker makes is what the agencies accept: rendered, signed, sealed for real, then registered."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from contracts.works import Works
from domain.contracts import ContractTerms, Explanation, Instalment, Party, PropertyTerms
from domain.notices import Account
from domain.time import now
from domain.words import ContractKind
from law.forms.explaining import asked
from law.forms.writing import written
from mydata_connectors.sandbox._people import identity_ref, people
from mydata_connectors.timestamps import HttpTrustServices

if TYPE_CHECKING:
    from tests.mydata_connectors.deals.conftest import Deals, Sale

ORDER = ("minjun", "seoa", "daon", "garam")
ROLES = {"minjun": "seller", "seoa": "buyer", "daon": "seller_broker", "garam": "buyer_broker"}


class Desk:
    """The documents worker's port on the sandbox's own trust agency; people sign with their own keys."""

    def __init__(self, deals: Deals, works: Works) -> None:
        self.deals, self.works = deals, works

    async def chain(self, login: str) -> list[bytes]:
        answer = await self.deals.ask("signing", f"/certificates/{identity_ref(login)}")
        return [base64.b64decode(item) for item in answer["chain_b64"]]

    def sign(self, login: str, signed_attrs: str) -> bytes:
        key = load_pem_private_key((self.deals.box.home / f"signing.{login}.pem").read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key.sign(base64.b64decode(signed_attrs), ec.ECDSA(hashes.SHA256()))

    async def sealed(self, terms: ContractTerms, logins: Sequence[str] = ORDER) -> bytes:
        pdf, _ = await self.works.render(terms)
        for login, party in zip(logins, terms.parties, strict=True):
            chain = await self.chain(login)
            opened, prepared = await self.works.prepare(pdf, field=party.field, chain=chain)
            pdf = await self.works.finish(opened, prepared, self.sign(login, prepared.signed_attrs))
        return (await self.works.seal(pdf))[0]

    async def signed(self, body: bytes, login: str) -> dict[str, str]:
        chain = await self.chain(login)
        _, attrs = await self.works.signed_attributes(body, chain)
        cms = await self.works.detached_cms(body, chain, attrs, self.sign(login, attrs))
        return {"role": "party", "identity_ref": identity_ref(login), "cms": cms}


@pytest.fixture
async def desk(own: Deals, http: httpx.AsyncClient) -> Desk:
    pem = (await http.get(f"{own.box.url('trust')}/trust.pem")).content
    root = x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)
    platform = await own.platform_key()
    trust = HttpTrustServices(own.box.url("trust"), [root], http)
    return Desk(own, Works(trust, (own.box.home / "platform.pem").read_bytes(), platform.chain, [root]))


def terms(sale: Sale) -> ContractTerms:
    parties = [_party(order, login) for order, login in enumerate(ORDER, 1)]
    days = {"due_on": sale.made_on}
    return written(ContractTerms(
        contract_id=UUID(int=1), kind="sale", made_on=sale.made_on, price=sale.price, parties=tuple(parties),
        property=PropertyTerms(**sale.home, structure="철근콘크리트구조", use="아파트", land_share="36.52/41250.3",
                               official_price=312_000_000, title_sha256="ab" * 32, ledger_sha256="cd" * 32),
        payments=(
            Instalment(kind="deposit", number=1, amount=10_000_000, reference=sale.memo, **days),
            Instalment(kind="balance", number=1, amount=sale.price - 10_000_000, reference=f"{sale.memo}-B", **days),
        ),
        account=Account(bank="나눔은행", number="301-7700-9001-11", holder="한국공인중개사협회 (예치명의자)"),
        handover_on=sale.made_on,
        explanation=Explanation(
            rights=("소유자 최민준",), statements={row.ask: "정상" for row in asked(ContractKind.SALE)},
            brokerage_fee=2_340_000, brokerage_basis="0.4 %",
            deductible_certificate="공제증서 1", delivered_at=now(),
        ),
    ))  # fmt: skip


def _party(order: int, login: str) -> Party:
    person = people()[login]
    role = next((entry for entry in person.roles if entry.role == "broker"), None)
    more: dict[str, Any] = {"organisation": role.organisation, "registration_no": role.number} if role else {}
    return Party(
        person_id=UUID(int=order), role=ROLES[login], order=order, name=person.name, birth_date=person.birth_date,
        address="경기도 안양시 만안구 안양로 1", **more,
    )  # fmt: skip


async def test_a_sale_from_the_documents_worker_is_reported_and_registered(own: Deals, desk: Desk, sale: Sale) -> None:
    pdf = await desk.sealed(terms(sale))
    report = await own.report(sale, pdf)
    raw = report.canonical()
    body = {"body": raw.decode(), "signatures": [await desk.signed(raw, login) for login in ("daon", "garam")]}
    got = await own.act("rtms", "/reports", body)
    assert got.status == 200, got.data
    app, _ = await own.prepared(replace(sale, memo=f"{sale.memo}-2"), pdf)
    number = await own.filed(sale, app, pdf)
    assert await own.defects(number) == []
    assert (await own.registrar(number, "register")).json()["state"] == "registered"
