"""``onjip law`` as a program or a lawyer meets it: a process of its own, with no stack and no settings."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from law.answer import LAST_DAY
from law.catalogue import find_rule
from law.lines import MOST_BYTES
from law.strict_yaml import read

HEAVY = (
    "temporalio",
    "sqlalchemy",
    "weasyprint",
    "pyhanko",
    "fastapi",
    "asyncpg",
    "pydantic_settings",
    "numpy",
    "rich",
)
SALE = {"rule": "brokerage_ceiling", "as_of": "2026-10-01", "facts": {"sale_price": 190_000_000}}
SECRET = "홍길동"
CASES = Path(__file__).parents[1] / "law" / "cases" / "rules"
ANSWERED = ["id", "outcome", "value", "reasons", "missing", "rulebook"]


def law(*arguments: str, stdin: str | bytes = b"", home: Path = Path("/nonexistent")) -> Any:
    given = stdin if isinstance(stdin, bytes) else stdin.encode()
    # Nothing of the surroundings: no ONJIP_ setting, no locale, no home.
    return subprocess.run(
        (sys.executable, "-m", "onjip", "law", *arguments),
        input=given, capture_output=True, timeout=60, check=False, env={"PATH": "/usr/bin:/bin", "HOME": str(home)},
    )  # fmt: skip


def evaluated(*lines: str | bytes | dict[str, Any], flags: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    raw = [json.dumps(line) if isinstance(line, dict) else line for line in lines]
    done = law(
        "eval", "--jsonl", *flags, stdin=b"\n".join(one if isinstance(one, bytes) else one.encode() for one in raw)
    )
    assert done.returncode == 0, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def test_a_question_and_its_answer() -> None:
    (told,) = evaluated({"id": "a", **SALE, "sources": {"sale_price": "contract"}})
    assert list(told) == ANSWERED
    assert (told["id"], told["outcome"], told["value"], told["missing"]) == ("a", "yes", 800_000, [])
    assert len(told["rulebook"]) == 64
    assert any(reason["version"] == "2021-10-19" for reason in told["reasons"])
    assert all(reason["article"].startswith("공인중개사법") for reason in told["reasons"])
    (used,) = [reason for reason in told["reasons"] if "sale_price" in reason["facts"]]
    assert used["facts"]["sale_price"] == 190_000_000
    assert used["sources"] == {"sale_price": "contract"}


def test_what_is_missing_and_what_is_given() -> None:
    lease = {"rule": "brokerage_lease_ceiling", "as_of": "2026-10-01"}
    unknown, given = evaluated(
        {"id": 1, **lease, "facts": {"lease_deposit": 5_000_000}},
        {"id": 2, **lease, "facts": {"brokerage_lease_base": 70_000_000}},
    )
    assert (unknown["outcome"], unknown["value"], unknown["missing"]) == ("cannot_tell", None, ["monthly_rent"])
    assert given["value"] == 280_000
    assert [reason["code"] for reason in given["reasons"] if reason["given"]] == ["brokerage_lease_base"]


def asking(**other: Any) -> dict[str, Any]:
    return {"id": "x", **SALE, **other}


BAD: list[tuple[str | bytes | dict[str, Any], str, str | int | None]] = [
    ("{", "not_json", None),
    ("", "not_json", None),
    (b"\xff\xfe{}", "not_json", None),
    ("[1]", "not_an_object", None),
    ("null", "not_an_object", None),
    ('{"id": "x", "rule": ', "not_json", "x"),
    ('{"id": 7, oops', "not_json", 7),
    (SALE, "no_id", None),
    ({"id": None, **SALE}, "bad_id", None),
    ({"id": True, **SALE}, "bad_id", None),
    ({"id": [1], **SALE}, "bad_id", None),
    ({"id": "x" * 201, **SALE}, "bad_id", None),
    ('{"id": "\\ud800", "rule": 1}', "not_json", None),
    ({"id": "x", "rule": "brokerage_ceiling"}, "missing_key", "x"),
    (asking(more=1), "unexpected_key", "x"),
    ('{"id": "x", "rule": "brokerage_ceiling", "as_of": "2026-10-01", "facts": {"sale_price": 1, "sale_price": 2}}',
     "duplicate_key", "x"),
    ('{"id": "x", "rule": "brokerage_ceiling", "as_of": "2026-10-01", "facts": {"sale_price": NaN}}',
     "not_a_number", "x"),
    ('{"id": "x", "rule": "brokerage_ceiling", "as_of": "2026-10-01", "facts": {"sale_price": 1e999}}',
     "not_a_number", "x"),
    ('{"id": "x", "rule": "brokerage_ceiling", "as_of": "2026-10-01", "facts": {"sale_price": ' + "9" * 5000 + "}}",
     "not_json", "x"),
    ('{"id": "x", "facts": ' + "[" * 100_000 + "]" * 100_000 + "}", "too_deep", "x"),
    ('{"id": "x", "rule": "brokerage_ceiling", "as_of": "2026-10-01", "facts": {}, "sources": '
     + "[" * 50 + "]" * 50 + "}", "too_deep", "x"),
    ('{"id": "x", "facts": "' + "a" * MOST_BYTES * 2 + '"}', "line_too_long", "x"),
    (asking(rule="brokerage_celing"), "unknown_rule", "x"),
    (asking(rule=SECRET), "unknown_rule", "x"),
    (asking(rule=3), "bad_value", "x"),
    (asking(facts=[]), "bad_value", "x"),
    (asking(sources="bank"), "bad_value", "x"),
    (asking(as_of="2026-13-01"), "bad_date", "x"),
    (asking(as_of="1 October"), "bad_date", "x"),
    (asking(as_of="2015-12-28"), "date_outside_rulebook", "x"),
    (asking(as_of="2031-01-01"), "date_outside_rulebook", "x"),
    (asking(facts={"price": 1}), "unexpected_fact", "x"),
    (asking(facts={SECRET: 1}), "unexpected_fact", "x"),
    (asking(facts={"sale_price": "190000000"}), "mistyped_fact", "x"),
    (asking(facts={"sale_price": 1.5}), "mistyped_fact", "x"),
    (asking(facts={"sale_price": True}), "mistyped_fact", "x"),
    (asking(facts={"sale_price": None}), "mistyped_fact", "x"),
    (asking(facts={"sale_price": -1}), "mistyped_fact", "x"),
    (asking(facts={"sale_price": {SECRET: SECRET}}), "mistyped_fact", "x"),
    (asking(rule="brokerage_lease_ceiling", facts={"brokerage_lease_base": -1}), "impossible_facts", "x"),
]  # fmt: skip


def test_bad_lines_are_named_and_the_rest_go_on() -> None:
    lines = [line for bad, _, _ in BAD for line in (bad, asking(id="next"))]
    told = evaluated(*lines)
    assert len(told) == len(lines)
    assert all(one["value"] == 800_000 for one in told[1::2])
    for (line, code, name), one in zip(BAD, told[::2], strict=True):
        assert list(one) == ["id", "error"], str(line)[:99]
        assert (one["id"], one["error"]["code"]) == (name, code), str(line)[:99]
        assert one["error"]["message"]
        assert SECRET not in one["error"]["message"]
    assert "brokerage_ceiling" in told[2 * [code for _, code, _ in BAD].index("unknown_rule")]["error"]["message"]


def test_a_thousand_mixed_lines_in_order_and_in_time() -> None:
    lines = [
        BAD[number % len(BAD)][0] if number % 5 == 0 and number % len(BAD) != 21 else asking(id=number)
        for number in range(1000)
    ]
    started = time.monotonic()
    told = evaluated(*lines)
    assert time.monotonic() - started < 5
    assert len(told) == 1000
    assert [one["id"] for one in told if "outcome" in one] == [
        line["id"] for line in lines if isinstance(line, dict) and type(line.get("id")) is int
    ]


def test_the_lawyers_cases_through_a_pipe() -> None:
    """Every case of ``tests/law/cases/rules`` says there what it says here, and none is called impossible."""
    lines, expected = [], []
    for name, case in cases():
        facts = {key: value for key, value in case["facts"].items() if key in find_rule(case["rule"]).closure}
        stated = json.loads(json.dumps({"as_of": case["as_of"], "facts": facts}, default=str))
        lines.append({"id": name, "rule": case["rule"], **stated})
        expected.append((name, case.get("outcome", "yes")))
    told = evaluated(*lines)
    assert [(one["id"], one.get("outcome", one.get("error"))) for one in told] == expected


def cases() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for path in sorted(CASES.rglob("*.yaml")):
        document = read(path)
        for number, case in enumerate(document["cases"]):
            if case["as_of"] > LAST_DAY:
                continue  # bans that run out later: the rule can be asked, the rulebook does not vouch for it
            facts = {**document.get("defaults", {}), **case.get("facts", {})}
            found.append((f"{path.stem} {number}", {**case, "facts": facts}))
    return found


def test_windows_line_ends_and_a_mark_of_byte_order() -> None:
    line = json.dumps(asking()).encode()
    assert [one["id"] for one in evaluated(b"\xef\xbb\xbf" + line + b"\r", line + b"\r")] == ["x", "x"]


def test_nothing_in_nothing_out() -> None:
    done = law("eval", "--jsonl")
    assert (done.returncode, done.stdout) == (0, b"")


def test_a_reader_that_goes_away_is_no_error() -> None:
    process = subprocess.Popen(
        (sys.executable, "-m", "onjip", "law", "eval", "--jsonl"),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    line = json.dumps(asking()).encode() + b"\n"
    process.stdin.write(line)
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["id"] == "x"  # each answer at once, not at the end
    process.stdout.close()
    process.stdin.write(line * 2)
    process.stdin.close()
    assert process.wait(timeout=30) == 0
    assert process.stderr.read() == b""
    process.stderr.close()


def test_one_question_without_jsonl() -> None:
    done = law("eval", stdin=json.dumps(asking(), indent=2))
    assert done.returncode == 0
    assert json.loads(done.stdout)["value"] == 800_000
    assert law("eval", stdin="{").returncode == 1


def test_flips_only_where_asked() -> None:
    (told,) = evaluated(asking(), flags=("--flips",))
    assert told["flips"] == []


def test_list() -> None:
    rules = json.loads(law("list").stdout)
    assert [one["name"] for one in rules] == sorted(one["name"] for one in rules)
    (one,) = json.loads(law("list", "--rule", "brokerage_ceiling").stdout)
    assert one in rules
    assert one["facts"]["properties"]["sale_price"]["type"] == "integer"
    unknown = law("list", "--rule", "brokerage")
    assert unknown.returncode == 1
    assert "brokerage_ceiling" in unknown.stderr.decode()


def test_explain_in_two_languages(tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text('{"lease_deposit": 5000000}', encoding="utf-8")
    asked = ("explain", "brokerage_lease_ceiling", str(facts), "--as-of", "2026-10-01")
    korean = law(*asked).stdout.decode()
    assert "알아야 할 것" in korean
    assert "월 차임 (monthly_rent)" in korean
    english = law(*asked, "--lang", "en").stdout.decode()
    assert "cannot tell" in english
    assert "monthly rent (monthly_rent)" in english
    done = law("explain", "brokerage_ceiling", "-", "--as-of", "2026-10-01", stdin='{"sale_price": 190000000}')
    assert "✓ 800,000원" in done.stdout.decode()
    assert "공인중개사법 시행규칙" in done.stdout.decode()


@pytest.mark.parametrize(
    ("arguments", "stdin", "words"),
    [
        (("brokerage_ceiling",), "{}", "bad_date"),
        (("brokerage_ceiling", "--as-of", "2026-10-01"), "{", "not_json"),
        (("brokerage_ceiling", "--as-of", "2026-10-01"), "[]", "bad_value"),
        (("brokerage", "--as-of", "2026-10-01"), "{}", "unknown_rule"),
        (("brokerage_ceiling", "/nonexistent/facts.json", "--as-of", "2026-10-01"), "", "파일"),
        (("brokerage_ceiling", "/usr", "--as-of", "2026-10-01"), "", "파일"),
    ],
)
def test_explain_says_what_is_wrong(arguments: tuple[str, ...], stdin: str, words: str) -> None:
    done = law("explain", *arguments, stdin=stdin)
    assert done.returncode == 1
    assert words in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_check() -> None:
    done = law("check", "--check")
    assert done.returncode == 0, done.stderr.decode()


def test_it_loads_nothing_heavy() -> None:
    code = (
        "import sys, onjip.law_cli, onjip.law_lines, onjip.law_text, law.check, law.coverage\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
