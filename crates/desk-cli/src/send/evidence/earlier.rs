//! The search for an earlier sending of a plan's message, which this ledger does not have:
//! [`earlier`]. The plan may have been sent from another machine, or planned again.
//!
//! The answer must be "none" only if the list shows no row with the text (then results of the last
//! minutes are read, which the list may not show yet), if results that reached other recipients
//! explain every row, or if every result since `since` was read. Any other doubt is an answer of
//! its own, for a person.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::case::Case;
use super::probe::{MAX_GAP, WRONG};
use super::result::{ReadResult, Reader};
use super::rows::{self, Count};
use super::time_range::{NOT_COMPARED, TimeRange, second};
use crate::error::Result;

/// The maximum number of results that are read.
const MAX_READ: usize = 1000;
/// The time after which the list must show a row.
const LAG: TimeDelta = TimeDelta::minutes(5);
/// The maximum lead of the service's clock when rows were sent.
const AHEAD: TimeDelta = TimeDelta::days(1);
/// The largest id that is probed.
const LARGEST: i64 = 1 << 40;

/// Evidence that the plan may have been sent before, for people.
pub(crate) struct Earlier {
    pub(crate) found: String,
    /// The command that shows the evidence, if it is one result.
    pub(crate) command: Option<String>,
}

/// The results that were read, from the newest back.
#[derive(Default)]
struct Walk {
    /// The number of rows of results that reached other recipients, or belong to this ledger.
    explained: usize,
    /// Whether every result since the start was read.
    complete: bool,
    earlier: Option<Earlier>,
}

/// Looks for the text of a plan since `since` by this machine's clock; `None` if it reached no
/// recipient of the plan except by this ledger.
pub(crate) async fn earlier(case: &mut Case<'_>, since: DateTime<Utc>) -> Result<Option<Earlier>> {
    let list_is_gone = case.compare_clocks().await?;
    let case = &*case;
    let range = TimeRange { from: since.min(case.now) - NOT_COMPARED, until: case.now + AHEAD };
    let rows = match case.list.filter(|_| !list_is_gone) {
        Some((list, text)) => match rows::count(case, list, text, range).await? {
            Count::Rows(rows) => Some(rows),
            Count::TooMany(_) | Count::Incomplete => None,
        },
        None => None,
    };
    let from = case.by_service(range).from;
    let walk = walk_back(case, from, rows).await?;
    if walk.earlier.is_some() {
        return Ok(walk.earlier);
    }
    let list = case.list.map_or("", |(list, _)| list.name);
    let from = second(from);
    let found = match rows {
        Some(rows) if rows == walk.explained => return Ok(None),
        Some(rows) if rows > walk.explained => format!(
            "{list}: {rows} rows since {from} have its text, and {} of them may be this plan's",
            rows - walk.explained
        ),
        // The list lacks rows that are known to be sent, or cannot be read.
        _ if walk.complete => return Ok(None),
        _ => format!("the service shows too few messages since {from} to tell"),
    };
    Ok(Some(Earlier { found, command: None }))
}

/// Reads results from the newest back to `from`, by the service's clock. If the list has no row
/// with the text, reads only the results that the list may not show yet.
async fn walk_back(case: &Case<'_>, from: DateTime<Utc>, rows: Option<usize>) -> Result<Walk> {
    let mut walk = Walk::default();
    let Some(mut reader) = case.reader() else { return Ok(walk) };
    let Some(newest) = newest(&mut reader).await? else { return Ok(walk) };
    let people: HashSet<i64> = case.plan.recipients.iter().copied().collect();
    let must_show = case.now + case.clock_ahead.unwrap_or_default() - LAG;
    let (mut absent, mut gaps) = (0, false);
    // Each attempt in doubt may own one result.
    let doubted = case.attempts.iter().filter(|attempt| attempt.in_doubt());
    let mut doubted: Vec<HashSet<i64>> =
        doubted.map(|attempt| case.people(attempt).iter().copied().collect()).collect();
    for (read, id) in (1..=newest).rev().enumerate() {
        if read == MAX_READ || absent == MAX_GAP {
            return Ok(walk);
        }
        let Some(found) = reader.get(id).await? else {
            (absent, gaps) = (absent + 1, true);
            continue;
        };
        absent = 0;
        match found.time {
            Some(time) if time < from - WRONG => return Ok(Walk { complete: !gaps, ..walk }),
            Some(time) if time < must_show && rows == Some(0) && walk.explained == 0 => return Ok(walk),
            Some(time) if time < from => continue,
            _ => {}
        }
        let own = case.attempts.iter().any(|attempt| attempt.id == Some(id));
        if own || is_one_of(&found, &mut doubted) {
            walk.explained += found.reached();
        } else if let Some(earlier) = is_earlier(id, &found, &people, &reader) {
            return Ok(Walk { earlier: Some(earlier), ..walk });
        } else if found.text == Some(true) && found.time.is_some() {
            walk.explained += found.reached();
        }
    }
    Ok(Walk { complete: !gaps, ..walk })
}

/// The evidence if a result has the text and reached recipients of the plan, or may have.
fn is_earlier(id: i64, found: &ReadResult, people: &HashSet<i64>, reader: &Reader<'_>) -> Option<Earlier> {
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
    Some(Earlier { found, command: Some(reader.command(id)) })
}

/// Whether a result has the text and exactly the recipients of one of these attempts, which is then
/// removed from them.
fn is_one_of(found: &ReadResult, doubted: &mut Vec<HashSet<i64>>) -> bool {
    let (Some(true), Some(reached)) = (found.text, &found.people) else { return false };
    let reached: HashSet<i64> = reached.iter().copied().collect();
    let place = doubted.iter().position(|people| *people == reached);
    place.map(|place| doubted.swap_remove(place)).is_some()
}

/// The newest id, if ids count up from 1 with few gaps; `None` if no id is found.
async fn newest(reader: &mut Reader<'_>) -> Result<Option<i64>> {
    let (mut there, mut absent, mut above, mut probe) = (0, 0, 1, 1);
    while absent < MAX_GAP && probe < LARGEST {
        match reader.get(probe).await? {
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
        match reader.get(middle).await? {
            Some(_) => there = middle,
            None => above = middle,
        }
    }
    // An absent id may only be a gap.
    let (mut id, mut read) = (there, 0);
    while id < there + MAX_GAP as i64 && read < MAX_READ {
        (id, read) = (id + 1, read + 1);
        if reader.get(id).await?.is_some() {
            there = id;
        }
    }
    Ok(Some(there))
}
