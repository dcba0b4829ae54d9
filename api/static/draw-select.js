// The selection of the draw protocol, in columns: lists, lots, winners, wait-lists, units. Second of the files of the
// verifier. Rules: docs/draw-protocol.md, order of selection. Whole numbers only.
(function (own) {
  "use strict";
  const { Refused, Sha256, tagged, utf8 } = own;
  const ROW = 76, RESULT = 13, TICKET = 16, OPEN = 24, DIGEST = 32;
  const POINTS_ELIGIBLE = 1, LONG_HOMELESS = 2, FIRST_ORDER = 4, MASKED = 128;
  const LOST = 0, WON = 1, WAITS = 2, EXCLUDED = 3, REMOVED = 4;
  const NO_POINTS = 255, LOT = 3, STEP = 2048; // hashes between two looks at the clock

  const BYTES = {
    kind: 18, excluded: 19, flags: 24, band: 25, homes: 26, rank: 27, points: 28, tier: 29, children: 30, floor: 31,
  };
  const WORDS = { holder: 20, account: 32, savings: 36, older: 40 };

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

  /** One seed over one list. ``pause`` is awaited now and then, so that a page stays alive. ``watched``: rows whose
   * places in the orders are kept. */
  class Lottery {
    constructor(seed, rows, pause, watched) {
      Object.assign(this, { seed, rows, pause, watched, drawn: 0, places: [], pools: [""] });
      this.numbers = new Map([["", 0]]);
      this.out = results(rows.count);
      this.served = new Uint8Array(rows.count); // by person
    }
    number(pool) {
      if (!this.numbers.has(pool)) {
        this.numbers.set(pool, this.pools.length);
        if (this.pools.push(pool) > 65536) throw new Refused("too many pools");
      }
      return this.numbers.get(pool);
    }
    has(at) {
      return this.served[this.rows.holder[at]] === 1;
    }
    /** Draw orders: eight words for each chosen ticket, most significant first. */
    async lots(pool, chosen) {
      const start = new Sha256().update(Uint8Array.of(LOT)).update(tagged("pool", this.seed, utf8(pool)));
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
      const found = places.map((place) => chosen[place]);
      for (const at of this.watched)
        if (chosen.includes(at)) this.places.push({ pool, at, place: found.indexOf(at) + 1, of: found.length });
      return found;
    }
    losers(chosen) {
      return chosen.filter((at) => this.out.result[at] !== WON && !this.has(at));
    }
    /** Award up to ``units`` in the given order. */
    take(pool, ordered, units) {
      const number = this.number(pool);
      let taken = 0;
      for (const at of ordered) {
        if (taken === units) break;
        if (this.has(at)) continue;
        taken += 1;
        this.served[this.rows.holder[at]] = 1;
        this.out.result[at] = WON;
        this.out.pool[at] = number;
        this.out.position[at] = taken;
      }
      return taken;
    }
  }

  /** Is every number one that a row may hold, for this head? A masked row holds nothing beside its open part. */
  function inBounds(rows, head) {
    const most = { band: 2, homes: 2, rank: 2, floor: 2, model: head.basis.types.length - 1, kind: head.kinds.length - 1,
      excluded: head.exclusions.length - 1, holder: rows.count - 1 };
    for (const [name, limit] of Object.entries(most)) if (rows[name].some((value) => value > limit)) return false;
    const detail = [...Object.keys(BYTES), ...Object.keys(WORDS)].filter((name) => !["kind", "excluded", "holder", "flags"].includes(name));
    for (let at = 0; at < rows.count; at += 1) {
      if (!(rows.flags[at] & MASKED)) {
        if (rows.flags[at] > (POINTS_ELIGIBLE | LONG_HOMELESS | FIRST_ORDER)) return false;
      } else if (rows.flags[at] !== MASKED || detail.some((name) => rows[name][at])) return false;
    }
    return true;
  }

  /** 1 for rows of a house type and kind with fewer applicants than the head asks for. */
  function smallPools(rows, head) {
    const pool = (at) => rows.model[at] * head.kinds.length + rows.kind[at], counts = new Map();
    for (let at = 0; at < rows.count; at += 1) counts.set(pool(at), (counts.get(pool(at)) ?? 0) + 1);
    return Uint8Array.from({ length: rows.count }, (_, at) => (counts.get(pool(at)) < head.small_pool ? 1 : 0));
  }

  /** The whole selection. ``said``: results and pool names of the document, for pools whose details are withheld. */
  async function select(head, rows, seed, said, pause = async () => {}, watched = []) {
    const draw = new Lottery(seed, rows, pause, watched), law = head.law, out = draw.out;
    const flag = (bit) => (at) => (rows.flags[at] & bit ? 1 : 0);
    const not = (test) => (at) => 1 - test(at);
    const score = (at) => (rows.points[at] === NO_POINTS ? 0 : -rows.points[at]);
    const away = (at) => (rows.band[at] > 0 ? 1 : 0), column = (name) => (at) => rows[name][at];
    const hidden = (at) => (rows.flags[at] & MASKED) !== 0, withheld = (chosen) => chosen.some(hidden);
    const within = (chosen, most) => chosen.filter((at) => rows.band[at] <= most);
    const sequence = [not(flag(LONG_HOMELESS)), column("savings")];
    const KEYS = {
      first_order: [not(flag(FIRST_ORDER))], local: [away], children: [(at) => -rows.children[at]], score: [score],
      points: [score], account: [column("account")], savings: sequence, older: [column("older")],
    };
    const unitsOf = (type, kind) => type.units[kind] ?? 0;
    const groups = head.basis.types.map((type, model) => {
      const mine = (at) => rows.model[at] === model && rows.excluded[at] === 0;
      return {
        type, model, name: type.model_no,
        special: where(rows.count, (at) => mine(at) && rows.kind[at] !== 0),
        general: where(rows.count, (at) => mine(at) && rows.kind[at] === 0),
      };
    });
    const pointsOf = (name) => {
      if (!Object.hasOwn(law.types, name)) throw new Refused("a house type without numbers of the law");
      return law.types[name].points_pct;
    };

    // Pools whose details are withheld: who, is taken over; how many, must be what the law gives.
    const saidTo = (at, result, pool) => said.result[at] === result && said.pools[said.pool[at]] === pool;
    function takenOver(group, kind, chosen, units, every = true) {
      const pool = `withheld:${group.name}:${kind}`;
      const people = new Set(draw.losers(chosen).map((at) => rows.holder[at])).size, places = Math.min(units, people);
      const won = chosen.filter((at) => saidTo(at, WON, pool)), taken = draw.take(pool, won, units);
      if (taken !== won.length || taken > places || (every && taken !== places)) throw new Refused("a withheld pool");
      for (const at of won) out.position[at] = 0;
      return taken;
    }
    function waitingOver(pool, losers, places) {
      const waits = losers.filter((at) => saidTo(at, WAITS, pool)).sort((one, other) => said.wait[one] - said.wait[other]);
      if (waits.length !== places || waits.some((at, n) => said.wait[at] !== n + 1)) throw new Refused("a withheld wait-list");
      return waits;
    }

    async function kindOf(group, kind, applied) {
      const units = unitsOf(group.type, kind), tiers = law.tiers[kind] ?? [];
      if (withheld(applied)) return takenOver(group, kind, applied, units, kind !== "recommended");
      let taken = 0;
      for (const [number, tier] of tiers.entries()) {
        const left = units - taken, last = number === tiers.length - 1;
        const pool = `special:${group.name}:${kind}:${number}`;
        taken += await tierOf(pool, tier, applied, last ? left : Math.min(share(units, tier.pct), left));
      }
      return taken;
    }
    async function tierOf(pool, tier, applied, units) {
      const inside = applied.filter((at) => tier.takes_part.includes(rows.tier[at]));
      return staged(pool, inside, units, law.special_stages, tier.keys.flatMap((key) => KEYS[key]));
    }
    /** Units in stages of residence; each stage is a pool with lots of its own. */
    async function staged(name, entries, units, stages, keys) {
      let taken = 0;
      for (const [number, stage] of stages.entries()) {
        const places = share(units, stage.pct) - taken, pool = `${name}:${number}`;
        if (places <= 0) continue;
        const losers = within(draw.losers(entries), stage.band);
        taken += draw.take(pool, await draw.ordered(pool, losers, ...keys), places);
      }
      return taken;
    }

    async function special(group) {
      let left = 0;
      for (const [number, kind] of head.kinds.entries()) {
        if (kind === "general") continue;
        const applied = group.special.filter((at) => rows.kind[at] === number);
        left += unitsOf(group.type, kind) - (await kindOf(group, kind, applied));
      }
      if (left === 0 || !law.left_by_lot) return left;
      const pool = `left:${group.name}`;
      return left - draw.take(pool, await draw.ordered(pool, draw.losers(group.special)), left);
    }

    async function byLot(pool, group, places) {
      if (places <= 0) return 0;
      const homeless = law.lottery_homeless_pct, all = `${pool}:all`;
      if (!homeless || group.length <= places) return draw.take(all, await draw.ordered(all, group), places);
      let taken = 0;
      for (const [homes, upto] of [[0, share(places, homeless)], [1, places], [2, places]]) {
        const step = `${pool}:${homes}`, left = Math.min(upto, places - taken);
        if (left <= 0) continue;
        const fitting = draw.losers(group).filter((at) => rows.homes[at] <= homes);
        taken += draw.take(step, await draw.ordered(step, fitting), left);
      }
      return taken;
    }

    async function byPointsAndLot(name, entries, units) {
      const pct = pointsOf(name), tie = law.tie_by_account ? KEYS.account : [];
      let scored = 0, taken = 0;
      for (const [number, stage] of law.stages.entries()) {
        const upto = share(units, stage.pct), places = upto - taken, pool = `points:${name}:${number}`;
        if (places <= 0) continue;
        const group = within(draw.losers(entries), stage.band), most = Math.min(share(upto, pct) - scored, places);
        const eligible = group.filter(flag(POINTS_ELIGIBLE));
        const won = most > 0 ? draw.take(pool, await draw.ordered(pool, eligible, score, ...tie), most) : 0;
        scored += won;
        taken += won;
        taken += await byLot(`lot:${name}:${number}`, draw.losers(group), places - won);
      }
      return taken;
    }

    async function general(group, entries, units) {
      if (withheld(entries)) return void takenOver(group, head.kinds[0], entries, units);
      const first = entries.filter((at) => rows.rank[at] === 1), second = entries.filter((at) => rows.rank[at] !== 1);
      const taken = head.basis.housing_kind === "public"
        ? await staged(`sequence:${group.name}`, first, units, law.stages, sequence)
        : await byPointsAndLot(group.name, first, units);
      await staged(`rank2:${group.name}`, second, units - taken, law.stages, []);
    }

    function places(waiting, units, applied, losers) {
      if (applied * 100 < units * waiting.all_below_pct) return losers;
      return applied * 100 < units * waiting.none_below_pct ? 0 : Math.min(losers, share(units, waiting.pct));
    }
    const waiting = [];

    async function waitSpecial(group) {
      let units = 0;
      for (const kind of head.kinds.slice(1)) units += unitsOf(group.type, kind);
      const pool = `wait-special:${group.name}`, losers = draw.losers(group.special);
      const room = places(law.wait_special, units, group.special.length, losers.length);
      waiting.push([pool, room ? (await draw.ordered(pool, losers)).slice(0, room) : []]);
    }

    async function waitGeneral(group, units) {
      const pool = `wait:${group.name}`, losers = draw.losers(group.general);
      const room = places(law.wait, units, group.general.length, losers.length);
      if (withheld(losers)) return void waiting.push([pool, waitingOver(pool, losers, room)]);
      const counts = pointsOf(group.name) > 0;
      const scored = (at) => (counts && rows.rank[at] === 1 && rows.flags[at] & POINTS_ELIGIBLE ? 1 : 0);
      const keys = [column("rank"), not(scored), away, (at) => (scored(at) ? score(at) : 0)];
      waiting.push([pool, room ? (await draw.ordered(pool, losers, ...keys)).slice(0, room) : []]);
    }

    async function allot(group) {
      const names = group.type.unit_numbers;
      if (!names.length) return;
      const winners = where(rows.count, (at) => out.result[at] === WON && rows.model[at] === group.model);
      const ordered = Array.from(await draw.ordered(`unit:${group.name}`, winners));
      const free = new Set(names.map((_, number) => number + 1));
      const give = (at, number) => {
        if (!free.delete(number)) throw new Refused("a unit that is not free");
        out.unit[at] = number;
      };
      for (const at of ordered.filter(hidden)) give(at, said.unit[at]);
      const open = ordered.filter((at) => !hidden(at));
      const low = [...free].filter((number) => group.type.lowest_floor.includes(names[number - 1]));
      const asking = [1, 2].flatMap((wish) => open.filter((at) => rows.floor[at] === wish));
      for (const [n, at] of asking.slice(0, low.length).entries()) give(at, low[n]);
      const rest = open.filter((at) => !out.unit[at]), left = [...free];
      for (const [n, at] of rest.slice(0, left.length).entries()) give(at, left[n]);
    }

    const left = new Map();
    for (const group of groups) left.set(group.name, await special(group));
    const homes = (group) => unitsOf(group.type, head.kinds[0]) + left.get(group.name);
    for (const group of groups) await general(group, draw.losers(group.general), homes(group));
    for (const group of groups) {
      await waitSpecial(group);
      await waitGeneral(group, homes(group));
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
    return { ...out, pools: draw.pools, drawn: draw.drawn, places: draw.places };
  }

  Object.assign(own, {
    DIGEST, LOST, MASKED, OPEN, REMOVED, RESULT, ROW, STEP, TICKET, WAITS, WON, columns, inBounds, select, smallPools,
  });
})((globalThis.OnjipDraw ??= {}));
