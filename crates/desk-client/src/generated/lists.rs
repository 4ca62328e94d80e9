// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

use super::types;
use crate::export::Export;
use crate::paging::{ItemStream, List, Page};
use crate::Client;
impl Client {
    /// Every item of [`chat_message_list`](Client::chat_message_list), page after page.
    ///
    /// `limit` is the size of a page (by default 500), `offset` where to begin. Nothing is sent before the first item
    /// is asked for; the rules of the list are those of [`ItemStream`]. What is inserted or deleted meanwhile can
    /// shift rows: [`chat_message_export`](Client::chat_message_export) proves that none is lost.
    #[deprecated = "deprecated by the service"]
    pub fn chat_message_stream(
        &self,
        params: &types::ChatMessageListParams,
    ) -> ItemStream<types::ChatMessage> {
        let (limit, offset) = (params.limit.map(i64::from), params.offset);
        ItemStream::new(self.chat_message_pages(params), limit, offset)
    }
    /// Every item of [`chat_message_list`](Client::chat_message_list) in a closed interval of time, window by window,
    /// with proof that none is lost or doubled.
    ///
    /// `created_at_gte` and `created_at_lte` bound the interval, `limit` is the size of a page (by default 500),
    /// `offset` has no effect. Nothing is sent before the first window is asked for; see [`Export`].
    #[deprecated = "deprecated by the service"]
    pub fn chat_message_export(
        &self,
        params: &types::ChatMessageListParams,
    ) -> Export<types::ChatMessage> {
        let (from, until, limit) = (
            params.created_at_gte,
            params.created_at_lte,
            params.limit.map(i64::from),
        );
        let parts: &'static [&'static str] = if params.ticket_channel_type.is_some() {
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
        };
        let pages = self.chat_message_pages(params);
        Export::new(
            pages,
            |item: &types::ChatMessage| Some(item.created_at),
            parts,
            from,
            until,
            limit,
        )
    }
    #[allow(deprecated, reason = "the list itself is deprecated")]
    fn chat_message_pages(
        &self,
        params: &types::ChatMessageListParams,
    ) -> List<types::ChatMessage> {
        let (client, params) = (self.clone(), params.clone());
        List::new(
            "chat_message_list",
            500i64,
            |item: &types::ChatMessage| item.id,
            move |slice| {
                let (client, mut params) = (client.clone(), params.clone());
                async move {
                    params.limit = Some(i32::try_from(slice.limit).unwrap_or(i32::MAX));
                    params.offset = Some(slice.offset);
                    if let Some((from, until)) = slice.window {
                        params.created_at_gte = Some(from);
                        params.created_at_lte = Some(until);
                    }
                    if let Some(part) = slice.part {
                        params.ticket_channel_type = Some(part.into());
                    }
                    let page = client.chat_message_list(&params).await?;
                    Ok(Page {
                        count: page.count,
                        date: page.server_date(),
                        items: page.into_inner().results,
                    })
                }
            },
        )
    }
    /// Every item of [`ticket_chat_message_list`](Client::ticket_chat_message_list), page after page.
    ///
    /// `limit` is the size of a page (by default 500), `offset` where to begin. Nothing is sent before the first item
    /// is asked for; the rules of the list are those of [`ItemStream`]. What is inserted or deleted meanwhile can
    /// shift rows.
    pub fn ticket_chat_message_stream(
        &self,
        ticket_id: i64,
        params: &types::TicketChatMessageListParams,
    ) -> ItemStream<types::ChatMessage> {
        let (limit, offset) = (params.limit.map(i64::from), params.offset);
        ItemStream::new(self.ticket_chat_message_pages(ticket_id, params), limit, offset)
    }
    fn ticket_chat_message_pages(
        &self,
        ticket_id: i64,
        params: &types::TicketChatMessageListParams,
    ) -> List<types::ChatMessage> {
        let (client, params) = (self.clone(), params.clone());
        List::new(
            "ticket_chat_message_list",
            500i64,
            |item: &types::ChatMessage| item.id,
            move |slice| {
                let (client, mut params) = (client.clone(), params.clone());
                async move {
                    params.limit = Some(i32::try_from(slice.limit).unwrap_or(i32::MAX));
                    params.offset = Some(slice.offset);
                    let page = client
                        .ticket_chat_message_list(ticket_id, &params)
                        .await?;
                    Ok(Page {
                        count: page.count,
                        date: page.server_date(),
                        items: page.into_inner().results,
                    })
                }
            },
        )
    }
}
