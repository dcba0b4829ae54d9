"""A public random source of the form of drand's unchained networks: a signed value every few seconds, never before its
time. BLS12-381, scheme ``bls-unchained-g1-rfc9380``.
"""

from __future__ import annotations

import hashlib
import time

from py_arkworks_bls12381 import G1Point, G2Point, Scalar
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mydata_connectors.sandbox._context import AgencyContext

GENESIS = 1_420_070_400  # Unix seconds of round 1: 2015-01-01
PERIOD = 3  # seconds
SUITE = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
SCHEME = "bls-unchained-g1-rfc9380"


def routes() -> tuple[Route, ...]:
    return Route("/beacon/info", info), Route("/beacon/public/{round:int}", public)


async def info(request: Request) -> Response:
    key = (G2Point() * _secret(request.app.state.ctx)).to_compressed_bytes().hex()
    said = {"public_key": key, "period": PERIOD, "genesis_time": GENESIS, "schemeID": SCHEME}
    return JSONResponse({**said, "metadata": {"beaconID": "sandbox"}})


async def public(request: Request) -> Response:
    number = int(request.path_params["round"])
    if number < 1:
        return JSONResponse({"error": "no such round"}, 404)
    if GENESIS + (number - 1) * PERIOD > time.time():
        return JSONResponse({"error": "too early"}, 425)
    message = hashlib.sha256(number.to_bytes(8, "big")).digest()
    signature = (G1Point.hash_to_curve(message, SUITE) * _secret(request.app.state.ctx)).to_compressed_bytes()
    said = {"round": number, "randomness": hashlib.sha256(signature).hexdigest(), "signature": signature.hex()}
    return JSONResponse(said)


def _secret(ctx: AgencyContext) -> Scalar:
    """Of the agency's own key, so that it is the same after a restart without a file of its own."""
    own = str(ctx.key.as_dict(private=True)["d"])
    return Scalar.from_be_bytes_mod_order(hashlib.sha256(b"beacon:" + own.encode()).digest())
