// Emoji by name: the ones the bot writes and people use most, by Slack's names for them.

const TABLE = `
smile 😄|smiley 😃|grinning 😀|grin 😁|laughing=satisfied 😆|joy 😂|rolling_on_the_floor_laughing=rofl 🤣
sweat_smile 😅|slightly_smiling_face 🙂|upside_down_face 🙃|wink 😉|blush 😊|innocent 😇
smiling_face_with_three_hearts 🥰|heart_eyes 😍|star-struck 🤩|kissing_heart 😘|yum 😋|stuck_out_tongue 😛
stuck_out_tongue_winking_eye 😜|zany_face 🤪|hugging_face 🤗|face_with_hand_over_mouth 🤭|shushing_face 🤫
thinking_face 🤔|zipper_mouth_face 🤐|face_with_raised_eyebrow 🤨|neutral_face 😐|expressionless 😑|no_mouth 😶
smirk 😏|unamused 😒|face_with_rolling_eyes 🙄|grimacing 😬|relieved 😌|pensive 😔|sleepy 😪|sleeping 😴|mask 😷
face_with_thermometer 🤒|nauseated_face 🤢|exploding_head 🤯|face_with_cowboy_hat 🤠|partying_face 🥳
sunglasses 😎|nerd_face 🤓|face_with_monocle 🧐|confused 😕|worried 😟|slightly_frowning_face 🙁|open_mouth 😮
hushed 😯|astonished 😲|flushed 😳|pleading_face 🥺|frowning 😦|anguished 😧|fearful 😨|cold_sweat 😰
disappointed_relieved 😥|cry 😢|sob 😭|scream 😱|confounded 😖|persevere 😣|disappointed 😞|sweat 😓|weary 😩
tired_face 😫|yawning_face 🥱|triumph 😤|rage 😡|angry 😠|skull 💀|hankey=poop 💩|clown_face 🤡|ghost 👻|alien 👽
robot_face 🤖|see_no_evil 🙈|hear_no_evil 🙉|speak_no_evil 🙊|smiley_cat 😺
+1=thumbsup 👍|-1=thumbsdown 👎|wave 👋|raised_hand ✋|ok_hand 👌|v ✌️|crossed_fingers 🤞|point_left 👈
point_right 👉|point_up ☝️|point_up_2 👆|point_down 👇|fist ✊|facepunch=punch 👊|clap 👏|raised_hands 🙌
open_hands 👐|handshake 🤝|pray 🙏|writing_hand ✍️|muscle 💪|eyes 👀|brain 🧠|bust_in_silhouette 👤
busts_in_silhouette 👥|speaking_head_in_silhouette 🗣️
heart ❤️|orange_heart 🧡|yellow_heart 💛|green_heart 💚|blue_heart 💙|purple_heart 💜|black_heart 🖤|white_heart 🤍
broken_heart 💔|sparkling_heart 💖|two_hearts 💕|100 💯|boom=collision 💥|dizzy 💫|sweat_drops 💦|dash 💨|zzz 💤
speech_balloon 💬|thought_balloon 💭
dog 🐶|cat 🐱|mouse 🐭|fox_face 🦊|bear 🐻|panda_face 🐼|koala 🐨|lion_face 🦁|cow 🐮|pig 🐷|frog 🐸|monkey 🐒|chicken 🐔
penguin 🐧|bird 🐦|owl 🦉|unicorn_face 🦄|bee 🐝|bug 🐛|butterfly 🦋|snail 🐌|turtle 🐢|snake 🐍|octopus 🐙|crab 🦀
tropical_fish 🐠|whale 🐳|dolphin 🐬|elephant 🐘|sheep 🐑|racehorse 🐎|rabbit2 🐇|seedling 🌱|evergreen_tree 🌲
deciduous_tree 🌳|palm_tree 🌴|cactus 🌵|herb 🌿|four_leaf_clover 🍀|maple_leaf 🍁|fallen_leaf 🍂|bouquet 💐|tulip 🌷
rose 🌹|sunflower 🌻|cherry_blossom 🌸|sunny ☀️|sun_with_face 🌞|full_moon 🌕|crescent_moon 🌙|star ⭐|star2 🌟
sparkles ✨|zap ⚡|fire 🔥|rainbow 🌈|cloud ☁️|partly_sunny ⛅|rain_cloud 🌧️|snow_cloud 🌨️|lightning 🌩️
tornado 🌪️|snowflake ❄️|snowman ☃️|umbrella ☂️|droplet 💧|ocean 🌊|earth_africa 🌍|earth_americas 🌎
earth_asia 🌏|globe_with_meridians 🌐
apple 🍎|green_apple 🍏|banana 🍌|lemon 🍋|watermelon 🍉|grapes 🍇|strawberry 🍓|cherries 🍒|peach 🍑|pineapple 🍍
tomato 🍅|avocado 🥑|carrot 🥕|corn 🌽|bread 🍞|cheese_wedge 🧀|egg 🍳|hamburger 🍔|pizza 🍕|hotdog 🌭|taco 🌮|fries 🍟
popcorn 🍿|sushi 🍣|ramen 🍜|cake 🍰|birthday 🎂|cookie 🍪|chocolate_bar 🍫|candy 🍬|doughnut 🍩|icecream 🍦|coffee ☕
tea 🍵|beer 🍺|beers 🍻|wine_glass 🍷|champagne 🍾|cocktail 🍸
soccer ⚽|basketball 🏀|football 🏈|baseball ⚾|tennis 🎾|dart 🎯|bowling 🎳|video_game 🎮|game_die 🎲|jigsaw 🧩
chess_pawn ♟️|art 🎨|musical_note 🎵|headphones 🎧|microphone 🎤|guitar 🎸|trophy 🏆|medal 🎖️|first_place_medal 🥇
second_place_medal 🥈|third_place_medal 🥉|ticket 🎫|tada 🎉|confetti_ball 🎊|balloon 🎈|gift 🎁|ribbon 🎀|crown 👑
car 🚗|taxi 🚕|bus 🚌|train2 🚆|bullettrain_side 🚄|bike 🚲|ship 🚢|sailboat ⛵|anchor ⚓|airplane ✈️|rocket 🚀
helicopter 🚁|flying_saucer 🛸|construction 🚧|rotating_light 🚨|vertical_traffic_light 🚦|house 🏠|office 🏢
factory 🏭|school 🏫|hospital 🏥|bank 🏦|mountain ⛰️|camping 🏕️|beach_with_umbrella 🏖️|statue_of_liberty 🗽
sunrise 🌅|city_sunset 🌆|bridge_at_night 🌉|world_map 🗺️|compass 🧭
watch ⌚|iphone 📱|computer 💻|keyboard ⌨️|desktop_computer 🖥️|printer 🖨️|floppy_disk 💾|cd 💿|camera 📷
movie_camera 🎥|tv 📺|radio 📻|battery 🔋|electric_plug 🔌|bulb 💡|flashlight 🔦|candle 🕯️|fire_extinguisher 🧯
moneybag 💰|dollar 💵|credit_card 💳|gem 💎|scales ⚖️|wrench 🔧|hammer 🔨|nut_and_bolt 🔩|gear ⚙️|chains ⛓️
magnet 🧲|microscope 🔬|telescope 🔭|satellite_antenna 📡|syringe 💉|pill 💊|door 🚪|broom 🧹|key 🔑|lock 🔒|unlock 🔓
closed_lock_with_key 🔐|lock_with_ink_pen 🔏|shield 🛡️|mag 🔍|mag_right 🔎|email=envelope ✉️|incoming_envelope 📨
inbox_tray 📥|outbox_tray 📤|package 📦|mailbox 📫|postbox 📮|pencil2 ✏️|memo=pencil 📝|briefcase 💼|file_folder 📁
open_file_folder 📂|card_index_dividers 🗂️|date 📅|calendar 📆|spiral_calendar_pad 🗓️|card_index 📇
chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|clipboard 📋|pushpin 📌|round_pushpin 📍
paperclip 📎|straight_ruler 📏|scissors ✂️|wastebasket 🗑️|newspaper 📰|bookmark 🔖|book 📖|books 📚|notebook 📓
link 🔗|label 🏷️|ledger 📒|scroll 📜|page_facing_up 📄|receipt 🧾|abacus 🧮|hourglass ⌛|hourglass_flowing_sand ⏳
stopwatch ⏱️|alarm_clock ⏰|timer_clock ⏲️|bell 🔔|no_bell 🔕|mega 📣|loudspeaker 📢|speaker 🔈|mute 🔇|test_tube 🧪
dna 🧬|petri_dish 🧫|ladder 🪜|mirror 🪞|shopping_trolley 🛒|shopping_bags 🛍️
warning ⚠️|no_entry ⛔|no_entry_sign 🚫|octagonal_sign 🛑|x ❌|o ⭕|heavy_check_mark ✔️|white_check_mark ✅
ballot_box_with_check ☑️|question ❓|grey_question ❔|exclamation=heavy_exclamation_mark ❗|grey_exclamation ❕
bangbang ‼️|interrobang ⁉️|information_source ℹ️|recycle ♻️|heavy_plus_sign ➕|heavy_minus_sign ➖
heavy_multiplication_x ✖️|heavy_division_sign ➗|infinity ♾️|arrow_up ⬆️|arrow_down ⬇️|arrow_left ⬅️
arrow_right ➡️|arrow_upper_right ↗️|arrow_lower_right ↘️|arrow_lower_left ↙️|arrow_upper_left ↖️
arrow_up_down ↕️|left_right_arrow ↔️|leftwards_arrow_with_hook ↩️|arrow_right_hook ↪️
arrows_counterclockwise 🔄|arrows_clockwise 🔃|repeat 🔁|fast_forward ⏩|rewind ⏪|arrow_forward ▶️
arrow_backward ◀️|double_vertical_bar=pause_button ⏸️|black_square_for_stop ⏹️|record_button ⏺️|red_circle 🔴
large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵|large_purple_circle 🟣
large_brown_circle 🟤|black_circle ⚫|white_circle ⚪|red_square 🟥|large_red_square 🟥|large_blue_square 🟦
large_green_square 🟩|large_yellow_square 🟨|large_orange_square 🟧|white_large_square ⬜|black_large_square ⬛
small_red_triangle 🔺|small_red_triangle_down 🔻|large_blue_diamond 🔷|large_orange_diamond 🔶
small_blue_diamond 🔹|small_orange_diamond 🔸|radio_button 🔘|new 🆕|free 🆓|up 🆙|cool 🆒|ok 🆗|sos 🆘|top 🔝|soon 🔜
end 🔚|back 🔙|on 🔛|zero 0️⃣|one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|six 6️⃣|seven 7️⃣|eight 8️⃣|nine 9️⃣
keycap_ten 🔟|1234 🔢|abc 🔤|hash #️⃣|copyright ©️|registered ®️|tm ™️|checkered_flag 🏁
triangular_flag_on_post 🚩|white_flag 🏳️|rainbow-flag 🏳️‍🌈
clock1 🕐|clock2 🕑|clock3 🕒|clock4 🕓|clock5 🕔|clock6 🕕|clock7 🕖|clock8 🕗|clock9 🕘|clock10 🕙|clock11 🕚
clock12 🕛`;

/** Name → emoji. */
export const EMOJI = new Map(
  TABLE.trim()
    .split(/[|\n]/)
    .flatMap((entry) => {
      const [names, picture] = entry.split(" ");
      return names.split("=").map((name) => [name, picture]);
    }),
);
