//! Evidence about single attempts, and the verdict on each: [`findings`].

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::case::Case;
use super::probe::{Probe, Prober};
use super::rows::{self, Count, Rows};
use super::time_range::{TimeRange, second};
use super::verdict::Verdict;
use crate::error::Result;

/// The evidence about an attempt.
pub(crate) struct Finding {
    pub(crate) verdict: Verdict,
    rows: Option<Rows>,
    list: &'static str,
    probe: Option<Probe>,
    noun: &'static str,
    clock_ahead: Option<TimeDelta>,
    /// The time until which the request may still be carried out.
    may_come_until: Option<DateTime<Utc>>,
}

/// The evidence about each wanted attempt, by their places among all.
pub(crate) async fn findings(case: &mut Case<'_>, wanted: &[usize]) -> Result<Vec<Finding>> {
    let list_is_gone = case.compare_clocks().await?;
    let case = &*case;
    let mut prober = case.reader().map(Prober::new);
    // The last attempt first: a result of a batch that was sent again belongs to its last attempt.
    let mut probes: Vec<(usize, Probe)> = Vec::new();
    if let Some(prober) = &mut prober {
        for place in (0..case.attempts.len()).rev().filter(|place| is_probed(case, *place)) {
            probes.push((place, prober.probe(case, place).await?));
        }
    }
    let ranges = case.joined_ranges(wanted)?;
    let mut counted: Vec<(TimeRange, Count)> = Vec::new();
    let mut findings = Vec::new();
    for (place, range) in wanted.iter().zip(ranges) {
        let rows = match case.list.filter(|_| !list_is_gone) {
            None => None,
            Some((list, text)) => {
                let known = counted.iter().find(|(own, _)| own.from == range.from && own.until == range.until);
                let count = match known {
                    Some((_, count)) => *count,
                    None => {
                        let count = rows::count(case, list, text, range).await?;
                        counted.push((range, count));
                        count
                    }
                };
                Some(rows::explain(case, count, range, &probes, prober.as_ref().map(Prober::reader))?)
            }
        };
        let may_come_until = case.range(*place)?.may_come(case.settle, case.now);
        let probe = probe_of(case, &probes, *place).cloned();
        let from_rows = rows.as_ref().map(Rows::verdict);
        let found = probe.as_ref().and_then(|probe| probe.verdict(from_rows.flatten().is_none()));
        let verdict = combine(from_rows, found, may_come_until);
        let list = case.list.map_or("", |(list, _)| list.name);
        let noun = prober.as_ref().map_or("", |prober| prober.reader().noun());
        findings.push(Finding { verdict, rows, list, probe, noun, clock_ahead: case.clock_ahead, may_come_until });
    }
    Ok(findings)
}

/// Whether an attempt is probed. Decided attempts are probed too, so that their results do not
/// count for another attempt.
fn is_probed(case: &Case<'_>, place: usize) -> bool {
    case.attempts.get(place).is_some_and(|attempt| attempt.in_doubt() && !case.is_in_flight(attempt))
}

/// The probe of an attempt, or that of an earlier attempt of the same batch that was carried out.
fn probe_of<'p>(case: &Case<'_>, probes: &'p [(usize, Probe)], place: usize) -> Option<&'p Probe> {
    let batch = |place: usize| case.attempts.get(place).map(|attempt| attempt.batch);
    let found = probes.iter().find(|(other, probe)| batch(*other) == batch(place) && probe.reached().is_some());
    found.or_else(|| probes.iter().find(|(other, _)| *other == place)).map(|(_, probe)| probe)
}

/// The verdict from rows and from a probe; `may_come_until` tells that the request may still be
/// carried out.
fn combine(rows: Option<Option<Verdict>>, probe: Option<Verdict>, may_come_until: Option<DateTime<Utc>>) -> Verdict {
    let verdict = match (rows.flatten(), probe) {
        // The same recipients got the same text, regardless of the list.
        (_, Some(found @ (Verdict::Sent | Verdict::Partly))) => found,
        (None | Some(Verdict::NotSent), Some(Verdict::NotSent)) => Verdict::NotSent,
        // Missing rows alone are no proof: they may stand at another time.
        (Some(rows @ (Verdict::Sent | Verdict::Partly)), None) => rows,
        _ => Verdict::Unclear,
    };
    // A missing result may still come.
    if may_come_until.is_some() && verdict != Verdict::Sent { Verdict::Unclear } else { verdict }
}

impl Finding {
    /// Whether any evidence shows that the batch, or a part of it, was sent.
    pub(crate) fn suggests_sent(&self) -> bool {
        let sent = |verdict: Option<Verdict>| matches!(verdict, Some(Verdict::Sent | Verdict::Partly));
        let rows = self.rows.as_ref().and_then(Rows::verdict);
        sent(Some(self.verdict)) || sent(rows) || self.probe.as_ref().is_some_and(Probe::has_twin)
    }

    pub(crate) fn json(&self) -> Value {
        let rows = self.rows.as_ref().map(|rows| rows.json(self.list));
        let probe = self.probe.as_ref().map(|probe| probe.json(self.noun));
        let ahead = self.clock_ahead.map(|ahead| ahead.num_seconds());
        json!({
            "rows": rows, "neighbours": probe, "look_again": self.may_come_until, "service_clock_ahead_seconds": ahead,
            "inferred": self.assumptions(),
        })
    }

    /// The evidence for people, one line each.
    pub(crate) fn report(&self) -> Vec<String> {
        let rows = self.rows.as_ref().map(|rows| rows.report(self.list));
        let gone = || format!("{}: the service no longer has this list", self.list);
        let rows = rows.or_else(|| Some(self.list).filter(|list| !list.is_empty()).map(|_| gone()));
        let probe = self.probe.as_ref().map(|probe| probe.report(self.noun));
        let again = self
            .may_come_until
            .map(|until| format!("it may still be carried out: run the command again after {}", second(until)));
        rows.into_iter().chain(probe).chain(again).collect()
    }

    /// The assumptions behind the evidence that no document of the service confirms.
    pub(crate) fn assumptions(&self) -> Vec<String> {
        let rows = self.rows.as_ref().map(|_| format!("each sent message has a row in {}", self.list));
        let probe = self.probe.as_ref().map(|_| format!("ids of {} grow with time, by small steps", self.noun));
        rows.into_iter().chain(probe).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combine_contradiction_is_unclear() {
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
        for (rows, probe, verdict) in cases {
            assert_eq!(combine(rows, probe, None), verdict, "{rows:?} {probe:?}");
            let early = combine(rows, probe, Some(Utc::now()));
            assert_eq!(early, if verdict == Sent { Sent } else { Unclear }, "{rows:?} {probe:?}");
        }
    }
}
