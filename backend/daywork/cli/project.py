"""daywork project add, daywork project approver add | remove | list."""

import argparse

from daywork.cli.frame import Commands, ask, show, show_table


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    group = commands.add_parser(
        "project", help="projects, and who approves their time"
    ).add_subparsers(required=True, metavar="ACTION")
    add = group.add_parser("add", help="make a project that people can work on")
    add.add_argument("name")
    add.add_argument("--not-billable", action="store_true", help="its hours are not billed")
    add.set_defaults(run=run_add)
    approver = group.add_parser(
        "approver", help="who sees and approves a project's time, whoever worked it"
    ).add_subparsers(required=True, metavar="ACTION")
    begin = approver.add_parser("add", help="let somebody approve a project, never their own time")
    begin.set_defaults(run=run_approver_add)
    end = approver.add_parser("remove", help="let somebody not see it any more")
    end.set_defaults(run=run_approver_remove)
    for parser in (begin, end):
        parser.add_argument("project", metavar="PROJECT_OR_ID")
        parser.add_argument("person", nargs="?", metavar="EMAIL_OR_NAME")
        parser.add_argument("--person-id", metavar="ID", help="where a name fits two people")
    listing = approver.add_parser("list", help="list who approves what")
    listing.set_defaults(run=run_approver_list)
    for parser in (add, begin, end, listing):
        parser.add_argument("--organisation", metavar="NAME_OR_ID", help="needed if several")
        parser.add_argument("--json", action="store_true", help="print one JSON object")


def run_add(options: argparse.Namespace) -> int:
    """Make a project."""
    names = ("name", "not_billable", "organisation")
    answer = ask("project add", {name: getattr(options, name) for name in names})
    show(answer, as_json=options.json, sentence=f"Added {answer['name']} ({answer['id']}).")
    return 0


def run_approver_add(options: argparse.Namespace) -> int:
    """Let somebody approve a project."""
    return _change(options, "project approver add", "approves")


def run_approver_remove(options: argparse.Namespace) -> int:
    """Let somebody not approve a project any more."""
    return _change(options, "project approver remove", "does not approve")


def run_approver_list(options: argparse.Namespace) -> int:
    """List who approves what."""
    answer = ask("project approver list", {"organisation": options.organisation})
    rows = [(one["project"]["name"], one["person"]["name"]) for one in answer["approvers"]]
    if rows and not options.json:
        show_table(("project", "approved by"), rows)
    else:
        show(answer, as_json=options.json, sentence="No project has approvers of its own.")
    return 0


def _change(options: argparse.Namespace, command: str, does: str) -> int:
    names = ("project", "person", "person_id", "organisation")
    answer = ask(command, {name: getattr(options, name) for name in names})
    person, project = answer["person"]["name"], answer["project"]["name"]
    show(answer, as_json=options.json, sentence=f"{person} {does} the time of {project}.")
    return 0
