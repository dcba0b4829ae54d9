"""Everything that is sealed, sealed anew with the current key; what stood in clear from before is sealed too.

May run while the site works, and again after a crash: what is sealed with the current key already is left alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Row, Table, select, tuple_, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import select as select_rows

from store.db import TABLES, Database
from store.keyring import key_id_of
from store.sealed import SealedBox
from store.tables.people import SealedRow
from store.tables.sealing import SealedColumn

Columns = Mapping[Column[Any], SealedColumn]
BATCH = 200  # rows that nobody else may write meanwhile


async def reseal(db: Database, sealed: SealedBox, *, batch: int = BATCH) -> Counter[str]:
    """How many values were sealed anew, by ``table.column``. KeyMissing: a key is not in the ring any more."""
    done: Counter[str] = Counter()
    for name in sorted(TABLES):
        done += await _columns(db, sealed, TABLES[name], batch)
    done["sealed.ciphertext"] += await _secrets(db, sealed, batch)
    return +done


async def _columns(db: Database, sealed: SealedBox, table: Table, batch: int) -> Counter[str]:
    done: Counter[str] = Counter()
    columns = {column: column.type for column in table.columns if isinstance(column.type, SealedColumn)}
    if not columns:
        return done
    key = list(table.primary_key.columns)
    raw = [type_coerce(column, kind.impl_instance).label(_raw(column)) for column, kind in columns.items()]
    query = select(*key, *raw).order_by(*key).limit(batch).with_for_update()
    last: Sequence[Any] | None = None
    while True:
        async with db.transaction() as session:
            after = query if last is None else query.where(tuple_(*key) > tuple_(*last))
            connection = await session.connection()
            rows = (await connection.execute(after)).all()
            for row in rows:
                done += await _row(connection, sealed, table, columns, row)
        if len(rows) < batch:
            return done
        last = rows[-1][: len(key)]


async def _row(
    connection: AsyncConnection, sealed: SealedBox, table: Table, columns: Columns, row: Row[Any]
) -> Counter[str]:
    found = {column: getattr(row, _raw(column)) for column in columns}
    stale = {column: raw for column, raw in found.items() if raw is not None and not _is_current(raw, sealed)}
    if not stale:
        return Counter()
    opened = {
        column.name: columns[column].process_result_value(raw, connection.dialect) for column, raw in stale.items()
    }
    one = [column == getattr(row, column.name) for column in table.primary_key.columns]
    await connection.execute(update(table).where(*one).values(opened))
    return Counter(f"{table.name}.{column.name}" for column in stale)


def _raw(column: Column[Any]) -> str:
    return f"raw_{column.name}"


def _is_current(raw: object, sealed: SealedBox) -> bool:
    return isinstance(raw, str) and key_id_of(raw) == sealed.key_id


async def _secrets(db: Database, sealed: SealedBox, batch: int) -> int:
    done = 0
    query = select_rows(SealedRow).where(SealedRow.key_id != sealed.key_id).limit(batch).with_for_update()
    while True:
        async with db.transaction() as session:
            rows = list(await session.exec(query))
            for row in rows:
                if row.ciphertext:
                    text = sealed.decrypt(row.person_id, row.kind, row.subject, row.ciphertext, row.key_id)
                    row.ciphertext = sealed.encrypt(row.person_id, row.kind, row.subject, text)
                row.key_id = sealed.key_id
                session.add(row)
        done += len(rows)
        if len(rows) < batch:
            return done
