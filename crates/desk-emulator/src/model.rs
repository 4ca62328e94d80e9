//! The people, teams and tickets of the service as the Rust handle and `/_emulator` show them.
//!
//! Shapes follow the service's pages where they are known; absent values are `None` in Rust and `null` on the wire.
//! Enum values are closed here: the emulator is the service, so it knows them all. No behaviour lives in this file.

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use serde::{Deserialize, Serialize};

use crate::time::Time;

/// The one Desk project that the emulator stands for; it repeats on every object.
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
            /// The value as it is spelled on the wire.
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
        /// Not there.
        Offline = "OFFLINE",
        /// There, but takes no tickets.
        Away = "AWAY",
    }
}

text_enum! {
    /// The state of an agent's account.
    pub AgentStatus {
        /// May work.
        Active = "ACTIVE",
        /// May not work.
        Inactive = "INACTIVE",
        /// A bot that rests.
        Paused = "PAUSED",
    }
}

text_enum! {
    /// Where a customer is reached. Proactive chats reach `SENDBIRD` customers only.
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
    /// Where a ticket stands; `status2` on the wire.
    pub TicketStatus {
        /// An agent wrote first and the customer has not answered.
        Proactive = "PROACTIVE",
        /// Waits for an agent.
        Pending = "PENDING",
        /// An agent has it.
        Active = "ACTIVE",
        /// An agent has it, and the customer is silent.
        Idle = "IDLE",
        /// Put aside to be worked on.
        WorkInProgress = "WORK_IN_PROGRESS",
        /// Done; nobody can write any more.
        Closed = "CLOSED",
    }
}

text_enum! {
    /// Who a message row says it is from.
    pub(crate) UserType {
        /// An agent.
        Agent = "AGENT",
        /// The customer.
        Customer = "CUSTOMER",
        /// Desk itself.
        Event = "EVENT",
    }
}

/// Who sends the message of a proactive chat: the service's pages disagree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProactiveSender {
    /// The row is of type AGENT, from the creating agent.
    #[default]
    Agent,
    /// The row is of type EVENT, from the user `event`.
    Event,
}

/// A group of agents ("team" in the dashboard).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// Counts from 1.
    pub id: i64,
    /// For people.
    pub name: String,
    /// What `groupKey` names: lower-case letters, digits, `-`, `_`; unique.
    pub key: String,
    /// When it was added.
    pub created_at: Time,
    /// Free text; never set by the emulator.
    pub description: Option<String>,
}

/// An agent to add.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewAgent {
    /// For people, 1 to 100 characters.
    pub display_name: String,
    /// The keys of the groups the agent works in.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Whether the agent can take tickets now.
    pub presence: Presence,
    /// ACTIVE unless told otherwise.
    #[serde(default = "NewAgent::active")]
    pub status: AgentStatus,
    /// Bots are never routed to.
    #[serde(default)]
    pub bot: bool,
}

impl NewAgent {
    /// A live, active agent.
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
    /// Counts from 1.
    pub id: i64,
    /// The project, always 1.
    pub project: i64,
    /// For people.
    pub display_name: String,
    /// The sender id on the agent's messages.
    pub sendbird_id: String,
    /// The state of the account.
    pub status: AgentStatus,
    /// Whether the agent can take tickets now; `connection` on the wire, as on the service.
    #[serde(rename = "connection")]
    pub presence: Presence,
    /// Bots are never routed to.
    pub bot: bool,
    /// The keys of the agent's groups.
    pub groups: Vec<String>,
    /// When the agent was added.
    pub created_at: Time,
}

/// The part of an agent that other objects carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentRef {
    /// The agent's id.
    pub id: i64,
    /// For people.
    pub display_name: String,
    /// The sender id on the agent's messages.
    pub sendbird_id: String,
    /// Never set by the emulator.
    pub photo_thumbnail_url: Option<String>,
}

/// A customer to add.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewCustomer {
    /// For people, 1 to 100 characters.
    pub display_name: String,
    /// The sender id on the customer's messages, unique; made from the id when absent.
    #[serde(default)]
    pub sendbird_id: Option<String>,
    /// SENDBIRD unless told otherwise.
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
    /// Counts from 1, in demo mode from 101.
    pub id: i64,
    /// The project, always 1.
    pub project: i64,
    /// The sender id on the customer's messages.
    pub sendbird_id: String,
    /// Where the customer is reached.
    pub channel_type: CustomerChannel,
    /// For people.
    pub display_name: String,
    /// Never set by the emulator.
    pub photo_thumbnail_url: Option<String>,
    /// When the customer was added.
    pub created_at: Time,
}

/// Who got a ticket last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Assignment {
    /// The agent.
    pub agent: AgentRef,
    /// When the agent got it.
    pub assigned_at: Time,
}

/// A conversation with one customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ticket {
    /// Counts from 1.
    pub id: i64,
    /// The project, always 1.
    pub project: i64,
    /// The proactive chat that started it; the emulator's own addition, absent from the service.
    pub proactive_id: Option<i64>,
    /// The title.
    pub channel_name: String,
    /// The Chat channel.
    pub channel_url: String,
    /// The channel it came in over: one of the spec's `ChannelType`.
    pub channel_type: String,
    /// The older status word: PROACTIVE, UNASSIGNED, ASSIGNED, CLOSED.
    #[serde(rename = "status")]
    pub legacy_status: &'static str,
    /// Where it stands; `status2` on the wire.
    #[serde(rename = "status2")]
    pub status: TicketStatus,
    /// LOW, MEDIUM, HIGH, URGENT.
    pub priority: String,
    /// The customer; absent on seeded tickets, which are closed history.
    pub customer: Option<Customer>,
    /// The group; absent on seeded tickets.
    pub group: Option<Group>,
    /// Who got it last.
    pub recent_assignment: Option<Assignment>,
    /// The agent whose proactive chat started it.
    pub proactive_chat_created_by: Option<AgentRef>,
    /// The number of messages in it.
    pub message_count: i64,
    /// The text of the last message.
    pub last_message: Option<String>,
    /// When it was started.
    pub created_at: Time,
    /// When the customer wrote first.
    pub issued_at: Option<Time>,
    /// When it was closed.
    pub closed_at: Option<Time>,
    /// What was noted when it was closed.
    pub close_comment: Option<String>,
    /// When it last changed.
    pub updated_at: Time,
}
