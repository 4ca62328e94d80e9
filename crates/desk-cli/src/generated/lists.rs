// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

use super::{operations, pages};
use crate::api::{Column, Kind, List};
use crate::rows::{PageOf, Row};
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
                    .chat_message_export_as(
                        &params,
                        pages::ChatMessageList::split(),
                        Row::time,
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
            Ok(
                client
                    .chat_message_list_as::<PageOf<pages::ChatMessageList>>(&params)
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
                    .ticket_chat_message_export_as(
                        ticket_id_,
                        &params,
                        pages::TicketChatMessageList::split(),
                        Row::time,
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
            Ok(
                client
                    .ticket_chat_message_list_as::<
                        PageOf<pages::TicketChatMessageList>,
                    >(ticket_id_, &params)
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
