// Choosing from what there is: menus, people, channels, radio buttons and checkboxes.

import { h, setText } from "./dom.js";
import { Picker } from "./picker.js";
import { plain, textNode } from "./texts.js";
import { readable } from "./typed.js";

const LEAST_TYPED = 3;
let named = 0;

function optionsOf(element) {
  return [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options)];
}

/** Let a native menu that acts at once open before arrows move in it, so that each step is not taken for a choice. */
function openFirst(field) {
  field.addEventListener("keydown", (event) => {
    const moves = /^(Arrow(Up|Down)|Home|End|Page(Up|Down)|.)$/.test(event.key) && event.key !== " ";
    if (!moves || event.ctrlKey || event.metaKey || event.altKey || !("showPicker" in field)) return;
    event.preventDefault();
    field.showPicker();
  });
}

function menu(parts, choices, chosen) {
  const { element, block, labels, commit, acts } = parts;
  const option = (one) => h("option", { value: one.value }, plain(one.text));
  const field = h("select", { class: "field", ...labels });
  const placeholder = plain(element.placeholder) || "Choose …";
  const mayBeEmpty = chosen === null || (block.type === "input" && block.optional);
  if (mayBeEmpty) field.append(h("option", { value: "" }, chosen !== null && block.optional ? "None" : placeholder));
  for (const [label, options] of choices)
    field.append(...(label === null ? options.map(option) : [h("optgroup", { label }, options.map(option))]));
  const all = choices.flatMap(([, options]) => options);
  field.value = chosen ?? "";
  field.classList.toggle("bk-empty", field.value === "");
  const description = h("p", { class: "hint bk-description" });
  const describe = () => {
    const one = all.find(({ value }) => value === field.value);
    setText(description, one?.description ? plain(one.description) : "");
    field.classList.toggle("bk-empty", field.value === "");
  };
  describe();
  if (acts) openFirst(field);
  let before = field.value;
  field.addEventListener("change", () => {
    describe();
    const back = before;
    before = field.value;
    commit(field.value || null, () => {
      before = field.value = back;
      describe();
    });
  });
  const shown = all.some((one) => one.description) ? description : null;
  return readable(h("div", { class: "bk-select" }, field, shown), () => field.value || null);
}

/** Return a static select. */
export function staticSelect(parts) {
  const { element, state } = parts;
  const groups = element.option_groups
    ? element.option_groups.map((group) => [plain(group.label), group.options])
    : [[null, element.options ?? []]];
  return menu(parts, groups, (state ? state.selected_option : element.initial_option)?.value ?? null);
}

const CONVERSATIONS = { channel: "public", private: "private", im: "im" };

/** What each kind of picker offers, as [id, name]. */
const OFFERS = {
  user: (ctx) => (ctx.people?.() ?? []).filter((one) => !one.bot).map((one) => [one.id, one.name]),
  channel: (ctx) =>
    (ctx.channels?.() ?? []).filter((one) => one.kind === "channel" && !one.archived).map((one) => [one.id, `#${one.name}`]),
  conversation: (ctx, { filter }) =>
    (ctx.channels?.() ?? [])
      .filter((one) => !one.archived && (one.kind !== "im" || !filter?.exclude_bot_users))
      .filter((one) => !filter?.include || filter.include.includes(CONVERSATIONS[one.kind]))
      .map((one) => [one.id, conversationName(one, ctx)]),
};

function conversationName(one, ctx) {
  if (one.kind === "im") return `@${ctx.names.channel(one.id)}`;
  return one.kind === "private" ? `🔒 ${one.name}` : `#${one.name}`;
}

function offered(what, { element, ctx }, chosen) {
  const offers = OFFERS[what](ctx, element);
  const known = new Set(offers.map(([id]) => id));
  const name = (id) => (what === "user" ? ctx.names.user(id) : `#${ctx.names.channel(id)}`);
  // What is chosen is shown even where it is not offered.
  const missing = chosen.filter((id) => !known.has(id)).map((id) => [id, name(id)]);
  return [...offers, ...missing].map(([value, text]) => ({ value, text: { type: "plain_text", text, emoji: false } }));
}

/** Return what draws a select of one person, channel or conversation. */
export function idSelect(what) {
  return (parts) => {
    const { element, state } = parts;
    const chosen = (state ? state[`selected_${what}`] : element[`initial_${what}`]) ?? null;
    return menu(parts, [[null, offered(what, parts, chosen ? [chosen] : [])]], chosen);
  };
}

function picked(parts, { find, chosen, many, least = 0 }) {
  const { element, labels, commit } = parts;
  const result = (options) => (many ? options.map((one) => one.value) : (options[0]?.value ?? null));
  const picker = new Picker({
    find,
    chosen,
    many,
    least,
    most: element.max_selected_items,
    labels,
    placeholder: plain(element.placeholder) || (least > 0 ? "Type to search" : "Choose …"),
    onChange: (options, back) => commit(result(options), back),
  });
  return readable(picker.element, () => result(picker.chosen));
}

function finder(groups) {
  return async (typed) => {
    const fits = (one) => plain(one.text).toLowerCase().includes(typed.toLowerCase());
    const found = groups.map(([label, options]) => ({ label, options: options.filter(fits) }));
    if (groups.length === 1 && groups[0][0] === null) return { options: found[0].options };
    return { option_groups: found.filter((group) => group.options.length > 0) };
  };
}

/** Return a multi static select. */
export function multiStaticSelect(parts) {
  const { element, state } = parts;
  const groups = element.option_groups
    ? element.option_groups.map((group) => [plain(group.label), group.options])
    : [[null, element.options ?? []]];
  const chosen = (state ? state.selected_options : element.initial_options) ?? [];
  return picked(parts, { find: finder(groups), chosen, many: true });
}

/** Return what draws a select of several people, channels or conversations. */
export function multiIdSelect(what) {
  return (parts) => {
    const { element, state } = parts;
    const chosen = (state ? state[`selected_${what}s`] : element[`initial_${what}s`]) ?? [];
    const options = offered(what, parts, chosen);
    const first = chosen.map((id) => options.find((one) => one.value === id));
    return picked(parts, { find: finder([[null, options]]), chosen: first, many: true });
  };
}

/** Return what draws a select whose options the bot is asked for. */
export function externalSelect({ many }) {
  return (parts) => {
    const { element, block, ctx, state } = parts;
    const one = state ? state.selected_option : element.initial_option;
    const several = state ? state.selected_options : element.initial_options;
    const chosen = many ? (several ?? []) : [one].filter(Boolean);
    const where = { place: ctx.place, block_id: block.block_id, action_id: element.action_id };
    const find = (typed) => ctx.send("suggest", { ...where, typed });
    return picked(parts, { find, chosen, many, least: element.min_query_length ?? LEAST_TYPED });
  };
}

function choices(type, parts, chosen) {
  const { element, ctx, labels, commit } = parts;
  const name = `bk-choice-${(named += 1)}`;
  const rows = optionsOf(element).map((option, at) => {
    const field = h("input", { type, name, value: option.value });
    field.checked = chosen.includes(option.value);
    if (at === 0) field.dataset.first = "";
    const description = option.description ? h("span", { class: "hint" }, textNode(option.description, ctx)) : null;
    return h("label", { class: "bk-choice" }, field, h("span", {}, textNode(option.text, ctx), description));
  });
  const root = h("div", { class: "bk-choices", role: type === "radio" ? "radiogroup" : "group", ...labels }, rows);
  const picked = () => [...root.querySelectorAll("input:checked")].map((one) => one.value);
  const read = () => (type === "radio" ? (picked()[0] ?? null) : picked());
  let before = picked();
  root.addEventListener("change", () => {
    const back = before;
    before = picked();
    commit(read(), () => {
      before = back;
      for (const one of root.querySelectorAll("input")) one.checked = back.includes(one.value);
    });
  });
  return readable(root, read);
}

/** Return radio buttons. */
export function radioButtons(parts) {
  const { element, state } = parts;
  const chosen = (state ? state.selected_option : element.initial_option)?.value;
  return choices("radio", parts, chosen === undefined ? [] : [chosen]);
}

/** Return checkboxes. */
export function checkboxes(parts) {
  const { element, state } = parts;
  return choices("checkbox", parts, ((state ? state.selected_options : element.initial_options) ?? []).map((one) => one.value));
}
