"""A subscription-account bank (입주자저축취급기관), answering as MyData banks do: every value a string.

은행-001/002/003 give the account, its opening date and its balance. They do not give recognised payments and
amounts (인정회차, 인정금액); the block ``recognition`` is our addition.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mydata_connectors.sandbox import _registers
from mydata_connectors.sandbox._agency import Agency, Message, Refused, Reply
from mydata_connectors.sandbox._context import AgencyContext
from mydata_connectors.sandbox._notices import SEOUL

FINE = {"rsp_code": "00000", "rsp_msg": "성공"}
ITEM = "subscription_account"


def agency(ctx: AgencyContext) -> Agency:
    kept = _registers.records("savings")

    def fact(message: Message, db: sqlite3.Connection) -> Reply:
        if _registers.item_asked(message) != ITEM:
            raise Refused("no_record", "this bank does not hold it")
        person = _registers.of_person(kept, message)
        number, at = _registers.issue(db, ITEM)
        return Reply(accounts(person, number, at))

    return Agency(
        title_ko="나눔은행 청약저축",
        title_en="Nanum Bank, subscription savings",
        idempotent=True,
        signed=(_registers.fact_line(ctx, fact),),
        schema=_registers.SCHEMA,
    )


def accounts(person: Mapping[str, Any], number: str, at: str) -> dict[str, object]:
    """001 (list), 002 (basic) and 003 (detail) of the person's accounts, and the recognition of the 청약 account."""
    now = f"{datetime.now(SEOUL):%Y%m%d%H%M%S}"
    opened, deposit = str(person["opened_on"]).replace("-", ""), str(person["deposit"])
    payments, account = str(person["payments_recognised"]), str(person["account_num"])
    listed = [
        {"account_num": "30100" + account[-7:], "is_consent": "true", "seqno": "1", "is_foreign_deposit": "false",
         "prod_name": "나눔 자유통장", "is_minus": "false", "account_type": "1001", "account_status": "01"},
        {"account_num": account, "is_consent": "true", "seqno": "1", "is_foreign_deposit": "false",
         "prod_name": "주택청약종합저축", "is_minus": "false", "account_type": "1999", "account_status": "01"},
    ]  # fmt: skip
    basic = {"currency_code": "KRW", "saving_method": "04", "issue_date": opened, "exp_date": "", "commit_amt": ""}
    detail = {
        "currency_code": "KRW", "balance_amt": deposit, "withdrawable_amt": "0", "offered_rate": "2.8",
        "last_paid_in_cnt": payments,
    }  # fmt: skip
    recognition = {
        "account_num": account, "payments_recognised": payments,
        "amount_recognised": str(person["amount_recognised"]), "deposit": deposit,
        "as_of": _registers.today().replace("-", ""), "document_no": number, "issued_at": at,
    }  # fmt: skip
    return {
        **FINE, "search_timestamp": now, "reg_date": opened, "account_cnt": str(len(listed)), "account_list": listed,
        "basic_cnt": "1", "basic_list": [{"account_num": account, **basic}], "detail_cnt": "1",
        "detail_list": [{"account_num": account, **detail}], "recognition": recognition,
    }  # fmt: skip
