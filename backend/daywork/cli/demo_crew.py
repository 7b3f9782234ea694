"""The company of the demo, all of it invented: people, jobs, and one week of work.

Times are local, in the company's zone. The story of the week (a conflict, a return,
a job that nobody has mapped, a phone that was off) is told in ``demo_week``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

COMPANY: Final = "Fennick & Daughters"
TIME_ZONE: Final = "Europe/Berlin"
CURRENCY: Final = "EUR"

MANAGER: Final = "Greta Fennick"
OFFICE: Final = "Odile Marsh"
ANA: Final = "Ana Brandt"
MAREK: Final = "Marek Zielony"
LUCA: Final = "Luca Ferri"
NOOR: Final = "Noor Haddad"
SAMUEL: Final = "Samuel Okoye"
HELENE: Final = "Hélène Roux"
WORKERS: Final = (ANA, MAREK, LUCA, NOOR, SAMUEL, HELENE)

HOTEL: Final = "Harbour Hotel, boilers"
SCHOOL: Final = "Linden School, ventilation"
FLATS: Final = "Mill Flats, bathrooms"
DOME: Final = "Observatory, dome motor"
PROJECTS: Final[Mapping[str, Sequence[str]]] = {
    HOTEL: ("Service", "Repair"),
    SCHOOL: ("Installation", "Commissioning"),
    FLATS: ("Installation", "Repair"),
}
UNMAPPED: Final = DOME  # Added later than the others, and nobody has told the ledger.
LABOUR_RATES: Final[Mapping[str, str]] = {ANA: "31.50", MAREK: "29.00", NOOR: "33.00"}
BILLING_RATES: Final[Mapping[str, str]] = {HOTEL: "68.00", SCHOOL: "64.00"}


@dataclass(frozen=True, slots=True)
class Shift:
    """A piece of a day on one job; ``pause`` is an unpaid break within it."""

    day: int  # 0 is Monday.
    start: str  # "07:00"
    end: str
    project: str
    task: str | None
    note: str = ""
    pause: tuple[str, str] | None = None
    is_billable: bool = True


LUNCH: Final = ("12:00", "12:30")
EARLY_LUNCH: Final = ("11:30", "12:00")

WEEK: Final[Mapping[str, Sequence[Shift]]] = {
    ANA: (
        Shift(0, "07:00", "15:30", HOTEL, "Repair", "pump 4, seal replaced", LUNCH),
        Shift(1, "07:00", "15:45", HOTEL, "Repair", "", LUNCH),
        Shift(2, "07:00", "12:00", HOTEL, "Service"),
        Shift(2, "12:30", "15:30", FLATS, "Repair", "leak on the 2nd floor"),
        Shift(3, "06:45", "15:15", FLATS, "Repair", "", LUNCH),
        Shift(4, "07:00", "13:00", HOTEL, "Service", "yearly service"),
    ),
    MAREK: (
        Shift(0, "07:30", "16:00", SCHOOL, "Installation", "ducts, ground floor", LUNCH),
        Shift(1, "07:30", "16:00", SCHOOL, "Installation", "", LUNCH),
        Shift(2, "07:30", "16:30", SCHOOL, "Installation", "ducts, 1st floor", LUNCH),
        Shift(3, "07:00", "19:30", SCHOOL, "Installation", "fans"),
        Shift(4, "07:30", "13:30", SCHOOL, "Installation"),
    ),
    LUCA: (
        Shift(0, "08:00", "16:30", FLATS, "Installation", "", LUNCH),
        Shift(1, "08:00", "16:30", FLATS, "Installation", "tiles came late", LUNCH),
        Shift(2, "08:00", "16:15", FLATS, "Installation", "", LUNCH),
        Shift(3, "08:00", "16:30", FLATS, "Installation", "", LUNCH, is_billable=False),
        Shift(4, "08:00", "14:00", FLATS, "Installation"),
    ),
    NOOR: (
        Shift(0, "07:00", "11:00", SCHOOL, "Commissioning"),
        Shift(0, "11:30", "15:30", HOTEL, "Service"),
        Shift(1, "07:00", "15:30", SCHOOL, "Commissioning", "measuring air flow", EARLY_LUNCH),
        Shift(2, "07:00", "15:30", SCHOOL, "Commissioning", "", EARLY_LUNCH),
        Shift(3, "07:00", "15:30", HOTEL, "Repair", "burner 2 ½″ nozzle", EARLY_LUNCH),
        Shift(4, "07:00", "12:30", HOTEL, "Repair"),
    ),
    SAMUEL: (
        Shift(0, "07:00", "15:30", FLATS, "Repair", "", LUNCH),
        Shift(1, "07:00", "15:30", HOTEL, "Service", "", LUNCH),
        Shift(2, "07:00", "15:30", HOTEL, "Service", "", LUNCH),
        Shift(3, "07:00", "15:30", FLATS, "Installation", "", LUNCH),
        Shift(4, "07:00", "14:30", FLATS, "Installation", "phone was off until Monday", LUNCH),
    ),
    HELENE: (
        Shift(0, "08:30", "17:00", HOTEL, "Service", "", LUNCH),
        Shift(1, "08:30", "17:00", SCHOOL, "Commissioning", "réglage des bouches", LUNCH),
        Shift(2, "08:30", "17:00", SCHOOL, "Commissioning", "", LUNCH),
        Shift(3, "08:30", "17:00", FLATS, "Repair", "", LUNCH),
        Shift(4, "08:30", "15:00", DOME, None, "new job, no number yet", LUNCH),
    ),
}

CONFLICT_OWNER: Final = ANA
CONFLICT_SHIFT: Final = 3  # Wednesday's second job, ended twice on two devices.
PHONE_END: Final = "16:30"
TABLET_END: Final = "16:00"

RETURN_OWNER: Final = MAREK
RETURN_SHIFT: Final = 3  # Thursday, too long and without a break.
RETURN_REASON: Final = "Twelve and a half hours without a break? Please check the end."
CORRECTED_END: Final = "15:30"

LATE_OWNER: Final = SAMUEL
LATE_SHIFT: Final = 4  # Friday, on a phone that was off.
