"""A contract stays provable for decades: its archive time stamp is renewed before certificate or algorithm ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import contract_samples as samples
import pytest
from asn1crypto import x509
from contract_attacks import failures, flip

from contracts import algorithms
from contracts.reading import read
from contracts.verify import verify_file
from domain.errors import AgencyDown, Invalid, Malformed, WrongState
from onjip.bench.pki import Holder, issue

if TYPE_CHECKING:
    from conftest import Signing

LIFE, STEP, RENEWALS = 700, 500, 6  # days of a certificate, days between two renewals
DAY = timedelta(days=1)


async def sealed_file(here: Signing) -> bytes:
    return (await here.revisions(samples.supply()))[-1]


async def later(here: Signing, pdf: bytes, days: int) -> bytes:
    """After these days the authority has another certificate, and the file another stamp."""
    here.pki.ahead += days * DAY
    here.pki.new_tsa(LIFE)
    renewed, report = await here.works.renew(pdf)
    assert report.valid
    assert renewed.startswith(pdf), "what was there stays as it is"
    return renewed


@pytest.fixture(scope="module")
async def decade(deployment: Callable[[], Signing]) -> tuple[Signing, list[bytes], datetime]:
    """A deployment over 3,000 days: the file as sealed and after each renewal, and when it was sealed."""
    here = deployment()
    here.pki.new_tsa(LIFE)
    begun, files = here.pki.now, [await sealed_file(here)]
    for _ in range(RENEWALS):
        files.append(await later(here, files[-1], STEP))
    return here, files, begun


@pytest.mark.long
async def test_a_chain_of_stamps_holds_after_three_thousand_days(
    decade: tuple[Signing, list[bytes], datetime],
) -> None:
    here, files, begun = decade
    at = begun + 3000 * DAY
    report = verify_file(files[-1], here.pki.trust_pem, at=at)
    assert report.valid
    assert [one["name"] for one in report.signers] == ["김하늘", "신예린", "온집"]
    assert read(files[-1]).signed[-RENEWALS - 1 :] == [f"archive_{n}" for n in range(1, RENEWALS + 2)]
    ends = [one.until for one in report.stamps]
    assert sum(one.until < at for one in report.stamps) == RENEWALS - 1, "five certificates have really ended"
    assert all(before.until > after.at for before, after in zip(report.stamps, report.stamps[1:], strict=False))
    assert ends == sorted(ends)


@pytest.mark.long
async def test_what_was_not_renewed_is_noticed(decade: tuple[Signing, list[bytes], datetime]) -> None:
    here, files, begun = decade
    trust = here.pki.trust_pem
    for number, file in enumerate(files[:3]):
        end = begun + (number * STEP + LIFE) * DAY
        assert verify_file(file, trust, at=end - 2 * DAY).valid
        late = verify_file(file, trust, at=end + 2 * DAY)
        assert [entry.code for entry in late.findings if not entry.ok] == ["archived"]
        assert [one["name"] for one in late.signers] == ["김하늘", "신예린", "온집"], "still it says who signed"


async def test_nothing_helps_once_it_is_too_late(deployment: Callable[[], Signing]) -> None:
    here = deployment()
    here.pki.new_tsa(LIFE)
    sealed = await sealed_file(here)
    here.pki.ahead += (LIFE + 1) * DAY
    here.pki.new_tsa(LIFE)
    with pytest.raises(Invalid) as refused:
        await here.works.renew(sealed)
    assert refused.value.code == "archived"


async def test_a_stamp_by_an_authority_that_was_revoked_since(deployment: Callable[[], Signing]) -> None:
    here = deployment()
    sealed = await sealed_file(here)
    here.pki.revoke(here.pki.tsa)
    here.pki.new_tsa()
    with pytest.raises(Invalid) as refused:
        await here.works.renew(sealed)
    assert refused.value.code == "archived"


async def test_only_what_is_sealed_and_holds_is_renewed(
    deployment: Callable[[], Signing], signing: Signing, supply_files: Sequence[bytes]
) -> None:
    for pdf in supply_files[:-1]:
        with pytest.raises(WrongState) as refused:
            await signing.works.renew(pdf)
        assert refused.value.code == "not_sealed"
    with pytest.raises(Malformed):
        await signing.works.renew(b"%PDF-1.7")
    sealed = supply_files[-1]
    broken = flip(sealed, sealed.index(b"stream\n") + 3000)
    with pytest.raises((Invalid, Malformed)):
        await signing.works.renew(broken)
    with pytest.raises((Invalid, AgencyDown)):
        await deployment().works.renew(sealed)  # a platform that does not know this file's authorities


async def test_a_tampered_file_is_not_made_good_by_a_renewal(
    decade: tuple[Signing, list[bytes], datetime],
) -> None:
    here, files, _ = decade
    for place in (20_000, len(files[0]) - 30_000, len(files[2]) - 9_000):
        assert failures(flip(files[-1], place), here.pki.trust_pem)


# Algorithms


def path(*holders: Holder) -> list[x509.Certificate]:
    return [x509.Certificate.load(holder.der[0]) for holder in holders]


def test_the_first_end_counts() -> None:
    root = issue("root", None, ca=1, days=(-1, 9))
    middle = issue("ca", root, ca=0, days=(-1, 300))
    leaf = issue("tsa", middle, days=(-1, 400))
    until = algorithms.believed_until(path(leaf, middle, root), "sha256")
    assert until == middle.certificate.not_valid_after_utc, "the issuer ends first; a root's dates are nobody's matter"
    long = issue("tsa", middle, days=(-1, 20_000))
    middle = issue("ca", root, ca=0, days=(-1, 20_000))
    assert algorithms.believed_until(path(long, middle, root), "sha256").date() == date(2035, 12, 31)


@pytest.mark.parametrize(
    ("algorithm", "bits", "end"),
    [("ec", 256, 2035), ("ec", 384, 2035), ("rsa", 4096, 2035), ("rsa", 3072, 2035), ("rsa", 2048, 2030),
     ("rsa", 1024, 1), ("ec", 192, 1), ("ed25519", 256, 1), ("dsa", 2048, 1)],
)  # fmt: skip
def test_until_when_a_key_is_believed(algorithm: str, bits: int, end: int) -> None:
    assert algorithms.key_end(algorithm, bits).year == end


def test_a_digest_that_nobody_knows_is_not_believed() -> None:
    assert algorithms.digest_end("sha1") == algorithms.digest_end("md5") == algorithms.LONG_AGO
    assert algorithms.digest_end("sha256") > datetime(2090, 1, 1, tzinfo=UTC)
    assert all(row.source for row in (*algorithms.table().keys, *algorithms.table().digests))


async def test_after_its_algorithm_ended_an_authority_stamps_nothing(deployment: Callable[[], Signing]) -> None:
    here = deployment()
    sealed = await sealed_file(here)
    here.pki.ahead = datetime(2036, 1, 2, tzinfo=UTC) - datetime.now(UTC)
    here.pki.new_tsa(LIFE)
    with pytest.raises(AgencyDown) as refused:
        await here.works.renew(sealed)
    assert refused.value.code == "timestamp_invalid"
