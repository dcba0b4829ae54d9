// What is about to be signed, worked out again from the bytes that were downloaded: the digest over the ByteRange, the
// terms inside the file, and the signed attributes, which must speak of exactly these bytes and of the own certificate.
(function (own) {
  "use strict";
  const { OCTETS, Refused, SEQUENCE, SET, content, hex, oid, only, parts, same, sha256 } = own;
  const CONTENT_TYPE = "1.2.840.113549.1.9.3", DIGEST = "1.2.840.113549.1.9.4";
  const CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47", DATA = "1.2.840.113549.1.7.1";
  const RANGE = /\/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)\s+(\d+)\s*\]/g;
  const TERMS = /\/Subtype\s*\/application#2fjson\b[\s\S]*?>>\s*stream\r?\n/gi; // the end of a dictionary, up to its bytes

  const latin = (bytes) => new TextDecoder("latin1").decode(bytes);

  /** Where the signature will stand. Refused unless it is the one gap, still empty, in a range that covers the rest. */
  function gap(pdf, text) {
    const ranges = [...text.matchAll(RANGE)].map((found) => found.slice(1).map(Number));
    const last = ranges.filter(([, second, length]) => second + length === pdf.length);
    if (last.length !== 1) throw new Refused("byte_range");
    const [start, end] = last[0];
    if (!(0 < start && start < end && end < pdf.length) || !/^<0+>$/.test(text.slice(start, end))) throw new Refused("byte_range");
    return [start, end];
  }

  /** The terms as they stand in the file: parsed, and the digest that each of its pages prints. */
  async function termsIn(pdf, text) {
    const found = [...text.matchAll(TERMS)];
    if (found.length !== 1) throw new Refused("terms_missing");
    const begin = found[0].index + found[0][0].length, length = Number(/\/Length\s+(\d+)/.exec(found[0][0])?.[1]);
    if (!/\/FlateDecode/.test(found[0][0]) || !(begin + length <= pdf.length)) throw new Refused("terms_missing");
    try {
      const packed = new Blob([pdf.subarray(begin, begin + length)]).stream();
      const raw = await new Response(packed.pipeThrough(new DecompressionStream("deflate"))).arrayBuffer();
      return { terms: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(raw)), sha256: hex(await sha256(raw)) };
    } catch {
      throw new Refused("terms_missing");
    }
  }

  /** Refused unless the attributes are of a signature over ``digest`` with this certificate (DER), and say no more. */
  async function checkAttributes(attributes, digest, certificate) {
    const found = new Map();
    try {
      for (const one of parts(only(attributes, SET).body)) {
        const [name, values] = parts(content(one, SEQUENCE)), held = parts(content(values, SET));
        if (held.length !== 1 || found.has(oid(name))) throw new Refused("attributes_unreadable");
        found.set(oid(name), held[0]);
      }
      if (found.size !== 3 || oid(found.get(CONTENT_TYPE)) !== DATA) throw new Refused("attributes_unreadable");
      if (!same(content(found.get(DIGEST), OCTETS), digest)) throw new Refused("digest_differs");
      // SigningCertificateV2: certs → the first ESSCertIDv2 → its hash (SHA-256 where no algorithm is named).
      const [certs] = parts(content(found.get(CERTIFICATE_V2), SEQUENCE));
      const [first] = parts(content(parts(content(certs, SEQUENCE))[0], SEQUENCE));
      if (!same(content(first, OCTETS), await sha256(certificate))) throw new Refused("other_certificate");
    } catch (fault) {
      throw fault.code === "unreadable" || !fault.code ? new Refused("attributes_unreadable") : fault;
    }
  }

  /** What a person is asked to sign, from the bytes alone. ``asked``: what the site says of them, which must agree. */
  async function checkRevision(pdf, asked, certificate) {
    const text = latin(pdf), [start, end] = gap(pdf, text);
    const digest = await sha256(own.join(pdf.subarray(0, start), pdf.subarray(end)));
    await checkAttributes(own.unbase64(asked.signed_attrs), digest, certificate);
    if (asked.document_sha256 !== hex(digest)) throw new Refused("digest_differs");
    const found = await termsIn(pdf, text);
    if (found.sha256 !== asked.terms_sha256) throw new Refused("terms_differ");
    return { digest: hex(digest), terms: found.terms };
  }

  Object.assign(own, { checkAttributes, checkRevision });
})((globalThis.OnjipSign ??= {}));
