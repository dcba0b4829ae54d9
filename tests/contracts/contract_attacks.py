"""Tools of a forger: low-level signing that asks nobody, later revisions, edits in place."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

from asn1crypto import cms, keys
from asn1crypto import x509 as asn1_x509
from contract_pki import Holder, Pki, token
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from contracts.authorities import Authorities
from contracts.platform_key import PlatformKey
from contracts.sealing import add_seal
from contracts.signing import QuietWriter
from contracts.trust import Trust

Name = generic.NameObject


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


def over_page(writer: IncrementalPdfFileWriter) -> None:
    stream = generic.StreamObject(stream_data=b"1 0 0 rg 100 100 200 200 re f")
    writer.add_stream_to_page(0, writer.add_object(stream))


def note(writer: IncrementalPdfFileWriter) -> None:
    annotation = generic.DictionaryObject(
        {Name("/Type"): Name("/Annot"), Name("/Subtype"): Name("/FreeText"), Name("/F"): generic.NumberObject(4),
         Name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (100, 500, 300, 600))),
         Name("/DA"): generic.TextStringObject("/F 12 Tf"), Name("/Contents"): generic.TextStringObject("1,000원")}
    )  # fmt: skip
    writer.register_annotation(writer.root["/Pages"]["/Kids"].raw_get(0), writer.add_object(annotation))


def new_title(writer: IncrementalPdfFileWriter) -> None:
    info = writer.trailer.raw_get("/Info")
    info.get_object()[Name("/Title")] = generic.TextStringObject("다른 계약서")
    writer.mark_update(info)


def new_xmp(writer: IncrementalPdfFileWriter) -> None:
    place = writer.root.raw_get("/Metadata")
    data = place.get_object().data.replace("매매".encode(), "증여".encode())
    place.get_object()._data = data
    place.get_object()._encoded_data = None
    writer.mark_update(place)


def new_attachment(writer: IncrementalPdfFileWriter) -> None:
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    place = names[1]["/EF"].raw_get("/F")
    stream = place.get_object()
    stream._data = stream.data.replace(b'"price":1235000000', b'"price":1000000000')
    stream._encoded_data = None
    writer.mark_update(place)


def without_evidence(writer: IncrementalPdfFileWriter) -> None:
    del writer.root["/DSS"]
    writer.update_root()


def with_script(writer: IncrementalPdfFileWriter) -> None:
    writer.root[Name("/OpenAction")] = generic.DictionaryObject(
        {Name("/S"): Name("/JavaScript"), Name("/JS"): generic.TextStringObject("app.alert(1)")}
    )
    writer.update_root()


def one_page_less(writer: IncrementalPdfFileWriter) -> None:
    pages = writer.root["/Pages"]
    pages[Name("/Kids")] = generic.ArrayObject(list(pages["/Kids"])[:-1])
    pages[Name("/Count")] = generic.NumberObject(len(pages["/Kids"]))
    writer.update_container(pages)


def other_stamp(writer: IncrementalPdfFileWriter) -> None:
    """The look of the seller's signature, replaced."""
    field = next(f.get_object() for f in writer.root["/AcroForm"]["/Fields"] if f.get_object()["/T"] == "seller_1")
    place = field["/AP"].raw_get("/N")
    place.get_object()._data = b"0 0 1 rg 0 0 90 40 re f"
    place.get_object()._encoded_data = None
    writer.mark_update(place)


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
