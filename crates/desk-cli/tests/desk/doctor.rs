//! What the doctor finds, and how it says to mend it.

use std::process::Command;

use desk_emulator::{Emulator, FaultPlan, Order};
use serde_json::{Value, json};
use testkit::{Server, reply};

use crate::run::{Ended, desk, run, with};

/// The state of each check.
fn checks(ended: &Ended) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let checks = ended.json()["checks"].clone();
    checks.as_array().unwrap().iter().map(|check| (text(&check["check"]), text(&check["state"]))).collect()
}

fn state(ended: &Ended, name: &str) -> String {
    checks(ended).into_iter().find(|(check, _)| check == name).map(|(_, state)| state).unwrap_or_default()
}

fn at(url: &str) -> Command {
    let mut command = desk();
    command.env("DESK_BASE_URL", url).env("DESK_API_TOKEN", "t0ken");
    command
}

#[test]
fn a_service_that_is_well() {
    let emulator = Emulator::builder().demo(true).seed_rows(2000).start_blocking().unwrap();
    let ended = run(with(&emulator), ["doctor", "--json"]).ok();
    let all = ["settings", "connection", "clock", "rows", "order", "page size", "bounds", "rate"];
    assert_eq!(checks(&ended), all.map(|name| (name.to_owned(), "ok".to_owned())));
    assert_eq!(ended.json()["ok"], true);
    let text = run(with(&emulator), ["doctor"]).ok().out;
    assert!(text.contains("order       chat-message: oldest first\n"), "{text}");
    assert!(text.contains("bounds      chat-message: inclusive, to the microsecond\n"), "{text}");
    // It only reads.
    assert!(emulator.deliveries(None).unwrap().is_empty());
}

#[test]
fn what_exports_must_bear_is_noted() {
    let emulator = Emulator::builder().seed_rows(2000).start_blocking().unwrap();
    let mut behaviour = emulator.behaviour();
    (behaviour.order, behaviour.max_limit) = (Order::None, 100);
    emulator.set_behaviour(behaviour).unwrap();
    let ended = run(with(&emulator), ["doctor", "--json"]).ok();
    for name in ["order", "page size"] {
        assert_eq!(state(&ended, name), "note", "{}", ended.out);
    }
    assert_eq!(state(&ended, "bounds"), "ok", "{}", ended.out);

    let throttled = json!({ "rules": [{ "times": 1, "fault": { "throttle": { "retry_after": { "ms": 1 } } } }] });
    let plan: Result<FaultPlan, _> = serde_json::from_value(throttled);
    emulator.set_faults(plan.unwrap()).unwrap();
    let ended = run(with(&emulator), ["doctor", "--json"]).ok();
    assert_eq!(state(&ended, "rate"), "note", "{}", ended.out);
}

#[test]
fn what_is_wrong_comes_with_its_mend_and_exit_code() {
    let closed = run(at("http://127.0.0.1:9"), ["doctor", "--json"]);
    assert_eq!((closed.code, state(&closed, "connection")), (5, "wrong".to_owned()), "{}", closed.out);
    let emulator = Emulator::builder().start_blocking().unwrap();
    let stranger = run(at(&emulator.base_url()), ["doctor", "--json"]);
    assert_eq!((stranger.code, state(&stranger, "token")), (4, "wrong".to_owned()), "{}", stranger.out);
    assert!(stranger.out.contains("check the token"), "{}", stranger.out);
    assert!(!stranger.out.contains("t0ken") && !stranger.err.contains("t0ken"));
    assert_eq!(run(desk(), ["doctor", "--base-url", "http://127.0.0.1:9"]).code, 4);
}

/// A service whose bounds are exclusive, and one that knows no bounds, whose clock is late.
#[test]
fn bounds_and_clocks_are_tried() {
    let row = |id: u8| {
        format!(
            r#"{{"id":{id},"ticket":1,"userSendbirdId":"u","userType":"AGENT","createdAt":"2026-01-0{id}T00:00:00.000000Z","message":"m"}}"#
        )
    };
    let (one, two) = (row(1), row(2));
    let late = [("date", "Sun, 06 Nov 1994 08:49:37 GMT")];
    for (exclusive, wanted) in [(true, ("wrong", 1)), (false, ("note", 0))] {
        let page = format!(r#"{{"count":2,"results":[{one},{two}]}}"#);
        let server = Server::start(move |request| {
            let both = request.target.contains("gte") && request.target.contains("lte");
            let empty = exclusive && both;
            vec![reply(200, &late, if empty { br#"{"count":0,"results":[]}"# } else { page.as_bytes() })]
        });
        let ended = run(at(&server.url()), ["doctor", "--json"]);
        assert_eq!((state(&ended, "bounds").as_str(), ended.code), wanted, "{}", ended.out);
        assert_eq!(state(&ended, "clock"), "note", "{}", ended.out);
    }
}
