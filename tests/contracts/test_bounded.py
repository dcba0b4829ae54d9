"""The verifier at arm's length: as good as the plain one, and whatever a file does to it, the next one is judged."""

from __future__ import annotations

import io
import os
import signal
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from pikepdf import Dictionary, Name, String

from contracts.bounded import BoundedVerifier, Limits
from contracts.verify import verify_file
from domain.contracts import VerifyReport

GIB = 1 << 30


@pytest.fixture(scope="module")
def verifier() -> Iterator[BoundedVerifier]:
    with BoundedVerifier(at_once=2) as found:
        yield found


def codes(report: VerifyReport) -> list[str]:
    return [entry.code for entry in report.findings if not entry.ok]


def test_it_says_what_the_plain_one_says(
    supply_files: Sequence[bytes], trust_pem: bytes, verifier: BoundedVerifier
) -> None:
    now, late = datetime.now(UTC), datetime.now(UTC) + timedelta(days=4000)
    for pdf in (supply_files[-1], supply_files[0], b"%PDF-1.7", b""):
        for at in (now, late):
            for complete in (True, False):
                plain = verify_file(pdf, trust_pem, expected_parties_from_embedded=complete, at=at)
                assert verifier.verify(pdf, trust_pem, complete=complete, at=at) == plain
    assert codes(verifier.verify(supply_files[-1], b"no list")) == ["trust"]


def test_several_at_a_time(supply_files: Sequence[bytes], trust_pem: bytes, verifier: BoundedVerifier) -> None:
    files = [supply_files[-1], b"%PDF-1.7", supply_files[-1], b"", supply_files[0]]
    with ThreadPoolExecutor(5) as threads:
        reports = list(threads.map(lambda pdf: verifier.verify(pdf, trust_pem), files))
    assert [report.valid for report in reports] == [True, False, True, False, False]


@pytest.mark.long
def test_a_file_that_takes_too_long(supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    """So little that even a genuine file exceeds it; the next file finds a new process."""
    with BoundedVerifier(limits=Limits(cpu_s=0.05)) as impatient:
        report = impatient.verify(supply_files[-1], trust_pem)
        assert (report.valid, codes(report)) == (False, ["too_costly"])
        assert codes(impatient.verify(b"%PDF-1.7", trust_pem)) == ["readable"]


def test_a_file_for_which_nothing_moves(supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    with BoundedVerifier(limits=Limits(wall_s=0.0)) as impatient:
        assert codes(impatient.verify(supply_files[-1], trust_pem)) == ["too_costly"]


def with_attachment(stream: bytes) -> bytes:
    """A PDF whose contract.json is this deflated stream."""
    output = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        data = pdf.make_stream(b"")
        data.write(stream, filter=Name.FlateDecode)
        file = pdf.make_indirect(Dictionary(Type=Name.Filespec, F=String("a"), EF=Dictionary(F=data)))
        files = Dictionary(Names=pikepdf.Array([String("contract.json"), file]))
        pdf.Root.Names = Dictionary(EmbeddedFiles=files)
        pdf.save(output, stream_decode_level=pikepdf.StreamDecodeLevel.none, recompress_flate=False)
    return output.getvalue()


@pytest.mark.long
def test_a_small_file_that_unpacks_to_more_than_there_is(trust_pem: bytes, verifier: BoundedVerifier) -> None:
    packer, parts = zlib.compressobj(9), []
    for _ in range(2 * GIB >> 24):
        parts.append(packer.compress(bytes(1 << 24)))
    bomb = with_attachment(b"".join(parts) + packer.flush())
    assert len(bomb) < 4 << 20
    report = verifier.verify(bomb, trust_pem)
    assert not report.valid
    assert codes(report)[0] in ("too_costly", "readable")


def test_a_file_that_leads_down_without_end(trust_pem: bytes, verifier: BoundedVerifier) -> None:
    deep = b"%PDF-1.7\n1 0 obj\n" + b"[" * 200_000 + b"]" * 200_000 + b"\nendobj\n"
    at = len(deep)
    deep += b"xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer\n<</Root 1 0 R/Size 2>>\n"
    report = verifier.verify(deep + b"startxref\n%d\n%%%%EOF\n" % at, trust_pem)
    assert codes(report)[0] in ("too_costly", "readable")


def test_too_little_memory(supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    with BoundedVerifier(limits=Limits(memory=64 << 20)) as poor:
        assert codes(poor.verify(supply_files[-1], trust_pem)) == ["too_costly"]


def test_a_process_that_is_killed_while_it_waits(supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    with BoundedVerifier() as verifier:
        assert verifier.verify(supply_files[-1], trust_pem).valid
        (process,) = verifier.pids
        os.kill(process, signal.SIGKILL)
        os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
        assert verifier.verify(supply_files[-1], trust_pem).valid


def test_it_ends_with_whoever_made_it(supply_files: Sequence[bytes], trust_pem: bytes) -> None:
    verifier = BoundedVerifier()
    verifier.verify(b"", trust_pem)
    (process,) = verifier.pids
    verifier.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
