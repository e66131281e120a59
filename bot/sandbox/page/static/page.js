// What every part of the page shares: the documents, the connection, what is open, and who looks.

import { confirmDialog } from "./dialogs.js";
import { toast } from "./notices.js";

export class Page {
  #clockTaken = { now: Date.now(), rate: 1, at: performance.now() };
  #names = null;

  constructor(store, live, navigation) {
    this.store = store;
    this.live = live;
    this.navigation = navigation;
    store.on(["clock"], () => this.#takeClock());
    store.on(["people", "channel:"], () => {
      this.#names = null;
    });
  }

  get me() {
    return this.store.get("me") ?? { id: "", name: "", zone: "UTC", admin: false };
  }

  get app() {
    return this.store.get("app") ?? { name: "Loopmark", bot_user_id: "", commands: [], shortcuts: [] };
  }

  get people() {
    return this.store.get("people") ?? [];
  }

  get channels() {
    return this.store.entries("channel:").map(([, channel]) => channel);
  }

  channel(id) {
    return this.store.get(`channel:${id}`) ?? null;
  }

  /** Return the bot's time; without a clock document that is this computer's. */
  now() {
    const { now, rate, at } = this.#clockTaken;
    return new Date(now + (performance.now() - at) * rate);
  }

  name(id) {
    if (this.#names === null) {
      this.#names = new Map(this.people.map((person) => [person.id, person.name]));
      for (const channel of this.channels)
        this.#names.set(channel.id, channel.kind === "im" ? this.app.name : channel.name);
    }
    return this.#names.get(id) ?? id;
  }

  /** Ask the server to do something; a refusal is shown, and thrown on. */
  async act(what, payload = {}) {
    try {
      return await this.live.act(what, payload);
    } catch (error) {
      toast(error.message);
      throw error;
    }
  }

  /** The same for what nothing waits for. */
  start(what, payload = {}) {
    this.act(what, payload).catch(() => {});
  }

  /** Return what the renderer needs to draw in this place. */
  context(place, more = {}) {
    const context = {
      place,
      names: { user: (id) => this.name(id), channel: (id) => this.name(id) },
      people: () => this.people,
      channels: () => this.channels,
      now: () => this.now(),
      zone: this.me.zone,
      me: this.me.id,
      send: (what, payload) => this.act(what, payload),
      confirm: (object) => confirmDialog(object, context),
      ...more,
    };
    return context;
  }

  #takeClock() {
    const clock = this.store.get("clock");
    const now = clock ? Date.parse(clock.now) : Date.now();
    this.#clockTaken = { now, rate: clock?.rate ?? 1, at: performance.now() };
  }
}

/** Return a colour number 0–5 that is always the same for that id. */
export function hueOf(id) {
  return [...id].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 6;
}
