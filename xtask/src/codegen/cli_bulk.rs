//! Model → the descriptors that `desk send` needs of operations that reach many recipients.

use heck::ToKebabCase;
use proc_macro2::TokenStream;
use quote::quote;

use super::cli_arguments::id_option;
use super::model::{Bulk, Evidence, Model, Operation, Reread, Type, Witness};
use super::rust_types::ident;

/// The descriptor of an operation.
pub fn table(operation: &Operation, bulk: &Bulk, model: &Model) -> TokenStream {
    let Bulk { recipients, sent, id, evidence } = bulk;
    let (recipients, batch, item) =
        (&recipients.wire, &recipients.bounds.max_len, (&recipients.ty, &recipients.bounds.item));
    let (sent, id) = (&sent.wire, &id.wire);
    let largest = match item.0 {
        Type::List(item) if item.ty == Type::Int32 => i64::from(i32::MAX),
        _ => i64::MAX,
    };
    let bounds = item.1.as_deref();
    let min = bounds.and_then(|bounds| bounds.min).unwrap_or(1);
    let max = bounds.and_then(|bounds| bounds.max).unwrap_or(largest);
    let batch = batch.map_or(quote!(None), |batch| quote!(Some(#batch)));
    let evidence = evidence.as_ref().map_or(quote!(None), |evidence| self::evidence(evidence, model));
    let body = ident(operation.body.as_deref().unwrap_or_default());
    quote! {
        Some(Bulk {
            recipients: #recipients, sent: #sent, id: #id, min: #min, max: #max, batch: #batch,
            exact: |input| input.exact::<types::#body>(), evidence: #evidence,
        })
    }
}

/// The reads that can show whether the service processed a create.
fn evidence(evidence: &Evidence, model: &Model) -> TokenStream {
    let Evidence { text, list, read } = evidence;
    let text = &text.wire;
    let list = list.as_ref().map_or(quote!(None), |Witness { stem, text }| {
        let (list, text) = (stem.to_kebab_case(), &text.wire);
        quote!(Some(EvidenceList { list: #list, text: #text }))
    });
    let read = read.as_ref().map_or(quote!(None), |Reread { operation, text, time, recipients }| {
        let own = model.operations.iter().find(|one| one.id == *operation);
        let id = own.map_or(String::new(), |own| id_option(own, model));
        let (text, time) = (&text.wire, &time.wire);
        let recipients = recipients.as_ref().map(|field| &field.wire);
        let recipients = recipients.map_or(quote!(None), |wire| quote!(Some(#wire)));
        quote!(Some(EvidenceGet { operation: #operation, id: #id, text: #text, time: #time, recipients: #recipients }))
    });
    quote!(Some(Evidence { text: #text, list: #list, read: #read }))
}
