// Bytes of the draw protocol: SHA-256, base64, strict JSON and its canonical form. No dependency, no network.
// First of the files of the verifier; each adds to globalThis.OnjipDraw (docs/draw-protocol.md).
(function (own) {
  "use strict";
  class Refused extends Error {}
  const K = new Int32Array(64);
  const START = new Int32Array(8);
  (function constants() {
    // The first 32 bits of the fractional parts of cube and square roots of the first primes (FIPS 180-4).
    const fraction = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
    let found = 0;
    for (let n = 2; found < 64; n += 1) {
      let prime = true;
      for (let d = 2; d * d <= n; d += 1) if (n % d === 0) prime = false;
      if (!prime) continue;
      if (found < 8) START[found] = fraction(Math.sqrt(n));
      K[found] = fraction(Math.cbrt(n));
      found += 1;
    }
  })();
  const W = new Int32Array(64);

  function compress(state, data, at) {
    for (let i = 0; i < 16; i += 1, at += 4)
      W[i] = (data[at] << 24) | (data[at + 1] << 16) | (data[at + 2] << 8) | data[at + 3];
    for (let i = 16; i < 64; i += 1) {
      const x = W[i - 15], y = W[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
    }
    let a = state[0], b = state[1], c = state[2], d = state[3];
    let e = state[4], f = state[5], g = state[6], h = state[7];
    for (let i = 0; i < 64; i += 1) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    state[0] += a; state[1] += b; state[2] += c; state[3] += d;
    state[4] += e; state[5] += f; state[6] += g; state[7] += h;
  }

  /** SHA-256 that can be copied half-way: millions of hashes share one beginning. */
  class Sha256 {
    constructor() {
      this.state = new Int32Array(START);
      this.block = new Uint8Array(64);
      this.length = 0;
    }
    from(other) {
      this.state.set(other.state);
      this.block.set(other.block);
      this.length = other.length;
      return this;
    }
    update(data, from = 0, to = data.length) {
      let filled = this.length % 64;
      this.length += to - from;
      if (filled) {
        while (from < to && filled < 64) this.block[filled++] = data[from++];
        if (filled < 64) return this;
        compress(this.state, this.block, 0);
      }
      for (; to - from >= 64; from += 64) compress(this.state, data, from);
      for (filled = 0; from < to; ) this.block[filled++] = data[from++];
      return this;
    }
    finish() {
      const filled = this.length % 64, block = this.block;
      block[filled] = 0x80;
      block.fill(0, filled + 1);
      if (filled >= 56) {
        compress(this.state, block, 0);
        block.fill(0);
      }
      const bits = this.length * 8;
      for (let i = 0; i < 8; i += 1) block[63 - i] = Math.floor(bits / 2 ** (8 * i)) & 255;
      compress(this.state, block, 0);
      return this.state;
    }
    into(out, at) {
      const state = this.finish();
      for (let i = 0; i < 8; i += 1, at += 4) {
        out[at] = state[i] >>> 24;
        out[at + 1] = state[i] >>> 16;
        out[at + 2] = state[i] >>> 8;
        out[at + 3] = state[i];
      }
    }
    digest() {
      const out = new Uint8Array(32);
      this.into(out, 0);
      return out;
    }
  }
  const sha256 = (data) => new Sha256().update(data).digest();

  const utf8 = (text) => new TextEncoder().encode(text);
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

  /** Bytes of hexadecimal text; white space between bytes is allowed. */
  function unhex(text) {
    if (!/^(?:[ \t\n\v\f\r]*[0-9a-fA-F]{2})*[ \t\n\v\f\r]*$/.test(text)) throw new Refused("not hexadecimal");
    return Uint8Array.from(text.match(/[0-9a-fA-F]{2}/g) || [], (pair) => parseInt(pair, 16));
  }

  const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const VALUES = new Uint8Array(128).fill(255);
  for (let i = 0; i < 64; i += 1) VALUES[BASE64.charCodeAt(i)] = i;

  function unbase64(text) {
    const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
    if (text.length % 4) throw new Refused("base64 of a wrong length");
    const letters = text.length - padding, out = new Uint8Array((text.length / 4) * 3 - padding);
    for (let i = 0, at = 0; i < letters; i += 4) {
      let bits = 0;
      for (let j = i; j < i + 4; j += 1) {
        const code = text.charCodeAt(j), value = j >= letters ? 0 : code < 128 ? VALUES[code] : 255;
        if (value === 255) throw new Refused("not base64");
        bits = (bits << 6) | value;
      }
      // Beyond the end nothing is written: a typed array ignores it.
      out[at++] = bits >>> 16;
      out[at++] = bits >>> 8;
      out[at++] = bits;
    }
    return out;
  }

  const DEEPEST = 60;
  const LARGEST = 96 * 1024 * 1024; // characters of one document
  const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

  /** Strict JSON: no name twice, integers only, well-formed text. Refused for anything else. */
  function parse(source) {
    const text = typeof source === "string" ? source : new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(source);
    if (text.length > LARGEST) throw new Refused("too large");
    const blank = /[ \t\n\r]*/y, number = /-?(?:0|[1-9][0-9]*)(?![0-9.eE])/y;
    let at = 0;
    const skip = () => {
      blank.lastIndex = at;
      at += blank.exec(text)[0].length;
    };
    const take = (sign) => {
      skip();
      if (text[at] !== sign) throw new Refused(`${sign} expected at ${at}`);
      at += 1;
    };
    const word = (said, value) => {
      if (!text.startsWith(said, at)) throw new Refused(`unreadable at ${at}`);
      at += said.length;
      return value;
    };
    function string() {
      take('"');
      const parts = [];
      for (;;) {
        let end = at;
        while (text.charCodeAt(end) > 31 && text[end] !== '"' && text[end] !== "\\") end += 1;
        parts.push(text.slice(at, end));
        at = end + 1;
        if (text[end] === '"') break;
        if (text[end] !== "\\") throw new Refused(`a text without end at ${end}`);
        const escape = text[at];
        if (escape === "u") {
          const digits = text.slice(at + 1, at + 5);
          if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new Refused(`bad escape at ${at}`);
          parts.push(String.fromCharCode(parseInt(digits, 16)));
          at += 5;
        } else {
          if (!Object.hasOwn(ESCAPES, escape ?? "")) throw new Refused(`bad escape at ${at}`);
          parts.push(ESCAPES[escape]);
          at += 1;
        }
      }
      const found = parts.join("");
      if (/\p{Surrogate}/u.test(found)) throw new Refused("half a character");
      return found;
    }
    function many(end, one) {
      at += 1;
      skip();
      if (text[at] === end) return void (at += 1);
      for (;;) {
        one();
        skip();
        if (text[at] === end) return void (at += 1);
        take(",");
      }
    }
    function value(depth) {
      if (depth > DEEPEST) throw new Refused("too deep");
      skip();
      switch (text[at]) {
        case "{": {
          const found = new Map();
          many("}", () => {
            skip();
            const name = string();
            take(":");
            if (found.has(name)) throw new Refused(`${name} stands twice`);
            found.set(name, value(depth + 1));
          });
          return found;
        }
        case "[": {
          const found = [];
          many("]", () => found.push(value(depth + 1)));
          return found;
        }
        case '"': return string();
        case "t": return word("true", true);
        case "f": return word("false", false);
        case "n": return word("null", null);
        default: {
          number.lastIndex = at;
          const found = number.exec(text);
          if (!found || !Number.isSafeInteger(Number(found[0])) ) throw new Refused(`unreadable at ${at}`);
          at += found[0].length;
          return Number(found[0]) + 0;
        }
      }
    }
    const found = value(0);
    skip();
    if (at !== text.length) throw new Refused("more after the end");
    return found;
  }

  /** Names in the order of their code points, as the protocol sorts them. */
  function byCodePoint(one, other) {
    const a = Array.from(one), b = Array.from(other);
    for (let i = 0; i < Math.min(a.length, b.length); i += 1)
      if (a[i] !== b[i]) return a[i].codePointAt(0) - b[i].codePointAt(0);
    return a.length - b.length;
  }

  /** Canonical text of a parsed value: sorted names, no spaces. */
  function canonical(value) {
    if (value instanceof Map) {
      const names = [...value.keys()].sort(byCodePoint);
      return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value.get(name))}`).join(",")}}`;
    }
    return Array.isArray(value) ? `[${value.map(canonical).join(",")}]` : JSON.stringify(value);
  }

  const PROTOCOL = 2;
  const eight = (number) => {
    if (!(number >= 0)) throw new Refused("a negative length");
    return Uint8Array.from({ length: 8 }, (_, i) => Math.floor(number / 2 ** (8 * (7 - i))) & 255);
  };

  /** SHA-256 over the label and the parts, each preceded by its length. */
  function tagged(label, ...parts) {
    const hasher = new Sha256().update(utf8(`onjip-draw-${PROTOCOL}:${label}\0`));
    for (const part of parts) hasher.update(eight(part.length)).update(part);
    return hasher.digest();
  }

  Object.assign(own, {
    PROTOCOL, Refused, Sha256, byCodePoint, canonical, eight, hex, parse, same, sha256, tagged, unbase64, unhex, utf8,
  });
})((globalThis.OnjipDraw ??= {}));
