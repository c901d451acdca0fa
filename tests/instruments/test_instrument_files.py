"""What every file of the room must keep, and what a broken one is told."""

from decimal import Decimal
from pathlib import Path

import pytest

import instruments
from instruments import REGIONS, InstrumentError, limits, movement, movements, scale, scales, sources
from instruments.reading import read_joint, read_scale, read_shared_errors, read_sources

ROOM = Path(instruments.__file__).parent
SIDELESS = {("neck", "flexion"), ("neck", "extension"), ("trunk", "flexion"), ("trunk", "extension")}


def thresholds():
    of_scales = [threshold for scale in scales().values() for threshold in scale.errors + scale.important]
    return of_scales + [error for movement in movements().values() for error in movement.errors]


def references():
    return [reference for movement in movements().values() for reference in movement.references]


def test_every_file_of_the_room_is_read():
    assert set(scales()) == {file.stem for file in (ROOM / "scales").glob("*.toml")}
    assert {joint for joint, _ in movements()} | {"every_joint"} == {
        file.stem for file in (ROOM / "motion").glob("*.toml")
    }
    assert set(scales()) == {
        *("nprs", "vas", "psfs", "psfs_2", "odi", "ndi_points", "ndi_percent", "quickdash", "dash", "lefs"),
        *("pgic_immpact", "pgic_hurst_bolton", "groc_15", "groc_11", "limb_girth", "limb_volume"),
        *("stress", "sleep", "energy", "psqi", "sleep_quality_single_item", "home_exercise", "ears"),
    }
    assert {joint for joint, _ in movements()} == {
        *("neck", "shoulder", "elbow", "forearm", "wrist", "hip", "knee", "ankle", "trunk"),
    }


@pytest.mark.parametrize(
    ("key", "lowest", "highest", "better", "ucum"),
    [
        ("nprs", 0, 10, "lower", "{score}"),
        ("vas", 0, 100, "lower", "mm"),
        ("psfs", 0, 10, "higher", "{score}"),
        ("psfs_2", 0, 10, "lower", "{score}"),
        ("odi", 0, 100, "lower", "%"),
        ("ndi_points", 0, 50, "lower", "{score}"),
        ("ndi_percent", 0, 100, "lower", "%"),
        ("quickdash", 0, 100, "lower", "{score}"),
        ("dash", 0, 100, "lower", "{score}"),
        ("lefs", 0, 80, "higher", "{score}"),
        ("pgic_immpact", 1, 7, "lower", "{score}"),
        ("pgic_hurst_bolton", 1, 7, "higher", "{score}"),
        ("groc_15", -7, 7, "higher", "{score}"),
        ("groc_11", -5, 5, "higher", "{score}"),
        ("stress", 0, 10, "lower", "{score}"),
        ("sleep", 0, 10, "higher", "{score}"),
        ("energy", 0, 10, "higher", "{score}"),
        ("psqi", 0, 21, "lower", "{score}"),
        ("ears", 0, 24, "higher", "{score}"),
        ("sleep_quality_single_item", 0, 10, "higher", "{score}"),
        ("limb_girth", 1, 200, "lower", "cm"),
        ("limb_volume", 1, 100_000, "lower", "mL"),
        ("home_exercise", 0, 1000, "higher", "%"),  # done of prescribed; the raw figure is kept, a display stops at 100
    ],
)
def test_a_scale_runs_from_its_lowest_to_its_highest_score(key, lowest, highest, better, ucum):
    found = scale(key)
    assert (found.lowest, found.highest, found.better, found.ucum) == (lowest, highest, better, ucum)


def test_every_number_has_a_source_and_says_how_sure_we_are():
    for number in thresholds() + references():
        assert number.source.citation
        assert number.source.where
        assert number.certainty in ("V", "V2", "FMV")
        assert number.unverified == (number.certainty == "FMV")


def test_every_source_is_used_by_a_number_or_named_in_a_note():
    used = {number.source.key for number in thresholds() + references()}
    notes = " ".join(note for scale in scales().values() for note in scale.notes)
    assert [key for key, source in sources().items() if key not in used and source.citation not in notes] == []


def test_errors_and_important_changes_are_not_mixed_up():
    kinds = {"mdc", "sem", "icc", "auc", "instrument_difference"}
    assert {error.kind for scale in scales().values() for error in scale.errors} <= kinds
    assert {error.kind for movement in movements().values() for error in movement.errors} <= kinds
    assert not {change.kind for scale in scales().values() for change in scale.important} & kinds


def test_steps_divide_the_range_and_fit_the_decimals():
    for found in scales().values():
        step = Decimal(str(found.step))
        assert (Decimal(str(found.highest)) - Decimal(str(found.lowest))) % step == 0, found.key
        assert step == round(step, found.decimals), found.key


def test_what_has_no_important_change_is_told_as_a_trend_only():
    # A global rating of change is itself the answer, so it needs no threshold to be read.
    for found in scales().values():
        if found.family != "change":
            assert found.trend_words_only == (limits(found).important is None), found.key
    assert all(scale(key).trend_words_only for key in ("stress", "sleep", "energy"))


def test_entry_limits_contain_every_reference():
    for found in movements().values():
        for reference in found.references:
            highest = reference.low_deg if reference.high_deg is None else reference.high_deg
            assert found.lowest_deg < reference.low_deg <= highest < found.highest_deg, found.name


def test_a_swimmers_shoulder_of_214_degrees_is_real_and_400_degrees_never_is():
    for code in ("flexion", "abduction"):
        assert movement("shoulder", code).lowest_deg <= 214 <= movement("shoulder", code).highest_deg
    assert [found.name for found in movements().values() if found.highest_deg >= 400] == []


def test_a_limb_that_does_not_reach_its_zero_position_can_be_written_down():
    # A knee held bent at 30 degrees has an extension of -30.
    assert movement("knee", "extension").lowest_deg < -30
    assert [found.name for found in movements().values() if found.lowest_deg >= -45] == []


def test_every_movement_has_sides_except_bending_neck_and_trunk_forwards_and_back():
    assert {key for key, found in movements().items() if not found.sided} == SIDELESS


def test_movements_belong_to_the_regions_of_the_practice():
    assert {found.joint: found.region for found in movements().values()} == {
        "neck": "neck",
        "shoulder": "shoulder",
        "elbow": "elbow",
        "forearm": "forearm",
        "wrist": "wrist_hand",
        "hip": "hip_glute",
        "knee": "knee",
        "ankle": "ankle_foot",
        "trunk": "low_back",
    }
    assert list(REGIONS) == [
        *("head_jaw", "neck", "upper_back", "mid_back", "low_back", "sacrum_pelvis", "shoulder", "upper_arm"),
        *("elbow", "forearm", "wrist_hand", "chest_ribs", "abdomen", "hip_glute", "thigh", "knee", "lower_leg"),
        "ankle_foot",
    ]


def test_names_shown_to_people_are_told_apart():
    for names in (
        [found.name for found in scales().values()],
        [found.name for found in movements().values()],
        [found.plain for found in movements().values()],
    ):
        assert len(set(names)) == len(names)


def test_what_is_from_memory_says_so():
    references = movement("neck", "rotation").references
    verified = [(reference.name, reference.low_deg) for reference in references if not reference.unverified]
    assert verified == [("AMA", 80)]  # AAOS 60 is from memory; the sources found print 70 to 90


@pytest.mark.parametrize(
    ("age", "sex", "motion_type", "expected"),
    [
        (30, "female", "passive", [("AAOS", 135), ("AMA", 150), ("CDC 2011", 141.9)]),
        (44.9, "male", "passive", [("AAOS", 135), ("AMA", 150), ("CDC 2011", 137.7)]),
        (45, "male", "passive", [("AAOS", 135), ("AMA", 150), ("CDC 2011", 132.9)]),
        (69.9, "male", "passive", [("AAOS", 135), ("AMA", 150), ("CDC 2011", 132.9)]),
        (72, "female", "passive", [("AAOS", 135), ("AMA", 150)]),  # nobody over 69 was measured
        (30, "female", "active", [("AAOS", 135), ("AMA", 150)]),  # the study measured passive motion
        (30, None, "passive", [("AAOS", 135), ("AMA", 150)]),  # its rows are split by sex
        (None, "female", "active", [("AAOS", 135), ("AMA", 150)]),
        (None, "female", "passive", [("AAOS", 135), ("AMA", 150)]),  # its rows are split by age
        (5, "female", "passive", [("CDC 2011", 152.6)]),
        (5, "female", "active", []),
        (15, "male", "passive", []),  # the rows of 9 to 19 are not on file
        (1, "male", "passive", []),
    ],
)
def test_a_knee_is_held_only_against_references_made_for_such_a_person(age, sex, motion_type, expected):
    found = movement("knee", "flexion").references_for(age, sex, motion_type)
    assert [(reference.name, reference.low_deg) for reference in found] == expected


SOURCES = """
[a_study]
citation = "A study 2001"
where = "a shelf"
"""
A_SCALE = """
name = "Comfort"
family = "wellness"
lowest = 0
highest = 10
step = 1
unit = "points"
ucum = "{score}"
better = "higher"
decimals = 0

[important_change.neck]
kind = "important"
points = 2
condition = "neck"
population = "neck pain"
source = "a_study"
certainty = "V"
"""
A_JOINT = """
region = "hip_glute"

[movement.flexion]
name = "Tail flexion"
plain = "Wagging"
sided = true
lowest_deg = -30
highest_deg = 90

[movement.flexion.reference]
aaos = { name = "AAOS", low_deg = 40, high_deg = 45, motion_type = "unstated", source = "a_study", certainty = "V2" }
"""


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def known_sources(tmp_path):
    return read_sources(written(tmp_path, "sources.toml", SOURCES))


def test_a_sound_scale_and_a_sound_joint_are_read(tmp_path, known_sources):
    comfort = read_scale(written(tmp_path, "comfort.toml", A_SCALE), known_sources)
    assert (comfort.key, comfort.important[0].cited) == ("comfort", "neck, A study 2001")
    [flexion] = read_joint(written(tmp_path, "tail.toml", A_JOINT), known_sources)
    assert (flexion.joint, flexion.movement, flexion.references[0].high_deg) == ("tail", "flexion", 45)


@pytest.mark.parametrize(
    ("sound", "broken", "place", "right"),
    [
        ('"a_study"', '"b_study"', "[important_change.neck]", "a key of sources.toml"),
        ('source = "a_study"', "", "[important_change.neck]", "a key of sources.toml"),
        ('certainty = "V"', "", "[important_change.neck]", "certainty missing"),
        ('certainty = "V"', 'certainty = "sure"', "[important_change.neck]", "one of V, V2, FMV"),
        ('condition = "neck"', 'condition = "nek"', "[important_change.neck]", "any or one of head_jaw, neck"),
        ("points = 2", 'points = "two"', "[important_change.neck]", "a number"),
        ("points = 2", "points = true", "[important_change.neck]", "a number"),
        ("points = 2", "", "[important_change.neck]", "at least one of points, percent, coefficient"),
        ("points = 2", "point = 2", "[important_change.neck]", "one of kind, condition"),
        ("points = 2", "points = 2\nitems = 0", "[important_change.neck]", "how many the score is the mean of, 1 or"),
        ("points = 2", "points = 2\nitems = 1.5", "[important_change.neck]", "a whole number"),
        ('kind = "important"\npoints = 2', 'kind = "icc"\ncoefficient = 7', "[important_change.neck]", "from 0 to 1"),
        ("lowest = 0", "lowest = 10", "comfort.toml", "lowest below highest"),
        ("step = 1", "step = 0", "comfort.toml", "a step above 0"),
        ("decimals = 0", "decimals = 0.5", "comfort.toml", "a whole number"),
        ('unit = "points"', "", "comfort.toml", "unit missing"),
        ("decimals = 0", "decimals = 0\ncolour = 3", "comfort.toml", "unknown field colour"),
        ("decimals = 0", 'decimals = 0\nnotes = ["a", 3]', "comfort.toml", "a list of text"),
        ("decimals = 0", "decimals = 0\nmeasurement_error = 3", "measurement_error", "one table for each entry"),
        ("lowest = 0", "lowest = ", "comfort.toml", "not readable as TOML"),
    ],
)
def test_a_broken_scale_is_refused_with_file_table_and_what_is_right(
    tmp_path, known_sources, sound, broken, place, right
):
    assert sound in A_SCALE
    file = written(tmp_path, "comfort.toml", A_SCALE.replace(sound, broken))
    with pytest.raises(InstrumentError) as refusal:
        read_scale(file, known_sources)
    assert str(refusal.value).startswith("comfort.toml")
    assert place in str(refusal.value)
    assert right in str(refusal.value)


A_CHOICE = (
    A_SCALE
    + """default = true

[important_change.neck_4_weeks]
kind = "important"
points = 1
percent = 20
condition = "neck"
population = "neck pain, 4 weeks"
source = "a_study"
certainty = "V"
follow_up_days = [21, 35]

[measurement_error.neck]
kind = "mdc"
points = 3
condition = "neck"
population = "neck pain"
source = "a_study"
certainty = "V"
default = true

[measurement_error.neck_icc]
kind = "icc"
coefficient = 0.8
condition = "neck"
population = "neck pain"
source = "a_study"
certainty = "V"

[choice]
error = ["neck"]
important = ["neck_4_weeks", "neck"]
percent = ["neck_4_weeks"]
"""
)


def test_a_sound_choice_is_read_in_its_order(tmp_path, known_sources):
    comfort = read_scale(written(tmp_path, "comfort.toml", A_CHOICE), known_sources)
    assert comfort.choice.important == ("neck_4_weeks", "neck")
    assert (comfort.choice.error, comfort.choice.percent) == (("neck",), ("neck_4_weeks",))


@pytest.mark.parametrize(
    ("sound", "broken", "told"),
    [
        ('error = ["neck"]', 'error = ["nek"]', "choice.error names nek; right is one of neck, neck_icc"),
        ('error = ["neck"]', 'error = ["neck_icc", "neck"]', "choice.error names neck_icc; right is an mdc in points"),
        ('["neck_4_weeks", "neck"]', '["knee", "neck"]', "choice.important names knee; right is one of neck, neck_4"),
        (
            '["neck_4_weeks", "neck"]',
            '["neck", "neck_4_weeks"]',
            "choice.important ends with neck_4_weeks; right is the default",
        ),
        (
            'percent = ["neck_4_weeks"]',
            'percent = ["neck"]',
            "choice.percent names neck; right is a row with a percent",
        ),
        ("points = 1\npercent", "percent", "choice.important names neck_4_weeks; right is a row with points"),
        ('error = ["neck"]', 'errors = ["neck"]', "[choice]: unknown field errors. Right is one of error, important"),
        ('error = ["neck"]', 'error = "neck"', "[choice]: error is 'neck'. Right is a list of text"),
        ("[21, 35]", "[21]", "[important_change.neck_4_weeks]: follow_up_days is (21,); right is the first and the"),
        ("[21, 35]", "[35, 21]", "[important_change.neck_4_weeks]: follow_up_days is (35, 21); right is the first and"),
        ("[21, 35]", '["a month"]', "[important_change.neck_4_weeks]: follow_up_days is ('a month',). Right is a list"),
    ],
)
def test_a_broken_choice_is_refused_with_file_list_and_what_is_right(tmp_path, known_sources, sound, broken, told):
    assert sound in A_CHOICE
    with pytest.raises(InstrumentError) as refusal:
        read_scale(written(tmp_path, "comfort.toml", A_CHOICE.replace(sound, broken)), known_sources)
    assert str(refusal.value).startswith("comfort.toml")
    assert told in str(refusal.value)


def test_two_defaults_are_refused(tmp_path, known_sources):
    default = A_SCALE[A_SCALE.index("[") :] + "default = true\n"
    twice = A_SCALE[: A_SCALE.index("[")] + default + default.replace(".neck]", ".again]")
    with pytest.raises(InstrumentError, match=r"comfort\.toml: 2 defaults .* right is at most one"):
        read_scale(written(tmp_path, "comfort.toml", twice), known_sources)


@pytest.mark.parametrize(
    ("sound", "broken", "place", "right"),
    [
        ("lowest_deg = -30", "lowest_deg = 90", "[movement.flexion]", "lowest_deg below highest_deg"),
        ("movement.flexion", "movement.wagging", "[movement.wagging]", "one of flexion, extension"),
        ('"hip_glute"', '"tail"', "[movement.flexion]", "one of head_jaw, neck"),
        ('region = "hip_glute"', 'regoin = "hip_glute"', "unknown field regoin", "Right is region"),
        ("high_deg = 45", "high_deg = 4", "[movement.flexion.reference.aaos]", "the lower value first"),
        ('"unstated"', '"lazy"', "[movement.flexion.reference.aaos]", "one of active, passive, unstated"),
        ('certainty = "V2"', "age_to = 3", "[movement.flexion.reference.aaos]", "certainty missing"),
        ('"a_study"', '"b_study"', "[movement.flexion.reference.aaos]", "a key of sources.toml"),
    ],
)
def test_a_broken_joint_is_refused_with_file_table_and_what_is_right(
    tmp_path, known_sources, sound, broken, place, right
):
    assert sound in A_JOINT
    file = written(tmp_path, "tail.toml", A_JOINT.replace(sound, broken))
    with pytest.raises(InstrumentError) as refusal:
        read_joint(file, known_sources)
    assert str(refusal.value).startswith("tail.toml")
    assert place in str(refusal.value)
    assert right in str(refusal.value)


def test_a_source_without_a_place_to_find_it_is_refused(tmp_path):
    with pytest.raises(InstrumentError, match=r"sources\.toml, \[a_study\]: where missing"):
        read_sources(written(tmp_path, "sources.toml", '[a_study]\ncitation = "A study 2001"\n'))


def test_what_holds_for_every_joint_is_errors_and_nothing_else(tmp_path, known_sources):
    with pytest.raises(InstrumentError, match=r"every_joint\.toml: unknown field region"):
        read_shared_errors(written(tmp_path, "every_joint.toml", 'region = "neck"\n'), known_sources)


def test_asking_for_what_does_not_exist_names_what_does():
    with pytest.raises(InstrumentError, match=r"No scale is called 'npsr'\. Right is one of dash, .*nprs"):
        scale("npsr")
    with pytest.raises(
        InstrumentError, match=r"No movement is called 'knee' 'rotation'\. Right is one of .*knee flexion"
    ):
        movement("knee", "rotation")
