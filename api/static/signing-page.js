// The page for signing with an own key: makes or opens it, has its certificate registered, shows what is signed as it
// stands in the downloaded file, and signs only what it has worked out again itself. Keys and passwords stay here.
(function () {
  "use strict";
  const root = document.querySelector("[data-signing]");
  if (!root) return;
  const own = globalThis.OnjipSign, english = document.documentElement.lang === "en";
  const { contract, person, csrf } = root.dataset, place = `/contracts/${contract}`;
  const t = (ko, en) => (english ? en : ko);
  const find = (name) => root.querySelector(`[data-${name}]`);
  const LONGEST_WAIT = 90, PAUSE = 1000;

  const REFUSED = {
    no_storage: ["이 브라우저에는 열쇠를 보관할 수 없습니다. 비밀 보기(시크릿) 창이면 일반 창에서 열거나 다른 서명 방법을 고르십시오.", "This browser cannot keep a key. Use a normal window, or another means."],
    wrong_password: ["인증서 비밀번호가 맞지 않습니다. 다시 입력하십시오.", "The password of the certificate is wrong. Type it again."],
    key_unreadable: ["개인키 파일을 읽을 수 없습니다. signPri.key 파일을 고르십시오.", "The key file cannot be read. Choose signPri.key."],
    key_unknown: ["지원하지 않는 형식의 개인키입니다. 다른 서명 방법을 고르십시오.", "This kind of key is not supported. Choose another means."],
    no_random: ["본인 확인값이 없는 개인키입니다. 인증서를 다시 발급받거나 다른 서명 방법을 고르십시오.", "The key has no value to check whose it is. Get a new certificate, or choose another means."],
    certificate_unreadable: ["인증서 파일을 읽을 수 없습니다. signCert.der 파일을 고르십시오.", "The certificate cannot be read. Choose signCert.der."],
    key_of_another_certificate: ["인증서와 개인키가 서로 다른 것입니다. 같은 폴더의 두 파일을 고르십시오.", "Certificate and key do not belong together. Choose both files from one folder."],
    byte_range: ["받은 파일의 서명 범위가 문서 전체가 아닙니다. 서명하지 않았습니다.", "The file's signed range is not the whole document. Nothing was signed."],
    digest_differs: ["받은 문서의 해시값이 서명 요청과 다릅니다. 서명하지 않았습니다.", "The document's digest differs from what is to be signed. Nothing was signed."],
    attributes_unreadable: ["서명 요청의 형식이 올바르지 않습니다. 서명하지 않았습니다.", "What is to be signed has a wrong form. Nothing was signed."],
    other_certificate: ["서명 요청이 다른 인증서를 가리킵니다. 서명하지 않았습니다.", "The request names another certificate. Nothing was signed."],
    terms_missing: ["받은 문서에서 계약 내용을 찾지 못했습니다. 서명하지 않았습니다.", "The terms were not found in the file. Nothing was signed."],
    terms_differ: ["받은 문서의 계약 내용이 화면의 계약과 다릅니다. 서명하지 않았습니다.", "The terms in the file differ from the contract. Nothing was signed."],
    not_prepared: ["서명할 문서를 준비하지 못했습니다. 사건의 진행 기록에서 이유를 확인하고 다시 시도하십시오.", "The document could not be prepared. See the case for the reason, and try again."],
  };
  const PAYMENTS = { deposit: ["계약금", "Deposit"], instalment: ["중도금", "Instalment"], balance: ["잔금", "Balance"] };

  /** Somebody else's no, in the words in which it was said. */
  class Told extends Error {
    constructor(problem) {
      super(problem[english ? "en" : "ko"] ?? t("처리하지 못했습니다. 잠시 뒤 다시 시도하십시오.", "This could not be done. Try again shortly."));
      this.code = problem.code;
    }
  }

  const pause = (ms) => new Promise((next) => setTimeout(next, ms));

  async function ask(path, body) {
    const headers = { Accept: "application/json" };
    if (body) Object.assign(headers, { "Content-Type": "application/json", "X-CSRF-Token": csrf, "Idempotency-Key": crypto.randomUUID() });
    for (let tries = 0; ; tries += 1) {
      const reply = await fetch(`/api/v1${path}`, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), credentials: "same-origin" });
      const said = await reply.json();
      if (reply.ok) return said;
      // Not done yet: the same key asks again, and nothing happens twice.
      if (reply.status !== 503 || tries > 10) throw new Told(said);
      await pause(PAUSE * (Number(reply.headers.get("Retry-After")) || 1));
    }
  }

  function element(tag, attributes = {}, ...inner) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...inner);
    return node;
  }

  function tell(text) {
    find("said").hidden = !text;
    find("said").textContent = text;
  }

  function fail(fault) {
    const words = fault instanceof Told ? fault.message : REFUSED[fault.code]?.[english ? 1 : 0];
    tell("");
    find("fault").hidden = false;
    find("fault").textContent = words ?? t("처리하지 못했습니다. 화면을 새로 고치고 다시 시도하십시오.", "This could not be done. Reload the page and try again.");
    find("fault").focus();
  }

  /** One thing at a time: whoever presses again meanwhile is not heard twice. */
  let busy = false;
  async function carryOut(work) {
    if (busy) return;
    busy = true;
    find("fault").hidden = true;
    root.setAttribute("aria-busy", "true");
    try {
      await work();
    } catch (fault) {
      fail(fault);
    }
    root.removeAttribute("aria-busy");
    busy = false;
  }

  const won = (sum) => `${sum.toLocaleString("ko-KR")}${t("원", " won")}`;
  const row = (name, ...value) => element("div", {}, element("dt", {}, name), element("dd", {}, ...value));

  /** What is signed, as the file itself says it. */
  function shown({ digest, terms }, termsSha256) {
    const home = terms.property, sum = terms.price + (terms.option_price ?? 0);
    const facts = [
      row(t("부동산", "Property"), [home.building, home.dong, home.ho].filter(Boolean).join(" "), element("span", { class: "sub" }, home.road_address || home.lot_address)),
      row(t("금액", "Sum"), element("strong", { "data-sum": "" }, won(sum))),
      ...(terms.payments ?? []).map((one) => row(PAYMENTS[one.kind]?.[english ? 1 : 0] ?? one.kind, won(one.amount), element("span", { class: "sub" }, one.due_on ?? ""))),
      row(t("당사자", "Parties"), terms.parties.map((one) => one.name).join(", ")),
      row(t("서명할 문서의 해시값", "Digest of what is signed"), element("code", { class: "breakable", "data-digest": "" }, digest)),
      row(t("계약 내용 해시값 (문서 각 쪽에 인쇄)", "Digest of the terms (printed on each page)"), element("code", { class: "breakable" }, termsSha256)),
    ];
    const clauses = [
      ...(terms.clauses ?? []).map((one) => [one.title, ...one.text].join(" ")),
      ...(terms.special_clauses ?? []).map((one) => `${t("특약", "Special")}: ${one}`),
    ];
    const list = element("ol", { class: "clauses", lang: "ko" }, ...clauses.map((one) => element("li", {}, one)));
    return [element("dl", { class: "facts" }, ...facts), element("h3", {}, t("계약 조항", "Clauses")), list];
  }

  /** Until the revision is prepared: the attributes to sign, and the file to work them out from. */
  async function prepared(certificateSha256) {
    tell(t("서명할 문서를 준비하고 있습니다.", "The document is being prepared."));
    for (let i = 0; i < LONGEST_WAIT; i += 1) {
      const found = await ask(`${place}/signing`);
      if (found.request?.certificate_sha256 === certificateSha256) return found.request;
      if (found.state === "given" || found.state === "signed") return null;
      await pause(PAUSE);
    }
    throw new own.Refused("not_prepared");
  }

  const leave = (said) => location.assign(`${place}?said=${said}`);

  /** Download, work out again, show, and only then let the person sign. */
  async function review(request, key, certificate) {
    const reply = await fetch(`/api/v1${place}/revision`, { credentials: "same-origin" });
    if (!reply.ok) throw new Told(await reply.json());
    const pdf = new Uint8Array(await reply.arrayBuffer());
    const found = await own.checkRevision(pdf, request, certificate);
    find("found").replaceChildren(...shown(found, request.terms_sha256));
    find("choices").hidden = true;
    find("review").hidden = false;
    tell("");
    find("review").querySelector("h2").focus();
    find("sign").onclick = () => carryOut(async () => {
      if (!find("agreed").checked) {
        find("agreed").focus();
        throw new Told({ ko: "금액과 조항, 해시값을 확인했다면 확인란을 표시하십시오.", en: "Tick the box once you have checked sum, clauses and digest." });
      }
      tell(t("서명하고 있습니다.", "Signing."));
      const signature = await own.sign(key, own.unbase64(request.signed_attrs));
      await ask(`${place}/signature`, { number: request.number, signature: own.base64(signature) });
      leave("signed_here");
    });
  }

  async function signWith(key, { sha256, certificate }) {
    await ask(`${place}/sign`, { certificate_sha256: sha256 });
    const request = await prepared(sha256);
    return request ? review(request, key, own.unbase64(certificate)) : leave("signed_here");
  }

  /** The key of this browser with a certificate that still stands; begins the identity check where there is none. */
  async function withBrowserKey() {
    let entry = await own.kept(person);
    const standing = (await ask("/certificates")).map((one) => one.sha256);
    if (entry?.certificate && standing.includes(entry.certificate.sha256)) return signWith(entry.key, entry.certificate);
    if (entry?.check && (await certified(entry))) return signWith(entry.key, entry.certificate);
    entry = await own.newKey(person);
    const begun = await ask("/certificates/checks", { key_sha256: own.hex(await own.sha256(entry.spki)), return_to: `${place}/signing` });
    await own.keep({ ...entry, check: begun.number });
    tell(t("본인확인기관으로 이동합니다.", "Going to the identity provider."));
    location.assign(begun.url);
  }

  /** Whether the identity check that was begun has become a certificate of this key. */
  async function certified(entry) {
    const gone = (fault) => {
      if (["unknown_attestation", "session_expired", "nonce_used"].includes(fault.code)) return null;
      throw fault;
    };
    const check = await ask(`/certificates/checks/${entry.check}`).catch(gone);
    if (!check?.attestation) return false;
    tell(t("이 브라우저의 인증서를 발급받고 있습니다.", "A certificate for this browser is being issued."));
    const proof = await own.sign(entry.key, new TextEncoder().encode(check.attestation));
    const wanted = { number: entry.check, key: own.base64(entry.spki), proof: own.base64(proof) };
    const certificate = await ask("/certificates/browser", wanted).catch(gone);
    if (!certificate) return false;
    Object.assign(entry, { certificate, check: null });
    await own.keep(entry);
    return true;
  }

  const bytesOf = async (input) => new Uint8Array(await input.files[0].arrayBuffer());

  async function withJointCertificate() {
    const certificateFile = find("cert"), keyFile = find("key"), password = find("password");
    for (const [input, code] of [[certificateFile, "certificate_unreadable"], [keyFile, "key_unreadable"]])
      if (!input.files.length) throw new own.Refused(code);
    tell(t("개인키를 이 기기에서 열고 있습니다.", "The key is being opened on this device."));
    const certificate = await bytesOf(certificateFile);
    const { key, random } = await own.openJointCertificate(certificate, await bytesOf(keyFile), password.value);
    password.value = "";
    const wanted = { certificate: own.base64(certificate), random: own.base64(random) };
    return signWith(key, await ask("/certificates/joint", wanted));
  }

  for (const node of root.querySelectorAll("[data-script]")) node.hidden = false;
  find("browser").addEventListener("click", () => carryOut(withBrowserKey));
  find("joint").addEventListener("submit", (event) => {
    event.preventDefault();
    carryOut(withJointCertificate);
  });

  /** Back from the identity provider, or a page that was closed before its signature: it goes on where it stood. */
  async function goOn() {
    const entry = await own.kept(person).catch(() => null);
    if (!entry) return;
    const { state, request } = await ask(`${place}/signing`);
    if (state === "asked" && request?.certificate_sha256 === entry.certificate?.sha256)
      await review(request, entry.key, own.unbase64(entry.certificate.certificate));
    else if (entry.check && (await certified(entry)))
      tell(t("이 브라우저의 인증서가 준비되었습니다. 아래에서 서명을 계속하십시오.", "The certificate of this browser is ready. Go on below."));
  }
  carryOut(goOn);
})();
