"""``onjip law``: the law asked, explained and checked from the command line; no stack, no settings, no database."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from law.rulebook import Rulebook

app = typer.Typer(no_args_is_help=True, help="법령 · the law: rules, answers, reasons")

REFUSED, BROKEN = 1, 2
STDIN = Path("-")
RuleName = Annotated[str, typer.Argument(metavar="RULE", help="규칙 이름 · name of a rule (onjip law list)")]
FactsFile = Annotated[
    Path, typer.Argument(metavar="[FACTS]", help="사실 JSON, - 표준입력 · JSON object, -: standard input")
]


class Language(StrEnum):
    ko = "ko"
    en = "en"


@app.command("list")
def list_rules(rule: Annotated[str, typer.Option("--rule", help="하나만 · only this one")] = "") -> None:
    """규칙 목록 · every rule with the JSON Schema of its facts and of its value, as JSON."""
    from law.catalogue import describe, find_rule, rules

    with _said_plainly():
        chosen = [find_rule(rule)] if rule else list(rules().values())
        _out(json.dumps([describe(one) for one in chosen], ensure_ascii=False, indent=1))


@app.command("eval")
def evaluate(
    jsonl: Annotated[bool, typer.Option("--jsonl", help="한 줄에 하나 · one question a line")] = False,
    flips: Annotated[bool, typer.Option("--flips", help="바뀌는 조건도 · also what would flip a no")] = False,
) -> None:
    """규칙 적용 · {"id","rule","as_of","facts"} in, {"id","outcome","value","reasons","rulebook"} out."""
    from law.lines import read_line, read_lines
    from onjip.law_lines import respond

    with _said_plainly():
        book = _book()
        if jsonl:
            for line in read_lines(sys.stdin.buffer):
                _out(json.dumps(respond(book, line, flips=flips), ensure_ascii=False))
        else:
            told = respond(book, read_line(sys.stdin.buffer.read()), flips=flips)
            _out(json.dumps(told, ensure_ascii=False, indent=1))
            raise typer.Exit(REFUSED if "error" in told else 0)


@app.command()
def explain(
    rule: RuleName,
    facts: FactsFile = STDIN,
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="기준일 · the day that decides")] = "",
    lang: Annotated[Language, typer.Option("--lang", help="말 · language")] = Language.ko,
) -> None:
    """까닭 · one rule for one set of facts: each reason, its article, and what would change the answer."""
    from law.answer import answer, question
    from law.counterfactual import flips
    from onjip.law_text import render

    with _said_plainly():
        asked = question(_book(), rule, as_of, _stated(facts))
        decision = answer(asked)
        _out(render(asked.rule, decision, flips(asked.rule, asked.case, decision), lang.value))


@app.command()
def check(
    only: Annotated[bool, typer.Option("--check", help="쓰지 않고 비교만 · only compare, write nothing")] = False,
) -> None:
    """자료 검사 · every day, citation and name of the law's data; writes docs/law-coverage.md."""
    from law import coverage
    from law.check import UNREADABLE, problems

    found = problems()
    for problem in found:
        typer.echo(f"✗ {problem.where}: {problem.what}", err=True)
    if any(problem.where == UNREADABLE for problem in found):
        raise typer.Exit(BROKEN)
    if not only:
        typer.echo(coverage.write())
    elif not coverage.is_current():
        typer.echo(f"✗ {coverage.PAGE}: 오래되었습니다. onjip law check · out of date, run onjip law check", err=True)
        raise typer.Exit(REFUSED)
    if found:
        raise typer.Exit(REFUSED)
    typer.echo("✓ 이상 없음 · nothing wrong")


def _book() -> Rulebook:
    from law.rulebook import NORMAL, load

    return load(NORMAL)


def _stated(path: Path) -> Any:
    """The facts of a file or of standard input."""
    from law.lines import loads

    raw = sys.stdin.buffer.read() if path == STDIN else path.read_bytes()
    return loads(raw)


@contextmanager
def _said_plainly() -> Iterator[None]:
    """Errors in two languages on one line, without a trace and without what was entered."""
    from domain.errors import OnjipError
    from law.strict_yaml import LawDataError

    try:
        yield
    except OnjipError as error:
        typer.echo(f"{error.code}: {error.ko} · {error.en}", err=True)
        raise typer.Exit(REFUSED) from None
    except LawDataError as error:
        typer.echo(f"법령 자료가 잘못되었습니다 · the law's data are wrong: {error}", err=True)
        raise typer.Exit(BROKEN) from None
    except BrokenPipeError:
        # The reader has gone; nothing may be flushed into the closed pipe on the way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None
    except OSError as error:
        typer.echo(f"파일을 읽을 수 없습니다 · the file cannot be read: {error.strerror}", err=True)
        raise typer.Exit(REFUSED) from None


def _out(text: str) -> None:
    """UTF-8 whatever the terminal says, and at once: whoever asks line by line waits for each answer."""
    sys.stdout.buffer.write(text.encode() + b"\n")
    sys.stdout.buffer.flush()
