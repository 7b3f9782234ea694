"""daywork conserve: where every recorded hour is."""

import argparse

from daywork.cli.frame import Commands, ask, show, show_table

UNCERTAIN = 1  # the exit status if an operation or a row does not add up


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser("conserve", help="count where every recorded hour is")
    parser.add_argument("--organisation", metavar="NAME_OR_ID", help="needed if several")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the operations and hours of each place; fail if something does not add up."""
    answer = ask("conserve", {"organisation": options.organisation})
    status = 0 if answer["whole"] else UNCERTAIN
    if options.json:
        show(answer, as_json=True, sentence="")
        return status
    rows = [
        (name, str(place["operations"]), _hours(place["worked_seconds"]))
        for name, place in answer["buckets"].items()
    ]
    show_table(("where", "operations", "hours"), rows)
    wrong = answer["wrong_rows"]
    sentence = "Every operation is in exactly one place, and every row is what the log means."
    if not answer["whole"]:
        sentence = (
            f"{answer['unaccounted']} operations are in no entry;"
            f" {len(wrong)} rows are not what the log means: {', '.join(wrong[:10])}"
        )
    show(answer, as_json=False, sentence=sentence)
    return status


def _hours(seconds: int) -> str:
    """Return whole hours, minutes and seconds, exactly."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
