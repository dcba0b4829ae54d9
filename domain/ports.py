"""Everything the stories need from outside, as Protocols. Wired in ``onjip``; errors are ``domain.errors``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from pydantic import JsonValue

from domain.applications import ReceivedPage
from domain.contracts import ContractTerms, Prepared, VerifyReport
from domain.facts import BuildingLedger, Fact, Item, Title
from domain.filings import (
    Answer,
    Bill,
    Deposit,
    Outgoing,
    RegistryStatus,
    StandardValue,
)
from domain.leases import LeaseReportState
from domain.model import Model
from domain.notices import Notice
from domain.people import Identity
from domain.words import Agency, Sha256, Won


class Office(Protocol):
    """An agency that acts on signed messages. ``knows_keys``: the same msg_id is never acted on twice."""

    @property
    def agency(self) -> Agency: ...

    @property
    def knows_keys(self) -> bool: ...

    async def send(self, outgoing: Outgoing, *, msg_id: str, expires_at: datetime) -> Answer:
        """Carry one act. AgencyDown: not acted. OutcomeUnknown: perhaps acted. AgencyRefused: a signed no."""

    async def find(self, service: str, reference: str) -> Answer | None:
        """What the agency holds under our reference, or None. AgencyDown when it cannot say."""


class NoticeBoard(Protocol):
    """Notices of one agency, and the received list after closing."""

    @property
    def agency(self) -> Agency: ...

    async def notices(self) -> list[Notice]: ...

    async def entries(self, notice_no: str, after: int) -> ReceivedPage:
        """The received applications of a closed notice that follow ``after`` (0: the first). NotYet while receipt is
        open; AgencyDown for a page that cannot be one of its list."""

    async def count(self, notice_no: str) -> int:
        """How many applications have been received so far."""


class Register(Protocol):
    """A register that answers one item about one consenting person."""

    @property
    def agency(self) -> Agency: ...

    async def fetch(self, item: Item, *, identity_ref: str, consent_token: str, purpose: str) -> Fact: ...


class ConsentRegistry(Protocol):
    """Where consent tokens live (the identity provider)."""

    async def revoke(self, token_id: str) -> None:
        """From then on every register refuses the token. Revoking twice is the same as once."""


class LedgerBooks(Protocol):
    """Open registers about property: building ledger (건축물대장) and title (등기)."""

    async def building(self, unique_no: str) -> tuple[BuildingLedger, Sha256]: ...

    async def title(self, unique_no: str) -> Title: ...

    async def official_price(self, unique_no: str) -> Won | None: ...

    async def find_unit(self, notice_no: str, unit: str) -> str | None:
        """Unique number of a new building's unit once its own registration exists, else None."""


class SigningRequest(Model):
    """What is asked to be shown to a person, and the attributes to sign (base64 DER).

    ``subject_ref``: the handle by which the means knows its signer (``SigningService``).
    """

    reference: str
    subject_ref: str
    title: str
    sum_won: int
    document_sha256: str
    signed_attrs: str


class SigningState(Model):
    """``state``: waiting | approved | declined | expired | cancelled.

    ``signature``: base64, when approved: ECDSA as DER, or RSA (PKCS #1 v1.5).
    """

    number: str
    state: str
    signature: str | None = None


class SigningService(Protocol):
    """A means of signing: digest out, signature back; the key stays with its person.

    A remote service knows the person by the identity reference, an own device by the SHA-256 of its certificate.
    """

    async def certificate(self, handle: str) -> list[bytes]:
        """The signer's certificate chain, DER, leaf first."""

    async def request(self, request: SigningRequest) -> SigningState: ...

    async def state(self, number: str) -> SigningState: ...

    async def cancel(self, number: str) -> SigningState:
        """Take a request back, so that nobody can approve it any more. What was decided before stands."""


class KeyVerification(Model):
    """At the identity provider a person says that a key is theirs: there (``url``), until ``ends_at``.

    ``attestation``: that word, once it was given.
    """

    number: str
    url: str | None = None
    ends_at: datetime
    attestation: str | None = None


class CertificateDesk(Protocol):
    """Certificates for keys that people hold themselves. Invalid: refused, for a reason that the person can mend.

    Chains are DER, leaf first, root last.
    """

    async def ask(self, identity_ref: str, key_sha256: str, return_to: str) -> KeyVerification:
        """Begin: the person confirms the key (digest of its SubjectPublicKeyInfo) with the own PIN."""

    async def verification(self, identity_ref: str, number: str) -> KeyVerification: ...

    async def certify(self, identity_ref: str, attestation: str, key: bytes, proof: bytes) -> list[bytes]:
        """A new certificate. ``key``: SubjectPublicKeyInfo (DER); ``proof``: raw r and s over the attestation."""

    async def owned(self, identity_ref: str, certificate: bytes, random: bytes) -> list[bytes]:
        """The chain of a joint certificate (공동인증서) that is this person's, valid and not revoked now.

        ``random``: R out of its key; with the person's number it makes the certificate's VID. The number stays there.
        """


class TrustServices(Protocol):
    """Time stamps and revocation evidence. No fallback to our own clock, ever."""

    async def timestamp(self, digest: bytes) -> bytes:
        """RFC 3161 TimeStampToken (DER) over a SHA-256 digest."""

    async def ocsp(self, certificate: bytes, issuer: bytes) -> bytes:
        """Fresh OCSP response (DER) for one certificate."""

    async def roots(self) -> list[bytes]:
        """Trusted roots (DER), from the trust list that the deployment was given."""


class RandomBeacon(Protocol):
    """The public random source that this deployment was given; no other is ever asked in its place."""

    async def signature(self, public_key: str, number: int) -> str:
        """The signature (hexadecimal) of round ``number`` under ``public_key``, checked. NotYet: not out."""


class Receivers(Protocol):
    """Addresses of offices' own computers, to which events are sent (``domain.webhooks``)."""

    async def check(self, url: str) -> None:
        """Invalid: nothing would be sent there (not HTTPS, no public address, unknown name)."""

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """One POST, and the HTTP status of its answer; nothing else of the answer is read. Redirects are not followed.

        Invalid as ``check``, judged anew. AgencyDown: no answer; it may have arrived.
        """


class Typeface(Protocol):
    """What the contract's fonts can show."""

    def check(self, text: str) -> None:
        """Invalid ``character_not_printable`` naming the first character that could not be printed."""


class ContractWorks(Protocol):
    """Rendering and signing of documents; runs in the documents worker only. Bytes in, bytes out."""

    async def render(self, terms: ContractTerms) -> tuple[bytes, int]:
        """Unsigned PDF/A-3 with one empty signature field per party (``Party.field``) and ``platform``; page count."""

    async def preview(self, terms: ContractTerms) -> bytes:
        """A draft to be read: PDF whose pages say that it is one."""

    async def prepare(self, pdf: bytes, *, field: str, chain: Sequence[bytes]) -> tuple[bytes, Prepared]:
        """Open revision for ``field``: PDF with placeholder, and what is to be signed."""

    async def finish(self, prepared_pdf: bytes, prepared: Prepared, signature: bytes) -> bytes:
        """Embed a signature after verifying it; adds the time stamp (PAdES B-T)."""

    async def seal(self, pdf: bytes) -> tuple[bytes, VerifyReport]:
        """Platform seal, then all evidence and an archive time stamp (PAdES B-LTA); and what the verifier says of it.

        Invalid: the verifier does not find it valid.
        """

    async def renew(self, pdf: bytes) -> tuple[bytes, VerifyReport]:
        """A sealed file with one more archive time stamp, and what the verifier says of it. Invalid: not valid."""

    async def stamp_lasts(self) -> datetime:
        """Until when an archive time stamp that is made now will be believed."""

    async def verify(self, pdf: bytes) -> VerifyReport:
        """Never raises on hostile input: says why it is not valid."""

    async def signed_attributes(self, body: bytes, chain: Sequence[bytes]) -> tuple[str, str]:
        """For a detached CMS over ``body``: (SHA-256 hex, signed attributes base64 DER)."""

    async def detached_cms(self, body: bytes, chain: Sequence[bytes], signed_attrs: str, signature: bytes) -> str:
        """Verified detached CMS (base64 DER) over ``body``."""

    async def seal_body(self, body: bytes) -> str:
        """The platform's detached CMS (base64 DER) over ``body``."""

    async def packet(self, files: dict[str, bytes], manifest: dict[str, object]) -> bytes:
        """Transfer packet: deterministic zip with ``manifest.json`` and its platform signature."""


class Bank(Protocol):
    """The bank's read side."""

    async def deposits(self, account: str, memo: str) -> list[Deposit]: ...

    async def bill(self, number: str) -> Bill:
        """State of an electronic revenue stamp order (전자수입인지)."""


class TaxOffice(Protocol):
    async def bill(self, number: str) -> Bill: ...

    async def standard_value(self, unique_no: str) -> StandardValue:
        """NotYet while the city has not computed it."""


class BondSeller(Protocol):
    async def bill(self, number: str) -> Bill: ...


class Registry(Protocol):
    async def bill(self, number: str) -> Bill:
        """State of a registration fee order."""

    async def status(self, receipt_no: str) -> RegistryStatus: ...


class LeaseOffice(Protocol):
    async def lease(self, number: str) -> LeaseReportState:
        """How a report of a lease stands. UnknownThing for a number that the agency has not given."""


class Documents(Protocol):
    """Content-addressed evidence store."""

    async def put(self, data: bytes, media_type: str) -> Sha256: ...

    async def get(self, sha256: Sha256) -> bytes: ...


class IdentityProvider(Protocol):
    """Log-in of people (OIDC code flow with PKCE); with ``authorization_details`` the log-in is also a consent."""

    def authorize_url(
        self, state: str, nonce: str, challenge: str, authorization_details: list[dict[str, JsonValue]] | None = None
    ) -> str:
        """Where the person's browser goes next. ``challenge``: S256 of the PKCE verifier."""

    async def exchange(self, code: str, verifier: str, nonce: str) -> Identity:
        """Redeem a code. Malformed: the code or its tokens do not hold. AgencyDown: log in again later."""
