//! A peer: reqwest on a single-threaded runtime, messages as owned structs through serde.
//!
//! `list-reqwest BASE_URL MESSAGES [whole]`

use chrono::{DateTime, Utc};
use desk_bench::PAGE;
use desk_bench::sum::Sum;
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
#[allow(dead_code, reason = "the other programs read these fields too")]
struct Page {
    count: i64,
    previous: Option<String>,
    next: Option<String>,
    results: Vec<Message>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    id: i64,
    message_id: Option<i64>,
    ticket: i64,
    user_sendbird_id: String,
    user_type: String,
    created_at: DateTime<Utc>,
    message: String,
    data: Option<String>,
    deleted_at: Option<DateTime<Utc>>,
    requested_from: Option<String>,
    requested_by: Option<Box<RawValue>>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (base, max_messages) = (&args[0], args[1].parse::<usize>()?);
    let mut sum = Sum::new(args.get(2).is_some_and(|word| word == "whole"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let client = reqwest::Client::new();
        let mut offset = 0;
        while offset < max_messages {
            let url = format!("{base}/chat_messages?limit={PAGE}&offset={offset}");
            let request = client.get(url).header("SENDBIRDDESKAPITOKEN", "bench").send();
            let page: Page = request.await?.error_for_status()?.json().await?;
            if page.results.is_empty() {
                break;
            }
            offset += page.results.len();
            for message in &page.results {
                add(&mut sum, message);
            }
        }
        sum.print();
        Ok(())
    })
}

fn add(sum: &mut Sum, message: &Message) {
    sum.message();
    sum.number(message.id);
    sum.optional(message.message_id);
    sum.number(message.ticket);
    sum.text(Some(message.user_sendbird_id.as_bytes()));
    sum.number(match message.user_type.as_str() {
        "AGENT" => 1,
        "CUSTOMER" => 2,
        "EVENT" => 3,
        _ => 0,
    });
    sum.text(Some(message.user_type.as_bytes()));
    sum.number(message.created_at.timestamp_micros());
    sum.text(Some(message.message.as_bytes()));
    sum.text(message.data.as_ref().map(String::as_bytes));
    sum.optional(message.deleted_at.map(|time| time.timestamp_micros()));
    sum.number(match message.requested_from.as_deref() {
        Some("DASHBOARD") => 1,
        Some("PLATFORM_API") => 2,
        _ => 0,
    });
    sum.text(message.requested_from.as_ref().map(String::as_bytes));
    sum.text(message.requested_by.as_ref().map(|json| json.get().as_bytes()));
}
