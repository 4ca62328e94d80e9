// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

use super::{operations, pages};
use crate::api::{Column, Kind, List};
use crate::rows;
use desk_client::requests;
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
                        pages::ChatMessageList::rows(),
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
            Ok(
                client
                    .core()
                    .send(request_, rows::page::<pages::ChatMessageList>)
                    .await?
                    .into(),
            )
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
                        pages::TicketChatMessageList::rows(),
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
                    .send(request_, rows::page::<pages::TicketChatMessageList>)
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
