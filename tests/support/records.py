"""Time records of an invented company, in the form of the preset ``daywork``.

Seeded, so that a failing run can be repeated. They have the quirks that real
records have: work that nobody or the employee approves, weeks of work booked on
one day, notes in several scripts, and people who only ever approve.
"""

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

COLUMNS = (
    *("work_date", "record", "employee", "approver", "project", "project_part"),
    *("service", "service_detail", "hours", "note"),
)
FIRST_DAY = date(2021, 1, 4)
NOTES = (
    "Pump 4: seal replaced",
    "Grüße an die Werkstatt, Schlüssel zurück",
    "Łódź – kotłownia, wymiana ½″ zaworu",
    "Visite d’été: chaudière n° 12",
    "Instalación en el ático, 2ª visita",
    "hex 0x92 \x92 from an old export",
    'said "later", then came; twice',
    "🛠 on the roof",
    "",
)
HOURS = ("0.25", "0.5", "0.7", "1", "1.75", "2.33", "3.5", "4", "6.9", "7", "7.5", "8", "11.25")
LONG_HOURS = ("24.01", "35", "77.5", "160", "2100.5")


@dataclass(frozen=True)
class GeneratedRecords:
    """The file's text and what has to come out of it."""

    text: str
    count: int
    seconds: int
    without_approver: int
    approved_by_self: int
    long: int


def generated_records(
    seed: int, count: int, *, employees: int = 12, days: int = 500
) -> GeneratedRecords:
    """Return ``count`` records of ``employees`` people over so many ``days``."""
    random = Random(seed)
    workers = [str(number) for number in random.sample(range(1, 90), employees)]
    approvers = [*workers[: max(1, employees // 3)], "91", "92"]
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    seconds = without_approver = approved_by_self = long = 0
    for number in range(count):
        employee = random.choice(workers)
        approver = random.choices(["NA", employee, random.choice(approvers)], [60, 13, 27])[0]
        hours = Decimal(random.choice(LONG_HOURS if random.random() < 0.05 else HOURS))
        without_approver += approver == "NA"
        approved_by_self += approver == employee
        long += hours > 24
        seconds += int(hours * 3600)
        project = random.randrange(1, 9)
        rows.writerow(
            (
                (FIRST_DAY + timedelta(days=random.randrange(days))).isoformat(),
                f"{1000 + number}-1",
                employee,
                approver,
                f"Site {project}",
                f"Part {project}{random.randrange(3)}",
                "Field",
                random.choice(("Repair", "Service", "Installation")),
                str(hours),
                random.choice(NOTES),
            )
        )
    return GeneratedRecords(
        out.getvalue(), count, seconds, without_approver, approved_by_self, long
    )
