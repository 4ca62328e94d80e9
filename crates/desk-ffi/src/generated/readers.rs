// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

use std::ptr;
use ::desk_client::answer::Answer;
use ::desk_client::types;
use super::outputs::*;
use crate::output::{EnumView, List, Object};
use crate::reader::{self, Kept, Read, Reader};
use crate::text::desk_str;
impl Read for ProactiveChatView {
    #[inline]
    fn read(from: &mut Reader<'_>) -> Option<ProactiveChatView> {
        from.open()?;
        let view = ProactiveChatView {
            id: from.must(b",\"id\":", |from| from.int64())?,
            project: from.must(b",\"project\":", |from| from.int64())?,
            message: from.must(b",\"message\":", |from| from.text())?,
            message_count: from.must(b",\"messageCount\":", |from| from.int64())?,
            created_by: from
                .maybe(b",\"createdBy\":", |from| from.json())?
                .unwrap_or(desk_str::ABSENT),
            assigned_group: from
                .maybe(b",\"assignedGroup\":", |from| from.json())?
                .unwrap_or(desk_str::ABSENT),
            sent_count: from.must(b",\"sentCount\":", |from| from.int64())?,
            responded_count: from.must(b",\"respondedCount\":", |from| from.int64())?,
            closed_count: from.must(b",\"closedCount\":", |from| from.int64())?,
            customers_list: from.must(b",\"customersList\":", |from| from.text())?,
            created_at: from.must(b",\"createdAt\":", |from| from.time())?,
            updated_at: from.must(b",\"updatedAt\":", |from| from.time())?,
            priority: from
                .must(b",\"priority\":", |from| from.enumeration::<types::Priority>())?,
            response_: ptr::null(),
        };
        from.close()?;
        Some(view)
    }
}
impl Answer<types::ProactiveChat> for Kept<ProactiveChatView> {
    fn read(body: Vec<u8>) -> Result<Kept<ProactiveChatView>, Vec<u8>> {
        reader::read(body)
    }
    fn of(value: types::ProactiveChat) -> Kept<ProactiveChatView> {
        Kept::of(&value)
    }
}
impl Read for ChatMessageView {
    #[inline]
    fn read(from: &mut Reader<'_>) -> Option<ChatMessageView> {
        from.open()?;
        let view = ChatMessageView {
            id: from.must(b",\"id\":", |from| from.int64())?,
            message_id: from.maybe(b",\"messageId\":", |from| from.int64())?,
            ticket: from.must(b",\"ticket\":", |from| from.int64())?,
            user_sendbird_id: from.must(b",\"userSendbirdId\":", |from| from.text())?,
            user_type: from
                .must(b",\"userType\":", |from| from.enumeration::<types::UserType>())?,
            created_at: from.must(b",\"createdAt\":", |from| from.time())?,
            message: from.must(b",\"message\":", |from| from.text())?,
            data: from
                .maybe(b",\"data\":", |from| from.text())?
                .unwrap_or(desk_str::ABSENT),
            deleted_at: from.maybe(b",\"deletedAt\":", |from| from.time())?,
            requested_from: from
                .maybe(
                    b",\"requestedFrom\":",
                    |from| from.enumeration::<types::RequestOrigin>(),
                )?
                .unwrap_or(EnumView::ABSENT),
            requested_by: from
                .maybe(b",\"requestedBy\":", |from| from.json())?
                .unwrap_or(desk_str::ABSENT),
        };
        from.close()?;
        Some(view)
    }
}
impl Read for ChatMessagePageView {
    #[inline]
    fn read(from: &mut Reader<'_>) -> Option<ChatMessagePageView> {
        from.open()?;
        let view = ChatMessagePageView {
            count: from.must(b",\"count\":", |from| from.int64())?,
            previous: from
                .maybe(b",\"previous\":", |from| from.text())?
                .unwrap_or(desk_str::ABSENT),
            next: from
                .maybe(b",\"next\":", |from| from.text())?
                .unwrap_or(desk_str::ABSENT),
            results: from
                .must(b",\"results\":", |from| from.list(|from| Read::read(from)))?,
            response_: ptr::null(),
        };
        from.close()?;
        Some(view)
    }
}
impl Answer<types::ChatMessagePage> for Kept<ChatMessagePageView> {
    fn read(body: Vec<u8>) -> Result<Kept<ChatMessagePageView>, Vec<u8>> {
        reader::read(body)
    }
    fn of(value: types::ChatMessagePage) -> Kept<ChatMessagePageView> {
        Kept::of(&value)
    }
}
/// Reads bytes as every result, beside serde.
#[cfg(fuzzing)]
pub fn agree(bytes: &[u8]) {
    reader::agree::agree::<
        types::ProactiveChat,
        ProactiveChatView,
    >(bytes, |bytes| serde_json::from_slice(bytes));
    reader::agree::agree::<
        types::ChatMessagePage,
        ChatMessagePageView,
    >(bytes, |bytes| serde_json::from_slice(bytes));
}
