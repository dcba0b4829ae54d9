// The block cipher SEED (RFC 4269, TTAS.KO-12.0004), decryption in CBC mode: Korean certificate files are locked by it.
(function (own) {
  "use strict";
  const { Refused } = own;

  /** x to the ``n``-th in GF(2^8), modulo x^8 + x^6 + x^5 + x + 1. */
  function power(x, n) {
    let found = 1;
    for (let i = 0; i < n; i += 1) {
      let sum = 0, left = found;
      for (let bit = 0; bit < 8; bit += 1) {
        if ((x >> bit) & 1) sum ^= left;
        left = (left << 1) ^ (left & 128 ? 0x163 : 0);
      }
      found = sum;
    }
    return found;
  }

  /** An S-box as the standard defines it: a power, a matrix (its columns) and a constant. */
  function box(n, columns, constant) {
    return Uint8Array.from({ length: 256 }, (_, x) => {
      const raised = power(x, n);
      return columns.reduce((sum, column, bit) => ((raised >> bit) & 1 ? sum ^ column : sum), constant);
    });
  }
  const S1 = box(247, [0x2c, 0xd0, 0x69, 0xc2, 0x41, 0x44, 0x58, 0xe2], 169);
  const S2 = box(251, [0xd0, 0x2a, 0xe1, 0x2c, 0x21, 0x30, 0xa2, 0x6c], 56);
  const MASKS = [0xfc, 0xf3, 0xcf, 0x3f];

  function g(word) {
    const y = [S1[word & 255], S2[(word >>> 8) & 255], S1[(word >>> 16) & 255], S2[word >>> 24]];
    let found = 0;
    for (let z = 0; z < 4; z += 1) {
      let byte = 0;
      for (let i = 0; i < 4; i += 1) byte ^= y[i] & MASKS[(i + z) % 4];
      found |= byte << (8 * z);
    }
    return found >>> 0;
  }

  const turned = (word, by) => ((word << by) | (word >>> (32 - by))) >>> 0;

  /** Sixteen pairs of round keys. */
  function schedule(key) {
    const words = new DataView(key.buffer, key.byteOffset, 16);
    let [a, b, c, d] = [0, 4, 8, 12].map((at) => words.getUint32(at));
    return Array.from({ length: 16 }, (_, round) => {
      const constant = turned(0x9e3779b9, round);
      const pair = [g((a + c - constant) >>> 0), g((b - d + constant) >>> 0)];
      if (round % 2 === 0) [a, b] = [((a >>> 8) | (b << 24)) >>> 0, ((b >>> 8) | (a << 24)) >>> 0];
      else [c, d] = [((c << 8) | (d >>> 24)) >>> 0, ((d << 8) | (c >>> 24)) >>> 0];
      return pair;
    });
  }

  /** One block; with the keys in reverse order it is undone. */
  function block(keys, words) {
    let [left0, left1, right0, right1] = words;
    for (const [key0, key1] of keys) {
      const c = (right0 ^ key0) >>> 0;
      const t = g((c ^ right1 ^ key1) >>> 0);
      const u = g((t + c) >>> 0);
      const v = g((u + t) >>> 0);
      [left0, left1, right0, right1] = [right0, right1, (left0 ^ (u + v)) >>> 0, (left1 ^ v) >>> 0];
    }
    return [right0, right1, left0, left1];
  }

  /** Plain bytes with their padding taken off (PKCS #5). Refused ``wrong_password`` where the padding is damaged. */
  function seedCbcDecrypt(key, iv, secret) {
    if (key.length !== 16 || iv.length !== 16 || !secret.length || secret.length % 16) throw new Refused("key_unreadable");
    const keys = schedule(Uint8Array.from(key)).reverse(), plain = new Uint8Array(secret.length);
    const input = new DataView(secret.buffer, secret.byteOffset, secret.length), output = new DataView(plain.buffer);
    const vector = new DataView(Uint8Array.from(iv).buffer);
    let before = [0, 4, 8, 12].map((at) => vector.getUint32(at));
    for (let at = 0; at < secret.length; at += 16) {
      const words = [0, 4, 8, 12].map((place) => input.getUint32(at + place));
      block(keys, words).forEach((word, i) => output.setUint32(at + 4 * i, (word ^ before[i]) >>> 0));
      before = words;
    }
    const padding = plain[plain.length - 1];
    const sound = padding >= 1 && padding <= 16 && plain.subarray(plain.length - padding).every((byte) => byte === padding);
    if (!sound) {
      plain.fill(0);
      throw new Refused("wrong_password");
    }
    return plain.subarray(0, plain.length - padding);
  }

  Object.assign(own, { seedCbcDecrypt });
})((globalThis.OnjipSign ??= {}));
