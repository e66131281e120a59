// What a person opened, folded or turned to in a block, kept while the block is drawn anew.

const all = new Map();
const MOST = 500;

function key(ctx, block, what) {
  return block?.block_id ? JSON.stringify([ctx.place ?? null, block.block_id, what]) : null;
}

/** Remember `value` under a name for this block in this place; the oldest go when there are many. */
export function keep(ctx, block, what, value) {
  const name = key(ctx, block, what);
  if (name === null) return;
  all.delete(name);
  all.set(name, value);
  if (all.size > MOST) all.delete(all.keys().next().value);
}

/** Return what was kept, or null. */
export function kept(ctx, block, what) {
  return all.get(key(ctx, block, what)) ?? null;
}
