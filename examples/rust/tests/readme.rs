//! The Rust code of the README, compiled and run: each block must also be in this file.
#![allow(missing_docs, clippy::print_stdout, reason = "tests")]
#![allow(deprecated, reason = "only the deprecated list has all messages")]

use std::error::Error;

use chrono::{TimeZone, Utc};
use desk_emulator::Emulator;

/// The lines without leading and trailing white space.
fn trim_lines(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_readme_block_is_in_this_file() {
    let (readme, this_file) = (include_str!("../../../README.md"), trim_lines(include_str!("readme.rs")));
    let blocks: Vec<_> = readme.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(blocks.len(), 4);
    for block in blocks {
        assert!(this_file.contains(&trim_lines(block)), "this block is not in tests/readme.rs:\n{block}");
    }
}

#[tokio::test]
async fn readme_blocks_run() -> Result<(), Box<dyn Error>> {
    use desk_client::RawRequest;
    use desk_client::types::{ChatMessageListParams, TicketChatMessageListParams};

    let emulator = Emulator::builder().demo(true).start().await?;
    let (base_url, token) = (emulator.base_url(), emulator.token());
    let (from, until) = (Utc.timestamp_opt(1_767_312_000, 0).unwrap(), Utc.timestamp_opt(1_767_398_399, 0).unwrap());

    #[rustfmt::skip]
    let client = {
        use desk_client::types::{NewProactiveChat, Priority};
        use desk_client::{Client, Outcome};

        let client = Client::builder("").base_url(base_url).api_token(token).build()?; // or Client::builder(application_id)
        let chat = NewProactiveChat::builder()
            .message("Your order has shipped.")
            .group_key("sales")
            .customer_ids([101, 102])
            .agent_id(1)
            .priority(Priority::High)
            .build();
        match client.proactive_chat_create(&chat).await {
            Ok(chat) => println!("{} sent", chat.sent_count),
            Err(error) if error.outcome() == Outcome::Unknown => println!("find out before sending again: {error}"),
            Err(error) => println!("{error}"),
        }
        client
    };
    assert_eq!(client.proactive_chat_get(1).await?.sent_count, 2);

    let mut messages = client.ticket_chat_message_stream(126, &TicketChatMessageListParams::default());
    while let Some(message) = messages.next().await {
        let message = message?; // after an error, the stream goes on where it stood
        println!("{}: {}", message.user_type, message.message);
    }

    let day = ChatMessageListParams::builder().created_at_gte(from).created_at_lte(until).build();
    let mut export = client.chat_message_export(&day);
    while let Some(window) = export.next_window().await {
        let window = window?;
        println!("{} messages, verified: {}", window.proof.count, window.proof.verified);
    }

    let agents = client.raw_call(&RawRequest::new("GET", "agents")).await;
    assert_eq!(agents.err().and_then(|error| error.status()), Some(404));
    Ok(())
}
