"""What the codes about webhooks are called on pages: Korean, English; of a state its tone, too."""

from __future__ import annotations

from domain.webhooks import TEST, Event

Pair = tuple[str, str]

WORDS: dict[str, dict[str, Pair]] = {
    "event": {
        Event.INVITED: ("당사자 초대", "Parties invited"),
        Event.SIGNED: ("당사자 한 사람의 서명", "A party has signed"),
        Event.SEALED: ("계약서 봉인 (모두 서명)", "Contract sealed (all have signed)"),
        Event.DECLINED: ("서명 거절", "Declined"),
        Event.EXPIRED: ("서명 기간 지남", "Time to sign is over"),
        Event.WITHDRAWN: ("계약서 철회", "Contract withdrawn"),
        Event.AMENDED: ("변경 약정 체결", "Contract amended"),
        Event.DISSOLVED: ("합의해제", "Contract dissolved"),
        Event.REPORTED: ("신고필증 (부동산거래·임대차 신고)", "Report accepted"),
        Event.REGISTERED: ("소유권이전등기 완료", "Title registered"),
        TEST: ("시험 알림", "Test"),
    },
    "webhook_problem": {
        "webhook_off": ("주소가 꺼져 있었습니다", "The address was off"),
        "webhook_timeout": ("10초 안에 응답이 없었습니다", "No answer within 10 s"),
        "webhook_no_answer": ("연결하지 못했습니다", "No connection"),
        "webhook_address_not_public": ("찾을 수 없거나 공개된 주소가 아닙니다", "Not found, or not a public address"),
    },
}
STATES: dict[str, dict[str, tuple[str, str, str]]] = {
    "webhook": {
        "on": ("켜짐", "On", "success"),
        "off": ("꺼짐", "Off", "gray"),
        "stopped": ("보내기 멈춤", "Stopped", "danger"),
    },
    "webhook_delivery": {
        "waiting": ("보내는 중", "Under way", "information"),
        "delivered": ("전달함", "Delivered", "success"),
        "dead": ("전달하지 못함", "Not delivered", "danger"),
    },
}
