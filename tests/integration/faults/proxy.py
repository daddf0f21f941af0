"""A wire to a PostgreSQL server that does as a test says when certain words pass."""

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

_CHUNK = 65536


@dataclass
class Link:
    """One connection from a client to the server.

    Attributes:
        client: The socket of the client.
        server: The socket of the server.
        said: What the client has said so far, or the end of it.
        is_mute: Whether the client hears nothing of what the server tells.
    """

    client: socket.socket
    server: socket.socket
    said: bytes = field(default=b"", repr=False)
    is_mute: bool = False

    def pass_on(self, words: bytes) -> None:
        """Send words to the server."""
        self.server.sendall(words)

    def cut(self) -> None:
        """Break the connection on both ends."""
        for end in (self.client, self.server):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it is closed already


Act = Callable[[Link, bytes], object]


class Proxy:
    """Listens on a port of its own; what clients say goes to the server, and back.

    When a client says `words` for the first time, on a connection where it said `after` before, `act` gets the link and
    the message instead of the server; it may pass it on.
    """

    def __init__(
        self, server: tuple[str, int], words: bytes, act: Act, *, after: bytes = b"", host: str = "127.0.0.1"
    ) -> None:
        """Prepare it; nothing listens yet."""
        self._server, self._words, self._act, self._after = server, words, act, after
        self._listener = socket.create_server((host, 0))
        self._links: list[Link] = []
        self._threads: list[threading.Thread] = []
        self.acted = threading.Event()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._spawn(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Cut what is still connected."""
        self._listener.shutdown(socket.SHUT_RDWR)
        for link in self._links:
            link.cut()
        for thread in self._threads:
            thread.join(10)
        for link in self._links:
            link.client.close()
            link.server.close()
        self._listener.close()

    def _spawn(self, work: Callable[..., None], *arguments: Link) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # it listens no more
            try:
                server = socket.create_connection(self._server)
            except OSError:
                client.close()  # as a server does that is down
                continue
            link = Link(client, server)
            self._links.append(link)
            self._spawn(self._pass_on, link)
            self._spawn(self._pass_back, link)

    def _pass_on(self, link: Link) -> None:
        try:
            while said := link.client.recv(_CHUNK):
                link.said = link.said[-_CHUNK:] + said
                _, _, rest = link.said.partition(self._after) if self._after else ("", "", link.said)
                if self._words in rest and not self.acted.is_set():
                    self._act(link, said)
                    self.acted.set()
                else:
                    link.pass_on(said)
        except OSError:
            pass  # one of the ends is gone
        link.cut()

    def _pass_back(self, link: Link) -> None:
        try:
            while told := link.server.recv(_CHUNK):
                if not link.is_mute:
                    link.client.sendall(told)
        except OSError:
            pass  # one of the ends is gone
        link.cut()
