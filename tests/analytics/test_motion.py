"""Each movement from start to now, beside the other side, the goal and what is normal for this person."""

import datetime as dt

import pandas as pd
import pytest

from access import roles
from analytics import motion
from records import store as record_store
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


@pytest.fixture(scope="module")
def bent_knees(tmp_path_factory):
    """A practice in which one knee was bent actively and passively on 2 March 2026: window, client, episode."""
    opened = record_store.create(tmp_path_factory.mktemp("knees") / "practice.duckdb", "Knees")
    owner = roles.viewer("test owner", "owner")
    entered = practice_of(opened, owner, "client | day\nAda | 2026-03-02")
    enter(
        opened,
        owner,
        entered,
        "motion",
        """
        episode | session | joint | movement | side | motion_type | moment | degrees
        Ada     | 1       | knee  | flexion  | left | active      | before | 90
        Ada     | 1       | knee  | flexion  | left | passive     | before | 95
        """,
    )
    yield opened.open_for(owner), entered.clients["Ada"], entered.episodes["Ada"]
    opened.close()


@pytest.mark.parametrize(
    ("born", "sex", "motion_type", "expected"),
    [
        (dt.date(1990, 5, 1), "female", "active", (135, 150, "AAOS to AMA")),
        (dt.date(1990, 5, 1), None, "active", (135, 150, "AAOS to AMA")),
        (dt.date(1990, 5, 1), "female", "passive", (135, 150, "AAOS to AMA")),  # adult CDC rows are from memory
        (dt.date(2019, 5, 1), "female", "passive", (152.6, 152.6, "CDC 2011")),  # six years old
        (dt.date(2019, 5, 1), "male", "passive", (147.8, 147.8, "CDC 2011")),
        (dt.date(2019, 5, 1), "female", "active", (None, None, None)),  # the study measured passive motion
        (dt.date(2019, 5, 1), "other", "passive", (None, None, None)),
        (dt.date(2017, 3, 2), "female", "passive", (None, None, None)),  # nine on the day: the row ends with 8
        (dt.date(2017, 3, 3), "female", "passive", (152.6, 152.6, "CDC 2011")),  # eight until the day after
        (dt.date(1954, 3, 1), "male", "passive", (135, 150, "AAOS to AMA")),  # 72: no study row, the adult books hold
        (None, "female", "active", (135, 150, "AAOS to AMA")),
        (None, "female", "passive", (135, 150, "AAOS to AMA")),
    ],
)
def test_a_reference_covers_the_persons_age_sex_and_motion_type(bent_knees, born, sex, motion_type, expected):
    table = motion.motion(*bent_knees, born, sex)
    row = one(table[table["motion_type"] == motion_type])
    assert (row["reference_low_deg"], row["reference_high_deg"], row["reference_name"]) == expected


def test_nobody_over_69_has_a_reference_for_passive_knee_extension(store, owner):
    readings = """
        episode | session | joint | movement  | side | motion_type | moment | degrees
        Ada     | 1       | knee  | extension | left | passive     | before | -5
    """
    assert one(measured(store, owner, readings, born=dt.date(1954, 3, 1)))["reference_name"] is None


def test_at_least_170_beside_180_is_the_range_from_170_to_180(store, owner):
    readings = """
        episode | session | joint    | movement  | side | motion_type | moment | degrees
        Ada     | 1       | shoulder | abduction | left | active      | before | 120
    """
    row = one(measured(store, owner, readings))
    assert (row["reference_low_deg"], row["reference_high_deg"]) == (170, 180)


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
    assert told.startswith("Error 10 degrees: same rater, same instrument")


def test_nothing_measured_is_an_empty_table(store, owner):
    entered = practice_of(store, owner, "client | day\nAda | 2026-03-02")
    assert motion.motion(store.open_for(owner), entered.clients["Ada"], entered.episodes["Ada"]).empty


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (dt.date(1990, 5, 1), dt.date(2026, 4, 30), 35),
        (dt.date(1990, 5, 1), dt.date(2026, 5, 1), 36),
        (dt.date(2024, 2, 29), dt.date(2025, 2, 28), 0),
        (dt.date(2024, 2, 29), dt.date(2025, 3, 1), 1),
        (None, dt.date(2026, 5, 1), None),
    ],
)
def test_age_is_in_completed_years(born, on, years):
    assert motion.age_years(born, on) == years
