"""The remote signing service: it signs only for its person, only what they approved, and always the same."""

from __future__ import annotations

import base64
import hashlib
import os
import signal
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from asn1crypto import cms, tsp
from asn1crypto.algos import SignedDigestAlgorithm
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.sign.signers import ExternalSigner

from domain.errors import AgencyDown, AgencyRefused
from domain.ports import SigningRequest
from mydata_connectors.sandbox._people import identity_ref, people
from mydata_connectors.signing import RemoteSigning

if TYPE_CHECKING:
    from tests.mydata_connectors.conftest import Box, StartSandbox

HANEUL, MINJUN = identity_ref("haneul"), identity_ref("minjun")
DOCUMENT = hashlib.sha256(b"the contract").digest()
PIN = people()["haneul"].pin


@pytest.fixture(scope="module")
def box(sandbox: StartSandbox) -> Box:
    return sandbox("signing", "trust")


@pytest.fixture
def service(box: Box, http: httpx.AsyncClient) -> RemoteSigning:
    return RemoteSigning(box.exchange("signing", http))


def attributes(leaf: bytes, *, digest: bytes = DOCUMENT, bound: bytes | None = None, kind: str = "data") -> bytes:
    """Signed attributes as a contract's signature has them (DER)."""
    binding = tsp.SigningCertificateV2({"certs": [{"cert_hash": bound or hashlib.sha256(leaf).digest()}]})
    values = {"content_type": kind, "message_digest": digest, "signing_certificate_v2": binding}
    return bytes(cms.CMSAttributes([{"type": name, "values": [value]} for name, value in values.items()]).dump())


def wanted(reference: str, attrs: bytes, **changes: Any) -> SigningRequest:
    good = SigningRequest(
        reference=reference, subject_ref=HANEUL, title="공급계약서", sum_won=500_000_000,
        document_sha256=DOCUMENT.hex(), signed_attrs=base64.b64encode(attrs).decode(),
    )  # fmt: skip
    return good.model_copy(update=changes)


async def approve(box: Box, *numbers: str, who: str = "haneul", pin: str = PIN) -> httpx.Response:
    async with box.person("signing", who) as person:
        return await person.post("/people/approve", data={"ids": list(numbers), "pin": pin})


async def test_certificates_name_their_person(service: RemoteSigning) -> None:
    chain = await service.certificate(HANEUL)
    assert chain == await service.certificate(HANEUL)
    leaf, issuing, root = [x509.load_der_x509_certificate(der) for der in chain]
    assert leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "김하늘"
    assert leaf.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)[0].value == HANEUL
    leaf.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(root)


async def test_nothing_is_signed_before_the_person_approves(box: Box, service: RemoteSigning) -> None:
    chain = await service.certificate(HANEUL)
    attrs = attributes(chain[0])
    asked = await service.request(wanted("S-1", attrs))
    assert (asked.state, asked.signature) == ("waiting", None)
    assert (await service.state(asked.number)).state == "waiting"
    assert (await approve(box, asked.number)).json() == {"approved": [asked.number]}
    done = await service.state(asked.number)
    assert done.signature
    key = x509.load_der_x509_certificate(chain[0]).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(base64.b64decode(done.signature), attrs, ec.ECDSA(hashes.SHA256()))


async def test_the_same_request_gets_the_same_signature(box: Box, service: RemoteSigning) -> None:
    attrs = attributes((await service.certificate(HANEUL))[0])
    first = await service.request(wanted("S-2", attrs))
    assert (await service.request(wanted("S-2", attrs))).number == first.number
    await approve(box, first.number)
    signatures = {(await service.request(wanted("S-2", attrs))).signature for _ in range(3)}
    assert signatures == {(await service.state(first.number)).signature}
    assert (await approve(box, first.number)).json()["code"] == "not_waiting"
    acts = [act for act in (await box.ledger("signing"))["acts"] if act["reference"] == "S-2"]
    assert [act["kind"] for act in acts] == ["signature"]
    with pytest.raises(AgencyRefused, match="reference_reused"):
        await service.request(wanted("S-2", attrs, title="다른 계약서"))


async def test_attributes_made_by_pyhanko_are_understood(service: RemoteSigning) -> None:
    chain = await service.certificate(HANEUL)
    leaf = Certificate.load(chain[0])
    signer = ExternalSigner(
        signing_cert=leaf, cert_registry=None, signature_value=72,
        signature_mechanism=SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
    )  # fmt: skip
    attrs = (await signer.signed_attrs(DOCUMENT, "sha256", use_pades=True)).dump()
    assert (await service.request(wanted("S-PYHANKO", attrs))).state == "waiting"


async def test_what_does_not_agree_is_refused(service: RemoteSigning) -> None:
    leaf = (await service.certificate(HANEUL))[0]
    other = hashlib.sha256(b"another contract").digest()
    good = attributes(leaf)
    cases: list[tuple[str, bytes, dict[str, Any]]] = [
        ("digest_not_in_attributes", attributes(leaf, digest=other), {}),
        ("digest_not_in_attributes", good, {"document_sha256": other.hex()}),
        ("digest_not_in_attributes", attributes(leaf, kind="signed_data"), {}),
        ("other_certificate", attributes(leaf, bound=other), {}),
        ("other_certificate", good, {"subject_ref": MINJUN}),
        ("attributes_unreadable", b"nonsense", {}),
        ("attributes_unreadable", good + b"x", {}),
        ("attributes_unreadable", b"\xa0" + good[1:], {}),
        ("attributes_unreadable", b"\x31\x00", {}),
        ("unknown_person", good, {"subject_ref": "idr_" + "0" * 32}),
        ("unknown_person", good, {"subject_ref": identity_ref("bom")}),
        ("invalid_body", good, {"sum_won": -1}),
        ("invalid_body", good, {"title": ""}),
        ("invalid_body", good, {"document_sha256": "x"}),
    ]
    for number, (code, attrs, changes) in enumerate(cases):
        request = wanted(f"S-BAD-{number}", attrs, **changes)
        with pytest.raises(AgencyRefused) as caught:
            await service.request(request)
        assert caught.value.code == code, (number, caught.value.code)


async def test_three_wrong_pins_lock_that_request(box: Box, service: RemoteSigning) -> None:
    attrs = attributes((await service.certificate(HANEUL))[0])
    asked, other = [(await service.request(wanted(f"S-PIN-{n}", attrs))).number for n in range(2)]
    for _ in range(3):
        assert (await approve(box, asked, pin="000000")).json() == {"code": "wrong_pin"}
    assert (await approve(box, asked)).json() == {"code": "locked"}
    assert (await approve(box, asked, other)).json() == {"code": "locked"}
    assert (await service.state(asked)).state == "waiting"
    assert (await approve(box, other)).status_code == 200


async def test_only_the_person_may_decide(box: Box, service: RemoteSigning) -> None:
    attrs = attributes((await service.certificate(HANEUL))[0])
    asked = await service.request(wanted("S-WHO", attrs))
    reply = await approve(box, asked.number, who="minjun", pin=people()["minjun"].pin)
    assert reply.status_code == 404
    async with box.person("signing", "minjun") as minjun:
        assert (await minjun.post("/people/decline", data={"ids": asked.number})).status_code == 404
        assert asked.number not in [row["number"] for row in (await minjun.get("/people")).json()]
    async with httpx.AsyncClient(base_url=box.url("signing"), trust_env=False) as nobody:
        reply = await nobody.post("/people/approve", data={"ids": asked.number, "pin": PIN})
        assert reply.headers["location"].startswith("/people/login")
    assert (await service.state(asked.number)).state == "waiting"


async def test_hundreds_with_one_approval(box: Box, service: RemoteSigning) -> None:
    attrs = attributes((await service.certificate(HANEUL))[0])
    numbers = [(await service.request(wanted(f"S-BATCH-{n}", attrs))).number for n in range(120)]
    started = time.monotonic()
    assert len((await approve(box, *numbers)).json()["approved"]) == 120
    assert time.monotonic() - started < 5
    assert {(await service.state(number)).state for number in numbers[::40]} == {"approved"}
    assert (await approve(box)).json()["code"] == "nothing_chosen"


async def test_one_approval_of_several_is_written_down_as_such(box: Box, service: RemoteSigning) -> None:
    """One PIN, one entry for the batch, and a signature for each document."""
    attrs = attributes((await service.certificate(HANEUL))[0])
    numbers = [(await service.request(wanted(f"S-TOGETHER-{n}", attrs))).number for n in range(3)]
    reply = (await approve(box, *numbers)).json()
    assert reply["approved"] == numbers
    acts = (await box.ledger("signing"))["acts"]
    (batch,) = [act for act in acts if act["number"] == reply["batch"]]
    assert (batch["kind"], batch["body_sha256"]) == (
        "batch", hashlib.sha256("\n".join([DOCUMENT.hex()] * 3).encode()).hexdigest(),
    )  # fmt: skip
    assert [act["kind"] for act in acts if act["reference"].startswith("S-TOGETHER")] == ["signature"] * 3


async def test_all_of_a_batch_or_none(box: Box, service: RemoteSigning) -> None:
    attrs = attributes((await service.certificate(HANEUL))[0])
    asked = await service.request(wanted("S-ALL", attrs))
    assert (await approve(box, asked.number, "S-99999999")).status_code == 404
    assert (await service.state(asked.number)).state == "waiting"


async def test_declined_stays_declined(box: Box, service: RemoteSigning) -> None:
    attrs = attributes((await service.certificate(HANEUL))[0])
    asked = await service.request(wanted("S-NO", attrs))
    async with box.person("signing", "haneul") as haneul:
        assert (await haneul.post("/people/decline", data={"ids": asked.number})).status_code == 200
    assert (await service.state(asked.number)).state == "declined"
    assert (await approve(box, asked.number)).json()["code"] == "not_waiting"


async def test_what_is_taken_back_cannot_be_approved_any_more(box: Box, service: RemoteSigning) -> None:
    attrs = attributes((await service.certificate(HANEUL))[0])
    asked = await service.request(wanted("S-BACK", attrs))
    for _ in range(2):
        assert (await service.cancel(asked.number)).state == "cancelled"
    reply = await approve(box, asked.number)
    assert (reply.status_code, reply.json()["code"]) == (409, "not_waiting")
    again = await service.request(wanted("S-BACK", attrs))
    assert (again.number, again.state, again.signature) == (asked.number, "cancelled", None)
    acts = [act["kind"] for act in (await box.ledger("signing"))["acts"] if act["reference"] == "S-BACK"]
    assert acts == ["cancellation"]


async def test_what_was_approved_is_not_taken_back(box: Box, service: RemoteSigning) -> None:
    attrs = attributes((await service.certificate(HANEUL))[0])
    asked = await service.request(wanted("S-LATE", attrs))
    await approve(box, asked.number)
    late = await service.cancel(asked.number)
    assert (late.state, late.signature) == ("approved", (await service.state(asked.number)).signature)
    with pytest.raises(AgencyRefused, match="unknown_request"):
        await service.cancel("S-99999999")


async def test_requests_end(box: Box, service: RemoteSigning) -> None:
    leaf = (await service.certificate(HANEUL))[0]
    attrs = attributes(leaf)
    ends = (datetime.now(UTC) + timedelta(seconds=0.3)).isoformat()
    body = {
        "reference": "S-END", "subject_ref": HANEUL, "title": "짧은 요청", "sum_won": 0,
        "document_sha256": DOCUMENT.hex(), "signed_attrs_b64": base64.b64encode(attrs).decode(),
        "certificate_sha256": hashlib.sha256(leaf).hexdigest(), "expires_at": ends,
    }  # fmt: skip
    asked = await box.send("signing", "POST", "/requests", body, purpose="sign")
    time.sleep(0.4)  # noqa: ASYNC251  (nothing else runs here)
    assert (await approve(box, asked.data["number"])).json()["code"] == "not_waiting"
    assert (await service.state(asked.data["number"])).state == "expired"


async def test_the_person_sees_title_sum_and_digest(box: Box, service: RemoteSigning) -> None:
    attrs = attributes((await service.certificate(MINJUN))[0])
    title = "<b>매매계약서</b> & 특약"
    asked = await service.request(wanted("S-PAGE", attrs, subject_ref=MINJUN, title=title))
    async with box.person("signing", "minjun") as minjun:
        page = (await minjun.get("/people", headers={"Accept": "text/html"})).text
        for text in (
            "&lt;b&gt;매매계약서&lt;/b&gt; &amp; 특약",
            "500,000,000원",
            DOCUMENT.hex(),
            f'value="{asked.number}"',
        ):
            assert text in page
        assert title not in page
        row = next(row for row in (await minjun.get("/people")).json() if row["number"] == asked.number)
    assert (row["sum_won"], row["document_sha256"], row["state"]) == (500_000_000, DOCUMENT.hex(), "waiting")


async def test_keys_and_requests_outlive_a_kill(box: Box, service: RemoteSigning) -> None:
    chain = await service.certificate(HANEUL)
    asked = await service.request(wanted("S-KILL", attributes(chain[0])))
    dead = box.pid("signing")
    os.kill(dead, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            if await service.certificate(HANEUL) == chain:
                break
        except AgencyDown:
            time.sleep(0.05)  # noqa: ASYNC251
    await approve(box, asked.number)
    signature = (await service.state(asked.number)).signature
    assert signature
    key = x509.load_der_x509_certificate(chain[0]).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(base64.b64decode(signature), attributes(chain[0]), ec.ECDSA(hashes.SHA256()))


async def test_keys_never_leave(box: Box, http: httpx.AsyncClient) -> None:
    """Nothing that the service offers, to anybody, holds a private key; and the files are the service's alone."""
    for file in box.home.glob("signing.*.pem"):
        assert file.stat().st_mode & 0o077 == 0
    for path in ("/keys", "/people/keys", "/signing.haneul.pem", "/certificates"):
        assert (await http.get(box.url("signing") + path)).status_code in {401, 404}


async def test_without_the_trust_agency_a_new_person_waits(box: Box, service: RemoteSigning) -> None:
    await box.fault("trust", "/enrol", "reset")
    with pytest.raises(AgencyDown):
        await service.certificate(identity_ref("siwoo"))
    assert await service.certificate(identity_ref("siwoo"))
