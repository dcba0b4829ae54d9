// Time stamps (RFC 3161) and the operator's seal (CMS, RFC 5652), read from their DER bytes. Third of the files of the
// verifier. Signatures are checked by the browser's own cryptography; without it nothing here is proved.
(function (own) {
  "use strict";
  const { Refused, same, sha256, unbase64 } = own;

  const OID = {
    signedData: "1.2.840.113549.1.7.2", data: "1.2.840.113549.1.7.1", stamp: "1.2.840.113549.1.9.16.1.4",
    contentType: "1.2.840.113549.1.9.3", digest: "1.2.840.113549.1.9.4",
    boundTo: "1.2.840.113549.1.9.16.2.47", boundToOld: "1.2.840.113549.1.9.16.2.12",
    basic: "2.5.29.19", usage: "2.5.29.15", purposes: "2.5.29.37", keyName: "2.5.29.14", commonName: "2.5.4.3", organisation: "2.5.4.10", serial: "2.5.4.5",
    stamping: "1.3.6.1.5.5.7.3.8", ec: "1.2.840.10045.2.1", rsa: "1.2.840.113549.1.1.1",
  };
  const DIGESTS = {
    "1.3.14.3.2.26": "SHA-1", "2.16.840.1.101.3.4.2.1": "SHA-256", "2.16.840.1.101.3.4.2.2": "SHA-384",
    "2.16.840.1.101.3.4.2.3": "SHA-512",
  };
  const SIGNATURES = {
    "1.2.840.10045.4.3.2": ["ec", "SHA-256"], "1.2.840.10045.4.3.3": ["ec", "SHA-384"],
    "1.2.840.10045.4.3.4": ["ec", "SHA-512"], "1.2.840.113549.1.1.11": ["rsa", "SHA-256"],
    "1.2.840.113549.1.1.12": ["rsa", "SHA-384"], "1.2.840.113549.1.1.13": ["rsa", "SHA-512"],
  };
  const CURVES = {
    "1.2.840.10045.3.1.7": ["P-256", 32], "1.3.132.0.34": ["P-384", 48], "1.3.132.0.35": ["P-521", 66],
  };
  const [SEQUENCE, SET, OCTETS, INTEGER, BITS, NAME] = [0x30, 0x31, 0x04, 0x02, 0x03, 0x06];
  const LONGEST_CHAIN = 5, CERT_SIGN = 0x04, COMMITMENT = 0x40; // of the first byte of key usage
  const need = (holds, what) => {
    if (!holds) throw new Refused(what);
  };

  /** One DER value: tag, ``bytes`` with head, ``body``, and ``children`` where it is constructed. */
  function read(bytes, depth = 0) {
    const [found, end] = one(bytes, 0, depth);
    need(end === bytes.length, "more after the end");
    return found;
  }

  function one(bytes, at, depth) {
    need(depth < 30 && at + 2 <= bytes.length, "cut short");
    const tag = bytes[at];
    need((tag & 31) !== 31, "a long tag");
    let size = bytes[at + 1], head = 2;
    if (size >= 0x80) {
      const many = size & 127;
      need(many >= 1 && many <= 4 && at + 2 + many <= bytes.length, "no definite length");
      size = 0;
      for (let i = 0; i < many; i += 1) size = size * 256 + bytes[at + 2 + i];
      need(size >= 0x80 && bytes[at + 2] !== 0, "a length written longer than needed");
      head += many;
    }
    const end = at + head + size;
    need(end <= bytes.length, "cut short");
    const found = { tag, bytes: bytes.subarray(at, end), body: bytes.subarray(at + head, end), children: [] };
    if (tag & 32)
      for (let next = at + head; next < end; ) {
        const [child, after] = one(bytes.subarray(0, end), next, depth + 1);
        found.children.push(child);
        next = after;
      }
    return [found, end];
  }

  const expect = (node, tag) => {
    need(node && node.tag === tag, "another shape");
    return node;
  };
  const children = (node, tag = SEQUENCE) => expect(node, tag).children;

  function oid(node) {
    const numbers = [], bytes = expect(node, NAME).body;
    let value = 0;
    for (const byte of bytes) {
      value = value * 128 + (byte & 127);
      if (byte < 128) {
        if (!numbers.length) numbers.push(Math.min(2, Math.floor(value / 40)), value - 40 * Math.min(2, Math.floor(value / 40)));
        else numbers.push(value);
        value = 0;
      }
    }
    return numbers.join(".");
  }

  /** Milliseconds of UTCTime or GeneralizedTime, both in UTC. */
  function moment(node) {
    const text = String.fromCharCode(...node.body), short = node.tag === 0x17;
    need(short || node.tag === 0x18, "no time");
    const found = (short ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/ : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,3})\d*)?Z$/).exec(text);
    need(found, "no time");
    const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
    const rest = Number((found[7] ?? "").padEnd(3, "0"));
    return Date.UTC(short ? year + (year < 50 ? 2000 : 1900) : year, month - 1, day, hour, minute, second, rest);
  }

  function certificate(bytes) {
    const [tbs, algorithm, signature] = children(read(bytes));
    const fields = [...children(tbs)];
    if (fields[0]?.tag === 0xa0) fields.shift();
    const [serial, , issuer, validity, subject, key] = fields;
    const extensions = new Map();
    for (const node of children(fields.find((one) => one.tag === 0xa3)?.children[0] ?? { tag: SEQUENCE, children: [] })) {
      const parts = children(node), name = oid(parts[0]);
      need(!extensions.has(name), "an extension twice");
      extensions.set(name, { critical: parts.length === 3 && parts[1].body[0] === 255, value: expect(parts.at(-1), OCTETS).body });
    }
    const [from, until] = children(validity);
    return {
      bytes, tbs, serial: expect(serial, INTEGER), issuer, subject, key, extensions,
      algorithm: children(algorithm), signature: bits(signature), from: moment(from), until: moment(until),
    };
  }

  const bits = (node) => {
    need(expect(node, BITS).body[0] === 0, "bits left over");
    return node.body.subarray(1);
  };

  function authority(one) {
    const basic = one.extensions.get(OID.basic);
    const parts = basic ? children(read(basic.value)) : [];
    if (!(parts[0]?.tag === 1 && parts[0].body[0] === 255)) return null;
    if (one.extensions.has(OID.usage) && !usedFor(one, CERT_SIGN)) return null;
    return { below: parts[1] ? parts[1].body.reduce((sum, byte) => sum * 256 + byte, 0) : Infinity };
  }

  /** Certificates of a PEM text: authorities are roots, the others pins (who alone may have sealed). */
  function trust(pem) {
    const found = [...pem.matchAll(/-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/g)];
    const all = found.map((block) => certificate(unbase64(block[1].replace(/\s+/g, ""))));
    return { roots: all.filter(authority), pins: all.filter((one) => !authority(one)) };
  }

  async function signed(key, algorithm, hash, signature, data) {
    const subtle = globalThis.crypto?.subtle;
    need(subtle, "no cryptography in this browser");
    const [how, point] = children(key), [family, curve] = children(how);
    const name = oid(algorithm[0]);
    const [kind, digest] = SIGNATURES[name] ?? (name === OID.rsa ? ["rsa", hash] : [null, null]);
    need(kind && digest && digest !== "SHA-1", "an unknown signature algorithm");
    if (kind === "rsa") {
      need(oid(family) === OID.rsa, "another kind of key");
      const modulus = children(read(bits(point)))[0].body;
      need(modulus.length > 255, "a short key");
      const parameters = { name: "RSASSA-PKCS1-v1_5", hash: digest };
      const imported = await subtle.importKey("spki", key.bytes, parameters, false, ["verify"]);
      return subtle.verify(parameters.name, imported, signature, data);
    }
    need(oid(family) === OID.ec, "another kind of key");
    const [namedCurve, size] = CURVES[oid(curve)] ?? [];
    need(namedCurve, "an unknown curve");
    const imported = await subtle.importKey("spki", key.bytes, { name: "ECDSA", namedCurve }, false, ["verify"]);
    const raw = new Uint8Array(2 * size);
    for (const [place, number] of children(read(signature)).entries()) {
      const value = expect(number, INTEGER).body, from = value[0] === 0 ? 1 : 0;
      need(place < 2 && value.length - from <= size, "a signature out of range");
      raw.set(value.subarray(from), (place + 1) * size - (value.length - from));
    }
    return subtle.verify({ name: "ECDSA", hash: digest }, imported, raw, data);
  }

  /** Whether ``leaf`` leads to a root: names, authorities, dates at ``at``, signatures. */
  async function leads(leaf, others, roots, at) {
    let current = leaf;
    for (let below = 0; below < LONGEST_CHAIN; below += 1) {
      if (at < current.from || at > current.until) return false;
      if (roots.some((root) => same(root.bytes, current.bytes))) return true;
      let parent = null;
      for (const one of [...roots, ...others]) {
        const may = authority(one);
        if (!may || may.below < below || !same(one.subject.bytes, current.issuer.bytes)) continue;
        if (await issued(one, current)) {
          parent = one;
          break;
        }
      }
      if (!parent) return false;
      current = parent;
    }
    return false;
  }

  async function issued(parent, child) {
    try {
      return await signed(parent.key, child.algorithm, null, child.signature, child.tbs.bytes);
    } catch {
      return false;
    }
  }

  /** The one signer of a SignedData, its attributes checked against ``digestOf(name)`` of the content. */
  async function signer(der, kind, content) {
    const [type, wrapped] = children(read(der));
    need(oid(type) === OID.signedData, "no signed data");
    const [, , inner, ...rest] = children(wrapped.children[0]);
    const [innerType, carried] = children(inner);
    need(oid(innerType) === kind, "another content");
    const body = carried ? expect(carried.children[0], OCTETS).body : content;
    need(!carried === (kind === OID.data), "not detached, or empty");
    const certificates = (rest.find((one) => one.tag === 0xa0)?.children ?? []).map((one) => certificate(one.bytes));
    const infos = children(rest.find((one) => one.tag === SET), SET);
    need(infos.length === 1, "not exactly one signer");
    const [, sid, digestOf, attributes, algorithm, signature] = children(infos[0]);
    need(attributes.tag === 0xa0, "no signed attributes");
    const said = new Map();
    for (const one of attributes.children) {
      const [name, values] = children(one);
      need(!said.has(oid(name)) && values.children.length === 1, "an attribute twice");
      said.set(oid(name), values.children[0]);
    }
    const hash = DIGESTS[oid(children(digestOf)[0])];
    need(hash && hash !== "SHA-1" && oid(said.get(OID.contentType)) === kind, "another content");
    need(same(expect(said.get(OID.digest), OCTETS).body, await digest(hash, body)), "the signature is over something else");
    const leaf = certificates.find((one) => names(sid, one));
    need(leaf, "no certificate of the signer");
    need(await bound(said, leaf), "bound to another certificate");
    const subject = attributes.bytes.slice();
    subject[0] = SET; // signed as a SET OF, carried under an implicit tag
    need(await signed(leaf.key, children(algorithm), hash, expect(signature, OCTETS).body, subject), "no genuine signature");
    return { leaf, certificates, body };
  }

  function names(sid, one) {
    if (sid.tag === 0x80) {
      const extension = one.extensions.get(OID.keyName);
      return Boolean(extension) && same(read(extension.value).body, sid.body);
    }
    const [issuer, serial] = children(sid);
    return same(issuer.bytes, one.issuer.bytes) && same(serial.body, one.serial.body);
  }

  async function bound(said, leaf) {
    const now = said.get(OID.boundTo), old = said.get(OID.boundToOld);
    need(now || old, "not bound to a certificate");
    const parts = children(children(children(now ?? old)[0])[0]);
    const hash = now ? (parts[0].tag === SEQUENCE ? DIGESTS[oid(parts[0].children[0])] : "SHA-256") : "SHA-1";
    const value = parts.find((one) => one.tag === OCTETS);
    return same(value.body, await digest(hash, leaf.bytes));
  }

  async function digest(name, data) {
    if (name === "SHA-256") return sha256(data);
    return new Uint8Array(await globalThis.crypto.subtle.digest(name, data));
  }

  /** When a token stamped this SHA-256 digest (milliseconds), by an authority under the roots. Refused otherwise. */
  async function stampedAt(token, subject, roots) {
    const found = await signer(token, OID.stamp, null), info = children(read(found.body));
    const [algorithm, imprint] = children(info[2]);
    need(DIGESTS[oid(children(algorithm)[0])] === "SHA-256" && same(expect(imprint, OCTETS).body, subject), "a stamp of something else");
    const at = moment(info[4]), purposes = found.leaf.extensions.get(OID.purposes);
    const listed = purposes ? children(read(purposes.value)).map(oid) : [];
    need(purposes?.critical && listed.length === 1 && listed[0] === OID.stamping, "not a key for stamping");
    need(await leads(found.leaf, found.certificates, roots, at), "no way to a trusted root");
    return at;
  }

  /** Who sealed the body, by a key under the roots (and by one of the pins, where there are any); "" where nobody did. */
  async function sealed(der, body, { roots, pins }, at) {
    const found = await signer(der, OID.data, body);
    const pinned = !pins.length || pins.some((one) => same(one.bytes, found.leaf.bytes));
    const may = pinned && usedFor(found.leaf, COMMITMENT) && (await leads(found.leaf, found.certificates, roots, at));
    return may ? nameOf(found.leaf) : "";
  }

  function usedFor(one, bit) {
    const usage = one.extensions.get(OID.usage);
    return Boolean(usage && expect(read(usage.value), BITS).body[1] & bit);
  }

  /** Organisation, common name and serialNumber of the subject, as far as there are any. */
  function nameOf(one) {
    const said = new Map();
    for (const set of children(one.subject))
      for (const pair of children(set, SET)) said.set(oid(children(pair)[0]), new TextDecoder().decode(children(pair)[1].body));
    return [OID.organisation, OID.commonName, OID.serial].map((name) => said.get(name)).filter(Boolean).join(" ");
  }

  Object.assign(own, { certificate, sealed, stampedAt, trust });
})((globalThis.OnjipDraw ??= {}));
