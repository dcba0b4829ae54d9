"""``onjip``: every command of the project. Each imports what it needs when it runs, so that ``--help`` is quick."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onjip import law_cli

if TYPE_CHECKING:
    from onjip.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they print local variables, and with them what people entered
    help="온집 · from the first look to the registered title",
)
contract = typer.Typer(no_args_is_help=True, help="계약서 · contracts")
draw = typer.Typer(no_args_is_help=True, help="추첨 · draws")
app.add_typer(contract, name="contract")
app.add_typer(draw, name="draw")
app.add_typer(law_cli.app, name="law")

CANNOT_START = 2
Trust = Annotated[Path, typer.Option("--trust", exists=True, dir_okay=False, help="믿는 인증서(PEM) · trusted roots")]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]


class WorkerName(StrEnum):
    """One process and one task queue each."""

    flow = "flow"
    agencies = "agencies"
    documents = "documents"


@app.command()
def up() -> None:
    """모두 켜기 · start the whole stack and the site; Ctrl-C stops it, the next start goes on."""
    from onjip.up import up as serve

    raise typer.Exit(asyncio.run(serve(_settings())))


@app.command()
def demo() -> None:
    """두 사례를 처음부터 끝까지 · two whole cases, from the first look to the registered title."""
    raise typer.Exit(asyncio.run(import_module("onjip.demo.main").run(_settings())))


@app.command()
def api() -> None:
    """누리집과 API · the site (one process)."""
    _run_wired("web", "web")


@app.command()
def worker(name: WorkerName) -> None:
    """작업자 · one worker: procedures and judging, agency calls, or documents."""
    _run_wired(name.value, f"worker-{name.value}")


@app.command()
def migrate() -> None:
    """표 갱신 · bring the tables of a running database to the newest form."""
    from store.migrate import migrate as run

    with _or_say_what_is_missing():
        asyncio.run(run(_complete("migrate").database))


@app.command()
def reseal() -> None:
    """다시 봉인 · seal everything anew with the current key, after the key was changed."""
    with _or_say_what_is_missing():
        done = asyncio.run(import_module("onjip.wiring.reseal").run(_complete("reseal")))
        for place, count in sorted(done.items()):
            typer.echo(f"{place}: {count}")


@app.command()
def seed() -> None:
    """기초 자료 · put the first data into a running stack; again does nothing."""
    _run_wired("seed", "seed")


@app.command()
def sandbox(
    only: Annotated[str, typer.Option(help="쉼표로 구분 · comma-separated agencies; default: all")] = "",
) -> None:
    """모의 기관 · the pretend agencies alone."""
    from onjip.sandbox import run

    raise typer.Exit(run(_settings(), only))


@contract.command("verify")
def contract_verify(
    file: File,
    trust: Trust,
    data: Annotated[bool, typer.Option("--data", help="파일 안의 계약 내용도 보기 · print the data inside")] = False,
) -> None:
    """서명된 계약서 검증 · verify a sealed contract from the file alone."""
    from onjip import verify_contract

    raise typer.Exit(verify_contract.contract(file, trust, data=data))


@draw.command("verify")
def draw_verify(
    file: File,
    trust: Trust,
    *,
    ticket: Annotated[str | None, typer.Option("--ticket", help="내 접수번호 · my ticket")] = None,
    proof: Annotated[
        Path | None, typer.Option("--proof", exists=True, dir_okay=False, help="내 증명 파일 · my own proof")
    ] = None,
    listing: Annotated[
        Path | None, typer.Option("--list", exists=True, dir_okay=False, help="명단 파일 · the list's own file")
    ] = None,
    transcripts: Annotated[
        list[Path] | None,
        typer.Option("--transcript", exists=True, dir_okay=False, help="견줄 추첨 기록 · transcript that it names"),
    ] = None,
) -> None:
    """추첨 검증 · run a draw again from its transcript, or check a record about it."""
    from onjip import verify_draw

    given = transcripts or ()
    raise typer.Exit(verify_draw.draw(file, trust, ticket=ticket, proof=proof, listing=listing, transcripts=given))


@app.command()
def doctor() -> None:
    """이 컴퓨터 점검 · what is missing or wrong on this machine."""
    from onjip.doctor import run

    raise typer.Exit(run(Path.cwd()))


def _settings() -> Settings:
    """As the environment gives them. Prints what is wrong, never a value."""
    from pydantic import ValidationError

    from onjip.settings import Settings

    try:
        return Settings()
    except ValidationError as wrong:
        for error in wrong.errors(include_input=False, include_url=False, include_context=False):
            place = "".join(f"ONJIP_{part}: ".upper() for part in error["loc"][:1])
            typer.echo(f"{place}{error['msg']}", err=True)
        raise typer.Exit(CANNOT_START) from None


def _complete(process: str) -> Settings:
    from onjip import telemetry
    from onjip.stack.embedded import complete

    telemetry.configure(process)
    return complete(_settings())


def _run_wired(module: str, process: str) -> None:
    """``onjip.wiring.MODULE.run(settings)``, for ever or until it is done."""
    from onjip.temporal.worker import run_and_leave

    settings = _complete(process)
    with _or_say_what_is_missing():
        _ = settings.database, settings.temporal  # every process needs both
        run_and_leave(import_module(f"onjip.wiring.{module}").run(settings))


@contextmanager
def _or_say_what_is_missing() -> Iterator[None]:
    import structlog

    from onjip.settings import SettingsError

    try:
        yield
    except SettingsError as missing:
        typer.echo(f"{missing}. 먼저 onjip up · run onjip up first", err=True)
        raise typer.Exit(CANNOT_START) from None
    except Exception:
        # Scrubbed: Python's own traceback would quote values of the failing call.
        structlog.get_logger().exception("process_failed")
        raise typer.Exit(1) from None


def main() -> None:
    app()
