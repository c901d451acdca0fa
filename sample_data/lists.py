"""What the invented practice is made from: the .toml files of this folder, read once, as arrays to index into."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import instruments
from sample_data.draws import NONE

HERE = Path(__file__).parent
SIDES = ("left", "right", "both", "midline")
LEFT, RIGHT, BOTH, MIDLINE = range(4)
REGIONS = tuple(instruments.REGIONS)


@dataclass(frozen=True)
class Injuries:
    """The injury types, one row each, in the order of injuries.toml; codes index the tuples beside them."""

    ids: np.ndarray
    share: np.ndarray
    visits: np.ndarray
    pain: np.ndarray
    women_only: np.ndarray
    youngest: np.ndarray
    oldest: np.ndarray
    causes: tuple[str, ...]
    cause_weights: np.ndarray
    region_weights: np.ndarray
    side_weights: np.ndarray
    second_region: np.ndarray
    scales: tuple[str, ...]
    scale: np.ndarray
    techniques: tuple[str, ...]
    technique: np.ndarray
    diagnoses: tuple[str, ...]
    dailies: tuple[str, ...]
    activities: tuple[str, ...]
    landmarks: tuple[str, ...]
    girths_cm: np.ndarray
    motion: np.ndarray

    def place_of(self, injury_type_id: int) -> int:
        """The row of an injury type's id."""
        return int(np.flatnonzero(self.ids == injury_type_id)[0])


@dataclass(frozen=True)
class Motions:
    """Every movement the injuries measure, one row for each time it is named; degrees."""

    joint: tuple[str, ...]
    movement: tuple[str, ...]
    usual: np.ndarray
    spread: np.ndarray
    missing_at_start: np.ndarray
    sided: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray


@cache
def read(name: str) -> dict[str, Any]:
    """One .toml file of this folder."""
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def injuries() -> Injuries:
    """The injury types of injuries.toml."""
    rows = read("injuries")["injury"]
    causes = tuple(sorted({cause for row in rows for cause in row["causes"]}))
    scales = tuple(sorted({row["scale"] for row in rows}))
    techniques = tuple(sorted({technique for row in rows for technique in row["techniques"]}))
    most_motions = max(len(row["motions"]) for row in rows)
    girths = next(row["girths_cm"] for row in rows if "girths_cm" in row)
    motion, used = np.full((len(rows), most_motions), NONE), 0
    for place, row in enumerate(rows):
        motion[place, : len(row["motions"])] = range(used, used + len(row["motions"]))
        used += len(row["motions"])
    return Injuries(
        ids=np.array([row["id"] for row in rows]),
        share=np.array([row["share"] for row in rows]),
        visits=np.array([row["visits"] for row in rows], float),
        pain=np.array([row["pain"] for row in rows], float),
        women_only=np.array([row.get("sex") == "female" for row in rows]),
        youngest=np.array([row.get("ages", [16, 84])[0] for row in rows]),
        oldest=np.array([row.get("ages", [16, 84])[1] for row in rows]),
        causes=causes,
        cause_weights=_weights([row["causes"] for row in rows], causes),
        region_weights=_weights([row["regions"] for row in rows], REGIONS),
        side_weights=_weights([row["sides"] for row in rows], SIDES),
        second_region=np.array([REGIONS.index(row["second_region"]) for row in rows]),
        scales=scales,
        scale=np.array([scales.index(row["scale"]) for row in rows]),
        techniques=techniques,
        technique=np.array([[techniques.index(name) for name in row["techniques"]] for row in rows]),
        diagnoses=tuple(row["diagnosis"] for row in rows),
        dailies=tuple(row["daily"] for row in rows),
        activities=tuple(activity for row in rows for activity in row["activities"]),
        landmarks=tuple(landmark for landmark, _ in girths),
        girths_cm=np.array([[cm for _, cm in row.get("girths_cm", [])] or [np.nan] * len(girths) for row in rows]),
        motion=motion,
    )


@cache
def motions() -> Motions:
    """The movements of injuries.toml, with the bounds instruments/ has for them."""
    rows = [row for injury in read("injuries")["injury"] for row in injury["motions"]]
    known = [instruments.movement(joint, movement) for joint, movement, *_ in rows]
    usual, spread, missing = np.array([row[2:] for row in rows], float).T
    return Motions(
        joint=tuple(row[0] for row in rows),
        movement=tuple(row[1] for row in rows),
        usual=usual,
        spread=spread,
        missing_at_start=missing,
        sided=np.array([movement.sided for movement in known]),
        lowest=np.array([movement.lowest_deg for movement in known], float),
        highest=np.array([movement.highest_deg for movement in known], float),
    )


def _weights(choices: list[dict[str, float]], names: tuple[str, ...]) -> np.ndarray:
    table = np.zeros((len(choices), len(names)))
    for place, choice in enumerate(choices):
        for name, weight in choice.items():
            table[place, names.index(name)] = weight
    return table / table.sum(axis=1, keepdims=True)
