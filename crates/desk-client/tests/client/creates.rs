//! Ten thousand creates against a service that fails according to a seed: the service must not
//! process any create twice, and the result of each call must be true.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use desk_client::types::NewProactiveChat;
use desk_client::{CallOptions, Client, Outcome};
use testkit::{Request, Server, Step, reply};
use tokio::sync::Semaphore;

const CREATES: u64 = 10_000;
/// Number of creates that share a client and its retry budget.
const BATCH: u64 = 250;
/// Number of concurrent creates; most of them wait after a 429.
const AT_ONCE: usize = 400;
const CHAT: &[u8] =
    br#"{"id":7,"project":1,"message":"m","messageCount":1,"sentCount":1,"respondedCount":0,"closedCount":0,
    "customersList":"1","createdAt":"2026-01-31T09:30:00Z","updatedAt":"2026-01-31T09:30:00Z","priority":"HIGH"}"#;

/// How often each message arrived, and how often the service processed it.
type Ledger = Arc<Mutex<HashMap<String, (u32, u32)>>>;

/// The draws for which [`fate`] responds 429.
const THROTTLED: std::ops::RangeInclusive<u32> = 5..=6;
/// Maximum number of attempts of a call.
const ATTEMPTS: u32 = 5;

fn draw(seed: u64, arrival: u32) -> u32 {
    fastrand::Rng::with_seed(seed * 100 + u64::from(arrival)).u32(0..20)
}

/// Number of times that a create must arrive: once more after each 429, until the first other
/// response.
fn arrivals(seed: u64) -> u32 {
    (1..ATTEMPTS).find(|&arrival| !THROTTLED.contains(&draw(seed, arrival))).unwrap_or(ATTEMPTS)
}

/// Reaction of the service to one arrival: whether it processes the create, and the steps of its
/// response.
fn fate(draw: u32) -> (bool, Vec<Step>) {
    let status = |status| vec![reply(status, &[("retry-after", "0")], br#"{"code":"x","detail":"y"}"#)];
    match draw {
        0..=4 => (true, vec![reply(201, &[], CHAT)]),
        5 | 6 => (false, status(429)),
        7 => (false, status(400)),
        8 => (false, status(403)),
        9 => (false, status(503)),
        10 => (true, status(503)),
        11 => (true, status(500)),
        12 => (true, status(502)),
        13 => (true, status(408)),
        14 => (true, vec![Step::Close]),
        15 => (false, vec![Step::Close]),
        16 => (true, vec![Step::Reset]),
        17 => (true, vec![Step::Send(b"HTTP/1.1 201 X\r\ncontent-length: 99\r\n\r\n{\"id\":".to_vec()), Step::Close]),
        18 => (true, vec![reply(201, &[], b"not json")]),
        _ => (true, vec![reply(302, &[("location", "http://127.0.0.1:9/")], b"")]),
    }
}

fn serve(ledger: Ledger) -> Server {
    Server::start(move |request: &Request| {
        let body: serde_json::Value = serde_json::from_slice(&request.body).expect("a whole body");
        let text = body["message"].as_str().expect("a message").to_owned();
        let mut ledger = ledger.lock().expect("unbroken");
        let entry = ledger.entry(text.clone()).or_default();
        entry.0 += 1;
        let seed: u64 = text.parse().expect("a number");
        let (done, steps) = fate(draw(seed, entry.0));
        entry.1 += u32::from(done);
        steps
    })
}

async fn create(client: Client, ledger: Ledger, seed: u64) {
    let chat =
        NewProactiveChat::builder().message(seed.to_string()).group_key("g").customer_ids([1]).agent_id(1).build();
    let result = client.proactive_chat_create(&chat).await;
    let (arrived, done) = ledger.lock().expect("unbroken").get(&seed.to_string()).copied().unwrap_or_default();
    assert_eq!(arrived, arrivals(seed), "create {seed}");
    assert!(done <= 1, "create {seed} was carried out {done} times");
    match result {
        Ok(made) => assert_eq!((done, made.attempts()), (1, arrived), "create {seed}"),
        Err(error) => {
            assert_eq!(error.attempts(), arrived, "create {seed}: {error}");
            if error.outcome() != Outcome::Unknown {
                assert_eq!(done, 0, "create {seed} was carried out, but: {error}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn none_is_carried_out_twice() {
    let ledger = Ledger::default();
    let server = serve(ledger.clone());
    let (turns, mut creates) = (Arc::new(Semaphore::new(AT_ONCE)), Vec::new());
    for batch in 0..CREATES / BATCH {
        let client = Client::builder("").api_token("t").base_url(server.url()).build().expect("settings are right");
        let client = client.with(CallOptions::new().timeout(Duration::from_secs(60)));
        for seed in batch * BATCH..(batch + 1) * BATCH {
            let turn = turns.clone().acquire_owned().await.expect("never closed");
            let create = create(client.clone(), ledger.clone(), seed);
            creates.push(tokio::spawn(async move {
                create.await;
                drop(turn);
            }));
        }
    }
    for create in creates {
        create.await.expect("no assertion fails");
    }
    let ledger = ledger.lock().expect("unbroken");
    assert_eq!(ledger.len() as u64, CREATES);
    // The faults took effect: the client retried some creates after a 429.
    assert!(ledger.values().filter(|(arrived, _)| *arrived > 1).count() > 500);
    assert!(ledger.values().filter(|(_, done)| *done == 1).count() > 5_000);
}
