"""The sentences over a client's page: exact words for each class of pain, motion and function."""

import dataclasses

import pandas as pd
import pytest

import instruments
from analytics import change, function, lymphoedema, progress, sentences, spikes
from tables import rows

ERROR = "2.4 (90 %, low back, computed from SEM 1.02, Childs 2005)"
MATTERS = "2 points (low back, Ostelo 2008)"


def course(*pain, region="low_back", days=14, before_treatment=1) -> progress.Course:
    """The course of an episode rated so at visits 1, 2, 3 ... (None: not asked), with `days` between start and now."""
    rated = [(visit, found) for visit, found in enumerate(pain, start=1) if found is not None]
    start, later = rated[:before_treatment], rated[before_treatment:]
    recent = [found for _, found in later[-3:]]
    first_on = pd.Timestamp("2026-03-02")
    return progress.course_of(
        pd.Series(
            {
                "region": region,
                "chronicity": None,
                "first_pain": sum(found for _, found in start) / len(start) if start else None,
                "first_ratings": len(start),
                "first_visit": start[0][0] if start else None,
                "first_on": first_on,
                "latest_pain": later[-1][1] if later else None,
                "latest_visit": later[-1][0] if later else None,
                "latest_on": first_on + pd.Timedelta(days=days) if later else pd.NaT,
                "recent_pain": sum(recent) / len(recent) if recent else None,
                "first_treated_visit": 1,
                "recent_ratings": len(recent),
                "readings": len(rated),
                "visits": len(pain),
            }
        )
    )


def headline(*pain, name="Low back pain", more=(), **told) -> sentences.Headline:
    return sentences.pain_headline(course(*pain, **told), name, more)


@pytest.mark.parametrize(
    ("pain", "lead", "tone", "finding", "support"),
    [
        (
            (7, 4, 3),
            "Better.",
            "good",
            "Low back pain before treatment fell from 7 to 3 between visit 1 and visit 3.",
            f"That is more than the error of measuring, {ERROR}, and at least the amount that matters, {MATTERS}; it"
            " is also 30 % of the start or more, which we ask as well. 3 of 3 visits were rated before treatment.",
        ),
        (
            (6, 4),
            "Possibly better.",
            "muted",
            "Low back pain before treatment fell from 6 to 4 between visit 1 and visit 2.",
            f"That is at least the amount that matters, {MATTERS}, but less than the error of measuring, {ERROR}."
            " 2 of 2 visits were rated before treatment.",
        ),
        (
            (9, 6.5),
            "Possibly better.",
            "muted",
            "Low back pain before treatment fell from 9 to 6.5 between visit 1 and visit 2.",
            f"That is at least the amount that matters, {MATTERS}, but less than 30 % of the start."
            " 2 of 2 visits were rated before treatment.",
        ),
        (
            (5, None, 5),
            "No clear change.",
            "muted",
            "Low back pain before treatment is 5, as it was at visit 1.",
            f"The change is less than the amount that matters, {MATTERS}; the error of measuring is {ERROR}."
            " 2 of 3 visits were rated before treatment.",
        ),
        (
            (None, 5, 6),
            "No clear change.",
            "muted",
            "Low back pain before treatment rose from 5 to 6 between visit 2 and visit 3.",
            f"The change is less than the amount that matters, {MATTERS}; the error of measuring is {ERROR}."
            " 2 of 3 visits were rated before treatment.",
        ),
        (
            (5, 7),
            "Possibly worse.",
            "muted",
            "Low back pain before treatment rose from 5 to 7 between visit 1 and visit 2.",
            "That is at least the amount that matters, 2 points (low back, Ostelo 2008), but less than the error of"
            f" measuring, {ERROR}. 2 of 2 visits were rated before treatment.",
        ),
        (
            (4, 7.5),
            "Worse.",
            "caution",
            "Low back pain before treatment rose from 4 to 7.5 between visit 1 and visit 2.",
            f"That is more than the error of measuring, {ERROR}, and at least the amount that matters, {MATTERS}."
            " 2 of 2 visits were rated before treatment.",
        ),
        (
            (2, 0),
            "Little room to improve.",
            "muted",
            "Low back pain before treatment fell from 2 to 0 between visit 1 and visit 2.",
            f"Low back pain began at 2, nearer to 0 than the error of measuring, {ERROR}: a change for the better could"
            " not be told from error. 2 of 2 visits were rated before treatment.",
        ),
        (
            (None, 6),
            "Not enough readings.",
            "muted",
            "Low back pain was rated once before treatment: 6 at visit 2.",
            "Another reading, at a later visit, is needed to say more. 1 of 2 visits were rated before treatment.",
        ),
        (
            (None, None),
            "Not enough readings.",
            "muted",
            "Low back pain was not rated before treatment at any visit.",
            "Two readings, at two visits, are needed to say more. 0 of 2 visits were rated before treatment.",
        ),
    ],
)
def test_the_headline_of_each_class(pain, lead, tone, finding, support):
    assert headline(*pain) == sentences.Headline(lead, tone, finding, support)


def test_a_number_from_another_region_says_what_it_is_used_for_want_of():
    told = headline(7, 3, name="Knee pain", region="knee")
    assert told.finding == "Knee pain before treatment fell from 7 to 3 between visit 1 and visit 2."
    assert told.support == (
        "That is more than the error of measuring, 2.4 (90 %, low back, computed from SEM 1.02, Childs 2005; used"
        " here for want of a knee value), and at least the amount that matters, 2 points (low back, Ostelo 2008;"
        " used here for want of a knee value); it is also 30 % of the start or more (chronic pain trials, n=2,724,"
        " Farrar 2001), which we ask as well. 2 of 2 visits were rated before treatment."
    )


def test_a_change_of_exactly_the_error_is_as_much_as_it_and_not_more():
    assert headline(7, 4.6).support.startswith("That is as much as the error of measuring, 2.4 (")  # 7 - 2.4


def test_a_start_that_is_a_mean_says_so_and_what_the_error_becomes():
    told = headline(7, 6, 3, before_treatment=2)
    # 2.4 x sqrt((1/2 + 1) / 2) = 2.08
    assert told.finding == "Low back pain before treatment fell from 6.5 to 3 between visit 1 and visit 3."
    assert "That is more than the error of measuring, 2.1 (90 %, low back" in told.support
    assert "The start is the mean of two ratings before any treatment, so the error is 2.1." in told.support


def test_two_ratings_before_any_treatment_are_a_start_and_no_course():
    told = headline(7, 6, before_treatment=2)
    assert (told.lead, told.finding) == (
        "Not enough readings.",
        "Low back pain was rated two times before any treatment: 6.5 on average.",
    )
    assert told.support.startswith("Another reading, at a later visit, is needed to say more. The start is the mean")


def test_where_the_mean_of_the_last_ratings_is_called_something_else_one_sentence_says_so():
    # (5 + 5 + 3) / 3 = 4.33, a fall of 1.67 and less than 2; error 2.4 x sqrt((1 + 1/3) / 2) = 1.96.
    told = headline(6, 5, 5, 3)
    assert told.lead == "Better."
    assert "The mean of the last three ratings, 4.3, would be called no clear change; its error is 2." in told.support
    assert "mean of the last" not in headline(6, 3, 3, 3).support  # both are better


def test_with_two_ratings_after_the_start_the_mean_is_of_two():
    assert "The mean of the last two ratings, 4, would be called" in headline(6, 5, 3).support


def test_further_sentences_stand_before_the_count_of_ratings():
    told = headline(7, 3, more=["A spike to 8 at visit 4 settled by visit 5."]).support
    assert told.endswith("A spike to 8 at visit 4 settled by visit 5. 2 of 2 visits were rated before treatment.")


def test_no_visit_is_said_and_nothing_is_counted():
    told = headline()
    assert (told.lead, told.finding) == ("Not enough readings.", "No visit has been kept yet.")
    assert told.support == "Two readings, at two visits, are needed to say more."


def test_every_number_behind_a_verdict_stands_with_its_source_and_the_larger_error_is_admitted():
    assert sentences.thresholds(course(7, 3).verdict) == (
        "Error of measuring 2.4: 90 %, low back, computed from SEM 1.02, Childs 2005.",
        "Important change 2 points: low back, Ostelo 2008.",
        "Share of the start asked besides 30 %: low back, Ostelo 2008.",
        "The error is larger than the important change: from 2 to under 2.4 a change may matter and may be error, and"
        " is called possible.",
    )
    averaged = sentences.thresholds(course(7, 6, 3, before_treatment=2).verdict)
    assert averaged[0].startswith("Error of measuring 2.1, less than 2.4 because ratings were averaged: 90 %, low back")


def test_a_single_visit_is_said_in_the_singular():
    assert headline(6).support.endswith(" 1 of 1 visit was rated before treatment.")


def test_the_mean_of_repeats_is_said_with_two_decimals_at_most():
    assert (
        headline(19 / 3, 2).finding == "Low back pain before treatment fell from 6.33 to 2 between visit 1 and visit 2."
    )


def test_every_class_has_a_lead_and_only_certainty_has_a_colour():
    assert set(sentences.LEADS) == set(change.WORDS)
    assert sentences.TONES == {"improved": "good", "worse": "caution"}


@pytest.mark.parametrize(
    ("series", "words"),
    [
        (("now", "neck", "left"), "Left neck pain"),
        (("average", "low_back", "midline"), "Average low back pain"),
        (("worst", "knee", "both"), "Worst knee pain"),
        (("best", None, "right"), "Least right pain"),
        (("now", None, None), "Pain"),
    ],
)
def test_a_pain_is_named_by_kind_side_and_region(series, words):
    assert progress.pain_name(*series) == words


# Spikes, in words


def spike(**told) -> pd.DataFrame:
    row = {"visit_number": 4, "pain": 7.0, "state": "settled", "settled_visit": 5.0, "flare_marked": False}
    return pd.DataFrame([row | told])


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({}, "A spike to 7 at visit 4 settled by visit 5."),
        ({"flare_marked": True}, "A flare-up to 7 at visit 4 settled by visit 5."),
        ({"state": "open", "settled_visit": None}, "A spike to 7 at visit 4 is not known to have settled."),
        (
            {"state": "worsening", "settled_visit": None},
            "Neck pain rose to 7 at visit 4 and has not come back: a worsening, not a spike.",
        ),
        (
            {"state": "worsening", "settled_visit": 9.0},
            "Neck pain rose to 7 at visit 4 and took until visit 9 to settle: a worsening, not a spike.",
        ),
        (
            {"state": "worsening", "settled_visit": None, "flare_marked": True},
            "Neck pain rose to 7 at visit 4 and has not come back: a worsening, not a spike; the visit was marked as a"
            " flare-up.",
        ),
    ],
)
def test_what_became_of_a_spike(told, words):
    assert sentences.of_spikes(spike(**told), [], "Neck pain") == [words]


def test_of_many_spikes_the_last_two_are_told_and_the_others_counted():
    many = pd.concat([spike(visit_number=number, settled_visit=number + 1) for number in (4, 9, 14, 19)])
    assert sentences.of_spikes(many) == [
        "A spike to 7 at visit 14 settled by visit 15.",
        "A spike to 7 at visit 19 settled by visit 20.",
        "Before that, 2 spikes, 2 settled.",
    ]


def test_a_visit_marked_as_a_flare_up_is_said_though_it_was_no_spike():
    assert sentences.of_spikes(spike(flare_marked=True).iloc[:0], [6]) == ["A flare-up was marked at visit 6."]
    assert sentences.of_spikes(spike(flare_marked=True), [4])[1:] == []  # said as the spike already


def test_two_worse_ratings_in_a_row_are_said_and_one_is_not():
    assert sentences.of_two_worse(True) == ["Worse beyond error at each of the last two ratings."]
    assert sentences.of_two_worse(False) == []


# Motion, in words


def movements(drawn: str) -> pd.DataFrame:
    table = rows(drawn)
    defaults = {
        "motion_type": "active",
        "error_deg": 10.0,
        "error_source": "a source",
        "why": None,
        "is_other_side": False,
    }
    return table.assign(**{name: cell for name, cell in defaults.items() if name not in table})


NECK = """
    name         | side  | start_deg | now_deg | motion_class
    Turning      | left  | 38        | 62      | improved
    Turning      | right | 66        | 74      | unchanged
    Bending      | -     | 50        | 38      | worse
"""


def test_all_movements_stand_in_one_sentence_by_what_became_of_them_and_the_error_in_another():
    assert sentences.of_motion(movements(NECK)) == (
        "Better: turning left from 38° to 62°; worse: bending from 50° to 38°; no clear change: turning right."
        " Error of measuring: 10° (a source)."
    )


def test_of_a_side_that_is_only_compared_with_no_change_is_told():
    table = movements(NECK).assign(is_other_side=[True, False, True])
    assert "turning left" not in sentences.of_motion(table)
    alone = sentences.of_motion(table.assign(is_other_side=True))
    assert alone == "Motion of the affected side was not measured."


def test_what_cannot_be_said_of_motion_says_why():
    table = movements(
        """
        name    | side | motion_type | start_deg | now_deg | motion_class      | error_deg | why
        Bending | left | active      | 40        | -       | insufficient_data | 10        | measured at one visit only
        Bending | left | passive     | 40        | 60      | insufficient_data | -         | instrument changed
        """
    )
    assert sentences.of_motion(table) == (
        "Cannot be said: bending left and bending left passive (measured at one visit only and instrument changed)."
    )


def test_many_movements_are_counted_and_none_is_said():
    same = pd.concat([movements(NECK).iloc[[1]]] * 4)
    assert sentences.of_motion(same).startswith("No clear change: 4 movements.")
    assert sentences.of_motion(movements(NECK).iloc[:0]) == "Motion was not measured."


# Scores, in words


def score(key, *values, region=None, items=(), side=None) -> function.Score:
    """A scale scored so at visits 1, 5, 9 ..., four weeks apart."""
    scale, visits = instruments.scale(key), tuple(range(1, 4 * len(values), 4))
    days = tuple(pd.Timestamp("2026-03-02") + pd.Timedelta(days=7 * (visit - 1)) for visit in visits)
    limits = instruments.limits(scale, region, None, 28.0 * (len(values) - 1) if len(values) > 1 else None)
    return function.Score(scale, items, side, visits, days, tuple(map(float, values)), limits)


LEFS_ERROR = "9 (90 %, lower limb, Binkley 1999)"
LEFS_MATTERS = "9 points (lower limb, Binkley 1999)"
NINE = f"the error of measuring, {LEFS_ERROR}, and at least the amount that matters, {LEFS_MATTERS}."


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (
            (40, 52),
            f"rose from 40 to 52 of 80 (higher is better): better, beyond error. That is more than {NINE}",
        ),
        (
            (40, 49),
            f"rose from 40 to 49 of 80 (higher is better): better, beyond error. That is as much as {NINE}",
        ),
        (
            (40, 30),
            f"fell from 40 to 30 of 80 (higher is better): worse, beyond error. That is more than {NINE}",
        ),
        (
            (40, 48),
            "rose from 40 to 48 of 80 (higher is better): no clear change. The change is less than the amount that"
            f" matters, {LEFS_MATTERS}; the error of measuring is {LEFS_ERROR}.",
        ),
        (
            (40, 40),
            "is 40 of 80, as it was at visit 1 (higher is better): no clear change. The change is less than the amount"
            f" that matters, {LEFS_MATTERS}; the error of measuring is {LEFS_ERROR}.",
        ),
        (
            (78, 80),
            "rose from 78 to 80 of 80 (higher is better): little room to improve. Leg function (LEFS) began at 78,"
            f" nearer to 80 than the error of measuring, {LEFS_ERROR}: a change for the better could not be told from"
            " error.",
        ),
        ((40,), "was scored once: 40 of 80 at visit 1. Another reading, at a later visit, is needed to say more."),
    ],
)
def test_a_score_with_thresholds_gets_its_verdict_in_words(values, words):
    assert sentences.of_score(score("lefs", *values)) == f"Leg function (LEFS) {words}"


def test_a_score_possibly_better_or_worse_says_what_it_lacks():
    assert sentences.of_score(score("odi", 60, 45, region="low_back")).endswith(
        "possibly better. That is at least the amount that matters, 10 points (low back, Ostelo 2008), but less than"
        " 30 % of the"
        " start."  # 15 of 60 is 25 %
    )
    nprs_like = score("psfs", 6, 4, items=("walking",))
    alone = dataclasses.replace(nprs_like.limits, error=instruments.Chosen(nprs_like.scale.errors[1]))
    assert sentences.of_score(dataclasses.replace(nprs_like, limits=alone)).endswith(
        "possibly worse. That is at least the amount that matters, 2 points (musculoskeletal, primary care, Moseng"
        " 2013), but less than the error of measuring, 3 (90 %, any region, one activity, Stratford 1995 form)."
    )


def test_where_no_error_is_known_nothing_is_more_than_possible_and_that_is_said():
    told = sentences.of_score(score("ndi_percent", 60, 20, region="neck"))
    assert told.endswith(
        "possibly better. That is at least the amount that matters, 19 points (neck, Cleland 2008), but no error of"
        " measuring is known for this form, so it may be chance."
    )
    assert sentences.thresholds(score("ndi_percent", 60, 20, region="neck").verdict)[0] == (
        "No error of measuring is known for this form: no change on it is called more than possible."
    )
    assert sentences.of_score(score("ndi_percent", 20, 60, region="neck")).endswith("so it may be chance.")
    assert "no error of measuring is known for this form." in sentences.of_score(score("ndi_percent", 20, 25))


def test_where_what_matters_is_larger_than_the_error_little_room_is_measured_by_it():
    # QuickDASH, upper limb: error 12.85, important 15.91; a start of 14 lies between the two.
    assert "nearer to 0 than the amount that matters, 15.91 points" in sentences.of_score(score("quickdash", 14, 2))


def test_a_verdict_on_a_number_from_memory_says_unverified():
    told = sentences.of_score(score("ndi_points", 30, 10, region="neck"))
    assert ": better, beyond error (unverified)." in told
    assert "neck, Young 2009 (unverified)" in told


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((6,), "was 6 of 10 at visit 1, its only reading."),
        ((6, 4), "was 6 of 10 at visit 1 and 4 at visit 5 (lower is better); two readings are no trend."),
        ((6, 5, 4), "fell from 6 to 4 of 10 (3 readings, lower is better)."),
        ((4, 5, 4, 4), "is 4 of 10, as it was at visit 1 (4 readings, lower is better)."),
        (
            (8, 7, 6, 5, 4),  # a quarter of a point a visit, and every reading on the line
            "fell from 8 to 4 of 10 (5 readings, lower is better); a line through them runs 0.25 lower a visit (95 %:"
            " 0.25 to 0.25).",
        ),
        ((5, 5, 5, 5, 5), "is 5 of 10, as it was at visit 1 (5 readings, lower is better)."),
        (
            (5, 4, 6, 5, 5),  # 0.025 a visit; SE sqrt(1.9 / 3 / 160) = 0.063, times t(3) = 3.18 is 0.2
            "is 5 of 10, as it was at visit 1 (5 readings, lower is better); a line through them cannot be told from"
            " level (95 %: 0.18 lower to 0.23 higher a visit).",
        ),
    ],
)
def test_stress_has_trend_words_only_and_those_only_with_enough_readings(values, words):
    assert sentences.of_score(score("stress", *values)) == f"Stress {words}"


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        (
            "pgic_immpact",
            2,
            "Global change (PGIC, IMMPACT) was answered 2 at visit 1 (IMMPACT: 1 very much improved, 7 very much"
            " worse): that reaches the cut-off of 2 (moderately (much) improved; chronic pain trials, IMMPACT,"
            " Dworkin 2008).",
        ),
        (
            "pgic_immpact",
            4,
            "Global change (PGIC, IMMPACT) was answered 4 at visit 1 (IMMPACT: 1 very much improved, 7 very much"
            " worse): that falls short of the cut-off of 3 (minimally improved; chronic pain trials, IMMPACT,"
            " Dworkin 2008).",
        ),
        (
            "groc_15",
            -2,
            "Global rating of change (15 points) was answered -2 at visit 1 (15 points): that is worse than no"
            " change, 0, and falls short of the cut-off of 3 (+3 or more; cut-off in use, Jaeschke 1989 (unverified)).",
        ),
        (
            "groc_11",
            3,
            "Global rating of change (11 points) was answered 3 at visit 1 (11 points); no cut-off is known for this"
            " form.",
        ),
    ],
)
def test_a_rating_of_change_is_told_by_its_latest_answer_and_the_cut_off(key, value, words):
    assert sentences.of_score(score(key, value)) == words
    assert sentences.of_score(score(key, 1, value)) == words.replace("visit 1", "visit 5")


# Measures that disagree


def test_pain_better_and_function_worse_both_stand():
    told = sentences.disagreement(course(7, 3), movements(NECK).iloc[:0], [score("lefs", 40, 30)])
    assert told == "Pain is better, leg function (LEFS) is worse: both stand, neither outweighs the other."


def test_more_than_two_measures_are_all_named_and_possibly_is_said():
    told = sentences.disagreement(course(5, 7), movements(NECK), [score("pgic_immpact", 2)])
    assert told == (
        "Turning left is better and global change (PGIC, IMMPACT) is better, pain is possibly worse and bending is"
        " worse: all stand, none outweighs another."
    )


def test_measures_that_agree_or_say_nothing_do_not_disagree():
    nothing = movements(NECK).iloc[:0]
    assert sentences.disagreement(course(7, 3), nothing, [score("lefs", 40, 60)]) is None
    assert sentences.disagreement(course(7, 3), nothing, [score("lefs", 40, 41), score("stress", 1, 9)]) is None
    assert sentences.disagreement(course(7), nothing, []) is None


def test_the_side_that_is_only_compared_with_disagrees_with_nobody():
    table = movements(NECK).iloc[[2]].assign(is_other_side=True)  # it lost 12 degrees
    assert sentences.disagreement(course(7, 3), table, []) is None


# What a figure of the scores shows


def test_the_table_of_scores_leaves_out_what_was_not_scored():
    table = sentences.scores_table(
        [score("lefs", 40, 52), score("psfs", 4, items=("sitting", "walking")), score("pgic_immpact", 6, 5)]
    )
    assert table[["name", "items", "said", "tone"]].values.tolist() == [
        ["Leg function (LEFS)", "", "better, beyond error", "good"],
        ["Own activities (PSFS)", "sitting, walking", "not enough readings", "muted"],
        ["Global change (PGIC, IMMPACT)", "", "worse than no change", "caution"],
    ]
    assert table["first"].fillna(-1).tolist() == [40, 4, -1]  # -1 stands for missing here
    assert table["latest"].fillna(-1).tolist() == [52, -1, 5]
    assert sentences.scores_table([]).empty


@pytest.mark.parametrize(
    "pain", [(), (None,), (0,), (None, None), (5, None), (None, 5), (0, 0), (10, 10, 10, 10), (5, 5, 5)]
)
def test_whatever_was_or_was_not_rated_no_sentence_holds_a_nan(pain):
    visits = pd.DataFrame({"visit_number": range(1, len(pain) + 1), "pain_before": pd.Series(pain, dtype="float64")})
    visits = visits.assign(visited_on=pd.Timestamp("2026-03-02"), flare_marked=None)
    told = course(*pain)
    risen = spikes.spikes(visits, told.verdict.limits)
    spoken = sentences.pain_headline(told, "Pain", sentences.of_spikes(risen))
    assert "nan" not in f"{spoken} {sentences.thresholds(told.verdict)}".lower()
    assert "None" not in f"{spoken.finding} {spoken.support}"


def limbs(*at, **course) -> lymphoedema.LimbCourse:
    """Limbs taped 10 cm apart at one visit after another: circumferences of the affected and of the other."""
    told = [lymphoedema.compared(affected, other, [0, 10]) for affected, other in at]
    first, latest = (told[0], told[-1] if len(told) > 1 else None) if told else (None, None)
    return lymphoedema.LimbCourse(first=first, latest=latest, **course)


@pytest.mark.parametrize(
    ("course", "words"),
    [
        # 22 and 20 cm all along: (22 / 20)^2 = 1.21, so 21 % more volume; 10 x 22^2 / (4 pi) less 10 x 20^2 / (4 pi) is
        # 66.8 mL, under 200.
        (
            limbs(([22, 22], [20, 20])),
            "The affected limb less the other one: at most 2 cm at one level, 66.8 mL and 21 % of its volume."
            " Swollen by 2 of the 3 criteria asked: 2 cm larger and 10 % larger (Armer & Stewart 2005); they are"
            " not equivalent. Not asked: symptoms.",
        ),
        # Then 21.5 cm: (21.5 / 20)^2 = 1.1556.
        (
            limbs(([22, 22], [20, 20]), ([21.5, 21.5], [20, 20])),
            "The affected limb less the other one: at most 1.5 cm at one level (was 2), 49.5 mL (was 66.8) and 15.6"
            " % of its volume (was 21). Swollen by 1 of the 3 criteria asked: 10 % larger (Armer & Stewart 2005);"
            " they are not equivalent.",
        ),
        (
            limbs(([20.5, 20.5], [20, 20])),
            "The affected limb less the other one: at most 0.5 cm at one level, 16.1 mL and 5.1 % of its volume."
            " Swollen by none of the 3 criteria asked (Armer & Stewart 2005); they are not equivalent.",
        ),
        (
            limbs(changes={"left": -5.0, "right": 2.5}),
            "Volume against its own first: the left limb 5 % less and the right limb 2.5 % more. Both sides are"
            " affected, so there is no excess.",
        ),
        (
            limbs(missing="no visit has both limbs taped at the same landmark"),
            "No visit has both limbs taped at the same landmark.",
        ),
    ],
)
def test_limbs_are_told_by_the_tape_and_by_each_criterion(course, words):
    assert sentences.of_limbs(course).startswith(words)


def test_a_volume_near_the_criterion_says_how_little_one_reading_proves():
    assert "two readings of one unchanged limb can lie 18 % apart" in sentences.of_limbs(limbs(([21, 21], [20, 20])))
    assert "proves little" not in sentences.of_limbs(limbs(([22, 22], [20, 20])))
