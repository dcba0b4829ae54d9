"""What is taken for an ID token or a consent token: everything is right, or it is nothing."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from mydata_connectors.envelope import SIGNING, NotGenuine, public_key
from mydata_connectors.openid_tokens import check_consent, read_identity
from mydata_connectors.sandbox._people import identity_ref

HANEUL, AGREEMENT = identity_ref("haneul"), "a" * 64
KEY = ECKey.generate_key("P-256", SIGNING)
LATER = 32_503_680_000  # the year 3000: parameters are made long before the test runs
KEYS = {"idp": public_key(KEY.as_dict(private=False))}


def claims(**changes: object) -> dict[str, object]:
    now = int(time.time())
    good: dict[str, object] = {
        "iss": "https://idp", "aud": "onjip", "sub": "s", "nonce": "n", "iat": now, "exp": now + 60,
        "auth_time": now, "acr": "kr.loa.2", "name": "김하늘", "birthdate": "1989-04-12", "identity_ref": HANEUL,
        "roles": [],
    }  # fmt: skip
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def token(claims: dict[str, object], *, alg: str = "ES256", key: Any = None, kid: str = "idp") -> str:
    payload = json.dumps(claims).encode()
    return jws.serialize_compact({"alg": alg, "kid": kid}, payload, key or KEY, algorithms=[alg])


def read(token: str) -> Any:
    return read_identity(token, KEYS, issuer="https://idp", client="onjip", nonce="n")


def test_a_good_one() -> None:
    assert read(token(claims())).name == "김하늘"


@pytest.mark.parametrize(
    "change",
    [{"iss": "https://other"}, {"aud": "other"}, {"aud": ["onjip", "other"]}, {"nonce": "x"}, {"exp": 1},
     {"iat": LATER}, {"auth_time": 1}, {"acr": "kr.loa.1"}, {"sub": ""}, {"identity_ref": "x"},
     {"birthdate": "someday"}, {"nonce": None}, {"exp": None}, {"name": None}],
)  # fmt: skip
def test_anything_else(change: dict[str, object]) -> None:
    with pytest.raises(NotGenuine):
        read(token(claims(**change)))


def test_other_algorithms_keys_and_shapes() -> None:
    good = token(claims())
    stranger, p384 = ECKey.generate_key("P-256", SIGNING), ECKey.generate_key("P-384")
    none = "eyJhbGciOiJub25lIiwia2lkIjoiaWRwIn0." + good.split(".")[1] + "."
    bad = [
        token(claims(), key=stranger), token(claims(), alg="ES384", key=p384),
        token(claims(), kid="other"), none, good + " ", good[:-2], "", "a.b.c",
        good.replace(".", "=.", 1),
    ]  # fmt: skip
    for one in bad:
        with pytest.raises(NotGenuine):
            read(one)


def test_a_consent_of_another_person_or_time() -> None:
    now = int(time.time())
    claims: dict[str, object] = {
        "jti": "j", "identity_ref": HANEUL, "agreement_sha256": AGREEMENT, "recipient": "onjip", "purpose": "p",
        "items": [], "iat": now, "exp": now + 60,
    }  # fmt: skip
    assert check_consent(token(claims), KEYS, client="onjip", identity_ref=HANEUL).jti == "j"
    for change in ({"recipient": "bank"}, {"identity_ref": "x"}, {"exp": now - 1}, {"jti": None}):
        with pytest.raises(NotGenuine):
            check_consent(token({**claims, **change}), KEYS, client="onjip", identity_ref=HANEUL)
