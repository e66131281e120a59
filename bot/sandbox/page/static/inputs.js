// What is typed: texts, numbers, dates and times.

import { epochOf, wallText } from "./dates.js";
import { h, setText } from "./dom.js";
import { plain } from "./texts.js";
import { readable } from "./typed.js";

const PAUSE_MS = 250;
const NEAR_THE_END = 0.8;
let made = 0;

const KINDS = {
  plain_text_input: { type: "text" },
  email_text_input: { type: "email", inputmode: "email", spellcheck: "false" },
  url_text_input: { type: "url", inputmode: "url", spellcheck: "false" },
  // Not type=number: what is no number must reach the check that says so.
  number_input: { type: "text", inputmode: "decimal" },
};

function describedBy(labels, id) {
  return [labels["aria-describedby"], id].filter(Boolean).join(" ") || null;
}

/** Return a text, number, email or address field. */
export function textInput(parts) {
  const { element, labels, state } = parts;
  const id = `bk-room-${(made += 1)}`;
  const limited = Boolean(element.max_length || element.min_length);
  const attributes = {
    class: element.multiline ? "field bk-long" : "field",
    autocomplete: "off",
    placeholder: plain(element.placeholder) || null,
    ...labels,
    "aria-describedby": describedBy(labels, limited ? id : null),
  };
  const kind = KINDS[element.type];
  const field = element.multiline ? h("textarea", { rows: "4", ...attributes }) : h("input", { ...kind, ...attributes });
  if (element.type === "number_input" && !element.is_decimal_allowed) field.inputMode = "numeric";
  field.value = (state ? state.value : element.initial_value) ?? "";
  const root = h("div", { class: "bk-text" }, field);
  if (limited) root.append(room(field, element, id));
  sendTyped(field, parts);
  return readable(root, () => field.value || null);
}

/** Say how many characters are left or missing, once it matters. */
function room(field, { min_length: least = 0, max_length: most = Infinity }, id) {
  const words = h("p", { class: "hint bk-room", id });
  const say = () => {
    const length = [...field.value].length;
    const over = length > most;
    words.classList.toggle("bk-over", over);
    if (over) setText(words, `${length - most} too many: ${most} is the most.`);
    else if (length > 0 && length < least) setText(words, `${least - length} more to go: ${least} is the least.`);
    else setText(words, length >= most * NEAR_THE_END ? `${most - length} characters left` : "");
  };
  field.addEventListener("input", say);
  // Text that is carried over when a view changes makes no event of its own.
  field.addEventListener("focus", say);
  say();
  return words;
}

function sendTyped(field, { element, block, commit }) {
  const send = () => commit(field.value || null, () => {});
  if (block.type === "input" && !block.dispatch_action) {
    field.addEventListener("change", send);
    return;
  }
  const when = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  let timer = 0;
  if (when.includes("on_character_entered"))
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(send, PAUSE_MS);
    });
  if (when.includes("on_enter_pressed"))
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || event.shiftKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      clearTimeout(timer);
      send();
    });
}

/** Call `send` when a date or time is settled: picked, or typed and left; not for each digit of a year. */
function onSettled(field, send) {
  let typing = false;
  let waiting = false;
  const settle = () => {
    typing = false;
    if (waiting) send();
    waiting = false;
  };
  field.addEventListener("keydown", (event) => {
    typing = true;
    if (event.key === "Enter") settle();
  });
  field.addEventListener("pointerdown", () => {
    typing = false;
  });
  field.addEventListener("change", () => {
    waiting = true;
    if (!typing) settle();
  });
  field.addEventListener("blur", settle);
}

function settled(field, parts, read) {
  let before = field.value;
  onSettled(field, () => {
    const back = before;
    before = field.value;
    parts.commit(read(), () => {
      before = field.value = back;
    });
  });
  return read;
}

/** Return a date picker. */
export function datePicker(parts) {
  const { element, labels, state } = parts;
  const field = h("input", { class: "field bk-moment", type: "date", title: plain(element.placeholder) || null, ...labels });
  field.value = (state ? state.selected_date : element.initial_date) ?? "";
  return readable(h("div", {}, field), settled(field, parts, () => field.value || null));
}

/** Return a time picker. */
export function timePicker(parts) {
  const { element, labels, state } = parts;
  const id = `bk-zone-${(made += 1)}`;
  const zone = element.timezone ? h("p", { class: "hint", id, text: `In ${element.timezone} time` }) : null;
  const field = h("input", {
    class: "field bk-moment",
    type: "time",
    title: plain(element.placeholder) || null,
    ...labels,
    "aria-describedby": describedBy(labels, zone ? id : null),
  });
  field.value = (state ? state.selected_time : element.initial_time) ?? "";
  return readable(h("div", {}, field, zone), settled(field, parts, () => field.value || null));
}

/** Return a picker of a moment; its clock is the one of the person who looks. */
export function dateTimePicker(parts) {
  const { element, labels, state, ctx } = parts;
  const field = h("input", { class: "field bk-moment bk-moment-long", type: "datetime-local", ...labels });
  const epoch = state ? state.selected_date_time : element.initial_date_time;
  field.value = epoch ? wallText(epoch, ctx.zone) : "";
  const read = () => (field.value ? epochOf(field.value.slice(0, 16), ctx.zone) : null);
  return readable(h("div", {}, field), settled(field, parts, read));
}

function wordsOf(richText) {
  const line = (part) => (part.elements ?? []).map((one) => one.text ?? "").join("");
  return (richText?.elements ?? []).flatMap((part) => (part.type === "rich_text_list" ? part.elements.map(line) : [line(part)])).join("\n");
}

/** Return a field for rich text; only its words are typed here. */
export function richTextInput(parts) {
  const { element, labels, state } = parts;
  const field = h("textarea", { class: "field bk-long", rows: "4", placeholder: plain(element.placeholder) || null, ...labels });
  field.value = wordsOf(state ? state.rich_text_value : element.initial_value);
  const read = () => {
    if (!field.value.trim()) return null;
    const text = { type: "text", text: field.value };
    return { type: "rich_text", elements: [{ type: "rich_text_section", elements: [text] }] };
  };
  field.addEventListener("change", () => parts.commit(read(), () => {}));
  return readable(h("div", { class: "bk-text" }, field), read);
}

/** Return a box that stands for a file input: files are not uploaded here. */
export function fileInput({ element, labels }) {
  const kinds = (element.filetypes ?? []).join(", ");
  const count = element.max_files ?? 10;
  const words = `Slack offers to upload ${count === 1 ? "a file" : `up to ${count} files`}${kinds ? ` (${kinds})` : ""} here; this page does not.`;
  const { id, "aria-describedby": described } = labels;
  return h("div", { class: "bk-unknown", "data-unknown": "file_input", role: "group", tabindex: "-1", id, "aria-describedby": described }, h("p", { text: words }));
}
