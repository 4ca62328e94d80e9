// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

use std::ptr;
use bumpalo::Bump;
use ::desk_client::types;
use crate::guard::{read, read_into, release};
use crate::handle::Handle;
use crate::output::{self, Root};
use crate::view::{self, EnumView, List, Object, View};
use crate::response::{ResponseView, desk_response};
use crate::text::desk_str;
/// A message that was sent to customers first, and what came of it. One chat stands for one ticket for each
/// customer. Immutable; any thread may read it. Free it with `desk_proactive_chat_free`.
pub struct desk_proactive_chat {
    _opaque: (),
}
#[cfg_attr(any(test, fuzzing), derive(Debug))]
pub(crate) struct ProactiveChatView {
    pub(crate) id: i64,
    pub(crate) project: i64,
    pub(crate) message: desk_str,
    pub(crate) message_count: i64,
    pub(crate) created_by: desk_str,
    pub(crate) assigned_group: desk_str,
    pub(crate) sent_count: i64,
    pub(crate) responded_count: i64,
    pub(crate) closed_count: i64,
    pub(crate) customers_list: desk_str,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) priority: EnumView,
    pub(crate) response_: *const ResponseView,
}
impl Handle for desk_proactive_chat {
    type Target = ProactiveChatView;
}
impl View<types::ProactiveChat> for ProactiveChatView {
    fn view(source: &types::ProactiveChat, arena: &Bump) -> ProactiveChatView {
        ProactiveChatView {
            id: {
                let value = &source.id;
                *value
            },
            project: {
                let value = &source.project;
                *value
            },
            message: {
                let value = &source.message;
                view::text(arena, value)
            },
            message_count: {
                let value = &source.message_count;
                *value
            },
            created_by: source
                .created_by
                .as_ref()
                .map_or(desk_str::ABSENT, |value| view::json(arena, value)),
            assigned_group: source
                .assigned_group
                .as_ref()
                .map_or(desk_str::ABSENT, |value| view::json(arena, value)),
            sent_count: {
                let value = &source.sent_count;
                *value
            },
            responded_count: {
                let value = &source.responded_count;
                *value
            },
            closed_count: {
                let value = &source.closed_count;
                *value
            },
            customers_list: {
                let value = &source.customers_list;
                view::text(arena, value)
            },
            created_at: {
                let value = &source.created_at;
                view::micros(value)
            },
            updated_at: {
                let value = &source.updated_at;
                view::micros(value)
            },
            priority: {
                let value = &source.priority;
                view::enumeration(arena, value)
            },
            response_: ptr::null(),
        }
    }
}
/// Frees a result; NULL is allowed. Texts and objects read from it become invalid. Any thread, once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_proactive_chat_free(result: *mut desk_proactive_chat) {
    release(|| unsafe { output::free(result) });
}
/// Facts about the call that returned the result; NULL for an object inside another result. Borrowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_proactive_chat_response(
    proactive_chat: *const desk_proactive_chat,
) -> *const desk_response {
    unsafe { read(proactive_chat, ptr::null(), |view| view.response_.cast()) }
}
impl Root for ProactiveChatView {
    fn set_response(&mut self, response: *const ResponseView) {
        self.response_ = response;
    }
}
/// The id of the proactive chat.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_proactive_chat_get_id(
    proactive_chat: *const desk_proactive_chat,
) -> i64 {
    unsafe { read(proactive_chat, 0, |view| view.id) }
}
/// The id of the Desk project.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_proactive_chat_get_project(
    proactive_chat: *const desk_proactive_chat,
) -> i64 {
    unsafe { read(proactive_chat, 0, |view| view.project) }
}
/// The text that was sent. Valid until the result it came from is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_proactive_chat_get_message(
    proactive_chat: *const desk_proactive_chat,
) -> desk_str {
    unsafe { read(proactive_chat, desk_str::ABSENT, |view| view.message) }
}
/// The number of messages in the chat.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_proactive_chat_get_message_count(
    proactive_chat: *const desk_proactive_chat,
) -> i64 {
    unsafe { read(proactive_chat, 0, |view| view.message_count) }
}
/// The agent who created the chat. Its shape is not documented; seen are id, displayName and sendbirdId. As JSON
/// text. Valid until the result it came from is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_proactive_chat_get_created_by(
    proactive_chat: *const desk_proactive_chat,
) -> desk_str {
    unsafe { read(proactive_chat, desk_str::ABSENT, |view| view.created_by) }
}
/// The group the chat is assigned to. Its shape is not documented; seen are id, name and key. As JSON text. Valid
/// until the result it came from is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_proactive_chat_get_assigned_group(
    proactive_chat: *const desk_proactive_chat,
) -> desk_str {
    unsafe { read(proactive_chat, desk_str::ABSENT, |view| view.assigned_group) }
}
/// The number of chats sent out, one for each customer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_proactive_chat_get_sent_count(
    proactive_chat: *const desk_proactive_chat,
) -> i64 {
    unsafe { read(proactive_chat, 0, |view| view.sent_count) }
}
/// The number of chats that a customer answered.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_proactive_chat_get_responded_count(
    proactive_chat: *const desk_proactive_chat,
) -> i64 {
    unsafe { read(proactive_chat, 0, |view| view.responded_count) }
}
/// The number of chats that were closed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_proactive_chat_get_closed_count(
    proactive_chat: *const desk_proactive_chat,
) -> i64 {
    unsafe { read(proactive_chat, 0, |view| view.closed_count) }
}
/// The ids of the customers as text. Its format is not documented. Valid until the result it came from is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_proactive_chat_get_customers_list(
    proactive_chat: *const desk_proactive_chat,
) -> desk_str {
    unsafe { read(proactive_chat, desk_str::ABSENT, |view| view.customers_list) }
}
/// When the chat was created (UTC, µs). In µs since the Unix epoch.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_proactive_chat_get_created_at_us(
    proactive_chat: *const desk_proactive_chat,
) -> i64 {
    unsafe { read(proactive_chat, 0, |view| view.created_at) }
}
/// When the chat was last updated (UTC, µs). In µs since the Unix epoch.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_proactive_chat_get_updated_at_us(
    proactive_chat: *const desk_proactive_chat,
) -> i64 {
    unsafe { read(proactive_chat, 0, |view| view.updated_at) }
}
/// The priority of a chat. The default of the service is not documented. One of `DESK_PRIORITY_...`; 0 if absent
/// or unknown to this version.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_proactive_chat_get_priority(
    proactive_chat: *const desk_proactive_chat,
) -> i32 {
    unsafe { read(proactive_chat, 0, |view| view.priority.code) }
}
/// The priority of a chat. The default of the service is not documented. As the service spells it. Valid until
/// the result it came from is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_proactive_chat_get_priority_text(
    proactive_chat: *const desk_proactive_chat,
) -> desk_str {
    unsafe { read(proactive_chat, desk_str::ABSENT, |view| view.priority.text) }
}
/// One message between an agent and a customer, or from Desk itself. Immutable; borrowed from the result it was
/// read from.
pub struct desk_chat_message {
    _opaque: (),
}
#[cfg_attr(any(test, fuzzing), derive(Debug))]
pub(crate) struct ChatMessageView {
    pub(crate) id: i64,
    pub(crate) message_id: Option<i64>,
    pub(crate) ticket: i64,
    pub(crate) user_sendbird_id: desk_str,
    pub(crate) user_type: EnumView,
    pub(crate) created_at: i64,
    pub(crate) message: desk_str,
    pub(crate) data: desk_str,
    pub(crate) deleted_at: Option<i64>,
    pub(crate) requested_from: EnumView,
    pub(crate) requested_by: desk_str,
}
impl Handle for desk_chat_message {
    type Target = ChatMessageView;
}
impl View<types::ChatMessage> for ChatMessageView {
    fn view(source: &types::ChatMessage, arena: &Bump) -> ChatMessageView {
        ChatMessageView {
            id: {
                let value = &source.id;
                *value
            },
            message_id: source.message_id.as_ref().map(|value| *value),
            ticket: {
                let value = &source.ticket;
                *value
            },
            user_sendbird_id: {
                let value = &source.user_sendbird_id;
                view::text(arena, value)
            },
            user_type: {
                let value = &source.user_type;
                view::enumeration(arena, value)
            },
            created_at: {
                let value = &source.created_at;
                view::micros(value)
            },
            message: {
                let value = &source.message;
                view::text(arena, value)
            },
            data: source
                .data
                .as_ref()
                .map_or(desk_str::ABSENT, |value| view::text(arena, value)),
            deleted_at: source.deleted_at.as_ref().map(|value| view::micros(value)),
            requested_from: source
                .requested_from
                .as_ref()
                .map_or(EnumView::ABSENT, |value| view::enumeration(arena, value)),
            requested_by: source
                .requested_by
                .as_ref()
                .map_or(desk_str::ABSENT, |value| view::json(arena, value)),
        }
    }
}
/// The id of the message in Desk.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_get_id(
    chat_message: *const desk_chat_message,
) -> i64 {
    unsafe { read(chat_message, 0, |view| view.id) }
}
/// The id of the message in the ticket's channel. Absent from older shapes. Returns whether the value is present
/// and writes it (0 if absent) to `out` unless `out` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_get_message_id(
    chat_message: *const desk_chat_message,
    out: *mut i64,
) -> bool {
    unsafe { read_into(chat_message, out, |view| view.message_id) }
}
/// The id of the ticket.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_get_ticket(
    chat_message: *const desk_chat_message,
) -> i64 {
    unsafe { read(chat_message, 0, |view| view.ticket) }
}
/// The Sendbird id of the sender, or the word `event` when Desk sent it. Valid until the result it came from is
/// freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_get_user_sendbird_id(
    chat_message: *const desk_chat_message,
) -> desk_str {
    unsafe { read(chat_message, desk_str::ABSENT, |view| view.user_sendbird_id) }
}
/// Who sent a message. EVENT is everything that no user sent. One of `DESK_USER_TYPE_...`; 0 if absent or unknown
/// to this version.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_get_user_type(
    chat_message: *const desk_chat_message,
) -> i32 {
    unsafe { read(chat_message, 0, |view| view.user_type.code) }
}
/// Who sent a message. EVENT is everything that no user sent. As the service spells it. Valid until the result it
/// came from is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_get_user_type_text(
    chat_message: *const desk_chat_message,
) -> desk_str {
    unsafe { read(chat_message, desk_str::ABSENT, |view| view.user_type.text) }
}
/// When the message was sent (UTC, µs). In µs since the Unix epoch.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_get_created_at_us(
    chat_message: *const desk_chat_message,
) -> i64 {
    unsafe { read(chat_message, 0, |view| view.created_at) }
}
/// The text. Valid until the result it came from is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_get_message(
    chat_message: *const desk_chat_message,
) -> desk_str {
    unsafe { read(chat_message, desk_str::ABSENT, |view| view.message) }
}
/// Extra information, such as styling or JSON text. Absent from older shapes. Valid until the result it came from
/// is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_get_data(
    chat_message: *const desk_chat_message,
) -> desk_str {
    unsafe { read(chat_message, desk_str::ABSENT, |view| view.data) }
}
/// When the message was deleted (UTC, µs); absent or null while it is not. In µs since the Unix epoch. Returns
/// whether the value is present and writes it (0 if absent) to `out` unless `out` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_get_deleted_at_us(
    chat_message: *const desk_chat_message,
    out: *mut i64,
) -> bool {
    unsafe { read_into(chat_message, out, |view| view.deleted_at) }
}
/// Where the deletion of a message was asked for. One of `DESK_REQUEST_ORIGIN_...`; 0 if absent or unknown to
/// this version.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_get_requested_from(
    chat_message: *const desk_chat_message,
) -> i32 {
    unsafe { read(chat_message, 0, |view| view.requested_from.code) }
}
/// Where the deletion of a message was asked for. As the service spells it. Valid until the result it came from
/// is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_get_requested_from_text(
    chat_message: *const desk_chat_message,
) -> desk_str {
    unsafe { read(chat_message, desk_str::ABSENT, |view| view.requested_from.text) }
}
/// The user who asked for the deletion. Its shape is not documented. As JSON text. Valid until the result it came
/// from is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_get_requested_by(
    chat_message: *const desk_chat_message,
) -> desk_str {
    unsafe { read(chat_message, desk_str::ABSENT, |view| view.requested_by) }
}
/// One page of a list of messages. Immutable; any thread may read it. Free it with `desk_chat_message_page_free`.
pub struct desk_chat_message_page {
    _opaque: (),
}
#[cfg_attr(any(test, fuzzing), derive(Debug))]
pub(crate) struct ChatMessagePageView {
    pub(crate) count: i64,
    pub(crate) previous: desk_str,
    pub(crate) next: desk_str,
    pub(crate) results: List<ChatMessageView>,
    pub(crate) response_: *const ResponseView,
}
impl Handle for desk_chat_message_page {
    type Target = ChatMessagePageView;
}
impl View<types::ChatMessagePage> for ChatMessagePageView {
    fn view(source: &types::ChatMessagePage, arena: &Bump) -> ChatMessagePageView {
        ChatMessagePageView {
            count: {
                let value = &source.count;
                *value
            },
            previous: source
                .previous
                .as_ref()
                .map_or(desk_str::ABSENT, |value| view::text(arena, value)),
            next: source
                .next
                .as_ref()
                .map_or(desk_str::ABSENT, |value| view::text(arena, value)),
            results: view::list(
                arena,
                Some(source.results.as_slice()),
                |value| View::view(value, arena),
            ),
            response_: ptr::null(),
        }
    }
}
/// Frees a result; NULL is allowed. Texts and objects read from it become invalid. Any thread, once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_page_free(
    result: *mut desk_chat_message_page,
) {
    release(|| unsafe { output::free(result) });
}
/// Facts about the call that returned the result; NULL for an object inside another result. Borrowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_page_response(
    chat_message_page: *const desk_chat_message_page,
) -> *const desk_response {
    unsafe { read(chat_message_page, ptr::null(), |view| view.response_.cast()) }
}
impl Root for ChatMessagePageView {
    fn set_response(&mut self, response: *const ResponseView) {
        self.response_ = response;
    }
}
/// The number of messages in the whole list at the time of the request.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_page_get_count(
    chat_message_page: *const desk_chat_message_page,
) -> i64 {
    unsafe { read(chat_message_page, 0, |view| view.count) }
}
/// The URL of the previous page; null on the first. For display only, never followed by the SDK. Valid until the
/// result it came from is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_page_get_previous(
    chat_message_page: *const desk_chat_message_page,
) -> desk_str {
    unsafe { read(chat_message_page, desk_str::ABSENT, |view| view.previous) }
}
/// The URL of the next page; null on the last. For display only, never followed by the SDK. Valid until the
/// result it came from is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_page_get_next(
    chat_message_page: *const desk_chat_message_page,
) -> desk_str {
    unsafe { read(chat_message_page, desk_str::ABSENT, |view| view.next) }
}
/// Number of: The messages of this page.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_page_get_results_len(
    chat_message_page: *const desk_chat_message_page,
) -> usize {
    unsafe { read(chat_message_page, 0, |view| view.results.len()) }
}
/// The item at `index`; NULL beyond the end or if null. Valid until the result it came from is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_chat_message_page_get_results_at(
    chat_message_page: *const desk_chat_message_page,
    index: usize,
) -> *const desk_chat_message {
    unsafe {
        read(
            chat_message_page,
            ptr::null(),
            |view| {
                view
                    .results
                    .get(index)
                    .map_or(ptr::null(), |item| ptr::from_ref(item).cast())
            },
        )
    }
}
