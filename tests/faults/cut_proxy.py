"""A TCP proxy before the database that breaks a connection at a chosen place (T4)."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

Place = Literal["before forward", "after forward", "after one byte"]


@dataclass(frozen=True)
class Cut:
    """Where to break: at the first request that holds one of the words, after some others have passed."""

    place: Place
    skip: int = 0
    words: tuple[bytes, ...] = (b"",)


class CutProxy:
    """Stands between one client program and the database; breaks as often as it was told to."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._mutex = threading.Lock()
        self._cuts: list[Cut] = []
        self._sockets: list[socket.socket] = []
        self._skipped = 0
        self.made = 0
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def arm(self, *cuts: Cut) -> None:
        """Make these cuts, one after the other, and forget those that were not made."""
        with self._mutex:
            self._cuts = list(cuts)
            self._skipped = 0

    def close(self) -> None:
        """Break everything and wait until nothing of it runs."""
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._threads[0].join()
        _break(*self._sockets)
        for thread in self._threads:
            thread.join()
        for each in self._sockets:
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):  # the door was closed
            while True:
                client, _ = self._door.accept()
                server = socket.create_connection(self._server)
                for each in (client, server):
                    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._sockets += [client, server]
                due: list[Place] = []  # what is to happen to the next reply
                for pump in (self._requests, self._replies):
                    thread = threading.Thread(target=pump, args=(client, server, due))
                    self._threads.append(thread)
                    thread.start()

    def _requests(self, client: socket.socket, server: socket.socket, due: list[Place]) -> None:
        with suppress(OSError):
            while request := client.recv(65_536):
                place = self._place_for(request)
                if place == "before forward":
                    break
                if place is not None:
                    due.append(place)
                server.sendall(request)
        _break(client, server)

    def _replies(self, client: socket.socket, server: socket.socket, due: list[Place]) -> None:
        with suppress(OSError):
            while reply := server.recv(65_536):
                if due:
                    client.sendall(reply[:1] if due[0] == "after one byte" else b"")
                    break
                client.sendall(reply)
        _break(client, server)

    def _place_for(self, request: bytes) -> Place | None:
        with self._mutex:
            if not self._cuts or not any(word in request for word in self._cuts[0].words):
                return None
            if self._skipped < self._cuts[0].skip:
                self._skipped += 1
                return None
            self._skipped = 0
            self.made += 1
            return self._cuts.pop(0).place


def _break(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):  # broken already
            end.shutdown(socket.SHUT_RDWR)
