//! The first batch of a ledger: `desk send apply` asks the service whether the plan's people got its message already.

use std::fs;
use std::process::Command;

use chrono::TimeDelta;
use desk_emulator::{Behaviour, Emulator, NewCustomer};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::run::{Ended, begin, desk, ended, run};
use crate::send::{NOT_BEFORE, apply, faults, message, people, plan, send, status};
use crate::send_evidence::{ahead, lost, others};

/// Copies the plan to another job: another directory, and another home.
fn job(dir: &TempDir, name: &str) -> TempDir {
    let job = tempfile::tempdir().unwrap();
    let name = format!("{name}.json");
    fs::copy(dir.path().join(&name), job.path().join(&name)).unwrap();
    job
}

fn yes(emulator: &Emulator, dir: &TempDir, name: &str, number: usize, more: &[&str]) -> Ended {
    apply(emulator, dir, name, &[&["--yes-send-to", &number.to_string()], more].concat())
}

/// It has stopped before the first batch, and left no file.
fn stopped(ended: &Ended, words: &str) {
    assert_eq!(ended.code, 6, "{}{}", ended.out, ended.err);
    for words in ["may have been sent before", "; nothing was sent", "--not-sent-before --by NAME --why TEXT", words] {
        assert!(ended.err.contains(words), "{words}: {}", ended.err);
    }
}

fn nobody_twice(emulator: &Emulator, people: usize) {
    assert!(emulator.messaged_twice().unwrap().is_empty());
    assert_eq!(emulator.deliveries(None).unwrap().len(), people);
}

fn creates(emulator: &Emulator) -> usize {
    emulator.requests().iter().filter(|request| request.method == "POST").count()
}

/// Other customers than those there are.
fn more(emulator: &Emulator, number: usize) -> Vec<i64> {
    (0..number).map(|n| emulator.add_customer(NewCustomer::new(&format!("D{n}"))).unwrap().id).collect()
}

#[test]
fn plan_copied_to_another_job_is_not_sent_again() {
    let (emulator, ids, dir) = people(7);
    plan(&dir, &ids, "p", &["--batch-size", "3"]);
    let other = job(&dir, "p");
    yes(&emulator, &dir, "p", 7, &[]).ok();
    let again = yes(&emulator, &other, "p", 7, &["--json"]);
    let error = again.error();
    stopped(&again, "`desk proactive-chat get 3`");
    let known = (&error["kind"], &error["outcome"], &error["may_have_acted"], &error["retryable"]);
    assert_eq!(known, (&json!("sent_before"), &json!("not_sent"), &json!(false), &json!(false)), "{error}");
    assert!(!again.err.contains("Hello"), "{}", again.err);
    // Neither a ledger nor a mark is left: the ledger of the first job fits.
    assert_eq!(fs::read_dir(other.path()).unwrap().count(), 1);
    nobody_twice(&emulator, 7);
    fs::rename(dir.path().join("p.ledger"), other.path().join("p.ledger")).unwrap();
    yes(&emulator, &other, "p", 7, &[]).ok();
    nobody_twice(&emulator, 7);
}

#[test]
fn plan_made_again_is_not_sent_again() {
    let (emulator, ids, dir) = people(4);
    for name in ["p", "q"] {
        // As a job that runs again has it: the same list and message, another moment.
        plan(&dir, &ids, name, &["--batch-size", "3"]);
    }
    yes(&emulator, &dir, "p", 4, &[]).ok();
    stopped(&yes(&emulator, &dir, "q", 4, &[]), "proactive-chat 2 of ");
    plan(&dir, &ids, "r", &[]);
    stopped(&yes(&emulator, &dir, "r", 4, &[]), "proactive-chat 2 of ");
    // Nor to only one of them beside others.
    plan(&dir, &[&more(&emulator, 5)[..], &ids[..1]].concat(), "s", &[]);
    stopped(&yes(&emulator, &dir, "s", 6, &[]), "and 1 of its 6 recipients");
    nobody_twice(&emulator, 4);
}

#[test]
fn other_people_or_another_text_are_sent_to() {
    let (emulator, ids, dir) = people(6);
    plan(&dir, &ids[..3], "p", &["--batch-size", "1"]);
    yes(&emulator, &dir, "p", 3, &[]).ok();
    plan(&dir, &ids[3..], "q", &["--batch-size", "2"]);
    yes(&emulator, &dir, "q", 3, &[]).ok();
    nobody_twice(&emulator, 6);
    fs::write(dir.path().join("body"), r#"{"message":"Hello {{name}}","groupKey":"sales","agentId":1}"#).unwrap();
    let other = |name: &str| {
        let mut command = desk();
        command.current_dir(dir.path()).args(["send", "plan", "--recipients", "list", "--body", "body"]);
        run(command, ["--out", name, "--canary", "1", "--batch-size", "2"]).ok();
    };
    other("t.json");
    assert_eq!(yes(&emulator, &dir, "t", 3, &[]).code, 3);
    // The ledger has an attempt: it is gone on with, and the service is not asked.
    let reads = emulator.requests().len();
    yes(&emulator, &dir, "t", 3, &["--after-canary"]).ok();
    assert!(emulator.requests()[reads..].iter().all(|request| request.method == "POST"));
    // A text with braces is compared as it is.
    other("u.json");
    stopped(&yes(&emulator, &dir, "u", 3, &[]), "proactive-chat 7 of ");
    assert_eq!(emulator.deliveries(None).unwrap().len(), 9);
}

#[test]
fn look_back_is_bounded_and_can_be_chosen() {
    let (emulator, ids, dir) = people(3);
    ahead(&emulator, -TimeDelta::hours(30));
    others(&emulator, &dir, &ids[1..2]);
    ahead(&emulator, -TimeDelta::hours(23));
    others(&emulator, &dir, &ids[..1]);
    emulator.follow_clock();
    for (name, number, options, code) in [
        ("a", 0..1, &[][..], 6),
        ("b", 0..1, &["--look-back", "22h"], 0),
        ("c", 1..2, &[], 0),
        ("d", 1..2, &["--look-back", "36h"], 6),
        ("e", 1..2, &["--look-back", "36500d"], 6),
    ] {
        let list = &ids[number];
        plan(&dir, list, name, &[]);
        let ended = yes(&emulator, &dir, name, 1, &[options, &["--json"]].concat());
        assert_eq!(ended.code, code, "{name}: {}", ended.err);
    }
}

#[test]
fn clocks_that_differ_are_compared_before_the_first_batch() {
    for hours in [-30, 30] {
        let (emulator, ids, dir) = people(3);
        ahead(&emulator, TimeDelta::hours(hours));
        plan(&dir, &ids, "p", &[]);
        let other = job(&dir, "p");
        yes(&emulator, &dir, "p", 3, &[]).ok();
        stopped(&yes(&emulator, &other, "p", 3, &[]), "3 of its 3 recipients");
    }
}

/// The answer was lost and the job is gone: nobody knows, but the service.
#[test]
fn batch_without_an_answer_is_found() {
    let (emulator, ids, dir) = people(3);
    plan(&dir, &ids, "p", &[]);
    let other = job(&dir, "p");
    faults(&emulator, json!([{ "method": "POST", "fault": lost() }]));
    assert_eq!(yes(&emulator, &dir, "p", 3, &[]).code, 6);
    faults(&emulator, json!([]));
    stopped(&yes(&emulator, &other, "p", 3, &[]), "3 of its 3 recipients");
    nobody_twice(&emulator, 3);
}

fn answer(operation: &str, status: u16, body: Option<Value>) -> Value {
    let answer = json!({ "status": status, "body": body.map(|body| body.to_string()).unwrap_or_default() });
    json!({ "operation": operation, "fault": { "answer": answer } })
}

/// A chat is read before the list has its row; and a list that shows none of what is known to be sent proves nothing.
#[test]
fn list_that_lags_does_not_mislead() {
    let (emulator, ids, dir) = people(3);
    plan(&dir, &ids, "p", &[]);
    let other = job(&dir, "p");
    yes(&emulator, &dir, "p", 3, &[]).ok();
    faults(&emulator, json!([answer("chat_message_list", 200, Some(json!({ "count": 0, "results": [] })))]));
    stopped(&yes(&emulator, &other, "p", 3, &[]), "proactive-chat 1 of ");
    // To others it is sent: every chat was read.
    plan(&dir, &more(&emulator, 2), "q", &["--batch-size", "1"]);
    yes(&emulator, &dir, "q", 2, &[]).ok();
    nobody_twice(&emulator, 5);
}

#[test]
fn service_that_cannot_tell_is_left_to_a_person() {
    let (emulator, ids, dir) = people(8);
    emulator.set_behaviour(Behaviour::default().set("all_messages_gone", "true").unwrap()).unwrap();
    plan(&dir, &ids[..5], "p", &["--batch-size", "1"]);
    let other = job(&dir, "p");
    // Without the list, and without a chat that shows how ids run.
    stopped(&yes(&emulator, &dir, "p", 5, &[]), "shows too few messages");
    yes(&emulator, &dir, "p", 5, &NOT_BEFORE).ok();
    let db = rusqlite::Connection::open(dir.path().join("p.ledger")).unwrap();
    let kept = "SELECT concat_ws(' ', assertion, by, why) FROM assertions";
    let kept: String = db.query_row(kept, [], |row| row.get(0)).unwrap();
    assert_eq!(kept, "not-sent-before Ann a campaign of its own");
    // With chats it can tell.
    stopped(&yes(&emulator, &other, "p", 5, &[]), "proactive-chat 5 of ");
    plan(&dir, &ids[5..], "q", &[]);
    for (text, people, words) in [
        ("Hello", Value::Null, "its recipients cannot be read"),
        ("Hello", json!(ids[5].to_string()), "and 1 of its 3 recipients"),
    ] {
        let chat = json!({ "id": 3, "message": text, "sentCount": 1, "customersList": people });
        faults(&emulator, json!([answer("proactive_chat_get", 200, Some(chat))]));
        stopped(&yes(&emulator, &dir, "q", 3, &[]), words);
    }
    // One that is missing between others may be the one: chat 3 is read last.
    let missing = json!({ "answer": { "status": 404 } });
    faults(&emulator, json!([{ "operation": "proactive_chat_get", "nth": 24, "fault": missing }]));
    stopped(&yes(&emulator, &dir, "q", 3, &[]), "shows too few messages");
    faults(&emulator, json!([]));
    yes(&emulator, &dir, "q", 3, &[]).ok();
    nobody_twice(&emulator, 8);
}

/// Rows with the text that no chat accounts for.
#[test]
fn rows_that_nothing_explains_are_left_to_a_person() {
    let (emulator, ids, dir) = people(4);
    plan(&dir, &ids[..2], "p", &[]);
    let other = job(&dir, "p");
    yes(&emulator, &dir, "p", 2, &[]).ok();
    faults(&emulator, json!([answer("proactive_chat_get", 404, None)]));
    stopped(&yes(&emulator, &other, "p", 2, &[]), "chat-message: 2 rows since ");
    plan(&dir, &ids[2..], "q", &[]);
    stopped(&yes(&emulator, &dir, "q", 2, &[]), "2 of them may be this plan's");
    nobody_twice(&emulator, 2);
}

#[test]
fn service_that_may_not_be_asked_stops_it() {
    let (emulator, ids, dir) = people(2);
    plan(&dir, &ids, "p", &[]);
    for (operation, status, code) in
        [("chat_message_list", 403, 4), ("proactive_chat_get", 401, 4), ("chat_message_list", 400, 1)]
    {
        faults(&emulator, json!([answer(operation, status, None)]));
        let refused = yes(&emulator, &dir, "p", 2, &["--json"]);
        let error = refused.error();
        assert_eq!((refused.code, &error["may_have_acted"]), (code, &json!(false)), "{error}");
        assert!(refused.err.contains("cannot find out whether this plan was sent before"), "{error}");
        assert!(refused.err.contains("nothing was sent") && refused.err.contains("--not-sent-before"), "{error}");
    }
    assert_eq!((creates(&emulator), fs::read_dir(dir.path()).unwrap().count()), (0, 2));
    // A person says so: the service is not asked.
    let reads = emulator.requests().len();
    yes(&emulator, &dir, "p", 2, &NOT_BEFORE).ok();
    assert_eq!(emulator.requests().len(), reads + 1);
    nobody_twice(&emulator, 2);
}

#[test]
fn assertion_needs_a_name_and_a_reason() {
    let (emulator, ids, dir) = people(1);
    plan(&dir, &ids, "p", &[]);
    for options in [
        &["--not-sent-before"][..],
        &["--not-sent-before", "--by", "Ann"],
        &["--by", "Ann", "--why", "b"],
        &["--not-sent-before", "--by", " ", "--why", "b"],
    ] {
        assert_eq!(yes(&emulator, &dir, "p", 1, options).code, 2, "{options:?}");
    }
    assert!(emulator.requests().is_empty());
}

/// A ledger without a batch, as a kill leaves it, is asked about, and said to be in the way of the right one.
#[test]
fn ledger_without_an_attempt_is_new() {
    let (emulator, ids, dir) = people(3);
    plan(&dir, &ids, "p", &[]);
    let other = job(&dir, "p");
    faults(&emulator, json!([{ "method": "POST", "fault": { "answer": { "status": 401 } } }]));
    assert_eq!(yes(&emulator, &other, "p", 3, &[]).code, 4);
    faults(&emulator, json!([]));
    let ledger = rusqlite::Connection::open(other.path().join("p.ledger")).unwrap();
    ledger.execute("DELETE FROM attempts", []).unwrap();
    drop(ledger);
    let mark = crate::send::mark(&other);
    let text = fs::read_to_string(&mark).unwrap();
    fs::write(&mark, text.trim_end_matches('.')).unwrap();
    yes(&emulator, &dir, "p", 3, &[]).ok();
    let again = yes(&emulator, &other, "p", 3, &[]);
    stopped(&again, "after `rm ");
    let typed = again.err.split('`').find(|part| part.starts_with("rm ")).unwrap();
    assert!(Command::new("sh").args(["-c", typed]).current_dir(other.path()).status().unwrap().success());
    fs::rename(dir.path().join("p.ledger"), other.path().join("p.ledger")).unwrap();
    yes(&emulator, &other, "p", 3, &[]).ok();
    nobody_twice(&emulator, 3);
}

/// A ledger whose batches the service refused, or never got, knows of nobody: the question stays open.
#[test]
fn ledger_of_refused_batches_asks_again() {
    let refused = json!({ "method": "POST", "times": 2, "fault": { "answer": { "status": 400 } } });
    let throttled = json!({ "method": "POST", "fault": { "throttle": { "retry_after": { "seconds": 200 } } } });
    for (fault, code) in [(refused, 3), (throttled, 5)] {
        let (emulator, ids, dir) = people(3);
        plan(&dir, &ids, "p", &["--batch-size", "1"]);
        let other = job(&dir, "p");
        faults(&emulator, json!([fault]));
        assert_eq!([&dir, &other].map(|dir| yes(&emulator, dir, "p", 3, &[]).code), [code; 2]);
        faults(&emulator, json!([]));
        assert_eq!(creates(&emulator), 2);
        yes(&emulator, &dir, "p", 3, &[]);
        stopped_with_a_ledger(&yes(&emulator, &other, "p", 3, &[]));
        assert!(emulator.messaged_twice().unwrap().is_empty());
    }
}

fn stopped_with_a_ledger(ended: &Ended) {
    assert!(ended.code == 6 && ended.err.contains("may have been sent before"), "{}{}", ended.out, ended.err);
}

/// The first batch of both jobs has no answer: each takes one result for its own, and stops at the other's.
#[test]
fn two_jobs_in_doubt_send_one_batch_twice_at_most() {
    let (emulator, ids, dir) = people(20);
    plan(&dir, &ids, "p", &["--batch-size", "2", "--per-second", "200"]);
    faults(
        &emulator,
        json!([{ "method": "POST", "times": 2, "fault": { "answer": { "status": 502, "carried_out": true } } }]),
    );
    let begun = [job(&dir, "p"), job(&dir, "p")].map(|dir| {
        let mut command = send(&emulator, &dir, "apply", "p");
        command.args(["--yes-send-to", "20"]);
        (begin(command), dir)
    });
    let codes = begun.map(|(child, dir)| (ended(child.wait_with_output().unwrap()).code, drop(dir)).0);
    assert!(codes.contains(&6), "{codes:?}");
    assert!(emulator.messaged_twice().unwrap().len() <= 2, "{codes:?}");
}

/// Two jobs ask before either has sent: both may send the first batch, one at most the others.
#[test]
fn two_jobs_at_once_send_one_batch_twice_at_most() {
    for _ in 0..4 {
        let (emulator, ids, dir) = people(40);
        plan(&dir, &ids, "p", &["--batch-size", "2", "--per-second", "200"]);
        let jobs = [job(&dir, "p"), job(&dir, "p")];
        let begun = jobs.each_ref().map(|dir| {
            let mut command = send(&emulator, dir, "apply", "p");
            command.args(["--yes-send-to", "40"]);
            begin(command)
        });
        let ended = begun.map(|child| ended(child.wait_with_output().unwrap()));
        let codes = ended.each_ref().map(|ended| ended.code);
        assert!(codes.contains(&6) && codes.iter().all(|code| [0, 6].contains(code)), "{codes:?}");
        let twice = emulator.messaged_twice().unwrap().len();
        assert!(twice <= 2, "{twice} people: {} {}", ended[0].err, ended[1].err);
        // A person lets one of them go on.
        if codes == [6, 6] {
            let left = jobs.iter().find(|dir| dir.path().join("p.ledger").exists()).unwrap();
            yes(&emulator, left, "p", 40, &[]).ok();
            assert_eq!(status(&emulator, left, "p").get("done"), Some(&40));
        }
        assert!(emulator.messaged_twice().unwrap().len() <= 2);
    }
}

/// The number of requests grows neither with the plan nor with the number of chats.
#[test]
fn questions_are_few() {
    let (emulator, ids, dir) = people(300);
    plan(&dir, &ids[..200], "p", &["--batch-size", "1"]);
    yes(&emulator, &dir, "p", 200, &[]).ok();
    fs::write(dir.path().join("all"), ids.iter().map(|id| format!("{id}\n")).collect::<String>()).unwrap();
    let ask = |name: &str, text: &str| {
        let mut command = desk();
        command.current_dir(dir.path()).args(["send", "plan", "--recipients", "all", "--batch-size", "300"]);
        let other = message().map(|word| if word == "Hello" { text } else { word });
        run(command, [&other[..], &["--out", &format!("{name}.json")]].concat()).ok();
        let before = emulator.requests().len();
        yes(&emulator, &dir, name, 300, &[]).ok();
        emulator.requests().len() - before
    };
    // Chats of the last minutes are read, because the list may not show them yet.
    let asked = ask("q", "Another text");
    assert!((200..260).contains(&asked), "{asked}");
    ahead(&emulator, TimeDelta::minutes(10));
    let asked = ask("r", "A third text");
    assert!(asked < 60, "{asked}");
}

/// A dry run asks nothing, and says so.
#[test]
fn dry_run_says_that_it_has_not_asked() {
    let (emulator, ids, dir) = people(1);
    plan(&dir, &ids, "p", &[]);
    let dry = apply(&emulator, &dir, "p", &["--dry-run"]).ok();
    assert!(dry.err.contains("first asks the service whether the plan was sent before"), "{}", dry.err);
    assert!(emulator.requests().is_empty());
}
