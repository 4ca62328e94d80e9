//! The samples of the service's documents: the emulator serves them, and the client reads them.
#![allow(missing_docs, reason = "tests")]
#![allow(deprecated, reason = "one of the samples is of the list of all messages")]

use desk_client::types::{ChatMessageListParams, NewProactiveChat, TicketChatMessageListParams};
use desk_client::{Client, RawRequest};
use desk_emulator::{Behaviour, Emulator, MessageImport, MessageShape, SeedRequest};
use serde_json::{Value, json};

/// The JSON of a documented page, without its placeholder for more rows.
fn sample(text: &str) -> Value {
    let lines: Vec<_> = text.lines().filter(|line| !line.starts_with("...")).collect();
    serde_json::from_str(&lines.join("\n").replace("},\n]", "}\n]")).expect("a sample")
}

async fn service() -> (Emulator, Client) {
    let mut behaviour = Behaviour::default();
    behaviour.message_shape = MessageShape::Old;
    let emulator = Emulator::builder().behaviour(behaviour).start().await.expect("it starts");
    let client = Client::builder("").api_token(emulator.token()).base_url(emulator.base_url()).build();
    (emulator, client.expect("settings are right"))
}

fn row(sample: &Value) -> MessageImport {
    serde_json::from_value(sample["results"][0].clone()).expect("a row")
}

/// The part of a link after the version of the API.
fn path_and_query(link: &Value) -> &str {
    link.as_str().and_then(|link| link.split_once("/platform/v1")).expect("a link").1
}

/// Compares a response with a sample: property names in order, values, and links except for the
/// host.
fn assert_matches_sample(answer: &Value, sample: &Value) {
    let names = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    assert_eq!((names(answer), &answer["count"]), (names(sample), &sample["count"]));
    assert_eq!(
        (path_and_query(&answer["previous"]), path_and_query(&answer["next"])),
        (path_and_query(&sample["previous"]), path_and_query(&sample["next"]))
    );
    assert_eq!(names(&answer["results"][0]), names(&sample["results"][0]));
    assert_eq!(answer["results"][0], sample["results"][0]);
}

#[tokio::test]
async fn list_of_all_messages_matches_its_sample() {
    let sample = sample(include_str!("samples/chat_messages.txt"));
    let (emulator, client) = service().await;
    // A hundred rows before the sample's row, and enough rows after it for the sample's count.
    emulator.seed(SeedRequest::rows(100)).expect("rows");
    emulator.import_messages(&[row(&sample)]).expect("the sample");
    emulator.seed(SeedRequest::rows(20_492 - 101)).expect("rows");
    let asked = RawRequest::new("GET", "chat_messages").query("limit", "50").query("offset", "100");
    let answer: Value = client.raw_call(&asked).await.expect("a page").json().expect("JSON");
    assert_matches_sample(&answer, &sample);

    let mut params = ChatMessageListParams::default();
    (params.limit, params.offset) = (Some(50), Some(100));
    let page = client.chat_message_list(&params).await.expect("a page");
    let read = page.results.first().expect("a row");
    assert_eq!(serde_json::to_value(read).expect("JSON").as_object().map(|row| row.len()), Some(6));
    assert_eq!((read.id, read.user_type.as_str(), read.user_sendbird_id.as_str()), (10_933, "AGENT", "Jeff"));
    assert_eq!(read.created_at.timestamp_micros(), 1_552_368_341_032_000);
    assert_eq!(read.message, sample["results"][0]["message"]);
}

#[tokio::test]
async fn list_of_a_ticket_matches_its_sample() {
    let mut sample = sample(include_str!("samples/ticket_chat_messages.txt"));
    // The documented request is for ticket 325, but the documented row has ticket 3351.
    sample["results"][0]["ticket"] = json!(325);
    let (emulator, client) = service().await;
    let others = |count: usize| -> Vec<MessageImport> {
        let other = json!({"ticket": 325, "userSendbirdId": "u", "userType": "CUSTOMER",
            "createdAt": "2020-05-11T14:00:00Z", "message": "m"});
        (0..count).map(|_| serde_json::from_value(other.clone()).expect("a row")).collect()
    };
    emulator.import_messages(&others(20)).expect("rows");
    emulator.import_messages(&[row(&sample)]).expect("the sample");
    emulator.import_messages(&others(22)).expect("rows");
    let asked = RawRequest::new("GET", "tickets/325/chat_messages").query("limit", "10").query("offset", "20");
    let answer: Value = client.raw_call(&asked).await.expect("a page").json().expect("JSON");
    assert_matches_sample(&answer, &sample);

    let mut params = TicketChatMessageListParams::default();
    (params.limit, params.offset) = (Some(10), Some(20));
    let page = client.ticket_chat_message_list(325, &params).await.expect("a page");
    let read = page.results.first().expect("a row");
    assert_eq!((read.id, read.user_type.as_str(), read.message.as_str()), (38_763, "EVENT", "Welcome to Sendbird!"));
}

/// The documents have a table of properties instead of a sample: each property must exist and have
/// its type.
#[tokio::test]
async fn proactive_chat_has_all_documented_properties() {
    let emulator = Emulator::builder().demo(true).start().await.expect("it starts");
    let client = Client::builder("").api_token(emulator.token()).base_url(emulator.base_url()).build();
    let client = client.expect("settings are right");
    let new = NewProactiveChat::builder().message("m").group_key("sales").customer_ids([101, 102]).agent_id(1).build();
    let chat = client.proactive_chat_create(&new).await.expect("a chat");
    let asked = RawRequest::new("GET", format!("proactive_chats/{}", chat.id));
    let answer: Value = client.raw_call(&asked).await.expect("the chat").json().expect("JSON");
    let mut properties = 0;
    for line in include_str!("samples/proactive_chat.txt").lines().skip(2) {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let (name, value) = (cells[0], &answer[cells[0]]);
        let fits = match cells[1] {
            "int" => value.is_i64(),
            "string" => value.is_string(),
            "object" => value.is_object(),
            other => panic!("{other}"),
        };
        assert!(fits, "{name}: {value}");
        properties += 1;
    }
    assert_eq!((properties, answer.as_object().map(|chat| chat.len())), (13, Some(13)));
}
