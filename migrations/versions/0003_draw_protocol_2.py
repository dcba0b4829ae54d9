"""The second draw protocol: the nonce in several hands, hourly counts, a sealed record, draws that come to nothing

A draw of the first protocol that is not over yet becomes void: its terms and its nonce are of a kind that nobody can
verify any more. Those that are published stay as they are.

Revision 0003, after 0002. Written 2026-11-23.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0003"
down_revision: str | Sequence[str] | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

JSON = postgresql.JSONB(astext_type=sa.Text())
TEXTS = ("program", "body_sha256", "listing_sha256", "seal")
MOMENTS = ("screened_at", "revealed_at", "published_at")
NONCE = ("nonce_sealed", "nonce_key_id")


def upgrade() -> None:
    op.add_column("draw", sa.Column("head", JSON, nullable=False, server_default="{}"))
    op.add_column("draw", sa.Column("salt", sa.String(), nullable=False, server_default=""))
    op.add_column("draw", sa.Column("shares", JSON, nullable=True))
    op.add_column("draw", sa.Column("revealed", JSON, nullable=True))
    op.add_column("draw", sa.Column("observers", JSON, nullable=False, server_default="[]"))
    op.add_column("draw", sa.Column("ended", JSON, nullable=True))
    op.add_column("draw", sa.Column("count", sa.Integer(), nullable=True))
    for name in TEXTS:
        op.add_column("draw", sa.Column(name, sa.String(), nullable=True))
    for name in MOMENTS:
        op.add_column("draw", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for name in NONCE:
        op.drop_column("draw", name)
    op.add_column("draw_entry", sa.Column("pool", sa.String(), nullable=True))
    op.add_column("ceremony", sa.Column("observers", JSON, nullable=False, server_default="[]"))
    for table, name in (("draw", "head"), ("draw", "salt"), ("draw", "observers"), ("ceremony", "observers")):
        op.alter_column(table, name, server_default=None)
    op.execute("UPDATE draw SET state = 'void' WHERE state NOT IN ('selected', 'published')")
    op.create_table(
        "draw_count",
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_draw_count_notice_id")),
        sa.PrimaryKeyConstraint("notice_id", "at", name=op.f("pk_draw_count")),
    )


def downgrade() -> None:
    """A nonce that was handed out does not come back: draws that are under way stay as they are, and are never held."""
    op.drop_table("draw_count")
    op.drop_column("ceremony", "observers")
    op.drop_column("draw_entry", "pool")
    op.add_column("draw", sa.Column("nonce_sealed", sa.LargeBinary(), nullable=False, server_default=""))
    op.add_column("draw", sa.Column("nonce_key_id", sa.String(), nullable=False, server_default=""))
    for name in NONCE:
        op.alter_column("draw", name, server_default=None)
    for name in (*MOMENTS, *TEXTS, "count", "ended", "observers", "revealed", "shares", "salt", "head"):
        op.drop_column("draw", name)
