//! Groups, agents, customers and tickets, as the Rust handle and `/_emulator` return them.
//!
//! Shapes follow the service's documents where these describe them. Absent values are `None` in
//! Rust and `null` on the wire. The enums are closed, because the emulator knows all values of its
//! own service. This file has no behaviour.

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use serde::{Deserialize, Serialize};

use crate::time::Time;

/// The id of the one Desk project of the emulator, a property of every object.
pub(crate) const PROJECT: i64 = 1;

/// An enum whose values have one spelling for JSON, SQLite and Rust.
macro_rules! text_enum {
    ($(#[$about:meta])* $vis:vis $name:ident { $($(#[$note:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        $vis enum $name {
            $($(#[$note])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// The spelling on the wire.
            $vis const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.as_str().into())
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                match value.as_str()? {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(FromSqlError::InvalidType),
                }
            }
        }
    };
}

text_enum! {
    /// Whether an agent can take tickets now.
    pub Presence {
        /// Takes tickets.
        Online = "ONLINE",
        /// Signed out; takes no tickets.
        Offline = "OFFLINE",
        /// Signed in, but takes no tickets.
        Away = "AWAY",
    }
}

text_enum! {
    /// The state of an agent's account.
    pub AgentStatus {
        /// The agent can work.
        Active = "ACTIVE",
        /// The agent cannot work.
        Inactive = "INACTIVE",
        /// The bot is paused.
        Paused = "PAUSED",
    }
}

text_enum! {
    /// The channel that reaches a customer. Proactive chats reach `SENDBIRD` customers only.
    pub CustomerChannel {
        /// The application's own chat.
        Sendbird = "SENDBIRD",
        /// A Facebook page.
        FacebookPage = "FACEBOOK_PAGE",
        /// Twitter.
        TwitterUser = "TWITTER_USER",
        /// Instagram.
        InstagramUser = "INSTAGRAM_USER",
        /// WhatsApp.
        WhatsappUser = "WHATSAPP_USER",
    }
}

text_enum! {
    /// The status of a ticket; `status2` on the wire.
    pub TicketStatus {
        /// An agent wrote first, and the customer has not replied.
        Proactive = "PROACTIVE",
        /// Waits for an agent.
        Pending = "PENDING",
        /// Assigned to an agent.
        Active = "ACTIVE",
        /// Assigned to an agent, and the customer is silent.
        Idle = "IDLE",
        /// Set aside for later work.
        WorkInProgress = "WORK_IN_PROGRESS",
        /// Closed: no message can be added.
        Closed = "CLOSED",
    }
}

text_enum! {
    /// The type of a message's sender.
    pub(crate) UserType {
        /// An agent.
        Agent = "AGENT",
        /// The customer.
        Customer = "CUSTOMER",
        /// Desk itself.
        Event = "EVENT",
    }
}

/// The sender of the message of a proactive chat; the service's documents disagree about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProactiveSender {
    /// An AGENT message from the agent who created the chat.
    #[default]
    Agent,
    /// An EVENT message from the user `event`.
    Event,
}

/// A group of agents ("team" in the dashboard).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The id, counted from 1.
    pub id: i64,
    /// The name.
    pub name: String,
    /// The key for `groupKey`: lower-case letters, digits, `-`, `_`; unique.
    pub key: String,
    /// The time of creation.
    pub created_at: Time,
    /// Free text; never set by the emulator.
    pub description: Option<String>,
}

/// An agent to add.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewAgent {
    /// The display name, 1 to 100 characters.
    pub display_name: String,
    /// The keys of the agent's groups.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Whether the agent can take tickets now.
    pub presence: Presence,
    /// The state of the account; ACTIVE by default.
    #[serde(default = "NewAgent::active")]
    pub status: AgentStatus,
    /// Whether the agent is a bot; tickets are never routed to bots.
    #[serde(default)]
    pub bot: bool,
}

impl NewAgent {
    /// A human agent with an active account.
    pub fn new(display_name: &str, groups: &[&str], presence: Presence) -> Self {
        let groups = groups.iter().map(|key| (*key).to_owned()).collect();
        Self { display_name: display_name.to_owned(), groups, presence, status: Self::active(), bot: false }
    }

    const fn active() -> AgentStatus {
        AgentStatus::Active
    }
}

/// An agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Agent {
    /// The id, counted from 1.
    pub id: i64,
    /// The project; always 1.
    pub project: i64,
    /// The display name.
    pub display_name: String,
    /// The sender id of the agent's messages.
    pub sendbird_id: String,
    /// The state of the account.
    pub status: AgentStatus,
    /// Whether the agent can take tickets now; `connection` on the wire, as in the service.
    #[serde(rename = "connection")]
    pub presence: Presence,
    /// Whether the agent is a bot; tickets are never routed to bots.
    pub bot: bool,
    /// The keys of the agent's groups.
    pub groups: Vec<String>,
    /// The time of creation.
    pub created_at: Time,
}

/// The short form of an agent inside other objects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentRef {
    /// The agent's id.
    pub id: i64,
    /// The display name.
    pub display_name: String,
    /// The sender id of the agent's messages.
    pub sendbird_id: String,
    /// Always `None` in the emulator.
    pub photo_thumbnail_url: Option<String>,
}

/// A customer to add.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewCustomer {
    /// The display name, 1 to 100 characters.
    pub display_name: String,
    /// The sender id of the customer's messages, unique; made from the id if absent.
    #[serde(default)]
    pub sendbird_id: Option<String>,
    /// The channel; SENDBIRD by default.
    #[serde(default = "NewCustomer::sendbird")]
    pub channel_type: CustomerChannel,
}

impl NewCustomer {
    /// A customer of the application's own chat.
    pub fn new(display_name: &str) -> Self {
        Self { display_name: display_name.to_owned(), sendbird_id: None, channel_type: Self::sendbird() }
    }

    const fn sendbird() -> CustomerChannel {
        CustomerChannel::Sendbird
    }
}

/// A customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    /// The id, counted from 1, in demo mode from 101.
    pub id: i64,
    /// The project; always 1.
    pub project: i64,
    /// The sender id of the customer's messages.
    pub sendbird_id: String,
    /// The channel that reaches the customer.
    pub channel_type: CustomerChannel,
    /// The display name.
    pub display_name: String,
    /// Always `None` in the emulator.
    pub photo_thumbnail_url: Option<String>,
    /// The time of creation.
    pub created_at: Time,
}

/// The last assignment of a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Assignment {
    /// The agent.
    pub agent: AgentRef,
    /// The time of the assignment.
    pub assigned_at: Time,
}

/// A conversation with one customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ticket {
    /// The id, counted from 1.
    pub id: i64,
    /// The project; always 1.
    pub project: i64,
    /// The proactive chat that started the ticket; only the emulator has this property.
    pub proactive_id: Option<i64>,
    /// The title.
    pub channel_name: String,
    /// The URL of the Chat channel.
    pub channel_url: String,
    /// The customer's channel: one of the spec's `ChannelType`.
    pub channel_type: String,
    /// The older status: PROACTIVE, UNASSIGNED, ASSIGNED, OPEN, CLOSED.
    #[serde(rename = "status")]
    pub legacy_status: &'static str,
    /// The status; `status2` on the wire.
    #[serde(rename = "status2")]
    pub status: TicketStatus,
    /// The priority: LOW, MEDIUM, HIGH, URGENT.
    pub priority: String,
    /// The customer; absent on seeded tickets.
    pub customer: Option<Customer>,
    /// The group; absent on seeded tickets.
    pub group: Option<Group>,
    /// The last assignment.
    pub recent_assignment: Option<Assignment>,
    /// The agent whose proactive chat started the ticket.
    pub proactive_chat_created_by: Option<AgentRef>,
    /// The number of messages.
    pub message_count: i64,
    /// The text of the last message.
    pub last_message: Option<String>,
    /// The time of creation.
    pub created_at: Time,
    /// The time of the customer's first message.
    pub issued_at: Option<Time>,
    /// The time of closing.
    pub closed_at: Option<Time>,
    /// The comment given at closing.
    pub close_comment: Option<String>,
    /// The time of the last change.
    pub updated_at: Time,
}
