//! `desk send plan`: writes the message, the recipients and the batches to a file with one hash
//! over everything. It sends no request.

use std::collections::HashSet;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use clap::ArgMatches;
use desk_client::{CallOptions, CancelToken, Client, ErrorKind};
use ring::digest;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::attempt::PlanSize;
use super::campaign::Campaign;
use super::exclusions::Exclusions;
use super::hours::{ClockRange, Hours};
use super::ledger_file;
use super::plan_claim::PlanId;
use super::states::States;
use super::{options, recipients};
use crate::api::input::Input;
use crate::api::{Bulk, Operation, arguments};
use crate::error::{Error, Exit, Result};
use crate::export::hex;
use crate::files;
use crate::output::{Output, many, message};

const VERSION: u32 = 1;

/// A plan in the form of its file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    version: u32,
    pub(crate) operation: String,
    pub(crate) made: DateTime<Utc>,
    /// The exact body of the first request.
    pub(crate) first_body: String,
    /// The body without its recipients.
    body: Map<String, Value>,
    pub(crate) batch_size: usize,
    pub(crate) batches: usize,
    /// The maximum number of requests per second.
    pub(crate) per_second: f64,
    /// The number of batches after which `apply` stops for a check.
    pub(crate) canary: usize,
    /// The hours in which batches are sent. Plans of earlier versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) only_between: Option<Hours>,
    /// Exclusions that `apply` checks again.
    #[serde(rename = "left_out", default, skip_serializing_if = "Option::is_none")]
    exclusions: Option<Exclusions>,
    estimated_seconds: f64,
    in_doubt: String,
    removed: Removed,
    count: usize,
    pub(crate) recipients: Vec<i64>,
    /// The SHA-256 of all other members.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) sha256: String,
}

/// The numbers of recipients that were removed from the list.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Removed {
    duplicates: usize,
    suppressed: usize,
    messaged_lately: usize,
}

impl Plan {
    /// Reads a plan; refuses one that was changed.
    pub(crate) fn read(path: &Path) -> Result<Plan> {
        let bytes = std::fs::read(path);
        let bytes = bytes.map_err(|error| Error { exit: Exit::Usage, ..Error::io("read", path, &error) }.unsent())?;
        let changed = || {
            Error::integrity(format!("{} is not an unchanged plan", path.display()))
                .unsent()
                .hint("restore the original file; a new plan would message the reached recipients again")
        };
        let value = crate::json::strict(&bytes).map_err(|_| changed())?;
        let version = value.get("version").and_then(Value::as_u64);
        if version.is_some_and(|version| version != u64::from(VERSION)) {
            let problem = format!("{} is a plan of another version of `desk`", path.display());
            return Err(Error::usage(problem).unsent().hint("use that version of `desk`"));
        }
        let plan: Plan = serde_json::from_value(value).map_err(|_| changed())?;
        let size = plan.batch_size.max(1);
        let is_complete = plan.count == plan.recipients.len()
            && plan.batches == plan.count.div_ceil(size)
            && options::RATES.contains(&plan.per_second);
        if is_complete && plan.hash() == plan.sha256 { Ok(plan) } else { Err(changed()) }
    }

    fn hash(&self) -> String {
        let bare = Plan { sha256: String::new(), ..self.clone() };
        let bytes = serde_json::to_vec(&bare).unwrap_or_default();
        hex(digest::digest(&digest::SHA256, &bytes).as_ref())
    }

    /// The recipients of a batch; batches count from 0.
    pub(crate) fn batch(&self, batch: usize) -> &[i64] {
        self.recipients.chunks(self.batch_size).nth(batch).unwrap_or_default()
    }

    pub(crate) fn size(&self) -> PlanSize {
        PlanSize { recipients: self.recipients.len(), batches: self.batches, batch_size: self.batch_size }
    }

    /// The input of a batch's request.
    pub(crate) fn input(&self, bulk: &Bulk, batch: usize) -> Input {
        let mut body = self.body.clone();
        body.insert(bulk.recipients.to_owned(), self.batch(batch).into());
        Input { body, ..Input::default() }
    }

    /// Whether [`Plan::check_exclusions`] has anything to check.
    pub(crate) fn has_exclusions(&self) -> bool {
        self.exclusions.is_some()
    }

    /// Refuses to send to recipients that are excluded by now; `states` are those of `campaign`.
    pub(crate) fn check_exclusions(&self, bulk: &Bulk, states: &States, campaign: &Campaign) -> Result<()> {
        let Some(exclusions) = self.exclusions.as_ref().filter(|_| states.sendable().0 > 0) else { return Ok(()) };
        let batches = states.all().filter(|(_, state)| state.is_sendable());
        let people = batches.flat_map(|(batch, _)| self.batch(batch));
        exclusions.check(people, bulk, &files::quoted(&campaign.ledger_path()))
    }

    /// The plan in the form that its claim files know; `file` is the plan's own.
    pub(crate) fn id<'a>(&'a self, file: &'a Path) -> PlanId<'a> {
        PlanId { file, sha256: &self.sha256 }
    }

    /// A text property of the body.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name)?.as_str()
    }

    /// Writes one member per line, so that people can read the file.
    fn write(&self, path: &Path) -> Result<()> {
        let value = serde_json::to_value(self).unwrap_or_default();
        let members = value.as_object().into_iter().flatten();
        let lines: Vec<String> = members.map(|(name, value)| format!("  {}: {value}", json!(name))).collect();
        let text = format!("{{\n{}\n}}\n", lines.join(",\n"));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        let written = file.and_then(|mut file| {
            let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
            // A partial plan would block a complete one.
            written.inspect_err(|_| drop(std::fs::remove_file(path)))?;
            files::sync(files::parent(path))
        });
        written.map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => Error::usage(format!("{} exists already", path.display()))
                .unsent()
                .hint("give another file: a plan is never overwritten, because it may have been started"),
            _ => Error::io("write to", path, &error).unsent(),
        })
    }
}

pub(crate) async fn run(matches: &ArgMatches) -> Result<()> {
    let (operation, bulk) = options::operation(matches)?;
    let own = options::own(operation, bulk);
    arguments::only(own.iter().copied(), options::of_messages(), matches, operation.noun)?;
    let file = arguments::path(matches, "recipients");
    let lists = ["recipients", "body", "suppress"].into_iter().filter_map(|name| matches.get_many::<PathBuf>(name));
    if lists.flatten().filter(|file| file.as_os_str() == "-").count() > 1 {
        return Err(Error::usage("--recipients, --body and --suppress cannot share stdin")
            .unsent()
            .hint("give at most one of them as `-`"));
    }
    let out = arguments::path(matches, "out");
    if out == Path::new("-") {
        let problem = "--out - would be a file with that name";
        return Err(Error::usage(problem)
            .unsent()
            .hint("give a file: keep the plan, because it records the message and its recipients"));
    }
    let ledger = ledger_file::default_path(out);
    if ledger.exists() {
        let problem = format!("{} is the ledger of an earlier plan", ledger.display());
        return Err(Error::usage(problem)
            .unsent()
            .hint("give the plan another name: its name is also that of its ledger"));
    }
    let mut input = arguments::input(own.iter().copied(), matches, true)?;
    if input.body.remove(bulk.recipients).is_some_and(|list| list.as_array().is_none_or(|list| !list.is_empty())) {
        let problem = format!("the body has `{}`", bulk.recipients);
        return Err(Error::usage(problem).unsent().hint("give the recipients by --recipients only"));
    }
    let exclusions = Exclusions::new(matches)?;
    let passing = exclusions.transient();
    let Chosen { people, removed, waiting } = chosen(matches, file, &exclusions, bulk)?;
    let batch_size = size(matches, bulk)?;
    let per_second = *matches.get_one::<f64>("per-second").unwrap_or(&2.0);
    let mut plan = Plan {
        version: VERSION,
        operation: operation.id.to_owned(),
        made: Utc::now(),
        first_body: String::new(),
        body: std::mem::take(&mut input.body),
        batch_size,
        batches: people.len().div_ceil(batch_size),
        per_second,
        canary: *matches.get_one::<usize>("canary").unwrap_or(&1),
        only_between: match (matches.get_one::<ClockRange>("only-between"), matches.get_one("utc-offset")) {
            (Some(span), Some(offset)) => Some(span.at(*offset)),
            _ => None,
        },
        exclusions: exclusions.lasting()?,
        estimated_seconds: people.len().div_ceil(batch_size) as f64 / per_second,
        in_doubt: in_doubt(people.len(), batch_size, per_second),
        removed,
        count: people.len(),
        recipients: people,
        sha256: String::new(),
    };
    plan.first_body = (bulk.exact)(&plan.input(bulk, 0))?;
    sendable(operation, plan.input(bulk, 0)).await?;
    plan.sha256 = plan.hash();
    plan.write(out)?;
    summary(&plan, (waiting, &passing), out, matches.get_flag("json")).map_err(|error| {
        error
            .unsent()
            .note(format!("the plan is written to {}", out.display()))
            .hint(format!("run `desk send apply {} --dry-run`", files::quoted(out)))
    })
}

/// The recipients that remain.
struct Chosen {
    people: Vec<i64>,
    removed: Removed,
    /// The number of recipients that earlier campaigns have yet to message; they may be the same
    /// ones.
    waiting: usize,
}

fn chosen(matches: &ArgMatches, file: &Path, exclusions: &Exclusions, bulk: &Bulk) -> Result<Chosen> {
    let mut people = recipients::read(file, bulk)?;
    let mut removed = Removed::default();
    let less = |people: &mut Vec<i64>, keep: &mut dyn FnMut(&i64) -> bool| {
        let before = people.len();
        people.retain(|id| keep(id));
        before - people.len()
    };
    let mut seen = HashSet::new();
    removed.duplicates = less(&mut people, &mut |id| seen.insert(*id));
    let suppressed = exclusions.suppressed(bulk)?;
    removed.suppressed = less(&mut people, &mut |id| !suppressed.contains(id));
    let (lately, waiting) = exclusions.lately()?;
    removed.messaged_lately = less(&mut people, &mut |id| !lately.contains(id));
    if people.is_empty() {
        let problem = format!("no recipient is left ({})", removed.summary());
        return Err(Error::usage(problem)
            .unsent()
            .hint("check --recipients and the exclusions by --suppress and --min-gap"));
    }
    let max = matches.get_one::<usize>("max-recipients").copied().unwrap_or(usize::MAX);
    if people.len() > max {
        let problem = format!("{} recipients are more than --max-recipients {max}", people.len());
        return Err(Error::usage(problem).unsent().hint("check whether it is the right list"));
    }
    Ok(Chosen { people, removed, waiting })
}

fn size(matches: &ArgMatches, bulk: &Bulk) -> Result<usize> {
    let max = bulk.batch.and_then(|max| usize::try_from(max).ok()).unwrap_or(usize::MAX);
    match matches.get_one::<usize>("batch-size").copied() {
        Some(size) if size > max => Err(Error::usage(format!("--batch-size {size} is more than the service accepts"))
            .unsent()
            .hint(format!("give at most {max}"))),
        size => Ok(size.unwrap_or(50).min(max)),
    }
}

/// Checks the request against the bounds of the spec. The client checks a cancelled call, and does
/// not send it.
async fn sendable(operation: &Operation, input: Input) -> Result<()> {
    let given_up = CancelToken::new();
    given_up.cancel();
    let client = Client::builder("plan").api_token("-").base_url("http://127.0.0.1:9").build()?;
    let client = client.with(CallOptions::new().cancel(given_up));
    match (operation.call)(client, input).await {
        Err(error) if error.kind != ErrorKind::Cancelled.name() => Err(error),
        _ => Ok(()),
    }
}

impl Removed {
    fn summary(self) -> String {
        let Removed { duplicates, suppressed, messaged_lately } = self;
        format!("removed: {duplicates} duplicates, {suppressed} suppressed, {messaged_lately} messaged lately")
    }
}

/// The trade-off of the batch size, for the user to decide.
fn in_doubt(people: usize, batch_size: usize, per_second: f64) -> String {
    let took = |size: usize| time(people.div_ceil(size) as f64 / per_second);
    let doubt = people as f64 / 10_000.0;
    let expected = format!("if that happens to one in 10,000, {doubt:.2} people of all");
    if batch_size == 1 {
        return format!("a request without a response leaves one person in doubt; {expected}");
    }
    format!(
        "a request without a response leaves its whole batch in doubt, here {} people at once; {expected}. \
         --batch-size 1 leaves as many in doubt, but one by one, and takes {} instead of {}",
        batch_size.min(people),
        took(1),
        took(batch_size),
    )
}

fn time(seconds: f64) -> String {
    match seconds {
        ..120.0 => format!("{seconds:.0} s"),
        ..7200.0 => format!("{:.0} min", seconds / 60.0),
        _ => format!("{:.1} h", seconds / 3600.0),
    }
}

fn summary(plan: &Plan, (waiting, passing): (usize, &[PathBuf]), out: &Path, json: bool) -> Result<()> {
    let Plan { count, batches, batch_size, per_second, canary, estimated_seconds, .. } = plan;
    let placeholders = plan.first_body.contains("{{");
    if json {
        let summary = json!({
            "plan": out.display().to_string(), "sha256": plan.sha256, "recipients": count, "batches": batches,
            "batch_size": batch_size, "per_second": per_second, "canary": canary, "estimated_seconds": estimated_seconds,
            "only_between": plan.only_between, "removed": plan.removed, "first_body": plan.first_body, "in_doubt": plan.in_doubt,
            "waiting_elsewhere": waiting, "placeholders": placeholders,
            "suppress_only_now": passing.iter().map(|path| path.display().to_string()).collect::<Vec<_>>(),
        });
        let mut output = Output::new();
        output.line(summary.to_string().as_bytes())?;
        return output.flush();
    }
    let braces = match placeholders {
        true => "the message has `{{`: placeholders are not filled in, every recipient gets the text as it is\n",
        false => "",
    };
    let passing: String = passing
        .iter()
        .map(|path| {
            format!("--suppress {}: `apply` cannot read it again; give a file to have it checked\n", path.display())
        })
        .collect();
    let waiting = match waiting {
        0 => String::new(),
        more => format!(
            "earlier campaigns have yet to message {}: send those first, or `apply` stops if they reach any of \
             these recipients\n",
            many(more, "recipient")
        ),
    };
    let hours = plan.only_between.map_or(String::new(), |hours| format!(" within {hours}"));
    message(&format!(
        "{} in {} of {batch_size}, {}{hours}; {}\n{}\n{waiting}{passing}{braces}\
         nothing was sent; check {5}, then run `desk send apply {5}`",
        many(count, "recipient"),
        many(batches, "batch"),
        time(*estimated_seconds),
        plan.removed.summary(),
        plan.in_doubt,
        files::quoted(out),
    ));
    Ok(())
}
