//! Model → what `desk send` needs of an operation that reaches many.

use proc_macro2::TokenStream;
use quote::quote;

use super::model::{Bulk, Operation, Type};
use super::rust::ident;

/// Options of `send plan`, which has those of bodies as well.
pub const OPTIONS: [&str; 10] = [
    "batch-size",
    "canary",
    "ledger",
    "max-recipients",
    "min-gap",
    "operation",
    "out",
    "per-second",
    "recipients",
    "suppress",
];
/// The descriptor of an operation.
pub fn table(operation: &Operation, bulk: &Bulk) -> TokenStream {
    let Bulk { recipients, sent, id } = bulk;
    let (recipients, batch, item) =
        (&recipients.wire, &recipients.bounds.max_len, (&recipients.ty, &recipients.bounds.item));
    let (sent, id) = (&sent.wire, &id.wire);
    let largest = match item.0 {
        Type::List(item) if item.ty == Type::Int32 => i64::from(i32::MAX),
        _ => i64::MAX,
    };
    let bounds = item.1.as_deref();
    let least = bounds.and_then(|bounds| bounds.min).unwrap_or(1);
    let most = bounds.and_then(|bounds| bounds.max).unwrap_or(largest);
    let batch = batch.map_or(quote!(None), |batch| quote!(Some(#batch)));
    let body = ident(operation.body.as_deref().unwrap_or_default());
    quote! {
        Some(Bulk {
            recipients: #recipients, sent: #sent, id: #id, least: #least, most: #most, batch: #batch,
            exact: |input| input.exact::<types::#body>(),
        })
    }
}
