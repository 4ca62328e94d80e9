// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

#[allow(unused_imports)]
use desk_core::request::{Parts, encode_segment};
#[allow(unused_imports)]
use desk_core::Error;
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    /// One message between an agent and a customer, or from Desk itself.
    #[non_exhaustive]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct ChatMessage {
        /// When the message was sent (UTC, µs).
        #[serde(rename = "createdAt")]
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// Extra information, such as styling or JSON text. Absent from older shapes.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub data: ::std::option::Option<::std::string::String>,
        /// When the message was deleted (UTC, µs); absent or null while it is not.
        #[serde(
            rename = "deletedAt",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub deleted_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// The id of the message in Desk.
        pub id: i64,
        /// The text.
        pub message: ::std::string::String,
        /// The id of the message in the ticket's channel. Absent from older shapes.
        #[serde(
            rename = "messageId",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub message_id: ::std::option::Option<i64>,
        /// The user who asked for the deletion. Its shape is not documented.
        #[serde(
            rename = "requestedBy",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub requested_by: ::std::option::Option<crate::Json>,
        /// Where the deletion of a message was asked for.
        #[serde(
            rename = "requestedFrom",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub requested_from: ::std::option::Option<
            crate::generated::enums::RequestOrigin,
        >,
        /// The id of the ticket.
        pub ticket: i64,
        /// The Sendbird id of the sender, or the word `event` when Desk sent it.
        #[serde(rename = "userSendbirdId")]
        pub user_sendbird_id: ::std::string::String,
        /// Who sent a message. EVENT is everything that no user sent.
        #[serde(rename = "userType")]
        pub user_type: crate::generated::enums::UserType,
    }
    /// One page of a list of messages.
    #[non_exhaustive]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct ChatMessagePage {
        /// The number of messages in the whole list at the time of the request.
        pub count: i64,
        /// The URL of the next page; null on the last. For display only, never followed by the SDK.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next: ::std::option::Option<::std::string::String>,
        /// The URL of the previous page; null on the first. For display only, never followed by the SDK.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub previous: ::std::option::Option<::std::string::String>,
        /// The messages of this page.
        pub results: ::std::vec::Vec<ChatMessage>,
    }
    /// What to send, to whom, and who handles the answers.
    #[non_exhaustive]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct NewProactiveChat {
        /// The id of the agent who handles the chat.
        #[serde(rename = "agentId")]
        pub agent_id: i64,
        /// Desk ids of the customers to message (not their Sendbird user ids).
        #[serde(rename = "customerIds")]
        pub customer_ids: ::std::vec::Vec<i64>,
        /// The key of the group (team) that the tickets are assigned to. The default team has no key.
        #[serde(rename = "groupKey")]
        pub group_key: ::std::string::String,
        /// The text to send to each customer.
        pub message: ::std::string::String,
        /// The priority of a chat. The default of the service is not documented.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub priority: ::std::option::Option<crate::generated::enums::Priority>,
    }
    /// A message that was sent to customers first, and what came of it. One chat stands for one ticket for each customer.
    #[non_exhaustive]
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    pub struct ProactiveChat {
        /// The group the chat is assigned to. Its shape is not documented; seen are id, name and key.
        #[serde(
            rename = "assignedGroup",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub assigned_group: ::std::option::Option<crate::Json>,
        /// The number of chats that were closed.
        #[serde(rename = "closedCount")]
        pub closed_count: i64,
        /// When the chat was created (UTC, µs).
        #[serde(rename = "createdAt")]
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// The agent who created the chat. Its shape is not documented; seen are id, displayName and sendbirdId.
        #[serde(
            rename = "createdBy",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub created_by: ::std::option::Option<crate::Json>,
        /// The ids of the customers as text. Its format is not documented.
        #[serde(rename = "customersList")]
        pub customers_list: ::std::string::String,
        /// The id of the proactive chat.
        pub id: i64,
        /// The text that was sent.
        pub message: ::std::string::String,
        /// The number of messages in the chat.
        #[serde(rename = "messageCount")]
        pub message_count: i64,
        /// The priority of a chat. The default of the service is not documented.
        pub priority: crate::generated::enums::Priority,
        /// The id of the Desk project.
        pub project: i64,
        /// The number of chats that a customer answered.
        #[serde(rename = "respondedCount")]
        pub responded_count: i64,
        /// The number of chats sent out, one for each customer.
        #[serde(rename = "sentCount")]
        pub sent_count: i64,
        /// When the chat was last updated (UTC, µs).
        #[serde(rename = "updatedAt")]
        pub updated_at: ::chrono::DateTime<::chrono::offset::Utc>,
    }
    /// Error types.
    pub mod error {
        /// Error from a `TryFrom` or `FromStr` implementation.
        pub struct ConversionError(::std::borrow::Cow<'static, str>);
        impl ::std::error::Error for ConversionError {}
        impl ::std::fmt::Display for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }
        impl ::std::fmt::Debug for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Debug::fmt(&self.0, f)
            }
        }
        impl From<&'static str> for ConversionError {
            fn from(value: &'static str) -> Self {
                Self(value.into())
            }
        }
        impl From<String> for ConversionError {
            fn from(value: String) -> Self {
                Self(value.into())
            }
        }
    }
}
pub fn proactive_chat_create<'a>(
    body: &'a types::NewProactiveChat,
) -> Result<Parts, Error> {
    Ok(Parts::new("/proactive_chats").accept_json().json(&body)?)
}
pub fn proactive_chat_get<'a>(proactive_id: i64) -> Result<Parts, Error> {
    Ok(
        Parts::new(
                format!(
                    "/proactive_chats/{}", encode_segment(& proactive_id.to_string())
                ),
            )
            .accept_json(),
    )
}
pub fn chat_message_list<'a>(
    created_at_gte: Option<&'a ::chrono::DateTime<::chrono::offset::Utc>>,
    created_at_lte: Option<&'a ::chrono::DateTime<::chrono::offset::Utc>>,
    limit: Option<i32>,
    offset: Option<i64>,
    ticket_channel_type: Option<&'a crate::generated::enums::ChannelType>,
) -> Result<Parts, Error> {
    Ok(
        Parts::new("/chat_messages")
            .accept_json()
            .query("created_at__gte", &created_at_gte)
            .query("created_at__lte", &created_at_lte)
            .query("limit", &limit)
            .query("offset", &offset)
            .query("ticket__channel_type", &ticket_channel_type),
    )
}
pub fn ticket_chat_message_list<'a>(
    ticket_id: i64,
    limit: Option<i32>,
    offset: Option<i64>,
) -> Result<Parts, Error> {
    Ok(
        Parts::new(
                format!(
                    "/tickets/{}/chat_messages", encode_segment(& ticket_id.to_string())
                ),
            )
            .accept_json()
            .query("limit", &limit)
            .query("offset", &offset),
    )
}
