"""What is measured: pain, home exercise, motion, scores, each with its last value beside the field."""

import pandas as pd
import streamlit as st

from analytics import recording
from analytics.progress import pain_name
from analytics.recording import Offer, Pain
from charts import theme
from charts.words import dated, day, number
from pages.parts import figure
from pages.parts.desk import Desk
from pages.parts.session.frame import Form, arrived, known_value, motion_key, ready, section_by_episode

HALF = "+ ½"
MOST_IN_A_ROW = 14  # days of home exercise that stand as buttons; more are typed
INSTRUMENTS = {
    "goniometer": "goniometer",
    "inclinometer": "inclinometer",
    "crom": "CROM device",
    "app": "app",
    "visual": "by eye",
}


def pain(form: Form, moment: str) -> None:
    """Pain before or after treatment, 0 to 10, of every region; before it also the worst since the last visit."""
    name = f"pain_{moment}"

    def fill(offer: Offer) -> dict:
        readings = []
        for asked in _asked(form, name, offer, moment):
            last = asked.last_before if moment == "before" else asked.last_after
            readings += _rating(form, name, offer, asked, moment, last)
        if moment == "before":
            readings += _worst(form, name, offer)
        return {"readings": readings} if readings else {}

    heading = "Pain before treatment" if moment == "before" else "Pain after treatment"
    about = (
        "As the client says it: 0 is no pain, 10 the worst imaginable. ▲ marks the last visit."
        if moment == "before"
        else ""
    )
    section_by_episode(form, name, heading, about, fill)


def _asked(form: Form, section: str, offer: Offer, moment: str) -> list[Pain]:
    """The pains offered, and those the draft holds although they are offered no more: what was saved is shown."""
    held = form.desk.part(section, offer.episode_id).get("readings", [])
    offered = {(asked.kind, asked.region, asked.side) for asked in offer.pains}
    beyond = dict.fromkeys(
        (reading["kind"], reading["region"], reading["side"]) for reading in held if reading["moment"] == moment
    )
    return [*offer.pains, *(Pain(*series) for series in beyond if series not in offered)]


def _worst(form: Form, section: str, offer: Offer) -> list[dict]:
    """The worst since the last visit, asked where the client wants it asked; open once it was ever rated."""
    main = offer.pains[0]
    worst = Pain("worst", main.region, main.side, last_before=main.last_between)
    identity = {"kind": "worst", "moment": "between"}
    key = f"{form.desk.key}_{section}_{offer.episode_id}_worst_asked"
    known = main.last_between is not None or form.desk.reading(section, offer.episode_id, **identity) is not None
    if not st.toggle("Worst since the last visit", key=ready(key, known)):
        return []
    return _rating(form, section, offer, worst, "between", main.last_between)


def _rating(form: Form, section: str, offer: Offer, asked: Pain, moment: str, last: float | None) -> list[dict]:
    """One row of numbers with a half, as a reading; [] while nothing was said."""
    desk = form.desk
    label = pain_name(asked.kind, asked.region, asked.side)
    spoken = f"{label}{', after' if moment == 'after' else ''}"
    identity = {"what": "pain", "kind": asked.kind, "moment": moment, "region": asked.region, "side": asked.side}
    held = desk.reading(section, offer.episode_id, **identity)
    whole, half = (None, False) if held is None else (int(float(held)), float(held) % 1 > 0)
    place = f"{moment}_{offer.episode_id}_{asked.kind}_{asked.region}_{asked.side}"  # what it is, never where it stands
    key = f"{desk.key}_{section}_{place}"
    with st.container(key=f"pain_{place}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            words = st.empty()
            with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
                if st.session_state.get(f"{key}_whole", whole) is not None:
                    _clear(f"{key}_whole", f"{key}_half")
                added = st.pills(
                    f"{spoken}, add a half",
                    [HALF],
                    key=ready(f"{key}_half", HALF if half else None),
                    label_visibility="collapsed",
                )
        with st.container(key=f"scale_{place}"):
            chosen = st.segmented_control(
                spoken,
                list(range(11)),
                key=ready(f"{key}_whole", whole),
                required=True,  # a double tap must not take back what it said
                on_change=_whole,
                args=(f"{key}_half",),
                label_visibility="collapsed",
                width="stretch",
                wrap=True,
            )
        _mark_last(f"scale_{place}", last)
        value = None if chosen is None else min(chosen + (0.5 if added else 0), 10)
        last_words = "" if last is None else f" :gray[▲ last visit {last:g}]"
        now_words = "" if value is None else f" now **{value:g}**"
        words.markdown(f"**{figure.plain(label)}**{last_words}{now_words}", width="content")
    return [] if value is None else [identity | {"label": spoken, "value": f"{value:g}"}]


def _whole(half_key: str) -> None:
    """Another number is a whole one again."""
    st.session_state[half_key] = None
    arrived()


def _clear(*keys: str) -> None:
    """Take a number back: it was not asked after all."""

    def clear() -> None:
        st.session_state.update(dict.fromkeys(keys))
        arrived()

    st.button("clear", key=f"clear_{keys[0]}", type="tertiary", on_click=clear)


def _mark_last(key: str, last: float | None) -> None:
    """A small mark in the button of the last visit's number."""
    if last is not None:
        colour = theme.palette("dark" if st.context.theme.type == "dark" else "light")["muted"]
        st.html(
            f"<style>.st-key-{key} [role=radiogroup] button:nth-of-type({int(last) + 1})::after"
            f" {{ content: '▲' / ''; position: absolute; bottom: 1px; font-size: 0.6rem; color: {colour}; }}"
            f".st-key-{key} [role=radiogroup] button:nth-of-type({int(last) + 1})[aria-checked='true']::after"
            " { color: inherit; }</style>"
        )


def home_exercise(form: Form) -> None:
    """How often home exercise was done, of how often it was prescribed since the last visit."""
    last = form.offers[0].last_visit
    since = "" if last is None else f" since {dated(day(last['visited_on']), with_year=False)}"
    about = "Done, of those prescribed. Not asked is not the same as not done."
    section_by_episode(form, "home", f"Home exercise{since}", about, lambda offer: _home(form, offer))


def _home(form: Form, offer: Offer) -> dict[str, str]:
    desk = form.desk
    held = desk.part("home", offer.episode_id)
    last = None if offer.last_visit is None else offer.last_visit["exercise_prescribed"]
    usual = None if last is None or pd.isna(last) else int(last)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        asked = st.number_input(
            "Prescribed",
            min_value=0,
            max_value=1000,
            step=1,
            value=None,
            key=ready(
                f"{desk.key}_home_asked_{offer.episode_id}",
                int(held["home_prescribed"]) if "home_prescribed" in held else usual,
            ),
            placeholder="none",
            width=140,
        )
        if asked is None:
            return {}
        key = ready(f"{desk.key}_home_done_{offer.episode_id}", int(held["home_done"]) if "home_done" in held else None)
        if asked <= MOST_IN_A_ROW:
            with st.container(key=f"row_home_{offer.episode_id}", width=700):
                done = st.segmented_control(
                    "Done", list(range(int(asked) + 1)), key=key, required=True, width="stretch", wrap=True
                )
            if done is not None:
                _clear(key)
        else:
            done = st.number_input(
                "Done", min_value=0, max_value=1000, step=1, value=None, key=key, placeholder="not asked", width=150
            )
    if done is not None:
        return {"home_done": str(int(done)), "home_prescribed": str(int(asked))}
    # What the last visit prescribed stands there by itself; another number was said, also where nothing was done yet.
    return {} if asked == usual and "home_prescribed" not in held else {"home_prescribed": str(int(asked))}


def motion(form: Form) -> None:
    """Motion in degrees, left beside right, with the last value, the reference and the goal beside each field."""
    section_by_episode(
        form, "motion", "Motion, degrees", "Leave empty what was not measured.", lambda offer: _motion_of(form, offer)
    )


def _motion_of(form: Form, offer: Offer) -> dict[str, list]:
    desk = form.desk
    added_key = f"{desk.key}_motion_added_{offer.episode_id}"
    chosen = st.session_state.setdefault(added_key, [])
    shown = list(offer.motions)
    known = {(row.joint, row.movement, row.motion_type) for row in shown}
    added = list(dict.fromkeys([*_held_motions(desk, offer), *map(tuple, chosen)]))
    beyond = [key for key in added if key not in known]
    shown += [recording.motion_row(form.window, *key, form.person, offer.goals, form.today) for key in beyond]
    held = desk.part("motion", offer.episode_id).get("readings", [])
    tool_key = ready(
        f"{desk.key}_tool_{offer.episode_id}",
        next((reading.get("instrument") for reading in held), None) or offer.instrument,
    )
    readings = []
    for row in shown:
        readings += _movement(form, offer, row, st.session_state[tool_key])
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            "Measured with",
            list(INSTRUMENTS),
            format_func=INSTRUMENTS.get,
            key=tool_key,
            index=None,
            placeholder="not said",
            width=220,
        )
        _add_motion(form, offer, added_key, known | set(added))
    return {"readings": readings} if readings else {}


def _held_motions(desk: Desk, offer: Offer) -> list[tuple[str, str, str]]:
    """Movements the draft holds, whether or not the last visits offer them."""
    held = desk.part("motion", offer.episode_id).get("readings", [])
    return [(reading["joint"], reading["movement"], reading["motion_type"]) for reading in held]


def _movement(form: Form, offer: Offer, row: recording.Motion, tool: str | None) -> list[dict]:
    """The fields of one movement: each side, and a second reading where somebody wants one."""
    desk = form.desk
    about = f"{row.joint} {row.movement} {row.motion_type}"
    repeat_key = f"{desk.key}_repeats_{offer.episode_id}_{about}"
    held = [
        int(reading.get("repeat") or 1)
        for reading in desk.part("motion", offer.episode_id).get("readings", [])
        if (reading["joint"], reading["movement"], reading["motion_type"]) == (row.joint, row.movement, row.motion_type)
    ]
    repeats = st.session_state.setdefault(repeat_key, max(held, default=1))
    readings = []
    with st.container(key=f"motion_{offer.episode_id}_{about.replace(' ', '_')}", gap="xsmall"):
        for repeat in range(1, repeats + 1):
            cells = st.grid(len(row.sides), min_column_width=270, gap="small")
            for side in row.sides:
                with cells.cell(), st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
                    readings += _degrees(form, offer, row, side, repeat, tool)
        st.button(
            "+ second reading",
            key=f"more_{offer.episode_id}_{about}",
            type="tertiary",
            on_click=_one_more,
            args=(repeat_key,),
        )
    return readings


def _one_more(key: str) -> None:
    st.session_state[key] += 1


def _degrees(
    form: Form, offer: Offer, row: recording.Motion, side: str | None, repeat: int, tool: str | None
) -> list[dict]:
    about = f"{row.joint} {row.movement} {row.motion_type}"
    label = f"{row.name}, {row.motion_type}{f', {side}' if side else ''}{f', reading {repeat}' if repeat > 1 else ''}"
    identity = {"joint": row.joint, "movement": row.movement, "motion_type": row.motion_type, "side": side}
    identity |= {"repeat": str(repeat)}
    held = form.desk.reading("motion", offer.episode_id, **identity)
    given = st.number_input(
        label,
        step=1.0,
        value=None,
        format="%g",
        key=ready(motion_key(form, offer.episode_id, about, side, repeat), None if held is None else float(held)),
        placeholder="not yet",
        width=190,
    )
    told = [f"last **{number(row.last_deg[side])}°**"] if side in row.last_deg else []
    beside = [f"reference {row.reference}"] if row.reference else []
    beside += [f"goal {number(row.goal_deg[side])}°"] if side in row.goal_deg else []
    if beside:
        told.append(f":gray[{', '.join(beside)}]")
    if repeat == 1 and told:
        st.markdown("  \n".join(told), width="content")
    if given is None:
        return []
    reading = identity | {"what": "motion", "moment": "before", "instrument": tool, "value": f"{given:g}"}
    return [reading | {"label": label.replace(", ", " ")}]


def _add_motion(form: Form, offer: Offer, added_key: str, shown: set[tuple[str, str, str]]) -> None:
    known = form.window.store.instruments.movements()
    options = [
        (joint, movement, kind)
        for joint, movement in known
        for kind in ("active", "passive")
        if (joint, movement, kind) not in shown
    ]
    regions = {asked.region for asked in offer.pains}
    options.sort(key=lambda key: known[key[:2]].region not in regions)
    key = f"{form.desk.key}_motion_new_{offer.episode_id}"

    def add() -> None:
        if (chosen := st.session_state[key]) is not None:
            st.session_state[added_key] = [*st.session_state[added_key], chosen]
            st.session_state[key] = None

    st.selectbox(
        "Add a movement",
        options,
        format_func=lambda option: f"{known[option[:2]].name}, {option[2]}",
        key=ready(key, None),
        index=None,
        placeholder="choose a joint and movement",
        on_change=add,
        width=340,
    )


def scores(form: Form) -> None:
    """Questionnaires, limb girths and well-being: the last ones offered, any other to be added."""
    section_by_episode(form, "scores", "Scores, limbs and well-being", "", lambda offer: _scores_of(form, offer))


def _scores_of(form: Form, offer: Offer) -> dict[str, list]:
    desk = form.desk
    last = {
        (row.scale, known_value(row.item), known_value(row.side)): (row.last_value, row.last_on)
        for row in offer.scores.itertuples()
    }
    key = f"{desk.key}_scores_added_{offer.episode_id}"
    held = [
        (reading["scale"], reading["item"], reading["side"])
        for reading in desk.part("scores", offer.episode_id).get("readings", [])
    ]
    added = st.session_state.setdefault(key, [])
    readings = []
    lines = list(dict.fromkeys([*last, *held, *map(tuple, added)]))
    cells = st.grid(2, min_column_width=340, gap="small") if lines else None
    for line in lines:
        with cells.cell():
            readings += _score(form, offer, line, last.get(line))
    _add_score(form, offer, key)
    return {"readings": readings} if readings else {}


def _score(form: Form, offer: Offer, line: tuple[str, str | None, str | None], last: tuple | None) -> list[dict]:
    scale_key, item, side = line
    scale = form.window.store.instruments.scale(scale_key)
    label = ", ".join(part for part in (scale.name, item, side) if part)
    held = form.desk.reading("scores", offer.episode_id, scale=scale_key, item=item, side=side)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        given = st.number_input(
            figure.plain(label),
            step=float(scale.step),
            value=None,
            format="%g",
            key=ready(
                f"{form.desk.key}_score_{offer.episode_id}_{scale_key}_{item}_{side}",
                None if held is None else float(held),
            ),
            placeholder="not asked",
            width=190,
        )
        told = f":gray[{scale.lowest:g} to {scale.highest:g}, {scale.better} is better]"
        if last is not None:
            told = f"last **{last[0]:g}** on {dated(day(last[1]), with_year=False)}  \n{told}"
        st.markdown(told, width="content")
    if given is None:
        return []
    identity = {"what": "score", "scale": scale_key, "item": item, "side": side}
    return [identity | {"label": label.replace(", ", " "), "value": f"{given:g}"}]


def _add_score(form: Form, offer: Offer, added_key: str) -> None:
    scales = {
        key: scale
        for key, scale in form.window.store.instruments.scales().items()
        if key not in ("nprs", "home_exercise")
    }
    with st.expander("Add a score", key=f"{added_key}_open", type="compact"):
        scale = st.selectbox(
            "Scale",
            list(scales),
            format_func=lambda key: scales[key].name,
            key=ready(f"{added_key}_scale", None),
            index=None,
            placeholder="choose a scale",
            width=420,
        )
        limb = scale is not None and scales[scale].family == "limb"
        st.text_input(
            "Landmark" if limb else "Activity or item, if the scale has several",
            key=ready(f"{added_key}_item", ""),
            max_chars=80,
            width=420,
            placeholder="wrist + 12 cm" if limb else "",
        )
        st.segmented_control("Side", ["left", "right"], key=ready(f"{added_key}_side", None))

        def add() -> None:
            line = (st.session_state[f"{added_key}_scale"], st.session_state[f"{added_key}_item"].strip() or None)
            st.session_state[added_key] = [*st.session_state[added_key], (*line, st.session_state[f"{added_key}_side"])]
            st.session_state[f"{added_key}_item"] = ""
            st.session_state[f"{added_key}_side"] = None  # the next score has a side of its own, or none

        st.button("Add this score", key=f"{added_key}_go", on_click=add, disabled=scale is None)
