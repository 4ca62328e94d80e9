//! `cargo xtask bench`: compares libdesk and `desk export` with libcurl and yyjson, libcurl and
//! simdjson, and reqwest, against one local server.
//!
//! `programs` builds all of them, `rounds` runs them in turn and `report` compares them. Every run
//! checks that all programs computed the same sums over the data they read; only `--gate` checks
//! the ratios, because timings never decide a test. See `bench/README.md`.

mod export;
mod measure;
mod output;
mod programs;
mod report;
mod rounds;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

/// The options of the command line.
#[derive(Debug, PartialEq)]
struct Options {
    rounds: usize,
    messages: u64,
    calls: u64,
    /// Only check that all programs read the same data.
    quick: bool,
    /// Fail if a target is missed.
    gate: bool,
    /// Another installed libdesk to compare with this one.
    also: Option<PathBuf>,
}

/// Runs the task.
pub fn run(flags: &[&str]) -> Result<()> {
    let options = Options::parse(flags)?;
    let programs = programs::build(options.also.as_deref(), options.quick)?;
    let rows = rounds::run(&programs, &options)?;
    report::table(&rows);
    // A quick run measures debug builds, so targets do not apply.
    let missed = if options.quick { 0 } else { report::targets(&rows) };
    if options.gate && missed > 0 {
        bail!("{missed} targets were missed");
    }
    Ok(())
}

impl Options {
    /// Parses the arguments after `bench`.
    fn parse(flags: &[&str]) -> Result<Options> {
        let mut options =
            Options { rounds: 7, messages: 1_000_000, calls: 10_000, quick: false, gate: false, also: None };
        let mut words = flags.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("{word} takes a value"));
            match *word {
                "--quick" => {
                    (options.rounds, options.messages, options.calls, options.quick) = (1, 20_000, 200, true);
                }
                "--gate" => options.gate = true,
                "--rounds" => options.rounds = value()?.parse().context("--rounds takes a number")?,
                "--also" => options.also = Some(PathBuf::from(value()?)),
                _ => bail!("bench does not know {word}; it takes --rounds, --quick, --gate and --also"),
            }
        }
        if options.quick && options.gate {
            bail!("--quick compares no times, so that --gate has nothing to go by");
        }
        if options.rounds == 0 {
            bail!("--rounds is 0; measure at least once");
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::Options;

    #[test]
    fn arguments() {
        let quick = Options::parse(&["--quick", "--rounds", "3"]).expect("good options");
        assert_eq!((quick.rounds, quick.messages, quick.calls, quick.gate), (3, 20_000, 200, false));
        assert!(Options::parse(&["--gate"]).expect("good options").gate);
        for wrong in [&["--quick", "--gate"][..], &["--rounds"], &["--rounds", "0"], &["--rounds", "x"], &["--fast"]] {
            assert!(Options::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
