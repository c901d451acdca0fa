"""The Settings page: each section alone, saved with the hour, refused in words, and lost to nobody."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from access import roles
from instruments import scale
from records import settings
from records import store as record_store

ROOT = Path(__file__).parents[2]
SECTIONS = ("practice", "offices", "therapists", "physicians", "injuries", "gap", "scales", "motion")
OWNER = roles.viewer("test owner", "owner")


@pytest.fixture
def opened(monkeypatch, tmp_path, empty_store_path):
    """`opened(section, path, **link)`: the page as it comes up at a section, on a copy of that practice."""

    def open_page(section: str, path: Path = empty_store_path, **link: str) -> AppTest:
        copy = tmp_path / "open.duckdb"
        if not copy.exists():
            shutil.copy2(path, copy)
        monkeypatch.setenv("OUTCOMES_DATABASE", str(copy))
        app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
        app.run()
        for key, value in ({"section": section} | link).items():
            app.query_params[key] = value
        app.switch_page("pages/settings.py").run()
        app.session_state["section"] = section
        for key, value in link.items():
            app.session_state[key] = value
        app.run()
        assert [error.value for error in app.exception] == []
        return app

    return open_page


def words_of(app: AppTest) -> str:
    shown = (*app.title, *app.header, *app.subheader, *app.markdown, *app.success, *app.error, *app.warning)
    return "\n".join(element.value for element in shown).replace("\\", "")


def field(app: AppTest, label: str):
    """The field with that label, whatever kind it is."""
    (found,) = [
        element
        for element in (*app.text_input, *app.text_area, *app.selectbox)
        if element.label in (label, f"{label} (optional)")
    ]
    return found


def pressed(app: AppTest, label: str) -> AppTest:
    (button,) = [button for button in app.button if button.label == label]
    button.click().run()
    assert [error.value for error in app.exception] == []
    return app


@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_opens_alone_in_an_empty_and_in_the_invented_practice(opened, full_sample_path, section):
    app = opened(section, full_sample_path)
    assert [title.value for title in app.title] == ["What does this practice go by?"]
    assert len(app.header) == 1
    assert not app.error


@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_opens_in_an_empty_practice(opened, section):
    assert not opened(section).error


def test_the_letterhead_is_saved_and_said_with_the_hour_and_stands_when_the_page_is_opened_again(opened):
    app = opened("practice")
    field(app, "Name").set_value("Riverside Massage")
    field(app, "Address").set_value("1 River St")
    pressed(app, "Save")
    assert [success.value[:6] for success in app.success] == ["Saved "]
    assert record_store.current().settings.practice_name == "Riverside Massage"
    again = opened("practice")
    assert (field(again, "Name").value, field(again, "Address").value) == ("Riverside Massage", "1 River St")
    assert not again.success


def test_what_is_refused_is_said_and_the_words_written_stay(opened):
    app = opened("practice")
    field(app, "Name").set_value("")
    field(app, "Backup folder").set_value("backups")
    pressed(app, "Save")
    assert not app.success
    said = words_of(app)
    assert "Name: nothing is written there." in said
    assert "Backup folder: this is not a whole path." in said
    assert field(app, "Backup folder").value == "backups"
    assert record_store.current().practice_name == "Test practice"


def test_who_saves_second_is_told_what_they_had_written_and_what_stands(opened):
    app = opened("practice")
    settings.save_practice(record_store.current(), OWNER, 1, {"phone": "first"})
    field(app, "Phone").set_value("second")
    pressed(app, "Save")
    assert not app.success
    (warning,) = app.warning
    assert "nothing of yours was written" in warning.value
    assert "Phone 'second'" in warning.value
    assert field(app, "Phone").value == "first"
    field(app, "Phone").set_value("second")
    assert pressed(app, "Save").success
    assert record_store.current().settings.phone == "second"


def test_the_gap_rule_is_chosen_and_the_pages_say_it(opened):
    app = opened("gap")
    field(app, "Days without a visit").set_value(90)
    assert pressed(app, "Save").success
    assert record_store.current().settings.closed_after_days == 90


def test_an_injury_type_is_added_renamed_withdrawn_and_brought_back(opened):
    app = opened("injuries")
    field(app, "Name").set_value("Golfer's elbow")
    field(app, "Region").set_value("elbow")
    assert pressed(app, "Add").success
    assert field(app, "Name").value == ""  # ready for the next one
    assert "Golfer's elbow" in app.dataframe[0].value["Name"].tolist()
    (number,) = [code for code, name in known_types().items() if name == "Golfer's elbow"]
    field(app, "Add or change").set_value(number).run()
    field(app, "Name").set_value("Elbow, inner side")
    assert pressed(app, "Save").success
    assert pressed(app, "Withdraw").success
    assert "Elbow, inner side" not in app.dataframe[0].value["Name"].tolist()
    assert pressed(app, "Bring back").success
    assert "Elbow, inner side" in app.dataframe[0].value["Name"].tolist()


def known_types() -> dict[int, str]:
    rows = settings.listed(record_store.current(), OWNER, "injury_type")
    return dict(zip(rows["injury_type_id"], rows["name"], strict=True))


def test_a_name_that_stands_is_refused_in_words(opened):
    app = opened("injuries")
    field(app, "Name").set_value("knee SPRAIN")
    pressed(app, "Add")
    assert "is called that already" in words_of(app)
    assert len(known_types()) == 18


def test_a_therapist_is_given_an_office_of_the_list(opened):
    app = opened("offices")
    field(app, "Name").set_value("North")
    pressed(app, "Add")
    app = opened("therapists")
    field(app, "Name").set_value("Ida")
    (office,) = settings.listed(record_store.current(), OWNER, "office")["office_id"]
    field(app, "Office").set_value(office)
    assert pressed(app, "Add").success
    assert app.dataframe[0].value["Office"].tolist() == ["North"]


def test_the_published_numbers_stand_with_source_certainty_and_use(opened):
    used, unused = [shown.value.set_index("Used") for shown in opened("scales").dataframe]
    assert used.loc["by default", "Source"].tolist() == ["computed from SEM 1.02, Childs 2005", "Ostelo 2008"]
    assert used.loc["for its percent", "Source"] == "Farrar 2001"
    assert "unverified, from memory" in unused["How sure"].tolist()
    assert len(used) + len(unused) == len(scale("nprs").errors) + len(scale("nprs").important)


def test_a_limit_no_paper_prints_is_called_this_program_s_choice(opened):
    table = opened("motion", movement="knee.flexion", own="error").dataframe[0].value
    assert table.set_index("Source").loc["this program's working limit", "How sure"] == "this program's choice"


def test_an_own_threshold_is_added_stands_first_and_can_be_withdrawn(opened):
    app = opened("scales")
    field(app, "What it is").set_value("error")
    field(app, "Region").set_value("neck")
    field(app, "Number").set_value("3")
    field(app, "Confidence level").set_value("90 %")
    field(app, "Source: paper, page or who decided it").set_value("Smith 2020")
    assert pressed(app, "Add").success
    first = app.dataframe[0].value.iloc[0]
    assert first[["Number", "How sure", "Used"]].tolist() == ["3 points", "set by this practice", "yes, neck"]
    kovacs = app.dataframe[1].value.query("Source == 'Kovacs 2008' and Number == '4 points'").iloc[0]
    assert kovacs["Used"] == "no, yours stands before it"
    (number,) = settings.listed(record_store.current(), OWNER, "own_threshold")["own_threshold_id"]
    field(app, "Add or change").set_value(number).run()
    assert pressed(app, "Withdraw").success
    assert app.dataframe[0].value["How sure"].eq("set by this practice").sum() == 0


def test_an_impossible_threshold_is_refused_in_words(opened):
    app = opened("scales")
    field(app, "Number").set_value("30")
    field(app, "Source: paper, page or who decided it").set_value("Smith 2020")
    pressed(app, "Add")
    assert "30 is more than the whole scale: Pain rating 0-10 runs from 0 to 10" in words_of(app)


def test_an_own_error_and_an_own_reference_of_a_movement_are_added(opened):
    app = opened("motion", movement="knee.flexion", own="error")
    field(app, "Degrees").set_value("7")
    field(app, "Raters").set_value("same")
    field(app, "Source: paper, page or who decided it").set_value("Smith 2020")
    assert pressed(app, "Add").success
    app = opened("motion", movement="knee.flexion", own="reference")
    field(app, "From, degrees").set_value("130")
    field(app, "Source: paper, page or who decided it").set_value("our own healthy sides")
    assert pressed(app, "Add").success
    own = app.dataframe[0].value.query("`How sure` == 'set by this practice'")
    assert own["What"].tolist() == ["Error of measuring", "Reference, Practice"]
    assert own["Number"].tolist() == ["7°", "130° or more"]


def test_in_the_invented_practice_values_are_shown_and_saving_is_refused(opened, full_sample_path):
    app = opened("practice", full_sample_path)
    assert field(app, "Name").value == record_store.current().practice_name
    field(app, "Phone").set_value("1")
    pressed(app, "Save")
    assert "These are invented records of a sample practice" in words_of(app)
    assert not app.success
    app = opened("injuries", full_sample_path)
    field(app, "Name").set_value("Golfer's elbow")
    pressed(app, "Add")
    assert "These are invented records of a sample practice" in words_of(app)
