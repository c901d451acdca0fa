"""Injury outcomes: what became of the people with each injury?"""

import streamlit as st

import instruments
from access import door
from analytics import SQL, fates, outcomes
from analytics.estimates import FEWEST_FOR_REGRESSION
from charts import fates as draw_fates
from charts import outcomes as draw
from charts.words import counted, mean, value
from pages.parts import facts, figure, filters, link
from pages.parts.figure import Calculation, plain
from records import calendar, store

viewer = door.require("outcomes.read")
window = store.open_for(viewer)
today = calendar.today()
closed_after_days = window.store.settings.closed_after_days
figure.style()

NO_COMPARISON = "There is no comparison group: part of any fall in pain is expected without treatment."
BY_ITSELF = (
    "What would be expected without any treatment is an estimate of regression to the mean, (1 - r) x SD x phi(z) / (1"
    " - Phi(z)): it takes pain in everyone who might come to be normally distributed and those above some pain to come,"
    " fits that distribution to the first ratings above their lowest tenth, and takes r, how two ratings correlate when"
    " nothing changed, from a published study (of the region when all are of one that was studied, else the lowest)."
    " It is rough, and no bound: of invented people who all come above one pain it said more than fell by itself in a"
    f" third to a half of practices, with {FEWEST_FOR_REGRESSION} people mostly between half and twice as much; of"
    " people who come at different pains it found a seventh."
)

st.title("What became of the people with each injury?", anchor=False)
chosen = filters.choose(window, today, ("therapist", "office", "cause"), "Episodes opened")
told = facts.fact(outcomes.told, window, chosen, today)
episodes, types = told.episodes, told.types
aside = ""
if told.contacts_only:
    aside = f" {counted(told.contacts_only, 'more episode')} with contacts only, and no visit, are left out."
if episodes.empty:
    st.info(
        "No episode with a visit in this choice. Choose a longer period or fewer filters, or bring records on the"
        f" Import page.{aside}"
    )
    st.stop()

said = draw_fates.account_words(told.accounts.iloc[0], fates.FATES, fates.JUDGED)
st.markdown(plain(f"{said}{aside}"), width=740)

figure.show(
    facts.chart(
        draw_fates.account,
        window,
        (chosen, today),
        lambda: draw_fates.account(told.accounts, fates.FATES, fates.JUDGED),
    ),
    Calculation(
        "Every episode opened in the period has one of eight fates. Still in care: not closed (discharged, or lapsed"
        f" and without a visit for more than {closed_after_days} days), whatever its ratings. Of the closed: no second"
        " reading; little room to improve, where pain began nearer to 0 than the change asked for; else the latest"
        " rating before treatment against the start, judged by the thresholds of the episode's region, chronicity and"
        " follow-up. Better of judged: better, beyond error, over all that can be judged, with Wilson's 95 % interval."
        " The range in the table adds everyone without a second reading to the denominator: none of them better, or"
        f" all. Shares of fewer than {draw_fates.FEWEST_FOR_PERCENT} are given as counts.",
        (SQL / "outcomes_episodes.sql",),
    ),
)

important = instruments.limits(window.store.instruments.scale("nprs"), "low_back").important
by_itself = told.without_treatment
figure.show(
    facts.chart(draw.overview, window, (chosen, today), lambda: draw.overview(types, important)),
    Calculation(
        "Every episode opened in the period counts in its row. Points less pain: start minus latest rating before"
        " treatment, mean with 95 % t interval over episodes that have both, each by its own pain series;"
        " where they differ in kind (pain now, on average) the mean mixes the kinds. Visits: median and quartiles"
        f" over closed episodes (discharged, or lapsed and without a visit for more than {closed_after_days} days);"
        " open ones would bias them down. With a therapist or office chosen, the episodes are those they lead."
        f" {NO_COMPARISON} {BY_ITSELF}",
        (SQL / "outcomes_episodes.sql",),
        (
            f"Important change {important.points:g}: {important.cited}",
            f"Correlation of two ratings when nothing changed {by_itself.reliability.coefficient:g}:"
            f" {by_itself.reliability.cited}",
        ),
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
            "First and latest reading before treatment of the affected side, each as percent of the practice's own"
            " reference, or the first verified one, that covers the person's age, sex and motion type; series without"
            " one, or with one of 0 degrees (a percent of nothing), are left out and counted. Mean with 95 % t interval"
            " over those measured at two visits or more.",
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

expected = by_itself.expected
if expected.points is None:
    fall = f"How much of it would have gone without treatment cannot be said: {expected.why}."
else:
    fall = (
        f"Of the mean fall of {mean(by_itself.mean_fall)} points in the {expected.used:,} whose pain began above"
        f" {expected.cut_off:g}, {expected.words} would be expected without any treatment. That is a rough"
        f" estimate: with {FEWEST_FOR_REGRESSION} people the truth may be half of it or twice, and it is far more where"
        " people differ in how much pain brings them."
    )
with st.container(border=True):
    st.markdown(
        "**What these pictures cannot say.** People come when pain is high, so the first reading tends to fall by"
        f" itself. {fall} Those who stop coming are not measured. Neither is corrected here: these are records, not a"
        " trial."
    )
