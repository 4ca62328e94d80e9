// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

use std::mem::MaybeUninit;
use std::ptr;
use ::desk_client::types;
use super::outputs::*;
use crate::view::{EnumView, List, Object};
use crate::reader::{Read, Reader};
use crate::text::desk_str;
const _: fn(ProactiveChatView) = |
    ProactiveChatView {
        id: _,
        project: _,
        message: _,
        message_count: _,
        created_by: _,
        assigned_group: _,
        sent_count: _,
        responded_count: _,
        closed_count: _,
        customers_list: _,
        created_at: _,
        updated_at: _,
        priority: _,
        response_: _,
    }|
();
unsafe impl Read for ProactiveChatView {
    #[inline(always)]
    fn read(
        from: &mut Reader<'_, '_>,
        to: &mut MaybeUninit<ProactiveChatView>,
    ) -> Option<()> {
        from.open()?;
        let to = to.as_mut_ptr();
        unsafe {
            (&raw mut (*to).id)
                .write({
                    from.must(b",\"id\":")?;
                    from.int64()?
                });
            (&raw mut (*to).project)
                .write({
                    from.must(b",\"project\":")?;
                    from.int64()?
                });
            (&raw mut (*to).message)
                .write({
                    from.must(b",\"message\":")?;
                    from.text()?
                });
            (&raw mut (*to).message_count)
                .write({
                    from.must(b",\"messageCount\":")?;
                    from.int64()?
                });
            (&raw mut (*to).created_by)
                .write(
                    if from.maybe(b",\"createdBy\":") {
                        from.json()?
                    } else {
                        desk_str::ABSENT
                    },
                );
            (&raw mut (*to).assigned_group)
                .write(
                    if from.maybe(b",\"assignedGroup\":") {
                        from.json()?
                    } else {
                        desk_str::ABSENT
                    },
                );
            (&raw mut (*to).sent_count)
                .write({
                    from.must(b",\"sentCount\":")?;
                    from.int64()?
                });
            (&raw mut (*to).responded_count)
                .write({
                    from.must(b",\"respondedCount\":")?;
                    from.int64()?
                });
            (&raw mut (*to).closed_count)
                .write({
                    from.must(b",\"closedCount\":")?;
                    from.int64()?
                });
            (&raw mut (*to).customers_list)
                .write({
                    from.must(b",\"customersList\":")?;
                    from.text()?
                });
            (&raw mut (*to).created_at)
                .write({
                    from.must(b",\"createdAt\":")?;
                    from.time()?
                });
            (&raw mut (*to).updated_at)
                .write({
                    from.must(b",\"updatedAt\":")?;
                    from.time()?
                });
            (&raw mut (*to).priority)
                .write({
                    from.must(b",\"priority\":")?;
                    from.enumeration::<types::Priority>()?
                });
            (&raw mut (*to).response_).write(ptr::null());
        }
        from.close()
    }
}
const _: fn(ChatMessageView) = |
    ChatMessageView {
        id: _,
        message_id: _,
        ticket: _,
        user_sendbird_id: _,
        user_type: _,
        created_at: _,
        message: _,
        data: _,
        deleted_at: _,
        requested_from: _,
        requested_by: _,
    }|
();
unsafe impl Read for ChatMessageView {
    #[inline(always)]
    fn read(
        from: &mut Reader<'_, '_>,
        to: &mut MaybeUninit<ChatMessageView>,
    ) -> Option<()> {
        from.open()?;
        let to = to.as_mut_ptr();
        unsafe {
            (&raw mut (*to).id)
                .write({
                    from.must(b",\"id\":")?;
                    from.int64()?
                });
            (&raw mut (*to).message_id)
                .write(
                    if from.maybe(b",\"messageId\":") {
                        Some(from.int64()?)
                    } else {
                        None
                    },
                );
            (&raw mut (*to).ticket)
                .write({
                    from.must(b",\"ticket\":")?;
                    from.int64()?
                });
            (&raw mut (*to).user_sendbird_id)
                .write({
                    from.must(b",\"userSendbirdId\":")?;
                    from.text()?
                });
            (&raw mut (*to).user_type)
                .write({
                    from.must(b",\"userType\":")?;
                    from.enumeration::<types::UserType>()?
                });
            (&raw mut (*to).created_at)
                .write({
                    from.must(b",\"createdAt\":")?;
                    from.time()?
                });
            (&raw mut (*to).message)
                .write({
                    from.must(b",\"message\":")?;
                    from.text()?
                });
            (&raw mut (*to).data)
                .write(
                    if from.maybe(b",\"data\":") {
                        from.text()?
                    } else {
                        desk_str::ABSENT
                    },
                );
            (&raw mut (*to).deleted_at)
                .write(
                    if from.maybe(b",\"deletedAt\":") {
                        Some(from.time()?)
                    } else {
                        None
                    },
                );
            (&raw mut (*to).requested_from)
                .write(
                    if from.maybe(b",\"requestedFrom\":") {
                        from.enumeration::<types::RequestOrigin>()?
                    } else {
                        EnumView::ABSENT
                    },
                );
            (&raw mut (*to).requested_by)
                .write(
                    if from.maybe(b",\"requestedBy\":") {
                        from.json()?
                    } else {
                        desk_str::ABSENT
                    },
                );
        }
        from.close()
    }
}
const _: fn(ChatMessagePageView) = |
    ChatMessagePageView { count: _, previous: _, next: _, results: _, response_: _ }|
();
unsafe impl Read for ChatMessagePageView {
    #[inline(always)]
    fn read(
        from: &mut Reader<'_, '_>,
        to: &mut MaybeUninit<ChatMessagePageView>,
    ) -> Option<()> {
        from.open()?;
        let to = to.as_mut_ptr();
        unsafe {
            (&raw mut (*to).count)
                .write({
                    from.must(b",\"count\":")?;
                    from.int64()?
                });
            (&raw mut (*to).previous)
                .write(
                    if from.maybe(b",\"previous\":") {
                        from.text()?
                    } else {
                        desk_str::ABSENT
                    },
                );
            (&raw mut (*to).next)
                .write(
                    if from.maybe(b",\"next\":") {
                        from.text()?
                    } else {
                        desk_str::ABSENT
                    },
                );
            (&raw mut (*to).results)
                .write({
                    from.must(b",\"results\":")?;
                    from.objects()?
                });
            (&raw mut (*to).response_).write(ptr::null());
        }
        from.close()
    }
}
/// Reads bytes as every result, with the reader and with serde.
#[cfg(fuzzing)]
pub fn agree(bytes: &[u8]) {
    crate::reader::agree::agree::<
        types::ProactiveChat,
        ProactiveChatView,
    >(bytes, |bytes| serde_json::from_slice(bytes));
    crate::reader::agree::agree::<
        types::ChatMessagePage,
        ChatMessagePageView,
    >(bytes, |bytes| serde_json::from_slice(bytes));
}
