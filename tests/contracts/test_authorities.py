"""Real refusals of time-stamp authority, OCSP and CA: at signing, sealing and renewal each of them stops the act.

Nothing falls back to our own clock; what another must repair is ``AgencyDown`` and is tried again.
"""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import contract_samples as samples
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from contracts.reading import read
from contracts.works import Works
from domain.errors import AgencyDown, Invalid
from onjip.bench.pki import Pki, issue

if TYPE_CHECKING:
    from conftest import Signing

TSA = "시험 시점확인센터"
Trouble = Callable[["Troubled"], None]


class Troubled(Pki):
    """The same authorities as another one, with something wrong. ``answers``: instead of an OCSP answer."""

    answers: bytes | None = None

    @classmethod
    def like(cls, pki: Pki) -> Troubled:
        found = copy.copy(pki)
        found.__class__ = cls
        found.revoked = set(pki.revoked)
        assert isinstance(found, cls)
        return found

    async def ocsp(self, certificate: bytes, issuer: bytes) -> bytes:
        if self.answers == b"":
            raise OSError("the responder is down")
        return self.answers or await super().ocsp(certificate, issuer)


def tsa_of(purpose: x509.ObjectIdentifier, days: tuple[int, int]) -> Trouble:
    def trouble(pki: Troubled) -> None:
        pki.tsa = issue(TSA, pki.ca, purpose=purpose, days=days)

    return trouble


def answering(answers: bytes) -> Trouble:
    return lambda pki: setattr(pki, "answers", answers)


UNSUCCESSFUL = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER).public_bytes(Encoding.DER)
STAMPS: dict[str, tuple[Trouble, str]] = {
    "down": (lambda pki: setattr(pki, "fail", True), "timestamp_failed"),
    "another digest": (lambda pki: setattr(pki, "stamp_other", True), "timestamp_invalid"),
    "another root": (lambda pki: setattr(pki, "tsa", Pki().tsa), "timestamp_invalid"),
    "wrong purpose": (tsa_of(ExtendedKeyUsageOID.CODE_SIGNING, (-1, 100)), "timestamp_invalid"),
    "expired": (tsa_of(ExtendedKeyUsageOID.TIME_STAMPING, (-9, -2)), "timestamp_invalid"),
    "not valid yet": (tsa_of(ExtendedKeyUsageOID.TIME_STAMPING, (2, 100)), "timestamp_invalid"),
    "revoked": (lambda pki: pki.revoke(pki.tsa), "timestamp_invalid"),
    "OCSP down": (answering(b""), "ocsp_failed"),
    "OCSP says nonsense": (answering(b"<html>"), "ocsp_invalid"),
    "OCSP says later": (answering(UNSUCCESSFUL), "ocsp_invalid"),
}  # fmt: skip


async def act(name: str, here: Signing, works: Works, files: Sequence[bytes]) -> None:
    """One of the acts that need an authority, by a platform with these ``works``."""
    buyer = here.holder("김하늘")
    match name:
        case "prepare":
            await works.prepare(files[0], field="buyer_1", chain=buyer.der[:2])
        case "finish":
            opened, prepared = await here.works.prepare(files[0], field="buyer_1", chain=buyer.der[:2])
            await works.finish(opened, prepared, buyer.sign(base64.b64decode(prepared.signed_attrs)))
        case "seal":
            await works.seal(files[-2])
        case "renew":
            await works.renew(files[-1])


def works_with(here: Signing, pki: Pki) -> Works:
    return Works(pki, here.platform.pem, here.platform.der[:2], here.pki.root.der[:1])


@pytest.mark.parametrize("name", ["prepare", "finish", "seal", "renew"])
@pytest.mark.parametrize("trouble", STAMPS)
async def test_an_authority_that_cannot_be_used(
    name: str, trouble: str, signing: Signing, supply_files: Sequence[bytes]
) -> None:
    make, code = STAMPS[trouble]
    pki = Troubled.like(signing.pki)
    make(pki)
    with pytest.raises(AgencyDown) as refused:
        await act(name, signing, works_with(signing, pki), supply_files)
    assert refused.value.code == code


@pytest.mark.parametrize("name", ["prepare", "finish", "seal", "renew"])
async def test_without_trouble_each_act_succeeds(name: str, signing: Signing, supply_files: Sequence[bytes]) -> None:
    """Else the refusals above would prove nothing."""
    await act(name, signing, works_with(signing, Troubled.like(signing.pki)), supply_files)


@pytest.mark.parametrize("name", ["prepare", "finish", "seal"])
async def test_a_signer_whose_certificate_does_not_hold(
    name: str, deployment: Callable[[], Signing], signing: Signing, supply_files: Sequence[bytes]
) -> None:
    """Revoked at the CA since: stopped at every later step. A renewal is about the stamps only: it was valid then."""
    pki = Troubled.like(signing.pki)
    pki.revoke(signing.holder("김하늘"))
    with pytest.raises(Invalid) as refused:
        await act(name, signing, works_with(signing, pki), supply_files)
    assert refused.value.code == "certificate_revoked"
    await act("renew", signing, works_with(signing, pki), supply_files)


async def test_a_responder_that_nobody_appointed(signing: Signing, supply_files: Sequence[bytes]) -> None:
    """It says good, but no authority stands behind it."""
    pki = Troubled.like(signing.pki)
    pki._responders = {name: Pki().person("아무나") for name in pki._responders}
    with pytest.raises(AgencyDown):
        await act("prepare", signing, works_with(signing, pki), supply_files)


async def test_the_time_is_the_authoritys(deployment: Callable[[], Signing]) -> None:
    """An authority that lives in another year: its time stands in the file, ours nowhere."""
    here = deployment()
    here.pki.ahead = timedelta(days=400)
    files = await here.revisions(samples.supply())
    _, report = await here.works.renew(files[-1])
    moments = [datetime.fromisoformat(str(one["signed_at"])) for one in report.signers]
    shown = [one.self_reported_timestamp for one in read(files[-1]).signatures if one.field_name != "archive_1"]
    assert all(moment > datetime.now(UTC) + timedelta(days=399) for moment in (*moments, *shown))


async def test_an_authority_is_asked_about_once_in_a_while(deployment: Callable[[], Signing]) -> None:
    here = deployment()
    works = works_with(here, here.pki)
    pdf, _ = await works.render(samples.supply())
    buyer = here.holder("김하늘")
    here.pki.asked.clear()
    for _ in range(3):
        await works.prepare(pdf, field="buyer_1", chain=buyer.der[:2])
    about = here.pki.asked.count("ocsp")
    here.pki.ahead += timedelta(minutes=6)
    await works.prepare(pdf, field="buyer_1", chain=buyer.der[:2])
    again = here.pki.asked.count("ocsp") - about
    assert again > about / 3, "after five minutes of the authority's own time it is asked about again"
