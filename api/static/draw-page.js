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
    listing: ["명단 파일의 해시", "Hash of the list"],
    tickets: ["접수번호 목록 (정렬, 중복 없음, 개수)", "List of tickets (sorted, unique, counted)"],
    root1: ["접수 목록의 뿌리 해시", "Root over the tickets"], root2: ["심사 목록의 뿌리 해시", "Root over the screened list"],
    root1_stamp: ["접수 목록의 시점확인", "Time stamp over the tickets"],
    root2_stamp: ["심사 목록의 시점확인", "Time stamp over the screened list"],
    nonce: ["난수와 그 약속값", "Nonce and its commitment"], shares: ["나누어 맡긴 난수 조각", "Shares of the nonce"],
    digits: ["추첨 숫자의 형식", "Digits of the ceremony"],
    typed_by: ["숫자를 입력한 두 사람의 자격", "The two who typed the digits"],
    beacon: ["공개 난수원", "Public random source"], seed: ["추첨 씨앗값", "Seed"],
    withheld: ["상세를 공개하지 않은 추첨군", "Pools whose details are withheld"],
    results: ["당첨자·예비입주자 다시 추첨", "Winners and wait-lists drawn again"],
    result: ["접수번호의 결과", "Result of a ticket"],
    shape: ["내 증명의 형식", "Shape of my proof"], ticket: ["내 접수번호", "My ticket"],
    received: ["접수 목록에 들어 있음", "My ticket is in the list of tickets"],
    screened: ["심사 목록에 들어 있음", "My row is in the screened list"],
    opened: ["나만 아는 자료가 약속값과 같음", "My private part opens the commitment"],
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

  function mine(answer, box) {
    if (!answer.places.length) return;
    const rows = answer.places.map(({ pool, place, of }) =>
      element("div", {}, element("dt", {}, pool), element("dd", {}, t(`${of.toLocaleString()}명 가운데 ${place.toLocaleString()}번째`, `${place.toLocaleString()} of ${of.toLocaleString()}`))));
    box.append(element("h3", {}, t("내 순서 (이 기기에서 계산)", "My place in the order (worked out on this device)")), element("dl", { class: "facts" }, ...rows));
  }

  function show(box, answer, seconds) {
    const proof = Object.entries(answer.proof ?? {}).filter(([code]) => code !== "result");
    const ok = answer.findings.length > 0 && answer.findings.every((one) => one.ok) && proof.every(([, held]) => held);
    box.replaceChildren(verdict(ok, seconds));
    if (proof.length) {
      box.append(element("h3", {}, t("내 신청", "My application")));
      box.append(element("ul", { class: "checks" }, ...proof.map(([code, held]) => line(code, held))));
    }
    mine(answer, box);
    box.append(element("h3", {}, t("추첨 전체", "The whole draw")));
    box.append(element("ul", { class: "checks" }, ...answer.findings.map((one) => line(one.code, one.ok, one.subject))));
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
      button.disabled = true;
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
      button.disabled = false;
      box.focus();
    });
  }

  for (const section of document.querySelectorAll("[data-draw-check]")) begin(section);
})();
