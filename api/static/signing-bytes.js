// Bytes of signing in the browser: base64, hexadecimal, and a small strict reader of DER. No dependency, no network.
// First of the files of signing; each adds to globalThis.OnjipSign (docs/contracts.md).
(function (own) {
  "use strict";

  /** Something that must not go on. ``code`` is a stable word; the page says it in the reader's language. */
  class Refused extends Error {
    constructor(code) {
      super(code);
      this.code = code;
    }
  }

  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const base64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const unbase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
  const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const sha1 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-1", bytes));

  function join(...parts) {
    const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  const SEQUENCE = 0x30, SET = 0x31, INTEGER = 2, BITS = 3, OCTETS = 4, OID = 6;

  /** One value of DER at ``at``: its tag, its contents, and the bytes of the whole of it. */
  function value(bytes, at = 0) {
    const tag = bytes[at];
    let size = bytes[at + 1], begin = at + 2;
    if (tag === undefined || size === undefined || (tag & 31) === 31) throw new Refused("unreadable");
    if (size & 128) {
      const count = size & 127;
      if (!count || count > 3) throw new Refused("unreadable");
      size = 0;
      for (let i = 0; i < count; i += 1) size = size * 256 + (bytes[begin + i] ?? NaN);
      begin += count;
      if (!(size >= (count === 1 ? 128 : 256 ** (count - 1)))) throw new Refused("unreadable");
    }
    if (!(begin + size <= bytes.length)) throw new Refused("unreadable");
    return { tag, body: bytes.subarray(begin, begin + size), whole: bytes.subarray(at, begin + size) };
  }

  /** The only value that ``bytes`` hold, of this tag. */
  function only(bytes, tag) {
    const found = value(bytes);
    if (found.tag !== tag || found.whole.length !== bytes.length) throw new Refused("unreadable");
    return found;
  }

  /** The values inside a constructed one. */
  function parts(bytes) {
    const found = [];
    for (let at = 0; at < bytes.length; at += found[found.length - 1].whole.length) found.push(value(bytes, at));
    return found;
  }

  /** Dotted name of an object identifier. */
  function oid(found) {
    if (!found || found.tag !== OID || !found.body.length) throw new Refused("unreadable");
    const arcs = [];
    let arc = 0;
    for (const byte of found.body) {
      arc = arc * 128 + (byte & 127);
      if (byte & 128) continue;
      arcs.push(arc);
      arc = 0;
    }
    const first = Math.min(2, Math.floor(arcs[0] / 40));
    return [first, arcs[0] - 40 * first, ...arcs.slice(1)].join(".");
  }

  /** Contents of a value that must have this tag. */
  function content(found, tag) {
    if (!found || found.tag !== tag) throw new Refused("unreadable");
    return found.body;
  }

  Object.assign(own, {
    Refused, SEQUENCE, SET, INTEGER, BITS, OCTETS, base64, content, hex, join, oid, only, parts, same, sha1, sha256,
    unbase64, value,
  });
})((globalThis.OnjipSign ??= {}));
