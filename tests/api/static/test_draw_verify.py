"""The verifier of the pages, run by node, against the one of the command line: they must agree on every finding."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from domain.words import SupplyKind
from law.drawing import proof
from law.drawing.proof import Levels
from law.drawing.selection import withhold_results
from law.drawing.terms import Head
from law.drawing.transcript import Transcript
from law.drawing.verify import Checks, verify
from tests.vectors.draw.tampered import applied

sys.path.insert(0, str(Path(__file__).parent))
from draw_cases import Document, Witness, drawn, head_of, opening, resealed, rows_of, tampered, with_value

NODE = shutil.which("node") or "node"  # needed (`make setup`): without it these tests fail
VECTORS = Path(__file__).parents[2] / "vectors" / "draw"
OUTSIDE = {"counts", "root1_stamp", "root2_stamp", "seal_stamp", "seal"}
RUN = Path(__file__).parent / "run.js"
Said = list[list[Any]]
# What nothing else is bound to: the hours that an envelope leaves out, and what the seal alone holds.
UNBOUND = {False: {"envelope.counts"}, True: {"body.ceremony.observers"}}
TERMS: dict[str, dict[str, Any]] = {
    "private": {}, "private, all by points": {"points_pct": 100},
    "private, all by lot": {"points_pct": 0, "homeless_pct": 0},
    "public": {"public": True}, "large site": {"large": True}, "public large site": {"public": True, "large": True},
    "leftover to general": {"left_by_lot": False}, "small pools": {"small_pool": 12},
    "all withheld": {"small_pool": 999},
    "general only": {"kinds": (SupplyKind.GENERAL,)}, "many homes": {"units": 40},
}  # fmt: skip


@pytest.fixture(scope="module")
def witness() -> Witness:
    return Witness()


def ask_node(folder: Path, jobs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    (folder / "jobs.json").write_text(json.dumps(list(jobs)))
    done = subprocess.run([NODE, str(RUN), str(folder)], capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def by_javascript(
    folder: Path, witness: Witness, documents: Sequence[Document], head: Head | None = None
) -> list[Said]:
    """``head``: whose digest is pinned; none: every terms are taken."""
    (folder / "trust.pem").write_text(witness.trust_pem)
    jobs = []
    for number, document in enumerate(documents):
        (folder / f"{number}.json").write_text(json.dumps(document))
        jobs.append({"transcript": f"{number}.json", "trust": "trust.pem", "head": head.digest() if head else None})
    return [answer["findings"] for answer in ask_node(folder, jobs)]


def by_python(witness: Witness, document: Document, head: Head | None = None) -> Said:
    checks = Checks(lambda one: head is None or one == head, witness.moment, witness.sealer)
    return [[one.code, one.ok, one.subject] for one in verify(document, None, checks)]


@pytest.mark.parametrize("count", [0, 1, 2, 7, 40, 400])
def test_both_stand_for_every_kind_of_draw(tmp_path: Path, witness: Witness, count: int) -> None:
    heads = [head_of(**terms) for terms in TERMS.values()]
    made = [witness.document(drawn(head, rows_of(head, count, number))) for number, head in enumerate(heads)]
    for name, document, said in zip(TERMS, made, by_javascript(tmp_path, witness, made), strict=True):
        assert said == by_python(witness, document), name
        assert all(ok for _, ok, _ in said), (name, [one for one in said if not one[1]])


@pytest.mark.parametrize("cheat", [False, True], ids=["tampered", "tampered and sealed again"])
def test_both_name_the_same_deviations(tmp_path: Path, witness: Witness, cheat: bool) -> None:
    """Against terms pinned at the notice. Sealed again: also by somebody who holds every key."""
    head = head_of(small_pool=8)
    honest = witness.document(drawn(head, rows_of(head, 200)))
    cases = [
        (name, one)
        for name, one in tampered(honest)
        if not cheat or not name.startswith(("envelope", "forged", "stamps"))
    ]
    if cheat:
        cases = [(name, resealed(witness, one)) for name, one in cases if _fits(one)]
    answers = by_javascript(tmp_path, witness, [one for _, one in cases], head)
    for (name, document), said in zip(cases, answers, strict=True):
        assert said == by_python(witness, document, head), name
        assert name in UNBOUND[cheat] or not all(ok for _, ok, _ in said), name


def _fits(document: Document) -> bool:
    try:
        return bool(Transcript.model_validate(document).canonical()) and document["body"]["count"] >= 0
    except ValueError:
        return False


@pytest.mark.parametrize(
    "source",
    ["", "{", "[]", "null", "1", '{"body":1,"body":1}', '{"a":NaN}', '{"a":1.0}', '{"a":1e3}', '{"a":"\ud800"}'.encode(
        "utf-8", "surrogatepass").decode("latin1"), "[" * 100_000, '{"a":"\\x"}', '{"a":"\n"}', "\ufeff{}",
     '{"__proto__":{}}',
     '{"body":{"head":{}},"envelope":{}}'],
)  # fmt: skip
def test_hostile_documents_are_refused_and_never_throw(tmp_path: Path, source: str) -> None:
    (tmp_path / "hostile.json").write_text(source, encoding="utf-8")
    (answer,) = ask_node(tmp_path, [{"transcript": "hostile.json", "head": None}])
    assert answer["findings"] == [["document", False, ""]]


def test_a_name_twice_or_a_number_respelled_is_found(tmp_path: Path, witness: Witness) -> None:
    head = head_of(kinds=(SupplyKind.GENERAL,))
    text = json.dumps(witness.document(drawn(head, rows_of(head, 3))))
    for number, (old, new) in enumerate((('"count": 3,', '"count": 3, "count": 3,'), ('"count": 3,', '"count": 3.0,'))):
        assert old in text
        (tmp_path / f"{number}.json").write_text(text.replace(old, new))
    answers = ask_node(tmp_path, [{"transcript": f"{number}.json", "head": None} for number in (0, 1)])
    assert [answer["findings"] for answer in answers] == [[["document", False, ""]]] * 2


def test_without_trust_nothing_is_proved_of_seal_and_time(tmp_path: Path, witness: Witness) -> None:
    head = head_of(kinds=(SupplyKind.GENERAL,))
    document = witness.document(drawn(head, rows_of(head, 5)))
    (tmp_path / "t.json").write_text(json.dumps(document))
    (tmp_path / "other.pem").write_text(Witness().trust_pem)
    for trust in ("", "other.pem"):
        (answer,) = ask_node(tmp_path, [{"transcript": "t.json", "trust": trust, "head": head.digest()}])
        refused = [code for code, ok, _ in answer["findings"] if not ok]
        assert refused == ["counts", "root1_stamp", "root2_stamp", "seal_stamp", "seal"]


def vector(name: str) -> Any:
    return json.loads((VECTORS / name).read_text("utf-8"))


def test_the_published_vectors(tmp_path: Path, witness: Witness) -> None:
    """Seal and stamps cannot repeat and are not in them; everything else must hold."""
    documents = [
        one["transcript"] for one in (*vector("edges.json"), vector("small.json"), vector("ten-thousand.json"))
    ]
    for document, said in zip(documents, by_javascript(tmp_path, witness, documents), strict=True):
        assert {code for code, ok, _ in said if not ok} <= OUTSIDE
        assert said == by_python(witness, document)


def test_the_published_ways_to_tamper(tmp_path: Path, witness: Witness) -> None:
    vectors = vector("tampered.json")
    honest = Transcript.model_validate(vectors["transcript"]).body.head
    documents = [applied(vectors["transcript"], one["path"], one["value"]) for one in vectors["changes"]]
    answers = by_javascript(tmp_path, witness, documents, honest)
    for one, document, said in zip(vectors["changes"], documents, answers, strict=True):
        assert said == by_python(witness, document, honest), one["name"]
        assert set(one["codes"]) <= {code for code, ok, _ in said if not ok} | {"terms", "results"}, one["name"]


def test_the_published_proofs(tmp_path: Path) -> None:
    small = vector("small.json")
    (tmp_path / "t.json").write_text(json.dumps(small["transcript"]))
    for number, one in enumerate(small["proofs"]):
        (tmp_path / f"p{number}.json").write_text(json.dumps(one))
    jobs = [{"transcript": "t.json", "proof": f"p{number}.json"} for number in range(len(small["proofs"]))]
    assert all(all(answer["proof"].values()) and len(answer["proof"]) == 5 for answer in ask_node(tmp_path, jobs))


def proofs(document: Document, head: Head, count: int) -> dict[str, Document]:
    """Genuine ones, and one of each kind of deceit."""
    rows = rows_of(head, count)
    made = drawn(head, rows)
    levels = Levels(rows, withhold_results(head, rows, made.selection))
    tickets = [rows["ticket"][at].tobytes().hex() for at in (0, count // 2, count - 1)]
    found = {f"own {n}": json.loads(levels.proof(one, opening(one) if n == 0 else None).canonical())
             for n, one in enumerate(tickets)}  # fmt: skip
    first = found["own 0"]
    changed: dict[str, object] = {
        "ticket": tickets[1], "number": 1, "count": count + 1, "row": found["own 1"]["row"],
        "result": found["own 2"]["result"],
        "path1": first["path1"][:-1], "path2": [*first["path2"], "00" * 32], "path3": list(reversed(first["path3"])),
        "opening.salt": "ac" * 16, "opening.salt ": "ab", "opening.ticket": tickets[1], "opening.private": {},
        "more": 1, "number ": -1, "row ": "AAAA", "row  ": "*", "path1 ": ["zz"], "number  ": "1",
    }  # fmt: skip
    return found | {f"changed {name}": with_value(first, name.rstrip(), value) for name, value in changed.items()}


def test_own_proofs(tmp_path: Path, witness: Witness) -> None:
    head, count = head_of(small_pool=30), 301
    document = witness.document(drawn(head, rows_of(head, count)))
    body = Transcript.model_validate(document).body
    (tmp_path / "t.json").write_text(json.dumps(document))
    cases = proofs(document, head, count)
    for number, one in enumerate(cases.values()):
        (tmp_path / f"p{number}.json").write_text(json.dumps(one))
    answers = ask_node(tmp_path, [{"transcript": "t.json", "proof": f"p{number}.json"} for number in range(len(cases))])
    for (name, one), answer in zip(cases.items(), answers, strict=True):
        known = proof.read(one)
        assert answer["proof"] == ({"ticket": False} if known is None else proof.check(known, body)), name
        assert all(answer["proof"].values()) == name.startswith("own"), name


def test_a_list_of_its_own_file_is_read(tmp_path: Path, witness: Witness) -> None:
    head = head_of(types=3, units=100, small_pool=20)
    made = drawn(head, rows_of(head, 20_001))
    assert made.body.listing.inline is None
    (tmp_path / "t.json").write_text(json.dumps(witness.document(made)))
    (tmp_path / "list").write_bytes(made.listing)
    (tmp_path / "cut").write_bytes(made.listing[:-1])
    (tmp_path / "trust.pem").write_text(witness.trust_pem)
    job = {"transcript": "t.json", "trust": "trust.pem", "head": head.digest()}
    whole, cut, none = ask_node(tmp_path, [{**job, "list": name} for name in ("list", "cut", "")])
    assert all(ok for _, ok, _ in whole["findings"])
    for answer in (cut, none):
        assert [code for code, ok, _ in answer["findings"] if not ok] == ["listing", "tickets"]
    assert whole["ms"] < 20_000
