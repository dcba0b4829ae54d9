"""The remote signing service: attributes and a digest out, a signature back. Keys never leave the service."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from domain.errors import AgencyDown
from domain.ports import SigningRequest, SigningState
from mydata_connectors.exchange import Exchange


@dataclass(frozen=True)
class RemoteSigning:
    """``domain.ports.SigningService``. A repeated request (same reference and content) is the same request."""

    exchange: Exchange

    async def certificate(self, identity_ref: str) -> list[bytes]:
        """The person's certificate chain, DER, leaf first, root last. AgencyRefused: nobody with a key there."""
        got = await self.exchange.get(f"/certificates/{identity_ref}")
        try:
            return [base64.b64decode(item, validate=True) for item in got.data["chain_b64"]]
        except (KeyError, TypeError, ValueError):
            raise AgencyDown("bad_answer") from None

    async def request(self, request: SigningRequest) -> SigningState:
        """Asks the person through the service. AgencyRefused: digest, attributes and certificate do not agree."""
        leaf = (await self.certificate(request.subject_ref))[0]
        body = {
            "reference": request.reference, "subject_ref": request.subject_ref, "title": request.title,
            "sum_won": request.sum_won, "document_sha256": request.document_sha256,
            "signed_attrs_b64": request.signed_attrs, "certificate_sha256": hashlib.sha256(leaf).hexdigest(),
        }  # fmt: skip
        got = await self.exchange.post("/requests", body, purpose="sign", subject_ref=request.subject_ref)
        return _state(got.data)

    async def state(self, number: str) -> SigningState:
        return _state((await self.exchange.get(f"/requests/{number}")).data)

    async def cancel(self, number: str) -> SigningState:
        """Takes a request back; what its person had decided before stands, and is the answer."""
        return _state((await self.exchange.post(f"/requests/{number}/cancellation", {}, purpose="sign")).data)


def _state(data: dict[str, Any]) -> SigningState:
    values = {"number": data.get("number"), "state": data.get("state"), "signature": data.get("signature_b64")}
    try:
        return SigningState.model_validate(values)
    except ValidationError:
        raise AgencyDown("bad_answer") from None
