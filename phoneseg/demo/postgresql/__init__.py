"""A PostgreSQL server of the demo's own (and of the tests'), in a folder, with the programs that this machine has."""

from phoneseg.demo.postgresql.server import PostgreSQLServer

__all__ = ["PostgreSQLServer"]
