"""Starts one process per agency, keeps them running, and takes them down with itself."""

from __future__ import annotations

import ctypes
import http.client
import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from joserfc.jwk import ECKey

from mydata_connectors.sandbox import _app, _keys, _server
from mydata_connectors.sandbox._addresses import NAMES, address, base_url
from mydata_connectors.sandbox._context import AgencyContext

PR_SET_PDEATHSIG = 1
TICK = 0.05  # seconds
START_LIMIT = 20.0  # seconds until every agency must answer
STOP_LIMIT = 3.0  # seconds that children get after SIGTERM


class Launcher:
    def __init__(
        self, *, home: Path, port: int, makers: Mapping[str, _app.Maker], onjip: ECKey, control_token: str,
        agencies_file: Path,
    ) -> None:  # fmt: skip
        self.home, self.port, self.makers, self.agencies_file = home, port, makers, agencies_file
        self.control_token = control_token
        self.keys = {name: _keys.own_key(home / f"{name}.key.pem") for name in NAMES}
        self.clients = {"onjip": onjip} | {name: public_of(key) for name, key in self.keys.items()}
        self.pids: dict[str, int] = {}
        self.ready: set[str] = set()
        self.stopping = False
        self.pid = os.getpid()

    def run(self) -> int:
        """Until SIGTERM or SIGINT (0), or until an agency cannot be started (1)."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self.agencies_file.unlink(missing_ok=True)
        started = time.monotonic()
        for name in self.makers:
            self._start(name)
        code = 0
        while not self.stopping and code == 0:
            code = self._reap() or self._become_ready(time.monotonic() - started)
            time.sleep(TICK)
        self._end_children()
        return code

    def _stop(self, number: int, frame: object) -> None:
        self.stopping = True

    def _start(self, name: str) -> None:
        pid = os.fork()
        if pid == 0:
            self._be(name)
        self.pids[name] = pid
        write_json(self.home / "pids.json", {"launcher": os.getpid(), "agencies": self.pids})

    def _be(self, name: str) -> None:
        """The child: never returns."""
        code = 1
        try:
            ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != self.pid:
                os._exit(1)  # the launcher died before it could be watched
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            ctx = AgencyContext(name, self.home, self.port, self.keys[name], self.clients, self.control_token)
            _server.run(_app.open_app(ctx, self.makers[name]), address(name), self.port)
            code = 0
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
        finally:
            sys.stderr.flush()
            os._exit(code)

    def _reap(self) -> int:
        """Starts again whoever died. 1 when somebody could not even start (the port is taken, the code is wrong)."""
        for name, pid in list(self.pids.items()):
            if os.waitpid(pid, os.WNOHANG)[0] != pid:
                continue
            del self.pids[name]
            if name not in self.ready:
                sys.stderr.write(f"sandbox: {name} could not start on {address(name)}:{self.port}\n")
                return 1
            sys.stderr.write(f"sandbox: {name} died, starting it again\n")
            self._start(name)
        return 0

    def _become_ready(self, seconds: float) -> int:
        """Publishes the addresses once all have answered. 1 when that takes too long."""
        if len(self.ready) == len(self.makers):
            return 0
        self.ready |= {name for name in self.makers if name not in self.ready and self._answers(name)}
        if len(self.ready) == len(self.makers):
            write_json(self.agencies_file, {name: self._entry(name) for name in self.makers})
        elif seconds > START_LIMIT:
            late = ", ".join(sorted(set(self.makers) - self.ready))
            sys.stderr.write(f"sandbox: no answer on port {self.port} from {late}\n")
            return 1
        return 0

    def _answers(self, name: str) -> bool:
        connection = http.client.HTTPConnection(address(name), self.port, timeout=0.5)
        try:
            connection.request("GET", "/healthz")
            return bool(json.loads(connection.getresponse().read()) == {"agency": name})
        except (OSError, http.client.HTTPException, ValueError):
            return False
        finally:
            connection.close()

    def _entry(self, name: str) -> dict[str, object]:
        return {"base_url": base_url(name, self.port), "public_jwk": _keys.public_jwk(self.keys[name], name)}

    def _end_children(self) -> None:
        for pid in self.pids.values():
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_LIMIT
        left = set(self.pids.values())
        while left and time.monotonic() < deadline:
            left -= {pid for pid in left if os.waitpid(pid, os.WNOHANG)[0] == pid}
            time.sleep(TICK / 5)
        for pid in left:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def public_of(key: ECKey) -> ECKey:
    return ECKey.import_key(key.as_dict(private=False), _keys.USE)


def write_json(path: Path, value: object) -> None:
    """Whole or not at all, so that a reader never sees half of it."""
    draft = path.with_name(path.name + ".new")
    draft.write_text(json.dumps(value, indent=1), "utf-8")
    draft.replace(path)
