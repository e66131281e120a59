// rich_text blocks and what stands in them.

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { appendWords, channelMention, link, mention, moment, userMention } from "./mrkdwn.js";
import { unknown } from "./unknown.js";

/** Return the elements of a rich_text object; lists that follow each other with other indents are nested. */
export function richText(block, ctx) {
  const box = h("div", { class: "bk-rich" });
  // Open lists, the innermost last: Slack sends nested lists one after the other.
  const open = [];
  for (const part of block?.elements ?? []) {
    if (part.type === "rich_text_list") nest(part, open, box, ctx);
    else {
      open.length = 0;
      box.append(paragraph(part, ctx));
    }
  }
  return box;
}

function nest(part, open, box, ctx) {
  const indent = part.indent ?? 0;
  while (open.length > 0 && open.at(-1).indent > indent) open.pop();
  let list = open.at(-1)?.indent === indent && open.at(-1).style === part.style ? open.at(-1) : null;
  if (list === null || part.offset) {
    if (open.at(-1)?.indent === indent) open.pop();
    list = { indent, style: part.style, element: newList(part, indent) };
    const item = open.at(-1)?.element.lastElementChild;
    (item ?? box).append(list.element);
    if (!item && indent > 0) list.element.classList.add(`bk-indent-${indent}`);
    open.push(list);
  }
  list.element.append(...(part.elements ?? []).map((item) => h("li", {}, words(item, ctx))));
}

function newList(part, indent) {
  const ordered = part.style === "ordered";
  const classes = ["bk-list", `bk-level-${indent % 3}`, part.border ? "bk-bordered" : ""];
  return h(ordered ? "ol" : "ul", {
    class: classes.filter(Boolean).join(" "),
    start: ordered && part.offset ? String(part.offset + 1) : null,
  });
}

function paragraph(part, ctx) {
  const border = part.border ? " bk-bordered" : "";
  switch (part.type) {
    case "rich_text_section":
      return h("div", { class: "bk-line" }, words(part, ctx));
    case "rich_text_quote":
      return h("blockquote", { class: `bk-quote${border}` }, words(part, ctx));
    case "rich_text_preformatted":
      return h("pre", { class: `bk-code${border}` }, h("code", {}, words(part, ctx, { code: true })));
    default:
      return unknown(part.type, part);
  }
}

function words(part, ctx, { code = false } = {}) {
  return (part.elements ?? []).map((one) => (code ? plainWord(one) : styled(word(one, ctx), one.style)));
}

function plainWord(one) {
  return document.createTextNode(one.type === "link" ? one.text || one.url : (one.text ?? ""));
}

function word(one, ctx) {
  switch (one.type) {
    case "text":
      return text(one.text ?? "", one.style?.code);
    case "link":
      return link(one.url ?? "", one.text ?? "");
    case "emoji":
      return emojiNode(one);
    case "user":
      return userMention(one.user_id, ctx);
    case "channel":
      return channelMention(one.channel_id, ctx);
    case "broadcast":
      return mention(`@${one.range}`, { mine: true });
    case "usergroup":
      return mention(`@${one.usergroup_id}`);
    case "team":
      return mention(one.team_id);
    case "color":
      return colour(one.value);
    case "date": {
      const { timestamp: epoch, format = "", url: address = "", fallback = String(epoch) } = one;
      return moment({ epoch, format, address, fallback }, ctx);
    }
    default:
      return unknown(one.type, one, { inline: true });
  }
}

function text(content, code) {
  const fragment = document.createDocumentFragment();
  content.split("\n").forEach((line, at) => {
    if (at > 0) fragment.append(h("br"));
    if (code) fragment.append(line);
    else appendWords(line, fragment);
  });
  return fragment;
}

function emojiNode({ name, skin_tone: tone, unicode }) {
  const shown = emoji(tone > 1 ? `${name}::skin-tone-${tone}` : name);
  const points = shown.startsWith(":") && /^[0-9a-f]{2,6}(-[0-9a-f]{2,6})*$/i.test(unicode ?? "");
  const picture = points
    ? String.fromCodePoint(...unicode.split("-").map((point) => Number.parseInt(point, 16)))
    : shown;
  if (picture.startsWith(":")) return document.createTextNode(picture);
  const label = name.replaceAll("_", " ");
  return h("span", { class: "bk-emoji", role: "img", "aria-label": label, title: `:${name}:`, text: picture });
}

function colour(value) {
  const swatch = h("span", { class: "bk-swatch", "aria-hidden": "true" });
  if (/^#[0-9a-f]{6}$/i.test(value)) swatch.style.backgroundColor = value;
  return h("span", { class: "bk-colour" }, swatch, value);
}

const STYLES = { code: "code", bold: "strong", italic: "em", strike: "s", underline: "u", highlight: "mark", client_highlight: "mark" };

function styled(node, style = {}) {
  let shown = node;
  for (const [name, tag] of Object.entries(STYLES))
    if (style[name]) shown = h(tag, name === "code" ? { class: "bk-inline-code" } : {}, shown);
  return shown;
}
