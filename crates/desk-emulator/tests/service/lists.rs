//! The client's lists against the emulator: complete streams, exports with proof, flat memory.
#![allow(missing_docs, reason = "tests")]
#![allow(deprecated, reason = "the list of all messages is the large one")]
#![allow(clippy::print_stdout, reason = "a figure that no test decides on")]

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use desk_client::Client;
use desk_client::types::{ChatMessageListParams, TicketChatMessageListParams};
use desk_emulator::Emulator;

fn client(base_url: &str, token: &str) -> Client {
    Client::builder("").api_token(token).base_url(base_url).build().expect("settings are right")
}

#[tokio::test]
async fn stream_yields_every_message_once() {
    let emulator = Emulator::builder().seed_rows(1234).start().await.expect("it starts");
    let client = client(&emulator.base_url(), emulator.token());
    for limit in [None, Some(7), Some(500)] {
        let mut params = ChatMessageListParams::default();
        params.limit = limit;
        let mut stream = client.chat_message_stream(&params);
        let mut ids = Vec::new();
        while let Some(message) = stream.next().await {
            ids.push(message.expect("no fault").id);
        }
        assert_eq!(ids, (1..=1234).collect::<Vec<_>>(), "{limit:?}");
    }
    let mut ticket = client.ticket_chat_message_stream(1, &TicketChatMessageListParams::default());
    let first = ticket.next_page().await.expect("a page").expect("no fault");
    assert!(!first.is_empty() && first.iter().all(|message| message.ticket == 1));
}

/// Customers write during the export. The settled past does not change, and the next window begins
/// right after the last one.
#[tokio::test]
async fn export_verifies_every_window_during_inserts() {
    let emulator = Emulator::builder().demo(true).seed_rows(20_000).start().await.expect("it starts");
    let client = client(&emulator.base_url(), emulator.token());
    let chat = desk_client::types::NewProactiveChat::builder().message("m").group_key("sales");
    let chat = chat.customer_ids([101]).agent_id(1).build();
    let mut export = client.chat_message_export(&ChatMessageListParams::default()).rows_per_window(4000);
    let (mut ids, mut edge, mut windows) = (HashSet::new(), None, 0);
    while let Some(window) = export.next_window().await {
        let window = window.expect("no fault");
        let proof = &window.proof;
        assert!(
            proof.verified && proof.count == window.items.len() as u64 && proof.out_of_range_rows == 0,
            "{proof:?}"
        );
        if let Some(edge) = edge.replace(proof.until) {
            assert_eq!(proof.from, edge + Duration::from_micros(1));
        }
        for message in window.items {
            assert!((proof.from..=proof.until).contains(&message.created_at));
            assert!(ids.insert(message.id), "{} came twice", message.id);
        }
        windows += 1;
        client.proactive_chat_create(&chat).await.expect("a chat");
    }
    assert!(windows > 4, "{windows} windows");
    // Demo rows and seeded rows; the new messages are younger than the maximum lateness.
    assert_eq!(ids.len(), 21_000);
    assert!(export.requests() < 21_000 / 500 * 2, "{} requests", export.requests());
}

/// The emulator as a process, killed when dropped.
struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// A value of /proc/self/status in kB.
fn memory(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with(name)).expect("a line");
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number")
}

/// The CPU time of this process's threads so far in ns.
fn cpu() -> u64 {
    let tasks = fs::read_dir("/proc/self/task").expect("Linux").flatten();
    let times = tasks.map(|task| fs::read_to_string(task.path().join("schedstat")).expect("a file"));
    times.map(|text| text.split(' ').next().and_then(|time| time.parse::<u64>().ok()).expect("a number")).sum()
}

/// Set `DESK_TEST_ROWS` for more than a million rows.
#[tokio::test]
#[cfg_attr(debug_assertions, ignore = "a million rows need an optimised build; .ci/run makes one")]
async fn stream_of_a_million_messages_has_flat_memory() {
    let rows = std::env::var("DESK_TEST_ROWS").map_or(1_000_000, |rows| rows.parse().expect("a number"));
    let mut service = Command::new(env!("CARGO_BIN_EXE_desk-emulator"));
    let service = service.args(["--seed-rows", &rows.to_string(), "--exit-on-stdin-close"]);
    let mut service = Service(service.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts"));
    let mut line = String::new();
    BufReader::new(service.0.stdout.as_mut().expect("piped")).read_line(&mut line).expect("a line");
    let ready: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    let text = |key: &str| ready[key].as_str().expect("a text").to_owned();
    let client = client(&text("base_url"), &text("token"));

    let mut stream = client.chat_message_stream(&ChatMessageListParams::default());
    let (mut seen, mut start, mut pages, mut tenths) = (0, 0, 0, vec![cpu()]);
    while let Some(page) = stream.next_page().await {
        for message in page.expect("no fault") {
            seen += 1;
            assert_eq!(message.id, seen);
        }
        pages += 1;
        // Buffers and pools have their final size by now.
        if pages == 20 {
            fs::write("/proc/self/clear_refs", "5").expect("the peak starts anew");
            start = memory("VmRSS:");
        }
        if seen % (rows / 10) == 0 {
            tenths.push(cpu());
        }
    }
    assert_eq!((seen, pages), (rows, rows / 500));
    let grown = memory("VmHWM:").saturating_sub(start);
    let [first, last] = [tenths[1] - tenths[0], tenths[10] - tenths[9]];
    println!("peak memory grew by {grown} kB; CPU of the last tenth / first tenth: {:.2}", last as f64 / first as f64);
    assert!(grown < 16 << 10, "peak memory grew by {grown} kB");
}
