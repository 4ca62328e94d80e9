//! Sends a proactive chat to three customers, waits for a reply, reads the conversation, and counts
//! the messages of a day.
//!
//! `cargo xtask demo` runs this program and its C and C++ versions against a local service.
#![allow(deprecated, reason = "only the list of all messages can find the ticket")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example prints")]

use std::process::ExitCode;
use std::time::Duration;

use desk_client::types::{
    ChatMessage, ChatMessageListParams, NewProactiveChat, Priority, TicketChatMessageListParams, UserType,
};
use desk_client::{Client, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Error> {
    let variable = |name| std::env::var(name).unwrap_or_default();
    let client =
        Client::builder("").base_url(variable("DESK_BASE_URL")).api_token(variable("DESK_API_TOKEN")).build()?;

    let chat = NewProactiveChat::builder()
        .message("Your order has shipped. Any questions?")
        .group_key("sales")
        .customer_ids([101, 102, 103])
        .agent_id(1)
        .priority(Priority::High)
        .build();
    let chat = client.proactive_chat_create(&chat).await?;
    println!("created proactive chat {}: {} sent, priority {}", chat.id, chat.sent_count, chat.priority);

    let current = client.proactive_chat_get(chat.id).await?;
    println!("read it back: \"{}\"", current.message);

    let mut answered = current.responded_count;
    for _ in 0..100 {
        if answered > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        answered = client.proactive_chat_get(chat.id).await?.responded_count;
    }
    println!("answered: {answered} of {}", chat.sent_count);

    let since = ChatMessageListParams::builder().created_at_gte(chat.created_at).build();
    let recent = client.chat_message_list(&since).await?;
    let answer = recent.results.iter().find(|message| message.user_type == UserType::Customer);
    let ticket = answer.map_or(0, |message| message.ticket);
    println!("ticket {ticket}:");
    let conversation = client.ticket_chat_message_list(ticket, &TicketChatMessageListParams::default()).await?;
    for ChatMessage { user_type, message, .. } in &conversation.results {
        println!("  {user_type}: {message}");
    }

    let (from, to) = ("2026-01-02T00:00:00Z".parse(), "2026-01-02T23:59:59.999999Z".parse());
    let mut day = ChatMessageListParams::default();
    (day.created_at_gte, day.created_at_lte) = (from.ok(), to.ok());
    let mut messages = client.chat_message_stream(&day);
    let (mut all, mut from_customers) = (0, 0);
    while let Some(message) = messages.next().await {
        all += 1;
        from_customers += usize::from(message?.user_type == UserType::Customer);
    }
    println!("on 2026-01-02: {all} messages, {from_customers} of them from customers");
    Ok(())
}
