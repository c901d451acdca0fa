"""Injury outcomes: what became of the people with each injury?"""

import streamlit as st

import instruments
from access import door
from analytics import SQL, outcomes
from charts import outcomes as draw
from charts.words import counted, value
from pages.parts import facts, figure, filters, link
from pages.parts.figure import Calculation, plain
from records import calendar, store

viewer = door.require("outcomes.read")
window = store.open_for(viewer)
today = calendar.today()
figure.style()

NO_COMPARISON = "There is no comparison group: part of any fall in pain is expected without treatment."

st.title("What became of the people with each injury?", anchor=False)
chosen = filters.choose(window, today, ("therapist", "office", "cause"), "Episodes opened")
opened = facts.fact(outcomes.episodes, window, chosen, today)
episodes = outcomes.with_visits(opened)
without = len(opened) - len(episodes)
aside = f" {counted(without, 'more episode')} with contacts only, and no visit, are left out." if without else ""
if episodes.empty:
    st.info(
        "No episode with a visit in this choice. Choose a longer period or fewer filters, or bring records on the"
        f" Import page.{aside}"
    )
    st.stop()
types = facts.fact(outcomes.by_type_of, window, chosen, today)

twice = int(types["measured_twice"].sum())
answer = f"Of {counted(len(episodes), 'episode')}, **{twice:,} were rated before treatment at two visits or more**."
if twice < len(episodes):
    answer += f" Whether pain fell in the other {len(episodes) - twice:,} these records cannot say."
st.markdown(answer + aside, width=740)

important = instruments.scale("nprs").default_important()
figure.show(
    facts.chart(draw.overview, window, (chosen, today), lambda: draw.overview(types, important)),
    Calculation(
        "Every episode opened in the period counts in its row. Points less pain: first minus latest rating before"
        " treatment, mean with 95 % t interval over episodes rated at two visits or more, each by its own pain series;"
        " where they differ in kind (pain now, on average) the mean mixes the kinds. Visits: median and quartiles"
        " over closed episodes (discharged, or lapsed and without a visit for more than 60 days); open ones would bias"
        " them down. With a therapist or office chosen, the episodes are those they lead."
        f" {NO_COMPARISON}",
        (SQL / "outcomes_episodes.sql",),
        (f"Important change {important.points:g}: {important.cited_for(None)}",),
    ),
)

names = {int(row.injury_type_id): f"{row.injury_type} ({row.episodes})" for row in types.itertuples()}
head, pick = st.columns([2, 1], vertical_alignment="bottom")
with pick:
    injury = link.select("Injury type", "type", names)
one_type = filters.narrowed(chosen, injury)
row = types[types["injury_type_id"] == injury].iloc[0]
with head:
    st.header(
        plain(
            f"{row['injury_type']}: {counted(int(row['clients']), 'client')},"
            f" {counted(int(row['episodes']), 'episode')}, {counted(int(row['sessions']), 'session')}"
        ),
        anchor=False,
    )

left, right = st.columns(2, gap="large")
with left:
    pain = facts.fact(outcomes.pain_by_visit, window, one_type)
    figure.show(
        facts.chart(draw.pain_by_visit, window, (one_type,), lambda: draw.pain_by_visit(pain, outcomes.half_at(pain))),
        Calculation(
            "Mean of each episode's one pain series by visit number, with the 95 % t interval of the ratings before"
            " treatment. Visit numbers count kept visits. Each visit describes only those rated at it: later visits"
            f" speak of those still coming. {NO_COMPARISON}",
            (SQL / "outcomes_pain_by_visit.sql",),
        ),
        under_header=True,
    )
with right:
    motion = facts.fact(outcomes.motion_percent, window, one_type)
    figure.show(
        facts.chart(draw.motion_percent, window, (one_type,), lambda: draw.motion_percent(motion)),
        Calculation(
            "First and latest reading before treatment of the affected side, each as percent of the first verified"
            " reference that covers the person's age, sex and motion type; series without one, or with one of 0 degrees"
            " (a percent of nothing), are left out and counted. Mean with 95 % t interval over those measured"
            " at two visits or more.",
            (SQL / "outcomes_motion.sql",),
        ),
        under_header=True,
    )
figure.show(
    facts.chart(
        draw.visits_per_episode,
        window,
        (one_type, today),
        lambda: draw.visits_per_episode(
            outcomes.visits_per_episode(episodes[episodes["injury_type_id"] == injury]), value(row["visits_median"])
        ),
    ),
    Calculation(
        "Kept visits of each episode. Open episodes are shown apart: they may have more visits yet, so the median is"
        " over closed ones.",
        (SQL / "outcomes_episodes.sql",),
    ),
    under_header=True,
)

with st.container(border=True):
    st.markdown(
        "**What these pictures cannot say.** People come when pain is high, so the first reading tends to fall by"
        " itself. Those who stop coming are not measured. Neither is corrected here: these are records, not a trial."
    )
