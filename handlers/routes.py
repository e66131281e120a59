"""The whole table of what can come in from Slack, and the listener for each: fast or slow.

*Fast* listeners do database work only and answer in the acknowledgement; *slow* ones call Slack or HTTP,
are acknowledged at once and answer later (docs/decisions/0006). handlers/dispatch.py reads the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from bot.blocks.adding import TITLE as ADD_TITLE
from bot.blocks.answering import ANSWER_FORM
from bot.blocks.asking import ASK_FORM
from bot.blocks.asking import TITLE as ASK_TITLE
from bot.blocks.checkins import FORM as CHECK_IN_FORM
from bot.blocks.decisions import FORM as DECIDE_FORM
from bot.blocks.decisions import LINE_FORM
from bot.blocks.follow_ups import FORM as FOLLOW_UP_FORM
from bot.blocks.follow_ups import REASON_FORM as FOLLOW_UP_REASON_FORM
from bot.blocks.follow_ups import TITLE as FOLLOW_UP_TITLE
from bot.blocks.inboxes import INBOX_FORM, REPLY_FORM
from bot.blocks.initiatives import TITLE as NEW_TITLE
from bot.blocks.note_states import REASON_FORM
from bot.blocks.notes import FORM as NOTE_FORM
from bot.blocks.open_options import OPTION_FORM
from bot.blocks.prompt_editing import FORM as EDIT_PROMPT_FORM
from bot.blocks.question_editing import FORM as EDIT_QUESTION_FORM
from bot.blocks.refused import FORM as MOVE_FORM
from bot.blocks.schedules import FORM as SCHEDULE_FORM
from bot.blocks.schedules import TITLE as SCHEDULE_TITLE
from bot.blocks.ships import FORM as SHIP_FORM
from bot.domain import requests
from handlers import (
    adding,
    asking,
    away,
    checkin_reminders,
    checkins,
    criteria,
    days_off,
    editing,
    events,
    exporting,
    feedback,
    follow_ups,
    helping,
    history,
    home,
    initiatives,
    inviting,
    keeping,
    leaving,
    loop,
    maintenance,
    noting,
    nudging,
    open_options,
    progress,
    prompt_editing,
    question_editing,
    quiet,
    reacting,
    recipes,
    refused,
    replying,
    scheduling,
    secrets,
    sharing,
    ships,
    snoozing,
    striking,
    tokens,
    typed,
    waves,
)
from handlers.context import (
    ClickRoute,
    CommandRoute,
    EventListener,
    FormListener,
    Pace,
    ShortcutListener,
)
from handlers.typed import TypedForm

SLOW = Pace.SLOW
PREPARING = "Preparing the files …"


COMMANDS: Mapping[type[Any], CommandRoute] = {
    requests.Help: CommandRoute(helping.show_help),
    # --- criteria and initiatives
    requests.OpenCriteria: CommandRoute(criteria.show_list),
    requests.ListCriteria: CommandRoute(criteria.show_list),
    requests.ShowCriterion: CommandRoute(criteria.show),
    # Slow although it only reads, as are its buttons: see PreviewProgress below.
    requests.ShowHistory: CommandRoute(history.show, SLOW),
    requests.SetReading: CommandRoute(criteria.set_value),
    requests.ChangeCriterionState: CommandRoute(criteria.change),
    requests.MakeToken: CommandRoute(tokens.make),
    requests.RevokeTokens: CommandRoute(tokens.revoke_all),
    requests.ListSecrets: CommandRoute(secrets.show),
    requests.ListRecipes: CommandRoute(recipes.show),
    requests.CheckCriterion: CommandRoute(criteria.check, SLOW, at_once="Reading it now …"),
    requests.ExportCriteria: CommandRoute(exporting.export_criteria, SLOW, at_once=PREPARING),
    requests.ExportProgress: CommandRoute(exporting.export_progress, SLOW, at_once=PREPARING),
    requests.CheckInCriterion: CommandRoute(checkins.open_check_in, SLOW),
    requests.StrikeReading: CommandRoute(striking.strike),
    requests.EditCriterion: CommandRoute(editing.open_edit, SLOW),
    requests.AddCriterion: CommandRoute(adding.add_criterion),
    requests.OpenAddForm: CommandRoute(adding.open_add_form, SLOW),
    requests.TrySource: CommandRoute(adding.try_url, SLOW, at_once="Fetching it now …"),
    requests.NewInitiative: CommandRoute(initiatives.start, SLOW),
    requests.OpenInitiativeForm: CommandRoute(initiatives.open_new_form, SLOW),
    requests.ListInitiatives: CommandRoute(initiatives.show_all),
    requests.ShowInitiative: CommandRoute(initiatives.show),
    requests.Broadcast: CommandRoute(initiatives.broadcast),
    requests.SetCheckIns: CommandRoute(checkin_reminders.set_rhythm),
    requests.CloseInitiative: CommandRoute(initiatives.close),
    requests.ShareInitiative: CommandRoute(sharing.share),
    requests.UnshareInitiative: CommandRoute(sharing.unshare_all),
    # --- progress
    # Slow although it only reads: only what goes to the response_url can fall back when a chart is refused.
    requests.PreviewProgress: CommandRoute(progress.show_preview, SLOW),
    requests.OpenScheduleForm: CommandRoute(scheduling.open_schedule_form, SLOW),
    requests.ScheduleProgress: CommandRoute(scheduling.schedule, SLOW),
    requests.ListSchedules: CommandRoute(scheduling.show_list),
    requests.ChangeSchedule: CommandRoute(scheduling.change, SLOW),
    requests.TestSchedule: CommandRoute(scheduling.try_out, SLOW),
    # --- people
    requests.ShowAway: CommandRoute(away.show),
    requests.StayAway: CommandRoute(away.stay),
    requests.ShowQuiet: CommandRoute(quiet.show),
    requests.KeepQuiet: CommandRoute(quiet.keep),
    requests.ShowMaintenance: CommandRoute(maintenance.show),
    requests.KeepMaintenance: CommandRoute(maintenance.keep),
    # --- the loop
    requests.ShipChange: CommandRoute(ships.ship),
    requests.OpenShipForm: CommandRoute(ships.open_ship_form, SLOW),
    # Slow although it only reads: see PreviewProgress above.
    requests.ShowLoopTime: CommandRoute(loop.show_time, SLOW),
    requests.OpenDecideForm: CommandRoute(loop.open_decide_form, SLOW),
    # Slow, since a choice against the decision line opens a form.
    requests.Decide: CommandRoute(loop.decide_now, SLOW),
    requests.OpenLineForm: CommandRoute(loop.open_line_form, SLOW),
    requests.WriteLine: CommandRoute(loop.write_decision_line),
    requests.StartIteration: CommandRoute(loop.iterate),
    requests.AddFollowUp: CommandRoute(follow_ups.add),
    requests.OpenFollowUpForm: CommandRoute(follow_ups.open_follow_up_form, SLOW),
    requests.ListFollowUps: CommandRoute(follow_ups.show_list),
    requests.MakeShipToken: CommandRoute(tokens.make_for_ships),
    requests.RevokeShipTokens: CommandRoute(tokens.revoke_all_for_ships),
    requests.NudgeOwner: CommandRoute(nudging.nudge),
    requests.ShowDaysOff: CommandRoute(days_off.show),
    requests.TakeDaysOff: CommandRoute(days_off.take),
    requests.GiveUpDaysOff: CommandRoute(days_off.give_up),
    requests.TakeCalendar: CommandRoute(days_off.take_from, SLOW, at_once="Reading the calendar …"),
    requests.GiveUpCalendar: CommandRoute(days_off.give_up_from),
    # --- feedback
    requests.AddNote: CommandRoute(feedback.save_note),
    requests.AskPrompt: CommandRoute(asking.ask, SLOW),
    requests.OpenAskForm: CommandRoute(asking.open_ask_form, SLOW),
    requests.ListPrompts: CommandRoute(feedback.show_list),
    # Slow although it only reads, as are its buttons: see PreviewProgress above.
    requests.PromptResults: CommandRoute(feedback.show_results, SLOW),
    requests.EditPrompt: CommandRoute(prompt_editing.open_edit, SLOW),
    requests.ExportResponses: CommandRoute(exporting.export_responses, SLOW, at_once=PREPARING),
    requests.ClosePrompt: CommandRoute(feedback.ask_to_close),
    requests.ListNotes: CommandRoute(noting.show_notes),
    requests.OpenInboxForm: CommandRoute(replying.open_inbox_form, SLOW),
    requests.OpenInbox: CommandRoute(replying.show_inbox, SLOW),
    requests.FeedbackPrivacy: CommandRoute(feedback.show_privacy),
}

TYPED_FORMS: Mapping[str, TypedForm] = {
    # --- criteria and initiatives
    "criteria": TypedForm(ADD_TITLE, adding.typed_form),
    "initiative": TypedForm(NEW_TITLE, initiatives.typed_form),
    # --- progress
    "progress": TypedForm(SCHEDULE_TITLE, scheduling.typed_form),
    # --- the loop
    "loop": TypedForm(FOLLOW_UP_TITLE, follow_ups.typed_form),
    # --- feedback
    "feedback": TypedForm(ASK_TITLE, asking.ask_form),
}

CLICKS: Mapping[str, ClickRoute] = {
    "choose": ClickRoute(partial(typed.choose, COMMANDS), SLOW),
    "open_as_form": ClickRoute(partial(typed.open_as_form, TYPED_FORMS), SLOW),
    "ask_owner": ClickRoute(typed.ask_owner, SLOW),
    # --- criteria and initiatives
    "list_more": ClickRoute(criteria.press_more),
    "show_criterion": ClickRoute(criteria.press_show),
    "show_history": ClickRoute(history.press_show, SLOW),
    "older_readings": ClickRoute(history.press_older, SLOW),
    "check_criterion": ClickRoute(criteria.press_check, SLOW),
    "set_value": ClickRoute(criteria.press_set, SLOW),
    "change_criterion": ClickRoute(criteria.press_change_state),
    "revoke_token": ClickRoute(tokens.press_revoke),
    "set_secret": ClickRoute(secrets.press_set, SLOW),
    "remove_secret": ClickRoute(secrets.press_remove),
    "add_criterion": ClickRoute(adding.press_add, SLOW),
    "check_in": ClickRoute(checkins.press_check_in, SLOW),
    "check_in_menu": ClickRoute(checkin_reminders.press_menu),
    "remind_again": ClickRoute(checkin_reminders.press_again),
    "choose_reading": ClickRoute(striking.press_choose),
    "strike_reading": ClickRoute(striking.press_strike, SLOW),
    "restore_reading": ClickRoute(striking.press_restore),
    "edit_criterion": ClickRoute(editing.press_edit, SLOW),
    "save_draft": ClickRoute(adding.press_save),
    "change_draft": ClickRoute(adding.press_change, SLOW),
    "use_number": ClickRoute(adding.press_use, SLOW),
    "take_over": ClickRoute(leaving.press_take_over, SLOW),
    "new_initiative": ClickRoute(initiatives.press_new, SLOW),
    "close_initiative": ClickRoute(initiatives.press_close),
    "share_initiative": ClickRoute(sharing.press_share),
    "revoke_page_link": ClickRoute(sharing.press_revoke),
    # --- progress
    "post_here": ClickRoute(progress.press_post_here, SLOW),
    "look_at": ClickRoute(progress.press_look, SLOW),
    "post_menu": ClickRoute(progress.press_menu, SLOW),
    "wake_posts": ClickRoute(snoozing.press_wake),
    "why": ClickRoute(progress.press_why),
    "more_progress": ClickRoute(progress.press_more),
    "more_previews": ClickRoute(scheduling.press_more_previews, SLOW),
    "held_post": ClickRoute(progress.press_held),
    "schedule_progress": ClickRoute(scheduling.press_schedule, SLOW),
    "confirm_schedule": ClickRoute(scheduling.press_confirm, SLOW),
    "more_schedules": ClickRoute(scheduling.press_more_schedules),
    "change_schedule": ClickRoute(scheduling.press_change, SLOW),
    "try_run_again": ClickRoute(refused.press_try_again, SLOW),
    "move_schedule": ClickRoute(refused.press_move, SLOW),
    "test_schedule": ClickRoute(scheduling.press_test, SLOW),
    # --- people
    "nudge": ClickRoute(nudging.press_nudge),
    "come_back": ClickRoute(away.press_back),
    "quiet_hours": ClickRoute(quiet.press),
    "end_maintenance": ClickRoute(maintenance.press_end),
    # --- the loop
    "take_back_ship": ClickRoute(ships.press_take_back),
    "ship_vote": ClickRoute(ships.press_vote),
    "withdraw_ship_vote": ClickRoute(ships.press_withdraw),
    "decide": ClickRoute(loop.press_decide, SLOW),
    "open_decide": ClickRoute(loop.press_open_decide, SLOW),
    "add_follow_up": ClickRoute(follow_ups.press_add, SLOW),
    "more_follow_ups": ClickRoute(follow_ups.press_more),
    # Slow, since [Not doing] opens a form and an answer on Home is updated in its modal.
    "follow_up": ClickRoute(follow_ups.press_move, SLOW),
    "undo_follow_up": ClickRoute(follow_ups.press_undo),
    "ask_follow_up": ClickRoute(follow_ups.press_ask),
    "revoke_ship_token": ClickRoute(tokens.press_revoke_for_ships),
    "say_more": ClickRoute(ships.press_say_more, SLOW),
    "remove_days_off": ClickRoute(days_off.press_remove),
    "remove_calendar": ClickRoute(days_off.press_remove_calendar),
    # --- feedback
    "vote": ClickRoute(feedback.vote),
    "ask_mode": ClickRoute(asking.press_mode, SLOW),
    "ask_more": ClickRoute(asking.press_add_question, SLOW),
    "question_menu": ClickRoute(asking.press_question_menu, SLOW),
    "answer_prompt": ClickRoute(inviting.press_answer, SLOW),
    "add_option": ClickRoute(open_options.press_add, SLOW),
    "edit_question": ClickRoute(question_editing.press_edit, SLOW),
    "add_question": ClickRoute(question_editing.press_add, SLOW),
    "remove_question": ClickRoute(question_editing.press_remove, SLOW),
    "answer_text": ClickRoute(feedback.open_answer, SLOW),
    "change": ClickRoute(feedback.change),
    "withdraw": ClickRoute(feedback.withdraw),
    "give_feedback": ClickRoute(feedback.press_give, SLOW),
    "undo_note": ClickRoute(feedback.undo),
    "move_note": ClickRoute(feedback.move),
    "more_notes": ClickRoute(noting.more_notes),
    "new_notes": ClickRoute(noting.press_new),
    "note_state": ClickRoute(noting.press_state, SLOW),
    "results": ClickRoute(feedback.results_of, SLOW),
    "more_answers": ClickRoute(feedback.results_of),
    "reply": ClickRoute(replying.press_reply, SLOW),
    "more_prompts": ClickRoute(feedback.more_prompts),
    "close_prompt": ClickRoute(feedback.close, SLOW),
    "change_series": ClickRoute(waves.press_change, SLOW),
    "ask_series_owner": ClickRoute(waves.ask_owner, SLOW),
    "more_series": ClickRoute(waves.more_series),
}

FORMS: Mapping[str, FormListener] = {
    # --- criteria and initiatives
    "add_criterion": adding.submit_add,
    "save_criterion": adding.save_draft_form,
    "edit_criterion": editing.submit_edit,
    "strike_reading": striking.submit_strike,
    "set_secret": secrets.submit,
    "set_value": criteria.submit_set,
    CHECK_IN_FORM: checkins.submit_check_in,
    "new_initiative": initiatives.submit_new,
    # --- progress
    SCHEDULE_FORM: scheduling.submit_form,
    # --- the loop
    SHIP_FORM: ships.submit_ship,
    DECIDE_FORM: loop.submit_decision,
    LINE_FORM: loop.submit_line,
    FOLLOW_UP_FORM: follow_ups.submit_follow_up,
    FOLLOW_UP_REASON_FORM: follow_ups.submit_reason,
    MOVE_FORM: refused.submit_move,
    # --- feedback
    ASK_FORM: asking.submit_ask,
    NOTE_FORM: feedback.submit_note,
    REASON_FORM: noting.submit_reason,
    ANSWER_FORM: feedback.submit_answer,
    REPLY_FORM: replying.submit_reply,
    INBOX_FORM: replying.submit_code,
    EDIT_PROMPT_FORM: prompt_editing.submit_edit,
    EDIT_QUESTION_FORM: question_editing.submit_question,
    OPTION_FORM: open_options.submit_option,
}

SHORTCUTS: Mapping[str, ShortcutListener] = {
    "mark_as_shipped": ships.mark_as_shipped,
    "keep_as_feedback": keeping.keep_as_feedback,
}

EVENTS: Mapping[str, EventListener] = {
    "app_home_opened": home.opened,
    "user_change": events.person_changed,
    "channel_rename": events.channel_changed,
    "channel_archive": events.channel_changed,
    "channel_unarchive": events.channel_changed,
    "channel_left": events.channel_changed,
    "group_rename": events.channel_changed,
    "group_archive": events.channel_changed,
    "group_unarchive": events.channel_changed,
    "group_left": events.channel_changed,
    "member_joined_channel": events.bot_joined,
    "app_mention": keeping.mentioned,
    "reaction_added": reacting.reacted,
    "reaction_removed": reacting.reacted,
}
