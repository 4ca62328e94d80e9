// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

use super::outputs::*;
use crate::fields::{self, Fields};
use crate::text::desk_str;
/// Every property of a `desk_proactive_chat` at once. Start from `DESK_PROACTIVE_CHAT_FIELDS_INIT` and fill it in
/// with `desk_proactive_chat_fill_fields`. Texts and objects are valid until the result they came from is freed.
/// Absent texts and objects are NULL; any other optional property has a flag. An older library sets properties
/// that it does not know to zero, also those without a flag.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct desk_proactive_chat_fields {
    /// `sizeof(desk_proactive_chat_fields)`, set by the INIT macro.
    pub struct_size: usize,
    /// The id of the proactive chat.
    pub id: i64,
    /// The id of the Desk project.
    pub project: i64,
    /// The text that was sent.
    pub message: desk_str,
    /// The number of messages in the chat.
    pub message_count: i64,
    /// The agent who created the chat. Its shape is not documented; seen are id, displayName and sendbirdId. As JSON
    /// text.
    pub created_by: desk_str,
    /// The group the chat is assigned to. Its shape is not documented; seen are id, name and key. As JSON text.
    pub assigned_group: desk_str,
    /// The number of chats sent out, one for each customer.
    pub sent_count: i64,
    /// The number of chats that a customer answered.
    pub responded_count: i64,
    /// The number of chats that were closed.
    pub closed_count: i64,
    /// The ids of the customers as text. Its format is not documented.
    pub customers_list: desk_str,
    /// When the chat was created (UTC, µs). In µs since the Unix epoch.
    pub created_at_us: i64,
    /// When the chat was last updated (UTC, µs). In µs since the Unix epoch.
    pub updated_at_us: i64,
    /// The priority of a chat. The default of the service is not documented. One of `DESK_PRIORITY_...`; 0 if absent
    /// or unknown to this version.
    pub priority: i32,
    /// `priority` as the service spells it.
    pub priority_text: desk_str,
}
unsafe impl Fields for desk_proactive_chat_fields {}
/// Fills in `out`, whose `struct_size` must be set; the same struct can be filled in repeatedly. Returns false
/// and leaves `out` unchanged if `proactive_chat` or `out` is NULL or `struct_size` is invalid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_proactive_chat_fill_fields(
    proactive_chat: *const desk_proactive_chat,
    out: *mut desk_proactive_chat_fields,
) -> bool {
    unsafe {
        fields::fill(
            proactive_chat,
            out,
            |view| desk_proactive_chat_fields {
                struct_size: size_of::<desk_proactive_chat_fields>(),
                id: view.id,
                project: view.project,
                message: view.message,
                message_count: view.message_count,
                created_by: view.created_by,
                assigned_group: view.assigned_group,
                sent_count: view.sent_count,
                responded_count: view.responded_count,
                closed_count: view.closed_count,
                customers_list: view.customers_list,
                created_at_us: view.created_at,
                updated_at_us: view.updated_at,
                priority: view.priority.code,
                priority_text: view.priority.text,
            },
        )
    }
}
/// Every property of a `desk_chat_message` at once. Start from `DESK_CHAT_MESSAGE_FIELDS_INIT` and fill it in
/// with `desk_chat_message_fill_fields`. Texts and objects are valid until the result they came from is freed.
/// Absent texts and objects are NULL; any other optional property has a flag. An older library sets properties
/// that it does not know to zero, also those without a flag.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct desk_chat_message_fields {
    /// `sizeof(desk_chat_message_fields)`, set by the INIT macro.
    pub struct_size: usize,
    /// The id of the message in Desk.
    pub id: i64,
    /// Whether `message_id` is present.
    pub has_message_id: bool,
    /// The id of the message in the ticket's channel. Absent from older shapes.
    pub message_id: i64,
    /// The id of the ticket.
    pub ticket: i64,
    /// The Sendbird id of the sender, or the word `event` when Desk sent it.
    pub user_sendbird_id: desk_str,
    /// Who sent a message. EVENT is everything that no user sent. One of `DESK_USER_TYPE_...`; 0 if absent or unknown
    /// to this version.
    pub user_type: i32,
    /// `user_type` as the service spells it.
    pub user_type_text: desk_str,
    /// When the message was sent (UTC, µs). In µs since the Unix epoch.
    pub created_at_us: i64,
    /// The text.
    pub message: desk_str,
    /// Extra information, such as styling or JSON text. Absent from older shapes.
    pub data: desk_str,
    /// Whether `deleted_at_us` is present.
    pub has_deleted_at_us: bool,
    /// When the message was deleted (UTC, µs); absent or null while it is not. In µs since the Unix epoch.
    pub deleted_at_us: i64,
    /// Where the deletion of a message was asked for. One of `DESK_REQUEST_ORIGIN_...`; 0 if absent or unknown to
    /// this version.
    pub requested_from: i32,
    /// `requested_from` as the service spells it.
    pub requested_from_text: desk_str,
    /// The user who asked for the deletion. Its shape is not documented. As JSON text.
    pub requested_by: desk_str,
}
unsafe impl Fields for desk_chat_message_fields {}
/// Fills in `out`, whose `struct_size` must be set; the same struct can be filled in repeatedly. Returns false
/// and leaves `out` unchanged if `chat_message` or `out` is NULL or `struct_size` is invalid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_fill_fields(
    chat_message: *const desk_chat_message,
    out: *mut desk_chat_message_fields,
) -> bool {
    unsafe {
        fields::fill(
            chat_message,
            out,
            |view| desk_chat_message_fields {
                struct_size: size_of::<desk_chat_message_fields>(),
                id: view.id,
                has_message_id: view.message_id.is_some(),
                message_id: view.message_id.unwrap_or_default(),
                ticket: view.ticket,
                user_sendbird_id: view.user_sendbird_id,
                user_type: view.user_type.code,
                user_type_text: view.user_type.text,
                created_at_us: view.created_at,
                message: view.message,
                data: view.data,
                has_deleted_at_us: view.deleted_at.is_some(),
                deleted_at_us: view.deleted_at.unwrap_or_default(),
                requested_from: view.requested_from.code,
                requested_from_text: view.requested_from.text,
                requested_by: view.requested_by,
            },
        )
    }
}
/// Every property of a `desk_chat_message_page` at once. Start from `DESK_CHAT_MESSAGE_PAGE_FIELDS_INIT` and fill
/// it in with `desk_chat_message_page_fill_fields`. Texts and objects are valid until the result they came from
/// is freed. Absent texts and objects are NULL; any other optional property has a flag. An older library sets
/// properties that it does not know to zero, also those without a flag.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct desk_chat_message_page_fields {
    /// `sizeof(desk_chat_message_page_fields)`, set by the INIT macro.
    pub struct_size: usize,
    /// The number of messages in the whole list at the time of the request.
    pub count: i64,
    /// The URL of the previous page; null on the first. For display only, never followed by the SDK.
    pub previous: desk_str,
    /// The URL of the next page; null on the last. For display only, never followed by the SDK.
    pub next: desk_str,
    /// Number of: The messages of this page. Read the items with `desk_chat_message_page_get_results_at...`.
    pub results_len: usize,
}
unsafe impl Fields for desk_chat_message_page_fields {}
/// Fills in `out`, whose `struct_size` must be set; the same struct can be filled in repeatedly. Returns false
/// and leaves `out` unchanged if `chat_message_page` or `out` is NULL or `struct_size` is invalid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_page_fill_fields(
    chat_message_page: *const desk_chat_message_page,
    out: *mut desk_chat_message_page_fields,
) -> bool {
    unsafe {
        fields::fill(
            chat_message_page,
            out,
            |view| desk_chat_message_page_fields {
                struct_size: size_of::<desk_chat_message_page_fields>(),
                count: view.count,
                previous: view.previous,
                next: view.next,
                results_len: view.results.len(),
            },
        )
    }
}
