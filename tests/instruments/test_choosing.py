"""Which published numbers a verdict rests on, for every region, chronicity and follow-up, and in which words."""

import dataclasses
from itertools import product
from typing import get_args

import pytest

from instruments import REGIONS, Limits, limits, scale, scales
from instruments.model import Choice, Chronicity, Scale, Threshold
from tables import rows

CHRONICITIES = (None, *get_args(Chronicity))
FOLLOW_UPS = (None, 7, 28, 45, 90, 200)  # days; the studies' own are 4-10, 21-35 and 60-183
ITEMS = (None, 1, 3)  # a score of one activity, of three, or of a number nobody noted
CLIENTS = list(product((None, *REGIONS), CHRONICITIES, FOLLOW_UPS, ITEMS))

# Read from the top: the first line that fits a client is theirs. A cell with "any" fits everybody.
ROWS_USED = """
    region   | chronicity    | days | error             | important             | percent
    low_back | over_3_months | any  | low_back          | chronic_low_back_used | low_back
    low_back | any           | 7    | low_back          | low_back_1_week       | low_back
    low_back | any           | 28   | low_back          | low_back_4_weeks      | low_back
    low_back | any           | any  | low_back          | low_back              | low_back
    neck     | any           | 90   | neck_routine_care | neck_roc              | chronic_trials
    neck     | any           | any  | low_back          | mechanical_neck       | chronic_trials
    shoulder | any           | any  | low_back          | shoulder              | chronic_trials
    any      | over_3_months | any  | low_back          | chronic_much_better   | chronic_trials
    any      | any           | any  | low_back          | low_back              | chronic_trials
"""

# What is said wherever a low-back number stands in for a client's own; "-" where that never happens.
WANTING = """
    region        | error                                                           | important
    none          | used here because no region is written down                     | used here because no region is written down
    head_jaw      | used here for want of a head and jaw value                      | used here for want of a head and jaw value
    neck          | used here for want of a verified neck value at this follow-up   | -
    upper_back    | used here for want of an upper back value                       | used here for want of an upper back value
    mid_back      | used here for want of a mid back value                          | used here for want of a mid back value
    low_back      | -                                                               | -
    sacrum_pelvis | used here for want of a sacrum and pelvis value                 | used here for want of a sacrum and pelvis value
    shoulder      | used here for want of a verified shoulder value                 | -
    upper_arm     | used here for want of an upper arm value                        | used here for want of an upper arm value
    elbow         | used here for want of an elbow value                            | used here for want of an elbow value
    forearm       | used here for want of a forearm value                           | used here for want of a forearm value
    wrist_hand    | used here for want of a wrist and hand value                    | used here for want of a wrist and hand value
    chest_ribs    | used here for want of a chest and ribs value                    | used here for want of a chest and ribs value
    abdomen       | used here for want of an abdomen value                          | used here for want of an abdomen value
    hip_glute     | used here for want of a hip and glute value                     | used here for want of a hip and glute value
    thigh         | used here for want of a thigh value                             | used here for want of a thigh value
    knee          | used here for want of a knee value                              | used here for want of a knee value
    lower_leg     | used here for want of a lower leg value                         | used here for want of a lower leg value
    ankle_foot    | used here for want of an ankle and foot value                   | used here for want of an ankle and foot value
"""  # noqa: E501 - one line a region


def row_drawn_for(region, chronicity, days) -> dict:
    lines = rows(ROWS_USED).to_dict("records")
    asked = {"region": region, "chronicity": chronicity, "days": days}
    return next(line for line in lines if all(line[name] in ("any", str(value)) for name, value in asked.items()))


@pytest.mark.parametrize("region", [None, *REGIONS])
def test_pain_is_held_against_the_drawn_row_whatever_region_chronicity_and_follow_up(region):
    for chronicity, days in product(CHRONICITIES, FOLLOW_UPS):
        chosen = limits(scale("nprs"), region, chronicity, days)
        drawn = row_drawn_for(region, chronicity, days)
        used = {"error": chosen.error, "important": chosen.important, "percent": chosen.percent}
        assert {name: found.threshold.key for name, found in used.items()} == {name: drawn[name] for name in used}


@pytest.mark.parametrize("region", [None, *REGIONS])
def test_a_row_of_another_region_says_what_it_stands_in_for_and_any_other_row_says_nothing(region):
    words = rows(WANTING).set_index("region")
    assert list(words.index) == ["none", *REGIONS]
    for chronicity, days in product(CHRONICITIES, FOLLOW_UPS):
        chosen = limits(scale("nprs"), region, chronicity, days)
        assert chosen.percent.wanting == ""
        for name, found in (("error", chosen.error), ("important", chosen.important)):
            own = found.threshold.condition in (region, "any")
            assert found.wanting == ("" if own else words.loc[region or "none", name])


@pytest.mark.parametrize(
    ("days", "error", "important"),
    [
        (3.9, "low_back", "low_back"),
        (4, "low_back", "low_back_1_week"),
        (10, "low_back", "low_back_1_week"),
        (10.1, "low_back", "low_back"),
        (21, "low_back", "low_back_4_weeks"),
        (35, "low_back", "low_back_4_weeks"),
        (36, "low_back", "low_back"),
    ],
)
def test_both_ends_of_a_studys_follow_up_belong_to_it(days, error, important):
    chosen = limits(scale("nprs"), "low_back", follow_up_days=days)
    assert (chosen.error.threshold.key, chosen.important.threshold.key) == (error, important)


@pytest.mark.parametrize(
    ("key", "region", "error", "important", "percent"),
    [
        ("quickdash", "shoulder", (17.1, "van Kampen 2013", ""), (13.4, "van Kampen 2013", ""), None),
        ("quickdash", "elbow", (12.85, "Franchignoni 2014", ""), (15.91, "Franchignoni 2014", ""), None),
        ("quickdash", None, (12.85, "Franchignoni 2014", ""), (15.91, "Franchignoni 2014", ""), None),
        ("dash", "shoulder", (16.3, "van Kampen 2013", ""), (12.4, "van Kampen 2013", ""), None),
        ("dash", "wrist_hand", (10.81, "Franchignoni 2014", ""), (10.83, "Franchignoni 2014", ""), None),
        ("psfs", "shoulder", (2, "Stratford 1995 form", ""), (2.0, "Rysstad 2020", ""), None),
        ("psfs", "knee", (2, "Stratford 1995 form", ""), (2, "Moseng 2013", ""), None),
        ("lefs", "knee", (9, "Binkley 1999", ""), (9, "Binkley 1999", ""), None),
        ("odi", "low_back", (10, "ODI error, second-hand", ""), (10, "Ostelo 2008", ""), 30),
        (
            "odi",
            "sacrum_pelvis",
            (10, "ODI error, second-hand", "used here for want of a sacrum and pelvis value"),
            (10, "Ostelo 2008", "used here for want of a sacrum and pelvis value"),
            30,
        ),
        ("ndi_percent", "neck", None, (19, "Cleland 2008", ""), None),
        ("ndi_points", "neck", (10.2, "Young 2009", ""), (10, "Young 2009", ""), None),
        ("psfs_2", "hip_glute", None, (2.9, "World Physio abstract on PSFS 2.0", ""), None),
        ("psqi", "shoulder", None, (4.4, "Longo 2021", ""), None),
        ("psqi", "knee", None, (4.4, "Longo 2021", "used here for want of a knee value"), None),
        ("stress", "neck", None, None, None),
    ],
)
def test_function_is_held_against_the_rows_of_its_region(key, region, error, important, percent):
    chosen = limits(scale(key), region)
    assert told(chosen.error) == error
    assert told(chosen.important) == important
    assert (chosen.percent and chosen.percent.percent) == percent


@pytest.mark.parametrize("region", [None, *REGIONS])
@pytest.mark.parametrize(("items", "points"), [(1, 3), (2, 2), (5, 2), (0, 2), (None, 2)])
def test_one_activity_has_a_larger_error_than_a_mean_and_no_other_important_change(region, items, points):
    alone = limits(scale("psfs"), region, items=items)
    assert (alone.error.points, alone.error.wanting) == (points, "")
    assert alone.important == limits(scale("psfs"), region).important


def told(chosen) -> tuple[float, str, str] | None:
    return chosen and (chosen.points, chosen.threshold.source.citation, chosen.wanting)


@pytest.mark.parametrize(
    ("key", "client", "cited"),
    [
        ("nprs", ("low_back",), "90 %, low back, computed from SEM 1.02, Childs 2005"),
        ("nprs", ("neck", None, 90), "level not stated, neck pain, 3 months, routine care, Kovacs 2008"),
        (
            "nprs",
            ("neck", None, 30),
            "90 %, low back, computed from SEM 1.02, Childs 2005; "
            "used here for want of a verified neck value at this follow-up",
        ),
        (
            "nprs",
            (),
            "90 %, low back, computed from SEM 1.02, Childs 2005; used here because no region is written down",
        ),
        ("psfs", ("neck",), "90 %, any region, mean of activities, Stratford 1995 form"),
        ("psfs", ("neck", None, 28, 1), "90 %, any region, one activity, Stratford 1995 form"),
        ("ndi_points", ("neck",), "level not stated, neck, Young 2009 (unverified)"),
        (
            "ndi_points",
            ("shoulder",),
            "level not stated, neck, Young 2009; used here for want of a shoulder value (unverified)",
        ),
    ],
)
def test_an_error_is_cited_with_its_condition_what_it_stands_in_for_and_whether_it_is_verified(key, client, cited):
    assert limits(scale(key), *client).error.cited == cited


def test_a_verdict_rests_on_a_number_from_memory_for_the_neck_index_in_points_alone():
    def unverified(key):
        return {limits(scale(key), *client).unverified for client in CLIENTS}

    assert [key for key in scales() if unverified(key) != {False}] == ["ndi_points"]
    assert unverified("ndi_points") == {True}
    assert all(row.unverified for row in scale("ndi_points").important)  # there is no verified one to use
    assert all(row.unverified for row in scale("ndi_points").errors if row.kind == "mdc")


def test_a_nearer_row_from_memory_is_passed_over_for_a_verified_one():
    nprs = scale("nprs")
    both = dataclasses.replace(nprs, choice=Choice(error=("shoulder", "low_back"), important=("low_back",)))
    assert next(row for row in nprs.errors if row.key == "shoulder").unverified
    assert limits(both, "shoulder").error.threshold.key == "low_back"
    assert limits(both, "shoulder").error.wanting == "used here for want of a verified shoulder value"


def nearness(row: Threshold, region, chronicity, days, items) -> int:
    """How well a row's condition fits a client: 6 best, 1 is another region, 0 does not speak of them at all."""
    if row.chronicity not in (None, chronicity) or row.items not in (None, items):
        return 0
    if row.follow_up_days and not (days and row.follow_up_days[0] <= days <= row.follow_up_days[1]):
        return 0
    if row.condition == region:
        return 6 if row.chronicity else 5 if row.follow_up_days else 4
    if row.condition == "any":
        return 3 if row.chronicity or row.follow_up_days or row.items else 2
    return 1


def lists(found: Scale) -> list[tuple[str, list[Threshold]]]:
    """The rows each choice of a scale names, in their order."""
    errors = {row.key: row for row in found.errors}
    important = {row.key: row for row in found.important}
    named = [("error", found.choice.error, errors), ("important", found.choice.important, important)]
    named.append(("percent", found.choice.percent, important))
    return [(name, [known[key] for key in keys]) for name, keys, known in named if keys]


CHOOSING = [found for found in scales().values() if lists(found)]


def test_pain_and_the_functions_that_know_a_shoulder_say_in_which_order_they_choose():
    assert [found.key for found in CHOOSING] == ["dash", "nprs", "psfs", "quickdash"]


@pytest.mark.parametrize("found", CHOOSING, ids=lambda found: found.key)
def test_a_list_goes_nearest_condition_first_for_every_client(found):
    # The last row has two parts, one of its own region's rows and what is used when nothing nearer fits, so it is
    # left out of the order, and must not be nearer than the row that is used.
    for client, (name, listed) in product(CLIENTS, lists(found)):
        speaking = [near for row in listed[:-1] if (near := nearness(row, *client)) > 1]
        assert speaking == sorted(speaking, reverse=True), (client, name)
        used = getattr(limits(found, *client), name).threshold
        assert nearness(used, *client) == max(nearness(row, *client) for row in listed), (client, name)


@pytest.mark.parametrize("found", CHOOSING, ids=lambda found: found.key)
def test_a_list_names_verified_rows_only_and_ends_with_what_holds_when_nothing_nearer_fits(found):
    for name, listed in lists(found):
        assert [row.key for row in listed if row.unverified] == []
        if name != "percent":
            assert [row.default for row in listed] == [False] * (len(listed) - 1) + [True]
        assert (listed[-1].chronicity, listed[-1].follow_up_days, listed[-1].items) == (None, None, None)


def test_every_scale_that_is_judged_has_an_important_change_for_every_client():
    for found in scales().values():
        judged: list[Limits] = [limits(found, *client) for client in CLIENTS]
        assert {chosen.important is not None for chosen in judged} == {any(row.default for row in found.important)}
        assert {chosen.error is not None for chosen in judged} == {any(row.default for row in found.errors)}
