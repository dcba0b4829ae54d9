"""Contracts and documents for the stories: the port ``ContractWorks`` on WeasyPrint, pyHanko and the platform's key."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Sequence

from contracts import cms, libraries, packet, signing
from contracts.authorities import Authorities
from contracts.platform_key import PlatformKey
from contracts.render import render
from contracts.sealing import seal
from contracts.trust import Trust
from contracts.verify import verify_with
from domain.contracts import ContractTerms, Prepared, VerifyReport
from domain.ports import TrustServices


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

    async def render(self, terms: ContractTerms) -> tuple[bytes, int]:
        return await asyncio.to_thread(render, terms)

    async def prepare(self, pdf: bytes, *, field: str, chain: Sequence[bytes], reason: str) -> tuple[bytes, Prepared]:
        return await signing.prepare(pdf, field=field, chain=chain, reason=reason, authorities=self._authorities)

    async def finish(self, prepared_pdf: bytes, prepared: Prepared, signature: bytes) -> bytes:
        return await signing.finish(prepared_pdf, prepared, signature, self._authorities)

    async def seal(self, pdf: bytes) -> bytes:
        return await seal(pdf, self._key, self._authorities)

    async def verify(self, pdf: bytes) -> VerifyReport:
        return await asyncio.to_thread(verify_with, pdf, self._authorities.trust)

    async def signed_attributes(self, body: bytes, chain: Sequence[bytes]) -> tuple[str, str]:
        digest = hashlib.sha256(body).digest()
        attrs = await cms.attributes(digest, cms.load_chain(chain))
        return digest.hex(), base64.b64encode(attrs).decode()

    async def detached_cms(self, body: bytes, chain: Sequence[bytes], signed_attrs: str, signature: bytes) -> str:
        content = await cms.detached(body, chain, base64.b64decode(signed_attrs), signature)
        return base64.b64encode(content).decode()

    async def seal_body(self, body: bytes) -> str:
        attrs = await cms.attributes(hashlib.sha256(body).digest(), cms.load_chain(self._key.chain))
        content = await cms.detached(body, self._key.chain, attrs, self._key.sign(attrs))
        return base64.b64encode(content).decode()

    async def packet(self, files: dict[str, bytes], manifest: dict[str, object]) -> bytes:
        return await asyncio.to_thread(packet.build, files, manifest, self._key)
