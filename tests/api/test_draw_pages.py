"""What a published draw looks like: its result for everybody, my tickets, the ceremony, and the file to keep."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "static"))
from draw_cases import Witness, drawn, head_of, rows_of
from page_reader import PAGE, get, read

from api.draw_ceremony import steps
from api.draw_figures import decimals, lines, own
from api.draw_record import Record, record_of
from api.pages.draw_file import saved_file
from api.pages.draw_words import private_lines
from domain.applications import ReceivedEntry, SelectionFacts
from domain.model import canonical_json
from domain.time import now, seoul_date
from domain.words import SupplyKind
from law.drawing.entries import Opening
from law.drawing.proof import Levels, OwnProof, check
from law.drawing.rows import EXCLUDED, LOST, REMOVED, WAITS, WON
from law.drawing.terms import Head
from store import draws
from store.tables.applications import ApplicationLineRow, ApplicationRow
from store.tables.draws import DrawRecordRow, DrawRow
from tests.law.drawing.draw_world import make_rows

if TYPE_CHECKING:
    from tests.api.conftest import Make, Site


def record(witness: Witness, count: int = 300, **terms: Any) -> Record:
    head: Head = head_of(**terms)
    return record_of(witness.document(drawn(head, rows_of(head, count))))


@pytest.fixture(scope="module")
def witness() -> Witness:
    return Witness()


def test_figures_are_those_of_the_list(witness: Witness) -> None:
    found = record(witness, small_pool=12)
    told = list(lines(found.head, found.rows, found.public))
    assert sum(one.applied for one in told) == found.body.count
    assert sum(one.won for one in told) == int((found.public.results["result"] == WON).sum())
    general = next(one for one in told if one.kind == "general")
    assert general.ratio == decimals((general.applied * 200 + general.homes) // (2 * general.homes))
    assert general.points is not None
    assert general.points.lowest <= float(general.points.mean) <= general.points.highest
    withheld = [one for one in told if one.withheld]
    assert withheld
    assert all(one.applied < 12 and one.local is None and one.points is None for one in withheld)


def test_draw_orders_and_cut_offs_of_one_ticket(witness: Witness) -> None:
    found = record(witness)
    seed = bytes.fromhex(found.body.seed)
    all_of = [own(found.head, seed, found.rows, found.public, at) for at in range(found.body.count)]
    by_lot = [(one, place) for one in all_of for place in one.places if place.pool.startswith("left:") and place.last]
    for one, place in by_lot:
        assert one.pool != place.pool or place.lot <= (place.last or 0)
    assert {one.result for one in all_of} >= {"won", "lost", "waits", "removed", "excluded"}
    assert all(not one.places for one in all_of if one.result == "excluded")


def row_of(notice_id: str, head: Head, **known: Any) -> DrawRow:
    return DrawRow(
        notice_id=notice_id, nonce_commitment=head.custody.nonce_commitment, head=head.model_dump(mode="json"),
        salt="00" * 32, **{"observers": [], **known},
    )  # fmt: skip


def test_the_ceremony_shows_what_is_published_and_nobodys_digits() -> None:
    draw = row_of(
        "lh-1", head_of(), state="revealed", root1="1" * 64, root2="2" * 64, revealed={"shares": {"notary": "ff"}}
    )
    shown = {one.name: one for one in steps(draw, (), None, {"officer"})}
    assert [one.state for one in shown.values()] == ["done"] * 5 + ["now", "now", "todo"]
    assert shown["digits"].seats == {"officer": True, "operator": False}
    assert [one.value for one in shown["revealed"].said] == ["notary"]
    draw.state, draw.revealed = "void", None
    assert [one.state for one in steps(draw, (), None, ())] == ["done"] * 4 + ["now", "todo", "todo", "todo"]


def test_the_file_to_keep_loads_nothing(witness: Witness) -> None:
    found = record(witness, count=30)
    ticket = found.rows["ticket"][3].tobytes().hex()
    proof = Levels(found.rows, found.public).proof(ticket)
    page = saved_file("ko", found, proof, found.head.digest(), trust=witness.trust_pem)
    assert not re.search(r"""(?:src|href)=["']""", page)
    assert "default-src 'none'" in page
    scripts = re.findall(r"<script(?: data-verifier)?>(.*?)</script>", page, re.DOTALL)
    assert len(scripts) == 6
    for script in scripts:
        assert f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" in page
    kept = re.search(r'id="draw-transcript">(.*?)</script>', page, re.DOTALL)
    assert kept
    assert json.loads(kept[1]) == found.transcript.model_dump(mode="json")


async def published(site: Site, make: Make, witness: Witness, **terms: Any) -> tuple[str, Record]:
    notice = await make.notice()
    found = record(witness, **terms)
    digest = await site.services.documents.put(found.document(), "application/json")
    await site.add(
        row_of(
            notice.id, found.head, state="published", transcript_sha256=digest, digits="204179583",
            root1=found.body.root1, root2=found.body.root2,
        )
    )  # fmt: skip
    return notice.id, found


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_result_and_ceremony_for_everybody(site: Site, make: Make, witness: Witness, lang: str) -> None:
    notice_id, found = await published(site, make, witness, small_pool=12)
    async with site.client() as http:
        headers = {**PAGE, "Cookie": f"onjip_language={lang}"}
        for path in (f"/notices/{notice_id}/draw", f"/notices/{notice_id}/ceremony"):
            reply = await http.get(path, headers=headers)
            assert reply.status_code == 200, path
            page = read(reply, lang)
            assert found.body.root1[:8] in reply.text or "draw-proof" in reply.text
            if lang == "en":
                assert len(re.findall("[가-힣]", page.text)) < 400
        listing = await http.get(f"/api/v1/notices/{notice_id}/draw-list")
        assert hashlib.sha256(listing.content).hexdigest() == found.body.listing.sha256
        live = await http.get(f"/notices/{notice_id}/ceremony/live", headers=headers)
        version = re.search(r"live\?v=(\w+)", live.text)
        assert version is None  # published: nothing changes any more


async def test_before_anything_is_published(site: Site, make: Make) -> None:
    notice = await make.notice()
    await site.add(row_of(notice.id, head_of()))
    browser = await site.browser()
    for path in ("draw", "draw/mine", "ceremony"):
        for lang in ("ko", "en"):
            read(await get(browser, f"/notices/{notice.id}/{path}", lang), lang)
    assert (await browser.get(f"/notices/{notice.id}/draw-list")).status_code == 404
    live = await get(browser, f"/notices/{notice.id}/ceremony/live")
    version = re.search(r"live\?v=(\w+)", live.text)
    assert version
    again = await get(browser, f"/notices/{notice.id}/ceremony/live?v={version[1]}")
    assert again.status_code == 204


@pytest.mark.parametrize(("lang", "codes"), [("ko", (WON, WAITS)), ("en", (LOST, REMOVED)), ("ko", (EXCLUDED,))])
async def test_my_draw_is_mine(site: Site, make: Make, witness: Witness, lang: str, codes: tuple[int, ...]) -> None:
    notice_id, found = await published(site, make, witness)
    me, stranger = await site.browser(), await site.browser("박지호")
    results = found.public.results["result"]
    tickets = [found.rows["ticket"][int((results == code).argmax())].tobytes().hex() for code in codes]
    await filed(site, make, me, notice_id, tickets)
    page = await get(me, f"/notices/{notice_id}/draw/mine", lang)
    assert page.status_code == 200
    read(page, lang)
    assert all(ticket in page.text for ticket in tickets)
    kept = await get(me, f"/notices/{notice_id}/draw/mine/{tickets[0]}/file", lang)
    assert kept.headers["content-disposition"].startswith("attachment")
    assert (await get(stranger, f"/notices/{notice_id}/draw/mine/{tickets[0]}/file")).status_code == 404
    assert tickets[0] not in (await get(stranger, f"/notices/{notice_id}/draw/mine")).text


async def test_my_sealed_proof_opens_my_private_part(site: Site, make: Make, witness: Witness) -> None:
    """Also where the list withholds the pool; nobody else's page or file shows it."""
    head = head_of(small_pool=1000)
    notice = await make.notice()
    received = [one_entry(f"{number + 1:032x}") for number in range(30)]
    made = make_rows(head, received, {}, b"s" * 32)
    run = drawn(head, made.rows)
    document = canonical_json(witness.document(run))
    digest = await site.services.documents.put(document, "application/json")
    await site.add(row_of(notice.id, head, state="published", transcript_sha256=digest, digits="204179583"))
    me, other = await site.browser(), await site.browser("박지호")
    mine, theirs = received[4].ticket, received[7].ticket
    await filed(site, make, me, notice.id, [mine])
    await filed(site, make, other, notice.id, [theirs])
    unstored = await get(me, f"/notices/{notice.id}/draw/mine")
    assert "2009" not in unstored.text
    assert 'id="proof-1"' not in unstored.text
    public = record_of(json.loads(document)).public
    proof = Levels(made.rows, public).proof(mine, made.openings[4])
    async with site.services.db.transaction() as session:
        await draws.keep_own_proof(session, site.services.sealed, me.id, notice.id, proof)
    paths = (f"/notices/{notice.id}/draw/mine", f"/notices/{notice.id}/draw/mine/{mine}/file")
    for lang, said in (
        ("ko", ("2009. 3. 2.(월)", "같은 도의 다른 지역", "61점", "고령자·장애인", "2026. 10. 5.(월) 10:20")),
        ("en", ("2 Mar 2009", "Elsewhere in the province", "Aged or disabled", "5 Oct 2026 10:20")),
    ):
        for path in paths:
            page = await get(me, path, lang)
            assert all(word in page.text for word in said), (lang, path)
            assert made.openings[4].salt in page.text, path
        read(await get(me, paths[0], lang), lang)
    kept = re.search(r'id="draw-proof">(.*?)</script>', (await get(me, paths[1])).text, re.DOTALL)
    assert kept
    found = OwnProof.model_validate_json(kept[1])
    assert all(check(found, run.body).values())
    assert made.openings[4].salt not in (await get(other, paths[0])).text
    assert (await get(other, paths[1])).status_code == 404


def one_entry(ticket: str) -> ReceivedEntry:
    facts = SelectionFacts(local=False, band=1, homeless=True, points=61, account_opened="2009-03-02", floor=1)
    return ReceivedEntry(
        ticket=ticket, holder=ticket, household=ticket, model_no="00", supply_kind=SupplyKind.GENERAL, facts=facts,
        received_at=datetime.fromisoformat("2026-10-05T01:20:00+00:00"),
    )  # fmt: skip


def test_what_is_not_of_its_kind_is_shown_as_it_is() -> None:
    private: dict[str, object] = {"facts": {"account_opened": "unknown", "note": "<b>"}, "received_at": "2026"}
    opening = Opening(ticket="0" * 32, salt="ab" * 16, private=private)
    assert [value for _, value in private_lines(opening, SupplyKind.GENERAL, "en")] == ["unknown", "<b>", "2026"]
    nothing = Opening(ticket="0" * 32, salt="ab" * 16, private={"facts": []})
    assert private_lines(nothing, SupplyKind.GENERAL, "ko") == []


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_a_void_draw_says_so_and_serves_its_record(site: Site, make: Make, lang: str) -> None:
    notice, head = await make.notice(), head_of()
    record = {"format": "onjip-draw-void", "reason": "nonce_not_revealed", "head": head.model_dump(mode="json")}
    digest = await site.services.documents.put(canonical_json(record), "application/json")
    ended = {"reason": "nonce_not_revealed", "at": now().isoformat()}
    await site.add(row_of(notice.id, head, state="void", root1="1" * 64, root2="2" * 64, ended=ended))
    async with site.client() as http:
        assert (await http.get(f"/api/v1/notices/{notice.id}/draw-proof")).status_code == 404, "not sealed yet"
    await site.add(
        DrawRecordRow(
            notice_id=notice.id, format="onjip-draw-void", number=1, body_sha256="ab" * 32, document_sha256=digest
        )
    )
    me = await site.browser()
    await filed(site, make, me, notice.id, ["ab" * 16])
    async with site.client() as http:
        page = await http.get(f"/notices/{notice.id}/draw", headers={**PAGE, "Cookie": f"onjip_language={lang}"})
        read(page, lang)
        words = ("무효", "아무도", "더 진행하지 않습니다") if lang == "ko" else ("This draw is void", "nobody knew")
        assert all(word in page.text for word in words)
        assert f"/api/v1/notices/{notice.id}/draw-records/onjip-draw-void/1" in page.text
        assert f"/api/v1/notices/{notice.id}/draw-proof" in page.text
        served = await http.get(f"/api/v1/notices/{notice.id}/draw-proof")
        assert hashlib.sha256(served.content).hexdigest() == digest
        assert (await http.get(f"/api/v1/notices/{notice.id}/draw-list")).status_code == 404
    mine = await get(me, f"/notices/{notice.id}/draw/mine", lang)
    read(mine, lang)
    assert f"/notices/{notice.id}/draw" in mine.text
    assert ("이 추첨은 무효입니다" if lang == "ko" else "This draw is void") in mine.text


async def filed(site: Site, make: Make, me: Any, notice_id: str, tickets: list[str]) -> None:
    """Filed here, as the agency's receipts say."""
    case_id = UUID(await make.case(me))
    application = ApplicationRow(case_id=case_id, person_id=me.id, receipt_no=f"OJ-{uuid4().hex[:8]}")
    await site.add(application)
    for number, ticket in enumerate(tickets):
        await site.add(
            ApplicationLineRow(
                application_id=application.id, person_id=me.id, notice_id=notice_id, model_no="00",
                supply_kind="general", method=("general", "special")[number], announcement_date=seoul_date(now()),
                state="filed", ticket=ticket,
            )
        )  # fmt: skip
