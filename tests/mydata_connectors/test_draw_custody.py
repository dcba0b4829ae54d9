"""A custodian's drawer: a share is handed out for one time-stamped list and no other, and never read otherwise."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from domain.errors import AgencyRefused
from domain.words import Agency
from law.custody import custody_of, new_nonce, split
from law.drawing.hashing import tagged
from mydata_connectors.timestamps import HttpTrustServices

BODIES = ("applyhome", "lh", "trust")
HEAD = "ab" * 32
ROOT1, ROOT2 = "11" * 32, "22" * 32


@pytest.mark.parametrize("body", BODIES)
async def test_a_share_is_handed_out_for_the_stamped_list_only(
    sandbox: Any, http: httpx.AsyncClient, body: str
) -> None:
    box = sandbox(*BODIES)
    drawer, notice = box.exchange(Agency(body), http), f"{body}-2026000001"
    nonce = new_nonce()
    shares = split(nonce, BODIES, 2)
    commitments = {one.body: one.commitment for one in custody_of(nonce, shares, 2).custodians}
    given = {
        "reference": f"D-{body}", "notice_id": notice, "head_sha256": HEAD, "commitment": commitments[body],
        "share": shares[body].hex(),
    }  # fmt: skip

    async def refused(path: str, purpose: str, said: dict[str, Any]) -> str:
        with pytest.raises(AgencyRefused) as no:
            await drawer.post(path, said, purpose=purpose)
        return no.value.code

    other = shares["lh" if body != "lh" else "trust"].hex()
    assert await refused("/shares", "deposit_share", {**given, "share": other}) == "share_differs"
    first = (await drawer.post("/shares", given, purpose="deposit_share")).data
    assert (await drawer.post("/shares", given, purpose="deposit_share")).data == first, "again is the same answer"
    found = await drawer.get("/shares", query={"reference": f"D-{body}"}, purpose="lookup")
    assert found.data["items"] == [first]
    assert shares[body].hex() not in found.body.decode(), "looked up, never read"
    assert await refused("/shares", "deposit_share", {**given, "head_sha256": "cd" * 32}) == "share_kept_already"

    roots = x509.load_pem_x509_certificates((await http.get(f"{box.url('trust')}/trust.pem")).content)
    trust = HttpTrustServices(box.url("trust"), [one.public_bytes(Encoding.DER) for one in roots], http)
    asked = {
        "reference": f"R-{body}", "notice_id": notice, "root1": ROOT1, "root2": ROOT2, "count": 5, "program": "onjip",
        "stamp_b64": await stamped(trust, ROOT2),
    }  # fmt: skip
    for wrong in (
        {"root2": "33" * 32}, {"root1": ROOT2}, {"count": 6}, {"program": "other"}, {"stamp_b64": "AAAA"},
        {"stamp_b64": await stamped(trust, ROOT2, head="cd" * 32)},
    ):  # fmt: skip
        assert await refused("/shares/release", "release_share", {**asked, **wrong}) == "stamp_invalid"
    unknown = {**asked, "notice_id": "lh-0"}
    assert await refused("/shares/release", "release_share", unknown) == "unknown_share"
    out = (await drawer.post("/shares/release", asked, purpose="release_share")).data
    assert out["share"] == shares[body].hex()
    assert (await drawer.post("/shares/release", asked, purpose="release_share")).data == out
    found = await drawer.get("/shares/release", query={"reference": f"R-{body}"}, purpose="lookup")
    assert found.data["items"] == [out], "what was answered and lost is found again"
    second = {**asked, "root2": "33" * 32, "stamp_b64": await stamped(trust, "33" * 32)}
    assert await refused("/shares/release", "release_share", second) == "released_already"
    acts = [act["kind"] for act in (await box.ledger(body))["acts"] if act["kind"].startswith("share")]
    assert acts == ["share", "share_release"], "each once"


async def stamped(trust: HttpTrustServices, root2: str, head: str = HEAD) -> str:
    parts = (ROOT1, root2)
    fixed = [bytes.fromhex(one) for one in (head, *parts)]
    digest = tagged("root2", *fixed, (5).to_bytes(8, "big"), b"onjip")
    return base64.b64encode(await trust.timestamp(digest)).decode()
