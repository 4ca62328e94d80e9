// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

use ::desk_client::types;
use crate::failure::Failure;
use crate::input::{self, Input};
use crate::text::desk_str;
/// What to send, to whom, and who handles the answers. Start from `DESK_NEW_PROACTIVE_CHAT_INIT`; zero means
/// absent.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct desk_new_proactive_chat {
    /// `sizeof(desk_new_proactive_chat)`, set by the INIT macro.
    pub struct_size: usize,
    /// Required. The text to send to each customer.
    pub message: desk_str,
    /// Required. The key of the group (team) that the tickets are assigned to. The default team has no key.
    pub group_key: desk_str,
    /// Required. Desk ids of the customers to message (not their Sendbird user ids).
    pub customer_ids: *const i64,
    /// Number of items of `customer_ids`.
    pub customer_ids_len: usize,
    /// Required. The id of the agent who handles the chat.
    pub agent_id: i64,
    /// The priority of a chat. The default of the service is not documented. One of `DESK_PRIORITY_...`; 0: absent.
    pub priority: i32,
    /// Instead of `priority`: a value for which this header has no constant.
    pub priority_text: desk_str,
}
input::growable!(desk_new_proactive_chat { agent_id, priority_text } bools {});
impl Input for desk_new_proactive_chat {
    type Value = types::NewProactiveChat;
    #[allow(unused_mut)]
    unsafe fn read(&self, at: &str) -> Result<types::NewProactiveChat, Failure> {
        let name = |field: &str| format!("{at}{field}");
        unsafe {
            let mut value = types::NewProactiveChat::builder()
                .message(
                    input::required(
                        &name("message"),
                        input::optional_text(&name("message"), self.message)?,
                    )?,
                )
                .group_key(
                    input::required(
                        &name("group_key"),
                        input::optional_text(&name("group_key"), self.group_key)?,
                    )?,
                )
                .customer_ids(
                    input::required(
                        &name("customer_ids"),
                        input::optional_items(
                            &name("customer_ids"),
                            self.customer_ids,
                            self.customer_ids_len,
                            |_, item| Ok(item),
                        )?,
                    )?,
                )
                .agent_id(self.agent_id)
                .build();
            value.priority = input::optional_enum(
                &name("priority"),
                self.priority,
                self.priority_text,
            )?;
            Ok(value)
        }
    }
}
/// Query parameters of `desk_chat_message_list`. Start from `DESK_CHAT_MESSAGE_LIST_PARAMS_INIT`; zero means
/// absent.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct desk_chat_message_list_params {
    /// `sizeof(desk_chat_message_list_params)`, set by the INIT macro.
    pub struct_size: usize,
    /// Whether `limit` is set.
    pub has_limit: bool,
    /// Number of results on the page, 1 to 500. The default is 50.
    pub limit: i32,
    /// Whether `offset` is set.
    pub has_offset: bool,
    /// Number of results to skip before the page. The default is 0.
    pub offset: i64,
    /// Whether `created_at_gte_us` is set.
    pub has_created_at_gte_us: bool,
    /// Only messages sent at or after this time (inclusive, µs). In µs since the Unix epoch.
    pub created_at_gte_us: i64,
    /// Whether `created_at_lte_us` is set.
    pub has_created_at_lte_us: bool,
    /// Only messages sent at or before this time (inclusive, µs). In µs since the Unix epoch.
    pub created_at_lte_us: i64,
    /// Only messages of tickets that came in over this channel. One of `DESK_CHANNEL_TYPE_...`; 0: absent.
    pub ticket_channel_type: i32,
    /// Instead of `ticket_channel_type`: a value for which this header has no constant.
    pub ticket_channel_type_text: desk_str,
}
input::growable!(
    desk_chat_message_list_params { limit, offset, created_at_gte_us, created_at_lte_us,
    ticket_channel_type_text } bools { has_limit, has_offset, has_created_at_gte_us,
    has_created_at_lte_us }
);
impl Input for desk_chat_message_list_params {
    type Value = types::ChatMessageListParams;
    #[allow(unused_mut)]
    unsafe fn read(&self, at: &str) -> Result<types::ChatMessageListParams, Failure> {
        let name = |field: &str| format!("{at}{field}");
        unsafe {
            let mut value = types::ChatMessageListParams::builder().build();
            value.limit = self.has_limit.then_some(self.limit);
            value.offset = self.has_offset.then_some(self.offset);
            value.created_at_gte = if self.has_created_at_gte_us {
                Some(input::time(&name("created_at_gte_us"), self.created_at_gte_us)?)
            } else {
                None
            };
            value.created_at_lte = if self.has_created_at_lte_us {
                Some(input::time(&name("created_at_lte_us"), self.created_at_lte_us)?)
            } else {
                None
            };
            value.ticket_channel_type = input::optional_enum(
                &name("ticket_channel_type"),
                self.ticket_channel_type,
                self.ticket_channel_type_text,
            )?;
            Ok(value)
        }
    }
}
/// Query parameters of `desk_ticket_chat_message_list`. Start from `DESK_TICKET_CHAT_MESSAGE_LIST_PARAMS_INIT`;
/// zero means absent.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct desk_ticket_chat_message_list_params {
    /// `sizeof(desk_ticket_chat_message_list_params)`, set by the INIT macro.
    pub struct_size: usize,
    /// Whether `limit` is set.
    pub has_limit: bool,
    /// Number of results on the page, 1 to 500. The default is 50.
    pub limit: i32,
    /// Whether `offset` is set.
    pub has_offset: bool,
    /// Number of results to skip before the page. The default is 0.
    pub offset: i64,
}
input::growable!(
    desk_ticket_chat_message_list_params { limit, offset } bools { has_limit, has_offset
    }
);
impl Input for desk_ticket_chat_message_list_params {
    type Value = types::TicketChatMessageListParams;
    #[allow(unused_mut)]
    unsafe fn read(
        &self,
        at: &str,
    ) -> Result<types::TicketChatMessageListParams, Failure> {
        let name = |field: &str| format!("{at}{field}");
        unsafe {
            let mut value = types::TicketChatMessageListParams::builder().build();
            value.limit = self.has_limit.then_some(self.limit);
            value.offset = self.has_offset.then_some(self.offset);
            Ok(value)
        }
    }
}
