// What the fields of a form hold now.

const readers = new WeakMap();

/** Return `root`, from now on read by `read` when the form is. */
export function readable(root, read) {
  readers.set(root, read);
  return root;
}

/** Return {block_id: {action_id: input}} of every field under `root`. */
export function readInputs(root) {
  const values = {};
  for (const one of root.querySelectorAll("[data-action-id]")) {
    const read = readers.get(one);
    const block = one.closest("[data-block-id]")?.dataset.blockId;
    if (read && block) (values[block] ??= {})[one.dataset.actionId] = read();
  }
  return values;
}
