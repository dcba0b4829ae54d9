"""A draw in pages: when each application was received, how far each pass has come, all entries of one person together

The received list is no longer kept as one document. A draw whose list was being screened or drawn becomes void: its
entries do not say when they were received. Those that are selected or published stay as they are.

Revision 0005, after 0004. Written 2026-11-23.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | Sequence[str] | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BY_HOLDER = ["notice_id", "holder", "received_at", "ticket"]


def upgrade() -> None:
    op.execute("UPDATE draw SET state = 'void' WHERE state IN ('closed', 'screened', 'revealed')")
    op.drop_column("draw", "entries_sha256")
    received = sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, server_default="epoch")
    op.add_column("draw_entry", received)
    op.alter_column("draw_entry", "received_at", server_default=None)
    op.create_index("ix_draw_entry_holder", "draw_entry", BY_HOLDER, postgresql_include=["supply_kind"])
    op.create_table(
        "draw_pass",
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_draw_pass_notice_id")),
        sa.PrimaryKeyConstraint("notice_id", "name", name=op.f("pk_draw_pass")),
    )
    for name in ("notice_id", "ticket"):
        op.drop_index(f"ix_application_line_{name}", table_name="application_line")
    op.create_index("ix_application_line_notice_id_ticket", "application_line", ["notice_id", "ticket"])


def downgrade() -> None:
    """A draw that is under way cannot go on: nothing says any more what its list was as one document."""
    op.drop_index("ix_application_line_notice_id_ticket", table_name="application_line")
    for name in ("notice_id", "ticket"):
        op.create_index(f"ix_application_line_{name}", "application_line", [name])
    op.drop_table("draw_pass")
    op.drop_index("ix_draw_entry_holder", table_name="draw_entry")
    op.drop_column("draw_entry", "received_at")
    op.add_column("draw", sa.Column("entries_sha256", sa.String(), nullable=True))
