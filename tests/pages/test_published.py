"""The table of numbers on Settings: which are used, as they are really chosen."""

import pytest

from instruments import PUBLISHED, REGIONS, Instruments, limits, scales
from instruments.own import own_threshold, takes_own
from pages.parts import published

NECK = own_threshold(1, "important", 3, "Smith 2020", scale="nprs", region="neck")
ANY = own_threshold(2, "error", 3, "Smith 2020", scale="nprs")


def used(scale) -> dict[tuple[str, str], str]:
    rows = [("error", row.key) for row in scale.errors] + [("important", row.key) for row in scale.important]
    return dict(zip(rows, published.of_scale(scale)["Used"], strict=True))


@pytest.mark.parametrize("key", [key for key, scale in scales().items() if takes_own(scale)])
@pytest.mark.parametrize("own", [(), (NECK, ANY)], ids=["as published", "with own numbers"])
def test_a_number_is_called_used_exactly_when_somebody_may_be_judged_by_it(key, own):
    scale = Instruments(own).scale(key)
    days = {None} | {day for row in scale.errors + scale.important for day in row.follow_up_days or ()}
    chronicities = (None, "under_6_weeks", "6_to_12_weeks", "over_3_months")
    chosen = [
        found.threshold
        for region in (None, *REGIONS)
        for chronicity in chronicities
        for day in days
        for items in (None, 1, 3)
        for found in numbers_of(limits(scale, region, chronicity, day, items))
    ]
    said = published.of_scale(scale)["Used"].tolist()
    rows = [*scale.errors, *scale.important]
    called = {id(row) for row, word in zip(rows, said, strict=True) if not word.startswith("no")}
    assert called == {id(row) for row in rows if any(row is other for other in chosen)}


def numbers_of(found):
    return [number for number in (found.error, found.important, found.percent) if number]


def test_an_own_number_takes_the_place_of_those_it_stands_before_and_says_so():
    said = used(Instruments((NECK, ANY)).scale("nprs"))
    yours = {"error": "yes, any region", "important": "yes, neck"}
    assert (said["error", "own_2"], said["important", "own_1"]) == (yours["error"], yours["important"])
    for row in (("error", "low_back"), ("error", "neck_routine_care"), ("important", "mechanical_neck")):
        assert said[row] == "no, yours stands before it"
    assert said["important", "shoulder"] == "where it fits"
    assert said["important", "low_back"] == "by default"
    assert said["error", "shoulder"] == "no"  # from memory


def test_a_published_percent_goes_on_being_asked_beside_an_own_change_without_one():
    own = own_threshold(1, "important", 12, "Smith 2020", scale="odi")
    assert used(Instruments([own]).scale("odi"))["important", "low_back"] == "for its percent"
    assert used(PUBLISHED.scale("odi"))["important", "low_back"] == "by default"
