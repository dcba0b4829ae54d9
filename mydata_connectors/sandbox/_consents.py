"""Consents as the identity provider keeps them: given with a PIN, ended by withdrawal or by their end."""

from __future__ import annotations

import json
import sqlite3
import time
from datetime import UTC, datetime
from html import escape
from uuid import uuid4

from mydata_connectors.sandbox import _envelope, _ledger, _pages
from mydata_connectors.sandbox._agency import Message, Refused, Reply, View, Visit
from mydata_connectors.sandbox._context import AgencyContext
from mydata_connectors.sandbox._oidc import ConsentDetail
from mydata_connectors.sandbox._people import Person

SCHEMA = """
CREATE TABLE IF NOT EXISTS consents (jti TEXT PRIMARY KEY, identity_ref TEXT NOT NULL, token TEXT NOT NULL,
    claims TEXT NOT NULL, ends_at INTEGER NOT NULL, ended_at TEXT);
"""
PROVIDERS = {
    "residents": "행정안전부 (주민등록·가족관계)", "savings": "입주자저축취급기관 (은행)",
    "houses": "국토교통부 (주택소유)", "applyhome": "한국부동산원 (청약홈)", "income": "국세청 (소득)",
}  # fmt: skip
ITEMS = {
    "address_history": "주소 변동 이력", "household": "세대 구성", "marriage": "혼인 관계",
    "subscription_account": "청약통장 가입·납입 내역", "home_ownership": "주택 소유 내역",
    "past_wins": "과거 당첨 내역", "income": "소득",
}  # fmt: skip


def give(ctx: AgencyContext, db: sqlite3.Connection, person: Person, detail: ConsentDetail) -> str:
    """Records the consent and its ledger row; the answer is its ``jti``."""
    jti = str(uuid4())
    claims = {
        "jti": jti, "identity_ref": person.identity_ref, "agreement_sha256": detail.agreement_sha256,
        "recipient": detail.recipient, "purpose": detail.purpose,
        "items": [item.model_dump() for item in detail.items], "iat": int(time.time()),
        "exp": int(detail.ends_at.timestamp()),
    }  # fmt: skip
    token = _envelope.sign_token(claims, ctx.key, ctx.name)
    row = (jti, person.identity_ref, token, json.dumps(claims), claims["exp"])
    db.execute("INSERT INTO consents (jti, identity_ref, token, claims, ends_at) VALUES (?,?,?,?,?)", row)
    _ledger.act(db, kind="consent", reference=detail.agreement_sha256, number=jti, body_sha256="")
    return jti


def token_of(db: sqlite3.Connection, jti: str) -> str:
    return str(db.execute("SELECT token FROM consents WHERE jti = ?", (jti,)).fetchone()["token"])


def end(db: sqlite3.Connection, jti: str) -> str:
    """Withdraws; at once, for good, and only once. The answer is the time of withdrawal."""
    at = _ledger.stamp()
    if db.execute("UPDATE consents SET ended_at = ? WHERE jti = ? AND ended_at IS NULL", (at, jti)).rowcount:
        _ledger.act(db, kind="withdrawal", reference=jti, number=jti, body_sha256="")
    row = db.execute("SELECT ended_at FROM consents WHERE jti = ?", (jti,)).fetchone()
    return str(row["ended_at"])


def state(message: Message, db: sqlite3.Connection) -> Reply:
    """Whether a consent still holds. An unknown one does not."""
    row = _row(db, message.params["jti"])
    return Reply({"active": _holds(row), "ended_at": None if row is None else row["ended_at"]})


def revoke(message: Message, db: sqlite3.Connection) -> Reply:
    """The person withdrew at the recipient, which passes it on at once. Twice is the same as once."""
    row = _row(db, message.params["jti"])
    if row is None or json.loads(row["claims"])["recipient"] != message.client:
        raise Refused("unknown_consent", "no such consent was given to this client")
    at = end(db, row["jti"])
    return Reply({"number": row["jti"], "at": at, "active": False})


def own(visit: Visit, db: sqlite3.Connection) -> View:
    """What the person has consented to, with a button to withdraw: as easy as giving."""
    query = "SELECT * FROM consents WHERE identity_ref = ? ORDER BY rowid DESC"
    rows = db.execute(query, (visit.person.identity_ref,)).fetchall()
    html = "".join(_card(row) for row in rows) or "<p>동의한 내역이 없습니다. (No consents.)</p>"
    data = [{**json.loads(row["claims"]), "active": _holds(row)} for row in rows]
    return View("내 동의 내역", html, data=data)


def revoke_own(visit: Visit, db: sqlite3.Connection) -> View:
    row = _row(db, visit.params["jti"])
    if row is None or row["identity_ref"] != visit.person.identity_ref:
        raise Refused("unknown_consent", "그런 동의가 없습니다.", status=404)
    return View("철회했습니다", data={"active": False, "at": end(db, row["jti"])}, go="/people")


def details(detail: ConsentDetail) -> str:
    """The agreement as the person reads it before the PIN."""
    rows = [(PROVIDERS.get(i.provider, i.provider), ITEMS.get(i.item, i.item)) for i in detail.items]
    about = {
        "받는 자 (Recipient)": detail.recipient, "목적 (Purpose)": detail.purpose,
        "유효기간 (Until)": _pages.seoul(detail.ends_at),
        "동의문 지문 (Agreement SHA-256)": detail.agreement_sha256,
    }  # fmt: skip
    table = _pages.table("제공 항목 (Items)", ("제공 기관 (Provider)", "항목 (Item)"), rows)
    return (
        "<p>아래 정보의 전송을 요구하고 제공에 동의합니다. 언제든지 철회할 수 있습니다.</p>"
        + table
        + _pages.facts("동의 내용", about)
    )


def _row(db: sqlite3.Connection, jti: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute("SELECT * FROM consents WHERE jti = ?", (jti,)).fetchone()
    return row


def _holds(row: sqlite3.Row | None) -> bool:
    return row is not None and row["ended_at"] is None and row["ends_at"] > time.time()


def _card(row: sqlite3.Row) -> str:
    claims = json.loads(row["claims"])
    items = ", ".join(ITEMS.get(entry["item"], entry["item"]) for entry in claims["items"])
    until = _pages.seoul(datetime.fromtimestamp(row["ends_at"], UTC))
    about = {"받는 자": claims["recipient"], "목적": claims["purpose"], "항목": items, "유효기간": until}
    html = _pages.facts("동의", about)
    if not _holds(row):
        return html + "<p>종료됨 (Ended)</p>"
    return html + _pages.form(f"/people/consents/{escape(row['jti'])}/revoke", "", "동의 철회 (Withdraw)", plain=True)
