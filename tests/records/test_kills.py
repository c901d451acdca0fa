"""A small seeded sample of tests/records/kills.py, which `make trials` runs in full."""

from tests.records import kills as harness
from tests.records.kills import actions, kills


def test_whatever_is_killed_nothing_acknowledged_is_lost_and_nothing_is_left_half(tmp_path):
    found = list(kills(times=10, seed=7, folder=tmp_path, size=0.1))
    assert [(kill.action, kill.found) for kill in found if not kill.is_whole] == []
    killed_before_the_end = {kill.action for kill in found if kill.found != "finished before"}
    assert killed_before_the_end == set(actions())


def test_what_is_lost_or_left_half_is_noticed(tmp_path, monkeypatch):
    honest = harness._looked_at

    def forgetful(folder):
        state, problems = honest(folder)
        return (state | {"client": (0, 0, 0)} if folder.name == "killed" else state), problems

    monkeypatch.setattr(harness, "_looked_at", forgetful)
    *_, kill = kills(times=1, seed=7, folder=tmp_path, chosen=["merging"], size=0.1)
    assert kill.found.startswith("half: ")
    assert "client (0, 0, 0) for" in kill.found
    assert not kill.is_whole
