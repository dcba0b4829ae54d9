"""A person's word, given with the PIN here, that a key on their own device is theirs: a CA may then certify it.

The word names person and key, holds for minutes, and serves once; the CA keeps count of that itself.
"""

from __future__ import annotations

import base64
import json
import secrets
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Base64Bytes, BaseModel, Field, field_validator

from mydata_connectors.sandbox import _envelope, _ledger, _npki, _pages, _people, _sessions
from mydata_connectors.sandbox._agency import Message, Refused, Reply, View, Visit
from mydata_connectors.sandbox._context import AgencyContext
from mydata_connectors.sandbox._oidc import LOOPBACK

SCHEMA = """
CREATE TABLE IF NOT EXISTS attestations (number TEXT PRIMARY KEY, identity_ref TEXT NOT NULL, key_sha256 TEXT NOT NULL,
    return_to TEXT NOT NULL, ends_at TEXT NOT NULL, token TEXT);
"""
WAITS = timedelta(minutes=10)
HOLDS = 300  # seconds after the PIN in which the CA takes the word


class Wanted(BaseModel):
    """``key_sha256``: of the public key (SubjectPublicKeyInfo, DER). ``return_to``: where the person goes on."""

    key_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    return_to: Annotated[str, Field(max_length=300)]

    @field_validator("return_to")
    @classmethod
    def _registered(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or parts.hostname not in LOOPBACK:
            raise ValueError("not the client's address")
        return value


class Owned(BaseModel):
    """A joint certificate (DER), and the random R out of its key."""

    certificate_b64: Base64Bytes
    random_b64: Base64Bytes


def ask(ctx: AgencyContext, message: Message, db: sqlite3.Connection) -> Reply:
    wanted = message.read(Wanted)
    person = _people.by_ref(message.subject_ref)
    if person is None or not person.pin:
        raise Refused("unknown_person", "nobody who can be asked")
    number, ends = secrets.token_urlsafe(18), (datetime.now(UTC) + WAITS).isoformat()
    row = (number, person.identity_ref, wanted.key_sha256, wanted.return_to, ends)
    db.execute("INSERT INTO attestations VALUES (?,?,?,?,?,NULL)", row)
    return Reply({"number": number, "url": f"{ctx.base_url}/people/attestations/{number}", "ends_at": ends})


def state(message: Message, db: sqlite3.Connection) -> Reply:
    """``attestation``: the word, once it was given. Only about the person that the message names."""
    row = _row(db, message.params["number"], message.subject_ref)
    return Reply({"number": row["number"], "ends_at": row["ends_at"], "attestation": row["token"]})


def show(visit: Visit, db: sqlite3.Connection) -> View:
    row = _row(db, visit.params["number"], visit.person.identity_ref)
    about = {
        "이름 (Name)": visit.person.name, "기기 열쇠 지문 (Key, SHA-256)": row["key_sha256"],
        "기한 (Until)": _pages.seoul(datetime.fromisoformat(row["ends_at"])),
    }  # fmt: skip
    pin = _pages.field("pin", "인증번호 6자리 (PIN)", kind="password")
    text = "<p>이 브라우저에 만든 서명 열쇠를 본인의 것으로 확인합니다. 본인이 시작한 일이 아니면 닫으십시오.</p>"
    form = _pages.form(f"/people/attestations/{escape(row['number'])}/approve", pin, "내 열쇠로 확인 (Confirm)")
    return View("서명 열쇠 확인", text + _pages.facts("확인할 열쇠", about) + form, data=about)


def approve(ctx: AgencyContext, visit: Visit, db: sqlite3.Connection) -> View:
    row = _row(db, visit.params["number"], visit.person.identity_ref)
    if datetime.fromisoformat(row["ends_at"]) <= datetime.now(UTC):
        raise Refused("session_expired", "확인 시간이 지났습니다. 처음부터 다시 하십시오. (Expired.)")
    key = f"attestation:{row['number']}"
    if _sessions.check_pin(db, visit.person.login, visit.form.get("pin", ""), key=key) is None:
        html = _pages.error("인증번호가 맞지 않거나 잠겨 있습니다. (Wrong PIN, or locked.)")
        return View("확인하지 못했습니다", html, data={"code": "wrong_pin"}, status=403)
    if row["token"] is None:
        now = int(time.time())
        claims = {
            "jti": secrets.token_urlsafe(18), "identity_ref": visit.person.identity_ref, "name": visit.person.name,
            "key_sha256": row["key_sha256"], "iat": now, "exp": now + HOLDS,
        }  # fmt: skip
        token = _envelope.sign_token(claims, ctx.key, ctx.name)
        db.execute("UPDATE attestations SET token = ? WHERE number = ?", (token, row["number"]))
        digest = _envelope.sha256(json.dumps(claims).encode())
        _ledger.act(db, kind="attestation", reference=row["number"], number=claims["jti"], body_sha256=digest)
    return View("확인했습니다", data={"return_to": row["return_to"]}, go=row["return_to"])


def owned(message: Message, db: sqlite3.Connection) -> Reply:
    """Whether a joint certificate is this person's. ``prepared``: its holder and chain, already found valid."""
    person = _people.by_ref(message.subject_ref)
    if person is None:
        raise Refused("unknown_person", "nobody of this reference")
    signer, chain = message.prepared
    try:
        named = _npki.is_of(signer.certificate, person.number, message.read(Owned).random_b64)
    except ValueError:
        raise Refused("certificate_unreadable", "the certificate names nobody by VID") from None
    if not named:
        raise Refused("other_person", "the certificate is another person's")
    return Reply({"chain_b64": [base64.b64encode(one).decode() for one in chain]})


def _row(db: sqlite3.Connection, number: str, identity_ref: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute("SELECT * FROM attestations WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise Refused("unknown_attestation", "그런 확인 요청이 없습니다. (No such request.)", status=404)
    if row["identity_ref"] != identity_ref:
        raise Refused("other_person", "다른 사람의 확인 요청입니다. 본인 아이디로 로그인하십시오. (Another person's.)")
    return row
