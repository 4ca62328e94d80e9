// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

use super::{requests, types};
use super::lists;
use crate::ItemStream;
use crate::export::Export;
use crate::{Client, Error, Response};
use desk_core::decode;
impl Client {
    /// Message customers first
    ///
    /// Starts a proactive chat: one ticket with the message for each customer. When a customer replies, that ticket
    /// becomes a general ticket and is routed to an available agent of the ticket's team. The service knows no
    /// idempotency key: a second create is a second message to real people, so a create is never re-sent once a byte
    /// may have left.
    ///
    /// `POST /proactive_chats`
    ///
    /// # Errors
    /// Every [`Error`] says by its [`Outcome`](crate::Outcome) whether the request may have had an effect.
    pub async fn proactive_chat_create(
        &self,
        body: &types::NewProactiveChat,
    ) -> Result<Response<types::ProactiveChat>, Error> {
        self.core().send(requests::proactive_chat_create(body), decode::json).await
    }
    /// Read a proactive chat
    ///
    /// Reads one proactive chat with its counters.
    ///
    /// `GET /proactive_chats/{proactive_id}`
    ///
    /// # Errors
    /// Every [`Error`] says by its [`Outcome`](crate::Outcome) whether the request may have had an effect.
    pub async fn proactive_chat_get(
        &self,
        proactive_id: i64,
    ) -> Result<Response<types::ProactiveChat>, Error> {
        self.core().send(requests::proactive_chat_get(proactive_id), decode::json).await
    }
    /// List messages of the application
    ///
    /// Lists one page of all chat messages in the application. The order is not documented. The service has marked
    /// this list as deprecated in favour of the list of one ticket; expect 404 or 410 where it is gone.
    ///
    /// **Deprecated by the service.**
    ///
    /// `GET /chat_messages`
    ///
    /// # Errors
    /// Every [`Error`] says by its [`Outcome`](crate::Outcome) whether the request may have had an effect.
    #[deprecated = "deprecated by the service"]
    pub async fn chat_message_list(
        &self,
        params: &types::ChatMessageListParams,
    ) -> Result<Response<types::ChatMessagePage>, Error> {
        self.core().send(requests::chat_message_list(params), decode::json).await
    }
    /// List messages of a ticket
    ///
    /// Lists one page of the chat messages in one ticket. The order is not documented.
    ///
    /// `GET /tickets/{ticket_id}/chat_messages`
    ///
    /// # Errors
    /// Every [`Error`] says by its [`Outcome`](crate::Outcome) whether the request may have had an effect.
    pub async fn ticket_chat_message_list(
        &self,
        ticket_id: i64,
        params: &types::TicketChatMessageListParams,
    ) -> Result<Response<types::ChatMessagePage>, Error> {
        self.core()
            .send(requests::ticket_chat_message_list(ticket_id, params), decode::json)
            .await
    }
    /// Every item of [`chat_message_list`](Client::chat_message_list), page after page.
    ///
    /// `limit` is the size of a page (by default 500), `offset` the first row. The stream sends its first request
    /// when the program polls it; [`ItemStream`] has the rules. Rows that the service inserts or deletes during the
    /// read can shift others: [`chat_message_export`](Client::chat_message_export) proves that none is lost.
    #[deprecated = "deprecated by the service"]
    pub fn chat_message_stream(
        &self,
        params: &types::ChatMessageListParams,
    ) -> ItemStream<types::ChatMessage> {
        self.core().stream(lists::chat_message_list(params), lists::CHAT_MESSAGE_ROWS)
    }
    /// Every item of [`chat_message_list`](Client::chat_message_list) in a closed interval of time, window by window,
    /// with proof that none is lost or doubled.
    ///
    /// `created_at_gte` and `created_at_lte` bound the interval, `limit` is the size of a page (by default 500),
    /// `offset` has no effect. The export sends its first request when the program polls it; see [`Export`].
    #[deprecated = "deprecated by the service"]
    pub fn chat_message_export(
        &self,
        params: &types::ChatMessageListParams,
    ) -> Export<types::ChatMessage> {
        self.core().export(lists::chat_message_list(params), lists::CHAT_MESSAGE_ROWS)
    }
    /// Every item of [`ticket_chat_message_list`](Client::ticket_chat_message_list), page after page.
    ///
    /// `limit` is the size of a page (by default 500), `offset` the first row. The stream sends its first request
    /// when the program polls it; [`ItemStream`] has the rules. Rows that the service inserts or deletes during the
    /// read can shift others: [`ticket_chat_message_export`](Client::ticket_chat_message_export) proves that none is
    /// lost.
    pub fn ticket_chat_message_stream(
        &self,
        ticket_id: i64,
        params: &types::TicketChatMessageListParams,
    ) -> ItemStream<types::ChatMessage> {
        self.core()
            .stream(
                lists::ticket_chat_message_list(ticket_id, params),
                lists::CHAT_MESSAGE_ROWS,
            )
    }
    /// Every item of [`ticket_chat_message_list`](Client::ticket_chat_message_list), with proof that none is lost or
    /// doubled.
    ///
    /// The service cannot select rows of this list by time: all of it is one window, up to the time of the read.
    /// `limit` is the size of a page (by default 500), `offset` has no effect. The export sends its first request
    /// when the program polls it; see [`Export`].
    pub fn ticket_chat_message_export(
        &self,
        ticket_id: i64,
        params: &types::TicketChatMessageListParams,
    ) -> Export<types::ChatMessage> {
        self.core()
            .export(
                lists::ticket_chat_message_list(ticket_id, params),
                lists::CHAT_MESSAGE_ROWS,
            )
    }
}
