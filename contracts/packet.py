"""Transfer packet: a zip whose bytes depend on its contents alone, with a manifest that the platform signs."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from asn1crypto import x509
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_der_x509_certificate
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from contracts import libraries
from contracts.findings import finding
from contracts.platform_key import PlatformKey
from contracts.policy import DATES_ONLY
from contracts.trust import NoTrust, Trust, check_chain, load
from domain.contracts import Finding
from domain.errors import Invalid
from domain.model import canonical_json
from domain.time import now

MANIFEST, SIGNATURE = "manifest.json", "manifest.jws"
TYPE = "onjip-packet+jws"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the zero of zip: a packet's age stands in its documents
MAX_FILES = 200
MAX_BYTES = 60_000_000  # all files together, unpacked
MAX_PATH = 120
MAX_HEADER, MAX_MANIFEST = 16_384, 262_144  # bytes of the JWS parts
COORDINATE = 32  # bytes of r and of s in ES256


def build(files: Mapping[str, bytes], manifest: Mapping[str, object], key: PlatformKey) -> bytes:
    """Deterministic zip. ``manifest["items"]`` names every file once (path, document, article, source).

    Digests and sizes are filled in here; a digest that is already given must agree. Raises Invalid.
    """
    listed = manifest.get("items", ())
    items = [dict(item) for item in listed] if isinstance(listed, list | tuple) else []
    paths = [str(item.get("path", "")) for item in items]
    if sorted(paths) != sorted(files) or len(set(paths)) != len(paths) or any(not _safe(path) for path in paths):
        raise _refused("manifest_incomplete", "목록과 파일이 서로 맞지 않습니다.", "Manifest and files do not match.")
    for item in items:
        digest = hashlib.sha256(files[item["path"]]).hexdigest()
        if item.setdefault("sha256", digest) != digest:
            raise _refused("digest_differs", "목록의 지문과 파일이 다릅니다.", "A file is not the one that is listed.")
        item["size"] = len(files[item["path"]])
    body = canonical_json({**manifest, "v": 1, "items": sorted(items, key=lambda item: str(item["path"]))})
    return _zip({**files, MANIFEST: body, SIGNATURE: sign(body, key)})


def sign(body: bytes, key: PlatformKey) -> bytes:
    """Compact JWS (ES256, x5c) over ``body``; the same body gives the same bytes."""
    chain = [base64.b64encode(der).decode() for der in key.chain]
    head = _b64(canonical_json({"alg": "ES256", "typ": TYPE, "x5c": chain}))
    text = head + b"." + _b64(body)
    r, s = decode_dss_signature(key.sign(text))
    return text + b"." + _b64(r.to_bytes(COORDINATE, "big") + s.to_bytes(COORDINATE, "big"))


def verify_packet(packet: bytes, trust_pem: bytes, *, at: datetime | None = None) -> list[Finding]:
    """Every file of a packet against its signed manifest. Never raises on a packet; names what fails."""
    libraries.prepare()
    try:
        trust = Trust.from_pem(trust_pem)
    except NoTrust:
        return [finding("trust", False)]
    try:
        return list(_verify(packet, trust, at or now()))
    except Exception:  # hostile zips and tokens fail in many ways; each of them is a no
        return [finding("manifest", False)]


def _verify(packet: bytes, trust: Trust, at: datetime) -> Iterator[Finding]:
    with zipfile.ZipFile(io.BytesIO(packet)) as archive:
        entries = archive.infolist()
        names = [entry.filename for entry in entries]
        for name in names:
            if not _safe(name) or names.count(name) > 1:
                yield finding("path_unsafe", False, name[:MAX_PATH])
                return
        if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > MAX_BYTES:
            yield finding("too_large", False)
            return
        found = {entry.filename: _unpack(archive, entry) for entry in entries}
    body = found.pop(MANIFEST)
    yield finding("manifest_signature", _signed(body, found.pop(SIGNATURE), trust, at), SIGNATURE)
    listed = {str(item["path"]): str(item["sha256"]) for item in json.loads(body)["items"]}
    yield finding("manifest", True, MANIFEST)
    for name in sorted(listed.keys() | found.keys()):
        if name not in found:
            yield finding("file_missing", False, name)
        elif name not in listed:
            yield finding("file_extra", False, name)
        else:
            yield finding("file", hashlib.sha256(found[name]).hexdigest() == listed[name], name)


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """At most the announced size is read: a header that lies about it cannot fill the memory."""
    with archive.open(entry) as stream:
        data = stream.read(entry.file_size + 1)
    if len(data) != entry.file_size:
        raise ValueError("the size in the header is wrong")
    return data


def _signed(body: bytes, token: bytes, trust: Trust, at: datetime) -> bool:
    """The JWS is over exactly these bytes, by a key whose chain leads to a root (and is pinned, where pins are)."""
    try:
        head: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token.split(b".")[0] + b"=="))
        chain = [base64.b64decode(part, validate=True) for part in head["x5c"]]
        public = load_der_x509_certificate(chain[0]).public_key()
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        payload = jws.deserialize_compact(token, ECKey.import_key(pem), registry=registry()).payload
        certificates = [load(der) for der in chain]
        libraries.run(_check(certificates, trust, at))
    except (JoseError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        return False
    pinned = {pin.sha256 for pin in trust.pins}
    return payload == body and head.get("typ") == TYPE and (not pinned or certificates[0].sha256 in pinned)


async def _check(chain: list[x509.Certificate], trust: Trust, at: datetime) -> None:
    try:
        await check_chain(chain, trust, at=at, ocsps=(), policy=DATES_ONLY)
    except Exception as error:
        raise ValueError("the platform's certificate is not trusted") from error


def registry() -> jws.JWSRegistry:
    """ES256 alone, with room for a certificate chain in the header and a long manifest."""
    allowed = jws.JWSRegistry(algorithms=["ES256"])
    allowed.max_header_length = MAX_HEADER
    allowed.max_payload_length = MAX_MANIFEST
    return allowed


def _zip(files: Mapping[str, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return output.getvalue()


def _safe(path: str) -> bool:
    parts = path.split("/")
    plain = all(part not in ("", ".", "..") for part in parts) and "\\" not in path and ":" not in path
    return plain and len(path) <= MAX_PATH and path.isprintable()


def _b64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _refused(code: str, ko: str, en: str) -> Invalid:
    return Invalid(code, field="manifest", article="부동산등기규칙 제46조", ko=ko, en=en)
