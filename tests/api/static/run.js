// Runs the verifier of the pages in node: node run.js FOLDER. Reads FOLDER/jobs.json, writes one answer a job.
"use strict";
const { readFileSync } = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const STATIC = path.join(__dirname, "..", "..", "..", "api", "static");
for (const name of ["draw-bytes.js", "draw-select.js", "draw-stamps.js", "draw-verify.js"])
  vm.runInThisContext(readFileSync(path.join(STATIC, name), "utf8"), { filename: name });
const draw = globalThis.OnjipDraw;

async function answer(folder, job) {
  const file = (name) => (name ? new Uint8Array(readFileSync(path.join(folder, name))) : null);
  const begun = performance.now();
  if (job.proof) {
    const { transcript } = await draw.verify(file(job.transcript));
    return { proof: draw.checkProof(file(job.proof), transcript.body) };
  }
  const run = await draw.verify(file(job.transcript), {
    list: file(job.list), trust: job.trust ? readFileSync(path.join(folder, job.trust), "utf8") : "",
    lawful: (_, digest) => job.head === null || digest === job.head,
  });
  return { findings: run.findings.map((one) => [one.code, one.ok, one.subject]), ms: performance.now() - begun };
}

(async () => {
  const folder = process.argv[2], answers = [];
  for (const job of JSON.parse(readFileSync(path.join(folder, "jobs.json"), "utf8"))) answers.push(await answer(folder, job));
  process.stdout.write(JSON.stringify(answers));
})();
