"""Sealed statements beside a draw's transcript, digits typed for more than one purpose, awards that were annulled

Revision 0004, after 0003. Written 2026-11-23.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | Sequence[str] | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

STATES = "'waiting','awarded','checked','ineligible','contracted','lapsed'"
IDLE = "'waiting','lapsed'"


def upgrade() -> None:
    op.create_table(
        "draw_record",
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body_sha256", sa.String(), nullable=False),
        sa.Column("seal", sa.String(), nullable=True),
        sa.Column("document_sha256", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_draw_record_notice_id")),
        sa.PrimaryKeyConstraint("notice_id", "format", "number", name=op.f("pk_draw_record")),
    )
    op.add_column("ceremony", sa.Column("purpose", sa.String(), nullable=False, server_default="draw"))
    op.alter_column("ceremony", "purpose", server_default=None)
    _typed_once("notice_id", "purpose", "person_id")
    _awards(f"{STATES},'annulled'", f"{IDLE},'annulled'")


def downgrade() -> None:
    """Only where nothing has been annulled or typed again: the older tables have no place for either."""
    _awards(STATES, IDLE)
    _typed_once("notice_id", "person_id")
    op.drop_column("ceremony", "purpose")
    op.drop_table("draw_record")


def _typed_once(*columns: str) -> None:
    op.drop_constraint("uq_ceremony_notice_person", "ceremony")
    op.create_unique_constraint("uq_ceremony_notice_person", "ceremony", list(columns))


def _awards(states: str, idle: str) -> None:
    op.drop_constraint(op.f("ck_award_state"), "award")
    op.create_check_constraint(op.f("ck_award_state"), "award", f"state in ({states})")
    op.drop_index("uq_award_notice_unit", table_name="award")
    where = sa.text(f"unit is not null and state not in ({idle})")
    op.create_index("uq_award_notice_unit", "award", ["notice_id", "unit"], unique=True, postgresql_where=where)
