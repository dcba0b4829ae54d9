"""Verification for everybody: what a printed code says, what an uploaded file says, and what is kept of it."""

from __future__ import annotations

import asyncio
import hashlib
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import pytest

# Helper modules stand beside the tests; ``importlib`` mode puts no folder on the path by itself.
sys.path.insert(0, str(Path(__file__).parent))
from page_reader import PAGE, read

from api.pace import Pace
from api.routes import verify
from domain.contracts import ArchiveStamp, ContractTerms, Finding, Standing, VerifyReport
from domain.errors import NotYet
from domain.ids import new_verify_code, token_hash
from domain.time import now
from domain.words import ContractKind
from store import archive, codes, contracts, exchange, verifications
from store.tables.archive import ContractCodeRow
from store.tables.contracts import ContractRow
from store.tables.exchange import BlobRow, OutboxRow, VerificationRow

if TYPE_CHECKING:
    from tests.api.conftest import Make, Site

PDF = b"%PDF-1.7\n"
SIGNER = {
    "field": "buyer_1", "name": "김하늘", "role": "buyer", "role_ko": "매수인",
    "signed_at": "2026-11-23T05:00:00+00:00",
    "means": "joint_certificate", "algorithm": "RSA 2048, SHA-256", "subject": "CN=김하늘", "serial_number": "",
    "issuer": "CN=Sandbox Issuing CA",
}  # fmt: skip


def report(lasts: timedelta = timedelta(days=900), *, valid: bool = True) -> VerifyReport:
    stamp = ArchiveStamp(field="archive_1", at=now(), until=now() + lasts, authority="시점확인센터")
    finding = Finding(code="archived", ok=valid, subject="archive_1", ko="보관용 시점확인", en="An archive stamp")
    return VerifyReport(valid=valid, findings=(finding,), signers=(SIGNER,), stamps=(stamp,), terms={"price": 1})


@asynccontextmanager
async def stranger(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a log-in, who has not asked anything for a minute."""
    site.app.state.paces = {name: Pace(per_minute) for name, per_minute in verify.PACES.items()}
    async with site.client() as http:
        yield http


async def upload(http: httpx.AsyncClient, content: bytes) -> httpx.Response:
    return await http.post("/api/v1/verify", files={"file": ("a.pdf", content, "application/pdf")})


async def judge(site: Site, sha256: str, found: VerifyReport) -> None:
    """As the documents worker does."""
    for row in await site.rows(VerificationRow, document_sha256=sha256):
        async with site.db.transaction() as session:
            await verifications.keep_report(session, row.id, found)


@pytest.fixture
async def sealed(site: Site, make: Make) -> tuple[UUID, bytes]:
    """A sealed contract and its file, as they stand in the record."""
    broker, seller, buyer = [await site.browser(name) for name in ("정다온", "최민준", "윤서아")]
    contract_id = await make.contract(broker, ("seller", seller), ("buyer", buyer), state="sealed")
    pdf = PDF + contract_id.bytes
    await keep(site, contract_id, pdf, report())
    return contract_id, pdf


async def keep(site: Site, contract_id: UUID, pdf: bytes, found: VerifyReport) -> None:
    sha256 = hashlib.sha256(pdf).hexdigest()
    async with site.db.transaction() as session:
        await exchange.note_blob(session, sha256, "application/pdf", len(pdf))
        await archive.keep(session, contract_id, sha256, found)


async def printed(site: Site, contract_id: UUID, version: int = 1) -> str:
    """The code on the paper of a version."""
    code = new_verify_code()
    await site.add(ContractCodeRow(code_sha256=token_hash(code), contract_id=contract_id, version=version))
    return code


async def supersede(site: Site, contract_id: UUID, kind: ContractKind) -> None:
    """A later contract about this one, signed by everybody."""
    async with site.db.transaction() as session:
        old = await contracts.contract(session, contract_id)
        terms = contracts.terms_of(old).model_copy(
            update={"contract_id": UUID(int=contract_id.int ^ 1), "kind": kind, "supersedes": contract_id}
        )
        new = await contracts.add_contract(
            session, terms, case_id=old.case_id, created_by=old.created_by, supersedes=contract_id
        )
        new.state = "sealed"
        session.add(new)


# Codes


async def standing(site: Site, code: str) -> str:
    async with stranger(site) as http:
        found = await http.get(f"/api/v1/verify/codes/{code}")
        assert found.status_code == 200, found.text
        assert set(found.json()) == {"standing"}, "no names, no contents"
        page = await http.get(f"/verify/{code}", headers=PAGE)
        assert page.status_code == 200
        assert not {"최민준", "윤서아", "정다온"} & set(read(page).text.split())
    return str(found.json()["standing"])


async def test_a_code_tells_what_the_contract_is_worth(site: Site, sealed: tuple[UUID, bytes]) -> None:
    contract_id, _ = sealed
    code = await printed(site, contract_id)
    assert await standing(site, code) == Standing.CURRENT
    assert await standing(site, code.lower()) == Standing.CURRENT, "typed by hand"
    await supersede(site, contract_id, ContractKind.AMENDMENT)
    assert await standing(site, code) == Standing.SUPERSEDED


async def test_a_dissolved_contract_is_over(site: Site, sealed: tuple[UUID, bytes]) -> None:
    contract_id, _ = sealed
    code = await printed(site, contract_id)
    await supersede(site, contract_id, ContractKind.DISSOLUTION)
    assert await standing(site, code) == Standing.TERMINATED


async def test_a_contract_that_nobody_has_signed_yet(site: Site, make: Make) -> None:
    broker, buyer = await site.browser("정다온"), await site.browser("윤서아")
    contract_id = await make.contract(broker, ("buyer", buyer), state="signing")
    assert await standing(site, await printed(site, contract_id)) == Standing.UNMADE


async def test_the_paper_of_an_older_version(site: Site, sealed: tuple[UUID, bytes]) -> None:
    """The contract that was signed is another than what this paper says."""
    contract_id, _ = sealed
    async with site.db.transaction() as session:
        row = await session.get_one(ContractRow, contract_id)
        terms = ContractTerms.model_validate(row.terms).model_copy(update={"version": 2})
        row.terms = terms.model_dump(mode="json")
        session.add(row)
    assert await standing(site, await printed(site, contract_id, 1)) == Standing.SUPERSEDED
    assert await standing(site, await printed(site, contract_id, 2)) == Standing.CURRENT


async def test_a_contract_brings_its_code_into_the_record(site: Site, sealed: tuple[UUID, bytes]) -> None:
    contract_id, _ = sealed
    async with site.db.transaction() as session:
        terms = contracts.terms_of(await contracts.contract(session, contract_id))
        coded = terms.model_copy(update={"verify_code": new_verify_code()})
        for _ in range(2):
            await codes.remember(session, coded)
    assert await standing(site, coded.verify_code) == Standing.CURRENT


async def test_every_unknown_code_gets_the_same_answer(site: Site, sealed: tuple[UUID, bytes]) -> None:
    code = await printed(site, sealed[0])
    asked = (new_verify_code(), code[:-1], code + "A", "x", "%00", "가", "'; --", "A" * 100)
    async with stranger(site) as http:
        answers = [await http.get(f"/api/v1/verify/codes/{one}") for one in asked]
        pages = [await http.get(f"/verify/{one}", headers=PAGE) for one in asked]
    told = [{key: value for key, value in one.json().items() if key != "instance"} for one in answers]
    assert {one.status_code for one in (*answers, *pages)} == {404}
    assert all(one == told[0] for one in told)
    assert told[0]["code"] == "unknown_code"
    assert len({one.text.replace(asked[n], "") for n, one in enumerate(pages[:3])}) == 1


async def test_codes_are_not_guessed_in_bulk(site: Site) -> None:
    async with stranger(site) as http:
        answers = [await http.get(f"/api/v1/verify/codes/{new_verify_code()}") for _ in range(70)]
    assert [one.status_code for one in answers] == [404] * 60 + [503] * 10
    assert answers[-1].json()["code"] == "too_often"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 61


def test_a_pace_is_each_addresss_own() -> None:
    pace = Pace(2)
    for address in ("a", "a", "b", "b"):
        pace.step(address)
    for address in ("a", "b"):
        with pytest.raises(NotYet):
            pace.step(address)
    pace.step("c")


# Files


async def test_a_file_is_judged_elsewhere_and_its_report_belongs_to_the_ticket(site: Site) -> None:
    pdf = PDF + b"somebody's"
    async with stranger(site) as http:
        answer = await upload(http, pdf)
        told = answer.json()
        assert (answer.status_code, told["sha256"]) == (202, hashlib.sha256(pdf).hexdigest())
        waiting = (await http.get(told["url"])).json()
        assert (waiting["state"], waiting["report"], waiting["listed"]) == ("verifying", None, False)
        (row,) = await site.rows(VerificationRow, document_sha256=told["sha256"])
        (promised,) = await site.rows(OutboxRow, workflow_id=f"verify-{row.id}")
        assert promised.payload == {"verification_id": str(row.id)}
        await judge(site, told["sha256"], report(valid=False))
        done = (await http.get(told["url"])).json()
        assert (done["state"], done["report"]["valid"], done["listed"]) == ("done", False, False)
        for guess in (told["sha256"], told["ticket"][:-1], str(row.id), row.ticket_sha256):
            assert (await http.get(f"/api/v1/verify/{guess}")).status_code == 404
        again = (await upload(http, pdf)).json()
        assert again["ticket"] != told["ticket"]
    assert [one.document for one in await site.rows(VerificationRow, ticket_sha256=row.ticket_sha256)] == [None]
    assert await site.rows(BlobRow, sha256=told["sha256"]) == [], "what somebody uploads is no document of ours"


async def test_a_file_of_ours_is_known_at_once(site: Site, sealed: tuple[UUID, bytes]) -> None:
    contract_id, pdf = sealed
    async with stranger(site) as http:
        told = (await upload(http, pdf)).json()
        found = (await http.get(told["url"])).json()
        assert (found["state"], found["listed"], found["standing"], found["newer"]) == ("done", True, "current", False)
        assert found["report"]["signers"] == [SIGNER]
        rows = await site.rows(VerificationRow, document_sha256=told["sha256"])
        assert await site.rows(OutboxRow, workflow_id=f"verify-{rows[0].id}") == [], "nobody needs to look"
        await keep(site, contract_id, pdf + b" renewed", report())
        older = (await http.get((await upload(http, pdf)).json()["url"])).json()
        newest = (await http.get((await upload(http, pdf + b" renewed")).json()["url"])).json()
        assert (older["listed"], older["newer"]) == (True, True)
        assert (newest["listed"], newest["newer"]) == (True, False)


async def test_a_file_of_ours_whose_stamp_has_ended_is_judged_again(
    site: Site, make: Make, sealed: tuple[UUID, bytes]
) -> None:
    contract_id, pdf = sealed
    await keep(site, contract_id, pdf + b" old", report(timedelta(seconds=-1)))
    async with stranger(site) as http:
        found = (await http.get((await upload(http, pdf + b" old")).json()["url"])).json()
    assert (found["state"], found["listed"]) == ("verifying", True)


async def test_the_parties_download_the_newest_file(site: Site, make: Make) -> None:
    broker, buyer = await site.browser("정다온"), await site.browser("윤서아")
    contract_id = await make.contract(broker, ("buyer", buyer), state="sealed")
    renewed = PDF + contract_id.bytes + b" renewed"
    await site.services.documents.put(renewed, "application/pdf")
    await keep(site, contract_id, PDF + contract_id.bytes, report())
    await keep(site, contract_id, renewed, report())
    got = await buyer.get(f"/contracts/{contract_id}/document")
    assert got.content == renewed
    assert got.headers["etag"] == f'"{hashlib.sha256(renewed).hexdigest()}"'


async def test_strangers_do_not_fill_the_verifiers_queue(site: Site) -> None:
    await judge_all(site)
    documents = [PDF + b"%d" % number for number in range(verify.MOST_WAITING + 3)]
    async with stranger(site) as http:
        answers = await asyncio.gather(*(upload(http, one) for one in documents))
        assert sorted(answer.status_code for answer in answers) == [202] * verify.MOST_WAITING + [503] * 3
        late = next(answer for answer in answers if answer.status_code == 503)
        assert (late.json()["code"], late.headers["retry-after"]) == ("verifying", "5")
    await judge_all(site)
    async with stranger(site) as http:
        assert (await upload(http, PDF + b"one more")).status_code == 202


async def judge_all(site: Site) -> None:
    for row in await site.rows(VerificationRow):
        async with site.db.transaction() as session:
            await verifications.keep_report(session, row.id, report(valid=False))


async def test_one_address_uploads_so_many_a_minute(site: Site, sealed: tuple[UUID, bytes]) -> None:
    async with stranger(site) as http:
        most = verify.PACES["uploads"]
        answers = [await upload(http, sealed[1]) for _ in range(most + 2)]
    assert [one.status_code for one in answers] == [202] * most + [503] * 2
    assert answers[-1].json()["code"] == "too_often"


# Pages


async def page_of(http: httpx.AsyncClient, pdf: bytes, **more: Any) -> httpx.Response:
    files = {"file": ("a.pdf", pdf, "application/pdf")}
    sent = await http.post("/verify", data=more, files=files, headers=PAGE)
    assert sent.status_code == 303, sent.text
    return await http.get(sent.headers["location"], headers=PAGE)


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_the_page_of_a_genuine_contract(site: Site, sealed: tuple[UUID, bytes], lang: str) -> None:
    async with stranger(site) as http:
        http.cookies.set("onjip_language", lang)
        page = await page_of(http, sealed[1])
        shown = read(page, lang).text
    for word in {"ko": ("진짜 계약서입니다", "지금 유효한 계약입니다", "공동인증서", "믿을 수 있는 마지막 날"),
                 "en": ("genuine", "in force", "joint certificate", "Believed until")}[lang]:  # fmt: skip
        assert word in shown
    assert "김하늘" in shown
    assert "hx-get" not in page.text, "nothing is waited for"


async def test_the_page_of_what_is_no_contract(site: Site) -> None:
    pdf = PDF + b"a stranger's page"
    async with stranger(site) as http:
        waiting = await page_of(http, pdf)
        assert "확인하고 있습니다" in waiting.text
        path = str(waiting.request.url.path)
        assert (await http.get(f"{path}/live?v=verifying", headers=PAGE)).status_code == 204
        await judge(site, hashlib.sha256(pdf).hexdigest(), report(valid=False))
        done = (await http.get(f"{path}/live?v=verifying", headers=PAGE)).text
        assert "이 문서를 믿지 마십시오" in done
        assert "archived" in done, "with its reason's code"
        assert (await http.get("/verify/files/unknown", headers=PAGE)).status_code == 404


async def test_a_genuine_file_that_our_record_does_not_have(site: Site) -> None:
    pdf = PDF + b"genuine, but not as we gave it out"
    async with stranger(site) as http:
        waiting = await page_of(http, pdf)
        await judge(site, hashlib.sha256(pdf).hexdigest(), report())
        done = (await http.get(str(waiting.request.url.path), headers=PAGE)).text
    assert "온집의 기록에는 없는 파일입니다" in done
    assert "지금 유효한 계약입니다" not in done


async def test_the_page_refuses_what_is_no_pdf(site: Site) -> None:
    async with stranger(site) as http:
        refused = await http.post("/verify", files={"file": ("a.pdf", b"hello", "text/plain")}, headers=PAGE)
        assert refused.status_code == 422
        assert "PDF 파일이 아닙니다" in refused.text
        nothing = await http.post("/verify", files={"file": ("", b"", "text/plain")}, headers=PAGE)
        assert nothing.status_code == 422
