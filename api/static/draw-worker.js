// Runs the verifier beside the page. On the site it loads the files named in its own address; in a saved file they
// stand in front of it already.
(function () {
  "use strict";
  if (globalThis.document) return; // a saved file holds this text for its worker only
  const PROGRESS_MS = 80;
  if (!globalThis.OnjipDraw) {
    const files = new URL(globalThis.location.href).searchParams.getAll("file");
    globalThis.importScripts(...files.filter((file) => file.startsWith("/static/own/draw-")));
  }
  globalThis.onmessage = async ({ data: job }) => {
    let done = 0, told = 0;
    const pause = async (more) => {
      done += more;
      if (performance.now() - told < PROGRESS_MS) return;
      told = performance.now();
      globalThis.postMessage({ done });
    };
    globalThis.postMessage({ answer: await globalThis.OnjipDraw.examine(job, pause) });
  };
})();
