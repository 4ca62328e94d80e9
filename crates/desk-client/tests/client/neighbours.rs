//! Tests of the features that desk-client turns on in dependencies that a program shares with it.
//! `.ci/neighbour` runs such a program.

use std::collections::BTreeSet;
use std::process::Command;

/// The features that desk-client turns on in the crate `of`, when cargo gets the arguments `own`.
fn features(of: &str, own: &[&str]) -> BTreeSet<String> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["tree", "--offline", "--package", "desk-client", "--edges", "normal", "--format", "{p}|{f}"]).args(own);
    let output = cargo.args(["--prefix", "none"]).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let line = text.lines().find(|line| line.starts_with(&format!("{of} v"))).expect(of);
    let features = line.trim_end_matches(" (*)").split_once('|').expect("features").1;
    features.split(',').map(str::to_owned).collect()
}

#[test]
fn rustls_has_the_provider_of_its_own_default_only() {
    let providers = |own: &[&str]| {
        let all = features("rustls", own);
        ["aws_lc_rs", "ring"].into_iter().filter(|name| all.contains(*name)).collect::<Vec<_>>()
    };
    assert_eq!(providers(&[]), ["aws_lc_rs"]);
    assert_eq!(providers(&["--no-default-features", "--features", "rustls-ring"]), ["ring"]);
    assert!(providers(&["--no-default-features"]).is_empty());
}

#[test]
fn serde_json_reads_and_writes_as_before() {
    // `raw_value` only adds a type.
    let known = ["default", "raw_value", "std"].map(str::to_owned);
    assert_eq!(features("serde_json", &[]), BTreeSet::from(known));
}
