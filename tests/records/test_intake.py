"""A new client, the first episode with its order and goals, and the discharge: kept whole, refused in words."""

import datetime as dt

import pytest

from records import drafts, intake
from records.errors import AlreadySaved, EntryRefused, NotAllowed
from records.viewer import Viewer
from tables import practice_of

CLIENT = {
    "name": "Ada Example",
    "birth_date": "1980-06-15",
    "sex": "female",
    "phone": "555 0100",
    "guardian": "Bea Example",
    "language": "Dutch",
    "draping_preference": "on the side",
    "pressure_preference": "light",
    "consent_shared_with": "Dr. Hill",
    "consent_until": "2027-06-30",
}
EPISODE = {
    "injury_type_id": 9,
    "cause": "sports",
    "mechanism": "fell while skiing",
    "onset_on": "2026-02-20",
    "surgery_on": "2026-02-25",
    "chronicity": "under_6_weeks",
    "comorbidity_count": "2",
    "comorbidity": "asthma, migraine",
    "opened_on": "2026-03-02",
}
NEEDED = {"injury_type_id": 9, "cause": "sports", "opened_on": "2026-03-02"}
KNEE = [{"region": "knee", "side": "left"}]
ORDER = {
    "referral_source": "physician",
    "diagnosis": "MCL sprain, grade 2",
    "visits_ordered": "12",
    "ordered_on": "2026-03-01",
    "expires_on": "2026-12-31",
    "payer_kind": "auto",
    "payer": "Northern Mutual",
    "claim_number": "C-77",
    "physician_visit_on": "2026-12-15",
    "order_copy": b"%PDF-1.7 scanned",
    "order_copy_name": "order.pdf",
}
PAIN = {"measure": "pain", "target": "2"}
FLEXION = {"measure": "motion", "joint": "knee", "movement": "flexion", "side": "left", "target": "135"}
LEFS = {"measure": "score", "scale": "lefs", "target": "70"}
STAIRS = {"measure": "words", "words": "two flights of stairs"}


@pytest.fixture
def writer() -> Viewer:
    """Someone who may enter clients for the whole practice."""
    return Viewer("test writer", "owner", frozenset({"client.write", "session.write"}), "all")


@pytest.fixture
def ada(store, writer) -> int:
    """Ada, entered, with no episode yet."""
    return intake.add_client(store, writer, CLIENT, idempotency_key="ada")


@pytest.fixture
def opened(store, writer, ada):
    """`opened(values, ...)`: opens an episode of Ada's, a knee unless other regions are given; returns its id."""
    forms = iter(range(1000))

    def open_it(values=NEEDED, *, regions=KNEE, by=writer, **more) -> int:
        key = more.pop("idempotency_key", f"episode {next(forms)}")
        return intake.open_episode(store, by, ada, values, regions=regions, idempotency_key=key, **more)

    return open_it


@pytest.fixture
def kept(store):
    """`kept("goal", ["target"])`: these columns of every row of a table, in the order of writing."""

    def read(table: str, columns: list[str]) -> list[tuple]:
        chosen = ", ".join(columns)
        return store._connection.cursor().execute(f"SELECT {chosen} FROM records.{table} ORDER BY rowid").fetchall()

    return read


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def refused(call, *given, **more) -> list[str]:
    """The reasons a call is refused for."""
    with pytest.raises(EntryRefused) as refusal:
        call(*given, **more)
    return refusal.value.reasons


# A client -----------------------------------------------------------------------------------------------------------


def test_all_that_is_said_of_a_client_is_kept(ada, kept, store):
    days = {"birth_date": day("1980-06-15"), "consent_until": day("2027-06-30")}
    assert kept("client", list(CLIENT)) == [tuple((CLIENT | days).values())]
    assert kept("audit", ["table_name", "row_id", "ver", "actor"]) == [("client", ada, 1, "test writer")]
    assert store.integrity().empty


def test_of_a_client_only_the_name_is_needed_and_space_is_nothing(store, writer, kept):
    intake.add_client(store, writer, {"name": "  Ben  ", "phone": " ", "birth_date": ""}, idempotency_key="ben")
    assert kept("client", ["name", "phone", "birth_date", "sex"]) == [("Ben", None, None, None)]


def test_a_word_of_a_list_stands_for_its_code_and_a_day_may_come_as_one(store, writer, kept):
    ben = {"name": "Ben", "sex": "Male", "birth_date": dt.date(1990, 1, 2)}
    intake.add_client(store, writer, ben, idempotency_key="ben")
    assert kept("client", ["sex", "birth_date"]) == [("male", day("1990-01-02"))]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"name": " "}, "Name: there is none. Write the client's name."),
        ({"birth_date": "2026-02-30"}, "Born on: 2026-02-30 is no date. Right is a day that exists, written as"),
        ({"birth_date": "2026-11-21"}, "Born on: 2026-11-21 is in the future (today is 2026-11-20)."),
        ({"birth_date": "1889-12-31"}, "Born on: 1889-12-31 is before 1890."),
        ({"sex": "unknowable"}, "Sex: unknowable is not known. Known are female, male, other."),
        ({"consent_until": "soon"}, "Consent until: soon is no date. Right is a day that exists"),
    ],
)
def test_a_client_that_cannot_be_is_refused_in_words(store, writer, row_counts, given, reason):
    before = row_counts()
    (said,) = refused(intake.add_client, store, writer, CLIENT | given, idempotency_key="ada")
    assert said.startswith(reason)
    assert row_counts() == before


@pytest.mark.parametrize("name", ["Sum Lee", "Mean", "Total", "O'Brien; DROP TABLE client", "Ånn 長 🙂"])
def test_a_name_is_a_name_whatever_it_reads_like(store, writer, kept, name):
    intake.add_client(store, writer, {"name": name}, idempotency_key="odd name")
    assert kept("client", ["name"]) == [(name,)]


# An episode ---------------------------------------------------------------------------------------------------------


def test_all_that_is_said_of_an_episode_is_kept(opened, ada, kept, store, writer, owner):
    people = practice_of(store, owner, "client | day | therapist | office\nCleo | 2026-03-02 | Kim | Main")
    with store.change(owner, "create") as change:
        hill = change.insert("physician", {"name": "Dr. Hill"})
    given_by = {"therapist_id": people.therapists["Kim"], "office_id": people.offices["Main"]}
    regions = [*KNEE, {"region": "thigh", "side": "left"}, {"region": "low_back", "side": None}]
    goals = [PAIN, FLEXION | {"due_on": "2026-06-01"}, LEFS | {"set_on": "2026-03-04"}, STAIRS]
    episode = opened(EPISODE | given_by, regions=regions, referral=ORDER | {"physician_id": hill}, goals=goals)
    days = {name: day(EPISODE[name]) for name in ("onset_on", "surgery_on", "opened_on")}
    expected = EPISODE | given_by | days | {"comorbidity_count": 2, "client_id": ada, "episode_id": episode}
    assert kept("episode", list(expected))[-1] == tuple(expected.values())
    assert kept("episode_region", ["episode_id", "place", "region", "side"]) == [
        (episode, 1, "knee", "left"),
        (episode, 2, "thigh", "left"),
        (episode, 3, "low_back", None),
    ]
    days = {name: day(ORDER[name]) for name in ("ordered_on", "expires_on", "physician_visit_on")}
    expected = ORDER | days | {"visits_ordered": 12, "physician_id": hill, "episode_id": episode, "client_id": ada}
    assert kept("referral", list(expected)) == [tuple(expected.values())]
    columns = ["measure", "joint", "movement", "side", "scale", "target::INTEGER", "words", "set_on::VARCHAR", "due_on"]
    assert kept("goal", columns) == [
        ("pain", None, None, None, None, 2, None, "2026-03-02", None),
        ("motion", "knee", "flexion", "left", None, 135, None, "2026-03-02", day("2026-06-01")),
        ("score", None, None, None, "lefs", 70, None, "2026-03-04", None),
        ("words", None, None, None, None, None, "two flights of stairs", "2026-03-02", None),
    ]
    assert store.integrity().empty


def test_a_copy_of_an_order_stands_in_the_trail_by_its_digest(opened, store):
    opened(referral=ORDER | {"order_copy": b"x" * intake.MOST_ORDER_COPY_BYTES})
    (line,) = store._connection.execute(
        "SELECT v.after FROM records.audit AS a JOIN records.audit_values AS v USING (seq)"
        " WHERE a.table_name = 'referral'"
    ).fetchone()
    assert len(line) < 2000
    assert "sha256" in line


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"injury_type_id": None}, "Injury type: there is none. Choose one of the practice's list."),
        ({"injury_type_id": 999}, "Injury type: there is none. Choose one of the practice's list."),
        ({"cause": "bad luck"}, "Cause: bad luck is not known. Known are auto accident, "),
        ({"opened_on": ""}, "Opened on: there is no day. Write the day of the opening evaluation."),
        ({"opened_on": "2026-02-30"}, "Opened on: 2026-02-30 is no date."),
        ({"opened_on": "2026-11-21"}, "Opened on: 2026-11-21 is in the future (today is 2026-11-20)."),
        ({"opened_on": "1979-01-01"}, "Opened on: 1979-01-01 is before the client was born (1980-06-15)."),
        ({"onset_on": "yesterday"}, "Began on: yesterday is no date."),
        ({"onset_on": "1979-01-01"}, "Began on: 1979-01-01 is before the client was born (1980-06-15)."),
        ({"surgery_on": "2026-13-01"}, "Surgery on: 2026-13-01 is no date."),
        ({"surgery_on": "2026-11-21"}, "Surgery on: 2026-11-21 is in the future (today is 2026-11-20)."),
        ({"surgery_on": "1979-01-01"}, "Surgery on: 1979-01-01 is before the client was born (1980-06-15)."),
        ({"chronicity": "ages"}, "Lasting: ages is not known. Known are under_6_weeks, "),
        ({"comorbidity_count": "41"}, "Other conditions: 41 is no whole number from 0 to 40."),
        ({"therapist_id": 999}, "Therapist: 999 is not in the practice's list."),
        ({"office_id": 999}, "Office: 999 is not in the practice's list."),
    ],
)
def test_an_episode_that_cannot_be_is_refused_in_words(opened, row_counts, given, reason):
    before = row_counts()
    (said,) = refused(opened, NEEDED | given)
    assert said.startswith(reason)
    assert row_counts() == before


@pytest.mark.parametrize(
    ("regions", "reason"),
    [
        ([], "Region: there is none. Choose where the complaint is; the main one first."),
        ([{"region": "tail", "side": "left"}], "Region: tail is not known. Known are head and jaw, "),
        ([{"region": "knee", "side": "inner"}], "Side: inner is not known. Known are left, right, both, midline."),
        ([{"region": "", "side": "left"}], "Region 1: a side without a region."),
        ([*KNEE, *KNEE], "Region 2: knee is named twice. Take one out."),
    ],
)
def test_regions_that_cannot_be_are_refused_in_words(opened, regions, reason):
    (said,) = refused(opened, regions=regions)
    assert said.startswith(reason)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"visits_ordered": "0"}, "Visits ordered: 0 is outside 1 to 400."),
        ({"visits_ordered": "a dozen"}, "Visits ordered: a dozen is not a whole number."),
        ({"ordered_on": "2026-11-21"}, "Ordered on: 2026-11-21 is in the future"),
        ({"expires_on": "2026-02-28"}, "Order expires on: 2026-02-28 is before the day of the order (2026-03-01)."),
        ({"expires_on": "never"}, "Order expires on: never is no date."),
        ({"physician_visit_on": "Monday"}, "The physician sees them on: Monday is no date."),
        ({"referral_source": "a dream"}, "Sent by: a dream is not in the practice's list."),
        ({"payer_kind": "barter"}, "Paid by: barter is not in the practice's list."),
        ({"physician_id": 999}, "Physician: 999 is not in the practice's list."),
        ({"order_copy": b"x" * (intake.MOST_ORDER_COPY_BYTES + 1)}, "Copy of the order: it is larger than 10 MB."),
    ],
)
def test_an_order_that_cannot_be_is_refused_in_words_with_an_episode_and_later(
    opened, store, writer, row_counts, given, reason
):
    episode, before = opened(), row_counts()
    (with_episode,) = refused(opened, referral=ORDER | given)
    (later,) = refused(intake.add_order, store, writer, episode, ORDER | given, idempotency_key="order")
    assert with_episode == later
    assert later.startswith(reason)
    assert row_counts() == before


@pytest.mark.parametrize(
    ("goal", "reason"),
    [
        (PAIN | {"target": "11"}, "Goal 1: 11 is outside 0 to 10. Correct the entry, or take the goal out."),
        (PAIN | {"target": "2.3"}, "Goal 1: 2.3 lies between two half steps."),
        (PAIN | {"target": "low"}, "Goal 1: low is not a number"),
        (PAIN | {"target": ""}, "Goal 1: there is no number to reach. Write one, or take the goal out."),
        (FLEXION | {"target": "400"}, "Goal 1: 400 degrees is outside what knee flexion can be: "),
        (FLEXION | {"side": None}, "Goal 1, side: there is no side. Knee flexion is measured left or right."),
        (FLEXION | {"joint": None}, "Goal 1, joint: the joint of a reading is missing."),
        (FLEXION | {"movement": "wagging"}, "Goal 1, movement: wagging is not known."),
        (LEFS | {"target": "81"}, "Goal 1: 81 is outside Leg function (LEFS): 0 to 80."),
        (LEFS | {"scale": "zen"}, "Goal 1, scale: zen is not known."),
        (STAIRS | {"words": " "}, "Goal 1: the words are missing. Write what the client wants to be able to do."),
        ({"measure": "luck", "target": "7"}, "Goal 1: luck is no measure. Right is pain, motion, score or words."),
        (PAIN | {"due_on": "2026-03-01", "set_on": "2026-03-02"}, "Goal 1: 2026-03-01 is before the day it was set."),
        (PAIN | {"due_on": "2026-3-1x"}, "Goal 1, due on: 2026-3-1x is no date."),
        (PAIN | {"set_on": "2026-11-21"}, "Goal 1, set on: 2026-11-21 is in the future"),
    ],
)
def test_a_goal_that_cannot_be_is_refused_in_words_with_an_episode_and_later(
    opened, store, writer, row_counts, goal, reason
):
    episode, before = opened(), row_counts()
    (with_episode,) = refused(opened, goals=[goal])
    (later,) = refused(intake.set_goals, store, writer, episode, [goal], idempotency_key="goal")
    assert with_episode == later
    assert later.startswith(reason)
    assert row_counts() == before


def test_what_a_form_still_holds_beside_a_goal_is_left_out(opened, kept):
    left_over = {"joint": "knee", "movement": "flexion", "side": "left", "scale": "lefs", "words": None, "target": "4"}
    opened(goals=[left_over | PAIN, left_over | STAIRS])
    columns = ["measure", "joint", "movement", "side", "scale", "target::INTEGER", "words"]
    assert kept("goal", columns) == [
        ("pain", None, None, None, None, 2, None),
        ("words", None, None, None, None, None, "two flights of stairs"),
    ]


def test_a_further_goal_and_a_further_order_are_kept(opened, store, writer, kept):
    episode = opened()
    intake.set_goals(store, writer, episode, [PAIN | {"target": 2.5}], idempotency_key="goal")
    intake.add_order(store, writer, episode, {"visits_ordered": "6", "ordered_on": "2026-05-01"}, idempotency_key="o")
    assert kept("goal", ["episode_id", "target::DOUBLE", "set_on::VARCHAR"]) == [(episode, 2.5, "2026-11-20")]
    assert kept("referral", ["episode_id", "visits_ordered"]) == [(episode, 6)]
    assert refused(intake.add_order, store, writer, episode, {}, idempotency_key="empty") == [
        "Order: nothing is filled in. Write at least the visits ordered or the diagnosis."
    ]


# Discharge ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def knee(store, owner):
    """Ben's knee with two visits, a no-show and a contact after them: what was drawn."""
    return practice_of(
        store,
        owner,
        """
        client | day        | kind      | status  | therapist
        Ben    | 2026-03-02 | treatment | kept    | Kim
        Ben    | 2026-03-09 | treatment | kept    | Kim
        Ben    | 2026-03-16 | treatment | no_show | Kim
        Ben    | 2026-03-20 | contact   | kept    | Kim
        """,
    )


@pytest.fixture
def ended(store, writer, knee):
    """`ended(on, reason)`: discharges Ben's knee."""
    forms = iter(range(1000))

    def end(on="2026-03-09", reason="goals_met", *, by=writer, **more):
        key = more.pop("idempotency_key", f"discharge {next(forms)}")
        return intake.discharge(
            store, by, knee.episodes["Ben"], discharged_on=on, discharge_reason=reason, idempotency_key=key, **more
        )

    return end


def test_a_discharge_keeps_its_day_reason_and_note_as_a_new_version(ended, kept):
    ended(" 2026-03-12 ", "Goals met", note=" back to skiing ")
    columns = ["discharged_on::VARCHAR", "discharge_reason", "discharge_note", "on_hold", "ver"]
    assert kept("episode", columns) == [("2026-03-12", "goals_met", "back to skiing", False, 2)]


@pytest.mark.parametrize(
    ("on", "reason", "said"),
    [
        ("2026-03-08", "goals_met", "Discharged on: 2026-03-08 is before the last visit (2026-03-09)."),
        ("2026-11-21", "goals_met", "Discharged on: 2026-11-21 is in the future (today is 2026-11-20)."),
        ("2026-02-30", "goals_met", "Discharged on: 2026-02-30 is no date."),
        ("", "goals_met", "Discharged on: there is no day. Write the day care ended."),
        ("2026-03-09", "", "Reason: there is none. Choose why care ends; 'other' is a reason."),
        ("2026-03-09", None, "Reason: there is none. Choose why care ends; 'other' is a reason."),
        ("2026-03-09", "boredom", "Reason: boredom is not known. Known are goals met, plateau, "),
    ],
)
def test_a_discharge_that_cannot_be_is_refused_in_words(ended, kept, on, reason, said):
    (given,) = refused(ended, on, reason)
    assert given.startswith(said)
    assert kept("episode", ["discharged_on", "ver"]) == [(None, 1)]


def test_an_episode_without_a_visit_is_not_discharged_before_it_opened(opened, store, writer):
    (said,) = refused(
        intake.discharge,
        store,
        writer,
        opened(),
        discharged_on="2026-03-01",
        discharge_reason="other",
        idempotency_key="discharge",
    )
    assert said.startswith("Discharged on: 2026-03-01 is before the day the episode opened (2026-03-02).")


def test_an_episode_is_discharged_once(ended):
    ended(idempotency_key="the discharge")
    with pytest.raises(AlreadySaved):
        ended(idempotency_key="the discharge")
    assert refused(ended) == ["This episode was discharged on 2026-03-09 already. Correct that entry if it is wrong."]


# Saved once, and by whom ----------------------------------------------------------------------------------------------


def test_each_form_sent_twice_is_saved_once(store, writer, ada, opened, row_counts):
    episode = opened(idempotency_key="episode form")
    intake.set_goals(store, writer, episode, [PAIN], idempotency_key="goal form")
    intake.add_order(store, writer, episode, {"visits_ordered": "6"}, idempotency_key="order form")
    before = row_counts()
    again = (
        lambda: intake.add_client(store, writer, CLIENT, idempotency_key="ada"),
        lambda: opened(idempotency_key="episode form"),
        lambda: intake.set_goals(store, writer, episode, [PAIN], idempotency_key="goal form"),
        lambda: intake.add_order(store, writer, episode, {"visits_ordered": "6"}, idempotency_key="order form"),
    )
    for send in again:
        with pytest.raises(AlreadySaved):
            send()
    assert row_counts() == before


def test_who_may_not_write_clients_enters_nobody(store, ada, opened, ended):
    reader = Viewer("reader", "owner", frozenset({"client.read", "session.write"}), "all")
    with pytest.raises(NotAllowed, match="You may not enter clients and episodes here"):
        intake.add_client(store, reader, CLIENT, idempotency_key="by a reader")
    with pytest.raises(NotAllowed, match="You may not enter clients and episodes here"):
        opened(by=reader)
    with pytest.raises(NotAllowed, match="You may not enter clients and episodes here"):
        ended(by=reader)


def test_nobody_is_entered_into_the_invented_sample(sample_store, writer):
    with pytest.raises(NotAllowed, match="These are invented records"):
        intake.add_client(sample_store, writer, CLIENT, idempotency_key="sample")


def test_a_client_withdrawn_meanwhile_gets_no_episode(store, owner, ada, opened, monkeypatch):
    check = intake.rules.check

    def withdrawn_while_checking(cursor):
        check(cursor)
        with store.change(owner, "withdraw") as change:
            change.withdraw("client", ada, 1)

    monkeypatch.setattr(intake.rules, "check", withdrawn_while_checking)
    with pytest.raises(NotAllowed, match="was withdrawn meanwhile"):
        opened()


def test_a_therapist_does_not_touch_the_episodes_of_another(ended, knee, therapist, store):
    lee = therapist(7)
    with pytest.raises(NotAllowed, match="There is no episode"):
        ended(by=lee)
    with pytest.raises(NotAllowed, match="There is no episode"):
        intake.set_goals(store, lee, knee.episodes["Ben"], [PAIN], idempotency_key="goal")
    with pytest.raises(NotAllowed, match="There is no episode"):
        intake.add_order(store, lee, knee.episodes["Ben"], ORDER, idempotency_key="order")
    with pytest.raises(NotAllowed, match="There is no client"):
        intake.open_episode(store, lee, knee.clients["Ben"], NEEDED, regions=KNEE, idempotency_key="episode")


# Who sees a client that was just entered ------------------------------------------------------------------------------


def sees(store, viewer) -> list[int]:
    return store.open_for(viewer).read("SELECT client_id FROM visible_client")["client_id"].tolist()


def test_a_therapist_opens_the_first_episode_of_a_client_they_entered_and_leads_it(store, knee, therapist, kept):
    kim = therapist(knee.therapists["Kim"])
    dora = intake.add_client(store, kim, {"name": "Dora"}, idempotency_key="dora")
    assert dora in sees(store, kim)
    episode = intake.open_episode(store, kim, dora, NEEDED, regions=KNEE, idempotency_key="first")
    assert kept("episode", ["therapist_id"])[-1] == (knee.therapists["Kim"],)
    assert episode in store.open_for(kim).read("FROM visible_episode")["episode_id"].tolist()
    assert drafts.begin(store, kim, dora)


def test_nobody_else_sees_a_client_a_therapist_just_entered_but_the_owner(store, knee, therapist, owner):
    dora = intake.add_client(store, therapist(knee.therapists["Kim"]), {"name": "Dora"}, idempotency_key="dora")
    assert dora not in sees(store, therapist(7))
    assert dora in sees(store, owner)


def test_who_entered_a_client_no_longer_sees_them_once_another_leads_their_only_episode(store, knee, therapist, owner):
    kim = therapist(knee.therapists["Kim"])
    dora = intake.add_client(store, kim, {"name": "Dora"}, idempotency_key="dora")
    with store.change(owner, "create") as change:
        lee = change.insert("therapist", {"name": "Lee"})
    intake.open_episode(
        store, owner, dora, NEEDED | {"therapist_id": lee}, regions=KNEE, idempotency_key="led by another"
    )
    assert dora not in sees(store, kim)
    assert dora in sees(store, therapist(lee))


def test_a_client_without_an_episode_whom_somebody_else_corrected_since_is_not_shown(store, knee, therapist, owner):
    kim = therapist(knee.therapists["Kim"])
    dora = intake.add_client(store, kim, {"name": "Dora"}, idempotency_key="dora")
    with store.change(owner, "correct") as change:
        change.correct("client", dora, 1, {"phone": "555 0199"})
    assert dora not in sees(store, kim)  # what was written since is not theirs to read
