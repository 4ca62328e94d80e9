// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

use super::types;
use crate::answer::{Answer, Rows, Split};
use crate::export::Export;
use crate::paging::{ItemStream, List, Page};
use crate::Client;
const CHAT_MESSAGE_SPLIT: Split<types::ChatMessagePage, types::ChatMessage> = Split {
    rows: |page| Rows {
        count: page.count,
        items: page.results,
        kept: None,
    },
    id: |item| item.id,
};
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
        let (limit_, offset_) = (params.limit.map(i64::from), params.offset);
        ItemStream::new(
            self.chat_message_pages(params, CHAT_MESSAGE_SPLIT),
            limit_,
            offset_,
        )
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
        self.chat_message_export_as(
            params,
            CHAT_MESSAGE_SPLIT,
            |item: &types::ChatMessage| Some(
                chrono::DateTime::timestamp_micros(&item.created_at),
            ),
        )
    }
    #[doc(hidden)]
    pub fn chat_message_export_as<A: Answer<types::ChatMessagePage>, T: Send + 'static>(
        &self,
        params: &types::ChatMessageListParams,
        split_: Split<A, T>,
        time_: fn(&T) -> Option<i64>,
    ) -> Export<T> {
        let list_ = self.chat_message_pages(params, split_);
        let (from_, until_, limit_) = (
            params.created_at_gte,
            params.created_at_lte,
            params.limit.map(i64::from),
        );
        let parts_: &'static [&'static str] = if params.ticket_channel_type.is_some() {
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
        Export::new(list_, time_, parts_, from_, until_, limit_)
    }
    #[doc(hidden)]
    pub fn chat_message_stream_as<A: Answer<types::ChatMessagePage>, T: Send + 'static>(
        &self,
        params: &types::ChatMessageListParams,
        split_: Split<A, T>,
    ) -> ItemStream<T> {
        let (limit_, offset_) = (params.limit.map(i64::from), params.offset);
        ItemStream::new(self.chat_message_pages(params, split_), limit_, offset_)
    }
    fn chat_message_pages<A: Answer<types::ChatMessagePage>, T: 'static>(
        &self,
        params: &types::ChatMessageListParams,
        split_: Split<A, T>,
    ) -> List<T> {
        let (client, params) = (self.clone(), params.clone());
        List::new(
            "chat_message_list",
            500i64,
            self.patience(),
            split_.id,
            move |slice_| {
                let (client, mut params) = (client.ahead(slice_.ahead), params.clone());
                async move {
                    params.limit = Some(i32::try_from(slice_.limit).unwrap_or(i32::MAX));
                    params.offset = Some(slice_.offset);
                    if let Some((from_, until_)) = slice_.window {
                        params.created_at_gte = Some(from_);
                        params.created_at_lte = Some(until_);
                    }
                    if let Some(part_) = slice_.part {
                        params.ticket_channel_type = Some(part_.into());
                    }
                    let page_ = client.chat_message_list_as::<A>(&params).await?;
                    let date_ = page_.server_date();
                    Ok(Page::new((split_.rows)(page_.into_inner()), date_))
                }
            },
        )
    }
    /// Every item of [`ticket_chat_message_list`](Client::ticket_chat_message_list), page after page.
    ///
    /// `limit` is the size of a page (by default 500), `offset` where to begin. Nothing is sent before the first item
    /// is asked for; the rules of the list are those of [`ItemStream`]. What is inserted or deleted meanwhile can
    /// shift rows: [`ticket_chat_message_export`](Client::ticket_chat_message_export) proves that none is lost.
    pub fn ticket_chat_message_stream(
        &self,
        ticket_id: i64,
        params: &types::TicketChatMessageListParams,
    ) -> ItemStream<types::ChatMessage> {
        let (limit_, offset_) = (params.limit.map(i64::from), params.offset);
        ItemStream::new(
            self.ticket_chat_message_pages(ticket_id, params, CHAT_MESSAGE_SPLIT),
            limit_,
            offset_,
        )
    }
    /// Every item of [`ticket_chat_message_list`](Client::ticket_chat_message_list), with proof that none is lost or
    /// doubled.
    ///
    /// The list cannot be asked for a stretch of time: all of it is one window, up to when it is read. `limit` is the
    /// size of a page (by default 500), `offset` has no effect. Nothing is sent before the window is asked for; see
    /// [`Export`].
    pub fn ticket_chat_message_export(
        &self,
        ticket_id: i64,
        params: &types::TicketChatMessageListParams,
    ) -> Export<types::ChatMessage> {
        self.ticket_chat_message_export_as(
            ticket_id,
            params,
            CHAT_MESSAGE_SPLIT,
            |item: &types::ChatMessage| Some(
                chrono::DateTime::timestamp_micros(&item.created_at),
            ),
        )
    }
    #[doc(hidden)]
    pub fn ticket_chat_message_export_as<
        A: Answer<types::ChatMessagePage>,
        T: Send + 'static,
    >(
        &self,
        ticket_id: i64,
        params: &types::TicketChatMessageListParams,
        split_: Split<A, T>,
        time_: fn(&T) -> Option<i64>,
    ) -> Export<T> {
        let list_ = self.ticket_chat_message_pages(ticket_id, params, split_);
        Export::whole(list_, time_, params.limit.map(i64::from))
    }
    #[doc(hidden)]
    pub fn ticket_chat_message_stream_as<
        A: Answer<types::ChatMessagePage>,
        T: Send + 'static,
    >(
        &self,
        ticket_id: i64,
        params: &types::TicketChatMessageListParams,
        split_: Split<A, T>,
    ) -> ItemStream<T> {
        let (limit_, offset_) = (params.limit.map(i64::from), params.offset);
        ItemStream::new(
            self.ticket_chat_message_pages(ticket_id, params, split_),
            limit_,
            offset_,
        )
    }
    fn ticket_chat_message_pages<A: Answer<types::ChatMessagePage>, T: 'static>(
        &self,
        ticket_id: i64,
        params: &types::TicketChatMessageListParams,
        split_: Split<A, T>,
    ) -> List<T> {
        let (client, params) = (self.clone(), params.clone());
        List::new(
            "ticket_chat_message_list",
            500i64,
            self.patience(),
            split_.id,
            move |slice_| {
                let (client, mut params) = (client.ahead(slice_.ahead), params.clone());
                async move {
                    params.limit = Some(i32::try_from(slice_.limit).unwrap_or(i32::MAX));
                    params.offset = Some(slice_.offset);
                    let page_ = client
                        .ticket_chat_message_list_as::<A>(ticket_id, &params)
                        .await?;
                    let date_ = page_.server_date();
                    Ok(Page::new((split_.rows)(page_.into_inner()), date_))
                }
            },
        )
    }
}
