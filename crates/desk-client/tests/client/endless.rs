//! Tests of responses that are always ready and never end: each call must end in time, and other
//! work on its thread must continue.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use desk_client::types::NewProactiveChat;
use desk_client::{CallOptions, Client, Error, ErrorKind, Outcome, Response, types};

/// Longest time that the service writes; a call that lasts longer did not end by itself.
const GIVES_UP: Duration = Duration::from_secs(60);

/// An empty gzip member.
const MEMBER: [u8; 20] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
/// An empty deflate block that is not the last one.
const BLOCK: [u8; 5] = [0, 0, 0, 0xff, 0xff];

#[derive(Clone)]
struct Body {
    status: u16,
    gzip: bool,
    /// The first chunk; the service then repeats `piece`.
    first: Vec<u8>,
    piece: Vec<u8>,
}

/// A service that writes a body until the client closes the connection, and whether the service
/// gave up before that.
fn serve(body: Body) -> (String, Arc<AtomicBool>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let gave_up = Arc::new(AtomicBool::new(false));
    let flag = gave_up.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (body, flag) = (body.clone(), flag.clone());
            std::thread::spawn(move || flood(stream, &body).map(|()| flag.store(true, Ordering::Relaxed)));
        }
    });
    (url, gave_up)
}

/// Writes the body. An error means that the client closed the connection.
fn flood(mut stream: TcpStream, body: &Body) -> std::io::Result<()> {
    let chunk = |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
    let _ = stream.read(&mut [0; 65536])?;
    let encoding = if body.gzip { "content-encoding: gzip\r\n" } else { "" };
    write!(stream, "HTTP/1.1 {} X\r\n{encoding}transfer-encoding: chunked\r\n\r\n", body.status)?;
    if !body.first.is_empty() {
        stream.write_all(&chunk(&body.first))?;
    }
    let pieces = chunk(&body.piece).repeat(262_144_usize.div_ceil(body.piece.len()));
    let begun = Instant::now();
    while begun.elapsed() < GIVES_UP {
        stream.write_all(&pieces)?;
    }
    Ok(())
}

fn bodies() -> Vec<Body> {
    let mut bodies = Vec::new();
    for status in [200, 500] {
        for (gzip, first, piece) in [
            (true, Vec::new(), MEMBER.repeat(3000)),
            (true, Vec::new(), MEMBER.to_vec()),
            (true, MEMBER[..10].to_vec(), BLOCK.repeat(12_000)),
            (false, Vec::new(), b" ".to_vec()),
        ] {
            bodies.push(Body { status, gzip, first, piece });
        }
    }
    bodies
}

async fn create(url: String, timeout: Duration) -> Result<Response<types::ProactiveChat>, Error> {
    let client = Client::builder("").base_url(url).api_token("t").timeout(timeout).build().expect("settings are right");
    let chat = NewProactiveChat::builder().message("m").group_key("g").customer_ids([1]).agent_id(1).build();
    client.with(CallOptions::new().max_attempts(1)).proactive_chat_create(&chat).await
}

/// Far shorter than the time that the largest response takes.
const SHORT: Duration = Duration::from_millis(50);

// Two threads, so that one reads from the connection while the other decompresses: the response is
// always ready.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_answer_ends_with_the_time_of_the_call() {
    for body in bodies() {
        let (url, gave_up) = serve(body.clone());
        let error = tokio::spawn(create(url, SHORT)).await.expect("no panic").expect_err("it has no end");
        assert!(!gave_up.load(Ordering::Relaxed), "{}: {error}", body.status);
        let kind = if body.status == 200 { ErrorKind::Timeout } else { ErrorKind::Service };
        assert_eq!((error.kind(), error.outcome()), (kind, Outcome::Unknown), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_answer_is_given_up_from_outside() {
    for body in bodies().into_iter().filter(|body| body.status == 200) {
        let (url, gave_up) = serve(body);
        let call = tokio::spawn(tokio::time::timeout(SHORT, create(url.clone(), GIVES_UP)));
        // Without the timeout, the call would end later, because of the size of the body.
        assert!(call.await.expect("no panic").is_err());
        let call = tokio::spawn(create(url, GIVES_UP));
        tokio::time::sleep(SHORT).await;
        call.abort();
        assert!(call.await.expect_err("no end").is_cancelled());
        assert!(!gave_up.load(Ordering::Relaxed));
    }
}

#[tokio::test]
async fn an_answer_in_gzip_is_no_larger_packed_than_unpacked() {
    let (url, _) = serve(bodies().remove(2));
    let error = create(url, GIVES_UP).await.expect_err("it has no end");
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::TooLarge, Outcome::Unknown), "{error}");
}
