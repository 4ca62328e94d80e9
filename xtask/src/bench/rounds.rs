//! Runs all settings, round after round, while child processes keep every CPU awake.

use std::path::PathBuf;

use anyhow::Result;

use super::measure::{Row, Run, Server, Setting, awake, measure};
use super::programs::Programs;
use super::{Options, export};

/// Runs of all programs with the same arguments.
fn alike<'a>(programs: &'a [(String, PathBuf)], arguments: &[&str]) -> Vec<Run<'a>> {
    let run = |program| Run { program, arguments: arguments.iter().map(|word| (*word).to_owned()).collect() };
    programs.iter().map(run).collect()
}

/// Runs all settings; returns an error if two programs read different data.
pub(super) fn run(programs: &Programs, options: &Options) -> Result<Vec<Row>> {
    let _awake = awake(&programs.spin)?;
    let mut rows = Vec::new();
    for (shape, name) in [("full", "list, 11 properties"), ("short", "list, 6 properties")] {
        let server = Server::start(programs, options.messages, shape)?;
        let messages = options.messages.to_string();
        let list = |more: &[&str]| {
            let arguments = [&[server.http.as_str(), messages.as_str()], more].concat();
            let programs = alike(&programs.lists, &arguments);
            Setting { name, programs, units: options.messages, output: None }
        };
        // One run, which the table leaves out, includes every byte in the sum.
        measure(programs, &server, &list(&["whole"]), 1)?;
        rows.extend(measure(programs, &server, &list(&[]), options.rounds)?);
        if shape == "short" {
            rows.extend(export::rounds(programs, &server, options)?);
            continue;
        }
        let calls = options.calls.to_string();
        for (name, base, arguments, units) in [
            ("GET", &server.http, vec!["get", &calls], options.calls),
            ("create", &server.http, vec!["create", &calls], options.calls),
            ("cold HTTPS GET", &server.https, vec!["get", "1", &server.ca], 1),
        ] {
            let calls = alike(&programs.calls, &[vec![base.as_str()], arguments].concat());
            // A cold call is short, so it needs more rounds for the same certainty.
            let rounds = if units == 1 { 3 * options.rounds } else { options.rounds };
            let setting = Setting { name, programs: calls, units, output: None };
            rows.extend(measure(programs, &server, &setting, rounds)?);
        }
    }
    Ok(rows)
}
