// Elements: what stands in actions, beside sections and in inputs, by type.

import { button, feedbackButtons, iconButton, overflow } from "./buttons.js";
import { dateTimePicker, datePicker, fileInput, richTextInput, textInput, timePicker } from "./inputs.js";
import { picture } from "./pictures.js";
import { checkboxes, externalSelect, idSelect, multiIdSelect, multiStaticSelect, radioButtons, staticSelect } from "./selects.js";
import { unknown } from "./unknown.js";

const KINDS = {
  button,
  workflow_button: button,
  feedback_buttons: feedbackButtons,
  icon_button: iconButton,
  overflow,
  image: ({ element, ctx }) => picture(element, ctx),
  plain_text_input: textInput,
  number_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  rich_text_input: richTextInput,
  file_input: fileInput,
  datepicker: datePicker,
  timepicker: timePicker,
  datetimepicker: dateTimePicker,
  static_select: staticSelect,
  external_select: externalSelect({ many: false }),
  users_select: idSelect("user"),
  channels_select: idSelect("channel"),
  conversations_select: idSelect("conversation"),
  multi_static_select: multiStaticSelect,
  multi_external_select: externalSelect({ many: true }),
  multi_users_select: multiIdSelect("user"),
  multi_channels_select: multiIdSelect("channel"),
  multi_conversations_select: multiIdSelect("conversation"),
  radio_buttons: radioButtons,
  checkboxes,
};

/** Elements that are several controls, so that a group is labelled instead of one of them. */
export const GROUPS = new Set(["radio_buttons", "checkboxes", "file_input"]);

/**
 * Return the control for an element. `labels`: attributes that name and describe it.
 *
 * A choice is sent when it is made. In an input block that only keeps what was typed; in other blocks, and with
 * dispatch_action, it is an action: what its confirm dialog declines is taken back.
 */
export function control(element, block, ctx, labels = {}) {
  if (!Object.hasOwn(KINDS, element.type ?? "")) return unknown(element.type, element);
  const acts = block.type !== "input" || Boolean(block.dispatch_action);
  const where = { place: ctx.place, block_id: block.block_id, action_id: element.action_id };
  const commit = async (input, takeBack) => {
    if (acts && element.confirm && !(await ctx.confirm(element.confirm))) takeBack();
    else await ctx.send("choose", { ...where, input }).catch(() => {}); // the shell has said why
  };
  const state = ctx.values?.[block.block_id]?.[element.action_id];
  const root = KINDS[element.type]({ element, block, ctx, labels, state, acts, commit });
  if (element.action_id) root.dataset.actionId = element.action_id;
  if (element.focus_on_load) root.dataset.focusOnLoad = "";
  return root;
}
