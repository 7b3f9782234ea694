"""daywork device list and revoke, and what looked forged: daywork alarms."""

import argparse

from daywork.cli.frame import Commands, ask, show, show_table


def add_parser(commands: Commands) -> None:
    """Add the commands to the command line."""
    group = commands.add_parser("device", help="phones").add_subparsers(
        required=True, metavar="ACTION"
    )
    listed = group.add_parser("list", help="show all phones")
    revoke = group.add_parser("revoke", help="take a stolen phone out of use at once")
    revoke.add_argument("device", help="as `daywork device list` shows it")
    alarms = commands.add_parser("alarms", help="show what looked forged or broken")
    for action, run in ((listed, run_list), (revoke, run_revoke), (alarms, run_alarms)):
        action.add_argument("--organisation", metavar="NAME_OR_ID", help="needed if several")
        action.add_argument("--json", action="store_true", help="print one JSON object")
        action.set_defaults(run=run)


def run_list(options: argparse.Namespace) -> int:
    """Show every phone with its person and what it announced."""
    answer = ask("device list", {"organisation": options.organisation})
    if options.json or not answer["devices"]:
        show(answer, as_json=options.json, sentence="There is no device yet.")
        return 0
    rows = [
        (
            one["device"],
            one["person"],
            one["label"],
            one["last_contact"] or "never",
            str(one["pending"] or 0),
            one["reason"] or "",
        )
        for one in answer["devices"]
    ]
    show_table(("device", "person", "label", "last contact", "not sent", "retired"), rows)
    return 0


def run_revoke(options: argparse.Namespace) -> int:
    """Revoke a phone; what it still sends is kept in quarantine."""
    answer = ask("device revoke", {"device": options.device, "organisation": options.organisation})
    sentence = f"Revoked {answer['device']}. What it still sends waits in `daywork sync waiting`."
    show(answer, as_json=options.json, sentence=sentence)
    return 0


def run_alarms(options: argparse.Namespace) -> int:
    """Show what no honest phone does."""
    answer = ask("alarms", {"organisation": options.organisation})
    if options.json or not answer["alarms"]:
        show(answer, as_json=options.json, sentence="Nothing looked forged.")
        return 0
    rows = [
        (one["kind"], one["device"], one["label"], str(one["count"]), one["last_at"])
        for one in answer["alarms"]
    ]
    show_table(("kind", "device", "label", "times", "last"), rows)
    return 0
