"""Every right that writes is one a role can hold, and says in a refusal what it is for."""

import pytest

from access import roles
from records.errors import NotAllowed
from records.permission import RIGHTS, may_write
from records.viewer import Viewer

EVERY = {right for role in roles.roles().values() for right in role["rights"]}


def test_each_right_that_writes_or_takes_out_is_one_of_the_roles_and_the_other_way_round():
    assert set(RIGHTS) == {right for right in EVERY if not right.endswith(".read")}


@pytest.mark.parametrize("right", RIGHTS)
def test_who_lacks_a_right_is_told_what_it_is_for(store, right):
    everything_else = Viewer("anna", "guest", frozenset(EVERY - {right}), "all")
    with pytest.raises(NotAllowed) as refused:
        may_write(store, everything_else, right)
    assert str(refused.value) == (
        f"You may not {RIGHTS[right]} here. Ask the practice's owner for the right to ({right})."
    )
    may_write(store, Viewer("anna", "guest", frozenset({right}), "own"), right)


@pytest.mark.parametrize("right", RIGHTS)
def test_nobody_writes_into_the_invented_practice(sample_store, owner, right):
    with pytest.raises(NotAllowed, match="These are invented records"):
        may_write(sample_store, owner, right)
