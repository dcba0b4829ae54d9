"""The offline verifier accepts the real thing, today and in ten years, and says who signed when."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import contract_samples as samples
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader

from contracts.verify import verify_file
from domain.contracts import VerifyReport
from onjip.bench.pki import Pki

if TYPE_CHECKING:
    from conftest import Signing


@pytest.fixture(scope="module")
def report(sealed: bytes, trust_pem: bytes) -> VerifyReport:
    return verify_file(sealed, trust_pem)


def test_a_sealed_sale_is_valid(report: VerifyReport) -> None:
    assert [entry.code for entry in report.findings if not entry.ok] == []
    assert report.valid
    assert all(entry.ko and entry.en for entry in report.findings)
    assert report.terms == samples.sale().model_dump(mode="json")


def test_it_says_who_signed_when(report: VerifyReport) -> None:
    signers = report.signers
    assert [one["name"] for one in signers] == ["최민준", "윤서아", "정다온", "한가람", "온집"]
    assert [one["role"] for one in signers] == ["seller", "buyer", "seller_broker", "buyer_broker", "platform"]
    moments = [datetime.fromisoformat(str(one["signed_at"])) for one in signers]
    assert moments == sorted(moments)
    assert all(timedelta(0) <= datetime.now(UTC) - moment < timedelta(minutes=10) for moment in moments)
    assert str(signers[0]["serial_number"]).startswith("idr_")


async def test_a_supply_contract_is_valid(supply_files: Sequence[bytes], signing: Signing) -> None:
    assert (await signing.works.verify(supply_files[-1])).valid


@pytest.mark.parametrize("days", [1, 8, 3000])
def test_it_stays_valid_when_all_answers_are_old(supply_files: Sequence[bytes], trust_pem: bytes, days: int) -> None:
    assert verify_file(supply_files[-1], trust_pem, at=datetime.now(UTC) + timedelta(days=days)).valid


def test_an_archive_stamp_that_was_not_renewed_in_time(supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    report = verify_file(supply_files[-1], trust_pem, at=datetime.now(UTC) + timedelta(days=4000))
    assert [entry.code for entry in report.findings if not entry.ok] == ["archived"]


def test_nobody_is_trusted_without_a_list(sealed: bytes) -> None:
    for text in (b"", b"garbage", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"):
        report = verify_file(sealed, text)
        assert not report.valid
        assert [entry.code for entry in report.findings] == ["trust"]


def test_another_root_is_not_trusted(supply_files: Sequence[bytes], caplog: pytest.LogCaptureFixture) -> None:
    report = verify_file(supply_files[-1], Pki().trust_pem)
    codes = {entry.code for entry in report.findings if not entry.ok}
    assert {"archived", "certificate_untrusted", "timestamp"} <= codes
    assert "김하늘" not in caplog.text  # a library would have logged the certificate's subject


def test_the_platform_can_be_pinned(supply_files: Sequence[bytes], signing: Signing) -> None:
    sealed = supply_files[-1]
    platform = signing.platform.certificate.public_bytes(Encoding.PEM)
    other = signing.holder("박지호").certificate.public_bytes(Encoding.PEM)
    assert verify_file(sealed, signing.pki.trust_pem + platform).valid
    report = verify_file(sealed, signing.pki.trust_pem + other)
    assert [entry.code for entry in report.findings if not entry.ok] == ["platform"]


def test_a_partial_file_can_be_looked_at(sale_files: Sequence[bytes], trust_pem: bytes) -> None:
    report = verify_file(sale_files[2], trust_pem, expected_parties_from_embedded=False)
    assert not report.valid
    assert [one["name"] for one in report.signers] == ["최민준", "윤서아"]
    assert "complete" not in {entry.code for entry in report.findings}


def test_an_unsigned_file_is_not_valid(sale_files: Sequence[bytes], trust_pem: bytes) -> None:
    for complete in (True, False):
        assert not verify_file(sale_files[0], trust_pem, expected_parties_from_embedded=complete).valid


def test_the_evidence_is_inside(sealed: bytes) -> None:
    store = PdfFileReader(io.BytesIO(sealed)).root["/DSS"]
    assert len(store["/Certs"]) >= 8  # four people, the platform, the TSA, the issuing CA, the root
    assert len(store["/OCSPs"]) == 7  # each of them but the root
