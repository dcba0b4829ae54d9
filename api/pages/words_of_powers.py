"""What a power of attorney (위임장) lets somebody do, as pages say it: Korean, English."""

from __future__ import annotations

POWER: dict[str, tuple[str, str]] = {
    "sell": ("집을 파는 계약", "Sell the home"),
    "buy": ("집을 사는 계약", "Buy the home"),
    "let": ("집을 세주는 계약", "Let the home"),
    "rent": ("집을 빌리는 계약", "Rent the home"),
    "receive_money": ("대금이나 보증금을 받는 일", "Receive the money"),
    "hand_over": ("집과 열쇠, 서류를 주고받는 일", "Hand over home, keys and papers"),
    "register": ("등기에 필요한 서류를 갖추는 일", "Prepare papers for the registry"),
}
