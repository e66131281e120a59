"""Block elements: what each may carry, where it may stand, and on which surface."""

from __future__ import annotations

from bot.sandbox.rules.agreement import (
    DECIMAL,
    calendar,
    initial_is_an_option,
    lengths_agree,
    numbers_agree,
    response_url_enabled,
    zone,
)
from bot.sandbox.rules.compositions import (
    any_text,
    check_action_id,
    check_focus,
    confirmation,
    conversation_filter,
    dispatch_action_config,
    list_option,
    menu_option,
    option_group,
    overflow_option,
    plain_text,
    slack_file,
    slack_id,
    style,
    workflow,
)
from bot.sandbox.rules.richtext import rich_text
from bot.sandbox.rules.shapes import (
    LINK,
    Check,
    Rule,
    array,
    boolean,
    choice,
    integer,
    kinds,
    one_of_both,
    only_on,
    shape,
    string,
    url,
)

Fields = dict[str, Check]

_ID: Fields = {"action_id": check_action_id}
_FORM: Fields = {**_ID, "confirm": confirmation, "focus_on_load": check_focus}
_MENU: Fields = {**_FORM, "placeholder": plain_text(150)}
_TYPED: Fields = {
    **_ID,
    "focus_on_load": check_focus,
    "placeholder": plain_text(150),
    "dispatch_action_config": dispatch_action_config,
}
_SEVERAL: Fields = {**_MENU, "max_selected_items": integer(1)}
_OPTIONS: Fields = {"options": array(menu_option, 1, 100), "option_groups": array(option_group, 1, 100)}
_ONE_KIND = one_of_both("options", "option_groups")
_SOME_IDS = array(slack_id, 1)
_INITIAL_OPTIONS = array(menu_option, 1, 100)
_NUMBER = string(3000, pattern=DECIMAL.pattern)


def _element(name: str, required: Fields, optional: Fields, *rules: Rule) -> Fields:
    return {name: shape(required, optional, *rules, type_name=name)}


_image = _element(
    "image",
    {"alt_text": string(2000)},
    {"image_url": url(image=True), "slack_file": slack_file},
    one_of_both("image_url", "slack_file"),
)
_button = _element(
    "button",
    {"text": plain_text(75)},
    {
        **_ID,
        "url": url(LINK),
        "value": string(2000),
        "style": style,
        "confirm": confirmation,
        "accessibility_label": string(75),
        "agent_prompt": string(4000),
        "agent_prompt_display": string(4000),
        "visible_to_user_ids": _SOME_IDS,
    },
)
_menus: Fields = {
    **_element(
        "static_select",
        {},
        {**_MENU, **_OPTIONS, "initial_option": menu_option},
        _ONE_KIND,
        initial_is_an_option,
    ),
    **_element(
        "external_select", {}, {**_MENU, "min_query_length": integer(0), "initial_option": menu_option}
    ),
    **_element("users_select", {}, {**_MENU, "initial_user": slack_id}),
    **_element(
        "channels_select",
        {},
        {**_MENU, "initial_channel": slack_id, "response_url_enabled": response_url_enabled},
    ),
    **_element(
        "conversations_select",
        {},
        {
            **_MENU,
            "initial_conversation": slack_id,
            "default_to_current_conversation": boolean,
            "response_url_enabled": response_url_enabled,
            "filter": conversation_filter,
        },
    ),
    **_element(
        "multi_static_select",
        {},
        {**_SEVERAL, **_OPTIONS, "initial_options": _INITIAL_OPTIONS},
        _ONE_KIND,
        initial_is_an_option,
    ),
    **_element(
        "multi_external_select",
        {},
        {**_SEVERAL, "min_query_length": integer(0), "initial_options": _INITIAL_OPTIONS},
    ),
    **_element("multi_users_select", {}, {**_SEVERAL, "initial_users": _SOME_IDS}),
    **_element("multi_channels_select", {}, {**_SEVERAL, "initial_channels": _SOME_IDS}),
    **_element(
        "multi_conversations_select",
        {},
        {
            **_SEVERAL,
            "initial_conversations": _SOME_IDS,
            "default_to_current_conversation": boolean,
            "filter": conversation_filter,
        },
    ),
}
_pickers: Fields = {
    **_menus,
    **_element(
        "checkboxes",
        {"options": array(list_option, 1, 10)},
        {**_FORM, "initial_options": array(list_option, 1, 10)},
        initial_is_an_option,
    ),
    **_element(
        "radio_buttons",
        {"options": array(list_option, 1, 10)},
        {**_FORM, "initial_option": list_option},
        initial_is_an_option,
    ),
    **_element(
        "datepicker", {}, {**_MENU, "initial_date": calendar("%Y-%m-%d", "[0-9]{4}-[0-9]{2}-[0-9]{2}")}
    ),
    **_element(
        "timepicker", {}, {**_MENU, "initial_time": calendar("%H:%M", "[0-9]{2}:[0-9]{2}"), "timezone": zone}
    ),
}
_clicked: Fields = {
    **_button,
    # Older pages say two options at least, the newer one and the SDK one: the stricter reading is kept.
    **_element("overflow", {"options": array(overflow_option, 2, 5)}, {**_ID, "confirm": confirmation}),
    **only_on(
        ("message",),
        _element(
            "workflow_button",
            {"text": plain_text(75), "workflow": workflow},
            {**_ID, "style": style, "accessibility_label": string(75)},
        ),
    ),
    **_pickers,
}
_datetimepicker = only_on(
    ("message", "modal"),
    _element("datetimepicker", {}, {**_FORM, "initial_date_time": integer(1_000_000_000, 9_999_999_999)}),
)
_rich_text_input = only_on(
    ("modal", "home"),
    _element(
        "rich_text_input",
        {},
        {**_TYPED, "initial_value": rich_text, "min_lines": integer(1), "max_lines": integer(1)},
    ),
)
# The input block's page allows these on every surface, their own pages in modals only: the stricter holds.
_modal_inputs = only_on(
    ("modal",),
    {
        **_element("email_text_input", {}, {**_TYPED, "initial_value": string(3000)}),
        **_element("url_text_input", {}, {**_TYPED, "initial_value": string(3000)}),
        **_element(
            "number_input",
            {"is_decimal_allowed": boolean},
            {**_TYPED, "min_value": _NUMBER, "max_value": _NUMBER, "initial_value": _NUMBER},
            numbers_agree,
        ),
        **_element("file_input", {}, {**_ID, "filetypes": array(slack_id, 1), "max_files": integer(1, 10)}),
    },
)
_inputs: Fields = {
    **_element(
        "plain_text_input",
        {},
        {
            **_TYPED,
            "initial_value": string(3000),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
        lengths_agree,
    ),
    **_modal_inputs,
    **_datetimepicker,
    **_rich_text_input,
    **_pickers,
}
_feedback_button = shape({"text": plain_text(75), "value": string(2000)}, {"accessibility_label": string(75)})
_below_messages: Fields = {
    **_element(
        "feedback_buttons", {"positive_button": _feedback_button, "negative_button": _feedback_button}, _ID
    ),
    **_element(
        "icon_button",
        {"icon": choice("trash"), "text": plain_text(75)},
        {
            **_ID,
            "value": string(2000),
            "confirm": confirmation,
            "accessibility_label": string(75),
            "visible_to_user_ids": array(slack_id, 1, 10),
        },
    ),
}
_text: Fields = {"plain_text": any_text(3000), "mrkdwn": any_text(3000)}
_known = frozenset({*_clicked, *_inputs, *_below_messages, *_image, *_text})

section_accessory = kinds({**_clicked, **_image}, _known)
actions_element = kinds({**_clicked, **_datetimepicker, **_rich_text_input}, _known)
input_element = kinds(_inputs, _known)
context_element = kinds({**_image, **_text}, _known)
context_actions_element = kinds(_below_messages, _known)
card_button = kinds(_button, _known)
image_element = kinds(_image, _known)
