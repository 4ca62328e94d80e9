//! The question that evidence answers: a plan, its attempts, and the clocks: [`Case`].

use chrono::{DateTime, TimeDelta, Utc};
use desk_client::{Client, ErrorKind};

use super::super::attempt::Attempt;
use super::super::plan::Plan;
use super::result::Reader;
use super::time_range::{COMPARED, NOT_COMPARED, TimeRange, damaged};
use crate::api::input::{Input, ListQuery};
use crate::api::{Bulk, Evidence, List};
use crate::error::{Error, Result};
use crate::generated::lists::LISTS;
use crate::generated::operations::OPERATIONS;

/// The inputs of every question to the service.
pub(crate) struct Case<'a> {
    pub(super) plan: &'a Plan,
    bulk: &'static Bulk,
    evidence: &'static Evidence,
    pub(super) client: Client,
    /// Every attempt, in the order of time.
    pub(super) attempts: &'a [Attempt],
    /// Whether another process is sending now.
    is_sending: bool,
    pub(super) settle: TimeDelta,
    /// The text of the campaign, without white space around it.
    pub(super) text: String,
    pub(super) now: DateTime<Utc>,
    /// The list of messages, and the property of its rows that has the text.
    pub(super) list: Option<(&'static List, &'static str)>,
    /// The service's clock minus this machine's, if known.
    pub(super) clock_ahead: Option<TimeDelta>,
}

impl<'a> Case<'a> {
    /// `None` if the spec names no evidence for the operation.
    pub(crate) fn new(
        plan: &'a Plan,
        bulk: &'static Bulk,
        client: Client,
        (attempts, is_sending): (&'a [Attempt], bool),
        settle: TimeDelta,
    ) -> Option<Case<'a>> {
        let evidence = bulk.evidence.as_ref()?;
        let list = evidence.list.as_ref();
        let list = list.and_then(|own| Some((LISTS.iter().find(|list| list.name == own.list)?, own.text)));
        let text = plan.text(evidence.text)?.trim().to_owned();
        let (now, clock_ahead) = (Utc::now(), None);
        Some(Case { plan, bulk, evidence, client, attempts, is_sending, settle, text, now, list, clock_ahead })
    }

    /// Learns the difference of the clocks; true if the service no longer has the list.
    pub(super) async fn compare_clocks(&mut self) -> Result<bool> {
        let Some((list, _)) = self.list else { return Ok(false) };
        let one = ListQuery { page: Some(1), ..ListQuery::default() };
        match (list.ask)(self.client.clone(), Input::default(), one, 0).await {
            Ok(page) => {
                self.clock_ahead = page.date.map(|date| date - Utc::now());
                Ok(false)
            }
            Err(error) if error.kind == ErrorKind::NotFound.name() => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// A reader of single results, if the spec names their operation.
    pub(super) fn reader(&self) -> Option<Reader<'_>> {
        let own = self.evidence.read.as_ref()?;
        let operation = OPERATIONS.iter().find(|operation| operation.id == own.operation)?;
        Some(Reader::new(own, operation, self.bulk, &self.client, &self.text))
    }

    pub(super) fn is_in_flight(&self, attempt: &Attempt) -> bool {
        self.is_sending && attempt.outcome.is_none()
    }

    pub(super) fn people(&self, attempt: &Attempt) -> &[i64] {
        self.plan.batch(attempt.batch)
    }

    /// The time range of the attempt at `place`.
    pub(super) fn range(&self, place: usize) -> Result<TimeRange> {
        self.attempts.get(place).map_or_else(|| Err(damaged()), |attempt| TimeRange::of(attempt, self.now))
    }

    /// The time range of an attempt, widened by the difference of clocks and the time that the
    /// service may take.
    pub(super) fn wide_range(&self, place: usize) -> Result<TimeRange> {
        let own = self.range(place)?;
        let margin = if self.clock_ahead.is_some() { COMPARED } else { NOT_COMPARED };
        Ok(TimeRange { from: own.from - margin, until: own.until + self.settle + margin })
    }

    /// The same time range by the service's clock.
    pub(super) fn by_service(&self, range: TimeRange) -> TimeRange {
        let ahead = self.clock_ahead.unwrap_or_default();
        TimeRange { from: range.from + ahead, until: range.until + ahead }
    }

    /// For each wanted attempt the time range of its rows, joined with the ranges of all attempts
    /// that overlap.
    pub(super) fn joined_ranges(&self, wanted: &[usize]) -> Result<Vec<TimeRange>> {
        let mut runs: Vec<TimeRange> = Vec::new();
        for (place, _) in self.attempts.iter().enumerate().filter(|(_, attempt)| attempt.may_have_acted()) {
            let mut own = self.wide_range(place)?;
            // The clock may have been set back: a later attempt need not have a later range.
            while let Some(at) = runs.iter().position(|run| run.overlaps(&own)) {
                own = own.union(&runs.swap_remove(at));
            }
            runs.push(own);
        }
        let joined = |place: &usize| {
            let own = self.wide_range(*place)?;
            Ok::<_, Error>(runs.iter().find(|run| run.overlaps(&own)).copied().unwrap_or(own))
        };
        wanted.iter().map(joined).collect()
    }
}
