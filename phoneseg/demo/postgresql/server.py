"""A PostgreSQL server in a folder: made when it is first started, kept until it is removed."""

from __future__ import annotations

import fcntl
import os
import random
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal

import psycopg
from psycopg import sql

from phoneseg.demo.postgresql.cluster import (
    HOST,
    START_WAIT_S,
    USER,
    Cluster,
    load_cluster,
    new_cluster,
    save_cluster,
)
from phoneseg.demo.postgresql.programs import find_programs, server_account
from phoneseg.errors import StopError

StopMode = Literal["smart", "fast", "immediate"]

# Below the ports that systems hand out: a client that calls a stopped server on one of those may call itself.
_PORTS: Final = range(20_000, 32_000)
_PORT_TRIES: Final = 5
_POLL_S: Final = 0.1


class PostgreSQLServer:
    """A server that listens on this machine alone, on a port of its own, and lives until it is stopped.

    Any number of processes may hold one for the same folder, and call what they like at the same time.
    """

    def __init__(self, folder: Path, *, programs: Path | None = None, is_durable: bool = True) -> None:
        """Name the server; nothing is made or started yet.

        Args:
            folder: Where it keeps its password and port, and its data unless we are root.
            programs: Folder with the programs to make it with, instead of those that are found.
            is_durable: Whether its data should outlive a crash of the machine; tests do without.
        """
        self.folder = folder.absolute()
        self._programs = programs
        self._is_durable = is_durable

    @property
    def is_running(self) -> bool:
        """Whether it answers."""
        if load_cluster(self.folder) is None:
            return False
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    @property
    def log_file(self) -> Path:
        """The server's own log."""
        return self._cluster().log

    def url(self, database: str = "postgres") -> str:
        """Return the URL of a database, as SQLAlchemy, ADBC and psql take it; it holds the password.

        Raises:
            StopError: The server was never started.
        """
        cluster = self._cluster()
        return f"postgresql://{USER}:{cluster.password}@{HOST}:{cluster.port}/{database}"

    def psql(self, database: str) -> tuple[list[str], dict[str, str]]:
        """Return the command and the environment that open psql on a database, the password in neither's arguments.

        Raises:
            StopError: The server was never started, or there is no psql.
        """
        cluster = self._cluster()
        psql = shutil.which("psql", path=cluster.programs) or shutil.which("psql")
        if psql is None:
            raise StopError("there is no psql on this machine: use another client, with the URL in phoneseg.toml")
        command = [psql, f"--host={HOST}", f"--port={cluster.port}", f"--username={USER}", database]
        return command, {**os.environ, "PGPASSWORD": cluster.password}

    def start(self) -> None:
        """Start it and wait until it answers; make it before, if need be.

        Raises:
            StopError: There are no programs, or the server does not start; the line says why.
        """
        with self._locked():
            self._start()

    def stop(self, mode: StopMode = "fast") -> None:
        """Stop it and wait until it ended; nothing happens where it does not run.

        Args:
            mode: `smart` waits for clients, `fast` rolls back what they do, `immediate` is a crash.

        Raises:
            StopError: It does not stop.
        """
        if not self.folder.exists():
            return
        with self._locked():
            self._stop(mode)

    def restart(self, mode: StopMode = "fast") -> None:
        """Stop it and start it again, on the same port and with the same data.

        Raises:
            StopError: It does not stop, or not start.
        """
        with self._locked():
            self._stop(mode)
            self._start()

    def remove(self) -> None:
        """Stop it and delete all that it has.

        Raises:
            StopError: It does not stop.
        """
        if not self.folder.exists():
            return
        with self._locked():
            self._stop("immediate")
            if cluster := load_cluster(self.folder):
                shutil.rmtree(cluster.home)
        shutil.rmtree(self.folder, ignore_errors=True)  # unless we are root, it is gone

    def create_database(self, name: str, template: str | None = None) -> None:
        """Create a database, a copy of another one where that is given; nobody may be connected to that.

        Raises:
            psycopg.Error: There is one of that name, or the template is missing or in use.
        """
        copied = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        self._execute(sql.SQL("CREATE DATABASE {}{}").format(sql.Identifier(name), copied))

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is connected to it; nothing happens where there is none."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def rename_database(self, name: str, new_name: str) -> None:
        """Rename a database, to which nobody may be connected.

        Raises:
            psycopg.Error: It is missing or in use, or there is one of the new name.
        """
        names = sql.Identifier(name), sql.Identifier(new_name)
        self._execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))

    def has_database(self, name: str) -> bool:
        """Return whether there is a database of that name."""
        with self._connect() as connection:
            return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None

    def _execute(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.url(), autocommit=True, connect_timeout=10)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Let one process at a time start or stop the server."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "server.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _cluster(self) -> Cluster:
        cluster = load_cluster(self.folder)
        if cluster is None:
            raise StopError(f"there is no PostgreSQL server in {self.folder}: start it first")
        return cluster

    def _start(self) -> None:
        cluster = load_cluster(self.folder) or save_cluster(self.folder, new_cluster(self.folder, self._programs))
        if not Path(cluster.programs, "pg_ctl").exists():  # of an environment that is gone
            cluster = save_cluster(self.folder, replace(cluster, programs=str(find_programs(server_account()))))
        if not cluster.data.exists():
            cluster.make(is_durable=self._is_durable)
        if cluster.is_up:
            self._wait_until_it_answers()
        elif cluster.port == 0:
            self._start_on_a_free_port(cluster)
        else:
            if not _is_free(cluster.port):
                raise StopError(f"PostgreSQL in {cluster.home}: another program has taken its port, {cluster.port}")
            cluster.start()

    def _start_on_a_free_port(self, cluster: Cluster) -> None:
        for tries_left in reversed(range(_PORT_TRIES)):
            port = next(port for port in random.sample(_PORTS, k=len(_PORTS)) if _is_free(port))
            try:
                save_cluster(self.folder, replace(cluster, port=port)).start()
            except StopError:
                if _is_free(port) or not tries_left:  # it is not for the port that it failed
                    save_cluster(self.folder, cluster)
                    raise
            else:
                return

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_WAIT_S
        while not self.is_running:
            if time.monotonic() > deadline:
                raise StopError(f"PostgreSQL in {self.folder} runs but does not answer: see {self.log_file}")
            time.sleep(_POLL_S)

    def _stop(self, mode: StopMode) -> None:
        cluster = load_cluster(self.folder)
        if cluster is not None and cluster.is_up:
            cluster.stop(mode)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does, for what lingers
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
