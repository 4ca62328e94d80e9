//! Whether the message of a plan reached its people before this ledger has it: a plan that was sent from another place, or
//! made again.
//!
//! Invariant: the answer is "no" only if the list shows no row with the text (then results of the last minutes are read, which
//! it may not show yet), if results that reached other people explain every row, or if every result since then was read. Any
//! other doubt is an answer of its own, for a person.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::list::Count;
use super::read::{ABSENT, Found, Reader, WRONG};
use super::{Case, NOT_COMPARED, Stretch, second};
use crate::error::Result;

/// Results that are read at most.
const MOST: usize = 1000;
/// A list may show a row so much later than the service has sent it.
const LAG: TimeDelta = TimeDelta::minutes(5);
/// The service's clock may have been ahead by this while rows were sent.
const AHEAD: TimeDelta = TimeDelta::days(1);
/// The largest id that is probed.
const LARGEST: i64 = 1 << 40;

/// Evidence that the plan may have been sent before, for people.
pub(crate) struct Earlier {
    pub(crate) found: String,
    /// The command that shows it, if it is one result.
    pub(crate) look: Option<String>,
}

/// Results from the newest back.
#[derive(Default)]
struct Walk {
    /// Rows that results with the text account for that reached other people, or belong to this ledger.
    explained: usize,
    /// Every result since then was read.
    whole: bool,
    earlier: Option<Earlier>,
}

impl Case<'_> {
    /// Looks for the text since `since` by this machine's clock; `None` if it reached nobody of the plan but by this ledger.
    pub(crate) async fn earlier(&mut self, since: DateTime<Utc>) -> Result<Option<Earlier>> {
        let gone = self.compare_clocks().await?;
        let window = Stretch { from: since.min(self.now) - NOT_COMPARED, until: self.now + AHEAD };
        let rows = match self.list.filter(|_| !gone) {
            Some((list, text)) => match self.count(list, text, window).await? {
                Count::Rows(rows) => Some(rows),
                Count::TooMany(_) | Count::NotWhole => None,
            },
            None => None,
        };
        let walk = self.walk_back(self.there(window).from, rows).await?;
        if walk.earlier.is_some() {
            return Ok(walk.earlier);
        }
        let list = self.list.map_or("", |(list, _)| list.name);
        let from = second(self.there(window).from);
        let found = match rows {
            Some(rows) if rows == walk.explained => return Ok(None),
            Some(rows) if rows > walk.explained => format!(
                "{list}: {rows} rows since {from} have its text, and {} of them are not known to be of others",
                rows - walk.explained
            ),
            // The list lacks rows that are known to be sent, or cannot be read.
            _ if walk.whole => return Ok(None),
            _ => format!("the service shows too little of what was sent since {from} to tell"),
        };
        Ok(Some(Earlier { found, look: None }))
    }

    /// Reads results from the newest back to `from`, by the service's clock. If the list has no row with the text, only those
    /// are read that it may not show yet.
    async fn walk_back(&self, from: DateTime<Utc>, rows: Option<usize>) -> Result<Walk> {
        let mut walk = Walk::default();
        let Some(mut reader) = self.reader() else { return Ok(walk) };
        let Some(newest) = reader.newest().await? else { return Ok(walk) };
        let people: HashSet<i64> = self.plan.recipients.iter().copied().collect();
        let shown = self.now + self.ahead.unwrap_or_default() - LAG;
        let (mut absent, mut holes) = (0, false);
        // One result may be that of an attempt without an answer.
        let doubted = self.attempts.iter().filter(|attempt| attempt.in_doubt());
        let mut doubted: Vec<HashSet<i64>> =
            doubted.map(|attempt| self.people(attempt).iter().copied().collect()).collect();
        for (read, id) in (1..=newest).rev().enumerate() {
            if read == MOST || absent == ABSENT {
                return Ok(walk);
            }
            let Some(found) = reader.get(id).await? else {
                (absent, holes) = (absent + 1, true);
                continue;
            };
            absent = 0;
            match found.time {
                Some(time) if time < from - WRONG => return Ok(Walk { whole: !holes, ..walk }),
                Some(time) if time < shown && rows == Some(0) && walk.explained == 0 => return Ok(walk),
                Some(time) if time < from => continue,
                _ => {}
            }
            let own = self.attempts.iter().any(|attempt| attempt.id == Some(id));
            if own || found.is_one_of(&mut doubted) {
                walk.explained += found.reached();
            } else if let Some(earlier) = self.is_earlier(id, &found, &people, &reader) {
                return Ok(Walk { earlier: Some(earlier), ..walk });
            } else if found.text == Some(true) && found.time.is_some() {
                walk.explained += found.reached();
            }
        }
        Ok(Walk { whole: !holes, ..walk })
    }

    /// Whether a result has the text and reached people of the plan, or may have.
    fn is_earlier(&self, id: i64, found: &Found, people: &HashSet<i64>, reader: &Reader<'_>) -> Option<Earlier> {
        let noun = reader.noun();
        let time = found.time.map_or(String::new(), |time| format!(" of {}", second(time)));
        let found = match (found.text, &found.people) {
            (Some(false), _) => return None,
            (Some(true), Some(reached)) => match reached.iter().filter(|one| people.contains(one)).count() {
                0 => return None,
                shared => format!("{noun} {id}{time} has its text and {shared} of its {} recipients", people.len()),
            },
            (Some(true), None) => format!("{noun} {id}{time} has its text, and its recipients cannot be read"),
            (None, _) => format!("{noun} {id}{time} cannot be read"),
        };
        Some(Earlier { found, look: Some(reader.command(id)) })
    }
}

impl Found {
    /// Whether it has the text and reached just the people of one of these attempts, which is then accounted for.
    fn is_one_of(&self, doubted: &mut Vec<HashSet<i64>>) -> bool {
        let (Some(true), Some(reached)) = (self.text, &self.people) else { return false };
        let reached: HashSet<i64> = reached.iter().copied().collect();
        let place = doubted.iter().position(|people| *people == reached);
        place.map(|place| doubted.swap_remove(place)).is_some()
    }
}

impl Reader<'_> {
    /// The newest id that there is, if ids count up from 1 with few gaps; `None` if none is found.
    async fn newest(&mut self) -> Result<Option<i64>> {
        let (mut there, mut absent, mut above, mut probe) = (0, 0, 1, 1);
        while absent < ABSENT && probe < LARGEST {
            match self.get(probe).await? {
                Some(_) => (there, absent, above) = (probe, 0, probe * 2),
                None => absent += 1,
            }
            probe *= 2;
        }
        if there == 0 {
            return Ok(None);
        }
        while above - there > 1 {
            let middle = there + (above - there) / 2;
            match self.get(middle).await? {
                Some(_) => there = middle,
                None => above = middle,
            }
        }
        // One that is absent may only be a gap.
        let (mut id, mut read) = (there, 0);
        while id < there + ABSENT as i64 && read < MOST {
            (id, read) = (id + 1, read + 1);
            if self.get(id).await?.is_some() {
                there = id;
            }
        }
        Ok(Some(there))
    }
}
