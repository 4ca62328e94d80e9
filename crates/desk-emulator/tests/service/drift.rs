//! Lists that change during a read: a reader by offset loses and duplicates rows, the verified
//! export does not.
#![allow(missing_docs, reason = "tests")]
#![allow(deprecated, reason = "the list of all messages is the large one")]

use std::collections::HashSet;

use desk_client::types::{ChatMessageListParams, ProactiveChat, TicketChatMessageListParams};
use desk_client::{Client, ErrorKind, Outcome};
use desk_emulator::{Behaviour, Change, CreatedBy, Drift, Emulator, ErrorShape, MessageShape, Order, Time};

fn client(emulator: &Emulator) -> Client {
    Client::builder("").api_token(emulator.token()).base_url(emulator.base_url()).build().expect("settings are right")
}

async fn seeded(rows: u64, order: Order) -> (Emulator, Client) {
    let mut behaviour = Behaviour::default();
    behaviour.order = order;
    let emulator = Emulator::builder().seed_rows(rows).behaviour(behaviour).start().await.expect("it starts");
    let client = client(&emulator);
    (emulator, client)
}

fn page(limit: i32, offset: i64) -> ChatMessageListParams {
    let mut params = ChatMessageListParams::default();
    (params.limit, params.offset) = (Some(limit), Some(offset));
    params
}

/// The ids that a reader by offset gets: page after page until a page is empty.
async fn read_by_offset(client: &Client, limit: i32) -> Vec<i64> {
    let mut ids = Vec::new();
    loop {
        let rows = client.chat_message_list(&page(limit, ids.len() as i64)).await.expect("a page").into_inner().results;
        if rows.is_empty() {
            return ids;
        }
        ids.extend(rows.iter().map(|row| row.id));
    }
}

/// The number of duplicate ids, and the number of ids in 1 to `rows` that are missing.
fn duplicates_and_gaps(ids: &[i64], rows: i64) -> (usize, usize) {
    let once: HashSet<_> = ids.iter().copied().collect();
    (ids.len() - once.len(), (1..=rows).filter(|id| !once.contains(id)).count())
}

/// Exports everything; returns the ids, the number of duplicates, and the number of windows without
/// proof.
async fn export(client: &Client) -> (HashSet<i64>, usize, usize) {
    let mut export = client.chat_message_export(&ChatMessageListParams::default()).rows_per_window(200);
    let (mut ids, mut doubled, mut unproven) = (HashSet::new(), 0, 0);
    while let Some(window) = export.next_window().await {
        let window = window.expect("no fault");
        unproven += usize::from(!window.proof.verified);
        doubled += window.items.iter().filter(|row| !ids.insert(row.id)).count();
    }
    (ids, doubled, unproven)
}

#[tokio::test]
async fn deleted_rows_lose_rows_by_offset_and_not_in_exports() {
    let (emulator, client) = seeded(1000, Order::IdAscending).await;
    emulator.set_drift(vec![Drift::every(2, Change::DeleteOldest(3))]).expect("a script");
    let (doubled, lost) = duplicates_and_gaps(&read_by_offset(&client, 100).await, 1000);
    assert!(doubled == 0 && lost >= 9, "{doubled} {lost}");

    let (emulator, client) = seeded(1000, Order::IdAscending).await;
    emulator
        .set_drift((1..=4).map(|answer| Drift::after(3 * answer, Change::DeleteOldest(5))).collect())
        .expect("a script");
    let (ids, doubled, unproven) = export(&client).await;
    // The twenty deleted rows were there for some reads; all other rows must be in the export.
    assert_eq!((doubled, unproven), (0, 0));
    assert!((21..=1000).all(|id| ids.contains(&id)));
}

#[tokio::test]
async fn added_rows_duplicate_rows_by_offset_and_not_in_exports() {
    let (emulator, client) = seeded(1000, Order::IdDescending).await;
    emulator.set_drift(vec![Drift::every(2, Change::Insert(4))]).expect("a script");
    let (doubled, lost) = duplicates_and_gaps(&read_by_offset(&client, 100).await, 1000);
    assert!(doubled >= 16 && lost == 0, "{doubled} {lost}");

    let (emulator, client) = seeded(1000, Order::IdDescending).await;
    emulator.set_drift(vec![Drift::every(2, Change::Insert(4))]).expect("a script");
    let (ids, doubled, unproven) = export(&client).await;
    assert_eq!((doubled, unproven), (0, 0));
    assert!((1..=1000).all(|id| ids.contains(&id)));
}

/// Rows with times in the past are added to windows that are still being read.
#[tokio::test]
async fn late_rows_are_exported_while_their_window_is_open() {
    let (emulator, client) = seeded(1000, Order::IdAscending).await;
    let (from, to) = (Time::parse("2026-01-01T00:00:00Z"), Time::parse("2026-01-31T00:00:00Z"));
    let late = Change::Late { rows: 5, from: from.expect("a time"), to: to.expect("a time") };
    emulator.set_drift(vec![Drift::after(2, late)]).expect("a script");
    let (ids, doubled, unproven) = export(&client).await;
    assert_eq!((doubled, unproven), (0, 0));
    assert!((1..=1000).all(|id| ids.contains(&id)));
}

/// Without a stable order, a reader by offset gets a sample and the verified export gets all rows.
#[tokio::test]
async fn exports_are_complete_without_a_stable_order() {
    for order in [Order::None, Order::Time] {
        let (_emulator, client) = seeded(600, order).await;
        let (doubled, lost) = duplicates_and_gaps(&read_by_offset(&client, 100).await, 600);
        assert!(order == Order::Time || (doubled > 50 && lost > 50), "{order:?}: {doubled} {lost}");
        let (ids, doubled, unproven) = export(&client).await;
        assert_eq!((ids.len(), doubled, unproven), (600, 0, 0), "{order:?}");
    }
}

#[tokio::test]
async fn ids_of_deleted_rows_are_never_reused() {
    let (emulator, client) = seeded(20, Order::IdAscending).await;
    emulator.change_messages(&Change::Delete(vec![3, 20, 99])).expect("a change");
    emulator.change_messages(&Change::Insert(2)).expect("a change");
    let ids: Vec<_> = read_by_offset(&client, 7).await;
    let wanted: Vec<_> = (1..=22).filter(|id| ![3, 20].contains(id)).collect();
    assert_eq!(ids, wanted);
    emulator.reset().expect("a reset");
    assert_eq!(read_by_offset(&client, 7).await, (1..=20).collect::<Vec<_>>());
}

/// Each switch, as the client sees it.
#[tokio::test]
async fn each_switch_changes_the_behaviour() {
    let emulator = Emulator::builder().demo(true).start().await.expect("it starts");
    let client = client(&emulator);
    let set = |change: fn(&mut Behaviour)| {
        let mut behaviour = Behaviour::default();
        change(&mut behaviour);
        emulator.set_behaviour(behaviour).expect("a behaviour");
    };
    let chat = desk_client::types::NewProactiveChat::builder().message("m").group_key("sales");
    let chat = chat.customer_ids([101]).agent_id(1).build();

    set(|behaviour| behaviour.max_limit = 100);
    assert_eq!(client.chat_message_list(&page(500, 0)).await.expect("a page").results.len(), 100);
    set(|behaviour| behaviour.strict_parameters = true);
    let unknown = desk_client::RawRequest::new("GET", "chat_messages").query("sort", "id");
    let refused = client.raw_call(&unknown).await.expect_err("no such parameter");
    assert_eq!((refused.kind(), refused.status()), (ErrorKind::Refused, Some(400)));

    let misprint = desk_client::RawRequest::new("GET", "chat_messages").query("ticket__channel_type", "SENDIBIRD");
    assert_eq!(client.raw_call(&misprint).await.expect_err("no such channel").status(), Some(400));
    set(|behaviour| behaviour.channel_misprint_ignored = true);
    client.raw_call(&misprint).await.expect("as if it were not there");

    set(|behaviour| behaviour.message_shape = MessageShape::Old);
    let old = client.chat_message_list(&page(1, 0)).await.expect("a page").into_inner().results.remove(0);
    assert!(old.message_id.is_none() && old.data.is_none());
    let old = client.ticket_chat_message_list(1, &TicketChatMessageListParams::default()).await.expect("a page");
    assert!(old.results.iter().all(|row| row.message_id.is_none()));

    for status in [200, 201] {
        let mut behaviour = Behaviour::default();
        behaviour.create_status = status;
        emulator.set_behaviour(behaviour).expect("a behaviour");
        assert_eq!(client.proactive_chat_create(&chat).await.expect("a chat").status(), status);
    }
    let created_by = async |chat: Result<desk_client::Response<ProactiveChat>, desk_client::Error>| {
        chat.expect("a chat").into_inner().created_by
    };
    set(|behaviour| behaviour.created_by = CreatedBy::Id);
    assert_eq!(created_by(client.proactive_chat_get(1).await).await, Some(serde_json::json!(1).into()));
    set(|behaviour| behaviour.created_by = CreatedBy::Null);
    assert_eq!(created_by(client.proactive_chat_get(1).await).await, None);

    set(|behaviour| behaviour.all_messages_gone = true);
    let gone = client.chat_message_list(&page(1, 0)).await.expect_err("gone");
    assert_eq!((gone.kind(), gone.outcome(), gone.status()), (ErrorKind::NotFound, Outcome::Unknown, Some(410)));

    set(|behaviour| behaviour.error_shape = ErrorShape::FieldMap);
    let mut wrong = chat.clone();
    wrong.group_key = "nobody".to_owned();
    let refused = client.proactive_chat_create(&wrong).await.expect_err("no such group");
    let text = refused.service_text().unwrap_or_default();
    assert!(refused.service_code().is_none() && text.starts_with("groupKey: "), "{text}");
    let absent = client.proactive_chat_get(999).await.expect_err("no such chat");
    assert!(absent.service_code().is_none() && absent.service_text().is_some(), "{absent}");

    let mut nonsense = Behaviour::default();
    nonsense.max_limit = 0;
    let error = emulator.set_behaviour(nonsense).expect_err("no rows at all");
    assert!(error.detail().starts_with("max_limit: "), "{error}");
}
