//! The check before the first batch of a ledger: whether the service shows that the recipients got
//! the message already.
//!
//! A ledger has only its own attempts: a plan that was copied to another machine, user or job, or
//! that was made again, has none. While no attempt of a ledger may have reached a recipient, no
//! batch may leave before the service was asked, or a user has asserted that the plan was not sent
//! before. Two runs that ask before either has sent see each other's results after their first
//! batch.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use clap::ArgMatches;
use desk_client::Client;

use super::attempt::Attempt;
use super::campaign::Campaign;
use super::evidence::{Case, Earlier, earlier};
use super::ledger::Ledger;
use super::plan::Plan;
use super::reconcile::decided_by;
use super::{ledger_open, options};
use crate::api::Bulk;
use crate::connect::Connection;
use crate::error::{Error, Exit, Result};
use crate::files;

/// The time for which an answer of the service counts, if the first batch has to wait.
const FRESH: Duration = Duration::from_secs(30);

/// The check for a plan whose ledger has no attempt that may have reached a recipient.
pub(super) struct PriorSendCheck<'a> {
    plan: &'a Plan,
    bulk: &'static Bulk,
    client: Client,
    since: DateTime<Utc>,
    /// Existing files without any batch, which would keep the right ledger from being used.
    empty: Vec<PathBuf>,
    /// The time of the last answer.
    asked: (Instant, DateTime<Utc>),
}

/// The name and the reason of an assertion that the plan was not sent before.
pub(super) fn asserted(matches: &ArgMatches) -> Result<Option<(&str, &str)>> {
    match matches.get_flag(options::NOT_SENT_BEFORE) {
        true => decided_by(matches).map(Some),
        false => Ok(None),
    }
}

/// Whether no attempt of a plan's ledger may have reached a recipient; true if the ledger does not
/// exist.
fn is_new(place: &Path, file: &Path, plan: &Plan) -> Result<bool> {
    let ledger = ledger_open::if_begun(place, file, plan).map_err(Error::unsent)?;
    ledger.map_or(Ok(true), |ledger| has_reached_nobody(&ledger))
}

/// Whether every attempt was refused by the service or not sent.
pub(super) fn has_reached_nobody(ledger: &Ledger) -> Result<bool> {
    Ok(!ledger.attempts()?.iter().any(Attempt::may_have_acted))
}

/// The start of the look-back: `look_back` before the plan was made, by a clock that may have been
/// ahead of `now`; never before 1970.
fn since(made: DateTime<Utc>, look_back: TimeDelta, now: DateTime<Utc>) -> DateTime<Utc> {
    let since = made.min(now).checked_sub_signed(look_back);
    since.unwrap_or(DateTime::UNIX_EPOCH).max(DateTime::UNIX_EPOCH)
}

/// The files of a ledger without attempts, and its claim files; empty if the ledger does not exist.
fn in_the_way(place: &Path, file: &Path, plan: &Plan) -> Vec<PathBuf> {
    let marks = plan.id(file).claim_files();
    let all = std::iter::once(place.to_owned()).chain(marks);
    if place.exists() { all.filter(|path| path.exists()).collect() } else { Vec::new() }
}

impl<'a> PriorSendCheck<'a> {
    /// Asks the service if the ledger is new; `None` if it is not, or if a user has asserted the
    /// answer.
    pub(super) async fn start(
        plan: &'a Plan,
        bulk: &'static Bulk,
        campaign: &Campaign,
        connection: &Connection,
        matches: &ArgMatches,
    ) -> Result<Option<PriorSendCheck<'a>>> {
        let (place, asserted) = (campaign.ledger_path(), asserted(matches)?);
        if !is_new(&place, &campaign.plan, plan)? || asserted.is_some() {
            return Ok(None);
        }
        let check = PriorSendCheck {
            plan,
            bulk,
            client: connection.client()?,
            since: since(plan.made, matches.get_one(options::LOOK_BACK).copied().unwrap_or_default(), Utc::now()),
            empty: in_the_way(&place, &campaign.plan, plan),
            asked: (Instant::now(), Utc::now()),
        };
        match check.find(check.since, &[]).await {
            Ok(None) => Ok(Some(check)),
            // Another run has started the plan with this ledger, and is no stranger.
            _ if !is_new(&place, &campaign.plan, plan)? => Ok(None),
            Ok(Some(earlier)) => Err(check.refused(&earlier)),
            Err(error) => Err(unasked(error)),
        }
    }

    /// Asks again if the last answer is old.
    pub(super) async fn refresh(&self) -> Result<()> {
        if self.asked.0.elapsed() < FRESH {
            return Ok(());
        }
        match self.find(self.since, &[]).await {
            Ok(None) => Ok(()),
            Ok(Some(earlier)) => Err(self.refused(&earlier)),
            Err(error) => Err(unasked(error)),
        }
    }

    /// After the first batch, looks for another run that asked at the same time.
    pub(super) async fn check_alone(&self, attempts: &[Attempt]) -> Result<()> {
        // Only a result proves another run: lists show rows late.
        let found =
            self.find(self.asked.1, attempts).await?.and_then(|earlier| Some((earlier.found, earlier.command?)));
        let Some((found, look)) = found else { return Ok(()) };
        let problem = format!("another run may be sending this plan: {found}; this run has stopped");
        let error = Error { may_have_acted: true, ..Error::new(Exit::Unknown, "sent_before", problem) };
        Err(error.hint(format!(
            "run `{look}`; if it is another campaign's, run the same command again; otherwise continue with \
             only one run"
        )))
    }

    async fn find(&self, since: DateTime<Utc>, attempts: &[Attempt]) -> Result<Option<Earlier>> {
        let sent = (attempts, false);
        match Case::new(self.plan, self.bulk, self.client.clone(), sent, TimeDelta::zero()) {
            Some(mut case) => earlier(&mut case, since).await,
            None => {
                let found = "the service has no list or result that shows sent messages".to_owned();
                Ok(Some(Earlier { found, command: None }))
            }
        }
    }

    fn refused(&self, earlier: &Earlier) -> Error {
        let problem = format!("this plan may have been sent before: {}", earlier.found);
        let error = Error::new(Exit::Unknown, "sent_before", problem).unsent();
        let look = earlier.command.as_ref().map_or(String::new(), |look| format!("run `{look}`; "));
        let empty: Vec<String> = self.empty.iter().map(|path| files::quoted(path)).collect();
        let empty = match empty.is_empty() {
            true => String::new(),
            false => format!(", after `rm {}`: these files have no batch", empty.join(" ")),
        };
        let hint =
            format!("{look}if it was sent from another machine, give the ledger from there by --ledger FILE{empty}");
        error.hint(format!("{hint}; {}", assertion("if it was not sent before,")))
    }
}

/// The error if the service could not be asked.
fn unasked(error: Error) -> Error {
    let error = error.context("cannot find out whether this plan was sent before").unsent();
    Error { may_have_acted: false, ..error }.and_hint(&assertion("if you know that it was not sent before,"))
}

fn assertion(when: &str) -> String {
    format!("{when} add --{} --by NAME --why TEXT", options::NOT_SENT_BEFORE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_back_begins_before_now_whatever_the_clock_of_the_plan() {
        let (now, day) = (DateTime::UNIX_EPOCH + TimeDelta::days(9000), TimeDelta::days(1));
        for (made, days) in [(now - day, 8998), (now, 8999), (now + day * 3, 8999)] {
            assert_eq!(since(made, day, now), DateTime::UNIX_EPOCH + TimeDelta::days(days));
        }
        assert_eq!(since(now, TimeDelta::MAX, now), DateTime::UNIX_EPOCH);
    }
}
