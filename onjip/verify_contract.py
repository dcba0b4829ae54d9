"""``onjip contract verify``: the file and a trust list are all it needs; no network.

The file is examined in a process of its own, with so much time and memory and no more (``contracts.bounded``).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from contracts.bounded import BoundedVerifier
from domain.contracts import VerifyReport
from domain.time import SEOUL
from onjip.findings import show


def contract(file: Path, trust: Path, *, data: bool = False) -> int:
    """Print who signed, and what holds and what does not; 0 if the contract stands, else 1.

    ``data``: print the embedded contract too, whatever it is worth.
    """
    with BoundedVerifier() as verifier:
        report = verifier.verify(file.read_bytes(), trust.read_bytes())
    if report.signers:
        Console().print(_signers(report))
    if report.stamps:
        Console().print(_stamps(report))
    if data:
        Console().print_json(data=report.terms)
    return show("계약서 · contract", report.findings, valid=report.valid)


def _signers(report: VerifyReport) -> Table:
    """In the order of signing."""
    table = Table(title="서명한 순서 · in the order of signing")
    for head in ("", "서명자 · signer", "때 · when", "수단 · means", "인증서 · certificate by"):
        table.add_column(head)
    for number, one in enumerate(report.signers, 1):
        when = str(one["signed_at"] or "")
        moment = _moment(datetime.fromisoformat(when)) if when else "?"
        table.add_row(
            str(number), f"{one['role_ko']} {one['name']}", moment, f"{one['means']}, {one['algorithm']}",
            str(one["issuer"]),
        )  # fmt: skip
    return table


def _stamps(report: VerifyReport) -> Table:
    table = Table(title="보관용 시점확인 · archive time stamps")
    for head in ("기관 · authority", "받은 때 · given", "믿을 수 있는 마지막 날 · believed until"):
        table.add_column(head)
    for one in report.stamps:
        table.add_row(one.authority, _moment(one.at), _moment(one.until))
    return table


def _moment(at: datetime) -> str:
    return f"{at.astimezone(SEOUL):%Y-%m-%d %H:%M:%S}"
