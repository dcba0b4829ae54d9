"""Contracts: withdrawn ones, versions of drafts, deadlines and reminders of signing

Revision 0012, after 0007. Written 2026-11-23.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0012"
down_revision: str | Sequence[str] | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

STATES = "'draft','explained','invited','signing','sealed','declined','expired','annulled','dissolved'"
ENDED = "'declined','expired','annulled','dissolved'"


def upgrade() -> None:
    _states(f"{STATES},'withdrawn'", f"{ENDED},'withdrawn'")
    op.add_column("contract", sa.Column("wait_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("contract", sa.Column("reminders", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("contract", "reminders", server_default=None)
    op.add_column("contract", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "contract_version",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("terms", postgresql.JSONB(), nullable=False),
        sa.Column("terms_sha256", sa.String(), nullable=False),
        sa.Column("document_sha256", sa.String(), nullable=True),
        sa.Column("replaced_by", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("requests", postgresql.JSONB(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_contract_version_contract_id")),
        sa.ForeignKeyConstraint(["replaced_by"], ["person.id"], name=op.f("fk_contract_version_replaced_by")),
        sa.PrimaryKeyConstraint("contract_id", "version", name=op.f("pk_contract_version")),
        sa.UniqueConstraint("contract_id", "act", name="uq_contract_version_contract_act"),
    )


def downgrade() -> None:
    op.drop_table("contract_version")
    for column in ("reminded_at", "reminders", "wait_until"):
        op.drop_column("contract", column)
    op.execute("UPDATE contract SET state = 'declined' WHERE state = 'withdrawn'")
    _states(STATES, ENDED)


def _states(states: str, ended: str) -> None:
    op.drop_constraint(op.f("ck_contract_state"), "contract", type_="check")
    op.create_check_constraint(op.f("ck_contract_state"), "contract", f"state in ({states})")
    op.drop_index("uq_contract_award", "contract")
    op.create_index(
        "uq_contract_award", "contract", ["award_id"], unique=True,
        postgresql_where=sa.text(f"award_id is not null and state not in ({ended})"),
    )  # fmt: skip
