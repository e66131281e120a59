// Drawn blocks brought up to date: elements of blocks that did not change stay, with focus, caret and open lists.

import { arrange, focusables } from "./dom.js";

const drawn = new WeakMap();

/**
 * Bring `container` to what `fragment` shows.
 * `parts`: one {key, sign} per block in order; a block whose key and sign are as before keeps its element.
 * `keepTyped`: text typed into a block that is swapped goes over into the new one (as Slack keeps it in a modal).
 */
export function redraw(container, fragment, parts, { keepTyped = false } = {}) {
  const before = drawn.get(container) ?? new Map();
  const focus = rememberFocus(container);
  const after = new Map();
  let nodes = [...fragment.childNodes];
  const fresh = [...fragment.children];
  if (parts.length > 0 && fresh.length === parts.length) {
    nodes = parts.map(({ key, sign }, at) => {
      const old = before.get(key);
      const node = old?.sign === sign && old.node.isConnected ? old.node : fresh[at];
      if (keepTyped && old && node !== old.node) carryTyped(old.node, node);
      after.set(key, { sign, node });
      return node;
    });
  }
  drawn.set(container, after);
  arrange(container, nodes);
  if (focus) restoreFocus(container, focus);
}

/** Return one part per block: its id (or its position), and everything its picture depends on. */
export function partsOf(blocks, dependsOn = () => null) {
  return blocks.map((block, at) => ({
    key: block.block_id ? `id:${block.block_id}` : `at:${at}:${block.type}`,
    sign: JSON.stringify([block, dependsOn(block)]),
  }));
}

function fieldsOf(root) {
  return [...root.querySelectorAll("input, textarea")].filter(
    (one) => !["checkbox", "radio", "hidden", "file"].includes(one.type),
  );
}

function carryTyped(old, node) {
  const fields = fieldsOf(node);
  for (const field of fieldsOf(old)) {
    const action = field.closest("[data-action-id]")?.dataset.actionId;
    const twin = fields.find(
      (one) => one.type === field.type && one.closest("[data-action-id]")?.dataset.actionId === action,
    );
    if (action && twin && twin.value !== field.value) twin.value = field.value;
  }
}

function rememberFocus(container) {
  const active = document.activeElement;
  if (!active || active === container || !container.contains(active)) return null;
  let caret = null;
  // Some kinds of input (number, date) have no caret to ask for.
  if ("selectionStart" in active && active.selectionStart !== null)
    caret = [active.selectionStart, active.selectionEnd];
  const action = active.closest("[data-action-id]");
  return {
    active,
    caret,
    block: active.closest("[data-block-id]")?.dataset.blockId,
    action: action?.dataset.actionId,
    within: action ? focusables(action).indexOf(active) : 0,
    at: focusables(container).indexOf(active),
  };
}

function restoreFocus(container, { active, caret, block, action, within, at }) {
  if (active.isConnected) {
    if (document.activeElement !== active) active.focus({ preventScroll: true });
    return;
  }
  const all = focusables(container);
  const same = all.filter(
    (one) =>
      one.closest("[data-block-id]")?.dataset.blockId === block &&
      one.closest("[data-action-id]")?.dataset.actionId === action,
  );
  const target = same[within] ?? same[0] ?? all[Math.min(at, all.length - 1)];
  target?.focus({ preventScroll: true });
  if (caret && target && "setSelectionRange" in target && target.selectionStart !== null)
    target.setSelectionRange(...caret);
}
