"""Age in completed years, the references that cover a person, and which of them is the hundred percent."""

import datetime as dt

import pandas as pd
import pytest

import instruments
from analytics import references
from tables import rows

BIRTHDAYS = [
    (dt.date(1990, 5, 1), dt.date(2026, 4, 30), 35),
    (dt.date(1990, 5, 1), dt.date(2026, 5, 1), 36),
    (dt.date(1990, 12, 31), dt.date(2026, 1, 1), 35),
    (dt.date(2024, 2, 29), dt.date(2025, 2, 28), 0),
    (dt.date(2024, 2, 29), dt.date(2025, 3, 1), 1),
    (None, dt.date(2026, 5, 1), None),
]


@pytest.mark.parametrize(("born", "on", "years"), BIRTHDAYS)
def test_age_is_in_completed_years(born, on, years):
    assert references.age_years(born, on) == years


def test_the_ages_of_a_column_are_those_of_its_people():
    born, on, years = (pd.Series(column) for column in zip(*BIRTHDAYS, strict=True))
    ages = references.ages_years(pd.to_datetime(born), pd.to_datetime(on))
    assert ages.tolist()[:-1] == years.tolist()[:-1]
    assert pd.isna(ages.iloc[-1])


def test_a_birth_date_or_sex_not_written_down_is_none():
    day = pd.Timestamp("1990-05-01")
    assert references.birth_date_and_sex(pd.Series({"birth_date": day, "sex": "female"})) == (day, "female")
    assert references.birth_date_and_sex(pd.Series({"birth_date": pd.NaT, "sex": float("nan")})) == (None, None)


def span_of(joint, movement, *person) -> tuple:
    return references.span(references.verified(instruments.movement(joint, movement), *person))


@pytest.mark.parametrize(
    ("age", "sex", "motion_type", "expected"),
    [
        (35, "female", "active", (135, 150, "AAOS to AMA")),
        (35, None, "active", (135, 150, "AAOS to AMA")),
        (35, "female", "passive", (135, 150, "AAOS to AMA")),  # adult CDC rows are from memory
        (6, "female", "passive", (152.6, 152.6, "CDC 2011")),
        (6, "male", "passive", (147.8, 147.8, "CDC 2011")),
        (6, "female", "active", (None, None, None)),  # the study measured passive motion
        (6, "other", "passive", (None, None, None)),
        (9, "female", "passive", (None, None, None)),  # the row ends with 8
        (8, "female", "passive", (152.6, 152.6, "CDC 2011")),
        (72, "male", "passive", (135, 150, "AAOS to AMA")),  # no study row, the adult books hold
        (None, "female", "active", (135, 150, "AAOS to AMA")),
        (float("nan"), float("nan"), "passive", (135, 150, "AAOS to AMA")),  # as a table holds what is not known
    ],
)
def test_a_reference_covers_the_persons_age_sex_and_motion_type(age, sex, motion_type, expected):
    assert span_of("knee", "flexion", age, sex, motion_type) == expected


def test_nobody_over_69_has_a_reference_for_passive_knee_extension():
    assert span_of("knee", "extension", 72, "female", "passive") == (None, None, None)


def test_at_least_170_beside_180_is_the_range_from_170_to_180():
    assert span_of("shoulder", "abduction", 35, "female", "active")[:2] == (170, 180)


@pytest.mark.parametrize(
    ("joint", "movement", "expected"),
    [
        ("knee", "flexion", ("AAOS", 135)),  # AAOS before AMA
        ("elbow", "extension", None),  # both references are 0 degrees: a percent of nothing
        ("knee", "extension", None),  # the one study measured passive motion
    ],
)
def test_the_hundred_percent_is_the_first_verified_reference_above_zero(joint, movement, expected):
    covering = references.verified(instruments.movement(joint, movement), 35, "female", "active")
    hundred = references.hundred_percent(covering)
    assert (hundred and (hundred.name, hundred.low_deg)) == expected


def test_a_reference_of_zero_is_passed_over_for_one_above_it():
    zero, *_ = references.verified(instruments.movement("elbow", "extension"), 35, None, "active")
    above, *_ = references.verified(instruments.movement("knee", "flexion"), 35, None, "active")
    assert references.hundred_percent((zero, above)) == above


def test_each_row_has_the_hundred_percent_of_its_own_person_and_keeps_its_place():
    series = rows("""
        joint | movement  | motion_type | birth_date | sex    | first_on
        knee  | flexion   | active      | 1990-05-01 | female | 2026-03-02
        knee  | flexion   | passive     | 2017-03-03 | female | 2026-03-02
        knee  | flexion   | passive     | 2017-03-02 | female | 2026-03-02
        elbow | extension | active      | 1990-05-01 | male   | 2026-03-02
        knee  | flexion   | active      | -          | -      | 2026-03-02
        knee  | flexion   | passive     | 2019-05-01 | male   | 2026-03-02
    """)
    for day in ("birth_date", "first_on"):
        series[day] = pd.to_datetime(series[day])
    found = references.with_hundred_percent(series)
    told = [
        None if pd.isna(row.reference_deg) else (row.reference_name, row.reference_deg) for row in found.itertuples()
    ]
    assert told == [("AAOS", 135), ("CDC 2011", 152.6), None, None, ("AAOS", 135), ("CDC 2011", 147.8)]
    assert found["motion_type"].tolist() == series["motion_type"].tolist()
