"""Signing with an own device, at the door: certificates of one's own, what is signed, and the signature, taken once."""

from __future__ import annotations

import base64
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import load_der_x509_certificate

from domain.time import now
from store.devices import DeviceSigning
from store.tables.devices import CertificateRow, DeviceRequestRow
from tests.api.device_desk import Device, StandInDesk, b64

# Helper modules stand beside the tests; ``importlib`` mode puts no folder on the path by itself.
sys.path.insert(0, str(Path(__file__).parent))
from page_reader import get, read

if TYPE_CHECKING:
    from tests.api.conftest import Browser, Make, Site


@pytest.fixture
def desk(site: Site) -> StandInDesk:
    desk = site.services.certificates
    assert isinstance(desk, StandInDesk)
    desk.refuses = ""
    return desk


async def signing(site: Site, make: Make) -> tuple[Browser, Browser, UUID]:
    """A contract that is being signed: its seller, its buyer, and it."""
    broker = await site.browser("정다온", ("broker", "다온"))
    seller, buyer = await site.browser("최민준"), await site.browser("윤서아")
    return seller, buyer, await make.contract(broker, ("seller", seller), ("buyer", buyer), state="signing")


async def give(who: Browser, contract_id: UUID, number: str, signature: bytes, **more: Any) -> Any:
    body = {"number": number, "signature": b64(signature)}
    return await who.post(f"/contracts/{contract_id}/signature", body, **more)


async def attributes(site: Site, number: str) -> bytes:
    (row,) = await site.rows(DeviceRequestRow, number=number)
    return base64.b64decode(row.signed_attrs)


async def test_a_browser_gets_a_certificate_after_the_identity_check(site: Site, desk: StandInDesk) -> None:
    person = await site.browser("최민준")
    device = Device(desk, person)
    wanted = {"key_sha256": "a" * 64, "return_to": f"/contracts/{uuid4()}/signing"}
    begun = (await person.post("/certificates/checks", wanted)).json()
    assert begun["url"].endswith(f"back=http://127.0.0.1:8000{wanted['return_to']}")
    desk.unconfirmed.add(begun["number"])
    body = {"number": begun["number"], "key": b64(device.public), "proof": b64(b"proof")}
    early = await person.post("/certificates/browser", body)
    assert (early.status_code, early.json()["code"]) == (409, "not_confirmed")
    assert (await person.get(f"/certificates/checks/{begun['number']}")).json()["attestation"] is None
    desk.unconfirmed.clear()
    assert (await person.get(f"/certificates/checks/{begun['number']}")).json()["attestation"]
    done = await person.post("/certificates/browser", body)
    assert done.status_code == 201
    assert done.json()["means"] == "browser_key"
    kept = (await person.get("/certificates")).json()
    assert [one["sha256"] for one in kept] == [done.json()["sha256"]]
    assert base64.b64decode(kept[0]["certificate"]).startswith(b"\x30")
    assert (await (await site.browser()).get("/certificates")).json() == []


async def test_a_certificate_for_another_key_or_person_is_not_kept(site: Site, desk: StandInDesk) -> None:
    person, other = await site.browser("최민준"), await site.browser("윤서아")
    device = Device(desk, person)

    async def wrong(*_: Any) -> list[bytes]:
        return [Device(desk, other).certificate]

    genuine, desk.certify = desk.certify, wrong  # type: ignore[method-assign]
    body = {"number": "n" * 20, "key": b64(device.public), "proof": b64(b"proof")}
    answer = await person.post("/certificates/browser", body)
    desk.certify = genuine  # type: ignore[method-assign]
    assert (answer.status_code, answer.json()["code"]) == (422, "certificate_of_another")
    assert await site.rows(CertificateRow, person_id=person.id) == []


@pytest.mark.parametrize("code", ["other_person", "session_expired", "nonce_used", "certificate_revoked"])
async def test_refusals_reach_the_person_and_leave_nothing(site: Site, desk: StandInDesk, code: str) -> None:
    person = await site.browser("최민준")
    device = Device(desk, person, joint=True)
    desk.refuses = code
    for path, body in (
        ("/certificates/joint", {"certificate": b64(device.certificate), "random": b64(b"R")}),
        ("/certificates/browser", {"number": "n" * 20, "key": b64(device.public), "proof": b64(b"proof")}),
    ):
        answer = await person.post(path, body)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await site.rows(CertificateRow, person_id=person.id) == []


async def test_a_joint_certificate_is_registered_once(site: Site, desk: StandInDesk) -> None:
    person = await site.browser("최민준")
    device = Device(desk, person, joint=True)
    body = {"certificate": b64(device.certificate), "random": b64(b"R")}
    for _ in range(2):
        assert (await person.post("/certificates/joint", body)).json()["sha256"] == device.sha256
    assert len(await site.rows(CertificateRow, person_id=person.id)) == 1
    wrong = await person.post("/certificates/joint", {**body, "random": "AAAAA"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "not_base64")


async def test_before_signing_everybody_reads_what_the_signature_is_good_for(site: Site, make: Make) -> None:
    seller, _, contract_id = await signing(site, make)
    shown = (await seller.get(f"/contracts/{contract_id}/signing")).json()
    assert (shown["state"], shown["request"], shown["means"]) == ("waiting", None, None)
    outcomes = {one["means"]: [use["outcome"] for use in one["uses"]] for one in shown["choices"]}
    assert outcomes == {
        "remote_service": ["cannot_tell", "cannot_tell"], "browser_key": ["no", "cannot_tell"],
        "joint_certificate": ["yes", "yes"],
    }  # fmt: skip
    said = {one["means"]: one["uses"][0]["ko"] for one in shown["choices"]}
    assert "방문신청" in said["browser_key"]
    assert "부동산등기규칙" in next(iter(shown["choices"]))["uses"][0]["article"]
    page = await get(seller, f"/contracts/{contract_id}/signing")
    text = read(page).text
    for words in ("전자신청할 때 쓸 수 없는 서명", "서명 서비스로 보내기", "공동인증서로 서명", "이 브라우저로 서명"):
        assert words in text
    assert "<script>" not in page.text, "no script in the page itself"


@pytest.mark.parametrize("joint", [False, True], ids=["browser", "joint certificate"])
async def test_a_signature_is_verified_and_taken_once(site: Site, make: Make, desk: StandInDesk, joint: bool) -> None:
    seller, _, contract_id = await signing(site, make)
    device = Device(desk, seller, joint=joint)
    number = await device.asked(site, contract_id, "seller_1")
    asked = (await seller.get(f"/contracts/{contract_id}/signing")).json()
    assert (asked["state"], asked["request"]["certificate_sha256"]) == ("asked", device.sha256)
    revision = await seller.get(f"/contracts/{contract_id}/revision")
    assert revision.content.startswith(b"%PDF prepared")
    signed = await attributes(site, number)
    assert base64.b64decode(asked["request"]["signed_attrs"]) == signed
    signature = device.sign(signed)
    for key in ("one-key-for-all", "one-key-for-all"):
        answer = await give(seller, contract_id, number, signature, key=key)
        assert (answer.status_code, answer.json()["state"]) == (200, "given")
    assert (await seller.get(f"/contracts/{contract_id}/signing")).json()["state"] == "given"
    kept = await DeviceSigning(site.db).state(number)
    assert kept.state == "approved"
    if not joint:
        key = load_der_x509_certificate(device.certificate).public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        key.verify(base64.b64decode(kept.signature or ""), signed, ec.ECDSA(hashes.SHA256()))  # DER by now
        again = await give(seller, contract_id, number, device.sign(signed))
        assert (again.status_code, again.json()["code"]) == (409, "already_signed")


async def test_foreign_replayed_and_damaged_signatures_change_nothing(
    site: Site, make: Make, desk: StandInDesk
) -> None:
    seller, buyer, contract_id = await signing(site, make)
    device, stranger = Device(desk, seller), Device(desk, seller)
    number = await device.asked(site, contract_id, "seller_1")
    signed = await attributes(site, number)
    good = device.sign(signed)
    before = await site.fingerprint()
    wrong = {
        "another key": stranger.sign(signed), "another document": device.sign(b"another revision"),
        "cut": good[:-1], "longer": good + b"\x00", "zeros": bytes(64), "one bit": bytes([good[0] ^ 1]) + good[1:],
        "an RSA signature": Device(desk, seller, joint=True).sign(signed),
    }  # fmt: skip
    for what, signature in wrong.items():
        answer = await give(seller, contract_id, number, signature)
        assert (answer.status_code, answer.json()["code"]) == (422, "signature_invalid"), what
    assert (await give(buyer, contract_id, number, good)).json()["code"] == "unknown_request", "another person"
    assert await site.fingerprint() == before


async def test_a_late_signature_is_told_that_its_revision_lapsed(site: Site, make: Make, desk: StandInDesk) -> None:
    seller, _, contract_id = await signing(site, make)
    device = Device(desk, seller)
    number = await device.asked(site, contract_id, "seller_1")
    signed = await attributes(site, number)
    await DeviceSigning(site.db).cancel(number)
    answer = await give(seller, contract_id, number, device.sign(signed))
    assert (answer.status_code, answer.json()["code"]) == (409, "revision_lapsed")
    assert "다시" in answer.json()["ko"]
    assert (await seller.get(f"/contracts/{contract_id}/signing")).json()["state"] == "waiting"


async def test_who_is_not_asked_gets_no_revision(site: Site, make: Make, desk: StandInDesk) -> None:
    seller, buyer, contract_id = await signing(site, make)
    await Device(desk, seller).asked(site, contract_id, "seller_1")
    assert (await buyer.get(f"/contracts/{contract_id}/revision")).json()["code"] == "no_revision"
    stranger = await site.browser("박지호")
    for path in ("signing", "revision"):
        assert (await stranger.get(f"/contracts/{contract_id}/{path}")).status_code == 404


async def test_only_an_own_registered_certificate_can_be_chosen(site: Site, make: Make, desk: StandInDesk) -> None:
    seller, buyer, contract_id = await signing(site, make)
    device = Device(desk, seller)
    await device.asked(site, contract_id, "seller_1")
    for who, certificate in ((buyer, device.sha256), (seller, "f" * 64)):
        answer = await who.post(f"/contracts/{contract_id}/sign", {"certificate_sha256": certificate})
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_certificate")


async def test_certificates_that_have_run_out_are_not_offered(site: Site, desk: StandInDesk) -> None:
    person = await site.browser("최민준")
    row = CertificateRow(
        sha256=uuid4().hex * 2, person_id=person.id, means="browser_key", chain=b64(b"der"),
        ends_at=now() - timedelta(seconds=1),
    )  # fmt: skip
    await site.add(row)
    assert (await person.get("/certificates")).json() == []
