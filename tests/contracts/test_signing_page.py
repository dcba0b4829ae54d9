"""What the page for signing works out of a prepared revision itself, by node: it signs nothing that does not agree."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import contract_samples as samples
import pytest
from asn1crypto import parser

from domain.contracts import Prepared

if TYPE_CHECKING:
    from conftest import Signing

NODE = shutil.which("node") or "node"  # needed (`make setup`): without it these tests fail
RUN = Path(__file__).parents[1] / "api" / "static" / "sign.js"
Revision = tuple[bytes, Prepared, bytes]


@pytest.fixture(scope="module")
async def revision(signing: Signing, sale_files: Sequence[bytes]) -> Revision:
    """The second signature's: bytes, what is asked, and the certificate of who signs."""
    buyer = signing.holder("윤서아")
    opened, prepared = await signing.works.prepare(sale_files[1], field="buyer_2", chain=buyer.der[:2])
    return opened, prepared, buyer.der[0]


def asked(prepared: Prepared, **changed: str) -> dict[str, str]:
    said = {
        "signed_attrs": prepared.signed_attrs, "document_sha256": prepared.document_digest,
        "terms_sha256": samples.sale().digest(),
    }  # fmt: skip
    return {**said, **changed}


def look(folder: Path, *jobs: tuple[bytes, dict[str, str], bytes]) -> list[Any]:
    told = []
    for number, (pdf, said, certificate) in enumerate(jobs):
        (folder / f"{number}.pdf").write_bytes(pdf)
        (folder / f"{number}.der").write_bytes(certificate)
        told.append({
            "job": "revision", "asked": said, "files": {"pdf": f"{number}.pdf", "certificate": f"{number}.der"},
        })  # fmt: skip
    (folder / "jobs.json").write_text(json.dumps(told))
    done = subprocess.run([NODE, str(RUN), str(folder)], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    answers: list[Any] = json.loads(done.stdout)
    return answers


def test_it_reads_digest_and_terms_out_of_the_file(revision: Revision, tmp_path: Path) -> None:
    pdf, prepared, certificate = revision
    (found,) = look(tmp_path, (pdf, asked(prepared), certificate))
    assert found["digest"] == prepared.document_digest
    assert found["terms"] == json.loads(samples.sale().canonical())


def test_what_does_not_agree_is_not_signed(revision: Revision, signing: Signing, tmp_path: Path) -> None:
    pdf, prepared, certificate = revision
    start, end = prepared.state["start"], prepared.state["end"]
    assert isinstance(start, int)
    assert isinstance(end, int)
    attributes = base64.b64decode(prepared.signed_attrs)
    digest = bytes.fromhex(prepared.document_digest)

    def attrs(changed: bytes) -> dict[str, str]:
        return asked(prepared, signed_attrs=base64.b64encode(changed).decode())

    said, price = asked(prepared), pdf.index(b"/MediaBox") + 9
    cases = {
        "a changed byte": ("digest_differs", (pdf[:price] + b"_" + pdf[price + 1 :], said, certificate)),
        "attributes of another document": (
            "digest_differs", (pdf, attrs(attributes.replace(digest, bytes(32))), certificate)
        ),
        "another digest said": ("digest_differs", (pdf, asked(prepared, document_sha256="0" * 64), certificate)),
        "another certificate": ("other_certificate", (pdf, said, signing.holder("최민준").der[0])),
        "attributes cut": ("attributes_unreadable", (pdf, attrs(attributes[:-1]), certificate)),
        "no attributes": ("attributes_unreadable", (pdf, attrs(b"\x31\x00"), certificate)),
        "an attribute more": ("attributes_unreadable", (pdf, attrs(_with_another(attributes)), certificate)),
        "other terms said": ("terms_differ", (pdf, asked(prepared, terms_sha256="0" * 64), certificate)),
        "bytes behind the range": ("byte_range", (pdf + b"\n", said, certificate)),
        "a gap that is not empty": ("byte_range", (pdf[: end - 2] + b"1" + pdf[end - 1 :], said, certificate)),
        "a smaller range": ("byte_range", (pdf.replace(f"0 {start} ".encode(), f"0 {start - 1} ".encode()), said,
                                           certificate)),
        "no PDF": ("byte_range", (b"%PDF-1.7\n", said, certificate)),
    }  # fmt: skip
    found = look(tmp_path, *(job for _, job in cases.values()))
    assert {name: answer.get("refused") for name, answer in zip(cases, found, strict=True)} == {
        name: code for name, (code, _) in cases.items()
    }


def _with_another(attributes: bytes) -> bytes:
    """A signing time of ours beside the others."""
    more = bytes.fromhex("301c06092a864886f70d010905310f170d3236313132333030303030305a")
    changed: bytes = parser.emit(0, 1, 17, parser.parse(attributes)[4] + more)
    return changed
