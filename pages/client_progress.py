"""Client progress: is this person getting better?"""

from dataclasses import replace

import streamlit as st

from access import door
from analytics import SQL, motion, progress, sentences
from analytics.episodes import with_status
from charts import motion as motion_chart
from charts import orders as orders_chart
from charts import progress as draw
from charts.words import counted
from pages.parts import choose, facts, figure, visits_table
from pages.parts.figure import Calculation, plain
from records import calendar, store

viewer = door.require("client.read")
window = store.open_for(viewer)
today = calendar.today()
figure.style()

TONE_COLOURS = {"good": "green", "caution": "orange", "muted": "gray"}

person = choose.client(window, today)
if person is None:
    st.title("Client progress", anchor=False)
    st.info("No clients yet. Bring an export of your records on the Import page.")
    st.page_link("pages/import_records.py", label="Open Import")
    st.stop()
episodes = with_status(facts.fact(progress.episodes, window, int(person["client_id"])), today)
if episodes.empty:
    st.title(plain(person["name"]), anchor=False)
    st.info("This client has no episode of care that you may see.")
    st.stop()
episode = choose.episode(episodes)
about = (int(person["client_id"]), int(episode["episode_id"]))

sessions = facts.fact(progress.sessions, window, *about)
visits = progress.kept_visits(sessions)
series = facts.fact(progress.pain_series, window, *about)
goals = facts.fact(progress.goals, window, *about)
regions = facts.fact(progress.regions, window, *about)
movements = facts.fact(motion.motion, window, *about, *motion.birth_date_and_sex(person))
order = progress.running_order(facts.fact(progress.orders, window, *about), len(visits))
techniques = facts.fact(progress.techniques, window, *about)

# The verdict, in words
course = progress.pain_course(visits)
name, region = progress.main_pain(series, regions, episode["injury_region"])
headline = sentences.pain_headline(course, name, region)
st.markdown(choose.described(person, episode, today))
st.title(f":{TONE_COLOURS[headline.tone]}[{headline.lead}] {plain(headline.finding)}", anchor=False)
st.markdown(plain(headline.support), width=740)

# Pain by visit: the series the episode is judged by, then any other that was rated
error, important = course.verdict.error, course.verdict.important
missed = sessions[sessions["status"] == "no_show"][["visited_on"]]
figure.show(
    facts.chart(
        draw.pain_by_visit,
        window,
        about,
        lambda: draw.pain_by_visit(
            visits,
            missed=missed,
            error=error,
            goal=progress.pain_goal(goals),
            region_words=name,
            techniques=techniques,
            region=region,
        ),
    ),
    Calculation(
        "Ratings of one kind, region and side, before and after each kept visit; the series is the one rated first."
        " Contacts, no-shows and bookings are not visits. Now against the start: the first rating before treatment"
        " with the latest one, by the seven classes of change.",
        (SQL / "visits_of_episode.sql", SQL / "pain_series_of_episode.sql", SQL / "techniques_of_episode.sql"),
        (
            f"Error of measuring {error.points:g}: {error.cited_for(region)}",
            f"Important change {important.points:g} points and {important.percent:g} %: {important.cited_for(region)}",
        ),
    ),
)
for place, (other_name, other_region, rated) in enumerate(progress.other_pains(series, visits), start=2):
    figure.show(
        replace(
            draw.pain_by_visit(rated, error=error, region_words=other_name, region=other_region),
            key=f"pain_by_visit_{place}",  # names may be alike: a side left open, or midline
        ),
        Calculation(
            "The same as above for another pain rated in this episode. Series are never mixed.",
            (SQL / "pain_series_of_episode.sql",),
        ),
    )

left, right = st.columns(2, gap="large")
with left:
    figure.show(
        facts.chart(motion_chart.motion, window, about, lambda: motion_chart.motion(movements)),
        Calculation(
            "First and latest reading before treatment of each movement, side and motion type; repeats at one visit are"
            " averaged. The reference is the range of the verified sources that cover this person's age, sex and motion"
            " type; the other side is shown as it stands at its latest reading. Where nobody wrote down who measured or"
            " with what, it is taken to be the same.",
            (SQL / "motion_of_episode.sql", SQL / "goals_of_episode.sql"),
            motion.error_sources(movements),
        ),
    )
with right:
    figure.show(
        facts.chart(
            orders_chart.orders,
            window,
            (*about, today),
            lambda: orders_chart.orders(**order, today=today),
        ),
        Calculation(
            "Kept visits with minutes in this episode while the latest order ran, against the visits it allows. A visit"
            " before it, after it ended, or shared with another episode and without minutes in this is not charged.",
            (SQL / "orders_of_episode.sql",),
        ),
    )

st.header("Every visit, as written down", anchor=False)
figure.quiet(
    f"{counted(len(visits), 'visit')} kept, {counted(len(missed), 'no-show')},"
    f" {counted(int((sessions['kind'] == 'contact').sum()), 'contact')}. Newest first. Pain is 0 to 10; a dash was not"
    " measured, it is not 0."
)
visits_table.show(sessions)
