// What a pointer over a chart shows: the numbers of that place.

import { h } from "./dom.js";
import { valueWords } from "./scale.js";

/** Show, in `tip`, what lies under the pointer; `drawn` says where things are. */
export function watchPointer(plot, tip, drawn) {
  const cover = h("div", { class: "bk-chart-cover" });
  plot.append(cover);
  const near = drawn.segments ? segmentAt : categoryAt;
  let shown = null;
  const hide = () => {
    shown = null;
    tip.hidden = true;
    drawn.cross?.setAttribute("visibility", "hidden");
    for (const one of plot.querySelectorAll(".bk-near")) one.classList.remove("bk-near");
  };
  cover.addEventListener("pointermove", (event) => {
    const box = cover.getBoundingClientRect();
    const at = near(drawn, event.clientX - box.left, event.clientY - box.top, box);
    if (at === shown) return;
    hide();
    if (at === null) return;
    shown = at;
    show(at, drawn, plot, tip, box);
  });
  cover.addEventListener("pointerleave", hide);
}

function categoryAt({ left, band, categories }, x) {
  const at = Math.floor((x - left) / band);
  return at >= 0 && at < categories.length ? at : null;
}

function segmentAt({ segments, total }, x, y, box) {
  const [dx, dy] = [x - box.width / 2, y - box.height / 2];
  if (Math.hypot(dx, dy) > box.width / 2) return null;
  const turn = (Math.atan2(dx, -dy) / (2 * Math.PI) + 1) % 1;
  let end = 0;
  const at = segments.findIndex((one) => turn < (end += one.value / total));
  return at < 0 ? null : at;
}

function show(at, drawn, plot, tip, box) {
  const { segments, series, categories, cross } = drawn;
  const rows = segments
    ? [[segments[at].label, segments[at].value, at]]
    : series.map((one, index) => [one.name, one.values[at], index]).filter(([, value]) => value !== null);
  const head = segments ? null : h("strong", { text: categories[at] });
  tip.replaceChildren(
    ...[head].filter(Boolean),
    ...rows.map(([name, value, index]) =>
      h("span", { class: `bk-series bk-series-${(index % 6) + 1}` }, h("span", { class: "bk-key bk-key-bar" }), `${name} `, h("b", { text: valueWords(value) })),
    ),
  );
  tip.hidden = false;
  const place = segments ? box.width / 2 : drawn.x(at);
  if (cross) {
    cross.setAttribute("x1", place);
    cross.setAttribute("x2", place);
    cross.setAttribute("visibility", "visible");
  }
  for (const one of plot.querySelectorAll(`[data-index="${at}"]`)) one.classList.add("bk-near");
  const width = tip.offsetWidth;
  const beside = place + 12 + width <= box.width ? place + 12 : Math.max(0, place - 12 - width);
  tip.style.left = `${segments ? Math.max(0, place - width / 2) : beside}px`;
}
