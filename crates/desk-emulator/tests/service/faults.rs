//! Every fault as the client sees it: the reported outcome, and the real one.
#![allow(missing_docs, reason = "tests")]
#![allow(deprecated, reason = "the list of all messages is the large one")]

use std::net::TcpListener;
use std::time::{Duration, Instant};

use desk_client::types::{ChatMessageListParams, NewProactiveChat};
use desk_client::{CallOptions, Client, Error, ErrorKind, Outcome};
use desk_emulator::{Emulator, FaultPlan};
use serde_json::{Value, json};

const CREATE: &str = "proactive_chat_create";
const LIST: &str = "chat_message_list";

/// An idle timeout that is longer than a request and still short.
const SHORT: Duration = Duration::from_millis(400);

struct Scene {
    emulator: Emulator,
    client: Client,
}

impl Scene {
    /// With a client that has a long idle timeout.
    async fn start() -> Scene {
        Scene::with_idle_timeout(Duration::from_secs(30)).await
    }

    /// With a client that has this idle timeout.
    async fn with_idle_timeout(idle: Duration) -> Scene {
        let emulator = Emulator::builder().demo(true).start().await.expect("it starts");
        let client = Client::builder("").api_token(emulator.token()).base_url(emulator.base_url());
        let client = client.idle_timeout(idle).build().expect("settings are right");
        Scene { emulator, client }
    }

    /// For a fault: only a stall needs a short idle timeout.
    async fn of(fault: &Value) -> Scene {
        let silent = fault["cut"]["how"] == "stall";
        Scene::with_idle_timeout(if silent { SHORT } else { Duration::from_secs(30) }).await
    }

    fn set(&self, rules: Value) {
        let plan: FaultPlan = serde_json::from_value(json!({ "rules": rules })).expect("a plan");
        self.emulator.set_faults(plan).expect("a plan that means something");
    }

    /// Only the first request has the fault.
    fn once(&self, operation: &str, fault: &Value) {
        self.set(json!([{ "operation": operation, "nth": 1, "fault": fault }]));
    }

    async fn create(&self, attempts: u32) -> Result<u32, Error> {
        let chat = NewProactiveChat::builder().message("m").group_key("sales").customer_ids([101]).agent_id(1).build();
        let options = CallOptions::new().max_attempts(attempts);
        self.client.with(options).proactive_chat_create(&chat).await.map(|chat| chat.attempts())
    }

    async fn list(&self, attempts: u32) -> Result<u32, Error> {
        let options = CallOptions::new().max_attempts(attempts);
        self.client.with(options).chat_message_list(&ChatMessageListParams::default()).await.map(|page| page.attempts())
    }

    /// The number of messages to the customer.
    fn chats(&self) -> usize {
        self.emulator.deliveries(Some(101)).expect("the oracle").len()
    }
}

/// The error of a create after each fault, and whether the chat exists.
#[tokio::test]
async fn create_reports_its_outcome_after_each_fault() {
    use ErrorKind::{Decode, RateLimited, Redirect, Refused, Service, TooLarge, Transport};
    use Outcome::{Rejected, Unknown};
    let cut = |when: &str, how: &str| json!({ "cut": { "when": when, "how": how } });
    let late = ErrorKind::Timeout;
    for (fault, kind, outcome, done) in [
        (cut("before_commit", "close"), Transport, Unknown, false),
        (cut("before_commit", "reset"), Transport, Unknown, false),
        (cut("before_commit", "stall"), late, Unknown, false),
        (cut("after_commit", "close"), Transport, Unknown, true),
        (cut("after_commit", "reset"), Transport, Unknown, true),
        (cut("after_commit", "stall"), late, Unknown, true),
        (cut("in_head", "close"), Transport, Unknown, true),
        (cut("in_head", "reset"), Transport, Unknown, true),
        (cut("in_body", "close"), Transport, Unknown, true),
        (cut("in_body", "reset"), Transport, Unknown, true),
        (cut("in_body", "stall"), late, Unknown, true),
        (json!({ "wrong_length": { "by": 5 } }), Transport, Unknown, true),
        (json!({ "wrong_length": { "by": -5 } }), Decode, Unknown, true),
        (json!("bad_chunk"), Transport, Unknown, true),
        (json!({ "gzip_bomb": { "megabytes": 40 } }), TooLarge, Unknown, false),
        (json!({ "huge_body": { "megabytes": 40 } }), TooLarge, Unknown, true),
        (json!({ "deep_json": { "levels": 100_000 } }), Decode, Unknown, false),
        (json!("invalid_utf8"), Decode, Unknown, true),
        (json!("lone_surrogate"), Decode, Unknown, true),
        (json!({ "redirect": { "to": "http://127.0.0.1:9/" } }), Redirect, Unknown, false),
        (json!({ "answer": { "status": 503 } }), Service, Unknown, false),
        (json!({ "answer": { "status": 502, "carried_out": true } }), Service, Unknown, true),
        (json!({ "answer": { "status": 400, "body": "{\"groupKey\":[\"no\"]}" } }), Refused, Rejected, false),
        (
            json!({ "answer": { "status": 200, "body": "<html>", "headers": [["content-type", "text/html"]] } }),
            Decode,
            Unknown,
            false,
        ),
        (json!({ "throttle": {} }), RateLimited, Rejected, false),
    ] {
        let scene = Scene::of(&fault).await;
        scene.once(CREATE, &fault);
        let error = scene.create(1).await.expect_err(&fault.to_string());
        assert_eq!(
            (error.kind(), error.outcome(), scene.chats()),
            (kind, outcome, usize::from(done)),
            "{fault}: {error}"
        );
        assert_eq!(scene.emulator.faults()[0].fired, 1, "{fault}");
        // A manual resend duplicates the message if the first request was processed, and the
        // emulator detects it.
        scene.create(1).await.expect("the next one has no fault");
        let twice = scene.emulator.messaged_twice().expect("the oracle");
        assert_eq!(twice.first().map(|twice| twice.proactive_ids.clone()), done.then(|| vec![1, 2]), "{fault}");
    }
}

/// With several attempts allowed, only a 429 makes the client resend a create.
#[tokio::test]
async fn create_is_resent_only_after_429() {
    for fault in [
        json!({ "cut": { "when": "before_commit" } }),
        json!({ "cut": { "when": "after_commit" } }),
        json!({ "cut": { "when": "after_commit", "how": "reset" } }),
        json!({ "cut": { "when": "in_body" } }),
        json!({ "answer": { "status": 503, "carried_out": true } }),
        json!({ "answer": { "status": 504 } }),
    ] {
        let scene = Scene::start().await;
        scene.set(json!([{ "operation": CREATE, "fault": fault }]));
        let error = scene.create(5).await.expect_err("a fault");
        let seen = scene.emulator.faults()[0].seen;
        assert_eq!((error.outcome(), error.attempts(), seen), (Outcome::Unknown, 1, 1), "{fault}");
        assert!(scene.chats() <= 1 && scene.emulator.messaged_twice().expect("the oracle").is_empty());
    }
    let scene = Scene::start().await;
    scene.once(CREATE, &json!({ "throttle": { "retry_after": { "ms": 20 } } }));
    assert_eq!(scene.create(5).await.expect("it comes back"), 2);
    assert_eq!(scene.chats(), 1);
}

/// A read is retried after every fault.
#[tokio::test]
async fn read_succeeds_after_each_fault() {
    let cut = |when: &str, how: &str| json!({ "cut": { "when": when, "how": how } });
    for fault in [
        cut("before_commit", "close"),
        cut("after_commit", "reset"),
        cut("in_head", "close"),
        cut("in_body", "reset"),
        cut("in_body", "stall"),
        json!({ "wrong_length": { "by": 100 } }),
        json!("bad_chunk"),
        json!({ "answer": { "status": 503, "headers": [["retry-after", "0"]] } }),
        json!({ "throttle": { "retry_after": { "ms": 5 } } }),
    ] {
        let scene = Scene::of(&fault).await;
        scene.once(LIST, &fault);
        assert_eq!(scene.list(3).await.unwrap_or_else(|error| panic!("{fault}: {error}")), 2, "{fault}");
    }
}

#[tokio::test]
async fn retry_after_is_parsed_in_every_form() {
    for (form, least) in [
        (json!({ "seconds": 1 }), 1000),
        (json!({ "seconds": 0.25 }), 250),
        // A date has whole seconds.
        (json!({ "date": 2 }), 1000),
        (json!({ "ms": 300 }), 300),
        (json!({ "rate_limit": 1 }), 1000),
    ] {
        let scene = Scene::start().await;
        scene.once(LIST, &json!({ "throttle": { "retry_after": form } }));
        let error = scene.list(1).await.expect_err("429");
        let wait = error.retry_after().unwrap_or_else(|| panic!("{form}: no wait in {error}")).as_millis();
        assert!((least..=least + 1000).contains(&wait), "{form}: {wait}");
    }
    let scene = Scene::start().await;
    scene.once(LIST, &json!({ "throttle": {} }));
    assert_eq!(scene.list(1).await.expect_err("429").retry_after(), None);
}

#[tokio::test]
async fn slow_responses_arrive_within_the_idle_timeout() {
    let scene = Scene::start().await;
    scene.once(LIST, &json!({ "delay": { "ms": 200, "jitter_ms": 50 } }));
    let started = Instant::now();
    scene.list(1).await.expect("a page");
    assert!(started.elapsed() >= Duration::from_millis(200));
    scene.once(LIST, &json!({ "drip": { "bytes": 2000, "every_ms": 60 } }));
    scene.list(1).await.expect("a page");
    let scene = Scene::with_idle_timeout(SHORT).await;
    scene.once(LIST, &json!({ "drip": { "bytes": 2000, "every_ms": 2 * SHORT.as_millis() as u64 } }));
    let error = scene.list(1).await.expect_err("silent for longer than that");
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Timeout, Outcome::Unknown));
}

/// Neither a redirect nor a link leads the token to another host.
#[tokio::test]
async fn redirects_and_links_to_other_hosts_are_not_followed() {
    let other = TcpListener::bind("127.0.0.1:0").expect("a free port");
    other.set_nonblocking(true).expect("a socket");
    let to = format!("http://{}/platform/v1/chat_messages", other.local_addr().expect("an address"));
    let scene = Scene::start().await;
    scene.set(json!([{ "operation": LIST, "fault": { "redirect": { "to": to } } }]));
    assert_eq!(scene.list(2).await.expect_err("a redirect").kind(), ErrorKind::Redirect);
    scene.set(json!([{ "operation": LIST, "fault": { "next": { "to": to } } }]));
    let mut params = ChatMessageListParams::default();
    params.limit = Some(300);
    let page = scene.client.chat_message_list(&params).await.expect("a page");
    assert_eq!(page.next.as_deref(), Some(to.as_str()));
    let mut stream = scene.client.chat_message_stream(&params);
    let mut rows = 0;
    while let Some(message) = stream.next().await {
        message.expect("no fault");
        rows += 1;
    }
    assert_eq!(rows, 1000);
    assert_eq!(other.accept().expect_err("nobody came").kind(), std::io::ErrorKind::WouldBlock);
}

/// The log has the requests and their results, and no secrets.
#[tokio::test]
async fn log_has_requests_without_secrets() {
    let scene = Scene::start().await;
    scene.once(CREATE, &json!({ "cut": { "when": "after_commit" } }));
    scene.create(1).await.expect_err("a fault");
    scene.list(1).await.expect("a page");
    let noted: Vec<_> =
        scene.emulator.requests().into_iter().map(|entry| (entry.operation, entry.status, entry.fault)).collect();
    assert_eq!(noted, [(CREATE.to_owned(), None, Some("cut".to_owned())), (LIST.to_owned(), Some(200), None)]);
    let text = format!("{:?}", scene.emulator.requests());
    assert!(!text.contains(scene.emulator.token()) && text.contains("/platform/v1/chat_messages"), "{text}");
}

/// A list is complete, with each row once, in spite of random faults.
#[tokio::test]
async fn list_is_complete_with_random_faults() {
    let scene = Scene::start().await;
    let faults = json!([
        { "probability": 0.1, "fault": { "cut": { "when": "in_body", "how": "reset" } } },
        { "probability": 0.1, "fault": { "answer": { "status": 503, "headers": [["retry-after", "0"]] } } },
        { "probability": 0.05, "fault": "bad_chunk" },
    ]);
    scene.set(faults);
    let mut params = ChatMessageListParams::default();
    params.limit = Some(20);
    let mut stream = scene.client.chat_message_stream(&params);
    let mut ids = Vec::new();
    while let Some(message) = stream.next().await {
        ids.push(message.expect("five attempts are enough for this seed").id);
    }
    assert_eq!(ids, (1..=1000).collect::<Vec<_>>());
    let fired: u64 = scene.emulator.faults().iter().map(|count| count.fired).sum();
    assert!(fired >= 5, "{fired}");
}
