"""``onjip draw verify`` with real time stamps and a real seal, and what it refuses before it looks."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from contracts import cms
from law.drawing.proof import Levels
from law.drawing.rows import read_rows
from law.drawing.selection import withhold_results
from law.drawing.transcript import (
    Body,
    Count,
    Envelope,
    Run,
    Transcript,
    body_sha256,
    count_digest,
    root1_digest,
    root2_digest,
    run,
)
from onjip import verify_draw
from onjip.bench.pki import Holder, Pki, token

VECTORS = Path(__file__).parents[1] / "vectors" / "draw"
AT = "2026-10-12T01:00:00Z"
Files = Callable[..., tuple[Path, Path]]


@pytest.fixture(scope="module")
def pki() -> Pki:
    return Pki()


@pytest.fixture(scope="module")
def operator(pki: Pki) -> Holder:
    return pki.person("한국부동산원", organisation="한국부동산원")


@pytest.fixture(scope="module")
def vector() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((VECTORS / "small.json").read_text())
    return found


@pytest.fixture(scope="module")
def drawn(vector: dict[str, Any]) -> Run:
    body = Body.model_validate(vector["transcript"]["body"])
    return run(body.head, read_rows(base64.b64decode(vector["rows"])), body.ceremony, body.program)


async def sealed(body: bytes, who: Holder) -> bytes:
    chain = cms.load_chain(who.der[:2])
    attributes = cms.attributes(hashlib.sha256(body).digest(), chain)
    return cms.detached(body, who.der[:2], attributes, who.sign(attributes))


def envelope(body: Body, pki: Pki, who: Holder) -> Envelope:
    def stamp(digest: bytes) -> str:
        return base64.b64encode(token(digest, pki.tsa)).decode()

    seal = asyncio.run(sealed(body.canonical(), who))
    return Envelope(
        body_sha256=body_sha256(body), counts=(Count(at=AT, count=5, stamp=stamp(count_digest(body.head, AT, 5))),),
        root1_stamp=stamp(root1_digest(body.head, body.fixed().root1, body.count)),
        root2_stamp=stamp(root2_digest(body.head, body.fixed())), seal=base64.b64encode(seal).decode(),
        seal_stamp=stamp(hashlib.sha256(seal).digest()),
    )  # fmt: skip


@pytest.fixture
def files(tmp_path: Path, pki: Pki, operator: Holder, drawn: Run) -> Files:
    """A transcript and a trust list as files; ``body`` and ``who`` to have another one sealed, by another."""

    def write(body: Body = drawn.body, who: Holder = operator, pins: tuple[Holder, ...] = ()) -> tuple[Path, Path]:
        made = Transcript(body=body, envelope=envelope(body, pki, who))
        (tmp_path / "draw-transcript.json").write_bytes(made.canonical())
        pinned = b"".join(one.certificate.public_bytes(Encoding.PEM) for one in pins)
        (tmp_path / "trust.pem").write_bytes(pki.trust_pem + pinned)
        return tmp_path / "draw-transcript.json", tmp_path / "trust.pem"

    return write


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_a_genuine_draw(files: Files, operator: Holder, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify_draw.draw(*files()) == 0
    out = said(capsys)
    assert "✗" not in out
    assert "한국부동산원" in out
    assert verify_draw.draw(*files(pins=(operator,))) == 0


def test_the_seal_of_somebody_else(
    files: Files, pki: Pki, operator: Holder, capsys: pytest.CaptureFixture[str]
) -> None:
    stranger = pki.person("아무개")
    assert verify_draw.draw(*files(who=stranger, pins=(operator,))) == 1
    assert said(capsys).count("✗") == 1


def test_other_authorities_are_not_believed(files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, trust = files()
    trust.write_bytes(Pki().trust_pem)
    assert verify_draw.draw(file, trust) == 1
    assert said(capsys).count("✗") == 5  # counts, both roots, seal, and its time


@pytest.mark.parametrize("field", ["root1_stamp", "root2_stamp", "seal_stamp", "seal"])
def test_a_token_that_covers_something_else(files: Files, field: str, capsys: pytest.CaptureFixture[str]) -> None:
    file, trust = files()
    document = json.loads(file.read_bytes())
    other = {"root1_stamp": "root2_stamp"}.get(field, "root1_stamp")
    document["envelope"][field] = document["envelope"][other]
    file.write_text(json.dumps(document))
    assert verify_draw.draw(file, trust) == 1
    assert "✗" in said(capsys)


def test_ones_own_result(files: Files, drawn: Run, vector: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    file, trust = files()
    ticket = vector["proofs"][0]["ticket"]
    assert verify_draw.draw(file, trust, ticket=ticket) == 0
    assert ticket in said(capsys)
    assert verify_draw.draw(file, trust, ticket="00" * 16) == 1
    assert "명단에 없는 접수번호" in said(capsys)


def outside(drawn: Run) -> Body:
    """The same draw as if its list were too long to stand inside."""
    return drawn.body.model_copy(update={"listing": drawn.body.listing.model_copy(update={"inline": None})})


def test_an_own_proof_without_the_list(
    files: Files, drawn: Run, vector: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proof, ticket = tmp_path / "proof.json", vector["proofs"][0]["ticket"]
    proof.write_text(json.dumps(vector["proofs"][0]))
    assert verify_draw.draw(*files(outside(drawn)), ticket=ticket, proof=proof) == 0
    assert "다른 사람의 결과는 다시 추첨하지 않았습니다" in said(capsys)
    assert verify_draw.draw(*files(), ticket="00" * 16, proof=proof) == 1
    proof.write_text(json.dumps({**vector["proofs"][0], "row": vector["proofs"][1]["row"]}))
    assert verify_draw.draw(*files(outside(drawn)), proof=proof) == 1
    proof.write_text("{}")
    assert verify_draw.draw(*files(), proof=proof) == 1


def test_a_list_beside_the_transcript(files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """More than 20,000 tickets: the list is named by its hash."""
    from onjip.bench import draw as bench  # noqa: PLC0415 - made-up applicants by the thousand

    made = run(bench._head(), bench.make_rows(20_001), bench._ceremony(), "test")
    assert made.body.listing.inline is None
    listing = tmp_path / "list.bin"
    listing.write_bytes(made.listing)
    file, trust = files(made.body)
    assert verify_draw.draw(file, trust, listing=listing) == 1
    out = said(capsys)
    assert out.count("✗") == 2  # made-up terms are not lawful, so nothing was drawn again; all else holds
    assert verify_draw.draw(file, trust) == 1
    assert "✗" in said(capsys)
    for wrong in (made.listing[:-1], made.listing + b"\0", b""):
        listing.write_bytes(wrong)
        assert verify_draw.draw(file, trust, listing=listing) == 1
        assert "잘렸거나" in said(capsys)
    listing.write_bytes(made.listing[:-1] + bytes([made.listing[-1] ^ 1]))
    assert verify_draw.draw(file, trust, listing=listing) == 1
    assert said(capsys).count("✗") > 2, "one bit more than what does not hold anyway"


def test_levels_of_whole_rows_prove_withheld_ones(drawn: Run, vector: dict[str, Any]) -> None:
    rows = read_rows(base64.b64decode(vector["rows"]))
    levels = Levels(rows, withhold_results(drawn.body.head, rows, drawn.selection))
    assert levels.proof(vector["proofs"][0]["ticket"]).path2 == tuple(vector["proofs"][0]["path2"])


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{", b'{"body": 1}', b'{"body": 1, "body": 2}', b'{"body": NaN}', b"[" * 100_000, b"\xff\xfe",
     b'{"body": {"count": -1}, "envelope": {}}', b" " * (16 * 1024 * 1024 + 1)],
)  # fmt: skip
def test_refused_without_an_exception(
    content: bytes, files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, trust = files()
    (tmp_path / "hostile").write_bytes(content)
    assert verify_draw.draw(tmp_path / "hostile", trust) == 1
    assert "✗" in said(capsys)


def test_a_truncated_transcript(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    file, trust = files()
    file.write_bytes(file.read_bytes()[:-1])
    assert verify_draw.draw(file, trust) == 1
    assert "읽을 수 없습니다" in said(capsys)
