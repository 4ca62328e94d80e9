//! Tests of decoding: every example of the spec, and every shape that a service may grow into.
#![allow(deprecated, reason = "all operations are tested")]

use chrono::Timelike;
use desk_client::types::{
    ChannelType, ChatMessage, ChatMessageListParams, ChatMessagePage, Priority, ProactiveChat, UserType,
};
use desk_client::{Client, Response};
use serde_json::{Value, json};
use testkit::{Server, reply};

fn spec() -> Value {
    let package = std::env::var("CARGO_MANIFEST_DIR").expect("cargo runs the test");
    let path = std::path::Path::new(&package).join("../../openapi/desk.yaml");
    yaml_serde::from_str(&std::fs::read_to_string(path).expect("the spec")).expect("YAML")
}

async fn page(body: &Value) -> Response<ChatMessagePage> {
    let body = body.to_string();
    let server = Server::start(move |_| vec![reply(200, &[], body.as_bytes())]);
    let client = Client::builder("").api_token("t").base_url(server.url()).build().expect("settings are right");
    client.chat_message_list(&ChatMessageListParams::default()).await.expect("a page")
}

async fn message(change: impl FnOnce(&mut Value)) -> ChatMessage {
    let mut message = json!({
        "id": 1, "ticket": 2, "userSendbirdId": "u", "userType": "AGENT", "createdAt": "2019-03-12T05:25:41.032000Z",
        "message": "m"
    });
    change(&mut message);
    let mut page = page(&json!({ "count": 1, "results": [message] })).await.into_inner();
    page.results.remove(0)
}

#[test]
fn examples_of_the_spec_decode_and_encode_again() {
    let spec = spec();
    let mut seen = 0;
    for (_, methods) in spec["paths"].as_object().expect("paths") {
        for (_, operation) in methods.as_object().expect("operations") {
            for (status, response) in operation["responses"].as_object().expect("responses") {
                let content = &response["content"]["application/json"];
                if !status.starts_with('2') {
                    continue;
                }
                let (example, schema) =
                    (&content["example"], content["schema"]["$ref"].as_str().expect("a named schema"));
                let again = match schema.rsplit('/').next().expect("a name") {
                    "ProactiveChat" => round_trip::<ProactiveChat>(example),
                    "ChatMessagePage" => round_trip::<ChatMessagePage>(example),
                    other => panic!("the test does not know {other}"),
                };
                assert_eq!(without_nulls(example), without_nulls(&again));
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 4);
}

fn round_trip<T: serde::Serialize + serde::de::DeserializeOwned>(example: &Value) -> Value {
    let value: T = serde_json::from_value(example.clone()).expect("the example has its schema");
    serde_json::to_value(value).expect("JSON")
}

/// A value with each time in one form and without null properties, so that equal moments, and
/// absent and null, are equal.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(_, value)| !value.is_null());
            kept.map(|(name, value)| (name.clone(), without_nulls(value))).collect::<serde_json::Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        Value::String(text) => match text.parse::<chrono::DateTime<chrono::Utc>>() {
            Ok(time) => time.to_rfc3339().into(),
            Err(_) => value.clone(),
        },
        other => other.clone(),
    }
}

#[tokio::test]
async fn new_values_and_fields_are_no_error() {
    let read = message(|message| {
        message["userType"] = "BOT".into();
        message["brandNew"] = json!({ "deep": [1, 2, { "x": null }] });
    });
    assert_eq!(read.await.user_type, UserType::Other("BOT".into()));
    let both: Vec<Priority> = serde_json::from_str(r#"["URGENT", "WHENEVER"]"#).expect("open");
    assert_eq!(both, [Priority::Urgent, Priority::Other("WHENEVER".into())]);
    assert_eq!(ChannelType::KNOWN.len(), 10);
}

#[tokio::test]
async fn optional_fields_may_be_absent_or_null() {
    let absent = message(|_| ()).await;
    let null = message(|message| {
        for name in ["messageId", "data", "deletedAt", "requestedFrom", "requestedBy"] {
            message[name] = Value::Null;
        }
    });
    assert_eq!(absent, null.await);
    assert_eq!((absent.message_id, &absent.data, absent.deleted_at), (None, &None, None));
    let whole = page(&json!({ "count": 3, "previous": null, "next": null, "results": [] })).await;
    assert_eq!((whole.count, &whole.next, &whole.previous, whole.results.len()), (3, &None, &None, 0));
}

#[tokio::test]
async fn dates_come_with_any_fraction_and_offset() {
    for (text, micros) in [
        ("2019-03-12T05:25:41Z", 1_552_368_341_000_000),
        ("2019-03-12T05:25:41.5Z", 1_552_368_341_500_000),
        ("2019-03-12T05:25:41.000001Z", 1_552_368_341_000_001),
        ("2019-03-12T14:25:41.032+09:00", 1_552_368_341_032_000),
        ("2019-03-11T23:25:41.032000-06:00", 1_552_368_341_032_000),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000_000),
    ] {
        let read = message(|message| message["createdAt"] = text.into()).await;
        assert_eq!(read.created_at.timestamp_micros(), micros, "{text}");
    }
    assert_eq!(message(|_| ()).await.created_at.nanosecond(), 32_000_000);
}

#[tokio::test]
async fn text_arrives_as_it_was_written() {
    let text = "emoji \u{1F600}\u{1F3FD}, CJK \u{4F60}\u{597D}, RTL \u{5E9}, NUL \0, escapes \" \\ / \n \t \u{1}";
    assert_eq!(message(|message| message["message"] = text.into()).await.message, text);
    let created_by = json!({ "id": 1, "displayName": "Ann" });
    let read = message(|message| message["requestedBy"] = created_by.clone()).await;
    assert_eq!(read.requested_by, Some(created_by.into()));
}

#[test]
fn undocumented_objects_may_be_anything() {
    for value in [json!({ "id": 1 }), json!(7), json!("ann"), json!([1])] {
        let mut chat: Value = spec()["paths"]["/proactive_chats/{proactive_id}"]["get"]["responses"]["200"]["content"]
            ["application/json"]["example"]
            .clone();
        chat["createdBy"] = value.clone();
        let chat: ProactiveChat = serde_json::from_value(chat).expect("any JSON");
        assert_eq!(chat.created_by, Some(value.into()));
    }
}

#[tokio::test]
async fn undocumented_objects_keep_their_digits_and_the_order_of_their_properties() {
    let written = r#"{"z": 12345678901234567890123, "a": [0.10, 1e999]}"#;
    let message = r#"{"id":1,"ticket":2,"userSendbirdId":"u","userType":"AGENT","createdAt":"2019-03-12T05:25:41Z","message":"m","#;
    let body = format!(r#"{{"count":1,"results":[{message}"requestedBy": {written} }}]}}"#);
    let server = Server::start(move |_| vec![reply(200, &[], body.as_bytes())]);
    let client = Client::builder("").api_token("t").base_url(server.url()).build().expect("settings are right");
    let page = client.chat_message_list(&ChatMessageListParams::default()).await.expect("a page").into_inner();
    assert_eq!(page.results[0].requested_by.as_ref().map(desk_client::Json::as_str), Some(written));
}

#[tokio::test]
async fn gzip_is_undone() {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(br#"{"count":9,"results":[]}"#).expect("gzip to memory");
    let body = encoder.finish().expect("gzip to memory");
    let server = Server::start(move |_| vec![reply(200, &[("content-encoding", "gzip")], &body)]);
    let client = Client::builder("").api_token("t").base_url(server.url()).build().expect("settings are right");
    assert_eq!(client.chat_message_list(&ChatMessageListParams::default()).await.expect("a page").count, 9);
}
