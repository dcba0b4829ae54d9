"""What the timeline says: of each step, and of what happens beside the good path."""

from __future__ import annotations

from domain.words import Step

STEP_WORDS: dict[Step, tuple[str, str]] = {
    Step.DEPOSIT_PAID: ("계약금이 입금되었습니다.", "The deposit has been paid."),
    Step.REPORTED: ("부동산거래신고를 마쳤습니다 (신고필증).", "The transaction report is filed (certificate)."),
    Step.STAMP_PAID: ("인지세를 납부했습니다.", "Stamp duty is paid."),
    Step.INSTALMENTS_PAID: ("중도금을 모두 납부했습니다.", "All instalments are paid."),
    Step.PAID: ("잔금을 지급했습니다.", "The balance is paid."),
    Step.TAXED: ("취득세를 신고·납부했습니다.", "Acquisition tax is filed and paid."),
    Step.BOND_BOUGHT: ("국민주택채권을 매입했습니다.", "The housing bond is bought."),
    Step.PACKET_DELIVERED: ("소유권이전등기를 신청했습니다.", "The transfer has been filed at the registry."),
    Step.CORRECTION_ORDERED: ("등기소가 보정을 명했습니다.", "The registry ordered a correction."),
    Step.CORRECTION_ANSWERED: ("보정을 마쳤습니다.", "The correction has been answered."),
    Step.REGISTERED: ("소유권이전등기가 완료되었습니다.", "The title is registered."),
    Step.DISMISSED: ("등기신청이 각하되었습니다. 보완해 다시 낼 수 있습니다.", "Dismissed: repair and file again."),
    Step.DISSOLVED: ("계약이 합의해제되었습니다.", "The contract has been dissolved."),
}  # fmt: skip
EXEMPT: dict[Step, tuple[str, str]] = {
    Step.STAMP_PAID: ("인지세가 없는 계약입니다.", "No stamp duty on this contract."),
    Step.BOND_BOUGHT: ("국민주택채권 매입 대상이 아닙니다.", "No housing bond has to be bought."),
}
STEP_AGENCY: dict[Step, str] = {
    Step.DEPOSIT_PAID: "bank", Step.REPORTED: "rtms", Step.STAMP_PAID: "bank", Step.INSTALMENTS_PAID: "bank",
    Step.PAID: "bank", Step.TAXED: "wetax", Step.BOND_BOUGHT: "bond", Step.PACKET_DELIVERED: "registry",
    Step.CORRECTION_ORDERED: "registry", Step.CORRECTION_ANSWERED: "registry", Step.REGISTERED: "registry",
    Step.DISMISSED: "registry",
}  # fmt: skip
# Agency, Korean, English.
BESIDE: dict[str, tuple[str, str, str]] = {
    "withdrawn": ("registry", "등기신청이 취하되었습니다. 보완해 다시 낼 수 있습니다.",
                  "The filing was withdrawn: repair and file again."),
    "undo:withdrawal": ("registry", "해제에 따라 등기신청을 취하했습니다.", "The filing is withdrawn."),
    "undo:cancellation": ("rtms", "부동산거래계약 해제를 신고했습니다.", "The dissolution is reported."),
    "undo:refund": ("wetax", "취득세 환급을 받았습니다.", "The acquisition tax is given back."),
    "undo:release": ("bank", "예치금을 쌍방 동의로 지급했습니다.", "Held money is paid out with the consent of both."),
    "changed": ("rtms", "변경 약정을 신고했습니다 (부동산거래계약 변경신고).", "The amendment is reported."),
    "outside": ("onjip", "여럿이 팔거나 사는 계약이어서 온집은 거래신고와 인지세까지 진행했습니다. 잔금, 취득세,"
                " 소유권이전등기는 법무사와 함께 진행해 주십시오.",
                "Several sellers or buyers: Onjip has carried report and stamp duty. Balance, tax and title are for you"
                " and a judicial scrivener."),
    "too_late_to_amend": ("onjip", "그사이 잔금이 지급되었거나 계약이 해제되어 변경 약정을 체결하지 않았습니다.",
                          "The balance was paid or the deal dissolved meanwhile: no amendment is made."),
    "too_late": ("registry", "그사이 등기가 끝나 합의해제의 효력이 등기에 미치지 않습니다. 새 매매계약으로만 되돌릴 수"
                 " 있습니다.", "Registered meanwhile: only a new contract can reverse it."),
}  # fmt: skip
