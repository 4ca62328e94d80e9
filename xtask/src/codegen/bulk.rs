//! `x-desk-bulk`: which properties make an operation one that reaches a list of recipients, batch after batch.
//!
//! It names properties of the body and of the result as on the wire; everything it names must exist and be whole numbers, so
//! that `desk send` needs no hand-written line.

use super::lower::Lowering;
use super::model::{Bulk, Field, Operation, Type};
use super::paged::only;
use super::source::{Node, Problem};

/// The extension's name.
pub const KEY: &str = "x-desk-bulk";
const KEYS: [&str; 3] = ["recipients", "sent", "id"];

impl Lowering {
    /// The extension of `operation`, if the spec has it at `node`.
    pub fn bulk(&self, node: &Node<'_>, operation: &Operation) -> Result<Option<Bulk>, Problem> {
        let Some(node) = node.get(KEY) else { return Ok(None) };
        only(&node, &KEYS)?;
        if operation.method != "post" {
            return Err(node.problem("only a `post` can be sent in bulk: each batch is one that creates something"));
        }
        if operation.path_params.iter().chain(&operation.query).any(|field| field.required) {
            let problem = "what is sent in bulk takes all that it needs from the body; make the parameters optional";
            return Err(node.problem(problem));
        }
        let lacks = |what: &str| node.problem(format!("`{}` has no {what} to send in bulk by", operation.id));
        let body = operation.body.as_deref().ok_or_else(|| lacks("body"))?;
        let result = operation.output.as_deref().ok_or_else(|| lacks("result"))?;
        let whole = |ty: &Type| matches!(ty, Type::Int32 | Type::Int64);
        let number = |field: &Field| field.always() && whole(&field.ty);
        let list = |field: &Field| {
            let whole = matches!(&field.ty, Type::List(item) if !item.nullable && whole(&item.ty));
            field.always() && whole
        };
        Ok(Some(Bulk {
            recipients: self.property(&node, body, "recipients", "a required list of whole numbers", list)?,
            sent: self.property(&node, result, "sent", "a required whole number", number)?,
            id: self.property(&node, result, "id", "a required whole number", number)?,
        }))
    }
}
