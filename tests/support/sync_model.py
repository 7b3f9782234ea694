"""An executable model of phones and a server that fail in every known way.

Devices edit, lose connections, are cloned and reinstalled; the server is set back
to an old backup and commits slowly. After all has healed nothing may be lost,
doubled or silently overwritten. The model merges with the product's own core;
only the network, the log and the devices are simplified.

Five mistakes that are easily made can be switched on (``Mistake``). A model that
does not fail with them would prove nothing.
"""

import random
from dataclasses import dataclass

from daywork.core.merge import projected
from support.sync_model_device import Device, Truth
from support.sync_model_server import Log, Mistake, Server

STEPS_MAX = 100
DEVICES_MAX = 6
HEALTHY_ROUNDS = 25
LAST_ROUNDS = 2  # One to notice a clone in a row that was held, one to pull again.

# How often what happens: an ordinary week, a storm of rollbacks and clones, and a
# hard month of rollbacks and new phones in which the server loses patience.
EVENTS = ("edit", "sync", "commit", "back up", "restore", "clone", "reinstall", "give up")
WEATHER = (
    (45, 35, 3, 6, 4, 5, 2, 1),
    (35, 35, 2, 7, 10, 10, 1, 4),
    (35, 35, 2, 5, 8, 0, 8, 10),
)
CALM = (45, 35, 20, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run that broke no rule has seen."""

    operations: int
    restores: int
    clones: int
    reinstalls: int
    given_up: int
    false_conflicts: int


def run(
    seed: int, mistakes: frozenset[Mistake] = frozenset(), *, has_faults: bool = True
) -> Outcome:
    """Play one random story, heal everything and check what must hold.

    Raises: AssertionError that begins with the broken rule's name.
    """
    chance = random.Random(seed)
    world = _World(Server(mistakes), chance)
    for _ in range(chance.randint(10, STEPS_MAX)):
        world.step(has_faults=has_faults)
    return world.healed_outcome()


class _World:
    """All devices, the server and the truth about who has seen what."""

    def __init__(self, server: Server, chance: random.Random) -> None:
        self.server = server
        self.chance = chance
        self.truth: Truth = {}
        self.devices = [Device(server, f"d{n}") for n in range(chance.randint(2, 4))]
        self.weights = chance.choice(WEATHER)
        self.backups: list[Log] = []
        self.counts = {"restores": 0, "clones": 0, "reinstalls": 0}

    def step(self, *, has_faults: bool) -> None:
        """Let one thing happen."""
        weights = self.weights if has_faults else CALM
        what = self.chance.choices(EVENTS, weights)[0]
        place = self.chance.randrange(len(self.devices))
        device = self.devices[place]
        if what == "edit":
            device.edit(self.chance, self.truth)
        elif what == "sync":
            device.sync(self.chance, self.truth, is_healthy=False)
        elif what == "commit":
            self.server.commit_all()
        elif what == "give up":
            self.server.give_up_waiting()
        elif what == "back up":
            self.backups.append(self.server.log.copy())
        elif what == "restore" and self.backups:
            self.server.restore(self.chance.choice(self.backups))
            self.counts["restores"] += 1
        elif what == "clone" and len(self.devices) < DEVICES_MAX:
            self.devices.append(device.clone())
            self.counts["clones"] += 1
        elif what == "reinstall":
            self.devices[place] = Device(self.server, device.name + "+")
            self.counts["reinstalls"] += 1

    def healed_outcome(self) -> Outcome:
        """Let everybody sync until nothing is left, then check the rules."""
        self.server.commit_all()
        for _ in range(HEALTHY_ROUNDS):
            self._sync_all()
        self.server.give_up_waiting()
        for _ in range(LAST_ROUNDS):
            self._sync_all()
        self._check_nothing_is_lost()
        self._check_all_agree()
        self._check_the_row_is_the_projection()
        false_conflicts = self._check_nothing_is_silently_overwritten()
        self._check_nothing_is_doubled()
        return Outcome(
            operations=len(self.server.log.writes),
            given_up=self.server.given_up,
            false_conflicts=false_conflicts,
            **self.counts,
        )

    def _sync_all(self) -> None:
        for device in self.devices:
            device.sync(self.chance, self.truth, is_healthy=True)

    def _check_nothing_is_lost(self) -> None:
        stored = {write.id for write in self.server.log.writes.values()}
        for device in self.devices:
            for write in device.archive:
                assert write.id in stored, "no_lost_op"

    def _check_all_agree(self) -> None:
        for device in self.devices:
            assert device.view == self.server.log.rows, "convergence"

    def _check_the_row_is_the_projection(self) -> None:
        for entry, row in self.server.log.rows.items():
            live = {group: cell for group, cell in row.cells.items() if cell}
            assert projected(self.server.log.changes[entry]) == live, "apply == project"

    def _check_nothing_is_silently_overwritten(self) -> int:
        """Return how many values live on although somebody who saw them wrote."""
        log = self.server.log
        real = [write for dot, write in log.writes.items() if dot not in log.aliases]
        false_conflicts = 0
        for write in real:
            for group in write.groups:
                live = log.rows[write.entry].cells[group].values()
                was_replaced = any(
                    other.entry == write.entry
                    and group in other.groups
                    and write.id in self.truth[(other.id, group)]
                    for other in real
                )
                if write.id in live:
                    false_conflicts += was_replaced
                else:
                    assert was_replaced, "no_silent_overwrite"
        return false_conflicts

    def _check_nothing_is_doubled(self) -> None:
        for row in self.server.log.rows.values():
            for live in row.cells.values():
                assert len(set(live.values())) == len(live), "exactly_once_effect"
