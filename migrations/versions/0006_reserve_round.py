"""The first round of the wait-list, and the day on which a home was contracted

Revision 0006, after 0005. Written 2026-11-23.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0006"
down_revision: str | Sequence[str] | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

IDLE = "'waiting','lapsed','annulled'"


def upgrade() -> None:
    op.create_table(
        "reserve_round",
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("homes", postgresql.JSONB(), nullable=False),
        sa.Column("listed", postgresql.JSONB(), nullable=True),
        sa.Column("list_stamp", sa.String(), nullable=True),
        sa.Column("digits", sa.String(), nullable=True),
        sa.Column("observers", postgresql.JSONB(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fixed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('open','closing','fixed','done','annulled')", name=op.f("ck_reserve_round_state")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_reserve_round_notice_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name=op.f("fk_reserve_round_opened_by")),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_reserve_round")),
    )
    op.create_table(
        "reserve_join",
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("joins", sa.Boolean(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_reserve_join_award_id")),
        sa.ForeignKeyConstraint(["entered_by"], ["person.id"], name=op.f("fk_reserve_join_entered_by")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_reserve_join_notice_id")),
        sa.PrimaryKeyConstraint("award_id", name=op.f("pk_reserve_join")),
    )
    op.create_index(op.f("ix_reserve_join_notice_id"), "reserve_join", ["notice_id"])
    op.add_column("award", sa.Column("contracted_on", sa.Date(), nullable=True))
    op.add_column("draw", sa.Column("contract_asked_at", sa.DateTime(timezone=True), nullable=True))
    _one_award_for_a_unit(f"{IDLE},'ineligible'")


def downgrade() -> None:
    """Only where no home of a winner who was found ineligible has gone to somebody else."""
    _one_award_for_a_unit(IDLE)
    op.drop_column("draw", "contract_asked_at")
    op.drop_column("award", "contracted_on")
    op.drop_table("reserve_join")
    op.drop_table("reserve_round")


def _one_award_for_a_unit(idle: str) -> None:
    """``idle``: states in which an award does not hold its unit."""
    op.drop_index("uq_award_notice_unit", table_name="award")
    where = sa.text(f"unit is not null and state not in ({idle})")
    op.create_index("uq_award_notice_unit", "award", ["notice_id", "unit"], unique=True, postgresql_where=where)
