//! Commands made from the spec: options, bodies, lists, outcomes and exit codes.

use desk_emulator::{Emulator, FaultPlan};
use serde_json::{Value, json};

use crate::run::{begin, desk, interrupt, run, run_with_input, with};

fn demo() -> Emulator {
    Emulator::builder().demo(true).start_blocking().unwrap()
}

const CREATE: [&str; 10] = [
    "proactive-chat",
    "create",
    "--message",
    "Hello",
    "--group-key",
    "sales",
    "--customer-ids",
    "101,102",
    "--agent-id",
    "1",
];

fn plan(rule: Value) -> FaultPlan {
    serde_json::from_value(json!({ "rules": [rule] })).unwrap()
}

#[test]
fn a_chat_is_created_and_read_back() {
    let emulator = demo();
    let created = run(with(&emulator), CREATE).ok().json();
    assert_eq!((&created["sentCount"], &created["message"]), (&json!(2), &json!("Hello")));
    let read = run(with(&emulator), ["proactive-chat", "get", "1", "--json"]).ok();
    assert_eq!(read.out.lines().count(), 1);
    assert_eq!(read.json()["id"], 1);
    assert_eq!(emulator.deliveries(None).unwrap().len(), 2);
}

#[test]
fn a_body_comes_from_a_file_and_options_replace_its_properties() {
    let emulator = demo();
    let body = json!({ "message": "from stdin", "groupKey": "sales", "customerIds": [101], "agentId": 1 }).to_string();
    let arguments = ["proactive-chat", "create", "--body", "-", "--priority", "URGENT"];
    let created = run_with_input(with(&emulator), &arguments, &body).ok().json();
    assert_eq!((&created["message"], &created["priority"]), (&json!("from stdin"), &json!("URGENT")));

    let unknown = body.replace("agentId", "agent_id");
    let refused = run_with_input(with(&emulator), &["proactive-chat", "create", "--body", "-", "--json"], &unknown);
    assert_eq!((refused.code, refused.error()["kind"].clone()), (2, json!("usage")));
    let unknown = body.replace("\"agentId\"", "\"colour\":\"red\",\"agentId\"");
    let refused = run_with_input(with(&emulator), &["proactive-chat", "create", "--body", "-"], &unknown);
    assert!(refused.code == 2 && refused.err.contains("`colour`"), "{}", refused.err);
    let missing = run(with(&emulator), ["proactive-chat", "create", "--message", "x"]);
    assert!(missing.code == 2 && missing.err.contains("--group-key is missing; nothing was sent"), "{}", missing.err);
    assert_eq!(emulator.deliveries(None).unwrap().len(), 1);
}

#[test]
fn exit_codes_say_what_became_of_a_create() {
    let emulator = demo();
    let cases = [
        (json!({ "cut": { "when": "after_commit" } }), 6, "unknown", true),
        (json!({ "answer": { "status": 503 } }), 6, "unknown", true),
        (json!({ "answer": { "status": 400 } }), 1, "rejected", false),
        (json!({ "answer": { "status": 403 } }), 4, "rejected", false),
    ];
    for (fault, code, outcome, acted) in cases {
        emulator.set_faults(plan(json!({ "method": "POST", "fault": fault }))).unwrap();
        let ended = run(with(&emulator), CREATE.into_iter().chain(["--json"]));
        let error = ended.error();
        assert_eq!(
            (ended.code, &error["outcome"], &error["may_have_acted"]),
            (code, &json!(outcome), &json!(acted)),
            "{error}"
        );
        assert!(code != 6 || error["retryable"] == false, "{error}");
    }
    emulator.set_faults(FaultPlan::default()).unwrap();
    let invalid = run(with(&emulator), ["proactive-chat", "get", "0", "--json"]);
    assert_eq!((invalid.code, &invalid.error()["outcome"]), (2, &json!("not_sent")));
    let absent = run(with(&emulator), ["proactive-chat", "get", "77", "--json"]);
    assert_eq!((absent.code, &absent.error()["kind"]), (1, &json!("not_found")));
    let mut closed = desk();
    closed.env("DESK_BASE_URL", "http://127.0.0.1:9/v1").env("DESK_API_TOKEN", "t");
    let closed = run(closed, CREATE.into_iter().chain(["--json"]));
    let error = closed.error();
    assert_eq!((closed.code, &error["outcome"], &error["retryable"]), (5, &json!("not_sent"), &json!(true)), "{error}");
}

#[test]
fn lists_are_read_to_their_end_a_row_a_line() {
    let emulator = Emulator::builder().seed_rows(1234).start_blocking().unwrap();
    let page = run(with(&emulator), ["chat-message", "list", "--limit", "3", "--offset", "5"]).ok().json();
    assert_eq!((page["count"].clone(), page["results"].as_array().unwrap().len()), (json!(1234), 3));
    let all = run(with(&emulator), ["chat-message", "list", "--all"]).ok().lines();
    let ids: Vec<_> = all.iter().map(|row| row["id"].as_i64().unwrap()).collect();
    assert_eq!(ids, (1..=1234).collect::<Vec<_>>());
    let some =
        run(with(&emulator), ["chat-message", "list", "--max-items", "7", "--limit", "2", "--offset", "10"]).ok();
    assert_eq!(some.lines().iter().map(|row| row["id"].clone()).collect::<Vec<_>>(), [11, 12, 13, 14, 15, 16, 17]);
    let ticket = run(with(&emulator), ["ticket-chat-message", "list", "1", "--all"]).ok().lines();
    assert!(!ticket.is_empty() && ticket.iter().all(|row| row["ticket"] == 1));
    let channel = ["chat-message", "list", "--ticket-channel-type", "SENDIBIRD"];
    let refused = run(with(&emulator), channel);
    assert!(refused.code == 2 && refused.err.contains("SENDBIRD"), "{}", refused.err);
}

#[test]
fn a_list_that_breaks_off_says_where_to_go_on() {
    let emulator = Emulator::builder().seed_rows(1000).start_blocking().unwrap();
    emulator
        .set_faults(plan(json!({ "nth": (4..40).collect::<Vec<_>>(), "fault": { "answer": { "status": 400 } } })))
        .unwrap();
    let broken = run(with(&emulator), ["chat-message", "list", "--all", "--limit", "100", "--json"]);
    let rows = broken.out.lines().count();
    let error = broken.error();
    assert!(broken.code == 1 && rows == 300, "{rows} {error}");
    assert_eq!(error["hint"], "continue with --offset 300");
}

#[test]
fn words_of_the_service_are_shown_without_control_characters() {
    let emulator = demo();
    let body = json!({ "code": "x", "detail": "red \u{1b}[31m" }).to_string();
    emulator.set_faults(plan(json!({ "fault": { "answer": { "status": 400, "body": body } } }))).unwrap();
    let refused = run(with(&emulator), ["proactive-chat", "get", "1"]);
    assert!(refused.err.contains("red \u{FFFD}[31m"), "{}", refused.err);
}

/// What this version does not know of comes through.
#[test]
fn unknown_properties_are_kept() {
    let emulator = demo();
    let body = r#"{"id": 9007199254740993, "brandNew": {"b": 1.50, "a": [1e2]}}"#;
    emulator.set_faults(plan(json!({ "fault": { "answer": { "status": 200, "body": body } } }))).unwrap();
    let read = run(with(&emulator), ["proactive-chat", "get", "1", "--json"]).ok();
    assert_eq!(read.out.trim_end(), body);
}

/// Ctrl-C while a create waits for its answer: it was carried out, and that is not hidden.
#[test]
fn an_interrupted_create_says_that_it_may_have_been_carried_out() {
    let emulator = demo();
    emulator
        .set_faults(plan(json!({ "method": "POST", "fault": { "cut": { "when": "after_commit", "how": "stall" } } })))
        .unwrap();
    let mut command = with(&emulator);
    command.args(CREATE.into_iter().chain(["--json"]));
    let mut child = begin(command);
    while emulator.deliveries(None).unwrap().is_empty() {
        assert!(child.try_wait().unwrap().is_none(), "it ended without the signal");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    let ended = interrupt(child);
    let text = &ended.err;
    assert_eq!(ended.code, 6, "{text}");
    assert!(text.contains("\"kind\":\"cancelled\"") && text.contains("\"may_have_acted\":true"), "{text}");
}
