// The selection of the draw protocol, in columns: lists, lots, winners, wait-lists, units. Second of the files of the
// verifier. Rules: docs/draw-protocol.md, order of selection. Whole numbers only.
(function (own) {
  "use strict";
  const { Refused, Sha256, begun, utf8 } = own;
  const ROW = 76, RESULT = 13, TICKET = 16, DIGEST = 32;
  const POINTS_ELIGIBLE = 2, LONG_HOMELESS = 4, FIRST_ORDER = 8, MASKED = 128;
  const LOST = 0, WON = 1, WAITS = 2, EXCLUDED = 3, REMOVED = 4;
  const NO_POINTS = 255, STEP = 2048; // hashes between two looks at the clock

  const BYTES = {
    kind: 18, excluded: 19, flags: 20, band: 21, homes: 22, rank: 23, points: 24, tier: 25, children: 26, floor: 27,
  };
  const WORDS = { account: 28, amount: 32, payments: 36, holder: 40 };

  /** Rows and stated results out of the bytes of a list, one typed array for each column. */
  function columns(data, count) {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength), edge = count * ROW;
    const rows = { count, data, model: new Uint16Array(count) };
    for (const name of Object.keys(BYTES)) rows[name] = new Uint8Array(count);
    for (const name of Object.keys(WORDS)) rows[name] = new Uint32Array(count);
    const said = results(count);
    for (let at = 0; at < count; at += 1) {
      const row = at * ROW, result = edge + at * RESULT;
      rows.model[at] = view.getUint16(row + 16);
      for (const name in BYTES) rows[name][at] = data[row + BYTES[name]];
      for (const name in WORDS) rows[name][at] = view.getUint32(row + WORDS[name]);
      said.result[at] = data[result];
      said.pool[at] = view.getUint16(result + 1);
      said.position[at] = view.getUint32(result + 3);
      said.wait[at] = view.getUint32(result + 7);
      said.unit[at] = view.getUint16(result + 11);
    }
    return { rows, said };
  }

  const results = (count) => ({
    result: new Uint8Array(count), pool: new Uint16Array(count), position: new Uint32Array(count),
    wait: new Uint32Array(count), unit: new Uint16Array(count),
  });

  /** ``pct`` percent rounded up. */
  function share(units, pct) {
    const product = BigInt(units) * BigInt(pct), whole = product / 100n;
    return Number(product > whole * 100n ? whole + 1n : whole);
  }

  /** Numbers of the rows that ``fits`` is true for. */
  function where(count, fits) {
    const found = new Uint32Array(count);
    let size = 0;
    for (let at = 0; at < count; at += 1) if (fits(at)) found[size++] = at;
    return found.subarray(0, size);
  }

  /** One seed over one list. ``pause`` is awaited now and then, so that a page stays alive. */
  class Lottery {
    constructor(seed, rows, pause) {
      Object.assign(this, { seed, rows, pause, drawn: 0, pools: [""], numbers: new Map([["", 0]]) });
      this.out = results(rows.count);
      this.person = people(rows);
      this.served = new Uint8Array(rows.count ? this.person.most + 1 : 0);
    }
    number(pool) {
      if (!this.numbers.has(pool)) {
        this.numbers.set(pool, this.pools.length);
        if (this.pools.push(pool) > 65536) throw new Refused("too many pools");
      }
      return this.numbers.get(pool);
    }
    has(at) {
      return this.served[this.person.of[at]] === 1;
    }
    /** Draw orders: eight words for each chosen ticket, most significant first. */
    async lots(pool, chosen) {
      const start = begun("order", this.seed, utf8(pool)).update(own.eight(TICKET));
      const hasher = new Sha256(), words = new Uint32Array(chosen.length * 8), data = this.rows.data;
      for (let n = 0; n < chosen.length; n += 1) {
        const from = chosen[n] * ROW;
        words.set(hasher.from(start).update(data, from, from + TICKET).finish(), n * 8);
        if (n % STEP === STEP - 1) await this.pause(STEP);
      }
      this.drawn += chosen.length;
      return words;
    }
    /** By the keys (each a function of the row; small first), then by lot on all 256 bits. */
    async ordered(pool, chosen, ...keys) {
      if (chosen.length < 2) return chosen;
      const lots = await this.lots(pool, chosen);
      const values = keys.map((key) => Float64Array.from(chosen, key));
      const places = Uint32Array.from(chosen, (_, n) => n).sort((one, other) => {
        for (const value of values) if (value[one] !== value[other]) return value[one] - value[other];
        for (let i = 0; i < 8; i += 1) {
          const difference = lots[one * 8 + i] - lots[other * 8 + i];
          if (difference) return difference;
        }
        return one - other;
      });
      return places.map((place) => chosen[place]);
    }
    losers(chosen) {
      return chosen.filter((at) => this.out.result[at] !== WON && !this.has(at));
    }
    take(pool, ordered, units) {
      const number = this.number(pool);
      let taken = 0;
      for (const at of ordered) {
        if (taken === units) break;
        if (this.has(at)) continue;
        taken += 1;
        this.served[this.person.of[at]] = 1;
        this.out.result[at] = WON;
        this.out.pool[at] = number;
        this.out.position[at] = taken;
      }
      return taken;
    }
  }

  /** Small numbers for the persons, whatever numbers the rows use. */
  function people(rows) {
    const of = new Uint32Array(rows.count), known = new Map();
    for (let at = 0; at < rows.count; at += 1) {
      const holder = rows.holder[at];
      if (!known.has(holder)) known.set(holder, known.size);
      of[at] = known.get(holder);
    }
    return { of, most: Math.max(0, known.size - 1) };
  }

  /** The whole selection. ``said``: results and pool names of the document, for pools whose rows are withheld. */
  async function select(head, rows, seed, said, pause = async () => {}) {
    const draw = new Lottery(seed, rows, pause), law = head.law, out = draw.out;
    const flag = (bit) => (at) => (rows.flags[at] & bit ? 1 : 0);
    const not = (test) => (at) => 1 - test(at);
    const score = (at) => (rows.points[at] === NO_POINTS ? 0 : -rows.points[at]);
    const account = (at) => (law.tie_by_account ? rows.account[at] : 0);
    const band = (at) => rows.band[at], children = (at) => -rows.children[at];
    const withheld = (chosen) => chosen.some((at) => rows.flags[at] & MASKED);
    const within = (chosen, most) => chosen.filter((at) => rows.band[at] <= most);
    const ORDERS = {
      lot: [band],
      children: [not(flag(FIRST_ORDER)), band, children],
      score: [band, score, children],
      points: [band, score, account],
      sequence: [band, not(flag(LONG_HOMELESS)), (at) => rows.amount[at]],
    };

    const groups = head.basis.types.map((type, model) => {
      const mine = (at) => rows.model[at] === model && rows.excluded[at] === 0;
      return {
        type, name: type.model_no,
        special: where(rows.count, (at) => mine(at) && rows.kind[at] !== 0),
        general: where(rows.count, (at) => mine(at) && rows.kind[at] === 0),
      };
    });
    const numbersOf = (name) => {
      if (!Object.hasOwn(law.types, name)) throw new Refused("a house type without numbers of the law");
      return law.types[name];
    };

    function asGiven(chosen) {
      let winners = 0;
      for (const at of chosen) {
        const pool = said.pools[said.pool[at]];
        if (said.result[at] !== WON || pool.startsWith("left:")) continue;
        draw.take(pool, [at], 1);
        out.position[at] = said.position[at];
        winners += 1;
      }
      return winners;
    }

    async function kindOf(type, kind, applied) {
      if (withheld(applied)) return asGiven(applied);
      const units = type.units[kind] ?? 0, tiers = law.tiers[kind] ?? [];
      let taken = 0;
      for (const [number, tier] of tiers.entries()) {
        const left = units - taken, places = number === tiers.length - 1 ? left : Math.min(share(units, tier.pct), left);
        const pool = `special:${type.model_no}:${kind}:${number}`;
        const inside = draw.losers(applied).filter((at) => tier.takes_part.includes(rows.tier[at]));
        taken += draw.take(pool, await draw.ordered(pool, inside, ...ORDERS[tier.order]), places);
      }
      return taken;
    }

    async function special(group) {
      let left = 0;
      for (const [number, kind] of head.kinds.entries()) {
        if (kind === "general") continue;
        const applied = group.special.filter((at) => rows.kind[at] === number);
        left += (group.type.units[kind] ?? 0) - (await kindOf(group.type, kind, applied));
      }
      if (left <= 0) return 0;
      const pool = `left:${group.name}`;
      return left - draw.take(pool, await draw.ordered(pool, draw.losers(group.special)), left);
    }

    async function bySequence(name, entries, units) {
      const pool = `sequence:${name}`, column = numbersOf(name).by_payments ? rows.payments : rows.amount;
      let taken = 0;
      for (const stage of law.stages) {
        const losers = within(draw.losers(entries), stage.band);
        const ordered = await draw.ordered(pool, losers, not(flag(LONG_HOMELESS)), (at) => column[at]);
        taken += draw.take(pool, ordered, share(units, stage.pct) - taken);
      }
      return taken;
    }

    async function byLot(name, group, places) {
      if (places <= 0) return 0;
      const pool = `lot:${name}`, homeless = law.lottery_homeless_pct, ordered = await draw.ordered(pool, group);
      if (homeless === null || group.length <= places) return draw.take(pool, ordered, places);
      let taken = 0;
      for (const [homes, step] of [[0, share(places, homeless)], [1, places], [2, places]]) {
        const fitting = draw.losers(ordered).filter((at) => rows.homes[at] <= homes);
        taken += draw.take(pool, fitting, Math.min(step, places - taken));
      }
      return taken;
    }

    async function byPointsAndLot(name, entries, units) {
      const pct = numbersOf(name).points_pct, pool = `points:${name}`;
      let left = share(units, pct), taken = 0;
      for (const stage of law.stages) {
        const places = share(units, stage.pct) - taken, group = within(draw.losers(entries), stage.band);
        const most = Math.min(left, share(places, pct), places), scored = group.filter(flag(POINTS_ELIGIBLE));
        const won = draw.take(pool, most ? await draw.ordered(pool, scored, score, account) : scored, most);
        left -= won;
        taken += won;
        taken += await byLot(name, draw.losers(group), places - won);
      }
      return taken;
    }

    async function general(group, entries, units) {
      if (withheld(entries)) return void asGiven(entries);
      const first = entries.filter((at) => rows.rank[at] === 1), second = entries.filter((at) => rows.rank[at] !== 1);
      const choose = head.basis.housing_kind === "public" ? bySequence : byPointsAndLot;
      const left = units - (await choose(group.name, first, units)), pool = `rank2:${group.name}`;
      let taken = 0;
      for (const stage of law.stages) {
        const losers = within(draw.losers(second), stage.band), places = share(left, stage.pct) - taken;
        if (places > 0) taken += draw.take(pool, await draw.ordered(pool, losers), places);
      }
    }

    function places(units, applied, losers) {
      return applied * 100 < units * law.wait_all_below_pct ? losers : Math.min(losers, share(units, law.wait_pct));
    }
    const waiting = [];

    async function waitSpecial(group) {
      let units = 0;
      for (const [kind, number] of Object.entries(group.type.units)) if (kind !== "general") units += number;
      const pool = `wait-special:${group.name}`, losers = draw.losers(group.special);
      const room = places(units, group.special.length, losers.length);
      waiting.push([pool, room ? (await draw.ordered(pool, losers)).slice(0, room) : []]);
    }

    async function waitGeneral(group, units) {
      const pool = `wait:${group.name}`, losers = draw.losers(group.general);
      const counts = numbersOf(group.name).points_pct > 0;
      const scored = (at) => (counts && rows.rank[at] === 1 && rows.flags[at] & POINTS_ELIGIBLE ? 1 : 0);
      const room = places(units, group.general.length, losers.length);
      const keys = [(at) => rows.rank[at], not(scored), (at) => (rows.band[at] > 0 ? 1 : 0), (at) => (scored(at) ? score(at) : 0)];
      waiting.push([pool, room ? (await draw.ordered(pool, losers, ...keys)).slice(0, room) : []]);
    }

    async function allot(group) {
      const names = group.type.unit_numbers;
      if (!names.length) return;
      const winners = where(rows.count, (at) => out.result[at] === WON && rows.model[at] === group.model);
      const ordered = Array.from(await draw.ordered(`unit:${group.name}`, winners));
      const low = names.map((_, number) => number).filter((number) => group.type.lowest_floor.includes(names[number]));
      const asking = [1, 2].flatMap((wish) => ordered.filter((at) => rows.floor[at] === wish));
      const given = new Set(low.slice(0, asking.length));
      for (const [n, at] of asking.slice(0, low.length).entries()) out.unit[at] = low[n] + 1;
      const free = names.map((_, number) => number).filter((number) => !given.has(number));
      const rest = ordered.filter((at) => !out.unit[at]);
      for (const [n, at] of rest.slice(0, free.length).entries()) out.unit[at] = free[n] + 1;
    }

    for (const [model, group] of groups.entries()) group.model = model;
    const left = new Map(), homes = new Map();
    for (const group of groups) left.set(group.name, await special(group));
    for (const group of groups) {
      homes.set(group.name, (group.type.units.general ?? 0) + left.get(group.name));
      await general(group, draw.losers(group.general), homes.get(group.name));
    }
    for (const group of groups) {
      await waitSpecial(group);
      await waitGeneral(group, homes.get(group.name));
      await allot(group);
    }
    for (let at = 0; at < rows.count; at += 1) if (out.result[at] !== WON && draw.has(at)) out.result[at] = REMOVED;
    for (const [pool, ordered] of waiting)
      ordered.forEach((at, n) => {
        out.result[at] = WAITS;
        out.pool[at] = draw.number(pool);
        out.wait[at] = n + 1;
      });
    for (let at = 0; at < rows.count; at += 1) if (rows.excluded[at]) out.result[at] = EXCLUDED;
    return { ...out, pools: draw.pools, drawn: draw.drawn };
  }

  Object.assign(own, { DIGEST, LOST, MASKED, RESULT, ROW, STEP, TICKET, WAITS, WON, columns, select, share });
})((globalThis.OnjipDraw ??= {}));
