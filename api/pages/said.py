"""Sentences that a page says after an act was done (post/redirect/get). The address names the code only."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "case_opened": ("사건을 열었습니다. 이제 필요한 자료에 동의해 주십시오.", "Your case is open. Next: consents."),
    "consents_asked": ("동의를 요청했습니다. 아래에서 답해 주십시오.", "The consents have been asked for."),
    "invitation_taken": ("초대를 확인했습니다. 내용을 읽고 답해 주십시오.", "Please read the request and answer it."),
    "consent_refused": ("동의를 거부했습니다. 자료는 조회되지 않습니다.", "Refused. Nothing will be looked at."),
    "consent_withdrawn": ("동의를 철회했습니다. 지금부터 조회하지 않습니다.", "Withdrawn. Nothing more is fetched."),
    "judging": ("자격을 판정하고 있습니다. 결과는 이 화면에 나타납니다.", "Being judged; the results appear here."),
    "filed": ("통합신청을 접수했습니다. 기관별 접수증이 도착하면 표시됩니다.", "Accepted; agencies' receipts follow."),
    "accepted": ("계약 의사를 접수했습니다. 계약금을 납부해 주십시오.", "Accepted. Please pay the deposit."),
    "explained": ("소명을 접수했습니다.", "Your explanation has been received."),
    "judged": ("판정을 기록했습니다.", "The decision has been recorded."),
    "lapsed": ("다음 순번의 예비입주자에게 배정했습니다.", "The home went to the next on the wait-list."),
    "home_kept": (
        "빈 주택으로 기록했습니다. 예비입주자에게 처음 공급할 때 동·호수를 추첨합니다.",
        "Kept as a free home for the first round of the wait-list.",
    ),
    "nobody_left": ("빈 주택으로 기록했습니다. 남은 예비입주자가 없습니다.", "Kept as free. Nobody waits any more."),
    "round_open": (
        "주택과 동·호수를 공개했습니다. 예비입주자가 참가를 신청할 수 있습니다.",
        "The homes are published. Those who wait may join now.",
    ),
    "round_joined": ("동·호수 추첨에 참가합니다.", "You take part in the lots."),
    "round_left": ("참가를 거두었습니다. 예비 순번은 그대로입니다.", "You do not take part. Your number stays."),
    "tickets_entered": ("참가 여부를 적었습니다.", "Entered."),
    "contract_noted": ("계약 체결일을 기록했습니다.", "The day of the contract is recorded."),
    "redrafting": ("공급계약서를 다시 만들고 있습니다.", "The supply contract is being drafted again."),
    "drafting": ("등기기록과 건축물대장으로 초안을 만들고 있습니다.", "The draft is made from the registers."),
    "revoked": ("위임장을 철회했습니다.", "The power of attorney is revoked."),
    "delivered": ("확인·설명서 교부를 기록했습니다.", "The explanation has been delivered."),
    "invited": ("문서를 확정하고 당사자를 초대했습니다.", "The document is fixed; the parties are invited."),
    "sign_next": (
        "서명 서비스로 보냈습니다. 그곳에서 문서와 금액을 확인하고 승인해 주십시오.",
        "Sent to your signing service. Look at the document and the sum there, and approve.",
    ),
    "signed_here": (
        "서명을 받았습니다. 문서에 넣고 시점확인을 받는 중입니다.",
        "Your signature was received; it is being embedded and time-stamped.",
    ),
    "amendment_made": ("변경 약정을 만들었습니다. 모두 서명해야 효력이 있습니다.", "All must sign the amendment."),
    "edited": ("초안을 고쳤습니다. 확인·설명서를 다시 교부해 주십시오.", "Edited. Deliver the explanation anew."),
    "reminded": ("서명할 사람에게 알렸습니다.", "Those who sign next are reminded."),
    "reopened": (
        "계약서를 회수했습니다. 고친 뒤 다시 설명하고 초대해 주십시오.",
        "Taken back. Edit, explain and invite again.",
    ),
    "withdrawn": ("계약서를 철회했습니다. 계약은 성립하지 않습니다.", "Withdrawn. No contract is made."),
    "declined": ("서명을 거절했습니다.", "You have declined to sign."),
    "dissolution_made": ("합의해제서를 만들었습니다. 모두 서명해야 효력이 있습니다.", "All must sign the dissolution."),
    "proof_given": ("등기필정보를 봉인해 보관했습니다.", "The title password has been sealed."),
    "homes_declared": ("주택 수 신고를 기록했습니다.", "Your declaration has been recorded."),
    "fund_plan_chosen": ("자금조달계획서를 내는 방법을 기록했습니다.", "How the fund plan is filed has been recorded."),
    "scrivener_chosen": ("법무사를 선임했습니다.", "The judicial scrivener has been chosen."),
    "refiled": ("보완한 신청서를 다시 준비합니다.", "The repaired application is being prepared."),
    "published": ("공고를 게시했습니다.", "The notice has been published."),
    "closing": ("접수를 마감하고 명단을 확정하고 있습니다.", "Receipt is being closed."),
    "digits_typed": ("추첨 숫자를 기록했습니다.", "Your digits have been recorded."),
    "order_entered": (
        "명령을 입력했습니다. 사업주체 담당자가 확인하면 추첨이 취소됩니다.",
        "Entered. The draw is annulled once the supplier's officer has confirmed it.",
    ),
    "draw_annulled": ("추첨을 취소하고 기록을 공개했습니다.", "The draw is annulled, and that is published."),
    "recorded_waiting_for_other": (
        "입력했습니다. 다른 담당자도 녹화를 보고 입력해야 합니다.",
        "Kept. The other person has to type, too.",
    ),
    "recorded_correcting": (
        "두 사람의 입력이 같습니다. 다시 선정하고 있습니다.",
        "Both typed the same. The selection is being run again.",
    ),
    "recorded_digits_differ": (
        "두 사람이 입력한 숫자나 녹화 파일이 다릅니다. 둘 다 다시 입력해 주십시오.",
        "Digits or recording differ. Type again, both of you.",
    ),
    "recorded_digits_stand": (
        "녹화의 숫자가 지금 기록과 같습니다. 고칠 것이 없습니다.",
        "The recording shows the digits that stand already.",
    ),
    "uploaded": ("문서를 받았습니다. 확인 결과가 곧 나타납니다.", "Received; the result appears shortly."),
    "webhook_on": ("주소를 켰습니다. 지금부터 알림을 보냅니다.", "Switched on."),
    "webhook_off": ("주소를 껐습니다. 알림을 보내지 않습니다.", "Switched off; nothing more is sent."),
    "webhook_sent": ("알림을 보내고 있습니다. 잠시 뒤 아래에서 결과를 볼 수 있습니다.", "On its way."),
    "logged_out": ("로그아웃했습니다.", "You have logged out."),
}


def sentence(code: str) -> dict[str, str] | None:
    found = SENTENCES.get(code)
    return {"ko": found[0], "en": found[1]} if found else None
