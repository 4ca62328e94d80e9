//! Rows of a list that have the campaign's text: their number in a time range, and the attempts
//! that explain them.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::case::Case;
use super::probe::Probe;
use super::result::Reader;
use super::time_range::{TimeRange, second};
use super::verdict::Verdict;
use crate::api::List;
use crate::api::input::{Input, ListQuery};
use crate::error::Result;

/// The maximum number of rows that are read for a time range.
const MAX_ROWS: i64 = 100_000;
/// The maximum number of readings of a list whose order changes each time.
const READINGS: usize = 8;

/// The rows of a list in a time range.
#[derive(Clone, Copy)]
pub(super) enum Count {
    /// The number of rows that have the text.
    Rows(usize),
    /// The number of all rows, which is too large to read them.
    TooMany(i64),
    /// The list did not show all rows that it counts, or a row cannot be read.
    Incomplete,
}

/// The rows of a time range, and the attempts and results that explain them. Pairs are batches and
/// recipients.
pub(super) struct Rows {
    /// By the service's clock.
    range: TimeRange,
    count: Count,
    /// Batches of this plan that are known to be sent.
    known: (usize, i64),
    /// Results of other senders.
    others: (usize, i64),
    /// Batches in doubt that no result explains.
    open: (usize, i64),
    is_sending: bool,
}

/// Counts the rows of a time range that have the text.
pub(super) async fn count(case: &Case<'_>, list: &List, text: &str, range: TimeRange) -> Result<Count> {
    let there = case.by_service(range);
    let span = ListQuery { from: Some(there.from), until: Some(there.until), page: Some(list.page) };
    let all = list.count(case.client.clone(), Input::default(), span).await?;
    if all > MAX_ROWS {
        return Ok(Count::TooMany(all));
    }
    let (mut ids, mut found) = (HashSet::new(), 0);
    for _ in 0..READINGS {
        let mut offset = 0;
        let all = loop {
            let page = (list.ask)(case.client.clone(), Input::default(), span, offset).await?;
            for row in &page.rows {
                let inside = row.moment().is_none_or(|time| there.contains(time));
                if ids.insert(row.key.id) && inside {
                    match has_text(row.json(), text, &case.text) {
                        Some(has) => found += usize::from(has),
                        None => return Ok(Count::Incomplete),
                    }
                }
            }
            if i64::try_from(ids.len()).is_ok_and(|read| read > MAX_ROWS) {
                return Ok(Count::TooMany(page.count));
            }
            offset += i64::try_from(page.rows.len()).unwrap_or(i64::MAX);
            if page.rows.is_empty() || offset >= page.count {
                break page.count;
            }
        };
        // The latest count: rows that were added during the reading must not make up for rows that
        // were not shown.
        if i64::try_from(ids.len()).is_ok_and(|read| read >= all) {
            return Ok(Count::Rows(found));
        }
    }
    Ok(Count::Incomplete)
}

/// Whether a row has `wanted` in its property `name`; `None` if the row cannot be read.
fn has_text(row: &[u8], name: &str, wanted: &str) -> Option<bool> {
    let row = serde_json::from_slice::<Value>(row).ok()?;
    // Frameworks strip the white space around a text.
    Some(row.get(name).and_then(Value::as_str).is_some_and(|own| own.trim() == wanted))
}

/// Explains the rows of a time range by the ledger and by probed results.
pub(super) fn explain(
    case: &Case<'_>,
    count: Count,
    range: TimeRange,
    probes: &[(usize, Probe)],
    reader: Option<&Reader<'_>>,
) -> Result<Rows> {
    let is_sending = case.attempts.iter().any(|attempt| case.is_in_flight(attempt));
    let there = case.by_service(range);
    let mut rows = Rows { range: there, count, known: (0, 0), others: (0, 0), open: (0, 0), is_sending };
    let add = |to: &mut (usize, i64), people: i64| *to = (to.0 + 1, to.1 + people);
    for (place, attempt) in case.attempts.iter().enumerate().filter(|(_, attempt)| attempt.may_have_acted()) {
        if !case.range(place)?.overlaps(&range) {
            continue;
        }
        let people = i64::try_from(case.people(attempt).len()).unwrap_or(i64::MAX);
        let probe = probes.iter().find(|(other, _)| *other == place);
        match probe.and_then(|(_, probe)| probe.reached()) {
            Some(reached) => add(&mut rows.known, reached),
            None if attempt.in_doubt() => add(&mut rows.open, people),
            None => add(&mut rows.known, attempt.sent.unwrap_or(people)),
        }
    }
    let inside = |time: DateTime<Utc>| there.contains(time);
    let own = |id: i64| case.attempts.iter().any(|attempt| !attempt.in_doubt() && attempt.id == Some(id));
    let claimed = |id: i64| own(id) || probes.iter().any(|(_, probe)| probe.may_own(id));
    let others = reader.into_iter().flat_map(|reader| reader.with_text(inside));
    for (_, reached) in others.filter(|(id, _)| !claimed(*id)) {
        add(&mut rows.others, reached);
    }
    Ok(rows)
}

impl Rows {
    /// The number of rows that only batches in doubt can explain.
    fn left(&self) -> Option<i64> {
        let Count::Rows(found) = self.count else { return None };
        Some(i64::try_from(found).unwrap_or(i64::MAX) - self.known.1 - self.others.1)
    }

    /// The verdict on each batch in doubt; `None` if the rows allow none.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        let (batches, people) = self.open;
        match self.left()? {
            _ if batches == 0 => None,
            // Rows of batches that are known to be sent are missing.
            ..0 => None,
            // No known batch proves that sent batches have rows in this list.
            0 if self.known.1 == 0 => None,
            0 => Some(Verdict::NotSent),
            left if left == people => Some(Verdict::Sent),
            left if left < people && batches == 1 => Some(Verdict::Partly),
            _ => Some(Verdict::Unclear),
        }
    }

    pub(super) fn json(&self, list: &str) -> Value {
        let found = match self.count {
            Count::Rows(found) => Some(found),
            _ => None,
        };
        let pair = |(batches, recipients): (usize, i64)| json!({ "batches": batches, "recipients": recipients });
        json!({
            "list": list, "from": self.range.from, "until": self.range.until, "with_text": found,
            "known_sent": pair(self.known), "of_others": pair(self.others), "in_doubt": pair(self.open),
            "left": self.left(), "verdict": self.verdict().map(Verdict::name),
        })
    }

    pub(super) fn report(&self, list: &str) -> String {
        let (from, until) = (second(self.range.from), second(self.range.until));
        let found = match self.count {
            Count::Rows(found) => found,
            Count::TooMany(all) => {
                return format!("{list}: {all} rows between {from} and {until} are too many to read");
            }
            Count::Incomplete => {
                return format!(
                    "{list}: it does not show all rows that it counts, or a row cannot be read; no evidence"
                );
            }
        };
        let mut text = format!("{list}: {found} rows between {from} and {until} have the text");
        if self.known.0 > 0 {
            text.push_str(&format!(", {} batches known to be sent account for {}", self.known.0, self.known.1));
        }
        if self.others.0 > 0 {
            text.push_str(&format!(", other results with the same text account for {}", self.others.1));
        }
        match self.left() {
            Some(left @ ..0) => text.push_str(&format!("; {} are missing, so that this is no proof", left.abs())),
            Some(left) => text.push_str(&format!("; {left} are left for {} recipients in doubt", self.open.1)),
            None => {}
        }
        if self.open.0 > 1 {
            text.push_str(&format!(" in {} batches whose times overlap", self.open.0));
        }
        if self.known.1 == 0 {
            text.push_str("; no known batch shows that sent messages have rows there");
        }
        if self.is_sending {
            text.push_str("; another command is sending now");
        }
        text
    }
}
