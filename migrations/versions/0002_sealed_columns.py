"""Sealed columns, and why the supply contract of an award cannot be drafted

Most sealed columns keep their type: what stands in them in clear is read as it is until ``onjip reseal`` has sealed it.
A day that is sealed is a text.

Revision 0002, after 0001. Written 2026-11-23.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | Sequence[str] | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("award", sa.Column("refusal", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.alter_column("person", "birth_date", type_=sa.String(), postgresql_using="birth_date::varchar")


def downgrade() -> None:
    """Only where nothing is sealed: a sealed day is no date."""
    op.alter_column("person", "birth_date", type_=sa.Date(), postgresql_using="birth_date::date")
    op.drop_column("award", "refusal")
