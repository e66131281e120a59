// Line icons, drawn here so that nothing has to be fetched.

const SPACE = "http://www.w3.org/2000/svg";

const PATHS = {
  back: "M12 4.5 6.5 10l5.5 5.5",
  bolt: "M11.2 2.5 4.5 11.4h5l-.7 6.1 6.7-8.9h-5z",
  bubbles: "M3 4.5h9.5v7H7L4.5 14v-2.5H3zM14.8 8H17v6.5h-1.5V17L13 14.5H8.5",
  check: "m4.5 10.5 3.7 3.7 7.3-8.2",
  chevron: "m5.5 7.8 4.5 4.4 4.5-4.4",
  clock: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 6.2V10l2.6 1.8",
  close: "m5 5 10 10M15 5 5 15",
  copy: "M7 7h9.5v9.5H7zM4.5 13H3.5V3.5H13v1",
  down: "M10 4v11.5M5 10.8l5 4.9 5-4.9",
  eye: "M2.5 10s2.8-4.8 7.5-4.8 7.5 4.8 7.5 4.8-2.8 4.8-7.5 4.8S2.5 10 2.5 10zM10 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z",
  file: "M5.5 2.8h6l3.5 3.5v10.9h-9.5zM11.3 3v3.5h3.5",
  hash: "M7.6 3.2 6 16.8M14 3.2l-1.6 13.6M3.6 7.4h13.2M3.2 12.6h13.2",
  home: "m3.2 9.4 6.8-6 6.8 6M5 8.2v8.3h3.7v-4.7h2.6v4.7H15V8.2",
  list: "M8.5 5.5H17M8.5 10H17M8.5 14.5H17M3 5.3l1.1 1.1 2-2.3M3 14.3l1.1 1.1 2-2.3M3.2 10h2.5",
  lock: "M5 9h10v7.5H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  menu: "M3 5.5h14M3 10h14M3 14.5h14",
  more: "M5 10h.01M10 10h.01M15 10h.01",
  person: "M10 10a3.2 3.2 0 1 0 0-6.4A3.2 3.2 0 0 0 10 10zM3.8 16.8c.5-3 3-4.6 6.2-4.6s5.7 1.6 6.2 4.6",
  plus: "M10 4v12M4 10h12",
  pulse: "M2.5 10.5h3.3l2.4-6 3.6 11 2.4-5h3.3",
  reply: "M8 5 3.5 9.5 8 14M4 9.5h7.5c3 0 5 1.8 5 5",
  send: "M3.5 10 16.5 4l-3.7 12.5-3.6-4.9zM9.2 11.6 16.5 4",
  skip: "M4 4.5 11.5 10 4 15.5zM15 4.5v11",
  smile: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM7 11.6c.6 1.3 1.7 2 3 2s2.4-.7 3-2M7.5 8h.01M12.5 8h.01",
  warning: "M10 3.2 17.5 16h-15zM10 8v3.8M10 13.9h.01",
};

/** Return an icon as an SVG element that assistive technology passes over. */
export function icon(name) {
  const svg = document.createElementNS(SPACE, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const path = document.createElementNS(SPACE, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** Return Loopmark's sign: a ring that is nearly closed around a point. */
export function loopSign() {
  const svg = document.createElementNS(SPACE, "svg");
  svg.setAttribute("viewBox", "0 0 32 32");
  svg.setAttribute("class", "loop-sign");
  svg.setAttribute("aria-hidden", "true");
  const ring = document.createElementNS(SPACE, "path");
  ring.setAttribute("class", "loop-ring");
  ring.setAttribute("d", "M22.6 19.8a7.6 7.6 0 1 1 .9-6");
  const point = document.createElementNS(SPACE, "circle");
  point.setAttribute("class", "loop-point");
  for (const [name, value] of [
    ["cx", 16],
    ["cy", 16],
    ["r", 2.9],
  ])
    point.setAttribute(name, value);
  svg.append(ring, point);
  return svg;
}
