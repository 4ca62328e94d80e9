// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

use super::types;
use desk_core::check::Missing;
/// Collects the fields of a [`NewProactiveChat`](types::NewProactiveChat); see
/// [`NewProactiveChat::builder`](types::NewProactiveChat::builder).
#[derive(Clone, Debug)]
#[must_use]
pub struct NewProactiveChatBuilder<
    MessageState = Missing,
    GroupKeyState = Missing,
    CustomerIdsState = Missing,
    AgentIdState = Missing,
> {
    message: MessageState,
    group_key: GroupKeyState,
    customer_ids: CustomerIdsState,
    agent_id: AgentIdState,
    priority: Option<types::Priority>,
}
impl types::NewProactiveChat {
    /// Starts a `NewProactiveChat`. `build` can be called once every required field is set.
    pub fn builder() -> NewProactiveChatBuilder {
        NewProactiveChatBuilder {
            message: Missing::NEW,
            group_key: Missing::NEW,
            customer_ids: Missing::NEW,
            agent_id: Missing::NEW,
            priority: None,
        }
    }
}
impl<
    GroupKeyState,
    CustomerIdsState,
    AgentIdState,
> NewProactiveChatBuilder<Missing, GroupKeyState, CustomerIdsState, AgentIdState> {
    /// The text to send to each customer.
    pub fn message(
        self,
        value: impl Into<String>,
    ) -> NewProactiveChatBuilder<String, GroupKeyState, CustomerIdsState, AgentIdState> {
        NewProactiveChatBuilder {
            message: value.into(),
            group_key: self.group_key,
            customer_ids: self.customer_ids,
            agent_id: self.agent_id,
            priority: self.priority,
        }
    }
}
impl<
    MessageState,
    CustomerIdsState,
    AgentIdState,
> NewProactiveChatBuilder<MessageState, Missing, CustomerIdsState, AgentIdState> {
    /// The key of the group (team) that the tickets are assigned to. The default team has no key.
    pub fn group_key(
        self,
        value: impl Into<String>,
    ) -> NewProactiveChatBuilder<MessageState, String, CustomerIdsState, AgentIdState> {
        NewProactiveChatBuilder {
            group_key: value.into(),
            message: self.message,
            customer_ids: self.customer_ids,
            agent_id: self.agent_id,
            priority: self.priority,
        }
    }
}
impl<
    MessageState,
    GroupKeyState,
    AgentIdState,
> NewProactiveChatBuilder<MessageState, GroupKeyState, Missing, AgentIdState> {
    /// Desk ids of the customers to message (not their Sendbird user ids).
    pub fn customer_ids(
        self,
        value: impl IntoIterator<Item = i64>,
    ) -> NewProactiveChatBuilder<MessageState, GroupKeyState, Vec<i64>, AgentIdState> {
        NewProactiveChatBuilder {
            customer_ids: value.into_iter().collect(),
            message: self.message,
            group_key: self.group_key,
            agent_id: self.agent_id,
            priority: self.priority,
        }
    }
}
impl<
    MessageState,
    GroupKeyState,
    CustomerIdsState,
> NewProactiveChatBuilder<MessageState, GroupKeyState, CustomerIdsState, Missing> {
    /// The id of the agent who handles the chat.
    pub fn agent_id(
        self,
        value: i64,
    ) -> NewProactiveChatBuilder<MessageState, GroupKeyState, CustomerIdsState, i64> {
        NewProactiveChatBuilder {
            agent_id: value,
            message: self.message,
            group_key: self.group_key,
            customer_ids: self.customer_ids,
            priority: self.priority,
        }
    }
}
impl<
    MessageState,
    GroupKeyState,
    CustomerIdsState,
    AgentIdState,
> NewProactiveChatBuilder<MessageState, GroupKeyState, CustomerIdsState, AgentIdState> {
    /// The priority of a chat. The default of the service is not documented.
    pub fn priority(mut self, value: types::Priority) -> Self {
        self.priority = Some(value);
        self
    }
}
impl NewProactiveChatBuilder<String, String, Vec<i64>, i64> {
    /// The finished value. Bounds are checked when it is sent.
    pub fn build(self) -> types::NewProactiveChat {
        types::NewProactiveChat {
            message: self.message,
            group_key: self.group_key,
            customer_ids: self.customer_ids,
            agent_id: self.agent_id,
            priority: self.priority,
        }
    }
}
impl desk_core::check::Check for types::NewProactiveChat {
    fn check(&self, at: &str) -> Result<(), crate::Error> {
        let value = &self.message;
        desk_core::check::length(
            format_args!("{at}message"),
            "characters",
            value.chars().count(),
            Some(1),
            None,
        )?;
        let value = &self.group_key;
        desk_core::check::length(
            format_args!("{at}group_key"),
            "characters",
            value.chars().count(),
            Some(1),
            None,
        )?;
        let value = &self.customer_ids;
        desk_core::check::length(
            format_args!("{at}customer_ids"),
            "items",
            value.len(),
            Some(1),
            None,
        )?;
        for (index, item) in value.iter().enumerate() {
            desk_core::check::number(
                format_args!("{at}customer_ids[{index}]"),
                *item,
                Some(1),
                None,
            )?;
        }
        let value = self.agent_id;
        desk_core::check::number(format_args!("{at}agent_id"), value, Some(1), None)?;
        Ok(())
    }
}
/// Collects the fields of a [`ChatMessageListParams`](types::ChatMessageListParams); see
/// [`ChatMessageListParams::builder`](types::ChatMessageListParams::builder).
#[derive(Clone, Debug)]
#[must_use]
pub struct ChatMessageListParamsBuilder {
    limit: Option<i32>,
    offset: Option<i64>,
    created_at_gte: Option<chrono::DateTime<chrono::Utc>>,
    created_at_lte: Option<chrono::DateTime<chrono::Utc>>,
    ticket_channel_type: Option<types::ChannelType>,
}
impl types::ChatMessageListParams {
    /// Starts a `ChatMessageListParams`. `build` can be called once every required field is set.
    pub fn builder() -> ChatMessageListParamsBuilder {
        ChatMessageListParamsBuilder {
            limit: None,
            offset: None,
            created_at_gte: None,
            created_at_lte: None,
            ticket_channel_type: None,
        }
    }
}
impl ChatMessageListParamsBuilder {
    /// Number of results on the page, 1 to 500. The default is 50.
    pub fn limit(mut self, value: i32) -> Self {
        self.limit = Some(value);
        self
    }
    /// Number of results to skip before the page. The default is 0.
    pub fn offset(mut self, value: i64) -> Self {
        self.offset = Some(value);
        self
    }
    /// Only messages sent at or after this time (inclusive, µs).
    pub fn created_at_gte(mut self, value: chrono::DateTime<chrono::Utc>) -> Self {
        self.created_at_gte = Some(value);
        self
    }
    /// Only messages sent at or before this time (inclusive, µs).
    pub fn created_at_lte(mut self, value: chrono::DateTime<chrono::Utc>) -> Self {
        self.created_at_lte = Some(value);
        self
    }
    /// Only messages of tickets that came in over this channel.
    pub fn ticket_channel_type(mut self, value: types::ChannelType) -> Self {
        self.ticket_channel_type = Some(value);
        self
    }
}
impl ChatMessageListParamsBuilder {
    /// The finished value. Bounds are checked when it is sent.
    pub fn build(self) -> types::ChatMessageListParams {
        types::ChatMessageListParams {
            limit: self.limit,
            offset: self.offset,
            created_at_gte: self.created_at_gte,
            created_at_lte: self.created_at_lte,
            ticket_channel_type: self.ticket_channel_type,
        }
    }
}
/// Collects the fields of a [`TicketChatMessageListParams`](types::TicketChatMessageListParams); see
/// [`TicketChatMessageListParams::builder`](types::TicketChatMessageListParams::builder).
#[derive(Clone, Debug)]
#[must_use]
pub struct TicketChatMessageListParamsBuilder {
    limit: Option<i32>,
    offset: Option<i64>,
}
impl types::TicketChatMessageListParams {
    /// Starts a `TicketChatMessageListParams`. `build` can be called once every required field is set.
    pub fn builder() -> TicketChatMessageListParamsBuilder {
        TicketChatMessageListParamsBuilder {
            limit: None,
            offset: None,
        }
    }
}
impl TicketChatMessageListParamsBuilder {
    /// Number of results on the page, 1 to 500. The default is 50.
    pub fn limit(mut self, value: i32) -> Self {
        self.limit = Some(value);
        self
    }
    /// Number of results to skip before the page. The default is 0.
    pub fn offset(mut self, value: i64) -> Self {
        self.offset = Some(value);
        self
    }
}
impl TicketChatMessageListParamsBuilder {
    /// The finished value. Bounds are checked when it is sent.
    pub fn build(self) -> types::TicketChatMessageListParams {
        types::TicketChatMessageListParams {
            limit: self.limit,
            offset: self.offset,
        }
    }
}
