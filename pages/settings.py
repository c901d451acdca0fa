"""Settings: what does this practice go by?"""

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from access import door
from analytics.episodes import LAPSED_AFTER_DAYS
from charts.words import counted
from instruments.own import takes_own
from pages.parts import figure, link, published, settings_form
from records import settings, store

viewer = door.require("settings.write")
here = store.current()
figure.style()

SECTIONS = {
    "practice": "Practice",
    "offices": "Offices",
    "therapists": "Therapists",
    "physicians": "Physicians",
    "injuries": "Injury types",
    "gap": "Gap rule",
    "scales": "Thresholds",
    "motion": "Motion",
}
LISTS = {
    # section: (list, one of it, what counts as using it)
    "offices": ("office", "office", "episode"),
    "therapists": ("therapist", "therapist", "episode"),
    "physicians": ("physician", "physician", "referral"),
    "injuries": ("injury_type", "injury type", "episode"),
}
LETTERHEAD = ("name", "phone", "fax", "address", "backup_folder")
THRESHOLD = settings.FIELDS["own_threshold"]
OF_A_SCALE = {name: THRESHOLD[name] for name in ("purpose", "region", "points", "percent", "confidence", "source")}
OF_A_MOVEMENT_ERROR = {
    "points": replace(THRESHOLD["points"], label="Degrees"),
    "raters": replace(THRESHOLD["raters"], needed=True),
    "confidence": THRESHOLD["confidence"],
    "source": THRESHOLD["source"],
}
NEW = 0  # no id is 0


def edit_practice(names: tuple[str, ...], about: str) -> None:
    """Some fields of the practice's one row."""
    stands = settings.practice(here, viewer)
    form = f"practice_{names[0]}"
    ver = settings_form.token(form, int(stands["ver"]))
    with st.form(f"{form}_{ver}", border=False, width=740):
        st.markdown(about)
        shown = {name: settings.FIELDS["practice"][name] for name in names}
        values = settings_form.fields(f"{form}_{ver}", shown, stands, {})
        if st.form_submit_button("Save", key=f"go_{form}", type="primary"):
            settings_form.saved(form, lambda: settings.save_practice(here, viewer, ver, values), values)
    settings_form.show_what_was_said()


def edit_entry(
    what: settings.List,
    one: str,
    rows: pd.DataFrame,
    labels: dict[int, str],
    shown: dict[str, settings.Field],
    fixed: dict[str, Any],
) -> None:
    """Choose one entry or a new one, and write it; take it off the list, or bring one back.

    Parameters
    ----------
    rows : DataFrame
        As `settings.listed` returns it, narrowed to what the section is about.
    labels : dict
        Id to how the entry is called where it is chosen.
    shown : dict
        The fields of the form; `fixed` are the ones the section has decided.
    """
    rows = rows.set_index(rows.columns[0])
    standing = rows.index[~rows["withdrawn"].astype(bool)]
    offered = {NEW: f"A new {one}"} | {int(row_id): labels[int(row_id)] for row_id in standing}
    place = "_".join([what, *(str(value) for value in fixed.values())])
    chosen = st.selectbox("Add or change", list(offered), format_func=offered.get, key=f"{place}_chosen", width=520)
    stands = {} if chosen == NEW else rows.loc[chosen].to_dict()
    form = f"{place}_{chosen}"
    token = settings_form.token(form, None if chosen == NEW else int(stands["ver"]))
    with st.form(f"{form}_{token}", border=False, width=740):
        offices = office_names(stands.get("office_id")) if "office_id" in shown else {}
        values = settings_form.fields(f"{form}_{token}", shown, stands, offices)
        with st.container(horizontal=True):
            save = st.form_submit_button("Add" if chosen == NEW else "Save", key=f"go_{form}", type="primary")
            away = chosen != NEW and st.form_submit_button("Withdraw", key=f"away_{form}")
        if save and chosen == NEW:
            given = values | fixed
            settings_form.saved(
                form, lambda: settings.add(here, viewer, what, given, idempotency_key=f"{form} {token}"), values
            )
        elif save:
            settings_form.saved(form, lambda: settings.change(here, viewer, what, chosen, token, values), values)
        elif away:
            settings_form.saved(form, lambda: settings.withdraw(here, viewer, what, chosen, token))
    settings_form.show_what_was_said()
    bring_back(what, place, rows[rows["withdrawn"].astype(bool)], labels)


def bring_back(what: settings.List, place: str, gone: pd.DataFrame, labels: dict[int, str]) -> None:
    """The withdrawn entries, and the way back for each."""
    if gone.empty:
        return
    with st.expander(f":gray[Withdrawn: {len(gone)}]", type="compact", key=f"behind_{place}"):
        back = st.selectbox(
            "Bring back", [int(row_id) for row_id in gone.index], format_func=labels.get, key=f"{place}_gone", width=520
        )
        if st.button("Bring back", key=f"back_{place}"):
            settings_form.saved(
                f"{place}_{back}", lambda: settings.restore(here, viewer, what, back, int(gone.at[back, "ver"]))
            )


def office_names(kept: int | None) -> dict[int, str]:
    """The offices that may be chosen: those that stand, and the one chosen before."""
    rows = settings.listed(here, viewer, "office")
    return {
        int(row.office_id): f"{row.name} (withdrawn)" if row.withdrawn else row.name
        for row in rows.itertuples(index=False)
        if not row.withdrawn or row.office_id == kept
    }


def edit_list(section: str) -> None:
    """One of the practice's lists as a table, and the form for one entry."""
    what, one, user = LISTS[section]
    rows = settings.listed(here, viewer, what)
    standing = rows[~rows["withdrawn"].astype(bool)]
    st.header(SECTIONS[section], anchor=False)
    figure.quiet(
        f"{counted(len(standing), one)} to choose from. An entry that is withdrawn is offered no more; every {user} it"
        " was used for keeps its name."
    )
    if not standing.empty:
        names = {name: field.label for name, field in settings.FIELDS[what].items()}
        table = standing[list(names)].assign(used=standing["in_use"])
        for name, field in settings.FIELDS[what].items():
            if field.kind == "office":
                known = office_names(None) | {
                    int(office): office_names(office)[int(office)] for office in table[name].dropna()
                }
                table[name] = [None if pd.isna(office) else known[int(office)] for office in table[name]]
            elif name in settings_form.WORDS:
                table[name] = table[name].map(settings_form.WORDS[name])
        st.dataframe(
            table.rename(columns=names | {"used": f"{user.capitalize()}s"}),
            hide_index=True,
            height="content" if len(table) <= 12 else 440,
            placeholder=settings_form.NONE,
            alt=f"{SECTIONS[section]} to choose from, by name",
        )
    labels = {int(row[0]): row.name for row in rows.itertuples(index=False)}
    edit_entry(what, one, rows, labels, settings.FIELDS[what], {})


def number_label(row: Any) -> str:
    """How an own number is called where it is chosen."""
    parts = [settings_form.WORDS["purpose"][row.purpose]]
    parts.append(
        settings_form.WORDS["raters"][row.raters]
        if row.raters
        else settings_form.WORDS["region"].get(row.region, "any region")
    )
    return f"{parts[0].capitalize()} {row.points:g}, {parts[1]}"


def reference_label(row: Any) -> str:
    """How an own reference is called where it is chosen."""
    span = f"{row.low_deg:g}" if row.high_deg in (None, row.low_deg) else f"{row.low_deg:g} to {row.high_deg:g}"
    whom = [row.motion_type, {"female": "women", "male": "men"}.get(row.sex)]
    if row.age_from is not None or row.age_to is not None:
        whom.append(f"aged {0 if row.age_from is None else row.age_from} to {row.age_to or 'any age'}")
    return f"{span}°, {', '.join(part for part in whom if part)}"


def show_numbers(table: pd.DataFrame, of: str) -> None:
    """The numbers that are used, with their sources and how sure they are; behind them all the others."""
    unused = table["Used"].str.startswith("no")
    columns = {"For whom": st.column_config.TextColumn(width=260), "Used": st.column_config.TextColumn(width=190)}
    st.dataframe(
        table[~unused],
        hide_index=True,
        placeholder=settings_form.NONE,
        column_config=columns,
        height="content",
        alt=f"The numbers used for {of}: what, how much, for whom, source, how sure it is, and when it is used",
    )
    if unused.any():
        with st.expander(f":gray[Known and not used: {unused.sum()}]", type="compact", key="behind_unused"):
            st.dataframe(
                table[unused],
                hide_index=True,
                placeholder=settings_form.NONE,
                column_config=columns,
                alt=f"The published numbers of {of} that are not used, and why",
            )


def edit_scales() -> None:
    """The numbers behind the verdicts on a scale."""
    st.header("Thresholds", anchor=False)
    st.markdown(
        "A change is called better or worse when it passes the error of measuring and the change that matters. Every"
        " number below names its source. Where your practice has a better one, set it here: it stands before the"
        " published ones, every page says that it is yours, and it is never called verified.",
        width=740,
    )
    scales = {key: scale.name for key, scale in here.instruments.scales().items() if takes_own(scale)}
    with st.container(width=520):
        key = link.select("Scale", "scale", dict(sorted(scales.items(), key=lambda item: item[0] != "nprs")))
    scale = here.instruments.scale(key)
    figure.quiet(f"{scale.name}: {scale.lowest:g} to {scale.highest:g} {scale.unit}, {scale.better} is better.")
    show_numbers(published.of_scale(scale), scale.name)
    rows = settings.listed(here, viewer, "own_threshold")
    rows = rows[rows["scale"] == scale.key]
    labels = {int(row[0]): number_label(row) for row in rows.itertuples(index=False)}
    st.subheader("Your own numbers", anchor=False)
    figure.quiet(
        f"The number is in {scale.unit}. Without a region it stands for every region. A percent of the start goes with"
        " an important change; left empty, the published one goes on being asked."
    )
    edit_entry("own_threshold", "number of your own", rows, labels, OF_A_SCALE, {"scale": scale.key})


def edit_motion() -> None:
    """The errors and references behind what is said of a movement."""
    st.header("Motion", anchor=False)
    st.markdown(
        "Motion is held against its error of measuring alone; no motion has an accepted important change. A reference"
        " is what a reading is shown against. An error you set here goes before the one measured from your repeat"
        " readings and before the published ones.",
        width=740,
    )
    known = {
        f"{joint}.{code}": movement.name for (joint, code), movement in sorted(here.instruments.movements().items())
    }
    with st.container(width=520):
        joint, code = link.select("Movement", "movement", known).split(".")
    movement = here.instruments.movement(joint, code)
    figure.quiet(f"{movement.name}: read from {movement.lowest_deg:g} to {movement.highest_deg:g} degrees.")
    show_numbers(published.of_movement(movement), movement.name)
    fixed = {"joint": joint, "movement": code}
    kinds = {"error": "Error of measuring", "reference": "Reference"}
    kind = link.segments("Set your own", "own", kinds)
    rows = settings.listed(here, viewer, "own_threshold" if kind == "error" else "own_reference")
    rows = rows[(rows["joint"] == joint) & (rows["movement"] == code)]
    named = number_label if kind == "error" else reference_label
    labels = {int(row[0]): named(row) for row in rows.itertuples(index=False)}
    if kind == "error":
        edit_entry(
            "own_threshold", "error of your own", rows, labels, OF_A_MOVEMENT_ERROR, {"purpose": "error", **fixed}
        )
    else:
        shown = {name: field for name, field in settings.FIELDS["own_reference"].items() if name not in fixed}
        edit_entry("own_reference", "reference of your own", rows, labels, shown, fixed)


def edit_gap() -> None:
    """After how many days without a visit an episode is over."""
    st.header("Gap rule", anchor=False)
    edit_practice(
        ("closed_after_days",),
        "After so many days without a visit, and none booked, an episode is over: its outcome counts. Exactly so many"
        " days are still care, and a client who comes back to it opens it again. An episode is called lapsed"
        f" after {LAPSED_AFTER_DAYS} days whatever is chosen here. No standard was found: practices take 30, 45, 60 or"
        " 90, and Caseload shows how many episodes each would close.",
    )


st.title("What does this practice go by?", anchor=False)
section = link.segments("Section", "section", SECTIONS)
match section:
    case "practice":
        st.header("Practice", anchor=False)
        edit_practice(
            LETTERHEAD,
            "This is how pages and letters name you. Backups are written into the folder, best on another disk; it is"
            " made if it is not there.",
        )
    case "gap":
        edit_gap()
    case "scales":
        edit_scales()
    case "motion":
        edit_motion()
    case _:
        edit_list(section)
