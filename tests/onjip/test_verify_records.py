"""``onjip draw verify`` on records beside a transcript: real seals and time stamps, and what is not as told."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.draws import Authority, DrawState, Order
from law.drawing.corrected import Corrected
from law.drawing.endings import Annulled, Void
from law.drawing.rows import read_rows
from law.drawing.statements import Sealing, Statement
from law.drawing.transcript import Body, body_sha256, root1_digest, root2_digest, run
from onjip import verify_draw
from onjip.bench.pki import Holder, Pki, token
from tests.onjip.test_verify_draw import VECTORS, envelope, sealed

Write = Callable[..., Path]
MARKUP = "[/red] \x1b[31m [bold"  # would end a program that takes it for its own


@pytest.fixture(scope="module")
def pki() -> Pki:
    return Pki()


@pytest.fixture(scope="module")
def operator(pki: Pki) -> Holder:
    return pki.person("한국부동산원", organisation="한국부동산원")


@pytest.fixture(scope="module")
def bodies() -> tuple[Body, Body]:
    """The same draw with the digits that were typed, and with those that the recording shows."""
    vector = json.loads((VECTORS / "small.json").read_text())
    body = Body.model_validate(vector["transcript"]["body"])
    rows = read_rows(base64.b64decode(vector["rows"]))
    typed = body.ceremony.digits
    right = f"{next(one for one in '123' if one != typed[0])}{typed[1:]}"
    mended = body.ceremony.model_copy(update={"digits": right})
    return body, run(body.head, rows, mended, body.program).body


def stamp(digest: bytes, pki: Pki) -> str:
    return base64.b64encode(token(digest, pki.tsa)).decode()


@pytest.fixture
def write(tmp_path: Path, pki: Pki, operator: Holder) -> Write:
    """A record with its seal, as a file; a transcript where a body is given."""

    def file(one: Statement | Body, name: str = "record.json") -> Path:
        target = tmp_path / name
        if isinstance(one, Body):
            target.write_text(json.dumps({
                "body": one.model_dump(mode="json"), "envelope": envelope(one, pki, operator).model_dump(mode="json")
            }))  # fmt: skip
            return target
        seal = asyncio.run(sealed(one.canonical(), operator))
        sealing = Sealing(
            body_sha256=one.digest(), seal=base64.b64encode(seal).decode(),
            seal_stamp=stamp(hashlib.sha256(seal).digest(), pki),
        )  # fmt: skip
        target.write_text(json.dumps({"body": one.model_dump(mode="json"), "envelope": sealing.model_dump()}))
        return target

    (tmp_path / "trust.pem").write_bytes(pki.trust_pem)
    return file


def judged(file: Path, *transcripts: Path) -> int:
    return verify_draw.draw(file, file.parent / "trust.pem", transcripts=transcripts)


def void_of(body: Body, pki: Pki) -> Void:
    fixed = body.fixed()
    return Void(
        notice_id=body.head.basis.notice_id, head=body.head, program=body.program, count=body.count, root1=body.root1,
        root1_stamp=stamp(root1_digest(body.head, fixed.root1, body.count), pki), root2=body.root2,
        root2_stamp=stamp(root2_digest(body.head, fixed), pki),
    )  # fmt: skip


def annulled_of(body: Body, **changes: Any) -> Annulled:
    order = Order(
        authority=Authority.COURT, name="서울행정법원", number="2026구합123", ordered_on=date(2026, 1, 5),
        reason="절차가 법을 어김", document_sha256="0" * 64,
    )  # fmt: skip
    plain: dict[str, Any] = {
        "notice_id": body.head.basis.notice_id, "head_sha256": body.head.digest(), "state": DrawState.PUBLISHED,
        "count": body.count, "root1": body.root1, "program": body.program, "root2": body.root2,
        "body_sha256": body_sha256(body), "order": order,
    }  # fmt: skip
    return Annulled(**{**plain, **changes})


def corrected_of(old: Body, new: Body, **changes: Any) -> Corrected:
    plain: dict[str, Any] = {
        "notice_id": old.head.basis.notice_id, "superseded_sha256": body_sha256(old), "body_sha256": body_sha256(new),
        "recording_sha256": "ab" * 32, "reason": "녹화와 다르게 입력함",
    }  # fmt: skip
    return Corrected(**{**plain, **changes})


def test_a_void_draw(write: Write, bodies: tuple[Body, Body], pki: Pki, capsys: pytest.CaptureFixture[str]) -> None:
    body, _ = bodies
    record = write(void_of(body, pki))
    assert judged(record) == 0
    out = capsys.readouterr().out
    assert "추첨 무효 기록" in out
    assert "한국부동산원" in out
    assert "견주지 않았습니다" in out
    assert judged(record, write(body, "transcript.json")) == 1, "there is a result after all"
    for wrong in ({"count": body.count + 1}, {"root1": "0" * 64}, {"root2": "0" * 64}, {"program": "other"},
                  {"notice_id": "lh-0"}, {"number": 2}):  # fmt: skip
        assert judged(write(void_of(body, pki).model_copy(update=wrong))) == 1, wrong
    capsys.readouterr()


def test_an_annulled_draw(write: Write, bodies: tuple[Body, Body], capsys: pytest.CaptureFixture[str]) -> None:
    body, other = bodies
    record = write(annulled_of(body))
    assert judged(record) == 0
    assert "서울행정법원 2026구합123" in capsys.readouterr().out
    assert judged(record, write(body, "transcript.json")) == 0
    assert "견주지 않았습니다" not in capsys.readouterr().out
    assert judged(record, write(other, "transcript.json")) == 1, "another transcript"
    before_it = {"state": DrawState.REVEALED, "body_sha256": None}
    assert judged(write(annulled_of(body, **before_it))) == 0
    assert judged(write(annulled_of(body, **before_it)), write(body, "transcript.json")) == 1
    for wrong in (
        {"state": DrawState.VOID}, {"state": DrawState.REVEALED}, {"body_sha256": None}, {"root2": None},
        {"declared_by": ("operator", "operator")}, {"number": 2},
        {"order": annulled_of(body).order.model_copy(update={"ordered_on": date(2999, 1, 1)})},
        {"order": annulled_of(body).order.model_copy(update={"number": " "})},
    ):  # fmt: skip
        assert judged(write(annulled_of(body, **wrong))) == 1, wrong


def test_corrected_digits(write: Write, bodies: tuple[Body, Body], capsys: pytest.CaptureFixture[str]) -> None:
    old, new = bodies
    before, after = write(old, "before.json"), write(new, "after.json")
    record = write(corrected_of(old, new))
    assert [judged(record, *given) for given in ((), (before,), (after,), (before, after))] == [0, 0, 0, 0]
    assert "고친 추첨 숫자: 일치" in capsys.readouterr().out
    elsewhere = new.model_copy(update={"root2": "1" * 64})
    moved = write(elsewhere, "moved.json")
    assert judged(record, before, moved) == 1, "not one of the two"
    assert judged(write(corrected_of(old, elsewhere)), before, moved) == 1, "another list"
    assert judged(write(corrected_of(old, old)), before) == 1
    assert judged(write(corrected_of(old, new, typed_by=("officer", "officer")))) == 1
    assert judged(write(corrected_of(old, new, reason=""))) == 1


def test_what_was_changed_after_the_seal(
    write: Write, bodies: tuple[Body, Body], pki: Pki, capsys: pytest.CaptureFixture[str]
) -> None:
    """Field, digest, seal, stamp: each is noticed."""
    record = write(annulled_of(bodies[0]))
    genuine = json.loads(record.read_text())
    another = json.loads(write(corrected_of(*bodies), "other.json").read_text())["envelope"]
    for path, value in (
        (("body", "order", "number"), "2026구합124"), (("body", "root1"), "0" * 64), (("body", "count"), 1),
        (("envelope", "body_sha256"), "0" * 64), (("envelope", "seal"), another["seal"]),
        (("envelope", "seal_stamp"), another["seal_stamp"]), (("envelope", "seal"), "AAAA"),
        (("envelope", "seal_stamp"), "!"), (("envelope", "more"), 1), (("body", "more"), 1),
        (("body", "format"), "onjip-draw-corrected"), (("body", "format"), MARKUP), (("body", "format"), 7),
        (("body", "order", "name"), MARKUP), (("body", "count"), 10**30), (("body", "number"), "1"),
    ):  # fmt: skip
        changed = json.loads(json.dumps(genuine))
        place = changed
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = value
        record.write_text(json.dumps(changed))
        assert judged(record) == 1, path
        assert "✗" in capsys.readouterr().out
    record.write_text(json.dumps(genuine))
    (record.parent / "trust.pem").write_bytes(Pki().trust_pem)
    assert judged(record) == 1, "other authorities are not believed"


@pytest.mark.parametrize(
    "content",
    [
        b'{"body": {"format": "onjip-draw-void"}, "envelope": {}}', b'{"body": {"format": null}}',
        b'{"body": {"format": "onjip-draw-void", "head": [[[[]]]]}, "envelope": {"seal": 1}}',
        b'{"body": {"format": "\\ud800"}, "envelope": {}}', b'{"body": {"format": "x"}, "body": 1}',
        b'{"body": {"format": "onjip-draw-annulled", "count": 1e999}}',
        b'{"body": {"format": "' + b"x" * (16 * 1024 * 1024) + b'"}}',
    ],
)  # fmt: skip
def test_hostile_records_are_refused_without_an_exception(
    content: bytes, write: Write, bodies: tuple[Body, Body], capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = write(annulled_of(bodies[0])).with_name("hostile.json")
    hostile.write_bytes(content)
    assert judged(hostile) == 1
    assert "✗" in capsys.readouterr().out
    assert judged(write(annulled_of(bodies[0])), hostile) == 1, "as the transcript beside it, too"
    assert "✗" in capsys.readouterr().out


def test_options_that_belong_to_the_other_kind(
    write: Write, bodies: tuple[Body, Body], capsys: pytest.CaptureFixture[str]
) -> None:
    record, transcript = write(annulled_of(bodies[0])), write(bodies[0], "transcript.json")
    trust = record.parent / "trust.pem"
    assert verify_draw.draw(record, trust, ticket="0" * 32) == 1
    assert verify_draw.draw(transcript, trust, transcripts=[transcript]) == 1
    capsys.readouterr()
    assert verify_draw.draw(transcript, trust) == 0
    assert "정정되거나 취소되었는지" in capsys.readouterr().out
