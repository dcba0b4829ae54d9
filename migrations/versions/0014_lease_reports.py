"""Reports of leases

Revision 0014, after 0013. Written 2026-11-23.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0014"
down_revision: str | Sequence[str] | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

GIVEN = "certificate_no is not null and fixed_date_no is not null and fixed_on is not null"


def upgrade() -> None:
    op.create_table(
        "lease_report",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decision", postgresql.JSONB(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("certificate_no", sa.String(), nullable=True),
        sa.Column("fixed_date_no", sa.String(), nullable=True),
        sa.Column("fixed_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state in ('open','exempt','filed','certified')", name=op.f("ck_lease_report_state")),
        sa.CheckConstraint(f"(state = 'certified') = ({GIVEN})", name=op.f("ck_lease_report_certified")),
        sa.CheckConstraint(
            "(number is not null) = (state in ('filed','certified'))", name=op.f("ck_lease_report_filed")
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_lease_report_contract_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_lease_report_case_id")),
        sa.PrimaryKeyConstraint("contract_id", name=op.f("pk_lease_report")),
        sa.UniqueConstraint("number", name="uq_lease_report_number"),
    )
    op.create_index(op.f("ix_lease_report_case_id"), "lease_report", ["case_id"])


def downgrade() -> None:
    op.drop_table("lease_report")
