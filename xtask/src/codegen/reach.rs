//! Finds the schemas that requests and responses carry, and schemas that contain themselves.

use super::model::{Kind, Operation, Schema, Type};

/// Whether `outer` contains `inner` without a list in between.
pub fn holds(outer: &str, inner: &str, schemas: &[Schema], seen: &mut Vec<String>) -> bool {
    if seen.iter().any(|name| name == outer) {
        return false;
    }
    seen.push(outer.to_owned());
    let Some(Schema { kind: Kind::Object(fields), .. }) = schemas.iter().find(|schema| schema.name == outer) else {
        return false;
    };
    fields
        .iter()
        .any(|field| matches!(&field.ty, Type::Object(name) if name == inner || holds(name, inner, schemas, seen)))
}

/// Marks the schemas that requests and responses carry, and those that callers own.
pub fn mark(operations: &[Operation], schemas: &mut [Schema]) {
    for operation in operations {
        for field in operation.path_params.iter().chain(&operation.query) {
            spread(&field.ty, schemas, |schema| std::mem::replace(&mut schema.input, true));
        }
        if let Some(body) = &operation.body {
            spread(&Type::Object(body.clone()), schemas, |schema| std::mem::replace(&mut schema.input, true));
        }
        if let Some(output) = &operation.output {
            spread(&Type::Object(output.clone()), schemas, |schema| std::mem::replace(&mut schema.output, true));
            schemas.iter_mut().filter(|schema| schema.name == *output).for_each(|schema| schema.root = true);
        }
    }
}

/// Visits every schema that `ty` reaches; `visit` returns whether the schema was already marked.
fn spread(ty: &Type, schemas: &mut [Schema], visit: fn(&mut Schema) -> bool) {
    let name = match ty {
        Type::Enum(name) | Type::Object(name) => name,
        Type::List(item) => return spread(&item.ty, schemas, visit),
        _ => return,
    };
    let Some(schema) = schemas.iter_mut().find(|schema| schema.name == *name) else {
        return;
    };
    if visit(schema) {
        return;
    }
    if let Kind::Object(fields) = &schema.kind {
        for ty in fields.iter().map(|field| field.ty.clone()).collect::<Vec<_>>() {
            spread(&ty, schemas, visit);
        }
    }
}
