// Pictures, and what is said where one can't be shown.

import { h } from "./dom.js";
import { plain } from "./texts.js";

const SHOWN_FROM = /^(?:https?:\/\/|data:image\/(?:png|jpeg|gif);|\/)/i;

/** Return the address of an image element or block, or null. */
function addressOf({ image_url: url, slack_file: file }, ctx) {
  const address = url ?? file?.url ?? (file?.id ? `/page/file/${encodeURIComponent(file.id)}?as=${encodeURIComponent(ctx.me)}` : "");
  return SHOWN_FROM.test(address) ? address : null;
}

/** Return a picture; where it can't be loaded its description stands in its place. */
export function picture(image, ctx, className = "bk-picture") {
  const words = String(image.alt_text ?? "");
  const stand = () => h("span", { class: `${className} bk-no-picture`, role: "img", "aria-label": words }, h("span", { "aria-hidden": "true", text: words || "picture" }));
  const address = addressOf(image, ctx);
  if (!address) return stand();
  const shown = h("img", { class: className, src: address, alt: words, title: image.title ? null : words, loading: "lazy", decoding: "async" });
  const box = h("span", { class: "bk-picture-box" }, shown);
  shown.addEventListener("error", () => box.replaceChildren(stand()), { once: true });
  return box;
}

/** Return an image block. */
export function imageBlock(block, ctx) {
  const title = block.title ? h("figcaption", { class: "bk-image-title", text: plain(block.title) }) : null;
  return h("figure", {}, title, picture(block, ctx, "bk-image"));
}

/** Return a video block: its still picture and its words, as a link; nothing is embedded here. */
export function video(block, ctx) {
  const address = [block.title_url, block.video_url].find((one) => /^https?:\/\//i.test(one ?? ""));
  const link = (attributes, ...children) =>
    address ? h("a", { href: address, target: "_blank", rel: "noopener noreferrer", ...attributes }, children) : h("span", attributes, children);
  const by = [block.author_name, block.provider_name].filter(Boolean).map(plain).join(" · ");
  const still = picture({ image_url: block.thumbnail_url, alt_text: block.alt_text }, ctx, "bk-image");
  return h(
    "figure",
    {},
    by ? h("p", { class: "bk-video-by", text: by }) : null,
    h("figcaption", { class: "bk-video-title" }, link({}, plain(block.title))),
    block.description ? h("p", { class: "bk-video-words", text: plain(block.description) }) : null,
    link({ class: "bk-still", tabindex: address ? "-1" : null }, still, h("span", { class: "bk-play", "aria-hidden": "true", text: "▶" })),
  );
}
