// table and data_table blocks.

import { h, setAttribute, setText } from "./dom.js";
import { keep, kept } from "./kept.js";
import { richText } from "./richtext.js";
import { plain } from "./texts.js";

const PAGE_ROWS = 5;

function cellWords(cell, ctx) {
  if (cell?.type === "rich_text") return richText(cell, ctx);
  return plain(cell?.text ?? (cell?.value === undefined ? "" : cell.value.toLocaleString("en-GB")));
}

function scrolling(grid, label) {
  const box = h("div", { class: "bk-table-box", role: "region", "aria-label": label, tabindex: "0" }, grid);
  return box;
}

/** Return a table block. */
export function table(block, ctx) {
  const rows = block.rows ?? [];
  const columns = block.column_settings ?? [];
  const numeric = (at) => rows.length > 1 && rows.slice(1).every((row) => row[at]?.type === "raw_number");
  const classes = (at) => {
    const align = columns[at]?.align ?? (numeric(at) ? "right" : "left");
    return `bk-align-${align}${columns[at]?.is_wrapped ? " bk-wrapped" : ""}`;
  };
  const cells = (row, tag) =>
    row.map((cell, at) => h(tag, { class: classes(at), scope: tag === "th" ? "col" : null }, cellWords(cell, ctx)));
  const [head = [], ...body] = rows;
  const grid = h(
    "table",
    {},
    h("thead", {}, h("tr", {}, cells(head, "th"))),
    h("tbody", {}, body.map((row) => h("tr", {}, cells(row, "td")))),
  );
  return h("div", {}, scrolling(grid, "Table"));
}

function sortValue(cell) {
  if (cell?.type === "raw_number") return cell.value;
  return cell?.type === "rich_text" ? JSON.stringify(cell.elements) : String(cell?.text ?? "");
}

function inOrder(rows, { column, down }) {
  if (column === null) return rows;
  const sign = down ? -1 : 1;
  const compare = (one, other) =>
    typeof one === "number" && typeof other === "number" ? one - other : String(one).localeCompare(String(other), "en", { numeric: true });
  return [...rows].sort((one, other) => sign * compare(sortValue(one[column]), sortValue(other[column])));
}

/** Return a data_table block: sorted by its headings, a page at a time. */
export function dataTable(block, ctx) {
  const [head = [], ...rows] = block.rows ?? [];
  const size = block.page_size ?? PAGE_ROWS;
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const state = kept(ctx, block, "table") ?? { page: 0, column: null, down: false };
  state.page = Math.min(state.page, pages - 1);
  const numeric = (at) => rows.length > 0 && rows.every((row) => row[at]?.type === "raw_number");
  const side = (at) => `bk-align-${numeric(at) ? "right" : "left"}`;

  const headings = head.map((cell, at) => {
    const button = h("button", { type: "button", class: "bk-sort", on: { click: () => sort(at) } }, cellWords(cell, ctx));
    return h("th", { class: side(at), scope: "col" }, button);
  });
  const body = h("tbody");
  const caption = plain(block.caption);
  const grid = h("table", {}, h("caption", { text: caption }), h("thead", {}, h("tr", {}, headings)), body);
  const where = h("span", { class: "bk-table-where", role: "status" });
  const turn = (by, words) =>
    h("button", { type: "button", class: "button small", on: { click: () => go(state.page + by) } }, words);
  const [back, on] = [turn(-1, "Previous"), turn(1, "Next")];
  const foot = pages > 1 ? h("div", { class: "bk-table-foot" }, where, back, on) : null;

  const draw = () => {
    const shown = inOrder(rows, state).slice(state.page * size, (state.page + 1) * size);
    body.replaceChildren(
      ...shown.map((row) =>
        h("tr", {}, row.map((cell, at) => {
          const heads = at === block.row_header_column_index;
          return h(heads ? "th" : "td", { class: side(at), scope: heads ? "row" : null }, cellWords(cell, ctx));
        })),
      ),
    );
    headings.forEach((heading, at) =>
      setAttribute(heading, "aria-sort", at === state.column ? (state.down ? "descending" : "ascending") : null),
    );
    setText(where, `${state.page * size + 1}–${state.page * size + shown.length} of ${rows.length}`);
    setAttribute(back, "aria-disabled", state.page === 0 ? "true" : null);
    setAttribute(on, "aria-disabled", state.page === pages - 1 ? "true" : null);
    keep(ctx, block, "table", state);
  };
  const go = (page) => {
    if (page < 0 || page >= pages) return;
    state.page = page;
    draw();
  };
  const sort = (column) => {
    // Up, down, and as it came.
    if (state.column !== column) Object.assign(state, { column, down: false });
    else if (!state.down) state.down = true;
    else Object.assign(state, { column: null, down: false });
    state.page = 0;
    draw();
  };
  draw();
  return h("div", {}, scrolling(grid, caption || "Table"), foot);
}
