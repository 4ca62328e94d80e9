//! Rows of a list that have the campaign's text: how many there are in a stretch of time, and what explains them.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use desk_client::{Client, ErrorKind};
use serde_json::{Value, json};

use super::read::{Look, Reader};
use super::{Case, Stretch, Verdict, second};
use crate::api::List;
use crate::api::input::{Input, Span};
use crate::error::Result;

/// Rows of a stretch that are read at most.
const MOST: i64 = 100_000;
/// How often a list is read whose rows come in another order each time.
const READINGS: usize = 8;

/// What a list has in a stretch.
#[derive(Clone, Copy)]
pub(super) enum Count {
    /// So many rows have the text.
    Rows(usize),
    /// More rows than are read.
    TooMany(i64),
    /// It did not show all rows that it counts, or one that cannot be read.
    NotWhole,
}

/// Rows of a stretch, and what explains them.
pub(super) struct Rows {
    /// By the service's clock.
    stretch: Stretch,
    count: Count,
    /// Batches that are known to be sent, and whom they reached.
    known: (usize, i64),
    /// The same of what others have sent.
    others: (usize, i64),
    /// Batches in doubt for which there is no other explanation.
    open: (usize, i64),
    at_work: bool,
}

/// How much later the service's clock is, if it tells; nothing if it has no such list.
pub(super) async fn ahead(client: &Client, list: &List) -> Result<Option<Option<TimeDelta>>> {
    let one = Span { page: Some(1), ..Span::default() };
    match (list.ask)(client.clone(), Input::default(), one, 0).await {
        Ok(page) => Ok(Some(page.date.map(|date| date - Utc::now()))),
        Err(error) if error.kind == ErrorKind::NotFound.name() => Ok(None),
        Err(error) => Err(error),
    }
}

impl Case<'_> {
    /// Reads a stretch.
    pub(super) async fn count(&self, list: &List, text: &str, stretch: Stretch) -> Result<Count> {
        let there = self.there(stretch);
        let span = Span { from: Some(there.from), until: Some(there.until), page: Some(list.page) };
        let all = list.count(self.client.clone(), Input::default(), span).await?;
        if all > MOST {
            return Ok(Count::TooMany(all));
        }
        let (mut ids, mut found) = (HashSet::new(), 0);
        for _ in 0..READINGS {
            let mut offset = 0;
            let all = loop {
                let page = (list.ask)(self.client.clone(), Input::default(), span, offset).await?;
                for row in &page.rows {
                    let inside = row.moment().is_none_or(|time| there.has(time));
                    if ids.insert(row.key.id) && inside {
                        match self.has_text(row.json(), text) {
                            Some(has) => found += usize::from(has),
                            None => return Ok(Count::NotWhole),
                        }
                    }
                }
                if i64::try_from(ids.len()).is_ok_and(|read| read > MOST) {
                    return Ok(Count::TooMany(page.count));
                }
                offset += i64::try_from(page.rows.len()).unwrap_or(i64::MAX);
                if page.rows.is_empty() || offset >= page.count {
                    break page.count;
                }
            };
            // Rows may come meanwhile, and must not count for those that were not shown.
            if i64::try_from(ids.len()).is_ok_and(|read| read >= all) {
                return Ok(Count::Rows(found));
            }
        }
        Ok(Count::NotWhole)
    }

    /// Nothing if the row cannot be read.
    fn has_text(&self, row: &[u8], text: &str) -> Option<bool> {
        let row = serde_json::from_slice::<Value>(row).ok()?;
        // Frameworks strip the white space around a text.
        Some(row.get(text).and_then(Value::as_str).is_some_and(|own| own.trim() == self.text))
    }

    /// What of these rows is explained by what was found and by the ledger.
    pub(super) fn explain(
        &self,
        count: Count,
        stretch: Stretch,
        looks: &[(usize, Look)],
        reader: Option<&Reader<'_>>,
    ) -> Result<Rows> {
        let at_work = self.attempts.iter().any(|attempt| self.is_in_flight(attempt));
        let there = self.there(stretch);
        let mut rows = Rows { stretch: there, count, known: (0, 0), others: (0, 0), open: (0, 0), at_work };
        let add = |to: &mut (usize, i64), people: i64| *to = (to.0 + 1, to.1 + people);
        for (place, attempt) in self.attempts.iter().enumerate().filter(|(_, attempt)| attempt.may_have_acted()) {
            if !self.stretch(place)?.meets(&stretch) {
                continue;
            }
            let people = i64::try_from(self.people(attempt).len()).unwrap_or(i64::MAX);
            let look = looks.iter().find(|(other, _)| *other == place);
            match look.and_then(|(_, look)| look.reached()) {
                Some(reached) => add(&mut rows.known, reached),
                None if attempt.in_doubt() => add(&mut rows.open, people),
                None => add(&mut rows.known, attempt.sent.unwrap_or(people)),
            }
        }
        let inside = |time: DateTime<Utc>| there.has(time);
        let own = |id: i64| self.attempts.iter().any(|attempt| !attempt.in_doubt() && attempt.id == Some(id));
        let claimed = |id: i64| own(id) || looks.iter().any(|(_, look)| look.has(id));
        for (_, reached) in reader.into_iter().flat_map(|reader| reader.others(inside)).filter(|(id, _)| !claimed(*id))
        {
            add(&mut rows.others, reached);
        }
        Ok(rows)
    }
}

impl Rows {
    /// Rows that nothing explains but batches in doubt.
    fn left(&self) -> Option<i64> {
        let Count::Rows(found) = self.count else { return None };
        Some(i64::try_from(found).unwrap_or(i64::MAX) - self.known.1 - self.others.1)
    }

    /// What they say of each batch in doubt; nothing if they can say nothing.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        let (batches, people) = self.open;
        match self.left()? {
            _ if batches == 0 => None,
            // Not even what is known to be sent is there.
            ..0 => None,
            // Nothing shows that what is sent has rows there at all.
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
            "list": list, "from": self.stretch.from, "until": self.stretch.until, "with_text": found,
            "known_sent": pair(self.known), "of_others": pair(self.others), "in_doubt": pair(self.open),
            "left": self.left(), "verdict": self.verdict().map(Verdict::name),
        })
    }

    pub(super) fn told(&self, list: &str) -> String {
        let (from, until) = (second(self.stretch.from), second(self.stretch.until));
        let found = match self.count {
            Count::Rows(found) => found,
            Count::TooMany(all) => {
                return format!("{list}: {all} rows between {from} and {until} are more than are looked through");
            }
            Count::NotWhole => {
                return format!(
                    "{list}: it does not show all rows that it counts, or one that cannot be read; no evidence"
                );
            }
        };
        let mut text = format!("{list}: {found} rows between {from} and {until} have the text");
        if self.known.0 > 0 {
            text.push_str(&format!(", {} batches known to be sent account for {}", self.known.0, self.known.1));
        }
        if self.others.0 > 0 {
            text.push_str(&format!(", others who sent the same account for {}", self.others.1));
        }
        match self.left() {
            Some(left @ ..0) => text.push_str(&format!("; {} are missing, so that it proves nothing", left.abs())),
            Some(left) => text.push_str(&format!("; {left} are left for {} recipients in doubt", self.open.1)),
            None => {}
        }
        if self.open.0 > 1 {
            text.push_str(&format!(" in {} batches whose times overlap", self.open.0));
        }
        if self.known.1 == 0 {
            text.push_str("; nothing else that was sent shows that such rows are there");
        }
        if self.at_work {
            text.push_str("; somebody is sending now");
        }
        text
    }
}
