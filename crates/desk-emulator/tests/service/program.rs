//! The program: its ready line, its end, and its start-up errors.

use std::io::{BufRead, BufReader, Read};
use std::ops::{Deref, DerefMut};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::api::TOKEN_HEADER;
use crate::storage::directory;

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_desk-emulator"));
    command.args(arguments).env_remove("DESK_EMULATOR_TOKEN").stdin(Stdio::piped()).stdout(Stdio::piped());
    command.stderr(Stdio::piped());
    command
}

/// A running program, killed when dropped, so that a failed test leaves no process.
struct Program(Child);

impl Deref for Program {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for Program {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Most programs have ended by then.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the program and reads its ready line.
fn start(mut command: Command) -> (Program, Value) {
    let mut child = Program(command.spawn().unwrap());
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    // `end` checks the rest of the output.
    child.stdout = Some(stdout.into_inner());
    (child, serde_json::from_str(&line).unwrap())
}

/// Waits for the end; returns the exit code and the rest of the output.
fn end(mut child: Program) -> (Option<i32>, String) {
    let limit = Instant::now() + Duration::from_secs(10);
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if Instant::now() > limit {
            child.kill().unwrap();
            panic!("it did not end in time");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let mut rest = String::new();
    child.stdout.take().unwrap().read_to_string(&mut rest).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut rest).unwrap();
    (status.code(), rest)
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap().success());
}

async fn count(ready: &Value) -> Value {
    let url = format!("{}/chat_messages", ready["base_url"].as_str().unwrap());
    let request = crate::api::http().get(url).header(TOKEN_HEADER, ready["token"].as_str().unwrap());
    let text = request.send().await.unwrap().text().await.unwrap();
    serde_json::from_str::<Value>(&text).unwrap()["count"].clone()
}

#[tokio::test]
async fn program_prints_one_line_serves_and_ends_on_a_signal() {
    for name in ["TERM", "INT"] {
        let (child, ready) = start(program(&["--port", "0", "--demo", "--seed-rows", "24"]));
        let names: Vec<_> = ready.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["base_url", "url", "token", "application_id"]);
        assert_eq!(ready["application_id"], "emulator");
        let url = ready["url"].as_str().unwrap();
        assert!(url.starts_with("http://127.0.0.1:"));
        assert_eq!(ready["base_url"], format!("{url}/platform/v1"));
        assert!(ready["token"].as_str().unwrap().starts_with("emu_"));
        assert_eq!(count(&ready).await, 1024);
        signal(&child, name);
        assert_eq!(end(child), (Some(0), String::new()), "{name}");
    }
}

#[test]
fn program_ends_with_stdin_if_the_option_is_set() {
    let (mut child, _) = start(program(&["--exit-on-stdin-close"]));
    drop(child.stdin.take());
    assert_eq!(end(child), (Some(0), String::new()));

    let mut command = program(&[]);
    command.stdin(Stdio::null());
    let (mut child, ready) = start(command);
    let url = ready["url"].as_str().unwrap().trim_start_matches("http://").to_owned();
    std::thread::sleep(Duration::from_millis(100));
    assert!(child.try_wait().unwrap().is_none() && std::net::TcpStream::connect(url).is_ok());
    signal(&child, "TERM");
    assert_eq!(end(child).0, Some(0));
}

#[tokio::test]
async fn token_comes_from_a_file_or_a_variable() {
    let file = directory("token").join("token");
    std::fs::write(&file, "from-file\n").unwrap();
    let mut command = program(&["--token-file", file.to_str().unwrap()]);
    command.env("DESK_EMULATOR_TOKEN", "from-variable");
    let (child, ready) = start(command);
    assert_eq!((ready["token"].as_str(), count(&ready).await), (Some("from-file"), 0.into()));
    signal(&child, "TERM");
    assert_eq!(end(child).0, Some(0));

    let mut command = program(&[]);
    command.env("DESK_EMULATOR_TOKEN", "from-variable");
    let (child, ready) = start(command);
    assert_eq!(ready["token"], "from-variable");
    signal(&child, "TERM");
    assert_eq!(end(child).0, Some(0));
}

#[tokio::test]
async fn data_file_keeps_the_rows_of_a_killed_program() {
    let file = directory("killed").join("desk.db");
    let arguments = ["--data", file.to_str().unwrap(), "--seed-rows", "50"];
    let (mut child, _) = start(program(&arguments));
    child.kill().unwrap();
    child.wait().unwrap();
    let (child, ready) = start(program(&arguments));
    assert_eq!(count(&ready).await, 50);
    signal(&child, "TERM");
    assert_eq!(end(child).0, Some(0));
}

#[tokio::test]
async fn faults_come_from_a_file() {
    let file = directory("faults-file").join("faults.json");
    std::fs::write(&file, r#"{"rules":[{"nth":1,"fault":{"answer":{"status":503}}}]}"#).unwrap();
    let rule = r#"{"nth":2,"fault":{"answer":{"status":502}}}"#;
    let (child, ready) = start(program(&["--faults", file.to_str().unwrap(), "--fault", rule]));
    let (base, token) = (ready["base_url"].as_str().unwrap(), ready["token"].as_str().unwrap());
    let http = crate::api::http();
    let ask =
        async || http.get(format!("{base}/chat_messages")).header(TOKEN_HEADER, token).send().await.unwrap().status();
    // A rule counts only requests for which no earlier rule fired.
    let statuses = [ask().await.as_u16(), ask().await.as_u16(), ask().await.as_u16(), ask().await.as_u16()];
    assert_eq!(statuses, [503, 200, 502, 200]);
    signal(&child, "TERM");
    assert_eq!(end(child).0, Some(0));
}

#[test]
fn invalid_options_are_one_line_and_exit_code_1() {
    let folder = directory("faults");
    let (wrong, broken) = (folder.join("wrong.json"), folder.join("broken.json"));
    std::fs::write(&wrong, r#"{"rules":[{"nth":0,"fault":"bad_chunk"}]}"#).unwrap();
    std::fs::write(&broken, r#"{"rule":[]}"#).unwrap();
    let (child, ready) = start(program(&[]));
    let port = ready["url"].as_str().unwrap().rsplit(':').next().unwrap().to_owned();
    for (arguments, named) in [
        (["--port", port.as_str()], port.as_str()),
        (["--data", "/nowhere/desk.db"], "/nowhere/desk.db"),
        (["--token-file", "/nowhere/token"], "/nowhere/token"),
        (["--faults", "/nowhere/faults.json"], "/nowhere/faults.json"),
        (["--fault", "{}"], "--fault {}: missing field `fault`"),
        (["--switch", "order=up"], "--switch order=up: order: unknown variant"),
        (["--switch", "sort"], "there is no switch \"sort\""),
        (["--faults", wrong.to_str().unwrap()], "rules[0].nth: the first request is 1"),
        (["--faults", broken.to_str().unwrap()], "unknown field `rule`"),
    ] {
        let Output { status, stdout, stderr } = program(&arguments).output().unwrap();
        let text = String::from_utf8(stderr).unwrap();
        assert_eq!((status.code(), stdout.len(), text.lines().count()), (Some(1), 0, 1), "{text}");
        assert!(text.contains(named), "{text}");
    }
    // Every user of the machine can read a token on the command line.
    assert_eq!(program(&["--token", "secret"]).output().unwrap().status.code(), Some(2));
    signal(&child, "TERM");
    assert_eq!(end(child).0, Some(0));
}
