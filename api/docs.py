"""The OpenAPI description as a page of our own: it loads nothing and runs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)
METHODS = ("get", "post", "put", "patch", "delete")
PAGE = """<!doctype html>
<html lang="ko">
<head><meta charset="utf-8"><title>온집 API</title><meta name="viewport" content="width=device-width"></head>
<body>
<main>
<h1>온집 API <small lang="en">Onjip API</small></h1>
<p><a href="/api/openapi.json">openapi.json</a> · 오류는 RFC 9457 문제 답변입니다.
<span lang="en">Errors are RFC 9457 problems; unsafe requests need X-CSRF-Token (GET /api/v1/me), every POST an
Idempotency-Key.</span></p>
{body}
</main>
</body>
</html>
"""


@router.get("/api/docs")
async def docs(request: Request) -> HTMLResponse:
    description: dict[str, Any] = request.app.openapi()
    return HTMLResponse(PAGE.format(body="\n".join(_sections(description))))


def _sections(description: dict[str, Any]) -> Iterator[str]:
    operations: dict[str, list[str]] = {}
    for path, item in description["paths"].items():
        for method in METHODS:
            if method in item:
                tag = item[method]["tags"][0]
                operations.setdefault(tag, []).append(_row(method, path, item[method]))
    for tag, rows in operations.items():
        head = "<tr><th>method</th><th>path</th><th>operation</th><th>body</th><th></th></tr>"
        yield f'<h2 id="{escape(tag)}">{escape(tag)}</h2><table>{head}{"".join(rows)}</table>'
    yield "<h2>schemas</h2>"
    for name, schema in description["components"]["schemas"].items():
        yield _schema(name, schema)


def _row(method: str, path: str, operation: dict[str, Any]) -> str:
    cells = (method.upper(), path, operation["operationId"])
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    text = escape(operation.get("description") or "")
    return (
        "<tr>"
        + "".join(f"<td><code>{escape(cell)}</code></td>" for cell in cells)
        + f"<td>{_type(body)}</td><td>{text}</td></tr>"
    )


def _schema(name: str, schema: dict[str, Any]) -> str:
    required, must = schema.get("required", ()), {True: "필수 (required)", False: ""}
    rows = "".join(
        f"<tr><td><code>{escape(field)}</code></td><td>{must[field in required]}</td><td>{_type(one)}</td></tr>"
        for field, one in schema.get("properties", {}).items()
    )
    text = escape(schema.get("description", ""))
    return f'<h3 id="{escape(name)}">{escape(name)}</h3><p>{text}</p><table>{rows}</table>'


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[1])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"[{_type(schema.get('items', {}))}]"
    limits = [
        f"{word} {schema[word]}" for word in ("pattern", "maxLength", "minimum", "maximum", "format") if word in schema
    ]
    words = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    said = [*map(str, words), *limits]
    return escape(" ".join([str(schema.get("type", "")), f"({', '.join(said)})" if said else ""]).strip())
