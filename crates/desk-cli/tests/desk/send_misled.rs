//! What could make `desk send reconcile` call a batch not sent that was: everybody in it would be messaged twice.

use chrono::TimeDelta;
use desk_emulator::{Behaviour, Emulator, NewCustomer};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::run::run;
use crate::send::{apply, faults, people, plan, send};
use crate::send_evidence::{ahead, campaign, dropped, found, lost, others, reconcile};

/// The first batch of a campaign in batches of three.
fn first(emulator: &Emulator, ids: &[i64], dir: &TempDir) {
    plan(dir, ids, "p", &["--batch-size", "3", "--canary", "1"]);
    assert_eq!(apply(emulator, dir, "p", &["--yes-send-to", &ids.len().to_string()]).code, 3);
}

/// The others of it; the answer about the next one is lost.
fn and_lost(emulator: &Emulator, ids: &[i64], dir: &TempDir) {
    faults(emulator, json!([{ "method": "POST", "nth": 1, "fault": lost() }]));
    assert_eq!(apply(emulator, dir, "p", &["--yes-send-to", &ids.len().to_string(), "--after-canary"]).code, 6);
}

/// A person has decided wrongly before: what that attempt did is known by now.
#[test]
fn an_attempt_before_that_was_carried_out_counts() {
    let (emulator, _, dir) = campaign(lost(), 9);
    let not_sent = ["--batch", "2", "--as", "not-sent", "--by", "Ann", "--why", "a mistake"];
    let refused = reconcile(&emulator, &dir, &not_sent);
    assert_eq!(refused.code, 2, "{}", refused.err);
    for words in
        ["batch 2 seems to have been sent: ", "proactive-chat: 2 has the text", "nothing was decided", "--offline"]
    {
        assert!(refused.err.contains(words), "{words}: {}", refused.err);
    }
    reconcile(&emulator, &dir, &[&not_sent[..], &["--offline"]].concat()).ok();
    faults(&emulator, json!([{ "method": "POST", "nth": 1, "fault": { "cut": { "when": "before_commit" } } }]));
    assert_eq!(apply(&emulator, &dir, "p", &["--yes-send-to", "9"]).code, 6);
    let row = &found(&emulator, &dir)[0];
    assert_eq!((&row["verdict"], &row["evidence"]["neighbours"]["match"]["id"]), (&json!("likely-sent"), &json!(2)));
}

/// What can neither be listed nor read again proves nothing.
#[test]
fn what_cannot_be_read_is_not_absent() {
    let (emulator, _, dir) = campaign(lost(), 9);
    emulator.set_behaviour(Behaviour::default().set("all_messages_gone", "true").unwrap()).unwrap();
    faults(&emulator, json!([{ "operation": "proactive_chat_get", "fault": { "answer": { "status": 404 } } }]));
    let row = &found(&emulator, &dir)[0];
    assert_eq!((&row["verdict"], &row["evidence"]["neighbours"]["recognised"]), (&json!("unclear"), &Value::Null));
    let told = reconcile(&emulator, &dir, &[]).out;
    assert!(told.contains("known results are not recognised by text, recipients and time"), "{told}");
}

/// The service keeps texts and lists otherwise than they were sent.
#[test]
fn what_is_kept_otherwise_is_not_absent() {
    let (emulator, ids, dir) = campaign(lost(), 9);
    emulator.set_behaviour(Behaviour::default().set("all_messages_gone", "true").unwrap()).unwrap();
    let kept = |id: i64, text: &str, list: Option<String>| {
        let body = json!({ "id": id, "message": text, "sentCount": 3, "customersList": list }).to_string();
        let kept = json!({ "answer": { "status": 200, "body": body } });
        json!({ "operation": "proactive_chat_get", "times": 1, "fault": kept })
    };
    // Behind the known ones it reads ten that are not there, then one that is known.
    let absent = json!({ "operation": "proactive_chat_get", "times": 10, "fault": { "answer": { "status": 404 } } });
    // The batch alone, with its people; then all that were sent, without any.
    let alone = json!([kept(2, "Hello!", Some(format!("{},{},{}", ids[3], ids[4], ids[5])))]);
    for rules in [alone, json!([kept(2, "hello", None), absent, kept(1, "hello", None)])] {
        faults(&emulator, rules);
        let row = &found(&emulator, &dir)[0];
        assert_eq!(row["verdict"], "unclear", "{row}");
    }
}

/// The clocks differed by more while it was sent than they do now.
#[test]
fn a_clock_that_was_mended_meanwhile_does_not_mislead() {
    let (emulator, ids, dir) = people(9);
    ahead(&emulator, TimeDelta::minutes(20));
    first(&emulator, &ids, &dir);
    // Something else comes between.
    others(&emulator, &dir, &ids[8..]);
    and_lost(&emulator, &ids, &dir);
    emulator.follow_clock();
    let row = &found(&emulator, &dir)[0];
    assert!(row["verdict"] != "likely-not-sent", "{row}");
}

/// A batch that reached nobody has no rows that could show that there are any.
#[test]
fn nobody_reached_is_no_proof_of_rows() {
    let (emulator, ids, dir) = people(6);
    plan(&dir, &ids, "p", &["--batch-size", "3"]);
    let nobody = json!({ "id": 1000, "sentCount": 0 }).to_string();
    let nobody = json!({ "answer": { "status": 201, "body": nobody, "carried_out": false } });
    faults(
        &emulator,
        json!([{ "method": "POST", "times": 1, "fault": nobody }, { "method": "POST", "fault": lost() }]),
    );
    assert_eq!(apply(&emulator, &dir, "p", &["--yes-send-to", "6"]).code, 6);
    let empty = json!({ "count": 0, "results": [] }).to_string();
    faults(
        &emulator,
        json!([
            { "operation": "chat_message_list", "fault": { "answer": { "status": 200, "body": empty } } },
            { "operation": "proactive_chat_get", "fault": { "answer": { "status": 404 } } },
        ]),
    );
    let row = &found(&emulator, &dir)[0];
    assert_eq!((&row["verdict"], &row["evidence"]["rows"]["verdict"]), (&json!("unclear"), &Value::Null), "{row}");
}

/// The same at this machine: an hour behind, as after a pause, while the batch left.
#[test]
fn a_clock_of_this_machine_that_was_mended_does_not_mislead() {
    let (emulator, _, dir) = campaign(lost(), 6);
    let db = rusqlite::Connection::open(dir.path().join("p.ledger")).unwrap();
    let hour = "UPDATE attempts SET begun = replace(strftime('%Y-%m-%dT%H:%M:%fZ', begun, '-1 hour'), ' ', 'T'),
                ended = replace(strftime('%Y-%m-%dT%H:%M:%fZ', ended, '-1 hour'), ' ', 'T') WHERE n = 2";
    assert_eq!(db.execute(hour, []).unwrap(), 1);
    let row = &found(&emulator, &dir)[0];
    assert_eq!(row["verdict"], "unclear", "{row}");
    // Nor does the time pass in which it may still be carried out.
    let not_sent = ["--batch", "2", "--as", "not-sent", "--by", "Ann", "--why", "a mistake", "--offline"];
    let early = run(send(&emulator, &dir, "reconcile", "p"), not_sent);
    assert!(early.code == 5 && early.err.contains("the clock was set after batch 2 was sent"), "{}", early.err);
}

/// The service's clock was ahead while the last batch left, and others came between.
#[test]
fn what_is_later_than_now_shows_that_a_clock_was_set() {
    for minutes in [20, 200] {
        let (emulator, ids, dir) = people(6);
        first(&emulator, &ids, &dir);
        ahead(&emulator, TimeDelta::minutes(minutes));
        others(&emulator, &dir, &ids[..1]);
        and_lost(&emulator, &ids, &dir);
        emulator.follow_clock();
        let row = &found(&emulator, &dir)[0];
        assert_eq!(row["verdict"], "unclear", "{row}");
    }
}

/// An id between two known ones was given to something: what cannot be read there may be the batch.
#[test]
fn an_id_that_is_missing_is_not_absent() {
    let (emulator, _, dir) = campaign(lost(), 9);
    emulator.set_behaviour(Behaviour::default().set("all_messages_gone", "true").unwrap()).unwrap();
    faults(
        &emulator,
        json!([{ "operation": "proactive_chat_get", "nth": 1, "fault": { "answer": { "status": 404 } } }]),
    );
    let row = &found(&emulator, &dir)[0];
    assert_eq!((&row["verdict"], &row["evidence"]["neighbours"]["perhaps"]), (&json!("unclear"), &json!([2])), "{row}");
}

/// Others send the same text to one of its people and to strangers: as many rows as the batch would have.
#[test]
fn what_may_be_of_others_is_not_its_own() {
    let (emulator, ids, dir) = campaign(dropped(), 6);
    let add = |n: usize| emulator.add_customer(NewCustomer::new(&format!("D{n}"))).unwrap().id;
    others(&emulator, &dir, &[ids[3], add(1), add(2)]);
    let row = &found(&emulator, &dir)[0];
    assert_eq!(row["verdict"], "unclear", "{row}");
}

/// Nothing can be read again, and the clock was mended between two batches: the rows of the one are taken for the other's.
#[test]
fn rows_alone_do_not_say_that_it_was_not_sent() {
    let (emulator, ids, dir) = people(6);
    ahead(&emulator, TimeDelta::minutes(20));
    first(&emulator, &ids, &dir);
    emulator.follow_clock();
    and_lost(&emulator, &ids, &dir);
    faults(&emulator, json!([{ "operation": "proactive_chat_get", "fault": { "answer": { "status": 404 } } }]));
    let row = &found(&emulator, &dir)[0];
    let rows = &row["evidence"]["rows"];
    assert_eq!((&row["verdict"], &rows["left"]), (&json!("unclear"), &json!(0)), "{row}");
}

/// Where the service does not say whom a chat reached, its rows do.
#[test]
fn rows_say_what_a_chat_without_people_does_not() {
    let (emulator, _, dir) = campaign(lost(), 9);
    let mute = json!({ "id": 2, "message": "Hello", "sentCount": 3 }).to_string();
    let mute = json!({ "answer": { "status": 200, "body": mute } });
    faults(&emulator, json!([{ "operation": "proactive_chat_get", "nth": 1, "fault": mute }]));
    let row = &found(&emulator, &dir)[0];
    assert_eq!(row["verdict"], "likely-sent", "{row}");
}

/// It was carried out long after it had been given up: an exact match at another time, which nobody should send again.
#[test]
fn what_was_carried_out_late_is_not_sent_again() {
    let (emulator, ids, dir) = campaign(dropped(), 6);
    ahead(&emulator, TimeDelta::minutes(30));
    others(&emulator, &dir, &ids[3..]);
    emulator.follow_clock();
    let row = &found(&emulator, &dir)[0];
    assert_eq!(row["verdict"], "unclear", "{row}");
    let not_sent = ["--batch", "2", "--as", "not-sent", "--by", "Ann", "--why", "a mistake"];
    let refused = reconcile(&emulator, &dir, &not_sent);
    assert!(
        refused.code == 2 && refused.err.contains("2 has the text and the same recipients, but another time"),
        "{}",
        refused.err
    );
}
