"""The data of one PostgreSQL server: where it is, how it is made, started and stopped."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from phoneseg.demo.folder import replace_when_done, write_private
from phoneseg.demo.postgresql.programs import Account, find_programs, run_program, server_account
from phoneseg.errors import StopError

USER: Final = "phoneseg"
HOST: Final = "127.0.0.1"
START_WAIT_S: Final = 60

_STATE_FILE: Final = "server.json"
_CONFIGURATION: Final = f"""
# of phoneseg
listen_addresses = '{HOST}'
unix_socket_directories = ''       # TCP with a password is the only way in
max_wal_size = '2GB'               # a bulk load need not wait for checkpoints
timezone = 'UTC'
log_timezone = 'UTC'
log_error_verbosity = terse        # the log repeats no statement and no row
log_min_error_statement = panic
"""
# What was committed still outlives a crash of the server, though not one of the machine.
_NOT_DURABLE: Final = "fsync = off\nfull_page_writes = off\n"


@dataclass(frozen=True)
class Cluster:
    """A data folder and what one start leaves for the next.

    Attributes:
        home: Folder of the data and the log.
        programs: Folder of the programs that made it.
        port: The port it listens on; zero before it was first started.
        password: That of its superuser `phoneseg`.
    """

    home: str
    programs: str
    port: int
    password: str

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder; it is complete where it exists."""
        return Path(self.home) / "data"

    @property
    def log(self) -> Path:
        """The server's own log."""
        return Path(self.home) / "log"

    @property
    def account(self) -> Account | None:
        """Who runs the programs: the owner of the data if we are root, for `postgres` may be newer than the data."""
        home = Path(self.home)
        if os.geteuid() != 0 or not home.exists():
            return server_account()
        owner = home.stat()
        return Account(owner.st_uid, owner.st_gid)

    def make(self, *, is_durable: bool) -> None:
        """Make the data folder; an incomplete one goes.

        Raises:
            StopError: `initdb` fails.
        """
        home, account = Path(self.home), server_account()
        if account is not None:  # then it is ours as a whole
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir(mode=0o700)
            os.chown(home, account.user, account.group)
        new, password = home / "new", home / "password"
        shutil.rmtree(new, ignore_errors=True)
        password.unlink(missing_ok=True)
        write_private(password, self.password)
        if account is not None:
            os.chown(password, account.user, account.group)
        options = (f"--username={USER}", f"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8")
        try:
            self.run("initdb", f"--pgdata={new}", *options, "--locale=C", "--no-sync")
        finally:
            password.unlink()
        with (new / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(_CONFIGURATION + ("" if is_durable else _NOT_DURABLE))
        new.rename(self.data)

    def start(self) -> None:
        """Start the server and wait until it takes connections.

        Raises:
            StopError: It does not start.
        """
        options = ("--wait", f"--timeout={START_WAIT_S}", f"--log={self.log}", f"--options=-p {self.port}")
        self.run("pg_ctl", "start", f"--pgdata={self.data}", *options)

    def stop(self, mode: str) -> None:
        """Stop the server and wait until it ended.

        Raises:
            StopError: It does not end.
        """
        self.run("pg_ctl", "stop", f"--pgdata={self.data}", "--wait", f"--timeout={START_WAIT_S}", f"--mode={mode}")

    @property
    def is_up(self) -> bool:
        """Whether there is a server process, though it may not take connections yet."""
        if not self.data.exists():
            return False
        program = Path(self.programs) / "pg_ctl"
        return run_program(program, "status", f"--pgdata={self.data}", account=self.account).returncode == 0

    def run(self, program: str, *arguments: str) -> None:
        """Run one of the server's programs.

        Raises:
            StopError: It fails; the line has its last words, and those of the server's log.
        """
        try:
            ended = run_program(Path(self.programs) / program, *arguments, account=self.account)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise StopError(f"PostgreSQL in {self.home}: {program}: {error}") from None
        if ended.returncode:
            log = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
            said = [line for line in f"{ended.stderr}\n{log}".splitlines() if line.strip()]
            fatal = [line for line in said if "FATAL" in line or "error:" in line]
            raise StopError(f"PostgreSQL in {self.home}: {program} failed: {(fatal or said or ['no word'])[-1]}")


def new_cluster(folder: Path, programs: Path | None) -> Cluster:
    """Return a cluster that is not made yet, with a random password, for the server in `folder`.

    Raises:
        StopError: There are no programs of PostgreSQL on this machine.
    """
    account = server_account()
    if account is None:
        home = folder
    else:  # it may be unable to reach our folder, as below /root
        name = f"phoneseg-postgresql-{sha256(str(folder).encode()).hexdigest()[:12]}"
        home = Path(tempfile.gettempdir()) / name
    return Cluster(str(home), str(programs or find_programs(account)), port=0, password=secrets.token_urlsafe(24))


def load_cluster(folder: Path) -> Cluster | None:
    """Return the cluster of the server in `folder`, or none where it was never started."""
    try:
        return Cluster(**json.loads((folder / _STATE_FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def save_cluster(folder: Path, cluster: Cluster) -> Cluster:
    """Keep the cluster for the next start, in a file that its owner alone can read; return it."""
    with replace_when_done(folder / _STATE_FILE) as temporary:
        write_private(temporary, json.dumps(asdict(cluster)))
    return cluster
