//! `desk send reconcile` without a decision: what it says of a batch is what became of it, or that it is not clear.

use std::process::Stdio;
use std::time::Duration;

use chrono::{SecondsFormat, TimeDelta, Utc};
use desk_emulator::{Behaviour, Emulator, NewCustomer, Time};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::run::{Ended, desk, run, with};
use crate::send::{apply, faults, message, people, plan, send};

/// A service, whom its customers are, and a campaign to them in batches of three: the second has this fate.
pub(crate) fn campaign(fate: Value, number: usize) -> (Emulator, Vec<i64>, TempDir) {
    let (emulator, ids, dir) = people(number);
    plan(&dir, &ids, "p", &["--batch-size", "3"]);
    faults(&emulator, json!([{ "method": "POST", "nth": 2, "fault": fate }]));
    let all = number.to_string();
    assert_eq!(apply(&emulator, &dir, "p", &["--yes-send-to", &all]).code, 6);
    (emulator, ids, dir)
}

pub(crate) fn lost() -> Value {
    json!({ "cut": { "when": "after_commit" } })
}

pub(crate) fn dropped() -> Value {
    json!({ "cut": { "when": "before_commit" } })
}

/// The evidence; nothing may still come.
pub(crate) fn reconcile(emulator: &Emulator, dir: &TempDir, options: &[&str]) -> Ended {
    run(send(emulator, dir, "reconcile", "p"), [&["--settle", "0s"][..], options].concat())
}

pub(crate) fn found(emulator: &Emulator, dir: &TempDir) -> Vec<Value> {
    let shown = reconcile(emulator, dir, &["--json"]);
    assert_eq!(shown.code, 6, "{}{}", shown.out, shown.err);
    shown.lines()
}

/// The verdict about each batch.
fn verdicts(emulator: &Emulator, dir: &TempDir) -> Vec<(i64, String)> {
    let rows = found(emulator, dir);
    let verdict = |row: &Value| (row["batch"].as_i64().unwrap(), row["verdict"].as_str().unwrap().to_owned());
    rows.iter().map(verdict).collect()
}

fn one(number: i64, verdict: &str) -> Vec<(i64, String)> {
    vec![(number, verdict.to_owned())]
}

/// Somebody sends the same text to these.
pub(crate) fn others(emulator: &Emulator, dir: &TempDir, ids: &[i64]) {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let mut command = with(emulator);
    command.current_dir(dir.path()).args(["proactive-chat", "create", "--customer-ids", &ids.join(",")]);
    run(command, message()).ok();
}

/// Sets the service's clock.
pub(crate) fn ahead(emulator: &Emulator, time: TimeDelta) {
    let now = (Utc::now() + time).to_rfc3339_opts(SecondsFormat::Micros, true);
    emulator.set_clock(Time::parse(&now).unwrap(), false).unwrap();
}

/// What the ledger has.
fn ledger(dir: &TempDir) -> Vec<String> {
    let db = rusqlite::Connection::open(dir.path().join("p.ledger")).unwrap();
    let rows = "SELECT concat_ws(' ', n, batch, begun, ended, outcome, error) FROM attempts
                UNION ALL SELECT concat_ws(' ', n, attempt, decision) FROM decisions";
    let mut query = db.prepare(rows).unwrap();
    let rows = query.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

#[test]
fn an_answer_that_was_lost_was_likely_sent() {
    let (emulator, ids, dir) = campaign(lost(), 9);
    let (before, asked) = (ledger(&dir), emulator.requests().len());
    let rows = found(&emulator, &dir);
    let row = &rows[0];
    assert_eq!((rows.len(), &row["batch"], &row["verdict"]), (1, &json!(2), &json!("likely-sent")), "{row}");
    let look = &row["evidence"]["neighbours"];
    assert_eq!(look["match"], json!({ "id": 2, "all_recipients": true, "reached": 3 }), "{row}");
    let list = &row["evidence"]["rows"];
    assert_eq!(
        (&list["with_text"], &list["known_sent"]["recipients"], &list["left"]),
        (&json!(9), &json!(9), &json!(0))
    );
    assert_eq!((&row["id_before"], &row["id_after"], &row["recipients"]), (&json!(1), &json!(3), &json!(ids[3..6])));
    let told = reconcile(&emulator, &dir, &[]);
    for words in [
        "proactive-chat: 2 has the text and the same recipients; 3 were reached",
        "chat-message: 9 rows between",
        "  likely-sent: desk send reconcile p.json --settle 0s --batch 2 --as sent --by NAME --why TEXT",
    ] {
        assert!(told.out.contains(words), "{words}: {}", told.out);
    }
    assert!(told.err.contains("this assumes, without documentation: each sent message has a row"), "{}", told.err);
    // It has only read, and noted nothing.
    assert!(emulator.requests()[asked..].iter().all(|request| request.method == "GET"));
    assert_eq!(ledger(&dir), before);
}

#[test]
fn a_request_that_was_dropped_was_likely_not_sent() {
    let (emulator, _, dir) = campaign(dropped(), 9);
    let rows = found(&emulator, &dir);
    assert_eq!(rows[0]["verdict"], "likely-not-sent", "{}", rows[0]);
    let list = &rows[0]["evidence"]["rows"];
    assert_eq!((&list["with_text"], &list["known_sent"]["batches"], &list["left"]), (&json!(6), &json!(2), &json!(0)));
    assert_eq!(rows[0]["evidence"]["neighbours"]["complete"], true);
    let told = reconcile(&emulator, &dir, &[]);
    assert!(told.out.contains("6 rows") && told.out.contains("account for 6; 0 are left for 3"), "{}", told.out);
    assert!(
        told.out.contains("  likely-not-sent: desk send reconcile p.json --settle 0s --batch 2 --as not-sent"),
        "{}",
        told.out
    );
    // What was not there may still come: unless told otherwise, five minutes long.
    let shown = run(send(&emulator, &dir, "reconcile", "p"), ["--json"]).lines();
    assert_eq!(shown[0]["verdict"], "unclear", "{}", shown[0]);
    assert!(shown[0]["evidence"]["look_again"].is_string());
    let told = run(send(&emulator, &dir, "reconcile", "p"), [] as [&str; 0]).out;
    assert!(
        told.contains("it may still be carried out: run the command again after") && told.contains("  unclear\n"),
        "{told}"
    );
}

/// The last batch, the first one, and one that is alone: there is less to go by.
#[test]
fn it_goes_by_what_there_is() {
    for (number, rule, batch, nothing) in
        [(6, 2, 2, "likely-not-sent"), (6, 1, 1, "likely-not-sent"), (3, 1, 1, "unclear")]
    {
        // That nothing is there says nothing if nothing else ever was.
        for (fate, verdict) in [(lost(), "likely-sent"), (dropped(), nothing)] {
            let (emulator, ids, dir) = people(number);
            plan(&dir, &ids, "p", &["--batch-size", "3"]);
            faults(&emulator, json!([{ "method": "POST", "nth": rule, "fault": fate }]));
            apply(&emulator, &dir, "p", &["--yes-send-to", &number.to_string()]);
            assert_eq!(verdicts(&emulator, &dir), one(batch, verdict), "{number} {rule}");
        }
    }
}

/// An answer of which only the id could be read: what it stands for is looked at, whether it is so or not.
#[test]
fn an_id_that_was_answered_is_looked_at() {
    for (carried_out, verdict) in [(true, "likely-sent"), (false, "unclear")] {
        let fate = json!({ "answer": { "status": 201, "body": "{\"id\": 2}", "carried_out": carried_out } });
        let (emulator, _, dir) = campaign(fate, 9);
        let rows = found(&emulator, &dir);
        assert_eq!((&rows[0]["id"], &rows[0]["verdict"]), (&json!(2), &json!(verdict)), "{}", rows[0]);
        assert_eq!(rows[0]["evidence"]["rows"]["left"], 0, "{}", rows[0]);
    }
}

#[test]
fn a_part_is_seen() {
    let (emulator, ids, dir) = campaign(dropped(), 6);
    others(&emulator, &dir, &ids[3..5]);
    let rows = found(&emulator, &dir);
    assert_eq!(rows[0]["verdict"], "partly", "{}", rows[0]);
    assert_eq!(rows[0]["evidence"]["neighbours"]["match"]["reached"], 2);
    // Without what was created beside it the rows say so too.
    let (emulator, ids, dir) = campaign(dropped(), 3 + 3);
    others(&emulator, &dir, &ids[3..5]);
    faults(&emulator, json!([{ "operation": "proactive_chat_get", "fault": { "answer": { "status": 404 } } }]));
    assert_eq!(found(&emulator, &dir)[0]["evidence"]["rows"]["verdict"], "partly");
}

/// Two campaigns with the same text at the same time: those of the other are told apart by whom they reached, or it is said that
/// nobody can know.
#[test]
fn others_with_the_same_text_do_not_mislead() {
    for (fate, verdict) in [(lost(), "likely-sent"), (dropped(), "likely-not-sent")] {
        let (emulator, _, dir) = campaign(fate, 6);
        let more: Vec<i64> =
            (0..3).map(|n| emulator.add_customer(NewCustomer::new(&format!("D{n}"))).unwrap().id).collect();
        others(&emulator, &dir, &more);
        let rows = found(&emulator, &dir);
        assert_eq!(rows[0]["verdict"], verdict, "{}", rows[0]);
        if verdict == "likely-not-sent" {
            let list = &rows[0]["evidence"]["rows"];
            assert_eq!(list["of_others"], json!({ "batches": 1, "recipients": 3 }));
            assert_eq!((&list["with_text"], &list["left"]), (&json!(6), &json!(0)));
        }
    }
    // Of these nobody says who they are: as many rows as the batch would have, but none of its own.
    let (emulator, _, dir) = campaign(dropped(), 6);
    let ticket = emulator.tickets(None).unwrap().iter().find(|ticket| ticket.proactive_id.is_some()).unwrap().id;
    for _ in 0..3 {
        emulator.agent_reply(ticket, None, "Hello").unwrap();
    }
    assert_eq!(verdicts(&emulator, &dir), one(2, "unclear"));
    // Nor where they do not say whom they reached.
    let (emulator, _, dir) = campaign(dropped(), 6);
    let mute = json!({ "id": 2, "message": "Hello", "sentCount": 9 }).to_string();
    let mute = json!([{ "operation": "proactive_chat_get", "nth": 1, "fault": { "answer": { "status": 200, "body": mute } } }]);
    faults(&emulator, mute);
    let rows = found(&emulator, &dir);
    assert_eq!((&rows[0]["verdict"], &rows[0]["evidence"]["neighbours"]["perhaps"]), (&json!("unclear"), &json!([2])));
    // Nor where whom they reached is told in part, or what they say cannot be read.
    let (emulator, ids, dir) = campaign(dropped(), 6);
    let part = json!({ "id": 2, "message": "Hello", "sentCount": 3, "customersList": format!("{},9", ids[3]) });
    for odd in [part.to_string(), part.to_string().replace("Hello", "\\ud83d")] {
        let odd = json!({ "answer": { "status": 200, "body": odd } });
        faults(&emulator, json!([{ "operation": "proactive_chat_get", "nth": 1, "fault": odd }]));
        let rows = found(&emulator, &dir);
        let look = &rows[0]["evidence"]["neighbours"];
        assert_eq!((&rows[0]["verdict"], &look["perhaps"]), (&json!("unclear"), &json!([2])), "{}", rows[0]);
    }
}

/// Each of several is told apart, also when a person has decided the other.
#[test]
fn several_in_doubt_are_told_apart() {
    let (emulator, ids, dir) = people(12);
    plan(&dir, &ids, "p", &["--batch-size", "3"]);
    // A rule counts the requests that no rule before it has taken.
    let rules =
        json!([{ "method": "POST", "nth": 2, "fault": dropped() }, { "method": "POST", "nth": 2, "fault": lost() }]);
    faults(&emulator, rules);
    apply(&emulator, &dir, "p", &["--yes-send-to", "12"]);
    let both = [one(2, "likely-not-sent"), one(3, "likely-sent")].concat();
    assert_eq!(verdicts(&emulator, &dir), both);
    reconcile(&emulator, &dir, &["--batch", "3", "--as", "sent", "--by", "Ann", "--why", "its evidence"]).ok();
    assert_eq!(verdicts(&emulator, &dir), both[..1]);
    // Without their neighbours nobody can say which of them it was.
    faults(&emulator, json!([{ "operation": "proactive_chat_get", "fault": { "answer": { "status": 404 } } }]));
    let rows = found(&emulator, &dir);
    assert_eq!((&rows[0]["verdict"], &rows[0]["evidence"]["rows"]["left"]), (&json!("unclear"), &json!(3)));
    let told = reconcile(&emulator, &dir, &[]).out;
    assert!(told.contains("3 are left for 6 recipients in doubt in 2 batches whose times overlap"), "{told}");
}

/// kill -9 with a request on its way: before anything was done, and after all was.
#[test]
fn a_kill_leaves_what_can_be_found_out() {
    for (when, verdict) in [("after_commit", "likely-sent"), ("before_commit", "likely-not-sent")] {
        let (emulator, ids, dir) = people(9);
        plan(&dir, &ids, "p", &["--batch-size", "3"]);
        faults(
            &emulator,
            json!([{ "method": "POST", "nth": 2, "fault": { "cut": { "when": when, "how": "stall" } } }]),
        );
        let mut command = send(&emulator, &dir, "apply", "p");
        command.args(["--yes-send-to", "9"]).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let reached = if when == "after_commit" { 6 } else { 3 };
        let creates = || emulator.requests().iter().filter(|request| request.method == "POST").count();
        while creates() < 2 && emulator.deliveries(None).unwrap().len() < reached
            || emulator.faults().iter().all(|rule| rule.fired == 0)
        {
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(verdicts(&emulator, &dir), one(2, verdict));
        assert_eq!(apply(&emulator, &dir, "p", &["--yes-send-to", "9"]).code, 6);
        assert_eq!(verdicts(&emulator, &dir), one(2, verdict));
    }
}

/// The service's clock is an hour ahead.
#[test]
fn clocks_that_differ_are_compared() {
    for (fate, verdict) in [(lost(), "likely-sent"), (dropped(), "likely-not-sent")] {
        let (emulator, ids, dir) = people(6);
        ahead(&emulator, TimeDelta::hours(1));
        plan(&dir, &ids, "p", &["--batch-size", "3"]);
        faults(&emulator, json!([{ "method": "POST", "nth": 2, "fault": fate }]));
        apply(&emulator, &dir, "p", &["--yes-send-to", "6"]);
        let row = &found(&emulator, &dir)[0];
        assert_eq!(row["verdict"], verdict, "{row}");
        assert_eq!(row["evidence"]["rows"]["with_text"], if verdict == "likely-sent" { 6 } else { 3 }, "{row}");
        let ahead = row["evidence"]["service_clock_ahead_seconds"].as_i64().unwrap();
        assert!((3500..=3600).contains(&ahead), "{ahead}");
    }
}

/// A list that is gone leaves the neighbours; one that does not show what is known to be sent proves nothing.
#[test]
fn a_list_that_cannot_tell_is_left_out() {
    for (fate, verdict) in [(lost(), "likely-sent"), (dropped(), "likely-not-sent")] {
        let (emulator, _, dir) = campaign(fate, 9);
        let gone = Behaviour::default().set("all_messages_gone", "true").unwrap();
        emulator.set_behaviour(gone).unwrap();
        assert_eq!(found(&emulator, &dir)[0]["evidence"]["rows"], json!(null));
        assert_eq!(verdicts(&emulator, &dir), one(2, verdict));
        assert!(reconcile(&emulator, &dir, &[]).out.contains("the service no longer has this list"));
        emulator.set_behaviour(Behaviour::default()).unwrap();
        let empty = json!({ "count": 0, "results": [] }).to_string();
        faults(
            &emulator,
            json!([{ "operation": "chat_message_list", "fault": { "answer": { "status": 200, "body": empty } } }]),
        );
        assert_eq!(verdicts(&emulator, &dir), one(2, verdict));
        assert!(reconcile(&emulator, &dir, &[]).out.contains("are missing, so that this is no proof"));
    }
}

/// Rows in another order with each request, a few a page: every one is seen once.
#[test]
fn a_list_without_an_order_is_read_whole() {
    let (emulator, _, dir) = campaign(lost(), 30);
    let order = Behaviour::default().set("order", "none").unwrap().set("max_limit", "29").unwrap();
    emulator.set_behaviour(order).unwrap();
    let list = &found(&emulator, &dir)[0]["evidence"]["rows"];
    assert!(list["with_text"] == 30 || list["with_text"] == json!(null), "{list}");
}

#[test]
fn who_cannot_ask_is_told_and_offline_asks_nothing() {
    let (emulator, _, dir) = campaign(lost(), 9);
    let (before, asked) = (ledger(&dir), emulator.requests().len());
    let bare = |options: &[&str]| {
        let mut command = desk();
        command.current_dir(dir.path()).args(["send", "reconcile", "p.json"]);
        run(command, options)
    };
    let offline = bare(&["--offline", "--json"]);
    let rows = offline.lines();
    assert_eq!((offline.code, &rows[0]["verdict"], &rows[0]["evidence"]), (6, &json!(null), &json!(null)));
    assert_eq!((&rows[0]["id_before"], &rows[0]["id_after"]), (&json!(1), &json!(3)));
    let offline = bare(&["--offline"]);
    assert!(offline.out.contains("batch 2: 3 recipients") && !offline.out.contains("likely"), "{}", offline.out);
    assert_eq!(emulator.requests().len(), asked);

    let tokenless = bare(&["--json"]);
    let error = tokenless.error();
    assert_eq!((tokenless.code, &error["kind"]), (4, &json!("credentials")));
    let hint = error["hint"].as_str().unwrap();
    assert!(hint.contains("--token-file") && hint.contains("--offline"), "{hint}");

    faults(&emulator, json!([{ "fault": { "answer": { "status": 403 } } }]));
    let refused = reconcile(&emulator, &dir, &["--json"]);
    assert_eq!((refused.code, refused.error()["may_have_acted"].clone()), (4, json!(false)), "{}", refused.err);
    faults(&emulator, json!([]));

    let other = Emulator::start_blocking().unwrap();
    let elsewhere = reconcile(&other, &dir, &[]);
    assert!(elsewhere.code == 2 && elsewhere.err.contains("another service"), "{}", elsewhere.err);

    let mut down = send(&emulator, &dir, "reconcile", "p");
    drop(emulator);
    down.arg("--json");
    let down = run(down, [] as [&str; 0]);
    assert_eq!((down.code, down.out.as_str()), (5, ""), "{}", down.err);
    assert!(down.error()["hint"].as_str().unwrap().contains("--offline"));
    assert_eq!(ledger(&dir), before);
    // Nothing in doubt needs no service.
    let decide = ["--batch", "2", "--as", "sent", "--by", "Ann", "--why", "its evidence"];
    bare(&decide).ok();
    let nothing = bare(&[]).ok();
    assert!(nothing.err.contains("no batch is in doubt"), "{}", nothing.err);
}
