"""A swollen limb: volumes, which criterion calls it so, and how little one reading proves."""

import math

import pandas as pd
import pytest

from analytics import lymphoedema
from analytics.lymphoedema import compared, limb_volume_ml
from tables import enter, practice_of, rows

# Worked example G12 of the clinical reference: circumferences every 4 cm.
EVERY_4_CM = range(0, 36, 4)
UNAFFECTED_CM = [16.5, 18.5, 21, 23, 24.5, 26, 28, 30, 31.5]
AFFECTED_CM = [17, 19.5, 22, 24.5, 26, 27.5, 29.5, 31.5, 33]


def test_the_worked_example_of_the_reference():
    limbs = compared(AFFECTED_CM, UNAFFECTED_CM, EVERY_4_CM)
    assert limbs.unaffected_ml == pytest.approx(1559.6919, abs=1e-4)
    assert limbs.affected_ml == pytest.approx(1732.4546, abs=1e-4)
    assert limbs.excess_ml == pytest.approx(172.7627, abs=1e-4)
    assert limbs.excess_percent == pytest.approx(11.0767, abs=1e-4)
    assert limbs.largest_difference_cm == 1.5


def test_of_four_criteria_the_worked_example_meets_one_and_says_which():
    limbs = compared(AFFECTED_CM, UNAFFECTED_CM, EVERY_4_CM)
    told = {criterion.words: criterion.fired for criterion in limbs.criteria}
    assert told == {"2 cm larger": False, "200 mL larger": False, "symptoms": None, "10 % larger": True}
    assert limbs.fired == ("10 % larger",)
    assert {criterion.source for criterion in limbs.criteria} == {"Armer & Stewart 2005"}


@pytest.mark.parametrize(
    ("symptoms", "fired"), [(True, ("symptoms",)), (False, ()), (None, ())], ids=["reported", "denied", "not asked"]
)
def test_symptoms_alone_are_a_criterion_and_not_asked_is_not_no(symptoms, fired):
    limbs = compared([20, 20], [20, 20], [0, 10], symptoms)
    assert limbs.fired == fired
    assert limbs.criteria[2].fired is symptoms


@pytest.mark.parametrize(("affected_cm", "fired"), [(22.1, True), (22.0, True), (21.9, False)])
def test_two_centimetres_count_from_exactly_two(affected_cm, fired):
    assert compared([affected_cm], [20.0]).criteria[0].fired is fired


def test_a_thinner_affected_limb_meets_no_criterion():
    limbs = compared([18, 18], [20, 20], [0, 10])
    assert (limbs.largest_difference_cm, limbs.fired) == (-2, ())
    # A cylinder goes with the square of its girth: 100 * (18^2 / 20^2 - 1) = -19 %.
    assert limbs.excess_percent == pytest.approx(-19)


def test_a_single_reading_near_ten_percent_proves_little_and_says_why():
    caution = compared(AFFECTED_CM, UNAFFECTED_CM, EVERY_4_CM).caution
    assert caution.startswith(
        "A single excess of 11.1 % proves little: two readings of one unchanged limb can lie 18 %"
    )
    assert "computed from SEM 6.6 %" in caution
    assert "more than the criterion of 10 %" in caution


def test_beyond_the_error_of_measuring_there_is_nothing_to_caution_about():
    # 22^2 / 20^2 = 1.21: 21 % larger, against an error of 18 %.
    assert compared([22, 22], [20, 20], [0, 10]).caution is None
    assert compared([22, 22], [20, 20]).caution is None  # no volume, so no percent to doubt


def test_without_distances_there_is_no_volume_and_its_criteria_cannot_be_said():
    limbs = compared([22, 25], [20, 22])
    assert (limbs.affected_ml, limbs.excess_ml, limbs.excess_percent) == (None, None, None)
    assert [criterion.fired for criterion in limbs.criteria] == [True, None, None, None]


@pytest.mark.parametrize(
    ("affected", "unaffected", "levels", "said"),
    [
        ([20, 21], [20], None, "affected limb has 2 circumferences and the other one 1"),
        ([20, None], [20, 21], [0, 4], "Circumference 2 of the affected limb is None"),
        ([20, 21], [20, float("nan")], [0, 4], "Circumference 2 of the unaffected limb is nan"),
        ([20, 0], [20, 21], [0, 4], "Circumference 2 of the affected limb is 0"),
        ([], [], None, "has no circumference"),
        ([20, 21], [20, 21], [0, 4, 8], "2 circumferences for 3 levels"),
        ([20], [20], [0], "at least two"),
        ([20, 21], [20, 21], [4, 0], "right is rising"),
        ([20, 21], [20, 21], [4, 4], "each distance once"),
    ],
)
def test_limbs_that_cannot_be_compared_are_refused_in_words(affected, unaffected, levels, said):
    with pytest.raises(ValueError, match=said):
        compared(affected, unaffected, levels)


# What the tape said in the records

VISITS = """
    client | day
    Ada    | 2026-03-02
    Ada    | 2026-03-16
    Ada    | 2026-03-30
"""


def taped(store, owner, girths: str, side: str | None = "left", places: str | None = None):
    """`lymphoedema.limbs` of Ada, whose arms were taped so: session | side | item | value.

    Her complaint is of that upper arm, or of the places given: episode | place | region | side.
    """
    entered = practice_of(store, owner, VISITS)
    about = {"client_id": entered.clients["Ada"], "episode_id": entered.episodes["Ada"]}
    if places := places or (side and f"Ada | 1 | upper_arm | {side}"):
        enter(store, owner, entered, "episode_region", f"episode | place | region | side\n{places}")
    with store.change(owner, "create") as change:
        for row in rows(girths).to_dict("records"):
            session = {"session_id": entered.sessions[row.pop("session") - 1], "scored_on": "2026-03-02"}
            row = {name: None if pd.isna(value) else value for name, value in row.items()}
            change.insert("score", about | session | row | {"scale": "limb_girth"})
    return lymphoedema.limbs(store.open_for(owner), **about)


BOTH_ARMS = """
    session | side  | item  | value
    1       | left  | 0 cm  | 22
    1       | left  | 10 cm | 22
    1       | right | 10 cm | 20
    1       | right | 0 cm  | 20
    2       | left  | 0 cm  | 30
    3       | left  | 0 cm  | 21
    3       | left  | 10 cm | 21
    3       | right | 0 cm  | 20
    3       | right | 10 cm | 20
"""


def test_one_affected_limb_is_held_against_the_other_at_the_first_visit_and_the_latest(store, owner):
    course = taped(store, owner, BOTH_ARMS)
    # Cylinders of 10 cm: 100 * (22^2 / 20^2 - 1) = 21 %, then 100 * (21^2 / 20^2 - 1) = 10.25 %.
    assert [limbs.excess_percent for limbs in (course.first, course.latest)] == pytest.approx([21, 10.25])
    # The second visit has one limb only: it is no comparison.
    assert [day.day for day in (course.first_on, course.latest_on)] == [2, 30]
    assert (course.missing, course.changes) == ("", None)


def test_levels_taped_at_one_visit_only_make_no_change_and_are_named(store, owner):
    # The same girths at every level taped twice; the two taped at the first visit alone were the more swollen ones.
    girths = "session | side | item | value"
    for session, levels in ((1, (0, 10, 20, 30, 40)), (3, (0, 10, 20))):
        for level in levels:
            left_cm = 21 if level < 30 else 25
            girths += f"\n{session} | left | {level} cm | {left_cm}\n{session} | right | {level} cm | 20"
    course = taped(store, owner, girths)
    # 21^2 / 20^2 = 1.1025.
    assert [limbs.excess_percent for limbs in (course.first, course.latest)] == pytest.approx([10.25, 10.25])
    assert [limbs.largest_difference_cm for limbs in (course.first, course.latest)] == [1, 1]
    assert course.missing == "left out, as taped on both limbs at one of the two visits only: 30 cm, 40 cm"


def test_a_level_counts_only_when_both_limbs_were_taped_there_at_both_visits(store, owner):
    girths = BOTH_ARMS + "    1 | left | 20 cm | 30\n    3 | left | 20 cm | 30\n    3 | right | 20 cm | 20"
    course = taped(store, owner, girths)
    assert [limbs.largest_difference_cm for limbs in (course.first, course.latest)] == [2, 1]
    assert course.missing.endswith("at one of the two visits only: 20 cm")


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        ("10 cm below the elbow", "15 cm above the elbow"),  # 25 cm apart, not 5
        ("10 cm above the wrist", "20 cm above the elbow"),
        ("0 cm", "10 cm above the wrist"),  # from where is not said of one of them
    ],
)
def test_distances_from_different_points_make_no_segment(store, owner, lower, upper):
    girths = BOTH_ARMS.replace("10 cm", upper).replace("| 0 cm ", f"| {lower} ")
    course = taped(store, owner, girths)
    assert (course.latest.affected_ml, course.latest.largest_difference_cm) == (None, 1)
    assert "from one fixed point, in the same words at all levels" in course.missing


def test_distances_from_one_point_in_the_same_words_make_a_volume(store, owner):
    girths = BOTH_ARMS.replace("10 cm", "10 cm above the wrist").replace("| 0 cm ", "| 0 cm above the wrist ")
    course = taped(store, owner, girths)
    # 10 cm of a cylinder 21 cm around: 10 * 21^2 / (4 * pi).
    assert course.latest.affected_ml == pytest.approx(10 * 21**2 / (4 * math.pi))
    assert course.missing == ""


@pytest.mark.parametrize(
    ("places", "affected"),
    [
        ("Ada | 1 | upper_arm | left\nAda | 2 | neck | both", {"left"}),  # what is said of the neck is not of the arms
        ("Ada | 1 | upper_arm | left\nAda | 2 | neck | right", {"left"}),
        ("Ada | 1 | upper_arm | left\nAda | 2 | wrist_hand | right", {"left", "right"}),
        ("Ada | 1 | forearm | both\nAda | 2 | neck | left", {"left", "right"}),
        ("Ada | 1 | chest_ribs | left", {"left"}),  # no limb is named: the side of what is
        ("Ada | 1 | chest_ribs | left\nAda | 2 | upper_arm | midline", {"left"}),
    ],
)
def test_the_affected_side_is_that_of_the_limbs_or_of_the_episode_when_it_names_none(store, owner, places, affected):
    course = taped(store, owner, BOTH_ARMS, places=places)
    if len(affected) == 2:
        assert set(course.changes) == affected
    else:
        assert course.first.largest_difference_cm == 2  # left 22, right 20: the right one held against it would be -2


def test_two_affected_limbs_are_followed_each_by_itself_and_have_no_excess(store, owner):
    course = taped(store, owner, BOTH_ARMS, side="both")
    # Left: 100 * (21^2 / 22^2 - 1) = -8.88 %; right: 20 cm at both visits.
    assert course.changes == pytest.approx({"left": 100 * (21**2 / 22**2 - 1), "right": 0})
    assert (course.first, course.latest) == (None, None)


def test_landmarks_in_words_are_compared_by_circumference_and_the_missing_volume_is_said(store, owner):
    course = taped(store, owner, BOTH_ARMS.replace("10 cm", "elbow").replace("0 cm", "wrist"))
    assert course.latest.largest_difference_cm == 1
    assert (course.latest.affected_ml, course.missing[:9]) == (None, "no volume")


@pytest.mark.parametrize(
    ("girths", "side", "missing"),
    [
        ("session | side | item | value\n1 | left | - | 22", "left", "no limb was taped"),
        (BOTH_ARMS, None, "does not say which side"),
        (BOTH_ARMS, "midline", "does not say which side"),
        (
            "session | side | item | value\n1 | left | 0 cm | 22\n2 | right | 0 cm | 20",
            "left",
            "no visit has both limbs",
        ),
        (
            "session | side | item | value\n1 | left | 0 cm | 22\n1 | right | 4 cm | 20",
            "left",
            "no visit has both limbs",
        ),
        ("session | side | item | value\n1 | left | 0 cm | 22\n1 | left | 4 cm | 20", "both", "no limb has a volume"),
        (
            "session | side | item | value\n1 | left | 0 cm | 22\n1 | right | 0 cm | 20"
            "\n3 | left | 4 cm | 22\n3 | right | 4 cm | 20",
            "left",
            "the first and the latest visit share no landmark taped on both limbs",
        ),
        (
            BOTH_ARMS.replace("10 cm", "15 cm above the elbow").replace("| 0 cm ", "| 10 cm below the elbow "),
            "both",
            "no limb has a volume",
        ),
    ],
)
def test_what_was_not_measured_is_said_and_nothing_is_worked_out(store, owner, girths, side, missing):
    course = taped(store, owner, girths, side)
    assert missing in course.missing
    assert (course.first, course.latest, course.changes) == (None, None, None)


def test_an_episode_without_the_tape_says_so(store, owner):
    entered = practice_of(store, owner, VISITS)
    course = lymphoedema.limbs(store.open_for(owner), entered.clients["Ada"], entered.episodes["Ada"])
    assert course == lymphoedema.LimbCourse(missing="no limb was taped at a named landmark")


def test_one_visit_is_a_first_without_a_latest(store, owner):
    girths = "session | side | item | value\n1 | left | wrist | 22\n1 | right | wrist | 20"
    course = taped(store, owner, girths)
    assert (course.first.fired, course.latest, course.latest_on) == (("2 cm larger",), None, None)


def test_levels_need_not_be_even():
    # 20 cm all along: two cylinders of 4 and 6 cm are one of 10 cm, 318.3099 mL (worked example G12).
    assert limb_volume_ml([20, 20, 20], [0, 4, 10]) == pytest.approx(318.3099, abs=1e-4)
