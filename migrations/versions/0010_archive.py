"""Sealed files and their renewals, codes printed on contracts, uploads that anybody may have verified

Revision 0010, after 0011. Written 2026-11-23.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0010"
down_revision: str | Sequence[str] | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NEWEST = sa.text("replaced_at is null")


def upgrade() -> None:
    """Reports of uploads are not carried over: they are made again in a moment."""
    op.create_table(
        "archived",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("believed_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report", postgresql.JSONB(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_archived_contract_id")),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_archived_sha256")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_archived")),
        sa.UniqueConstraint("contract_id", "number", name="uq_archived_contract_number"),
    )
    op.create_index("uq_archived_newest", "archived", ["contract_id"], unique=True, postgresql_where=NEWEST)
    op.create_index("ix_archived_due", "archived", ["believed_until", "contract_id"], postgresql_where=NEWEST)
    op.create_table(
        "contract_code",
        sa.Column("code_sha256", sa.String(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_contract_code_contract_id")),
        sa.PrimaryKeyConstraint("code_sha256", name=op.f("pk_contract_code")),
    )
    op.create_index(op.f("ix_contract_code_contract_id"), "contract_code", ["contract_id"])
    op.drop_table("verification")
    op.create_table(
        "verification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ticket_sha256", sa.String(), nullable=False),
        sa.Column("document_sha256", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=True),
        sa.Column("report", postgresql.JSONB(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification")),
        sa.UniqueConstraint("ticket_sha256", name="uq_verification_ticket"),
    )
    op.create_index("ix_verification_asked", "verification", ["asked_at"])


def downgrade() -> None:
    op.drop_table("verification")
    op.create_table(
        "verification",
        sa.Column("document_sha256", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("report", postgresql.JSONB(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["document_sha256"], ["blob.sha256"], name=op.f("fk_verification_document_sha256")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_verification_person_id")),
        sa.PrimaryKeyConstraint("document_sha256", "person_id", name=op.f("pk_verification")),
    )
    op.drop_table("contract_code")
    op.drop_table("archived")
