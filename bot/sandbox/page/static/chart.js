// data_visualization: a chart drawn as SVG for the width there is, and the same numbers as a table for those who listen.

import { watchPointer } from "./chart-pointer.js";
import { h } from "./dom.js";
import { scaleOf, tickWords, valueWords } from "./scale.js";
import { plain } from "./texts.js";

const SVG = "http://www.w3.org/2000/svg";
const USUAL_WIDTH = 560;
const LEAST_WIDTH = 220;
const HEIGHT = 232;
const PIE = 200;
const SMALL_TEXT = 11;
const COLOURS = 6;
let made = 0;

/** Return a chart; it draws itself again when it gets another width. */
export function drawChart(block) {
  const chart = block.chart ?? {};
  const title = plain(block.title);
  const names = { title: `bk-chart-${(made += 1)}`, desc: `bk-chart-${made}-desc` };
  const plot = h("div", { class: "bk-chart-plot" });
  const tip = h("div", { class: "bk-chart-tip", "aria-hidden": "true", hidden: true });
  const data = chart.type === "pie" ? segmentsOf(chart) : seriesOf(chart);
  const draw = (width) => {
    const drawn = chart.type === "pie" ? pie(data) : plane(chart, data, width);
    const { svg } = drawn;
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-labelledby", names.title);
    svg.setAttribute("aria-describedby", names.desc);
    svg.dataset.kind = chart.type;
    svg.prepend(s("title", { id: names.title }, title), s("desc", { id: names.desc }, described(chart, data)));
    plot.replaceChildren(svg, tip);
    watchPointer(plot, tip, drawn);
  };
  draw(USUAL_WIDTH);
  if (chart.type !== "pie") followWidth(plot, draw);
  const body = h("div", { class: chart.type === "pie" ? "bk-chart-body bk-chart-round" : "bk-chart-body" }, plot, legend(chart, data));
  return h("figure", { class: "bk-chart" }, h("figcaption", { class: "bk-chart-title", text: title }), body, numbers(title, data));
}

function followWidth(plot, draw) {
  let drawn = USUAL_WIDTH;
  const observer = new ResizeObserver(([entry]) => {
    const width = Math.max(LEAST_WIDTH, Math.floor(entry.contentRect.width));
    if (entry.contentRect.width === 0 || width === drawn) return;
    drawn = width;
    // Drawn in the next frame: what an observer changes at once it is told about again.
    requestAnimationFrame(() => draw(width));
  });
  observer.observe(plot);
}

function s(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const round = (value) => Math.round(value * 100) / 100;

const canvas = document.createElement("canvas").getContext("2d");

function textWidth(text) {
  canvas.font = `${SMALL_TEXT}px sans-serif`;
  return canvas.measureText(text).width;
}

function seriesOf(chart) {
  const categories = chart.axis_config?.categories ?? [];
  const series = (chart.series ?? []).map((one) => {
    const byLabel = new Map((one.data ?? []).map((point) => [point.label, point.value]));
    return { name: one.name, values: categories.map((label) => byLabel.get(label) ?? null) };
  });
  return { categories, series };
}

function segmentsOf(chart) {
  const segments = (chart.segments ?? []).filter((one) => one.value > 0);
  return { segments, total: segments.reduce((sum, one) => sum + one.value, 0) };
}

function described(chart, { categories, series, segments, total }) {
  if (segments) {
    const parts = segments.map((one) => `${one.label} ${valueWords(one.value)} (${share(one.value, total)})`);
    return `Pie chart: ${parts.join(", ")}.`;
  }
  const ends = series.map(({ name, values }) => {
    const known = values.filter((value) => value !== null);
    if (known.length === 0) return `${name}: no values`;
    const [first, last] = [known[0], known.at(-1)].map(valueWords);
    return isLevel(values) ? `${name}: ${first} throughout` : `${name}: from ${first} to ${last}`;
  });
  const span = categories.length > 1 ? `${categories[0]} to ${categories.at(-1)}` : (categories[0] ?? "");
  const kind = `${chart.type[0].toUpperCase()}${chart.type.slice(1)}`;
  return `${kind} chart, ${span}. ${ends.join("; ")}.`;
}

/** A series of one value is a bound the others are seen against: drawn as a dashed line. */
function isLevel(values) {
  const known = values.filter((value) => value !== null);
  return known.length > 1 && known.every((value) => value === known[0]);
}

function styleOf(at) {
  return `bk-series bk-series-${(at % COLOURS) + 1}${at >= COLOURS ? " bk-series-again" : ""}`;
}

function plane(chart, data, width) {
  const { categories, series } = data;
  const { x_label: xLabel, y_label: yLabel } = chart.axis_config ?? {};
  const values = series.flatMap((one) => one.values).filter((value) => value !== null);
  const { low, high, ticks } = scaleOf(values, { fromZero: chart.type !== "line" });
  const words = tickWords(ticks);
  const left = Math.ceil(Math.max(...words.map(textWidth))) + 14;
  const [top, right] = [yLabel ? 26 : 10, 12];
  const bottom = HEIGHT - 26 - (xLabel ? 18 : 0);
  const band = (width - left - right) / Math.max(categories.length, 1);
  const x = (at) => round(left + band * (at + 0.5));
  const y = (value) => round(bottom - ((value - low) / (high - low)) * (bottom - top));

  const svg = s("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, class: "bk-chart-svg" });
  Object.assign(svg.dataset, { low, high, top, bottom, left, right: width - right });
  const grid = s("g", { class: "bk-grid", "aria-hidden": "true" });
  ticks.forEach((tick, at) => {
    const line = tick === 0 && low < 0 ? "bk-zero" : null;
    grid.append(
      s("line", { x1: left, x2: width - right, y1: y(tick), y2: y(tick), class: line }),
      s("text", { x: left - 8, y: y(tick) + 4, "text-anchor": "end", "data-tick": tick }, words[at]),
    );
  });
  if (yLabel) grid.append(s("text", { x: 0, y: 11, class: "bk-axis-name" }, yLabel));
  grid.append(...categoryTexts(categories, { x, band, width, y: bottom + 18 }));
  if (xLabel) {
    const at = { x: (left + width - right) / 2, y: HEIGHT - 4, "text-anchor": "middle", class: "bk-axis-name" };
    grid.append(s("text", at, xLabel));
  }
  svg.append(grid);
  const draw = chart.type === "bar" ? bars : lines;
  const base = y(Math.min(Math.max(low, 0), high));
  series.forEach((one, at) => svg.append(draw(one, at, { x, y, band, base, count: series.length, area: chart.type === "area" })));
  const cross = s("line", { class: "bk-cross", y1: top, y2: bottom, x1: 0, x2: 0, visibility: "hidden" });
  svg.append(cross);
  return { svg, cross, x, band, left, categories, series };
}

function categoryTexts(categories, { x, band, width, y }) {
  const widest = Math.max(0, ...categories.map(textWidth));
  const every = Math.max(1, Math.ceil((widest + 12) / band));
  const texts = [];
  let free = Infinity;
  for (let at = categories.length - 1; at >= 0; at -= every) {
    // A label near an end stays inside the picture; one that would touch it is left out.
    const half = textWidth(categories[at]) / 2;
    const middle = Math.max(half, Math.min(x(at), width - half));
    if (middle + half + 8 > free) continue;
    free = middle - half;
    texts.unshift(s("text", { x: round(middle), y, "text-anchor": "middle", "data-category": at }, categories[at]));
  }
  return texts;
}

function lines(one, at, { x, y, base, area }) {
  const level = isLevel(one.values) && at > 0;
  const group = s("g", { class: `${styleOf(at)}${level ? " bk-level" : ""}`, "data-series": one.name });
  const stretches = [];
  one.values.forEach((value, index) => {
    if (value === null) return;
    const point = { index, value };
    if (stretches.length > 0 && stretches.at(-1).at(-1).index === index - 1) stretches.at(-1).push(point);
    else stretches.push([point]);
  });
  for (const stretch of stretches) {
    const path = stretch.map(({ index, value }) => `${x(index)} ${y(value)}`).join("L");
    if (area && !level) {
      const [first, last] = [stretch[0], stretch.at(-1)].map(({ index }) => x(index));
      group.append(s("path", { class: "bk-fill", d: `M${path}L${last} ${base}L${first} ${base}Z` }));
    }
    group.append(s("path", { class: "bk-stroke", d: `M${path}` }));
  }
  for (const { index, value } of stretches.flat()) {
    const place = { cx: x(index), cy: y(value), r: 3.5, "data-value": value, "data-index": index };
    group.append(s("circle", { class: "bk-point", ...place }));
  }
  return group;
}

function bars(one, at, { x, y, band, base, count }) {
  const width = Math.min((band * 0.76) / count, 44);
  const group = s("g", { class: styleOf(at), "data-series": one.name });
  one.values.forEach((value, index) => {
    if (value === null) return;
    const left = x(index) + width * (at - count / 2);
    const place = {
      x: round(left + 1),
      y: Math.min(y(value), base),
      width: round(Math.max(width - 2, 1)),
      height: round(Math.abs(base - y(value))),
    };
    group.append(s("rect", { class: "bk-bar", ...place, rx: 2, "data-value": value, "data-index": index }));
  });
  return group;
}

function share(value, total) {
  return (value / total).toLocaleString("en-GB", { style: "percent", maximumFractionDigits: 1 });
}

function pie({ segments, total }) {
  const svg = s("svg", { viewBox: `0 0 ${PIE} ${PIE}`, width: PIE, height: PIE, class: "bk-chart-svg" });
  const [middle, radius] = [PIE / 2, PIE / 2 - 4];
  const point = (turn, far = radius) =>
    [middle + far * Math.sin(2 * Math.PI * turn), middle - far * Math.cos(2 * Math.PI * turn)].map(round).join(" ");
  let from = 0;
  segments.forEach((one, at) => {
    const to = from + one.value / total;
    const large = to - from > 0.5 ? 1 : 0;
    const whole = `M${point(0)}A${radius} ${radius} 0 1 1 ${point(0.5)}A${radius} ${radius} 0 1 1 ${point(0)}Z`;
    const part = `M${middle} ${middle}L${point(from)}A${radius} ${radius} 0 ${large} 1 ${point(to)}Z`;
    const slice = s("path", {
      class: "bk-slice",
      d: segments.length === 1 ? whole : part,
      "data-value": one.value,
      "data-from": from,
      "data-to": to,
      "data-label": one.label,
    });
    const group = s("g", { class: styleOf(at), "data-series": one.label }, slice);
    if (to - from >= 0.08) {
      const [x, y] = point((from + to) / 2, segments.length === 1 ? 0 : radius * 0.66).split(" ");
      group.append(s("text", { class: "bk-share", x, y: Number(y) + 4, "text-anchor": "middle", "aria-hidden": "true" }, share(one.value, total)));
    }
    svg.append(group);
    from = to;
  });
  return { svg, segments, total };
}

function legend(chart, { series, segments, total }) {
  const item = (name, at, { level = false, value = null }) =>
    h(
      "li",
      { class: styleOf(at) },
      h("span", { class: `bk-key bk-key-${level ? "level" : chart.type}` }),
      h("span", { text: name }),
      value === null ? null : h("span", { class: "bk-key-value", text: value }),
    );
  // The table below says the same to those who listen.
  if (segments)
    return h("ul", { class: "bk-legend", "aria-hidden": "true" }, segments.map((one, at) => item(one.label, at, { value: `${valueWords(one.value)} · ${share(one.value, total)}` })));
  if (series.length < 2) return null;
  const dashed = (one, at) => chart.type !== "bar" && at > 0 && isLevel(one.values);
  return h("ul", { class: "bk-legend", "aria-hidden": "true" }, series.map((one, at) => item(one.name, at, { level: dashed(one, at) })));
}

function numbers(title, { categories, series, segments }) {
  const head = segments ? ["Segment", "Value"] : ["Category", ...series.map((one) => one.name)];
  const rows = segments
    ? segments.map((one) => [one.label, one.value])
    : categories.map((label, at) => [label, ...series.map((one) => one.values[at])]);
  const table = h(
    "table",
    {},
    h("caption", { text: title }),
    h("thead", {}, h("tr", {}, head.map((text) => h("th", { scope: "col", text })))),
    h("tbody", {}, rows.map(([label, ...values]) =>
      h("tr", {}, h("th", { scope: "row", text: label }), values.map((value) => h("td", { text: value === null ? "no value" : String(value) }))),
    )),
  );
  return h("div", { class: "visually-hidden" }, table);
}
