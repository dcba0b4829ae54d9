"""Tools of a forger: low-level signing that asks nobody, later revisions, edits in place."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pikepdf
from asn1crypto import cms, keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from contracts.authorities import Authorities
from contracts.platform_key import PlatformKey
from contracts.sealing import add_seal
from contracts.signing import QuietWriter
from contracts.trust import Trust
from contracts.verify import verify_file
from onjip.bench.pki import Holder, Pki, token

Name = generic.NameObject


def failures(pdf: bytes, trust_pem: bytes) -> set[str]:
    """Why the file is rejected. It must be."""
    report = verify_file(pdf, trust_pem)
    assert not report.valid
    assert all(entry.ko and entry.en for entry in report.findings)
    return {entry.code for entry in report.findings if not entry.ok}


class Stamper(TimeStamper):
    """Stamps with ``tsa``, over ``digest`` instead of the right one when given."""

    def __init__(self, tsa: Holder, digest: bytes | None = None) -> None:
        super().__init__(include_nonce=False)
        self._tsa, self._digest = tsa, digest

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> object:
        return cms.ContentInfo.load(token(self._digest or message_digest, self._tsa))


@dataclass(frozen=True)
class Forger:
    """Signs fields without any of the checks of ``contracts``. ``stamper`` None: no time stamp at all."""

    stamper: TimeStamper | None

    async def sign(
        self, pdf: bytes, field: str, holder: Holder, *, certify: bool = False, new_box: tuple[int, ...] | None = None
    ) -> bytes:
        store = SimpleCertificateStore()
        chain = [asn1_x509.Certificate.load(der) for der in holder.der]
        store.register_multiple(chain[1:])
        der = holder.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        key = keys.PrivateKeyInfo.load(der)
        metadata = signers.PdfSignatureMetadata(
            field_name=field, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, certify=certify,
            docmdp_permissions=MDPPerm.FILL_FORMS,
        )  # fmt: skip
        spec = SigFieldSpec(field, box=new_box) if new_box else None  # type: ignore[arg-type]
        signer = signers.PdfSigner(
            metadata,
            signer=signers.SimpleSigner(chain[0], key, store, embed_roots=False),
            timestamper=self.stamper,
            new_field_spec=spec,
        )
        output = await signer.async_sign_pdf(QuietWriter(io.BytesIO(pdf)), existing_fields_only=spec is None)
        return bytes(output.getvalue())


async def stamped_by(pdf: bytes, field: str, stamper: TimeStamper) -> bytes:
    """One more time stamp over the whole file, by whoever likes."""
    timestamper = signers.PdfTimeStamper(stamper, field_name=field)
    output = await timestamper.async_timestamp_pdf(QuietWriter(io.BytesIO(pdf)), "sha256", bytes_reserved=12_000)
    return bytes(output.getvalue())


def rewritten(pdf: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    """An unsigned contract that is changed before anybody signs it."""
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        change(opened)
        opened.save(output, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return output.getvalue()


async def seal_unchecked(pdf: bytes, pki: Pki, platform: Holder, roots: list[bytes]) -> bytes:
    """A platform that seals whatever it is given."""
    return await add_seal(pdf, PlatformKey(platform.pem, platform.der[:2]), Authorities(pki, Trust.from_der(roots)))


def revise(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """One more revision after the last."""
    writer = QuietWriter(io.BytesIO(pdf))
    change(writer)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def cut(pdf: bytes, revisions: int) -> bytes:
    """Without the last ``revisions`` revisions."""
    end = len(pdf)
    for _ in range(revisions + 1):
        end = pdf.rindex(b"%%EOF", 0, end)
    return pdf[: end + len(b"%%EOF\n")]


def flip(pdf: bytes, at: int, bit: int = 1) -> bytes:
    return pdf[:at] + bytes([pdf[at] ^ bit]) + pdf[at + 1 :]


def field_named(writer: IncrementalPdfFileWriter, name: str) -> Any:
    fields = (field.get_object() for field in writer.root["/AcroForm"]["/Fields"])
    return next(field for field in fields if field["/T"] == name)


def stripped(pdf: bytes, field: str) -> bytes:
    """The time stamp of this field's signature, taken out; it is in nobody's signed attributes."""
    reader = PdfFileReader(io.BytesIO(pdf))
    one = next(one for one in reader.embedded_signatures if one.field_name == field)
    start = int(one.byte_range[1]) + 1
    content = cms.ContentInfo.load(bytes(one.pkcs7_content))
    content["content"]["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([])
    room = len(one.pkcs7_content)
    return pdf[:start] + content.dump(force=True).ljust(room, b"\0").hex().upper().encode() + pdf[start + 2 * room :]


def in_ber(pdf: bytes, depth: int) -> bytes:
    """The last container again, with indefinite lengths in its outer ``depth`` levels: other bytes, same meaning."""
    start = pdf.rindex(b"/Contents <") + len(b"/Contents <")
    end = pdf.index(b">", start)
    content = bytes.fromhex(pdf[start:end].decode())
    loose = _loosened(content[: _length(content, 0)], depth)
    return pdf[:start] + loose.ljust(len(content), b"\0").hex().upper().encode() + pdf[end:]


def _length(data: bytes, at: int) -> int:
    octets = data[at + 1] & 0x7F if data[at + 1] & 0x80 else 0
    return 2 + octets + (int.from_bytes(data[at + 2 : at + 2 + octets], "big") if octets else data[at + 1])


def _loosened(data: bytes, depth: int) -> bytes:
    output, at = b"", 0
    while at < len(data):
        piece = data[at : at + _length(data, at)]
        at += len(piece)
        if piece[0] & 0x20 and depth:
            head = 2 + (piece[1] & 0x7F if piece[1] & 0x80 else 0)
            piece = piece[:1] + b"\x80" + _loosened(piece[head:], depth - 1) + b"\0\0"
        output += piece
    return output
