"""Files that look harmless and would once have been read wrongly, lost or counted twice."""

import pytest

from records import entry, importing
from records.errors import ImportRefused, NotAllowed
from records.importing import File, ProfileError
from records.viewer import Viewer
from tests.records.conftest import CLINIC, csv_of

HEADER = "Client | Injury | Date | Minutes | Pain Pre | Pain Post | Side | Flexion"
GOOD = "K1 | Knee sprain | 02/03/2026 | 45 | 6 | 4 | right | 110"
WIDE = (
    CLINIC.partition('[[reading]]\nwhat = "motion"')[0]
    .replace('minutes = { column = "Minutes" }\n', "")
    .replace('"Date"', '"D{n}"')
    .replace('"Pain Pre"', '"B{n}"')
    .replace('"Pain Post"', '"A{n}"')
)
NAMED = CLINIC.replace('{ template = "Client {Client}" }', '{ column = "Name" }\nnote = { column = "Note" }')
NAMED_HEADER = HEADER.replace("Client |", "Client | Name | Note |")
KEPT = {"kind": "treatment", "status": "kept"}
LINKED = CLINIC.replace("[visit]", '[table.order]\nkey = "Id"\njoined_by = "Client"\n\n[visit]').replace(
    'birth_date = "1980-06-15"', 'birth_date = { column = "Born", table = "order" }'
)


def reasons(review) -> list[str]:
    return [entry["reason"] for entry in review.reasons]


@pytest.mark.parametrize(
    ("top", "words"),
    [
        ('dates = ["DD/MM/YYYY hh:MM"]', "Right is a form such as"),  # 10:05 would make it May
        ('dates = ["YYYY-DD-MM"]', "always read as 4 March"),
        ('encoding = "utf-9"', "name of an encoding"),
        ('separator = "::"', "one character"),
    ],
)
def test_a_profile_that_would_misread_or_break_is_refused_before_any_file_is_read(top, words):
    text = CLINIC.replace('dates = ["DD/MM/YYYY"]', top) if top.startswith("dates") else f"{top}\n{CLINIC}"
    with pytest.raises(ProfileError, match=words):
        importing.parse("clinic.toml", text)


def test_visits_beyond_a_gap_in_the_column_numbers_are_not_lost_in_silence(looked_at):
    drawn = "Client | Injury | D1 | B1 | A1 | D3 | B3 | A3\nK1 | Knee sprain | 02/03/2026 | 5 | 4 | 09/03/2026 | 5 | 4"
    with pytest.raises(ImportRefused, match="columns for visit 3 and none for visit 2"):
        looked_at(drawn, WIDE)


def test_more_visits_in_a_row_than_can_be_told_apart_are_refused(looked_at):
    header = " | ".join(f"D{n} | B{n} | A{n}" for n in range(1, 1001))
    row = " | ".join(["02/03/2026 | 5 | 4"] + ["- | - | -"] * 999)
    with pytest.raises(ImportRefused, match="1000 visits; at most 999"):
        looked_at(f"Client | Injury | {header}\nK1 | Knee sprain | {row}", WIDE)


def test_a_mark_at_the_start_is_no_part_of_a_column_name(store, owner):
    profile = importing.parse("clinic.toml", f'encoding = "utf-8"\n{CLINIC}')
    file = File("visits.csv", b"\xef\xbb\xbf" + csv_of(f"{HEADER}\n{GOOD}"))
    assert importing.review(store, owner, [file], profile).counts.accepted == 1


def test_a_line_end_in_a_column_name_does_not_hide_the_separator():
    file = File("visits.csv", b'"Name, as\nin system";Pain\nJo;6\n')
    assert importing.readers.read_table(file).header == ["Name, as\nin system", "Pain"]


def test_a_linked_table_may_be_called_by_a_word_of_sql(store, owner):
    files = [File("a.csv", csv_of(f"{HEADER}\n{GOOD}")), File("b.csv", b"Id,Born\nK1,1980-01-01\n")]
    assert importing.review(store, owner, files, importing.parse("clinic.toml", LINKED)).counts.accepted == 1


def test_a_number_given_to_somebody_else_brings_nothing_under_the_first_ones_name(brought, looked_at):
    brought(f"{NAMED_HEADER}\n{GOOD.replace('K1 |', 'K1 | Ann Example | - |')}", NAMED)
    later = f"{NAMED_HEADER}\n{GOOD.replace('K1 |', 'K1 | Bob Example | - |').replace('02/03', '09/03')}"
    found = looked_at(later, NAMED)
    assert found.counts.refused == 1
    assert reasons(found) == [
        "Name: the name differs from that of the client that stands. What stands is not overwritten."
        " Correct the file, or correct the record itself."
    ]


def test_a_message_does_not_repeat_what_a_note_says(looked_at):
    rows = [GOOD.replace("K1 |", f"K1 | Ann Example | came with {whom} |") for whom in ("Bea", "Cleo")]
    found = looked_at("\n".join([NAMED_HEADER, *rows]), NAMED)
    assert reasons(found) == ["Note: the note differs from the one in row 2 for the same visit. Correct the file."]


def by_hand(store, owner) -> dict[str, int]:
    """Ann, entered by hand with an episode; the ids of both."""
    with store.change(owner, "create") as change:
        client = change.insert("client", {"name": "Ann Example", "birth_date": "1980-06-15"})
        values = {"client_id": client, "injury_type_id": 9, "cause": "unknown", "opened_on": "2026-03-02"}
        return {"client_id": client, "episode_id": change.insert("episode", values)}


@pytest.fixture
def writer():
    return Viewer("writer", "owner", frozenset({"session.write", "import.write"}), "all")


@pytest.mark.parametrize("number", ["", 'visit_ref = { column = "Client" }\n'])
def test_a_visit_entered_by_hand_with_its_time_is_not_brought_a_second_time(store, owner, writer, looked_at, number):
    ann = by_hand(store, owner)
    visit = {"client_id": ann["client_id"], "visited_on": "2026-03-02", "start_time": "09:00"}
    pain = {"label": "Pain", "what": "pain", "value": "6", "kind": "now", "moment": "before"}
    part = {"episode_id": ann["episode_id"], "minutes": "45", "readings": [pain]}
    entry.record_session(store, writer, visit | KEPT, [part], idempotency_key="form 1")
    profile = NAMED.replace('client_ref = { column = "Client" }\n', number)
    found = looked_at(f"{NAMED_HEADER}\nV1 | Ann Example | - | Knee sprain | 02/03/2026 | 45 | 6 | - | - | -", profile)
    assert (found.counts.accepted, found.counts.duplicate) == (0, 1)


def test_a_visit_before_the_opening_another_row_gives_is_refused(looked_at):
    profile = CLINIC.replace("[visit]", '[visit]\nopened_on = { column = "Opened" }')
    rows = [f"{GOOD} | -", f"{GOOD.replace('02/03', '09/03')} | 05/03/2026"]
    found = looked_at("\n".join([f"{HEADER} | Opened", *rows]), profile)
    assert (found.counts.accepted, found.counts.refused) == (1, 1)
    assert "2026-03-02 is before the episode it belongs to was opened (2026-03-05)" in reasons(found)[0]


def test_an_order_known_by_its_day_alone_is_kept(brought, store, owner):
    profile = CLINIC.replace("[visit]", '[visit]\nordered_on = { column = "Ordered" }')
    brought(f"{HEADER} | Ordered\n{GOOD} | 01/03/2026", profile)
    assert len(store.open_for(owner).read("FROM visible_referral")) == 1


def test_a_form_on_an_episode_undone_meanwhile_writes_nothing(brought, store, owner, writer, monkeypatch):
    batch = brought(f"{HEADER}\n{GOOD}")
    [ids] = store.open_for(owner).read("SELECT client_id, episode_id FROM visible_episode").to_dict("records")
    check = entry.rules.check

    def undone_while_checking(cursor):
        check(cursor)
        importing.undo(store, owner, batch.batch_id)

    monkeypatch.setattr(entry.rules, "check", undone_while_checking)
    visit = {"client_id": ids["client_id"], "visited_on": "2026-03-09"} | KEPT
    with pytest.raises(NotAllowed, match="withdrawn meanwhile"):
        entry.record_session(store, writer, visit, [{"episode_id": ids["episode_id"]}], idempotency_key="form 1")
    assert store.integrity().empty
