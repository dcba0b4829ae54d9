"""Plain accessible HTML for an agency's own people-facing site. Korean first; works without JavaScript."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")
CSS = """
:root{color-scheme:light}*{box-sizing:border-box}
body{margin:0;font:1rem/1.6 'NanumGothic','Noto Sans CJK KR',sans-serif;color:#1b1f24;background:#fff}
header{border-bottom:3px solid #3d4450;padding:1rem}main{max-width:46rem;margin:0 auto;padding:1rem}
h1{font-size:1.4rem}h2{font-size:1.15rem}.note{color:#4a5260}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem}
label{display:block;margin:.8rem 0 .2rem;font-weight:bold}
input:not([type=checkbox]):not([type=hidden]),select,textarea{font:inherit;padding:.5rem;width:100%;max-width:24rem;
border:1px solid #4a5260;border-radius:4px}
button,.button{font:inherit;padding:.6rem 1.2rem;min-height:44px;border:0;border-radius:4px;background:#1f4fa3;
color:#fff;cursor:pointer;margin:.8rem .5rem 0 0;display:inline-block;text-decoration:none}
button.plain{background:#4a5260}
:focus-visible{outline:3px solid #d97a00;outline-offset:2px}
table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{border:1px solid #b5bcc7;padding:.5rem;text-align:left;
vertical-align:top}caption{text-align:left;font-weight:bold;padding:.4rem 0}code{word-break:break-all}
.error{border-left:6px solid #b3261e;background:#fdf0ef;padding:.6rem 1rem}
"""


def document(*, agency_ko: str, agency_en: str, title: str, body: str, who: str = "") -> str:
    """A whole page. ``body`` is HTML already; the rest is text."""
    out = f'<p class="note">{escape(who)} 님 · <a href="/people/logout">로그아웃 (Log out)</a></p>' if who else ""
    return (
        '<!doctype html><html lang="ko"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)} · {escape(agency_ko)} (모의 기관)</title><style>{CSS}</style></head><body>"
        '<a class="skip" href="#main">본문으로 (Skip to content)</a>'
        f"<header><strong>{escape(agency_ko)}</strong> <span lang=en>({escape(agency_en)})</span>"
        '<p class="note">개발용 모의 기관입니다. 실제 정부·금융기관 사이트가 아닙니다. '
        "<span lang=en>Sandbox agency for development; not a real institution.</span></p>"
        f'{out}</header><main id="main"><h1>{escape(title)}</h1>{body}</main></body></html>'
    )


def field(name: str, label: str, *, kind: str = "text", value: str = "", autocomplete: str = "off") -> str:
    numeric = ' inputmode="numeric"' if name == "pin" else ""
    return (
        f'<label for="{escape(name)}">{escape(label)}</label><input id="{escape(name)}" name="{escape(name)}" '
        f'type="{kind}" value="{escape(value)}" autocomplete="{autocomplete}"{numeric} required>'
    )


def hidden(values: Mapping[str, str]) -> str:
    return "".join(f'<input type="hidden" name="{escape(k)}" value="{escape(v)}">' for k, v in values.items())


def form(action: str, inner: str, button: str, *, plain: bool = False) -> str:
    look = ' class="plain"' if plain else ""
    return f'<form method="post" action="{escape(action)}">{inner}<button{look}>{escape(button)}</button></form>'


def login_fields() -> str:
    login = field("login", "아이디 (Login)", autocomplete="username")
    return login + field("pin", "인증번호 6자리 (PIN)", kind="password", autocomplete="current-password")


def seoul(at: datetime) -> str:
    """A moment as people here read it."""
    return at.astimezone(SEOUL).strftime("%Y-%m-%d %H:%M:%S")


def error(text: str) -> str:
    return f'<p class="error" role="alert">{escape(text)}</p>' if text else ""


def table(caption: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Cells are text and are escaped; use ``facts`` for a list of names and values."""
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def facts(caption: str, values: Mapping[str, str]) -> str:
    rows = "".join(f'<tr><th scope="row">{escape(k)}</th><td>{escape(v)}</td></tr>' for k, v in values.items())
    return f"<table><caption>{escape(caption)}</caption><tbody>{rows}</tbody></table>"
