// Block Kit as elements: one top-level element a block, in order, named by its block_id.

import { alert, card, carousel, container, plan, task } from "./cards.js";
import { drawChart } from "./chart.js";
import { h } from "./dom.js";
import { GROUPS, control } from "./elements.js";
import { foldable } from "./fold.js";
import { markdown } from "./markdown.js";
import { mrkdwn } from "./mrkdwn.js";
import { picture, imageBlock, video } from "./pictures.js";
import { richText } from "./richtext.js";
import { dataTable, table } from "./table.js";
import { plain, textNode } from "./texts.js";
import { readInputs } from "./typed.js";
import { unknown } from "./unknown.js";

export { mrkdwn, plain, readInputs };

const SPOKEN = 80;
const ONLY_EMOJI = /^(?:\p{Extended_Pictographic}|\p{Emoji_Component}|\s)+$/u;
const MOST_BIG_EMOJI = 24;
let made = 0;

/** Return a message: its blocks when there are any, else its text. */
export function renderMessageBody(message, ctx) {
  const fragment = document.createDocumentFragment();
  const inside = { ...ctx, values: ctx.values ?? message.inputs, folds: true };
  if (message.blocks?.length) fragment.append(...message.blocks.map((block) => render(block, inside)));
  else if (message.text) fragment.append(written(message, inside));
  return fragment;
}

/** Return the blocks of a modal or Home, filled in, with what is wrong under each. */
export function renderView(view, ctx) {
  const fragment = document.createDocumentFragment();
  const inside = { ...ctx, values: ctx.values ?? view.values, errors: ctx.errors ?? view.errors };
  fragment.append(...(view.blocks ?? []).map((block) => render(block, inside)));
  return fragment;
}

function written(message, ctx) {
  const words = h("div", { class: "bk-words" }, mrkdwn(message.text, ctx));
  const bare = words.textContent.trim();
  if (bare.length <= MOST_BIG_EMOJI && ONLY_EMOJI.test(bare) && /\p{Extended_Pictographic}/u.test(bare)) words.classList.add("bk-big");
  return h("div", { class: "bk bk-text-only" }, foldable(words, message.text, ctx, { block_id: "text" }));
}

function render(block, ctx) {
  const draw = Object.hasOwn(BLOCKS, block?.type ?? "") ? BLOCKS[block.type] : null;
  const element = draw ? drawn(draw, block, ctx) : unknown(block?.type, block);
  element.classList.add("bk");
  if (!("unknown" in element.dataset)) element.classList.add(`bk-${block.type}`);
  if (block?.block_id) element.dataset.blockId = block.block_id;
  return element;
}

function drawn(draw, block, ctx) {
  try {
    return draw(block, ctx, render);
  } catch (error) {
    // One block that is not as it should be must not take the conversation with it.
    console.error(error);
    return unknown(block.type, block, { why: `This “${block.type}” can't be drawn: ${error.message}.` });
  }
}

function section(block, ctx) {
  const id = `bk-section-${(made += 1)}`;
  const words = h("div", { class: "bk-section-words", id });
  if (block.text) {
    const text = h("div", { class: "bk-words" }, textNode(block.text, ctx));
    words.append(block.expand || !ctx.folds ? text : foldable(text, block.text.text ?? "", ctx, block));
  }
  if (block.fields) {
    const fields = block.fields.map((field) => h("div", { class: "bk-words" }, textNode(field, ctx)));
    words.append(h("div", { class: "bk-fields" }, fields));
  }
  const { accessory } = block;
  if (!accessory) return h("div", {}, words);
  const beside = h("div", { class: `bk-accessory bk-accessory-${accessory.type}` }, control(accessory, block, ctx, named(accessory, words.textContent)));
  return h("div", {}, words, beside);
}

/** Return what names a control that has no label of its own. */
function named(element, words = "") {
  if (["button", "image", "workflow_button", "feedback_buttons", "icon_button"].includes(element.type)) return {};
  const own = plain(element.placeholder);
  const start = words.trim().slice(0, SPOKEN);
  if (element.type === "overflow") return { "aria-label": start ? `More actions: ${start}` : "More actions" };
  return { "aria-label": [own, start].filter(Boolean).join(": ") || element.type.replaceAll("_", " ") };
}

function context(block, ctx) {
  const parts = (block.elements ?? []).map((one) => {
    if (one.type === "image") return picture(one, ctx, "bk-small-picture");
    if (one.type === "mrkdwn" || one.type === "plain_text") return h("div", { class: "bk-words" }, textNode(one, ctx));
    return unknown(one.type, one);
  });
  return h("div", {}, parts);
}

function actions(block, ctx) {
  return h("div", {}, (block.elements ?? []).map((element) => control(element, block, ctx, named(element))));
}

function input(block, ctx) {
  const id = `bk-input-${(made += 1)}`;
  const element = block.element ?? {};
  const error = ctx.errors?.[block.block_id];
  const grouped = GROUPS.has(element.type);
  const labels = {
    "aria-describedby": [error ? `${id}-error` : "", block.hint ? `${id}-hint` : ""].filter(Boolean).join(" ") || null,
    "aria-invalid": error ? "true" : null,
    "aria-required": block.optional || element.type === "checkboxes" || element.type === "file_input" ? null : "true",
    ...(grouped ? { "aria-labelledby": `${id}-label` } : { id }),
  };
  const optional = block.optional ? h("span", { class: "bk-optional", text: " (optional)" }) : null;
  return h(
    "div",
    { class: error ? "bk-invalid" : "" },
    h(grouped ? "div" : "label", { class: "bk-label", id: `${id}-label`, for: grouped ? null : id }, plain(block.label), optional),
    control(element, block, ctx, labels),
    error ? h("p", { class: "field-error bk-error", id: `${id}-error`, text: error }) : null,
    block.hint ? h("p", { class: "hint bk-hint", id: `${id}-hint`, text: plain(block.hint) }) : null,
  );
}

function call(block) {
  return h("div", { role: "note" }, h("span", { "aria-hidden": "true", text: "📞 " }), `Call ${plain(block.call_id)}`);
}

const BLOCKS = {
  section,
  header: (block) => h("h3", {}, plain(block.text)),
  context,
  divider: () => h("hr"),
  actions,
  context_actions: actions,
  image: imageBlock,
  input,
  rich_text: richText,
  markdown: (block, ctx) => markdown(String(block.text ?? ""), ctx),
  table,
  data_table: dataTable,
  data_visualization: drawChart,
  video,
  call,
  alert,
  card,
  carousel,
  container,
  task_card: task,
  plan,
};
