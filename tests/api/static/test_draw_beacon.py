"""A draw with a public random source: both verifiers agree, but for the signature of the source: one checks it."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import time
from pathlib import Path

import pytest
from py_arkworks_bls12381 import G1Point, G2Point, Scalar

from domain.words import SupplyKind
from law.drawing.terms import Beacon, Head, Source
from law.drawing.transcript import Run, Transcript, beacon_value, digits_digest, run
from law.drawing.verify import Checks, verify
from mydata_connectors.beacon import DOMAIN, genuine

sys.path.insert(0, str(Path(__file__).parent))
from draw_cases import CEREMONY, Document, Witness, head_of, rows_of
from test_draw_verify import Said, by_javascript

SECRET = Scalar.from_be_bytes_mod_order(hashlib.sha256(b"a source for tests").digest())
KEY = (G2Point() * SECRET).to_compressed_bytes().hex()
ROUND = 1000
SOON, LONG_AGO = 3600, -3600


def signed(number: int) -> str:
    message = hashlib.sha256(number.to_bytes(8, "big")).digest()
    return (G1Point.hash_to_curve(message, DOMAIN) * SECRET).to_compressed_bytes().hex()


@pytest.fixture(scope="module")
def witness() -> Witness:
    return Witness()


def head_with(out_in: int) -> Head:
    """Terms whose round comes out in so many seconds."""
    head = head_of(kinds=(SupplyKind.GENERAL,))
    source = Source(name="시험 난수원", public_key=KEY, genesis=int(time.time()) + out_in - 3 * (ROUND - 1), period=3)
    custody = head.custody.model_copy(update={"beacon": Beacon(source=source, round=ROUND)})
    return head.model_copy(update={"custody": custody})


def drawn(head: Head, signature: str | None) -> Run:
    return run(head, rows_of(head, 20), CEREMONY.model_copy(update={"beacon": signature}), "onjip 1.0")


def document(witness: Witness, made: Run, stamped_digits: str | None = CEREMONY.digits) -> Document:
    """The digits are stamped after the lists, and the seal is stamped last."""
    body, envelope, stamp = made.body, witness.envelope(made), None
    if stamped_digits is not None:
        stamp = witness.stamp(digits_digest(body.head, body.fixed(), body.ceremony.nonce, stamped_digits))
    last = witness.stamp(hashlib.sha256(base64.b64decode(envelope.seal or "")).digest())
    envelope = envelope.model_copy(update={"digits_stamp": stamp, "seal_stamp": last})
    found: Document = json.loads(Transcript(body=body, envelope=envelope).canonical())
    return found


def by_python(witness: Witness, one: Document) -> Said:
    checks = Checks(
        lambda _: True, witness.moment, witness.sealer,
        lambda beacon, signature: genuine(beacon.source.public_key, beacon.round, signature),
    )  # fmt: skip
    return [[found.code, found.ok, found.subject] for found in verify(one, None, checks)]


def refused(said: Said) -> set[str]:
    return {code for code, ok, _ in said if not ok}


def test_both_name_the_same(tmp_path: Path, witness: Witness) -> None:
    soon, past, without = head_with(SOON), head_with(LONG_AGO), head_of(kinds=(SupplyKind.GENERAL,))
    honest = document(witness, drawn(soon, signed(ROUND)))
    null = {**honest, "envelope": {**honest["envelope"], "digits_stamp": None}}
    cases: list[tuple[Document, set[str]]] = [
        (honest, set()),
        (document(witness, drawn(soon, signed(ROUND)), None), {"digits_stamp"}),
        (document(witness, drawn(soon, signed(ROUND)), "304179583"), {"digits_stamp"}),
        (document(witness, drawn(past, signed(ROUND))), {"digits_stamp"}),
        (document(witness, drawn(soon, None)), {"beacon"}),
        (document(witness, drawn(soon, signed(ROUND).upper())), {"beacon"}),
        (document(witness, drawn(soon, "")), {"beacon"}),
        (document(witness, drawn(without, signed(ROUND)), None), {"beacon"}),
        (document(witness, drawn(without, None)), {"beacon"}),
        (null, {"document"}),
    ]
    answers = by_javascript(tmp_path, witness, [one for one, _ in cases])
    for number, ((one, codes), said) in enumerate(zip(cases, answers, strict=True)):
        assert said == by_python(witness, one), number
        assert refused(said) == codes, number


def test_what_a_reader_compares_with_the_source(tmp_path: Path, witness: Witness) -> None:
    one = document(witness, drawn(head_with(SOON), signed(ROUND)))
    (said,) = by_javascript(tmp_path, witness, [one])
    subjects = {code: subject for code, _, subject in said}
    assert subjects["beacon"] == f"시험 난수원 #{ROUND}: {beacon_value(signed(ROUND))}"


def test_only_the_command_checks_the_signature_of_the_source(tmp_path: Path, witness: Witness) -> None:
    """Everything made anew around the value of another round, by somebody who holds every other key."""
    one = document(witness, drawn(head_with(SOON), signed(ROUND + 1)))
    (said,) = by_javascript(tmp_path, witness, [one])
    assert refused(by_python(witness, one)) == {"beacon"}
    assert refused(said) == set(), "the page says which value to compare with the source"
