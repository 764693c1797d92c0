"""The examiner's desk: one session, open, with its ledger, its lease and its state in memory.

State changes only through `write`: after the ledger has it, or, while the disk takes nothing, with
what `waiting` keeps.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from examrunner.domain.errors import Environment, Refused
from examrunner.domain.exam import events as ev
from examrunner.domain.exam.attempts import Attempt, bare, fold
from examrunner.domain.exam.moments import seconds_between
from examrunner.domain.exam.phases import Phase
from examrunner.services.known import Known
from examrunner.services.waiting import Batch, Waiting
from examrunner.storage.database.drafts import Draft, NotSaved

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from examrunner.domain.exam.chain import Event
    from examrunner.domain.exam.moments import Moment
    from examrunner.domain.exam.settings import Settings
    from examrunner.services.copier import Copier
    from examrunner.services.ports import ClockPort, Entropy
    from examrunner.storage.database.drafts import Exposure
    from examrunner.storage.lock import SessionLock

LEASE_BEAT_SECONDS = 10
"""The lease's heartbeat; every event is one as well (design, section 4)."""
LONGEST_SLEEP = 5
"""Seconds of the machine's sleep between two beats that need not be asked about."""
SMALLEST_JUMP = timedelta(seconds=2)
"""A wall clock that goes so far wrong in one go was set, not steered."""


class Desk(Known):
    """A session that this process alone may write.

    Made by `services.opening`. In a draft session there is no ledger yet: the first write
    commits and opens it.
    """

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        *,
        lock: SessionLock,
        clock: ClockPort,
        entropy: Entropy,
        actor: str,
    ) -> None:
        super().__init__(folder, settings)
        self.clock = clock
        self.entropy = entropy
        self.actor = actor
        self.lock = lock
        self.last_seen: Moment | None = None
        self.put_off: Moment | None = None
        """The `last_seen` of a break that the examiner leaves open for now."""
        """Since when a break is still to be judged: the program was gone or stood still."""
        self.saved: Event | None = None
        """The event saved last."""
        self.waiting = Waiting()
        """What the disk has not taken yet."""
        self._last = ""
        """Hash of the last event that is on disk."""
        self.public: str | None = None
        """P of the draw spec, once it was given; `-` says that none takes part."""
        self.record_id = ""
        """Hash of the record's first event: it tells records of one name apart."""
        self.left_over = ""
        """What became, at the opening, of events that an earlier process could not save."""
        self.copier: Copier | None = None
        """Keeps mirror and backups; None in a draft session."""
        self.second: Path | None = None
        """A further folder for copies, such as a USB stick."""
        self.is_watching = False
        """This process only looks on."""
        self._lease_beat: Moment | None = None
        self._last_beat: Moment | None = None
        self._slept = 0.0
        self._told_clock: Moment | None = None

    @property
    def is_shut_out(self) -> bool:
        """Whether another process has taken the session over."""
        return self.ledger is not None and self.ledger.is_shut_out

    # --- writing -------------------------------------------------------------------------

    def write(
        self, drafts: Sequence[Draft], *, exposures: Sequence[Exposure] = ()
    ) -> tuple[Event, ...]:
        """Save events, then change the state in memory.

        Where the disk does not take them they wait in memory, in order: the state changes all
        the same, and `waiting` says so until they are saved. Raises Refused where the lease is
        lost, NotSaved for what no disk could take; in both cases nothing has changed.
        """
        if self.is_watching:
            raise Refused("This window only watches.", "The exam goes on in the other one.")
        if self.ledger is None:
            raise Refused("The session is not committed yet.")
        moment = self.clock.now()
        batch = Batch((*self._clock_was_set(moment), *drafts), moment, tuple(exposures))
        if self.waiting:
            return self._let_wait(batch)
        try:
            events = self._save(batch)
        except NotSaved as fault:
            if not fault.may_pass:
                raise
            self.waiting.failed(moment, self.clock.now(), fault.message)
            return self._let_wait(batch)
        self._heard_of(moment)
        self._copy(batch.drafts)
        return events

    def _copy(self, drafts: Iterable[Draft]) -> None:
        """Let the mirror have what was saved, and after a verdict make a backup."""
        if self.copier is None:
            return
        self.copier.saved()
        if any(isinstance(draft.what, ev.Decided | ev.Corrected) for draft in drafts):
            self.copier.copy()

    def _save(self, batch: Batch) -> tuple[Event, ...]:
        """Save a batch and take its events over. Raises as the ledger's `append` does."""
        assert self.ledger is not None
        folded: dict[str, Attempt] = {}
        listed: dict[str, list[Event]] = {}

        def states(events: tuple[Event, ...]) -> Iterable[Attempt]:
            folded.clear()
            listed.clear()
            for event in events:
                if event.attempt is not None:
                    own = listed.setdefault(event.attempt, list(self.events(event.attempt)))
                    own += [] if event in own else [event]
            folded.update({name: self._folded(name, own) for name, own in listed.items()})
            return folded.values()

        try:
            for name in _named(batch.drafts):
                self.events(name)  # read before the transaction begins
        except Environment as fault:
            raise NotSaved(f"NOT SAVED: {fault.message}", "Write it on paper.", batch.drafts) from (
                fault
            )
        events = self.ledger.append(
            batch.drafts, batch.moment, self.actor, states=states, exposures=batch.exposures
        )
        self._take(events, folded, listed, batch)
        self._last = events[-1].hash
        return events

    def _take(
        self,
        events: tuple[Event, ...],
        folded: Mapping[str, Attempt],
        listed: Mapping[str, list[Event]],
        batch: Batch,
    ) -> None:
        for attempt in folded.values():
            self._add(attempt)
        self._events.update(listed)
        self.heed(events)
        texts = {draft.id: draft.text for draft in batch.drafts if draft.text is not None}
        self._texts.update(texts)
        self.saved = events[-1]

    def _folded(self, name: str, own: list[Event]) -> Attempt:
        """Return an attempt after its events; taking back needs all of them again."""
        attempt, new = self._known(name), own[len(self._events[name]) :]
        if any(isinstance(event.what, ev.Undone | ev.Redone) for event in new):
            return fold(bare(name), own)
        return fold(attempt, new)

    def _known(self, name: str) -> Attempt:
        """Return an attempt, also one that is only being granted."""
        return self._attempts.get(name) or bare(name)

    def _let_wait(self, batch: Batch) -> tuple[Event, ...]:
        """Go on as if a batch had been saved; it is tried again until it is."""
        assert self.ledger is not None
        self.waiting.add(batch)
        events = batch.events(0, self.actor, self.ledger.epoch)
        listed: dict[str, list[Event]] = {}
        for event in events:
            if event.attempt is not None:
                known = self._events.setdefault(event.attempt, [])
                listed.setdefault(event.attempt, list(known)).append(event)
        folded = {name: self._folded(name, own) for name, own in listed.items()}
        self._take(events, folded, listed, batch)
        if self.waiting.file is not None:
            with suppress(Environment):
                self.emergency_file()
        return events

    def save_waiting(self) -> bool:
        """Try to save what waits, in order. Returns whether nothing waits any more.

        Raises Refused where the lease is lost meanwhile; the events go on waiting.
        """
        began, waited = self.clock.now(), list(self.waiting.batches)
        while self.waiting:
            batch = self.waiting.batches[0]
            try:
                self._save_late(batch)
            except NotSaved as fault:
                self.waiting.failed(began, self.clock.now(), fault.message)
                return False
            if self.waiting.batches[:1] == [batch]:  # a signal may close the desk meanwhile
                del self.waiting.batches[0]
        self.waiting.clear_away()
        self._copy(draft for batch in waited for draft in batch.drafts)
        return True

    def _save_late(self, batch: Batch) -> None:
        """Save a batch that waited; its attempts are made anew from what is on disk."""
        assert self.ledger is not None
        ledger, names = self.ledger, _named(batch.drafts)
        try:
            known = {name: ledger.events(name) for name in names}
        except Environment as fault:
            raise NotSaved(fault.message, fault.hint, batch.drafts) from fault

        def whole(events: tuple[Event, ...], name: str) -> list[Event]:
            ids = {event.id for event in known[name]}
            return known[name] + [e for e in events if e.attempt == name and e.id not in ids]

        def states(events: tuple[Event, ...]) -> Iterable[Attempt]:
            for name in names:
                yield fold(bare(name), whole(events, name))

        events = ledger.append(
            batch.drafts, batch.moment, self.actor, states=states, exposures=batch.exposures
        )
        for name in names:
            saved = whole(events, name)
            ids = {event.id for event in saved}
            self._events[name] = saved + [e for e in self._events[name] if e.id not in ids]
        self.saved = events[-1]
        self._last = events[-1].hash

    def emergency_file(self) -> Path:
        """Write what waits to a file elsewhere. Raises Environment where no place takes it."""
        from examrunner.services.waiting import usual_folders, write_emergency_file

        assert self.ledger is not None
        told = self.waiting.told(self.record_id, self._last, self.actor, self.ledger.epoch)
        return write_emergency_file(self.waiting, self.settings.session, told, usual_folders())

    # --- copies --------------------------------------------------------------------------

    def start_copies(self) -> None:
        """Keep mirror and backups from now on; the first backup holds what was committed.

        A session that has one gets its next with the next verdict: the start is not the time.
        """
        from examrunner.services.copier import Copier
        from examrunner.storage.database.copies import BACKUPS, copies

        assert self.ledger is not None
        self.record_id = self.ledger.hash_of(1) or ""
        self._last = self.ledger.head()[1]
        self.copier = Copier(self.ledger, self.folder / self.settings.database, self.second)
        self.copier.saved()
        if self.second is not None or not copies(self.folder / BACKUPS):
            self.copier.copy()

    @property
    def asks_about_break(self) -> bool:
        """Whether it is to be asked now if a break counts."""
        return self.last_seen is not None and self.last_seen is not self.put_off

    # --- signs of life -------------------------------------------------------------------

    def beat(self) -> Moment:
        """Say that the program is alive: to the lock each time, to the lease every 10 s.

        What waits is tried again. Where the machine slept since the last beat while a clock was
        running, `last_seen` then says since when.
        """
        moment = self.clock.now()
        self._notice_sleep(moment)
        self._beat_lock(moment)
        if self.ledger is None:
            return moment
        if self.waiting:  # nothing else is tried on a disk that takes nothing
            if self.waiting.is_due(moment):
                self.save_waiting()
        elif jump := self._clock_was_set(moment):
            self.write(jump)
        elif self._lease_beat is None or (
            seconds_between(self._lease_beat, moment) >= LEASE_BEAT_SECONDS
        ):
            self._lease_beat = moment
            self.ledger.beat(moment)
        return moment

    def _notice_sleep(self, moment: Moment) -> None:
        """Note since when a break is to be judged, where the machine slept while a clock ran."""
        busy, before, slept = self.under_way(), self._last_beat, self._slept
        self._last_beat, self._slept = moment, self.clock.slept()
        if before is None or busy is None or busy.phase is not Phase.RUNNING or self.last_seen:
            return
        if self._slept - slept > LONGEST_SLEEP:
            began = busy.clock.since
            started_before = began is None or seconds_between(began, before) > 0
            self.last_seen = before if started_before else None

    def _clock_was_set(self, moment: Moment) -> tuple[Draft, ...]:
        """Return the event that the wall clock was set since the last sign of life, if it was."""
        before, self._told_clock = self._told_clock, moment
        if before is None or before.boot_id != moment.boot_id:
            return ()
        passed = timedelta(microseconds=(moment.boot_ns - before.boot_ns) // 1000)
        jump = moment.at - before.at - passed
        if abs(jump) < SMALLEST_JUMP:
            return ()
        return (Draft(ev.ClockJumped(round(jump.total_seconds()))),)

    def _heard_of(self, moment: Moment) -> None:
        self._lease_beat = moment
        self._beat_lock(moment)

    def _beat_lock(self, moment: Moment) -> None:
        """Beat; while a break is still to be judged, the lock goes on saying when it began."""
        self.lock.beat(self.last_seen or moment)

    def close(self) -> None:
        """Let go of ledger and lock, after a last try to save what waits."""
        try:
            if self.waiting and self.ledger is not None:
                self._end_waiting()
            if self.copier is not None:
                self.copier.close()
        finally:
            if self.ledger is not None:
                self.ledger.close()
            self.lock.release()

    def _end_waiting(self) -> None:
        """Save what waits, or leave it in an emergency file: no way out loses it."""
        try:
            if self.save_waiting():
                return
        except Refused:
            pass
        self.emergency_file()


def _named(drafts: Iterable[Draft]) -> list[str]:
    """Return the attempts that some drafts are about, each once."""
    named = (one.what.attempt for one in drafts if isinstance(one.what, ev.AttemptEvent))
    return list(dict.fromkeys(named))
