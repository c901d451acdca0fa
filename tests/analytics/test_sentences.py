"""The headline over a client's page: exact words for each of the seven classes."""

import pandas as pd
import pytest

from analytics import change, progress, sentences

ERROR = "2.4 (90 %, low back, computed from SEM 1.02, Childs 2005)"
MATTERS = "2 points (low back, Ostelo 2008)"


def headline(*pain, name="Low back pain", region="low_back") -> sentences.Headline:
    """The headline of a course rated so at visits 1, 2, 3 ... (None: not asked)."""
    visits = pd.DataFrame({"visit_number": range(1, len(pain) + 1), "pain_before": pd.Series(pain, dtype="float")})
    return sentences.pain_headline(progress.pain_course(visits), name, region)


@pytest.mark.parametrize(
    ("pain", "lead", "tone", "finding", "support"),
    [
        (
            (7, 5, 3),
            "Better.",
            "good",
            "Low back pain before treatment fell from 7 to 3 between visit 1 and visit 3.",
            f"That is more than the error of measuring, {ERROR}, and an amount that matters, {MATTERS}; it is also 30 %"
            " of the start or more, which we ask as well. 3 of 3 visits were rated before treatment.",
        ),
        (
            (6, 4),
            "Possibly better.",
            "muted",
            "Low back pain before treatment fell from 6 to 4 between visit 1 and visit 2.",
            f"That is an amount that matters, {MATTERS}, but less than the error of measuring, {ERROR}."
            " 2 of 2 visits were rated before treatment.",
        ),
        (
            (9, 6.5),
            "Possibly better.",
            "muted",
            "Low back pain before treatment fell from 9 to 6.5 between visit 1 and visit 2.",
            f"That is an amount that matters, {MATTERS}, but less than 30 % of the start."
            " 2 of 2 visits were rated before treatment.",
        ),
        (
            (5, None, 5),
            "No clear change.",
            "muted",
            "Low back pain before treatment is 5, as it was at visit 1.",
            f"The change is less than an amount that matters, {MATTERS}; the error of measuring is {ERROR}."
            " 2 of 3 visits were rated before treatment.",
        ),
        (
            (None, 5, 6),
            "No clear change.",
            "muted",
            "Low back pain before treatment rose from 5 to 6 between visit 2 and visit 3.",
            f"The change is less than an amount that matters, {MATTERS}; the error of measuring is {ERROR}."
            " 2 of 3 visits were rated before treatment.",
        ),
        (
            (5, 7),
            "Possibly worse.",
            "muted",
            "Low back pain before treatment rose from 5 to 7 between visit 1 and visit 2.",
            "That is an amount that matters, 2 points (low back, Ostelo 2008), but less than the error of measuring,"
            f" {ERROR}. 2 of 2 visits were rated before treatment.",
        ),
        (
            (4, 7.5),
            "Worse.",
            "caution",
            "Low back pain before treatment rose from 4 to 7.5 between visit 1 and visit 2.",
            f"That is more than the error of measuring, {ERROR}. 2 of 2 visits were rated before treatment.",
        ),
        (
            (2, 0),
            "Little room to improve.",
            "muted",
            "Low back pain before treatment fell from 2 to 0 between visit 1 and visit 2.",
            f"Pain began at 2, nearer to 0 than the error of measuring, {ERROR}: a fall could not be told from error."
            " 2 of 2 visits were rated before treatment.",
        ),
        (
            (None, 6),
            "Not enough readings.",
            "muted",
            "Low back pain was rated once before treatment: 6 at visit 2.",
            "A second rating before treatment, at another visit, is needed to say more."
            " 1 of 2 visits were rated before treatment.",
        ),
        (
            (None, None),
            "Not enough readings.",
            "muted",
            "Low back pain was not rated before treatment at any visit.",
            "Ratings before treatment at two visits are needed to say more. 0 of 2 visits were rated before treatment.",
        ),
    ],
)
def test_the_headline_of_each_class(pain, lead, tone, finding, support):
    assert headline(*pain) == sentences.Headline(lead, tone, finding, support)


def test_a_threshold_from_another_region_says_so():
    told = headline(7, 3, name="Neck pain", region="neck")
    assert told.finding == "Neck pain before treatment fell from 7 to 3 between visit 1 and visit 2."
    assert told.support == (
        "That is more than the error of measuring, 2.4 (90 %, low back, computed from SEM 1.02, Childs 2005; our"
        " default, used here for the neck), and an amount that matters, 2 points (low back, Ostelo 2008; our default,"
        " used here for the neck); it is also 30 % of the start or more, which we ask as well. 2 of 2 visits were rated"
        " before treatment."
    )


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
