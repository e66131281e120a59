// What could be meant by what stands before the caret: a command, a word after it, a person, a channel.

import { zoneCity } from "./times.js";

const MOST = 8;

/**
 * Return {from, options, eager, heading} for the text before the caret, or null.
 * `eager`: the first option is chosen already, so that Enter takes it.
 * An option: {key, insert, token?, label, detail, exact}.
 */
export function complete(text, caret, page) {
  const before = text.slice(0, caret);
  return commands(before, page) ?? mentions(before, page) ?? words(before, page);
}

/** Return the hint's piece that the line has entered: "set NAME 412" for "/criteria set p95", else the whole hint. */
export function usageOf(line, page) {
  const [name, word] = line.split(/\s+/);
  const command = page.app.commands.find((one) => one.command === name);
  if (!command) return "";
  const piece = word && piecesOf(command).find((one) => firstWord(one) === word.toLowerCase());
  return `${name} ${piece || command.usage_hint || ""}`.trim();
}

function piecesOf(command) {
  return (command.usage_hint ?? "")
    .split(" | ")
    .map((piece) => piece.trim())
    .filter(Boolean);
}

function firstWord(piece) {
  return piece.split(/\s+/)[0].toLowerCase();
}

function commands(before, page) {
  if (!/^\/\S*$/.test(before)) return null;
  const typed = before.toLowerCase();
  const options = page.app.commands
    .filter((one) => one.command.startsWith(typed))
    .map((one) => ({
      key: one.command,
      insert: `${one.command} `,
      label: one.command,
      hint: one.usage_hint,
      detail: one.description,
      exact: one.command === typed,
    }));
  return options.length > 0
    ? { from: 0, options, eager: true, heading: `${page.app.name}'s commands` }
    : null;
}

function words(before, page) {
  const match = /^(\/\S+)\s+(\S*)$/.exec(before);
  const command = match && page.app.commands.find((one) => one.command === match[1]);
  if (!command) return null;
  const typed = match[2].toLowerCase();
  const options = piecesOf(command)
    .filter((piece) => firstWord(piece).startsWith(typed) && firstWord(piece) !== typed)
    .map((piece) => {
      // A piece of several plain words is an example sentence and goes in as it is.
      const example = /^[a-z]+(?: [a-z]+){2,}$/.test(piece);
      const word = piece.split(/\s+/)[0];
      return {
        key: piece,
        insert: example ? piece : `${word} `,
        label: example ? piece : word,
        hint: example ? "" : piece.slice(word.length),
        detail: "",
      };
    });
  return options.length > 0
    ? {
        from: before.length - match[2].length,
        options,
        eager: false,
        heading: `What can follow ${command.command}`,
      }
    : null;
}

function mentions(before, page) {
  const match = /(?:^|[\s(])([@#])([^\s@#]*)$/.exec(before);
  if (!match) return null;
  const typed = match[2].toLowerCase();
  const options = (match[1] === "@" ? peopleFor(typed, page) : channelsFor(typed, page)).slice(0, MOST);
  const heading = match[1] === "@" ? "People" : "Channels";
  return options.length > 0
    ? { from: before.length - match[2].length - 1, options, eager: true, heading }
    : null;
}

function peopleFor(typed, page) {
  return page.people
    .filter((person) => person.name.toLowerCase().startsWith(typed))
    .map((person) => ({
      key: person.id,
      insert: `@${person.name}`,
      token: `<@${person.id}>`,
      label: `@${person.name}`,
      detail: person.bot ? "App" : zoneCity(person.zone),
    }));
}

function channelsFor(typed, page) {
  return page.channels
    .filter((channel) => channel.kind !== "im" && !channel.archived && channel.name.includes(typed))
    .map((channel) => ({
      key: channel.id,
      insert: `#${channel.name}`,
      token: `<#${channel.id}>`,
      label: `#${channel.name}`,
      detail: channel.topic ?? "",
    }));
}
