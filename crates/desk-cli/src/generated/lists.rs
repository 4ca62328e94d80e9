// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

use super::operations;
use crate::api::{Argument, Column, Kind, List, Place};
use crate::rows::{Key, PageOf, Row, Shape};
use chrono::{DateTime, Utc};
use desk_client::answer::Split;
use serde_json::value::RawValue;
pub(crate) static LISTS: &[List] = &[
    List {
        name: "chat-message",
        arguments: &[
            Argument {
                name: "ticket-channel-type",
                place: Place::Query,
                wire: "ticket__channel_type",
                doc: "Only messages of tickets that came in over this channel.",
                kind: Kind::Enum(
                    &[
                        "SENDBIRD",
                        "FACEBOOK_CONVERSATION",
                        "FACEBOOK_FEED",
                        "SENDBIRD_IOS",
                        "SENDBIRD_ANDROID",
                        "SENDBIRD_JAVASCRIPT",
                        "TWITTER_STATUS",
                        "TWITTER_DIRECT_MESSAGE_EVENT",
                        "INSTAGRAM_COMMENT",
                        "WHATSAPP_MESSAGE",
                    ],
                ),
                many: false,
                required: false,
            },
        ],
        columns: &[
            Column {
                name: "id",
                kind: Kind::Int64,
            },
            Column {
                name: "messageId",
                kind: Kind::Int64,
            },
            Column {
                name: "ticket",
                kind: Kind::Int64,
            },
            Column {
                name: "userSendbirdId",
                kind: Kind::Text,
            },
            Column {
                name: "userType",
                kind: Kind::Enum(&["AGENT", "CUSTOMER", "EVENT"]),
            },
            Column {
                name: "createdAt",
                kind: Kind::Time,
            },
            Column {
                name: "message",
                kind: Kind::Text,
            },
            Column {
                name: "data",
                kind: Kind::Text,
            },
            Column {
                name: "deletedAt",
                kind: Kind::Time,
            },
            Column {
                name: "requestedFrom",
                kind: Kind::Enum(&["DASHBOARD", "PLATFORM_API"]),
            },
            Column {
                name: "requestedBy",
                kind: Kind::Json,
            },
        ],
        id: "id",
        time: "createdAt",
        page: 500i64,
        export: |client, input, span| {
            let mut params = operations::chat_message_list_params(input)?;
            (params.created_at_gte, params.created_at_lte, params.limit) = (
                span.from,
                span.until,
                span.page.and_then(|value: i64| i32::try_from(value).ok()),
            );
            Ok(
                client
                    .chat_message_export_as(&params, ChatMessageList::split(), Row::time),
            )
        },
        ask: |client, input, span, offset| Box::pin(async move {
            let mut params = operations::chat_message_list_params(&input)?;
            (params.created_at_gte, params.created_at_lte) = (span.from, span.until);
            (params.limit, params.offset) = (
                span.page.and_then(|value: i64| i32::try_from(value).ok()),
                Some(offset),
            );
            Ok(
                client
                    .chat_message_list_as::<PageOf<ChatMessageList>>(&params)
                    .await?
                    .into(),
            )
        }),
    },
];
pub(crate) struct ChatMessageList;
#[derive(serde::Deserialize)]
pub(crate) struct ChatMessageListPage<'a> {
    #[serde(rename = "count")]
    count: i64,
    #[serde(rename = "results", borrow)]
    items: Vec<&'a RawValue>,
}
#[derive(serde::Deserialize)]
pub(crate) struct ChatMessageListItem {
    #[serde(rename = "id")]
    id: i64,
    #[serde(rename = "createdAt")]
    time: DateTime<Utc>,
}
impl ChatMessageList {
    pub(crate) fn split() -> Split<PageOf<ChatMessageList>, Row> {
        Split {
            rows: PageOf::rows,
            id: Row::id,
        }
    }
}
impl Shape for ChatMessageList {
    type Page<'a> = ChatMessageListPage<'a>;
    type Item = ChatMessageListItem;
}
impl<'a> From<ChatMessageListPage<'a>> for (i64, Vec<&'a RawValue>) {
    fn from(page: ChatMessageListPage<'a>) -> Self {
        (page.count, page.items)
    }
}
impl From<ChatMessageListItem> for Key {
    fn from(item: ChatMessageListItem) -> Key {
        Key {
            id: item.id,
            time: Some(item.time),
        }
    }
}
pub(crate) struct TicketChatMessageList;
#[derive(serde::Deserialize)]
pub(crate) struct TicketChatMessageListPage<'a> {
    #[serde(rename = "count")]
    count: i64,
    #[serde(rename = "results", borrow)]
    items: Vec<&'a RawValue>,
}
#[derive(serde::Deserialize)]
pub(crate) struct TicketChatMessageListItem {
    #[serde(rename = "id")]
    id: i64,
}
impl TicketChatMessageList {
    pub(crate) fn split() -> Split<PageOf<TicketChatMessageList>, Row> {
        Split {
            rows: PageOf::rows,
            id: Row::id,
        }
    }
}
impl Shape for TicketChatMessageList {
    type Page<'a> = TicketChatMessageListPage<'a>;
    type Item = TicketChatMessageListItem;
}
impl<'a> From<TicketChatMessageListPage<'a>> for (i64, Vec<&'a RawValue>) {
    fn from(page: TicketChatMessageListPage<'a>) -> Self {
        (page.count, page.items)
    }
}
impl From<TicketChatMessageListItem> for Key {
    fn from(item: TicketChatMessageListItem) -> Key {
        Key { id: item.id, time: None }
    }
}
