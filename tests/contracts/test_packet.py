"""Transfer packets: the same bytes from the same documents, and nothing can be added, taken or changed unseen."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.jwk import ECKey

from contracts.packet import registry, verify_packet
from domain.errors import Invalid
from onjip.bench.pki import Pki

if TYPE_CHECKING:
    from conftest import Signing

FILES = {"application.json": b"{}", "attachments/contract.pdf": b"%PDF-1.7 ...", "attachments/report.json": b"[1]"}
MANIFEST: dict[str, object] = {
    "transfer": "t-1",
    "items": [
        {"path": path, "document": document, "article": article, "source": "onjip"}
        for path, document, article in (
            ("application.json", "application", "부동산등기규칙 제43조"),
            ("attachments/contract.pdf", "cause", "부동산등기규칙 제46조제1항제1호"),
            ("attachments/report.json", "report", "부동산등기규칙 제124조"),
        )
    ],
}


def opened(packet: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packet)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: Mapping[str, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return output.getvalue()


def failures(packet: bytes, trust_pem: bytes, **more: Any) -> list[tuple[str, str]]:
    return [(entry.code, entry.subject) for entry in verify_packet(packet, trust_pem, **more) if not entry.ok]


@pytest.fixture(scope="module")
async def packet(signing: Signing) -> bytes:
    return await signing.works.packet(FILES, MANIFEST)


async def test_a_packet_verifies(packet: bytes, trust_pem: bytes) -> None:
    findings = verify_packet(packet, trust_pem)
    assert all(entry.ok for entry in findings)
    assert {entry.subject for entry in findings if entry.code == "file"} == set(FILES)


async def test_the_same_documents_give_the_same_bytes(packet: bytes, signing: Signing) -> None:
    shuffled = dict(reversed(FILES.items()))
    manifest = MANIFEST | {"items": list(reversed(MANIFEST["items"]))}  # type: ignore[call-overload]
    assert await signing.works.packet(shuffled, manifest) == packet


async def test_the_manifest_tells_document_and_article(packet: bytes) -> None:
    manifest = json.loads(opened(packet)["manifest.json"])
    assert [item["path"] for item in manifest["items"]] == sorted(FILES)
    assert all(item["sha256"] and item["document"] and item["article"] for item in manifest["items"])
    assert manifest["transfer"] == "t-1"


async def test_a_common_library_reads_the_signature(packet: bytes, signing: Signing) -> None:
    public = signing.platform.key.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    files = opened(packet)
    token = jws.deserialize_compact(files["manifest.jws"], ECKey.import_key(pem), registry=registry())
    assert token.payload == files["manifest.json"]
    assert token.headers()["typ"] == "onjip-packet+jws"


async def test_changed_missing_and_extra_files_are_named(packet: bytes, trust_pem: bytes) -> None:
    files = opened(packet)
    changed = packed(files | {"application.json": b"{ }"})
    missing = packed({name: data for name, data in files.items() if name != "application.json"})
    extra = packed(files | {"attachments/late.pdf": b"x"})
    assert failures(changed, trust_pem) == [("file", "application.json")]
    assert failures(missing, trust_pem) == [("file_missing", "application.json")]
    assert failures(extra, trust_pem) == [("file_extra", "attachments/late.pdf")]


async def test_a_manifest_of_another_hand(packet: bytes, trust_pem: bytes, signing: Signing) -> None:
    files = opened(packet)
    bad_body = packed(files | {"manifest.json": files["manifest.json"].replace(b"t-1", b"t-2")})
    assert failures(bad_body, trust_pem) == [("manifest_signature", "manifest.jws")]
    assert failures(packet, Pki().trust_pem) == [("manifest_signature", "manifest.jws")]
    assert failures(packet, b"") == [("trust", "")]
    pinned = trust_pem + signing.holder("박지호").certificate.public_bytes(Encoding.PEM)
    assert failures(packet, pinned) == [("manifest_signature", "manifest.jws")]
    later = datetime.now(UTC) + timedelta(days=9999)
    assert failures(packet, trust_pem, at=later) == [("manifest_signature", "manifest.jws")]
    for token in (b"", b"a.b.c", b"eyJhbGciOiJub25lIn0.e30."):
        assert failures(packed(files | {"manifest.jws": token}), trust_pem) == [("manifest_signature", "manifest.jws")]
    assert failures(packed({"a": b""}), trust_pem) == [("manifest", "")]


@pytest.mark.parametrize("path", ["../evil", "/etc/passwd", "a/../../b", "C:/x", "a\\b", "a//b", "."])
async def test_unsafe_paths(path: str, packet: bytes, trust_pem: bytes, signing: Signing) -> None:
    stray = packed(opened(packet) | {path: b"x"})
    assert {code for code, _ in failures(stray, trust_pem)} <= {"path_unsafe", "manifest"}
    assert failures(stray, trust_pem)
    with pytest.raises(Invalid):
        await signing.works.packet({path: b"x"}, {"items": [{"path": path}]})


@pytest.mark.filterwarnings("ignore:Duplicate name")
async def test_a_name_twice(packet: bytes, trust_pem: bytes) -> None:
    output = io.BytesIO(packet)
    with zipfile.ZipFile(output, "a") as archive:
        archive.writestr("application.json", b"{}")
    assert failures(output.getvalue(), trust_pem) == [("path_unsafe", "application.json")]


async def test_a_bomb_is_not_unpacked(trust_pem: bytes) -> None:
    bomb = packed({"zeros": bytes(61_000_000)})
    assert failures(bomb, trust_pem) == [("too_large", "")]
    many = packed({f"f{number}": b"" for number in range(201)})
    assert failures(many, trust_pem) == [("too_large", "")]


async def test_noise_is_no_packet(packet: bytes, trust_pem: bytes) -> None:
    for data in (b"", b"PK", packet[: len(packet) // 2], b"%PDF-1.7"):
        assert failures(data, trust_pem) == [("manifest", "")]
    for at in range(0, len(packet), 97):
        edited = packet[:at] + bytes([packet[at] ^ 0x55]) + packet[at + 1 :]
        if opened_or_none(edited) != opened(packet):
            assert failures(edited, trust_pem)


def opened_or_none(packet: bytes) -> dict[str, bytes] | None:
    try:
        return opened(packet)
    except Exception:
        return None


async def test_manifest_and_files_must_match(signing: Signing) -> None:
    items: list[dict[str, object]] = [{"path": "a", "sha256": "0" * 64}]
    for files, manifest, code in (
        ({"a": b"x"}, {"items": []}, "manifest_incomplete"),
        ({}, {"items": items}, "manifest_incomplete"),
        ({"a": b"x"}, {"items": items * 2}, "manifest_incomplete"),
        ({"a": b"x"}, {}, "manifest_incomplete"),
        ({"a": b"x"}, {"items": items}, "digest_differs"),
    ):
        with pytest.raises(Invalid) as caught:
            await signing.works.packet(files, manifest)
        assert caught.value.code == code
