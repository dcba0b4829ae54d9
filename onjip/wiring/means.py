"""The means of signing behind one port: each request goes to where its signer's key is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.ports import SigningRequest, SigningService, SigningState
from store.devices import PREFIX

CERTIFICATE = re.compile(r"[0-9a-f]{64}")  # the handle of a device; every other handle is a person's


@dataclass(frozen=True)
class Means:
    """``domain.ports.SigningService`` of all of them: the remote service, and people's own devices."""

    remote: SigningService
    devices: SigningService

    async def certificate(self, handle: str) -> list[bytes]:
        return await self._of(handle).certificate(handle)

    async def request(self, request: SigningRequest) -> SigningState:
        return await self._of(request.subject_ref).request(request)

    async def state(self, number: str) -> SigningState:
        return await self._asked(number).state(number)

    async def cancel(self, number: str) -> SigningState:
        return await self._asked(number).cancel(number)

    def _of(self, handle: str) -> SigningService:
        return self.devices if CERTIFICATE.fullmatch(handle) else self.remote

    def _asked(self, number: str) -> SigningService:
        return self.devices if number.startswith(PREFIX) else self.remote
