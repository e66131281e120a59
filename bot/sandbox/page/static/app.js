// The page put together.

import { ChannelView } from "./channel.js";
import { hasLayers } from "./dialogs.js";
import { arrange, focusables, h, setAttribute } from "./dom.js";
import { Guide } from "./guide.js";
import { Head } from "./head.js";
import { HomeView } from "./home.js";
import { Live, Store } from "./live.js";
import { Modals } from "./modal.js";
import { Navigation } from "./navigation.js";
import { announce, toast } from "./notices.js";
import { Page } from "./page.js";
import { Sidebar } from "./sidebar.js";
import { ThreadPanel } from "./thread.js";
import { Traffic } from "./traffic.js";

const NARROW = matchMedia("(max-width: 820px)");
const SHEETS = matchMedia("(max-width: 1079px)");
const LAST_PERSON = "loopmark-person";

const root = document.getElementById("app");
const main = document.getElementById("main");
const panel = document.getElementById("panel");
const banner = document.getElementById("banner");
const sidebarRoot = document.getElementById("sidebar");
const scrim = document.getElementById("scrim");

const store = new Store();
const live = new Live(store, showConnection);
const navigation = new Navigation();
const page = new Page(store, live, navigation);
let retryTimer = 0;
let wasOpen = false;

const channelView = new ChannelView(page);
const homeView = new HomeView(page);
const thread = new ThreadPanel(page);
const traffic = new Traffic(page);
const guide = new Guide(page, (line) => channelView.composer.write(line));
const sidebar = new Sidebar(page, sidebarRoot, becomePerson);
const head = new Head(page, { guide, traffic, sidebar });
new Modals(page);

main.append(head.element, guide.strip, h("div", { class: "main-body" }));
const mainBody = main.lastChild;

store.on(["me", "channel:"], () => choosePlace());
store.on(["notice:"], (keys, whole) => {
  if (!whole) showNotices(keys);
});
navigation.on(layOut);
NARROW.addEventListener("change", layOut);
SHEETS.addEventListener("change", layOut);
scrim.addEventListener("click", dismiss);
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  if (homeView.isOpen()) homeView.element.focus();
  else channelView.list.focusLast();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || hasLayers()) return;
  if (navigation.drawer || (SHEETS.matches && panelName())) dismiss();
  else if (navigation.thread !== null && panel.contains(document.activeElement)) navigation.closeThread();
});

live.connect(new URLSearchParams(location.search).get("as") ?? sessionStorage.getItem(LAST_PERSON) ?? "");

/** Become another person: their documents replace all that is shown. */
function becomePerson(id) {
  const address = new URL(location.href);
  address.searchParams.set("as", id);
  history.replaceState(null, "", address);
  sessionStorage.setItem(LAST_PERSON, id);
  navigation.closeThread();
  live.connect(id);
  announce(`You are now ${page.name(id)}`);
}

/** Stay where one is when this person may be there, else go to the first channel they are in. */
function choosePlace() {
  if (!page.me.id) return;
  if (navigation.place !== "home" && !page.channel(navigation.place)) {
    const mine = page.channels.filter((one) => one.kind !== "im" && !one.archived);
    const first =
      mine.find((one) => one.name === "general" && one.member) ?? mine.find((one) => one.member) ?? mine[0];
    navigation.go(first?.id ?? "home");
    return;
  }
  layOut();
}

function panelName() {
  if (navigation.thread !== null && page.channel(navigation.place)) return "thread";
  return navigation.panel === "guide" && guide.steps.length === 0 ? "" : navigation.panel;
}

function layOut() {
  if (!page.me.id) return;
  const isHome = homeView.isOpen();
  if (isHome) {
    channelView.hide();
    homeView.open();
  } else {
    homeView.hide();
    channelView.open(navigation.place);
  }
  arrange(mainBody, [isHome ? homeView.element : channelView.element]);
  layOutPanel();
  const drawer = NARROW.matches && navigation.drawer;
  const sheet = SHEETS.matches && !panel.hidden;
  root.classList.toggle("drawer-open", drawer);
  root.classList.toggle("sheet-open", sheet);
  scrim.hidden = !drawer && !sheet;
  setAttribute(panel, "role", sheet ? "dialog" : null);
  setAttribute(panel, "aria-modal", sheet ? "true" : null);
  sidebarRoot.toggleAttribute("inert", (NARROW.matches && !drawer) || sheet);
  main.toggleAttribute("inert", drawer || sheet);
  moveFocus(drawer, sheet);
}

function layOutPanel() {
  const name = panelName();
  const shown = { thread: thread.element, guide: guide.panel, traffic: traffic.panel }[name];
  panel.hidden = !shown;
  panel.dataset.shows = name;
  root.classList.toggle("with-panel", Boolean(shown));
  arrange(panel, shown ? [shown] : []);
  traffic.setOpen(name === "traffic");
  const another = thread.draw();
  if (name === "thread" && another) {
    if (thread.composer.element.hidden) thread.element.querySelector("button").focus();
    else thread.composer.focus();
  }
}

const before = { drawer: false, sheet: false, from: null };

function moveFocus(drawer, sheet) {
  const covered = drawer || sheet;
  const wasCovered = before.drawer || before.sheet;
  if (covered && !wasCovered) before.from = document.activeElement;
  if (drawer && !before.drawer)
    (sidebarRoot.querySelector('[aria-current="page"]') ?? focusables(sidebarRoot)[0])?.focus();
  if (sheet && !before.sheet && !panel.contains(document.activeElement)) focusables(panel)[0]?.focus();
  if (
    !covered &&
    wasCovered &&
    (document.activeElement === document.body || document.activeElement?.closest("[inert]"))
  ) {
    if (before.from?.isConnected) before.from.focus({ preventScroll: true });
  }
  Object.assign(before, { drawer, sheet });
}

function dismiss() {
  if (navigation.drawer) navigation.setDrawer(false);
  else if (navigation.thread !== null) navigation.closeThread();
  else navigation.closePanel();
}

function showNotices(keys) {
  for (const key of keys) {
    const notice = store.get(key);
    // In the open channel it stands among the messages, unless something covers them.
    if (notice && (notice.channel !== navigation.place || hasLayers())) toast(notice.text);
  }
}

function showConnection({ state, retryAt }) {
  clearInterval(retryTimer);
  root.classList.toggle("loading", !wasOpen);
  if (state === "open") {
    if (wasOpen && !banner.hidden) announce("The connection is back, everything was loaded anew.");
    wasOpen = true;
    banner.hidden = true;
    root.classList.remove("loading");
    return;
  }
  if (state !== "lost") return;
  banner.hidden = false;
  const words = h("span", {
    text: wasOpen ? "The connection to the sandbox was lost." : "The sandbox does not answer.",
  });
  const when = h("span", { class: "banner-when", "aria-hidden": "true" });
  const retry = h("button", {
    type: "button",
    class: "button small",
    text: "Try now",
    on: { click: () => live.retryNow() },
  });
  banner.replaceChildren(words, when, retry);
  const count = () => {
    const seconds = Math.max(0, Math.ceil((retryAt - performance.now()) / 1000));
    when.textContent = seconds > 0 ? `Trying again in ${seconds} s.` : "Trying now …";
  };
  count();
  retryTimer = setInterval(count, 500);
}
