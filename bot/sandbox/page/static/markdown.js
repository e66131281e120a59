// The markdown block: what people know from Markdown, as elements. HTML in it is text.

import { h } from "./dom.js";
import { appendWords, entityNode, link } from "./mrkdwn.js";

const FENCE = /^\s{0,3}(`{3,}|~{3,})\s*([\w+-]*)\s*$/;
const HEADING = /^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const RULE = /^\s{0,3}([-*_])(?:\s*\1){2,}\s*$/;
const ITEM = /^(\s*)(?:([-*+])|(\d{1,9})[.)])\s+(.*)$/;
const TASK = /^\[([ xX])\]\s+(.*)$/;
const QUOTE = /^\s{0,3}>\s?(.*)$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

/** Return a markdown text as elements. */
export function markdown(text, ctx) {
  const box = h("div", { class: "bk-markdown" });
  blocks(text.replaceAll("\r\n", "\n").split("\n"), ctx, box);
  return box;
}

function blocks(lines, ctx, box) {
  let at = 0;
  while (at < lines.length) {
    const read = READERS.find((one) => one.starts(lines, at));
    at = read.read(lines, at, ctx, box);
  }
}

const READERS = [
  { starts: (lines, at) => lines[at].trim() === "", read: (_, at) => at + 1 },
  { starts: (lines, at) => FENCE.test(lines[at]), read: fenced },
  { starts: (lines, at) => HEADING.test(lines[at]), read: heading },
  {
    starts: (lines, at) => RULE.test(lines[at]),
    read: (_lines, at, _ctx, box) => {
      box.append(h("hr"));
      return at + 1;
    },
  },
  { starts: (lines, at) => QUOTE.test(lines[at]), read: quote },
  { starts: (lines, at) => ITEM.test(lines[at]), read: list },
  { starts: (lines, at) => isTable(lines, at), read: table },
  { starts: () => true, read: paragraph },
];

function fenced(lines, at, _ctx, box) {
  const [, fence, language] = FENCE.exec(lines[at]);
  const code = [];
  let end = at + 1;
  while (end < lines.length && lines[end].trim() !== fence) code.push(lines[end++]);
  box.append(h("pre", { class: "bk-code", "data-language": language || null }, h("code", { text: code.join("\n") })));
  return end + 1;
}

function heading(lines, at, ctx, box) {
  const [, signs, words] = HEADING.exec(lines[at]);
  // A message stands under the page's own headings.
  const level = String(Math.min(signs.length + 2, 6));
  const element = h("p", { class: `bk-heading bk-heading-${signs.length}`, role: "heading", "aria-level": level });
  spans(words, ctx, element);
  box.append(element);
  return at + 1;
}

function quote(lines, at, ctx, box) {
  const inside = [];
  let end = at;
  while (end < lines.length && QUOTE.test(lines[end])) inside.push(QUOTE.exec(lines[end++])[1]);
  const element = h("blockquote", { class: "bk-quote" });
  blocks(inside, ctx, element);
  box.append(element);
  return end;
}

function list(lines, at, ctx, box) {
  const [, blanks, bullet, number] = ITEM.exec(lines[at]);
  const element = h(bullet ? "ul" : "ol", { class: "bk-list", start: number && number !== "1" ? number : null });
  box.append(element);
  let end = at;
  while (end < lines.length) {
    const item = ITEM.exec(lines[end]);
    if (!item || item[1].length < blanks.length) break;
    if (item[1].length > blanks.length + 1 && element.lastElementChild) {
      end = list(lines, end, ctx, element.lastElementChild);
      continue;
    }
    if (Boolean(item[2]) !== Boolean(bullet)) break;
    const row = h("li");
    const task = TASK.exec(item[4]);
    if (task) {
      const mark = h("input", { type: "checkbox", disabled: true, "aria-label": task[1] === " " ? "Open" : "Done" });
      mark.checked = task[1] !== " ";
      row.className = "bk-done-or-not";
      row.append(mark, " ");
    }
    spans(task ? task[2] : item[4], ctx, row);
    element.append(row);
    end += 1;
  }
  return end;
}

function cells(line) {
  return line.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function isTable(lines, at) {
  return lines[at].includes("|") && at + 1 < lines.length && lines[at + 1].includes("-") && TABLE_RULE.test(lines[at + 1]);
}

function table(lines, at, ctx, box) {
  const sides = cells(lines[at + 1]).map((rule) =>
    rule.endsWith(":") ? (rule.startsWith(":") ? "center" : "right") : "left",
  );
  const row = (line, tag) =>
    h("tr", {}, cells(line).map((cell, index) => {
      const element = h(tag, { class: `bk-align-${sides[index] ?? "left"}`, scope: tag === "th" ? "col" : null });
      spans(cell, ctx, element);
      return element;
    }));
  const body = [];
  let end = at + 2;
  while (end < lines.length && lines[end].includes("|")) body.push(row(lines[end++], "td"));
  const grid = h("table", {}, h("thead", {}, row(lines[at], "th")), h("tbody", {}, body));
  box.append(h("div", { class: "bk-table-box", tabindex: "0", role: "region", "aria-label": "Table" }, grid));
  return end;
}

function paragraph(lines, at, ctx, box) {
  const element = h("p");
  let end = at;
  while (end < lines.length && (end === at || READERS.find((one) => one.starts(lines, end)).read === paragraph)) {
    if (end > at) element.append(h("br"));
    spans(lines[end].trim(), ctx, element);
    end += 1;
  }
  box.append(element);
  return end;
}

const SPAN = new RegExp(
  [
    /\\([\\`*_{}[\]()#+\-.!~|<>])/,
    /(`+)(.+?)\2(?!`)/,
    /!?\[([^\]\n]*)\]\((?:<([^>\n]*)>|([^\s()]*(?:\([^\s()]*\)[^\s()]*)*))(?:\s+"[^"]*")?\)/,
    /<([^<>\s][^<>\n]*)>/,
    /(https?:\/\/[^\s<>|`]*[^\s<>|`.,;:!?)\]}'"*_~])/,
    /(\*\*|__)(?=\S)(.+?)(?<=\S)\9/,
    /~~(?=\S)(.+?)(?<=\S)~~/,
    /(?<![\w*])\*(?=[^\s*])(.+?)(?<=[^\s*])\*(?!\*)|(?<!\w)_(?=[^\s_])(.+?)(?<=[^\s_])_(?!\w)/,
    /&(lt|gt|amp|quot|#39);/,
  ]
    .map((one) => one.source)
    .join("|"),
  "g",
);

const ENTITIES = { lt: "<", gt: ">", amp: "&", quot: '"', "#39": "'" };

function spans(text, ctx, into) {
  let from = 0;
  for (const match of text.matchAll(SPAN)) {
    appendWords(text.slice(from, match.index), into);
    from = match.index + match[0].length;
    into.append(span(match, ctx));
  }
  appendWords(text.slice(from), into);
}

function span(match, ctx) {
  const [whole, escaped, , code, label, boxed, address, entity, bare, , strong, struck, starred, lined, named] = match;
  if (escaped !== undefined) return escaped;
  if (code !== undefined) return h("code", { class: "bk-inline-code", text: code.length > 2 ? code.trim() : code });
  if (label !== undefined) return link(boxed ?? address, label || (boxed ?? address));
  if (entity !== undefined) return entityNode(entity, ctx);
  if (bare !== undefined) return link(bare);
  if (named !== undefined) return ENTITIES[named];
  const inner = strong ?? struck ?? starred ?? lined;
  if (inner === undefined) return whole;
  const element = h(strong !== undefined ? "strong" : struck !== undefined ? "s" : "em");
  spans(inner, ctx, element);
  return element;
}
