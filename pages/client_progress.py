"""Client progress: is this person getting better?"""

from dataclasses import replace

import streamlit as st

from access import door
from analytics import SQL, function, lymphoedema, motion, progress, sentences, spikes
from analytics.change import WORDS, Verdict
from analytics.episodes import with_status
from analytics.references import birth_date_and_sex
from charts import motion as motion_chart
from charts import orders as orders_chart
from charts import progress as draw
from charts import scores as scores_chart
from charts.words import counted
from pages.parts import choose, facts, figure, visits_table
from pages.parts.figure import Calculation, plain
from records import calendar, store

viewer = door.require("client.read")
window = store.open_for(viewer)
today = calendar.today()
figure.style()

TONE_COLOURS = {"good": "green", "caution": "orange", "muted": "gray"}
MEASURES = {"function": "Function", "change": "Their own answer", "wellness": "Well-being"}


def held_against(verdict: Verdict) -> dict:
    """What the chart of a pain draws its error band round, and its verdict; nothing where no change can be judged."""
    if verdict.latest is None:
        return {}
    return {
        "error": verdict.error,
        "start": verdict.first,
        "error_points": verdict.error_points,
        "verdict": verdict.words,
    }


person = choose.client(window, today)
if person is None:
    st.title("Client progress", anchor=False)
    st.info("No clients yet. Bring an export of your records on the Import page.")
    st.page_link("pages/import_records.py", label="Open Import")
    st.stop()
episodes = facts.fact(progress.episodes, window, int(person["client_id"]))
episodes = with_status(episodes, today, window.store.settings.closed_after_days)
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
movements = facts.fact(motion.motion, window, *about, *birth_date_and_sex(person))
order = progress.running_order(facts.fact(progress.orders, window, *about), len(visits))
techniques = facts.fact(progress.techniques, window, *about)
scores = facts.fact(function.scores, window, *about)
limbs = facts.fact(lymphoedema.limbs, window, *about)

# The verdict, in words
course = facts.fact(progress.pain_course, window, *about)
verdict, name = course.verdict, progress.main_pain(series)
risen = spikes.spikes(visits, verdict.limits)
lasting = spikes.worse_twice(visits["pain_before"], verdict.limits, verdict.first_ratings)
headline = sentences.pain_headline(
    course,
    name,
    [*sentences.of_two_worse(lasting), *sentences.of_spikes(risen, spikes.marked_visits(visits), name)],
)
st.markdown(choose.described(person, episode, today))
st.title(f":{TONE_COLOURS[headline.tone]}[{headline.lead}] {plain(headline.finding)}", anchor=False)
st.markdown(plain(headline.support), width=740)
beside = [("Motion", sentences.of_motion(movements))]
beside += [
    (MEASURES[score.scale.family], sentences.of_score(score)) for score in scores if score.verdict or score.is_change
]
if limbs.taped:
    beside.append(("Limbs", sentences.of_limbs(limbs)))
if differing := sentences.disagreement(course, movements, scores):
    beside.append(("They differ", differing))
st.markdown("\n\n".join(f"**{measure}.** {plain(said)}" for measure, said in beside), width=740)

# Pain by visit: the series the episode is judged by, then any other that was rated
missed = progress.missed_visits(sessions)[["visited_on"]]
figure.show(
    facts.chart(
        draw.pain_by_visit,
        window,
        about,
        lambda: draw.pain_by_visit(
            visits,
            missed=missed,
            goal=progress.pain_goal(goals),
            region_words=name,
            techniques=techniques,
            **held_against(verdict),
        ),
    ),
    Calculation(
        "Ratings of one kind, region and side, before and after each kept visit; the series is the one rated first of"
        " those that have a start and a now. Contacts, no-shows and bookings are not visits. Start: the first rating"
        " before treatment, or the mean of those that precede any treatment; now: the latest one after it. They are"
        " compared by the seven classes of change, with the numbers nearest to this client by region, chronicity and"
        " days between the readings. A spike stands the important change or more above the median of the three rated"
        f" visits before it; still up {spikes.SETTLES_IN_VISITS} visits, or more than {spikes.SETTLES_IN_DAYS} days,"
        " later it is a worsening.",
        (
            SQL / "visits_of_episode.sql",
            SQL / "pain_course_of_episode.sql",
            SQL / "pain_series_of_episode.sql",
            SQL / "techniques_of_episode.sql",
        ),
        sentences.thresholds(verdict),
    ),
)
for place, (other_name, other, rated) in enumerate(
    progress.other_pains(series, visits, episode["chronicity"], course.first_treated_visit, window.store.instruments),
    start=2,
):
    figure.show(
        replace(
            draw.pain_by_visit(rated, region_words=other_name, **held_against(other)),
            key=f"pain_by_visit_{place}",  # names may be alike: a side left open, or midline
        ),
        Calculation(
            "The same as above for another pain rated in this episode. Series are never mixed.",
            (SQL / "pain_series_of_episode.sql",),
            sentences.thresholds(other),
        ),
    )

left, right = st.columns(2, gap="large")
with left:
    figure.show(
        facts.chart(motion_chart.motion, window, about, lambda: motion_chart.motion(movements, WORDS)),
        Calculation(
            "First and latest reading before treatment of each movement, side and motion type; repeats at one visit are"
            " averaged. The reference is the practice's own, or the range of the verified sources that cover this"
            " person's age, sex and motion type; the other side is shown as it stands at its latest reading, unless it"
            " is under treatment too. A change is held against its error alone: no motion has an accepted important"
            " change. Where nobody wrote down who measured or with what, it is taken to be the same.",
            (
                SQL / "motion_courses.sql",
                SQL / "motion_of_episode.sql",
                SQL / "motion_sides_elsewhere.sql",
                SQL / "repeat_error.sql",
            ),
            (*motion.error_sources(movements), *motion.reference_sources(movements)),
        ),
    )
with right:
    figure.show(
        facts.chart(scores_chart.scores, window, about, lambda: scores_chart.scores(sentences.scores_table(scores))),
        Calculation(
            "First and latest score of each scale, at different visits. The activities of one visit are averaged;"
            " another list of them is a series of its own. Scales with an important change get one of the seven"
            " classes. A global rating of change is itself the answer: its latest stands beside the cut-off. Of"
            " stress, sleep and the like nobody knows how much matters: only first and latest are said, and from"
            " five readings on a fitted line with its 95 % interval (least squares over visit numbers). Limbs:"
            " volumes of truncated cones between the landmarks both limbs were taped at, at the first and at the"
            " latest visit; each criterion is asked by itself.",
            (SQL / "scores_of_episode.sql", SQL / "limbs_of_episode.sql"),
            sentences.score_thresholds(scores),
        ),
    )
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
if viewer.may("record.correct"):
    st.page_link("pages/corrections.py", label="Correct, withdraw or see the history of a record")
