"""The processes of a stack beside database and workflow engine, and how each shows that it serves."""

from __future__ import annotations

import asyncio
import json
import sys
from base64 import b64encode
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from onjip.settings import Settings
from onjip.stack.ports import LOOPBACK
from onjip.stack.processes import Child
from onjip.stack.secrets import Secrets

WORKERS = ("flow", "agencies", "documents")
Ready = Callable[[int], Awaitable[bool]]


def applications(settings: Settings, web_port: int) -> tuple[Child, ...]:
    """The three workers and the site. What ``settings`` leave open they find in the home."""
    home = settings.home.resolve()
    environment = {**as_environment(settings), "ONJIP_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    workers = tuple(
        Child(
            name=f"worker-{name}",
            command=(sys.executable, "-m", "onjip", "worker", name),
            environment=environment,
            ready=_file_names(home / "run" / f"{name}.ready"),
        )
        for name in WORKERS
    )
    web = Child(
        name="web",
        command=(sys.executable, "-m", "onjip", "api"),
        environment=environment,
        ready=_answers_200(web_port, "/healthz"),
    )
    return (*workers, web)


def as_environment(settings: Settings) -> dict[str, str]:
    """The variables that make another process read the same settings, wherever ours came from."""
    given = {name: getattr(settings, name) for name in settings.model_fields_set}
    return {f"ONJIP_{name.upper()}": _as_text(value) for name, value in given.items() if value is not None}


def _as_text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, dict):
        return json.dumps({key: _as_text(item) for key, item in value.items()})
    if isinstance(value, tuple):
        return json.dumps([_as_text(item) for item in value], ensure_ascii=False)
    return str(value)


def sandbox(home: Path, port: int, secrets: Secrets) -> Child:
    """The launcher of the pretend agencies. Its control token is in its environment only."""
    return Child(
        name="sandbox",
        command=(
            sys.executable, "-m", "mydata_connectors.sandbox", "--home", str(home / "sandbox"), "--port", str(port),
            "--client-jwk", str(secrets.gateway_jwk), "--agencies-file", str(home / "agencies.json"),
        ),
        environment={"SANDBOX_CONTROL_TOKEN": secrets.control_token, "PYTHONUNBUFFERED": "1"},
        ready=_agencies_listen(home / "agencies.json", port),
    )  # fmt: skip


def _file_names(path: Path) -> Ready:
    """The file holds the pid: a file of an earlier life does not count."""

    async def ready(pid: int) -> bool:
        return _read(path).strip() == str(pid)

    return ready


def _answers_200(port: int, target: str) -> Ready:
    async def ready(_pid: int) -> bool:
        try:
            async with asyncio.timeout(2):
                reader, writer = await asyncio.open_connection(LOOPBACK, port)
                try:
                    writer.write(f"GET {target} HTTP/1.1\r\nHost: {LOOPBACK}\r\nConnection: close\r\n\r\n".encode())
                    return b" 200 " in await reader.readline()
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            return False

    return ready


def _agencies_listen(listing: Path, port: int) -> Ready:
    """The launcher's list is there, is of this port, and every agency in it accepts connections."""

    async def ready(_pid: int) -> bool:
        try:
            agencies = json.loads(_read(listing))
        except json.JSONDecodeError:
            return False
        urls = [urlsplit(agency["base_url"]) for agency in agencies.values()]
        hosts = [url.hostname for url in urls if url.hostname and url.port == port]
        return len(hosts) == len(urls) > 0 and all([await _listens(host, port) for host in hosts])

    return ready


def _read(path: Path) -> str:
    """A small file's text; empty while it is not there."""
    return path.read_text() if path.exists() else ""


async def _listens(host: str, port: int) -> bool:
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), 2)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True
