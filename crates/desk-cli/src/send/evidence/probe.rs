//! The search for the result of one attempt among the ids near it: [`Prober`] and [`Probe`].

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::super::attempt::neighbours;
use super::case::Case;
use super::result::{ReadResult, Reader};
use super::time_range::{COMPARED, NOT_COMPARED, TimeRange, clock_is_in_order};
use super::verdict::Verdict;
use crate::error::Result;

/// The maximum number of ids that are read for a batch.
const MAX_READ: usize = 200;
/// The error that clocks may have had when the batch was sent, even if they agree now.
pub(super) const WRONG: TimeDelta = TimeDelta::hours(1);
/// A gap of absent ids, with no known id behind it, that ends a search.
pub(super) const MAX_GAP: usize = 10;

/// The ids that were read for an attempt, and the result of the attempt if it was among them.
#[derive(Clone, Default)]
pub(super) struct Probe {
    /// The number of ids that were read, the smallest and the largest of them.
    read: usize,
    between: Option<(i64, i64)>,
    /// Whether the result must be among the read ids, if ids follow each other closely.
    complete: bool,
    /// There may be further ids behind a gap.
    open: bool,
    /// Whether the known results next to the attempt were recognised; `None` if they could not be
    /// read.
    recognised: Option<bool>,
    /// A clock was set after the attempt, or a result is later than now.
    clock_moved: bool,
    matched: Option<Match>,
    /// Ids that may belong to the batch: they have the text or the recipients, but not clearly
    /// both; or they must exist and are absent.
    unsure: Vec<i64>,
    /// The recipients of an unsure id are known, or an id that must exist is absent.
    disputed: bool,
    /// A result with the text and the recipients, but at another time.
    twin: Option<i64>,
}

/// The result that belongs to the batch.
#[derive(Clone, Copy)]
struct Match {
    id: i64,
    /// Whether the result has all recipients of the batch.
    same: bool,
    reached: i64,
    /// Whether all recipients were reached.
    all: bool,
}

/// Probes attempts one after the other. Each result belongs to at most one of them.
pub(super) struct Prober<'a> {
    reader: Reader<'a>,
    /// Ids of results that belong to a probed batch.
    claimed: Vec<i64>,
}

impl<'a> Prober<'a> {
    pub(super) fn new(reader: Reader<'a>) -> Prober<'a> {
        Prober { reader, claimed: Vec::new() }
    }

    pub(super) fn reader(&self) -> &Reader<'a> {
        &self.reader
    }

    /// Reads the ids near an attempt: upwards from the last id before it; without one, downwards
    /// from the next id.
    pub(super) async fn probe(&mut self, case: &Case<'_>, place: usize) -> Result<Probe> {
        let Some(attempt) = case.attempts.get(place) else { return Ok(Probe::default()) };
        let clock_moved = !clock_is_in_order(case.attempts, attempt, case.now)?;
        let mut probe = Probe { clock_moved, ..Probe::default() };
        let mut people = case.people(attempt).to_vec();
        people.sort_unstable();
        let time = case.by_service(case.wide_range(place)?);
        // An incomplete answer may have contained the id.
        if let Some(id) = attempt.id {
            probe.saw(id);
            if let Some(found) = self.reader.get(id).await?
                && self.belongs(&mut probe, id, &found, (time, &people))
            {
                return Ok(probe);
            }
            // The service named this id, so it may belong to the batch.
            if !probe.unsure.contains(&id) {
                probe.unsure.push(id);
            }
        }
        let (before, after) = neighbours(case.attempts, place);
        let complete = match (before, after) {
            (Some(before), after) => self.walk(case, &mut probe, (before, after), 1, (time, &people)).await?,
            (None, Some(after)) => {
                self.walk(case, &mut probe, (after, None), -1, (time, &people)).await?
                    && (probe.matched.is_some()
                        || self.walk(case, &mut probe, (after, None), 1, (time, &people)).await?)
            }
            (None, None) => false,
        };
        probe.complete = complete;
        for known in [before, after].into_iter().flatten().filter(|_| probe.matched.is_none()) {
            let recognised = self.recognises(case, known).await?;
            probe.recognised = [probe.recognised, recognised].into_iter().flatten().reduce(|one, other| one && other);
        }
        Ok(probe)
    }

    /// Whether a known result has the expected text, recipients and time; `None` if they cannot be
    /// read. A search that does not recognise a known result would not recognise the batch either.
    async fn recognises(&mut self, case: &Case<'_>, id: i64) -> Result<Option<bool>> {
        let known = case.attempts.iter().position(|attempt| attempt.id == Some(id));
        let Some((known, attempt)) = known.and_then(|known| Some((known, case.attempts.get(known)?))) else {
            return Ok(None);
        };
        let Some(ReadResult { text: Some(text), time, people, .. }) = self.reader.get(id).await? else {
            return Ok(None);
        };
        let (own, range) = (case.people(attempt), case.by_service(case.wide_range(known)?));
        let its_own = people.as_ref().is_none_or(|people| people.iter().all(|one| own.contains(one)));
        let recognised = text && its_own && time.is_none_or(|at| range.contains(at));
        Ok(if recognised && people.is_none() { None } else { Some(recognised) })
    }

    /// Reads ids from the first of two known ones on, until the result is found or the time range
    /// is over; false if that would take too many requests.
    async fn walk(
        &mut self,
        case: &Case<'_>,
        probe: &mut Probe,
        (from, to): (i64, Option<i64>),
        step: i64,
        (time, people): (TimeRange, &[i64]),
    ) -> Result<bool> {
        let (mut id, mut absent) = (from, 0);
        loop {
            id = id.saturating_add(step);
            if id < 1 {
                return Ok(true);
            }
            if absent >= MAX_GAP && to.is_none_or(|to| to <= id) {
                probe.open |= to.is_none();
                return Ok(true);
            }
            if let Some(known) = case.attempts.iter().position(|attempt| attempt.id == Some(id)) {
                absent = 0;
                // Ids behind a known one of another time are out of range.
                if !case.by_service(case.range(known)?).overlaps(&time) {
                    return Ok(true);
                }
                continue;
            }
            if probe.read == MAX_READ {
                return Ok(false);
            }
            probe.saw(id);
            let Some(found) = self.reader.get(id).await? else {
                absent += 1;
                if to.is_some_and(|to| id < to) {
                    probe.dispute(id);
                }
                continue;
            };
            absent = 0;
            if self.belongs(probe, id, &found, (time, people)) {
                return Ok(true);
            }
            let ahead = case.clock_ahead.map_or(NOT_COMPARED, |ahead| ahead + COMPARED);
            probe.clock_moved |= found.time.is_some_and(|at| Utc::now() + ahead < at);
            // Between two known ids every result counts, whatever its time.
            let beyond = to.is_none_or(|to| to < id);
            let early = |at: DateTime<Utc>| if step > 0 { at <= time.until + WRONG } else { time.from - WRONG <= at };
            if beyond && !found.time.is_none_or(early) {
                return Ok(true);
            }
        }
    }

    /// Whether a result belongs to the batch; records doubts in the probe.
    fn belongs(&mut self, probe: &mut Probe, id: i64, found: &ReadResult, (time, people): (TimeRange, &[i64])) -> bool {
        if self.claimed.contains(&id) {
            return false;
        }
        let near = found.time.is_none_or(|at| time.contains(at));
        match (&found.people, found.text) {
            (None, Some(false)) => {}
            (None, _) => probe.unsure.push(id),
            (Some(own), Some(true)) if near && own.iter().all(|one| people.binary_search(one).is_ok()) => {
                let reached = found.sent.unwrap_or_else(|| i64::try_from(own.len()).unwrap_or(i64::MAX));
                let (same, size) = (own.len() == people.len(), i64::try_from(people.len()).unwrap_or(i64::MAX));
                probe.matched = Some(Match { id, same, reached, all: same && reached >= size });
                self.claimed.push(id);
                return true;
            }
            (Some(own), text) => {
                // The service may store a list in another form, and clocks may have been wrong.
                let shares = text == Some(true) && own.iter().any(|one| people.binary_search(one).is_ok());
                if text.is_none() || own == people || shares {
                    probe.dispute(id);
                }
                if text == Some(true) && own == people {
                    probe.twin = Some(id);
                }
            }
        }
        false
    }
}

impl Probe {
    fn saw(&mut self, id: i64) {
        self.read += 1;
        self.between = Some(self.between.map_or((id, id), |(min, max)| (min.min(id), max.max(id))));
    }

    fn dispute(&mut self, id: i64) {
        self.unsure.push(id);
        self.disputed = true;
    }

    /// The verdict on the batch, next to rows or `alone`; `None` if the probe allows none.
    pub(super) fn verdict(&self, alone: bool) -> Option<Verdict> {
        match self.matched {
            Some(matched) if matched.all => Some(Verdict::Sent),
            Some(_) => Some(Verdict::Partly),
            None if self.disputed || self.clock_moved || self.recognised == Some(false) => Some(Verdict::Unclear),
            None if self.complete
                && self.unsure.is_empty()
                && self.recognised == Some(true)
                && !(alone && self.open) =>
            {
                Some(Verdict::NotSent)
            }
            None => None,
        }
    }

    /// Whether a result has the text and the recipients, but another time.
    pub(super) fn has_twin(&self) -> bool {
        self.twin.is_some()
    }

    /// The number of recipients that the batch reached, if its result was found.
    pub(super) fn reached(&self) -> Option<i64> {
        self.matched.map(|matched| matched.reached)
    }

    /// Whether an id is, or may be, that of the batch.
    pub(super) fn may_own(&self, id: i64) -> bool {
        self.matched.is_some_and(|matched| matched.id == id) || self.unsure.contains(&id)
    }

    pub(super) fn json(&self, noun: &str) -> Value {
        let (min, max) = self.between.unzip();
        let matched = self
            .matched
            .map(|Match { id, same, reached, .. }| json!({ "id": id, "all_recipients": same, "reached": reached }));
        json!({
            "of": noun, "read": self.read, "from_id": min, "to_id": max, "complete": self.complete,
            "recognised": self.recognised, "match": matched, "perhaps": self.unsure, "verdict": self.verdict(false).map(Verdict::name),
        })
    }

    pub(super) fn report(&self, noun: &str) -> String {
        if let Some(Match { id, same, reached, .. }) = self.matched {
            let whom = if same { "the same recipients" } else { "some of its recipients and no others" };
            return format!("{noun}: {id} has the text and {whom}; {reached} were reached");
        }
        if let Some(id) = self.twin {
            return format!("{noun}: {id} has the text and the same recipients, but another time");
        }
        let mut text = match self.between {
            None if self.complete => format!("{noun}: there is no other id in that time"),
            None => return format!("{noun}: no id near it is known"),
            Some((min, max)) => {
                format!("{noun}: none of the ids from {min} to {max} has the text and its recipients")
            }
        };
        if !self.unsure.is_empty() {
            text.push_str(&format!(", but {} of them may belong to it", self.unsure.len()));
        }
        if !self.complete {
            text.push_str("; there may be other ids");
        } else if self.clock_moved {
            text.push_str("; the clock was set since then, so that this is no proof");
        } else if self.recognised != Some(true) {
            text.push_str(
                "; known results are not recognised by text, recipients and time either, so that this is no proof",
            );
        }
        text
    }
}
