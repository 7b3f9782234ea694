"""What runs by the clock."""

from dbos import ScheduleInput

from daywork.jobs.workflows import back_up, forget, keep_feed, sweep

EVERY_MINUTE = "* * * * *"
EARLY_EVERY_NIGHT = "47 1 * * *"
EVERY_NIGHT = "17 2 * * *"
LATER_EVERY_NIGHT = "37 2 * * *"

SCHEDULES: list[ScheduleInput] = [
    {
        "schedule_name": "back_up",
        "workflow_fn": back_up,
        "schedule": EARLY_EVERY_NIGHT,
        "context": None,
    },
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
    {
        "schedule_name": "keep_feed",
        "workflow_fn": keep_feed,
        "schedule": LATER_EVERY_NIGHT,
        "context": None,
    },
]
