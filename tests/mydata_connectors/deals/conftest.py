"""Two deals as the agencies see them: bodies signed by real people's keys, contracts signed as PDFs, bills paid."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.embed import EmbeddedFileObject, FileSpec, embed_file
from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.pdf_cms import SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from contracts import packet
from contracts.platform_key import PlatformKey
from domain.filings import BondOrder, Mandate, SaleReport, TaxReturn, TransferApplication
from domain.model import Model, canonical_json
from domain.time import now, seoul_date
from mydata_connectors.sandbox._people import identity_ref, people
from mydata_connectors.sandbox.bond import purchase

if TYPE_CHECKING:
    from tests.mydata_connectors.conftest import Box, Got, StartSandbox

AGENCIES = ("trust", "signing", "rtms", "wetax", "bond", "bank", "registry", "houses")
TITLE = "1143-2019-004521"
HOME = {
    "unique_no": TITLE, "lot_address": "경기도 안양시 만안구 안양동 1412", "building": "온마을 래미안", "dong": "103동",
    "ho": "1204호", "exclusive_area": "59.94",
}  # fmt: skip
STANDARD_VALUE = 312_000_000
BROKERS = {"daon": "41290-2019-00123", "garam": "11680-2020-00456"}
ESCROW = "301-7700-9001-11"
LH_ACCOUNT = "301-7700-1004-16"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every refusal of bank and registry takes a while; both cases run against them before each commit anyway."""
    for item in items:
        if item.path.name in ("test_deals_money.py", "test_deals_registry.py"):
            item.add_marker(pytest.mark.long)


@dataclass(frozen=True)
class Sale:
    """A brokered sale from minjun to seoa (or whoever). ``price`` won; options are what was not reported at first."""

    seller: str = "minjun"
    buyer: str = "seoa"
    brokers: tuple[str, ...] = ("daon", "garam")
    price: int = 585_000_000
    options: int = 0
    made_on: date = field(default_factory=lambda: seoul_date(now()))
    memo: str = field(default_factory=lambda: f"MEMO-{uuid4().hex[:12]}")
    home: dict[str, Any] = field(default_factory=lambda: dict(HOME))
    supplier: str = ""  # organisation, for a supply contract

    @property
    def giver_role(self) -> str:
        return "supplier" if self.supplier else "seller"


def new_reference() -> str:
    return f"ONJIP-{uuid4().hex[:24].upper()}"


class Deals:
    """Everything that people and Onjip do towards the agencies in these tests."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.chains: dict[str, list[bytes]] = {}

    async def act(self, agency: str, path: str, body: dict[str, Any], **options: Any) -> Got:
        return await self.box.send(agency, "POST", path, body, purpose=PURPOSES[agency], **options)

    async def ask(self, agency: str, path: str, query: str = "", purpose: str = "read") -> Any:
        got = await self.box.send(agency, "GET", path, purpose=purpose, query=query)
        assert got.status == 200, got.data
        return got.data

    async def acts(self, agency: str, kind: str, reference: str) -> list[dict[str, Any]]:
        ledger = await self.box.ledger(agency)
        return [act for act in ledger["acts"] if act["kind"] == kind and act["reference"] == reference]

    # Signatures

    async def signer(self, login: str) -> SimpleSigner:
        """Signs with the key that the signing service holds for that person."""
        if login not in self.chains:
            answer = await self.ask("signing", f"/certificates/{identity_ref(login)}")
            self.chains[login] = [base64.b64decode(item) for item in answer["chain_b64"]]
        return _simple_signer(self.chains[login], (self.box.home / f"signing.{login}.pem").read_bytes())

    async def signed(self, body: Model | dict[str, Any], *logins: str) -> dict[str, Any]:
        raw = body.canonical() if isinstance(body, Model) else canonical_json(body)
        signatures = [await self._signature(raw, login) for login in logins]
        return {"body": raw.decode(), "signatures": signatures, "reference": json.loads(raw)["reference"]}

    async def _signature(self, raw: bytes, login: str) -> dict[str, str]:
        signer = await self.signer(login)
        content = await signer.async_sign_general_data(raw, "sha256", detached=True, use_cades=True)
        return {"role": "party", "identity_ref": identity_ref(login), "cms": base64.b64encode(content.dump()).decode()}

    async def contract(self, sale: Sale, *, kind: str = "", signers: tuple[str, ...] | None = None) -> bytes:
        """The sealed contract: the data inside, and a PAdES signature of each party."""
        terms = contract_terms(sale, kind or ("supply" if sale.supplier else "sale"))
        return await self.signed_pdf(terms, *((sale.seller, sale.buyer) if signers is None else signers))

    async def signed_pdf(self, terms: dict[str, Any], *signers: str) -> bytes:
        pdf = _pdf(canonical_json(terms))
        for login in signers:
            pdf = await _sign_pdf(pdf, login, await self.signer(login))
        return pdf

    # The bank

    async def transfer(self, login: str, account: str, amount: int, memo: str) -> dict[str, Any]:
        async with self.box.person("bank", login) as http:
            form = {"to_account": account, "amount": str(amount), "memo": memo}
            reply = await http.post("/people/transfers", data=form)
            assert reply.status_code == 200, reply.text
            found: dict[str, Any] = reply.json()
            return found

    async def pay(self, login: str, payment_no: str, **form: str) -> Any:
        async with self.box.person("bank", login) as http:
            return await http.post("/people/pay", data={"payment_no": payment_no, **form})

    async def paid(self, agency: str, path: str) -> dict[str, Any]:
        """The bill, once the bank has told its issuer."""
        return await self.until(lambda: self.ask(agency, path), lambda bill: bool(bill["paid"]))

    async def account_of(self, login: str) -> dict[str, Any]:
        async with self.box.person("bank", login) as http:
            accounts = (await http.get("/people")).json()["accounts"]
            found: dict[str, Any] = next(one for one in accounts if one["kind"] == "current")
            return found

    async def until(
        self, look: Callable[[], Awaitable[Any]], good: Callable[[Any], bool], seconds: float = 10
    ) -> Any:  # fmt: skip
        """What ``look`` finds, once it is ``good``."""
        async with asyncio.timeout(seconds):
            found = await look()
            while not good(found):
                await asyncio.sleep(0.05)
                found = await look()
        return found

    # Steps of a deal

    async def report(self, sale: Sale, pdf: bytes, **changes: Any) -> SaleReport:
        proof = await self.deposit(sale) if sale.brokers and "deposit_proof" not in changes else None
        return SaleReport.model_validate({
            "reference": new_reference(), "contract_sha256": hashlib.sha256(pdf).hexdigest(),
            "contract_kind": "supply" if sale.supplier else "sale", "contract_date": sale.made_on,
            "property": sale.home, "price": sale.price, "payments": [], "parties": report_parties(sale),
            "reporters": [], "deposit_proof": proof, "contract_copy": base64.b64encode(pdf).decode(), **changes,
        })  # fmt: skip

    async def deposit(self, sale: Sale) -> dict[str, Any]:
        await self.transfer(sale.buyer, ESCROW, 10_000_000, sale.memo)
        found = await self.ask("bank", "/deposits", f"account={ESCROW}&memo={sale.memo}")
        deposit: dict[str, Any] = found["items"][0]
        return deposit

    async def reported(self, sale: Sale, pdf: bytes) -> str:
        """The certificate's number."""
        who = sale.brokers or ((sale.seller,) if sale.supplier else (sale.seller, sale.buyer))
        got = await self.act("rtms", "/reports", await self.signed(await self.report(sale, pdf), *who))
        assert got.status == 200, got.data
        return str(got.data["number"])

    def tax_return(self, sale: Sale, report_no: str, **changes: Any) -> TaxReturn:
        base = sale.price + sale.options
        tax = base // 100 // 10 * 10
        return TaxReturn.model_validate({
            "reference": new_reference(), "report_no": report_no, "property": sale.home,
            "taxpayer_ref": identity_ref(sale.buyer), "acquired_on": seoul_date(now()), "base": base,
            "homes_after": 1, "regulated": False, "acquisition_tax": tax, "education_tax": tax // 100 * 10,
            "rural_tax": 0, **changes,
        })  # fmt: skip

    async def bought(self, agency: str, path: str, body: Model, login: str) -> dict[str, Any]:
        """Orders, pays, and waits until the issuer knows; the paid bill."""
        got = await self.act(agency, path, await self.signed(body, login))
        assert got.status == 200, got.data
        assert (await self.pay(login, got.data["payment_no"])).status_code == 200
        return await self.paid(agency, f"{path}/{got.data['number']}")

    def bond_order(self, sale: Sale, value: dict[str, Any], **changes: Any) -> BondOrder:
        amount = purchase(value["value"], metro=False)
        return BondOrder.model_validate({
            "reference": new_reference(), "buyer_ref": identity_ref(sale.buyer), "unique_no": sale.home["unique_no"],
            "standard_value": value["value"], "standard_value_no": value["number"], "amount": amount,
            "region": "41171", **changes,
        })  # fmt: skip

    async def right_proof(self, login: str, unique_no: str) -> dict[str, Any]:
        async with self.box.person("registry", login) as http:
            items = (await http.get("/people/rights")).json()["items"]
        mine = next(item for item in items if item["unique_no"] == unique_no)
        return {"serial": mine["serial"], "password_no": 7, "password": mine["passwords"]["7"]}

    async def prepared(self, sale: Sale, contract: bytes = b"") -> tuple[TransferApplication, bytes]:
        """Everything before filing is done: reported, taxed, bond bought, fee paid. Application and contract."""
        pdf = contract or await self.contract(sale)
        report_no = await self.reported(sale, pdf)
        tax = await self.bought("wetax", "/returns", self.tax_return(sale, report_no), sale.buyer)
        value = await self.ask("wetax", f"/standard-values/{sale.home['unique_no']}")
        order = self.bond_order(sale, value)
        bond = await self.bought("bond", "/orders", order, sale.buyer)
        order_fee = {"reference": new_reference(), "unique_no": sale.home["unique_no"], "purpose": "소유권이전"}
        fee = await self.bought("registry", "/fees", Fee.model_validate(order_fee), sale.buyer)
        app = TransferApplication.model_validate({
            "reference": new_reference(), "property": sale.home, "cause": "매매", "cause_date": sale.made_on,
            "purpose": "소유권이전", "parties": transfer_parties(sale), "agent_ref": identity_ref("doyun"),
            "agent_name": "강도윤", "price": sale.price, "report_no": report_no,
            "tax_payment_no": tax["proof"]["tax_payment_no"], "tax_base": sale.price + sale.options,
            "tax_total": tax["amount"], "bond_no": bond["proof"]["bond_no"], "bond_amount": bond["amount"],
            "standard_value": value["value"], "fee_payment_no": fee["proof"]["fee_payment_no"],
            "right_proof": await self.right_proof(sale.seller, sale.home["unique_no"]),
        })  # fmt: skip
        return app, pdf

    async def filing(
        self, sale: Sale, app: TransferApplication, pdf: bytes, *, mandates: tuple[str, ...] | None = None,
        packed: bytes | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        who = (sale.seller, sale.buyer) if mandates is None else mandates
        given = [await self.signed(mandate(app, login, sale), login) for login in who]
        zipped = packed if packed is not None else await self.packet({"contract.pdf": pdf})
        encoded = base64.b64encode(zipped).decode()
        return {**await self.signed(app, "doyun"), "mandates": given, "packet": encoded}

    async def filed(self, sale: Sale, app: TransferApplication, pdf: bytes, **options: Any) -> str:
        got = await self.act("registry", "/applications", await self.filing(sale, app, pdf, **options))
        assert got.status == 200, got.data
        return str(got.data["number"])

    async def packet(self, files: dict[str, bytes], documents: dict[str, str] | None = None) -> bytes:
        words = documents or {"contract.pdf": "contract"}
        items = [{"path": path, "document": words.get(path, "other"), "article": "규칙 제46조"} for path in files]
        return packet.build(files, {"items": items}, await self.platform_key())

    async def platform_key(self) -> PlatformKey:
        kept = self.box.home / "platform.pem"
        if not kept.exists():
            key = ec.generate_private_key(ec.SECP256R1())
            kept.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        key = load_pem_private_key(kept.read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "온집 봉인")])
        csr = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
        wanted = {
            "reference": "platform", "usage": "seal",
            "csr_b64": base64.b64encode(csr.public_bytes(Encoding.DER)).decode(),
        }  # fmt: skip
        got = await self.box.send("trust", "POST", "/enrol", wanted, purpose="enrol")
        return PlatformKey(kept.read_bytes(), [base64.b64decode(item) for item in got.data["chain_b64"]])

    # The registrar

    async def registrar(self, number: str, act: str = "", **form: str) -> Any:
        """The registrar's answer as JSON; with ``act``, the answer to that decision."""
        async with self.box.person("registry", "haeun") as http:
            if act:
                return await http.post(f"/people/registrar/{number}/{act}", data=form)
            return (await http.get(f"/people/registrar/{number}")).json()

    async def defects(self, number: str) -> list[str]:
        return [defect["code"] for defect in (await self.registrar(number))["defects"]]


PURPOSES = {
    "rtms": "report", "wetax": "tax", "bond": "bond", "bank": "payment", "registry": "registration",
}  # fmt: skip


class Fee(Model):
    reference: str
    unique_no: str
    purpose: str


def contract_terms(sale: Sale, kind: str) -> dict[str, Any]:
    giver = {"role": sale.giver_role, "order": 1, "name": people()[sale.seller].name}
    if sale.supplier:
        giver["organisation"] = sale.supplier
    buyer = {"role": "buyer", "order": 2, "name": people()[sale.buyer].name}
    payment = {"kind": "deposit", "number": 1, "amount": 10_000_000, "reference": sale.memo}
    return {
        "kind": kind, "made_on": sale.made_on.isoformat(), "price": sale.price, "option_price": sale.options,
        "property": sale.home, "parties": [giver, buyer], "payments": [payment],
    }  # fmt: skip


def report_parties(sale: Sale) -> list[dict[str, Any]]:
    both = ((sale.giver_role, sale.seller), ("buyer", sale.buyer))
    parties = [{"role": role, "identity_ref": identity_ref(who), "name": people()[who].name} for role, who in both]
    brokers = [
        {"role": "broker", "identity_ref": identity_ref(b), "name": people()[b].name, "registration_no": BROKERS[b]}
        for b in sale.brokers
    ]
    return [*parties, *brokers]


def transfer_parties(sale: Sale) -> list[dict[str, Any]]:
    both = (("obligor", sale.seller), ("obligee", sale.buyer))
    parties: list[dict[str, Any]] = [
        {"role": role, "identity_ref": identity_ref(login), "name": people()[login].name, "address": "경기도 안양시"}
        for role, login in both
    ]
    if sale.supplier:
        parties[0] |= {"name": sale.supplier, "organisation": sale.supplier}
    return parties


def mandate(app: TransferApplication, login: str, sale: Sale) -> Mandate:
    return Mandate(
        reference=new_reference(), contract_sha256="0" * 64, unique_no=app.property.unique_no or "", cause=app.cause,
        cause_date=app.cause_date, purpose=app.purpose,
        principal_role="obligee" if login == sale.buyer else "obligor", principal_ref=identity_ref(login),
        agent_ref=app.agent_ref, agent_name=app.agent_name,
    )  # fmt: skip


def _simple_signer(chain: list[bytes], pem: bytes) -> SimpleSigner:
    key = load_pem_private_key(pem, None)
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    store = SimpleCertificateStore()
    store.register_multiple([asn1_x509.Certificate.load(item) for item in chain[1:]])
    return SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(chain[0]), signing_key=asn1_keys.PrivateKeyInfo.load(der),
        cert_registry=store,
    )  # fmt: skip


def _pdf(data: bytes) -> bytes:
    writer = PdfFileWriter()
    contents = writer.add_object(StreamObject(stream_data=b""))
    writer.insert_page(PageObject(contents=contents, media_box=(0, 0, 595, 842)))
    attached = EmbeddedFileObject.from_file_data(writer, data=data, mime_type="application/json")
    embed_file(writer, FileSpec(file_spec_string="contract.json", embedded_data=attached))
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


async def _sign_pdf(pdf: bytes, login: str, signer: SimpleSigner) -> bytes:
    meta = PdfSignatureMetadata(field_name=f"party_{login}", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    out = await PdfSigner(meta, signer).async_sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)))
    return bytes(out.getbuffer())


@pytest.fixture(scope="module")
def deals(sandbox: StartSandbox) -> Deals:
    """All agencies of a deal, with fresh ledgers for each test module."""
    return Deals(sandbox(*AGENCIES))


@pytest.fixture
def sale() -> Sale:
    return Sale()


@pytest.fixture(scope="module")
def one_sale() -> Sale:
    return Sale()


@pytest.fixture
def own(sandbox: StartSandbox) -> Deals:
    """Agencies for one test alone: titles change hands for good."""
    return Deals(sandbox(*AGENCIES, fresh=True))
