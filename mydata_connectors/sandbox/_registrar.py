"""The registrar's site (등기관): the queue, one application with its papers and defects, and the three decisions.

A decision is taken on defects that are computed at that moment, with the other agencies asked again.
"""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from mydata_connectors.sandbox import _cases, _examination, _packet, _registrar_html, _titles
from mydata_connectors.sandbox._agency import Page, Refused, View, Visit
from mydata_connectors.sandbox._context import AgencyContext
from mydata_connectors.sandbox._defects import GROUNDS, Defect
from mydata_connectors.sandbox._peers import OwnBooks, ask, is_number
from mydata_connectors.sandbox._people import Person
from mydata_connectors.sandbox._transfer import Application, Sent

MEDIA = {"pdf": "application/pdf", "json": "application/json", "xml": "application/xml", "txt": "text/plain"}
LATEST = "SELECT sent FROM versions WHERE application_no = ? ORDER BY rowid DESC LIMIT 1"


@dataclass(frozen=True)
class Heard:
    """What the other agencies answered about one application, in its version ``sent``."""

    sent: Sent
    certificate: dict[str, Any] | None
    tax: dict[str, Any] | None
    bond: dict[str, Any] | None
    standard_value: dict[str, Any] | None


def pages(desk: Desk) -> tuple[Page, ...]:
    one = "/people/registrar/{number}"

    def page(method: str, path: str, handler: Any, *, asks: bool = False) -> Page:
        return Page(method, path, handler, admits=_is_registrar, prepare=desk.hear if asks else None)

    return (
        page("GET", "/people/registrar", queue),
        page("GET", one, show, asks=True),
        page("GET", f"{one}/documents/{{index}}", document),
        page("POST", f"{one}/register", register, asks=True),
        page("POST", f"{one}/correction", correct, asks=True),
        page("POST", f"{one}/dismissal", dismiss),
    )


def _is_registrar(person: Person) -> bool:
    return person.has_role("registrar")


class Desk:
    def __init__(self, ctx: AgencyContext) -> None:
        self.ctx, self.books = ctx, OwnBooks(ctx)

    async def hear(self, visit: Visit) -> Heard:
        row = self.books.row(LATEST, visit.params["number"])
        if row is None:
            raise Refused("unknown_application", "접수번호를 확인해 주십시오. (No such application.)", status=404)
        sent = Sent.model_validate_json(row["sent"])
        app = sent.application
        answers = await asyncio.gather(
            self._held("rtms", "certificates", app.report_no),
            self._held("wetax", "tax-payments", app.tax_payment_no),
            self._held("bond", "bonds", app.bond_no),
            self._held("wetax", "standard-values", app.property.unique_no),
        )
        return Heard(sent, *answers)

    async def _held(self, agency: str, path: str, number: str) -> dict[str, Any] | None:
        """What stands under a number that somebody wrote into the application."""
        return await ask(self.ctx, agency, f"/{path}/{number}") if is_number(number) else None


def queue(visit: Visit, db: sqlite3.Connection) -> View:
    rows = db.execute("SELECT * FROM applications ORDER BY rowid DESC").fetchall()
    items = [_summary(db, row) for row in rows]
    return View("접수 사건", _registrar_html.queue(items), {"items": items})


def _summary(db: sqlite3.Connection, row: sqlite3.Row) -> dict[str, Any]:
    title = _titles.view(db, row["unique_no"]) or {}
    names = ("number", "unique_no", "state", "received_at", "at", "refiles")
    place = f"{title['building']} {title['dong']} {title['ho']}"
    return {**{name: row[name] for name in names}, "reference": row["reference"], "place": place}


def show(visit: Visit, db: sqlite3.Connection) -> View:
    """Opening an application is the beginning of its examination."""
    number = visit.params["number"]
    if _cases.application(db, number)["state"] == "received":
        _cases.change(db, number, "examining")
    row = _cases.application(db, number)
    defects = _defects(db, visit.prepared, number) if row["state"] in _titles.PENDING else []
    sent: Sent = visit.prepared.sent
    data = {
        **_cases.status(db, number), "application": sent.application.model_dump(mode="json", exclude={"right_proof"}),
        "documents": list(sent.found.listing), "defects": [defect.model_dump() for defect in defects],
        "title": _titles.view(db, row["unique_no"]),
    }  # fmt: skip
    return View(f"접수 {number}", _registrar_html.application(data), data)


def _defects(db: sqlite3.Connection, heard: Heard, number: str) -> list[Defect]:
    if _cases.version(db, number)["sent"] != heard.sent.model_dump_json():
        raise Refused(
            "changed_meanwhile", "그사이 보정되었습니다. 다시 열어 주십시오. (Changed meanwhile.)", status=409
        )
    app = heard.sent.application
    unique_no = app.property.unique_no
    earlier = _titles.pending_numbers(db, unique_no)
    evidence = _examination.Evidence(
        title=_titles.view(db, unique_no),
        right_proof=_titles.is_right_proof(db, unique_no, app.right_proof.model_dump()),
        certificate=heard.certificate, tax=heard.tax, bond=heard.bond, standard_value=heard.standard_value,
        fee=_fee(db, app), earlier=tuple(earlier[: earlier.index(number)]) if number in earlier else (),
    )  # fmt: skip
    return _examination.examine(heard.sent, evidence)


def _fee(db: sqlite3.Connection, app: Application) -> dict[str, Any] | None:
    row = db.execute(
        "SELECT b.number, b.state, f.unique_no, f.used_by FROM bills b JOIN fee_orders f ON f.number = b.number"
        " WHERE b.payment_no = ?",
        (app.fee_payment_no,),
    ).fetchone()
    return None if row is None else {**dict(row), "used": row["used_by"] is not None}


def document(visit: Visit, db: sqlite3.Connection) -> Response:
    """One document of the packet, as it was sent."""
    number, index = visit.params["number"], visit.params["index"]
    _cases.application(db, number)
    packet = _packet.read(_cases.version(db, number)["packet"])
    if not index.isascii() or not index.isdecimal() or not int(index) < len(packet.items):
        raise Refused("unknown_document", "없는 문서입니다. (No such document.)", status=404)
    path = packet.items[int(index)].path
    if path not in packet.files:
        raise Refused("unknown_document", "없는 문서입니다. (No such document.)", status=404)
    media = MEDIA.get(path.rpartition(".")[2].lower(), "application/octet-stream")
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
               "Content-Security-Policy": "sandbox"}  # fmt: skip
    return Response(packet.files[path], media_type=media, headers=headers)


def register(visit: Visit, db: sqlite3.Connection) -> View:
    number = visit.params["number"]
    row = _cases.open_application(db, number)
    if row["state"] == "correction":
        raise Refused("correction_open", "보정을 기다리는 사건입니다. (A correction is open.)")
    heard: Heard = visit.prepared
    defects = _defects(db, heard, number)
    if defects:
        codes = ", ".join(defect.code for defect in defects)
        raise Refused("defects_remain", f"흠이 남아 있어 등기할 수 없습니다. (Defects remain: {codes}.)")
    fee = _fee(db, heard.sent.application) or {}
    db.execute("UPDATE fee_orders SET used_by = ? WHERE number = ?", (number, fee["number"]))
    return _decided(visit, _cases.register(db, number))


def correct(visit: Visit, db: sqlite3.Connection) -> View:
    """Orders the cure of ``codes`` (all curable defects when none is named), and of what the registrar found alone."""
    number = visit.params["number"]
    row = _cases.open_application(db, number)
    if row["state"] == "correction":
        raise Refused("correction_open", "이미 보정을 명하였습니다. (A correction is open.)")
    found = {defect.code: defect for defect in _defects(db, visit.prepared, number) if defect.curable}
    codes = [code for code in visit.lists.get("codes", ()) if code] or list(found)
    if set(codes) - set(found):
        raise Refused("not_curable", "보정할 수 있는 흠이 아닙니다. (Not a curable defect of this application.)")
    ordered = [found[code] for code in codes] + _own_finding(visit)
    if not ordered:
        raise Refused("nothing_to_correct", "보정할 사항이 없습니다. (There is nothing to correct.)")
    return _decided(visit, _cases.order_correction(db, number, ordered))


def _own_finding(visit: Visit) -> list[Defect]:
    """What no rule finds and a person's eye does."""
    text = visit.form.get("finding", "").strip()[:300]
    where = visit.form.get("field", "").strip()[:40] or "packet"
    if not text:
        return []
    found = Defect(code="registrar_finding", ground=5, field=where, answerable_by="scrivener", ko=text, en=text)
    return [found]


def dismiss(visit: Visit, db: sqlite3.Connection) -> View:
    """Only on a ground of 등기법 §29, by a decision with reasons."""
    number = visit.params["number"]
    _cases.open_application(db, number)
    ground, reason = visit.form.get("ground", "").strip(), visit.form.get("reason", "").strip()[:500]
    if ground not in {str(item) for item in GROUNDS}:
        raise Refused("ground_missing", "각하 사유(등기법 제29조 각 호)를 고르십시오. (Choose a ground of article 29.)")
    if not reason:
        raise Refused("reason_missing", "각하 이유를 적으십시오. (State the reason.)")
    return _decided(visit, _cases.dismiss(db, number, int(ground), reason))


def _decided(visit: Visit, status: dict[str, Any]) -> View:
    return View("처리", "", status, go=f"/people/registrar/{visit.params['number']}")
