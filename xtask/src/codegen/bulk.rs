//! `x-desk-bulk`: names the properties that make an operation reach a list of recipients, batch
//! after batch, and the reads that can show later whether the service processed a batch without a
//! response.
//!
//! It names properties of bodies and results as on the wire, and operations by their ids. Every
//! name must exist, and its type must allow counting or comparing, so that `desk send` needs no
//! hand-written line.

use super::lower::Lowering;
use super::model::{Bulk, Evidence, Field, Operation, Reread, Type, Witness};
use super::paged::{only, wanted};
use super::source::{Node, Problem};

/// The extension's name.
pub const KEY: &str = "x-desk-bulk";
const KEYS: [&str; 4] = ["recipients", "sent", "id", "evidence"];
const EVIDENCE_KEYS: [&str; 3] = ["text", "list", "read"];
const LIST_KEYS: [&str; 2] = ["operation", "text"];
const READ_KEYS: [&str; 4] = ["operation", "text", "time", "recipients"];

impl Lowering {
    /// The extension of `operation` without its evidence, if the spec has it at `node`.
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
        let number = |field: &Field| field.always() && whole(&field.ty);
        Ok(Some(Bulk {
            recipients: self.property(&node, body, "recipients", "a required list of whole numbers", |field| {
                field.always() && numbers(field)
            })?,
            sent: self.property(&node, result, "sent", "a required whole number", number)?,
            id: self.property(&node, result, "id", "a required whole number", number)?,
            evidence: None,
        }))
    }

    /// The evidence in the extension of `operation`; `all` are the operations of the spec.
    pub fn evidence(
        &self,
        node: &Node<'_>,
        operation: &Operation,
        all: &[Operation],
    ) -> Result<Option<Evidence>, Problem> {
        let Some(node) = node.get(KEY).and_then(|node| node.get("evidence")) else { return Ok(None) };
        only(&node, &EVIDENCE_KEYS)?;
        let text = |field: &Field| field.always() && field.ty == Type::Text;
        let (list, read) = (node.get("list"), node.get("read"));
        if list.is_none() && read.is_none() {
            return Err(node.problem("`evidence` names nothing that can be read; add `list` or `read`, or remove it"));
        }
        let body = operation.body.as_deref().unwrap_or_default();
        Ok(Some(Evidence {
            text: self.property(&node, body, "text", "a required text", text)?,
            list: list.map(|list| self.witness(&list, all)).transpose()?,
            read: read.map(|read| self.reread(&read, operation, all)).transpose()?,
        }))
    }

    fn witness(&self, node: &Node<'_>, all: &[Operation]) -> Result<Witness, Problem> {
        only(node, &LIST_KEYS)?;
        let operation = named(node, all)?;
        let paged = operation.paged.as_ref().filter(|paged| paged.window.is_some());
        let paged = paged.ok_or_else(|| {
            node.problem(format!("`{}` is no list with a window; give it `x-desk-paged` with one", operation.id))
        })?;
        free(node, operation, 0)?;
        Ok(Witness {
            stem: paged.stem.clone(),
            text: self.property(node, &paged.item, "text", "a text", |field| field.ty == Type::Text)?,
        })
    }

    fn reread(&self, node: &Node<'_>, create: &Operation, all: &[Operation]) -> Result<Reread, Problem> {
        only(node, &READ_KEYS)?;
        let operation = named(node, all)?;
        let id = operation.path_params.first().is_some_and(|field| whole(&field.ty));
        if operation.method != "get" || !id || operation.output != create.output {
            return Err(node.problem(format!(
                "`{}` must be a `get` by a whole number with the result of `{}`",
                operation.id, create.id
            )));
        }
        free(node, operation, 1)?;
        let result = operation.output.as_deref().unwrap_or_default();
        let recipients = |field: &Field| field.ty == Type::Text || numbers(field);
        Ok(Reread {
            operation: operation.id.clone(),
            text: self.property(node, result, "text", "a text", |field| field.ty == Type::Text)?,
            time: self.property(node, result, "time", "a time", |field| field.ty == Type::Time)?,
            recipients: match node.get("recipients") {
                Some(_) => {
                    Some(self.property(node, result, "recipients", "a text or a list of whole numbers", recipients)?)
                }
                None => None,
            },
        })
    }
}

fn whole(ty: &Type) -> bool {
    matches!(ty, Type::Int32 | Type::Int64)
}

fn numbers(field: &Field) -> bool {
    matches!(&field.ty, Type::List(item) if !item.nullable && whole(&item.ty))
}

/// The operation that `node` names.
fn named<'a>(node: &Node<'_>, all: &'a [Operation]) -> Result<&'a Operation, Problem> {
    let id = wanted(node, "operation")?;
    all.iter()
        .find(|operation| operation.id == id)
        .ok_or_else(|| node.problem(format!("`operation: {id}` must be the `operationId` of an operation")))
}

/// Refuses an operation that needs more than `path` arguments of the path, or a parameter of the
/// query.
fn free(node: &Node<'_>, operation: &Operation, path: usize) -> Result<(), Problem> {
    if operation.path_params.len() == path && !operation.query.iter().any(|field| field.required) {
        return Ok(());
    }
    Err(node.problem(format!("`{}` needs more arguments than there are for evidence; name another one", operation.id)))
}
