// What this page does not draw is said, with what it was; nothing is left out silently.

import { h } from "./dom.js";

/** Return a box that names a type of block, element or part; `json` is what came, to be looked at. */
export function unknown(type, json, { inline = false, why = "" } = {}) {
  const name = String(type ?? "without a type");
  const words = why || `“${name}” is not drawn here. Slack may show it.`;
  if (inline) return h("span", { class: "bk-unknown bk-unknown-inline", "data-unknown": name, title: words, text: name });
  return h(
    "div",
    { class: "bk-unknown", role: "note", "data-unknown": name },
    h("p", { text: words }),
    h("details", {}, h("summary", { text: "What was sent" }), h("pre", {}, JSON.stringify(json, null, 2))),
  );
}
