// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

//! Lists as values, one function for each paged operation. They send no request:
//! [`Client::core`](crate::Client::core) reads them page after page or window by window.
use super::{operations, requests, types};
use desk_core::decode;
use desk_core::list::{List, PageRequest, Range, RowDecoder, Rows};
pub(crate) const CHAT_MESSAGE_ROWS: RowDecoder<types::ChatMessage> = RowDecoder {
    decode: |body| {
        let page: types::ChatMessagePage = decode::json(body)?;
        Ok(Rows {
            count: page.count,
            items: page.results,
            owner: None,
        })
    },
    id: |item| item.id,
    time: |item| Some(chrono::DateTime::timestamp_micros(&item.created_at)),
};
/// The list of [`Client::chat_message_list`](crate::Client::chat_message_list).
pub fn chat_message_list(params: &types::ChatMessageListParams) -> List {
    List {
        operation: operations::CHAT_MESSAGE_LIST,
        max_limit: 500i64,
        limit: params.limit.map(i64::from),
        offset: params.offset,
        range: Some(Range {
            from: params.created_at_gte,
            until: params.created_at_lte,
            partitions: if params.ticket_channel_type.is_some() {
                &[]
            } else {
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
                ]
            },
        }),
        request: {
            let params = params.clone();
            Box::new(move |page_: &PageRequest| {
                let mut params = params.clone();
                params.limit = Some(i32::try_from(page_.limit).unwrap_or(i32::MAX));
                params.offset = Some(page_.offset);
                if let Some((from_, until_)) = page_.window {
                    params.created_at_gte = Some(from_);
                    params.created_at_lte = Some(until_);
                }
                if let Some(value_) = page_.partition_value {
                    params.ticket_channel_type = Some(value_.into());
                }
                requests::chat_message_list(&params)
            })
        },
    }
}
/// The list of [`Client::ticket_chat_message_list`](crate::Client::ticket_chat_message_list).
pub fn ticket_chat_message_list(
    ticket_id: i64,
    params: &types::TicketChatMessageListParams,
) -> List {
    List {
        operation: operations::TICKET_CHAT_MESSAGE_LIST,
        max_limit: 500i64,
        limit: params.limit.map(i64::from),
        offset: params.offset,
        range: None::<Range>,
        request: {
            let params = params.clone();
            Box::new(move |page_: &PageRequest| {
                let mut params = params.clone();
                params.limit = Some(i32::try_from(page_.limit).unwrap_or(i32::MAX));
                params.offset = Some(page_.offset);
                requests::ticket_chat_message_list(ticket_id, &params)
            })
        },
    }
}
