"""The people's keys inside the signing service. They sign here and are never given out."""

from __future__ import annotations

import base64

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from mydata_connectors.sandbox import _keys, _people
from mydata_connectors.sandbox._agency import Refused
from mydata_connectors.sandbox._context import AgencyContext
from mydata_connectors.sandbox._people import Person

# RFC 5280 wants a PrintableString, which has no underscore; every reader here takes the reference as it is.
UTF8 = x509.name._ASN1Type.UTF8String


class KeyRoom:
    """One P-256 key per person, made and certified when first needed.

    Certificates are asked of the trust agency, which gives the same one for the same key; so nothing is lost
    when this process ends, and only the keys are kept here.
    """

    def __init__(self, ctx: AgencyContext) -> None:
        self.ctx = ctx
        self.chains: dict[str, list[bytes]] = {}

    async def chain(self, identity_ref: str) -> list[bytes]:
        """The person's certificate chain (DER, leaf first, root last). Raises Refused."""
        person = _people.by_ref(identity_ref)
        if person is None or not person.pin:
            raise Refused("unknown_person", "nobody with a key here")
        if identity_ref not in self.chains:
            body = {"reference": identity_ref, "usage": "person", "csr_b64": self._csr(person)}
            answer = await self.ctx.call("trust", "POST", "/enrol", purpose="enrol", body=body)
            self.chains[identity_ref] = [base64.b64decode(item) for item in answer["chain_b64"]]
        return self.chains[identity_ref]

    def sign(self, person: Person, attributes: bytes) -> bytes:
        """DER ECDSA with SHA-256 over the attributes."""
        return self._key(person).sign(attributes, ec.ECDSA(hashes.SHA256()))

    def _csr(self, person: Person) -> str:
        name = x509.Name([
            x509.NameAttribute(NameOID.COUNTRY_NAME, "KR"),
            x509.NameAttribute(NameOID.COMMON_NAME, person.name),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, person.identity_ref, UTF8),
        ])  # fmt: skip
        csr = x509.CertificateSigningRequestBuilder().subject_name(name).sign(self._key(person), hashes.SHA256())
        return base64.b64encode(csr.public_bytes(Encoding.DER)).decode()

    def _key(self, person: Person) -> ec.EllipticCurvePrivateKey:
        key = _keys.own_key(self.ctx.home / f"{self.ctx.name}.{person.login}.pem").private_key
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError("not a P-256 private key")
        return key
