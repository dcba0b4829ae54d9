// The key of this browser: P-256, made here, never to be taken out. Only its owner's pages of this site can use it.
(function (own) {
  "use strict";
  const { Refused } = own;
  const P256 = { name: "ECDSA", namedCurve: "P-256" }, ECDSA_SHA256 = { name: "ECDSA", hash: "SHA-256" };
  const NAME = "onjip-signing", STORE = "keys";

  const settled = (request) =>
    new Promise((done, failed) => {
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(new Refused("no_storage"));
    });

  async function store(mode) {
    if (!globalThis.indexedDB || !globalThis.crypto?.subtle) throw new Refused("no_storage");
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "person" });
    const database = await settled(opening);
    return database.transaction(STORE, mode).objectStore(STORE);
  }

  /** What is kept for a person: key, public key, and once it was issued the certificate. Null where there is none. */
  const kept = async (person) => (await settled((await store("readonly")).get(person))) ?? null;
  const keep = async (entry) => settled((await store("readwrite")).put(entry));
  const forget = async (person) => settled((await store("readwrite")).delete(person));

  /** A new key. Its private half is a handle that signs; there are no bytes of it to read. */
  async function newKey(person) {
    const pair = await crypto.subtle.generateKey(P256, false, ["sign", "verify"]);
    const spki = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
    const entry = { person, key: pair.privateKey, spki, certificate: null };
    await keep(entry);
    return entry;
  }

  /** ECDSA: raw r and s. RSA: PKCS #1 v1.5. Both over SHA-256. */
  async function sign(key, bytes) {
    const how = key.algorithm.name === "ECDSA" ? ECDSA_SHA256 : key.algorithm.name;
    return new Uint8Array(await crypto.subtle.sign(how, key, bytes));
  }

  Object.assign(own, { forget, keep, kept, newKey, sign });
})((globalThis.OnjipSign ??= {}));
