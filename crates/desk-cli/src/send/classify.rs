//! The outcome of a batch, by the answer to its request: [`classify`].

use desk_client::ErrorKind;
use serde_json::Value;

use super::attempt::Outcome;
use super::ledger::End;
use crate::api::Bulk;
use crate::error::{Error, Fate, Result};
use crate::rows::Json;

/// The outcome of a batch of `people` recipients, by the answer to its request.
pub(super) fn classify(answer: Result<Option<Json>>, bulk: &Bulk, people: usize) -> (End, Option<Error>) {
    let end = |outcome, error: Option<&str>| End { outcome, id: None, sent: None, error: error.map(str::to_owned) };
    match answer {
        Ok(json) => {
            let value = json.and_then(|json| serde_json::from_slice::<Value>(json.bytes()).ok());
            let number = |name: &str| value.as_ref().and_then(|value| value.get(name)?.as_i64());
            let (id, sent) = (number(bulk.id), number(bulk.sent));
            let outcome = match sent {
                Some(sent) if id.is_some() && usize::try_from(sent).is_ok_and(|sent| sent >= people) => Outcome::Done,
                Some(_) if id.is_some() => Outcome::Partial,
                _ => return (End { id, sent, ..end(Outcome::Unknown, Some(ErrorKind::Decode.name())) }, None),
            };
            (End { id, sent, ..end(outcome, None) }, None)
        }
        Err(error) => {
            // The service refuses any request like that before it reads the batch.
            let before = [ErrorKind::RateLimited.name(), ErrorKind::Unauthorized.name()].contains(&error.kind);
            // An error without a fate allows no conclusion.
            let outcome = match error.fate.unwrap_or(Fate::Unknown) {
                Fate::Rejected if before => Outcome::NotSent,
                Fate::Rejected => Outcome::Rejected,
                Fate::NotSent => Outcome::NotSent,
                Fate::Unknown => Outcome::Unknown,
            };
            (end(outcome, Some(error.kind)), Some(error))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Exit;

    const BULK: Bulk = Bulk {
        recipients: "ids",
        sent: "sent",
        id: "id",
        min: 1,
        max: 1000,
        batch: None,
        exact: |_| Ok(String::new()),
        evidence: None,
    };

    /// An unsent batch is sent again, so only an explicit fate may lead there.
    #[test]
    fn classify_error_without_a_fate_is_unknown() {
        let outcome = |error: Error| classify(Err(error), &BULK, 3).0.outcome;
        assert_eq!(outcome(Error::new(Exit::Error, "io", "no memory")), Outcome::Unknown);
        assert_eq!(outcome(Error::usage("no body")), Outcome::Unknown);
        assert_eq!(outcome(Error::usage("no body").unsent()), Outcome::NotSent);
        let ended = |fate, kind| Error { fate: Some(fate), ..Error::new(Exit::Error, kind, "ended") };
        assert_eq!(outcome(ended(Fate::Unknown, "timeout")), Outcome::Unknown);
        assert_eq!(outcome(ended(Fate::Rejected, "refused")), Outcome::Rejected);
        // The service refuses any request like that before it reads the batch.
        assert_eq!(outcome(ended(Fate::Rejected, "rate_limited")), Outcome::NotSent);
        assert_eq!(outcome(ended(Fate::Rejected, "unauthorized")), Outcome::NotSent);
        assert_eq!(outcome(ended(Fate::Unknown, "rate_limited")), Outcome::Unknown);
    }
}
