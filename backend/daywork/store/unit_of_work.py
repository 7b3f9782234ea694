"""One transaction, and the subject stores that share it.

A use case is a plain function over a unit of work. It runs in the writer thread
on SQLite and under ``run_sync`` on PostgreSQL; the database facade opens the
transaction before and commits after it, so no use case commits by itself.
"""

from collections.abc import Callable
from functools import cached_property

from sqlalchemy.orm import Session

from daywork.store.approvals import ApprovalStore
from daywork.store.clock_seals import ClockSealStore
from daywork.store.closed_periods import ClosedPeriodStore
from daywork.store.conservation_tallies import ConservationTallyStore
from daywork.store.devices import DeviceStore
from daywork.store.erasure import ErasureStore
from daywork.store.feed_marks import FeedMarkStore
from daywork.store.hourly_rates import HourlyRateStore
from daywork.store.mappings import MappingStore
from daywork.store.operations import OperationStore
from daywork.store.organisations import OrganisationStore
from daywork.store.people import PersonStore
from daywork.store.postings import PostingStore
from daywork.store.projects import ProjectStore
from daywork.store.push_subscriptions import PushSubscriptionStore
from daywork.store.scopes import ScopeStore
from daywork.store.sync_alarms import SyncAlarmStore
from daywork.store.sync_questions import SyncQuestionStore
from daywork.store.time_entries import TimeEntryStore


class UnitOfWork:
    """The stores of one transaction. Made by ``Database.write`` and ``Database.read``."""

    def __init__(self, open_session: Callable[[], Session]) -> None:
        self._open_session = open_session
        self._opened: Session | None = None

    @cached_property
    def session(self) -> Session:
        """The session; only the store's own modules use it."""
        self._opened = self._open_session()
        return self._opened

    def finish(self) -> None:
        """Write what waits in the session and let go of its objects."""
        if self._opened is not None:
            self._opened.commit()  # Its savepoint: the transaction is the database facade's.
            self._opened.close()

    def abandon(self) -> None:
        """Let go of the session's objects without writing them."""
        if self._opened is not None:
            self._opened.expunge_all()
            self._opened.close()

    @cached_property
    def organisations(self) -> OrganisationStore:
        """Organisations and their counters."""
        return OrganisationStore(self.session)

    @cached_property
    def operations(self) -> OperationStore:
        """The operation log."""
        return OperationStore(self.session)

    @cached_property
    def time_entries(self) -> TimeEntryStore:
        """Time entries as they stand."""
        return TimeEntryStore(self.session)

    @cached_property
    def scopes(self) -> ScopeStore:
        """Approvers of projects, and what they see."""
        return ScopeStore(self.session)

    @cached_property
    def feed_marks(self) -> FeedMarkStore:
        """How far back the feed goes."""
        return FeedMarkStore(self.session)

    @cached_property
    def approvals(self) -> ApprovalStore:
        """Approved versions."""
        return ApprovalStore(self.session)

    @cached_property
    def people(self) -> PersonStore:
        """People and invites."""
        return PersonStore(self.session)

    @cached_property
    def devices(self) -> DeviceStore:
        """Devices and sessions."""
        return DeviceStore(self.session)

    @cached_property
    def projects(self) -> ProjectStore:
        """Projects and tasks."""
        return ProjectStore(self.session)

    @cached_property
    def push_subscriptions(self) -> PushSubscriptionStore:
        """Where devices can be told things."""
        return PushSubscriptionStore(self.session)

    @cached_property
    def mappings(self) -> MappingStore:
        """What people and projects are called in the ledger."""
        return MappingStore(self.session)

    @cached_property
    def hourly_rates(self) -> HourlyRateStore:
        """What hours cost and earn."""
        return HourlyRateStore(self.session)

    @cached_property
    def clock_seals(self) -> ClockSealStore:
        """Seals of long clocks."""
        return ClockSealStore(self.session)

    @cached_property
    def erasure(self) -> ErasureStore:
        """What takes entries out of the tables."""
        return ErasureStore(self.session)

    @cached_property
    def conservation_tallies(self) -> ConservationTallyStore:
        """The last count of where every recorded hour is."""
        return ConservationTallyStore(self.session)

    @cached_property
    def closed_periods(self) -> ClosedPeriodStore:
        """Up to which day time is closed."""
        return ClosedPeriodStore(self.session)

    @cached_property
    def sync_questions(self) -> SyncQuestionStore:
        """What people are asked about what did not arrive."""
        return SyncQuestionStore(self.session)

    @cached_property
    def sync_alarms(self) -> SyncAlarmStore:
        """What looked forged or broken."""
        return SyncAlarmStore(self.session)

    @cached_property
    def postings(self) -> PostingStore:
        """Postings and their batches."""
        return PostingStore(self.session)
