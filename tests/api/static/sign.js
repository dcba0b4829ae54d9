// Runs the signing of the pages in node: node sign.js FOLDER. Reads FOLDER/jobs.json, writes one answer a job.
"use strict";
const { readFileSync } = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const STATIC = path.join(__dirname, "..", "..", "..", "api", "static");
for (const name of ["signing-bytes.js", "signing-seed.js", "signing-npki.js", "signing-check.js", "signing-keys.js"])
  vm.runInThisContext(readFileSync(path.join(STATIC, name), "utf8"), { filename: name });
const own = globalThis.OnjipSign;

const JOBS = {
  seed: async ({ key, iv, secret }) => own.hex(own.seedCbcDecrypt(...[key, iv, secret].map((one) => Buffer.from(one, "hex")))),
  key: async ({ certificate, key, password, data }) => {
    const opened = await own.openJointCertificate(certificate, key, password);
    const taken = await crypto.subtle.exportKey("pkcs8", opened.key).then(() => "taken out", () => "stays");
    return { random: own.base64(opened.random), signature: own.base64(await own.sign(opened.key, Buffer.from(data))), taken };
  },
  revision: async ({ pdf, asked, certificate }) => own.checkRevision(pdf, asked, certificate),
};

(async () => {
  const folder = process.argv[2], answers = [];
  const file = (name) => new Uint8Array(readFileSync(path.join(folder, name)));
  for (const { job, files = {}, ...rest } of JSON.parse(readFileSync(path.join(folder, "jobs.json"), "utf8"))) {
    const given = Object.fromEntries(Object.entries(files).map(([name, place]) => [name, file(place)]));
    answers.push(await JOBS[job]({ ...rest, ...given }).catch((fault) => ({ refused: fault.code ?? String(fault) })));
  }
  process.stdout.write(JSON.stringify(answers));
})();
