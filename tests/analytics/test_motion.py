"""Each movement from start to now, beside the other side, the goal and what is normal for this person."""

import datetime as dt
import math
from collections import defaultdict

import pandas as pd
import pytest

from analytics import motion
from analytics.filters import Filters
from tables import enter, practice_of

BORN_1990 = dt.date(1990, 5, 1)


def measured(store, owner, readings, born=BORN_1990, sex="female", regions=None, goals=None):
    """`motion.motion` of Ada, who came on three Mondays of March 2026 and was measured so."""
    drawn = """
        client | day        | therapist
        Ada    | 2026-03-02 | Kim
        Ada    | 2026-03-09 | Lou
        Ada    | 2026-03-16 | Kim
    """
    entered = practice_of(store, owner, drawn)
    enter(store, owner, entered, "motion", readings)
    for table, rows in (("episode_region", regions), ("goal", goals)):
        if rows:
            enter(store, owner, entered, table, rows)
    window = store.open_for(owner)
    return motion.motion(window, entered.clients["Ada"], entered.episodes["Ada"], born, sex)


def one(table: pd.DataFrame, side: str | None = None) -> dict:
    chosen = table if side is None else table[table["side"] == side]
    assert len(chosen) == 1
    row = chosen.iloc[0].to_dict()
    return {name: None if not isinstance(value, tuple) and pd.isna(value) else value for name, value in row.items()}


KNEE = """
    episode | session | joint | movement | side  | motion_type | moment | repeat_number | degrees
    Ada     | 1       | knee  | flexion  | left  | active      | before | 1             | 90
    Ada     | 1       | knee  | flexion  | left  | active      | before | 2             | 94
    Ada     | 2       | knee  | flexion  | left  | active      | before | 1             | 100
    Ada     | 3       | knee  | flexion  | left  | active      | before | 1             | 115
    Ada     | 3       | knee  | flexion  | left  | active      | after  | 1             | 130
    Ada     | 1       | knee  | flexion  | right | active      | before | 1             | 138
    Ada     | 3       | knee  | flexion  | right | active      | before | 1             | 140
"""


def test_a_movement_goes_from_the_first_visit_to_the_latest_with_repeats_averaged(store, owner):
    left = one(measured(store, owner, KNEE), "left")
    assert (left["name"], left["motion_type"]) == ("Knee flexion", "active")
    assert (left["start_deg"], left["start_on"].date()) == ((90 + 94) / 2, dt.date(2026, 3, 2))
    assert left["between"] == (100,)
    # 130 was read after treatment: the immediate effect, no part of the course.
    assert (left["now_deg"], left["now_on"].date()) == (115, dt.date(2026, 3, 16))


def test_the_other_side_stands_at_its_latest_reading(store, owner):
    table = measured(store, owner, KNEE, regions="episode | place | region | side\nAda | 1 | knee | left")
    assert table["side"].tolist() == ["left", "right"]  # the affected side first
    assert [one(table, side)["other_side_deg"] for side in ("left", "right")] == [140, 115]


@pytest.mark.parametrize(
    "regions",
    ["Ada | 1 | knee | both", "Ada | 1 | knee | left\nAda | 2 | knee | right"],
)
def test_with_both_sides_affected_there_is_no_side_to_compare_with(store, owner, regions):
    table = measured(store, owner, KNEE, regions=f"episode | place | region | side\n{regions}")
    assert table["other_side_deg"].isna().tolist() == [True, True]


def test_a_bilateral_complaint_elsewhere_leaves_the_other_side_in_place(store, owner):
    regions = "episode | place | region | side\nAda | 1 | knee | right\nAda | 2 | neck | both"
    table = measured(store, owner, KNEE, regions=regions)
    assert table["side"].tolist() == ["right", "left"]
    assert table["other_side_deg"].notna().all()


def test_a_single_reading_is_a_start_without_a_now(store, owner):
    row = one(
        measured(
            store,
            owner,
            """
            episode | session | joint | movement | motion_type | moment | degrees
            Ada     | 2       | trunk | flexion  | active      | before | 60
            """,
        )
    )
    assert (row["side"], row["start_deg"], row["now_deg"], row["now_on"], row["between"]) == (None, 60, None, None, ())


def test_the_goal_is_the_latest_set_for_this_side_or_for_any(store, owner):
    goals = """
        episode | measure | joint    | movement | side  | target | set_on
        Ada     | motion  | knee     | flexion  | left  | 120    | 2026-03-02
        Ada     | motion  | knee     | flexion  | left  | 130    | 2026-03-09
        Ada     | motion  | shoulder | flexion  | left  | 170    | 2026-03-16
    """
    table = measured(store, owner, KNEE, goals=goals)
    assert [one(table, side)["goal_deg"] for side in ("left", "right")] == [130, None]


@pytest.mark.parametrize(
    ("born", "sex", "expected"),
    [
        (dt.date(2017, 3, 2), "female", (None, None, None)),  # nine at the first visit: the row ends with 8
        (dt.date(2017, 3, 3), "female", (152.6, 152.6, "CDC 2011")),  # eight then, nine at the latest
        (dt.date(2017, 3, 3), "male", (147.8, 147.8, "CDC 2011")),
    ],
)
def test_the_reference_is_that_of_the_persons_sex_and_age_at_the_first_reading(store, owner, born, sex, expected):
    row = one(measured(store, owner, read_twice(90, 100).replace("active", "passive"), born=born, sex=sex))
    assert (row["reference_low_deg"], row["reference_high_deg"], row["reference_name"]) == expected


def test_active_and_passive_motion_are_two_rows(store, owner):
    readings = """
        episode | session | joint | movement | side | motion_type | moment | degrees
        Ada     | 1       | knee  | flexion  | left | active      | before | 90
        Ada     | 2       | knee  | flexion  | left | passive     | before | 110
    """
    table = measured(store, owner, readings)
    assert table[["motion_type", "start_deg"]].values.tolist() == [["active", 90], ["passive", 110]]
    assert table["now_deg"].isna().all()


def drawn_twice(joint, movement, first, second) -> str:
    """Two readings of one movement: (instrument, rater) at visits 1 and 2."""
    head = "episode | session | joint | movement | side | motion_type | moment | degrees | instrument | rater"
    lines = [
        f"Ada | {visit} | {joint} | {movement} | left | active | before | {80 + visit} | {tool} | {rater}"
        for visit, (tool, rater) in ((1, first), (2, second))
    ]
    return "\n".join([head, *lines])


@pytest.mark.parametrize(
    ("movement", "first", "second", "error_deg", "flag"),
    [
        (("knee", "flexion"), ("goniometer", "Kim"), ("goniometer", "Kim"), 10, None),
        (("knee", "extension"), ("goniometer", "Kim"), ("goniometer", "Kim"), 5, None),
        (("knee", "flexion"), ("-", "-"), ("goniometer", "Kim"), 10, None),  # not noted is not changed
        (("knee", "flexion"), ("goniometer", "Kim"), ("goniometer", "Lou"), None, "rater changed"),
        (("shoulder", "flexion"), ("goniometer", "Kim"), ("goniometer", "Lou"), 20, "rater changed"),
        (("shoulder", "flexion"), ("goniometer", "Kim"), ("inclinometer", "Kim"), None, "instrument changed"),
        (("shoulder", "flexion"), ("goniometer", "Kim"), ("app", "Lou"), None, "rater and instrument changed"),
    ],
)
def test_the_error_is_that_of_one_rater_and_instrument_or_is_missing(
    store, owner, movement, first, second, error_deg, flag
):
    row = one(measured(store, owner, drawn_twice(*movement, first, second)))
    assert (row["error_deg"], row["flag"]) == (error_deg, flag)
    assert (row["error_source"] is None) == (error_deg is None)


def test_two_raters_or_instruments_within_one_visit_are_a_change_too(store, owner):
    readings = """
        episode | session | joint    | movement | side | motion_type | moment | degrees | instrument | rater
        Ada     | 1       | shoulder | flexion  | left | active      | before | 120     | goniometer | Kim
        Ada     | 1       | shoulder | flexion  | left | active      | before | 130     | goniometer | Lou
        Ada     | 2       | shoulder | flexion  | left | active      | before | 140     | goniometer | Kim
        Ada     | 1       | knee     | flexion  | left | active      | before | 120     | goniometer | Kim
        Ada     | 1       | knee     | flexion  | left | active      | before | 130     | app        | Kim
        Ada     | 2       | knee     | flexion  | left | active      | before | 140     | goniometer | Kim
    """
    table = measured(store, owner, readings)
    told = {row.joint: (row.flag, row.start_deg) for row in table.itertuples()}
    assert told == {"knee": ("instrument changed", 125), "shoulder": ("rater changed", 125)}


def test_each_error_used_is_named_once_with_its_source(store, owner):
    table = measured(store, owner, KNEE)
    (told,) = motion.error_sources(table)
    assert told.startswith("Error 10 degrees: level not stated, same rater, same instrument")


def test_nothing_measured_is_an_empty_table(store, owner):
    entered = practice_of(store, owner, "client | day\nAda | 2026-03-02")
    assert motion.motion(store.open_for(owner), entered.clients["Ada"], entered.episodes["Ada"]).empty


# What a change means: held against the error of measuring, and nothing else


def classed_as(store, owner, readings, **told) -> list:
    """(class, why) of each movement of Ada."""
    table = measured(store, owner, readings, **told)
    return [
        tuple(None if pd.isna(value) else value for value in pair) for pair in table[["motion_class", "why"]].values
    ]


def read_twice(first: float, latest: float, movement: str = "knee | flexion") -> str:
    return f"""
        episode | session | joint | movement | side | motion_type | moment | degrees | rater
        Ada     | 1       | {movement}       | left | active      | before | {first}   | Kim
        Ada     | 3       | {movement}       | left | active      | before | {latest}  | Kim
    """


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        (read_twice(90, 100), "improved"),  # 10 counts
        (read_twice(90, 99.5), "unchanged"),
        (read_twice(90, 90), "unchanged"),
        (read_twice(90, 80.5), "unchanged"),
        (read_twice(90, 80), "worse"),
        # An extension deficit: -20 to -12 is 8 of 5 degrees nearer to straight.
        (read_twice(-20, -12, "knee | extension"), "improved"),
        (read_twice(-12, -20, "knee | extension"), "worse"),
        (read_twice(-3, 0, "knee | extension"), "unchanged"),
        # No fixed end and no room to run out of: beyond every reference it still counts.
        (read_twice(180, 214, "shoulder | flexion"), "improved"),
    ],
)
def test_motion_is_better_or_worse_from_the_error_on(store, owner, readings, expected):
    assert classed_as(store, owner, readings) == [(expected, None)]


@pytest.mark.parametrize(
    ("goal", "readings", "expected", "less"),
    [
        (60, read_twice(80, 65), "improved", True),  # a lax joint: less motion is the goal
        (60, read_twice(80, 95), "worse", True),
        (60, read_twice(80, 75), "unchanged", True),
        (120, read_twice(80, 95), "improved", False),
        (80, read_twice(80, 95), "improved", False),  # a goal at the start asks for no less
        (71, read_twice(80, 95), "improved", False),  # nor does one within the error of it, 10 degrees
        (70, read_twice(80, 65), "improved", True),
    ],
)
def test_where_the_goal_lies_below_the_start_less_is_better(store, owner, goal, readings, expected, less):
    goals = "episode | measure | joint | movement | side | target | set_on\n"
    goals += f"Ada | motion | knee | flexion | - | {goal} | 2026-03-02"
    row = one(measured(store, owner, readings, goals=goals))
    assert (row["motion_class"], row["less_is_goal"]) == (expected, less)


def test_what_is_wanted_does_not_change_with_who_reads_later(store, owner):
    # The active row was read by another rater at last, so nothing is known of its error; the passive by one.
    readings = """
        episode | session | joint | movement | side | motion_type | moment | degrees | rater
        Ada     | 1       | knee  | flexion  | left | active      | before | 150     | Kim
        Ada     | 1       | knee  | flexion  | left | passive     | before | 160     | Kim
        Ada     | 2       | knee  | flexion  | left | active      | before | 140     | Lou
        Ada     | 2       | knee  | flexion  | left | passive     | before | 140     | Kim
    """
    goals = "episode | measure | joint | movement | side | target | set_on\n"
    goals += "Ada | motion | knee | flexion | left | 135 | 2026-03-02"
    table = measured(store, owner, readings, goals=goals).set_index("motion_type")
    assert table["motion_class"].to_dict() == {"active": "insufficient_data", "passive": "improved"}


@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        # Active from 100 to 130 towards 140: passive, which is larger, is not wanted less though it began at 150.
        (140, {"active": ("improved", False), "passive": ("improved", False)}),
        (60, {"active": ("worse", True), "passive": ("worse", True)}),  # a lax joint: both are wanted less
    ],
)
def test_a_goal_is_of_active_motion_and_turns_the_passive_with_it(store, owner, goal, expected):
    readings = """
        episode | session | joint | movement | side | motion_type | moment | degrees
        Ada     | 1       | knee  | flexion  | left | active      | before | 100
        Ada     | 1       | knee  | flexion  | left | passive     | before | 150
        Ada     | 2       | knee  | flexion  | left | active      | before | 130
        Ada     | 2       | knee  | flexion  | left | passive     | before | 165
    """
    goals = "episode | measure | joint | movement | side | target | set_on\n"
    goals += f"Ada | motion | knee | flexion | left | {goal} | 2026-03-02"
    table = measured(store, owner, readings, goals=goals)
    found = {row.motion_type: (row.motion_class, row.less_is_goal) for row in table.itertuples()}
    assert found == expected


@pytest.mark.parametrize(
    ("movement", "first", "second", "expected"),
    [
        (("knee", "flexion"), ("goniometer", "Kim"), ("app", "Kim"), "instrument changed"),
        (
            ("knee", "flexion"),
            ("goniometer", "Kim"),
            ("goniometer", "Lou"),
            "rater changed, no error between raters is known",
        ),
        (("shoulder", "flexion"), ("goniometer", "Kim"), ("goniometer", "Lou"), None),  # 20 degrees are known there
        (("shoulder", "flexion"), ("goniometer", "Kim"), ("app", "Lou"), "instrument changed"),
    ],
)
def test_what_cannot_be_compared_has_no_class_and_says_why(store, owner, movement, first, second, expected):
    ((name, why),) = classed_as(store, owner, drawn_twice(*movement, first, second))
    assert (name, why) == ("unchanged" if expected is None else "insufficient_data", expected)


def test_a_single_visit_is_no_change_however_often_it_was_read(store, owner):
    readings = """
        episode | session | joint | movement | side | motion_type | moment | repeat_number | degrees
        Ada     | 1       | knee  | flexion  | left | active      | before | 1             | 90
        Ada     | 1       | knee  | flexion  | left | active      | before | 2             | 120
        Ada     | 1       | knee  | flexion  | left | active      | after  | 1             | 130
    """
    assert classed_as(store, owner, readings) == [("insufficient_data", "measured at one visit only")]


def read_by(*raters: str, column: str = "rater") -> str:
    lines = [
        f"Ada | {visit} | knee | flexion | left | active | before | {80 + 10 * visit} | {rater}"
        for visit, rater in enumerate(raters, start=1)
    ]
    return "\n".join(
        [f"episode | session | joint | movement | side | motion_type | moment | degrees | {column}", *lines]
    )


@pytest.mark.parametrize(
    ("raters", "name", "flag"),
    [
        (("Kim", "Lou", "Kim"), "improved", "another rater in between"),  # start and now are Kim's
        (("Kim", "Kim", "Lou"), "insufficient_data", "rater changed"),
        (("Kim", "Lou", "-"), "insufficient_data", "rater changed"),  # the last is taken to be the nearest named
        (("-", "Kim", "Lou"), "insufficient_data", "rater changed"),
        (("-", "Kim", "-"), "improved", None),
        (("-", "-", "-"), "improved", None),
    ],
)
def test_who_measured_start_and_now_decides_and_who_measured_in_between_is_flagged(store, owner, raters, name, flag):
    row = one(measured(store, owner, read_by(*raters)))
    assert (row["motion_class"], row["flag"]) == (name, flag)


def test_another_instrument_in_between_is_flagged_too(store, owner):
    row = one(measured(store, owner, read_by("crom", "app", "crom", column="instrument")))
    assert (row["motion_class"], row["flag"]) == ("improved", "another instrument in between")


# What the motion is compared with


def test_percent_is_of_the_first_reference_and_names_it(store, owner):
    row = one(measured(store, owner, KNEE), "left")
    # AAOS before AMA: 115 of 135 degrees.
    assert (row["percent_of_reference"], row["percent_reference"]) == (pytest.approx(100 * 115 / 135), "AAOS 135")


def test_a_single_reading_is_told_as_percent_of_the_reference_too(store, owner):
    readings = """
        episode | session | joint | movement | side | motion_type | moment | degrees
        Ada     | 2       | knee  | flexion  | left | active      | before | 108
    """
    row = one(measured(store, owner, readings))
    # 108 of AAOS 135 degrees.
    assert (row["percent_of_reference"], row["percent_reference"]) == (80, "AAOS 135")


def test_beyond_the_reference_a_percent_is_not_cut(store, owner):
    row = one(measured(store, owner, read_twice(180, 214, "shoulder | flexion")))
    assert row["percent_of_reference"] == pytest.approx(100 * 214 / 180)


@pytest.mark.parametrize(
    ("readings", "born"),
    [
        (read_twice(-5, 0, "elbow | extension"), BORN_1990),  # the reference is 0: a percent of nothing
        (read_twice(-5, 0, "knee | extension"), BORN_1990),  # the one study measured passive motion
        (read_twice(90, 110), dt.date(2015, 5, 1)),  # ten years old: no row covers active motion
    ],
)
def test_without_a_reference_above_zero_that_covers_the_person_there_is_no_percent(store, owner, readings, born):
    row = one(measured(store, owner, readings, born=born))
    assert (row["percent_of_reference"], row["percent_reference"]) == (None, None)


LEFT_KNEE = "episode | place | region | side\nAda | 1 | knee | left"


def test_an_affected_side_is_told_as_percent_of_the_other_and_not_the_other_way_round(store, owner):
    table = measured(store, owner, KNEE, regions=LEFT_KNEE)
    assert one(table, "left")["symmetry_percent"] == pytest.approx(100 * 115 / 140)
    assert one(table, "right")["symmetry_percent"] is None
    assert table["is_other_side"].tolist() == [False, True]


def both_knees(other: str) -> str:
    return f"""
        episode | session | joint | movement | side  | motion_type | moment | degrees | instrument
        Ada     | 1       | knee  | flexion  | left  | active      | before | 90      | goniometer
        Ada     | 3       | knee  | flexion  | left  | active      | before | 115     | goniometer
        {other}
    """


@pytest.mark.parametrize(
    ("other", "regions", "why"),
    [
        ("", LEFT_KNEE, "the other side was not measured"),
        (
            "Ada | 3 | knee | flexion | right | passive | before | 140 | goniometer",
            LEFT_KNEE,
            "the other side was measured as passive motion",
        ),
        (
            "Ada | 3 | knee | flexion | right | active | before | 140 | app",
            LEFT_KNEE,
            "the other side was measured with another instrument",
        ),
        (
            "Ada | 3 | knee | flexion | right | active | before | 140 | goniometer",
            LEFT_KNEE.replace("left", "both"),
            "both sides are affected",
        ),
        (
            "Ada | 3 | knee | flexion | right | active | before | 140 | goniometer",
            LEFT_KNEE.replace("left", "midline"),
            "the episode names no affected side",
        ),
    ],
)
def test_why_there_is_no_comparison_with_the_other_side_is_said(store, owner, other, regions, why):
    left = one(measured(store, owner, both_knees(other), regions=regions), "left")
    assert (left["symmetry_percent"], left["other_side_why"]) == (None, why)
    # Without a named side the other one is still shown; nobody knows which of them is the healthy one.
    assert left["other_side_deg"] == (140 if "names no" in why else None)


def test_an_other_side_whose_instrument_was_not_noted_is_a_comparison(store, owner):
    other = "Ada | 3 | knee | flexion | right | active | before | 140 | -"
    left = one(measured(store, owner, both_knees(other), regions=LEFT_KNEE), "left")
    assert (left["other_side_deg"], left["other_side_why"]) == (140, None)


@pytest.mark.parametrize(
    ("day", "discharged", "on", "compared"),
    [
        ("2026-02-01", "-", "right", False),  # still within 60 days of its last visit
        ("2026-01-01", "2026-03-10", "right", False),  # discharged while this one ran
        ("2026-01-01", "2026-02-01", "right", True),  # healed before
        ("2025-12-31", "-", "right", True),  # 61 days before: closed, as nobody came back
        ("2026-05-16", "-", "right", True),  # opened after this one counts as closed
        ("2026-02-01", "-", "left", True),  # the same knee twice
        ("2026-02-01", "-", "both", False),
    ],
)
def test_a_side_treated_in_another_episode_at_the_same_time_is_no_healthy_side(
    store, owner, day, discharged, on, compared
):
    drawn = f"""
        client | episode | day        | discharged   | knee flexion left | knee flexion right
        Ada    | now     | 2026-03-02 | -            | 90                | 130
        Ada    | now     | 2026-03-16 | -            | 115               | 140
        Ada    | other   | {day}      | {discharged} | -                 | 100
    """
    entered = practice_of(store, owner, drawn)
    regions = f"episode | place | region | side\nnow | 1 | knee | left\nother | 1 | knee | {on}"
    enter(store, owner, entered, "episode_region", regions)
    table = motion.motion(store.open_for(owner), entered.clients["Ada"], entered.episodes["now"])
    left = one(table, "left")
    expected = (140, None) if compared else (None, "both sides are affected, in two episodes")
    assert (left["other_side_deg"], left["other_side_why"]) == expected


def test_another_episode_of_another_region_leaves_the_comparison_alone(store, owner):
    drawn = """
        client | episode | day        | knee flexion left | knee flexion right
        Ada    | knee    | 2026-03-02 | 90                | 130
        Ada    | wrist   | 2026-03-02 | -                 | -
    """
    entered = practice_of(store, owner, drawn)
    regions = "episode | place | region | side\nknee | 1 | knee | left\nwrist | 1 | wrist_hand | right"
    enter(store, owner, entered, "episode_region", regions)
    table = motion.motion(store.open_for(owner), entered.clients["Ada"], entered.episodes["knee"])
    assert one(table, "left")["symmetry_percent"] == pytest.approx(100 * 90 / 130)


@pytest.mark.parametrize(
    ("active", "passive", "visit", "warning"),
    [
        (80, 70, 1, "active 80 is more than passive 70: check the reading"),
        (75.5, 70, 1, "active 75.5 is more than passive 70: check the reading"),
        (75, 70, 1, None),  # 5 degrees may be the reading
        (70, 80, 1, None),
        (80, 70, 2, None),  # another day
    ],
)
def test_active_motion_well_beyond_the_passive_of_the_same_visit_is_warned_of(
    store, owner, active, passive, visit, warning
):
    readings = f"""
        episode | session | joint | movement | side | motion_type | moment | degrees
        Ada     | 1       | knee  | flexion  | left | active      | before | {active}
        Ada     | {visit} | knee  | flexion  | left | passive     | before | {passive}
    """
    table = measured(store, owner, readings).set_index("motion_type")
    assert [None if pd.isna(said) else said for said in table.loc[["active", "passive"], "warning"]] == [warning, None]


# Everybody's motion


def test_every_episode_has_a_row_per_movement_and_the_class_its_own_page_shows(sample_store, owner):
    window = sample_store.open_for(owner)
    everyone = motion.courses(window, Filters())
    assert set(everyone["motion_class"]) == {"improved", "worse", "unchanged", "insufficient_data"}
    for (client, episode), rows_ in list(everyone.groupby(["client_id", "episode_id"]))[::8]:
        own_page = motion.motion(window, client, episode)
        key = ["joint", "movement", "side", "motion_type"]
        pd.testing.assert_frame_equal(
            rows_[[*key, "first_deg", "latest_deg", "error_deg", "motion_class", "why"]]
            .sort_values(key)
            .set_axis([*key, "start_deg", "now_deg", "error_deg", "motion_class", "why"], axis=1)
            .reset_index(drop=True),
            own_page[[*key, "start_deg", "now_deg", "error_deg", "motion_class", "why"]]
            .sort_values(key)
            .reset_index(drop=True),
        )


def test_courses_are_of_the_episodes_the_filters_choose(store, owner):
    drawn = """
        client | day        | knee flexion left
        Ada    | 2026-03-02 | 90
        Ada    | 2026-03-09 | 110
        Ben    | 2026-04-01 | 80
    """
    entered = practice_of(store, owner, drawn)
    window = store.open_for(owner)
    chosen = motion.courses(window, Filters(until=dt.date(2026, 3, 31)))
    assert chosen["client_id"].tolist() == [entered.clients["Ada"]]
    assert tuple(chosen.columns) == motion.COURSE_COLUMNS
    ben = motion.courses(window, Filters(since=dt.date(2026, 4, 1))).iloc[0]
    assert (ben["first_deg"], ben["visits_measured"], ben["motion_class"]) == (80, 1, "insufficient_data")
    assert pd.isna(ben["latest_deg"])
    assert pd.isna(ben["latest_on"])


def test_courses_of_an_empty_practice_are_an_empty_table(store, owner):
    assert motion.courses(store.open_for(owner), Filters()).columns.tolist() == list(motion.COURSE_COLUMNS)


def test_courses_agree_with_a_pencil_and_the_raw_rows(sample_store, owner):
    found = motion.courses(sample_store.open_for(owner), Filters())
    told = {
        (row.episode_id, row.joint, row.movement, _text(row.side), row.motion_type): (
            pytest.approx(row.first_deg, abs=1e-9),
            pytest.approx(row.latest_deg, abs=1e-9, nan_ok=True),
            row.visits_measured,
            row.motion_class,
        )
        for row in found.itertuples()
    }
    assert told == _courses_by_hand(sample_store)


def _text(value):
    return None if pd.isna(value) else value


def _courses_by_hand(store) -> dict:
    """The same from loops over the raw rows: visits in their order, repeats averaged, now against the start."""
    cursor = store._connection.cursor()

    def raw(table):
        found = cursor.execute(f"SELECT * FROM records.{table} WHERE NOT withdrawn")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    kept = {s["session_id"]: s for s in raw("session") if s["status"] == "kept" and s["kind"] != "contact"}
    visits = defaultdict(lambda: defaultdict(list))
    for reading in raw("motion"):
        if reading["moment"] == "before" and reading["session_id"] in kept:
            session = kept[reading["session_id"]]
            start = session["start_time"]
            when = (session["visited_on"], start is not None, start or dt.time(), session["session_id"])
            key = tuple(reading[name] for name in ("episode_id", "joint", "movement", "side", "motion_type"))
            visits[key][when].append(reading)
    lower = defaultdict(list)
    for goal in raw("goal"):
        if goal["measure"] == "motion":
            key = tuple(goal[name] for name in ("episode_id", "joint", "movement"))
            lower[key].append((goal["set_on"], goal["goal_id"], goal["side"], float(goal["target"])))
    expected = {}
    for key, by_visit in visits.items():
        in_order = [by_visit[when] for when in sorted(by_visit)]
        means = [sum(float(r["degrees"]) for r in readings) / len(readings) for readings in in_order]
        goals = [goal for goal in lower[key[:3]] if key[3] is None or goal[2] in (None, key[3])]
        less = bool(goals) and max(goals)[3] < means[0]
        name = "insufficient_data"
        if len(means) > 1:
            error = _error_by_hand(key, in_order)
            gain = (means[-1] - means[0]) * (-1 if less else 1)
            if error is not None:
                name = "improved" if gain >= error - 1e-9 else "worse" if gain <= -error + 1e-9 else "unchanged"
        expected[key] = (means[0], means[-1] if len(means) > 1 else math.nan, len(means), name)
    return expected


def _error_by_hand(key, in_order) -> float | None:
    """Published errors only: the small sample has too few repeats for an error of its own."""
    ends = {}
    for what in ("instrument", "rater_id"):
        noted = [found for readings in in_order if (found := {r[what] for r in readings} - {None})]
        ends[what] = len(noted[0] | noted[-1]) if noted else 1
    if ends["instrument"] > 1:
        return None
    same = ends["rater_id"] == 1
    if key[1:3] == ("knee", "extension"):
        return 5 if same else None
    return 10 if same else 20 if key[1] == "shoulder" else None
