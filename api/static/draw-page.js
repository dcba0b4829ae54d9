// "내 추첨 확인": takes transcript, list and trust roots (from the site, from inside a saved file, or as files that the
// reader chooses), has them verified beside the page, and says what holds. Nothing is sent anywhere.
(function () {
  "use strict";
  const english = document.documentElement.lang === "en";
  const t = (ko, en) => (english ? en : ko);
  const TEXT = {
    document: ["문서 형식", "Shape of the document"], protocol: ["추첨 규약의 판", "Version of the protocol"],
    envelope: ["봉인이 가리키는 본문", "Body that the envelope names"],
    seal: ["청약업무수행기관의 전자봉인", "Seal of the selection operator"],
    terms: ["공고 때 공개한 조건과 같음", "Same terms as published with the notice"],
    counts: ["접수 중 시간별 건수의 시점확인", "Hourly counts and their time stamps"],
    seal_stamp: ["봉인의 시점확인", "Time stamp over the seal"],
    times: ["시점확인의 순서 (접수, 심사, 봉인)", "Order of the time stamps (receipt, screening, seal)"],
    listing: ["명단의 해시와 길이", "Hash and length of the list"],
    tickets: ["접수번호 목록 (정렬, 중복 없음, 개수)", "List of tickets (sorted, unique, counted)"],
    root1: ["접수 목록의 뿌리 해시", "Root over the tickets"], root2: ["심사 목록의 뿌리 해시", "Root over the screened list"],
    root1_stamp: ["접수 목록의 시점확인", "Time stamp over the tickets"],
    root2_stamp: ["심사 목록의 시점확인", "Time stamp over the screened list"],
    nonce: ["난수와 그 약속값", "Nonce and its commitment"], shares: ["나누어 맡긴 난수 조각", "Shares of the nonce"],
    digits: ["추첨 숫자의 형식", "Digits of the ceremony"],
    typed_by: ["숫자를 입력한 두 사람의 자격", "The two who typed the digits"],
    beacon: ["공개 난수원 (정했다면 난수원이 공개한 값과 견주어 보십시오)", "Public random source (where one was fixed, compare its value)"],
    digits_stamp: ["난수가 나오기 전의 숫자 시점확인", "Digits stamped before the random value was out"], seed: ["추첨 씨앗값", "Seed"],
    root3: ["결과 목록의 뿌리 해시", "Root over the results"], columns: ["심사 목록의 값", "Values of the screened list"],
    withheld: ["상세를 공개하지 않은 추첨군", "Pools whose details are withheld"],
    results: ["당첨자·예비입주자 다시 추첨", "Winners and wait-lists drawn again"],
    result: ["접수번호의 결과", "Result of a ticket"],
    own_ticket: ["내 접수번호의 증명", "Proof of my ticket"],
    own_received: ["접수 목록에 내 접수번호가 있음", "My ticket is among those received"],
    own_screened: ["심사 목록에 내 자료가 있음", "My row is in the screened list"],
    own_drawn: ["공개된 결과에 내 결과가 있음", "My result is in the published list"],
    own_opened: ["나만 아는 자료가 약속값과 같음", "My private part opens the commitment"],
  };
  const name = (code) => (TEXT[code] ?? [code, code])[english ? 1 : 0];

  function element(tag, attributes = {}, ...inner) {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...inner);
    return node;
  }
  const sign = (ok) => element("span", { class: "sign", "aria-hidden": "true" }, ok ? "✓" : "✗");

  function line(code, ok, subject = "") {
    const badge = element("span", { class: `krds-badge bg-light-${ok ? "success" : "danger"}` }, ok ? t("통과", "Met") : t("불통과", "Not met"));
    const words = element("div", {}, element("p", {}, name(code)));
    if (subject) words.append(element("p", { class: "muted breakable" }, subject));
    return element("li", { class: ok ? "ok" : "error" }, badge, words);
  }

  function verdict(ok, seconds) {
    const title = ok ? t("다시 추첨해도 결과가 같습니다", "Drawn again, the result is the same") : t("확인하지 못한 항목이 있습니다", "Something does not hold");
    const note = ok ? t("아래 확인을 모두 통과했습니다.", "Every check below was met.") : t("아래에서 통과하지 못한 항목을 보십시오.", "See below what was not met.");
    const took = t(`이 기기에서 ${seconds}초 걸렸습니다.`, `It took ${seconds} s on this device.`);
    return element("div", { class: `verdict ${ok ? "yes" : "no"}` }, sign(ok),
      element("div", {}, element("p", { class: "verdict-title" }, title), element("p", {}, `${note} ${took}`)));
  }

  const POOLS = {
    points: ["가점제", "By points"], lot: ["추첨제", "By lot"], rank2: ["2순위", "Second rank"],
    sequence: ["순차제", "By sequence"], left: ["특별공급 남은 물량", "What special supply left"],
    special: ["특별공급", "Special supply"], wait: ["예비입주자 (일반)", "Wait-list (general)"],
    "wait-special": ["예비입주자 (특별)", "Wait-list (special)"], unit: ["동·호수", "Units"],
  };

  function poolName(pool) {
    const [how, , ...rest] = pool.split(":"), words = (POOLS[how] ?? [pool, pool])[english ? 1 : 0];
    const numbers = rest.filter((part) => /^\d+$/.test(part)).map((part) => Number(part) + 1);
    return numbers.length ? `${words} (${numbers.join("-")})` : words;
  }

  function mine(answer, box) {
    if (!answer.places.length) return;
    const rows = answer.places.map(({ pool, place, of }) =>
      element("div", {}, element("dt", {}, poolName(pool)), element("dd", {}, t(`${of.toLocaleString()}명 가운데 ${place.toLocaleString()}번째`, `${place.toLocaleString()} of ${of.toLocaleString()}`))));
    box.append(element("h3", {}, t("내 순서 (이 기기에서 계산)", "My place in the order (worked out on this device)")), element("dl", { class: "facts" }, ...rows));
  }

  function show(box, answer, seconds) {
    const own = answer.findings.filter((one) => one.code.startsWith("own_"));
    const rest = answer.findings.filter((one) => !own.includes(one));
    const wrong = rest.filter((one) => !one.ok), right = rest.filter((one) => one.ok);
    box.replaceChildren(verdict(own.length + rest.length > 0 && wrong.length === 0 && own.every((one) => one.ok), seconds));
    if (own.length) {
      box.append(element("h3", {}, t("내 신청", "My application")));
      box.append(element("ul", { class: "checks" }, ...own.map((one) => line(one.code, one.ok))));
    }
    mine(answer, box);
    box.append(element("h3", {}, t("추첨 전체", "The whole draw")));
    if (wrong.length) box.append(element("ul", { class: "checks" }, ...wrong.map((one) => line(one.code, one.ok, one.subject))));
    const met = element("summary", {}, t(`통과한 확인 ${right.length}가지`, `${right.length} checks met`));
    box.append(element("details", { class: "fold" }, met, element("ul", { class: "checks" }, ...right.map((one) => line(one.code, one.ok, one.subject)))));
    if (!answer.pinned)
      box.append(element("p", { class: "muted" }, t("공고 때 공개한 조건의 해시를 주지 않아, 문서에 적힌 조건을 그대로 믿고 계산했습니다.", "No hash of the published terms was given: the terms of the document were taken as they are.")));
  }

  /** Bytes of ``place``: an element of this page (#id), or an address of this site. */
  async function load(place, tell) {
    if (!place) return null;
    if (place.startsWith("#")) return new TextEncoder().encode(document.querySelector(place).textContent);
    const reply = await fetch(place, { credentials: "same-origin" });
    if (!reply.ok) throw new Error(`${reply.status}`);
    const parts = [], reader = reply.body.getReader();
    let size = 0;
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      parts.push(piece.value);
      size += piece.value.length;
      tell(t(`내려받는 중 ${(size / 1e6).toFixed(1)}MB`, `Loading ${(size / 1e6).toFixed(1)} MB`));
    }
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  }

  /** A worker of this site, or one made of the scripts in this saved file; null where neither is allowed. */
  function worker(section) {
    try {
      if (section.dataset.worker) return new Worker(section.dataset.worker);
      const scripts = [...document.querySelectorAll("script[data-verifier]")].map((script) => script.textContent);
      return new Worker(URL.createObjectURL(new Blob([scripts.join("\n;")], { type: "text/javascript" })));
    } catch {
      return null;
    }
  }

  function examine(section, job, total, bar) {
    const beside = worker(section);
    const advance = (done) => (bar.value = Math.min(0.98, done / total));
    if (!beside) {
      // The same work on the page itself, which is let go on every few milliseconds.
      let done = 0, rest = performance.now();
      return globalThis.OnjipDraw.examine(job, async (more) => {
        advance((done += more));
        if (performance.now() - rest < 24) return;
        await new Promise((next) => setTimeout(next));
        rest = performance.now();
      });
    }
    return new Promise((found, failed) => {
      beside.onmessage = ({ data }) => ("answer" in data ? found(data.answer) : advance(data.done));
      beside.onerror = (fault) => {
        fault.preventDefault();
        failed(new Error("worker"));
      };
      beside.postMessage(job);
    }).finally(() => beside.terminate());
  }

  function begin(section) {
    const button = section.querySelector("[data-start]"), box = section.querySelector("[data-said]");
    const waits = section.querySelector("[data-progress]"), bar = waits.querySelector("progress"), said = waits.querySelector("span");
    const chosen = section.querySelector("input[type=file]");
    const tell = (words) => (said.textContent = words);
    for (const node of section.querySelectorAll("[data-script]")) node.hidden = false;
    button.addEventListener("click", async () => {
      if (!waits.hidden) return;
      waits.hidden = false;
      bar.value = 0;
      const begun = performance.now();
      try {
        const from = section.dataset, transcript = await load(from.transcript, tell);
        const text = new TextDecoder().decode(transcript), inline = !text.includes('"inline":null');
        const file = chosen?.files[0];
        const list = inline ? null : file ? new Uint8Array(await file.arrayBuffer()) : await load(from.list, tell);
        const job = {
          transcript, list, head: from.head || null, proof: await load(from.proof, tell),
          trust: from.trust ? new TextDecoder().decode(await load(from.trust, tell)) : "",
        };
        tell(t("다시 추첨하고 있습니다", "Drawing again"));
        const size = Number(/"count":(\d+)/.exec(text)?.[1] ?? 1);
        show(box, await examine(section, job, 9 * size, bar), ((performance.now() - begun) / 1000).toFixed(1));
      } catch (fault) {
        box.replaceChildren(element("p", { class: "callout" }, t("자료를 읽지 못했습니다. 파일과 연결을 확인하십시오.", "The data could not be read. Check the file and the connection."), ` (${fault.message})`));
      }
      bar.value = 1;
      waits.hidden = true;
      box.focus();
    });
  }

  for (const section of document.querySelectorAll("[data-draw-check]")) begin(section);
})();
