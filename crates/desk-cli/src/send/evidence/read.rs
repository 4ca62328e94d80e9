//! What was created beside a batch in doubt: ids that the ledger does not have, read one by one and compared with it.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use desk_client::{Client, ErrorKind};
use serde_json::{Value, json};

use super::super::state::Attempt;
use super::{COMPARED, Case, NOT_COMPARED, Stretch, Verdict, in_order};
use crate::api::input::Input;
use crate::api::{Bulk, Operation, Reread};
use crate::error::Result;

/// Ids that are read for a batch at most.
const MOST: usize = 200;
/// By how much clocks may have been wrong while it was sent, that are right now.
pub(super) const WRONG: TimeDelta = TimeDelta::hours(1);
/// So many in a row that are not there, and none known behind them: there may be others further on.
pub(super) const ABSENT: usize = 10;

/// What an id stands for.
#[derive(Clone, Default)]
pub(super) struct Found {
    /// Whether it has the campaign's text; nothing if it cannot be read.
    pub(super) text: Option<bool>,
    pub(super) time: Option<DateTime<Utc>>,
    sent: Option<i64>,
    /// In order, each once; nothing if it cannot be told.
    pub(super) people: Option<Vec<i64>>,
}

impl Found {
    /// How many it reached.
    pub(super) fn reached(&self) -> usize {
        let people = || self.people.as_ref().map_or(0, Vec::len);
        self.sent.map_or_else(people, |sent| usize::try_from(sent).unwrap_or_default())
    }
}

/// Reads each id once.
pub(super) struct Reader<'a> {
    own: &'static Reread,
    operation: &'static Operation,
    bulk: &'static Bulk,
    client: &'a Client,
    text: &'a str,
    ids: BTreeMap<i64, Option<Found>>,
    /// Ids that were found to be a batch's.
    claimed: Vec<i64>,
}

/// What was looked at for an attempt.
#[derive(Clone, Default)]
pub(super) struct Look {
    /// Ids that were read, the smallest and the largest of them.
    read: usize,
    between: Option<(i64, i64)>,
    /// Whether it would have been among them, if ids follow each other closely.
    complete: bool,
    /// There may be others further on.
    open: bool,
    /// Whether what is known to be sent beside it was recognised when it was read; nothing if it could not be read.
    shows: Option<bool>,
    /// A clock was set since, or something is later than now.
    moved: bool,
    own: Option<Own>,
    /// Ids that may be its own: they have the text or the recipients, and not clearly both or neither; or they should be there, and
    /// are not.
    unsure: Vec<i64>,
    /// Of some of them it is told whom they reached, or that they are not there.
    disputed: bool,
    /// One that has both, at another time.
    twin: Option<i64>,
}

/// The id that is the batch's.
#[derive(Clone, Copy)]
struct Own {
    id: i64,
    /// Whether it has all recipients of the batch, or only some.
    same: bool,
    reached: i64,
    /// Whether all of them were reached.
    all: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        own: &'static Reread,
        operation: &'static Operation,
        bulk: &'static Bulk,
        client: &'a Client,
        text: &'a str,
    ) -> Reader<'a> {
        Reader { own, operation, bulk, client, text, ids: BTreeMap::new(), claimed: Vec::new() }
    }

    pub(super) fn noun(&self) -> &'static str {
        self.operation.noun
    }

    /// The command that shows one of them.
    pub(super) fn command(&self, id: i64) -> String {
        format!("desk {} {} {id}", self.operation.noun, self.operation.verb)
    }

    /// Looks around an attempt: upwards from the last id before it, and downwards from the next one if there is none.
    pub(super) async fn look(&mut self, case: &Case<'_>, place: usize) -> Result<Look> {
        let Some(attempt) = case.attempts.get(place) else { return Ok(Look::default()) };
        let mut look = Look { moved: !in_order(case.attempts, attempt, case.now)?, ..Look::default() };
        let mut people = case.people(attempt).to_vec();
        people.sort_unstable();
        let time = case.there(case.wide(place)?);
        // An answer that could not be read whole may have had its id.
        if let Some(id) = attempt.id {
            look.sees(id);
            if let Some(found) = self.get(id).await?
                && self.belongs(&mut look, id, &found, (time, &people))
            {
                return Ok(look);
            }
            // The service has named it.
            if !look.unsure.contains(&id) {
                look.unsure.push(id);
            }
        }
        let (before, after) = neighbours(case.attempts, place);
        let whole = match (before, after) {
            (Some(before), after) => self.walk(case, &mut look, (before, after), 1, (time, &people)).await?,
            (None, Some(after)) => {
                self.walk(case, &mut look, (after, None), -1, (time, &people)).await?
                    && (look.own.is_some() || self.walk(case, &mut look, (after, None), 1, (time, &people)).await?)
            }
            (None, None) => false,
        };
        look.complete = whole;
        for known in [before, after].into_iter().flatten().filter(|_| look.own.is_none()) {
            let recognised = self.recognises(case, known).await?;
            look.shows = [look.shows, recognised].into_iter().flatten().reduce(|one, other| one && other);
        }
        Ok(look)
    }

    /// Whether a known id is what it is known to be, else the batch would not be recognised either; nothing if that cannot be read.
    async fn recognises(&mut self, case: &Case<'_>, id: i64) -> Result<Option<bool>> {
        let known = case.attempts.iter().position(|attempt| attempt.id == Some(id));
        let Some((known, attempt)) = known.and_then(|known| Some((known, case.attempts.get(known)?))) else {
            return Ok(None);
        };
        let Some(Found { text: Some(text), time, people, .. }) = self.get(id).await? else { return Ok(None) };
        let (own, stretch) = (case.people(attempt), case.there(case.wide(known)?));
        let its_own = people.as_ref().is_none_or(|people| people.iter().all(|one| own.contains(one)));
        let recognised = text && its_own && time.is_none_or(|at| stretch.has(at));
        Ok(if recognised && people.is_none() { None } else { Some(recognised) })
    }

    /// Reads ids behind the first of two known ones until it is found, or the time is over; false if that took too many.
    async fn walk(
        &mut self,
        case: &Case<'_>,
        look: &mut Look,
        (from, to): (i64, Option<i64>),
        step: i64,
        (time, people): (Stretch, &[i64]),
    ) -> Result<bool> {
        let (mut id, mut absent) = (from, 0);
        loop {
            id = id.saturating_add(step);
            if id < 1 {
                return Ok(true);
            }
            if absent >= ABSENT && to.is_none_or(|to| to <= id) {
                look.open |= to.is_none();
                return Ok(true);
            }
            if let Some(known) = case.attempts.iter().position(|attempt| attempt.id == Some(id)) {
                absent = 0;
                // What comes behind it is too late, or too early.
                if !case.there(case.stretch(known)?).meets(&time) {
                    return Ok(true);
                }
                continue;
            }
            if look.read == MOST {
                return Ok(false);
            }
            look.sees(id);
            let Some(found) = self.get(id).await? else {
                absent += 1;
                if to.is_some_and(|to| id < to) {
                    look.disputes(id);
                }
                continue;
            };
            absent = 0;
            if self.belongs(look, id, &found, (time, people)) {
                return Ok(true);
            }
            let ahead = case.ahead.map_or(NOT_COMPARED, |ahead| ahead + COMPARED);
            look.moved |= found.time.is_some_and(|at| Utc::now() + ahead < at);
            // Between two known ones it is, if it is anywhere, whatever clocks say.
            let beyond = to.is_none_or(|to| to < id);
            let early = |at: DateTime<Utc>| if step > 0 { at <= time.until + WRONG } else { time.from - WRONG <= at };
            if beyond && !found.time.is_none_or(early) {
                return Ok(true);
            }
        }
    }

    /// Whether an id is the batch's; notes what it is.
    fn belongs(&mut self, look: &mut Look, id: i64, found: &Found, (time, people): (Stretch, &[i64])) -> bool {
        if self.claimed.contains(&id) {
            return false;
        }
        let near = found.time.is_none_or(|at| time.has(at));
        match (&found.people, found.text) {
            (None, Some(false)) => {}
            (None, _) => look.unsure.push(id),
            (Some(own), Some(true)) if near && own.iter().all(|one| people.binary_search(one).is_ok()) => {
                let reached = found.sent.unwrap_or_else(|| i64::try_from(own.len()).unwrap_or(i64::MAX));
                let (same, size) = (own.len() == people.len(), i64::try_from(people.len()).unwrap_or(i64::MAX));
                look.own = Some(Own { id, same, reached, all: same && reached >= size });
                self.claimed.push(id);
                return true;
            }
            (Some(own), text) => {
                // Lists may be kept otherwise than they were sent, and clocks may have been wrong.
                let shares = text == Some(true) && own.iter().any(|one| people.binary_search(one).is_ok());
                if text.is_none() || own == people || shares {
                    look.disputes(id);
                }
                if text == Some(true) && own == people {
                    look.twin = Some(id);
                }
            }
        }
        false
    }

    pub(super) async fn get(&mut self, id: i64) -> Result<Option<Found>> {
        if let Some(known) = self.ids.get(&id) {
            return Ok(known.clone());
        }
        let mut input = Input::default();
        input.values.insert(self.own.id.to_owned(), vec![id.to_string()]);
        let found = match (self.operation.call)(self.client.clone(), input).await {
            Ok(json) => json.map(|json| match serde_json::from_slice(json.bytes()) {
                Ok(value) => self.found(&value),
                Err(_) => Found::default(),
            }),
            Err(error) if error.kind == ErrorKind::NotFound.name() => None,
            Err(error) => return Err(error),
        };
        self.ids.insert(id, found.clone());
        Ok(found)
    }

    fn found(&self, value: &Value) -> Found {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let time = text(self.own.time).and_then(|time| DateTime::parse_from_rfc3339(time).ok());
        Found {
            text: Some(text(self.own.text).is_some_and(|text| text.trim() == self.text)),
            time: time.map(|time| time.with_timezone(&Utc)),
            sent: value.get(self.bulk.sent).and_then(Value::as_i64),
            people: self.own.recipients.and_then(|name| people(value.get(name)?)),
        }
    }

    /// What others have sent with the same text in that time: its id and how many it reached.
    pub(super) fn others(&self, inside: impl Fn(DateTime<Utc>) -> bool) -> impl Iterator<Item = (i64, i64)> {
        let read = self.ids.iter().filter_map(|(id, found)| Some((*id, found.as_ref()?)));
        read.filter(move |(_, found)| found.text == Some(true) && found.time.is_some_and(&inside)).filter_map(
            |(id, found)| {
                let people = found.people.as_ref()?;
                Some((id, found.sent.unwrap_or_else(|| i64::try_from(people.len()).unwrap_or(i64::MAX))))
            },
        )
    }
}

/// The ids of what was sent last before an attempt and next after it.
pub(crate) fn neighbours(attempts: &[Attempt], place: usize) -> (Option<i64>, Option<i64>) {
    let (before, after) = attempts.split_at_checked(place).unwrap_or_default();
    (before.iter().rev().find_map(|attempt| attempt.id), after.iter().skip(1).find_map(|attempt| attempt.id))
}

/// The numbers of a list, or of a text in whatever form; nothing if there are none.
fn people(value: &Value) -> Option<Vec<i64>> {
    let mut numbers: Vec<i64> = match value {
        Value::Array(items) => items.iter().map(Value::as_i64).collect::<Option<_>>()?,
        Value::String(text) => {
            let runs = text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
            runs.map(|run| run.parse().ok()).collect::<Option<_>>()?
        }
        _ => return None,
    };
    numbers.sort_unstable();
    numbers.dedup();
    Some(numbers).filter(|numbers| !numbers.is_empty())
}

impl Look {
    fn sees(&mut self, id: i64) {
        self.read += 1;
        self.between = Some(self.between.map_or((id, id), |(least, most)| (least.min(id), most.max(id))));
    }

    fn disputes(&mut self, id: i64) {
        self.unsure.push(id);
        self.disputed = true;
    }

    /// What it says of the batch, beside rows or `alone`; nothing if it was not seen, and could not have been.
    pub(super) fn verdict(&self, alone: bool) -> Option<Verdict> {
        match self.own {
            Some(own) if own.all => Some(Verdict::Sent),
            Some(_) => Some(Verdict::Partly),
            None if self.disputed || self.moved || self.shows == Some(false) => Some(Verdict::Unclear),
            None if self.complete && self.unsure.is_empty() && self.shows == Some(true) && !(alone && self.open) => {
                Some(Verdict::NotSent)
            }
            None => None,
        }
    }

    /// Whether something has the text and all of its people, whatever its time.
    pub(super) fn has_twin(&self) -> bool {
        self.twin.is_some()
    }

    /// How many of the batch were reached, if that was found.
    pub(super) fn reached(&self) -> Option<i64> {
        self.own.map(|own| own.reached)
    }

    pub(super) fn has(&self, id: i64) -> bool {
        self.own.is_some_and(|own| own.id == id) || self.unsure.contains(&id)
    }

    pub(super) fn json(&self, noun: &str) -> Value {
        let (least, most) = self.between.unzip();
        let own = self.own.map(|own| json!({ "id": own.id, "all_recipients": own.same, "reached": own.reached }));
        json!({
            "of": noun, "read": self.read, "from_id": least, "to_id": most, "complete": self.complete,
            "recognised": self.shows, "match": own, "perhaps": self.unsure, "verdict": self.verdict(false).map(Verdict::name),
        })
    }

    pub(super) fn told(&self, noun: &str) -> String {
        if let Some(Own { id, same, reached, .. }) = self.own {
            let whom = if same { "the same recipients" } else { "some of its recipients and no others" };
            return format!("{noun}: {id} has the text and {whom}, of whom {reached} were reached");
        }
        if let Some(id) = self.twin {
            return format!("{noun}: {id} has the text and the same recipients, but another time");
        }
        let mut text = match self.between {
            None if self.complete => format!("{noun}: no id was given to others in that time"),
            None => return format!("{noun}: no id near it is known"),
            Some((least, most)) => {
                format!("{noun}: none of the ids from {least} to {most} has the text and its recipients")
            }
        };
        if !self.unsure.is_empty() {
            text.push_str(&format!(", but {} of them may be its own", self.unsure.len()));
        }
        if !self.complete {
            text.push_str("; it may have another one");
        } else if self.moved {
            text.push_str("; a clock was set since, so that it proves nothing");
        } else if self.shows != Some(true) {
            text.push_str(
                "; nor is what is known to be sent recognised by its text, people and time, so that it proves nothing",
            );
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipients_are_read_from_whatever_form() {
        for (value, numbers) in [
            (json!("3,1,2"), Some(vec![1, 2, 3])),
            (json!("[1, 2, 2]"), Some(vec![1, 2])),
            (json!([2, 1]), Some(vec![1, 2])),
            (json!(""), None),
            (json!("99999999999999999999"), None),
            (json!(["a"]), None),
            (json!(null), None),
        ] {
            assert_eq!(people(&value), numbers, "{value}");
        }
    }
}
