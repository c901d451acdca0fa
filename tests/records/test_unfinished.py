"""Where something is made before it gets its name: ours alone, gone afterwards, and nothing of anybody else's."""

import stat

import pytest

from records import unfinished
from tests.records.at_work import at_work, die_at_work


def test_a_place_is_for_this_user_alone_and_gone_when_the_work_is_done(tmp_path):
    with unfinished.workplace(tmp_path / "out") as place:
        assert place.parent == tmp_path
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
        (place / "half").write_bytes(b"half")
    assert list(tmp_path.iterdir()) == []


def test_a_place_is_gone_when_the_work_failed(tmp_path):
    with pytest.raises(OSError, match="disk full"), unfinished.workplace(tmp_path / "out"):
        raise OSError("disk full")
    assert list(tmp_path.iterdir()) == []


def test_two_who_make_the_same_do_not_meet(tmp_path):
    with unfinished.workplace(tmp_path / "out") as first, unfinished.workplace(tmp_path / "out") as second:
        assert first != second
        assert first.is_dir()


def test_what_a_kill_left_is_taken_away_by_the_next_and_not_what_another_program_works_on(tmp_path):
    left = die_at_work(tmp_path / "out")
    assert (left / "out").read_bytes() == b"half"
    with at_work(tmp_path / "out") as working:
        assert not left.exists()  # that program has cleared it
        with unfinished.workplace(tmp_path / "other"):
            assert (working / "out").read_bytes() == b"half"


@pytest.mark.parametrize(
    "mark",
    [None, b"", b"of somebody else's program\n", unfinished.WORDS + b"and more"],
    ids=["none", "", "other", "more"],
)
def test_nothing_without_our_mark_is_ever_taken_away(tmp_path, mark):
    for name in ("thesis.making", "thesis.0123abcd.making", "out.making"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "thesis.txt").write_text("mine")
        if mark is not None:
            (tmp_path / name / unfinished.MARK).write_bytes(mark)
    with unfinished.workplace(tmp_path / "out"):
        pass
    assert len(list(tmp_path.rglob("thesis.txt"))) == 3


def test_a_link_is_not_followed_to_what_lies_elsewhere(tmp_path):
    for name in ("elsewhere", "here"):
        (tmp_path / name).mkdir()
    left = die_at_work(tmp_path / "elsewhere" / "out")
    (tmp_path / "here" / left.name).symlink_to(left, target_is_directory=True)
    unfinished.clear(tmp_path / "here")
    assert (left / "out").exists()
