"""`python -m phoneseg.demo.postgresql start|stop|remove FOLDER`: what the Makefile and the tests do with a server."""

import sys
from pathlib import Path

from phoneseg.demo.postgresql.server import PostgreSQLServer
from phoneseg.errors import PhonesegError

if __name__ == "__main__":
    what, folder, *when_input_ends = sys.argv[1:]
    if when_input_ends:  # which it does when the process that holds its other end is gone, even by SIGKILL
        sys.stdin.read()
    server = PostgreSQLServer(Path(folder))
    try:
        {"start": server.start, "stop": server.stop, "remove": server.remove}[what]()
    except PhonesegError as error:
        sys.exit(f"phoneseg: {error}")
