// The left side: who one is, where one can go, and the clock.

import { avatar } from "./avatar.js";
import { ClockCard } from "./clock.js";
import { arrange, h, roving, setAttribute, setText } from "./dom.js";
import { icon, loopSign } from "./icons.js";
import { openMenu } from "./menu.js";
import { clockTime, zoneCity } from "./times.js";

export class Sidebar {
  #rows = new Map();
  #seen = new Map();

  /** `onPerson(id)` changes who one is. */
  constructor(page, root, onPerson) {
    this.page = page;
    this.onPerson = onPerson;
    this.face = h("span", { class: "person-face" });
    this.name = h("strong", {});
    this.admin = h("span", { class: "badge", text: "Admin" });
    this.where = h("small", {});
    this.person = h(
      "button",
      {
        type: "button",
        class: "person-button",
        "aria-haspopup": "menu",
        "aria-expanded": "false",
        "data-testid": "person-picker",
        on: { click: () => this.#offerPeople() },
      },
      this.face,
      h(
        "span",
        { class: "person-words" },
        h(
          "span",
          { class: "person-name" },
          h("span", { class: "visually-hidden", text: "You are " }),
          this.name,
          this.admin,
        ),
        this.where,
      ),
      icon("chevron"),
    );
    this.channels = h("ul", { class: "place-list", "aria-labelledby": "channels-title" });
    this.direct = h("ul", { class: "place-list", "aria-labelledby": "app-title" });
    this.appTitle = h("h2", { id: "app-title", class: "side-title" });
    this.nav = h(
      "nav",
      { class: "places", "aria-label": "Places" },
      h("h2", { id: "channels-title", class: "side-title", text: "Channels" }),
      this.channels,
      this.appTitle,
      this.direct,
    );
    this.clock = new ClockCard(page);
    const shut = h(
      "button",
      {
        type: "button",
        class: "icon-button only-narrow",
        "aria-label": "Close the menu",
        on: { click: () => page.navigation.setDrawer(false) },
      },
      icon("close"),
    );
    root.append(
      h(
        "header",
        { class: "brand" },
        loopSign(),
        h(
          "span",
          { class: "brand-words" },
          h("strong", { text: "Loopmark" }),
          h("small", { text: "Sandbox on this machine" }),
        ),
        shut,
      ),
      this.person,
      this.nav,
      this.clock.element,
    );
    this.walk = roving(this.nav, ".place");
    page.store.on(["me", "people", "app", "clock", "channel:"], (keys, whole) => this.draw(whole));
    page.navigation.on(() => this.draw(false));
    setInterval(() => this.#tick(), 1000);
  }

  /** Count the places where something came that this person has not seen. */
  get unread() {
    return this.page.channels.filter((channel) => this.#isUnread(channel)).length;
  }

  draw(whole) {
    const { page } = this;
    const { me } = page;
    if (!me.id) return;
    if (whole) this.#seen = this.#remembered();
    const sign = JSON.stringify(me);
    if (this.shownPerson !== sign) {
      this.shownPerson = sign;
      this.face.replaceChildren(avatar(me));
      setText(this.name, me.name);
      this.admin.hidden = !me.admin;
    }
    setText(this.appTitle, page.app.name);
    const order = (one, two) =>
      Number(two.member) - Number(one.member) ||
      Number(one.archived) - Number(two.archived) ||
      one.name.localeCompare(two.name);
    const shown = page.channels.filter((channel) => channel.kind !== "im").sort(order);
    arrange(
      this.channels,
      shown.map((channel) => this.#channelRow(channel)),
    );
    const im = page.channels.filter((channel) => channel.kind === "im");
    const home = this.#row("home", { sign: "home", name: "Home", dim: false, unread: false });
    arrange(this.direct, [
      home,
      ...im.map((channel) =>
        this.#row(channel.id, {
          sign: "bubbles",
          name: "Messages",
          dim: false,
          unread: this.#isUnread(channel),
        }),
      ),
    ]);
    this.#remember();
    this.walk.refresh();
    this.#tick();
  }

  #channelRow(channel) {
    const sign = channel.kind === "private" ? "lock" : "hash";
    const note = channel.archived ? "archived" : channel.member ? "" : "not joined";
    return this.#row(channel.id, {
      sign,
      name: channel.name,
      note,
      dim: !channel.member || channel.archived,
      unread: this.#isUnread(channel),
    });
  }

  #row(key, { sign, name, note = "", dim, unread }) {
    if (!this.#rows.has(key)) {
      const button = h("button", {
        type: "button",
        class: "place",
        "data-key": key,
        "data-testid": "place",
        tabindex: "-1",
        on: { click: () => this.page.navigation.go(key) },
      });
      this.#rows.set(key, h("li", {}, button));
    }
    const row = this.#rows.get(key);
    const button = row.firstChild;
    const current = this.page.navigation.place === key;
    setAttribute(button, "aria-current", current ? "page" : null);
    const look = JSON.stringify([sign, name, note, dim, unread && !current]);
    if (button.dataset.look !== look) {
      button.dataset.look = look;
      button.classList.toggle("dim", dim);
      button.classList.toggle("unread", unread && !current);
      const mark =
        unread && !current
          ? h(
              "span",
              { class: "unread-mark" },
              h("span", { class: "visually-hidden", text: ", something new" }),
            )
          : "";
      button.replaceChildren(
        icon(sign),
        h("span", { class: "place-name", text: name }),
        note ? h("small", { text: note }) : "",
        mark,
      );
    }
    return row;
  }

  #isUnread(channel) {
    return this.page.navigation.place !== channel.id && channel.latest > (this.#seen.get(channel.id) ?? "");
  }

  #storageKey() {
    return `loopmark-seen-${this.page.me.id}`;
  }

  #remembered() {
    const kept = JSON.parse(sessionStorage.getItem(this.#storageKey()) ?? "null");
    if (kept) return new Map(Object.entries(kept));
    return new Map(this.page.channels.map((channel) => [channel.id, channel.latest ?? ""]));
  }

  #remember() {
    const open = this.page.channel(this.page.navigation.place);
    if (open) this.#seen.set(open.id, open.latest ?? "");
    sessionStorage.setItem(this.#storageKey(), JSON.stringify(Object.fromEntries(this.#seen)));
  }

  #where(person) {
    return `${zoneCity(person.zone)}, ${clockTime(this.page.now(), person.zone)}`;
  }

  #tick() {
    if (this.page.me.id) setText(this.where, this.#where(this.page.me));
    this.clock.tick();
  }

  #offerPeople() {
    const { me, people } = this.page;
    const items = people
      .filter((person) => !person.bot && person.pick !== false)
      .map((person) => ({
        checked: person.id === me.id,
        key: person.id,
        node: h(
          "span",
          { class: "person-option" },
          avatar(person),
          h(
            "span",
            { class: "person-words" },
            h(
              "span",
              { class: "person-name" },
              h("strong", { text: person.name }),
              person.admin ? h("span", { class: "badge", text: "Admin" }) : null,
            ),
            h("small", { text: this.#where(person) }),
          ),
          person.id === me.id ? icon("check") : null,
        ),
        run: () => person.id !== me.id && this.onPerson(person.id),
      }));
    openMenu(this.person, [{ heading: "Who are you?" }, ...items], {
      label: "Who are you?",
      className: "people-menu",
    });
  }
}
