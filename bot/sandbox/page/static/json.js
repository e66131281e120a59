// JSON that can be read and folded.

import { h } from "./dom.js";

const OPEN_TO_DEPTH = 2;
const LONG_LIST = 8;

/** Return a value as nested lists; objects and arrays below the second level, and long ones, begin folded. */
export function jsonTree(value, name = null, depth = 0) {
  const label = name === null ? null : h("span", { class: "json-name", text: `${name}: ` });
  if (value === null || typeof value !== "object")
    return h("div", { class: "json-line" }, label, scalar(value));
  const entries = Object.entries(value);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  if (entries.length === 0) return h("div", { class: "json-line" }, label, `${open}${close}`);
  const folded = depth >= OPEN_TO_DEPTH || (depth > 0 && entries.length > LONG_LIST);
  const count = `${open} ${entries.length} ${close}`;
  const inside = h("div", { class: "json-inside" });
  const fill = () => {
    if (inside.firstChild) return;
    inside.append(
      ...entries.map(([key, one]) => jsonTree(one, Array.isArray(value) ? null : key, depth + 1)),
    );
  };
  if (!folded) fill();
  return h(
    "details",
    { class: "json-group", open: !folded, on: { toggle: fill } },
    h("summary", {}, label, h("span", { class: "json-count", text: count }), preview(value, folded)),
    inside,
  );
}

function scalar(value) {
  if (typeof value === "string") return h("span", { class: "json-text", text: JSON.stringify(value) });
  return h("span", { class: "json-value", text: String(value) });
}

function preview(value, folded) {
  const words = [value.type, value.action_id ?? value.block_id ?? value.id]
    .filter((one) => typeof one === "string")
    .join(" ");
  return folded && words ? h("span", { class: "json-preview", text: words }) : null;
}
