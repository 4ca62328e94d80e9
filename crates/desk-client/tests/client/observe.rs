//! Tests of the reports that an observer receives.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use desk_client::{AttemptReport, CallReport, Client, Observer};
use testkit::{Server, reply};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<String>>);

impl Lines {
    fn text(&self) -> String {
        self.0.lock().expect("unbroken").clone()
    }

    fn push(&self, line: String) {
        self.0.lock().expect("unbroken").push_str(&line);
    }
}

impl Observer for Lines {
    fn attempt(&self, report: &AttemptReport<'_>) {
        let error = report.error.map_or("-", |error| error.kind().name());
        self.push(format!(
            "attempt {} {} {} {} {:?} {error} {}\n",
            report.operation,
            report.method,
            report.path,
            report.attempt,
            report.status,
            report.retry_in.is_some()
        ));
    }

    fn call(&self, report: &CallReport<'_>) {
        let error = report.error.map_or("-", |error| error.kind().name());
        self.push(format!("call {} {} {:?} {error}\n", report.operation, report.attempts, report.status));
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

#[tokio::test]
async fn an_observer_hears_every_attempt_and_every_call() {
    let (lines, server) = (Lines::default(), server());
    let client = Client::builder("").api_token("t").base_url(server.url()).observer(Arc::new(lines.clone()));
    let client = client.build().expect("settings are right");
    client.proactive_chat_get(77).await.expect_err("not found");
    client.proactive_chat_get(0).await.expect_err("no id");
    assert_eq!(
        lines.text(),
        "attempt proactive_chat_get GET /proactive_chats/{proactive_id} 1 Some(503) service true\n\
         attempt proactive_chat_get GET /proactive_chats/{proactive_id} 2 Some(404) not_found false\n\
         call proactive_chat_get 2 Some(404) not_found\n\
         call proactive_chat_get 0 None invalid_argument\n"
    );
}
