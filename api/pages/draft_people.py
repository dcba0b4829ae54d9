"""Who takes part in a draft beside one party of each side, as a broker types it: co-owners, agents, a witness."""

from __future__ import annotations

from typing import Any

from api.pages.forms import Posted


def shared(form: Posted) -> dict[str, Any]:
    """Several sellers and buyers. Of a co-buyer: the code, and the share where one is written behind it."""
    words = [line.split() for line in form.lines("co_buyers")]
    return {
        "co_seller_codes": form.lines("co_seller_codes"), "buyer_share": form.text("buyer_share"),
        "co_buyers": [{"code": code, "share": " ".join(share) or None} for code, *share in words],
    }  # fmt: skip


def agents(form: Posted, *sides: str) -> list[dict[str, Any]]:
    """One for each side at most, for its first party."""
    found = []
    for side in sides:
        said = {name: form.text(f"{side}_{name}") for name in ("agent_code", "power")}
        if any(said.values()):
            found.append({
                "role": side, "code": said["agent_code"], "authority": form.text(f"{side}_authority") or "attorney",
                "power_id": said["power"],
            })  # fmt: skip
    return found


def inputs(form: Posted, *sides: str) -> dict[str, str]:
    """Where all this was typed: the place in the body → the input."""
    found = {"parties.share": "buyer_share"}
    for place in range(len(form.lines("co_seller_codes"))):
        found[f"co_seller_codes.{place}"] = "co_seller_codes"
    for place in range(len(form.lines("co_buyers"))):
        found |= {f"co_buyers.{place}.{name}": "co_buyers" for name in ("code", "share")}
    for place, one in enumerate(agents(form, *sides)):
        names = {"code": "agent_code", "authority": "authority", "power_id": "power", "for_code": "agent_code"}
        found |= {f"agents.{place}.{name}": f"{one['role']}_{typed}" for name, typed in names.items()}
    return found
