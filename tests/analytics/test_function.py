"""Scores of an episode: what makes one series, what it is held against, and where nothing may be said."""

import numpy as np
import pandas as pd
import pytest

import instruments
from analytics import function
from tables import practice_of, rows

THREE_VISITS = "client | day\nAda | 2026-03-02\nAda | 2026-03-09\nAda | 2026-05-04"


def scores(store, owner, drawn, practice=THREE_VISITS) -> tuple[function.Score, ...]:
    """The scores of Ada's episode; each line names the visit by its place in the practice's drawing, from 1."""
    entered = practice_of(store, owner, practice)
    about = {"client_id": entered.clients["Ada"], "episode_id": entered.episodes["Ada"]}
    days = store.open_for(owner).read("FROM visible_session").set_index("session_id")["visited_on"]
    with store.change(owner, "create") as change:
        for line in rows(drawn).to_dict("records"):
            known = {name: value for name, value in line.items() if not pd.isna(value)}
            session = entered.sessions[known.pop("session") - 1]
            change.insert("score", about | known | {"session_id": session, "scored_on": days[session].date()})
    return function.scores(store.open_for(owner), *about.values())


def told(found) -> list[tuple]:
    return [(score.scale.key, score.items, score.side, score.visits, score.values) for score in found]


def test_first_and_latest_are_of_different_visits_and_repeats_of_one_visit_are_averaged(store, owner):
    (lefs,) = scores(
        store,
        owner,
        """
        session | scale | value
        1       | lefs  | 40
        1       | lefs  | 42
        3       | lefs  | 52
        """,
    )
    assert told([lefs]) == [("lefs", (), None, (1, 3), ((40 + 42) / 2, 52))]
    assert (lefs.verdict.name, lefs.verdict.gain, lefs.direction) == ("improved", 11, 1)


def test_a_scale_scored_once_has_no_latest_and_no_verdict_but_not_enough_readings(store, owner):
    (odi,) = scores(store, owner, "session | scale | value\n1 | odi | 40")
    assert (odi.latest, odi.verdict.name, odi.direction) == (None, "insufficient_data", 0)


def test_activities_of_one_visit_are_averaged_and_another_list_of_them_is_a_series_of_its_own(store, owner):
    found = scores(
        store,
        owner,
        """
        session | scale | item     | value
        1       | psfs  | walking  | 3
        1       | psfs  | sleeping | 5
        2       | psfs  | walking  | 9
        3       | psfs  | sleeping | 8
        3       | psfs  | walking  | 6
        """,
    )
    assert told(found) == [
        ("psfs", ("sleeping", "walking"), None, (1, 3), ((3 + 5) / 2, (8 + 6) / 2)),
        ("psfs", ("walking",), None, (2,), (9,)),
    ]


def test_one_activity_is_held_against_the_larger_error_of_one(store, owner):
    (walking,) = scores(
        store,
        owner,
        "session | scale | item | value\n1 | psfs | walking | 3\n3 | psfs | walking | 5.5",
    )
    # 2.5 points: more than 2, the error of a mean of activities, and less than 3, that of one.
    assert (walking.verdict.error.points, walking.verdict.name) == (3, "possibly_improved")


def test_versions_of_a_form_and_sides_are_never_mixed(store, owner):
    found = scores(
        store,
        owner,
        """
        session | scale       | side  | value
        1       | ndi_percent | -     | 40
        2       | ndi_points  | -     | 20
        1       | quickdash   | left  | 30
        2       | quickdash   | right | 60
        """,
    )
    assert told(found) == [
        ("ndi_percent", (), None, (1,), (40,)),
        ("ndi_points", (), None, (2,), (20,)),
        ("quickdash", (), "left", (1,), (30,)),
        ("quickdash", (), "right", (2,), (60,)),
    ]


def test_function_stands_first_limbs_are_left_to_their_other_side_and_contacts_are_no_visits(store, owner):
    found = scores(
        store,
        owner,
        """
        session | scale        | item  | side | value
        1       | stress       | -     | -    | 6
        1       | limb_girth   | wrist | left | 20
        1       | pgic_immpact | -     | -    | 3
        1       | odi          | -     | -    | 40
        2       | odi          | -     | -    | 10
        """,
        practice="client | day | kind\nAda | 2026-03-02 | treatment\nAda | 2026-03-09 | contact",
    )
    assert [(score.scale.key, score.values) for score in found] == [
        ("odi", (40,)),
        ("pgic_immpact", (3,)),
        ("stress", (6,)),
    ]


def test_an_episode_without_scores_has_none(store, owner):
    entered = practice_of(store, owner, THREE_VISITS)
    assert function.scores(store.open_for(owner), entered.clients["Ada"], entered.episodes["Ada"]) == ()


def series(key: str, *values: float) -> function.Score:
    """A scale scored so at visits 1, 2, 3 ..."""
    scale, visits = instruments.scale(key), tuple(range(1, len(values) + 1))
    return function.Score(
        scale, (), None, visits, (pd.Timestamp("2026-03-02"),) * len(values), values, instruments.limits(scale)
    )


def test_a_slope_and_its_interval_are_those_of_least_squares_worked_by_hand():
    visits, values = np.arange(1, 6), np.array([8.0, 7.0, 7.0, 5.0, 5.0])
    fitted = function.slope(series("stress", *values))
    # Sxy = -8, Sxx = 10: -0.8 a visit. Residuals 0, -0.2, 0.6, -0.6, 0.2: s2 = 0.8 / 3; t(3) = 3.1824.
    half = 3.182446 * (0.8 / 3 / 10) ** 0.5
    assert fitted.per_visit == pytest.approx(np.polyfit(visits, values, 1)[0]) == pytest.approx(-0.8)
    assert (fitted.low, fitted.high) == (pytest.approx(-0.8 - half, abs=1e-6), pytest.approx(-0.8 + half, abs=1e-6))


@pytest.mark.parametrize("values", [(8, 6, 4, 2), (5, 5, 5, 5, 5), (5,)])
def test_no_line_is_fitted_to_fewer_than_five_readings_or_to_readings_all_alike(values):
    assert function.slope(series("stress", *values)) is None


@pytest.mark.parametrize(
    ("key", "answer", "cut_off", "direction"),
    [
        ("pgic_immpact", 1, 1, 1),  # very much improved: the hardest cut-off reached
        ("pgic_immpact", 3, 3, 1),
        ("pgic_immpact", 4, 3, 0),  # no change
        ("pgic_immpact", 5, 3, -1),
        ("groc_15", 5, 5, 1),
        ("groc_15", 4, 3, 1),
        ("groc_15", 2, 3, 0),  # better, and short of the cut-off
        ("groc_15", 0, 3, 0),
        ("groc_15", -1, 3, -1),
    ],
)
def test_a_rating_of_change_answers_by_its_latest_and_never_by_first_against_latest(key, answer, cut_off, direction):
    score = series(key, 7, answer)
    assert (score.verdict, score.cut_off.points, score.direction) == (None, cut_off, direction)


def test_a_form_without_a_cut_off_says_nothing_of_better_or_worse():
    score = series("pgic_hurst_bolton", 7)
    assert (score.cut_off, score.no_change, score.direction) == (None, None, 0)


def test_scales_with_trend_words_only_never_get_a_verdict():
    for scale in instruments.scales().values():
        if scale.trend_words_only:
            score = series(scale.key, scale.highest, scale.lowest)
            assert (score.verdict, score.direction) == (None, 0), scale.key
