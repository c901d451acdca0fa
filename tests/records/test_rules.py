"""What the rules refuse and put right, in the words a person reads."""

import pytest

import instruments
from records import rules
from records.importing import message
from tests.records.conftest import CLINIC

HEADER = "Client | Injury | Date | Minutes | Pain Pre | Pain Post | Side | Flexion"
GOOD = "K1 | Knee sprain | 02/03/2026 | 45 | 6 | 4.5 | right | 110"
KNOWN_INJURIES = (
    "Low back strain, Neck pain, Neck pain, whiplash, Shoulder strain, Tension headache, Hip and gluteal pain, Forearm"
    " overuse, Pregnancy, low back and pelvis, Knee sprain, After shoulder surgery, After knee surgery, Heel and foot"
    " pain and 6 more"
)

REFUSALS = {
    "pain 11": (
        "K2 | Knee sprain | 03/03/2026 | 45 | 6 | 11 | right | 110",
        "Row 3, Pain Post: 11 is outside 0 to 10. Correct the file, or leave the cell empty if pain was not asked.",
    ),
    "pain in words": (
        "K2 | Knee sprain | 03/03/2026 | 45 | seven | 4 | right | 110",
        'Row 3, Pain Pre: seven is not a number (decimal mark "."). Right is 0 to 10, halves allowed. Correct the file,'
        " or leave the cell empty if pain was not asked.",
    ),
    "pain between two half steps": (
        "K2 | Knee sprain | 03/03/2026 | 45 | 3.3 | 4 | right | 110",
        "Row 3, Pain Pre: 3.3 lies between two half steps. Right is 0, 0.5, 1 ... 10. Correct the file, or leave the"
        " cell empty if pain was not asked.",
    ),
    "a day that does not exist": (
        "K2 | Knee sprain | 31/02/2026 | 45 | 6 | 4 | right | 110",
        "Row 3, Date: 31/02/2026 is no date. Right is a day that exists, written as YYYY-MM-DD or DD/MM/YYYY. Correct"
        " the file.",
    ),
    "a month first where the profile says day first": (
        "K2 | Knee sprain | 03/13/2026 | 45 | 6 | 4 | right | 110",
        "Row 3, Date: 03/13/2026 is no date. Right is a day that exists, written as YYYY-MM-DD or DD/MM/YYYY. Correct"
        " the file.",
    ),
    "a year of two digits": (
        "K2 | Knee sprain | 03/03/26 | 45 | 6 | 4 | right | 110",
        "Row 3, Date: 03/03/26 is no date. Right is a day that exists, written as YYYY-MM-DD or DD/MM/YYYY. Correct"
        " the file.",
    ),
    "an Excel serial number": (
        "K2 | Knee sprain | 45000 | 45 | 6 | 4 | right | 110",
        "Row 3, Date: 45000 is no date. Right is a day that exists, written as YYYY-MM-DD or DD/MM/YYYY. Correct the"
        " file.",
    ),
    "a visit in the future": (
        "K2 | Knee sprain | 21/11/2026 | 45 | 6 | 4 | right | 110",
        "Row 3, Date: 21/11/2026 is in the future (today is 2026-11-20). Correct the file.",
    ),
    "a visit before birth": (
        "K2 | Knee sprain | 14/06/1980 | 45 | 6 | 4 | right | 110",
        "Row 3, Date: 14/06/1980 is before the client was born (1980-06-15). Correct the file.",
    ),
    "a visit before 1900": (
        "K2 | Knee sprain | 02/03/1826 | 45 | 6 | 4 | right | 110",
        "Row 3, Date: 02/03/1826 is before 1900. Correct the file.",
    ),
    "400 degrees": (
        "K2 | Knee sprain | 03/03/2026 | 45 | 6 | 4 | right | 400",
        "Row 3, Flexion: 400 degrees is outside what knee flexion can be: {knee_bounds} degrees. Correct the file, or"
        " leave the cell empty if it was not measured.",
    ),
    "an unknown side": (
        "K2 | Knee sprain | 03/03/2026 | 45 | 6 | 4 | starboard | 110",
        "Row 3, Side: starboard is not known. Known are left, right, both, midline. Correct the file, or say in the"
        " profile what it means.",
    ),
    "no side where one is needed": (
        "K2 | Knee sprain | 03/03/2026 | 45 | 6 | 4 | - | 110",
        "Row 3, Side: there is no side. Knee flexion is measured left or right. Correct the file.",
    ),
    "both sides at once": (
        "K2 | Knee sprain | 03/03/2026 | 45 | 6 | 4 | both | 110",
        "Row 3, Side: both is no side of one reading. Right is left or right. Correct the file.",
    ),
    "an unknown injury type": (
        "K2 | Knee sprian | 03/03/2026 | 45 | 6 | 4 | right | 110",
        f"Row 3, Injury: Knee sprian is not known. Known are {KNOWN_INJURIES}. Correct the file, or let the profile add"
        " it.",
    ),
    "no injury type": (
        "K2 | - | 03/03/2026 | 45 | 6 | 4 | right | 110",
        "Row 3, Injury: there is no injury type. Correct the file, or let the profile say it.",
    ),
    "too many minutes": (
        "K2 | Knee sprain | 03/03/2026 | 4500 | 6 | 4 | right | 110",
        "Row 3, Minutes: 4500 is outside 0 to 480. Correct the file, or leave the cell empty if it is not known.",
    ),
    "minutes in halves": (
        "K2 | Knee sprain | 03/03/2026 | 45.5 | 6 | 4 | right | 110",
        "Row 3, Minutes: 45.5 is not a whole number. Right is 0 to 480. Correct the file, or leave the cell empty if it"
        " is not known.",
    ),
    "nobody": (
        "- | Knee sprain | 03/03/2026 | 45 | 6 | 4 | right | 110",
        "Row 3, Client: there is no client. A row needs a client number, or a name and a birth date (a name alone does"
        " not tell two people apart). Correct the file, or take the row out if it is not a visit.",
    ),
    "no date": (
        "K2 | Knee sprain | - | 45 | 6 | 4 | right | 110",
        "Row 3, Date: there is no date. Every visit needs one. Correct the file, or let the profile say it.",
    ),
    "a total": (
        "Total | - | - | 90 | 12 | 8.5 | - | -",
        "Row 3, Client: Total looks like a total over other rows, not like a visit. Correct the file, or take the row"
        " out.",
    ),
    "the header once more": (
        "Client | Injury | Date | Minutes | Pain Pre | Pain Post | Side | Flexion",
        "Row 3, whole row: the header stands here a second time. Correct the file, or take the row out.",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_row_that_cannot_be_right_is_refused_and_nothing_of_it_is_written(looked_at, row_counts, case):
    knee = instruments.movement("knee", "flexion")
    row, words = REFUSALS[case]
    before = row_counts()
    found = looked_at(f"{HEADER}\n{GOOD}\n{row}")
    assert row_counts() == before
    refused = found.fates[found.fates["fate"] == "refused"]
    assert [message(fate) for fate in refused.to_dict("records")] == [
        words.replace("{knee_bounds}", f"{knee.lowest_deg:g} to {knee.highest_deg:g}")
    ]
    assert refused["file"].tolist() == ["visits.csv"]
    assert (found.counts.accepted, found.counts.refused) == (1, 1)


def test_every_problem_of_a_row_is_named_at_once(looked_at):
    found = looked_at(f"{HEADER}\nK1 | Knee sprain | 31/02/2026 | 45 | 11 | 12 | right | 400")
    assert found.fates[["row", "column", "value"]].values.tolist() == [
        [2, "Date", "31/02/2026"],
        [2, "Pain Pre", "11"],
        [2, "Pain Post", "12"],
        [2, "Flexion", "400"],
    ]
    assert found.counts.refused == 1  # four reasons, one row


CORRECTIONS = {
    "spaces": (
        "K1 | Knee sprain | 02/03/2026 | 45 | 6 | 4 | ·right· | 110",
        "Side",
        "spaces around the value were left out.",
    ),
    "capitals": (
        "K1 | KNEE SPRAIN | 02/03/2026 | 45 | 6 | 4 | right | 110",
        "Injury",
        "KNEE SPRAIN is written Knee sprain here.",
    ),
    "a hundredth of a degree": (
        "K1 | Knee sprain | 02/03/2026 | 45 | 6 | 4 | right | 110.27",
        "Flexion",
        "110.27 was rounded to 110.3.",
    ),
}


@pytest.mark.parametrize("case", CORRECTIONS)
def test_a_safe_correction_is_made_and_said(looked_at, case):
    row, column, words = CORRECTIONS[case]
    found = looked_at(f"{HEADER}\n{row}")
    assert found.fates[["fate", "column", "reason"]].values.tolist() == [["corrected", column, words]]


def test_pain_is_rounded_only_where_the_profile_says_so(looked_at):
    found = looked_at(
        f"{HEADER}\nK1 | Knee sprain | 02/03/2026 | 45 | 3.3 | 4 | right | 110", "round_pain = true\n" + CLINIC
    )
    assert found.fates[["fate", "reason"]].values.tolist() == [["corrected", "3.3 was rounded to 3.5."]]


def test_an_empty_cell_is_no_reading_and_never_a_zero(brought, store, owner):
    brought(f"{HEADER}\nK1 | Knee sprain | 02/03/2026 | 45 | - | 4 | right | -")
    window = store.open_for(owner)
    assert window.read("SELECT moment, pain::DOUBLE AS pain FROM visible_rating").values.tolist() == [["after", 4.0]]
    assert window.read("SELECT * FROM visible_motion").empty


ORDERS = """
about = "Episodes and orders with their own dates."
[episodes]
found_by = "column"
[visit]
client_ref = { column = "Client" }
client_name = { template = "Client {Client}" }
episode_ref = { column = "Episode" }
injury_type = "Knee sprain"
cause = { column = "Cause" }
opened_on = { column = "Opened" }
discharged_on = { column = "Discharged" }
diagnosis = "knee"
visits_ordered = { column = "Ordered" }
ordered_on = { column = "Order" }
order_expires_on = { column = "Expires" }
visited_on = { column = "Date" }
kind = { column = "Kind" }
status = { column = "Status" }
[[reading]]
what = "score"
scale = { column = "Scale" }
value = { column = "Score" }
"""
ORDERS_HEADER = (
    "Client | Episode | Cause | Opened | Discharged | Ordered | Order | Expires | Date | Kind | Status | Scale | Score"
)
CONTRADICTIONS = {
    "discharge before opening": (
        "K1 | 1 | fall | 2026-03-02 | 2026-03-01 | 8 | - | - | 2026-03-02 | treatment | kept | odi | 20",
        ["Row 2, Discharged: 2026-03-01 is before the day the episode opened (2026-03-02). Correct the file."],
    ),
    "discharge before the first visit": (
        "K1 | 1 | fall | - | 2026-03-01 | 8 | - | - | 2026-03-02 | treatment | kept | odi | 20",
        ["Row 2, Discharged: 2026-03-01 is before the first visit of the episode (2026-03-02). Correct the file."],
    ),
    "order expired before it was given": (
        "K1 | 1 | fall | - | - | 8 | 2026-03-02 | 2026-02-02 | 2026-03-02 | treatment | kept | odi | 20",
        ["Row 2, Expires: 2026-02-02 is before the day of the order (2026-03-02). Correct the file."],
    ),
    "an unknown cause": (
        "K1 | 1 | bad luck | - | - | 8 | - | - | 2026-03-02 | treatment | kept | odi | 20",
        [
            "Row 2, Cause: bad luck is not known. Known are auto accident, sports, workplace, illness or chronic"
            " condition, after surgery, pregnancy or after birth, overuse or repetition, fall, stress or tension,"
            " overcompensation after another injury, unknown. Correct the file, or say in the profile what it means."
        ],
    ),
    "an unknown kind and an unknown status": (
        "K1 | 1 | fall | - | - | 8 | - | - | 2026-03-02 | rubdown | maybe | odi | 20",
        [
            "Row 2, Kind: rubdown is not known. Known are evaluation, treatment, re evaluation, discharge, contact."
            " Correct the file, or say in the profile what it means.",
            "Row 2, Status: maybe is not known. Known are booked, kept, no show, late cancel. Correct the file, or say"
            " in the profile what it means.",
        ],
    ),
    "a score out of range": (
        "K1 | 1 | fall | - | - | 8 | - | - | 2026-03-02 | treatment | kept | odi | 101",
        [
            "Row 2, Score: 101 is outside Low back disability (ODI): 0 to 100. Correct the file, or leave the cell"
            " empty if it was not asked."
        ],
    ),
    "no episode number": (
        "K1 | - | fall | - | - | 8 | - | - | 2026-03-02 | treatment | kept | odi | 20",
        [
            "Row 2, Episode: there is no episode number. Correct the file, or let the profile find episodes by a gap"
            " between visits."
        ],
    ),
    "more visits ordered than anyone orders": (
        "K1 | 1 | fall | - | - | 800 | - | - | 2026-03-02 | treatment | kept | odi | 20",
        ["Row 2, Ordered: 800 is outside 1 to 400. Correct the file, or leave the cell empty if it is not known."],
    ),
}


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_values_that_contradict_each_other_are_refused(looked_at, case):
    row, words = CONTRADICTIONS[case]
    found = looked_at(f"{ORDERS_HEADER}\n{row}", ORDERS)
    assert [message(fate) for fate in found.fates.to_dict("records")] == words


def test_an_unknown_scale_names_scales_there_are(looked_at):
    found = looked_at(
        f"{ORDERS_HEADER}\nK1 | 1 | fall | - | - | 8 | - | - | 2026-03-02 | treatment | kept | happiness | 20", ORDERS
    )
    [reason] = found.fates["reason"]
    assert reason.startswith("happiness is not known. Known are ")
    assert "and " in reason


def test_a_booked_visit_may_lie_in_the_future(looked_at):
    found = looked_at(
        f"{ORDERS_HEADER}\nK1 | 1 | fall | - | - | 8 | - | - | 2026-12-02 | treatment | booked | - | -", ORDERS
    )
    assert found.counts.accepted == 1


def test_every_rule_says_by_what_it_reads_when_it_may_be_left_out():
    read = {rule.stem: rules.read_by(rule) for rule in rules.RULES}
    assert [name for name, what in read.items() if not what] == []
    assert read["rule_needed"] == {"visit"}  # a visit is never left out
    assert read["rule_scores"] == {"reading"}
