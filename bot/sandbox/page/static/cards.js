// Blocks that hold others, or a few texts in a frame: alerts, cards, containers, plans.

import { h } from "./dom.js";
import { control } from "./elements.js";
import { keep, kept } from "./kept.js";
import { picture } from "./pictures.js";
import { richText } from "./richtext.js";
import { plain, textNode } from "./texts.js";

const LEVELS = { info: ["ℹ️", "Information"], warning: ["⚠️", "Warning"], error: ["❌", "Error"], success: ["✅", "Success"] };

function signOf([sign, words]) {
  return [h("span", { class: "bk-sign", "aria-hidden": "true", text: sign }), h("span", { class: "visually-hidden", text: `${words}: ` })];
}

/** Return an alert block. */
export function alert(block, ctx) {
  const level = Object.hasOwn(LEVELS, block.level ?? "") ? block.level : "default";
  const sign = level === "default" ? null : signOf(LEVELS[level]);
  return h("div", { class: `bk-alert bk-alert-${level}`, role: "note" }, sign, h("div", {}, textNode(block.text, ctx)));
}

/** Slack's own icons are pictures this page does not have: their names stand for them. */
function slackIcon(icon) {
  const name = String(icon.name ?? "").replaceAll("_", " ");
  return h("span", { class: "bk-slack-icon", role: "img", "aria-label": name, title: name, text: name.slice(0, 1).toUpperCase() });
}

/** Return a card block. */
export function card(block, ctx) {
  const line = (one, name) => (one ? h("p", { class: name }, textNode(one, ctx)) : null);
  const icon = block.icon ? picture(block.icon, ctx, "bk-card-icon") : block.slack_icon ? slackIcon(block.slack_icon) : null;
  const titles = [line(block.title, "bk-card-title"), line(block.subtitle, "bk-card-subtitle")];
  return h(
    "div",
    {},
    block.hero_image ? picture(block.hero_image, ctx, "bk-hero") : null,
    h(
      "div",
      { class: "bk-card-words" },
      h("div", { class: "bk-card-head" }, icon, h("div", {}, titles)),
      line(block.body, "bk-card-body"),
      line(block.subtext, "bk-card-subtext"),
      block.actions ? h("div", { class: "bk-row" }, block.actions.map((element) => control(element, block, ctx))) : null,
    ),
  );
}

/** Return a carousel: its cards side by side, scrolled with the arrow keys too. */
export function carousel(block, ctx, render) {
  const cards = block.elements ?? [];
  const items = cards.map((one) => h("li", {}, render(one, ctx)));
  return h("div", { tabindex: "0", role: "region", "aria-label": `${cards.length} cards` }, h("ul", { class: "bk-cards" }, items));
}

/** Return a container with its child blocks; what was folded or opened stays so. */
export function container(block, ctx, render) {
  const title = block.rich_text_title ? richText(block.rich_text_title, ctx) : plain(block.title);
  const words = [h("span", { class: "bk-container-title" }, title)];
  if (block.subtitle) words.push(h("span", { class: "bk-container-subtitle" }, textNode(block.subtitle, ctx)));
  const head = [block.icon ? picture(block.icon, ctx, "bk-card-icon") : null, h("span", { class: "bk-container-words" }, words)];
  const children = h("div", { class: "bk-children" }, (block.child_blocks ?? []).map((child) => render(child, ctx)));
  const width = `bk-width-${block.width ?? "standard"}`;
  if (!block.is_collapsible) {
    const divided = block.has_header_divider ? " bk-divided" : "";
    return h("div", { class: width }, h("div", { class: `bk-container-head${divided}` }, head), children);
  }
  const open = kept(ctx, block, "open") ?? !block.default_collapsed;
  const box = h("details", { class: width, open }, h("summary", { class: "bk-container-head" }, head), children);
  box.addEventListener("toggle", () => keep(ctx, block, "open", box.open));
  return box;
}

const STATUSES = { pending: ["○", "Waiting"], in_progress: ["◐", "Working"], complete: ["✅", "Done"], error: ["❌", "Failed"] };

/** Return a task_card block. */
export function task(block, ctx) {
  const sources = (block.sources ?? []).map((source) => {
    const address = /^https?:\/\//i.test(source.url ?? "") ? source.url : null;
    const words = plain(source.text) || source.url;
    return h("li", {}, address ? h("a", { href: address, target: "_blank", rel: "noopener noreferrer", text: words }) : words);
  });
  return h(
    "div",
    {},
    h("p", { class: "bk-task-title" }, signOf(STATUSES[block.status] ?? STATUSES.pending), h("span", { text: plain(block.title) })),
    block.details ? h("div", { class: "bk-task-more" }, richText(block.details, ctx)) : null,
    block.output ? h("div", { class: "bk-task-more" }, richText(block.output, ctx)) : null,
    sources.length > 0 ? h("ul", { class: "bk-sources", "aria-label": "Sources" }, sources) : null,
  );
}

/** Return a plan block. */
export function plan(block, ctx, render) {
  const tasks = (block.tasks ?? []).map((one) => h("li", {}, render({ type: "task_card", ...one }, ctx)));
  return h("div", {}, h("p", { class: "bk-container-title", text: plain(block.title) }), h("ul", { class: "bk-tasks" }, tasks));
}
