// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

use super::types;
/// Query parameters of [`Client::chat_message_list`](crate::Client::chat_message_list).
#[derive(Clone, Debug, PartialEq, Default)]
#[non_exhaustive]
pub struct ChatMessageListParams {
    /// Number of results on the page, 1 to 500. The default is 50.
    pub limit: Option<i32>,
    /// Number of results to skip before the page. The default is 0.
    pub offset: Option<i64>,
    /// Only messages sent at or after this time (inclusive, µs).
    pub created_at_gte: Option<chrono::DateTime<chrono::Utc>>,
    /// Only messages sent at or before this time (inclusive, µs).
    pub created_at_lte: Option<chrono::DateTime<chrono::Utc>>,
    /// Only messages of tickets that came in over this channel.
    pub ticket_channel_type: Option<types::ChannelType>,
}
impl desk_core::check::Check for ChatMessageListParams {
    fn check(&self, at: &str) -> Result<(), crate::Error> {
        if let Some(value) = self.limit {
            desk_core::check::number(
                format_args!("{at}limit"),
                value,
                Some(1),
                Some(500),
            )?;
        }
        if let Some(value) = self.offset {
            desk_core::check::number(format_args!("{at}offset"), value, Some(0), None)?;
        }
        Ok(())
    }
}
/// Query parameters of [`Client::ticket_chat_message_list`](crate::Client::ticket_chat_message_list).
#[derive(Clone, Debug, PartialEq, Default)]
#[non_exhaustive]
pub struct TicketChatMessageListParams {
    /// Number of results on the page, 1 to 500. The default is 50.
    pub limit: Option<i32>,
    /// Number of results to skip before the page. The default is 0.
    pub offset: Option<i64>,
}
impl desk_core::check::Check for TicketChatMessageListParams {
    fn check(&self, at: &str) -> Result<(), crate::Error> {
        if let Some(value) = self.limit {
            desk_core::check::number(
                format_args!("{at}limit"),
                value,
                Some(1),
                Some(500),
            )?;
        }
        if let Some(value) = self.offset {
            desk_core::check::number(format_args!("{at}offset"), value, Some(0), None)?;
        }
        Ok(())
    }
}
