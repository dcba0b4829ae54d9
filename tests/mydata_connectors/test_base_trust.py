"""Time stamps, OCSP, revocation lists and enrolment: our client against the real trust agency, and OpenSSL as judge."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

from domain.errors import AgencyDown, AgencyRefused
from mydata_connectors import timestamp_token
from mydata_connectors.envelope import NotGenuine
from mydata_connectors.timestamp_token import Rejected
from mydata_connectors.timestamps import HttpTrustServices, enrol

if TYPE_CHECKING:
    from tests.mydata_connectors.conftest import Box, StartSandbox

DIGEST = hashlib.sha256(b"a contract").digest()


@pytest.fixture(scope="module")
def box(sandbox: StartSandbox) -> Box:
    return sandbox("trust")


@pytest.fixture
def root(box: Box) -> x509.Certificate:
    return x509.load_pem_x509_certificate(httpx.get(f"{box.url('trust')}/trust.pem", trust_env=False).content)


@pytest.fixture
def trust(box: Box, root: x509.Certificate, http: httpx.AsyncClient) -> HttpTrustServices:
    return HttpTrustServices(box.url("trust"), [root.public_bytes(Encoding.DER)], http)


def csr(name: str = "온집 봉인", *, more: tuple[x509.NameAttribute[str], ...] = ()) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name), *more])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return request.public_bytes(Encoding.DER)


async def test_a_stamp_verifies_with_openssl(
    box: Box, root: x509.Certificate, http: httpx.AsyncClient, tmp_path: Path
) -> None:
    (tmp_path / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    (tmp_path / "data").write_bytes(b"a contract")
    openssl(tmp_path, "ts", "-query", "-data", "data", "-sha512", "-cert", "-out", "q")
    reply = await http.post(f"{box.url('trust')}/tsa", content=(tmp_path / "q").read_bytes())
    (tmp_path / "r").write_bytes(reply.content)
    assert "OK" in openssl(tmp_path, "ts", "-verify", "-queryfile", "q", "-in", "r", "-CAfile", "root.pem")
    (tmp_path / "data").write_bytes(b"another contract")
    with pytest.raises(subprocess.CalledProcessError):
        openssl(tmp_path, "ts", "-verify", "-data", "data", "-in", "r", "-CAfile", "root.pem")


def openssl(folder: Path, *arguments: str) -> str:
    return subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


async def test_stamps_are_numbered_and_bound_to_the_digest(trust: HttpTrustServices) -> None:
    first, second = [_info(await trust.timestamp(DIGEST)) for _ in range(2)]
    assert second["serial_number"].native > first["serial_number"].native
    assert first["message_imprint"]["hashed_message"].native == DIGEST
    assert abs(first["gen_time"].native - datetime.now(UTC)) < timedelta(seconds=10)


def _info(token: bytes) -> tsp.TSTInfo:
    return tsp.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed


def _changed(**fields: object) -> bytes:
    asked = tsp.TimeStampReq.load(timestamp_token.request(DIGEST, 7)).copy()
    for name, value in fields.items():
        asked[name] = value
    return bytes(asked.dump(force=True))


@pytest.mark.parametrize(
    ("request_der", "failure"),
    [
        (_changed(message_imprint={"hash_algorithm": {"algorithm": "md5"}, "hashed_message": b"0" * 16}), "bad_alg"),
        (_changed(message_imprint={"hash_algorithm": {"algorithm": "sha1"}, "hashed_message": b"0" * 20}), "bad_alg"),
        (
            _changed(message_imprint={"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": b"0" * 20}),
            "bad_data_format",
        ),
        (_changed(req_policy="1.2.3.4"), "unaccepted_policy"),
        (
            _changed(extensions=[{"extn_id": "1.2.3.4", "critical": True, "extn_value": b"x"}]),
            "unaccepted_extensions",
        ),
        (b"", "bad_data_format"),
        (b"not a request", "bad_data_format"),
        (timestamp_token.request(DIGEST, 7) + b"x", "bad_data_format"),
    ],
)
async def test_what_is_not_stamped(
    box: Box, root: x509.Certificate, http: httpx.AsyncClient, request_der: bytes, failure: str
) -> None:
    reply = await http.post(f"{box.url('trust')}/tsa", content=request_der)
    with pytest.raises(Rejected, match=failure):
        timestamp_token.read(reply.content, digest=DIGEST, nonce=7, roots=[root], now=datetime.now(UTC))


async def test_a_stamp_is_believed_only_for_its_digest_nonce_root_and_time(
    box: Box, root: x509.Certificate, http: httpx.AsyncClient
) -> None:
    asked = timestamp_token.request(DIGEST, 7)
    response = (await http.post(f"{box.url('trust')}/tsa", content=asked)).content
    now = datetime.now(UTC)
    assert timestamp_token.read(response, digest=DIGEST, nonce=7, roots=[root], now=now)

    def refused(answer: bytes = response, **other: object) -> None:
        known = {"digest": DIGEST, "nonce": 7, "roots": [root], "now": now}
        with pytest.raises(NotGenuine):
            timestamp_token.read(answer, **{**known, **other})  # type: ignore[arg-type]

    refused(digest=hashlib.sha256(b"another").digest())
    refused(nonce=8)
    refused(roots=[])
    refused(now=now + timedelta(hours=1))
    refused(response[:-1] + bytes([response[-1] ^ 1]))
    refused(b"<html>")
    assert await _every_flip_is_refused(response, refused)


async def _every_flip_is_refused(response: bytes, refused: Callable[[bytes], None]) -> bool:
    """A changed byte of digest, time or serial number inside the token breaks the signature."""
    for marker in (DIGEST, response[response.index(b"\x18\x0f") :][:17]):
        place = response.index(marker) + len(marker) - 2
        refused(response[:place] + bytes([response[place] ^ 1]) + response[place + 1 :])
    return True


async def test_a_dead_authority_is_not_replaced_by_our_clock(trust: HttpTrustServices, box: Box) -> None:
    await box.fault("trust", "/tsa", "error")
    with pytest.raises(AgencyDown):
        await trust.timestamp(DIGEST)
    await box.fault("trust", "/tsa", "malformed")
    with pytest.raises(AgencyDown):
        await trust.timestamp(DIGEST)


async def test_enrolment_gives_a_chain_and_the_same_one_again(box: Box, trust: HttpTrustServices) -> None:
    exchange = box.exchange("trust", trust.http)
    request = csr()
    chain = await enrol(exchange, request, "PLATFORM")
    assert chain == await enrol(exchange, request, "PLATFORM")
    leaf, issuing, root = [x509.load_der_x509_certificate(der) for der in chain]
    leaf.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(root)
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.digital_signature, usage.content_commitment, usage.key_cert_sign) == (True, True, False)
    assert await trust.issuer(chain[0]) == chain[1]
    acts = [act for act in (await box.ledger("trust"))["acts"] if act["reference"] == "PLATFORM"]
    assert len(acts) == 1


async def test_enrolment_refuses_what_it_cannot_vouch_for(box: Box, http: httpx.AsyncClient) -> None:
    exchange = box.exchange("trust", http)
    request = csr()
    forged = request[:-1] + bytes([request[-1] ^ 1])
    mail = (x509.NameAttribute(NameOID.EMAIL_ADDRESS, "a@example.test"),)
    for der, code in ((b"nonsense", "csr_unreadable"), (forged, "csr_refused"), (csr(more=mail), "csr_refused")):
        with pytest.raises(AgencyRefused, match=code):
            await enrol(exchange, der, "X")
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    other = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    with pytest.raises(AgencyRefused, match="csr_key"):
        await enrol(exchange, other.public_bytes(Encoding.DER), "X")
    as_person = {"reference": "X", "usage": "person", "csr_b64": "AAAA"}
    assert (await box.send("trust", "POST", "/enrol", as_person, purpose="enrol")).data["code"] == "usage_not_allowed"


async def test_ocsp_and_list_before_and_after_revocation(box: Box, trust: HttpTrustServices) -> None:
    chain = await enrol(box.exchange("trust", trust.http), csr("곧 폐지될 봉인"), "REVOKE-ME")
    serial = x509.load_der_x509_certificate(chain[0]).serial_number
    assert _status(await trust.ocsp(chain[0], chain[1])) is ocsp.OCSPCertStatus.GOOD
    assert _status(await trust.ocsp(chain[1], chain[2])) is ocsp.OCSPCertStatus.GOOD
    assert x509.load_der_x509_crl(await trust.crl(chain[0])).get_revoked_certificate_by_serial_number(serial) is None
    assert await box.control("trust", "POST", "/revoke", {"serial": f"{serial:x}"}) == {"revoked": True}
    assert _status(await trust.ocsp(chain[0], chain[1])) is ocsp.OCSPCertStatus.REVOKED
    assert x509.load_der_x509_crl(await trust.crl(chain[0])).get_revoked_certificate_by_serial_number(serial)
    assert await box.control("trust", "POST", "/revoke", {"serial": f"{serial:x}"}) == {"revoked": False}


def _status(der: bytes) -> ocsp.OCSPCertStatus:
    return ocsp.load_der_ocsp_response(der).certificate_status


async def test_ocsp_about_strangers(box: Box, trust: HttpTrustServices) -> None:
    """Unknown to the responder is said; a question about another issuer gets no answer at all."""
    chain = await enrol(box.exchange("trust", trust.http), csr(), "KNOWN")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody")])
    now = datetime.now(UTC)
    issuer = x509.load_der_x509_certificate(chain[1]).subject
    builder = x509.CertificateBuilder(issuer, name, key.public_key(), 4711).not_valid_before(now)
    stranger = builder.not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
    assert _status(await trust.ocsp(stranger, chain[1])) is ocsp.OCSPCertStatus.UNKNOWN
    with pytest.raises(AgencyDown):
        await trust.ocsp(chain[0], stranger)
    reply = await trust.http.post(f"{box.url('trust')}/ocsp", content=b"nonsense")
    answer = ocsp.load_der_ocsp_response(reply.content)
    assert answer.response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


async def test_certificates_send_us_nowhere_else(trust: HttpTrustServices) -> None:
    stranger = HttpTrustServices("http://127.0.9.9:1", trust.trusted, trust.http)
    with pytest.raises(AgencyRefused):
        await stranger.crl(trust.trusted[0])
    with pytest.raises(AgencyDown):
        await stranger.timestamp(DIGEST)
