// A second verifier of draws, written from docs/draw-protocol.md: runs a published draw again in a browser or in node,
// from the saved files alone. Fourth file, after draw-bytes.js, draw-select.js and draw-stamps.js.
(function (own) {
  "use strict";
  const { DIGEST, LOST, MASKED, RESULT, ROW, Refused, STEP, Sha256, TICKET, WAITS, WON } = own;
  const { canonical, eight, hex, parse, same, sha256, tagged, unbase64, unhex, utf8 } = own;
  const FORMAT = "onjip-draw", MOST_NAMED = 50, LARGEST_LIST = 512 * 1024 * 1024;

  // -- shape: every field there, none unknown, each of its kind -------------------------------------------------------

  const text = (v) => typeof v === "string", int = (v) => typeof v === "number", bool = (v) => typeof v === "boolean";
  const sha = (v) => text(v) && /^[0-9a-f]{64}$/.test(v);
  const maybe = (kind) => (v) => v === null || kind(v);
  const list = (kind) => (v) => Array.isArray(v) && v.every(kind);
  const among = (...words) => (v) => words.includes(v);
  const table = (name, kind) => (v) => v instanceof Map && [...v].every(([key, value]) => name(key) && kind(value));
  const record = (fields) => (v) =>
    v instanceof Map && v.size === Object.keys(fields).length && Object.entries(fields).every(([name, kind]) => v.has(name) && kind(v.get(name)));
  function day(v) {
    const found = text(v) && /^(\d{4})-(\d\d)-(\d\d)$/.exec(v);
    if (!found || found[1] === "0000") return false;
    const date = new Date(0);
    date.setUTCFullYear(Number(found[1]), Number(found[2]) - 1, Number(found[3]));
    return date.toISOString().slice(0, 10) === v;
  }
  const KIND = among(
    "general", "newlywed", "first_home", "multi_child", "elderly_parents", "newborn", "youth", "recommended", "newlywed_town",
  );
  const TYPE = record({
    model_no: text, exclusive_area: text, units: table(KIND, int), unit_numbers: list(text), lowest_floor: list(text),
  });
  const BASIS = record({
    notice_id: text, number: text, version: int, name: text, notice_date: day, housing_kind: among("public", "private"),
    region: text, capital_area: bool, regulated: bool, overheated: maybe(bool), points_share_pct: maybe(int),
    wait_list_ratio_pct: int, large_site: bool, types: list(TYPE),
  });
  const TIER = record({
    pct: int, takes_part: list(int), order: among("lot", "children", "score", "points", "sequence"),
  });
  const LAW = record({
    types: table(text, record({ points_pct: int, by_payments: bool })), tiers: table(KIND, list(TIER)),
    stages: list(record({ pct: int, band: int })), lottery_homeless_pct: maybe(int), tie_by_account: bool, wait_pct: int,
    wait_all_below_pct: int, ceremony: list(record({ digits: text, draw: int })), typed_by: list(text),
  });
  const HEAD = record({
    format: text, protocol: int, basis: BASIS, law: LAW, kinds: list(KIND), exclusions: list(text), small_pool: int,
    rulebook: text, rulebook_sha256: sha, nonce_commitment: sha, threshold: int,
    custodians: list(record({ body: text, commitment: sha })), beacon: maybe(record({ source: text, round: int })),
  });
  const BODY = record({
    head: HEAD, count: int, root1: sha, root2: sha,
    ceremony: record({
      shares: list(record({ body: text, share: text })), nonce: sha, digits: text, typed_by: list(text),
      observers: list(text), beacon: maybe(text),
    }),
    seed: sha, pools: list(text), listing: record({ sha256: sha, size: int, inline: maybe(text) }),
  });
  const ENVELOPE = record({
    body_sha256: sha, root1_stamp: maybe(text), root2_stamp: maybe(text),
    counts: list(record({ at: text, count: int, stamp: text })), seal: maybe(text),
  });
  const TRANSCRIPT = record({ body: BODY, envelope: ENVELOPE });
  const hexes = list((v) => text(v) && /^(?:[0-9a-f]{64})$/.test(v));
  const PROOF = record({
    ticket: text, number: int, count: int, row: text, result: text,
    opening: maybe(record({ ticket: text, salt: text, private: (v) => v instanceof Map })), path1: hexes, path2: hexes,
  });

  /** Plain records of a parsed value; without a prototype, so that no name means anything else. */
  function plain(value) {
    if (Array.isArray(value)) return value.map(plain);
    if (!(value instanceof Map)) return value;
    const found = Object.create(null);
    for (const [name, inner] of value) found[name] = plain(inner);
    return found;
  }

  // -- trees ------------------------------------------------------------------------------------------------------------

  async function leaves(data, count, from, width, step, pause) {
    const start = new Sha256().update(Uint8Array.of(0)), hasher = new Sha256(), level = new Uint8Array(count * DIGEST);
    for (let n = 0; n < count; n += 1) {
      hasher.from(start).update(data, from + n * step, from + n * step + width).into(level, n * DIGEST);
      if (n % STEP === STEP - 1) await pause(STEP);
    }
    return level;
  }

  async function rootOf(level, pause) {
    if (!level.length) return sha256(level);
    const start = new Sha256().update(Uint8Array.of(1)), hasher = new Sha256();
    for (let count = level.length / DIGEST; count > 1; count = Math.ceil(count / 2)) {
      const pairs = Math.floor(count / 2);
      for (let n = 0; n < pairs; n += 1) {
        // Parents are written over children that have been read.
        hasher.from(start).update(level, 2 * n * DIGEST, (2 * n + 2) * DIGEST).into(level, n * DIGEST);
        if (n % STEP === STEP - 1) await pause(STEP);
      }
      if (count % 2) level.copyWithin(pairs * DIGEST, (count - 1) * DIGEST, count * DIGEST);
    }
    return level.slice(0, DIGEST);
  }

  function rootFrom(record, number, count, path) {
    if (!(number >= 0 && number < count)) return null;
    let node = sha256(Uint8Array.of(0, ...record)), used = 0;
    for (; count > 1; number = Math.floor(number / 2), count = Math.ceil(count / 2)) {
      const left = number % 2 === 1;
      if (!left && number + 1 >= count) continue;
      if (used === path.length) return null;
      const other = unhex(path[used++]);
      node = sha256(left ? Uint8Array.of(1, ...other, ...node) : Uint8Array.of(1, ...node, ...other));
    }
    return used === path.length ? node : null;
  }

  // -- findings ---------------------------------------------------------------------------------------------------------

  const finding = (code, ok, subject = "") => ({ code, ok: Boolean(ok), subject });
  async function tried(check) {
    try {
      return Boolean(await check());
    } catch {
      return false;
    }
  }

  function fits(digits, groups) {
    const all = Array.from(digits.replaceAll(" ", "").replaceAll("-", ""));
    let at = 0;
    for (const group of groups) {
      const part = all.slice(at, at + Math.max(0, group.draw));
      if (part.length !== group.draw || new Set(part).size !== part.length) return false;
      if (!part.every((digit) => Array.from(group.digits).includes(digit))) return false;
      at += group.draw;
    }
    return at === all.length && all.join("") === digits;
  }

  function ceremony(body, headDigest) {
    const { head, ceremony: held } = body, promised = new Map(head.custodians.map((one) => [one.body, one.commitment]));
    const given = new Map(held.shares.map((one) => [one.body, one.share]));
    const kept = ([name, share]) => hex(tagged("share", utf8(name), unhex(share))) === promised.get(name);
    let genuine = false;
    try {
      genuine = [...given].every(kept);
    } catch {
      // a share that is not hexadecimal
    }
    const roles = held.typed_by.join("\n") === head.law.typed_by.join("\n") && held.typed_by.length === head.law.typed_by.length;
    const seed = tagged(
      "seed", headDigest, unhex(body.root1), unhex(body.root2), eight(body.count), unhex(held.nonce), utf8(held.digits),
      utf8(held.beacon ?? ""),
    );
    return [
      finding("nonce", hex(tagged("nonce", unhex(held.nonce))) === head.nonce_commitment),
      finding("shares", genuine && given.size === held.shares.length && given.size >= head.threshold),
      finding("digits", fits(held.digits, head.law.ceremony)),
      finding("typed_by", roles && new Set(held.typed_by).size > 1),
      finding("beacon", (held.beacon === null) === (head.beacon === null)),
      finding("seed", hex(seed) === body.seed),
    ];
  }

  const inOrder = (data, count) => {
    for (let n = 1; n < count; n += 1) {
      const one = (n - 1) * ROW, other = n * ROW;
      let i = 0;
      while (i < TICKET && data[one + i] === data[other + i]) i += 1;
      if (i === TICKET || data[one + i] > data[other + i]) return false;
    }
    return true;
  };

  function readList(data, body) {
    if (data.length > LARGEST_LIST || data.length !== body.count * (ROW + RESULT) || !inOrder(data, body.count)) return null;
    const found = own.columns(data, body.count);
    return found.said.pool.every((pool) => pool < body.pools.length) ? found : null;
  }

  function differing(again, said, pools) {
    const named = new Map(pools.map((name, number) => [name, number])), found = [];
    const place = again.pools.map((name) => named.get(name) ?? -1);
    for (let at = 0; at < said.result.length; at += 1)
      if (place[again.pool[at]] !== said.pool[at] || ["result", "position", "wait", "unit"].some((name) => again[name][at] !== said[name][at]))
        found.push(at);
    return found;
  }

  /**
   * All findings about a transcript; the draw stands only if every one is ok. Never throws.
   * ``list``: bytes of the list's own file. ``trust``: PEM of the roots. ``lawful(head, digest)``: are these the terms
   * that were published with the notice? ``pause(done)``: awaited now and then with the hashes made since.
   */
  async function verify(source, { list: file = null, trust: pem = "", lawful = () => false, pause = async () => {} } = {}) {
    const found = [], run = { findings: found, transcript: null, rows: null, said: null, again: null };
    try {
      await findings(source, { file, pem, lawful, pause }, run);
    } catch {
      found.push(finding(run.transcript ? "results" : "document", false));
    }
    return run;
  }

  async function findings(source, { file, pem, lawful, pause }, run) {
    const say = (...args) => run.findings.push(finding(...args));
    let parsed = null;
    try {
      parsed = parse(source);
    } catch {
      // named below
    }
    if (!TRANSCRIPT(parsed)) return void say("document", false);
    const { body, envelope } = plain(parsed), bytes = utf8(canonical(parsed.get("body")));
    const headDigest = sha256(utf8(canonical(parsed.get("body").get("head")))), head = body.head;
    run.transcript = { body, envelope, headDigest: hex(headDigest) };
    say("document", true);
    say("protocol", head.format === FORMAT && head.protocol === own.PROTOCOL);
    say("envelope", envelope.body_sha256 === hex(sha256(bytes)));
    const roots = (() => {
      try {
        return own.trust(pem);
      } catch {
        return { roots: [], pins: [] };
      }
    })();
    const stamps = { root1: null, root2: null };
    for (const code of ["root1", "root2"]) {
      const token = envelope[`${code}_stamp`];
      const subject = () => tagged(code, headDigest, unhex(body[code]), eight(body.count));
      await tried(async () => (stamps[code] = await own.stampedAt(unbase64(token), subject(), roots.roots)));
    }
    run.stamps = stamps;
    const moment = stamps.root2 ?? stamps.root1;
    say("seal", envelope.seal !== null && moment && (await tried(() => own.sealed(unbase64(envelope.seal), bytes, roots, moment))));
    const terms = await tried(() => lawful(head, hex(headDigest)));
    say("terms", terms);
    for (const code of ["root1", "root2"]) say(`${code}_stamp`, stamps[code] !== null);
    run.findings.push(...ceremony(body, headDigest));
    let data = file;
    try {
      if (body.listing.inline !== null) data = unbase64(body.listing.inline);
    } catch {
      return void say("tickets", false);
    }
    say("listing", data && data.length === body.listing.size && hex(sha256(data)) === body.listing.sha256);
    const columns = readList(data ?? new Uint8Array(0), body);
    say("tickets", columns);
    if (!columns) return;
    Object.assign(run, columns);
    const level1 = await leaves(data, body.count, 0, TICKET, ROW, pause);
    say("root1", hex(await rootOf(level1, pause)) === body.root1);
    const level2 = await leaves(data, body.count, 0, ROW, ROW, pause);
    for (let n = 0; n < body.count; n += 1)
      if (columns.rows.flags[n] & MASKED) level2.set(data.subarray((n + 1) * ROW - DIGEST, (n + 1) * ROW), n * DIGEST);
    say("root2", hex(await rootOf(level2, pause)) === body.root2);
    if (!terms) return void say("results", false);
    const said = { ...columns.said, pools: body.pools };
    run.again = await own.select(head, columns.rows, unhex(body.seed), said, pause);
    const differ = differing(run.again, columns.said, body.pools);
    say("results", !differ.length);
    for (const at of differ.slice(0, MOST_NAMED)) say("result", false, hex(data.subarray(at * ROW, at * ROW + TICKET)));
  }

  const valid = (found) => found.length > 0 && found.every((one) => one.ok);

  // -- an applicant's own proof -----------------------------------------------------------------------------------------

  /** What a proof shows against a body whose roots are stamped: each part true or false. Never throws. */
  function checkProof(source, body) {
    try {
      const parsed = parse(source);
      if (!PROOF(parsed)) return { shape: false };
      const proof = plain(parsed), row = unbase64(proof.row), ticket = unhex(proof.ticket), opening = proof.opening;
      const leads = (record, path, root) => hex(rootFrom(record, proof.number, proof.count, path) ?? new Uint8Array(0)) === root;
      const opened = () =>
        tagged("private", unhex(opening.salt), utf8(canonical(parsed.get("opening").get("private"))));
      return {
        ticket: row.length === ROW && same(row.subarray(0, TICKET), ticket) && proof.count === body.count,
        received: leads(ticket, proof.path1, body.root1),
        screened: leads(row, proof.path2, body.root2),
        opened: opening === null || (opening.ticket === proof.ticket && same(opened(), row.subarray(ROW - DIGEST))),
        result: unbase64(proof.result).length === RESULT,
      };
    } catch {
      return { shape: false };
    }
  }

  Object.assign(own, { LOST, WAITS, WON, checkProof, rootFrom, valid, verify });
})((globalThis.OnjipDraw ??= {}));
