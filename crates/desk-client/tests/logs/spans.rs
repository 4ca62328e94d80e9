//! Tests that spans follow the OpenTelemetry conventions. The tests are in the program `logs`,
//! because `tracing` caches for the whole process which events no subscriber wants.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use desk_client::Client;
use testkit::{Server, reply};
use tracing_subscriber::fmt::format::FmtSpan;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("unbroken").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Responds 503, then 404.
fn server() -> Server {
    let turn = AtomicUsize::new(0);
    Server::start(move |_| match turn.fetch_add(1, Ordering::SeqCst) {
        0 => vec![reply(503, &[("retry-after", "0")], b"")],
        _ => vec![reply(404, &[], b"")],
    })
}

/// An id that is longer than any port or wait, whose digits could otherwise contain it.
const ID: i64 = 770_077_700_777;

#[tokio::test]
async fn spans_have_the_names_of_the_conventions() {
    let (lines, server) = (Lines::default(), server());
    let writer = {
        let lines = lines.clone();
        move || lines.clone()
    };
    let subscriber = tracing_subscriber::fmt()
        .with_span_events(FmtSpan::CLOSE)
        .with_max_level(tracing::Level::INFO)
        .with_ansi(false)
        .without_time()
        .with_writer(writer)
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let client = Client::builder("").api_token("t").base_url(server.url()).build().expect("settings are right");
    client.proactive_chat_get(ID).await.expect_err("not found");
    drop(guard);
    let text = String::from_utf8(lines.0.lock().expect("unbroken").clone()).expect("UTF-8");
    let spans: Vec<_> = text.lines().filter(|line| line.ends_with(": close")).collect();
    let [first, second, call] = spans[..] else { panic!("three spans were to close:\n{text}") };
    for (span, parts) in [
        (first, &["http.response.status_code=503", "error.type=\"503\""][..]),
        (second, &["http.response.status_code=404", "error.type=\"404\"", "http.request.resend_count=1"]),
    ] {
        for part in parts.iter().chain(&[
            "otel.kind=\"client\"",
            "otel.name=\"GET /proactive_chats/{proactive_id}\"",
            "http.request.method=\"GET\"",
            "server.address=\"127.0.0.1\"",
            "server.port=",
            "url.full=\"http://127.0.0.1:",
            "/proactive_chats/{proactive_id}\"",
            "url.template=\"/proactive_chats/{proactive_id}\"",
            "otel.status_code=\"ERROR\"",
        ]) {
            assert!(span.contains(part), "{part} is not in {span}");
        }
    }
    for part in
        ["otel.name=\"proactive_chat_get\"", "otel.kind=\"internal\"", "desk.attempts=2", "desk.outcome=Rejected"]
    {
        assert!(call.contains(part), "{part} is not in {call}");
    }
    assert!(text.contains("asking again attempt=1 wait_ms="), "{text}");
    assert!(!text.contains(&ID.to_string()), "an id is no part of a span's name:\n{text}");
}
