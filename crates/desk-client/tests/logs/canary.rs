//! Tests that no log contains the token or message text: every fault of every operation, with all
//! logs at their most verbose level.
#![allow(deprecated, reason = "all operations are tested")]

use std::fmt::Debug;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use desk_client::types::{ChatMessageListParams, NewProactiveChat, TicketChatMessageListParams};
use desk_client::{
    AttemptReport, Builder, CallOptions, CallReport, CancelToken, Client, Error, ErrorKind, Observer, RawRequest,
};
use serde_json::json;
use testkit::{Server, faults, reply, serve};
use tokio::task::JoinSet;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

const TOKEN: &str = "canary-token-4711";
const TEXT: &str = "canary-text-4712";
const HEADER: &str = "canary-header-4713";
const QUERY: &str = "canary-query-4714";

/// All output that a program may print: logs, reports, and the `Debug` and `Display` texts of
/// values.
#[derive(Clone, Default)]
struct Output(Arc<Mutex<Vec<u8>>>);

impl Output {
    fn note(&self, value: &(impl Debug + ?Sized)) {
        self.0.lock().expect("unbroken").extend_from_slice(format!("{value:?}\n{value:#?}\n").as_bytes());
    }

    fn note_error(&self, error: &Error) {
        let mut cause: Option<&dyn std::error::Error> = Some(error);
        while let Some(error) = cause {
            self.note(error);
            self.note(&error.to_string());
            cause = error.source();
        }
    }
}

impl io::Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("unbroken").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Output {
    type Writer = Output;

    fn make_writer(&'a self) -> Output {
        self.clone()
    }
}

impl Observer for Output {
    fn attempt(&self, report: &AttemptReport<'_>) {
        self.note(report);
    }

    fn call(&self, report: &CallReport<'_>) {
        self.note(report);
    }
}

/// Failures other than the service's faults: no connection, a proxy, TLS, a cancelled call, a call
/// without a turn, lists whose pages contradict each other, and a service that echoes the request.
async fn elsewhere(output: &Output, chat: &NewProactiveChat) {
    let echo = Server::start(|request| {
        if request.method == "GET" {
            return vec![reply(200, &[], br#"{"count":9,"results":[]}"#)];
        }
        let body =
            format!(r#"{{"code":"{TOKEN}","detail":"{} {TOKEN}"}}"#, String::from_utf8_lossy(&request.body).len());
        vec![reply(400, &[("x-request-id", TOKEN)], body.as_bytes())]
    });
    let client = |url: &str| {
        let builder = Client::builder("").api_token(TOKEN).base_url(url).observer(Arc::new(output.clone()));
        builder.proxy(format!("http://user:{TOKEN}@127.0.0.1:9"))
    };
    let once = CallOptions::new().max_attempts(1).timeout(Duration::from_secs(20));
    let failed = async |builder: Builder, options: &CallOptions| {
        output.note(&builder);
        let client = builder.build().expect("settings are right").with(options.clone());
        let error = client.proactive_chat_create(chat).await.expect_err("it fails");
        output.note_error(&error);
        error
    };
    for url in
        ["http://127.0.0.1:9", "https://127.0.0.1:9", &echo.url().replace("http:", "https:"), "https://desk.invalid"]
    {
        assert_eq!(failed(client(url), &once).await.kind(), ErrorKind::Connect, "{url}");
    }
    let echoed = failed(client(&echo.url()), &once).await;
    assert_eq!((echoed.service_code(), echoed.request_id()), (None, None));
    output.note(&echoed.service_text());
    let limited = client(&echo.url()).writes_per_second(0.001).build().expect("settings are right");
    for options in [&once, &once.clone().timeout(Duration::from_millis(20))] {
        output.note_error(&limited.with(options.clone()).proactive_chat_create(chat).await.expect_err("no turn"));
    }
    let away = Server::start(|_| vec![reply(302, &[("location", &format!("http://{TOKEN}/"))], b"")]);
    assert_eq!(failed(client(&away.url()), &once).await.kind(), ErrorKind::Redirect);
    let cancel = CancelToken::new();
    cancel.cancel();
    failed(client(&echo.url()), &once.clone().cancel(cancel)).await;
    let lists = client(&echo.url()).build().expect("settings are right");
    let error = lists.chat_message_stream(&ChatMessageListParams::default()).next().await;
    output.note_error(&error.expect("not the end").expect_err("no rows of nine"));
    let export = lists.chat_message_export(&ChatMessageListParams::default()).next_window().await;
    output.note(&export.expect("a window").expect("without proof").proof);
    let wrong = NewProactiveChat::builder().message("").group_key("g").customer_ids([1]).agent_id(1).build();
    output.note_error(&lists.proactive_chat_create(&wrong).await.expect_err("no text"));
}

/// Makes every call to a service with one fault.
async fn every_call(timeout: Duration, base: String, output: Output, chat: NewProactiveChat, raw: RawRequest) {
    let builder = Client::builder("").api_token(TOKEN).base_url(base);
    let builder = builder.observer(Arc::new(output.clone()));
    output.note(&builder);
    let client = builder.build().expect("settings are right");
    let options = CallOptions::new().timeout(timeout).max_attempts(2).header("x-key", HEADER);
    output.note(&options);
    let client = client.with(options);
    output.note(&client);
    let (list, ticket_list) = (ChatMessageListParams::default(), TicketChatMessageListParams::default());
    let mut stream = client.chat_message_stream(&list);
    let (a, b, c, d, e, f) = tokio::join!(
        client.proactive_chat_create(&chat),
        client.proactive_chat_get(1),
        client.chat_message_list(&list),
        client.ticket_chat_message_list(1, &ticket_list),
        stream.next(),
        client.raw_call(&raw),
    );
    let e = e.and_then(Result::err);
    let errors = [a.err(), b.err(), c.err(), d.err(), e, f.err()];
    errors.iter().flatten().for_each(|error| output.note_error(error));
}

#[tokio::test]
async fn no_secret_and_no_text_reaches_a_log() {
    let output = Output::default();
    // The most verbose level of every dependency, spans included; `log` records too.
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(output.clone())
        .init();
    log::trace!("log is heard");

    let server = serve();
    let chat = NewProactiveChat::builder().message(TEXT).group_key("g").customer_ids([1]).agent_id(1).build();
    let raw = RawRequest::new("POST", "x").query("q", QUERY).json(json!({ "message": TEXT }));
    output.note(&raw);
    output.note(&Client::builder("").base_url(format!("https://user:{TOKEN}@localhost/{TEXT}")));
    let mut calls = JoinSet::new();
    for fault in faults() {
        let base = format!("{}/{}", server.url(), fault.name);
        calls.spawn(every_call(fault.client_timeout(), base, output.clone(), chat.clone(), raw.clone()));
    }
    calls.join_all().await;
    elsewhere(&output, &chat).await;
    for refused in ["", "canary-token-4711 x", "canary-token-4711\n"] {
        let builder = Client::builder("").api_token(refused).base_url(server.url());
        output.note_error(&builder.build().expect_err("no token"));
    }
    let strange = Client::builder("").api_token(TOKEN).base_url(format!("https://user:{TOKEN}@localhost"));
    output.note_error(&strange.build().expect_err("no URL"));

    let text = String::from_utf8_lossy(&output.0.lock().expect("unbroken")).into_owned();
    for kind in ErrorKind::ALL {
        assert!(text.contains(&format!("kind: {kind:?}")), "no error of kind {kind:?} was met");
    }
    // The logs are on, those of dependencies included.
    for heard in ["log is heard", "desk.call", "http.request", "url.template", "TRACE", "hyper_util", "AttemptReport"] {
        assert!(text.contains(heard), "{heard} was not heard");
    }
    for secret in [TOKEN, TEXT, HEADER] {
        if let Some(at) = text.find(secret) {
            let start = text[..at].rfind('\n').map_or(0, |start| start + 1);
            panic!("{secret} was printed: {}", &text[start..(at + 100).min(text.len())]);
        }
    }
    // The SDK never logs a query; dependencies may print it at TRACE.
    for line in text.lines().filter(|line| line.contains(QUERY)) {
        assert!(["hyper", "reqwest", "h2"].iter().any(|library| line.contains(&format!(" {library}"))), "{line}");
    }
}
