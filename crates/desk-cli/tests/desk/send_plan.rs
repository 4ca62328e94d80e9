//! `desk send plan`: what it takes, what it refuses, what it leaves out.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::run::{Ended, desk, run, run_with_input};
use crate::send::{apply, message, people};

/// Plans in a directory of its own for what `text` lists.
fn plan(text: &str, options: &[&str]) -> (Ended, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("list"), text).unwrap();
    let mut command = desk();
    command.current_dir(dir.path()).args(["send", "plan", "--recipients", "list", "--out", "p.json"]).args(message());
    (run(command, options), dir)
}

#[test]
fn a_plan_says_everything_and_sends_nothing() {
    let (ended, dir) = plan("customerIds,name\n5,a\n05,b\n7,c\n9,d\n5,e\n", &["--batch-size", "2", "--json"]);
    let summary = ended.ok().json();
    assert_eq!((&summary["recipients"], &summary["batches"]), (&json!(3), &json!(2)));
    assert_eq!(summary["removed"], json!({ "duplicates": 2, "suppressed": 0, "messaged_lately": 0 }));
    let file = dir.path().join("p.json");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let plan: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(plan["recipients"], json!([5, 7, 9]));
    let body: Value = serde_json::from_str(plan["first_body"].as_str().unwrap()).unwrap();
    assert_eq!(body, json!({ "agentId": 1, "customerIds": [5, 7], "groupKey": "sales", "message": "Hello" }));
    assert!(plan["in_doubt"].as_str().unwrap().contains("--batch-size 1"));
    assert_eq!(plan["sha256"].as_str().unwrap().len(), 64);
    // The words for people do not repeat the message.
    let (ended, _dir) = plan_of("5\n");
    assert!(ended.err.contains("nothing was sent") && !ended.err.contains("Hello"), "{}", ended.err);
}

fn plan_of(text: &str) -> (Ended, tempfile::TempDir) {
    let (ended, dir) = plan(text, &[]);
    (ended.ok(), dir)
}

#[test]
fn lists_may_be_lines_ndjson_or_stdin() {
    for text in
        ["1\n2\n3\n", "{\"customerIds\": 1}\n2\n{\"customerIds\": 3, \"x\": [1]}\n", "customerIds\r\n1\r\n2\r\n3"]
    {
        let (_, dir) = plan_of(text);
        let plan: Value = serde_json::from_slice(&fs::read(dir.path().join("p.json")).unwrap()).unwrap();
        assert_eq!(plan["recipients"], json!([1, 2, 3]), "{text}");
    }
    let dir = tempfile::tempdir().unwrap();
    let mut command = desk();
    command.current_dir(dir.path()).args(["send", "plan", "--out", "p.json", "--json"]).args(message());
    let summary = run_with_input(command, &["--recipients", "-"], "8\n9\n").ok().json();
    assert_eq!(summary["recipients"], 2);
    // What some editors put first is no part of the text.
    fs::write(dir.path().join("body"), "\u{FEFF}{\"message\":\"Hi\",\"groupKey\":\"g\",\"agentId\":1}").unwrap();
    let mut command = desk();
    command.current_dir(dir.path()).args(["send", "plan", "--out", "q.json", "--json", "--body", "body"]);
    run_with_input(command, &["--recipients", "-"], "\u{FEFF}8\n").ok();
}

#[test]
fn all_problems_are_said_with_their_lines() {
    let text: String = (1..=30).map(|n| if n % 2 == 0 { format!("{n}\n") } else { format!("-{n}\n") }).collect();
    let (refused, dir) = plan(&text, &[]);
    assert_eq!(refused.code, 2);
    for n in (1..=29).step_by(2) {
        assert!(refused.err.contains(&format!("line {n}: `-{n}`")), "{}", refused.err);
    }
    assert!(!dir.path().join("p.json").exists());
    let (refused, _dir) = plan(&"x\n".repeat(50), &[]);
    assert!(refused.err.matches("line ").count() == 20 && refused.err.contains("and 30 more"), "{}", refused.err);
    let (refused, _dir) = plan("customer\n1\n", &[]);
    assert!(refused.err.contains("line 1: `customer`") && refused.err.contains("`customerIds`"), "{}", refused.err);
}

#[test]
fn what_cannot_be_sent_is_refused() {
    let cases: [(&str, &[&str], &str); 13] = [
        ("\n", &[], "list is empty"),
        ("customerIds\n", &[], "no recipient is left"),
        ("1\n", &["--suppress", "/dev/null"], "/dev/null is empty"),
        ("1\n", &["--suppress", "-", "--body", "-"], "cannot share stdin"),
        ("1\n2\n", &["--max-recipients", "1"], "2 recipients are more than --max-recipients 1"),
        ("1\n", &["--min-gap", "7d"], "--min-gap and --ledger need each other"),
        ("1\n", &["--batch-size", "0"], "from 1 to 10000"),
        ("1\n", &["--per-second", "0"], "from 0.001 to 1000"),
        ("1\n", &["--message", ""], "message has 0 characters"),
        ("1\n", &["--agent-id", "-3"], "agent_id is -3"),
        ("1\n", &["--body", "list"], "the body is not an object"),
        ("1\r2\r3", &[], "lines that end with CR only"),
        ("1\n", &["--out", "-"], "--out - would be a file with that name"),
    ];
    for (text, options, words) in cases {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("list"), text).unwrap();
        let mut command = desk();
        command.current_dir(dir.path()).args(["send", "plan", "--recipients", "list"]);
        if !options.contains(&"--out") {
            command.args(["--out", "p.json"]);
        }
        let own = message().into_iter().collect::<Vec<_>>();
        let own = own.chunks(2).filter(|pair| !options.contains(&pair[0])).flatten();
        let refused = run(command, own.chain(options));
        assert!(refused.code == 2 && refused.err.contains(words), "{options:?}: {}", refused.err);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "{options:?}");
    }
    let missing = run(desk(), ["send", "plan", "--recipients", "/dev/null", "--out", "/dev/null/p", "--message", "x"]);
    assert!(missing.code == 2 && missing.err.contains("--group-key is missing"), "{}", missing.err);
}

#[test]
fn a_name_that_is_there_twice_is_refused() {
    let (refused, dir) = plan("{\"customerIds\": 1, \"customerIds\": 2}\n", &[]);
    assert!(
        refused.code == 2 && refused.err.contains("line 1: invalid JSON: the name `customerIds` occurs twice"),
        "{}",
        refused.err
    );
    assert!(!dir.path().join("p.json").exists());
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("body"), "{\"message\": \"a\", \"message\": \"b\"}").unwrap();
    let mut command = desk();
    command.current_dir(dir.path()).args(["send", "plan", "--recipients", "-", "--out", "p.json", "--body", "body"]);
    let refused = run_with_input(command, &[], "1\n");
    assert!(refused.code == 2 && refused.err.contains("the name `message` occurs twice"), "{}", refused.err);
}

/// The last of two would be sent, whatever is read first.
#[test]
fn a_plan_says_everything_once() {
    let (_, dir) = plan_of("1\n2\n");
    let path = dir.path().join("p.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("{", "{ \"recipients\": [999],", 1)).unwrap();
    let mut command = desk();
    command.current_dir(dir.path());
    let refused = run(command, ["send", "apply", "p.json", "--dry-run"]);
    assert!(refused.code == 7 && refused.err.contains("is not an unchanged plan"), "{}", refused.err);
}

/// The same command again would be refused.
#[test]
fn a_plan_that_is_not_told_of_is_there() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("list"), "1\n").unwrap();
    let mut command = desk();
    command.current_dir(dir.path()).args(["send", "plan", "--recipients", "list", "--out", "p.json", "--json"]);
    command.args(message()).stdout(fs::File::create("/dev/full").unwrap());
    let ended = command.output().unwrap();
    let told = String::from_utf8(ended.stderr).unwrap();
    assert!(
        ended.status.code() == Some(1) && told.contains("nothing was sent; the plan is written to p.json"),
        "{told}"
    );
    assert!(dir.path().join("p.json").exists());
}

#[test]
fn a_plan_is_not_written_over() {
    let (_, dir) = plan_of("1\n");
    let before = fs::read(dir.path().join("p.json")).unwrap();
    let mut command = desk();
    command.current_dir(dir.path()).args(["send", "plan", "--recipients", "list", "--out", "p.json"]).args(message());
    let refused = run(command, [] as [&str; 0]);
    assert!(refused.code == 2 && refused.err.contains("exists already"), "{}", refused.err);
    assert_eq!(fs::read(dir.path().join("p.json")).unwrap(), before);
}

#[test]
fn suppressed_people_and_those_of_other_campaigns_are_left_out() {
    let (emulator, ids, dir) = people(6);
    fs::write(dir.path().join("stop"), format!("{}\n{}\n", ids[0], ids[1])).unwrap();
    let summary = crate::send::plan(&dir, &ids, "a", &["--suppress", "stop", "--json"]).json();
    assert_eq!((&summary["recipients"], &summary["removed"]["suppressed"]), (&json!(4), &json!(2)));
    apply(&emulator, &dir, "a", &["--yes-send-to", "4"]).ok();
    let gap = ["--ledger", "a.ledger", "--min-gap", "7d", "--json"];
    let summary = crate::send::plan(&dir, &ids, "b", &gap).json();
    assert_eq!((&summary["recipients"], &summary["removed"]["messaged_lately"]), (&json!(2), &json!(4)));
    let passed = ["--ledger", "a.ledger", "--min-gap", "0s", "--json"];
    assert_eq!(crate::send::plan(&dir, &ids, "c", &passed).json()["recipients"], 6);
    // A list of nobody is one.
    fs::write(dir.path().join("stop"), "customerIds\n").unwrap();
    assert_eq!(
        crate::send::plan(&dir, &ids, "d", &["--suppress", "stop", "--json"]).json()["removed"]["suppressed"],
        0
    );
}

/// Whom a campaign that has not come to its end is still to reach is not known: it is said that they are there.
#[test]
fn those_who_wait_for_another_campaign_are_told_of() {
    let (emulator, ids, dir) = people(4);
    crate::send::plan(&dir, &ids, "a", &["--batch-size", "1", "--canary", "1"]);
    assert_eq!(apply(&emulator, &dir, "a", &["--yes-send-to", "4"]).code, 3);
    let gap = ["--ledger", "a.ledger", "--min-gap", "7d"];
    let summary = crate::send::plan(&dir, &ids, "b", &[&gap[..], &["--json"]].concat()).json();
    assert_eq!((&summary["recipients"], &summary["waiting_elsewhere"]), (&json!(3), &json!(3)));
    let told = crate::send::plan(&dir, &ids, "c", &gap).err;
    assert!(told.contains("earlier campaigns have yet to message 3 recipients"), "{told}");
    apply(&emulator, &dir, "a", &["--yes-send-to", "4", "--after-canary"]).ok();
    let told = crate::send::plan(&dir, &[&ids[..], &[9999]].concat(), "d", &gap).err;
    assert!(!told.contains("have yet to message"), "{told}");
}

/// Lists grow, and other campaigns go on, until it is sent.
#[test]
fn who_is_to_be_left_out_by_now_is_not_sent_to() {
    let (emulator, ids, dir) = people(5);
    fs::write(dir.path().join("stop"), format!("{}\n", ids[0])).unwrap();
    crate::send::plan(&dir, &ids[..3], "a", &["--batch-size", "1", "--canary", "1"]);
    assert_eq!(apply(&emulator, &dir, "a", &["--yes-send-to", "3"]).code, 3);
    let options =
        ["--ledger", "a.ledger", "--min-gap", "7d", "--suppress", "stop", "--batch-size", "1", "--canary", "1"];
    crate::send::plan(&dir, &ids, "b", &options);
    // Of three who are in both one is reached by b; a goes on, which knows nothing of b.
    assert_eq!(apply(&emulator, &dir, "b", &["--yes-send-to", "4"]).code, 3);
    let go_on = ["--yes-send-to", "4", "--after-canary"];
    apply(&emulator, &dir, "a", &["--yes-send-to", "3", "--after-canary"]).ok();
    fs::write(dir.path().join("stop"), format!("{}\n{}\n", ids[0], ids[4])).unwrap();
    let (refused, dry) = (apply(&emulator, &dir, "b", &go_on), apply(&emulator, &dir, "b", &["--dry-run"]));
    assert_eq!(refused.err, dry.err);
    let words = "1 recipient came onto --suppress and 1 recipient messaged by --ledger; nothing was sent";
    assert!(refused.code == 1 && refused.err.contains(words), "{}", refused.err);
    // As the hint says.
    let rest = ["--ledger", "a.ledger", "--ledger", "b.ledger", "--min-gap", "1000d", "--suppress", "stop"];
    let summary = crate::send::plan(&dir, &ids, "c", &[&rest[..], &["--json"]].concat()).json();
    assert_eq!(summary["recipients"], 1);
    apply(&emulator, &dir, "c", &["--yes-send-to", "1"]).ok();
    // The same file from wherever it is sent.
    let (plan, elsewhere) = (dir.path().join("b.json"), tempfile::tempdir().unwrap());
    fs::write(elsewhere.path().join("stop"), "customerIds\n").unwrap();
    let mut there = crate::run::with(&emulator);
    there.current_dir(elsewhere.path()).args(["send", "apply", plan.to_str().unwrap(), "--dry-run"]);
    assert!(run(there, [] as [&str; 0]).err.contains(words));
    // A pipe would be waited for.
    fs::remove_file(dir.path().join("stop")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(dir.path().join("stop")).status().unwrap().success());
    let pipe = apply(&emulator, &dir, "b", &go_on);
    assert!(pipe.code == 1 && pipe.err.contains("it is not a regular file"), "{}", pipe.err);
    fs::remove_file(dir.path().join("stop")).unwrap();
    let gone = apply(&emulator, &dir, "b", &go_on);
    assert!(
        gone.code == 1 && gone.err.contains("cannot read") && gone.err.contains("nothing was sent"),
        "{}",
        gone.err
    );
    let mut reached: Vec<i64> = emulator.deliveries(None).unwrap().iter().map(|one| one.customer_id).collect();
    reached.sort_unstable();
    assert_eq!(reached, [ids[0], ids[1], ids[1], ids[2], ids[3]]);
}
