//! What the service can tell of batches in doubt: rows of a list that have the text (`list.rs`), and what was created beside
//! them (`read.rs`). It only reads, and decides nothing.
//!
//! Invariant: where two readings are possible the verdict is `unclear`. `likely-not-sent` is the one that can message
//! somebody twice, and needs that nothing speaks against it.

mod earlier;
mod list;
mod read;

use std::cmp::Ordering;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use desk_client::Client;
use serde_json::{Value, json};

use super::plan::Plan;
use super::state::{Attempt, PROCESS_ENDED};
use crate::api::{Bulk, Evidence, List};
use crate::error::{Error, Result};
use crate::generated::lists::LISTS;
use crate::generated::operations::OPERATIONS;
pub(crate) use earlier::Earlier;
use list::{Count, Rows};
pub(crate) use read::neighbours;
use read::{Look, Reader};

/// A call ends in this time, whatever happens: after a kill the request has left no later.
const CALL: TimeDelta = TimeDelta::minutes(2);
/// What clocks may differ by: compared now, but the attempt was before; or not compared at all.
const COMPARED: TimeDelta = TimeDelta::minutes(1);
const NOT_COMPARED: TimeDelta = TimeDelta::minutes(5);

/// What a person may take it for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Sent,
    NotSent,
    Partly,
    Unclear,
}

impl Verdict {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Verdict::Sent => "likely-sent",
            Verdict::NotSent => "likely-not-sent",
            Verdict::Partly => "partly",
            Verdict::Unclear => "unclear",
        }
    }

    /// The decision that goes with it.
    pub(crate) fn decision(self) -> Option<&'static str> {
        match self {
            Verdict::Sent => Some("sent"),
            Verdict::NotSent => Some("not-sent"),
            Verdict::Partly => Some("skip"),
            Verdict::Unclear => None,
        }
    }
}

fn second(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Until when an attempt may still be carried out, if that is not over.
pub(crate) fn may_come(attempt: &Attempt, settle: TimeDelta, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    Ok(Stretch::of(attempt, now)?.may_come(settle, now))
}

/// Whether this machine's clock had not been set back when an attempt was sent, nor since, as far as all attempts show.
pub(crate) fn in_order(attempts: &[Attempt], attempt: &Attempt, now: DateTime<Utc>) -> Result<bool> {
    let own = Stretch::of(attempt, now)?;
    let mut in_order = own.until <= now && attempt.ended.as_ref().is_none_or(|ended| *ended >= attempt.begun);
    for other in attempts {
        let stretch = Stretch::of(other, now)?;
        in_order &= match other.n.cmp(&attempt.n) {
            Ordering::Less => stretch.from <= own.from,
            Ordering::Equal => true,
            Ordering::Greater => own.until <= stretch.from,
        };
    }
    Ok(in_order)
}

/// Everything that is asked for evidence.
pub(crate) struct Case<'a> {
    plan: &'a Plan,
    bulk: &'static Bulk,
    evidence: &'static Evidence,
    client: Client,
    /// Every attempt, in the order of time.
    attempts: &'a [Attempt],
    /// Whether somebody is sending now.
    at_work: bool,
    settle: TimeDelta,
    /// The text of the campaign.
    text: String,
    now: DateTime<Utc>,
    list: Option<(&'static List, &'static str)>,
    /// How much later the service's clock is, if that is known.
    ahead: Option<TimeDelta>,
}

/// What was found out about an attempt.
pub(crate) struct Finding {
    pub(crate) verdict: Verdict,
    rows: Option<Rows>,
    list: &'static str,
    look: Option<Look>,
    noun: &'static str,
    ahead: Option<TimeDelta>,
    /// Until then it may still be carried out.
    again: Option<DateTime<Utc>>,
}

/// When an attempt was on its way, by the clock of this machine.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

fn damaged() -> Error {
    Error::integrity("the ledger has a time that is none").hint("take a copy that is whole")
}

impl Stretch {
    /// When it was on its way.
    fn of(attempt: &Attempt, now: DateTime<Utc>) -> Result<Stretch> {
        let time = |text: &str| DateTime::parse_from_rfc3339(text).map(|time| time.with_timezone(&Utc));
        let from = time(&attempt.begun).map_err(|_| damaged())?;
        let ended = attempt.ended.as_deref().map(time).transpose().map_err(|_| damaged())?;
        // That a process is gone is noted by the next one.
        let until = match ended {
            Some(ended) if attempt.error.as_deref() != Some(PROCESS_ENDED) => ended,
            other => other.unwrap_or(now).min(from + CALL),
        };
        Ok(Stretch { from, until: until.max(from) })
    }

    /// Until when it may still be carried out, if that is not over.
    fn may_come(&self, settle: TimeDelta, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        Some(self.until + settle).filter(|until| *until > now)
    }

    fn has(&self, time: DateTime<Utc>) -> bool {
        self.from <= time && time <= self.until
    }

    fn meets(&self, other: &Stretch) -> bool {
        self.from <= other.until && other.from <= self.until
    }

    fn with(&self, other: &Stretch) -> Stretch {
        Stretch { from: self.from.min(other.from), until: self.until.max(other.until) }
    }
}

impl<'a> Case<'a> {
    /// Nothing if the spec names nothing that could be asked.
    pub(crate) fn new(
        plan: &'a Plan,
        bulk: &'static Bulk,
        client: Client,
        (attempts, at_work): (&'a [Attempt], bool),
        settle: TimeDelta,
    ) -> Option<Case<'a>> {
        let evidence = bulk.evidence.as_ref()?;
        let witness = evidence.list.as_ref();
        let list = witness.and_then(|own| Some((LISTS.iter().find(|list| list.name == own.list)?, own.text)));
        let text = plan.text(evidence.text)?.trim().to_owned();
        let (now, ahead) = (Utc::now(), None);
        Some(Case { plan, bulk, evidence, client, attempts, at_work, settle, text, now, list, ahead })
    }

    /// What there is about each of these attempts, by their place among all.
    pub(crate) async fn findings(&mut self, wanted: &[usize]) -> Result<Vec<Finding>> {
        let gone = self.compare_clocks().await?;
        let mut reader = self.reader();
        // The last first: of a batch that was sent again, what is found belongs to its last attempt.
        let mut looks: Vec<(usize, Look)> = Vec::new();
        if let Some(reader) = &mut reader {
            for place in (0..self.attempts.len()).rev().filter(|place| self.is_asked(*place)) {
                looks.push((place, reader.look(self, place).await?));
            }
        }
        let stretches = self.stretches(wanted)?;
        let mut seen: Vec<(Stretch, Count)> = Vec::new();
        let mut findings = Vec::new();
        for (place, stretch) in wanted.iter().zip(stretches) {
            let rows = match self.list.filter(|_| !gone) {
                None => None,
                Some((list, text)) => {
                    let known = seen.iter().find(|(own, _)| own.from == stretch.from && own.until == stretch.until);
                    let count = match known {
                        Some((_, count)) => *count,
                        None => {
                            let count = self.count(list, text, stretch).await?;
                            seen.push((stretch, count));
                            count
                        }
                    };
                    Some(self.explain(count, stretch, &looks, reader.as_ref())?)
                }
            };
            let again = self.stretch(*place)?.may_come(self.settle, self.now);
            let look = self.look(&looks, *place).cloned();
            let shown = rows.as_ref().map(Rows::verdict);
            let found = look.as_ref().and_then(|look| look.verdict(shown.flatten().is_none()));
            let verdict = judge(shown, found, again);
            let list = self.list.map_or("", |(list, _)| list.name);
            let noun = reader.as_ref().map_or("", |reader| reader.noun());
            findings.push(Finding { verdict, rows, list, look, noun, ahead: self.ahead, again });
        }
        Ok(findings)
    }

    /// Learns how much later the service's clock is; true if the service has no such list.
    async fn compare_clocks(&mut self) -> Result<bool> {
        let Some((list, _)) = self.list else { return Ok(false) };
        let asked = list::ahead(&self.client, list).await?;
        self.ahead = asked.flatten();
        Ok(asked.is_none())
    }

    fn reader(&self) -> Option<Reader<'_>> {
        let own = self.evidence.read.as_ref()?;
        let operation = OPERATIONS.iter().find(|operation| operation.id == own.operation)?;
        Some(Reader::new(own, operation, self.bulk, &self.client, &self.text))
    }

    /// What was looked at for an attempt; for one before of the same batch, if that was found to have been carried out.
    fn look<'l>(&self, looks: &'l [(usize, Look)], place: usize) -> Option<&'l Look> {
        let batch = |place: usize| self.attempts.get(place).map(|attempt| attempt.batch);
        let found = looks.iter().find(|(other, look)| batch(*other) == batch(place) && look.reached().is_some());
        found.or_else(|| looks.iter().find(|(other, _)| *other == place)).map(|(_, look)| look)
    }

    /// Whether it is looked for what became of it: also of one that a person has decided, which would else count for another.
    fn is_asked(&self, place: usize) -> bool {
        self.attempts.get(place).is_some_and(|attempt| attempt.in_doubt() && !self.is_in_flight(attempt))
    }

    fn is_in_flight(&self, attempt: &Attempt) -> bool {
        self.at_work && attempt.outcome.is_none()
    }

    fn people(&self, attempt: &Attempt) -> &[i64] {
        self.plan.batch(attempt.batch)
    }

    fn stretch(&self, place: usize) -> Result<Stretch> {
        self.attempts.get(place).map_or_else(|| Err(damaged()), |attempt| Stretch::of(attempt, self.now))
    }

    /// The same with all that clocks and the service may take, by the clock of this machine.
    fn wide(&self, place: usize) -> Result<Stretch> {
        let own = self.stretch(place)?;
        let margin = if self.ahead.is_some() { COMPARED } else { NOT_COMPARED };
        Ok(Stretch { from: own.from - margin, until: own.until + self.settle + margin })
    }

    /// By the service's clock.
    fn there(&self, stretch: Stretch) -> Stretch {
        let ahead = self.ahead.unwrap_or_default();
        Stretch { from: stretch.from + ahead, until: stretch.until + ahead }
    }

    /// For each attempt the time in which its rows may stand, with that of all others that it cannot be told from.
    fn stretches(&self, wanted: &[usize]) -> Result<Vec<Stretch>> {
        let mut runs: Vec<Stretch> = Vec::new();
        for (place, _) in self.attempts.iter().enumerate().filter(|(_, attempt)| attempt.may_have_acted()) {
            let mut own = self.wide(place)?;
            // Clocks may have been set back: what comes later need not be later.
            while let Some(at) = runs.iter().position(|run| run.meets(&own)) {
                own = own.with(&runs.swap_remove(at));
            }
            runs.push(own);
        }
        let of = |place: &usize| {
            let own = self.wide(*place)?;
            Ok(runs.iter().find(|run| run.meets(&own)).copied().unwrap_or(own))
        };
        wanted.iter().map(of).collect()
    }
}

/// What rows and neighbours say together; `again` says that it may still be carried out.
fn judge(rows: Option<Option<Verdict>>, look: Option<Verdict>, again: Option<DateTime<Utc>>) -> Verdict {
    let verdict = match (rows.flatten(), look) {
        // The same people have got the same text, whatever lists show.
        (_, Some(found @ (Verdict::Sent | Verdict::Partly))) => found,
        (None | Some(Verdict::NotSent), Some(Verdict::NotSent)) => Verdict::NotSent,
        // Rows that are not where they are looked for are not absent.
        (Some(rows @ (Verdict::Sent | Verdict::Partly)), None) => rows,
        _ => Verdict::Unclear,
    };
    // What is not there may still come.
    if again.is_some() && verdict != Verdict::Sent { Verdict::Unclear } else { verdict }
}

impl Finding {
    /// Whether anything shows that the batch, or a part of it, was sent.
    pub(crate) fn speaks_for_sent(&self) -> bool {
        let shown = |verdict: Option<Verdict>| matches!(verdict, Some(Verdict::Sent | Verdict::Partly));
        let rows = self.rows.as_ref().and_then(Rows::verdict);
        shown(Some(self.verdict)) || shown(rows) || self.look.as_ref().is_some_and(Look::has_twin)
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        let rows = self.rows.as_ref().map(|rows| rows.json(self.list));
        let look = self.look.as_ref().map(|look| look.json(self.noun));
        let ahead = self.ahead.map(|ahead| ahead.num_seconds());
        json!({
            "rows": rows, "neighbours": look, "look_again": self.again, "service_clock_ahead_seconds": ahead,
            "inferred": self.inferred(),
        })
    }

    /// For people, a line each.
    pub(crate) fn told(&self) -> Vec<String> {
        let rows = self.rows.as_ref().map(|rows| rows.told(self.list));
        let gone = || format!("{}: the service no longer has this list", self.list);
        let rows = rows.or_else(|| Some(self.list).filter(|list| !list.is_empty()).map(|_| gone()));
        let look = self.look.as_ref().map(|look| look.told(self.noun));
        let again = self.again.map(|until| format!("it may still be carried out: look again after {}", second(until)));
        rows.into_iter().chain(look).chain(again).collect()
    }

    /// What no document says and this rests on.
    pub(crate) fn inferred(&self) -> Vec<String> {
        let rows = self.rows.as_ref().map(|_| format!("what is sent has a row for each recipient in {}", self.list));
        let look = self.look.as_ref().map(|_| format!("ids of {} grow with time, by small steps", self.noun));
        rows.into_iter().chain(look).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_speaks_against_it_makes_it_unclear() {
        use Verdict::{NotSent, Partly, Sent, Unclear};
        let cases = [
            (Some(Some(Sent)), None, Sent),
            (Some(Some(NotSent)), None, Unclear),
            (Some(Some(Partly)), None, Partly),
            (Some(Some(NotSent)), Some(Unclear), Unclear),
            (Some(Some(Partly)), Some(Unclear), Unclear),
            (Some(Some(NotSent)), Some(NotSent), NotSent),
            (Some(Some(Sent)), Some(NotSent), Unclear),
            (Some(Some(Partly)), Some(NotSent), Unclear),
            (Some(Some(Unclear)), Some(NotSent), Unclear),
            (Some(Some(NotSent)), Some(Sent), Sent),
            (Some(Some(Unclear)), Some(Partly), Partly),
            (Some(None), Some(NotSent), NotSent),
            (None, Some(NotSent), NotSent),
            (Some(None), Some(Unclear), Unclear),
            (None, None, Unclear),
        ];
        for (rows, look, verdict) in cases {
            assert_eq!(judge(rows, look, None), verdict, "{rows:?} {look:?}");
            let early = judge(rows, look, Some(Utc::now()));
            assert_eq!(early, if verdict == Sent { Sent } else { Unclear }, "{rows:?} {look:?}");
        }
    }
}
