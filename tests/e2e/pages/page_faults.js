// Faults of the page that is open, as sentences; what an accessibility checker would say, for the parts we use.
() => {
  const faults = [];
  const say = (text, node) => faults.push(`${text}: ${(node.outerHTML || "").slice(0, 140)}`);
  // Words for screen readers only are one pixel large.
  const shown = (node) => node.getBoundingClientRect().width > 1 && getComputedStyle(node).visibility !== "hidden";
  const name = (node) => {
    const by = (node.getAttribute("aria-labelledby") || "").split(/\s+/).filter(Boolean)
      .map((id) => document.getElementById(id)?.textContent || "").join(" ");
    const labels = [...(node.labels || [])].map((label) => label.textContent).join(" ");
    const image = node.querySelector?.("img[alt]")?.alt || "";
    return (node.getAttribute("aria-label") || by || labels || node.textContent || image || node.title || "").trim();
  };
  if (!["ko", "en"].includes(document.documentElement.lang)) say("no language", document.documentElement);
  if (!document.title.trim()) say("no title", document.head);
  if (document.querySelectorAll("h1").length !== 1) say("not exactly one h1", document.body);
  if (document.querySelectorAll("main").length !== 1) say("not exactly one main", document.body);
  let level = 0;
  for (const heading of document.querySelectorAll("h1,h2,h3,h4,h5,h6")) {
    const own = Number(heading.tagName[1]);
    if (own > level + 1) say(`heading jumps from h${level}`, heading);
    if (!heading.textContent.trim()) say("empty heading", heading);
    level = own;
  }
  for (const node of document.querySelectorAll("input:not([type=hidden]),select,textarea,button,a[href],summary"))
    if (!name(node)) say("no name", node);
  for (const image of document.querySelectorAll("img")) if (!image.hasAttribute("alt")) say("no alt", image);
  for (const table of document.querySelectorAll("table"))
    if (!table.caption || !table.querySelector("th[scope]")) say("table without caption or headers", table);
  for (const node of document.querySelectorAll("[aria-describedby],[aria-labelledby]"))
    for (const attribute of ["aria-describedby", "aria-labelledby"])
      for (const id of (node.getAttribute(attribute) || "").split(/\s+/).filter(Boolean))
        if (!document.getElementById(id)) say(`${attribute} leads nowhere`, node);
  const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
  for (const id of new Set(ids.filter((one, place) => ids.indexOf(one) !== place))) faults.push(`id twice: ${id}`);
  for (const node of document.querySelectorAll("[style]:not([style='']),script:not([src]),style")) say("inline style or script", node);
  // The preview and the verifier take what anybody sends and keep nothing: a visitor has no token.
  for (const form of document.querySelectorAll("form[method=post]:not([action^='/check#']):not([action='/verify'])"))
    if (!form.querySelector("[name=csrf]")) say("form without csrf", form);
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth) say("wider than the screen", document.body);
  // Target size (WCAG 2.5.8) and contrast (1.4.3) of what is shown.
  for (const node of document.querySelectorAll("button,summary,.krds-btn,.chip,.tasks a,input:not([type=hidden]):not([type=checkbox]):not([type=radio]),select")) {
    const box = node.getBoundingClientRect();
    if (shown(node) && (box.width < 24 || box.height < 24)) say(`small target ${box.width}x${box.height}`, node);
  }
  const parse = (colour) => (colour.match(/[\d.]+/g) || []).map(Number);
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const [r, g, b, a = 1] = parse(getComputedStyle(at).backgroundColor);
      if (a > 0.95) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const light = (rgb) => rgb.slice(0, 3).map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, place) => sum + v * [0.2126, 0.7152, 0.0722][place], 0);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || seen.has(node) || !shown(node) || node.closest(".hero")) continue;
    seen.add(node);
    const style = getComputedStyle(node);
    const [one, two] = [light(parse(style.color)), light(behind(node))].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (two + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) say(`contrast ${ratio.toFixed(2)}`, node);
  }
  return faults;
}
