"""What the practice goes by: saved with an audit line, refused in words, and never lost to somebody else's save."""

import datetime as dt
import shutil

import pytest

from access import roles
from instruments import limits
from records import settings
from records import store as record_store
from records.errors import AlreadySaved, EditedMeanwhile, EntryRefused, NotAllowed
from tables import practice_of, rows
from tests.records.conftest import CLINIC

NECK_ERROR = {"purpose": "error", "scale": "nprs", "region": "neck", "points": "3", "confidence": "90 %",
              "source": "Smith 2020, doi 10.1000/1"}  # fmt: skip
KNEE_BEND = {"joint": "knee", "movement": "flexion", "motion_type": "active", "low_deg": "130",
             "source": "our own healthy sides, 2025"}  # fmt: skip


def audit(store) -> list[tuple]:
    """Every audit line so far: what was done to which table."""
    return store.staging().execute("SELECT what, table_name, ver, actor FROM records.audit ORDER BY seq").fetchall()


def names(store, owner, what, *, withdrawn=False) -> list[str]:
    found = settings.listed(store, owner, what)
    return found[found["withdrawn"] == withdrawn]["name"].tolist()


def entry(store, owner, what, row_id):
    found = settings.listed(store, owner, what)
    return found[found.iloc[:, 0] == row_id].iloc[0]


def refused(call) -> str:
    with pytest.raises(EntryRefused) as told:
        call()
    return "\n".join(told.value.reasons)


# The practice


def test_a_new_practice_has_sixty_days_and_no_letterhead(store):
    known = store.settings
    assert (known.practice_name, known.closed_after_days, known.phone, known.backup_folder) == (
        "Test practice", 60, None, None,
    )  # fmt: skip


def test_the_letterhead_is_saved_with_an_audit_line_and_stands_at_once_and_after_reopening(store, owner):
    values = {"name": " Riverside  Massage ", "phone": "(206) 555-0100", "fax": "", "address": "1 River St\nSeattle"}
    assert settings.save_practice(store, owner, 1, values) == 2
    assert store.practice_name == store.settings.practice_name == "Riverside Massage"
    assert (store.settings.phone, store.settings.fax) == ("(206) 555-0100", None)
    assert store.settings.address == "1 River St\nSeattle"
    assert audit(store) == [("correct", "practice", 2, "test owner")]
    store.close()
    again = record_store.open_store(store.path)
    assert again.settings == store.settings
    again.close()


def test_who_filled_the_form_before_somebody_else_saved_is_told_and_nothing_is_overwritten(store, owner):
    settings.save_practice(store, owner, 1, {"phone": "1"})
    with pytest.raises(EditedMeanwhile):
        settings.save_practice(store, owner, 1, {"phone": "2"})
    assert store.settings.phone == "1"


def test_a_save_that_changes_nothing_says_so_and_leaves_no_audit_line(store, owner):
    assert "nothing to save" in refused(lambda: settings.save_practice(store, owner, 1, {"closed_after_days": "60"}))
    assert audit(store) == []


@pytest.mark.parametrize("days", [30, 45, 60, 90])
def test_the_gap_rule_is_one_of_four(store, owner, days):
    if days != 60:
        settings.save_practice(store, owner, 1, {"closed_after_days": str(days)})
    assert store.settings.closed_after_days == days


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"name": "  "}, "Name: nothing is written there. Fill it in."),
        ({"name": "x" * 121}, "Name: 121 characters are too many. Right is up to 120."),
        ({"closed_after_days": "50"}, "Days without a visit: '50' cannot be chosen. Right is one of 30, 45, 60, 90."),
        ({"closed_after_days": None}, "Days without a visit: nothing is written there. Fill it in."),
        ({"backup_folder": "backups"}, "Backup folder: this is not a whole path."),
    ],
)
def test_what_cannot_be_right_is_refused_in_words_and_nothing_is_written(store, owner, values, told):
    assert refused(lambda: settings.save_practice(store, owner, 1, values)).startswith(told)
    assert (audit(store), store.settings.practice_name) == ([], "Test practice")


def test_every_reason_is_told_at_once(store, owner):
    reasons = refused(lambda: settings.save_practice(store, owner, 1, {"name": "", "backup_folder": "x"})).splitlines()
    assert [reason.split(":")[0] for reason in reasons] == ["Name", "Backup folder"]


def test_a_backup_folder_is_made_when_its_place_is_writable_and_nothing_is_left_in_it(store, owner, tmp_path):
    folder = tmp_path / "disk" / "backups"
    settings.save_practice(store, owner, 1, {"backup_folder": str(folder)})
    assert store.settings.backup_folder == folder
    assert list(folder.iterdir()) == []


def test_a_backup_folder_that_cannot_be_made_is_refused(store, owner, tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    told = refused(lambda: settings.save_practice(store, owner, 1, {"backup_folder": str(tmp_path / "file" / "x")}))
    assert told.startswith("Backup folder: nothing can be written there (")
    assert store.settings.backup_folder is None


# The lists


@pytest.mark.parametrize(
    ("what", "values"),
    [
        ("office", {"name": "North"}),
        ("therapist", {"name": "Ida", "credential": "L", "licence_number": "1", "available_minutes_per_week": "9"}),
        ("physician", {"name": "Dr Example", "practice_name": "Hill Clinic", "phone": "1", "fax": "2", "address": "3"}),
        ("injury_type", {"name": "Golfer's elbow", "region": "elbow"}),
    ],
)  # fmt: skip
def test_an_entry_is_added_changed_withdrawn_and_brought_back_with_an_audit_line_each(store, owner, what, values):
    row_id = settings.add(store, owner, what, values)
    kept = entry(store, owner, what, row_id)
    assert {name: str(kept[name]) for name in values} == values
    assert settings.change(store, owner, what, row_id, 1, {"name": "Another name"}) == 2
    assert settings.withdraw(store, owner, what, row_id, 2) == 3
    assert "Another name" not in names(store, owner, what)
    assert "Another name" in names(store, owner, what, withdrawn=True)
    assert settings.restore(store, owner, what, row_id, 3) == 4
    assert "Another name" in names(store, owner, what)
    done = [line[:3] for line in audit(store)]
    assert done == [("create", what, 1), ("correct", what, 2), ("withdraw", what, 3), ("restore", what, 4)]


def test_a_retry_after_a_lost_answer_adds_nothing_twice(store, owner):
    settings.add(store, owner, "office", {"name": "North"}, idempotency_key="form 1")
    with pytest.raises(AlreadySaved):
        settings.add(store, owner, "office", {"name": "North"}, idempotency_key="form 1")
    assert names(store, owner, "office") == ["North"]


@pytest.mark.parametrize("name", ["North", " north ", "NORTH"])
def test_a_name_stands_once_whatever_its_case_and_spaces(store, owner, name):
    first = settings.add(store, owner, "office", {"name": "North"})
    second = settings.add(store, owner, "office", {"name": "South"})
    told = f"Name: office {first} is called that already. Choose another name, or change that entry."
    assert refused(lambda: settings.add(store, owner, "office", {"name": name})) == told
    assert refused(lambda: settings.change(store, owner, "office", second, 1, {"name": name})) == told


def test_a_withdrawn_entry_leaves_its_name_free_and_comes_back_only_while_it_is(store, owner):
    first = settings.add(store, owner, "office", {"name": "North"})
    settings.withdraw(store, owner, "office", first, 1)
    settings.add(store, owner, "office", {"name": "north"})
    assert "is called that already" in refused(lambda: settings.restore(store, owner, "office", first, 2))


def test_a_withdrawn_entry_is_offered_no_more_and_keeps_its_name_wherever_it_was_used(store, owner):
    practice_of(
        store, owner, "client | day | injury | therapist | office\nAda | 2026-11-02 | Knee sprain | Ida | North"
    )
    window = store.open_for(owner)
    for what in ("injury_type", "therapist", "office"):
        found = settings.listed(store, owner, what)
        used = found[found["in_use"] == 1].iloc[0]
        settings.withdraw(store, owner, what, int(used.iloc[0]), int(used["ver"]))
        assert used["name"] not in window.read(f"SELECT name FROM visible_{what}")["name"].tolist()
    episode = window.read("SELECT injury_type FROM visible_episode").iloc[0]
    assert episode["injury_type"] == "Knee sprain"
    ever = [window.read(f"SELECT name FROM visible_{what}_ever")["name"].tolist() for what in ("therapist", "office")]
    assert ever == [["Ida"], ["North"]]


def test_a_therapist_works_in_an_office_that_stands_and_keeps_one_that_was_withdrawn(store, owner):
    north = settings.add(store, owner, "office", {"name": "North"})
    ida = settings.add(store, owner, "therapist", {"name": "Ida", "office_id": north})
    settings.withdraw(store, owner, "office", north, 1)
    settings.change(store, owner, "therapist", ida, 1, {"credential": "LMT"})
    told = refused(lambda: settings.add(store, owner, "therapist", {"name": "Kim", "office_id": str(north)}))
    assert told == f"Office: there is no office {north}. Choose one of the list, or none."


def test_minutes_a_week_are_whole_and_no_more_than_a_week_has(store, owner):
    def told(minutes):
        return refused(
            lambda: settings.add(store, owner, "therapist", {"name": "Ida", "available_minutes_per_week": minutes})
        )

    assert "10081 is outside 0 to 10080" in told("10081")
    assert "'12.5' is no whole number" in told("12.5")
    assert "'many' is no whole number" in told("many")


def test_what_is_withdrawn_is_not_withdrawn_again(store, owner):
    north = settings.add(store, owner, "office", {"name": "North"})
    assert "is not withdrawn" in refused(lambda: settings.restore(store, owner, "office", north, 1))
    settings.withdraw(store, owner, "office", north, 1)
    assert "is withdrawn already" in refused(lambda: settings.withdraw(store, owner, "office", north, 2))


# The practice's own numbers

WRONG_NUMBERS = rows("""
    purpose   | scale  | region | points | percent | confidence | raters | told
    error     | nprs   | neck   | 30     | -       | -          | -      | Number: 30 is more than the whole scale
    error     | nprs   | neck   | 0      | -       | -          | -      | Number: 0 is no change
    error     | nprs   | neck   | 2,4    | -       | -          | -      | Number: '2,4' is no number
    error     | nprs   | tail   | 2      | -       | -          | -      | Region: 'tail' cannot be chosen
    error     | nprs   | neck   | 2      | 30      | -          | -      | Number: An error of measuring has
    important | nprs   | neck   | 2      | 130     | -          | -      | Number: 130 % of the start
    important | nprs   | neck   | 2      | -       | 90 %       | -      | Confidence level: an important change
    error     | nprs   | neck   | 2      | -       | -          | same   | Raters: they are told apart for motion only
    important | stress | -      | 2      | -       | -          | -      | Number: Stress
    important | groc_15 | -     | 3      | -       | -          | -      | Number: Global rating of change
    error     | -      | -      | 2      | -       | -          | -      | What it is of: name a scale, or a joint
""")


@pytest.mark.parametrize("line", WRONG_NUMBERS.to_dict("records"), ids=lambda line: line["told"][:40])
def test_a_number_the_instrument_cannot_show_is_refused(store, owner, line):
    told = line.pop("told")
    values = {name: None if value != value else value for name, value in line.items()}
    assert refused(lambda: settings.add(store, owner, "own_threshold", values | {"source": "Smith 2020"})).startswith(
        told
    )
    assert audit(store) == []


@pytest.mark.parametrize(
    "of",
    [
        {},
        {"joint": "knee"},
        {"scale": "nprs", "joint": "knee"},
        {"scale": "nprs", "joint": "knee", "movement": "flexion"},
    ],
)
def test_a_number_is_of_one_scale_or_of_one_movement(store, owner, of):
    number = {"purpose": "error", "points": "3", "raters": "same", "source": "Smith 2020"}
    told = refused(lambda: settings.add(store, owner, "own_threshold", number | of))
    assert told == "What it is of: name a scale, or a joint and its movement, and not both."


def test_a_number_without_its_source_is_refused(store, owner):
    told = refused(lambda: settings.add(store, owner, "own_threshold", NECK_ERROR | {"source": "  "}))
    assert told == "Source: paper, page or who decided it: nothing is written there. Fill it in."


def test_an_own_error_stands_first_for_its_region_alone_and_goes_when_it_is_withdrawn(store, owner):
    def cited(region):
        return limits(store.instruments.scale("nprs"), region).error.cited

    published = {region: cited(region) for region in ("neck", "knee")}
    row_id = settings.add(store, owner, "own_threshold", NECK_ERROR)
    assert cited("neck") == "90 %, neck, set by this practice: Smith 2020, doi 10.1000/1"
    assert cited("knee") == published["knee"]
    settings.withdraw(store, owner, "own_threshold", row_id, 1)
    assert {region: cited(region) for region in published} == published


def test_two_own_numbers_never_stand_for_the_same(store, owner):
    first = settings.add(store, owner, "own_threshold", NECK_ERROR)
    told = f"Number: own number {first} stands for the same already. Change or withdraw that one."
    assert refused(lambda: settings.add(store, owner, "own_threshold", NECK_ERROR | {"points": "2"})) == told
    settings.add(store, owner, "own_threshold", NECK_ERROR | {"region": None})
    settings.withdraw(store, owner, "own_threshold", first, 1)
    settings.add(store, owner, "own_threshold", NECK_ERROR | {"points": "2"})
    assert refused(lambda: settings.restore(store, owner, "own_threshold", first, 2)) == told.replace(
        str(first), str(settings.listed(store, owner, "own_threshold")["own_threshold_id"].iloc[1])
    )


def test_an_own_error_of_a_movement_needs_its_raters_and_lies_within_its_range(store, owner):
    knee = {"purpose": "error", "joint": "knee", "movement": "flexion", "points": "7", "source": "Smith 2020"}
    assert "Raters: say whether" in refused(lambda: settings.add(store, owner, "own_threshold", knee))
    wide = knee | {"raters": "same", "points": "400"}
    assert "Number: 400 degrees" in refused(lambda: settings.add(store, owner, "own_threshold", wide))
    settings.add(store, owner, "own_threshold", knee | {"raters": "same", "confidence": "95 %"})
    found = store.instruments.movement("knee", "flexion")
    assert found.default_error("same").cited == "95 %, knee, set by this practice: Smith 2020"
    assert store.instruments.movement("knee", "extension").default_error("same").own is False


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"low_deg": "400"}, "Degrees: 400 degrees: Knee flexion is read from"),
        ({"low_deg": "130", "high_deg": "120"}, "Degrees: 130 to 120 degrees: right is the lower value first."),
        ({"age_from": "60", "age_to": "40"}, "Age: 60 to 40 years. Right is the lower age first."),
        ({"joint": "tail"}, "Movement: no movement is called 'tail' 'flexion'."),
        ({"motion_type": "unstated"}, "Motion: 'unstated' cannot be chosen. Right is one of active, passive."),
    ],
)
def test_a_reference_the_joint_cannot_show_is_refused(store, owner, values, told):
    assert refused(lambda: settings.add(store, owner, "own_reference", KNEE_BEND | values)).startswith(told)


def test_two_own_references_never_speak_of_the_same_person(store, owner):
    women = settings.add(store, owner, "own_reference", KNEE_BEND | {"sex": "female", "age_from": "20", "age_to": "44"})
    told = refused(lambda: settings.add(store, owner, "own_reference", KNEE_BEND | {"age_from": "44"}))
    assert told.startswith(f"Whom it is for: own reference {women} speaks of some of the same people.")
    settings.add(store, owner, "own_reference", KNEE_BEND | {"age_from": "45"})
    settings.add(store, owner, "own_reference", KNEE_BEND | {"sex": "male", "age_to": "44"})
    settings.add(store, owner, "own_reference", KNEE_BEND | {"motion_type": "passive"})
    assert len(settings.listed(store, owner, "own_reference")) == 4


def test_an_own_number_that_names_nothing_this_program_knows_is_passed_over_and_the_check_finds_it(store, owner):
    with store.change(owner, "create") as change:
        threshold = {"purpose": "error", "points": 2, "source": "Smith 2020"}
        numbers = [
            change.insert("own_threshold", threshold | {"scale": "gone"}),
            change.insert("own_threshold", threshold | {"joint": "tail", "movement": "wag", "raters": "same"}),
        ]
        reference = {"joint": "tail", "movement": "wag", "motion_type": "active", "low_deg": 1, "source": "Smith 2020"}
        numbers.append(change.insert("own_reference", reference))
    assert "gone" not in store.instruments.scales()
    found = store.integrity()
    assert sorted(found["row_id"]) == sorted(numbers)
    assert set(found["problem"]) == {
        "own number of an unknown scale or movement",
        "own reference of an unknown movement",
    }


# Who may


def test_who_lacks_the_right_neither_sees_nor_changes_what_the_practice_goes_by(store):
    kim = roles.viewer("kim", "therapist", therapist_id=7)
    for call in (
        lambda: settings.practice(store, kim),
        lambda: settings.listed(store, kim, "office"),
        lambda: settings.save_practice(store, kim, 1, {"phone": "1"}),
        lambda: settings.add(store, kim, "office", {"name": "North"}),
        lambda: settings.change(store, kim, "injury_type", 1, 1, {"name": "Mine"}),
        lambda: settings.withdraw(store, kim, "injury_type", 1, 1),
        lambda: settings.restore(store, kim, "injury_type", 1, 1),
    ):
        with pytest.raises(NotAllowed, match=r"settings\.write"):
            call()
    assert audit(store) == []


def test_the_invented_practice_is_shown_and_not_changed(sample_store, owner):
    assert settings.practice(sample_store, owner)["name"] == sample_store.practice_name
    assert len(settings.listed(sample_store, owner, "therapist")) > 0
    before = sample_store.settings
    for call in (
        lambda: settings.save_practice(sample_store, owner, 1, {"phone": "1"}),
        lambda: settings.add(sample_store, owner, "own_threshold", NECK_ERROR),
        lambda: settings.withdraw(sample_store, owner, "injury_type", 1, 1),
    ):
        with pytest.raises(NotAllowed, match="invented records of a sample practice"):
            call()
    assert sample_store.settings == before


def test_two_open_stores_go_each_by_its_own_numbers(store, owner, empty_store_path, tmp_path):
    other = record_store.open_store(shutil.copy2(empty_store_path, tmp_path / "other.duckdb"))
    settings.add(store, owner, "own_threshold", NECK_ERROR)
    settings.save_practice(store, owner, 1, {"closed_after_days": "90"})
    assert limits(store.instruments.scale("nprs"), "neck").error.points == 3
    assert limits(other.instruments.scale("nprs"), "neck").error.points == 2.4
    assert other.settings.closed_after_days == 60
    other.close()


def test_a_change_of_settings_raises_the_version_facts_are_kept_under(store, owner):
    before = store.version
    settings.add(store, owner, "own_threshold", NECK_ERROR)
    assert store.version > before


def test_nothing_said_names_a_person_or_a_place(store, owner):
    first = settings.add(store, owner, "physician", {"name": "Dr Example", "address": "1 River St"})
    told = refused(lambda: settings.add(store, owner, "physician", {"name": "dr example"}))
    assert "xample" not in told
    assert str(first) in told


def test_saved_is_said_with_the_hour():
    assert settings.saved_words(dt.datetime(2026, 11, 20, 9, 5)) == "Saved 09:05."


@pytest.mark.parametrize(("days", "of_its_own", "episodes"), [(60, None, 1), (45, None, 2), (45, 60, 1), (60, 45, 2)])
def test_an_import_parts_episodes_by_the_gap_rule_unless_its_profile_names_another(
    brought, store, owner, days, of_its_own, episodes
):
    if days != 60:
        settings.save_practice(store, owner, 1, {"closed_after_days": str(days)})
    profile = CLINIC.replace('found_by = "gap"', f'found_by = "gap"\ngap_days = {of_its_own}') if of_its_own else CLINIC
    # 1 June to 21 July is 50 days.
    brought(
        """
        Client | Injury      | Date       | Minutes | Pain Pre | Pain Post | Side | Flexion
        K1     | Knee sprain | 01/06/2026 | -       | 6        | -         | -    | -
        K1     | Knee sprain | 21/07/2026 | -       | 4        | -         | -    | -
        """,
        profile,
    )
    assert len(store.open_for(owner).read("FROM visible_episode")) == episodes
