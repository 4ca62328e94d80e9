// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

use super::operations;
use crate::api::{Column, Kind, List};
use crate::rows::{self, Row, Shape};
use desk_client::requests;
use desk_core::list::RowDecoder;
pub(crate) static LISTS: &[List] = &[
    List {
        name: "chat-message",
        arguments: &[operations::CHAT_MESSAGE_LIST_ARGUMENTS[4usize]],
        columns: CHAT_MESSAGE_COLUMNS,
        id: "id",
        time: "createdAt",
        windows: true,
        page: 500i64,
        export: |client, input, span| {
            let mut params = operations::chat_message_list_params(input)?;
            (params.created_at_gte, params.created_at_lte) = (span.from, span.until);
            params.limit = span.page.and_then(|value: i64| i32::try_from(value).ok());
            Ok(
                client
                    .core()
                    .export(
                        desk_client::lists::chat_message_list(&params),
                        ChatMessageList::rows(),
                    ),
            )
        },
        ask: |client, input, span, offset| Box::pin(async move {
            let mut params = operations::chat_message_list_params(&input)?;
            (params.created_at_gte, params.created_at_lte) = (span.from, span.until);
            (params.limit, params.offset) = (
                span.page.and_then(|value: i64| i32::try_from(value).ok()),
                Some(offset),
            );
            let request_ = requests::chat_message_list(&params);
            Ok(client.core().send(request_, rows::page::<ChatMessageList>).await?.into())
        }),
    },
    List {
        name: "ticket-chat-message",
        arguments: &[operations::TICKET_CHAT_MESSAGE_LIST_ARGUMENTS[0usize]],
        columns: CHAT_MESSAGE_COLUMNS,
        id: "id",
        time: "createdAt",
        windows: false,
        page: 500i64,
        export: |client, input, span| {
            let ticket_id_ = input.required::<i64>("ticket-id")?;
            let mut params = operations::ticket_chat_message_list_params(input)?;
            params.limit = span.page.and_then(|value: i64| i32::try_from(value).ok());
            Ok(
                client
                    .core()
                    .export(
                        desk_client::lists::ticket_chat_message_list(
                            ticket_id_,
                            &params,
                        ),
                        TicketChatMessageList::rows(),
                    ),
            )
        },
        ask: |client, input, span, offset| Box::pin(async move {
            let ticket_id_ = input.required::<i64>("ticket-id")?;
            let mut params = operations::ticket_chat_message_list_params(&input)?;
            (params.limit, params.offset) = (
                span.page.and_then(|value: i64| i32::try_from(value).ok()),
                Some(offset),
            );
            let request_ = requests::ticket_chat_message_list(ticket_id_, &params);
            Ok(
                client
                    .core()
                    .send(request_, rows::page::<TicketChatMessageList>)
                    .await?
                    .into(),
            )
        }),
    },
];
const CHAT_MESSAGE_COLUMNS: &[Column] = &[
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
];
pub(crate) struct ChatMessageList;
impl ChatMessageList {
    pub(crate) fn rows() -> RowDecoder<Row> {
        RowDecoder {
            decode: rows::page::<ChatMessageList>,
            id: Row::id,
            time: Row::time,
        }
    }
}
impl Shape for ChatMessageList {
    const COUNT: &'static str = "count";
    const ITEMS: &'static str = "results";
    const ID: &'static str = "id";
    const TIME: Option<&'static str> = Some("createdAt");
}
pub(crate) struct TicketChatMessageList;
impl TicketChatMessageList {
    pub(crate) fn rows() -> RowDecoder<Row> {
        RowDecoder {
            decode: rows::page::<TicketChatMessageList>,
            id: Row::id,
            time: Row::time,
        }
    }
}
impl Shape for TicketChatMessageList {
    const COUNT: &'static str = "count";
    const ITEMS: &'static str = "results";
    const ID: &'static str = "id";
    const TIME: Option<&'static str> = Some("createdAt");
}
