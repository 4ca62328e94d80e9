//! Measures exports: `desk export` next to programs that copy pages into a file, and the rows that
//! each wrote.

use anyhow::Result;

use super::Options;
use super::measure::{Row, Run, Server, Setting, measure};
use super::output;
use super::programs::Programs;

pub(super) const FAST: &str = "export";
pub(super) const SLOW: &str = "export, 20 ms, 8 in flight";

/// Measures exports at full speed, and with 8 requests in flight to a service that takes 20 ms for
/// each.
pub(super) fn rounds(programs: &Programs, server: &Server, options: &Options) -> Result<Vec<Row>> {
    let folder = programs.dir.join("export");
    let (to, messages) = (folder.display().to_string(), options.messages.to_string());
    let file = folder.join("rows").display().to_string();
    let run =
        |program, words: &[&str]| Run { program, arguments: words.iter().map(|word| (*word).to_owned()).collect() };
    let setting = |name, programs| Setting { name, programs, units: options.messages, output: Some(folder.clone()) };
    let [desk, peers @ ..] = programs.exports.as_slice() else { return Ok(Vec::new()) };
    let own = ["export", &to, "--application-id", "bench", "--json", "--base-url"];
    let peers = peers.iter().map(|peer| run(peer, &[&server.http, &messages, &file]));
    let fast = std::iter::once(run(desk, &[&own[..], &[&server.http]].concat())).chain(peers).collect();
    // Remove the output of an interrupted run.
    output::remove(&folder)?;
    let mut rows = measure(programs, server, &setting(FAST, fast), options.rounds)?;
    let slow = vec![run(desk, &[&own[..], &[&server.slow, "--in-flight", "8"]].concat())];
    rows.extend(measure(programs, server, &setting(SLOW, slow), options.rounds.min(3))?);
    // The output is large.
    output::remove(&folder)?;
    Ok(rows)
}
