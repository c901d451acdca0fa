"""What a profile may say, and what is answered when it says something else."""

import pytest

from records import importing
from records.importing import ProfileError
from tests.records.conftest import CLINIC

WRONG = {
    "an unknown key": (
        ("about =", "abuot ="),
        r"mine\.toml: unknown key abuot\. Right is one of about, decimal, dates",
    ),
    "an unknown field of a visit": (("minutes =", "minute ="), r"mine\.toml, \[visit\]: unknown key minute"),
    "a column that is not named as one": (
        ('"Minutes" }', '"Minutes", tabel = "x" }'),
        r"\[visit\.minutes\]: unknown key tabel",
    ),
    "a missing table": (("[episodes]", "[adds]"), r"mine\.toml: episodes missing"),
    "another way to find episodes": (
        ('"gap"', '"guess"'),
        r"\[episodes\]: found_by is 'guess'\. Right is one of column, person, gap",
    ),
    "two orders of day and month": (
        ('["DD/MM/YYYY"]', '["DD/MM/YYYY", "MM/DD/YYYY"]'),
        r"dates is .*Right is one order of day and month",
    ),
    "a year of two digits": (
        ('["DD/MM/YYYY"]', '["DD/MM/YY"]'),
        r"dates is 'DD/MM/YY'\. Right is a form such as DD/MM/YYYY",
    ),
    "an unknown joint": (
        ('"knee"', '"kneee"'),
        r"\[reading 3\]: joint and movement is 'kneee flexion'\. Right is one of ",
    ),
    "an unknown kind of pain": (
        ('"now"', '"today"'),
        r"\[reading 1\]: kind is 'today'\. Right is one of now, worst, best, average",
    ),
    "an unknown kind of visit": (
        ('"treatment"', '"massage"'),
        r"\[visit\]: kind is 'massage'\. Right is one of evaluation, treatment",
    ),
    "a table that is not linked": (
        ('column = "Date"', 'column = "Date", table = "visits"'),
        r"\[visit\.visited_on\]: table is 'visits'\. Right is one of main",
    ),
    "an episode number nobody asked for": (
        ("[visit]", '[visit]\nepisode_ref = { column = "E" }'),
        r'episode_ref and found_by = "gap" do not fit',
    ),
    "a decimal mark that is none": (
        ("about =", 'decimal = ";"\nabout ='),
        r"decimal is ';'\. Right is \"\.\" or \",\"",
    ),
    "not TOML": (("[visit]", "[visit"), r"mine\.toml: not readable as TOML"),
    "a number where text belongs": (
        ('injury_type = { column = "Injury" }', "injury_type = 7"),
        r"\[visit\.injury_type\] is 7",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_in_a_profile_is_named_with_file_table_key_and_what_is_right(case):
    change, words = WRONG[case]
    with pytest.raises(ProfileError, match=words):
        importing.parse("mine.toml", CLINIC.replace(*change))


def test_an_unknown_name_is_answered_with_the_names_there_are():
    words = r"No profile is called 'trial_lon'\. Right is one of ehr_linked, trial_long, two_sides_wide"
    with pytest.raises(ProfileError, match=words):
        importing.load("trial_lon")


def test_people_need_a_number_or_a_name_and_a_birth_date():
    named = CLINIC.replace('client_ref = { column = "Client" }\n', "")
    assert importing.parse("mine.toml", named).name == "mine"  # name and birth date remain
    with pytest.raises(ProfileError, match="no way to tell people apart"):
        importing.parse("mine.toml", named.replace('birth_date = "1980-06-15"\n', ""))


@pytest.mark.parametrize("name", importing.shipped())
def test_every_shipped_profile_reads_and_says_what_it_is_about(name):
    profile = importing.load(name)
    assert profile.name == name
    assert len(profile.about) > 100


def test_the_shipped_profiles_are_the_three_promised():
    assert importing.shipped() == ["ehr_linked", "trial_long", "two_sides_wide"]
