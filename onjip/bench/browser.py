"""The verifier of the pages in a real browser: what checking one's own proof costs an applicant."""

from __future__ import annotations

from importlib.resources import files
from shutil import which

from playwright.sync_api import sync_playwright

from law.drawing.proof import OwnProof
from law.drawing.transcript import Body

SCRIPTS = ("draw-bytes.js", "draw-select.js", "draw-stamps.js", "draw-verify.js")
FLAGS = ("--headless=new", "--no-sandbox")
# Milliseconds of one check: the median of many rounds, each long enough for a browser's coarse clock.
MEASURE = """([proof, body]) => {
  const source = new TextEncoder().encode(proof), said = JSON.parse(body), rounds = [];
  for (let round = 0; round < 20; round += 1) {
    const begun = performance.now();
    for (let n = 0; n < 20; n += 1)
      if (!Object.values(OnjipDraw.checkProof(source, said)).every(Boolean)) return -1;
    rounds.push((performance.now() - begun) / 20);
  }
  return rounds.sort((a, b) => a - b)[10];
}"""


def proof_ms(proof: OwnProof, body: Body) -> float:
    """Wall time of one check in Debian's Chromium. AssertionError where the page's verifier does not accept it."""
    static = files("api") / "static"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=which("chromium"), args=[*FLAGS])
        page = browser.new_page()
        for name in SCRIPTS:
            page.add_script_tag(content=(static / name).read_text())
        found = float(page.evaluate(MEASURE, [proof.canonical().decode(), body.canonical().decode()]))
        browser.close()
    if found < 0:
        raise AssertionError("the verifier of the pages refuses a right proof")
    return found
