//! Tests of calls that the spec does not describe yet: the requests that the client sends or
//! refuses, and the common transport.

use desk_client::{CallOptions, Client, ErrorKind, Outcome, RawRequest};
use serde_json::{Value, json};
use testkit::{Server, Step, reply};

fn client(server: &Server) -> Client {
    let client = Client::builder("").api_token("t0ken").base_url(format!("{}/platform/v1", server.url())).build();
    client.expect("settings are right")
}

#[tokio::test]
async fn everything_reaches_the_service_as_given() {
    let server = Server::start(|_| vec![reply(202, &[("x-request-id", "r-1"), ("x-more", "yes")], br#"{"id":5}"#)]);
    let request =
        RawRequest::new("PATCH", "tickets/1/a b%2e").query("q", "x&y=\u{e9}").json(json!({"priority": "HIGH"}));
    let result = client(&server).raw_call(&request).await.expect("an answer");
    assert_eq!((result.status(), result.attempts(), result.request_id()), (202, 1, Some("r-1")));
    assert!(result.headers().any(|header| header == ("x-more", b"yes")));
    assert_eq!((result.body(), result.json::<Value>().expect("JSON")), (&br#"{"id":5}"#[..], json!({"id": 5})));
    let error = result.json::<Vec<u8>>().expect_err("another shape");
    assert_eq!(error.kind(), ErrorKind::Decode);
    let sent = &server.requests()[0];
    assert_eq!(sent.method, "PATCH");
    assert_eq!(sent.target, "/platform/v1/tickets/1/a%20b%252e?q=x%26y%3D%C3%A9");
    assert_eq!(sent.header("sendbirddeskapitoken"), Some("t0ken"));
    assert_eq!(sent.header("content-type"), Some("application/json; charset=utf8"));
    assert_eq!(sent.body, br#"{"priority":"HIGH"}"#);
}

#[tokio::test]
async fn a_path_that_leaves_the_base_url_is_refused() {
    let server = Server::start(|_| vec![reply(200, &[], b"{}")]);
    let client = client(&server);
    for path in [
        "",
        "/",
        "..",
        "../v2/x",
        "a/../../x",
        "a/./b",
        "a//b",
        "//evil.example/x",
        "https://evil.example/x",
        "a?b=c",
        "a#b",
        "a\\..\\b",
        "a/1\t2",
        "a/.\t./b",
        "a\n/b",
        "a/",
    ] {
        let error = client.raw_call(&RawRequest::new("GET", path)).await.expect_err(path);
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::InvalidArgument, Outcome::NotSent), "{path}");
        assert!(error.to_string().starts_with("raw_call: path "), "{error}");
    }
    for method in ["", "get", "CONNECT", "TRACE", "G ET"] {
        let error = client.raw_call(&RawRequest::new(method, "x")).await.expect_err(method);
        assert_eq!(error.outcome(), Outcome::NotSent);
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn what_no_operation_takes_it_does_not_take_either() {
    let server = Server::start(|request| {
        if request.target.ends_with("large") {
            let head = format!("HTTP/1.1 200 X\r\ncontent-length: {}\r\n\r\n", 33 << 20).into_bytes();
            return vec![Step::Send([head, vec![b' '; 33 << 20]].concat()), Step::Close];
        }
        vec![reply(307, &[("location", "/elsewhere"), ("x-request-id", "r-2")], b"")]
    });
    let client = client(&server).with(CallOptions::new().max_attempts(1));
    let error = client.raw_call(&RawRequest::new("POST", "large")).await.expect_err("more than 32 MB");
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::TooLarge, Outcome::Unknown));
    let error = client.raw_call(&RawRequest::new("POST", "moved")).await.expect_err("a redirect");
    assert_eq!((error.kind(), error.outcome(), error.status()), (ErrorKind::Redirect, Outcome::Unknown, Some(307)));
    assert_eq!(error.request_id(), Some("r-2"));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn it_is_repeated_by_its_method() {
    for (method, attempts) in [("GET", 3), ("HEAD", 3), ("POST", 1), ("PUT", 1), ("PATCH", 1), ("DELETE", 1)] {
        let server = Server::start(|_| vec![Step::Close]);
        let client = client(&server).with(CallOptions::new().max_attempts(3));
        let error = client.raw_call(&RawRequest::new(method, "x").json(json!(1))).await.expect_err("closed");
        assert_eq!((error.outcome(), error.attempts()), (Outcome::Unknown, attempts), "{method}");
        assert_eq!(server.requests().len(), attempts as usize, "{method}");
    }
}
