// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

use super::types;
use crate::answer::Answer;
use crate::check::Check;
use crate::transport::{Call, Operation, Sending};
use crate::{Client, Error, Response};
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
        self.proactive_chat_create_as(body).await
    }
    #[doc(hidden)]
    pub async fn proactive_chat_create_as<A: Answer<types::ProactiveChat>>(
        &self,
        body: &types::NewProactiveChat,
    ) -> Result<Response<A>, Error> {
        let call = self
            .begin(Operation {
                id: "proactive_chat_create",
                method: "POST",
                path: "/proactive_chats",
            })
            .reading::<types::ProactiveChat, A>();
        fn sent<'a>(
            call: &'a Call,
            body: &'a types::NewProactiveChat,
        ) -> Sending<'a, types::ProactiveChat> {
            Box::pin(async move { call.api().proactive_chat_create(body).await })
        }
        call.check(
            (|| {
                body.check("")?;
                Ok(())
            })(),
        )?;
        let result = sent(&call, body).await;
        call.finish(result)
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
        self.proactive_chat_get_as(proactive_id).await
    }
    #[doc(hidden)]
    pub async fn proactive_chat_get_as<A: Answer<types::ProactiveChat>>(
        &self,
        proactive_id: i64,
    ) -> Result<Response<A>, Error> {
        let call = self
            .begin(Operation {
                id: "proactive_chat_get",
                method: "GET",
                path: "/proactive_chats/{proactive_id}",
            })
            .reading::<types::ProactiveChat, A>();
        fn sent<'a>(
            call: &'a Call,
            proactive_id: i64,
        ) -> Sending<'a, types::ProactiveChat> {
            Box::pin(async move { call.api().proactive_chat_get(proactive_id).await })
        }
        call.check(
            (|| {
                crate::check::number("proactive_id", proactive_id, Some(1), None)?;
                Ok(())
            })(),
        )?;
        let result = sent(&call, proactive_id).await;
        call.finish(result)
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
        self.chat_message_list_as(params).await
    }
    #[doc(hidden)]
    pub async fn chat_message_list_as<A: Answer<types::ChatMessagePage>>(
        &self,
        params: &types::ChatMessageListParams,
    ) -> Result<Response<A>, Error> {
        let call = self
            .begin(Operation {
                id: "chat_message_list",
                method: "GET",
                path: "/chat_messages",
            })
            .reading::<types::ChatMessagePage, A>();
        fn sent<'a>(
            call: &'a Call,
            params: &'a types::ChatMessageListParams,
        ) -> Sending<'a, types::ChatMessagePage> {
            Box::pin(async move {
                call.api()
                    .chat_message_list(
                        params.created_at_gte.as_ref(),
                        params.created_at_lte.as_ref(),
                        params.limit,
                        params.offset,
                        params.ticket_channel_type.as_ref(),
                    )
                    .await
            })
        }
        call.check(
            (|| {
                params.check("")?;
                Ok(())
            })(),
        )?;
        let result = sent(&call, params).await;
        call.finish(result)
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
        self.ticket_chat_message_list_as(ticket_id, params).await
    }
    #[doc(hidden)]
    pub async fn ticket_chat_message_list_as<A: Answer<types::ChatMessagePage>>(
        &self,
        ticket_id: i64,
        params: &types::TicketChatMessageListParams,
    ) -> Result<Response<A>, Error> {
        let call = self
            .begin(Operation {
                id: "ticket_chat_message_list",
                method: "GET",
                path: "/tickets/{ticket_id}/chat_messages",
            })
            .reading::<types::ChatMessagePage, A>();
        fn sent<'a>(
            call: &'a Call,
            ticket_id: i64,
            params: &'a types::TicketChatMessageListParams,
        ) -> Sending<'a, types::ChatMessagePage> {
            Box::pin(async move {
                call.api()
                    .ticket_chat_message_list(ticket_id, params.limit, params.offset)
                    .await
            })
        }
        call.check(
            (|| {
                crate::check::number("ticket_id", ticket_id, Some(1), None)?;
                params.check("")?;
                Ok(())
            })(),
        )?;
        let result = sent(&call, ticket_id, params).await;
        call.finish(result)
    }
}
