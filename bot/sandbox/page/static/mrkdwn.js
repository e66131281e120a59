// Slack's mark-up as elements. Text from outside only ever becomes text nodes, and is unescaped once.

import { slackDate } from "./dates.js";
import { h } from "./dom.js";
import { emojiParts } from "./emoji.js";

/** Addresses that may be opened; with any other scheme the words are shown as they are. */
const SAFE = /^(?:https?:\/\/|mailto:|tel:)/i;

const FENCED = /\n?```\n?([\s\S]+?)\n?```\n?/;
const QUOTED = /^(?:&gt;|>)[ \t]?/;
const QUOTED_TO_THE_END = /^(?:(?:&gt;){3}|>>>)[ \t]?/;

/** Code, entities and bare addresses: what marks beside or inside them do not change. */
const ATOM = /`([^`\n]+)`|<([^<>\n]+)>|(https?:\/\/[^\s<>|`]*[^\s<>|`.,;:!?)\]}'"*_~])/g;
const FIRST_ATOM = 0xe000;
const MOST_ATOMS = 0x1900;
const RESERVED = /[\ue000-\uf8ff]/g;

const MARKS = { "*": "strong", _: "em", "~": "s" };
const MARKED = new RegExp(
  ["\\*", "_", "~"]
    .map((mark) => `(?<![\\p{L}\\p{N}${mark}])${mark}(?![\\s${mark}])([^${mark}\\n]*[^\\s${mark}])${mark}(?![\\p{L}\\p{N}${mark}])`)
    .join("|"),
  "gu",
);

/** Return a text as it was meant before it was escaped; each of the three is turned back once. */
export function unescaped(text) {
  return text.replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&" })[name]);
}

/** Return mrkdwn as elements. `verbatim`: bare addresses are left as words. */
export function mrkdwn(text, ctx, { verbatim = false } = {}) {
  const fragment = document.createDocumentFragment();
  let rest = text;
  for (let match = FENCED.exec(rest); match; match = FENCED.exec(rest)) {
    lines(rest.slice(0, match.index), ctx, verbatim, fragment);
    const code = h("code");
    codeWords(match[1], ctx, code);
    fragment.append(h("pre", { class: "bk-code" }, code));
    rest = rest.slice(match.index + match[0].length);
  }
  lines(rest, ctx, verbatim, fragment);
  return fragment;
}

function lines(text, ctx, verbatim, into) {
  if (text === "") return;
  const all = text.split("\n");
  let quote = null;
  let afterText = false;
  for (let at = 0; at < all.length; at += 1) {
    const toTheEnd = QUOTED_TO_THE_END.exec(all[at]);
    const mark = toTheEnd ?? QUOTED.exec(all[at]);
    if (mark) {
      if (quote) quote.append(h("br"));
      else into.append((quote = h("blockquote", { class: "bk-quote" })));
      const quoted = toTheEnd ? [all[at].slice(mark[0].length), ...all.slice(at + 1)] : [all[at].slice(mark[0].length)];
      quoted.forEach((line, index) => {
        if (index > 0) quote.append(h("br"));
        inline(line, ctx, quote, { verbatim });
      });
      if (toTheEnd) return;
      afterText = false;
      continue;
    }
    if (afterText) into.append(h("br"));
    quote = null;
    afterText = true;
    inline(all[at], ctx, into, { verbatim });
  }
}

/** Append one line of mrkdwn to an element. */
export function inline(text, ctx, into, { verbatim = false } = {}) {
  const atoms = [];
  const held = text.replace(RESERVED, "").replace(ATOM, (whole, code, entity, address) => {
    if ((address !== undefined && verbatim) || atoms.length >= MOST_ATOMS) return whole;
    if (code !== undefined) atoms.push(() => codeElement(code, ctx));
    else if (address !== undefined) atoms.push(() => link(unescaped(address)));
    else atoms.push(() => entityNode(entity, ctx));
    return String.fromCharCode(FIRST_ATOM + atoms.length - 1);
  });
  marked(held, atoms, into);
}

function marked(text, atoms, into) {
  let from = 0;
  for (const match of text.matchAll(MARKED)) {
    leaves(text.slice(from, match.index), atoms, into);
    const element = h(MARKS[match[0][0]]);
    marked(match[1] ?? match[2] ?? match[3], atoms, element);
    into.append(element);
    from = match.index + match[0].length;
  }
  leaves(text.slice(from), atoms, into);
}

function leaves(text, atoms, into) {
  for (const part of text.split(/([\ue000-\uf8ff])/)) {
    if (part === "") continue;
    const atom = part.length === 1 ? atoms[part.charCodeAt(0) - FIRST_ATOM] : undefined;
    if (atom) into.append(atom());
    else appendWords(unescaped(part), into);
  }
}

/** Append text, its emoji names as pictures that say their name. */
export function appendWords(text, into) {
  for (const [words, name] of emojiParts(text)) into.append(name ? emojiElement(words, name) : words);
}

function emojiElement(picture, name) {
  return h("span", { class: "bk-emoji", role: "img", "aria-label": name.replaceAll("_", " "), title: `:${name}:`, text: picture });
}

function codeElement(text, ctx) {
  const element = h("code", { class: "bk-inline-code" });
  codeWords(text, ctx, element);
  return element;
}

function codeWords(text, ctx, into) {
  // Slack resolves entities in code too; marks and emoji names it leaves alone there.
  for (const [at, part] of text.split(/<([^<>\n]+)>/).entries())
    into.append(at % 2 === 1 ? entityNode(part, ctx) : unescaped(part));
}

/** Return what stands for `entity`, the text between < and >. */
export function entityNode(entity, ctx) {
  const bar = entity.indexOf("|");
  const target = bar < 0 ? entity : entity.slice(0, bar);
  const label = bar < 0 ? "" : unescaped(entity.slice(bar + 1));
  const [sign, id] = [target[0], target.slice(1)];
  if (sign === "@" && /^[UW][A-Z0-9]+$/.test(id)) return userMention(id, ctx, label);
  if (sign === "#" && /^[CGD][A-Z0-9]+$/.test(id)) return channelMention(id, ctx, label);
  if (sign === "!") return special(id, label, ctx);
  if (SAFE.test(target)) return link(unescaped(target), label);
  return document.createTextNode(unescaped(`<${entity}>`));
}

function special(name, label, ctx) {
  if (["here", "channel", "everyone"].includes(name)) return mention(`@${name}`, { mine: true });
  if (name.startsWith("subteam^")) return mention(label || `@${name.slice("subteam^".length)}`);
  if (!name.startsWith("date^")) return document.createTextNode(label || `<${name}>`);
  const [, epoch, format = "", address = ""] = name.split("^");
  return moment({ epoch, format: unescaped(format), address: unescaped(address), fallback: label }, ctx);
}

/** Return a person's name as a mention; `label` is for people who are not known here. */
export function userMention(id, ctx, label = "") {
  const name = ctx.names.user(id);
  return mention(`@${name === id && label ? label : name}`, { mine: id === ctx.me, id });
}

/** Return a channel's name as a mention that leads there. */
export function channelMention(id, ctx, label = "") {
  const name = ctx.names.channel(id);
  if (name === id) return mention(`#${label || id}`, { id });
  return mention(`#${name}`, { id, href: `#${id}` });
}

/** Return a mention; `mine` ones stand out, `href` ones lead somewhere. */
export function mention(text, { mine = false, id = null, href = null } = {}) {
  return h(href ? "a" : "span", { class: mine ? "mention mine" : "mention", "data-id": id, href, text });
}

/** Return a moment in the reader's zone: epoch, format, address or "", and what is shown where it can't be read. */
export function moment({ epoch, format, address, fallback }, ctx) {
  const text = slackDate(epoch, format, ctx);
  const shown =
    text === null
      ? document.createTextNode(fallback)
      : h("time", { datetime: new Date(Number(epoch) * 1000).toISOString(), title: fallback || null, text });
  return address && SAFE.test(address) ? anchor(address, shown) : shown;
}

/** Return a link that opens beside the page, or its words alone where the address is none that may be opened. */
export function link(address, label = "") {
  const words = document.createDocumentFragment();
  appendWords(label || address.replace(/^mailto:/i, ""), words);
  return SAFE.test(address) ? anchor(address, words) : words;
}

function anchor(address, content) {
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, content);
}
