// Joint certificates (공동인증서): signCert.der and signPri.key, opened here with the password. Neither key nor password
// leaves this page; what WebCrypto is given cannot be taken out of it again.
(function (own) {
  "use strict";
  const { BITS, INTEGER, OCTETS, Refused, SEQUENCE, SET, content, oid, only, parts, same, sha1 } = own;
  const SEED_SHA1 = "1.2.410.200004.1.15", SEED_CBC = "1.2.410.200004.1.4";
  const PBES2 = "1.2.840.113549.1.5.13", PBKDF2 = "1.2.840.113549.1.5.12";
  const PRF = { "1.2.840.113549.2.7": "SHA-1", "1.2.840.113549.2.9": "SHA-256" };
  const RSA = "1.2.840.113549.1.1.1", RANDOM = "1.2.410.200004.10.1.1.3";
  const FIXED_IV = new TextEncoder().encode("0123456789012345");
  const MOST_ROUNDS = 1_000_000;
  const RSA_SHA256 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

  function number(found) {
    const bytes = content(found, INTEGER);
    if (!bytes.length || bytes.length > 4 || bytes[0] & 128) throw new Refused("key_unreadable");
    const whole = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
    if (whole < 1 || whole > MOST_ROUNDS) throw new Refused("key_unreadable");
    return whole;
  }

  /** PBKDF1 with SHA-1 (RFC 8018 §5.1): twenty bytes. */
  async function pbkdf1(password, salt, rounds) {
    let derived = own.join(password, salt);
    for (let i = 0; i < rounds; i += 1) derived = await sha1(derived);
    return derived;
  }

  async function pbkdf2(password, salt, rounds, hash) {
    const base = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    return new Uint8Array(await crypto.subtle.deriveBits({ name: "PBKDF2", salt, iterations: rounds, hash }, base, 128));
  }

  /** Key and vector of SEED, as the file says that they are made. */
  async function unlocking(algorithm, password) {
    const [named, parameters] = parts(content(algorithm, SEQUENCE)), name = oid(named);
    if (name === PBES2) {
      const [derivation, cipher] = parts(content(parameters, SEQUENCE)).map((one) => parts(content(one, SEQUENCE)));
      if (oid(derivation[0]) !== PBKDF2 || oid(cipher[0]) !== SEED_CBC) throw new Refused("key_unknown");
      const [salt, rounds, ...more] = parts(content(derivation[1], SEQUENCE));
      const prf = more.find((one) => one.tag === SEQUENCE);
      const hash = prf ? PRF[oid(parts(prf.body)[0])] : "SHA-1";
      if (!hash) throw new Refused("key_unknown");
      const key = await pbkdf2(password, content(salt, OCTETS), number(rounds), hash);
      return { key, iv: content(cipher[1], OCTETS) };
    }
    if (name !== SEED_SHA1 && name !== SEED_CBC) throw new Refused("key_unknown");
    const [salt, rounds] = parts(content(parameters, SEQUENCE));
    const derived = await pbkdf1(password, content(salt, OCTETS), number(rounds));
    const iv = name === SEED_CBC ? FIXED_IV : (await sha1(derived.subarray(16))).subarray(0, 16);
    return { key: derived.subarray(0, 16), iv };
  }

  /** PrivateKeyInfo inside an encrypted key file. Refused: ``wrong_password``, ``key_unreadable``, ``key_unknown``. */
  async function decrypted(file, password) {
    let algorithm, secret;
    try {
      [algorithm, secret] = parts(only(file, SEQUENCE).body);
      content(secret, OCTETS);
    } catch {
      throw new Refused("key_unreadable");
    }
    const typed = new TextEncoder().encode(password);
    const { key, iv } = await unlocking(algorithm, typed).catch((fault) => {
      throw fault.code === "unreadable" ? new Refused("key_unreadable") : fault;
    });
    const plain = own.seedCbcDecrypt(key, iv, secret.body);
    typed.fill(0);
    key.fill(0);
    return plain;
  }

  /** What the key file holds once it is open: the RSA modulus, and the random R that belongs to the certificate. */
  function inside(plain) {
    try {
      const [, algorithm, key, ...more] = parts(only(plain, SEQUENCE).body);
      if (oid(parts(content(algorithm, SEQUENCE))[0]) !== RSA) throw new Refused("key_unknown");
      const [, modulus] = parts(only(content(key, OCTETS), SEQUENCE).body);
      const attributes = more.filter((one) => one.tag === 0xa0).flatMap((one) => parts(one.body));
      const random = attributes.map((one) => parts(content(one, SEQUENCE))).find(([name]) => oid(name) === RANDOM);
      const bits = random && content(parts(content(random[1], SET))[0], BITS);
      return { modulus: content(modulus, INTEGER), random: bits ? bits.slice(1) : null };
    } catch (fault) {
      // Two passwords in a thousand leave a padding that looks sound: what is inside is no key then.
      throw fault.code === "key_unknown" ? fault : new Refused("wrong_password");
    }
  }

  /** The modulus in a certificate. Refused ``certificate_unreadable``. */
  function modulusOf(certificate) {
    try {
      const fields = parts(content(parts(only(certificate, SEQUENCE).body)[0], SEQUENCE));
      const [, bits] = parts(content(fields[fields[0].tag === 0xa0 ? 6 : 5], SEQUENCE)); // behind the version, if any
      return content(parts(only(content(bits, BITS).subarray(1), SEQUENCE).body)[0], INTEGER);
    } catch {
      throw new Refused("certificate_unreadable");
    }
  }

  /** A key that signs and cannot be taken out, and R. Refused where key and certificate do not belong together. */
  async function openJointCertificate(certificate, keyFile, password) {
    const wanted = modulusOf(certificate);
    const plain = await decrypted(keyFile, password);
    try {
      const { modulus, random } = inside(plain);
      if (!same(modulus, wanted)) throw new Refused("key_of_another_certificate");
      if (!random) throw new Refused("no_random");
      const key = await crypto.subtle.importKey("pkcs8", plain, RSA_SHA256, false, ["sign"]).catch(() => {
        throw new Refused("key_unreadable");
      });
      return { key, random };
    } finally {
      plain.fill(0);
    }
  }

  Object.assign(own, { RSA_SHA256, openJointCertificate });
})((globalThis.OnjipSign ??= {}));
