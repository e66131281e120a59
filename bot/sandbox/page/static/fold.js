// Long texts in messages: folded to their beginning until somebody wants the rest.

import { h } from "./dom.js";
import { keep, kept } from "./kept.js";

const MOST_LINES = 24;
const LINE_CHARS = 90;

function linesOf(text) {
  return text.split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / LINE_CHARS)), 0);
}

/** Return `words`, folded when `text` is long; what was unfolded in this block stays so. */
export function foldable(words, text, ctx, block) {
  if (linesOf(text) <= MOST_LINES) return words;
  const button = h("button", { type: "button", class: "bk-more" });
  const draw = (folded) => {
    words.classList.toggle("bk-folded", folded);
    button.textContent = folded ? "Show more" : "Show less";
    button.setAttribute("aria-expanded", String(!folded));
    keep(ctx, block, "unfolded", !folded);
  };
  button.addEventListener("click", () => draw(!words.classList.contains("bk-folded")));
  // Who walks into the hidden part with the keyboard sees it.
  words.addEventListener("focusin", () => {
    if (words.classList.contains("bk-folded")) draw(false);
  });
  draw(!kept(ctx, block, "unfolded"));
  return h("div", { class: "bk-fold" }, words, button);
}
