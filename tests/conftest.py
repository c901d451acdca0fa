"""What every test stands on: a fixed day, folders of its own, an empty practice, and the people who look at it."""

import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import sample_data
from access import roles
from records import store as record_store
from records.viewer import Viewer

TODAY = dt.date(2026, 11, 20)


@pytest.fixture(scope="session", autouse=True)
def fixed_day_and_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One calendar for the whole run, and a cache folder in which the invented practice is made at most once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OUTCOMES_TODAY", TODAY.isoformat())
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True)
def nobody_elses_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test reads or writes a person's own practice, and none leaves a store open for the next."""
    monkeypatch.delenv("OUTCOMES_DATABASE", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    yield
    record_store.release()


@pytest.fixture
def today() -> dt.date:
    """The day every test takes for today."""
    return TODAY


@pytest.fixture(scope="session")
def empty_store_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty practice, closed. Copying it is quicker than making one for each test."""
    path = tmp_path_factory.mktemp("empty") / "practice.duckdb"
    record_store.create(path, "Test practice").close()
    return path


@pytest.fixture
def store(empty_store_path: Path, tmp_path: Path) -> Iterator[record_store.Store]:
    """An empty practice of the test's own, open."""
    opened = record_store.open_store(shutil.copy2(empty_store_path, tmp_path / "practice.duckdb"))
    yield opened
    opened.close()


@pytest.fixture
def owner() -> Viewer:
    """Sees the whole practice and may do everything."""
    return roles.viewer("test owner", "owner")


@pytest.fixture
def therapist() -> Callable[[int], Viewer]:
    """`therapist(id)`: sees the episodes this therapist leads or gave a session in."""
    return lambda therapist_id: roles.viewer(f"therapist {therapist_id}", "therapist", therapist_id=therapist_id)


@pytest.fixture(scope="session")
def sample_store_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small invented practice, closed. Copy it before changing it: the whole run shares it."""
    path = tmp_path_factory.mktemp("sample") / "small.duckdb"
    sample_data.make(path, sessions=600, seed=7, until=TODAY)
    return path


@pytest.fixture(scope="session")
def full_sample_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented practice a newcomer sees, closed. Copy it before changing it: the whole run shares it."""
    path = tmp_path_factory.mktemp("sample") / "full.duckdb"
    sample_data.make(path, sessions=sample_data.DEFAULT_SESSIONS, seed=sample_data.DEFAULT_SEED, until=TODAY)
    return path


@pytest.fixture
def sample_store(sample_store_path: Path, tmp_path: Path) -> Iterator[record_store.Store]:
    """A copy of the small invented practice, open."""
    opened = record_store.open_store(shutil.copy2(sample_store_path, tmp_path / "sample.duckdb"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Debian's Chromium. Without it browser tests are skipped on a person's machine and fail in the pipeline."""
    found = shutil.which("chromium")
    if found is None:
        reason = "no chromium on this machine: the browser tests need it (on Debian: apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found
