"""`python -m phoneseg.demo.postgresql start|stop|remove|psql FOLDER`: what one does with the server of a demo."""

import os
import sys
from pathlib import Path

from phoneseg.demo.postgresql.server import PostgreSQLServer
from phoneseg.demo.warehouse_database import DATABASE
from phoneseg.errors import PhonesegError


def _main(what: str, folder: str) -> None:
    server = PostgreSQLServer(Path(folder))
    if what == "psql":
        command, environment = server.psql(DATABASE)
        server.start()
        os.execve(command[0], command, environment)  # noqa: S606  # the server's own psql
    {"start": server.start, "stop": server.stop, "remove": server.remove}[what]()


if __name__ == "__main__":
    try:
        _main(*sys.argv[1:])
    except PhonesegError as error:
        sys.exit(f"phoneseg: {error}")
