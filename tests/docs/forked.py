"""A Python that has read Tael already: it forks for each program that the pages start, which then starts in no time.

A recipe's `tael …` and its lines of Python each load the same modules anew, for half a second of processor. Here
they are loaded once, in the environment and the folder of the place; what is run is the same. A program that
is given another home reads other settings, and starts by itself.

As a program: `forked.py SOCKET` serves. `programs` makes the two programs that ask it.
"""

from __future__ import annotations

import ast
import importlib
import json
import os
import signal
import socket
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

ASKS = """#!{python} -IS
import json, os, socket, sys
if "TAEL_HOME" in os.environ:
    os.execv({python!r}, [{python!r}, "-m", "tael", *sys.argv[1:]])
asked = json.dumps([{name!r}, sys.argv[1:]]).encode()
with socket.socket(socket.AF_UNIX) as line:
    line.connect({address!r})
    socket.send_fds(line, [len(asked).to_bytes(8, "big")], [0, 1, 2])
    line.sendall(asked)
    sys.exit((line.recv(1) or b"\\1")[0])
"""


def programs(folder: Path, address: str) -> None:
    """Make `tael` and `python` in a folder, which have everything done at this address."""
    folder.mkdir(parents=True)
    for name in ("tael", "python"):
        text = ASKS.format(python=sys.executable, name=name, address=address)
        (folder / name).write_text(text, "utf-8")
        (folder / name).chmod(0o755)


def serve(address: str) -> None:
    """Fork for whoever asks, until it is ended."""
    from tael.web.start import start

    start()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen()
        while True:
            line, _ = door.accept()
            with line:
                size, files, *_ = socket.recv_fds(line, 8, 3)
                asked = line.makefile("rb").read(int.from_bytes(size, "big"))
                name, words = json.loads(asked)
                with suppress(Exception):  # the program meets it, too, and says so
                    _load(name, words)
                if os.fork() == 0:
                    door.close()
                    _run(name, words, files, line)
                for file in files:
                    os.close(file)


def _load(name: str, words: list[str]) -> None:
    """Import here, once, what the program will import."""
    if name == "tael":
        from tael.cli.main import tael

        tael.get_command(None, words[0])  # type: ignore[arg-type]  # it looks at the name alone
        return
    for node in ast.walk(ast.parse(words[1])):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("tael."):
            importlib.import_module(str(node.module))


def _run(name: str, words: list[str], files: list[int], line: socket.socket) -> None:
    """Be the program, and tell how it ended."""
    code: Any = 0
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number, file in enumerate(files):
            os.dup2(file, number)
            os.close(file)
        sys.argv = [name, *words]
        if name == "tael":
            from tael.cli.main import main

            main()
        else:
            exec(words[1], {"__name__": "__main__"})  # noqa: S102 - the lines of the page
    except SystemExit as end:
        code = end.code or 0
    except BaseException:  # noqa: BLE001 - as Python itself does
        traceback.print_exc()
        code = 1
    finally:
        with suppress(OSError, ValueError):  # its reader has gone, or it has closed it
            sys.stdout.flush()
        line.sendall(bytes([code]))
        os._exit(0)


if __name__ == "__main__":
    serve(sys.argv[1])
