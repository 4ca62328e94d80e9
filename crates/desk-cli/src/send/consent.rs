//! The user's consent before the first request.

use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;

use clap::ArgMatches;

use super::campaign::Campaign;
use super::plan::Plan;
use super::states::States;
use crate::api::Bulk;
use crate::error::{Error, Result};
use crate::output::{Output, many, message};

/// Asks for the number of recipients, or reads it from the option.
pub(super) fn confirm(plan: &Plan, campaign: &Campaign, service: &str, matches: &ArgMatches) -> Result<()> {
    let all = plan.recipients.len();
    let given = match matches.get_one::<usize>("yes-send-to") {
        Some(given) => Some(*given),
        None if std::io::stdin().is_terminal() && !matches.get_flag("json") => {
            let mut stderr = std::io::stderr();
            let asked = write!(stderr, "This sends to {all} people by {service}. Type their number to send: ");
            let mut line = String::new();
            let read = asked.and_then(|()| stderr.flush()).and_then(|()| std::io::stdin().lock().read_line(&mut line));
            read.map_err(|error| Error::io("read from", Path::new("the terminal"), &error))?;
            line.trim().parse().ok()
        }
        None => {
            let problem = format!("sending to {all} people needs consent");
            return Err(Error::usage(problem)
                .unsent()
                .hint(format!("check {}, then add --yes-send-to {all}", campaign.plan.display())));
        }
    };
    match given {
        Some(given) if given == all => Ok(()),
        _ => Err(Error::usage(format!("the plan has {all} recipients, not the given number"))
            .unsent()
            .hint("check the plan")),
    }
}

/// Prints the next request, and the number of recipients of all requests.
pub(super) fn dry_run(plan: &Plan, bulk: &Bulk, states: &States, json: bool) -> Result<()> {
    let mut output = Output::new();
    if let Some((batch, _)) = states.all().find(|(_, state)| state.is_sendable()) {
        output.line((bulk.exact)(&plan.input(bulk, batch))?.as_bytes())?;
    }
    output.flush()?;
    if json {
        return Ok(());
    }
    let ((batches, people), doubt) = (states.sendable(), states.count("unknown").1);
    let asks = match states.is_begun() {
        true => "",
        false => "; without --dry-run, `apply` first asks the service whether the plan was sent before",
    };
    let doubt = if doubt > 0 { format!("; {doubt} others may have been messaged or not") } else { String::new() };
    message(&format!(
        "would send to {} in {}{doubt}{asks}; nothing was sent",
        many(people, "recipient"),
        many(batches, "batch")
    ));
    Ok(())
}
