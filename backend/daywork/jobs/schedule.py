"""What runs by the clock."""

from dbos import ScheduleInput

from daywork.jobs.workflows import sweep

EVERY_MINUTE = "* * * * *"

SCHEDULES: list[ScheduleInput] = [
    {
        "schedule_name": "sweep",
        "workflow_fn": sweep,
        "schedule": EVERY_MINUTE,
        "context": None,
    }
]
