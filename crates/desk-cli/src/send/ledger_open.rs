//! Finding, creating and opening the ledger of a [`Plan`].

use std::fs::File;
use std::path::Path;

use super::ledger::Ledger;
use super::ledger_file::{self, LedgerPlan};
use super::plan::Plan;
use crate::error::{Error, Result};
use crate::files;

/// Opens the ledger of a plan to send its batches, or creates it.
pub(crate) fn to_send(path: &Path, plan_file: &Path, plan: &Plan, service: &str) -> Result<Ledger> {
    open_or_create(path, plan_file, plan, service).map_err(Error::unsent)
}

fn open_or_create(path: &Path, plan_file: &Path, plan: &Plan, service: &str) -> Result<Ledger> {
    let lock = File::open(plan_file).map_err(|error| Error::io("read", plan_file, &error))?;
    files::lock(&lock, plan_file, "desk send")?;
    check_own(path, plan_file, plan)?;
    if !path.exists() {
        plan.id(plan_file).check_unclaimed(path)?;
        let (sha256, operation, size) = (plan.sha256.as_str(), plan.operation.as_str(), plan.size());
        ledger_file::create(path, &LedgerPlan { sha256, operation, service, size })?;
    }
    let mut ledger = Ledger::write(path, Some(lock))?;
    ledger.check_plan(&plan.sha256)?;
    ledger.check_service(service)?;
    ledger.claim(plan.id(plan_file))?;
    Ok(ledger)
}

/// Opens the ledger of a plan to record decisions.
pub(crate) fn to_decide(path: &Path, plan_file: &Path, plan: &Plan) -> Result<Ledger> {
    check_own(path, plan_file, plan)?;
    let mut ledger = Ledger::write(path, None)?;
    ledger.check_plan(&plan.sha256)?;
    ledger.claim(plan.id(plan_file))?;
    Ok(ledger)
}

/// Refuses to write to a ledger or a claim file that another user owns or can write to.
pub(crate) fn check_own(path: &Path, plan_file: &Path, plan: &Plan) -> Result<()> {
    let claims = plan.id(plan_file).check_own();
    claims.and_then(|()| ledger_file::check_own(path)).map_err(Error::unsent)
}

/// Opens the ledger that a plan is sent by, to read; `None` if the plan was not started.
pub(crate) fn if_begun(path: &Path, plan_file: &Path, plan: &Plan) -> Result<Option<Ledger>> {
    let id = plan.id(plan_file);
    if !path.exists() {
        let unclaimed = id.check_unclaimed(path);
        // Another process may have created the ledger just now.
        if !path.exists() {
            return unclaimed.map(|()| None);
        }
    }
    let ledger = to_read(path, plan_file, plan)?;
    id.check_claimed_by(&ledger.mark()?, path)?;
    Ok(Some(ledger))
}

/// Opens a ledger of a plan to read.
pub(crate) fn to_read(path: &Path, plan_file: &Path, plan: &Plan) -> Result<Ledger> {
    let ledger = Ledger::read(path, plan_file)?;
    ledger.check_plan(&plan.sha256)?;
    Ok(ledger)
}
