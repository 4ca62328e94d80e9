//! Results that the service has created, read by id: [`Reader`] and [`ReadResult`].

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use desk_client::{Client, ErrorKind};
use serde_json::Value;

use crate::api::input::Input;
use crate::api::{Bulk, EvidenceGet, Operation};
use crate::error::Result;

/// A result, as far as evidence needs it.
#[derive(Clone, Default)]
pub(super) struct ReadResult {
    /// Whether it has the campaign's text; `None` if it cannot be read.
    pub(super) text: Option<bool>,
    pub(super) time: Option<DateTime<Utc>>,
    pub(super) sent: Option<i64>,
    /// Its recipients, sorted and distinct; `None` if they cannot be read.
    pub(super) people: Option<Vec<i64>>,
}

impl ReadResult {
    /// The number of recipients that it reached.
    pub(super) fn reached(&self) -> usize {
        let people = || self.people.as_ref().map_or(0, Vec::len);
        self.sent.map_or_else(people, |sent| usize::try_from(sent).unwrap_or_default())
    }
}

/// Reads each id at most once.
pub(super) struct Reader<'a> {
    own: &'static EvidenceGet,
    operation: &'static Operation,
    bulk: &'static Bulk,
    client: &'a Client,
    text: &'a str,
    ids: BTreeMap<i64, Option<ReadResult>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        own: &'static EvidenceGet,
        operation: &'static Operation,
        bulk: &'static Bulk,
        client: &'a Client,
        text: &'a str,
    ) -> Reader<'a> {
        Reader { own, operation, bulk, client, text, ids: BTreeMap::new() }
    }

    pub(super) fn noun(&self) -> &'static str {
        self.operation.noun
    }

    /// The command that shows a result.
    pub(super) fn command(&self, id: i64) -> String {
        format!("desk {} {} {id}", self.operation.noun, self.operation.verb)
    }

    /// The result with an id; `None` if the service has none.
    pub(super) async fn get(&mut self, id: i64) -> Result<Option<ReadResult>> {
        if let Some(known) = self.ids.get(&id) {
            return Ok(known.clone());
        }
        let mut input = Input::default();
        input.values.insert(self.own.id.to_owned(), vec![id.to_string()]);
        let found = match (self.operation.call)(self.client.clone(), input).await {
            Ok(json) => json.map(|json| match serde_json::from_slice(json.bytes()) {
                Ok(value) => self.parse(&value),
                Err(_) => ReadResult::default(),
            }),
            Err(error) if error.kind == ErrorKind::NotFound.name() => None,
            Err(error) => return Err(error),
        };
        self.ids.insert(id, found.clone());
        Ok(found)
    }

    fn parse(&self, value: &Value) -> ReadResult {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let time = text(self.own.time).and_then(|time| DateTime::parse_from_rfc3339(time).ok());
        ReadResult {
            text: Some(text(self.own.text).is_some_and(|text| text.trim() == self.text)),
            time: time.map(|time| time.with_timezone(&Utc)),
            sent: value.get(self.bulk.sent).and_then(Value::as_i64),
            people: self.own.recipients.and_then(|name| people(value.get(name)?)),
        }
    }

    /// The results read so far that have the text and a time `inside`: the id and the number of
    /// recipients of each.
    pub(super) fn with_text(&self, inside: impl Fn(DateTime<Utc>) -> bool) -> impl Iterator<Item = (i64, i64)> {
        let read = self.ids.iter().filter_map(|(id, found)| Some((*id, found.as_ref()?)));
        read.filter(move |(_, found)| found.text == Some(true) && found.time.is_some_and(&inside)).filter_map(
            |(id, found)| {
                let people = found.people.as_ref()?;
                Some((id, found.sent.unwrap_or_else(|| i64::try_from(people.len()).unwrap_or(i64::MAX))))
            },
        )
    }
}

/// The numbers in a list, or in a text with any separators; `None` if there are none.
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn people_are_read_from_lists_and_texts() {
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
