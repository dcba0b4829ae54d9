"""What the registrar sees. HTML of the sandbox court; every value is escaped where it is put in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape
from typing import Any

from mydata_connectors.sandbox import _pages
from mydata_connectors.sandbox._defects import GROUNDS

CSS = """<style>
main{max-width:72rem}header{background:#46202d;border-bottom-color:#c9a227;color:#fff;padding:1rem 2rem}
header .note{color:#eadfe2;margin:.2rem 0}header a{color:#ffe9a8}h1{color:#46202d}h2{border-bottom:2px solid #e4d9dc}
th{background:#f7f3f4;white-space:nowrap}td{overflow-wrap:anywhere;word-break:keep-all}caption{position:absolute;left:-99rem}
.cols{display:grid;grid-template-columns:minmax(0,3fr) minmax(0,2fr);gap:2rem}
@media(max-width:60rem){.cols{display:block}}
.state{display:inline-block;padding:.1rem .7rem;border-radius:1rem;background:#e8eaee;color:#1b1f24;font-weight:bold}
.state.received,.state.examining{background:#dfe9fb;color:#17407f}.state.correction{background:#fff0d6;color:#6b4300}
.state.registered{background:#ddf3e3;color:#14532d}.state.dismissed{background:#fbe0de;color:#7d1a13}
.defect{border-left:6px solid #b3261e;background:#fdf0ef;padding:.6rem 1rem;margin:.6rem 0}
.defect p{margin:.2rem 0}.clear{border-left:6px solid #1d7a3d;background:#eef8f1;padding:.6rem 1rem}
.decide{border:1px solid #b5bcc7;border-radius:8px;padding:0 1.2rem 1.2rem;margin:1rem 0}
.decide h3{margin:1rem 0 0}.decide button.no{background:#8c1d18}.decide button.fix{background:#7a4b00}
.decide label.tick{font-weight:normal;display:block;margin:.4rem 0}dl{display:grid;grid-template-columns:9rem 1fr;
gap:.2rem 1rem;margin:0}dt{color:#4a5260}dd{margin:0}
</style>"""
STATES = {
    "received": "접수", "examining": "조사 중", "correction": "보정 대기", "registered": "등기 완료",
    "dismissed": "각하", "withdrawn": "취하",
}  # fmt: skip
DOCUMENTS = {
    "contract": "등기원인증명정보 (계약서)", "application": "신청정보", "mandate": "위임장",
    "report_certificate": "거래신고필증", "stamp_receipt": "전자수입인지", "tax_receipt": "취득세 영수필확인",
    "bond_receipt": "국민주택채권", "fee_receipt": "수수료 영수필확인", "balance_proof": "잔금 지급 증명",
}  # fmt: skip
WHO = {
    "scrivener": "법무사 (대리인)", "reporter": "거래신고인", "obligor": "등기의무자", "obligee": "등기권리자",
}  # fmt: skip


def queue(items: Iterable[Mapping[str, Any]]) -> str:
    rows = "".join(_row(item) for item in items) or '<tr><td colspan="5">접수된 사건이 없습니다.</td></tr>'
    head = "".join(f'<th scope="col">{name}</th>' for name in ("접수번호", "접수 일시", "부동산", "고유번호", "상태"))
    caption = "<caption>접수 사건 (Applications, newest first)</caption>"
    return f"{CSS}<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(item: Mapping[str, Any]) -> str:
    number = escape(item["number"])
    link = f'<a href="/people/registrar/{number}">{number}</a>'
    cells = (link, _when(item["received_at"]), escape(item["place"]), escape(item["unique_no"]), _badge(item["state"]))
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _badge(state: str) -> str:
    return f'<span class="state {escape(state)}">{escape(STATES[state])}</span>'


def _when(text: str) -> str:
    return escape(_pages.seoul(datetime.fromisoformat(text)))


def application(data: Mapping[str, Any]) -> str:
    """One application: what is asked, on which papers, what is wrong with it, and what may be decided."""
    left = _asked(data) + _papers(data) + _title(data["title"])
    right = _result(data) + _defects(data) + _decisions(data)
    top = f"<p>{_badge(data['state'])} 접수 {_when(data['received_at'])}</p>"
    back = '<p><a href="/people/registrar">← 접수 사건 목록 (Queue)</a></p>'
    return f'{CSS}{back}{top}<div class="cols"><div>{left}</div><div>{right}</div></div>'


def _asked(data: Mapping[str, Any]) -> str:
    app = data["application"]
    home = app["property"]
    parties = {"obligor": "등기의무자", "obligee": "등기권리자"}
    values = {
        "등기의 목적": app["purpose"], "등기원인": f"{app['cause_date']} {app['cause']}",
        "부동산": f"{home['lot_address']} {home['building']} {home['dong']} {home['ho']}",
        "전용면적": f"{home['exclusive_area']} ㎡", "고유번호": home["unique_no"],
        **{parties[p["role"]]: _party(p) for p in app["parties"]},
        "거래가액": f"{app['price']:,}원", "거래신고 관리번호": app["report_no"],
        "취득세 과세표준": f"{app['tax_base']:,}원",
        "취득세 등": f"{app['tax_total']:,}원 (납세번호 {app['tax_payment_no']})",
        "시가표준액": f"{app['standard_value']:,}원",
        "국민주택채권": f"{app['bond_amount']:,}원 (발행번호 {app['bond_no']})",
        "수수료 납부번호": app["fee_payment_no"], "대리인": app["agent_name"],
    }  # fmt: skip
    if app["refiles"]:
        values["앞선 접수번호"] = app["refiles"]
    return "<h2>신청정보</h2>" + _pages.facts("소유권이전등기 신청", values)


def _party(party: Mapping[str, Any]) -> str:
    return f"{party['organisation'] or party['name']} · {party['address']} · 지분 {party['share']}"


def _papers(data: Mapping[str, Any]) -> str:
    number = escape(data["number"])
    rows = "".join(
        f'<tr><td><a href="/people/registrar/{number}/documents/{index}">{escape(_document(item))}</a></td>'
        f"<td>{escape(item['path'])}</td><td>{escape(item['article'])}</td><td>{item['size']:,}</td></tr>"
        for index, item in enumerate(data["documents"])
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("첨부정보", "파일", "근거", "바이트"))
    caption = "<caption>첨부정보 (Packet)</caption>"
    return f"<h2>첨부정보</h2><table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _document(item: Mapping[str, Any]) -> str:
    return DOCUMENTS.get(item["document"], str(item["document"]))


def _title(title: Mapping[str, Any]) -> str:
    rows = [
        [r["rank"], r["purpose"], f"{r['received_on']} 제{r['receipt_no']}호", r["cause"], r["holder"]]
        for r in title["rights"]
    ]
    about = f"{title['building']} {title['dong']} {title['ho']} · 대지권 {title['land_share']}"
    heads = ["순위", "등기목적", "접수", "등기원인", "권리자"]
    return f"<h2>등기기록</h2><p>{escape(about)}</p>" + _pages.table("갑구 (Ownership)", heads, rows)


def _result(data: Mapping[str, Any]) -> str:
    if data["state"] == "dismissed":
        ground = f"제29조 제{data['ground']}호 {GROUNDS[int(data['ground'])]}"
        return "<h2>결정</h2>" + _pages.facts("각하", {"사유": ground, "이유": data["reason"]})
    if data["state"] == "registered":
        return "<h2>결정</h2>" + _pages.facts("등기 완료", {"등기기록 해시": data["title_sha256"]})
    ordered = [
        [item["ko"], WHO.get(item["answerable_by"], ""), _when(item["answered_at"] or item["due_at"]),
         "보정됨" if item["answered_at"] else "대기"]
        for item in data["corrections"]
    ]  # fmt: skip
    heads = ["사항", "보정할 사람", "기한·보정 일시", "상태"]
    return "<h2>보정명령</h2>" + _pages.table("보정명령 (Corrections)", heads, ordered) if ordered else ""


def _defects(data: Mapping[str, Any]) -> str:
    if data["state"] not in ("examining", "correction"):
        return ""
    if not data["defects"]:
        return '<h2>조사 결과</h2><p class="clear">흠이 없습니다. (No defect found.)</p>'
    return "<h2>조사 결과</h2>" + "".join(_defect(item) for item in data["defects"])


def _defect(item: Mapping[str, Any]) -> str:
    cure = "보정 가능" if item["curable"] else "보정할 수 없음"
    about = f"등기법 제29조 제{item['ground']}호 · {cure} · {WHO.get(item['answerable_by'], item['answerable_by'])}"
    return (
        f'<div class="defect"><p><strong>{escape(item["ko"])}</strong></p><p lang="en">{escape(item["en"])}</p>'
        f'<p class="note">{escape(about)} · {escape(item["field"])}</p></div>'
    )


def _decisions(data: Mapping[str, Any]) -> str:
    """Only what is possible now is offered."""
    if data["state"] not in ("examining", "correction"):
        return ""
    base = f"/people/registrar/{data['number']}"
    boxes = [_dismissal(base, [defect["ground"] for defect in data["defects"]])]
    if data["state"] == "examining":
        boxes.insert(0, _correction(base, data["defects"]) if data["defects"] else _registration(base))
        if not data["defects"]:
            boxes.insert(1, _correction(base, []))
    return "<h2>처리</h2>" + "".join(boxes)


def _box(title: str, form: str) -> str:
    return f'<section class="decide"><h3>{title}</h3>{form}</section>'


def _form(action: str, inner: str, button: str, look: str = "") -> str:
    return f'<form method="post" action="{escape(action)}">{inner}<button class="{look}">{button}</button></form>'


def _registration(base: str) -> str:
    note = '<p class="note">등기를 마치면 접수한 때부터 효력이 생깁니다. (등기법 제6조제2항)</p>'
    return _box("등기 (Register)", _form(f"{base}/register", note, "교합하여 등기 완료"))


def _correction(base: str, defects: Iterable[Mapping[str, Any]]) -> str:
    ticks = "".join(
        f'<label class="tick"><input type="checkbox" name="codes" value="{escape(d["code"])}" checked> '
        f"{escape(d['ko'])}</label>"
        for d in defects
        if d["curable"]
    )
    own = '<label for="finding">그 밖에 보정할 사항 (Own finding)</label><input id="finding" name="finding">'
    note = '<p class="note">다음 날까지 보정하지 아니하면 각하합니다. (등기법 제29조 단서)</p>'
    return _box("보정명령 (Order a correction)", _form(f"{base}/correction", ticks + own + note, "보정을 명함", "fix"))


def _dismissal(base: str, found: list[int]) -> str:
    """The ground of the first defect is proposed; without one the registrar has to choose."""
    options = ['<option value="">고르십시오 (Choose)</option>']
    for item, text in GROUNDS.items():
        chosen = " selected" if found[:1] == [item] else ""
        options.append(f'<option value="{item}"{chosen}>제{item}호 {escape(text)}</option>')
    choose = f'<select id="ground" name="ground" required>{"".join(options)}</select>'
    area = '<textarea id="reason" name="reason" rows="3" required></textarea>'
    fields = f'<label for="ground">각하 사유 (Ground)</label>{choose}<label for="reason">이유 (Reason)</label>{area}'
    note = '<p class="note">이 신청만 끝납니다. 흠을 고쳐 새 접수번호로 다시 신청할 수 있습니다.</p>'
    return _box("각하 (Dismiss)", _form(f"{base}/dismissal", fields + note, "각하 결정", "no"))
