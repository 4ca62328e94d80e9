// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

use super::pages;
use crate::api::input::Input;
use crate::api::{
    Argument, Bulk, Evidence, EvidenceGet, EvidenceList, Kind, Operation, Paged, ParamIn,
};
use crate::error::Result;
use crate::rows;
#[allow(unused_imports)]
use desk_client::{lists, requests, types};
#[allow(unused_imports)]
use desk_core::decode;
pub(crate) static OPERATIONS: &[Operation] = &[
    Operation {
        id: "proactive_chat_create",
        noun: "proactive-chat",
        verb: "create",
        summary: "Message customers first",
        doc: "Starts a proactive chat: one ticket with the message for each customer. When a customer replies, that ticket becomes a general ticket and is routed to an available agent of the ticket's team. The service knows no idempotency key: a second create is a second message to real people, so a create is never re-sent once a byte may have left.",
        deprecated: false,
        read: false,
        body: true,
        arguments: &[
            Argument {
                name: "message",
                location: ParamIn::Body,
                wire: "message",
                doc: "The text to send to each customer.",
                kind: Kind::Text,
                many: false,
                required: true,
            },
            Argument {
                name: "group-key",
                location: ParamIn::Body,
                wire: "groupKey",
                doc: "The key of the group (team) that the tickets are assigned to. The default team has no key.",
                kind: Kind::Text,
                many: false,
                required: true,
            },
            Argument {
                name: "customer-ids",
                location: ParamIn::Body,
                wire: "customerIds",
                doc: "Desk ids of the customers to message (not their Sendbird user ids).",
                kind: Kind::Int64,
                many: true,
                required: true,
            },
            Argument {
                name: "agent-id",
                location: ParamIn::Body,
                wire: "agentId",
                doc: "The id of the agent who handles the chat.",
                kind: Kind::Int64,
                many: false,
                required: true,
            },
            Argument {
                name: "priority",
                location: ParamIn::Body,
                wire: "priority",
                doc: "The priority of a chat. The default of the service is not documented.",
                kind: Kind::Enum(&["LOW", "MEDIUM", "HIGH", "URGENT"]),
                many: false,
                required: false,
            },
        ],
        call: |client, input| Box::pin(async move {
            let body_: types::NewProactiveChat = input.body()?;
            let request_ = requests::proactive_chat_create(&body_);
            Ok(Some(client.core().send(request_, rows::json).await?.into_inner()))
        }),
        paged: None,
        bulk: Some(Bulk {
            recipients: "customerIds",
            sent: "sentCount",
            id: "id",
            min: 1i64,
            max: 9223372036854775807i64,
            batch: None,
            exact: |input| input.exact::<types::NewProactiveChat>(),
            evidence: Some(Evidence {
                text: "message",
                list: Some(EvidenceList {
                    list: "chat-message",
                    text: "message",
                }),
                read: Some(EvidenceGet {
                    operation: "proactive_chat_get",
                    id: "proactive-id",
                    text: "message",
                    time: "createdAt",
                    recipients: Some("customersList"),
                }),
            }),
        }),
    },
    Operation {
        id: "proactive_chat_get",
        noun: "proactive-chat",
        verb: "get",
        summary: "Read a proactive chat",
        doc: "Reads one proactive chat with its counters.",
        deprecated: false,
        read: true,
        body: false,
        arguments: &[
            Argument {
                name: "proactive-id",
                location: ParamIn::Path,
                wire: "proactive_id",
                doc: "The id of the proactive chat; the same number as its property `id`.",
                kind: Kind::Int64,
                many: false,
                required: true,
            },
        ],
        call: |client, input| Box::pin(async move {
            let proactive_id_ = input.required::<i64>("proactive-id")?;
            let request_ = requests::proactive_chat_get(proactive_id_);
            Ok(Some(client.core().send(request_, rows::json).await?.into_inner()))
        }),
        paged: None,
        bulk: None,
    },
    Operation {
        id: "chat_message_list",
        noun: "chat-message",
        verb: "list",
        summary: "List messages of the application",
        doc: "Lists one page of all chat messages in the application. The order is not documented. The service has marked this list as deprecated in favour of the list of one ticket; expect 404 or 410 where it is gone.",
        deprecated: true,
        read: true,
        body: false,
        arguments: &CHAT_MESSAGE_LIST_ARGUMENTS,
        call: |client, input| Box::pin(async move {
            let params_ = chat_message_list_params(&input)?;
            let request_ = requests::chat_message_list(&params_);
            Ok(Some(client.core().send(request_, rows::json).await?.into_inner()))
        }),
        paged: Some(Paged {
            offset: "offset",
            rows: |client, input| {
                let list_ = lists::chat_message_list(&chat_message_list_params(input)?);
                Ok(client.core().stream(list_, pages::ChatMessageList::rows()))
            },
        }),
        bulk: None,
    },
    Operation {
        id: "ticket_chat_message_list",
        noun: "ticket-chat-message",
        verb: "list",
        summary: "List messages of a ticket",
        doc: "Lists one page of the chat messages in one ticket. The order is not documented.",
        deprecated: false,
        read: true,
        body: false,
        arguments: &TICKET_CHAT_MESSAGE_LIST_ARGUMENTS,
        call: |client, input| Box::pin(async move {
            let ticket_id_ = input.required::<i64>("ticket-id")?;
            let params_ = ticket_chat_message_list_params(&input)?;
            let request_ = requests::ticket_chat_message_list(ticket_id_, &params_);
            Ok(Some(client.core().send(request_, rows::json).await?.into_inner()))
        }),
        paged: Some(Paged {
            offset: "offset",
            rows: |client, input| {
                let ticket_id_ = input.required::<i64>("ticket-id")?;
                let list_ = lists::ticket_chat_message_list(
                    ticket_id_,
                    &ticket_chat_message_list_params(input)?,
                );
                Ok(client.core().stream(list_, pages::TicketChatMessageList::rows()))
            },
        }),
        bulk: None,
    },
];
pub(super) const CHAT_MESSAGE_LIST_ARGUMENTS: [Argument; 5usize] = [
    Argument {
        name: "limit",
        location: ParamIn::Query,
        wire: "limit",
        doc: "Number of results on the page, 1 to 500. The default is 50.",
        kind: Kind::Int32,
        many: false,
        required: false,
    },
    Argument {
        name: "offset",
        location: ParamIn::Query,
        wire: "offset",
        doc: "Number of results to skip before the page. The default is 0.",
        kind: Kind::Int64,
        many: false,
        required: false,
    },
    Argument {
        name: "created-at-gte",
        location: ParamIn::Query,
        wire: "created_at__gte",
        doc: "Only messages sent at or after this time (inclusive, µs).",
        kind: Kind::Time,
        many: false,
        required: false,
    },
    Argument {
        name: "created-at-lte",
        location: ParamIn::Query,
        wire: "created_at__lte",
        doc: "Only messages sent at or before this time (inclusive, µs).",
        kind: Kind::Time,
        many: false,
        required: false,
    },
    Argument {
        name: "ticket-channel-type",
        location: ParamIn::Query,
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
];
pub(super) const TICKET_CHAT_MESSAGE_LIST_ARGUMENTS: [Argument; 3usize] = [
    Argument {
        name: "ticket-id",
        location: ParamIn::Path,
        wire: "ticket_id",
        doc: "The id of the ticket.",
        kind: Kind::Int64,
        many: false,
        required: true,
    },
    Argument {
        name: "limit",
        location: ParamIn::Query,
        wire: "limit",
        doc: "Number of results on the page, 1 to 500. The default is 50.",
        kind: Kind::Int32,
        many: false,
        required: false,
    },
    Argument {
        name: "offset",
        location: ParamIn::Query,
        wire: "offset",
        doc: "Number of results to skip before the page. The default is 0.",
        kind: Kind::Int64,
        many: false,
        required: false,
    },
];
pub(super) fn chat_message_list_params(
    input: &Input,
) -> Result<types::ChatMessageListParams> {
    let mut params = types::ChatMessageListParams::builder().build();
    params.limit = input.one::<i32>("limit")?;
    params.offset = input.one::<i64>("offset")?;
    params.created_at_gte = input
        .one::<chrono::DateTime<chrono::Utc>>("created-at-gte")?;
    params.created_at_lte = input
        .one::<chrono::DateTime<chrono::Utc>>("created-at-lte")?;
    params.ticket_channel_type = input.one::<types::ChannelType>("ticket-channel-type")?;
    Ok(params)
}
pub(super) fn ticket_chat_message_list_params(
    input: &Input,
) -> Result<types::TicketChatMessageListParams> {
    let mut params = types::TicketChatMessageListParams::builder().build();
    params.limit = input.one::<i32>("limit")?;
    params.offset = input.one::<i64>("offset")?;
    Ok(params)
}
