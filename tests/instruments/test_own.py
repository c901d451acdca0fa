"""A practice's own numbers before the published ones: chosen for whom they are, cited as its own, never as verified."""

import pytest

from instruments import PUBLISHED, REGIONS, Instruments, limits, movements, scales
from instruments.errors import InstrumentError
from instruments.own import own_reference, own_threshold, takes_own, why_not
from instruments.reading import read_scale

SOURCE = "Smith 2020, doi 10.1000/1"


def nprs(*numbers):
    return Instruments(numbers).scale("nprs")


def test_without_own_numbers_everything_is_as_published():
    assert PUBLISHED.scales() == scales()
    assert PUBLISHED.movements() == movements()


def test_an_own_number_for_a_region_is_used_there_and_nowhere_else():
    own = nprs(own_threshold(1, "important", 3, SOURCE, scale="nprs", region="neck"))
    for region in (None, *REGIONS):
        chosen, published = limits(own, region), limits(PUBLISHED.scale("nprs"), region)
        expected = (3, True) if region == "neck" else (published.important.points, False)
        assert (chosen.important.points, chosen.important.own) == expected
        assert chosen.error == published.error


@pytest.mark.parametrize("days", [None, 7, 90])
@pytest.mark.parametrize("chronicity", [None, "over_3_months"])
def test_an_own_number_is_used_whatever_chronicity_and_follow_up(chronicity, days):
    own = nprs(own_threshold(1, "error", 3, SOURCE, scale="nprs", region="neck"))
    assert limits(own, "neck", chronicity, days).error.points == 3


def test_an_own_number_for_its_region_goes_before_one_for_any_region():
    any_region = own_threshold(1, "error", 5, SOURCE, scale="nprs")
    neck = own_threshold(2, "error", 3, SOURCE, scale="nprs", region="neck")
    own = nprs(any_region, neck)
    assert {region: limits(own, region).error.points for region in (None, "neck", "low_back")} == {
        None: 5, "neck": 3, "low_back": 5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("confidence", "region", "cited"),
    [
        ("90 %", "neck", "90 %, neck, set by this practice: Smith 2020, doi 10.1000/1"),
        (None, "neck", "level not stated, neck, set by this practice: Smith 2020, doi 10.1000/1"),
        ("95 %", None, "95 %, any region, set by this practice: Smith 2020, doi 10.1000/1"),
    ],
)
def test_an_own_number_says_whose_it_is_and_where_it_comes_from(confidence, region, cited):
    own = nprs(own_threshold(1, "error", 3, SOURCE, scale="nprs", region=region, confidence=confidence))
    assert limits(own, "neck").error.cited == cited


def test_an_own_number_is_neither_verified_nor_from_memory():
    own = nprs(own_threshold(1, "error", 3, SOURCE, scale="nprs"))
    found = limits(own, "knee")
    assert (found.error.threshold.certainty, found.error.unverified, found.unverified) == ("own", False, False)


def test_a_number_from_memory_stays_unverified_beside_an_own_one():
    # The error of the NDI in points is chosen from Young 2009; its important change of 10 is of 50 from memory.
    own = Instruments([own_threshold(1, "error", 9, SOURCE, scale="ndi_points")]).scale("ndi_points")
    assert limits(own, "neck").unverified == limits(PUBLISHED.scale("ndi_points"), "neck").unverified is True


def test_no_file_can_call_a_number_the_practice_s_own(tmp_path):
    file = tmp_path / "made_up.toml"
    file.write_text(
        'name = "Made up"\nfamily = "pain"\nlowest = 0\nhighest = 10\nstep = 1\nunit = "points"\nucum = "1"\n'
        'better = "lower"\ndecimals = 0\n[measurement_error.x]\nkind = "mdc"\npoints = 2\ncondition = "any"\n'
        'population = "all"\nsource = "childs_2005"\ncertainty = "own"\n',
        encoding="utf-8",
    )
    with pytest.raises(InstrumentError, match=r"certainty is 'own'. Right is one of V, V2, FMV."):
        read_scale(file, {"childs_2005": PUBLISHED.scale("nprs").errors[0].source})


def test_an_own_change_without_a_percent_leaves_the_published_share_of_the_start():
    for key, region, percent in (("nprs", "low_back", 30), ("odi", "low_back", 30), ("lefs", "knee", None)):
        own = Instruments([own_threshold(1, "important", 5, SOURCE, scale=key, region=region)]).scale(key)
        chosen = limits(own, region)
        assert chosen.important.points == 5
        assert (chosen.percent and chosen.percent.percent) == percent
        assert not (chosen.percent and chosen.percent.own)


def test_an_own_percent_is_asked_in_its_region_in_place_of_the_published_one():
    for key in ("nprs", "odi"):
        number = own_threshold(1, "important", 5, SOURCE, scale=key, region="low_back", percent=50)
        own = Instruments([number]).scale(key)
        assert limits(own, "low_back").percent.percent == 50
        assert limits(own, "knee").percent.percent == 30


def test_a_scale_without_any_published_error_has_the_own_one_in_its_region_and_none_elsewhere():
    assert limits(PUBLISHED.scale("ndi_percent"), "neck").error is None
    own = Instruments([own_threshold(1, "error", 10, SOURCE, scale="ndi_percent", region="neck")]).scale("ndi_percent")
    assert limits(own, "neck").error.points == 10
    assert limits(own, "knee").error is None


@pytest.mark.parametrize("key", [key for key, scale in scales().items() if takes_own(scale)])
def test_every_scale_with_a_verdict_takes_own_numbers_and_can_lose_them(key):
    numbers = [own_threshold(1, "error", 2, SOURCE, scale=key), own_threshold(2, "important", 3, SOURCE, scale=key)]
    chosen = limits(Instruments(numbers).scale(key), "neck")
    assert (chosen.error.points, chosen.important.points) == (2, 3)


def test_a_scale_without_a_verdict_takes_none():
    without = {key for key, scale in scales().items() if not takes_own(scale)}
    assert {"stress", "sleep", "energy", "pgic_immpact", "groc_15", "limb_volume", "home_exercise"} <= without
    for key in without:
        assert "gives no verdict" in why_not(scales()[key], "important", 1, None)


def test_an_own_error_of_a_movement_takes_the_place_of_the_published_one_of_the_same_raters():
    numbers = [own_threshold(1, "error", 7, SOURCE, joint="knee", movement="flexion", raters="same", confidence="90 %")]
    own = Instruments(numbers).movement("knee", "flexion")
    assert own.default_error("same").cited == "90 %, knee, set by this practice: Smith 2020, doi 10.1000/1"
    assert own.default_error("different") == PUBLISHED.movement("knee", "flexion").default_error("different")
    assert Instruments(numbers).movement("knee", "extension") == PUBLISHED.movement("knee", "extension")


def test_an_own_reference_stands_before_the_published_ones_for_whom_it_covers():
    ours = own_reference(1, "knee", "flexion", "active", 130, 140, SOURCE, sex="female", age_from=20, age_to=44)
    knee = Instruments(references=[ours]).movement("knee", "flexion")
    assert [row.name for row in knee.references_for(44, "female", "active")] == ["Practice", "AAOS", "AMA"]
    for age, sex, kind in ((45, "female", "active"), (30, "male", "active"), (30, "female", "passive")):
        assert "Practice" not in [row.name for row in knee.references_for(age, sex, kind)]
    assert ours.cited == "Practice, set by this practice: Smith 2020, doi 10.1000/1"


def test_unknown_names_are_refused_with_the_names_there_are():
    with pytest.raises(InstrumentError, match="No scale is called 'nprs_2'"):
        PUBLISHED.scale("nprs_2")
    with pytest.raises(InstrumentError, match="No movement is called 'tail' 'wag'"):
        PUBLISHED.movement("tail", "wag")
