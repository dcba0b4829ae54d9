"""Contracts and documents for the stories: the port ``ContractWorks`` on WeasyPrint, pyHanko and the platform's key."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime

from asn1crypto import pem

from contracts import cms, libraries, packet, signing
from contracts.archiving import renew
from contracts.authorities import Authorities
from contracts.bounded import BoundedVerifier
from contracts.platform_key import PlatformKey
from contracts.render import render
from contracts.sealing import seal
from contracts.trust import Trust
from domain.contracts import ContractTerms, Prepared, VerifyReport
from domain.errors import Invalid
from domain.ports import TrustServices

VERIFYING = 2  # files at a time, each in a process of its own


class Works:
    """Runs in the documents worker only. Long work is done in a thread, so that the worker keeps answering."""

    def __init__(
        self,
        trust: TrustServices,
        platform_key_pem: bytes,
        platform_chain_der: Sequence[bytes],
        roots_der: Sequence[bytes],
    ) -> None:
        libraries.prepare()
        self._authorities = Authorities(trust, Trust.from_der(roots_der))
        self._key = PlatformKey(platform_key_pem, platform_chain_der)
        self._trust_pem = b"".join(pem.armor("CERTIFICATE", der) for der in roots_der)
        self._verifier = BoundedVerifier(at_once=VERIFYING)

    async def render(self, terms: ContractTerms) -> tuple[bytes, int]:
        return await asyncio.to_thread(render, terms)

    async def preview(self, terms: ContractTerms) -> bytes:
        return (await asyncio.to_thread(render, terms, draft=True))[0]

    async def prepare(self, pdf: bytes, *, field: str, chain: Sequence[bytes]) -> tuple[bytes, Prepared]:
        return await signing.prepare(pdf, field=field, chain=chain, authorities=self._authorities)

    async def finish(self, prepared_pdf: bytes, prepared: Prepared, signature: bytes) -> bytes:
        return await signing.finish(prepared_pdf, prepared, signature, self._authorities)

    async def seal(self, pdf: bytes) -> tuple[bytes, VerifyReport]:
        return await self._sound(await seal(pdf, self._key, self._authorities))

    async def renew(self, pdf: bytes) -> tuple[bytes, VerifyReport]:
        return await self._sound(await renew(pdf, self._authorities))

    async def stamp_lasts(self) -> datetime:
        return (await self._authorities.stamp_of(b"how long")).until

    async def _sound(self, pdf: bytes) -> tuple[bytes, VerifyReport]:
        """What our own verifier finds valid; Invalid with its first reason against it otherwise."""
        found = await self.verify(pdf)
        for entry in found.findings:
            if not entry.ok:
                raise Invalid(entry.code, field=entry.subject, article="전자서명법 제2조", ko=entry.ko, en=entry.en)
        return pdf, found

    async def verify(self, pdf: bytes) -> VerifyReport:
        return await asyncio.to_thread(self._verifier.verify, pdf, self._trust_pem)

    def close(self) -> None:
        """Ends the verifying processes. They also end with this one."""
        self._verifier.close()

    async def signed_attributes(self, body: bytes, chain: Sequence[bytes]) -> tuple[str, str]:
        digest = hashlib.sha256(body).digest()
        attrs = cms.attributes(digest, cms.load_chain(chain))
        return digest.hex(), base64.b64encode(attrs).decode()

    async def detached_cms(self, body: bytes, chain: Sequence[bytes], signed_attrs: str, signature: bytes) -> str:
        content = cms.detached(body, chain, base64.b64decode(signed_attrs), signature)
        return base64.b64encode(content).decode()

    async def seal_body(self, body: bytes) -> str:
        attrs = cms.attributes(hashlib.sha256(body).digest(), cms.load_chain(self._key.chain))
        content = cms.detached(body, self._key.chain, attrs, self._key.sign(attrs))
        return base64.b64encode(content).decode()

    async def packet(self, files: dict[str, bytes], manifest: dict[str, object]) -> bytes:
        return await asyncio.to_thread(packet.build, files, manifest, self._key)
