"""Open data of the agencies: plain GETs with a service key, unsigned (only TLS vouches for them).

A redirect is never followed, an answer is cut off at 5 MB, and everything ends after 10 seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from domain.errors import AgencyDown
from mydata_connectors.reading import LARGEST, PATIENCE


@dataclass(frozen=True)
class OpenData:
    """One agency's open services. ``key_name`` is how the service calls its key (``serviceKey``, vworld: ``key``)."""

    base_url: str
    service_key: str = field(repr=False)
    http: httpx.AsyncClient
    key_name: str = "serviceKey"

    async def get(self, path: str, query: Mapping[str, str], *, key_name: str = "") -> bytes:
        """The body of any answer that may say something (a 401 or 403 carries its reason). Raises AgencyDown."""
        asked = {(key_name or self.key_name): self.service_key, **query}
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._read(path, asked)
        except TimeoutError:
            raise AgencyDown("agency_timed_out") from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise AgencyDown from None

    async def _read(self, path: str, query: Mapping[str, str]) -> bytes:
        body = bytearray()
        url = f"{self.base_url}{path}"
        async with self.http.stream("GET", url, params=query, follow_redirects=False) as reply:
            if reply.is_redirect or reply.status_code >= 500 or reply.status_code == 429:
                raise AgencyDown("agency_fault")
            async for part in reply.aiter_bytes():
                body += part
                if len(body) > LARGEST:
                    raise AgencyDown("agency_answer_too_large")
        return bytes(body)
