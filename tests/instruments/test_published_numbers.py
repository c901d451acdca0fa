"""Every number here was copied by hand from its paper or table, a second time beside the data files."""

from math import sqrt

import pytest

from instruments import limits, movement, movements, scale, scales


def drawn(table: str) -> list[list[str]]:
    """The rows of a table drawn with |, without its heading."""
    _heading, *rows = [line for line in table.strip().splitlines() if line.strip()]
    return [[cell.strip() for cell in row.split("|")] for row in rows]


def mdc(sem: float, z: float) -> float:
    """The smallest change beyond error for one pair of readings: z x sqrt(2) x SEM."""
    return z * sqrt(2) * sem


def holds(threshold, points: str, percent: str, condition: str, source: str, certainty: str) -> bool:
    number = threshold.coefficient if threshold.points is None else threshold.points
    return (
        number == (float(points) if points else None)
        and threshold.percent == (float(percent) if percent else None)
        and threshold.condition == condition
        and threshold.source.citation == source
        and threshold.certainty == certainty
    )


IMPORTANT_CHANGES = drawn("""
    scale        | points | percent | condition | kind        | source                                | sure
    nprs         | 2      | 30      | low_back  | important   | Ostelo 2008                           | V
    nprs         | 2.2    |         | low_back  | important   | Childs 2005                           | V
    nprs         | 1.5    |         | low_back  | important   | Childs 2005                           | V
    nprs         | 2      |         | low_back  | important   | Childs 2005                           | V
    nprs         | 2      |         | low_back  | important   | Schmerz 2021                          | V
    nprs         | 1      |         | low_back  | important   | Schmerz 2021                          | V
    nprs         | 3      |         | low_back  | important   | Schmerz 2021                          | V
    nprs         | 4      |         | low_back  | important   | Schmerz 2021                          | V
    nprs         | 1.3    |         | low_back  | important   | Suzuki 2020                           | V
    nprs         | 1.8    |         | low_back  | important   | Suzuki 2020                           | V
    nprs         | 1.3    |         | neck      | important   | Cleland 2008                          | V
    nprs         | 1.5    |         | neck      | important   | Kovacs 2008                           | V
    nprs         | 0.5    |         | neck      | important   | Kovacs 2008                           | V
    nprs         | 4.1    |         | neck      | important   | Kovacs 2008                           | V
    nprs         | 1.1    |         | shoulder  | important   | Mintken 2009                          | V
    nprs         | 1      | 15      | any       | minimal     | Salaffi 2004                          | V
    nprs         | 2      | 33      | any       | important   | Salaffi 2004                          | V
    nprs         | 1.5    |         | any       | small       | Abbott & Schmitt 2014                 | V
    nprs         | 3.5    |         | any       | large       | Abbott & Schmitt 2014                 | V
    nprs         | 2      | 30      | any       | important   | Farrar 2001                           | V
    nprs         | 1.74   | 27.9    | any       | important   | Farrar 2001                           | FMV
    nprs         | 2.16   |         | any       | important   | Chronic pain cohort 2022              | V
    nprs         | 4.15   |         | any       | important   | Chronic pain cohort 2022              | V
    nprs         |        | 10      | any       | minimal     | IMMPACT, Dworkin 2008                 | V2
    nprs         |        | 20      | any       | minimal     | IMMPACT, Dworkin 2008                 | V2
    nprs         | 2      | 30      | any       | moderate    | IMMPACT, Dworkin 2008                 | V2
    nprs         | 4      | 50      | any       | substantial | IMMPACT, Dworkin 2008                 | V2
    psfs         | 2      |         | any       | important   | Moseng 2013                           | V
    psfs         | 1.3    |         | any       | small       | Abbott & Schmitt 2014                 | V
    psfs         | 2.3    |         | any       | medium      | Abbott & Schmitt 2014                 | V
    psfs         | 2.7    |         | any       | large       | Abbott & Schmitt 2014                 | V
    psfs         | 1.9    |         | shoulder  | important   | Rysstad 2020                          | V
    psfs         | 2.0    |         | shoulder  | important   | Rysstad 2020                          | V
    psfs_2       | 2.9    |         | any       | important   | World Physio abstract on PSFS 2.0     | V
    odi          | 10     | 30      | low_back  | important   | Ostelo 2008                           | V
    odi          | 12     |         | low_back  | important   | Abbott & Schmitt 2014                 | V
    ndi_points   | 7.5    |         | neck      | important   | Young 2009                            | FMV
    ndi_points   | 10     |         | neck      | important   | Young 2009                            | FMV
    ndi_points   | 14     |         | neck      | important   | Abbott & Schmitt 2014                 | FMV
    ndi_percent  | 19     |         | neck      | important   | Cleland 2008                          | V
    quickdash    | 8.0    |         | shoulder  | important   | Mintken 2009                          | V
    quickdash    | 10.8   |         | shoulder  | important   | Rysstad 2020                          | V
    quickdash    | 13.6   |         | shoulder  | important   | Rysstad 2020                          | V
    quickdash    | 13.4   |         | shoulder  | important   | van Kampen 2013                       | V
    quickdash    | 15.91  |         | any       | important   | Franchignoni 2014                     | V
    dash         | 10.83  |         | any       | important   | Franchignoni 2014                     | V
    dash         | 4.4    |         | shoulder  | important   | Rysstad 2017                          | V
    dash         | 12.4   |         | shoulder  | important   | van Kampen 2013                       | V
    lefs         | 9      |         | any       | important   | Binkley 1999                          | V
    lefs         | 9      |         | any       | small       | Abbott & Schmitt 2014                 | V
    lefs         | 16     |         | any       | large       | Abbott & Schmitt 2014                 | V
    pgic_immpact | 3      |         | any       | minimal     | IMMPACT, Dworkin 2008                 | V2
    pgic_immpact | 2      |         | any       | moderate    | IMMPACT, Dworkin 2008                 | V2
    pgic_immpact | 1      |         | any       | substantial | IMMPACT, Dworkin 2008                 | V2
    groc_15      | 3      |         | any       | important   | Jaeschke 1989                         | FMV
    groc_15      | 5      |         | any       | moderate    | Jaeschke 1989                         | FMV
    limb_girth   | 2      |         | any       | criterion   | Armer & Stewart 2005                  | V
    limb_volume  | 200    |         | any       | criterion   | Armer & Stewart 2005                  | V
    limb_volume  |        | 10      | any       | criterion   | Armer & Stewart 2005                  | V
    psqi         | 4.4    |         | shoulder  | important   | Longo 2021                            | V
    psqi         | 3      |         | any       | important   | PSQI convention, from memory          | FMV
    home_exercise| 80     |         | any       | convention  | 80 % convention for home exercise     | FMV
""")

MEASUREMENT_ERRORS = drawn("""
    scale        | number | percent | condition | kind | source                              | sure
    nprs         | 1.02   |         | low_back  | sem  | Childs 2005                         | V
    nprs         | 2      |         | low_back  | mdc  | Childs 2005                         | V
    nprs         | 1.77   |         | low_back  | mdc  | Schmerz 2021                        | V
    nprs         | .76    |         | neck      | icc  | Cleland 2008                        | V
    nprs         | 2.1    |         | neck      | mdc  | Cleland 2008                        | FMV
    nprs         | 4.0    |         | neck      | mdc  | Kovacs 2008                         | V
    nprs         | 6.2    |         | neck      | mdc  | Kovacs 2008                         | V
    nprs         | .74    |         | shoulder  | icc  | Mintken 2009                        | V
    nprs         | 2.5    |         | shoulder  | mdc  | Mintken 2009                        | FMV
    psfs         | 2      |         | any       | mdc  | Stratford 1995 form                 | V2
    psfs         | 3      |         | any       | mdc  | Stratford 1995 form                 | V2
    psfs         | 2      |         | any       | mdc  | Moseng 2013                         | V
    odi          | 10     |         | low_back  | mdc  | ODI error, second-hand              | V2
    ndi_points   | 10.2   |         | neck      | mdc  | Young 2009                          | FMV
    ndi_points   | .64    |         | neck      | icc  | Young 2009                          | V
    ndi_percent  | .50    |         | neck      | icc  | Cleland 2008                        | V
    quickdash    | .90    |         | shoulder  | icc  | Mintken 2009                        | V
    quickdash    | 11     |         | shoulder  | mdc  | Mintken 2009                        | FMV
    quickdash    | 17.1   |         | shoulder  | mdc  | van Kampen 2013                     | V
    quickdash    | 12.85  |         | any       | mdc  | Franchignoni 2014                   | V
    quickdash    | .91    |         | any       | icc  | Franchignoni 2014                   | V
    dash         | 10.81  |         | any       | mdc  | Franchignoni 2014                   | V
    dash         | .93    |         | any       | icc  | Franchignoni 2014                   | V
    dash         | 11.8   |         | shoulder  | mdc  | Rysstad 2017                        | V
    dash         | 16.3   |         | shoulder  | mdc  | van Kampen 2013                     | V
    lefs         | 9      |         | any       | mdc  | Binkley 1999                        | V
    lefs         | .94    |         | any       | icc  | Binkley 1999                        | V
    limb_volume  |        | 0.82    | any       | sem  | Tidhar 2015                         | V
    limb_volume  |        | 0.64    | any       | sem  | Tidhar 2015                         | V
    limb_volume  |        | 6.6     | any       | sem  | Review of limb volume instruments 2016 | V
    sleep_quality_single_item | .62 |  | any     | icc  | Snyder 2018                         | V
""")

MOTION_ERRORS = drawn("""
    joint    | movement          | points | kind | raters    | confidence | source
    neck     | rotation          | 2.5    | sem  | same      |            | Fletcher & Bandy 2008
    neck     | rotation          | 4.1    | sem  | same      |            | Fletcher & Bandy 2008
    neck     | rotation          | 5.4    | mdc  | same      | 90 %       | Fletcher & Bandy 2008
    neck     | rotation          | 9.6    | mdc  | same      | 90 %       | Fletcher & Bandy 2008
    neck     | flexion           | 3.5    | mdc  | same      | 90 %       | Anwar 2022
    neck     | flexion           | 6.8    | mdc  | same      | 90 %       | Anwar 2022
    neck     | flexion           | 1.5    | sem  | same      |            | Anwar 2022
    neck     | flexion           | 2.9    | sem  | same      |            | Anwar 2022
    shoulder | flexion           | 8      | mdc  | different | 90 %       | Kolber 2011
    shoulder | abduction         | 4      | mdc  | different | 90 %       | Kolber 2011
    shoulder | internal_rotation | 8      | mdc  | different | 90 %       | Kolber 2011
    shoulder | external_rotation | 9      | mdc  | different | 90 %       | Kolber 2011
    shoulder | internal_rotation | 4      | mdc  | same      | 90 %       | Kolber 2009
    shoulder | external_rotation | 5      | mdc  | same      | 90 %       | Kolber 2009
    shoulder | extension         | 20     | mdc  | different |            | de Winter 2004
    shoulder | extension         | 25     | mdc  | different |            | de Winter 2004
    shoulder | flexion           | 11     | sem  | same      |            | Hayes 2001
    shoulder | flexion           | 23     | sem  | same      |            | Hayes 2001
    shoulder | flexion           | 14     | sem  | different |            | Hayes 2001
    shoulder | flexion           | 25     | sem  | different |            | Hayes 2001
    knee     | extension         | 2.0    | mdc  | same      | 95 %       | Knee extension study 2024
    knee     | extension         | 3.5    | mdc  | same      | 95 %       | Knee extension study 2024
    knee     | extension         | 3.7    | mdc  | different | 95 %       | Knee extension study 2024
    knee     | extension         | 10.4   | mdc  | different | 95 %       | Knee extension study 2024
    knee     | extension         | 2.6    | mdc  |           | 95 %       | Knee extension study 2024
    knee     | extension         | 5.4    | mdc  |           | 95 %       | Knee extension study 2024
    hip      | flexion           | 2      | instrument_difference | | | Kolber & Hanney 2012
    hip      | flexion           | 20     | instrument_difference | | | Kolber & Hanney 2012
""")

AAOS_AND_AMA = drawn("""
    joint    | movement          | AAOS  | sure | AMA   | sure
    shoulder | flexion           | 180   | V    | >=180 | V
    shoulder | extension         | 60    | V    | >=50  | V
    shoulder | abduction         | 180   | V    | >=170 | V
    shoulder | internal_rotation | 70    | V    | >=80  | V
    shoulder | external_rotation | 90    | V    | >=60  | V
    elbow    | flexion           | 150   | V    | >=140 | V
    elbow    | extension         | 0     | V    | >=0   | V
    forearm  | pronation         | 80    | V    | >=80  | V
    forearm  | supination        | 80    | V    | >=80  | V
    wrist    | flexion           | 80    | V    | >=60  | V
    wrist    | extension         | 70    | V    | >=60  | V
    wrist    | radial_deviation  | 20    | V    | >=20  | V
    wrist    | ulnar_deviation   | 30    | V    | >=30  | V
    hip      | flexion           | 120   | V2   | 100   | V2
    hip      | extension         | 20-30 | V2   | 30    | V2
    hip      | abduction         | 45    | V2   | 40    | V2
    hip      | adduction         | 30    | V2   | 20    | V2
    hip      | internal_rotation | 45    | V2   | 40    | FMV
    hip      | external_rotation | 45    | V2   | 50    | FMV
    knee     | flexion           | 135   | V2   | 150   | V2
    ankle    | dorsiflexion      | 20    | V2   | 20    | V2
    ankle    | plantarflexion    | 50    | V2   | 40    | V2
    neck     | flexion           | 45    | V2   | 50    | V2
    neck     | extension         | 45    | V2   | 60    | V2
    neck     | side_bending      | 45    | V2   | 45    | V2
    neck     | rotation          | 60    | FMV  | 80    | V2
    trunk    | flexion           | 80    | V2   | 60    | V2
    trunk    | extension         | 25    | V2   | 25    | V2
    trunk    | side_bending      | 35    | V2   | 25    | V2
    trunk    | rotation          | 45    | V2   | 30    | V2
""")

CDC_MEANS = drawn("""
    joint    | movement       | F 2-8 | M 2-8 | F 20-44 | M 20-44 | F 45-69 | M 45-69
    hip      | extension      | 26.2  | 28.3  | 18.1    | 17.4    | 16.7    | 13.5
    hip      | flexion        | 140.8 | 131.1 | 133.8   | 130.4   | 130.8   | 127.2
    knee     | flexion        | 152.6 | 147.8 | 141.9   | 137.7   | 137.8   | 132.9
    knee     | extension      | 5.4   | 1.6   | 1.6     | 1.0     | 1.2     | 0.5
    ankle    | dorsiflexion   | 24.8  | 22.8  | 13.8    | 12.7    | 11.6    | 11.9
    ankle    | plantarflexion |       |       | 62.1    | 54.6    | 56.5    | 49.4
    shoulder | flexion        |       |       | 172.0   | 168.8   | 168.1   | 164.0
    elbow    | flexion        |       |       | 150.0   | 144.6   | 148.3   | 143.5
    elbow    | extension      |       |       | 4.7     | 0.8     | 3.6     | -0.7
    forearm  | pronation      |       |       | 82.0    | 76.9    | 80.8    | 77.7
    forearm  | supination     |       |       | 90.6    | 85.0    | 87.2    | 82.4
""")
CDC_COLUMNS = [("female", 5), ("male", 5), ("female", 30), ("male", 30), ("female", 60), ("male", 60)]


@pytest.mark.parametrize("row", IMPORTANT_CHANGES, ids=" ".join)
def test_an_important_change_stands_as_the_reference_has_it(row):
    key, points, percent, condition, kind, source, certainty = row
    found = [threshold for threshold in scale(key).important if threshold.kind == kind]
    assert any(holds(threshold, points, percent, condition, source, certainty) for threshold in found)


@pytest.mark.parametrize("row", MEASUREMENT_ERRORS, ids=" ".join)
def test_a_measurement_error_stands_as_the_reference_has_it(row):
    key, number, percent, condition, kind, source, certainty = row
    found = [threshold for threshold in scale(key).errors if threshold.kind == kind]
    assert any(holds(threshold, number, percent, condition, source, certainty) for threshold in found)


@pytest.mark.parametrize("row", MOTION_ERRORS, ids=" ".join)
def test_an_error_of_motion_stands_with_its_raters_and_confidence(row):
    joint, code, points, kind, raters, confidence, source = row
    found = [
        (error.points, error.kind, error.raters, error.confidence, error.source.citation, error.certainty)
        for error in movement(joint, code).errors
    ]
    assert (float(points), kind, raters or None, confidence or None, source, "V") in found


@pytest.mark.parametrize("row", AAOS_AND_AMA, ids=" ".join)
def test_aaos_and_ama_values_stand_as_the_reference_has_them(row):
    joint, code, aaos, aaos_certainty, ama, ama_certainty = row
    found = {
        reference.name: (reference.low_deg, reference.high_deg, reference.certainty, reference.motion_type)
        for reference in movement(joint, code).references
        if reference.name != "CDC 2011"
    }
    assert found == {
        "AAOS": (*degrees(aaos), aaos_certainty, "unstated"),
        "AMA": (*degrees(ama), ama_certainty, "unstated"),
    }


def degrees(cell: str) -> tuple[float, float | None]:
    """A cell >=170 is 170 and no upper value, 20-30 both ends, 45 the same value twice."""
    if cell.startswith(">="):
        return float(cell[2:]), None
    low, _dash, high = cell.partition("-")
    return float(low), float(high or low)


@pytest.mark.parametrize("row", CDC_MEANS, ids=" ".join)
def test_cdc_means_stand_by_age_and_sex_and_only_the_children_were_read(row):
    joint, code, *cells = row
    for (sex, age), cell in zip(CDC_COLUMNS, cells, strict=True):
        found = [
            (reference.low_deg, reference.high_deg, reference.certainty)
            for reference in movement(joint, code).references_for(age, sex, "passive")
            if reference.name == "CDC 2011"
        ]
        expected = [(float(cell), float(cell), "V" if age == 5 else "FMV")] if cell else []
        assert found == expected, (sex, age)


def test_no_number_is_held_that_the_tables_above_do_not_draw():
    # Besides the drawn ones: three computed values and no more (NPRS at 90 % and 95 %, pooled limb volume at 95 %),
    # the "used as 2" of Suzuki, the "larger than 2" of the cohort, and Schmerz 2 a second time for baseline 5-7.
    thresholds = [threshold for scale in scales().values() for threshold in scale.errors + scale.important]
    assert len(thresholds) == len(IMPORTANT_CHANGES) + len(MEASUREMENT_ERRORS) + 3 + 3
    references = [reference for movement in movements().values() for reference in movement.references]
    assert len(references) == 2 * len(AAOS_AND_AMA) + sum(bool(cell) for row in CDC_MEANS for cell in row[2:])


def test_the_pain_error_is_computed_from_its_sem_and_says_so():
    assert mdc(1.02, 1.645) == pytest.approx(2.373, abs=5e-4)
    assert mdc(1.02, 1.96) == pytest.approx(2.827, abs=5e-4)
    by_confidence = {error.confidence: error for error in scale("nprs").errors if error.computed_from}
    assert {confidence: error.points for confidence, error in by_confidence.items()} == {"90 %": 2.4, "95 %": 2.83}
    assert {error.certainty for error in by_confidence.values()} == {"V"}  # the SEM was read
    assert by_confidence["90 %"].cited == "90 %, low back, computed from SEM 1.02, Childs 2005"


def test_the_limb_volume_error_is_computed_from_its_sem_and_says_so():
    [computed] = [error for error in scale("limb_volume").errors if error.computed_from]
    assert mdc(6.6, 1.96) == pytest.approx(computed.percent, abs=0.5)  # 1.96 x 1.4142 x 6.6 = 18.29
    assert computed.cited == (
        "95 %, tape, pooled over studies, computed from SEM 6.6 %, Review of limb volume instruments 2016"
    )


@pytest.mark.parametrize(
    ("sem", "recomputed", "published", "study"),
    [
        (2.3, 5.351, 5.4, "Fletcher & Bandy 2008"),
        (4.1, 9.538, 9.6, "Fletcher & Bandy 2008"),
        (1.5, 3.490, 3.5, "Anwar 2022"),
        (2.9, 6.747, 6.8, "Anwar 2022"),
    ],
)
def test_published_neck_errors_are_those_of_90_percent(sem, recomputed, published, study):
    assert mdc(sem, 1.645) == pytest.approx(recomputed, abs=5e-4)
    held = [error for error in movement("neck", "rotation").errors if error.source.citation == study]
    assert published in [error.points for error in held if error.kind == "mdc" and error.confidence == "90 %"]
    assert published == pytest.approx(recomputed, abs=0.1)


@pytest.mark.parametrize(
    ("key", "error", "points", "percent"),
    [
        ("nprs", 2.4, 2, 30),
        ("psfs", 2, 2, None),
        ("psfs_2", None, 2.9, None),
        ("odi", 10, 10, 30),
        ("ndi_points", 10.2, 10, None),
        ("ndi_percent", None, 19, None),
        ("quickdash", 12.85, 15.91, None),
        ("dash", 10.81, 10.83, None),
        ("lefs", 9, 9, None),
        ("psqi", None, 4.4, None),
    ],
)
def test_the_thresholds_used_unless_the_practice_chose_others(key, error, points, percent):
    used = limits(scale(key))
    assert (used.error.points if used.error else None) == error
    assert (used.important.points, used.important.percent) == (points, percent)


def test_motion_is_held_against_10_degrees_except_two_raters_at_a_shoulder_and_the_straight_knee():
    same = {key: movement.default_error("same").points for key, movement in movements().items()}
    different = {key: movement.default_error("different") for key, movement in movements().items()}
    assert {key: points for key, points in same.items() if points != 10} == {("knee", "extension"): 5}
    assert {key[0]: error.points for key, error in different.items() if error} == {"shoulder": 20}
    assert sum(key[0] == "shoulder" for key, error in different.items() if error) == 5


def test_only_papers_that_give_a_confidence_level_are_shown_with_one():
    found = {
        (scale.key, error.points or error.percent, error.source.citation, error.confidence)
        for scale in scales().values()
        for error in scale.errors
        if error.confidence
    }
    assert found == {
        ("nprs", 2.4, "Childs 2005", "90 %"),
        ("nprs", 2.83, "Childs 2005", "95 %"),
        ("psfs", 2, "Stratford 1995 form", "90 %"),
        ("psfs", 3, "Stratford 1995 form", "90 %"),
        ("odi", 10, "ODI error, second-hand", "90 %"),
        ("quickdash", 12.85, "Franchignoni 2014", "90 %"),
        ("dash", 10.81, "Franchignoni 2014", "90 %"),
        ("lefs", 9, "Binkley 1999", "90 %"),
        ("limb_volume", 18, "Review of limb volume instruments 2016", "95 %"),
    }


def test_neck_tests_could_not_tell_an_important_change():
    found = [
        (error.coefficient, error.source.citation)
        for error in movement("neck", "extension").errors
        if error.kind == "auc"
    ]
    assert found == [(0.50, "BMC MSK 2017, neck tests"), (0.62, "BMC MSK 2017, neck tests")]


def test_cdc_rows_cover_the_ages_of_the_study_and_the_books_speak_of_adults():
    ages = {
        (reference.name, reference.age_from, reference.age_to)
        for movement in movements().values()
        for reference in movement.references
    }
    assert ages == {
        ("AAOS", 18, None),
        ("AMA", 18, None),
        ("CDC 2011", 2, 8),
        ("CDC 2011", 20, 44),
        ("CDC 2011", 45, 69),
    }


REFERENCE_SOURCES = drawn("""
    joint    | AAOS read in                                 | AMA read in
    shoulder | Goniometry text, table A.1                   | Goniometry text, table A.1
    elbow    | Goniometry text, table A.1                   | Goniometry text, table A.1
    forearm  | Goniometry text, table A.1                   | Goniometry text, table A.1
    wrist    | Goniometry text, table A.1                   | Goniometry text, table A.1
    hip      | Goniometry decks and Merck table, hip        | Washington DSHS form 13-585A
    knee     | PTTM exam, AAOS knee                         | Two web tables, knee 150
    ankle    | Merck table of normal values, ankle          | Washington DSHS form 13-585A
    neck     | Goniometry deck, neck                        | Washington DSHS form 13-585A
    trunk    | Trunk AAOS/AMA flashcards                    | Trunk AAOS/AMA flashcards
""")


@pytest.mark.parametrize("row", REFERENCE_SOURCES, ids=" ".join)
def test_a_reference_names_where_it_was_read_unless_it_is_from_memory(row):
    joint, aaos, ama = row
    read_in = {"AAOS": aaos, "AMA": ama, "CDC 2011": "Soucie 2011"}
    for found in movements().values():
        if found.joint == joint:
            for reference in found.references:
                memory = reference.unverified and reference.name != "CDC 2011"
                expected = f"{reference.name}, from memory" if memory else read_in[reference.name]
                assert reference.source.citation == expected


def test_every_error_of_motion_was_read_and_a_working_limit_says_that_no_paper_prints_it():
    errors = [error for movement in movements().values() for error in movement.errors]
    assert {error.certainty for error in errors} == {"V"}
    working_limits = [error for error in errors if error.source.key == "motion_working_limit"]
    assert all(error.default and "no paper prints it" in error.note for error in working_limits)
    assert {error.points for error in working_limits} == {5, 10, 20}
