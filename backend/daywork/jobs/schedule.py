"""What runs by the clock."""

from dbos import ScheduleInput

from daywork.jobs.workflows import forget, sweep

EVERY_MINUTE = "* * * * *"
EVERY_NIGHT = "17 2 * * *"

SCHEDULES: list[ScheduleInput] = [
    {
        "schedule_name": "sweep",
        "workflow_fn": sweep,
        "schedule": EVERY_MINUTE,
        "context": None,
    },
    {
        "schedule_name": "forget",
        "workflow_fn": forget,
        "schedule": EVERY_NIGHT,
        "context": None,
    },
]
