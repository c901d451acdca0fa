"""Follow-ups: whom should we ask how they are?"""

import uuid
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import streamlit as st

from access import door
from analytics import SQL, follow_ups, progress
from charts import theme
from charts.words import capital, counted, dated, day, number, value
from pages.parts import choose, facts, figure
from pages.parts.figure import plain
from pages.parts.session import frame, measures
from records import calendar, correcting, entry, store
from records.errors import AlreadySaved, EntryDoubted, EntryRefused, RecordsError

viewer = door.require("session.write")
window = store.open_for(viewer)
today = calendar.today()
figure.style()
frame.style()

MOST_SHOWN = 50  # a longer list helps nobody to begin
WIDTH_PX = 900
ELSE = "else"  # where the form stands that was opened for somebody who is not on the list
HOW_FELT = {"now": "now", "worst": "at its worst", "best": "at its best", "average": "on average"}


@dataclass
class Asking:
    """One opened form: whom it asks about what, and the key that lets it be saved once, however often it is sent."""

    place: tuple  # the line it stands under
    position: int  # of that line in the list: where it is said that it was saved
    client_id: int
    episode_id: int
    name: str
    kind: str
    region: str | None
    side: str | None
    key: str = field(default_factory=lambda: uuid.uuid4().hex)
    doubts: list = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    saved: "Saved | None" = None

    @property
    def pain_name(self) -> str:
        """The pain asked for, as sentences name it."""
        return progress.pain_name(self.kind, self.region, self.side)


@dataclass(frozen=True)
class Saved:
    """What the records hold now, said where the line stood. With the session's id it can be taken back from there."""

    position: int
    words: str
    session_id: int | None
    is_refused: bool = False


def open_form(asking: Asking) -> None:
    """Open one form; what stood in another goes with it."""
    st.session_state["asking"] = asking
    st.session_state.pop("contact_said", None)


def close_form() -> None:
    """Ask nobody."""
    st.session_state.pop("asking", None)


def save(asking: Asking, status: str, pain: float | None) -> None:
    """Write the contact; the page says when it stands in the records, or why it does not."""
    note = st.session_state.get(f"note_{asking.key}", "").strip()
    asked_on = st.session_state.get(f"day_{asking.key}") or today
    session = {
        "client_id": asking.client_id,
        "visited_on": asked_on.isoformat(),
        "kind": "contact",
        "status": status,
        "therapist_id": viewer.therapist_id,
    }
    reading = {
        "label": asking.pain_name,
        "what": "pain",
        "value": None if pain is None else f"{pain:g}",
        "kind": asking.kind,
        "moment": "between",
        "region": asking.region,
        "side": asking.side,
    }
    part: dict[str, Any] = {"episode_id": asking.episode_id, "note": note or None}
    part["readings"] = [] if pain is None else [reading]
    part["overruled"] = [{"warning": doubt.warning, "words": doubt.words} for doubt in asking.doubts]
    asking.refused, asking.doubts = [], []
    try:
        session_id = entry.record_session(
            window.store, viewer, session, [part], idempotency_key=f"contact {asking.key}"
        )
    except EntryRefused as refused:
        asking.refused = refused.reasons
        return
    except EntryDoubted as doubted:
        asking.doubts = doubted.doubts
        return
    except AlreadySaved:
        session_id = None  # a retry after a lost answer: it stands, and that is what is said
    except RecordsError as refusal:
        asking.refused = [str(refusal)]
        return
    what = "tried, not reached" if pain is None else f"{asking.pain_name.lower()} {number(pain)} of 10"
    when = "" if asked_on == today else f", {dated(asked_on)}"
    words = f"Saved {calendar.now():%H:%M}. {asking.name}: {what}{when}."
    asking.saved = Saved(asking.position, words, session_id)


def take_back(saved: Saved) -> None:
    """Withdraw what was just saved; it stays in the trail."""
    try:
        correcting.withdraw(
            window.store, viewer, "session", saved.session_id, 1, reason="taken back right after it was saved"
        )
        said = Saved(saved.position, "Taken back: it counts nowhere any more.", None)
    except RecordsError as refusal:
        said = Saved(saved.position, str(refusal), None, is_refused=True)
    st.session_state["contact_said"] = said


@st.fragment
def form(asking: Asking, last: str | None) -> None:
    """The number, and the two ways it can go."""
    with st.container(key="section_answer", gap="small", width=WIDTH_PX):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            words = st.empty()
            added = st.pills("Add a half", [measures.HALF], key=f"half_{asking.key}", label_visibility="collapsed")
        with st.container(key="scale_answer"):
            st.session_state.setdefault(f"pain_{asking.key}", None)
            chosen = st.segmented_control(
                f"{asking.pain_name}, {HOW_FELT[asking.kind]}, 0 to 10",
                list(range(11)),
                key=f"pain_{asking.key}",
                required=True,  # a double tap must not take back what it said
                label_visibility="collapsed",
                width="stretch",
                wrap=True,
            )
        pain = None if chosen is None else chosen + (0.5 if added and chosen < 10 else 0.0)
        words.markdown(
            f"**{plain(asking.pain_name)}, {HOW_FELT[asking.kind]}?**"
            + ("" if pain is None else f" **{number(pain)}**")
            + f" :gray[0 is no pain, 10 the worst imaginable.{'' if last is None else f' Last: {last}.'}]",
            width="content",
        )
        with (
            st.container(key=f"behind_{asking.key}"),
            st.expander(":gray[A note, or another day]", type="compact", key=f"more_{asking.key}"),
        ):
            st.text_input("Note", key=f"note_{asking.key}", max_chars=2000)
            st.date_input("Day", today, max_value=today, key=f"day_{asking.key}", format="YYYY-MM-DD", width=200)
        for reason in asking.refused:
            st.error(plain(reason))
        for doubt in asking.doubts:
            st.warning(f"{plain(doubt.words)} If it is right, save once more.")
        with st.container(horizontal=True, gap="small"):
            closed = window.store.is_sample
            answered = st.button(
                "Save", key=f"go_save_{asking.key}", type="primary", disabled=pain is None or closed, width=150
            )
            missed = st.button("Could not reach", key=f"missed_{asking.key}", disabled=closed)
            st.button("Close", key=f"close_{asking.key}", type="tertiary", on_click=close_form)
            if st.session_state.get("asking") is not asking:
                st.rerun()
        if closed:
            figure.quiet("Invented practice: try the form, nothing is saved.")
        if answered or missed:
            if asking.saved is None:  # else a second click came while the first was being answered
                save(asking, "kept" if answered else "no_show", pain if answered else None)
            if asking.saved is not None:
                st.session_state["contact_said"] = asking.saved
                close_form()
            st.rerun()


def place_of(row: pd.Series) -> tuple[int, int | None]:
    """What a line is about: its episode, and the mark; None for who stopped coming."""
    return int(row["episode_id"]), None if pd.isna(row["months"]) else int(row["months"])


def show_line(row: pd.Series, position: int) -> None:
    """Whom to ask, why and until when, what was last heard, and the way to begin."""
    place = place_of(row)
    asking = st.session_state.get("asking")
    is_open = asking is not None and asking.place == place
    name = f"{place[0]}_{place[1] or 'silent'}"
    with st.container(key=f"line_{name}", gap="small", width=WIDTH_PX):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(
                f"**{plain(row['name'])}**  ·  {plain(complaint(row))}  ·  {plain(phone(row))}  \n"
                f":small[:gray[{plain('  ·  '.join(line_words(row)))}]]",
                width="stretch",
            )
            if not is_open:
                whom = Asking(place, position, int(row["client_id"]), place[0], row["name"], *pain_of(row))
                st.button("Ask", key=f"ask_{name}", on_click=open_form, args=(whom,), width=80)
        if is_open:
            form(asking, last_pain(row))


def show_left(places: list[tuple], *, at: int, or_later: bool = False) -> None:
    """A form still open although its line has left the list: it was saved and the answer lost, or by somebody else."""
    asking = st.session_state.get("asking")
    if asking is None or asking.place in places or asking.place[0] == ELSE:
        return
    if asking.position == at or (or_later and asking.position > at):
        with st.container(key="line_left", gap="small", width=WIDTH_PX):
            st.markdown(f"**{plain(asking.name)}** is no longer on the list: what is saved here comes on top.")
            form(asking, None)


def complaint(row: pd.Series) -> str:
    """The complaint and its side: "Knee sprain, left"."""
    return f"{row['injury_type']}, {row['side']}" if row["side"] in ("left", "right") else row["injury_type"]


def phone(row: pd.Series) -> str:
    """The number to call, or that there is none."""
    return "no phone number" if pd.isna(row["phone"]) else row["phone"]


def pain_of(row: pd.Series) -> tuple[str, str | None, str | None]:
    """Kind, region and side of the pain asked for."""
    return row["kind"], *(None if pd.isna(row[name]) else row[name] for name in ("region", "side"))


def last_pain(row: pd.Series) -> str | None:
    """The latest rating: "3 on 25 Mar 2026"; None when there is none."""
    pain = value(row["last_pain"])
    return None if pain is None else f"{number(pain)} on {dated(day(row['last_pain_on']))}"


def line_words(row: pd.Series) -> list[str]:
    """Why, since when, until when; what was last heard; how often tried; when they come next."""
    if pd.isna(row["months"]):
        told = [f"{capital(follow_ups.why(None))}, last visit {dated(day(row['last_visit_on']))}"]
    else:
        since, until = dated(day(row["due_on"])), dated(day(row["until_on"]))
        told = [f"{follow_ups.why(row['months'])}: {since}, can be asked until {until}"]
    told.append("pain was never rated" if last_pain(row) is None else f"last pain {last_pain(row)}")
    if row["tried"]:
        told.append(
            f"tried {counted(int(row['tried']), 'time')}, last on {dated(day(row['asked_on']), with_year=False)}"
        )
    if not pd.isna(row["booked_on"]):
        told.append(f"comes on {dated(day(row['booked_on']), with_year=False)}: can be asked then")
    return told


def say_saved(*, at: int, or_later: bool = False) -> None:
    """What was saved last, where its line stood; `at` -1 is for somebody who was not on the list."""
    saved = st.session_state.get("contact_said")
    if saved is None or not (saved.position == at or (or_later and saved.position > at)):
        return
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", width=WIDTH_PX, key="contact_said_row"
    ):
        (st.error if saved.is_refused else st.success)(plain(saved.words), width="stretch")
        if saved.session_id is not None and viewer.may("record.correct"):
            st.button("Take it back", key="take_back", on_click=take_back, args=(saved,))


def beside(asked: pd.DataFrame) -> str:
    """Who is not on the list now, and will be, or will not."""
    resting = int((asked["state"] == "resting").sum())
    gone = int((asked["months"].isna() & (asked["state"] == "missed")).sum())
    told = []
    if resting:
        told.append(
            f"{counted(resting, 'more')} {'was' if resting == 1 else 'were'} tried in the last"
            f" {follow_ups.RESTS_DAYS} days and {'rests' if resting == 1 else 'rest'} until then."
        )
    if gone:
        told.append(f"{gone:,} stopped coming more than a year ago and {'is' if gone == 1 else 'are'} no longer asked.")
    return " ".join(told)


def show_how() -> None:
    """The windows and the order, in words, and the query."""
    windows = "; ".join(
        f"{mark.months} months, from {mark.weeks_before} weeks before to {mark.weeks_after} weeks after"
        for mark in follow_ups.MARKS
    )
    with st.container(key="behind_follow_ups", width=WIDTH_PX):
        how = st.expander(":gray[How this list is made]", type="compact", key="how_follow_ups", on_change="rerun")
        if how.open:
            with how:
                st.markdown(
                    f"Asked is the pain each episode is judged by, after discharge at {windows}. A rating of that pain"
                    " in between, at a contact or before treatment at a visit, reaches the mark; without one it is"
                    " missed and not asked again. Whoever has not come for more than 30 days, has no visit booked and"
                    " was not discharged is asked once, for up to a year. Most pressing first: whoever can be asked for"
                    " the shortest time yet; of those who stopped coming that is until their episode counts as closed,"
                    f" after {window.store.settings.closed_after_days} days, and beyond it they stand last. After a try"
                    f" that reached nobody a line rests for {follow_ups.RESTS_DAYS} days. A contact is no visit: it"
                    " changes no visit number, no verdict, and no order."
                )
                st.code((SQL / "follow_ups_due.sql").read_text(encoding="utf-8"), language=None, wrap_lines=True)


def show_anybody() -> None:
    """A contact with somebody who is not on the list: whoever called."""
    with st.container(key="behind_anybody", width=WIDTH_PX):
        anybody = st.expander(
            ":gray[Somebody else called or wrote]", type="compact", key="anybody", on_change="rerun"
        )  # fmt: skip
        if not anybody.open:
            return
        with anybody:
            say_saved(at=-1)
            ask_anybody()


def ask_anybody() -> None:
    """Choose a client and an episode, and write down what they said."""
    found = choose.client(window, today, titled=False)
    if found is None:
        return
    client_id = int(found["client_id"])
    episodes = facts.fact(progress.episodes, window, client_id)
    if episodes.empty:
        st.info("This client has no episode of care that you may see.")
        return
    place = (ELSE, int(choose.episode(episodes)["episode_id"]))
    asking = st.session_state.get("asking")
    if asking is not None and asking.place == place:
        form(asking, None)
        return
    asked = facts.fact(follow_ups.pain_to_ask, window, client_id, place[1])
    whom = Asking(place, -1, client_id, place[1], found["name"], asked["kind"], asked["region"], asked["side"])
    st.button("Write down what they said", key="ask_anybody", on_click=open_form, args=(whom,))


def style() -> None:
    """A rule over each line, and buttons a thumb can hit."""
    line = theme.palette("dark" if st.context.theme.type == "dark" else "light")["line"]
    st.html(
        "<style>"
        f"[class*='st-key-line_'] {{ border-top: 1px solid {line}; padding-top: 0.75rem; }}"
        "[class*='st-key-line_'] button, .st-key-ask_anybody button, .st-key-take_back button { min-height: 2.75rem; }"
        "</style>"
    )


style()
st.title("Whom should we ask how they are?", anchor=False)
asked = facts.fact(follow_ups.asked_about, window, today)
due = follow_ups.due(asked, today)
nobody_yet = facts.fact(progress.recent_clients, window, today).empty
if nobody_yet:
    st.info("No clients yet. Enter the first one under Record a session, or bring an export on the Import page.")
    st.page_link("pages/import_records.py", label="Open Import")
    st.stop()
st.markdown(
    f"**{counted(due['client_id'].nunique(), 'person', 'people') if len(due) else 'Nobody'} to ask now.**"
    f" {follow_ups.of_reached(follow_ups.reached_of(asked, today))}",
    width=WIDTH_PX,
)
if told := beside(asked):
    figure.quiet(told, width=WIDTH_PX)
if len(due) > MOST_SHOWN:
    figure.quiet(f"The {MOST_SHOWN} most pressing of {len(due):,} lines stand below.", width=WIDTH_PX)
show_how()
show_anybody()
shown = due.head(MOST_SHOWN)
places = [place_of(row) for _, row in shown.iterrows()]
for position, (_, row) in enumerate(shown.iterrows()):
    say_saved(at=position)
    show_left(places, at=position)
    show_line(row, position)
say_saved(at=len(shown), or_later=True)
show_left(places, at=len(shown), or_later=True)
