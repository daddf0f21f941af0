"""The revisions, which Alembic finds by their files."""
