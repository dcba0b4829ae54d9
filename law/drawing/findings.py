"""What each finding about a draw is called."""

from __future__ import annotations

from domain.contracts import Finding
from law.drawing.rows import EXCLUDED, LOST, REMOVED, WAITS, WON


def finding(code: str, ok: bool, subject: str = "") -> Finding:
    ko, en = TEXT[code]
    said = ("일치", "ok") if ok else ("불일치", "differs")
    return Finding(code=code, ok=ok, subject=subject, ko=f"{ko}: {said[0]}", en=f"{en}: {said[1]}")


TEXT: dict[str, tuple[str, str]] = {
    "document": ("문서 형식", "Shape of the document"),
    "protocol": ("추첨 규약의 판", "Version of the protocol"),
    "envelope": ("봉인이 가리키는 본문", "Body that the envelope names"),
    "seal": ("청약업무수행기관의 전자봉인", "Seal of the selection operator"),
    "seal_stamp": ("봉인의 시점확인", "Time stamp over the seal"),
    "counts": ("접수 중 시간별 건수의 시점확인", "Hourly counts and their time stamps"),
    "root1_stamp": ("접수 목록의 시점확인", "Time stamp over the tickets"),
    "root2_stamp": ("심사 목록의 시점확인", "Time stamp over the screened list"),
    "times": ("시점확인의 순서(접수, 심사, 봉인)", "Order of the time stamps (receipt, screening, seal)"),
    "terms": ("공고 조건과 법령 수치", "Terms of the notice and numbers of the law"),
    "nonce": ("난수와 그 약속값", "Nonce and its commitment"),
    "shares": ("나누어 맡긴 난수 조각", "Shares of the nonce"),
    "digits": ("추첨 숫자의 형식", "Digits of the ceremony"),
    "typed_by": ("숫자를 입력한 두 사람의 자격", "The two who typed the digits"),
    "beacon": ("공개 난수원(정했다면 서명된 값)", "Public random source (where one was fixed: its signed value)"),
    "digits_stamp": ("난수가 나오기 전의 숫자 시점확인", "Digits stamped before the random value was out"),
    "seed": ("추첨 씨앗값", "Seed"),
    "listing": ("명단의 해시와 길이", "Hash and length of the list"),
    "tickets": ("접수번호 목록(정렬, 중복 없음, 개수)", "List of tickets (sorted, unique, counted)"),
    "root1": ("접수 목록의 뿌리 해시", "Root over the tickets"),
    "root2": ("심사 목록의 뿌리 해시", "Root over the screened list"),
    "root3": ("결과 목록의 뿌리 해시", "Root over the results"),
    "columns": ("심사 목록의 값", "Values of the screened list"),
    "withheld": ("공개하지 않은 소규모 추첨군", "Small pools whose details are withheld"),
    "results": ("결과 목록", "List of results"),
    "result": ("접수번호의 결과", "Result of a ticket"),
    "own_ticket": ("내 접수번호의 증명", "Proof of this ticket"),
    "own_received": ("접수 목록에 내 접수번호가 있는지", "This ticket among those received"),
    "own_screened": ("심사 목록의 내 자료", "This row in the screened list"),
    "own_drawn": ("공개된 내 결과", "This result in the published list"),
    "own_opened": ("내 비공개 자료", "Private part of this ticket"),
    "stated": ("기록의 내용", "What the record states"),
    "no_result": ("결과가 없는 추첨", "A draw without a result"),
    "order": ("추첨을 취소한 명령", "Order that annuls the draw"),
    "declared_by": ("입력하고 확인한 두 사람의 자격", "The two who entered and confirmed it"),
    "named_body": ("기록이 가리키는 추첨 기록", "Transcript that the record names"),
    "same_lists": ("고치기 전과 같은 조건, 명단, 난수", "Terms, lists and nonce as before the correction"),
    "other_digits": ("고친 추첨 숫자", "Digits that were corrected"),
    "reserve_stamp": ("참가 기한 뒤의 참가 명단 시점확인", "List of those who joined, stamped after the deadline"),
    "reserve_homes": ("공급하는 주택이 추첨에서 당첨된 주택인지", "Homes that were won in the draw"),
    "reserve_list": ("참가자가 추첨 기록의 예비입주자인지", "Those who joined are on the wait-list of the draw"),
    "reserve_ticket": ("참가 명단의 접수번호", "Ticket that joined"),
    "allotted": ("배정 결과", "Homes as allotted"),
}
RESULTS: dict[int, tuple[str, str]] = {
    LOST: ("낙첨", "not selected"),
    WON: ("당첨", "selected"),
    WAITS: ("예비입주자", "on the wait-list"),
    EXCLUDED: ("추첨 대상 제외", "left out before the draw"),
    REMOVED: ("다른 신청으로 당첨되어 제외", "removed: selected by another entry"),
}
