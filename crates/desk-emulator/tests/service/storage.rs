//! Starting and stopping, the data file, and synchronous callers.

use std::net::TcpStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use desk_emulator::{Emulator, NewCustomer};
use serde_json::json;

use crate::api::Api;

/// An empty directory for this test.
pub(crate) fn directory(test: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
    if path.exists() {
        std::fs::remove_dir_all(&path).unwrap();
    }
    std::fs::create_dir_all(&path).unwrap();
    path
}

#[tokio::test]
async fn data_file_survives_a_restart() {
    let file = directory("restart").join("desk.db");
    let start = async || Api::start(Emulator::builder().demo(true).data(&file).token("secret")).await;
    let api = start().await;
    assert_eq!(api.create(&[102, 103]).await.status, 201);
    crate::api::until(async || (api.emulator.ticket(126).unwrap().message_count == 3).then_some(())).await;
    let chat = api.get("/proactive_chats/1").await.body;
    let page = api.get("/chat_messages?offset=990").await.body["results"].clone();
    api.emulator.shutdown().await;

    let api = start().await;
    assert_eq!(api.emulator.token(), "secret");
    assert_eq!(api.get("/proactive_chats/1").await.body, chat);
    assert_eq!(api.get("/chat_messages?offset=990").await.body["results"], page);
    assert_eq!(api.emulator.add_customer(NewCustomer::new("Uma")).unwrap().id, 105);
    assert_eq!(api.create(&[101]).await.body["id"], 2);
    api.emulator.reset().unwrap();
    assert_eq!(api.sizes().await, [0, 125, 1000]);
}

#[tokio::test]
async fn unusable_data_file_is_an_error_with_its_name() {
    let directory = directory("unusable");
    let used = directory.join("used.db");
    let _first = Emulator::builder().data(&used).start().await.unwrap();
    let foreign = directory.join("foreign.db");
    rusqlite::Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE other (id INTEGER)").unwrap();
    let text = directory.join("notes.txt");
    std::fs::write(&text, "not a database, but long enough to be taken for one by its size".repeat(20)).unwrap();
    for (file, cause) in [
        (used, "locked"),
        (foreign, "not made by this version"),
        (text.clone(), "not a database"),
        (directory.join("missing/desk.db"), "unable to open"),
        (directory, "unable to open"),
    ] {
        let error = Emulator::builder().data(&file).start().await.unwrap_err().to_string();
        assert!(
            error.contains(&file.display().to_string()) && error.contains(cause) && !error.contains('\n'),
            "{error}"
        );
    }
    assert!(std::fs::read_to_string(text).unwrap().starts_with("not a database"), "it was left alone");
}

#[tokio::test]
async fn used_port_and_invalid_token_are_errors() {
    let first = Emulator::start().await.unwrap();
    let port = first.url().rsplit(':').next().unwrap().parse().unwrap();
    let error = Emulator::builder().port(port).start().await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    assert!(error.to_string().contains(&port.to_string()));
    for token in ["", "two words", "tökèn", "line\n"] {
        assert!(Emulator::builder().token(token).start().await.is_err(), "{token:?}");
    }
}

#[tokio::test]
async fn tokens_are_random_and_not_in_debug_output() {
    let [first, second] = [Emulator::start().await.unwrap(), Emulator::start().await.unwrap()];
    assert!(first.token().starts_with("emu_") && first.token().len() == 36);
    assert_ne!(first.token(), second.token());
    assert!(!format!("{first:?}").contains(first.token()));
    assert_eq!(first.base_url(), format!("{}/platform/v1", first.url()));
}

#[tokio::test]
async fn shutdown_closes_the_port_and_drops_pending_replies() {
    let file = directory("shutdown").join("desk.db");
    let api = Api::start(Emulator::builder().demo(true).data(&file)).await;
    let address = api.emulator.url().trim_start_matches("http://").to_owned();
    assert_eq!(api.create(&[101]).await.status, 201);
    api.emulator.shutdown().await;
    assert!(TcpStream::connect(&address).is_err());
    tokio::time::sleep(Duration::from_millis(200)).await;
    let again = Emulator::builder().data(&file).start().await.unwrap();
    assert_eq!(again.ticket(126).unwrap().message_count, 1);
}

#[test]
fn emulator_works_without_a_runtime() {
    let emulator = Emulator::builder().demo(true).start_blocking().unwrap();
    let address = emulator.url().trim_start_matches("http://").to_owned();
    assert_eq!(emulator.tickets(None).unwrap().len(), 125);
    assert!(TcpStream::connect(&address).is_ok());
    let begun = Instant::now();
    drop(emulator);
    assert!(TcpStream::connect(&address).is_err(), "dropping closes the port");
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(Emulator::start_blocking().unwrap().tickets(None).unwrap().is_empty());
}

#[tokio::test]
async fn seeded_rows_are_part_of_the_initial_state() {
    let api = Api::start(Emulator::builder().demo(true).seed_rows(80)).await;
    assert_eq!(api.sizes().await, [0, 135, 1080]);
    api.create(&[101]).await;
    api.emulator.reset().unwrap();
    assert_eq!(api.sizes().await, [0, 135, 1080]);
    assert_eq!(json!(api.get("/chat_messages?offset=1079").await.ids()), json!([1080]));
}
