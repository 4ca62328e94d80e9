// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

use std::ptr;
use ::desk_client::answer::Answer;
use ::desk_client::types;
use super::outputs::*;
use crate::output::{EnumView, List, Object};
use crate::reader::{self, Kept, Read, Reader};
use crate::text::desk_str;
impl Read for ProactiveChatView {
    #[inline(always)]
    fn read(from: &mut Reader<'_, '_>) -> Option<ProactiveChatView> {
        from.open()?;
        let view = ProactiveChatView {
            id: {
                from.must(b",\"id\":")?;
                from.int64()?
            },
            project: {
                from.must(b",\"project\":")?;
                from.int64()?
            },
            message: {
                from.must(b",\"message\":")?;
                from.text()?
            },
            message_count: {
                from.must(b",\"messageCount\":")?;
                from.int64()?
            },
            created_by: if from.maybe(b",\"createdBy\":") {
                from.json()?
            } else {
                desk_str::ABSENT
            },
            assigned_group: if from.maybe(b",\"assignedGroup\":") {
                from.json()?
            } else {
                desk_str::ABSENT
            },
            sent_count: {
                from.must(b",\"sentCount\":")?;
                from.int64()?
            },
            responded_count: {
                from.must(b",\"respondedCount\":")?;
                from.int64()?
            },
            closed_count: {
                from.must(b",\"closedCount\":")?;
                from.int64()?
            },
            customers_list: {
                from.must(b",\"customersList\":")?;
                from.text()?
            },
            created_at: {
                from.must(b",\"createdAt\":")?;
                from.time()?
            },
            updated_at: {
                from.must(b",\"updatedAt\":")?;
                from.time()?
            },
            priority: {
                from.must(b",\"priority\":")?;
                from.enumeration::<types::Priority>()?
            },
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
    #[inline(always)]
    fn read(from: &mut Reader<'_, '_>) -> Option<ChatMessageView> {
        from.open()?;
        let view = ChatMessageView {
            id: {
                from.must(b",\"id\":")?;
                from.int64()?
            },
            message_id: if from.maybe(b",\"messageId\":") {
                Some(from.int64()?)
            } else {
                None
            },
            ticket: {
                from.must(b",\"ticket\":")?;
                from.int64()?
            },
            user_sendbird_id: {
                from.must(b",\"userSendbirdId\":")?;
                from.text()?
            },
            user_type: {
                from.must(b",\"userType\":")?;
                from.enumeration::<types::UserType>()?
            },
            created_at: {
                from.must(b",\"createdAt\":")?;
                from.time()?
            },
            message: {
                from.must(b",\"message\":")?;
                from.text()?
            },
            data: if from.maybe(b",\"data\":") {
                from.text()?
            } else {
                desk_str::ABSENT
            },
            deleted_at: if from.maybe(b",\"deletedAt\":") {
                Some(from.time()?)
            } else {
                None
            },
            requested_from: if from.maybe(b",\"requestedFrom\":") {
                from.enumeration::<types::RequestOrigin>()?
            } else {
                EnumView::ABSENT
            },
            requested_by: if from.maybe(b",\"requestedBy\":") {
                from.json()?
            } else {
                desk_str::ABSENT
            },
        };
        from.close()?;
        Some(view)
    }
}
impl Read for ChatMessagePageView {
    #[inline(always)]
    fn read(from: &mut Reader<'_, '_>) -> Option<ChatMessagePageView> {
        from.open()?;
        let view = ChatMessagePageView {
            count: {
                from.must(b",\"count\":")?;
                from.int64()?
            },
            previous: if from.maybe(b",\"previous\":") {
                from.text()?
            } else {
                desk_str::ABSENT
            },
            next: if from.maybe(b",\"next\":") {
                from.text()?
            } else {
                desk_str::ABSENT
            },
            results: {
                from.must(b",\"results\":")?;
                from.list(|from| Read::read(from))?
            },
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
