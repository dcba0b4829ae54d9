// A second verifier of draws, written from docs/draw-protocol.md: runs a published draw again in a browser or in node,
// from the saved files alone. Fourth file, after draw-bytes.js, draw-select.js and draw-stamps.js.
(function (own) {
  "use strict";
  const { DIGEST, MASKED, OPEN, REMOVED, RESULT, ROW, STEP, Sha256, TICKET } = own;
  const { byCodePoint, canonical, eight, hex, parse, same, sha256, tagged, unbase64, unhex, utf8 } = own;
  const FORMAT = "onjip-draw", MOST_NAMED = 50, INLINE = 20000, MOST_COUNT = 2 ** 32, SALT = 16;
  const LEAF = 0, NODE = 1, DETAIL = 2, SIGNATURE = /^[0-9a-f]{96}$/;

  // -- shape: every field there, none unknown, each of its kind -------------------------------------------------------

  const text = (v) => typeof v === "string", int = (v) => typeof v === "number", bool = (v) => typeof v === "boolean";
  const sha = (v) => text(v) && /^[0-9a-f]{64}$/.test(v);
  const maybe = (kind) => (v) => v === null || kind(v);
  const list = (kind) => (v) => Array.isArray(v) && v.every(kind);
  const either = (...kinds) => (v) => kinds.some((kind) => kind(v));
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
    notice_id: text, number: text, version: int, name: text, notice_date: day, approval_applied_on: maybe(day),
    housing_kind: among("public", "private"), supplier_public: bool, region: text, capital_area: bool, regulated: bool,
    overheated: maybe(bool), greenbelt_site: bool, large_site: bool, large_site_local_pct: maybe(int),
    points_share_pct: maybe(int), wait_list_ratio_pct: int, types: list(TYPE),
  });
  const KEY = among("first_order", "local", "children", "score", "points", "account", "savings", "older");
  const STAGES = list(record({ pct: int, band: int }));
  const WAITING = record({ pct: int, all_below_pct: int, none_below_pct: int });
  const LAW = record({
    types: table(text, record({ points_pct: int, by_payments: bool })),
    tiers: table(KIND, list(record({ pct: int, takes_part: list(int), keys: list(KEY) }))),
    stages: STAGES, special_stages: STAGES, left_by_lot: bool, lottery_homeless_pct: int, tie_by_account: bool,
    wait: WAITING, wait_special: WAITING, ceremony: list(record({ digits: text, draw: int })), typed_by: list(text),
  });
  const SOURCE = record({ name: text, public_key: text, genesis: int, period: (v) => int(v) && v > 0 });
  const CUSTODY = record({
    nonce_commitment: sha, threshold: int, custodians: list(record({ body: text, commitment: sha })),
    beacon: maybe(record({ source: SOURCE, round: int })),
  });
  const HEAD = record({
    format: text, protocol: int, basis: BASIS, law: LAW, kinds: list(KIND), exclusions: list(text), small_pool: int,
    rulebook: text, rulebook_sha256: sha, custody: CUSTODY,
  });
  const BODY = record({
    head: HEAD, program: text, count: int, root1: sha, root2: sha, root3: sha,
    ceremony: record({
      shares: list(record({ body: text, share: text })), nonce: sha, digits: text, typed_by: list(text),
      observers: list(text), beacon: maybe(text),
    }),
    seed: sha, pools: list(text), listing: record({ sha256: sha, size: int, inline: maybe(text) }),
  });
  const WITNESSED = {
    body_sha256: sha, root1_stamp: maybe(text), root2_stamp: maybe(text),
    counts: list(record({ at: text, count: int, stamp: text })), seal: maybe(text), seal_stamp: maybe(text),
  };
  const ENVELOPE = either(record(WITNESSED), record({ ...WITNESSED, digits_stamp: text }));
  const TRANSCRIPT = record({ body: BODY, envelope: ENVELOPE });
  const PROOF = record({
    ticket: text, number: int, count: int, row: text, result: text,
    opening: maybe(record({ ticket: text, salt: text, private: (v) => v instanceof Map })),
    path1: list(text), path2: list(text), path3: list(text),
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

  /** Leaf hashes; ``fill(hasher, n)`` gives the n-th leaf its bytes. */
  async function leaves(count, fill, pause) {
    const start = new Sha256().update(Uint8Array.of(LEAF)), hasher = new Sha256(), level = new Uint8Array(count * DIGEST);
    for (let n = 0; n < count; n += 1) {
      fill(hasher.from(start), n);
      hasher.into(level, n * DIGEST);
      if (n % STEP === STEP - 1) await pause(STEP);
    }
    return level;
  }

  /** The three trees over a list: tickets; rows, whose details are hashed apart; tickets with their results. */
  function trees(data, rows) {
    const begun = new Sha256().update(Uint8Array.of(DETAIL)), detail = new Sha256(), hidden = new Uint8Array(DIGEST);
    const edge = rows.count * ROW;
    return {
      root1: (hasher, n) => hasher.update(data, n * ROW, n * ROW + TICKET),
      root2: (hasher, n) => {
        const from = n * ROW, to = from + ROW;
        hasher.update(data, from, from + OPEN);
        if (rows.flags[n] & MASKED) return hasher.update(data, to - DIGEST, to);
        detail.from(begun).update(data, from + OPEN, to).into(hidden, 0);
        return hasher.update(hidden);
      },
      root3: (hasher, n) => hasher.update(data, n * ROW, n * ROW + TICKET).update(data, edge + n * RESULT, edge + (n + 1) * RESULT),
    };
  }

  async function rootOf(level, pause) {
    if (!level.length) return sha256(level);
    const start = new Sha256().update(Uint8Array.of(NODE)), hasher = new Sha256();
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
    let node = sha256(Uint8Array.of(LEAF, ...record)), used = 0;
    for (; count > 1; number = Math.floor(number / 2), count = Math.ceil(count / 2)) {
      const left = number % 2 === 1;
      if (!left && number + 1 >= count) continue;
      if (used === path.length) return null;
      const other = unhex(path[used++]);
      node = sha256(left ? Uint8Array.of(NODE, ...other, ...node) : Uint8Array.of(NODE, ...node, ...other));
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

  /** What is fixed before the nonce is opened, as parts of a tagged hash. */
  const fixed = (body) => [unhex(body.root1), unhex(body.root2), eight(body.count), utf8(body.program)];

  async function ceremony(body, headDigest, say) {
    const { head, ceremony: held } = body, { custody } = head;
    const promised = new Map(custody.custodians.map((one) => [one.body, one.commitment]));
    const given = new Map(held.shares.map((one) => [one.body, one.share]));
    const genuine = ([name, share]) => hex(tagged("share", utf8(name), unhex(share))) === promised.get(name);
    const roles = JSON.stringify(held.typed_by) === JSON.stringify(head.law.typed_by);
    const seed = () => tagged("seed", headDigest, ...fixed(body), unhex(held.nonce), utf8(held.digits), utf8(held.beacon ?? ""));
    say("nonce", hex(tagged("nonce", unhex(held.nonce))) === custody.nonce_commitment);
    say("shares", (await tried(() => [...given].every(genuine))) && given.size === held.shares.length && given.size >= custody.threshold);
    say("digits", fits(held.digits, head.law.ceremony));
    say("typed_by", roles && new Set(held.typed_by).size > 1);
    say("seed", await tried(() => hex(seed()) === body.seed));
  }

  /** Seal and time stamps: each genuine, and in their order. */
  async function witnessed({ body, envelope }, bytes, headDigest, pem, say) {
    let roots = { roots: [], pins: [] };
    await tried(() => (roots = own.trust(pem)));
    const stamped = async (token, digest) => {
      try {
        return await own.stampedAt(unbase64(token ?? ""), digest(), roots.roots);
      } catch {
        return null;
      }
    };
    const counts = [];
    for (const one of envelope.counts)
      counts.push(await stamped(one.stamp, () => tagged("count", headDigest, utf8(one.at), eight(one.count))));
    const closed = await stamped(envelope.root1_stamp, () => tagged("root1", headDigest, unhex(body.root1), eight(body.count)));
    const screened = await stamped(envelope.root2_stamp, () => tagged("root2", headDigest, ...fixed(body)));
    let seal = new Uint8Array(0), signer = "";
    await tried(() => (seal = unbase64(envelope.seal ?? "")));
    const { nonce, digits } = body.ceremony;
    const typed = await stamped(envelope.digits_stamp, () => tagged("digits", headDigest, ...fixed(body), unhex(nonce), utf8(digits)));
    const sealed = await stamped(envelope.seal_stamp, () => sha256(seal));
    if (sealed !== null) await tried(async () => (signer = await own.sealed(seal, bytes, roots, sealed)));
    const hours = envelope.counts.map((one) => one.at), numbers = [...envelope.counts.map((one) => one.count), body.count];
    const growing = hours.every((hour, n) => !n || byCodePoint(hours[n - 1], hour) < 0) && numbers.every((number, n) => number >= (numbers[n - 1] ?? 0));
    const moments = [...counts, closed, screened, typed, sealed].filter((moment) => moment !== null);
    say("counts", !counts.includes(null) && growing);
    say("root1_stamp", closed !== null);
    say("root2_stamp", screened !== null);
    say("seal_stamp", sealed !== null);
    say("seal", signer, signer);
    say("times", moments.every((moment, n) => !n || moments[n - 1] <= moment));
    return typed;
  }

  /** Where the notice fixed a round: its value is there, and the digits were stamped before it was out. The signature
   *  of the round (BLS12-381) is not checked here: the subject is what to compare with the source. */
  function beacon({ head, ceremony: held }, envelope, typed, say) {
    const announced = head.custody.beacon;
    if (announced === null) return void say("beacon", held.beacon === null && envelope.digits_stamp === undefined);
    const { source, round } = announced, signed = SIGNATURE.test(held.beacon);
    say("beacon", signed, `${source.name} #${round}: ${signed ? hex(sha256(unhex(held.beacon))) : ""}`);
    say("digits_stamp", typed !== null && typed < (source.genesis + (round - 1) * source.period) * 1000);
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
    if (body.count < 0 || data.length !== body.count * (ROW + RESULT) || !inOrder(data, body.count)) return null;
    const found = own.columns(data, body.count), pools = Math.max(body.pools.length, 1);
    return found.said.pool.every((pool) => pool < pools) && found.said.result.every((result) => result <= REMOVED) ? found : null;
  }

  function differing(again, said, pools) {
    const named = new Map(pools.map((name, number) => [name, number])), found = [];
    const place = again.pools.map((name) => named.get(name) ?? -1);
    for (let at = 0; at < said.result.length; at += 1)
      if (place[again.pool[at]] !== said.pool[at] || ["result", "position", "wait", "unit"].some((name) => again[name][at] !== said[name][at]))
        found.push(at);
    return found;
  }

  /** Names of pools as a transcript has them: "" first, then those in use, in order. */
  function used(again) {
    const numbers = new Set(again.pool);
    const names = again.pools.filter((name, number) => name && numbers.has(number)).sort(byCodePoint);
    return ["", ...names];
  }

  /**
   * All findings about a transcript; the draw stands only if every one is ok. Never throws.
   * ``list``: bytes of the list's own file. ``proof``: an applicant's own proof; with it the list may be left out.
   * ``trust``: PEM of the roots. ``lawful(head, digest)``: are these the terms that were published with the notice?
   * ``pause(done)``: awaited now and then with the hashes made since.
   */
  async function verify(source, { list: file = null, proof = null, trust = "", lawful = () => false, pause = async () => {} } = {}) {
    const run = { findings: [], transcript: null, again: null };
    try {
      await findings(source, { file, proof, trust, lawful, pause }, run);
    } catch {
      run.findings.push(finding(run.transcript ? "results" : "document", false));
    }
    return run;
  }

  async function findings(source, { file, proof, trust, lawful, pause }, run) {
    const say = (...args) => run.findings.push(finding(...args));
    let parsed = null;
    await tried(() => (parsed = parse(source)));
    if (!TRANSCRIPT(parsed)) return void say("document", false);
    const { body, envelope } = plain(parsed), bytes = utf8(canonical(parsed.get("body")));
    const headDigest = sha256(utf8(canonical(parsed.get("body").get("head")))), head = body.head;
    run.transcript = { body, envelope, headDigest: hex(headDigest) };
    say("document", true);
    say("protocol", head.format === FORMAT && head.protocol === own.PROTOCOL);
    say("envelope", envelope.body_sha256 === hex(sha256(bytes)));
    const typed = await witnessed(run.transcript, bytes, headDigest, trust, say);
    const terms = await tried(() => lawful(head, hex(headDigest)));
    say("terms", terms);
    await ceremony(body, headDigest, say);
    beacon(body, envelope, typed, say);
    if (proof !== null) for (const [name, ok] of Object.entries(checkProof(proof, body))) say(`own_${name}`, ok, ticketOf(proof));
    if (file !== null || body.listing.inline !== null || proof === null) await listed(body, file, terms, { proof, pause, run, say });
  }

  async function listed(body, file, terms, { proof, pause, run, say }) {
    const { head, listing } = body;
    let data = null;
    if (!(await tried(() => ((data = unbase64(listing.inline ?? "")), true)))) return void say("tickets", false);
    if (!data.length && file) data = file;
    const named = hex(sha256(data)) === listing.sha256 && data.length === listing.size;
    say("listing", named && (listing.inline !== null) === body.count <= INLINE);
    const columns = readList(data, body);
    say("tickets", columns);
    if (!columns) return;
    const { rows, said } = columns;
    for (const [name, fill] of Object.entries(trees(data, rows)))
      say(name, hex(await rootOf(await leaves(rows.count, fill, pause), pause)) === body[name]);
    const bounds = own.inBounds(rows, head), small = own.smallPools(rows, head);
    say("columns", bounds);
    say("withheld", rows.flags.every((flags, at) => (flags & MASKED ? 1 : 0) === small[at]));
    if (!terms || !bounds) return void say("results", false);
    const ticket = proof === null ? "" : ticketOf(proof), watched = [];
    if (ticket) for (let n = 0; n < rows.count; n += 1) if (hex(data.subarray(n * ROW, n * ROW + TICKET)) === ticket) watched.push(n);
    run.again = await own.select(head, rows, unhex(body.seed), { ...said, pools: body.pools }, pause, watched);
    const differ = differing(run.again, said, body.pools);
    say("results", !differ.length && JSON.stringify(used(run.again)) === JSON.stringify(body.pools));
    for (const at of differ.slice(0, MOST_NAMED)) say("result", false, hex(data.subarray(at * ROW, at * ROW + TICKET)));
  }

  const valid = (found) => found.length > 0 && found.every((one) => one.ok);

  // -- an applicant's own proof -----------------------------------------------------------------------------------------

  /** What a proof shows against a body that is sealed and whose roots are stamped. Never throws. */
  function checkProof(source, body) {
    try {
      const parsed = parse(source);
      if (!PROOF(parsed)) return { ticket: false };
      const proof = plain(parsed), { opening, number, count } = proof, ticket = unhex(proof.ticket);
      const row = unbase64(proof.row), result = unbase64(proof.result);
      const fits = row.length === ROW && same(row.subarray(0, TICKET), ticket) && result.length === RESULT;
      const inside = number >= 0 && number < count && count <= MOST_COUNT;
      const leads = (record, path, root) => inside && hex(rootFrom(record, number, count, path) ?? []) === root;
      const detail = sha256(Uint8Array.of(DETAIL, ...row.subarray(OPEN)));
      const opened = () => {
        const salt = unhex(opening.salt), inner = utf8(canonical(parsed.get("opening").get("private")));
        if (salt.length !== SALT) throw new own.Refused("a salt of another length");
        return same(tagged("private", salt, inner), row.subarray(-DIGEST));
      };
      return {
        ticket: fits && inside && count === body.count,
        received: leads(ticket, proof.path1, body.root1),
        screened: leads(Uint8Array.of(...row.subarray(0, OPEN), ...detail), proof.path2, body.root2),
        drawn: leads(Uint8Array.of(...ticket, ...result), proof.path3, body.root3),
        opened: opening === null || (opening.ticket === proof.ticket && opened()),
      };
    } catch {
      return { ticket: false };
    }
  }

  function ticketOf(source) {
    try {
      const ticket = parse(source).get("ticket");
      return text(ticket) ? ticket : "";
    } catch {
      return "";
    }
  }

  function opens(source) {
    const opening = parse(source).get("opening");
    return opening instanceof Map;
  }

  /** What a page asks for: bytes in, findings and one's own places out. */
  async function examine({ transcript, list: file, head, proof, trust }, pause) {
    const lawful = (_, digest) => !head || digest === head;
    const run = await verify(transcript, { list: file, proof, trust, lawful, pause });
    // Without an opening there is nothing to say of the private part.
    const found = run.findings.filter((one) => one.code !== "own_opened" || !one.ok || opens(proof));
    return { findings: found, places: run.again?.places ?? [], pinned: Boolean(head) };
  }

  Object.assign(own, { checkProof, examine, valid, verify });
})((globalThis.OnjipDraw ??= {}));
