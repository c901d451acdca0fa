"""The audit trail: who did what, when, why; and that nobody can change it unseen."""

import json

import pytest

from records import trail
from tables import rows


@pytest.fixture
def audited(store, owner):
    """Four audit lines: two clients made, one corrected with a reason, one withdrawn."""
    with store.change(owner, "create") as change:
        ada = change.insert("client", {"name": "Ada Example", "phone": "555 0100"})
        ben = change.insert("client", {"name": "Ben Example"})
    with store.change(owner, "correct", reason="new number") as change:
        change.correct("client", ada, 1, {"phone": "555 0199"})
    with store.change(owner, "withdraw", reason="entered twice") as change:
        change.withdraw("client", ben, 1)
    return store


def lines(store):
    return store._connection.cursor().execute("FROM records.audit ORDER BY seq").df()


def broken(store):
    return trail.broken_links(store._connection.cursor())


def test_each_record_touched_has_a_line_with_who_what_and_which_version(audited):
    kept = lines(audited)
    assert kept["what"].tolist() == ["create", "create", "correct", "withdraw"]
    assert kept["actor"].tolist() == ["test owner"] * 4
    assert kept["ver"].tolist() == [1, 1, 2, 2]
    assert kept["seq"].tolist() == [1, 2, 3, 4]
    assert kept["acted_at"].notna().all()
    assert kept["action_id"].nunique() == 3


def test_a_correction_keeps_before_after_and_why(audited):
    before, after, reason = (
        audited._connection.cursor()
        .execute("SELECT before, after, reason FROM records.audit_values WHERE seq = 3")
        .fetchone()
    )
    assert (json.loads(before)["phone"], json.loads(after)["phone"], reason) == ("555 0100", "555 0199", "new number")


def test_an_untouched_chain_is_whole(audited):
    assert broken(audited) == []


def test_a_store_without_lines_is_whole(store):
    assert broken(store) == []


TAMPERED = rows("""
    how                                                                     | said
    UPDATE records.audit_values SET after = '{"phone": "1"}' WHERE seq = 3  | The values kept with audit line 3 were changed.
    UPDATE records.audit_values SET reason = 'none' WHERE seq = 4           | The values kept with audit line 4 were changed.
    UPDATE records.audit SET actor = 'somebody else' WHERE seq = 2          | Audit line 2 was changed, or the line before it was.
    UPDATE records.audit SET acted_at = TIMESTAMP '2020-01-01' WHERE seq = 2| Audit line 2 was changed, or the line before it was.
    UPDATE records.audit SET ver = 7 WHERE seq = 4                          | Audit line 4 was changed, or the line before it was.
    UPDATE records.audit SET hash = 'feed' WHERE seq = 2                    | Audit line 3 was changed, or the line before it was.
    DELETE FROM records.audit WHERE seq = 2                                 | Audit line 2 is missing.
    DELETE FROM records.audit WHERE seq = 1                                 | Audit line 1 is missing.
""")  # noqa: E501


@pytest.mark.parametrize(("how", "said"), TAMPERED.values.tolist())
def test_tampering_is_found_and_located(how, said, audited):
    audited._connection.execute(how)
    assert said in broken(audited)
    assert said in audited.integrity()["problem"].tolist()


def test_a_line_rewritten_with_a_fresh_hash_breaks_the_next_one(audited):
    cursor = audited._connection.cursor()
    line = lines(audited).iloc[1].to_dict()
    forged = line | {"actor": "somebody else", "acted_at": line["acted_at"].to_pydatetime()}
    forged = {name: int(value) if name in ("row_id", "ver") else value for name, value in forged.items()}
    forged["client_id"] = int(forged["client_id"])
    cursor.execute(
        "UPDATE records.audit SET actor = 'somebody else', hash = ? WHERE seq = 2",
        [trail.line_hash(line["previous_hash"], forged)],
    )
    assert broken(audited) == ["Audit line 3 was changed, or the line before it was."]


def test_erasing_a_persons_values_leaves_the_chain_whole(audited):
    audited._connection.execute("DELETE FROM records.audit_values WHERE seq IN (1, 3)")
    assert broken(audited) == []
    assert "Ada" not in lines(audited).to_string()


def test_equal_values_have_unequal_digests_so_that_none_can_be_guessed(store, owner):
    with store.change(owner, "create") as change:
        for name in ("Ada Example", "Ada Example"):
            change.insert("office", {"office_id": 5, "name": name})
    digests = lines(store)["values_digest"]
    assert digests.nunique() == 2


def test_many_rows_written_at_once_have_one_line_per_table_with_their_count(store, owner):
    with store.change(owner, "import") as change:
        change.note("session", {"rows": 1000, "digest": "ab12"})
    kept = lines(store)
    assert kept[["table_name", "what"]].values.tolist() == [["session", "import"]]
    assert kept["row_id"].isna().all()
    assert broken(store) == []
